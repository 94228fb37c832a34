internal import EventModel

/// Times of PostgreSQL's logs: `2026-11-23 08:33:09.157 UTC`.
///
/// Remembers the last date and zone, so that a record of the same day costs only its clock.
struct PostgreSQLTime {
  private let zone: TimeZoneRule
  /// Whether the operator declared a zone: then it decides where an abbreviation is ambiguous.
  private let isDeclared: Bool
  private var lastDate: (UInt64, UInt16) = (0, 0)
  private var lastMidnight: Int64 = 0
  private var lastZone: UInt64 = 0
  private var lastOffset: Int64?
  /// Marks of the abbreviations whose zone had to be assumed (`ZoneAbbreviation`).
  private(set) var assumedZones: UInt16 = 0
  /// Abbreviations that nobody knows; their times are read in the source's zone.
  private(set) var unknownZones = UnfamiliarWords()
  // Of the text read last, if three decimals and ` UTC` or the like stood in it: its first 14 bytes,
  // its last four, and its hour in UTC. 0: none.
  private var hour: (UInt64, UInt64) = (0, 0)
  private var ending: UInt32 = 0
  private var hourTime: Int64 = 0

  init(zone: TimeZoneRule, isDeclared: Bool) {
    self.zone = zone
    self.isDeclared = isDeclared
  }

  init(_ options: DecodeOptions) {
    self.init(zone: options.zone, isDeclared: options.declaration.timeZone != nil)
  }

  /// Nanoseconds since 1970 UTC.
  @inline(__always)
  mutating func parse(_ text: UnsafeBufferPointer<UInt8>) throws(DecodeError) -> Int64 {
    if let time = recall(text) { return time }
    return try parseAnew(text)
  }

  /// The time of a text within the hour remembered, written as that was.
  @inline(__always)
  private func recall(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard text.count == 27, let base = text.baseAddress else { return nil }
    let raw = UnsafeRawPointer(base)
    let tail = raw.loadUnaligned(fromByteOffset: 6, as: UInt64.self)
    guard raw.loadUnaligned(as: UInt64.self) == hour.0, tail == hour.1,
      raw.loadUnaligned(fromByteOffset: 23, as: UInt32.self) == ending, base[16] == 0x3A,
      base[19] == 0x2E, let minute = text.twoDigits(at: 14), minute < 60,
      let second = text.twoDigits(at: 17), second < 60, let tenths = text.twoDigits(at: 20)
    else { return nil }
    let thousandth = base[22] &- 0x30
    guard thousandth < 10 else { return nil }
    let milliseconds = (minute &* 60 &+ second) &* 1000 &+ tenths &* 10 &+ Int(thousandth)
    return hourTime &+ Int64(milliseconds) &* 1_000_000
  }

  /// Remembers the hour of a text whose zone is a fixed offset.
  private mutating func remember(_ text: UnsafeBufferPointer<UInt8>, _ time: Int64, end: Int) {
    guard text.count == 27, end == 24, text[23] == 0x20, text[19] == 0x2E,
      let minute = text.twoDigits(at: 14), let second = text.twoDigits(at: 17), second < 60
    else { return }
    let raw = UnsafeRawBufferPointer(text)
    hour = (
      raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
      raw.loadUnaligned(fromByteOffset: 6, as: UInt64.self)
    )
    ending = raw.loadUnaligned(fromByteOffset: 23, as: UInt32.self)
    let fraction = TimestampScan.fraction(text, at: 20).nanoseconds
    hourTime = time &- Int64(minute * 60 + second) &* 1_000_000_000 &- fraction
  }

  @inline(never)
  private mutating func parseAnew(
    _ text: UnsafeBufferPointer<UInt8>
  ) throws(DecodeError) -> Int64 {
    guard text.count >= 19, text[10] == 0x20 || text[10] == 0x54, text[13] == 0x3A,
      text[16] == 0x3A, let hour = text.twoDigits(at: 11), hour < 24,
      let minute = text.twoDigits(at: 14), minute < 60, let second = text.twoDigits(at: 17),
      second <= 60
    else { throw DecodeError(.badTime, at: 0) }
    let raw = UnsafeRawBufferPointer(text)
    let date = (
      raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
      raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    )
    if date != lastDate {
      guard text[4] == 0x2D, text[7] == 0x2D, let century = text.twoDigits(at: 0),
        let years = text.twoDigits(at: 2), let month = text.twoDigits(at: 5),
        let day = text.twoDigits(at: 8),
        let midnight = TimestampScan.civil(
          year: century * 100 + years,
          month: month,
          day: day,
          hour: 0,
          minute: 0,
          second: 0
        )
      else { throw DecodeError(.badTime, at: 0) }
      lastDate = date
      lastMidnight = midnight
    }
    let seconds = Int64(hour * 3600 + minute * 60 + min(second, 59))
    var local = lastMidnight &+ seconds * 1_000_000_000
    var end = 19
    if end < text.count, text[end] == 0x2E {
      let fraction = TimestampScan.fraction(text, at: end + 1)
      local = local &+ fraction.nanoseconds
      end = fraction.end
    }
    while end < text.count, text[end] == 0x20 { end += 1 }
    guard end < text.count else { return zone.utc(fromLocal: local) }
    guard text.count - end <= 8 else { throw DecodeError(.badTime, at: end) }
    var name: UInt64 = 0
    for index in end..<text.count { name = name << 8 | UInt64(text[index]) }
    if name != lastZone {
      lastZone = name
      lastOffset = offset(text, at: end)
    }
    guard let offset = lastOffset else {
      unknownZones.add(text.slice(end..<text.count))
      return zone.utc(fromLocal: local)
    }
    let time = local &- offset &* 1_000_000_000
    remember(text, time, end: end)
    return time
  }

  private mutating func offset(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Int64? {
    if let numeric = TimestampScan.numericOffset(text, at: start), numeric.end == text.count {
      return Int64(numeric.seconds)
    }
    let word = text.slice(start..<text.count)
    guard let found = ZoneAbbreviation.meaning(of: word, declared: isDeclared ? zone : nil) else {
      return nil
    }
    assumedZones |= found.mark
    return Int64(found.offset)
  }
}
