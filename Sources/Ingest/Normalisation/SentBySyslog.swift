internal import EventModel

/// A format whose records also come by syslog, with its header before them.
///
/// A file with any such header is one of syslog: the formats of syslog hand each message to the decoder of what it
/// carries, and read records without a header among them (`HostMessages.bare`). So a record means the same
/// whatever stands around it, and wherever a log is cut.
public protocol SentBySyslog: LogFormat {}

extension SyslogHeader {
  /// The formats that read what `SentBySyslog` formats read.
  public static let carriers = [SyslogRFC3164.name, SyslogRFC5424.name]

  /// Whether a line begins with a header of syslog.
  static func begins(_ line: RecordBytes) -> Bool {
    SyslogRFC3164.begins(line) || SyslogRFC5424.isMessage(line)
  }

  /// Whether a line is a message of syslog that carries CEF or LEEF where the formats of syslog look for it.
  static func carriesVendor(_ line: RecordBytes) -> Bool {
    let header = SyslogRFC3164.message(line) ?? SyslogRFC5424.message(line)
    return header.map { HostMessages(record: line, header: $0, work: HostWork()).isVendor } ?? false
  }

  /// Whether a line is a record of another format without a header.
  static func isBareRecord(_ line: RecordBytes) -> Bool {
    if begins(line) { return false }
    if CEFEvents.start(line) != nil || LEEFEvents.header(line) != nil { return true }
    var work = LineWork()
    var names = NameTable()
    return (try? HAProxy.read(line, &work, &names)) != nil
  }
}

extension HostMessages {
  /// Appends the event of a record that no header stands before; `false`: it is none.
  ///
  /// A time without a year is none here, as it is in a file of such records alone.
  static func bare(
    _ record: RecordBytes,
    _ work: HostWork,
    into batch: inout EventBatch
  ) throws(DecodeError) -> Bool {
    guard let options = work.options else { return false }
    if let start = CEFEvents.start(record) {
      let sent = CEFEvents.sentStamp(record, before: start, zone: options.zone)
      let reader = work.cef(options, &batch)
      try reader.read(record, from: start, sent: sent?.isYearless == false ? sent : nil, &batch)
      guard batch.rows.last?.flags.contains(.yearless) != true else {
        throw DecodeError(.badTime, at: reader.timePlace)
      }
      return true
    }
    if LEEFEvents.header(record) != nil {
      try work.leef(options, &batch).read(record, &batch)
      return true
    }
    let lines = work.lines(options.zone)
    lines.work.passed = nil
    do throws(DecodeError) {
      if let row = try HAProxy.read(record, &lines.work, &batch.names) {
        batch.rows.append(row)
      } else if let time = lines.work.passed {
        batch.noteTime(time)
      }
      return true
    } catch {
      return false
    }
  }
}
