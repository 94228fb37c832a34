internal import EventModel

/// One act that two sources tell of: the application how many records and the access log how many bytes, or
/// the audit of a database and the wire.
///
/// Of a download a row of known count and one of bytes alone are one act when they come from different sources
/// within five seconds, of one account (or of one terminal where one of them names no account), not at two
/// terminals, not of two owners, and the bytes fit the count. The one with the count is booked. Statements are
/// told apart by account, terminal and tables (`DetectionEngine+Statements`). Each row
/// is joined at most once with bytes and once with a statement: two downloads that are each told twice stay two.
struct Act: Sendable, BitwiseCopyable {
  /// Place among the rows that wait.
  var place: Int
  var time: Int64
  var source: UInt16
  var isCounted: Bool
  /// With a statement, or what states bytes alone with a count.
  var isJoined = false
  /// Whether another source told its bytes.
  var hasBytes = false
  /// Its row gathers the lines of a statement.
  var isStatement = false
  var account: NameID
  var terminal: NameID
  var owner: NameID
  var object = NameID.none
  var records: Int64
  var most = Volume.unbounded
  var bytes: Int64

  static let span: Int64 = 5_000_000_000
  /// Fewer records are not looked at: single look-ups of two sources differ in too little.
  static let leastRecords: Int64 = 10
  static let limit = 256
  /// Rows of one source after which no other is waited for until it shows itself.
  static let patience: Int32 = 4_096

  /// Whether the bytes may be those of the records.
  func fits(_ other: Act, _ bytesPerRecord: ClosedRange<Int64>?) -> Bool {
    let (counted, sized) = isCounted ? (self, other) : (other, self)
    guard counted.isCounted, !sized.isCounted, counted.source != sized.source else { return false }
    if counted.bytes >= 0 {
      return abs(counted.bytes - sized.bytes) <= max(1_024, counted.bytes / 20)
    }
    let range = bytesPerRecord ?? VolumeBounds.fewestBytesPerRecord...1_000
    // Headers, a title line and markup come on top.
    return sized.bytes / max(1, range.upperBound) <= counted.records
      && counted.records <= sized.bytes / max(1, range.lowerBound) + 1
  }
}

extension DetectionEngine {
  /// Whether one act can be told by two sources: where so many rows came from one, there is no other.
  @inline(__always)
  private var mayHaveSeveralSources: Bool { hasSeveralSources || earlyRows < Act.patience }

  /// Whether a row waits because another source may tell of the same act.
  @inline(__always)
  func mayBeToldTwice(
    _ isWhole: Bool,
    _ quality: VolumeQuality,
    records: Int64,
    bytes: Int64
  ) -> Bool {
    guard mayHaveSeveralSources, isWhole else { return false }
    return quality == .exact ? records >= Act.leastRecords : bytes >= PageWeights.least
  }

  func mayBeToldTwice(_ row: EventRow) -> Bool {
    guard row.operation.returnsRecords else { return false }
    return mayBeToldTwice(
      row.statement == 0,
      row.quality,
      records: row.recordsLow,
      bytes: row.bytes
    )
  }

  /// Joins a row that waits with another source's of the same act.
  mutating func joinAct(at place: Int) {
    guard mayHaveSeveralSources else { return }
    let row = assembly.pending[place]
    if row.statement == 0 ? mayBeToldTwice(row) : mayBeToldOnTheWire(row) { join(at: place) }
  }

  /// What waited in a state that is restored.
  mutating func readmitActs() {
    if !assembly.acts.isEmpty {
      for index in assembly.acts.indices {
        let held = assembly.acts[index]
        var act = self.act(at: held.place)
        (act.isJoined, act.hasBytes) = (held.isJoined, held.hasBytes)
        assembly.acts[index] = act
      }
      return
    }
    // A state of version 4 holds none.
    guard mayHaveSeveralSources else { return }
    for place in assembly.head..<assembly.pending.count {
      var row = assembly.pending[place]
      if row.statement != 0 { continue }
      // What was silenced waits for its time as well: it is joined as it was before.
      if row.operation == .other { row.operation = .export }
      if mayBeToldTwice(row) { join(at: place) }
    }
  }

  mutating func act(at place: Int) -> Act {
    let row = assembly.pending[place]
    let object = resolver.object(at: row.object, names: &names)
    let stated = row.owner != .none ? row.owner : resolver.objects[object].owner
    let owner = resolver.owner(at: stated, names: &names)
    let terminal = resolver.terminal(at: row.terminal, names: &names)
    return Act(
      place: place,
      time: row.time,
      source: row.source,
      isCounted: row.quality == .exact,
      isStatement: row.statement != 0,
      account: row.account,
      terminal: resolver.terminals[terminal].name,
      owner: resolver.owners[owner].name,
      object: row.object,
      records: row.recordsLow,
      most: row.recordsHigh,
      bytes: row.bytes
    )
  }

  private mutating func join(at place: Int) {
    var act = self.act(at: place)
    // The first of its lines may have come before.
    if let held = assembly.acts.firstIndex(where: { $0.place == place }) {
      guard !assembly.acts[held].isJoined, !assembly.acts[held].hasBytes else { return }
      assembly.acts.remove(at: held)
    }
    let object = resolver.object(at: act.object, names: &names)
    let owner = resolver.owner(at: act.owner, names: &names)
    let bytesPerRecord =
      resolver.owners[owner].bytesPerRecord ?? resolver.objects[object].bytesPerRecord
    assembly.acts.removeAll { $0.time < act.time &- Act.span }
    // The oldest that fits: first told, first joined.
    for index in assembly.acts.indices {
      let other = assembly.acts[index]
      if !act.hasBytes, !other.hasBytes, isOneHand(act, other), !act.isStatement,
        !other.isStatement, act.fits(other, bytesPerRecord)
      {
        noteTwins(act, other)
        if act.isCounted {
          assembly.silence(other.place, for: place)
          assembly.acts[index].isJoined = true
        } else {
          assembly.silence(place, for: other.place)
          act.isJoined = true
        }
        (act.hasBytes, assembly.acts[index].hasBytes) = (true, true)
      } else if !act.isJoined, !other.isJoined, isOneStatement(act, other),
        agree(act, other, bytesPerRecord)
      {
        keepOne(act, other)
        assembly.acts[index].isJoined = true
        act.isJoined = true
      }
      // A count may have both: its bytes, and the statement behind it.
      if act.isJoined, act.hasBytes || !act.isCounted || act.isStatement { break }
    }
    if act.isCounted { noteCounted(act) }
    if assembly.acts.count >= Act.limit { assembly.acts.removeFirst() }
    // In order of time: the lines of a statement may come late.
    let end = assembly.acts.lastIndex { $0.time <= act.time } ?? -1
    assembly.acts.insert(act, at: end + 1)
  }

  func isOneHand(_ one: Act, _ other: Act) -> Bool {
    // The second line of a statement may come long after the first.
    guard max(one.time, other.time) &- min(one.time, other.time) <= Act.span else { return false }
    if one.owner != .none, other.owner != .none, one.owner != other.owner { return false }
    let isTerminalStated = one.terminal != .none && other.terminal != .none
    if isTerminalStated, one.terminal != other.terminal { return false }
    if one.account != .none, other.account != .none { return one.account == other.account }
    return isTerminalStated
  }
}
