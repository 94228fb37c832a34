/// The clock on the wall of one zone, summer time included: days, and hours of the day, are meant by it.
///
/// It knows the day of the time asked for last, so that times in order cost nearly nothing. A day has 23 or 25 hours where
/// summer time begins or ends.
public struct LocalClock: Sendable {
  /// What the clock shows.
  public struct Reading: Sendable, Equatable {
    /// Days since 1970.
    public var day: Int
    /// Minute of the day.
    public var minute: Int

    public init(day: Int, minute: Int) { (self.day, self.minute) = (day, minute) }
  }

  private let zone: TimeZoneRule
  private var begin: Int64 = 1
  private var end: Int64 = 0
  private var current = 0

  public init(zone: TimeZoneRule) { self.zone = zone }

  /// What it shows at a time in nanoseconds since 1970 UTC.
  public func reading(at time: Int64) -> Reading {
    var seconds = time / Timestamp.nanosecondsPerSecond
    if time % Timestamp.nanosecondsPerSecond < 0 { seconds -= 1 }
    let local = seconds &+ Int64(zone.offset(atUTC: seconds))
    var day = local / 86_400
    var rest = local % 86_400
    if rest < 0 { (day, rest) = (day - 1, rest + 86_400) }
    return Reading(day: Int(day), minute: Int(rest / 60))
  }

  /// What it shows at a time to the minute, with the distance from UTC: `2026-04-01T09:30+09:00`, `2026-04-01T00:30Z`.
  public func text(of time: Timestamp) -> String {
    let reading = reading(at: time.nanoseconds)
    let date = CivilCalendar.text(ofDay: reading.day)
    let offset = zone.offset(atUTC: time.nanoseconds / Timestamp.nanosecondsPerSecond) / 60
    let distance = offset == 0 ? "Z" : (offset < 0 ? "-" : "+") + Self.clock(abs(offset))
    return "\(date)T\(Self.clock(reading.minute))\(distance)"
  }

  /// Two times as Japanese sentences tell them: `2026年4月1日 09:30〜12:00(+09:00)`.
  ///
  /// The second day stands where it is another, and each distance from UTC where they differ. `toSecond` adds seconds
  /// and their decimals.
  public func japanese(
    from first: Timestamp,
    to second: Timestamp,
    _ between: String,
    toSecond: Bool
  ) -> String {
    func clock(_ time: Timestamp) -> String {
      let seconds = time.nanoseconds / Timestamp.nanosecondsPerSecond
      let shown = time.text(offset: zone.offset(atUTC: seconds)).dropFirst(11)
      return String(
        toSecond ? shown.prefix { $0 == ":" || $0 == "." || $0.isNumber } : shown.prefix(5)
      )
    }
    func distance(_ time: Timestamp) -> String {
      let text = text(of: time).dropFirst(16)
      return text == "Z" ? "(UTC)" : "(\(text))"
    }
    func day(_ time: Timestamp) -> String {
      CivilCalendar.japanese(ofDay: reading(at: time.nanoseconds).day) + " "
    }
    let (one, other) = (distance(first), distance(second))
    return day(first) + clock(first) + (one == other ? "" : one) + between
      + (day(first) == day(second) ? "" : day(second)) + clock(second) + other
  }

  private static func clock(_ minutes: Int) -> String {
    let (hours, rest) = minutes.quotientAndRemainder(dividingBy: 60)
    return (hours < 10 ? "0" : "") + "\(hours):" + (rest < 10 ? "0" : "") + "\(rest)"
  }

  /// The day of a time in nanoseconds since 1970 UTC, in days since 1970.
  @inline(__always)
  public mutating func day(of time: Int64) -> Int {
    if time >= begin, time < end { return current }
    return seek(time)
  }

  /// From when to before when the day goes that was asked for last.
  public var range: (start: Int64, end: Int64) { (begin, end) }

  private mutating func seek(_ time: Int64) -> Int {
    var day = Timestamp(nanoseconds: time).dayNumber()
    if time < start(of: day) {
      day -= 1
    } else if time >= start(of: day + 1) {
      day += 1
    }
    begin = start(of: day)
    end = start(of: day + 1)
    current = day
    return day
  }

  /// When a day begins, in nanoseconds since 1970 UTC, saturating at the ends of the range of times.
  public func start(of day: Int) -> Int64 {
    let local = Int64(day).multipliedReportingOverflow(by: Timestamp.nanosecondsPerDay)
    // A zone is less than two days from UTC: nearer to the ends nothing can be told.
    guard !local.overflow, abs(day) < 106_749 else { return day < 0 ? .min : .max }
    return zone.utc(fromLocal: local.partialValue)
  }
}
