/// A clock that a watch found to be off by more than a minute.
public struct ClockRemark: Sendable {
  public var source: String
  /// `nil`: of the source as a whole.
  public var host: String?
  /// Negative: ahead of the clock of the watch by at least so much; else behind, or delivered so late.
  public var seconds: Int64
  public var english: String
  public var japanese: String

  public init(source: String, host: String?, seconds: Int64, english: String, japanese: String) {
    (self.source, self.host, self.seconds) = (source, host, seconds)
    (self.english, self.japanese) = (english, japanese)
  }
}
