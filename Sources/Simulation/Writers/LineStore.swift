/// The records of one source on one day, in the order they were made; given out in order of time.
///
/// A record is a run of bytes with its line ends. Equal times keep the order of making, so records of
/// one actor stay in theirs whoever else is at work. Memory is that of the day.
final class LineStore {
  var bytes = ByteBuffer(capacity: 1 << 18)
  private var keys: [UInt64] = []
  private var spare: [UInt64] = []
  private var starts: [Int] = []

  var isEmpty: Bool { keys.isEmpty }
  var count: Int { keys.count }

  /// Opens a record at a time of the day; whatever is put into `bytes` until the next is of it.
  @inline(__always)
  func begin(_ milliseconds: Int) {
    let time = UInt64(min(max(0, milliseconds), SimulatedDay.milliseconds - 1))
    keys.append(time << 32 | UInt64(keys.count))
    starts.append(bytes.count)
  }

  func removeAll() {
    bytes.removeAll()
    keys.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
  }

  /// Every record in order of time.
  func visit(_ body: (UnsafePointer<UInt8>, Int) -> Void) {
    sort()
    starts.append(bytes.count)
    for key in keys {
      let index = Int(key & 0xFFFF_FFFF)
      body(bytes.base + starts[index], starts[index + 1] - starts[index])
    }
    starts.removeLast()
  }

  func copy(into out: inout ByteBuffer) {
    sort()
    starts.append(bytes.count)
    for key in keys {
      let index = Int(key & 0xFFFF_FFFF)
      out.put(bytes.base + starts[index], starts[index + 1] - starts[index])
    }
    starts.removeLast()
  }

  /// By milliseconds, 27 bits in three passes of nine; stable, so ties stay as they were made.
  private func sort() {
    guard keys.count > 512 else { return keys.sort() }
    spare = keys
    for shift in [32, 41, 50] as [UInt64] {
      var places = [Int](repeating: 0, count: 513)
      for key in keys { places[Int((key >> shift) & 511) + 1] += 1 }
      for index in 1...512 { places[index] += places[index - 1] }
      for key in keys {
        let digit = Int((key >> shift) & 511)
        spare[places[digit]] = key
        places[digit] += 1
      }
      swap(&keys, &spare)
    }
  }
}
