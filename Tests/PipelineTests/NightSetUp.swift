import Estate
import EventModel
import Reporting

@testable import Pipeline
@testable import Storage

extension Workplace {
  /// A night over the folder `logs`, so many days after 2024-04-01, in a store that is open.
  ///
  /// `marksTold`: what it raises counts as told by whoever runs it.
  func night(
    _ day: Int64,
    in store: Store,
    _ estate: DeclaredEstate = DeclaredEstate(),
    attempts: [NightAttempts.Attempt] = [],
    marksTold: Bool = true
  ) async throws -> NightlyOutcome {
    var options = NightlyOptions(
      scan: ScanOptions(paths: [path + "/logs"], threads: 1),
      now: Timestamp(seconds: 1_711_929_600 + day * 86_400),
      program: "test",
      estateDigest: [],
      author: "test"
    )
    options.attempts = attempts
    options.waiting = WaitingShelf.Limits(run: 16, inMemory: 64, small: 5)
    let outcome = try await NightlyRun(estate: estate, options: options).run(in: store) {
      JSONLinesReport.line(of: $0)
    }
    if marksTold { try store.markTold(night: outcome.night.id, at: 0) }
    return outcome
  }
}
