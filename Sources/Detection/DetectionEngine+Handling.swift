internal import Estate
internal import EventModel

extension DetectionEngine {
  /// One statement of several lines, in the engine's own names.
  mutating func handle(_ row: borrowing EventRow) {
    if row.statement != 0, row.object != .none, names.isOfFolder(row.object) {
      var settled = copy row
      settled.object = names.settled(row.object)
      return handle(settled)
    }
    guard row.operation.returnsRecords, !row.flags.contains(.catalogue) else {
      if row.isCopy { noteCopy(copy row) }
      if heedsOthers, row.operation.tellsOfHost { noteHost(copy row) }
      return
    }
    var handling = Handling(row: row)
    handle(&handling)
  }

  /// One read, in the engine's own names: resolved, bounded, matched with an instruction, counted,
  /// judged.
  mutating func handle(_ handling: inout Handling) {
    guard resolve(&handling) else { return }
    // A visitor without an account who read nothing that can be counted has nothing to be judged:
    // coverage tells of the event, and no address of the world keeps a state for it.
    if handling.account == .none, !handling.isBulk, handling.charge == 0 { return }
    if handling.isBulk, hasSeveralSources { noteEcho(&handling) }
    checkRegister(&handling)
    let accrues = hold(&handling)
    if needs.contains(.profiles) { lookForSigns(&handling) }
    // What the account's finding tells must not fall on others at the same terminal: there only
    // what no account's limit caught adds up.
    withUnsafeMutablePointer(to: &handling) { handling in
      let account = handling.pointee.account
      handling.pointee.told = judge(handling, .account, account, accrues)
      guard needs.contains(.otherKeys) else { return }
      let (person, terminal) = (handling.pointee.person, handling.pointee.terminal)
      let organisation = handling.pointee.organisation
      if person != .none { judge(handling, .person, person, accrues) }
      if terminal != .none { judge(handling, .terminal, terminal, accrues) }
      if organisation != .none { judge(handling, .organisation, organisation, accrues) }
    }
    if handling.isBulk, watchesHosts { noteHostRead(handling) }
  }

  /// Fills in who, whose and how many; `false`: no customer records.
  @inline(__always)
  mutating func resolve(_ handling: inout Handling) -> Bool {
    if !derived.isEmpty { handling.row.object = derivedObject(of: handling.row) }
    let objectPlace = resolver.object(at: handling.row.object, names: &names)
    if resolver.objects[objectPlace].isIrrelevant { return false }
    let isStated = handling.row.owner != .none
    let ownerPlace = resolver.owner(
      at: isStated ? handling.row.owner : resolver.objects[objectPlace].owner,
      names: &names
    )
    setVolume(&handling, objectPlace, ownerPlace)
    handling.isBulk =
      isBulk(handling) || handling.row.flags.contains(.whole) && isUnknown(handling, objectPlace)
    // Tables the operator did not list count only when they are read in bulk.
    if declaresDatasets, !isStated, !handling.isBulk, !resolver.objects[objectPlace].isDeclared,
      !handling.isCut
    {
      return false
    }
    handling.isListed = !declaresDatasets || isStated || resolver.objects[objectPlace].isDeclared
    handling.hasOtherOwners = !isStated && resolver.objects[objectPlace].hasOtherOwners
    handling.dataset = resolver.objects[objectPlace].dataset
    handling.owner = resolver.owners[ownerPlace].name
    setParties(&handling)
    handling.day = Int32(truncatingIfNeeded: clock.day(of: handling.row.time))
    return true
  }

  /// Who read, from where, for which organisation.
  @inline(__always)
  mutating func setParties(_ handling: inout Handling) {
    let accountPlace = resolver.account(at: handling.row.account, names: &names)
    var account = resolver.accounts[accountPlace]
    if account.isReused {
      account = resolver.account(handling.row.account, at: handling.row.time, names: &names)
      // Two who had it one after the other are apart as two who share it.
      handling.actorTag = account.person.rawValue & HorizonCounters.Entry.tagMask
    }
    handling.role = account.role
    handling.roleIndex = Int(account.roleIndex)
    handling.isPrivileged = account.isPrivileged
    handling.isShared = account.isShared
    handling.person = account.person
    handling.organisation = account.organisation
    if account.hasTerm, needs.contains(.profiles) { checkTerm(&handling) }
    if account.role == .unknown { checkRegistered(&handling) }
    guard handling.row.terminal != .none else { return }
    let terminalPlace = resolver.terminal(at: handling.row.terminal, names: &names)
    let terminal = resolver.terminals[terminalPlace]
    handling.terminal = terminal.name
    if account.person == .none, terminal.person != .none,
      !account.namesPersons
        || resolver.persons(of: handling.row.account, at: handling.row.time, names: &names)
          .contains(terminal.person)
    {
      handling.person = terminal.person
    }
    if account.organisation == .none { handling.organisation = terminal.organisation }
    if account.isDeclaredShared || (account.isShared && terminal.isDeclared) {
      let name = handling.person == .none ? terminal.name : handling.person
      handling.actorTag = name.rawValue & HorizonCounters.Entry.tagMask
    }
  }

  /// Whether an account without a role stands out among those that have read.
  @inline(__always)
  private mutating func checkRegistered(_ handling: inout Handling) {
    guard declaresAccounts, accountRegister.isKept else { return }
    handling.isUnregistered = true
    guard !estate.terminals.isEmpty else { return }
    let place = resolver.terminal(at: handling.row.terminal, names: &names)
    handling.isAtUnregisteredTerminal = !resolver.terminals[place].isDeclared
  }

  @inline(__always)
  mutating func checkRegister(_ handling: inout Handling) {
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
      if declaresInstructions {
        noteRole(&handling)
      }
      return book(handling)
    }
    if declaresInstructions,
      matcher.mayConcern(AuthorisationMatcher.Request(handling), names: names)
    {
      authorise(&handling)
      if handling.match.status != .none {
        bookSmall(handling)
        return false
      }
    }
    routine.add(handling.volume)
    return false
  }

  /// Whether bulk reads without an instruction are unusual for the role of who makes this one.
  @inline(never)
  private mutating func noteRole(_ handling: inout Handling) {
    let isCovered = handling.match.status != .none
    let isInstructed = peers.notesBulk(role: handling.roleIndex, isCovered: isCovered)
    handling.roleInstruction = isInstructed ? .most : .little
    guard handling.role == .operator || isRuled(handling), !isCovered else { return }
    let shelf = Int(KeyKind.account.rawValue)
    let place = keyPlaces[shelf][handling.account.rawValue]
    let days = place.map { keys[shelf][$0].bulkDays } ?? []
    let isNew = days.last != handling.day
    if isNew { peers.noteBareDay(role: handling.roleIndex) }
    if handling.role == .operator {
      guard peers.isAlone(role: handling.roleIndex, days: days.count) else { return }
      handling.roleInstruction = .most
    } else if peers.isRule(role: handling.roleIndex, days: days.count + (isNew ? 1 : 0)) {
      handling.roleInstruction = .nearlyAll
    }
  }

  /// Whether whoever reads has no business with records but on instruction, and instructions are declared.
  private func isRuled(_ handling: borrowing Handling) -> Bool {
    handling.isPrivileged && handling.role != .service && declaresTickets
  }

  /// Books a small read that an instruction is about.
  @inline(never)
  private mutating func bookSmall(_ handling: borrowing Handling) {
    let part = explainedPart(of: handling)
    explained.count(handling.match, part, handling.unexplained)
    explainedBook.note(handling, explained: part)
    guard let actor = actorKey(of: handling) else { return }
    actors[actor].bookSmall(handling, explained: part)
  }

  /// Books a bulk read for everybody and for its actor.
  @inline(never)
  private mutating func book(_ handling: borrowing Handling) -> Bool {
    let part = explainedPart(of: handling)
    let accrues = handling.isUnexplained
    let rest = handling.unexplained
    explained.count(handling.match, part, rest)
    explainedBook.note(handling, explained: part)
    if accrues { notePersons(handling) }
    if let actor = actorKey(of: handling) {
      let others = otherOwners(of: handling)
      actors[actor].book(
        handling,
        explained: part,
        rest: rest,
        others: others,
        accrues: accrues
      )
      if accrues, needs.contains(.otherKeys), let part = partKey(of: handling) {
        actors[part].book(
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
  func partKey(of handling: borrowing Handling) -> ActorKey? {
    guard handling.account != .none, handling.terminal != .none else { return nil }
    return ActorKey(
      kind: .terminalPart,
      name: handling.terminal.rawValue,
      terminal: handling.account.rawValue
    )
  }

  /// What the instruction covers of a read.
  func explainedPart(of handling: borrowing Handling) -> Volume {
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

  @inline(never)
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
    case .exceeded where handling.match.reason.isUncertain:
      // The same records again or as many others, the executor or another: none or all of them are
      // beyond the ticket.
      handling.unexplained.low = 0
      if handling.match.reason == .unstated, !handling.volume.isUnbounded {
        let allowed = handling.match.allowed ?? 0
        handling.unexplained.high = max(0, handling.volume.high - allowed)
      }
      handling.unexplained.quality = max(handling.unexplained.quality, .estimated)
      handling.unexplainedCharge = 0
    case .exceeded:
      let allowed = handling.match.allowed ?? 0
      handling.unexplained.low = max(0, handling.volume.low - allowed)
      if !handling.volume.isUnbounded {
        handling.unexplained.high = max(0, handling.volume.high - allowed)
      }
      handling.unexplainedCharge = max(0, handling.charge - allowed)
      if handling.match.reason == .reused, handling.row.ticket == .none, allowed > 0 {
        // What another read has left of a ticket fits by chance: it covers its part of this one, or nothing of it.
        handling.unexplained.high = handling.volume.high
        handling.unexplained.quality = max(handling.unexplained.quality, .estimated)
      }
    case .none:
      break
    }
    if handling.hasOtherOwners, handling.match.status != .none { checkOtherOwners(&handling) }
  }

  /// An instruction of one owner covers no statement that reads another's records, too: none of them may be beyond it, or all.
  @inline(never)
  private mutating func checkOtherOwners(_ handling: inout Handling) {
    var request = AuthorisationMatcher.Request(handling)
    for other in otherOwners(of: handling) {
      request.owner = other.name
      guard !matcher.isInstructed(request, names: &names) else { continue }
      handling.match.status = .exceeded
      handling.match.reason = .wrongOwner
      handling.match.allowed = 0
      handling.unexplained = handling.volume
      handling.unexplained.low = 0
      handling.unexplained.quality = max(handling.unexplained.quality, .estimated)
      handling.unexplainedCharge = handling.charge
      return
    }
  }

  /// Owners beside the leading one whose datasets the same statement reads.
  mutating func otherOwners(of handling: borrowing Handling) -> [EstateResolver.OtherOwner] {
    handling.hasOtherOwners ? resolver.otherOwners(of: handling.row.object, names: &names) : []
  }

  func actorKey(of handling: borrowing Handling) -> ActorKey? {
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
