internal import Estate
internal import EventModel

/// From the names a log uses to what the estate declares, once a distinct name.
///
/// Derived from the estate and the names alone: not part of any state, rebuilt after a restore.
struct EstateResolver: Sendable {
  struct AccountFacts: Sendable {
    var role = Role.unknown
    /// `Role.index` of the role.
    var roleIndex = 0
    var organisation = NameID.none
    var person = NameID.none
    /// Whether the estate names persons behind it: see `persons(of:)`.
    var namesPersons = false
    var isShared = false
    /// The estate says so; else a well-known name does.
    var isDeclaredShared = false
    /// `Role.isPrivileged` of the role.
    var isPrivileged = false
  }

  struct TerminalFacts: Sendable {
    var name = NameID.none
    var isDeclared = false
    var organisation = NameID.none
    /// The declared person who sits there.
    var person = NameID.none
  }

  struct ObjectFacts: Sendable {
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

  struct OwnerFacts: Sendable {
    var name = NameID.none
    var delivered: Int64?
    var bytesPerRecord: ClosedRange<Int64>?
  }

  let estate: DeclaredEstate
  let lookup: EstateLookup
  private var accounts = FactCache<AccountFacts>()
  private var terminals = FactCache<TerminalFacts>()
  private var objects = FactCache<ObjectFacts>()
  private var owners = FactCache<OwnerFacts>()
  /// What few names have, apart from the facts: those are copied for every event.
  private var persons: [UInt32: [NameID]] = [:]
  private var otherOwners: [UInt32: [NameID]] = [:]

  init(estate: DeclaredEstate) {
    self.estate = estate
    lookup = EstateLookup(estate)
  }

  mutating func account(_ id: NameID, names: inout NameTable) -> AccountFacts {
    if let known = accounts[id] { return known }
    var facts = AccountFacts()
    let name = names.text(of: id)
    if let place = lookup.account(named: name) {
      let declared = estate.accounts[place]
      facts.role = declared.role
      facts.organisation = declared.organisation.map { names.intern($0) } ?? .none
      facts.namesPersons = !declared.persons.isEmpty
      persons[id.rawValue] =
        facts.namesPersons ? declared.persons.map { names.intern($0) } : nil
      facts.isShared = declared.shared || declared.persons.count > 1
      facts.isDeclaredShared = facts.isShared
      if declared.persons.count == 1, !declared.shared {
        facts.person = names.intern(declared.persons[0])
      }
    } else {
      facts.role = WellKnownNames.role(of: name)
      facts.isShared = facts.role == .admin || facts.role == .service
    }
    facts.roleIndex = facts.role.index
    facts.isPrivileged = facts.role.isPrivileged
    if accounts.isFull { persons = [:] }
    accounts.add(facts, for: id)
    return facts
  }

  /// Asks memory for the facts of an account and a terminal.
  @inline(__always)
  func prefetch(account: NameID, terminal: NameID) {
    accounts.prefetchFacts(of: account.rawValue)
    terminals.prefetchFacts(of: terminal.rawValue)
  }

  /// The persons declared behind an account.
  mutating func persons(of id: NameID, names: inout NameTable) -> [NameID] {
    account(id, names: &names).namesPersons ? persons[id.rawValue] ?? [] : []
  }

  mutating func terminal(_ id: NameID, names: inout NameTable) -> TerminalFacts {
    guard id != .none else { return TerminalFacts() }
    if let known = terminals[id] { return known }
    var facts = TerminalFacts(name: id)
    if let place = lookup.terminal(named: names.text(of: id)) {
      let declared = estate.terminals[place]
      facts.name = names.intern(declared.name)
      facts.isDeclared = true
      facts.organisation = declared.organisation.map { names.intern($0) } ?? .none
      facts.person = declared.person.map { names.intern($0) } ?? .none
    }
    terminals.add(facts, for: id)
    return facts
  }

  mutating func owner(_ id: NameID, names: inout NameTable) -> OwnerFacts {
    guard id != .none else { return OwnerFacts() }
    if let known = owners[id] { return known }
    var facts = OwnerFacts(name: id)
    if let place = lookup.owner(named: names.text(of: id)) {
      let declared = estate.owners[place]
      facts.name = names.intern(declared.name)
      facts.delivered = declared.delivered
      facts.bytesPerRecord = declared.bytesPerRecord
    }
    owners.add(facts, for: id)
    return facts
  }

  /// The datasets behind one or several relations; of several owners the first by name leads.
  mutating func object(_ id: NameID, names: inout NameTable) -> ObjectFacts {
    guard id != .none else { return ObjectFacts() }
    if let known = objects[id] { return known }
    var facts = ObjectFacts()
    let parts = objectNames(of: id, names: names)
    var ownerNames: Set<String> = []
    var relevant = 0
    for part in parts where !WellKnownNames.isCatalogue(part) {
      guard let place = lookup.dataset(for: part) else {
        relevant += 1
        if facts.dataset == .none { facts.dataset = names.intern(part) }
        continue
      }
      let declared = estate.datasets[place]
      guard declared.holdsCustomerRecords else { continue }
      relevant += 1
      if !facts.isDeclared { facts.dataset = names.intern(declared.name) }
      facts.isDeclared = true
      if let owner = declared.owner { ownerNames.insert(owner) }
      if let size = declared.size { facts.size = max(facts.size ?? 0, size) }
      facts.bytesPerRecord = facts.bytesPerRecord ?? declared.bytesPerRecord
    }
    facts.isIrrelevant = relevant == 0 && !parts.isEmpty
    let sorted = ownerNames.sorted().map { names.intern($0) }
    facts.owner = sorted.first ?? .none
    facts.hasOtherOwners = sorted.count > 1
    if objects.isFull { otherOwners = [:] }
    if facts.hasOtherOwners { otherOwners[id.rawValue] = Array(sorted.dropFirst()) }
    objects.add(facts, for: id)
    return facts
  }

  /// Owners beside the leading one.
  mutating func otherOwners(of id: NameID, names: inout NameTable) -> [NameID] {
    object(id, names: &names).hasOtherOwners ? otherOwners[id.rawValue] ?? [] : []
  }

  /// The single relations of an object.
  func objectNames(of id: NameID, names: NameTable) -> [String] {
    names.bytes(of: id).split(separator: EventRow.objectSeparator)
      .map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Facts by name; beyond `limit` distinct names it starts anew.
struct FactCache<Facts: Sendable>: Sendable {
  private var index = NameIndex()
  private var facts: [Facts] = []
  private let limit = 1 << 18

  /// Whether the next name added lets the others go.
  var isFull: Bool { facts.count > limit }

  @inline(__always)
  subscript(id: NameID) -> Facts? {
    guard let place = index[id.rawValue], place < facts.count else { return nil }
    return facts[place]
  }

  @inline(__always)
  func prefetchFacts(of id: UInt32) {
    guard let place = index[id] else { return }
    facts.withUnsafeBufferPointer { facts in
      guard let first = facts.baseAddress else { return }
      prefetch(first + place)
    }
  }

  mutating func add(_ new: Facts, for id: NameID) {
    if isFull {
      index.removeAll()
      facts.removeAll()
    }
    index.set(id.rawValue, to: facts.count)
    facts.append(new)
  }
}
