/// Rejected records in a row, between records that told their time.
public struct RejectedRun: Sendable, Hashable, BitwiseCopyable {
  /// Line of the first in its file, from 1.
  public var line: UInt32
  public var count: UInt32
  /// Whether it is one record that told its time, as a `DatedRecord` of the same line.
  public var isDated: Bool
  /// How many rows and dated records stood before it: what comes after as many belongs to it.
  var before: UInt64 = 0

  public init(line: Int, count: Int = 1, isDated: Bool = false) {
    self.line = UInt32(clamping: line)
    self.count = UInt32(clamping: count)
    self.isDated = isDated
  }
}

/// Rejected records of a day of a source.
public struct RejectedCount: Sendable, Hashable {
  public var records: Int64 = 0
  /// Those of them that told no time themselves, and so are not among the day's lines.
  public var undated: Int64 = 0

  public init(records: Int64 = 0, undated: Int64 = 0) {
    (self.records, self.undated) = (records, undated)
  }

  public mutating func add(_ other: Self) {
    records += other.records
    undated += other.undated
  }
}
