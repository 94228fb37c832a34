public import Estate
public import EventModel

/// Events to findings to incidents: one value that is fed rows in order of event time.
///
/// `apply` is `step(state, events) → state`: the whole state serialises (`snapshot`) and restores,
/// and holds no name of anybody's but those of accounts, terminals, owners and datasets; data
/// subjects are keyed hashes. Memory: 24 bytes an event of the last 24 hours and key, the ledger's
/// daily roll-ups of 366 days a line, the rows of the last minute.
public struct DetectionEngine: Sendable {
  static let formatVersion: UInt64 = 1

  let estate: DeclaredEstate
  let sources: [SourceDeclaration]
  let detectors: [(place: Int, detector: any Detector)]
  let needs: KeyState.Needs
  private let judgesSilence: Bool
  private let register: UnrecognisedHandling
  private let dayOffset: Int
  private let bulkFloor: Int64
  private let declaresDatasets: Bool
  private let declaresInstructions: Bool
  private let screen: BulkExportScreen

  var names = NameTable()
  var resolver: EstateResolver
  var matcher: AuthorisationMatcher
  var assembly = StatementAssembly()
  /// Largest exact read of each dataset or object so far.
  var learntSizes = LearntSizes()
  var keys: [[KeyState]] = Array(repeating: [], count: KeyKind.allCases.count)
  var keyPlaces: [NameIndex] = Array(repeating: NameIndex(), count: KeyKind.allCases.count)
  var findings: [FindingState] = []
  var openFindings: [FindingKey: Int] = [:]
  var actors: [ActorKey: ActorState] = [:]
  /// Keys of one kind at most: accounts, persons, terminals, organisations.
  static let keyLimit = 1 << 18
  /// Reads of keys beyond that bound: not judged, told in the coverage.
  public internal(set) var overflowedKeys: Int64 = 0
  /// Bulk reads by instruction, everybody's.
  public internal(set) var explained = Incident.AuthorisationCount()
  /// Ids of the caller's table → ids of ours; derived.
  private var translation: [UInt32] = []
  /// Keeps the reads of `warm` from being optimised away.
  private var warmth = 0

  struct FindingKey: Hashable, Sendable {
    var detector: Int
    var kind: KeyKind
    var key: UInt32
    var owner: UInt32
    var subkey: String
    /// Two actors on one shared account have findings of their own.
    var actor: ActorKey
  }

  /// Runs the named detectors; `nil`: all.
  ///
  /// The days of ledger, jobs and calendar are those of clocks that many seconds ahead of UTC.
  public init(
    estate: DeclaredEstate,
    sources: [SourceDeclaration],
    detectors chosen: Set<String>?,
    dayOffset: Int = 0
  ) {
    self.estate = estate
    self.sources = sources
    self.dayOffset = dayOffset
    var list: [(place: Int, detector: any Detector)] = []
    var needs: KeyState.Needs = []
    for (place, type) in DetectorRegistry.all.enumerated() where chosen?.contains(type.name) ?? true
    {
      list.append((place: place, detector: type.init(estate: estate)))
      needs.formUnion(type.needs)
    }
    detectors = list
    self.needs = needs
    judgesSilence = chosen?.contains(AuditSilence.name) ?? true
    screen = BulkExportScreen(estate: estate)
    bulkFloor = estate.policy.bulkFloor
    declaresDatasets = !estate.datasets.isEmpty
    declaresInstructions = !estate.jobs.isEmpty || !estate.tickets.isEmpty
    register = UnrecognisedHandling(estate: estate)
    resolver = EstateResolver(estate: estate)
    matcher = AuthorisationMatcher(estate: estate, dayOffset: dayOffset)
  }

  /// Takes rows in order of (time, digest).
  ///
  /// `table` holds their names; its ids only grow.
  public mutating func apply(_ rows: [EventRow], names table: NameTable) {
    for (index, row) in rows.enumerated() {
      if index % Self.warmRows == 0 { warm(rows, from: index) }
      guard row.operation.returnsRecords || row.statement != 0 else { continue }
      var own = row
      translate(&own, from: table)
      if own.statement == 0, assembly.isEmpty {
        handle(own)
        continue
      }
      assembly.add(own, names: &names)
      while let ready = assembly.next(before: own.time &- StatementAssembly.hold) { handle(ready) }
    }
  }

  /// Rows whose states are asked of memory at once.
  private static let warmRows = 16

  /// Reads the states of the next accounts, all at once: one after the other, each would wait for
  /// memory by itself.
  ///
  /// Changes nothing.
  private mutating func warm(_ rows: [EventRow], from start: Int) {
    let shelf = Int(KeyKind.account.rawValue)
    let end = min(rows.count, start + Self.warmRows)
    var sum = 0
    keys[shelf].withUnsafeBufferPointer { states in
      guard let first = states.baseAddress else { return }
      for index in start..<end {
        let id = ownID(rows[index].account)
        sum &+= resolver.warm(account: id)
        guard let place = keyPlaces[shelf][id] else { continue }
        sum &+= (first + place).pointee.warmCounters()
      }
      for index in start..<end {
        guard let place = keyPlaces[shelf][ownID(rows[index].account)] else { continue }
        sum &+= (first + place).pointee.windows.warmRing(value: ownID(rows[index].owner))
      }
    }
    warmth = sum
  }

  @inline(__always)
  private func ownID(_ id: NameID) -> UInt32 {
    let place = Int(id.rawValue)
    return place < translation.count ? translation[place] : 0
  }

  private mutating func translate(_ row: inout EventRow, from table: NameTable) {
    row.account = translate(row.account, from: table)
    row.terminal = translate(row.terminal, from: table)
    row.program = translate(row.program, from: table)
    row.object = translate(row.object, from: table)
    row.owner = translate(row.owner, from: table)
    row.ticket = translate(row.ticket, from: table)
    row.destination = translate(row.destination, from: table)
  }

  @inline(__always)
  private mutating func translate(_ id: NameID, from table: NameTable) -> NameID {
    guard id != .none else { return .none }
    let place = Int(id.rawValue)
    if place < translation.count, translation[place] != 0 {
      return NameID(rawValue: translation[place])
    }
    while translation.count <= place { translation.append(0) }
    let own = table.withBytes(of: id) { names.intern($0) }
    translation[place] = own.rawValue
    return own
  }

  /// Ends the run: what was held is judged, silence is judged, incidents are put together.
  public mutating func finish(coverage: Coverage) -> [Incident] {
    while let ready = assembly.next(before: .max) { handle(ready) }
    var incidents = assembleIncidents()
    if judgesSilence { incidents += AuditSilence(estate: estate).incidents(of: coverage) }
    return incidents.sorted(by: Self.isGraver)
  }

  /// Rank: by unexplained records of at least so many, then severity, then id.
  private static func isGraver(_ left: Incident, _ right: Incident) -> Bool {
    if left.severity != right.severity { return left.severity > right.severity }
    if left.records.low != right.records.low { return left.records.low > right.records.low }
    if left.records.high != right.records.high { return left.records.high > right.records.high }
    return left.id < right.id
  }
}

extension DetectionEngine {
  /// One statement: resolved, bounded, matched with an instruction, counted, judged.
  mutating func handle(_ row: EventRow) {
    guard row.operation.returnsRecords, !row.flags.contains(.catalogue),
      var handling = resolve(row)
    else { return }
    // A visitor without an account who read nothing that can be counted has nothing to be judged:
    // coverage tells of the event, and no address of the world keeps a state for it.
    if handling.account == .none, !handling.isBulk, handling.charge == 0 { return }
    authorise(&handling)
    if handling.isBulk { count(handling) }
    let actor = actorKey(of: handling)
    let accrues = handling.isUnexplained && handling.isBulk
    if let actor, accrues { actors[actor, default: ActorState()].accrue(handling) }
    let isTold = judge(
      handling,
      kind: .account,
      name: handling.account,
      actor: actor,
      accrued: accrues
    )
    guard needs.contains(.otherKeys) else { return }
    // What the account's finding tells must not fall on others at the same terminal: there only
    // what no account's limit caught adds up.
    if isTold { handling.isTold = true }
    judge(handling, kind: .person, name: handling.person, actor: actor, accrued: accrues)
    judge(handling, kind: .terminal, name: handling.terminal, actor: actor, accrued: accrues)
    judge(
      handling,
      kind: .organisation,
      name: handling.organisation,
      actor: actor,
      accrued: accrues
    )
  }

  private mutating func resolve(_ row: EventRow) -> Handling? {
    let account = resolver.account(row.account, names: &names)
    let terminal = resolver.terminal(row.terminal, names: &names)
    let object = resolver.object(row.object, names: &names)
    if object.isIrrelevant { return nil }
    let stated = resolver.owner(row.owner, names: &names)
    let owner =
      stated.name != .none ? stated : resolver.owner(object.owner, names: &names)
    let ownerSize = owner.delivered ?? (object.hasOtherOwners ? nil : object.size)
    let sizeName = object.dataset == .none ? row.object : object.dataset
    let knownSize = object.size ?? (object.hasOtherOwners ? nil : owner.delivered)
    let bounds = VolumeBounds.bound(
      row,
      size: knownSize ?? learntSizes[sizeName],
      bytesPerRecord: owner.bytesPerRecord ?? object.bytesPerRecord
    )
    if row.quality == .exact, row.recordsLow > 0 {
      learntSizes.learn(row.recordsLow, of: sizeName)
    }
    let isBulk = isBulk(row, bounds.volume, bounds.charge, ownerSize: ownerSize)
    // Tables the operator did not list count only when they are read in bulk.
    if declaresDatasets, !object.isDeclared, stated.name == .none, !isBulk { return nil }
    var person = account.person
    if person == .none, terminal.person != .none,
      !account.namesPersons
        || resolver.persons(of: row.account, names: &names)
          .contains(names.text(of: terminal.person))
    {
      person = terminal.person
    }
    return Handling(
      row: row,
      account: row.account,
      terminal: terminal.name,
      person: person,
      organisation: account.organisation != .none ? account.organisation : terminal.organisation,
      role: account.role,
      roleIndex: account.roleIndex,
      isPrivileged: account.isPrivileged,
      isShared: account.isShared,
      owner: owner.name,
      otherOwners:
        stated.name == .none && object.hasOtherOwners
        ? resolver.otherOwners(of: row.object, names: &names) : [],
      dataset: object.dataset,
      ownerSize: ownerSize,
      volume: bounds.volume,
      charge: bounds.charge,
      isBulk: isBulk,
      unexplained: bounds.volume,
      unexplainedCharge: bounds.charge,
      day: Int32(
        clamping: Timestamp(nanoseconds: row.time).dayNumber(offset: dayOffset)
      )
    )
  }

  private func isBulk(
    _ row: EventRow,
    _ volume: Volume,
    _ charge: Int64,
    ownerSize: Int64?
  ) -> Bool {
    if charge >= bulkFloor { return true }
    if row.operation == .export, volume.quality == .unknown { return row.account != .none }
    if let ownerSize, ownerSize <= 2_000, charge >= 30, charge * 20 >= ownerSize { return true }
    return false
  }

  private mutating func authorise(_ handling: inout Handling) {
    if estate.declaresDelegations, handling.organisation != .none, handling.owner != .none {
      handling.isRecognised = register.isRecognised(
        owner: names.text(of: handling.owner),
        organisation: names.text(of: handling.organisation),
        at: Timestamp(nanoseconds: handling.row.time)
      )
    }
    guard handling.isBulk else { return }
    if declaresInstructions {
      var persons = resolver.persons(of: handling.account, names: &names)
      if handling.person != .none { persons.append(names.text(of: handling.person)) }
      handling.match = matcher.match(
        AuthorisationMatcher.Request(
          account: names.text(of: handling.account),
          persons: persons,
          organisation: names.text(of: handling.organisation),
          terminal: names.text(of: handling.terminal),
          program: names.text(of: handling.row.program),
          destination: names.text(of: handling.row.destination),
          owner: names.text(of: handling.owner),
          objects: resolver.objectNames(of: handling.row.object, names: names),
          ticket: names.text(of: handling.row.ticket),
          charge: handling.charge,
          time: Timestamp(nanoseconds: handling.row.time)
        )
      )
    }
    switch handling.match.status {
    case .within, .late:
      handling.unexplained = .none
      handling.unexplainedCharge = 0
    case .exceeded:
      let allowed = handling.match.allowed ?? 0
      handling.unexplained.low = max(0, handling.volume.low - allowed)
      if !handling.volume.isUnbounded {
        handling.unexplained.high = max(0, handling.volume.high - allowed)
      }
      handling.unexplainedCharge = max(0, handling.charge - allowed)
    case .none:
      break
    }
  }

  /// Books a bulk read by its instruction, for everybody and for its actor.
  private mutating func count(_ handling: borrowing Handling) {
    var part = handling.volume
    switch handling.match.status {
    case .within, .late: break
    case .exceeded:
      let allowed = handling.match.allowed ?? 0
      part = Volume(
        low: min(handling.volume.low, allowed),
        high: min(handling.volume.high, allowed),
        quality: handling.volume.quality
      )
    case .none: part = .none
    }
    var total = ActorState()
    total.authorisation = explained
    total.count(handling.match.status, part, handling.unexplained)
    explained = total.authorisation
    if let actor = actorKey(of: handling) {
      actors[actor, default: ActorState()].count(handling.match.status, part, handling.unexplained)
    }
  }

  func actorKey(of handling: borrowing Handling) -> ActorKey? {
    if handling.person != .none {
      return ActorKey(kind: .person, name: handling.person.rawValue)
    }
    if handling.account != .none {
      return handling.isShared && handling.terminal != .none
        ? ActorKey(
          kind: .sharedAccount,
          name: handling.account.rawValue,
          terminal: handling.terminal.rawValue
        )
        : ActorKey(kind: .account, name: handling.account.rawValue)
    }
    guard handling.terminal != .none else { return nil }
    return ActorKey(kind: .terminal, name: handling.terminal.rawValue)
  }

  /// Counts a handling for one key and lets every detector judge it; whether one of them hit.
  @discardableResult
  private mutating func judge(
    _ handling: borrowing Handling,
    kind: KeyKind,
    name: NameID,
    actor: ActorKey?,
    accrued: Bool
  ) -> Bool {
    guard name != .none else { return false }
    let shelf = Int(kind.rawValue)
    let place: Int
    if let known = keyPlaces[shelf][name.rawValue] {
      place = known
    } else {
      guard keys[shelf].count < Self.keyLimit else {
        overflowedKeys += 1
        return false
      }
      place = keys[shelf].count
      keys[shelf].append(KeyState())
      keyPlaces[shelf].set(name.rawValue, to: place)
    }
    keys[shelf][place].add(handling, kind: kind, needs: needs)
    if accrued, kind == .account { keys[shelf][place].windows.markNewestCounted() }
    if handling.isTold, kind == .person || kind == .terminal { return false }
    var isHit = false
    let isQuiet = keys[shelf].withUnsafeBufferPointer {
      screen.isQuiet(handling, $0[place].windows)
    }
    for index in detectors.indices {
      if isQuiet, DetectorRegistry.isScreened(detectors[index].place) {
        assert(
          detectors[index].detector.observe(handling, kind: kind, state: keys[shelf][place]) == nil,
          "the screen of bulk-export hides a hit"
        )
        continue
      }
      // By address: the state of a key is large, and a copy would count its references.
      let hit = keys[shelf].withUnsafeBufferPointer { states in
        detectors[index].detector.observe(handling, kind: kind, state: states[place])
      }
      guard let hit else { continue }
      isHit = true
      raise(
        hit,
        detector: detectors[index].place,
        kind: kind,
        name: name,
        place: place,
        handling,
        actor: actor
      )
    }
    return isHit
  }

  private mutating func raise(
    _ hit: borrowing Hit,
    detector: Int,
    kind: KeyKind,
    name: NameID,
    place: Int,
    _ handling: borrowing Handling,
    actor: ActorKey?
  ) {
    let shelf = Int(kind.rawValue)
    let subject =
      kind == .organisation
      ? ActorKey(kind: .organisation, name: name.rawValue)
      : kind == .terminal && keys[shelf][place].accounts.count > 1
        ? (handling.person != .none ? actor : ActorKey(kind: .terminal, name: name.rawValue))
        : actor
    guard let subject else { return }
    if actors[subject] == nil { actors[subject] = ActorState() }
    let isOther = subject != actor
    if kind == .organisation {
      actors[subject]?.accrueWhole(handling)
    } else if isOther, hit.horizon == nil {
      actors[subject]?.accrue(handling)
    } else if !handling.isBulk, hit.horizon == nil, kind == .account,
      let held = actors[subject]?.records.low, hit.value.low / 2 > held
    {
      // Small reads themselves made the sum: from here on they belong to the incident.
      actors[subject]?.accrue(handling)
    } else {
      actors[subject]?.note(handling)
    }
    if kind == .person || kind == .terminal {
      actors[subject]?.note(accounts: keys[shelf][place].accounts)
    }
    if kind == .account || (isOther && kind == .terminal), let horizon = hit.horizon {
      keys[shelf][place].windows.forEachUncounted(horizon: horizon) { time, low, charge, owner in
        actors[subject]?.accrueRoutine(low: low, charge: charge, owner: owner, time: time)
      }
    }
    let key = FindingKey(
      detector: detector,
      kind: kind,
      key: name.rawValue,
      owner: hit.owner.rawValue,
      subkey: hit.subkey,
      actor: subject
    )
    let gap = hit.gap ?? DetectorRegistry.all[detector].gap
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
          subkey: hit.subkey,
          reason: hit.reason,
          window: hit.window,
          unit: hit.unit,
          limit: hit.limit,
          value: hit.value,
          severity: hit.severity,
          first: handling.row.time,
          last: handling.row.time,
          time: handling.row.time,
          peak: handling.row.time,
          events: 1,
          peaks: [],
          places: []
        )
      )
      actors[subject]?.findings.append(findings.count - 1)
    } else if let index {
      findings[index].grow(by: hit, row: handling.row)
    }
    guard let index else { return }
    let sums = keys[shelf][place].windows.sums
    if findings[index].peaks.isEmpty { findings[index].peaks = Array(repeating: 0, count: 8) }
    for horizon in 0..<4 {
      findings[index].peaks[horizon] = max(findings[index].peaks[horizon], sums[horizon].charge)
      findings[index].peaks[horizon + 4] = max(
        findings[index].peaks[horizon + 4],
        Int64(sums[horizon].distinct)
      )
    }
    findings[index].note(
      FindingState.Place(
        charge: max(handling.charge, handling.volume.low),
        time: handling.row.time,
        digest: handling.row.digest,
        offset: handling.row.offset,
        line: handling.row.line,
        length: handling.row.length,
        file: handling.row.file
      )
    )
  }
}
