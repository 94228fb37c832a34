internal import Estate
internal import EventModel

/// How much it is that a sign was found in.
extension Handling {
  /// Fewer unexplained records make a sign that is no breach of a rule a signal only: the smallest
  /// limit of an administrator (`RoleLimits`).
  static let grave: Int64 = 1_000

  /// Whether a sign in this read is worth an incident by itself.
  ///
  /// Lists are what operators and supervisors work with: of theirs a sign is a signal.
  var isGrave: Bool {
    if role == .operator || role == .supervisor { return false }
    return unexplainedCharge >= Self.grave || unexplained.isUnbounded
  }

  /// What no instruction covers, as it is judged.
  var unexplainedRecords: Volume {
    if unexplained.isUnbounded, unexplainedCharge == 0 { return unexplained }
    if match.reason.isUncertain { return unexplained }
    let high = max(unexplained.low, unexplainedCharge)
    return Volume(low: unexplained.low, high: high, quality: unexplained.quality)
  }
}

extension Attention {
  /// That of a detector of signs.
  static var bulkAndSigns: Self {
    var attention = Self.never
    attention.isDrawnByBulk = true
    attention.isDrawnBySigns = true
    return attention
  }
}

extension Signs {
  /// A list of what holds, in the order given.
  func listed(
    _ words: [(sign: Signs, english: String, japanese: String)]
  ) -> (
    english: String, japanese: String
  ) {
    let held = words.filter { !isDisjoint(with: $0.sign) }
    return (
      held.map(\.english).joined(separator: ", "), held.map(\.japanese).joined(separator: "、")
    )
  }
}
