internal import Estate
internal import EventModel

/// From the names a log uses to what the estate declares, once a distinct name.
///
/// Derived from the estate and the names alone: not part of any state, rebuilt after a restore.
struct EstateResolver: Sendable {
  /// 16 bytes: four accounts share a line of the cache.
  struct AccountFacts: Sendable, BitwiseCopyable {
    var organisation = NameID.none
    var person = NameID.none
    var role = Role.unknown
    /// `Role.index` of the role.
    var roleIndex: UInt8 = 0
    /// Whether the estate names persons behind it: see `persons(of:)`.
    var namesPersons = false
    var isShared = false
    /// The estate says so; else a well-known name does.
    var isDeclaredShared = false
    /// `Role.isPrivileged` of the role.
    var isPrivileged = false
    /// Whether there is a time at which it is not valid: see `roster`.
    var hasTerm = false
    /// Whether it passed from hand to hand: see `account(_:at:names:)`.
    var isReused = false
  }

  struct TerminalFacts: Sendable {
    var name = NameID.none
    var isDeclared = false
    var organisation = NameID.none
    /// The declared person who sits there.
    var person = NameID.none
  }

  /// What a URL answers with, by its path.
  enum Page: UInt8, Sendable {
    case list
    /// The path ends in an identifier.
    case single
    /// Manuals, programs: not records.
    case document
  }

  struct ObjectFacts: Sendable {
    var page = Page.list
    /// A URL that answers with data and no markup.
    var isData = false
    /// Nothing but system catalogues, or declared as holding no customer records.
    var isIrrelevant = false
    var isDeclared = false
    var owner = NameID.none
    /// Whether it holds other owners' records too: see `otherOwners(of:)`.
    var hasOtherOwners = false
    var dataset = NameID.none
    var size: Int64?
    var bytesPerRecord: ClosedRange<Int64>?
  }

  /// What an account was from one time until another.
  private struct Term: Sendable {
    var from: Timestamp
    var until: Timestamp
    var facts: AccountFacts
    var persons: [NameID]
  }

  /// An owner of whom one statement reads a dataset too.
  struct OtherOwner: Sendable {
    var name: NameID
    /// Records of it in the datasets that the statement reads; `nil`: not known.
    var size: Int64?
  }

  struct OwnerFacts: Sendable {
    var name = NameID.none
    var delivered: Int64?
    var bytesPerRecord: ClosedRange<Int64>?
  }

  let estate: DeclaredEstate
  let lookup: EstateLookup
  private(set) var accounts = FactCache(nothing: AccountFacts())
  private(set) var terminals = FactCache(nothing: TerminalFacts())
  private(set) var objects = FactCache(nothing: ObjectFacts())
  private(set) var owners = FactCache(nothing: OwnerFacts())
  /// What few names have, apart from the facts: those are copied for every event.
  private var persons: [UInt32: [NameID]] = [:]
  /// What an account was at each time, of those that passed from hand to hand.
  private var terms: [UInt32: [Term]] = [:]
  private var otherOwners: [UInt32: [OtherOwner]] = [:]
  private(set) var roster: Roster
  /// Whether persons type into a program, by its name.
  private var interactive: [UInt32: Bool] = [:]

  init(estate: DeclaredEstate) {
    self.estate = estate
    lookup = EstateLookup(estate)
    roster = Roster(estate: estate)
  }

  /// What an account is at a time, in nanoseconds since 1970: its entry valid then, else its first.
  mutating func account(_ id: NameID, at time: Int64, names: inout NameTable) -> AccountFacts {
    let place = account(at: id, names: &names)
    let facts = accounts[place]
    return facts.isReused ? term(of: id, at: time)?.facts ?? facts : facts
  }

  private func term(of id: NameID, at time: Int64) -> Term? {
    let time = Timestamp(nanoseconds: time)
    return terms[id.rawValue]?.first { $0.from <= time && time <= $0.until }
  }

  /// The place of an account's facts in `accounts`, of a terminal's in `terminals`, and so on: facts
  /// are looked at where they lie, for every event, and not handed about.
  @inline(__always)
  mutating func account(at id: NameID, names: inout NameTable) -> Int {
    accounts.place(of: id) ?? learnAccount(id, names: &names)
  }

  @inline(__always)
  mutating func terminal(at id: NameID, names: inout NameTable) -> Int {
    id == .none ? 0 : terminals.place(of: id) ?? learnTerminal(id, names: &names)
  }

  @inline(__always)
  mutating func owner(at id: NameID, names: inout NameTable) -> Int {
    id == .none ? 0 : owners.place(of: id) ?? learnOwner(id, names: &names)
  }

  @inline(__always)
  mutating func object(at id: NameID, names: inout NameTable) -> Int {
    id == .none ? 0 : objects.place(of: id) ?? learnObject(id, names: &names)
  }

  @inline(never)
  private mutating func learnAccount(_ id: NameID, names: inout NameTable) -> Int {
    var facts = AccountFacts()
    let name = names.text(of: id)
    let entries = lookup.accounts(named: name)
    if let first = entries.first {
      let declared = estate.accounts[first]
      facts = Self.facts(of: declared, names: &names)
      persons[id.rawValue] =
        facts.namesPersons ? declared.persons.map { names.intern($0) } : nil
      facts.isReused = entries.count > 1 && (declared.validFrom ?? declared.validUntil) != nil
    } else {
      facts.role = WellKnownNames.role(of: name)
      facts.isShared = facts.role == .admin || facts.role == .service
    }
    facts.roleIndex = UInt8(truncatingIfNeeded: facts.role.index)
    facts.isPrivileged = facts.role.isPrivileged
    facts.hasTerm = roster.learn(id, named: name)
    if accounts.isFull { (persons, terms) = ([:], [:]) }
    if facts.isReused {
      terms[id.rawValue] = entries.map { term(of: estate.accounts[$0], facts, names: &names) }
    }
    return accounts.add(facts, for: id)
  }

  private static func facts(of declared: Account, names: inout NameTable) -> AccountFacts {
    var facts = AccountFacts()
    facts.role = declared.role
    facts.organisation = declared.organisation.map { names.intern($0) } ?? .none
    facts.namesPersons = !declared.persons.isEmpty
    facts.isShared = declared.shared || declared.persons.count > 1
    facts.isDeclaredShared = facts.isShared
    if declared.persons.count == 1, !declared.shared {
      facts.person = names.intern(declared.persons[0])
    }
    facts.roleIndex = UInt8(truncatingIfNeeded: facts.role.index)
    facts.isPrivileged = facts.role.isPrivileged
    return facts
  }

  private func term(
    of declared: Account,
    _ whole: AccountFacts,
    names: inout NameTable
  ) -> Term {
    var facts = Self.facts(of: declared, names: &names)
    (facts.hasTerm, facts.isReused) = (whole.hasTerm, true)
    return Term(
      from: declared.validFrom ?? Timestamp(nanoseconds: .min),
      until: declared.validUntil ?? Timestamp(nanoseconds: .max),
      facts: facts,
      persons: declared.persons.map { names.intern($0) }
    )
  }

  /// Asks memory for the facts of an account.
  @inline(__always)
  func prefetch(account: NameID) { accounts.prefetchFacts(of: account.rawValue) }

  @inline(__always)
  func prefetch(terminal: NameID) { terminals.prefetchFacts(of: terminal.rawValue) }

  /// The person behind an account, as far as one is known by now; nothing may depend on it.
  @inline(__always)
  func likelyPerson(of account: UInt32) -> NameID {
    accounts.place(of: NameID(rawValue: account)).map { accounts[$0].person } ?? .none
  }

  /// The persons declared behind an account at a time.
  mutating func persons(of id: NameID, at time: Int64, names: inout NameTable) -> [NameID] {
    let facts = account(id, at: time, names: &names)
    guard facts.namesPersons else { return [] }
    if facts.isReused, let term = term(of: id, at: time) { return term.persons }
    return persons[id.rawValue] ?? []
  }

  @inline(never)
  private mutating func learnTerminal(_ id: NameID, names: inout NameTable) -> Int {
    let stated = names.text(of: id)
    let text = Self.withoutPort(stated)
    var facts = TerminalFacts(name: text == stated ? id : names.intern(text))
    if let place = lookup.terminal(named: text) {
      let declared = estate.terminals[place]
      // A floor is a place: what is done there is done at one of its addresses.
      facts.name = names.intern(
        lookup.isPlace(place, named: text) ? "\(declared.name) (\(text))" : declared.name
      )
      facts.isDeclared = true
      facts.organisation = declared.organisation.map { names.intern($0) } ?? .none
      facts.person = declared.person.map { names.intern($0) } ?? .none
    }
    return terminals.add(facts, for: id)
  }

  /// An address without the port of one connection behind it: `192.0.2.7:50200`, `[2001:db8::7]:50200`.
  private static func withoutPort(_ text: String) -> String {
    guard let colon = text.utf8.lastIndex(of: 0x3A), !text[colon...].dropFirst().isEmpty,
      text[colon...].dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return text }
    let address = text[..<colon]
    let isBracketed = address.utf8.first == 0x5B && address.utf8.last == 0x5D
    let plain = String(isBracketed ? address.dropFirst().dropLast() : address)
    // Four numbers, or an address in brackets: a name with a number behind it is a name.
    let isAddress =
      address.utf8.count { $0 == 0x2E } == 3
      && address.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
    return isBracketed || isAddress
      ? plain : text
  }

  @inline(never)
  private mutating func learnOwner(_ id: NameID, names: inout NameTable) -> Int {
    var facts = OwnerFacts(name: id)
    if let place = lookup.owner(named: names.text(of: id)) {
      let declared = estate.owners[place]
      facts.name = names.intern(declared.name)
      facts.delivered = declared.delivered
      facts.bytesPerRecord = declared.bytesPerRecord
    }
    return owners.add(facts, for: id)
  }

  /// The datasets behind one or several relations; of several owners the first by name leads.
  @inline(never)
  private mutating func learnObject(_ id: NameID, names: inout NameTable) -> Int {
    var facts = ObjectFacts()
    let parts = objectNames(of: id, names: names)
    // Owners, and what the datasets read hold of each; `nil`: of one it is not declared.
    var parted: [String: Int64?] = [:]
    var relevant = 0
    // What all of them hold together; `nil`: of one it is not declared.
    var together: Int64? = 0
    for part in parts where !WellKnownNames.isCatalogue(part) {
      let found =
        lookup.dataset(for: part) ?? lookup.dataset(for: Self.withoutQuery(part))
        ?? lookup.dataset(forWider: part)
      guard let place = found else {
        relevant += 1
        together = nil
        if facts.dataset == .none { facts.dataset = names.intern(part) }
        continue
      }
      let declared = estate.datasets[place]
      guard declared.holdsCustomerRecords else { continue }
      relevant += 1
      if !facts.isDeclared { facts.dataset = names.intern(declared.name) }
      facts.isDeclared = true
      if let size = declared.size { facts.size = max(facts.size ?? 0, size) }
      let owned = declared.owner.flatMap { lookup.owner(named: $0) }
      let held = declared.size ?? owned.flatMap { estate.owners[$0].delivered }
      if let owner = declared.owner {
        let sum = parted[owner, default: 0].flatMap { sum in
          held.map { sum.addingReportingOverflow($0).partialValue }
        }
        parted.updateValue(sum, forKey: owner)
      }
      together = together.flatMap { sum in held.map { sum.addingReportingOverflow($0).partialValue }
      }
      facts.bytesPerRecord = facts.bytesPerRecord ?? declared.bytesPerRecord
    }
    facts.isIrrelevant = relevant == 0 && !parts.isEmpty
    if let path = parts.first.map(Self.withoutQuery) {
      let end = WellKnownNames.urlEnd(of: path)
      facts.isData = WellKnownNames.isData(path: path)
      facts.page = end.isIdentifier ? .single : end.isDocument ? .document : .list
    }
    let sorted = parted.sorted { $0.key < $1.key }.map { owner in
      OtherOwner(name: names.intern(owner.key), size: owner.value)
    }
    facts.owner = sorted.first?.name ?? .none
    facts.hasOtherOwners = sorted.count > 1
    if facts.hasOtherOwners { facts.size = together }
    if objects.isFull { otherOwners = [:] }
    if facts.hasOtherOwners { otherOwners[id.rawValue] = Array(sorted.dropFirst()) }
    return objects.add(facts, for: id)
  }

  /// The path of a URL with a part of its query; anything else as it is.
  private static func withoutQuery(_ name: String) -> String {
    guard name.utf8.first == 0x2F, let mark = name.utf8.firstIndex(of: 0x3F) else { return name }
    return String(name[..<mark])
  }

  /// Owners beside the leading one.
  mutating func otherOwners(of id: NameID, names: inout NameTable) -> [OtherOwner] {
    let place = object(at: id, names: &names)
    return objects[place].hasOtherOwners ? otherOwners[id.rawValue] ?? [] : []
  }

  /// Whether a program is one that a person types into.
  mutating func isInteractive(program id: NameID, names: borrowing NameTable) -> Bool {
    guard id != .none else { return false }
    if let known = interactive[id.rawValue] { return known }
    if interactive.count >= 1 << 12 { interactive = [:] }
    let isInteractive = WellKnownNames.isInteractive(program: names.text(of: id))
    interactive[id.rawValue] = isInteractive
    return isInteractive
  }

  /// The single relations of an object.
  func objectNames(of id: NameID, names: NameTable) -> [String] {
    names.bytes(of: id).split(separator: EventRow.objectSeparator)
      .map { String(decoding: $0, as: UTF8.self) }
  }
}

extension Pattern {
  /// Whether it means the place of a terminal's name, `floor (192.0.2.17)`.
  func matches(place name: String) -> Bool {
    guard name.utf8.last == 0x29, let start = name.lastStart(of: " (") else {
      return false
    }
    return matches(String(name[..<start]))
  }
}

extension String {
  fileprivate func lastStart(of separator: String) -> Index? {
    var index = endIndex
    while index > startIndex {
      index = self.index(before: index)
      if self[index...].hasPrefix(separator) { return index }
    }
    return nil
  }
}
