public import EventModel

/// Syslog of RFC 5424: `<PRI>1 time host app procid msgid [structured data] message`.
///
/// `-` is "not stated"; a line with an event but without a time is rejected. A length in front
/// (octet counting, RFC 6587) and a byte order mark before the message are skipped. Structured
/// data is checked, not interpreted. Lines of RFC 3164 among them are read as such
/// (`SyslogKind`). Events: see `HostMessages`.
public struct SyslogRFC5424: LogFormat {
  public static let name = "syslog-rfc5424"
  public static let summary = "Syslog of RFC 5424, with structured data"
  public static let isYearless = true

  private let options: DecodeOptions

  public init(options: DecodeOptions, head: Span<UInt8>) { self.options = options }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    let found = SyslogKind.Count(sample)
    guard found.modern > 0, found.count.matched > found.bare else {
      return ProbeResult(.no, "no line begins with a priority and version 1", fit: 0)
    }
    return found.result(
      of: .modern,
      "\(found.modern) of \(found.count.total) lines begin with a priority, version 1 and a time"
    )
  }

  public static func yearlessDay(_ record: RecordBytes) -> Int? {
    SyslogRFC3164.yearlessDay(record)
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
    var read: (message: HostMessage, isTimed: Bool)
    do throws(DecodeError) {
      read = try header(record, zone: options.zone)
    } catch {
      if try HostMessages.bare(record, work, into: &batch) { return }
      throw error
    }
    read.message.subjectKey = options.subjectKey
    if read.isTimed { batch.noteTime(read.message.time) }
    let before = batch.rows.count
    try HostMessages.decode(record, read.message, work, into: &batch)
    // What a message carries may state a time of its own.
    if !read.isTimed, batch.rows[before...].contains(where: { $0.time == 0 }) {
      throw DecodeError(.badTime, at: 0)
    }
  }

  /// Whether a message says that it is one of RFC 5424, behind a length or not.
  static func begins(_ record: RecordBytes) -> Bool {
    let start = record.first == 0x3C ? 0 : octetCountEnd(record)
    return SyslogHeader.priorityEnd(record, at: start).map { record.hasPrefix("1 ", at: $0) }
      ?? false
  }

  /// The header of a line; `nil`: it has none.
  static func message(_ record: RecordBytes) -> HostMessage? {
    (try? header(record, zone: .utc))?.message
  }

  static func isMessage(_ record: RecordBytes) -> Bool { (try? header(record, zone: .utc)) != nil }

  /// Whether the message ends by its length, with the line or within it: then that is what tells messages apart.
  static func isCounted(_ record: RecordBytes) -> Bool {
    OctetCountedBoundary.length(record).map { $0.text + $0.length <= record.count + 2 } ?? false
  }

  private static func header(
    _ record: RecordBytes,
    zone: TimeZoneRule
  ) throws(DecodeError) -> (message: HostMessage, isTimed: Bool) {
    let start = octetCountEnd(record)
    guard let version = SyslogHeader.priorityEnd(record, at: start),
      record.hasPrefix("1 ", at: version)
    else { throw DecodeError(.notThisFormat, at: 0) }
    let stamp = SyslogHeader.word(record, from: version + 2)
    let isTimed = !isNil(record, stamp)
    var time: Int64 = 0
    if isTimed {
      guard let read = TimestampScan.rfc3339(record, at: stamp.lowerBound, zone: zone),
        read.end == stamp.upperBound
      else { throw DecodeError(.badTime, at: stamp.lowerBound) }
      time = read.time
    }
    let host = SyslogHeader.word(record, from: stamp.upperBound)
    let app = SyslogHeader.word(record, from: host.upperBound)
    let process = SyslogHeader.word(record, from: app.upperBound)
    let identity = SyslogHeader.word(record, from: process.upperBound)
    guard !identity.isEmpty, identity.upperBound + 1 < record.count else {
      throw DecodeError(.missingField, at: record.count)
    }
    var body = try structuredDataEnd(record, from: identity.upperBound + 1)
    guard body == record.count || record[body] == 0x20 else {
      throw DecodeError(.unexpectedByte, at: body)
    }
    if body < record.count { body += 1 }
    if record.hasPrefix("\u{FEFF}", at: body) { body += 3 }
    let message = HostMessage(
      time: time,
      host: isNil(record, host) ? 0..<0 : host,
      tag: isNil(record, app) ? 0..<0 : SyslogHeader.baseName(record, app),
      message: body..<record.count
    )
    return (message, isTimed)
  }

  private static func isNil(_ record: RecordBytes, _ range: Range<Int>) -> Bool {
    record.equals("-", in: range)
  }

  /// Behind `LEN ` of octet counting, or 0.
  private static func octetCountEnd(_ record: RecordBytes) -> Int {
    var index = 0
    while index < record.count, index < 8, record[index] &- 0x30 < 10 { index += 1 }
    return index > 0 && index < record.count && record[index] == 0x20 ? index + 1 : 0
  }

  /// Where the structured data ends: `-` or `[id name="value" …]…`.
  ///
  /// In a value, a backslash takes the next byte along.
  private static func structuredDataEnd(
    _ record: RecordBytes,
    from start: Int
  ) throws(DecodeError) -> Int {
    guard start < record.count else { throw DecodeError(.missingField, at: start) }
    if record[start] == 0x2D { return start + 1 }
    guard record[start] == 0x5B else { throw DecodeError(.unexpectedByte, at: start) }
    var index = start
    while index < record.count, record[index] == 0x5B {
      var isQuoted = false
      element: while true {
        index += 1
        guard index < record.count else { throw DecodeError(.unterminatedQuote, at: start) }
        switch record[index] {
        case 0x5C: if isQuoted { index += 1 }
        case 0x22: isQuoted.toggle()
        case 0x5D: if !isQuoted { break element }
        default: break
        }
      }
      index += 1
    }
    return index
  }
}
