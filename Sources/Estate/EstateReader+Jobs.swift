internal import EventModel

/// Jobs that would be a licence: an account with hands behind it needs a job with bounds.
extension EstateReader {
  /// A job that names such an account is refused unless it says by which program or from which
  /// terminal, when and how much; one that means it by a pattern covers service accounts alone, and
  /// it is said.
  mutating func resolveJobs(_ lookup: EstateLookup) {
    for job in estate.jobs where !job.lacks.isEmpty {
      let shown = "job \(Diagnostic.quoted(job.name))"
      let missing = job.lacks.map { $0 == "window" ? "window: \"01:00-04:00\"" : $0 }
        .joined(separator: ", ")
      guard let pattern = job.account,
        let account = accountOfHands(matching: pattern, lookup)
      else { continue }
      if pattern.isLiteral {
        error(
          job.line,
          "\(shown) would explain whatever \(Diagnostic.quoted(account)), no service account, "
            + "reads; write \(missing)"
        )
      } else {
        warn(
          job.line,
          "\(shown): account \(Diagnostic.quoted(pattern.text)) also matches "
            + "\(Diagnostic.quoted(account)), no service account; it covers service accounts alone; "
            + "name them, or write \(missing)"
        )
      }
    }
  }

  /// An account with hands behind it that a pattern matches: one declared, or one whose name says so.
  private func accountOfHands(matching pattern: Pattern, _ lookup: EstateLookup) -> String? {
    if pattern.isLiteral {
      guard let place = lookup.account(named: pattern.text) else {
        // Nobody declares it: only its name can say that it is a service's.
        return WellKnownNames.role(of: pattern.text) == .service ? nil : pattern.text
      }
      return estate.accounts[place].isOfHands ? pattern.text : nil
    }
    for account in estate.accounts where account.isOfHands {
      for other in account.patterns where other.text != "*" && pattern.overlaps(other) {
        return other.text
      }
    }
    return nil
  }
}
