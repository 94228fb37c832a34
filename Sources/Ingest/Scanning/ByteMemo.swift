internal import EventModel
internal import Glibc

/// A small memory from pairs of byte runs to what was made of them; it keeps bytes of its own.
///
/// A hit is verified byte for byte: the hash only chooses the place, so that no input can make two
/// runs look the same. Bounded: a run that finds its places taken displaces one, and when the bytes
/// are full, all is forgotten. A miss costs time, never a different answer.
struct ByteMemo<Value: BitwiseCopyable>: ~Copyable {
  private struct Entry: BitwiseCopyable {
    var hash: UInt64
    var start: UInt32
    /// -1: empty.
    var count: Int32
    var tailCount: Int32
    var value: Value
  }

  private static var ways: Int { 4 }
  private let entries: UnsafeMutableBufferPointer<Entry>
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private let mask: Int
  private let longest: Int
  private var used = 0

  /// `bits`: log2 of the number of runs, 2 … 20; `room`: bytes, of which a run has an eighth at most.
  init(bits: Int, room: Int, filler: Value) {
    let count = 1 << min(max(bits, 2), 20)
    mask = count - 1
    entries = .allocate(capacity: count)
    entries.initialize(
      repeating: Entry(hash: 0, start: 0, count: -1, tailCount: 0, value: filler)
    )
    bytes = .allocate(capacity: min(max(room, 64), 1 << 30))
    longest = bytes.count / 8
  }

  deinit {
    entries.deallocate()
    bytes.deallocate()
  }

  /// What is remembered for the runs; `hash` is theirs together.
  @inline(__always)
  func value(_ run: RecordBytes, _ tail: RecordBytes, hash: UInt64) -> Value? {
    guard let start = run.baseAddress, let held = bytes.baseAddress else { return nil }
    let first = Int(truncatingIfNeeded: hash &>> 32) & mask
    for way in 0..<Self.ways {
      let entry = entries[(first &+ way) & mask]
      if entry.hash == hash, Int(entry.count) == run.count,
        Int(entry.tailCount) == tail.count,
        memcmp(held + Int(entry.start), start, run.count) == 0,
        Self.isSame(held + Int(entry.start) + run.count, tail)
      {
        return entry.value
      }
    }
    return nil
  }

  private static func isSame(_ held: UnsafeMutablePointer<UInt8>, _ run: RecordBytes) -> Bool {
    guard let start = run.baseAddress else { return run.isEmpty }
    return memcmp(held, start, run.count) == 0
  }

  mutating func remember(
    _ value: Value,
    for run: RecordBytes,
    _ tail: RecordBytes,
    hash: UInt64
  ) {
    guard let start = run.baseAddress, let held = bytes.baseAddress, run.count <= longest,
      tail.count <= longest
    else { return }
    if run.count + tail.count > bytes.count - used { forget() }
    let first = Int(truncatingIfNeeded: hash &>> 32) & mask
    var place = (first &+ Int(truncatingIfNeeded: hash & 3)) & mask
    for way in 0..<Self.ways where entries[(first &+ way) & mask].count < 0 {
      place = (first &+ way) & mask
      break
    }
    memcpy(held + used, start, run.count)
    if let start = tail.baseAddress { memcpy(held + used + run.count, start, tail.count) }
    entries[place].hash = hash
    entries[place].start = UInt32(used)
    entries[place].count = Int32(run.count)
    entries[place].tailCount = Int32(tail.count)
    entries[place].value = value
    used += run.count + tail.count
  }

  mutating func forget() {
    for index in entries.indices { entries[index].count = -1 }
    used = 0
  }
}
