internal import Estate
internal import EventModel

/// When each account is valid, as the estate declares it: joiners, leavers, reused names.
///
/// Derived from the estate, looked up once a name.
struct Roster: Sendable {
  private struct Term: Sendable {
    var from: Int64
    var until: Int64
  }

  private let estate: DeclaredEstate
  private let isLimited: Bool
  private var terms: [UInt32: [Term]] = [:]

  init(estate: DeclaredEstate) {
    self.estate = estate
    isLimited = estate.accounts.contains { $0.validFrom != nil || $0.validUntil != nil }
  }

  /// Looks an account up; whether there is a time at which it is not valid.
  mutating func learn(_ id: NameID, named name: String) -> Bool {
    guard isLimited else { return false }
    var found: [Term] = []
    // A literal name goes before a pattern, as everywhere.
    for isLiteral in [true, false] where found.isEmpty {
      for account in estate.accounts
      where account.patterns.contains(where: { $0.isLiteral == isLiteral && $0.matches(name) }) {
        found.append(
          Term(
            from: account.validFrom?.nanoseconds ?? .min,
            until: account.validUntil?.nanoseconds ?? .max
          )
        )
      }
    }
    guard !found.isEmpty, !found.contains(where: { $0.from == .min && $0.until == .max }) else {
      return false
    }
    if terms.count >= 1 << 18 { terms = [:] }
    terms[id.rawValue] = found
    return true
  }

  /// Whether a read falls outside every term, and by how many days; `nil`: within one.
  func outside(_ id: NameID, at time: Int64) -> (sign: Signs, days: Int64)? {
    guard let terms = terms[id.rawValue] else { return nil }
    if terms.contains(where: { time >= $0.from && time <= $0.until }) { return nil }
    let day = Timestamp.nanosecondsPerDay
    if let end = terms.map(\.until).filter({ $0 < time }).max() {
      return (.afterTerm, (time &- end) / day)
    }
    let begin = terms.map(\.from).filter { $0 > time }.min() ?? time
    return (.beforeTerm, (begin &- time) / day)
  }
}
