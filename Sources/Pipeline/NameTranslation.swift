internal import EventModel

/// Names a worker's table has gained since it handed over last.
struct NameDelta: Sendable {
  /// The worker's table began anew: the ids count from 1 again.
  var startsAnew = false
  var bytes: [UInt8] = []
  var ends: [Int] = []
}

/// The worker's side: notices what is new in its table and keeps the table within its bound.
struct NameHandOver: Sendable {
  private var known = 1
  private var startsAnew = true

  mutating func delta(of names: inout NameTable, _ limits: ScanLimits) -> NameDelta {
    var delta = NameDelta(startsAnew: startsAnew)
    startsAnew = false
    for id in known..<max(known, names.count) {
      names.withBytes(of: NameID(rawValue: UInt32(clamping: id))) {
        delta.bytes.append(contentsOf: $0)
      }
      delta.ends.append(delta.bytes.count)
    }
    known = names.count
    if known > limits.workerNames || names.byteCount > limits.workerNameBytes {
      let queryNames = names.queryNames
      names = NameTable()
      names.queryNames = queryNames
      known = 1
      startsAnew = true
    }
    return delta
  }
}

/// The other side: one worker's ids to the ids of the scan's table.
struct NameTranslator: Sendable {
  private var ids: [NameID] = [.none]

  mutating func absorb(
    _ delta: NameDelta,
    into names: inout NameTable,
    limit: Int,
    overflowed: inout Int64
  ) {
    if delta.startsAnew { ids = [.none] }
    delta.bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      for end in delta.ends {
        let name = UnsafeBufferPointer(rebasing: bytes[start..<end])
        start = end
        if names.count < limit {
          ids.append(names.intern(name))
        } else if let known = names.find(name) {
          ids.append(known)
        } else {
          overflowed += 1
          ids.append(names.intern("(overflow)"))
        }
      }
    }
  }

  func translate(_ runs: inout [SerialRuns.Run]) {
    func map(_ id: inout NameID) {
      let index = Int(id.rawValue)
      id = index < ids.count ? ids[index] : .none
    }
    runs.withUnsafeMutableBufferPointer { runs in
      for index in runs.indices {
        map(&runs[index].firstAccount)
        map(&runs[index].lastAccount)
        map(&runs[index].terminal)
      }
    }
  }

  func translate(_ rows: inout [EventRow]) {
    ids.withUnsafeBufferPointer { ids in
      func map(_ id: inout NameID) {
        if id == .none { return }
        let index = Int(id.rawValue)
        id = index < ids.count ? ids[index] : .none
      }
      rows.withUnsafeMutableBufferPointer { rows in
        for index in rows.indices {
          map(&rows[index].account)
          map(&rows[index].terminal)
          map(&rows[index].program)
          map(&rows[index].object)
          map(&rows[index].owner)
          map(&rows[index].ticket)
          map(&rows[index].destination)
        }
      }
    }
  }
}
