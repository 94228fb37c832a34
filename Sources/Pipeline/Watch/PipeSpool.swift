internal import CSpool
internal import EventModel
internal import Glibc

/// Standard input or a named pipe as a file that grows: what was read of it lies in memory until it is
/// taken.
///
/// Kept are the first 64 KiB, from which decoders learn, and what was not taken yet, 64 MiB at most: then
/// nothing more is read, and who writes has to wait.
final class PipeSpool {
  /// As it was named.
  let path: String
  let file: HeldFile
  /// Whether nobody can write any more.
  private(set) var isAtEnd = false
  private let descriptor: Int32
  private let memory: Int32
  private var size: Int64 = 0
  private var taken: Int64 = 0
  private var lastByte: UInt8 = 0x0A
  private let isNamed: Bool

  private static let kept: Int64 = 64 << 10
  private static let room: Int64 = 64 << 20
  /// Bytes before the place reading came to, by which it is known.
  private static let edge: Int64 = 8 << 10

  /// `nil`: no pipe, or it cannot be opened.
  init?(path: String) {
    self.path = path
    isNamed = path != "-"
    descriptor =
      isNamed
      ? PathText.withName(path) { open($0, O_RDONLY | O_NONBLOCK | O_CLOEXEC) } : STDIN_FILENO
    memory = cspool_open()
    guard descriptor >= 0, memory >= 0, let file = HeldFile(copying: memory) else { return nil }
    self.file = file
  }

  deinit {
    if isNamed, descriptor >= 0 { close(descriptor) }
    if memory >= 0 { close(memory) }
  }

  static func isPipe(_ path: String) -> Bool {
    if path == "-" { return true }
    var status = stat()
    return PathText.withName(path) { stat($0, &status) } == 0
      && status.st_mode & S_IFMT == S_IFIFO
  }

  /// Takes what has come, without waiting.
  func pump() {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while !isAtEnd, size - taken < Self.room {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 0) > 0 else { return }
      let got = read(descriptor, &buffer, buffer.count)
      if got < 0 { return }
      guard got > 0 else {
        // A named pipe waits for the next who writes to it.
        if isNamed { return }
        isAtEnd = true
        if lastByte != 0x0A { write([0x0A], 1) }
        return
      }
      write(buffer, got)
    }
  }

  private func write(_ bytes: [UInt8], _ count: Int) {
    var done = 0
    while done < count {
      let got = bytes.withUnsafeBytes {
        pwrite(memory, $0.baseAddress.map { $0 + done }, count - done, off_t(size))
      }
      guard got > 0 else { return }
      done += got
      size += Int64(got)
    }
    lastByte = bytes[count - 1]
  }

  /// Lets go what was taken.
  func forget(upTo consumed: Int64) {
    let end = (consumed - Self.edge) / 4096 * 4096
    let start = max(Self.kept, taken / 4096 * 4096 - Self.edge)
    taken = consumed
    guard end > start else { return }
    cspool_forget(memory, start, end)
  }
}
