/// Bytes read but not yet given out: filled at the tail, taken from the head.
///
/// 64 bytes past the tail may be read.
final class ByteWindow {
  private var storage: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var start = 0
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = capacity
    storage = .allocatePages(for: capacity + ByteChunk.padding)
    storage.initialize(repeating: 0, count: capacity + ByteChunk.padding)
  }

  deinit { storage.deallocate() }

  var head: UnsafePointer<UInt8> { UnsafePointer(storage + start) }
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: head, count: count) }
  var tail: UnsafeMutablePointer<UInt8> { storage + start + count }
  var room: Int { capacity - start - count }

  /// Makes room for `wanted` more bytes.
  func reserve(_ wanted: Int) {
    guard room < wanted else { return }
    if capacity - count >= wanted {
      storage.update(from: storage + start, count: count)
    } else {
      capacity = max(capacity * 2, count + wanted)
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + ByteChunk.padding)
      larger.initialize(from: storage + start, count: count)
      (larger + count).initialize(repeating: 0, count: capacity + ByteChunk.padding - count)
      storage.deallocate()
      storage = larger
    }
    start = 0
  }

  /// `written` bytes were put at the tail, at most `room`.
  func grow(by written: Int) { count += written }

  func append(_ byte: UInt8) {
    reserve(1)
    tail.pointee = byte
    count += 1
  }

  func consume(_ taken: Int) {
    start += taken
    count -= taken
    if count == 0 { start = 0 }
  }

  /// First LF at or after `from`, before `to`.
  func firstLineFeed(from: Int, to: Int) -> Int? {
    guard from < to else { return nil }
    let hit = lineFeed(head + from, head + to)
    return hit < head + to ? head.distance(to: hit) : nil
  }
}
