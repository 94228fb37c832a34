public import EventModel

/// PostgreSQL's csvlog, with the AUDIT lines of pgaudit in it: 26 columns (14 and later), 24 (13) or
/// 23 (12 and earlier), no header, records over several lines.
///
/// `2026-11-23 08:33:09.157 UTC,"ito","crm",30098,"192.0.2.7:51740",6b03fa45.7592,1,"SELECT",…`
///
/// Source: PostgreSQL, src/backend/utils/error/csvlog.c; manual, "Using CSV-Format Log Output".
public struct CSVLog: LogFormat {
  public static let name = "postgresql-csvlog"
  public static let summary = "PostgreSQL csvlog with pgaudit, 23, 24 or 26 columns"
  public static var framing: Framing { .csvRecords(startsWithTime: true) }

  private let options: DecodeOptions

  public init(options: DecodeOptions, head: Span<UInt8>) {
    self.options = options
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    var decoder = PostgreSQLDecoder(options, chunkBytes: chunk.count)
    var columns = CSVColumns(most: 26)
    RecordFramer.forEachRecord(in: chunk, into: &batch) {
      (record, batch) throws(DecodeError) in
      guard record.count > 0 else { return }
      if columns.split(record), Self.isWidth(columns.count) {
        try Self.decode(columns, &decoder, into: &batch)
      } else {
        decoder.arena.removeAll()
        try decoder.fields.split(record, most: 26, arena: &decoder.arena)
        // Without a key: those of this log are taken from the text as it is written.
        let message = try Self.message(decoder.fields, length: record.count)
        try decoder.decode(message, into: &batch)
      }
    }
    decoder.settle(&batch)
  }

  private static func isWidth(_ columns: Int) -> Bool {
    columns == 26 || columns == 24 || columns == 23
  }

  @inline(__always)
  private static func decode(
    _ columns: borrowing CSVColumns,
    _ decoder: inout PostgreSQLDecoder,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    decoder.arena.removeAll()
    var record = PostgreSQLRecord()
    record.time = try columns.text(0, &decoder.arena)
    record.user = try columns.text(1, &decoder.arena)
    record.host = host(try columns.text(4, &decoder.arena))
    record.session = try columns.text(5, &decoder.arena)
    record.number = try columns.text(6, &decoder.arena)
    record.tag = try columns.text(7, &decoder.arena)
    record.program = try columns.text(22, &decoder.arena)
    let key = AuditKey(columns.raw(13), tag: record.tag)
    if let key, decoder.arena.isEmpty, let reading = decoder.recalled(key) {
      let time = try decoder.time.parse(record.time)
      let row = PostgreSQLDecoder.row(record, key, reading, at: time)
      decoder.finishLater(row, record, into: &batch)
      return decoder.note(record, at: time, in: &batch)
    }
    record.severity = try columns.text(11, &decoder.arena)
    record.sqlState = try columns.text(12, &decoder.arena)
    record.message = try columns.text(13, &decoder.arena)
    record.detail = try columns.text(14, &decoder.arena)
    record.query = try columns.text(19, &decoder.arena)
    try decoder.decode(record, audit: key, into: &batch)
  }

  private static func message(
    _ fields: QuotedFields,
    length: Int
  ) throws(DecodeError) -> PostgreSQLRecord {
    guard !fields.isOpen else { throw DecodeError(.unterminatedQuote, at: length) }
    guard isWidth(fields.count) else { throw DecodeError(.wrongFieldCount, at: length) }
    return PostgreSQLRecord(
      time: fields[0],
      user: fields[1],
      host: host(fields[4]),
      session: fields[5],
      number: fields[6],
      tag: fields[7],
      severity: fields[11],
      sqlState: fields[12],
      message: fields[13],
      detail: fields[14],
      query: fields[19],
      program: fields[22]
    )
  }

  /// `192.0.2.7:51740` without its port; `[local]` as it is.
  private static func host(_ text: RecordBytes) -> RecordBytes {
    var end = text.count
    while end > 0, text[end - 1] &- 0x30 < 10 { end -= 1 }
    guard end > 1, end < text.count, text[end - 1] == 0x3A else { return text }
    return text.slice(0..<end - 1)
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    sample.withUnsafeBufferPointer { bytes in
      var (seen, fit, columns, start) = (0, 0, 0, 0)
      var fields = QuotedFields()
      var arena = ByteArena(capacity: 2 * bytes.count + 64)
      while start < bytes.count, seen < 64 {
        var quoted = false
        var end = start
        while end < bytes.count, quoted || bytes[end] != 0x0A {
          if bytes[end] == 0x22 { quoted.toggle() }
          end += 1
        }
        // What the sample cut off cannot be judged.
        if end == bytes.count, seen > 0 { break }
        let stop = end > start && bytes[end - 1] == 0x0D ? end - 1 : end
        if stop > start {
          seen += 1
          arena.removeAll()
          if fits(bytes.slice(start..<stop), &fields, &arena) {
            fit += 1
            columns = fields.count
          }
        }
        start = end + 1
      }
      let reason =
        "\(fit) of \(seen) records start with a time and have 23, 24 or 26 columns"
        + (fit > 0 ? " (\(columns)) with an SQLSTATE in the thirteenth" : "")
      return ProbeSample.Count(matched: fit, total: seen).result(reason)
    }
  }

  private static func fits(
    _ record: RecordBytes,
    _ fields: inout QuotedFields,
    _ arena: inout ByteArena
  ) -> Bool {
    guard TimestampScan.isoCivil(record, at: 0) != nil,
      (try? fields.split(record, most: 26, arena: &arena)) != nil, !fields.isOpen,
      isWidth(fields.count)
    else { return false }
    return fields[12].count == 5 && fields[11].count > 0
  }
}
