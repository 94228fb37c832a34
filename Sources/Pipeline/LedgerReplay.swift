internal import Detection
public import Estate
public import EventModel
internal import Ingest
public import Storage

/// Judges what a store remembers by another policy, long after the logs have gone.
///
/// The ledger says what an account did on a day with a dataset of an owner, and how much of it no instruction
/// covered. That part is given to engines as reads of its average size between 08:00 and 20:00, so sums of
/// a day and longer are as they were to a few hours, and shorter ones are not known. Hence the detectors of
/// such sums alone, and no limit below 24 hours; every policy is judged so. Of reads without a count the ledger
/// does not say which an instruction covered: they are left out, and counted.
public enum LedgerReplay {
  /// The detectors that judge sums of a day and longer.
  public static let detectors: Set<String> = ["bulk-export", "low-and-slow", "owner-share"]

  /// Reads that a line of the ledger becomes at most: 16 an hour keep sums of a day apart from each other.
  private static let most: Int64 = 64

  /// The estate for engines: what instructions covered is known already, and what happened within hours not.
  public static func estate(_ declared: DeclaredEstate) -> DeclaredEstate {
    var estate = declared
    (estate.tickets, estate.jobs) = ([], [])
    for role in Role.allCases {
      for horizon in ["1m", "10m", "1h"] {
        estate.policy.limits[role, default: [:]][horizon] = .max
      }
    }
    return estate
  }

  public struct Outcome: Sendable {
    public var lists: [IncidentList]
    /// Days of the ledger.
    public var days: Int
    /// Reads without a count, which no sum holds.
    public var unknown: Int64 = 0
  }

  /// What each estate's policy finds in the ledger.
  ///
  /// Memory: that of the engines, and one day.
  public static func outcomes(
    of estates: [DeclaredEstate],
    in store: Store
  ) throws(StoreError) -> Outcome {
    let sources = [SourceDeclaration(name: "ledger")]
    let clock = LocalClock(zone: estates.first?.policy.zone ?? .utc)
    var engines = estates.map { declared -> DetectionEngine in
      DetectionEngine(
        estate: Self.estate(declared),
        sources: sources,
        detectors: detectors
      )
    }
    var names = NameTable()
    var outcome = Outcome(lists: [], days: 0)
    if let days = try store.ledgerDays() {
      try store.ledger(days) { day, lines in
        outcome.days += 1
        outcome.unknown += lines.reduce(0) { $0 + ($1.low == 0 && $1.high > 0 ? $1.operations : 0) }
        let rows = self.rows(of: lines, at: clock.start(of: day), day: day, &names)
        for index in engines.indices { engines[index].apply(rows, names: names) }
      }
    }
    for index in engines.indices {
      outcome.lists.append(engines[index].finish(coverage: Coverage(), names: names))
    }
    return outcome
  }

  /// The reads of a day, in order of time.
  private static func rows(
    of lines: [StoredLedgerLine],
    at midnight: Int64,
    day: Int,
    _ names: inout NameTable
  ) -> [EventRow] {
    let hour = 3_600 * Timestamp.nanosecondsPerSecond
    var rows: [EventRow] = []
    for (place, line) in lines.enumerated() where line.unexplained > 0 {
      let reads = max(1, min(most, line.operations))
      // What is behind the bounds is known only where no instruction covered a part.
      let high = line.unexplained == line.low ? line.high : line.unexplained
      for read in 0..<reads {
        var row = EventRow(time: midnight + 8 * hour + 12 * hour * read / reads)
        row.digest = UInt64(truncatingIfNeeded: place)
        row.account = names.intern(line.account.span)
        row.owner = line.owner.isEmpty ? .none : names.intern(line.owner.span)
        row.object = line.dataset.isEmpty ? .none : names.intern(line.dataset.span)
        row.operation = line.operation
        row.outcome = .success
        row.recordsLow = share(line.unexplained, read, of: reads)
        row.recordsHigh = high < Volume.unbounded ? share(high, read, of: reads) : high
        row.quality = line.quality
        row.line = UInt32(truncatingIfNeeded: day)
        rows.append(row)
      }
    }
    return rows.sorted { ($0.time, $0.digest) < ($1.time, $1.digest) }
  }

  /// One part of a number that is shared out evenly, without a rest.
  private static func share(_ whole: Int64, _ part: Int64, of parts: Int64) -> Int64 {
    whole / parts + (part < whole % parts ? 1 : 0)
  }
}
