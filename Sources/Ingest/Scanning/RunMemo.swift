internal import CScan
internal import EventModel
internal import Glibc

/// A memory from byte runs to what was made of them, as `ByteMemo`, for many runs of some dozens of
/// bytes: its memory is asked for ahead of the look-up.
///
/// A hit is verified byte for byte. Bounded: a run that finds its places taken displaces one, and when
/// the bytes are full, all is forgotten. A miss costs time, never a different answer.
struct RunMemo<Value: BitwiseCopyable>: ~Copyable {
  private struct Entry: BitwiseCopyable {
    var hash: UInt64
    var start: UInt32
    /// 0: empty.
    var count: UInt32
    var value: Value
  }

  static var longest: Int { 256 }
  private static var ways: Int { 4 }
  private let entries: UnsafeMutableRawBufferPointer
  /// Runs, each from a cache line's start on.
  private let bytes: UnsafeMutableRawBufferPointer
  private let mask: Int
  private var used = 0

  /// `bits`: log2 of the number of runs, 2 … 20; `room`: bytes of all runs, each of which takes a multiple of 64.
  init(bits: Int, room: Int) {
    let count = 1 << min(max(bits, 2), 20)
    mask = count - 1
    // Zeroed by the system where it is touched: a short file costs little.
    let size = count * MemoryLayout<Entry>.stride
    entries = UnsafeMutableRawBufferPointer(start: calloc(size, 1), count: size)
    bytes = .allocate(
      byteCount: min(max(room, Self.longest), 1 << 30) + ByteChunk.padding,
      alignment: 64
    )
  }

  deinit {
    free(entries.baseAddress)
    bytes.deallocate()
  }

  @inline(__always)
  private func place(_ index: Int) -> UnsafeMutablePointer<Entry>? {
    entries.baseAddress?.advanced(by: (index & mask) &* MemoryLayout<Entry>.stride)
      .assumingMemoryBound(to: Entry.self)
  }

  @inline(__always)
  private func first(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> 32) & mask }

  /// Asks for the entry of a run.
  @inline(__always)
  func fetchEntry(hash: UInt64) { cscan_run_fetch(place(first(hash))) }

  /// Asks for the bytes of the run, once its entry is at hand.
  @inline(__always)
  func fetchBytes(hash: UInt64) {
    guard let entry = place(first(hash)), let held = bytes.baseAddress else { return }
    cscan_run_fetch(held + Int(entry.pointee.start))
  }

  /// What is remembered for a run that 64 readable bytes follow.
  @inline(__always)
  func value(_ run: RecordBytes, hash: UInt64) -> Value? {
    guard let start = run.baseAddress, let held = bytes.baseAddress else { return nil }
    let first = first(hash)
    for way in 0..<Self.ways {
      guard let entry = place(first &+ way), entry.pointee.count != 0 else { return nil }
      if entry.pointee.hash == hash, Int(entry.pointee.count) == run.count,
        cscan_run_equal(
          held.assumingMemoryBound(to: UInt8.self) + Int(entry.pointee.start),
          start,
          run.count
        ) != 0
      {
        return entry.pointee.value
      }
    }
    return nil
  }

  mutating func remember(_ value: Value, for run: RecordBytes, hash: UInt64) {
    guard let start = run.baseAddress, let held = bytes.baseAddress, !run.isEmpty,
      run.count <= Self.longest
    else { return }
    if used + run.count > bytes.count - ByteChunk.padding { forget() }
    let first = first(hash)
    var chosen = place(first &+ Int(truncatingIfNeeded: hash & 3))
    for way in 0..<Self.ways where place(first &+ way)?.pointee.count == 0 {
      chosen = place(first &+ way)
      break
    }
    memcpy(held + used, start, run.count)
    chosen?.pointee = Entry(
      hash: hash,
      start: UInt32(used),
      count: UInt32(run.count),
      value: value
    )
    used = (used + run.count + 63) & ~63
  }

  private mutating func forget() {
    if let start = entries.baseAddress { memset(start, 0, entries.count) }
    used = 0
  }
}
