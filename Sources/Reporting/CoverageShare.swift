internal import EventModel

/// How much of the time the logs speak for: days on which a source had a dated line, summed over the
/// sources (source-days).
///
/// Where a period was asked for, of its days: 29 days without a line are not covered because the log
/// is of one day. Else of the days from the source's own first to its own last one: sources of
/// different years stand side by side in an archive, and what lies before a source's first and after
/// its last line is told by those times, not by the share.
struct CoverageShare {
  var seen = 0
  var all = 0
  /// Days asked for before a source's first and after its last line.
  var beyond: Int64 = 0

  init(_ coverage: Coverage) {
    for source in coverage.sources { add(source, of: coverage.period) }
  }

  /// The share of one source.
  init(_ source: SourceCoverage, of period: Coverage.Period?) { add(source, of: period) }

  private mutating func add(_ source: SourceCoverage, of period: Coverage.Period?) {
    let lost = Set(source.lost.map(\.day))
    let told = Set(source.days.lazy.filter { $0.lines > 0 || $0.events > 0 }.map(\.day))
    // A day on which messages were lost is none that the log speaks for.
    let days = told.union(lost.filter { period?.holds($0) ?? true }).sorted()
    guard let first = days.first ?? period?.first, let last = days.last ?? period?.last,
      first <= last
    else { return }
    let (from, to) = (min(first, period?.first ?? first), max(last, period?.last ?? last))
    let (span, overflow) = to.subtractingReportingOverflow(from)
    guard !overflow, span < 1 << 40 else { return }
    seen += told.subtracting(lost).count
    all += span + 1
    beyond += days.isEmpty ? Int64(span + 1) : Int64((first - from) + (to - last))
  }

  /// Whether more was unseen than seen, so that a "nothing found" would say nothing: the rule of an owner's inquiry.
  var isTooLittle: Bool { Int64(seen) * 1000 < InquiryConclusion.leastPermille * Int64(all) }

  /// Rounded down, so that 100 means all; `nil` when no day was seen.
  var percent: Int? {
    guard seen > 0, all > 0 else { return nil }
    return Int(Double(seen) * 100 / Double(all))
  }
}

extension Coverage.Period {
  fileprivate func holds(_ day: Int) -> Bool { day >= first ?? .min && day <= last ?? .max }
}
