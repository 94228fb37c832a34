/// The days that an answer is about, and how each end came about where it was not asked for (decision 0053).
public struct StudyPeriod: Sendable, Hashable {
  /// Days since 1970, first and last.
  public var days: ClosedRange<Int>
  public var from: Origin
  public var until: Origin
  /// Sources with lines of days outside, by which an end that was not asked for was not moved.
  public var sourcesBeyond = 0

  /// What an end is the first or the last day of.
  public enum Origin: String, Sendable, CaseIterable {
    /// As asked.
    case asked
    /// Of the sources that showed the owner's records, and of those of the same systems.
    case holders
    /// Of the declared sources that may not be silent, and of those that showed any owner's records.
    case declared
    /// Of the records themselves, which reach further than those sources.
    case records
    /// Of all sources: none of the above told anything.
    case all
  }

  public init(_ days: ClosedRange<Int>, from: Origin, until: Origin) {
    self.days = days
    self.from = from
    self.until = until
  }

  public var isAsked: Bool { from == .asked && until == .asked }
}
