internal import EventModel
internal import Glibc

/// A small direct-mapped memory from byte runs of one chunk to what was made of them.
///
/// It holds no bytes of its own, only where in the chunk a run was seen, so it must not outlive the
/// chunk. A hit is verified byte for byte; the hash only chooses the slot, so that no input can
/// make two runs look the same. A miss costs one lookup elsewhere, never a wrong answer.
struct SpanMemo<Value: BitwiseCopyable> {
  private struct Entry {
    var start: UnsafePointer<UInt8>?
    var count: Int
    var value: Value
  }

  private var entries: [Entry]
  private let mask: Int

  /// `bits`: log2 of the number of slots.
  init(bits: Int, filler: Value) {
    mask = (1 << bits) - 1
    entries = [Entry](
      repeating: Entry(start: nil, count: 0, value: filler),
      count: 1 << bits
    )
  }

  @inline(__always)
  func value(_ run: RecordBytes) -> Value? {
    guard let start = run.baseAddress else { return nil }
    let entry = entries[slot(start, run.count)]
    guard entry.count == run.count, let seen = entry.start, memcmp(seen, start, run.count) == 0
    else { return nil }
    return entry.value
  }

  mutating func remember(_ value: Value, for run: RecordBytes) {
    guard let start = run.baseAddress else { return }
    entries[slot(start, run.count)] = Entry(start: start, count: run.count, value: value)
  }

  /// Mixes the length and up to three words of the run.
  @inline(__always)
  private func slot(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int {
    let raw = UnsafeRawPointer(start)
    var state = UInt64(truncatingIfNeeded: count)
    if count >= 8 {
      state ^= raw.loadUnaligned(as: UInt64.self) &* 0x9E37_79B9_7F4A_7C15
      state ^= (state >> 29)
      let tail = raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      let middle = raw.loadUnaligned(fromByteOffset: (count - 8) / 2, as: UInt64.self)
      state = (state ^ tail) &* 0xE703_7ED1_A0B4_28DB
      state = (state ^ (state >> 31) ^ middle) &* 0xA076_1D64_78BD_642F
    } else {
      for index in 0..<count { state = (state ^ UInt64(start[index])) &* 0x0100_0000_01B3 }
      state = state &* 0xA076_1D64_78BD_642F
    }
    return Int(truncatingIfNeeded: state >> 40) & mask
  }
}
