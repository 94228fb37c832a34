public import EventModel

/// Asterisk's call detail records, `Master.csv` of cdr_csv.
///
/// `"","0312345678","2001","from-trunk","""A"" <0312345678>","PJSIP/carrier-0000001b","PJSIP/2001-0000001c","Dial","PJSIP/2001,30","2026-04-01 09:12:34","2026-04-01 09:12:41","2026-04-01 09:15:02",148,141,"ANSWERED","DOCUMENTATION","1775002354.27",""`
///
/// Sixteen fields, with `loguniqueid`, `loguserfield` and `newcdrcolumns` up to 21. Times are local, unless
/// `usegmtime` is set. Telephones are told by the channels; the one that was called counts only where it
/// answered, from then on, the one that calls from the start. The other party's number is only hashed.
///
/// Source: Asterisk documentation, "Asterisk CDR Specification"; asterisk/asterisk:cdr/cdr_csv.c.
public struct AsteriskCDR: CallCSV {
  public static let name = "asterisk-cdr"
  public static let summary = "Asterisk call detail records (cdr_csv, Master.csv)"
  public static let shape = "the 16 to 21 fields of a call detail record of Asterisk"

  public let options: DecodeOptions

  public init(options: DecodeOptions) { self.options = options }

  public func read(
    _ fields: CallFields,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow {
    guard (16...21).contains(fields.count) else {
      throw DecodeError(.wrongFieldCount, at: fields.offset(fields.count - 1))
    }
    guard let start = try fields.time(9, options.zone), let end = try fields.time(11, options.zone)
    else { throw DecodeError(.badTime, at: fields.offset(9)) }
    let answer = try fields.time(10, options.zone)
    guard fields.seconds(12) != nil, fields.seconds(13) != nil else {
      throw DecodeError(.badNumber, at: fields.offset(12))
    }
    let disposition = fields[14]
    guard Self.dispositions.contains(where: { disposition.equals($0, in: 0..<disposition.count) })
    else { throw DecodeError(.notThisFormat, at: fields.offset(14)) }
    let isAnswered = disposition.equals("ANSWERED", in: 0..<disposition.count)
    let caller = CallRecord.station(fields[5])
    let called = CallRecord.station(fields[6])
    let isOutbound = !caller.isEmpty && caller.elementsEqual(fields[1])
    let begin = isOutbound || !isAnswered ? start : answer ?? start
    var row = CallRecord.row(
      from: begin,
      seconds: max(0, end - begin) / Timestamp.nanosecondsPerSecond
    )
    row.account = names.internOften(caller)
    if isAnswered { row.destination = names.internOften(called) }
    row.outcome = isAnswered ? .success : .failure
    let other = fields[isOutbound ? 2 : 1]
    if CallRecord.isPublic(other) { row.subject = options.subjectKey.hash(other) }
    return row
  }

  private static let dispositions: [StaticString] = [
    "ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION", "UNKNOWN",
  ]
}
