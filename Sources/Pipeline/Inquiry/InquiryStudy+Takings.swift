internal import Detection
internal import Estate
internal import EventModel
internal import Storage

/// What was taken of the owner's records within the period that is asked about.
extension InquiryStudy {
  /// Of an incident that goes on beyond the period only the part within counts, bounded by what the ledger says of
  /// its accounts' days; one whose takings all lie outside is named apart.
  func addTakings(
    _ engine: DetectionEngine?,
    _ confirmed: Set<String>,
    to answer: inout InquiryAnswer
  ) throws {
    let digests = try store.evidence()
    let days = answer.period
    var study = try CaseStudy(store, estate, coverage)
    study.now = now
    answer.knownOwners.formUnion(try study.knownOwners())
    // Of what has changed since it was decided, nobody has decided what came to it.
    let today = now.map { CivilCalendar.text(ofDay: study.day($0)) }
    let settled = try study.states().filter { $0.openness(today: today) == .settled }
    let decisions = Dictionary(
      uniqueKeysWithValues: settled.compactMap { state in
        state.standing.map { (state.incident.id, $0) }
      }
    )
    func isWithin(_ owner: Incident.OwnerCount) -> Bool {
      study.day(owner.last) >= days.lowerBound && study.day(owner.first) <= days.upperBound
    }
    for incident in try incidents(engine, answer.coverage.differences, study) {
      answer.knownOwners.formUnion(incident.ownerNames)
      let isOpen =
        incident.owners.isEmpty
        ? Self.isWithin(incident, days, study)
        : incident.owners.contains { $0.owner.isEmpty && isWithin($0) }
      if isOpen, !incident.isExcepted, incident.severity >= .medium {
        answer.unattributed.append(incident.id)
      }
      guard let whole = incident.owners.first(where: { $0.owner == answer.owner }) else { continue }
      // Lines of the owner alone: a line's digest is known to whoever holds the line.
      let own = try ownerLines(answer.owner, of: incident, study, engine)
      let lines = incident.findings.flatMap(own.lines(of:)).filter {
        days.contains(study.day($0.time))
      }
      guard isWithin(whole),
        let part = try part(whole, of: incident, !lines.isEmpty, days, study, engine)
      else {
        if !incident.isExcepted, incident.severity >= .medium { answer.outside.append(incident.id) }
        continue
      }
      var taking = InquiryAnswer.Taking(
        incident: incident.id,
        severity: incident.severity,
        confidence: incident.confidence,
        records: part.records,
        first: part.first,
        last: part.last
      )
      let takers = answer.accounts.filter {
        $0.exports > 0 || $0.unexplained ?? 0 >= estate.policy.bulkFloor
      }
      let told = takers.reduce(Int64(0)) { $0 &+ ($1.unexplained ?? 0) }
      // Of one that was taken from in small reads these are the taking; of another they are daily work.
      taking.accounts = Self.readers(
        incident.accounts,
        among: told < part.records.low ? answer.accounts : takers
      )
      taking.terminals = Self.readers(incident.terminals, among: answer.terminals)
      taking.detectors = Set(incident.findings.map(\.detector)).sorted()
      let decision = decisions[incident.id]
      taking.isConfirmed = confirmed.contains(incident.id) || decision?.kind == .confirmed
      taking.isExcepted = incident.isExcepted
      taking.decision = decision?.kind == .confirmed ? nil : decision
      taking.isOwnDecision = decision.map { isNamed($0, in: incident) } ?? false
      taking.evidence = Set(
        lines.compactMap { line in
          line.sha256 ?? digests[EvidenceReader.line(of: line)].map { ChainLink.hex($0) }
        }
      ).sorted()
      answer.takings.append(taking)
      for other in incident.owners where other.owner != answer.owner && !other.owner.isEmpty {
        InquiryAnswer.add(other.owner, to: &answer.annex) { $0.incidents.append(incident.id) }
      }
    }
    let told = Set(answer.takings.map(\.incident))
    for place in answer.takings.indices {
      guard let decision = answer.takings[place].decision, decision.kind == .duplicate,
        !answer.takings[place].isOwnDecision, let other = decision.refersTo,
        let original = try store.evidence(of: other)?.incident.id, told.contains(original)
      else { continue }
      answer.takings[place].duplicateOf = original
    }
    answer.takings.sort {
      ($1.severity, $0.first, $0.incident) < ($0.severity, $1.first, $1.incident)
    }
    answer.unattributed.sort()
    answer.outside.sort()
  }

  /// Of an incident's accounts or terminals those that handled the owner's records; all of them, where none is known to.
  private static func readers(
    _ names: [String],
    among handlers: [InquiryAnswer.Handler]
  ) -> [String] {
    let seen = Set(handlers.map(\.name))
    let found = names.filter(seen.contains)
    return found.isEmpty ? names : found
  }

  /// Which lines of an incident are the owner's; what its accounts did is read only where others are concerned too.
  private func ownerLines(
    _ owner: String,
    of incident: Incident,
    _ study: CaseStudy,
    _ engine: DetectionEngine?
  ) throws -> OwnerLines {
    let first = study.day(incident.first)
    let handled =
      OwnerLines.isAlone(owner, in: incident) || incident.accounts.isEmpty
      ? []
      : try study.handling(
        first...max(first, study.day(incident.last)),
        accounts: Set(incident.accounts),
        restored: engine
      )
    return OwnerLines(owner, of: incident, days: handled, floor: estate.policy.bulkFloor) {
      study.day($0)
    }
  }

  /// Whether whoever decided, or ran the program for it, is one whom the incident names.
  private func isNamed(_ act: TriageAct, in incident: Incident) -> Bool {
    let deciders = Set([act.by, act.author].map { $0.lowercased() })
    let declared = estate.accounts.filter { account in
      incident.accounts.contains { name in account.patterns.contains { $0.matches(name) } }
    }
    return (incident.accounts + incident.persons + declared.flatMap(\.persons)).contains {
      deciders.contains($0.lowercased())
    }
  }

  /// As the last night settled them, and what waits; where other detectors judged, as that version told them.
  private func incidents(
    _ engine: DetectionEngine?,
    _ differences: [StoreDifference],
    _ study: CaseStudy
  ) throws -> [Incident] {
    guard var engine, !differences.contains(where: \.isOfJudgement) else {
      return try study.incidents()
    }
    let list = engine.finishList(coverage: Coverage())
    let judged = list.summaries.indices.map { list[$0] }
    // What is about a source, a log or the store itself comes of the coverage, which the engine's state has not.
    let ids = Set(judged.map(\.id))
    let others = try store.incidents().filter { !$0.isWithdrawn && !ids.contains($0.id) }
    return judged
      + others.compactMap(store.incident(in:)).filter { $0.owners.isEmpty }
  }

  /// Whether what an incident without owners found lies within the days: a silent source has lines before and after.
  private static func isWithin(
    _ incident: Incident,
    _ days: ClosedRange<Int>,
    _ study: CaseStudy
  ) -> Bool {
    let spans = incident.findings.map { ($0.first, $0.last) }
    return (spans.isEmpty ? [(incident.first, incident.last)] : spans).contains { first, last in
      study.day(first) <= days.upperBound && study.day(max(first, last)) >= days.lowerBound
    }
  }

  /// The part of an incident's takings of the owner that lies within the days; `nil`: none does.
  ///
  /// Least: all of it, less what its accounts read outside the days at most. Most: what they read within.
  private func part(
    _ whole: Incident.OwnerCount,
    of incident: Incident,
    _ hasLines: Bool,
    _ days: ClosedRange<Int>,
    _ study: CaseStudy,
    _ engine: DetectionEngine?
  ) throws -> (records: Volume, first: Timestamp, last: Timestamp)? {
    let (first, last) = (study.day(whole.first), study.day(whole.last))
    if days.contains(first), days.contains(last) { return (whole.records, whole.first, whole.last) }
    // Without an account the ledger tells nothing of it: all of it may lie within.
    guard !incident.accounts.isEmpty else {
      let high = whole.records.most
      return (
        Volume(low: 0, high: high, quality: .unknown),
        max(whole.first, study.start(of: max(first, days.lowerBound))),
        min(whole.last, Self.end(of: min(last, days.upperBound), study))
      )
    }
    let handled = try study.handling(
      first...last,
      accounts: Set(incident.accounts),
      restored: engine
    ).filter { $0.owner == whole.owner }
    var (within, outside) = (Volume.none, Volume.none)
    var taken: [Int] = []
    for day in handled {
      guard days.contains(day.day) else {
        outside.add(day.records)
        continue
      }
      within.add(day.records)
      let isUnstated = day.hasExport && day.records.most != day.records.low
      if day.unexplained >= engine?.bulkFloor ?? estate.policy.bulkFloor || isUnstated {
        taken.append(day.day)
      }
    }
    guard hasLines || !taken.isEmpty else { return nil }
    let most = min(
      whole.records.most,
      within.most
    )
    let least = min(most, max(0, whole.records.low - outside.most))
    let from = study.start(of: taken.first ?? max(first, days.lowerBound))
    let until = Self.end(of: taken.last ?? min(last, days.upperBound), study)
    return (
      Volume(
        low: least,
        high: most,
        quality: least == most ? .exact : most == Volume.unbounded ? .unknown : .estimated
      ), days.contains(first) ? whole.first : from, days.contains(last) ? whole.last : until
    )
  }

  /// The last second of a day: the ledger knows days, so that what lies in one lies between its ends.
  private static func end(of day: Int, _ study: CaseStudy) -> Timestamp {
    Timestamp(
      nanoseconds: study.start(of: day + 1).nanoseconds - Timestamp.nanosecondsPerSecond
    )
  }
}

extension Volume {
  /// The upper end; `unbounded` where there is none.
  fileprivate var most: Int64 {
    isUnbounded || (quality == .unknown && high == 0) ? Volume.unbounded : high
  }
}
