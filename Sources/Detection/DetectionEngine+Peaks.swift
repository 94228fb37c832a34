internal import EventModel

/// The highest values that a finding shows of its key.
extension DetectionEngine {
  /// What `FindingState.peaks` keeps the highest values of.
  mutating func peaks(_ shelf: Int, _ place: Int) -> [Int64] {
    let isOfDays = needs.contains(.days)
    if isOfDays { keys[shelf][place].days.settle() }
    return Self.peaks(of: keys[shelf][place], isOfDays)
  }

  /// `state` is settled.
  private static func peaks(of state: borrowing KeyState, _ isOfDays: Bool) -> [Int64] {
    // One list: for every hit that grows a finding it is made anew.
    [Int64](unsafeUninitializedCapacity: 12) { peaks, count in
      for horizon in 0..<4 {
        let sum = state.windows.sum(horizon)
        peaks.initializeElement(at: horizon, to: sum.charge)
        peaks.initializeElement(at: horizon + 4, to: sum.distinct)
      }
      count = 8
      guard isOfDays else { return }
      for horizon in 1..<4 {
        peaks.initializeElement(at: horizon + 7, to: state.days.sum(horizon).charge)
      }
      peaks.initializeElement(at: 11, to: state.lifetimeCharge)
      count = 12
    }
  }

  /// The same of one owner's records alone, as far as they are kept; -1: not known.
  ///
  /// Of an organisation the counters hold what no instruction covers, and its findings count all that was handled.
  func peaks(_ shelf: Int, _ place: Int, of owner: UInt32, _ kind: KeyKind) -> [Int64] {
    guard kind != .organisation, let own = keys[shelf][place].owners.state(of: owner) else {
      return []
    }
    // 1 min to 1 h are kept of the key as a whole, and no number of owners is asked of one.
    let short = [-1, -1, -1, own.known(0) ?? -1] + [-1, -1, -1, -1]
    return short + (2...5).map { own.known($0) ?? -1 }
  }
}
