internal import Estate
public import EventModel
public import Storage

/// Which days an answer is about where nobody says it (decision 0053).
extension CoverageStudy {
  /// The days asked for; an end that is not asked for comes from the sources that speak for the owner.
  ///
  /// It begins with the first day of the sources that showed the owner's records, and ends with the last
  /// day of any declared source that may not be silent: that the owner's own sources fell silent before it is
  /// a gap, not the end. No day on which the ledger has records of the owner is left out; without an owner, none
  /// on which it has records of any.
  ///
  /// `nil`: the store knows no such day.
  public func period(
    from: Int?,
    until: Int?,
    owner: String? = nil
  ) throws(StoreError) -> StudyPeriod? {
    let holding = try store.ownerSpans()
    var own = holding
    if let owner { own = holding.filter { $0.owner == Array(owner.utf8) } }
    let base = declared(holding: Set(holding.map { $0.span.source }))
    let holders = owner == nil ? [] : withSystems(of: Set(own.map { $0.span.source }))
    let (firstOrigin, starting) = told(by: [(.holders, holders), (.declared, base)])
    let (lastOrigin, ending) = told(by: [(.declared, base.union(holders))])
    var first = (day: spoken(by: starting).map(\.lowerBound).min(), origin: firstOrigin)
    var last = (day: spoken(by: ending).map(\.upperBound).max(), origin: lastOrigin)
    if let day = last.day, let lastDay {
      // A night that was run before the loss knows nothing of its day.
      let lostDay = ending.compactMap { lost[$0]?.last?.day }.max() ?? .min
      last.day = min(day, max(lastDay, lostDay))
    }
    if let records = try recordDays(own, owner, first.day, last.day) {
      if records.lowerBound < first.day ?? .max { first = (records.lowerBound, .records) }
      if records.upperBound > last.day ?? .min { last = (records.upperBound, .records) }
    }
    if let from { first = (from, .asked) }
    if let until { last = (until, .asked) }
    guard let firstDay = first.day, let lastDay = last.day, firstDay <= lastDay else { return nil }
    var period = StudyPeriod(firstDay...lastDay, from: first.origin, until: last.origin)
    period.sourcesBeyond = days.values.count { seen in
      guard let start = seen.first?.day, let end = seen.last?.day else { return false }
      return from == nil && start < firstDay || until == nil && end > lastDay
    }
    return period
  }

  /// Declared sources of which lines are expected, and all that showed records of an owner.
  private func declared(holding: Set<String>) -> Set<String> {
    holding.union(estate.sources.filter { !$0.mayBeSilent }.map(\.name))
  }

  /// Sources, and the declared ones of the same systems.
  private func withSystems(of sources: Set<String>) -> Set<String> {
    let systems = Set(estate.sources.filter { sources.contains($0.name) }.compactMap(\.system))
    return sources.union(
      estate.sources.filter { $0.system.map(systems.contains) ?? false }.map(\.name)
    )
  }

  /// The first of these of which any has told something; else all sources.
  private func told(
    by choices: [(StudyPeriod.Origin, Set<String>)]
  ) -> (StudyPeriod.Origin, Set<String>) {
    let known = Set(days.keys).union(lost.keys)
    return choices.first { !$0.1.isDisjoint(with: known) } ?? (.all, known)
  }

  private func spoken(by sources: Set<String>) -> [ClosedRange<Int>] {
    sources.compactMap { name in
      // Of messages that were lost nobody knows more than the clock's day.
      let all = (days[name] ?? []).map(\.day) + (lost[name] ?? []).map(\.day)
      guard let first = all.min(), let last = all.max() else { return nil }
      return first...last
    }
  }

  /// First and last day with records: by the sources, and by the ledger's days outside of the others.
  private func recordDays(
    _ own: [(owner: [UInt8], span: OwnerSpan)],
    _ owner: String?,
    _ first: Int?,
    _ last: Int?
  ) throws(StoreError) -> ClosedRange<Int>? {
    var found: ClosedRange<Int>?
    func add(_ day: Int) {
      found = min(found?.lowerBound ?? day, day)...max(found?.upperBound ?? day, day)
    }
    var counter = LocalClock(zone: scan.calendarZone)
    for item in own {
      add(counter.day(of: item.span.first))
      add(counter.day(of: item.span.last))
    }
    var ranges = [Int(Int32.min)...Int(Int32.max)]
    if let first, let last, first <= last {
      ranges = [Int(Int32.min)...(first - 1), (last + 1)...Int(Int32.max)]
    }
    let names = try store.ledgerOwners()
    let wanted = owner.map { name in
      Set(names.lazy.filter { $0.value == Array(name.utf8) }.map(\.key))
    }
    for range in ranges {
      try store.ledgerColumns(range) { day, columns in
        guard columns.count == 10 else { return }
        // 0: of no owner that is known.
        if columns[1].contains(where: { id in
          wanted.map { $0.contains(id) } ?? !(names[id] ?? []).isEmpty
        }) {
          add(day)
        }
      }
    }
    return found
  }

  /// As `account` of days; of days that are yet to come by the clock of the night, only those with a line are expected.
  public func account(_ period: StudyPeriod, owner: String? = nil) throws -> CoverageAccount {
    var account = try account(period.days, owner: owner)
    account.basis = period
    guard period.until != .asked, let lastDay, lastDay < period.days.upperBound else {
      return account
    }
    for place in account.sources.indices {
      account.sources[place].days.removeAll {
        $0.day > lastDay && $0.lines == 0 && $0.events == 0 && $0.state != .lost
      }
    }
    return account
  }
}
