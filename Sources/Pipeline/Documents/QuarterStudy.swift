internal import Detection
public import EventModel
internal import Storage

/// Puts together from the store what a quarterly report is made of.
extension CaseStudy {
  public func quarter(_ name: String) throws -> QuarterFacts? {
    guard let period = QuarterFacts.period(of: name) else { return nil }
    // Days that are yet to come are no gaps.
    let last = max(period.lowerBound, min(period.upperBound, now.map(day) ?? .max))
    let expected = period.lowerBound...last
    var facts = QuarterFacts(name: name, period: period, coverage: try coverage.account(expected))
    facts.days = try handling(period)
    facts.devices = try devices(period)
    facts.coverage.differences += try differences(period)
    facts.firstDays = try firstDays(until: period.upperBound)
    facts.issued = try ReportLog.all(in: store)
    facts.digests = try digests(facts.coverage)
    facts.firstKnownDay = try coverage.period(from: nil, until: nil)?.days.lowerBound
    let states = try states()
    func isTouched(_ state: QuarterFacts.IncidentState) -> Bool {
      day(state.incident.last) >= period.lowerBound
        && day(state.incident.first) <= period.upperBound
    }
    facts.incidents = states.filter(isTouched)
    facts.others = states.filter { !isTouched($0) }
    facts.earlierIncidents = states.map(\.incident)
      .filter { day($0.last) < period.lowerBound }.map(\.id).sorted()
    return facts
  }

  /// Every incident with how it was dealt with, the gravest first.
  public func states() throws -> [QuarterFacts.IncidentState] {
    let stored = Dictionary(uniqueKeysWithValues: try store.incidents().map { ($0.id, $0) })
    let acts = try acts()
    let changes = Dictionary(grouping: try store.history(), by: \.incident)
    return try incidents().map { incident in
      var state = QuarterFacts.IncidentState(
        incident,
        detected: stored[incident.id].flatMap { time(of: $0.firstNight) }
      )
      let ids = Set(incident.findings.map(\.id) + [incident.id])
      state.acts = acts.filter { ids.contains($0.id) }
      state.changes = changes[incident.id]?.compactMap { time(of: $0.night) } ?? []
      return state
    }
  }

  /// Of each account and owner, the first day up to and with `last`.
  private func firstDays(until last: Int) throws -> [QuarterFacts.Pair: Int] {
    var first: [Int64: [Int64: Int]] = [:]
    try store.ledgerColumns(Int(Int32.min)...last, columns: 0..<2) { day, columns in
      guard columns.count == 10 else { return }
      // Rows of an account stand together.
      var account: Int64?
      var owners: [Int64: Int] = [:]
      for row in columns[0].indices {
        if columns[0][row] != account {
          if let account { first[account] = owners }
          account = columns[0][row]
          owners = first.removeValue(forKey: columns[0][row]) ?? [:]
        }
        if owners[columns[1][row]] == nil { owners[columns[1][row]] = day }
      }
      if let account { first[account] = owners }
    }
    let names = try store.ledgerNames().mapValues { String(decoding: $0, as: UTF8.self) }
    let ownerNames = try store.ledgerOwners().mapValues { String(decoding: $0, as: UTF8.self) }
    var found: [QuarterFacts.Pair: Int] = [:]
    for (account, owners) in first {
      for (owner, day) in owners {
        let pair = QuarterFacts.Pair(account: names[account] ?? "", owner: ownerNames[owner] ?? "")
        found[pair] = min(found[pair] ?? day, day)
      }
    }
    return found
  }
}
