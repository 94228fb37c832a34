public import EventModel

/// Microsoft 365's unified audit log as the portal's audit search exports it: CSV, the record as JSON in a column.
///
///     RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames
///     x1,2026-04-01T09:12:34.0000000Z,6,FileDownloaded,sato@example.com,"{""CreationTime"":""2026-04-01T09:12:34"",…}",,
///
/// Older exports name the columns `CreationDate,UserIds,Operations,AuditData`, as `Search-UnifiedAuditLog` does. What is
/// told is in AuditData alone, and read as by `microsoft-365-audit`; a record that the log holds in both forms is
/// counted once.
///
/// Source: Microsoft Learn, "Export, configure, and view audit log records".
public struct Microsoft365Portal: HeadedText, HeadedRecords {
  public static let name = "microsoft-365-portal"
  public static let ignoresAccountCase = true
  public static let summary =
    "Microsoft 365 audit search, exported by the portal (CSV with JSON in AuditData)"
  public static var framing: Framing { .csvRecords(startsWithTime: false) }
  private static let column = "AUDITDATA"

  private let reader: EventReader
  private let csv: CSVLayout

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Microsoft365Audit.map, options)
    csv = CSVLayout(declaration: options.declaration, head: CSVLayout.bytes(of: head))
  }

  public static func header(of head: Span<UInt8>) -> (columns: [String], delimiter: UInt8)? {
    let found = CSVLayout.header(CSVLayout.bytes(of: head), isDeclared: true, delimiter: 0x2C)
    guard let found, isHeader(found.columns, .init(name: "")) else { return nil }
    return (found.columns, found.delimiter)
  }

  public static func isHeader(_ columns: [String], _ declaration: SourceDeclaration) -> Bool {
    let names = Set(columns.map { $0.uppercased() })
    return names.contains(column) && names.contains("CREATIONDATE")
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    guard let header = header(of: sample) else {
      return ProbeResult(.no, "no header with CreationDate, AuditData")
    }
    let width = CSVLayout.columnCount(CSVLayout.bytes(of: sample), header.delimiter)
    let names = "a header with CreationDate, AuditData"
    return width == header.columns.count
      ? ProbeResult(.certain, "\(names), and records of as many columns")
      : ProbeResult(.likely, names)
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let reader = reader
    var csv = csv
    if let header = chunk.header, !csv.isHeader(header) {
      csv = CSVLayout(declaration: SourceDeclaration(name: ""), head: header)
    }
    var state = reader.program.makeState(&batch.names)
    var arena = ByteArena(capacity: RecordFramer.longestRecord + ByteChunk.padding)
    let wanted = csv.columns.firstIndex { $0.uppercased() == Self.column }
    _ = JSONScan.withScan(reader.program.keys) { scan -> Bool? in
      RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
        guard let base = record.baseAddress else { return }
        let start = JSONScan.skipMark(base, base + record.count)
        let text = RecordBytes(start: start, count: record.count - (start - base))
        if text.isEmpty { return }
        if csv.isHeader(text) {
          batch.isHeader = true
          return
        }
        guard let json = try Self.field(wanted, of: text, csv, &arena) else {
          throw DecodeError(.missingField, at: 0)
        }
        var isBlank = false
        let stated = try scan.walk(json, isBlank: &isBlank)
        if isBlank { throw DecodeError(.missingField, at: 0) }
        batch.rows.append(
          try reader.row(stated, scan.values, json, &state, &batch.names, Microsoft365Audit.finish)
        )
      }
      return true
    }
  }

  /// A column's text, without its doubled quotes and padded; `nil`: no such column.
  private static func field(
    _ wanted: Int?,
    of record: RecordBytes,
    _ csv: CSVLayout,
    _ arena: inout ByteArena
  ) throws(DecodeError) -> RecordBytes? {
    guard let base = record.baseAddress else { return nil }
    let end = base + record.count
    var p = base
    var column = 0
    var found: FieldValue?
    while true {
      let field = try DelimitedText.field(&p, end, base, csv.delimiter)
      if column == wanted { found = field }
      column += 1
      guard p < end else { break }
      p += 1
    }
    guard column == csv.columns.count else { throw DecodeError(.wrongFieldCount, at: record.count) }
    guard let found else { return nil }
    arena.removeAll()
    let count = found.count
    var length = 0
    let plain = arena.write(atMost: count + ByteChunk.padding) { room in
      var place = 0
      while place < count {
        room[length] = found.start[place]
        length += 1
        place += found.kind == .doubled && found.start[place] == 0x22 ? 2 : 1
      }
      for index in length..<length + ByteChunk.padding { room[index] = 0 }
      return length + ByteChunk.padding
    }
    return plain.map { $0.slice(0..<length) }
  }
}
