internal import Estate
internal import EventModel

extension DetectionEngine {
  /// One statement, in the engine's own names: resolved, bounded, matched with an instruction,
  /// counted, judged.
  mutating func handle(_ row: EventRow) {
    guard row.operation.returnsRecords, !row.flags.contains(.catalogue) else { return }
    var handling = Handling(row: row)
    guard resolve(&handling) else { return }
    // A visitor without an account who read nothing that can be counted has nothing to be judged:
    // coverage tells of the event, and no address of the world keeps a state for it.
    if handling.account == .none, !handling.isBulk, handling.charge == 0 { return }
    checkRegister(&handling)
    let accrues = hold(&handling)
    judge(handling, accrues)
  }

  /// Counts a finished handling at each of its keys and judges it there.
  ///
  /// Not to be changed from here on: it is handed on by address.
  private mutating func judge(_ handling: Handling, _ accrues: Bool) {
    let isTold = judge(handling, .account, handling.account, accrues)
    guard needs.contains(.otherKeys) else { return }
    guard isTold else { return judgeOthers(handling, accrues) }
    // What the account's finding tells must not fall on others at the same terminal: there only
    // what no account's limit caught adds up.
    var told = handling
    told.isTold = true
    judgeOthers(told, accrues)
  }

  private mutating func judgeOthers(_ handling: Handling, _ accrues: Bool) {
    judge(handling, .person, handling.person, accrues)
    judge(handling, .terminal, handling.terminal, accrues)
    judge(handling, .organisation, handling.organisation, accrues)
  }

  /// Fills in who, whose and how many; `false`: no customer records.
  @inline(__always)
  private mutating func resolve(_ handling: inout Handling) -> Bool {
    let row = handling.row
    let object = resolver.object(row.object, names: &names)
    if object.isIrrelevant { return false }
    let account = resolver.account(row.account, names: &names)
    let terminal = resolver.terminal(row.terminal, names: &names)
    let isStated = row.owner != .none
    let owner = resolver.owner(isStated ? row.owner : object.owner, names: &names)
    let ownerSize = owner.delivered ?? (object.hasOtherOwners ? nil : object.size)
    let sizeName = object.dataset == .none ? row.object : object.dataset
    let knownSize = object.size ?? (object.hasOtherOwners ? nil : owner.delivered)
    if row.quality == .exact {
      handling.volume = VolumeBounds.exact(row)
      handling.charge = handling.volume.low
      if row.recordsLow > 0 { learntSizes.learn(row.recordsLow, of: sizeName) }
    } else {
      let bounds = VolumeBounds.bound(
        row,
        size: knownSize ?? learntSizes[sizeName],
        bytesPerRecord: owner.bytesPerRecord ?? object.bytesPerRecord
      )
      (handling.volume, handling.charge) = (bounds.volume, bounds.charge)
      if row.operation == .export, row.bytes >= 0, owner.bytesPerRecord == nil,
        object.bytesPerRecord == nil, row.quality == .unknown
      {
        assumesBytes = true
      }
    }
    handling.ownerSize = ownerSize ?? -1
    handling.isBulk = isBulk(handling)
    // Tables the operator did not list count only when they are read in bulk.
    if declaresDatasets, !object.isDeclared, !isStated, !handling.isBulk { return false }
    handling.terminal = terminal.name
    handling.person = account.person
    if account.person == .none, terminal.person != .none,
      !account.namesPersons
        || resolver.persons(of: row.account, names: &names).contains(terminal.person)
    {
      handling.person = terminal.person
    }
    handling.organisation =
      account.organisation != .none ? account.organisation : terminal.organisation
    handling.role = account.role
    handling.roleIndex = account.roleIndex
    handling.isPrivileged = account.isPrivileged
    handling.isShared = account.isShared
    if account.isDeclaredShared || (account.isShared && terminal.isDeclared),
      handling.person == .none
    {
      handling.actorTag = terminal.name.rawValue & 0x3FFF_FFFF
    }
    handling.owner = owner.name
    handling.hasOtherOwners = !isStated && object.hasOtherOwners
    handling.dataset = object.dataset
    handling.unexplained = handling.volume
    handling.unexplainedCharge = handling.charge
    handling.day = Int32(
      truncatingIfNeeded: Timestamp(nanoseconds: row.time).dayNumber(offset: dayOffset)
    )
    return true
  }

  @inline(__always)
  private func isBulk(_ handling: Handling) -> Bool {
    let (charge, size) = (handling.charge, handling.ownerSize)
    if charge >= bulkFloor { return true }
    if handling.row.operation == .export, handling.volume.quality == .unknown {
      return handling.account != .none
    }
    return size >= 0 && size <= 2_000 && charge >= 30 && charge * 20 >= size
  }

  @inline(__always)
  private mutating func checkRegister(_ handling: inout Handling) {
    guard estate.declaresDelegations, handling.organisation != .none, handling.owner != .none
    else { return }
    handling.isRecognised = register.isRecognised(
      owner: handling.owner,
      organisation: handling.organisation,
      at: handling.row.time,
      names: names
    )
  }

  /// Holds a read against the instructions and books it; whether it is a bulk read of which a part
  /// is unexplained.
  ///
  /// Every bulk read is held; a small one where an instruction can be about its account and owner,
  /// so that paging through a list under a ticket is covered by it, and uses it up.
  @inline(__always)
  private mutating func hold(_ handling: inout Handling) -> Bool {
    if handling.isBulk {
      authorise(&handling)
      return book(handling)
    }
    if declaresInstructions,
      matcher.mayConcern(AuthorisationMatcher.Request(handling), names: names)
    {
      authorise(&handling)
      if handling.match.status != .none {
        _ = book(handling)
        return false
      }
    }
    routine.add(handling.volume)
    return false
  }

  /// Books a read for everybody and for its actor.
  private mutating func book(_ handling: Handling) -> Bool {
    let part = explainedPart(of: handling)
    let accrues = handling.isBulk && handling.isUnexplained
    // What is left of a small read is booked when a sum takes it into an incident.
    let rest = handling.isBulk ? handling.unexplained : .none
    explained.count(handling.match, part, handling.isBulk ? rest : handling.unexplained)
    if let actor = actorKey(of: handling) {
      let others = otherOwners(of: handling)
      actors[actor, default: ActorState()].book(
        handling,
        explained: part,
        rest: rest,
        others: others,
        accrues: accrues
      )
      if accrues, needs.contains(.otherKeys), let part = partKey(of: handling) {
        actors[part, default: ActorState()].book(
          handling,
          explained: .none,
          rest: rest,
          others: others,
          accrues: true
        )
      }
    }
    return accrues
  }

  /// Where an account's part of what its terminal read is kept.
  func partKey(of handling: Handling) -> ActorKey? {
    guard handling.account != .none, handling.terminal != .none else { return nil }
    return ActorKey(
      kind: .terminalPart,
      name: handling.terminal.rawValue,
      terminal: handling.account.rawValue
    )
  }

  /// What the instruction covers of a read.
  func explainedPart(of handling: Handling) -> Volume {
    switch handling.match.status {
    case .within, .late: return handling.volume
    case .exceeded:
      let allowed = handling.match.allowed ?? 0
      return Volume(
        low: min(handling.volume.low, allowed),
        high: min(handling.volume.high, allowed),
        quality: handling.volume.quality
      )
    case .none: return .none
    }
  }

  private mutating func authorise(_ handling: inout Handling) {
    if declaresInstructions {
      handling.match = matcher.match(
        AuthorisationMatcher.Request(handling),
        names: &names
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

  /// Owners beside the leading one whose datasets the same statement reads.
  mutating func otherOwners(of handling: Handling) -> [NameID] {
    handling.hasOtherOwners ? resolver.otherOwners(of: handling.row.object, names: &names) : []
  }

  func actorKey(of handling: Handling) -> ActorKey? {
    if handling.person != .none {
      return ActorKey(kind: .person, name: handling.person.rawValue)
    }
    if handling.account != .none {
      // Where neither the account is declared as shared nor the host declared at all, hosts tell
      // nothing of hands: they change while the actor stays.
      return handling.actorTag != 0
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
