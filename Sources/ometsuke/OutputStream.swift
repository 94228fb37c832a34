import Glibc

/// Text on its way to a file or a pipe, through a buffer of 64 KiB.
///
/// After a failure nothing more is written; a reader that has gone is none.
struct OutputStream: TextOutputStream {
  private let file: Int32
  private var buffer: [UInt8] = []
  private var failure: String?
  private var isClosed = false
  private static let size = 64 << 10

  init(_ file: Int32) { self.file = file }

  mutating func write(_ string: String) {
    guard !isClosed else { return }
    buffer.append(contentsOf: string.utf8)
    if buffer.count >= Self.size { flush() }
  }

  mutating func write(_ bytes: [UInt8]) {
    guard !isClosed else { return }
    buffer += bytes
    if buffer.count >= Self.size { flush() }
  }

  /// Writes what is left; what went wrong, or `nil`.
  mutating func finish() -> String? {
    flush()
    return failure
  }

  private mutating func flush() {
    guard !isClosed else { return }
    var code: Int32 = 0
    buffer.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(file, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if count >= 0 {
          done += count
        } else if errno != EINTR {
          code = errno
          return
        }
      }
    }
    buffer.removeAll(keepingCapacity: true)
    guard code != 0 else { return }
    isClosed = true
    if code != EPIPE { failure = String(cString: strerror(code)) }
  }
}
