internal import Glibc

/// Lines in one file a day (UTC) of a folder: `wire-2026-04-01.jsonl`.
///
/// A file is appended to, by whole lines, and read by its owner alone: statements hold personal data.
final class DayFiles {
  private let folder: String
  private var day = Int64.min
  private var descriptor: Int32 = -1
  private var path = ""

  init(folder: String) throws(CaptureError) {
    self.folder = folder
    if mkdir(folder, 0o700) != 0, errno != EEXIST { throw Self.error(folder, "cannot be made") }
    guard access(folder, W_OK) == 0 else { throw Self.error(folder, "cannot be written to") }
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  /// `time`: of the packet that the lines were written at, in nanoseconds since 1970.
  func append(_ lines: [UInt8], at time: Int64) throws(CaptureError) {
    let today = time / 86_400_000_000_000
    // A packet that is a little late belongs to the file that is open.
    if today > day { try open(today) }
    var written = 0
    while written < lines.count {
      let count = lines.withUnsafeBytes { bytes in
        Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, lines.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.error(path, "cannot be written to")
      }
      written += count
    }
  }

  func close() throws(CaptureError) {
    guard descriptor >= 0 else { return }
    let failed = fsync(descriptor) != 0 && errno != EINVAL
    Glibc.close(descriptor)
    descriptor = -1
    if failed { throw Self.error(path, "cannot be written to") }
  }

  private func open(_ today: Int64) throws(CaptureError) {
    try close()
    day = today
    var seconds = time_t(today * 86_400)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func digits(_ value: Int32) -> String { (value < 10 ? "0" : "") + String(value) }
    let date = "\(1900 + parts.tm_year)-\(digits(parts.tm_mon + 1))-\(digits(parts.tm_mday))"
    path = "\(folder)/wire-\(date).jsonl"
    descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.error(path, "cannot be opened") }
  }

  private static func error(_ path: String, _ what: String) -> CaptureError {
    CaptureError("\(path): \(what) (\(strerror(errno).map { String(cString: $0) } ?? ""))")
  }
}
