internal import Estate
internal import EventModel

/// What is unusual about a read, from the estate and from what its account, person and terminal have
/// ever done.
extension DetectionEngine {
  /// Notes a read in the profiles; where it is bulk and unexplained, looks for signs in it.
  @inline(__always)
  mutating func lookForSigns(_ handling: inout Handling) {
    if !canaries.isEmpty, handling.row.subject != 0, canaries.contains(handling.row.subject) {
      handling.signs.insert(.canary)
    }
    let isNoted = withUnsafePointer(to: handling) { profiles.isNoted($0) }
    if isNoted, !handling.isBulk { return }
    search(&handling)
  }

  /// Checks an account whose time is limited.
  @inline(never)
  mutating func checkTerm(_ handling: inout Handling) {
    guard let outside = resolver.roster.outside(handling.account, at: handling.row.time) else {
      return
    }
    handling.signs.insert(outside.sign)
    handling.signDays = UInt16(clamping: outside.days)
  }

  @inline(never)
  private mutating func search(_ handling: inout Handling) {
    guard handling.account != .none else { return }
    let terminal = resolver.terminals[
      resolver.terminal(at: handling.row.terminal, names: &names)
    ]
    withUnsafePointer(to: handling) { profiles.note($0, sitter: terminal.person) }
    guard handling.isBulk else { return }
    let (destination, day) = (handling.row.destination.rawValue, handling.day)
    profiles.update(.account, handling.account) { $0.destinations.note(destination, on: day) }
    if handling.isUnexplained {
      noteTaking(handling)
      guard let own = profiles.profile(.account, handling.account) else { return }
      let account = resolver.account(handling.account, at: handling.row.time, names: &names)
      let person = profiles.profile(.person, handling.person)
      handling.signs.formUnion(firsts(handling, person ?? own, own))
      handling.signs.formUnion(habits(handling, own, terminal.person))
      handling.signs.formUnion(company(handling, own, account, terminal.person))
      handling.signs.formUnion(youth(handling, own, person, terminal))
      noteMisuse(&handling)
      setDays(&handling, own, person ?? own)
    }
    let (hour, charge) = (hour(of: handling), handling.charge)
    profiles.update(.account, handling.account) { $0.habit.note(charge, hour: hour) }
  }

  /// The hour of the local day.
  private func hour(of handling: borrowing Handling) -> Int {
    clock.reading(at: handling.row.time).minute / 60
  }

  private mutating func noteTaking(_ handling: borrowing Handling) {
    let (account, day) = (handling.account.rawValue, handling.day)
    if handling.person != .none {
      profiles.update(.person, handling.person) { $0.takers.note(account, on: day) }
    }
    if handling.terminal != .none {
      profiles.update(.terminal, handling.terminal) { $0.takers.note(account, on: day) }
    }
  }

  /// Owner, dataset, terminal and program met for the first time.
  ///
  /// `known` is the person's profile where the person is known, so that a renamed or a second account
  /// inherits what its person has done.
  private func firsts(
    _ handling: borrowing Handling,
    _ known: Profile,
    _ own: Profile
  ) -> Signs {
    var signs: Signs = []
    let day = handling.day
    func isFirst(on first: Int32) -> Bool {
      first &- known.firstDay >= ProfileBook.probation && day &- first <= ProfileBook.newness
    }
    func isFirst(_ name: NameID, _ met: Sightings) -> Bool {
      guard name != .none, !met.isFull, let sighting = met[name.rawValue] else { return false }
      return isFirst(on: sighting.first)
    }
    if let first = firstDay(of: handling), isFirst(on: first) {
      signs.insert(handling.owner != .none ? .newOwner : .newDataset)
    }
    if isFirst(handling.terminal, known.terminals) { signs.insert(.newTerminal) }
    if isFirst(handling.row.program, known.programs) { signs.insert(.newProgram) }
    if isFirst(handling.row.destination, own.destinations) { signs.insert(.newDestination) }
    return signs
  }

  /// The first day on which the person, else the account, read records of the owner, else of the
  /// dataset: today, if the ledger has none; `nil`: not known.
  private func firstDay(of handling: borrowing Handling) -> Int32? {
    let (owner, dataset) = (handling.owner.rawValue, handling.dataset.rawValue)
    guard owner != 0 || dataset != 0, needs.contains(.ledger) else { return nil }
    let isPerson = handling.person != .none && needs.contains(.otherKeys)
    let shelf = Int((isPerson ? KeyKind.person : .account).rawValue)
    let name = isPerson ? handling.person : handling.account
    guard let place = keyPlaces[shelf][name.rawValue] else { return nil }
    guard let first = keys[shelf][place].ledger.firstRead(of: owner, dataset: dataset) else {
      return handling.day
    }
    return day(of: first)
  }

  /// Silence; for a service account what no clock does.
  private mutating func habits(
    _ handling: borrowing Handling,
    _ own: Profile,
    _ sitter: NameID
  ) -> Signs {
    var signs: Signs = []
    if own.wokeDay != .min, handling.day &- own.wokeDay <= ProfileBook.awakening {
      signs.insert(.silent)
    }
    guard handling.role == .service else { return signs }
    if sitter != .none { signs.insert(.personsTerminal) }
    let program = handling.row.program
    if resolver.isInteractive(program: program, names: names) {
      // A job written as a script for such a program has always been one.
      let first = own.programs[program.rawValue]?.first ?? handling.day
      if handling.day &- first < ProfileBook.probation { signs.insert(.interactive) }
    }
    if own.habit.isOffSchedule(hour: hour(of: handling)) { signs.insert(.offSchedule) }
    if own.habit.isMuchMore(handling.charge) { signs.insert(.muchMore) }
    return signs
  }

  /// Several persons at one account, several accounts of one person or at one terminal.
  private mutating func company(
    _ handling: borrowing Handling,
    _ own: Profile,
    _ account: EstateResolver.AccountFacts,
    _ sitter: NameID
  ) -> Signs {
    var signs: Signs = []
    let since = handling.day &- ProfileBook.together
    if account.person != .none, sitter != .none, sitter != account.person {
      signs.insert(.borrowed)
    }
    if account.person == .none, !account.isShared, own.peers.count(since: since) > 1 {
      signs.insert(.severalPersons)
    }
    if account.person != .none, let person = profiles.profile(.person, account.person),
      person.takers.count(since: since) > 1
    {
      signs.insert(.severalAccounts)
    }
    // How many come through a terminal shows in time, unless it is declared as somebody's.
    guard let terminal = profiles.profile(.terminal, handling.terminal),
      sitter != .none || handling.day &- terminal.firstDay >= ProfileBook.probation,
      !terminal.peers.isFull, terminal.peers.count(since: since) <= SharedTerminal.mostAccounts
    else { return signs }
    for taker in terminal.takers.names(since: since) where taker != handling.account.rawValue {
      let other = resolver.account(NameID(rawValue: taker), at: handling.row.time, names: &names)
      if other.person == .none || other.person != account.person {
        signs.insert(.crowdedTerminal)
      }
    }
    return signs
  }

  /// A privileged account, or its terminal, that is new in logs that are not.
  private func youth(
    _ handling: borrowing Handling,
    _ own: Profile,
    _ person: Profile?,
    _ terminal: EstateResolver.TerminalFacts
  ) -> Signs {
    var signs: Signs = []
    guard handling.isPrivileged else { return signs }
    func isYoung(_ profile: Profile) -> Bool {
      handling.day &- profile.firstDay <= NewIdentity.youth
        && profile.firstDay &- profiles.firstDay >= NewIdentity.before
    }
    if isYoung(own) {
      signs.insert(.youngAccount)
      if let person, !isYoung(person) { signs.insert(.knownPerson) }
    }
    if !terminal.isDeclared, !estate.terminals.isEmpty,
      let profile = profiles.profile(.terminal, handling.terminal), isYoung(profile)
    {
      signs.insert(.youngTerminal)
    }
    return signs
  }

  /// Keeps instructions used beyond what they say, by the executor's person where it is known.
  private mutating func noteMisuse(_ handling: inout Handling) {
    let (kind, name): (KeyKind, NameID) =
      handling.person != .none ? (.person, handling.person) : (.account, handling.account)
    let (day, match) = (handling.day, handling.match)
    if TicketMimicry.isMisuse(match.reason), match.instruction != .none {
      profiles.update(kind, name) {
        $0.note(
          Profile.Misuse(
            instruction: match.instruction.rawValue,
            day: day,
            reason: match.reason.rawValue
          )
        )
      }
    }
    guard TicketMimicry.isMisuse(match.reason), let profile = profiles.profile(kind, name) else {
      return
    }
    let recent = profile.misuses.filter { day &- $0.day < TicketMimicry.days }
    handling.misuses = UInt8(clamping: recent.count)
    if TicketMimicry.isPattern(recent) { handling.signs.insert(.mimicry) }
  }

  private func setDays(_ handling: inout Handling, _ own: Profile, _ known: Profile) {
    guard handling.signs.isDisjoint(with: .outsideTerm) else { return }
    let days =
      handling.signs.contains(.silent) ? own.silence : handling.day &- known.firstDay
    handling.signDays = UInt16(clamping: days)
  }
}
