internal import Estate
internal import EventModel

/// Events that are no reads: at which host, by whom, and what the detectors of hosts say.
extension DetectionEngine {
  /// One event, in the engine's own names.
  @inline(never)
  mutating func noteHost(_ row: EventRow) {
    if row.operation == .call { return noteCall(row) }
    guard watchesHosts else { return }
    if row.operation == .logon || row.operation == .privilege { notePresence(row) }
    guard let event = hostEvent(row) else { return }
    settleHosts(until: row.time)
    var handling = Handling(row: row)
    setParties(&handling)
    // A log that names no host is that of one host.
    if handling.terminal == .none { handling.terminal = system(of: row) }
    if row.operation == .device { noteDevice(row, at: handling.terminal) }
    guard let place = hosts.place(of: handling.terminal) else { return }
    for index in hostDetectors.indices {
      let hits = hostDetectors[index].observe(event, at: &hosts.states[place])
      for hit in hits { tell(hit, index, host: place) }
    }
    hosts.due = min(hosts.due, hosts.states[place].due)
  }

  /// One bulk read.
  @inline(never)
  mutating func noteHostRead(_ handling: borrowing Handling) {
    guard let place = hosts.place(of: handling.terminal) else { return }
    let read = HostRead(
      row: handling.row,
      role: handling.role,
      isPrivileged: handling.isPrivileged,
      day: handling.day,
      unexplained: handling.unexplained,
      charge: handling.unexplainedCharge,
      mostBytes: mostBytes(of: handling),
      isWatched: isWatched(handling)
    )
    if read.row.time >= hosts.states[place].due { settle(place, until: read.row.time) }
    for index in hostDetectors.indices {
      let hits = hostDetectors[index].observe(read, at: &hosts.states[place])
      for hit in hits { tell(hit, index, host: place) }
    }
    hosts.due = min(hosts.due, hosts.states[place].due)
  }

  /// Judges what has waited long enough, in order of the hosts' first sight.
  mutating func settleHosts(until time: Int64) {
    guard time >= hosts.due else { return }
    for place in hosts.states.indices where time >= hosts.states[place].due {
      settle(place, until: time)
    }
    hosts.due = hosts.states.reduce(.max) { min($0, $1.due) }
  }

  private mutating func settle(_ place: Int, until time: Int64) {
    hosts.states[place].due = .max
    for index in hostDetectors.indices {
      let hits = hostDetectors[index].settle(until: time, at: &hosts.states[place])
      for hit in hits { tell(hit, index, host: place) }
    }
  }

  /// What the row tells of a host; `nil`: nothing that is judged.
  private mutating func hostEvent(_ row: EventRow) -> HostEvent? {
    var event = HostEvent(kind: .privilege, row: row, isNamed: isNamed(row.account))
    switch row.operation {
    case .privilege:
      if event.isNamed, isDumpProgram(row.program), isNobodys(row) { event.kind = .dump }
    case .archive: event.kind = .archive
    case .transfer: event.kind = .transfer(isDump: event.isNamed && isDumpOfNobodys(row))
    case .audit:
      let effect = AuditEffect(rawValue: names.text(of: row.object)) ?? .configured
      event.kind = .audit(effect)
    case .device:
      let text = names.text(of: row.destination)
      event.kind = .device(
        isStorage: !text.hasPrefix("idVendor=") && !text.hasPrefix("SerialNumber:"),
        isRegistered: estate.policy.devices.contains {
          $0.isValid(at: Timestamp(nanoseconds: row.time)) && $0.matches(text)
        }
      )
    case .flow, .touch:
      guard row.account == .none, row.object == .none, row.bytes >= 0, row.destination != .none
      else { return nil }
      let server = resolver.terminal(at: row.destination, names: &names)
      let facts = resolver.terminals[server]
      // What serves is declared and nobody's own; a person's terminal is where things come to.
      guard facts.isDeclared, facts.person == .none, !isJobOf(row) else { return nil }
      event.kind = .flow(server: facts.name, bytes: row.bytes)
    default: return nil
    }
    return event
  }

  /// Whether a dump is copied by hands that no job and no open ticket tells of.
  private mutating func isDumpOfNobodys(_ row: EventRow) -> Bool {
    names.text(of: row.object) == "dump" && isNobodys(row)
  }

  /// Whether a program writes whole databases out: pg_dump(1), pg_dumpall(1), mysqldump(1), mariadb-dump(1), Oracle's export.
  private func isDumpProgram(_ program: NameID) -> Bool {
    guard program != .none else { return false }
    switch names.text(of: program) {
    case "pg_dump", "pg_dumpall", "mysqldump", "mariadb-dump", "exp", "expdp": return true
    default: return false
    }
  }

  /// Whether no job and no open ticket tells of what an account did at a host.
  private mutating func isNobodys(_ row: EventRow) -> Bool {
    guard row.outcome != .failure, !isJobOf(row) else { return false }
    var handling = Handling(row: row)
    setParties(&handling)
    return handling.role != .service
      && !matcher.hasTicket(AuthorisationMatcher.Request(handling), names: names)
  }

  /// A number that no estate declares is an account whose name was not looked up.
  private mutating func isNamed(_ account: NameID) -> Bool {
    guard account != .none else { return false }
    let text = names.text(of: account)
    if !text.utf8.allSatisfy({ $0 &- 0x30 < 10 }) { return true }
    return resolver.lookup.account(named: text) != nil
  }

  /// Whether a declared job of that terminal runs then.
  private mutating func isJobOf(_ row: EventRow) -> Bool {
    guard estate.jobs.contains(where: { $0.terminal != nil }) else { return false }
    let place = resolver.terminal(at: row.terminal, names: &names)
    let name = names.text(of: resolver.terminals[place].name)
    let address = names.text(of: row.terminal)
    let minute = clock.reading(at: row.time).minute
    return estate.jobs.contains { job in
      guard let terminal = job.terminal,
        terminal.matches(name) || terminal.matches(address) || terminal.matches(place: name)
      else { return false }
      if let from = job.validFrom, row.time < from.nanoseconds { return false }
      if let until = job.validUntil, row.time > until.nanoseconds { return false }
      guard let start = job.startMinute, let end = job.endMinute else { return true }
      return start < end ? minute >= start && minute < end : minute >= start || minute < end
    }
  }

  /// The most bytes that a read can have put on the wire.
  private func mostBytes(of handling: borrowing Handling) -> Int64 {
    guard !handling.volume.isUnbounded else { return .max }
    let owner = resolver.owners.place(of: handling.owner).map { resolver.owners[$0] }
    let each = owner?.bytesPerRecord?.upperBound ?? 1_000
    let (bytes, overflow) = handling.volume.high.multipliedReportingOverflow(by: each)
    // A fourth more for the protocol's own.
    let (most, isHuge) = bytes.addingReportingOverflow(bytes / 4)
    return overflow || isHuge ? .max : most
  }

  private func isWatched(_ handling: borrowing Handling) -> Bool {
    guard !estate.policy.inquiries.isEmpty, handling.isUnexplained else { return false }
    let account = names.text(of: handling.account)
    let person = names.text(of: handling.person)
    let owner =
      handling.owner == .none ? nil : resolver.lookup.owner(named: names.text(of: handling.owner))
    let time = handling.row.time
    return estate.policy.inquiries.contains { inquiry in
      time >= inquiry.from.nanoseconds && time < inquiry.until.nanoseconds
        && (inquiry.accounts.contains { $0.matches(account) || $0.matches(person) }
          || owner != nil
            && inquiry.owners.contains { resolver.lookup.owner(named: $0) == owner })
    }
  }

  // MARK: Telling

  /// Books a hit as a finding of whoever is named, else of the host.
  private mutating func tell(_ hit: HostHit, _ index: Int, host: Int) {
    tell(hit, index, terminal: NameID(rawValue: hosts.names[host]))
  }

  mutating func tell(_ hit: HostHit, _ index: Int, terminal: NameID) {
    var row = EventRow(time: hit.time)
    (row.account, row.terminal) = (hit.account, terminal)
    var handling = Handling(row: row)
    setParties(&handling)
    guard let subject = actorKey(of: handling) else { return }
    actors[subject].note(handling)
    if let unstated = hit.unstated {
      actors[subject].accrueUnstated(unstated, time: hit.time)
    }
    let detector = hostDetectorPlaces[index]
    let isAccount = hit.account != .none
    let key = FindingKey(
      detector: detector,
      kind: isAccount ? .account : .terminal,
      key: isAccount ? hit.account.rawValue : handling.terminal.rawValue,
      owner: 0,
      subkey: hit.subkey,
      actor: subject
    )
    let gap = DetectorRegistry.all[detector].gap
    var place = openFindings[key]
    if let held = place, hit.time &- findings[held].last > gap { place = nil }
    if let place {
      findings[place].grow(by: hit)
    } else {
      place = findings.count
      openFindings[key] = findings.count
      actors[subject].findings.append(findings.count)
      findings.append(FindingState(hit, key))
    }
    guard let place else { return }
    for line in hit.places where findings[place].note(line) { notedPlaces.append(line.linePlace) }
  }

  /// Gaps in the numbers of sources become findings of whoever the lines beside them name.
  mutating func tellHoles(of coverage: Coverage) {
    guard
      let index = hostDetectorPlaces.firstIndex(where: {
        DetectorRegistry.all[$0] == AuditTampering.self
      })
    else { return }
    for source in coverage.sources {
      for hole in AuditTampering.telling(source) {
        // A log that names no host is that of one host.
        let host = hole.terminal.isEmpty ? source.system ?? source.name : hole.terminal
        let terminal = names.intern(host)
        var hit = AuditTampering.hit(of: hole, in: source)
        if hole.accountBefore == hole.accountAfter, !hole.accountBefore.isEmpty {
          let account = names.intern(hole.accountBefore)
          if isNamed(account) { hit.account = account }
        }
        tell(hit, index, terminal: terminal)
      }
    }
  }
}

extension FindingState {
  fileprivate init(_ hit: HostHit, _ key: DetectionEngine.FindingKey) {
    self.init(
      detector: key.detector,
      kind: key.kind,
      actor: key.actor,
      key: key.key,
      owner: 0,
      subkey: hit.subkey,
      reason: .noInstruction,
      window: hit.window,
      unit: hit.unit,
      limit: hit.limit,
      value: hit.value,
      severity: hit.severity,
      signs: [],
      detail: 0,
      isSignal: false,
      first: hit.time,
      last: hit.time,
      time: hit.time,
      peak: hit.time,
      events: 1,
      peaks: [],
      places: []
    )
  }

  /// Takes another hit of the same suspicion.
  fileprivate mutating func grow(by hit: HostHit) {
    first = min(first, hit.time)
    last = max(last, hit.time)
    time = min(time, hit.time)
    events += 1
    severity = max(severity, hit.severity)
    guard hit.value.high > value.high else { return }
    (value, window, limit, peak) = (hit.value, hit.window, hit.limit, hit.time)
  }
}
