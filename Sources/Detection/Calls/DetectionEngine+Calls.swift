internal import Estate
internal import EventModel

/// Which of the estate's entries records of calls may concern, once a distinct name.
///
/// Derived from the estate and the names alone: not part of any state.
struct CallParties: Sendable {
  struct Facts: Sendable, BitwiseCopyable {
    /// The entry's own name: an account may have several.
    var name: UInt32 = 0
    /// Whether the estate says by which extension it telephones.
    var isDeclared = false
  }

  fileprivate var accounts: [UInt32: Facts] = [:]
  fileprivate var terminals: [UInt32: Facts] = [:]
  fileprivate static let most = 1 << 16
}

/// Look-ups held against telephone calls (decision 0044).
extension DetectionEngine {
  /// One call, in the engine's own names: whose it was, and the look-ups that it decides.
  @inline(never)
  mutating func noteCall(_ row: EventRow) {
    guard needs.contains(.sequences) else { return }
    let decided = calls.note(
      parties(of: row),
      from: row.time,
      length: row.bytes,
      source: Int32(row.source),
      estate.policy.calls
    )
    for row in decided.accompanied { settleLookUp(row, isAlone: false) }
    for row in decided.alone { settleLookUp(row, isAlone: true) }
  }

  /// Whose a call may have been: who has the name of an extension or agent that it states, and who is
  /// declared behind it.
  private mutating func parties(of row: EventRow) -> [CallBook.Party] {
    var parties: [CallBook.Party] = []
    func add(_ kind: CallBook.Party.Kind, _ name: NameID) {
      let party = CallBook.Party(kind: kind, name: name.rawValue)
      if name != .none, !parties.contains(party) { parties.append(party) }
    }
    let time = Timestamp(nanoseconds: row.time)
    for id in [row.account, row.terminal, row.destination, row.object] where id != .none {
      let text = names.text(of: id)
      let found = resolver.lookup.parties(ofExtension: text, at: time)
      if found == ExtensionParties() {
        add(.account, id)
        if let own = resolver.lookup.account(named: text, at: time) {
          add(.account, entryName(estate.accounts[own]))
          if let person = person(of: estate.accounts[own]) { add(.person, names.intern(person)) }
        }
      }
      for place in found.accounts {
        add(.account, entryName(estate.accounts[place]))
        if let person = person(of: estate.accounts[place]) { add(.person, names.intern(person)) }
      }
      for place in found.terminals {
        let terminal = estate.terminals[place]
        add(.terminal, names.intern(terminal.name))
        if let person = terminal.person { add(.person, names.intern(person)) }
      }
    }
    return parties
  }

  /// The one person behind an account.
  private func person(of account: Account) -> String? {
    account.persons.count == 1 && !account.shared ? account.persons[0] : nil
  }

  /// Of several names of one account the first; a pattern means many accounts.
  private mutating func entryName(_ account: Account) -> NameID {
    account.patterns.first { $0.isLiteral }.map { names.intern($0.text) } ?? .none
  }

  /// Holds a look-up against the calls; `place` is that of its account's state.
  @inline(never)
  mutating func askForCall(_ handling: borrowing Handling, _ place: Int) {
    guard handling.isLookUp, handling.isUnexplained, handling.account != .none,
      !handling.row.flags.contains(.call),
      !keys[0][place].sequences[0].lookUps.statesCalls(handling.row)
    else { return }
    let account = facts(ofAccount: handling.account)
    let terminal = facts(ofTerminal: handling.terminal)
    var parties = [CallBook.Party(kind: .account, name: handling.account.rawValue)]
    if account.name != 0, account.name != handling.account.rawValue {
      parties.append(CallBook.Party(kind: .account, name: account.name))
    }
    if handling.person != .none {
      parties.append(CallBook.Party(kind: .person, name: handling.person.rawValue))
    }
    if handling.terminal != .none {
      parties.append(CallBook.Party(kind: .terminal, name: handling.terminal.rawValue))
    }
    let verdict = calls.verdict(
      on: parties,
      isDeclared: account.isDeclared || terminal.isDeclared,
      at: handling.row.time,
      estate.policy.calls
    )
    switch verdict {
    case .unknown: break
    case .accompanied:
      _ = keys[0][place].sequences[0].lookUps.settle(handling, isAlone: false, &peers)
    case .waits(let source): calls.wait(handling.row, parties, for: source)
    }
  }

  private mutating func facts(ofAccount id: NameID) -> CallParties.Facts {
    if let known = callParties.accounts[id.rawValue] { return known }
    var facts = CallParties.Facts()
    if let place = resolver.lookup.account(named: names.text(of: id)) {
      let account = estate.accounts[place]
      facts.name = entryName(account).rawValue
      facts.isDeclared = !account.extensions.isEmpty
      if !facts.isDeclared, let person = person(of: account) {
        facts.isDeclared =
          estate.accounts.contains { $0.persons == [person] && !$0.extensions.isEmpty }
          || estate.terminals.contains { $0.person == person && !$0.extensions.isEmpty }
      }
    }
    if callParties.accounts.count >= CallParties.most { callParties.accounts = [:] }
    callParties.accounts[id.rawValue] = facts
    return facts
  }

  private mutating func facts(ofTerminal id: NameID) -> CallParties.Facts {
    guard id != .none else { return CallParties.Facts() }
    if let known = callParties.terminals[id.rawValue] { return known }
    var facts = CallParties.Facts()
    let text = names.text(of: id)
    if let place = resolver.lookup.terminal(named: text), estate.terminals[place].name == text {
      facts.isDeclared = !estate.terminals[place].extensions.isEmpty
    }
    if callParties.terminals.count >= CallParties.most { callParties.terminals = [:] }
    callParties.terminals[id.rawValue] = facts
    return facts
  }

  /// Counts a look-up of which it is known now whether it had a call, and judges it.
  private mutating func settleLookUp(_ row: EventRow, isAlone: Bool) {
    var handling = Handling(row: row)
    guard resolve(&handling), let place = keyPlaces[0][row.account.rawValue],
      !keys[0][place].sequences.isEmpty
    else { return }
    // As if its own source stated calls: it is known that there was none.
    handling.row.flags.insert(.statesCalls)
    let isNotable = keys[0][place].sequences[0].lookUps
      .settle(handling, isAlone: isAlone, &peers)
    guard isNotable, let index = detectors.firstIndex(where: { $0 is LookUpWithoutCall }) else {
      return
    }
    checkRegister(&handling)
    keys[0][place].isSequenceNotable = true
    let hit = detectors[index].observe(handling, kind: .account, state: &keys[0][place])
    guard let hit, !isOthers(hit, index, handling.account, handling) else { return }
    let own = ownPart(of: hit, index, handling.account, place, handling)
    raise(
      own,
      detector: detectorPlaces[index],
      kind: .account,
      name: handling.account,
      place: place,
      handling
    )
    if !own.isSignal { notePersons(handling) }
  }
}
