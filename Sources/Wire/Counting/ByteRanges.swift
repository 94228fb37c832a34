/// Which bytes of something have come: ranges that neither touch nor overlap, in order.
///
/// 64 ranges at most: what is apart from all of them is then no longer taken up.
struct ByteRanges {
  static let limit = 64
  /// Places beyond it are none: sums of two do not overflow.
  static let highest: Int64 = 1 << 60

  private(set) var all: [Range<Int64>] = []

  /// How many bytes they hold.
  var sum: Int64 { all.reduce(0) { $0 + Int64($1.count) } }

  /// What of a range has not come yet, in order.
  func fresh(in range: Range<Int64>) -> [Range<Int64>] {
    var found: [Range<Int64>] = []
    var at = range.lowerBound
    for known in all where known.upperBound > at {
      guard known.lowerBound < range.upperBound else { break }
      if known.lowerBound > at { found.append(at..<known.lowerBound) }
      at = known.upperBound
    }
    if at < range.upperBound { found.append(at..<range.upperBound) }
    return found
  }

  /// Takes a range up; `false`: there is no room for it.
  mutating func insert(_ range: Range<Int64>) -> Bool {
    guard !range.isEmpty else { return true }
    let first = all.firstIndex { $0.upperBound >= range.lowerBound } ?? all.count
    let end = all[first...].firstIndex { $0.lowerBound > range.upperBound } ?? all.count
    guard first < end else {
      guard all.count < Self.limit else { return false }
      all.insert(range, at: first)
      return true
    }
    let joined =
      min(
        all[first].lowerBound,
        range.lowerBound
      )..<max(
        all[end - 1].upperBound,
        range.upperBound
      )
    all.replaceSubrange(first..<end, with: CollectionOfOne(joined))
    return true
  }

  /// Forgets a range: it has not come after all.
  mutating func remove(_ range: Range<Int64>) {
    all = all.flatMap { known in
      guard known.overlaps(range) else { return [known] }
      return [
        known.lowerBound..<max(known.lowerBound, range.lowerBound),
        min(known.upperBound, range.upperBound)..<known.upperBound,
      ].filter { !$0.isEmpty }
    }
  }
}
