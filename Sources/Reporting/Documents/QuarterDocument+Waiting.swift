internal import Estate
internal import EventModel

/// The incidents of a quarter, and which of all incidents waited for a decision at its end.
extension QuarterDocument {
  /// Incidents with takings in a quarter, then those that were raised in it of takings before or after.
  func listed(_ facts: QuarterFacts) -> [QuarterFacts.IncidentState] {
    facts.incidents
      + facts.others.filter { state in
        state.detected.map { facts.period.contains(style.zone.dayNumber(of: $0)) } ?? false
      }
  }

  /// A count of the incidents of a quarter: of one of which nothing was read none is known to be all.
  func known(_ facts: QuarterFacts, _ count: Int64) -> Cell {
    facts.isUnread && listed(facts).isEmpty ? .unknown : .number(count)
  }

  func count(of facts: QuarterFacts) -> Cell { known(facts, Int64(listed(facts).count)) }

  /// Whether somebody has to look at it, on the day of the report.
  func isOpen(_ state: QuarterFacts.IncidentState) -> Bool {
    state.openness(today: now.map { style.zone.day(of: $0) }) != .settled
  }

  /// Every incident that had been raised by the end of a quarter and waited then, whatever quarter its takings fell
  /// into; of a quarter that is not over, those that wait on the day of the report.
  func waiting(_ facts: QuarterFacts) -> [QuarterFacts.IncidentState] {
    let last = lastDay(facts)
    func isThen(_ time: Timestamp) -> Bool {
      style.zone.dayNumber(of: time) <= facts.period.upperBound
    }
    return (facts.incidents + facts.others).compactMap { state in
      guard isThen(state.detected ?? state.incident.first) else { return nil }
      let then = state.before(isThen)
      return then.openness(today: CivilCalendar.text(ofDay: last)) == .settled ? nil : then
    }
  }

  /// How many wait; of a quarter that has not begun, or of which the store knows nothing at all, nobody knows.
  func waitingCount(_ facts: QuarterFacts) -> Cell {
    let waiting = waiting(facts).count
    let isYetToCome = now.map { style.zone.dayNumber(of: $0) < facts.period.lowerBound } ?? false
    let hasRaised = (facts.incidents + facts.others).contains { state in
      state.detected.map { style.zone.dayNumber(of: $0) <= facts.period.upperBound } ?? false
    }
    return isYetToCome || facts.isUnread && !hasRaised ? .unknown : .number(Int64(waiting))
  }

  /// As of when, and what else waits today.
  var waitingNote: String {
    let later = listed(facts).count { state in
      isOpen(state)
        && state.detected.map { style.zone.dayNumber(of: $0) > facts.period.upperBound } ?? false
    }
    let raised =
      later == 0
      ? ""
      : style.pick(
        "; \(later) of the quarter, raised after it, \(later == 1 ? "waits" : "wait") today",
        "。ほかに期間後に検知した本四半期の事案 \(later) 件が報告日現在で判断待ち"
      )
    return style.pick("of all quarters, on \(cutoffDay)", "全期間の事案、\(cutoffDay)現在") + raised
  }

  /// The last day of a quarter, or that of the report.
  private func lastDay(_ facts: QuarterFacts) -> Int {
    min(facts.period.upperBound, now.map { style.zone.dayNumber(of: $0) } ?? .max)
  }

  var cutoffDay: String { style.date(lastDay(facts)) }

  /// The end of the quarter, or the time of the report.
  var cutoff: Timestamp? {
    let end = Timestamp(
      nanoseconds: LocalClock(zone: style.zone.rule).start(of: facts.period.upperBound + 1)
    )
    return now.map { min($0, end) }
  }

  func oldestOpen(_ facts: QuarterFacts) -> QuarterFacts.IncidentState? {
    waiting(facts).filter { $0.detected != nil }.min { left, right in
      guard let first = left.detected, let second = right.detected else { return false }
      return (first, left.incident.id) < (second, right.incident.id)
    }
  }

  /// Where no oldest one can be told: that none waits, or that it is not known since when.
  func nobodyWaits(_ facts: QuarterFacts) -> Cell {
    waitingCount(facts) == .number(0) ? .none : .unknown
  }

  func medianToDecide(_ facts: QuarterFacts) -> Int64? {
    let sorted = listed(facts).compactMap(\.secondsToDecide).sorted()
    guard let last = sorted.indices.last else { return nil }
    let (lower, upper) = (sorted[last / 2], sorted[(last + 1) / 2])
    return lower + (upper - lower) / 2
  }

  /// Of the incidents of a quarter, how long a decision took.
  func median(_ facts: QuarterFacts) -> Cell {
    let states = listed(facts)
    if facts.isUnread, states.isEmpty { return .unknown }
    return states.allSatisfy { $0.decided == nil }
      ? .words(style.pick("no final decision", "最終判断なし"))
      : Self.duration(medianToDecide(facts), style)
  }

  /// Words for an empty table: where nothing was read, nobody knows that there is nothing.
  func nothing(_ english: String, _ japanese: String) -> String {
    isUnread
      ? style.pick(
        "Unknown: nothing was read of the quarter.",
        "不明:この四半期の記録は読み込まれていない。"
      ) : style.pick(english, japanese)
  }
}
