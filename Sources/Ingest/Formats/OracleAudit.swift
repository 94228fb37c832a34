public import EventModel

/// Oracle's classic audit trail as files of the operating system (`AUDIT_TRAIL=OS`, SYSDBA always): `*.aud`.
///
///     Thu Nov 10 19:14:47 2016 +08:00
///     LENGTH : '160'
///     ACTION :[7] 'CONNECT'
///     DATABASE USER:[1] '/'
///     CLIENT USER:[6] 'oracle'
///     STATUS:[1] '0'
///
/// Oracle 10g writes all fields into one line, without LENGTH (`SESSIONID: "0" ENTRYID: "1" …`). A record begins with a
/// line that is a time; what stands before the first is the banner of the file, or, where it has fields, the rest of a
/// record. Statements go over lines and hold quotes; the lengths in brackets are not trusted. How many rows were
/// returned is not stated.
/// The same records by syslog are read by the formats of syslog.
///
/// Source: Oracle Database Security Guide, "Administering the Audit Trail".
public struct OracleAudit: LogFormat {
  public static let name = "oracle-audit"
  public static let summary = "Oracle classic audit trail (files *.aud)"
  public static var framing: Framing { .blocks(.ctime) }

  private let zone: TimeZoneRule

  public init(options: DecodeOptions, head: Span<UInt8>) { zone = options.zone }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    sample.withUnsafeBufferPointer { bytes in
      for opening in ["\nLENGTH", "\nSESSIONID: "] as [StaticString] {
        guard let place = HostAudit.find(opening, bytes, 0..<bytes.count),
          let line = previousLine(bytes, before: place),
          LineWork.ctime(line) != nil
        else { continue }
        return ProbeResult(.certain, "a time, and LENGTH or SESSIONID in the line after it")
      }
      return ProbeResult(.no, "no time before a line with LENGTH or SESSIONID")
    }
  }

  private static func previousLine(_ bytes: RecordBytes, before end: Int) -> RecordBytes? {
    var start = end
    while start > 0, bytes[start - 1] != 0x0A { start -= 1 }
    return start < end ? bytes.slice(start..<end) : nil
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let work = HostWork()
    RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
      guard let (time, end) = time(record) else {
        if !Self.hasFields(record) { return }
        throw DecodeError(.badTime, at: 0)
      }
      batch.noteTime(time)
      var start = end
      while start < record.count, record[start] <= 0x20 { start += 1 }
      guard start < record.count,
        record.hasPrefix("LENGTH", at: start) || record.hasPrefix("SESSIONID: ", at: start)
      else { return }
      var trail = OracleTrail()
      var stop = record.count
      // Of Oracle 10g a record is a line; the banner of another file may stand behind it.
      if record[start] == 0x53 {
        stop = record.firstIndex(of: 0x0A, in: start..<record.count) ?? stop
      }
      try trail.read(record, start..<stop)
      // A file is cut where it ends; only syslog cuts what goes on.
      if trail.isTruncated { throw DecodeError(.unterminatedQuote, at: record.count) }
      batch.rows.append(trail.row(time: time, host: record.slice(0..<0), work, &batch.names))
    }
    work.settle(&batch)
  }

  /// Whether a record without a time is one whose beginning was cut: a banner has neither `:[7] '` nor `: "`.
  private static func hasFields(_ record: RecordBytes) -> Bool {
    var place = 0
    while let mark = HostAudit.find(":[", record, place..<record.count) {
      if mark + 2 < record.count, record[mark + 2] &- 0x30 < 10 { return true }
      place = mark + 2
    }
    return HostAudit.find(": \"", record, 0..<record.count) != nil
  }

  /// `Thu Nov 10 19:14:47 2016 +08:00`, or without a zone.
  private func time(_ record: RecordBytes) -> (time: Int64, end: Int)? {
    guard let read = LineWork.ctime(record) else { return nil }
    if read.end + 1 < record.count, record[read.end] == 0x20,
      let offset = TimestampScan.numericOffset(record, at: read.end + 1)
    {
      return (read.local - Int64(offset.seconds) * Timestamp.nanosecondsPerSecond, offset.end)
    }
    return (zone.utc(fromLocal: read.local), read.end)
  }
}
