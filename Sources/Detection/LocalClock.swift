internal import Estate
internal import EventModel

/// The clock on the wall of the estate, summer time included: windows of jobs, shifts and hours of the
/// day are meant by it.
///
/// Days of ledger and sums are counted by one offset all the year (`DetectionEngine.dayOffset`), so that
/// every day has 24 hours.
struct LocalClock: Sendable {
  /// What the clock shows.
  struct Reading: Sendable, Equatable {
    /// Days since 1970.
    var day: Int
    /// Minute of the day.
    var minute: Int
  }

  private let rule: TimeZoneRule

  /// `dayOffset`: seconds ahead of UTC where the estate declares no zone, or another one than is counted by.
  init(estate: DeclaredEstate, dayOffset: Int) {
    let declared = estate.policy.timeZone.flatMap { TimeZoneRule(name: $0) }
    let isCounted = declared?.offset(atUTC: 1_700_000_000) == dayOffset
    rule = declared.flatMap { isCounted ? $0 : nil } ?? TimeZoneRule(fixedOffset: dayOffset)
  }

  /// What it shows at a time in nanoseconds since 1970 UTC.
  func reading(at time: Int64) -> Reading {
    var seconds = time / Timestamp.nanosecondsPerSecond
    if time % Timestamp.nanosecondsPerSecond < 0 { seconds -= 1 }
    let local = seconds &+ Int64(rule.offset(atUTC: seconds))
    var day = local / 86_400
    var rest = local % 86_400
    if rest < 0 { (day, rest) = (day - 1, rest + 86_400) }
    return Reading(day: Int(day), minute: Int(rest / 60))
  }
}
