internal import Estate
internal import EventModel

/// Holds findings against the exceptions of the estate file.
extension DetectionEngine {
  /// What the exceptions cover of the actors that are told.
  func exceptions(of told: [(key: ActorKey, actor: ActorState)]) -> ExceptionRulings {
    var rulings = ExceptionRulings(estate.exceptions)
    guard !estate.exceptions.isEmpty else { return rulings }
    for (_, actor) in told {
      let accounts = texts(actor.accounts)
      let terminals = texts(actor.terminals)
      var concerned: [Int: [Int]] = [:]
      for finding in actor.findings {
        let place = estate.exceptions.indices.first {
          concerns(estate.exceptions[$0], findings[finding], actor, accounts, terminals)
        }
        if let place { concerned[place, default: []].append(finding) }
      }
      for (place, findings) in concerned {
        rulings.note(place, findings: findings, records: records(of: actor))
      }
    }
    return rulings
  }

  private func concerns(
    _ exception: AlertException,
    _ finding: FindingState,
    _ actor: ActorState,
    _ accounts: [String],
    _ terminals: [String]
  ) -> Bool {
    guard finding.last <= exception.until.nanoseconds,
      exception.start.nanoseconds <= finding.first
    else { return false }
    let detector = DetectorRegistry.all[finding.detector].name
    guard exception.detectors.isEmpty || exception.detectors.contains(detector) else {
      return false
    }
    guard Self.all(accounts, match: exception.accounts),
      Self.all(terminals, match: exception.terminals)
    else { return false }
    // Refused where the estate file is read; here for accounts that it does not name, and for those
    // of a person who has a privileged one.
    if exception.isWide || exception.owners.isEmpty,
      accounts.contains(where: { isPrivileged($0) }) || isPrivileged(actor)
    {
      return false
    }
    if exception.owners.isEmpty { return true }
    let owner = names.text(of: NameID(rawValue: finding.owner))
    if !owner.isEmpty { return exception.owners.contains(owner) }
    let owners = actor.owners.entries.map { names.text(of: NameID(rawValue: $0.owner)) }
    return !owners.isEmpty && owners.allSatisfy { exception.owners.contains($0) }
  }

  /// An exception that names none asks for none; one that does covers no nameless actor.
  private static func all(_ names: [String], match patterns: [Pattern]) -> Bool {
    patterns.isEmpty
      || (!names.isEmpty
        && names.allSatisfy { name in
          patterns.contains { $0.matches(name) || $0.matches(place: name) }
        })
  }

  private func isPrivileged(_ actor: ActorState) -> Bool {
    let persons = texts(actor.persons)
    return estate.accounts.contains { account in
      account.role.isPrivileged && account.persons.contains { persons.contains($0) }
    }
  }

  private func isPrivileged(_ account: String) -> Bool {
    if let place = resolver.lookup.account(named: account) {
      return estate.accounts[place].role.isPrivileged
    }
    return WellKnownNames.role(of: account).isPrivileged
  }
}
