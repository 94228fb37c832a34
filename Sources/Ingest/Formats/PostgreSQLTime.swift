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

  init(_ options: DecodeOptions) {
    zone = options.zone
    isDeclared = options.declaration.timeZone != nil
  }

  /// Nanoseconds since 1970 UTC.
  mutating func parse(_ text: UnsafeBufferPointer<UInt8>) throws(DecodeError) -> Int64 {
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
    guard let offset = lastOffset else { return zone.utc(fromLocal: local) }
    return local &- offset &* 1_000_000_000
  }

  private func offset(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Int64? {
    if let numeric = TimestampScan.numericOffset(text, at: start), numeric.end == text.count {
      return Int64(numeric.seconds)
    }
    let word = text.slice(start..<text.count)
    if let seconds = TimeZoneRule.offset(ofAbbreviation: word) { return Int64(seconds) }
    guard !isDeclared else { return nil }
    return TimeZoneRule.usualOffset(ofAbbreviation: word).map { Int64($0) }
  }
}
