internal import EventModel

/// The zone in which a person reads times: named once, not with each of them.
public struct ReportZone: Sendable, Hashable {
  /// As declared; empty: UTC, and times say so themselves.
  let name: String
  let rule: TimeZoneRule
  /// Seconds ahead of UTC that the heading names.
  let usual: Int

  public static let utc = ReportZone(name: "", rule: .utc)

  private init(name: String, rule: TimeZoneRule) {
    (self.name, self.rule) = (name, rule)
    // Of a day in November: what clocks of the north show in winter.
    usual = rule.offset(atUTC: 1_700_000_000)
  }

  /// The zone an estate file declares; `nil`, or one not known, is UTC.
  public init(named name: String?) {
    guard let name, let rule = TimeZoneRule(name: name) else {
      self = .utc
      return
    }
    self.init(name: name, rule: rule)
  }

  /// `2024-04-09 00:30:00`, in summer time with its own offset; RFC 3339 where no zone is declared.
  func text(_ time: Timestamp) -> String {
    if name.isEmpty { return time.description }
    let offset = offset(at: time)
    let bytes = Array(time.text(offset: offset).utf8)
    // The zone stands in the heading.
    let tail = offset == 0 ? 1 : 6
    let shown = offset == usual ? bytes.dropLast(tail) : bytes[...]
    return String(decoding: shown, as: UTF8.self).replacing("T", with: " ")
  }

  /// `2024-04-09T00:30:00+09:00`: where nothing around it names the zone.
  func stamp(_ time: Timestamp) -> String {
    name.isEmpty ? time.description : time.text(offset: offset(at: time))
  }

  /// `2024-04-09`.
  func day(of time: Timestamp) -> String {
    CivilCalendar.text(ofDay: dayNumber(of: time))
  }

  func dayNumber(of time: Timestamp) -> Int { time.dayNumber(offset: offset(at: time)) }

  /// `Asia/Tokyo (UTC+9)`, `Europe/Zurich (UTC+1/+2)` with the other half of the year's; `nil` where none
  /// is declared.
  var title: String? {
    if name.isEmpty { return nil }
    let other = rule.offset(atUTC: 1_700_000_000 + 183 * 86_400)
    return SafeText.escaped(name, limit: SafeText.nameLimit) + " (UTC" + Self.hours(usual)
      + (other == usual ? "" : "/" + Self.hours(other)) + ")"
  }

  /// `+9`, `-3:30`.
  private static func hours(_ offset: Int) -> String {
    let minutes = abs(offset) / 60
    let rest = minutes % 60 == 0 ? "" : ":" + (minutes % 60 < 10 ? "0" : "") + "\(minutes % 60)"
    return (offset < 0 ? "-" : "+") + "\(minutes / 60)\(rest)"
  }

  private func offset(at time: Timestamp) -> Int {
    let seconds = time.nanoseconds / Timestamp.nanosecondsPerSecond
    return rule.offset(
      atUTC: time.nanoseconds % Timestamp.nanosecondsPerSecond < 0 ? seconds - 1 : seconds
    )
  }
}

extension TextReport {
  /// Names the zone of all times, once.
  func writeZone(to page: inout TextLayout) {
    guard let title = options.zone.title else { return }
    page.both(japanese: "時刻は \(title)。", english: "Times in \(title).")
  }
}
