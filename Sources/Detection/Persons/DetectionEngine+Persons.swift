internal import Estate
internal import EventModel

/// Which of the declared persons may have read by an account that they share.
extension DetectionEngine {
  /// Notes a log-on, sudo or su of an account that is one person's alone.
  mutating func notePresence(_ row: EventRow) {
    guard row.outcome != .failure, row.account != .none else { return }
    let account = resolver.account(row.account, at: row.time, names: &names)
    guard account.person != .none else { return }
    let isPrivilege = row.operation == .privilege
    // Of a log-on the destination is the host that was logged on to.
    for place in isPrivilege ? [row.terminal] : [row.terminal, row.destination] {
      persons.presence.note(
        account.person.rawValue,
        at: presencePlace(place),
        time: row.time,
        isPrivilege: isPrivilege
      )
    }
  }

  /// The terminal of that address or name, as it is declared.
  private mutating func presencePlace(_ name: NameID) -> UInt32 {
    guard name != .none else { return 0 }
    let place = resolver.terminal(at: name, names: &names)
    return resolver.terminals[place].name.rawValue
  }

  /// Holds an unexplained read of a shared account against what is known of its persons.
  @inline(never)
  mutating func notePersons(_ handling: borrowing Handling) {
    guard handling.isShared, handling.account != .none, let actor = actorKey(of: handling) else {
      return
    }
    let behind = personsBehind(handling)
    guard behind.count > 1 else { return }
    let time = handling.row.time
    let place = handling.terminal
    let terminal = resolver.terminal(at: handling.row.terminal, names: &names)
    let sitter = resolver.terminals[terminal].person
    let present = behind.filter { roster.isOnRoster(names.text(of: $0), at: time) }
    let seen = accounts(seenAt: place, on: handling.day, at: time)
    var all: [(person: UInt32, marks: CandidateTally.Marks)] = []
    for person in behind {
      var marks: CandidateTally.Marks = []
      let id = person.rawValue
      if place != .none {
        if sitter == person { marks.insert(.ownTerminal) }
        if seen.contains(person) { marks.insert(.ownAccount) }
        let presence = persons.presence
        if presence.has(id, at: place.rawValue, before: time, isPrivilege: false) {
          marks.insert(.logOn)
        }
        if presence.has(id, at: place.rawValue, before: time, isPrivilege: true) {
          marks.insert(.privilege)
        }
      }
      if marks.isDisjoint(with: [.logOn, .privilege]), persons.presence.has(id, before: time) {
        marks.insert(.elsewhere)
      }
      switch roster.isOnShift(names.text(of: person), at: time) {
      case true?: marks.insert(.onShift)
      case false?: marks.insert(.offShift)
      case nil: break
      }
      if !present.contains(person) { marks.insert(.offRoster) }
      if present == [person] { marks.insert(.onlyOnRoster) }
      all.append((person: id, marks: marks))
    }
    persons.add(all, to: actor)
  }

  /// The persons declared behind the account at that time: an account may change hands.
  private mutating func personsBehind(_ handling: borrowing Handling) -> [NameID] {
    resolver.persons(of: handling.account, at: handling.row.time, names: &names)
  }

  /// Persons whose own accounts read at a terminal earlier on that day.
  private mutating func accounts(
    seenAt terminal: NameID,
    on day: Int32,
    at time: Int64
  ) -> [NameID] {
    guard needs.contains(.profiles), terminal != .none,
      let profile = profiles.profile(.terminal, terminal)
    else { return [] }
    return profile.peers.names(since: day).compactMap { name in
      let account = resolver.account(NameID(rawValue: name), at: time, names: &names)
      return account.person == .none ? nil : account.person
    }
  }

  /// Who may have been behind the reads of an actor.
  func candidates(of key: ActorKey) -> [Candidate] {
    persons.tally(of: key)?.candidates { names.text(of: NameID(rawValue: $0)) } ?? []
  }
}
