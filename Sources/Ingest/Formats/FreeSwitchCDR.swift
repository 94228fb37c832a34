public import EventModel

/// FreeSWITCH's call detail records, `Master.csv` of mod_cdr_csv by its template `example`.
///
/// `"Sato","2001","0312345678","default","2026-04-01 09:12:34","2026-04-01 09:12:41","2026-04-01 09:15:02","148","141","NORMAL_CLEARING","7a0b…","","","PCMU","PCMU"`
///
/// Fifteen fields: name and number of the caller, the number called, context, start, answer, end, duration, talk, cause,
/// two ids, account code and codecs. Times are local. The one that was called counts only where it answered.
///
/// Source: FreeSWITCH documentation, "mod_cdr_csv"; signalwire/freeswitch:conf/vanilla/autoload_configs/cdr_csv.conf.xml.
public struct FreeSwitchCDR: CallCSV {
  public static let name = "freeswitch-cdr"
  public static let summary = "FreeSWITCH call detail records (mod_cdr_csv, template \"example\")"
  public static let shape = "the 15 fields of a call detail record of FreeSWITCH"

  public let options: DecodeOptions

  public init(options: DecodeOptions) { self.options = options }

  public func read(
    _ fields: CallFields,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow {
    guard fields.count == 15 else {
      throw DecodeError(.wrongFieldCount, at: fields.offset(fields.count - 1))
    }
    guard let start = try fields.time(4, options.zone), let end = try fields.time(6, options.zone)
    else { throw DecodeError(.badTime, at: fields.offset(4)) }
    let answer = try fields.time(5, options.zone)
    guard fields.seconds(7) != nil, fields.seconds(8) != nil else {
      throw DecodeError(.badNumber, at: fields.offset(7))
    }
    let caller = CallRecord.station(fields[1], isChannel: false)
    let begin = caller.isEmpty ? answer ?? start : start
    var row = CallRecord.row(
      from: begin,
      seconds: max(0, end - begin) / Timestamp.nanosecondsPerSecond
    )
    row.account = names.internOften(caller)
    if answer != nil {
      row.destination = names.internOften(CallRecord.station(fields[2], isChannel: false))
    }
    row.outcome = answer == nil ? .failure : .success
    let other = fields[caller.isEmpty ? 1 : 2]
    if CallRecord.isPublic(other) { row.subject = options.subjectKey.hash(other) }
    return row
  }
}
