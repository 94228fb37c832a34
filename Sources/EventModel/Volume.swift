/// How well a volume is known.
///
/// Ordered from best to worst: a sum has the worst quality in it.
public enum VolumeQuality: UInt8, Sendable, Comparable, CaseIterable, BitwiseCopyable {
  /// What went to the client.
  case exact = 0
  /// Computed, or bounded above: bytes ÷ bytes per record, the size of the dataset.
  case estimated
  /// A true lower bound.
  case atLeast
  /// The operation was seen, its volume was not.
  case unknown

  @inlinable
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  public var name: String {
    switch self {
    case .exact: "exact"
    case .estimated: "estimated"
    case .atLeast: "at-least"
    case .unknown: "unknown"
    }
  }

  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// A number of records as an interval `low…high`.
///
/// Unknown is never 0: it is `0…unbounded`.
public struct Volume: Hashable, Sendable, BitwiseCopyable {
  /// At least so many records, from 0.
  public var low: Int64
  /// At most so many records; `Volume.unbounded` when nothing bounds them.
  public var high: Int64
  public var quality: VolumeQuality

  @inlinable public static var unbounded: Int64 { Int64.max }

  @inlinable
  public init(low: Int64, high: Int64, quality: VolumeQuality) {
    self.low = low
    self.high = high
    self.quality = quality
  }

  // Computed, so that other modules have constants: stored ones are asked each time whether they have been set.
  @inlinable public static var unknown: Volume {
    Volume(low: 0, high: unbounded, quality: .unknown)
  }
  @inlinable public static var none: Volume { Volume(low: 0, high: 0, quality: .exact) }

  @inlinable
  public static func exactly(_ count: Int64) -> Self {
    Volume(low: count, high: count, quality: .exact)
  }

  /// More records than any log's count can mean.
  public static let mostStated: Int64 = 1_000_000_000_000

  /// A count as a source states it; one that cannot be meant leaves the volume unknown.
  @inlinable
  public static func stated(_ count: Int64) -> Self {
    count >= 0 && count <= mostStated ? exactly(count) : unknown
  }

  @inlinable
  public var isUnbounded: Bool { high == Self.unbounded }

  /// Adds another volume; both ends saturate, the quality is the worse of the two.
  @inlinable
  @inline(__always)
  public mutating func add(_ other: Volume) {
    let sum = low.addingReportingOverflow(other.low)
    low = sum.overflow ? Self.unbounded : sum.partialValue
    let top = high.addingReportingOverflow(other.high)
    high = isUnbounded || other.isUnbounded || top.overflow ? Self.unbounded : top.partialValue
    quality = max(quality, other.quality)
  }
}
