/// Messages that a listener lost on one day by the clock: no line of them stands anywhere.
public struct LostMessages: Sendable, Hashable {
  /// Days since 1970.
  public var day: Int
  /// Of a loss that was noticed a day later the number stands at that day alone: 0 is not none.
  public var messages: Int64 = 0
  /// Hours since the day began in which they may have been lost, one bit each (25 where summer time ends).
  public var hours: UInt32 = 0

  public init(day: Int, messages: Int64 = 0, hours: UInt32 = 0) {
    (self.day, self.messages, self.hours) = (day, messages, hours)
  }

  /// Adds what was lost on the same day.
  public mutating func add(_ other: Self) {
    messages &+= other.messages
    hours |= other.hours
  }

  /// The days and hours from one time to another, both in nanoseconds since 1970, with the number at the last.
  public static func noticed(
    _ messages: Int64,
    from first: Int64,
    to last: Int64,
    _ zone: TimeZoneRule
  ) -> [Self] {
    let hour: Int64 = 3_600_000_000_000
    var clock = LocalClock(zone: zone)
    var found: [Self] = []
    // What is asked about a year later tells no more than that.
    var time = max(min(first, last), last &- 366 * 24 * hour)
    while true {
      let day = clock.day(of: time)
      let (start, end) = clock.range
      let stop = min(end, max(last, time) &+ 1)
      var lost = Self(day: day)
      let first = (time &- start) / hour
      for passed in first...max(first, (stop &- 1 &- start) / hour) {
        lost.hours |= 1 << UInt32(clamping: passed)
      }
      found.append(lost)
      guard end <= last, end > time else { break }
      time = end
    }
    found[found.count - 1].messages = messages
    return found
  }
}
