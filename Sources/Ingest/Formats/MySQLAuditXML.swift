public import EventModel
internal import Synchronization

/// The audit log of MySQL Enterprise and Percona Server as XML, in its old and its new form.
///
///     <AUDIT_RECORD NAME="Query" RECORD="2_2026-11-23T08:34:30" TIMESTAMP="2026-11-23T08:34:34 UTC" COMMAND_CLASS="select"
///       CONNECTION_ID="12" STATUS="0" SQLTEXT="select * from clients" USER="suzuki[suzuki] @ localhost [192.0.2.7]" HOST="" IP=""/>
///
/// or an element for each value (`<NAME>Query</NAME>`). Names and meaning are those of the JSON form, which
/// `mysql-audit` reads; no form of XML states rows or bytes. A record goes over several lines and ends
/// before the next; the list around all records is passed over. Times are UTC.
///
/// Source: MySQL manual, "Audit Log File Formats"; Percona Server documentation, "Audit log plugin".
public struct MySQLAuditXML: LogFormat {
  public static let name = "mysql-audit-xml"
  public static let summary = "MySQL Enterprise and Percona audit log (XML, old and new form)"
  public static var framing: Framing { .blocks(.auditRecord) }

  public init(options: DecodeOptions, head: Span<UInt8>) {}

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    sample.withUnsafeBufferPointer { bytes in
      var (count, place) = (0, 0)
      while let found = HostAudit.find("<AUDIT_RECORD", bytes, place..<bytes.count) {
        count += 1
        place = found + 13
      }
      guard count > 0 else { return ProbeResult(.no, "no <AUDIT_RECORD") }
      return ProbeResult(.certain, "\(count) records begin with <AUDIT_RECORD")
    }
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let memory = batch.names.memory.take(MySQLMemory.self) ?? MySQLMemory()
    memory.work.withLock { work in
      var arena = ByteArena(capacity: RecordFramer.longestRecord + 4096)
      let values = UnsafeMutablePointer<FieldValue>.allocate(capacity: 32)
      defer { values.deallocate() }
      RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
        guard let start = HostAudit.find("<AUDIT_RECORD", record, 0..<record.count) else {
          if Self.isFrame(record) { return }
          throw DecodeError(.notThisFormat, at: 0)
        }
        arena.removeAll()
        work.arena.removeAll()
        let stated = try Self.read(record, from: start + 13, values, &arena)
        var event = MySQLAuditEvent(stated, values)
        let row = try event.row(&work, &batch.names)
        batch.noteTime(row.time)
        if event.isTold { batch.rows.append(row) }
      }
    }
    batch.names.memory.keep(memory)
  }

  /// The declaration, or the list that opens or closes.
  private static func isFrame(_ record: RecordBytes) -> Bool {
    let text = record.slice((record.firstIndex { $0 > 0x20 } ?? record.count)..<record.count)
    return text.isEmpty || text.hasPrefix("<?xml") || text.hasPrefix("<AUDIT>")
      || text.hasPrefix("</AUDIT>")
  }

  /// The values of a record, behind its name.
  private static func read(
    _ record: RecordBytes,
    from start: Int,
    _ values: UnsafeMutablePointer<FieldValue>,
    _ arena: inout ByteArena
  ) throws(DecodeError) -> UInt32 {
    var stated: UInt32 = 0
    func note(_ name: RecordBytes, _ text: RecordBytes) {
      guard let index = MySQLAuditEvent.index(ofXML: name), text.count > 0 else { return }
      let plain = WindowsXML.plain(text, &arena)
      guard let base = plain.baseAddress else { return }
      values[index] = FieldValue(start: base, count: plain.count, kind: .text)
      stated |= 1 << UInt32(index)
    }
    var place = start
    // Attributes, up to the end of the tag.
    while true {
      while place < record.count, record[place] <= 0x20 { place += 1 }
      guard place < record.count else { throw DecodeError(.unexpectedEnd, at: place) }
      if record[place] == 0x2F { return stated }
      if record[place] == 0x3E { break }
      guard let equals = record.firstIndex(of: 0x3D, in: place..<min(record.count, place + 64)),
        equals + 1 < record.count, record[equals + 1] == 0x22,
        let end = record.firstIndex(of: 0x22, in: equals + 2..<record.count)
      else { throw DecodeError(.unexpectedByte, at: place) }
      note(record.slice(place..<equals), record.slice(equals + 2..<end))
      place = end + 1
    }
    // Elements.
    while let open = record.firstIndex(of: 0x3C, in: place..<record.count),
      let close = record.firstIndex(of: 0x3E, in: open..<record.count)
    {
      if record.hasPrefix("</AUDIT_RECORD", at: open) { return stated }
      place = close + 1
      guard record[open + 1] != 0x2F, record[close - 1] != 0x2F else { continue }
      guard let end = record.firstIndex(of: 0x3C, in: place..<record.count) else { break }
      note(record.slice(open + 1..<close), record.slice(place..<end))
      place = end
    }
    throw DecodeError(.unexpectedEnd, at: record.count)
  }
}
