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
    var found = Count()
    sample.withUnsafeBufferPointer { all in
      let length = all.count
      // Mostly the first lines are enough: only the last bytes have to be copied to be padded.
      var start = count(all, from: 0, to: max(0, length - ByteChunk.padding), limit, &found, test)
      guard start < length, found.total < limit else { return }
      let rest = Array(all[start...]) + [UInt8](repeating: 0, count: ByteChunk.padding)
      let isFirst = start == 0
      rest.withUnsafeBufferPointer { rest in
        let count = length - start
        start = Self.count(rest, from: 0, to: count, limit, &found, test)
        guard start < count, found.total < limit, isFirst && start == 0 || found.total == 0 else {
          return
        }
        note(rest.slice(start..<count), in: &found, test)
      }
    }
    return found
  }

  /// Tests the lines that end before `stop`; where the first begins that does not.
  private static func count(
    _ bytes: RecordBytes,
    from first: Int,
    to stop: Int,
    _ limit: Int,
    _ found: inout Count,
    _ test: (RecordBytes) -> Bool?
  ) -> Int {
    var start = first
    while start < stop, found.total < limit,
      let end = bytes.firstIndex(of: 0x0A, in: start..<stop)
    {
      note(bytes.slice(start..<end), in: &found, test)
      start = end + 1
    }
    return start
  }

  private static func note(
    _ line: RecordBytes,
    in found: inout Count,
    _ test: (RecordBytes) -> Bool?
  ) {
    let line = line.last == 0x0D ? line.slice(0..<line.count - 1) : line
    guard line.count > 0, let answer = test(line) else { return }
    found.total += 1
    if answer { found.matched += 1 }
  }
}
