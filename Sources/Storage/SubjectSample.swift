/// Whose records somebody opened, as far as the least memory tells: the smallest of their keyed hashes.
///
/// The upper half of each hash is kept, at most 16,384 of a sample: all while there are fewer, else those
/// up to `bound`. Whoever is up to the bound of two samples is in both wholly told, so that samples
/// can be compared: hashes are uniform, and the part up to a bound is a fair draw. Merging two gives what
/// one pass over both would have given. Two subjects share 32 bits with a chance of 1 in 4.3
/// thousand million: of 16,384, somebody else is taken for one of them with 1 in 262,144. Memory: 4 bytes
/// a subject, 64 KiB at most.
///
/// Source: Cohen and Kaplan, "Summarizing data using bottom-k sketches" (PODC 2007).
public struct SubjectSample: Sendable, Hashable {
  public static let limit = 16_384

  /// Ascending, each once.
  public private(set) var values: [UInt32]

  public init(_ values: [UInt32] = []) {
    self.values = []
    merge(values)
  }

  /// Subjects up to here are told wholly.
  public var bound: UInt32 {
    values.count < Self.limit ? .max : values[Self.limit - 1]
  }

  public static func value(of hash: UInt64) -> UInt32 { UInt32(hash >> 32) }

  /// Takes in more, in any order.
  public mutating func merge(_ more: [UInt32]) {
    var sorted = more.filter { $0 <= bound }
    guard !sorted.isEmpty else { return }
    sorted.sort()
    var merged: [UInt32] = []
    merged.reserveCapacity(min(Self.limit, values.count + sorted.count))
    var (left, right) = (0, 0)
    while merged.count < Self.limit, left < values.count || right < sorted.count {
      let isLeft =
        right == sorted.count || (left < values.count && values[left] <= sorted[right])
      let next = isLeft ? values[left] : sorted[right]
      if isLeft { left += 1 } else { right += 1 }
      if merged.last != next { merged.append(next) }
    }
    values = merged
  }

  public func contains(_ value: UInt32) -> Bool {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if values[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low < values.count && values[low] == value
  }
}
