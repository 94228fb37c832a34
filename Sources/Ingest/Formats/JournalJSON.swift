internal import CScan
public import EventModel

/// systemd's journal as JSON, an entry a line (`journalctl -o json`).
///
///     {"__REALTIME_TIMESTAMP":"1775034754157000","_HOSTNAME":"db1","SYSLOG_IDENTIFIER":"sshd","MESSAGE":
///     "Accepted password for sato from 192.0.2.7 port 50200 ssh2", …}
///
/// What is told is as in the syslog formats: logons, changes of identity, devices, clock and audit. A message
/// that is not text is an array of bytes; one that `journalctl` left out for its size (without `--all`) is
/// rejected.
///
/// Source: systemd, "Journal Export Formats" and journalctl(1).
public struct JournalJSON: LogFormat {
  public static let name = "journal-json"
  public static let summary = "systemd journal as JSON lines (journalctl -o json)"

  private static let signature = JSONSignature(["__REALTIME_TIMESTAMP", "_BOOT_ID"])
  private static let short = JSONSignature(["__REALTIME_TIMESTAMP", "MESSAGE"])

  private let options: DecodeOptions

  public init(options: DecodeOptions, head: Span<UInt8>) { self.options = options }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    let count = ProbeSample.count(sample) { isOne(Array($0)) }
    return count.result(
      "\(count.matched) of \(count.total) lines are objects with __REALTIME_TIMESTAMP"
    )
  }

  static func isOne(_ line: [UInt8]) -> Bool { signature.isIn(line) || short.isIn(line) }

  private static let keys: KeyTable = {
    var table = KeyTable()
    _ = table.addLevel()
    for (index, name) in fields.enumerated() {
      table.add(Array(name.utf8), at: 0) { $0.columns = 1 << UInt32(index) }
    }
    table.seal()
    return table
  }()

  /// By the index of their values.
  private static let fields = [
    "__REALTIME_TIMESTAMP", "_HOSTNAME", "SYSLOG_IDENTIFIER", "_COMM", "MESSAGE", "_AUDIT_ID",
    "_SOURCE_REALTIME_TIMESTAMP", "_PID", "SYSLOG_PID",
  ]

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    var text: [UInt8] = []
    let work = HostWork(options)
    _ = JSONScan.withScan(Self.keys) { scan -> Bool? in
      RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
        var isBlank = false
        let stated = try scan.walk(record, isBlank: &isBlank)
        if isBlank { return }
        let values = scan.values
        func value(_ index: Int) -> FieldValue? {
          guard stated & 1 << UInt32(index) != 0, values[index].kind != .null,
            values[index].count > 0
          else { return nil }
          return values[index]
        }
        guard let clock = value(0), let micros = clock.bytes.decimal(0..<clock.count),
          micros < 9_000_000_000_000_000
        else { throw DecodeError(.badTime, at: 0) }
        batch.noteTime(micros * 1000)
        // What is longer than 4 KiB is written as null unless it is asked for (`journalctl --all`).
        if stated & 1 << 4 != 0, scan.values[4].kind == .null {
          throw DecodeError(.missingField, at: 0)
        }
        text.removeAll(keepingCapacity: true)
        let host = Self.append(value(1), to: &text)
        let tag = Self.append(value(2) ?? value(3), to: &text)
        if let process = value(7) ?? value(8) {
          JournalText.append(process: process.bytes, to: &text)
        }
        let executable = value(2) == nil ? tag : Self.append(value(3), to: &text)
        let message = Self.append(value(4), to: &text)
        var header = HostMessage(time: micros * 1000, host: host, tag: tag, message: message)
        header.executable = executable
        header.auditSerial = value(5).flatMap { $0.bytes.decimal(0..<$0.count) }
        header.sourceTime = value(6).flatMap { Self.microseconds($0.bytes) }
        try JournalText.decode(&text, header, work, into: &batch)
      }
      return true
    }
    work.settle(&batch)
  }

  /// Microseconds since 1970 in nanoseconds.
  static func microseconds(_ text: RecordBytes) -> Int64? {
    text.decimal(0..<text.count).flatMap { $0 < 9_000_000_000_000_000 ? $0 * 1000 : nil }
  }

  /// Appends a value as text: where it lies then.
  private static func append(_ value: FieldValue?, to text: inout [UInt8]) -> Range<Int> {
    let start = text.count
    guard let value else { return start..<start }
    switch value.kind {
    case .text, .number, .literal: text.append(contentsOf: value.bytes)
    case .escaped: JSONText.unescape(value.bytes, into: &text)
    case .array:
      // Bytes as numbers; of a field that stands several times its texts.
      JSONText.forEachScalar(inArray: value.bytes) { element in
        if element.kind == .number, let byte = element.bytes.decimal(0..<element.count), byte < 256
        {
          text.append(UInt8(byte))
        } else if text.count == start {
          JSONText.unescape(element.bytes, into: &text)
        }
      }
    default: break
    }
    return start..<text.count
  }
}
