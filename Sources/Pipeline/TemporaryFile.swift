internal import Glibc

/// A file without a name: gone with whoever made it.
final class TemporaryFile: Sendable {
  private let descriptor: Int32

  /// In `folder`; `nil`: where the system keeps what is temporary.
  init(in folder: String? = nil) throws(ScanError) {
    let folder = folder ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((folder + "/ometsuke-XXXXXX").utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Self.error("cannot make a temporary file in \(folder)") }
    unlink(template)
  }

  deinit { close(descriptor) }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(ScanError) {
    var done = 0
    while done < bytes.count {
      let count = pwrite(
        descriptor,
        bytes.baseAddress.map { $0 + done },
        bytes.count - done,
        off_t(offset) + off_t(done)
      )
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.error("cannot write a temporary file") }
      done += count
    }
  }

  /// Fills the bytes, all of which have to be there.
  func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int64) throws(ScanError) {
    var done = 0
    while done < bytes.count {
      let got = pread(
        descriptor,
        bytes.baseAddress.map { $0 + done },
        bytes.count - done,
        off_t(offset) + off_t(done)
      )
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { throw Self.error("cannot read back a temporary file") }
      done += got
    }
  }

  private static func error(_ what: String) -> ScanError {
    let cause = strerror(errno).map { String(cString: $0) } ?? "unknown error"
    return ScanError(message: "\(what): \(cause); set TMPDIR to a folder with more room")
  }
}
