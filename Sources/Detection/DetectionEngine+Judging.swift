internal import Estate
internal import EventModel

extension DetectionEngine {
  /// Counts a handling for one key and lets every detector judge it; what is told of it by that.
  @discardableResult
  mutating func judge(
    _ handling: UnsafePointer<Handling>,
    _ kind: KeyKind,
    _ name: NameID,
    _ accrued: Bool
  ) -> Told {
    guard name != .none else { return [] }
    let shelf = Int(kind.rawValue)
    let place: Int
    if let known = keyPlaces[shelf][name.rawValue] {
      place = known
    } else {
      guard keys[shelf].count < Self.keyLimit else {
        overflowedKeys += 1
        return []
      }
      place = keys[shelf].count
      keys[shelf].append(KeyState())
      keyPlaces[shelf].set(name.rawValue, to: place)
      if kind == .account, declaresAccounts { register(name) }
    }
    if needs.contains(.sequences) {
      if kind == .account {
        follow(handling, place)
      } else if kind != .organisation, handling.pointee.row.begins != 0 {
        followHands(handling, shelf, place)
      }
    }
    let attention = attention[handling.pointee.roleIndex]
    let causes = Self.count(handling, kind, accrued, in: &keys[shelf][place], needs, attention)
    return causes.isEmpty ? [] : ask(handling.pointee, kind, name, place, causes)
  }

  /// Counts an account that has read for the first time.
  @inline(never)
  mutating func register(_ account: NameID) {
    let place = resolver.account(at: account, names: &names)
    accountRegister.note(isKnown: resolver.accounts[place].role != .unknown)
  }

  /// Counts an event for one key; what detectors would have to be asked for: nearly always nothing.
  @inline(__always)
  private static func count(
    _ handling: UnsafePointer<Handling>,
    _ kind: KeyKind,
    _ accrued: Bool,
    in state: inout KeyState,
    _ needs: KeyState.Needs,
    _ attention: Attention
  ) -> Attention.Causes {
    state.add(handling, kind: kind, needs: needs)
    if accrued, kind == .account || kind == .terminal { state.windows.markNewestCounted() }
    if kind == .person || kind == .terminal, handling.pointee.isTold(to: kind) { return [] }
    return attention.causes(in: handling, &state)
  }

  /// Asks the detectors that attend to what there is.
  @inline(never)
  private mutating func ask(
    _ handling: borrowing Handling,
    _ kind: KeyKind,
    _ name: NameID,
    _ place: Int,
    _ causes: Attention.Causes
  ) -> Told {
    // All judge before the first hit is booked: raising marks what was counted.
    var hits: [(index: Int, hit: Hit)] = []
    var asked = asked[handling.roleIndex].detectors(for: causes)
    while asked != 0 {
      let index = asked.trailingZeroBitCount
      asked &= asked &- 1
      if var hit = detectors[index].observe(
        handling,
        kind: kind,
        state: &keys[Int(kind.rawValue)][place]
      ) {
        if hit.signs.contains(.borrowed) { hit.instruction = sitter(of: handling) }
        hits.append((index, hit))
      }
    }
    var told: Told = []
    for (index, hit) in hits {
      let detector = detectorPlaces[index]
      if kind == .account, isOthers(hit, index, name, handling) { continue }
      let hit = kind == .account ? ownPart(of: hit, index, name, place, handling) : hit
      raise(hit, detector: detector, kind: kind, name: name, place: place, handling)
      if hit.isSignal { continue }
      told.insert(.once)
      let signal = DetectorRegistry.all[detector].signal
      if signal == .volume || signal == .instruction { told.insert(.inSums) }
    }
    // Of bulk reads it was asked when they were booked.
    if !told.isEmpty, kind == .account, !handling.isBulk { notePersons(handling) }
    return told
  }

  /// The person declared at the terminal of a read.
  private mutating func sitter(of handling: borrowing Handling) -> NameID {
    resolver.terminals[resolver.terminal(at: handling.row.terminal, names: &names)].person
  }

  mutating func raise(
    _ hit: borrowing Hit,
    detector: Int,
    kind: KeyKind,
    name: NameID,
    place: Int,
    _ handling: borrowing Handling
  ) {
    let shelf = Int(kind.rawValue)
    let actor = actorKey(of: handling)
    let others = otherOwners(of: handling)
    keys[shelf][place].windows.settle()
    guard let subject = subject(of: kind, name, place, handling, actor) else { return }
    if kind == .organisation {
      let part = explainedPart(of: handling)
      actors[subject].accrueWhole(handling, explained: part, others: others)
    } else {
      actors[subject].note(handling)
    }
    if kind == .person || kind == .terminal {
      actors[subject].note(accounts: keys[shelf][place].accounts)
    }
    if let horizon = hit.horizon {
      if kind == .account {
        takeIn(shelf, place, horizon, hit, tag: handling.actorTag, handling) { _ in subject }
      } else if subject.kind == .terminal {
        takeIn(shelf, place, horizon, hit, tag: nil, handling) {
          ActorKey(kind: .terminalPart, name: subject.name, terminal: $0.tag)
        }
      }
    }
    if hit.takesRead, !handling.isBulk, handling.isUnexplained {
      accrueSmall(handling, others, subject, shelf, place)
    }
    let key = findingKey(of: hit, detector, kind, name, subject)
    let subkey = key.subkey
    if kind == .account { lastTold[key.ofAnybody] = handling.row.time }
    let gap = hit.gap ?? DetectorRegistry.all[detector].gap
    // What recurs at a shared account only by all its hands is less grave.
    let isRecurrence = hit.unit == "days" && kind == .account
    let isOwn = !isRecurrence || actors[subject].episodes >= hit.limit
    let severity = isOwn ? hit.severity : min(hit.severity, .medium)
    var index = openFindings[key]
    if let held = index, handling.row.time &- findings[held].last > gap { index = nil }
    if index == nil {
      index = findings.count
      openFindings[key] = findings.count
      findings.append(
        FindingState(
          detector: detector,
          kind: kind,
          actor: subject,
          key: name.rawValue,
          owner: hit.owner.rawValue,
          subkey: subkey,
          reason: hit.reason,
          window: hit.window,
          unit: hit.unit,
          limit: hit.limit,
          value: hit.value,
          severity: severity,
          signs: hit.signs,
          detail: hit.detail,
          isSignal: hit.isSignal,
          first: handling.row.time,
          last: handling.row.time,
          time: handling.row.time,
          peak: handling.row.time,
          events: events(of: hit, keys[shelf][place].exhibits, handling),
          peaks: [],
          places: []
        )
      )
      actors[subject].findings.append(findings.count - 1)
      if let span = hit.span { catchUp(subject, hit.owner, span, handling, shelf, place) }
      if hit.earlier >= 0, !handling.isBulk {
        takeEarlier(hit, subject, shelf, place, handling)
        accrueSmall(handling, otherOwners(of: handling), subject, shelf, place)
      }
    } else if let index {
      let window = findings[index].window
      findings[index].grow(by: hit, severity, row: handling.row)
      // What is shown now may hold small reads from before what raised it.
      if let span = hit.span, findings[index].window != window {
        catchUp(subject, hit.owner, span, handling, shelf, place)
      }
      if hit.span != nil || hit.earlier >= 0, !handling.isBulk {
        if hit.isEarlierGrowing || hit.takesToday {
          takeEarlier(hit, subject, shelf, place, handling)
        }
        accrueSmall(handling, others, subject, shelf, place)
      }
    }
    guard let index else { return }
    findings[index].note(
      hit.owner == .none
        ? peaks(shelf, place) : peaks(shelf, place, of: hit.owner.rawValue, kind)
    )
    let line = FindingState.Place(handling.row, charge: handling.lineCharge)
    if findings[index].note(line) { notedPlaces.append(line.linePlace) }
    // What shows the value now shown: the lines before this one that are in it.
    if hit.isSum, findings[index].peak == handling.row.time {
      showSum(hit, index, keys[shelf][place].exhibits, handling)
    }
  }

  /// Adds the lines that a sum is made of to the evidence, as far as they were kept.
  private mutating func showSum(
    _ hit: borrowing Hit,
    _ index: Int,
    _ exhibits: Exhibits,
    _ handling: borrowing Handling
  ) {
    for line in exhibits.lines(wanted(hit, handling)) where findings[index].note(line) {
      notedPlaces.append(line.linePlace)
    }
  }

  /// The lines of which the sum of a hit is made.
  private func wanted(_ hit: borrowing Hit, _ handling: borrowing Handling) -> Exhibits.Wanted {
    Exhibits.Wanted(
      first: start(of: hit.window, handling),
      owner: hit.owner == .none ? nil : hit.owner.rawValue,
      tag: hit.isOwn ? handling.actorTag : nil
    )
  }

  /// Events of a hit: this one, and the bulk reads before it that led to its sum.
  private func events(
    of hit: borrowing Hit,
    _ exhibits: Exhibits,
    _ handling: borrowing Handling
  ) -> Int64 {
    guard hit.isSum else { return 1 }
    let line = FindingState.Place(handling.row, charge: handling.lineCharge)
    return 1 + exhibits.count(wanted(hit, handling), beside: line)
  }

  /// When a window that ends with this read begins.
  private func start(of window: String, _ handling: borrowing Handling) -> Int64 {
    let short = HorizonCounters.shortNames.firstIndex(of: window)
    if let short { return handling.row.time &- HorizonCounters.shortSpans[short] }
    guard let long = HorizonCounters.longNames.firstIndex(of: window) else { return .min }
    return clock.start(of: Int(handling.day) - Int(HorizonCounters.longSpans[long]))
  }

  /// Small reads of a short window join the incident: as taken where they alone pass its limit.
  private mutating func takeIn(
    _ shelf: Int,
    _ place: Int,
    _ horizon: Int,
    _ hit: borrowing Hit,
    tag: UInt32?,
    _ handling: borrowing Handling,
    _ holder: (HorizonCounters.Entry) -> ActorKey
  ) {
    let clock = clock
    func day(_ entry: HorizonCounters.Entry) -> Int32 {
      Int32(clamping: clock.reading(at: entry.time).day)
    }
    if hit.isPaged {
      // Where pages pass the limit by themselves, single records opened meanwhile are look-ups beside.
      let areBeside = Self.arePages(horizon, hit.limit, keys[shelf][place].windows)
      keys[shelf][place].windows.forEachUnpaged(horizon: horizon, tag: tag) { entry, isCounted in
        let actor = holder(entry)
        if areBeside, entry.isSingle {
          if !isCounted { actors[actor].accrueRoutine(entry, day: day(entry)) }
        } else {
          actors[actor].accruePaged(entry, isCounted: isCounted, day: day(entry))
        }
      }
    } else {
      keys[shelf][place].windows.forEachUncounted(horizon: horizon, tag: tag) { entry in
        actors[holder(entry)].accrueRoutine(entry, day: day(entry))
      }
    }
  }

  /// Whether small reads of several records pass a limit by themselves.
  private static func arePages(
    _ horizon: Int,
    _ limit: Int64,
    _ windows: borrowing HorizonCounters
  ) -> Bool {
    windows.smallCharge(horizon) &- windows.singles(horizon) > limit
  }

  /// Whose incident a finding belongs to.
  ///
  /// What several accounts at one terminal add up to is the terminal's, unless one person is behind
  /// them all: whoever happens to read last is not to be named for the others.
  private mutating func subject(
    of kind: KeyKind,
    _ name: NameID,
    _ place: Int,
    _ handling: borrowing Handling,
    _ actor: ActorKey?
  ) -> ActorKey? {
    switch kind {
    case .account, .person: return actor
    case .organisation: return ActorKey(kind: .organisation, name: name.rawValue)
    case .terminal: break
    }
    let accounts = keys[Int(kind.rawValue)][place].accounts
    guard accounts.count > 1 else { return actor }
    let isOne =
      handling.person != .none && accounts.count < KeyState.accountLimit
      && accounts.allSatisfy {
        let facts = resolver.account(NameID(rawValue: $0), at: handling.row.time, names: &names)
        return facts.person == handling.person
      }
    return isOne ? actor : ActorKey(kind: .terminal, name: name.rawValue)
  }

  /// A small read whose sum has passed a long limit joins the incident, unless a short window's
  /// finding took it in.
  ///
  /// The account's entry tells, whatever key was hit, but for what is the terminal's own.
  private mutating func accrueSmall(
    _ handling: borrowing Handling,
    _ others: [EstateResolver.OtherOwner],
    _ subject: ActorKey,
    _ shelf: Int,
    _ place: Int
  ) {
    if subject.kind == .terminal {
      guard !keys[shelf][place].windows.isNewestCounted, let part = partKey(of: handling) else {
        return
      }
      actors[part].accrueSmall(handling, others: others)
      return keys[shelf][place].windows.markNewestCounted()
    }
    let accounts = Int(KeyKind.account.rawValue)
    let account = keyPlaces[accounts][handling.account.rawValue]
    let (shelf, place) = account.map { (accounts, $0) } ?? (shelf, place)
    guard !keys[shelf][place].windows.isNewestCounted else { return }
    actors[subject].accrueSmall(handling, others: others)
    keys[shelf][place].windows.markNewestCounted()
  }

  /// Small reads whose sum passed a long limit join the incident, owner by owner.
  private mutating func catchUp(
    _ subject: ActorKey,
    _ owner: NameID,
    _ span: Int,
    _ handling: borrowing Handling,
    _ shelf: Int,
    _ place: Int
  ) {
    let isSplit = subject.kind == .sharedAccount || handling.actorTag != 0
    let routines = keys[shelf][place].owners.routines(
      within: span,
      until: handling.day,
      of: owner == .none ? nil : owner.rawValue,
      keys[shelf][place].ledger
    )
    // Whose part of a terminal's small reads it is cannot be told any more.
    let holder =
      subject.kind == .terminal ? ActorKey(kind: .terminalPart, name: subject.name) : subject
    let first = HorizonCounters.firstDay(within: span, until: handling.day)
    for routine in routines {
      actors[holder].catchUp(
        routine.owner,
        // Of an account at several terminals, this one's part may be all or nothing.
        low: isSplit ? 0 : routine.low,
        high: routine.high,
        routine.trace,
        since: first,
        read: (day(of: routine.trace.first), day(of: routine.trace.last))
      )
    }
    let tag: UInt32? = subject.kind == .terminal ? nil : isSplit ? handling.actorTag : 0
    keys[shelf][place].windows.markAllCounted(tag: tag)
  }
}
