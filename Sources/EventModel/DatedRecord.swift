/// A record that told its time and became no row: passed over, or rejected behind its time.
///
/// It belongs to its day's denominator and goes no further; 24 bytes, held for one chunk.
public struct DatedRecord: Sendable, BitwiseCopyable {
  /// Nanoseconds since 1970 UTC; in the leap year 2000 when it is yearless.
  public var time: Int64
  /// Number of its line in its file, from 1.
  public let line: UInt32
  /// How many lines it takes.
  public let lines: UInt32
  /// Its length; the highest bit: its year is not stated.
  private let packed: UInt32

  private static let yearlessBit: UInt32 = 1 << 31

  public init(time: Int64, line: Int, lines: Int = 1, length: Int, isYearless: Bool) {
    self.time = time
    self.line = UInt32(clamping: line)
    self.lines = UInt32(clamping: lines)
    let length = min(UInt32(clamping: length), Self.yearlessBit - 1)
    packed = isYearless ? length | Self.yearlessBit : length
  }

  public var isYearless: Bool { packed & Self.yearlessBit != 0 }
  /// Bytes of the record without its line end.
  public var length: Int { Int(packed & ~Self.yearlessBit) }
}

/// What a log can mean by a time.
///
/// Without a wall clock nothing tells a wrong time from an old one, but no audit log is older than
/// 1990 or younger than 2100: zeros, clocks never set and milliseconds taken for seconds lie
/// outside. One such record would stretch the coverage of its source over decades.
public enum PlausibleTime {
  /// 1990-01-01, and 2101-01-01, in nanoseconds since 1970.
  public static let first: Int64 = 631_152_000_000_000_000
  public static let end: Int64 = 4_133_980_800_000_000_000

  @inlinable
  public static func contains(_ time: Int64) -> Bool {
    UInt64(bitPattern: time &- first) < UInt64(bitPattern: end &- first)
  }
}
