internal import Estate
internal import EventModel

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
}
