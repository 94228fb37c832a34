/// A point of event time: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Range: 1677-09-21 to 2262-04-11. Times before 1970 are negative; `dayNumber` floors.
public struct Timestamp: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var nanoseconds: Int64

  @inlinable
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// Seconds since 1970, saturating at the ends of the range.
  @inlinable
  public init(seconds: Int64) {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    nanoseconds = overflow ? (seconds < 0 ? .min : .max) : product
  }

  @inlinable
  public static func < (left: Self, right: Self) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  public static let nanosecondsPerSecond: Int64 = 1_000_000_000
  public static let nanosecondsPerDay: Int64 = 86_400_000_000_000

  /// Days since 1970-01-01 of the calendar whose clocks are `offset` seconds ahead of UTC.
  @inlinable
  public func dayNumber(offset: Int = 0) -> Int {
    let shifted = nanoseconds.addingReportingOverflow(Int64(offset) &* 1_000_000_000)
    let value = shifted.overflow ? nanoseconds : shifted.partialValue
    let day = value / 86_400_000_000_000
    return Int(value % 86_400_000_000_000 < 0 ? day - 1 : day)
  }
}

/// The civil (proleptic Gregorian) calendar, without a formatter or a locale.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil).
public enum CivilCalendar {
  /// Days since 1970-01-01 of a civil date; month 1 … 12, day 1 … 31, year within ± 1,000,000.
  @inlinable
  public static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The civil date of a day number.
  public static func date(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
    let z = number + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// 0 = Monday … 6 = Sunday.
  public static func weekday(ofDay number: Int) -> Int {
    let remainder = (number + 3) % 7
    return remainder < 0 ? remainder + 7 : remainder
  }

  /// Whether the date exists.
  public static func isValid(year: Int, month: Int, day: Int) -> Bool {
    guard (1...12).contains(month), day >= 1 else { return false }
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
    let days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return day <= days[month - 1]
  }

  /// `2026-11-23`.
  public static func text(ofDay number: Int) -> String {
    let date = date(ofDay: number)
    return "\(padded(date.year, to: 4))-\(padded(date.month, to: 2))-\(padded(date.day, to: 2))"
  }

  /// `2026年11月3日`.
  public static func japanese(ofDay number: Int) -> String {
    let date = date(ofDay: number)
    return "\(date.year)年\(date.month)月\(date.day)日"
  }

  static func padded(_ value: Int, to width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC, with as many of 0, 3, 6 or 9 decimals as the value needs.
  public var description: String { text(offset: 0) }

  /// RFC 3339 with the given offset from UTC in seconds (whole minutes).
  public func text(offset: Int) -> String {
    let day = dayNumber(offset: offset)
    let local = nanoseconds &+ Int64(offset) &* 1_000_000_000
    var rest = local % Self.nanosecondsPerDay
    if rest < 0 { rest += Self.nanosecondsPerDay }
    let seconds = Int(rest / Self.nanosecondsPerSecond)
    var fraction = Int(rest % Self.nanosecondsPerSecond)
    var text = CivilCalendar.text(ofDay: day) + "T"
    text += CivilCalendar.padded(seconds / 3600, to: 2) + ":"
    text += CivilCalendar.padded(seconds / 60 % 60, to: 2) + ":"
    text += CivilCalendar.padded(seconds % 60, to: 2)
    if fraction != 0 {
      var width = 9
      while fraction % 1000 == 0 {
        fraction /= 1000
        width -= 3
      }
      text += "." + CivilCalendar.padded(fraction, to: width)
    }
    guard offset != 0 else { return text + "Z" }
    let minutes = abs(offset) / 60
    return text + (offset < 0 ? "-" : "+") + CivilCalendar.padded(minutes / 60, to: 2) + ":"
      + CivilCalendar.padded(minutes % 60, to: 2)
  }
}
