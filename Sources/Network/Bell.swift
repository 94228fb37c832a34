internal import Glibc

/// Wakes a thread that waits, from another one.
public final class Bell: Sendable {
  /// Of a pipe: where to read, and where to write.
  let (ear, rope): (Int32, Int32)

  public init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // Who rings never waits: a full pipe has rung enough.
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    (ear, rope) = (ends[0], ends[1])
  }

  deinit {
    close(ear)
    close(rope)
  }

  public func ring() {
    var byte: UInt8 = 1
    _ = write(rope, &byte, 1)
  }

  /// Waits until it rings.
  public func wait() {
    var bytes: [UInt8] = Array(repeating: 0, count: 64)
    while read(ear, &bytes, bytes.count) < 0, errno == EINTR {}
  }
}
