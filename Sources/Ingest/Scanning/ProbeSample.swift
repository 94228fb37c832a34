internal import EventModel

/// Counts for a probe how many of the first lines of a sample a format understands.
enum ProbeSample {
  struct Count {
    var matched = 0
    var total = 0

    /// All lines: certain; a quarter or more: likely; fewer: possible.
    ///
    /// A log stays its format when much of it is torn or foreign; a few lines of a format in
    /// another one do not make it that format.
    var likelihood: Likelihood {
      if matched == 0 { return .no }
      if matched == total { return .certain }
      return matched * 4 >= total ? .likely : .possible
    }

    /// At most as sure as `best`.
    func result(_ reason: String, best: Likelihood = .certain) -> ProbeResult {
      ProbeResult(min(likelihood, best), reason, fit: total > 0 ? matched * 1000 / total : 0)
    }
  }

  /// Tests up to `limit` lines.
  ///
  /// Blank lines, a torn last line, and lines for which the test has no say (`nil`) are not
  /// counted. The lines lent are padded by 64 bytes.
  static func count(
    _ sample: Span<UInt8>,
    limit: Int = 50,
    where test: (RecordBytes) -> Bool?
  ) -> Count {
    let length = sample.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length + ByteChunk.padding)
    sample.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: repeatElement(0, count: ByteChunk.padding))
    var found = Count()
    bytes.withUnsafeBufferPointer { all in
      var start = 0
      while start < length, found.total < limit {
        let hit = all.firstIndex(of: 0x0A, in: start..<length)
        if hit == nil, start > 0, found.total > 0 { break }
        var end = hit ?? length
        let next = end + 1
        if end > start, all[end - 1] == 0x0D { end -= 1 }
        if end > start, let answer = test(all.slice(start..<end)) {
          found.total += 1
          if answer { found.matched += 1 }
        }
        start = next
      }
    }
    return found
  }
}
