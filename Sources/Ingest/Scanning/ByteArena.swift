/// Bytes that live as long as one record: unescaped text.
///
/// One allocation a chunk, none a record.
///
/// Unescaping never lengthens, so twice the longest record is enough for two layers of quotes; what
/// does not fit is refused with `nil`.
struct ByteArena: ~Copyable {
  private let storage: UnsafeMutableBufferPointer<UInt8>
  private var used = 0

  init(capacity: Int) {
    storage = .allocate(capacity: max(capacity, 64))
  }

  deinit { storage.deallocate() }

  mutating func removeAll() { used = 0 }

  /// Whether nothing has been written since `removeAll`.
  var isEmpty: Bool { used == 0 }

  /// Lends room for `count` bytes at most; `fill` returns how many it wrote, or `nil` to refuse.
  @inline(__always)
  mutating func write(
    atMost count: Int,
    _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Int?
  ) -> UnsafeBufferPointer<UInt8>? {
    guard count <= storage.count - used else { return nil }
    let room = UnsafeMutableBufferPointer(rebasing: storage[used..<used + count])
    guard let written = fill(room), written >= 0, written <= count else { return nil }
    used += written
    return UnsafeBufferPointer(rebasing: room[0..<written])
  }
}
