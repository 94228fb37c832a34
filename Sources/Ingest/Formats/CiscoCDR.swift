public import EventModel

/// Call detail records of Cisco Unified Communications Manager, CSV with a header of names and a line of types.
///
/// `"cdrRecordType","globalCallID_callManagerId","globalCallID_callId",…`
///
/// Times are seconds since 1970 (UTC); 0 states none. A telephone is told by the user who was logged in to it, else by its
/// number where it is no public one, and by its device. The one that was called counts only where it answered. Records of
/// a call's quality (CMR) are no events.
///
/// Source: Cisco, "Call Detail Records Administration Guide for Cisco Unified Communications Manager", "CDR Field
/// Descriptions".
public struct CiscoCDR: HeadedText, HeadedRecords {
  public static let name = "cisco-cucm-cdr"
  public static let summary = "Cisco Unified Communications Manager call detail records (CSV)"
  public static var framing: Framing { .csvRecords(startsWithTime: false) }

  private let csv: CSVLayout
  private let places: Places
  private let options: DecodeOptions
  private var subjectKey: SubjectKey { options.subjectKey }

  /// Where the columns stand; -1: nowhere.
  private struct Places {
    var kind, begin, connect, end, callerUser, callerNumber, callerDevice: Int
    var calledUser, calledNumber, dialledNumber, calledDevice: Int

    init(_ columns: [String]) {
      let names = columns.map { $0.lowercased() }
      func place(_ name: String) -> Int { names.firstIndex(of: name.lowercased()) ?? -1 }
      kind = place("cdrRecordType")
      begin = place("dateTimeOrigination")
      connect = place("dateTimeConnect")
      end = place("dateTimeDisconnect")
      callerUser = place("callingPartyUnicodeLoginUserID")
      callerNumber = place("callingPartyNumber")
      callerDevice = place("origDeviceName")
      calledUser = place("finalCalledPartyUnicodeLoginUserID")
      calledNumber = place("finalCalledPartyNumber")
      dialledNumber = place("originalCalledPartyNumber")
      calledDevice = place("destDeviceName")
    }
  }

  public init(options: DecodeOptions, head: Span<UInt8>) {
    csv = CSVLayout(declaration: options.declaration, head: CSVLayout.bytes(of: head))
    places = Places(csv.columns)
    self.options = options
  }

  public static func header(of head: Span<UInt8>) -> (columns: [String], delimiter: UInt8)? {
    let found = CSVLayout.header(CSVLayout.bytes(of: head), isDeclared: true, delimiter: 0x2C)
    guard let found, isHeader(found.columns, .init(name: "")) else { return nil }
    return (found.columns, found.delimiter)
  }

  public static func isHeader(_ columns: [String], _ declaration: SourceDeclaration) -> Bool {
    let needed = ["cdrRecordType", "dateTimeOrigination", "dateTimeDisconnect"]
    return needed.allSatisfy(columns.contains)
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    header(of: sample) == nil
      ? ProbeResult(.no, "no header with cdrRecordType and dateTimeOrigination")
      : ProbeResult(.certain, "a header with cdrRecordType and dateTimeOrigination")
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    if let header = chunk.header, !csv.isHeader(header) {
      var options = options
      options.declaration.columns = []
      return Self(options: options, head: header.span).decodeUnderOne(chunk, into: &batch)
    }
    decodeUnderOne(chunk, into: &batch)
  }

  private func decodeUnderOne(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    withUnsafeTemporaryAllocation(of: FieldValue.self, capacity: CallFields.most) { values in
      guard let values = values.baseAddress else { return }
      var fields = CallFields(values)
      RecordFramer.forEachRecord(in: chunk, into: &batch) {
        (record, batch) throws(DecodeError) in
        guard let base = record.baseAddress else { return }
        let start = JSONScan.skipMark(base, base + record.count)
        let text = RecordBytes(start: start, count: record.count - (start - base))
        if text.isEmpty { return }
        if csv.isHeader(text) {
          batch.isHeader = true
          return
        }
        try fields.read(text, delimiter: csv.delimiter)
        if let row = try row(fields, &batch) { batch.rows.append(row) }
      }
    }
  }

  private func row(
    _ fields: CallFields,
    _ batch: inout EventBatch
  ) throws(DecodeError) -> EventRow? {
    let kind = fields[places.kind]
    if kind.hasPrefix("INTEGER") { return nil }
    guard fields.count == csv.columns.count else {
      throw DecodeError(.wrongFieldCount, at: fields.offset(fields.count - 1))
    }
    guard let start = seconds(fields, places.begin) else {
      throw DecodeError(.badTime, at: fields.offset(max(0, places.begin)))
    }
    if !kind.equals("1", in: 0..<kind.count) {
      batch.noteTime(start * Timestamp.nanosecondsPerSecond)
      return nil
    }
    guard let end = seconds(fields, places.end) else {
      throw DecodeError(.badTime, at: fields.offset(max(0, places.end)))
    }
    let connect = seconds(fields, places.connect)
    let caller = station(fields, places.callerUser, places.callerNumber)
    let begin = caller.isEmpty ? connect ?? start : start
    var row = CallRecord.row(
      from: begin * Timestamp.nanosecondsPerSecond,
      seconds: max(0, end - begin)
    )
    row.account = batch.names.internOften(caller)
    row.terminal = batch.names.internOften(CallRecord.stated(fields[places.callerDevice]))
    if connect != nil {
      let called = station(fields, places.calledUser, places.calledNumber)
      row.destination = batch.names.internOften(called)
      row.object = batch.names.internOften(CallRecord.stated(fields[places.calledDevice]))
    }
    row.outcome = connect == nil ? .failure : .success
    let isPublic = { (place: Int) in CallRecord.isPublic(fields[place]) }
    if isPublic(places.callerNumber) {
      row.subject = subjectKey.hash(fields[places.callerNumber])
    } else if isPublic(places.calledNumber) {
      row.subject = subjectKey.hash(fields[places.calledNumber])
    } else if isPublic(places.dialledNumber) {
      row.subject = subjectKey.hash(fields[places.dialledNumber])
    }
    return row
  }

  /// A time in seconds; 0 states none.
  private func seconds(_ fields: CallFields, _ place: Int) -> Int64? {
    guard let value = fields.seconds(place), value > 0, value < 9_000_000_000 else { return nil }
    return value
  }

  private func station(_ fields: CallFields, _ user: Int, _ number: Int) -> RecordBytes {
    let user = CallRecord.stated(fields[user])
    return user.isEmpty ? CallRecord.stated(fields[number]) : user
  }
}
