internal import EventModel

/// How much of the time the logs speak for: days on which a source had a dated line, of the days
/// from its own first to its own last one, summed over the sources (source-days).
///
/// Sources of different years stand side by side in an archive: what lies before a source's first
/// and after its last line is told by those times, not by the share.
struct CoverageShare {
  var seen = 0
  var all = 0

  init(_ coverage: Coverage) {
    for source in coverage.sources {
      let days = source.days.filter { $0.lines > 0 || $0.events > 0 }
      guard let first = days.first?.day, let last = days.last?.day, first <= last else { continue }
      let (span, overflow) = last.subtractingReportingOverflow(first)
      guard !overflow, span < 1 << 40 else { continue }
      seen += days.count
      all += span + 1
    }
  }

  /// Rounded down, so that 100 means all; `nil` when no day was seen.
  var percent: Int? {
    guard seen > 0, all > 0 else { return nil }
    return Int(Double(seen) * 100 / Double(all))
  }
}

extension SourceCoverage {
  /// Share of the days from this source's first to its last line that had one, rounded down.
  var percentOfDays: Int? {
    var alone = Coverage()
    alone.sources = [self]
    return CoverageShare(alone).percent
  }
}
