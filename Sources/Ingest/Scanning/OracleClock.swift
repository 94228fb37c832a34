internal import EventModel

/// Times as Oracle writes them where nobody set a format.
///
///     26-NOV-26 07.12.33.123456 PM        the default of America
///     26-11-26 19:12:33.123456            that of Japan: year, month, day
///     26-11月-26 07.12.33.123456 午後      of America, in Japanese
///
/// Two digits of a year are of 1950 to 2049 (RR). An offset may stand behind (`+09:00`), the name of a zone may not.
///
/// Source: Oracle, "Globalization Support Guide", NLS_TIMESTAMP_FORMAT; "SQL Language Reference", format models.
struct OracleClock {
  private let text: RecordBytes
  private var place = 0

  /// Nanoseconds since 1970 UTC; `nil`: no such time, nor one of ISO 8601.
  static func time(_ text: RecordBytes, zone: TimeZoneRule) -> Int64? {
    if text.count >= 19, text[4] == 0x2D {
      guard let found = TimestampScan.rfc3339(text, at: 0, zone: zone), found.end == text.count
      else { return nil }
      return found.time
    }
    var clock = Self(text)
    return clock.read(zone)
  }

  private init(_ text: RecordBytes) { self.text = text }

  private mutating func read(_ zone: TimeZoneRule) -> Int64? {
    guard let first = number(2), take(0x2D), let second = month(), take(0x2D),
      let third = number(4), take(0x20)
    else { return nil }
    // A month by name stands between day and year, one by number behind the year.
    let (year, day) = second.isNamed ? (third, first) : (first, third)
    guard year < 100 || second.isNamed && year > 999, var hour = number(2), takeColon(),
      let minute = number(2),
      takeColon(), let second60 = number(2)
    else { return nil }
    var fraction: Int64 = 0
    if take(0x2E) || take(0x2C) {
      let found = TimestampScan.fraction(text, at: place)
      guard found.end > place else { return nil }
      (fraction, place) = (found.nanoseconds, found.end)
    }
    if let isAfternoon = half() {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + (isAfternoon ? 12 : 0)
    }
    var offset: Int?
    if take(0x20) {
      guard let found = TimestampScan.numericOffset(text, at: place) else { return nil }
      (offset, place) = (found.seconds, found.end)
    }
    guard place == text.count,
      let civil = TimestampScan.civil(
        year: year > 999 ? year : year < 50 ? 2000 + year : 1900 + year,
        month: second.number,
        day: day,
        hour: hour,
        minute: minute,
        second: second60
      )
    else { return nil }
    let local = civil &+ fraction
    return offset.map { local &- Int64($0) &* Timestamp.nanosecondsPerSecond }
      ?? zone.utc(fromLocal: local)
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard place < text.count, text[place] == byte else { return false }
    place += 1
    return true
  }

  private mutating func takeColon() -> Bool { take(0x2E) || take(0x3A) }

  private mutating func take(_ word: StaticString) -> Bool {
    guard text.hasPrefix(word, at: place) else { return false }
    place += word.utf8CodeUnitCount
    return true
  }

  private mutating func number(_ most: Int) -> Int? {
    let start = place
    var value = 0
    while place < text.count, place - start < most, text[place] &- 0x30 < 10 {
      value = value * 10 + Int(text[place] &- 0x30)
      place += 1
    }
    return place > start ? value : nil
  }

  private mutating func month() -> (number: Int, isNamed: Bool)? {
    if let named = TimestampScan.month(text, at: place) {
      place += 3
      return (named, true)
    }
    guard let number = number(2) else { return nil }
    let isNamed = take("月")
    while isNamed, take(0x20) {}
    return (number, isNamed)
  }

  /// Whether a time of twelve hours is of the afternoon; `nil`: it is one of 24.
  private mutating func half() -> Bool? {
    let start = place
    guard take(0x20) else { return nil }
    for (word, isAfternoon) in [
      ("AM" as StaticString, false), ("PM", true), ("A.M.", false), ("P.M.", true), ("am", false),
      ("pm", true),
      ("午前", false), ("午後", true),
    ] where take(word) { return isAfternoon }
    place = start
    return nil
  }
}
