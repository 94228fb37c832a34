public import EventModel

/// BSD syslog as files hold it: `[<PRI>]Mmm dd hh:mm:ss [host] tag[pid]: message` (RFC 3164).
///
/// The time states neither year nor zone: it is read as local time of the leap year 2000 and
/// flagged, until the year is inferred. The variant that begins with an RFC 3339 time (rsyslog's
/// file format) states both. Lines that begin with a space or tab go on with the message before
/// and are passed over, like every message in which `HostMessages` sees no event. Lines of RFC 5424
/// among them are read as such (`SyslogKind`).
public struct SyslogRFC3164: LogFormat {
  public static let name = "syslog-rfc3164"
  public static let summary = "BSD syslog (RFC 3164), also with an RFC 3339 time in front"
  public static let isYearless = true

  private let options: DecodeOptions

  public init(options: DecodeOptions, head: Span<UInt8>) { self.options = options }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    let found = SyslogKind.Count(sample)
    guard found.old > 0, found.count.matched > found.bare else {
      return ProbeResult(.no, "no line has a syslog time", fit: 0)
    }
    let matched = found.count.matched - found.modern
    return found.result(
      of: .old,
      "\(matched) of \(found.count.total) lines have a syslog time and a program's tag, \(found.dated) "
        + "of them an RFC 3339 time"
    )
  }

  /// Whether a line is a message, and whether its time is one of RFC 3339; `nil`: it is none.
  static func isDated(message line: RecordBytes) -> Bool? {
    guard let header = header(line, zone: .utc), isMessage(line, header) else { return nil }
    let start = SyslogHeader.priorityEnd(line, at: 0) ?? 0
    return TimestampScan.month(line, at: start) == nil
  }

  public static func yearlessDay(_ record: RecordBytes) -> Int? {
    let start = SyslogHeader.priorityEnd(record, at: 0) ?? 0
    guard let month = TimestampScan.month(record, at: start),
      let stamp = named(record, at: start, month: month, zone: .utc), stamp.isYearless
    else { return nil }
    return Timestamp(nanoseconds: stamp.time).dayNumber() - YearSet.leapYearStart
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    SyslogKind.decode(chunk, options, into: &batch)
  }

  /// One message.
  @inline(__always)
  static func decode(
    _ record: RecordBytes,
    _ options: DecodeOptions,
    _ work: HostWork,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    guard var header = header(record, zone: options.zone) else {
      if try HostMessages.bare(record, work, into: &batch) { return }
      throw DecodeError(.notThisFormat, at: 0)
    }
    header.subjectKey = options.subjectKey
    batch.noteTime(header.time, isYearless: header.isYearless)
    try HostMessages.decode(record, header, work, into: &batch)
  }

  static func isMessage(_ record: RecordBytes) -> Bool {
    header(record, zone: .utc).map { isMessage(record, $0) } ?? false
  }

  /// The header of a line; `nil`: it has none.
  static func message(_ record: RecordBytes) -> HostMessage? { header(record, zone: .utc) }

  /// Whether a line begins with a time as syslog writes it.
  static func begins(_ record: RecordBytes) -> Bool { header(record, zone: .utc) != nil }

  /// Whether a program's tag is behind the time, or what a device sends without one.
  private static func isMessage(_ record: RecordBytes, _ header: HostMessage) -> Bool {
    !header.tag.isEmpty || HostMessages(record: record, header: header, work: HostWork()).isVendor
  }

  /// The header of a line; an empty tag when the text has none; `nil` when the line is not syslog.
  private static func header(_ record: RecordBytes, zone: TimeZoneRule) -> HostMessage? {
    let start = SyslogHeader.priorityEnd(record, at: 0) ?? 0
    guard let stamp = time(record, at: start, zone: zone) else { return nil }
    var header = HostMessage(
      time: stamp.time,
      isYearless: stamp.isYearless,
      host: 0..<0,
      tag: 0..<0,
      message: 0..<0
    )
    guard stamp.end < record.count else { return header }
    // `Nov 18 01:15:43: --- last message repeated 5 times ---`
    if record[stamp.end] == 0x3A { return header }
    guard record[stamp.end] == 0x20 else { return nil }
    var token = SyslogHeader.word(record, from: stamp.end)
    if !isTag(record, token) {
      header.host = token
      token = SyslogHeader.word(record, from: token.upperBound)
    }
    // A tag of several words: `Oracle Audit[28265]:`, `Oracle Unified Audit[28265]:`; without a host its first
    // word stands in the host's place.
    var words = 0
    while words < 2, tagEnd(record, token) == nil,
      record.equals(words == 0 ? "Oracle" : "Unified", in: token)
        || words == 0 && record.equals("Unified", in: token)
          && record.equals("Oracle", in: header.host)
    {
      token = SyslogHeader.word(record, from: token.upperBound)
      words += 1
    }
    guard let end = tagEnd(record, token) else {
      header.message = token.lowerBound..<record.count
      return header
    }
    if record.equals("Oracle", in: header.host), record.equals("Audit", in: token.lowerBound..<end)
    {
      header.host = 0..<0
    }
    header.tag = SyslogHeader.baseName(record, token.lowerBound..<end)
    // Behind the colon: of the token, or (`tag[pid] text:`) there is none.
    let colon = token.upperBound - 1
    var body = token.upperBound
    if record[colon] != 0x3A, let inner = record.firstIndex(of: 0x3A, in: end..<body) {
      body = inner + 1
    }
    header.message = body..<record.count
    return header
  }

  /// Whether the token is a program's tag, so that the host is missing: it ends with a colon.
  private static func isTag(_ record: RecordBytes, _ token: Range<Int>) -> Bool {
    guard let last = token.last, record[last] == 0x3A else { return false }
    // An address such as `2001:db8::` is a host.
    return record.firstIndex(of: 0x3A, in: token) == last
      || record.firstIndex(of: 0x5B, in: token) != nil
  }

  /// Where the program's name ends: at `[` or `:`; `nil` when the token is not a tag.
  private static func tagEnd(_ record: RecordBytes, _ token: Range<Int>) -> Int? {
    for index in token where record[index] == 0x5B || record[index] == 0x3A {
      return index > token.lowerBound ? index : nil
    }
    return nil
  }

  /// The time at a place, in nanoseconds since 1970 UTC, and where it ends.
  static func time(
    _ record: RecordBytes,
    at start: Int,
    zone: TimeZoneRule
  ) -> (time: Int64, isYearless: Bool, end: Int)? {
    if let month = TimestampScan.month(record, at: start) {
      return named(record, at: start, month: month, zone: zone)
    }
    // With `T`: a space would be the time of a database's log.
    guard start + 20 <= record.count, record[start + 10] == 0x54,
      let stamp = TimestampScan.rfc3339(record, at: start, zone: zone)
    else { return nil }
    return (stamp.time, false, stamp.end)
  }

  /// `Jan  2 07:52:33`, `Jan 2 …`, `Jan 02 …`, with or without decimals; `Jan 02 2026 …` of devices that write the year.
  private static func named(
    _ record: RecordBytes,
    at start: Int,
    month: Int,
    zone: TimeZoneRule
  ) -> (time: Int64, isYearless: Bool, end: Int)? {
    var index = start + 3
    guard index < record.count, record[index] == 0x20 else { return nil }
    while index < record.count, index < start + 5, record[index] == 0x20 { index += 1 }
    var day = 0
    let first = index
    while index < record.count, index < first + 2, record[index] &- 0x30 < 10 {
      day = day * 10 + Int(record[index] &- 0x30)
      index += 1
    }
    var year: Int?
    if index + 14 <= record.count, record[index + 5] == 0x20,
      let stated = record.decimal(index + 1..<index + 5), (1970...9999).contains(stated)
    {
      year = Int(stated)
      index += 5
    }
    guard index > first, index + 9 <= record.count, record[index] == 0x20,
      record[index + 3] == 0x3A, record[index + 6] == 0x3A,
      let hour = record.twoDigits(at: index + 1), let minute = record.twoDigits(at: index + 4),
      let second = record.twoDigits(at: index + 7),
      var local = TimestampScan.civil(
        year: year ?? 2000,
        month: month,
        day: day,
        hour: hour,
        minute: minute,
        second: second
      )
    else { return nil }
    var end = index + 9
    if end < record.count, record[end] == 0x2E {
      let fraction = TimestampScan.fraction(record, at: end + 1)
      local &+= fraction.nanoseconds
      end = fraction.end
    }
    return (zone.utc(fromLocal: local), year == nil, end)
  }
}
