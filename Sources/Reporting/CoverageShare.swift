internal import EventModel

/// How much of the time the logs speak for: days on which a source had an event, of the days from
/// the first to the last event of all sources, summed over the sources (source-days).
///
/// A source that begins later or ends earlier than the others counts as missing there.
struct CoverageShare {
  var seen = 0
  var all = 0

  init(_ coverage: Coverage) {
    var first = Int.max
    var last = Int.min
    for source in coverage.sources {
      for day in source.days where day.events > 0 {
        first = min(first, day.day)
        last = max(last, day.day)
        seen += 1
      }
    }
    guard first <= last else { return }
    let (span, overflow) = last.subtractingReportingOverflow(first)
    guard !overflow, span < Int.max else { return }
    all = (span &+ 1).multipliedReportingOverflow(by: coverage.sources.count).partialValue
  }

  /// Rounded down, so that 100 means all; `nil` when no day was seen.
  var percent: Int? {
    guard seen > 0, all > 0 else { return nil }
    return Int(Double(seen) * 100 / Double(all))
  }
}

extension SourceCoverage {
  /// Share of the days from this source's first to its last event that had one, rounded down.
  var percentOfDays: Int? {
    var alone = Coverage()
    alone.sources = [self]
    return CoverageShare(alone).percent
  }
}
