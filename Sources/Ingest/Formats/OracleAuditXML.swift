public import EventModel

/// Oracle's classic audit trail as XML files (`AUDIT_TRAIL=XML`).
///
///     <AuditRecord><Audit_Type>1</Audit_Type><Session_Id>250064</Session_Id><StatementId>3</StatementId>
///     <Extended_Timestamp>2024-03-29T14:54:00.782747Z</Extended_Timestamp><DB_User>SCOTT</DB_User><Userhost>WS7</Userhost>
///     <Object_Schema>CRM</Object_Schema><Object_Name>CLIENTS</Object_Name><Action>3</Action><Returncode>0</Returncode>
///     <Sql_Text>select * from clients</Sql_Text></AuditRecord>
///
/// A record goes over several lines and ends before the next. Fine-grained records state no action but the statement.
///
/// Source: Oracle Database Reference, V$XML_AUDIT_TRAIL; dbserver_audittrail-11_2.xsd.
public struct OracleAuditXML: LogFormat {
  public static let name = "oracle-audit-xml"
  public static let summary = "Oracle classic audit trail (XML)"
  public static var framing: Framing { .blocks(.oracleRecord) }

  public init(options: DecodeOptions, head: Span<UInt8>) {}

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    sample.withUnsafeBufferPointer { bytes in
      let isOne = HostAudit.find("<AuditRecord><Audit_Type>", bytes, 0..<bytes.count) != nil
      return isOne
        ? ProbeResult(.certain, "records begin with <AuditRecord><Audit_Type>")
        : ProbeResult(.no, "no <AuditRecord>")
    }
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    var arena = ByteArena(capacity: RecordFramer.longestRecord + 4096)
    let work = HostWork()
    RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
      guard let start = HostAudit.find("<AuditRecord>", record, 0..<record.count) else {
        if Self.isFrame(record) { return }
        throw DecodeError(.notThisFormat, at: 0)
      }
      arena.removeAll()
      var trail = OracleTrail()
      let time = try Self.read(record, from: start + 13, &trail, &arena)
      batch.noteTime(time)
      batch.rows.append(trail.row(time: time, host: record.slice(0..<0), work, &batch.names))
    }
    work.settle(&batch)
  }

  /// The declaration, the list that opens or closes, its version.
  private static func isFrame(_ record: RecordBytes) -> Bool {
    let text = record.slice((record.firstIndex { $0 > 0x20 } ?? record.count)..<record.count)
    return text.isEmpty || text.hasPrefix("<?xml") || text.hasPrefix("<Audit ")
      || text.hasPrefix("</Audit>") || text.hasPrefix("<Version>")
  }

  private static let elements: [(StaticString, OracleTrail.Field)] = [
    ("Session_Id", .session), ("StatementId", .statement), ("DB_User", .user),
    ("OS_User", .osUser), ("Userhost", .host), ("Terminal", .terminal), ("Action", .actionNumber),
    ("Returncode", .status), ("Object_Schema", .schema), ("Object_Name", .object),
    ("Ses_Actions", .sessionActions), ("Sql_Text", .text),
  ]

  /// Puts the values into the trail; when it was.
  private static func read(
    _ record: RecordBytes,
    from start: Int,
    _ trail: inout OracleTrail,
    _ arena: inout ByteArena
  ) throws(DecodeError) -> Int64 {
    var time: Int64?
    var place = start
    while let open = record.firstIndex(of: 0x3C, in: place..<record.count),
      let close = record.firstIndex(of: 0x3E, in: open..<record.count)
    {
      if record.hasPrefix("</AuditRecord>", at: open) {
        guard let time else { throw DecodeError(.badTime, at: 0) }
        return time
      }
      place = close + 1
      guard record[open + 1] != 0x2F, record[close - 1] != 0x2F else { continue }
      guard let end = record.firstIndex(of: 0x3C, in: place..<record.count) else { break }
      let name = record.slice(open + 1..<close)
      if name.equals("Extended_Timestamp", in: 0..<name.count) {
        guard let read = TimestampScan.rfc3339(record, at: place, zone: .utc), read.end == end
        else { throw DecodeError(.badTime, at: place) }
        time = read.time
      } else if let field = elements.first(where: { name.equals($0.0, in: 0..<name.count) }) {
        trail[field.1] = WindowsXML.plain(record.slice(place..<end), &arena)
      }
      place = end
    }
    throw DecodeError(.unexpectedEnd, at: record.count)
  }
}
