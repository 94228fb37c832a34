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
    var padded = CSVLayout.bytes(of: sample)
    padded.append(contentsOf: repeatElement(0, count: ByteChunk.padding))
    return padded.withUnsafeBufferPointer { probe($0, count: sample.count) }
  }

  /// Records are told apart as in decoding, so that a head torn out of a quoted field costs no more
  /// than itself.
  ///
  /// What stands before the first record that starts with a time, and closes a quote that it does
  /// not open, is the rest of a record: it is not counted, but the format is then no more than
  /// likely.
  private static func probe(_ bytes: RecordBytes, count: Int) -> ProbeResult {
    guard let base = bytes.baseAddress else { return ProbeResult(.no, "no record to judge") }
    let boundary = CSVRecordBoundary(base: base, count: count, atEnd: true, startsWithTime: true)
    var found = ProbeSample.Count()
    var (columns, lead, leadQuotes, start) = (0, 0, 0, 0)
    var isLead = true
    var fields = QuotedFields()
    var arena = ByteArena(capacity: 2 * count + 64)
    while start < count, isLead || found.total < 64,
      case .end(let next) = boundary.end(from: start), next > start
    {
      let quotes = bytes[start..<next].count { $0 == 0x22 }
      let isWhole = bytes[next - 1] == 0x0A && quotes.isMultiple(of: 2)
      // What the sample cut off cannot be judged.
      if next == count, !isWhole, found.total > 0 || lead > 0 { break }
      var stop = bytes[next - 1] == 0x0A ? next - 1 : next
      if stop > start, bytes[stop - 1] == 0x0D { stop -= 1 }
      let record = bytes.slice(start..<stop)
      start = next
      if record.isEmpty { continue }
      if isLead, !startsWithTime(record) {
        lead += 1
        leadQuotes += quotes
        continue
      }
      if isLead, leadQuotes.isMultiple(of: 2) { found.total = lead }
      isLead = false
      found.total += 1
      arena.removeAll()
      if fits(record, &fields, &arena) {
        found.matched += 1
        columns = fields.count
      }
    }
    if isLead { found.total = lead }
    let isRest = !isLead && !leadQuotes.isMultiple(of: 2)
    let reason =
      "\(found.matched) of \(found.total) records start with a time and have 23, 24 or 26 columns"
      + (found.matched > 0 ? " (\(columns)) with an SQLSTATE in the thirteenth" : "")
      + (isRest && found.matched > 0 ? ", after the rest of a torn one" : "")
    return found.result(reason, best: isRest ? .likely : .certain)
  }

  /// Whether the first column is a time, in quotes or not.
  private static func startsWithTime(_ record: RecordBytes) -> Bool {
    let start = record.count > 0 && record[0] == 0x22 ? 1 : 0
    return TimestampScan.isoCivil(record, at: start) != nil
  }

  private static func fits(
    _ record: RecordBytes,
    _ fields: inout QuotedFields,
    _ arena: inout ByteArena
  ) -> Bool {
    guard startsWithTime(record),
      (try? fields.split(record, most: 26, arena: &arena)) != nil, !fields.isOpen,
      isWidth(fields.count)
    else { return false }
    return fields[12].count == 5 && fields[11].count > 0
  }
}
