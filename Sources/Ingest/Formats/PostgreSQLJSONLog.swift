public import EventModel

/// PostgreSQL's jsonlog (15 and later): one object a line, absent keys left out, pgaudit's text in
/// `message`.
///
/// `{"timestamp":"2026-11-23 08:33:09.826 UTC","user":"ito","dbname":"crm","pid":30124,…}`
///
/// Source: PostgreSQL, src/backend/utils/error/jsonlog.c; manual, "Using JSON-Format Log Output".
public struct PostgreSQLJSONLog: LogFormat {
  public static let name = "postgresql-jsonlog"
  public static let summary = "PostgreSQL jsonlog with pgaudit"

  private let options: DecodeOptions

  public init(options: DecodeOptions, head: Span<UInt8>) {
    self.options = options
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    // Its lines are numbered as csvlog's are, by a counter of their own.
    PostgreSQLDecoder.decode(chunk, options, countsLines: true, into: &batch) {
      (record, decoder) throws(DecodeError) in
      try Self.message(record, &decoder.arena)
    }
  }

  private static func message(
    _ record: RecordBytes,
    _ arena: inout ByteArena
  ) throws(DecodeError) -> PostgreSQLRecord {
    var found = PostgreSQLRecord()
    try FlatJSON.forEachMember(record) { (key, value) throws(DecodeError) in
      guard let field = field(key) else { return }
      if let text = value.text(&arena) {
        found[keyPath: field] = text
      } else if value.kind == .escapedText || value.kind == .nested {
        throw DecodeError(.badEncoding, at: 0)
      }
    }
    guard found.time.count > 0 else { throw DecodeError(.missingField, at: 0) }
    return found
  }

  private static func field(
    _ key: RecordBytes
  ) -> WritableKeyPath<PostgreSQLRecord, RecordBytes>? {
    let whole = 0..<key.count
    switch key.count {
    case 2 where key.equals("ps", in: whole): return \.tag
    case 4 where key.equals("user", in: whole): return \.user
    case 6 where key.equals("detail", in: whole): return \.detail
    case 7 where key.equals("message", in: whole): return \.message
    case 8 where key.equals("line_num", in: whole): return \.number
    case 9 where key.equals("timestamp", in: whole): return \.time
    case 9 where key.equals("statement", in: whole): return \.query
    case 10 where key.equals("session_id", in: whole): return \.session
    case 10 where key.equals("state_code", in: whole): return \.sqlState
    case 11 where key.equals("remote_host", in: whole): return \.host
    case 14 where key.equals("error_severity", in: whole): return \.severity
    case 16 where key.equals("application_name", in: whole): return \.program
    default: return nil
    }
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    sample.withUnsafeBufferPointer { bytes in
      var (seen, fit, start) = (0, 0, 0)
      var arena = ByteArena(capacity: 2 * bytes.count + 64)
      while start < bytes.count, seen < 64 {
        let end = bytes.firstIndex(of: 0x0A, in: start..<bytes.count)
        if end == nil, seen > 0 { break }
        let stop = end ?? bytes.count
        if stop > start {
          seen += 1
          arena.removeAll()
          if let found = try? message(bytes.slice(start..<stop), &arena),
            TimestampScan.isoCivil(found.time, at: 0) != nil, found.severity.count > 0
          {
            fit += 1
          }
        }
        start = stop + 1
      }
      let reason = "\(fit) of \(seen) lines are objects with timestamp and error_severity"
      return ProbeSample.Count(matched: fit, total: seen).result(reason)
    }
  }
}
