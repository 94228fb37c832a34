internal import Estate
internal import EventModel

extension DetectionEngine {
  /// One incident an actor that has at least one finding, names in order of their bytes; and those of
  /// silence.
  func incidentList(silence: [Incident]) -> IncidentList {
    let told = told().map { (key: $0.key, actor: $0.value) }
    var ranked = told.enumerated().map { place, entry in
      (place: place, summary: summary(of: entry.key, entry.actor))
    }
    ranked += silence.enumerated().map { place, incident in
      (place: told.count + place, summary: IncidentList.Summary(incident))
    }
    ranked.sort { Self.isGraver($0.summary, $1.summary) }
    let places = ranked.map { Int32(truncatingIfNeeded: $0.place) }
    return IncidentList(ranked.map(\.summary)) { [self] index in
      let place = Int(places[index])
      return place < told.count
        ? incident(of: told[place].key, told[place].actor) : silence[place - told.count]
    }
  }

  /// Rank: by severity, then unexplained records of at least so many, then id.
  private static func isGraver(
    _ left: IncidentList.Summary,
    _ right: IncidentList.Summary
  ) -> Bool {
    if left.severity != right.severity { return left.severity > right.severity }
    if left.records.low != right.records.low { return left.records.low > right.records.low }
    if left.records.high != right.records.high { return left.records.high > right.records.high }
    return left.id < right.id
  }

  private func summary(of key: ActorKey, _ actor: ActorState) -> IncidentList.Summary {
    let words = words(of: key)
    var severity = actor.findings.map { findings[$0].severity }.max() ?? .low
    if severity == .high, actor.episodes >= 3, actor.records.low >= 10_000 { severity = .critical }
    return IncidentList.Summary(
      id: StableID.text(["incident", words]),
      severity: severity,
      actor: words,
      records: actor.records
    )
  }

  /// The actors with findings, each read with one of them only: what an account took that has an
  /// incident of its own is not told again of its terminal.
  private func told() -> [ActorKey: ActorState] {
    var told = actors.filter { $0.key.kind != .terminalPart && isIncident($0.value) }
    let terminals = told.keys.filter { $0.kind == .terminal }.sorted()
    guard !terminals.isEmpty else { return told }
    var actorsOf: [UInt32: [ActorKey]] = [:]
    for (key, actor) in told where key.kind != .terminal && key.kind != .organisation {
      for account in actor.accounts { actorsOf[account, default: []].append(key) }
    }
    let wanted = Set(terminals.map(\.name))
    var parts: [UInt32: [(account: UInt32, part: ActorState)]] = [:]
    for (key, part) in actors where key.kind == .terminalPart && wanted.contains(key.name) {
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

  private func incident(of key: ActorKey, _ actor: ActorState) -> Incident {
    let summary = summary(of: key, actor)
    let findings = actor.findings.map { finding(self.findings[$0]) }.sorted {
      ($0.first, $0.detector, $0.id) < ($1.first, $1.detector, $1.id)
    }
    var incident = Incident(
      id: summary.id,
      severity: summary.severity,
      actor: summary.actor,
      first: Timestamp(nanoseconds: actor.first),
      last: Timestamp(nanoseconds: actor.last)
    )
    incident.accounts = texts(actor.accounts)
    incident.persons = texts(actor.persons)
    incident.terminals = texts(actor.terminals)
    incident.organisations = texts(actor.organisations)
    incident.records = actor.records
    incident.authorisation = actor.authorisation
    incident.episodes = actor.episodes
    incident.findings = findings
    incident.owners = actor.owners.entries.map { owner($0.owner, $0.total, of: key, actor) }.sorted
    {
      ($1.records.low, $1.records.high, $0.owner) < ($0.records.low, $0.records.high, $1.owner)
    }
    return incident
  }

  private func texts(_ ids: [UInt32]) -> [String] {
    ids.map { names.text(of: NameID(rawValue: $0)) }.sorted()
  }

  private func owner(
    _ id: UInt32,
    _ total: ActorState.OwnerTotal,
    of key: ActorKey,
    _ actor: ActorState
  ) -> Incident.OwnerCount {
    let size = total.size > 0 ? total.size : declaredSize(of: id)
    var subjects = Volume(
      low: max(total.largest.low, total.subjects.count),
      high: total.records.high,
      quality: total.records.quality == .exact && total.records == total.largest
        ? .exact : max(.estimated, total.records.quality)
    )
    if total.routine.high > 0, key.kind != .sharedAccount {
      bound(&subjects, by: trace(of: id, actor.accounts), total.records)
    }
    if let size {
      subjects.high = min(subjects.high, size)
      subjects.low = min(subjects.low, size)
    }
    subjects.high = max(subjects.high, subjects.low)
    let share: Double? = size.flatMap {
      subjects.isUnbounded ? nil : Double(subjects.high * 1_000 / $0) / 1_000
    }
    return Incident.OwnerCount(
      owner: names.text(of: NameID(rawValue: id)),
      records: total.records,
      subjects: subjects,
      share: share,
      first: Timestamp(nanoseconds: total.first),
      last: Timestamp(nanoseconds: total.last)
    )
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
    guard trace.isNamed else { return }
    let count = trace.subjects.count
    // Three standard errors of the sketch.
    let margin = trace.subjects.isExact ? 0 : count / 20
    subjects.high = min(subjects.high, count + margin)
    if trace.records.high == records.high { subjects.low = max(subjects.low, count - margin) }
    subjects.quality = margin == 0 && subjects.low == subjects.high ? .exact : .estimated
  }

  private func declaredSize(of owner: UInt32) -> Int64? {
    let name = names.text(of: NameID(rawValue: owner))
    return estate.owners.first { $0.name == name }?.delivered
  }

  private func finding(_ state: FindingState) -> Finding {
    let type = DetectorRegistry.all[state.detector]
    let key = names.text(of: NameID(rawValue: state.key))
    let owner = names.text(of: NameID(rawValue: state.owner))
    var finding = Finding(
      id: StableID.text([
        "finding", type.name, state.kind.word, key, owner, state.subkey,
        names.text(of: NameID(rawValue: state.actor.terminal)), String(state.first),
      ]),
      detector: type.name,
      severity: state.severity,
      time: Timestamp(nanoseconds: state.time)
    )
    let text = type.describe(state, FindingWords(key: key, owner: owner, kind: state.kind))
    finding.peak = Timestamp(nanoseconds: state.peak)
    finding.first = Timestamp(nanoseconds: state.first)
    finding.last = Timestamp(nanoseconds: state.last)
    finding.window = state.window
    finding.value = state.value
    finding.limit = state.limit
    finding.unit = state.unit
    finding.counter = "\(state.kind.word) \(key)" + (owner.isEmpty ? "" : " × owner \(owner)")
    finding.message = text.english
    finding.messageJapanese = text.japanese
    finding.explanations = text.explanations
    finding.explanationsJapanese = text.explanationsJapanese
    finding.technique = type.technique
    finding.events = state.events
    if state.peaks.count == 8 {
      for (index, name) in HorizonCounters.shortNames.enumerated() {
        finding.counters.append(
          Finding.NamedCount(name: "records_\(name)", value: state.peaks[index])
        )
        finding.counters.append(
          Finding.NamedCount(name: "owners_\(name)", value: state.peaks[index + 4])
        )
      }
    }
    finding.evidence = state.places.sorted(by: FindingState.isStronger).map {
      Evidence(
        time: Timestamp(nanoseconds: $0.time),
        offset: $0.offset,
        line: Int64($0.line),
        length: Int64($0.length),
        digest: $0.digest,
        fileIndex: $0.file
      )
    }
    return finding
  }
}
