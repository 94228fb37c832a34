internal import EventModel
internal import Glibc
internal import Reporting
internal import Storage

/// A file to which a line is appended a message, of its owner alone.
///
///     - {name: alerts, kind: file, path: /var/lib/ometsuke/alerts.jsonl, format: jsonl}
///
/// `jsonl`: a line an incident; `ocsf`, `cef`, `leef`, `ecs`: a line a finding. It is opened anew for each
/// batch, so that it may be rotated; what is half written when the disk is full is taken back.
struct FileSink: Sink {
  static let kind = "file"
  static let keys = [
    SinkKey("path", .path, isRequired: true),
    SinkKey("format", .words(Format.allCases.map(\.rawValue))),
  ]

  enum Format: String, CaseIterable { case jsonl, ocsf, cef, leef, ecs }

  let path: String
  let format: Format

  init(_ settings: inout SinkSettings) {
    path = settings.path("path") ?? ""
    format = settings.word("format", default: .jsonl)
  }

  func messages(
    of incident: Incident,
    _ context: MessageContext,
    isKnown: (String) -> Bool
  ) -> [OutboxMessage] {
    guard let record = FindingRecord(rawValue: format.rawValue) else {
      return message(of: incident, context, isKnown: isKnown) { _ in
        JSONLinesReport.line(of: incident)
      }
    }
    return messagesOfFindings(of: incident, context, isKnown: isKnown) {
      record.line(of: $0, in: incident, $1)
    }
  }

  func makeCourier() -> any Courier { FileCourier(path: path) }
}

private struct FileCourier: Courier {
  let path: String

  func deliver(_ messages: [OutboxMessage]) -> [Delivery] {
    var bytes: [UInt8] = []
    for message in messages { bytes += message.body + [0x0A] }
    let problem = append(bytes)
    return messages.map { _ in problem.map { .failed($0) } ?? .taken }
  }

  /// Appends all or nothing; what went wrong, or `nil`.
  private func append(_ bytes: [UInt8]) -> String? {
    let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    let file = PathText.withName(path) { open($0, flags, 0o600) }
    guard file >= 0 else { return Self.reason("cannot be opened", path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return "\(SafeText.escaped(path, limit: 200)): is no file"
    }
    var whole = bytes
    var last: UInt8 = 0x0A
    // What a crash has left half written is not to swallow the line behind it.
    if status.st_size > 0, pread(file, &last, 1, status.st_size - 1) == 1, last != 0x0A {
      whole.insert(0x0A, at: 0)
    }
    var done = 0
    while done < whole.count {
      let count = whole.withUnsafeBytes {
        write(file, $0.baseAddress.map { $0 + done }, whole.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let reason = Self.reason("cannot be written", path)
        if done > 0 { ftruncate(file, status.st_size) }
        return reason
      }
      done += count
    }
    return fsync(file) == 0 ? nil : Self.reason("cannot be written", path)
  }

  private static func reason(_ what: String, _ path: String) -> String {
    let code = errno
    let words = strerror(code).map { String(cString: $0) } ?? "\(code)"
    return "\(SafeText.escaped(path, limit: 200)): \(what) (\(words))"
  }
}
