internal import CScan
internal import EventModel

/// An AUDIT line of pgaudit with the two numbers taken out that differ from line to line.
///
/// `AUDIT: SESSION,` number `,` body `,` rows. Digits neither open nor close a quote, so lines of one
/// body have the same fields, whatever the numbers.
struct AuditKey {
  /// The statement's number in its session.
  var number: RecordBytes
  /// What stands between the two numbers, as it is written; it ends with a comma only where a number
  /// of rows follows.
  var body: RecordBytes
  /// The last field where the line ends in a number.
  var rows: Int64?
  /// The command tag, which also decides what the line tells.
  var tag: RecordBytes
  var hash: UInt64

  /// `nil` for another text, and for numbers that are not plain ones.
  ///
  /// The text must be followed by 32 readable bytes, the tag by 16.
  @inline(__always)
  init?(_ text: RecordBytes, tag: RecordBytes) {
    var start = 15
    if !text.hasPrefix("AUDIT: SESSION,") {
      guard text.hasPrefix("AUDIT: OBJECT,") else { return nil }
      start = 14
    }
    var comma = start
    while comma < text.count, text[comma] &- 0x30 < 10 { comma += 1 }
    guard comma > start, comma < text.count, text[comma] == 0x2C else { return nil }
    number = text.slice(start..<comma)
    var end = text.count
    while end > comma + 1, text[end - 1] &- 0x30 < 10 { end -= 1 }
    if end < text.count, end > comma + 1, text[end - 1] == 0x2C {
      guard let count = text.decimal(end..<text.count) else { return nil }
      rows = count
      body = text.slice(comma + 1..<end)
    } else {
      guard text[text.count - 1] != 0x2C else { return nil }
      rows = nil
      body = text.slice(comma + 1..<text.count)
    }
    self.tag = tag
    guard let base = body.baseAddress else { return nil }
    hash = cscan_digest_padded(base, body.count)
    if let base = tag.baseAddress { hash ^= cscan_run_hash(base, tag.count) }
  }
}

/// What lines of one body and one tag tell.
struct AuditReading: BitwiseCopyable {
  private var low: Int64 = 0
  private var high: Int64 = 0
  private var object: NameID = .none
  private var destination: NameID = .none
  private var operation: Operation = .other
  private var quality: VolumeQuality = .unknown
  private var flags: EventRow.Flags = []
  private var begins: UInt8 = 0
  private var continues: UInt8 = 0
  /// The volume is the line's own number of rows.
  private var countsRows = false

  static let empty = AuditReading()

  private init() {}

  init(_ row: EventRow, countsRows: Bool) {
    (low, high, quality) = (row.recordsLow, row.recordsHigh, row.quality)
    (object, destination) = (row.object, row.destination)
    (operation, flags) = (row.operation, row.flags)
    (begins, continues) = (row.begins, row.continues)
    self.countsRows = countsRows
  }

  @inline(__always)
  func apply(rows: Int64?, to row: inout EventRow) {
    (row.recordsLow, row.recordsHigh, row.quality) = (low, high, quality)
    if countsRows, let rows { row.volume = .stated(rows) }
    (row.object, row.destination) = (object, destination)
    (row.operation, row.flags) = (operation, flags)
    (row.begins, row.continues) = (begins, continues)
  }
}

extension PostgreSQLDecoder {
  /// What an AUDIT line of the same body told, if one was read lately.
  @inline(__always)
  func recalled(_ key: AuditKey) -> AuditReading? {
    readings.value(key.body, key.tag, hash: key.hash)
  }

  /// The row of an AUDIT line from what is remembered of its body, without its names.
  @inline(__always)
  static func row(
    _ record: PostgreSQLRecord,
    _ key: AuditKey,
    _ reading: AuditReading,
    at time: Int64
  ) -> EventRow {
    var row = EventRow(time: time)
    row.outcome = .success
    if let number = key.number.decimal(0..<key.number.count) {
      row.statement = PostgreSQLMessage.statementKey(session: record.session, statement: number)
    }
    reading.apply(rows: key.rows, to: &row)
    return row
  }
}
