/// What a store was kept with that is not as in this version of the program.
///
/// A report is written all the same, and tells it among its limits.
public enum StoreDifference: Sendable, Hashable {
  /// Detectors that judged then and are no more, and those that are now and did not judge then.
  case detectors(gone: [String], added: [String])
  /// The engine's state is of another version: what was read of this day and later is not in the ledger yet, and
  /// so unknown; `nil`: the first day is not known either.
  case state(unknownFrom: Int?)
  /// Days of the ledger before this one were dropped, samples of subjects with them: who handled what then is unknown.
  case pruned(before: Int)

  /// Whether incidents may be others than this version would find.
  public var isOfJudgement: Bool {
    if case .pruned = self { false } else { true }
  }
}
