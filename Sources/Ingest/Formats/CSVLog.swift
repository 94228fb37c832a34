public import EventModel
internal import Synchronization

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
    let memory = batch.names.memory.take(CSVLogMemory.self) ?? CSVLogMemory()
    memory.work.withLock { work in
      work.decoder.time = PostgreSQLTime(options)
      work.decoder.subjectKey = options.subjectKey
      RecordFramer.forEachRecord(in: chunk, into: &batch) {
        (record, batch) throws(DecodeError) in
        guard record.count > 0 else { return }
        try work.decode(record, into: &batch)
      }
      work.decoder.settle(&batch)
      batch.assumedZones |= work.decoder.time.assumedZones
      batch.unknownZones.add(work.decoder.time.unknownZones)
    }
    batch.names.memory.keep(memory)
  }

  fileprivate static func isWidth(_ columns: Int) -> Bool {
    columns == 26 || columns == 24 || columns == 23
  }

  fileprivate static func message(
    _ fields: QuotedFields,
    length: Int
  ) throws(DecodeError) -> PostgreSQLRecord {
    guard !fields.isOpen else { throw DecodeError(.unterminatedQuote, at: length) }
    guard isWidth(fields.count) else { throw DecodeError(.wrongFieldCount, at: length) }
    return PostgreSQLRecord(
      time: fields[0],
      user: fields[1],
      host: DeferredNames.host(fields[4]),
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

/// What is remembered of a csvlog, whose texts are keys as they are written.
private final class CSVLogMemory: Sendable {
  let work = Mutex(CSVLogWork())
}

/// Records to rows.
private struct CSVLogWork: ~Copyable {
  var decoder = PostgreSQLDecoder()
  private var columns = CSVColumns(most: 26)

  init() { decoder.countsLines = true }

  @inline(__always)
  mutating func decode(
    _ record: RecordBytes,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    guard columns.split(record), CSVLog.isWidth(columns.count) else {
      return try decodeIrregular(record, into: &batch)
    }
    // A known AUDIT line whose other columns stand as they are meant.
    if columns.isDoubled(only: 8...21), let key = AuditKey(columns.raw(13), tag: columns.raw(7)),
      let reading = decoder.recalled(key)
    {
      let time = try decoder.time.parse(columns.raw(0))
      return append(key, reading, at: time, to: &batch)
    }
    try decodeAny(into: &batch)
  }

  @inline(__always)
  private mutating func append(
    _ key: AuditKey,
    _ reading: AuditReading,
    at time: Int64,
    to batch: inout EventBatch
  ) {
    var row = EventRow(time: time)
    row.outcome = .success
    reading.apply(rows: key.rows, to: &row)
    row.program = decoder.program.id(of: columns.raw(22), in: &batch.names)
    let number = columns.raw(6)
    let origin = DeferredNames.Origin(
      run: columns.raw(from: 1, through: 5),
      account: columns.raw(1),
      terminal: columns.raw(4),
      session: columns.raw(5),
      statement: key.number.decimal(0..<key.number.count) ?? -1,
      number: number.decimal(0..<number.count) ?? -1
    )
    decoder.names.append(row, origin, to: &batch)
  }

  /// A regular record of any kind.
  @inline(never)
  private mutating func decodeAny(into batch: inout EventBatch) throws(DecodeError) {
    decoder.settle(&batch)
    decoder.arena.removeAll()
    var record = PostgreSQLRecord()
    record.time = try columns.text(0, &decoder.arena)
    record.user = try columns.text(1, &decoder.arena)
    record.host = DeferredNames.host(try columns.text(4, &decoder.arena))
    record.session = try columns.text(5, &decoder.arena)
    record.number = try columns.text(6, &decoder.arena)
    record.tag = try columns.text(7, &decoder.arena)
    record.program = try columns.text(22, &decoder.arena)
    record.severity = try columns.text(11, &decoder.arena)
    record.sqlState = try columns.text(12, &decoder.arena)
    record.message = try columns.text(13, &decoder.arena)
    record.detail = try columns.text(14, &decoder.arena)
    record.query = try columns.text(19, &decoder.arena)
    let key = AuditKey(columns.raw(13), tag: record.tag)
    try decoder.decode(record, audit: key, into: &batch)
  }

  /// A record whose quotes or columns are not as they should be; also one that is none.
  @inline(never)
  private mutating func decodeIrregular(
    _ record: RecordBytes,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    decoder.settle(&batch)
    decoder.arena.removeAll()
    try decoder.fields.split(record, most: 26, arena: &decoder.arena)
    // Without a key: those of this log are taken from the text as it is written.
    let message = try CSVLog.message(decoder.fields, length: record.count)
    try decoder.decode(message, into: &batch)
  }
}
