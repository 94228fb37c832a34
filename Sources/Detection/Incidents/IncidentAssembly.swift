internal import Estate
internal import EventModel

extension DetectionEngine {
  /// One incident an actor that has at least one finding, names in order of their bytes; and those of
  /// silence.
  func incidentList(silence: [Incident]) -> IncidentList {
    let told = told().map { (key: $0.key, actor: $0.value) }
    let exceptions = exceptions(of: told)
    let gravity = IncidentGravity(estate: estate, lookup: resolver.lookup)
    var ranked = told.enumerated().map { place, entry in
      (place: place, summary: summary(of: entry.key, entry.actor, exceptions, gravity))
    }
    ranked += silence.enumerated().map { place, incident in
      (place: told.count + place, summary: IncidentList.Summary(incident))
    }
    ranked.sort { Self.isGraver($0.summary, $1.summary) }
    let places = ranked.map { Int32(truncatingIfNeeded: $0.place) }
    return IncidentList(ranked.map(\.summary)) { [self] index in
      let place = Int(places[index])
      return place < told.count
        ? incident(of: told[place].key, told[place].actor, exceptions, gravity)
        : silence[place - told.count]
    }
  }

  /// Rank: those that exceptions cover last, then by severity, then unexplained records of at least so many, then id.
  private static func isGraver(
    _ left: IncidentList.Summary,
    _ right: IncidentList.Summary
  ) -> Bool {
    if left.isExcepted != right.isExcepted { return right.isExcepted }
    if left.severity != right.severity { return left.severity > right.severity }
    if left.records.low != right.records.low { return left.records.low > right.records.low }
    if left.records.high != right.records.high { return left.records.high > right.records.high }
    return left.id < right.id
  }

  private func summary(
    of key: ActorKey,
    _ actor: ActorState,
    _ exceptions: ExceptionRulings,
    _ gravity: IncidentGravity
  ) -> IncidentList.Summary {
    let words = words(of: key)
    // What an exception covers makes nothing graver, unless it covers all there is.
    let open = actor.findings.filter { exceptions.covering(finding: $0) == nil }
    let isExcepted = open.isEmpty && !actor.findings.isEmpty
    let counted = isExcepted ? actor.findings : open
    var severity = counted.map { findings[$0].severity }.max() ?? .low
    if severity == .high, actor.episodes >= 3, actor.records.low >= 10_000 { severity = .critical }
    if key.kind != .organisation {
      severity = gravity.severity(
        severity,
        accounts: texts(actor.accounts),
        owners: actor.owners.entries.map { names.text(of: NameID(rawValue: $0.owner)) },
        records: actor.records,
        signals: Set(counted.map { DetectorRegistry.all[findings[$0].detector].signal }).count
      )
    }
    return IncidentList.Summary(
      id: StableID.text(["incident", words]),
      severity: severity,
      actor: words,
      records: records(of: actor),
      taken: taken(of: key, actor),
      isExcepted: isExcepted
    )
  }

  /// The actors with findings, each read with one of them only: what an account took that has an
  /// incident of its own is not told again of its terminal.
  private func told() -> [ActorKey: ActorState] {
    var told = Dictionary(
      uniqueKeysWithValues: actors.entries { $0.kind != .terminalPart && isIncident($1) }
    )
    let terminals = told.keys.filter { $0.kind == .terminal }.sorted()
    guard !terminals.isEmpty else { return told }
    var actorsOf: [UInt32: [ActorKey]] = [:]
    for (key, actor) in told where key.kind != .terminal && key.kind != .organisation {
      for account in actor.accounts { actorsOf[account, default: []].append(key) }
    }
    let wanted = Set(terminals.map(\.name))
    var parts: [UInt32: [(account: UInt32, part: ActorState)]] = [:]
    let isPart = { (key: ActorKey) in key.kind == .terminalPart && wanted.contains(key.name) }
    for (key, part) in actors.entries(where: { key, _ in isPart(key) }) {
      parts[key.name, default: []].append((account: key.terminal, part: part))
    }
    for terminal in terminals {
      guard var whole = told[terminal] else { continue }
      var heirs: [(records: Int64, key: ActorKey)] = []
      var unknown: ActorState?
      for (account, part) in (parts[terminal.name] ?? []).sorted(by: { $0.account < $1.account }) {
        let own = (actorsOf[account] ?? []).filter {
          $0.kind != .sharedAccount || $0.terminal == terminal.name
        }
        if account == 0 {
          unknown = part
        } else if let heir = own.min() {
          heirs.append((records: part.records.high, key: heir))
        } else {
          whole.merge(part)
        }
      }
      if var part = unknown {
        if !heirs.isEmpty { part.lowerToNothing() }
        whole.merge(part)
      }
      let heir = heirs.max { ($0.records, $1.key) < ($1.records, $0.key) }
      if let heir, !whole.holdsReads {
        told[terminal] = nil
        told[heir.key]?.findings += whole.findings
      } else {
        // Several accounts on one day are one episode.
        whole.episodes = min(whole.episodes, max(1, days(of: terminal.name)))
        told[terminal] = whole
      }
    }
    return told
  }

  /// Whether one of the findings is more than a signal.
  private func isIncident(_ actor: ActorState) -> Bool {
    actor.findings.contains { !findings[$0].isSignal }
  }

  /// Days with an unexplained bulk read at a terminal.
  private func days(of terminal: UInt32) -> Int64 {
    let shelf = Int(KeyKind.terminal.rawValue)
    return keyPlaces[shelf][terminal].map { Int64(keys[shelf][$0].bulkDays.count) } ?? 0
  }

  private func words(of key: ActorKey) -> String {
    let name = names.text(of: NameID(rawValue: key.name))
    let terminal = names.text(of: NameID(rawValue: key.terminal))
    return
      switch key.kind
    {
    case .person: "person:\(name)"
    case .account: "account:\(name)"
    case .sharedAccount: "account:\(name) terminal:\(terminal)"
    case .terminal: "terminal:\(name)"
    case .organisation: "organisation:\(name)"
    case .terminalPart: "terminal:\(name) account:\(terminal)"
    }
  }

  private func incident(
    of key: ActorKey,
    _ actor: ActorState,
    _ exceptions: ExceptionRulings,
    _ gravity: IncidentGravity
  ) -> Incident {
    let summary = summary(of: key, actor, exceptions, gravity)
    let findings = actor.findings.map { place in
      var finding = finding(self.findings[place], of: actor)
      finding.exception = exceptions.covering(finding: place).map { estate.exceptions[$0].name }
      return finding
    }.sorted {
      ($0.first, $0.detector, $0.id) < ($1.first, $1.detector, $1.id)
    }
    let part = actor.part
    let isApart = tellsApart(key, actor)
    var incident = Incident(
      id: summary.id,
      severity: summary.severity,
      actor: summary.actor,
      first: Timestamp(nanoseconds: isApart ? part.firstTaken : min(part.first, actor.firstHit)),
      last: Timestamp(nanoseconds: isApart ? part.lastTaken : max(part.last, actor.lastHit))
    )
    incident.accounts = texts(actor.accounts)
    incident.persons = texts(actor.persons)
    incident.candidates = candidates(of: key)
    incident.terminals = texts(actor.terminals)
    incident.organisations = texts(actor.organisations)
    incident.records = records(of: actor)
    incident.repeatsRecords = key.kind == .organisation
    incident.authorisation = actor.authorisation
    incident.episodes = actor.episodes
    incident.findings = findings
    incident.exceptions = exceptions.told(of: actor.findings, estate.exceptions)
    incident.isExcepted = summary.isExcepted
    let owners = actor.owners.entries
    let usual = usualLookUps(of: actor)
    incident.owners = owners.filter { Self.isTold($0.total, isApart: isApart) }
      .map { owner($0.owner, $0.total, of: key, actor, isApart: isApart, usual: usual) }
      .sorted { Self.isLarger(($0.records, $0.owner), ($1.records, $1.owner)) }
    if hidesReads(actor) { Self.leaveOpen(&incident) }
    incident.possibleOwners = possibleOwners(incident.owners)
    if isApart, part.hasRoutine { incident.lookUps = lookUps(part, owners) }
    return incident
  }

  /// What was read, and unknown how many more where lines are not there.
  func records(of actor: ActorState) -> Volume {
    var records = actor.records
    records.lower(by: usualLookUps(of: actor))
    records.raise(by: actor.late)
    if hidesReads(actor) { records.leaveOpen() }
    return records
  }

  /// How many of an incident's records may be look-ups that are usual for the role, without a call or at all: which ones
  /// they are no log tells, so that each owner's may be all of them.
  ///
  /// Where a finding tells how many without a call are usual, what is usual at all says less of the same look-ups.
  func usualLookUps(of actor: ActorState) -> Int64 {
    var (withoutCall, rate) = (-1, -1) as (Int64, Int64)
    for finding in actor.findings.map({ findings[$0] }) where !finding.isSignal {
      let detector = DetectorRegistry.all[finding.detector]
      if detector == LookUpWithoutCall.self {
        withoutCall = max(withoutCall, finding.detail)
      } else if detector == RecordEnumeration.self, finding.subkey == RecordEnumeration.ofRate {
        rate = max(rate, finding.detail)
      }
    }
    // From a thousand on those that a call asked for are among them.
    let permille = withoutCall >= 0 && rate < 1_000 ? withoutCall : max(withoutCall, rate % 1_000)
    guard permille > 0 else { return 0 }
    let small = min(actor.records.low, actor.part.routine.low)
    return (small / 1_000) * permille + (small % 1_000) * permille / 1_000
  }

  /// Whether a finding tells of lines that are not there: taken out, or never written.
  func hidesReads(_ actor: ActorState) -> Bool {
    actor.findings.contains {
      DetectorRegistry.all[findings[$0].detector] == AuditTampering.self
        && findings[$0].subkey != AuditEffect.clock.rawValue
    }
  }

  /// Records of an owner unknown, and unknown how many, beside those that the logs show.
  private static func leaveOpen(_ incident: inout Incident) {
    incident.records.leaveOpen()
    if let place = incident.owners.firstIndex(where: { $0.owner.isEmpty }) {
      incident.owners[place].records.leaveOpen()
      incident.owners[place].subjects.leaveOpen()
      return
    }
    incident.owners.append(
      Incident.OwnerCount(
        owner: "",
        records: .unknown,
        subjects: .unknown,
        share: nil,
        first: incident.first,
        last: incident.last
      )
    )
  }

  /// Whose the records of an owner unknown may be: any declared owner's, none or all of them.
  private func possibleOwners(_ owners: [Incident.OwnerCount]) -> [Incident.PossibleOwner] {
    guard let unknown = owners.first(where: { $0.owner.isEmpty }), unknown.records.high > 0 else {
      return []
    }
    return estate.owners.sorted { $0.name < $1.name }.map { owner in
      let delivered = owner.delivered.map { max(0, $0) }
      let most = min(unknown.records.high, delivered ?? Volume.unbounded)
      return Incident.PossibleOwner(
        owner: owner.name,
        subjects: Volume(
          low: 0,
          high: most,
          quality: most == Volume.unbounded ? .unknown : .estimated
        ),
        share: delivered.flatMap { Self.share(most, of: $0) }
      )
    }
  }

  /// Whether small reads stand beside what was taken.
  ///
  /// What an organisation may not handle at all has no such difference; nor where look-ups are a suspicion themselves.
  func tellsApart(_ key: ActorKey, _ actor: ActorState) -> Bool {
    key.kind != .organisation && actor.part.outweighsRoutine
      && !actor.findings.contains {
        !findings[$0].isSignal
          && DetectorRegistry.all[findings[$0].detector] == LookUpWithoutCall.self
      }
  }

  private static func isLarger(
    _ left: (records: Volume, owner: String),
    _ right: (records: Volume, owner: String)
  ) -> Bool {
    (right.records.low, right.records.high, left.owner)
      < (left.records.low, left.records.high, right.owner)
  }

  private func lookUps(
    _ part: TakenPart,
    _ owners: [(owner: UInt32, total: ActorState.OwnerTotal)]
  ) -> Incident.LookUps {
    var lookUps = Incident.LookUps(
      records: part.routine,
      first: Timestamp(nanoseconds: part.firstRoutine),
      last: Timestamp(nanoseconds: part.lastRoutine)
    )
    lookUps.owners = owners.filter(\.total.part.hasRoutine).map {
      Incident.LookUps.Owner(
        owner: names.text(of: NameID(rawValue: $0.owner)),
        records: $0.total.part.routine,
        first: Timestamp(nanoseconds: $0.total.part.firstRoutine),
        last: Timestamp(nanoseconds: $0.total.part.lastRoutine)
      )
    }.sorted { Self.isLarger(($0.records, $0.owner), ($1.records, $1.owner)) }
    return lookUps
  }

  func texts(_ ids: [UInt32]) -> [String] {
    ids.map { names.text(of: NameID(rawValue: $0)) }.sorted()
  }

  private func owner(
    _ id: UInt32,
    _ total: ActorState.OwnerTotal,
    of key: ActorKey,
    _ actor: ActorState,
    isApart: Bool,
    usual: Int64
  ) -> Incident.OwnerCount {
    let part = total.part
    let size = total.size > 0 ? total.size : declaredSize(of: id)
    let records = Self.records(of: id, total, actor, isApart: isApart, usual: usual)
    // Subjects may have been named by look-ups.
    let count = total.subjects.count
    // Three standard errors of the sketch.
    let named = total.subjects.isExact ? count : count - count / 20
    let own = !isApart ? named : part.routine.isUnbounded ? 0 : named - part.routine.high
    var subjects = Volume(
      low: max(total.largest.low, own),
      high: records.high,
      quality: records.quality == .exact && records == total.largest
        ? .exact : max(.estimated, records.quality)
    )
    if !isApart, part.hasRoutine, key.kind != .sharedAccount {
      bound(&subjects, by: trace(of: id, actor.accounts), records)
    }
    if let size {
      subjects.high = min(subjects.high, size)
      subjects.low = min(subjects.low, size)
    }
    subjects.lower(by: usual)
    // A sketch of who was named can be a little beyond what was read.
    subjects.low = min(subjects.low, records.low)
    subjects.high = max(subjects.high, subjects.low)
    subjects.keep(within: records)
    let share = size.flatMap { subjects.isUnbounded ? nil : Self.share(subjects.high, of: $0) }
    var told = Incident.OwnerCount(
      owner: names.text(of: NameID(rawValue: id)),
      records: records,
      subjects: subjects,
      share: share,
      first: Timestamp(nanoseconds: isApart ? part.firstTaken : part.first),
      last: Timestamp(nanoseconds: isApart ? part.lastTaken : part.last)
    )
    if !records.isUnbounded { told.late = min(actor.late(of: id), records.high) }
    return told
  }

  /// What the accounts of an actor did with an owner's data in all their time.
  private func trace(of owner: UInt32, _ accounts: [UInt32]) -> Ledger.Trace {
    let shelf = Int(KeyKind.account.rawValue)
    var trace = Ledger.Trace()
    for account in accounts {
      guard let place = keyPlaces[shelf][account] else { continue }
      trace.merge(keys[shelf][place].ledger.trace(of: owner, from: nil))
    }
    return trace
  }

  /// Records read one by one with their subject stated: their number of subjects is known, and what
  /// was ever read bounds what an incident holds of it.
  private func bound(_ subjects: inout Volume, by trace: Ledger.Trace, _ records: Volume) {
    // Of no read nothing is known: no detector asked for the ledger.
    guard trace.isNamed, trace.named > 0 else { return }
    let count = trace.subjects.count
    // Three standard errors of the sketch.
    let margin = trace.subjects.isExact ? 0 : count / 20
    subjects.high = min(subjects.high, count + margin)
    if trace.records.high == records.high { subjects.low = max(subjects.low, count - margin) }
    subjects.quality = margin == 0 && subjects.low == subjects.high ? .exact : .estimated
  }

  private func declaredSize(of owner: UInt32) -> Int64? {
    let name = names.text(of: NameID(rawValue: owner))
    // Of whom records are read, more than none were delivered.
    return estate.owners.first { $0.name == name }?.delivered.flatMap { $0 > 0 ? $0 : nil }
  }

  /// In thousandths, rounded down; `nil`: of none.
  private static func share(_ count: Int64, of size: Int64) -> Double? {
    guard size > 0 else { return nil }
    let (thousandfold, isBeyond) = count.multipliedReportingOverflow(by: 1_000)
    return isBeyond
      ? (Double(count) / Double(size) * 1_000).rounded(.down) / 1_000
      : Double(thousandfold / size) / 1_000
  }
}
