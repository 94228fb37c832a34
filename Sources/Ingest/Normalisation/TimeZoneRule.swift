/// From local civil time to UTC.
public struct TimeZoneRule: Sendable, Hashable {
  /// Seconds ahead of UTC before the first transition.
  private var baseOffset: Int
  /// UTC seconds at which the offset changes, ascending, and the offset from then on.
  private var transitions: [Transition] = []

  private struct Transition: Sendable, Hashable {
    var at: Int64
    var offset: Int
  }

  public static let utc = TimeZoneRule(fixedOffset: 0)

  public init(fixedOffset seconds: Int) {
    baseOffset = seconds
  }

  /// UTC nanoseconds of a local civil time given as if it were UTC. A time that occurs twice is
  /// taken the first time; one that does not exist is moved by the gap.
  @inline(__always)
  public func utc(fromLocal nanoseconds: Int64) -> Int64 {
    guard !transitions.isEmpty else { return nanoseconds &- Int64(baseOffset) &* 1_000_000_000 }
    return utcByTable(fromLocal: nanoseconds)
  }

  private func utcByTable(fromLocal nanoseconds: Int64) -> Int64 {
    let local = nanoseconds / 1_000_000_000
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      let before = middle == 0 ? baseOffset : transitions[middle - 1].offset
      let start = transitions[middle].at + Int64(max(before, transitions[middle].offset))
      if start <= local { low = middle + 1 } else { high = middle }
    }
    let offset = low == 0 ? baseOffset : transitions[low - 1].offset
    return nanoseconds &- Int64(offset) &* 1_000_000_000
  }
}
