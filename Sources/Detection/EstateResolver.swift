internal import Estate
internal import EventModel

/// From the names a log uses to what the estate declares, once a distinct name.
///
/// Derived from the estate and the names alone: not part of any state, rebuilt after a restore.
struct EstateResolver: Sendable {
  struct AccountFacts: Sendable {
    var role = Role.unknown
    var organisation = NameID.none
    var person = NameID.none
    var persons: [String] = []
    var isShared = false
  }

  struct TerminalFacts: Sendable {
    var name = NameID.none
    var organisation = NameID.none
    var person = NameID.none
    var personName = ""
  }

  struct ObjectFacts: Sendable {
    /// Nothing but system catalogues, or declared as holding no customer records.
    var isIrrelevant = false
    var isDeclared = false
    var owner = NameID.none
    var otherOwners: [NameID] = []
    var dataset = NameID.none
    var size: Int64?
    var bytesPerRecord: ClosedRange<Int64>?
    var objects: [String] = []
  }

  struct OwnerFacts: Sendable {
    var name = NameID.none
    var delivered: Int64?
    var bytesPerRecord: ClosedRange<Int64>?
  }

  let estate: DeclaredEstate
  private let lookup: EstateLookup
  private var accounts: [UInt32: AccountFacts] = [:]
  private var terminals: [UInt32: TerminalFacts] = [:]
  private var objects: [UInt32: ObjectFacts] = [:]
  private var owners: [UInt32: OwnerFacts] = [:]
  /// Distinct names resolved at most; beyond it the caches start anew.
  private static let cacheLimit = 1 << 18

  init(estate: DeclaredEstate) {
    self.estate = estate
    lookup = EstateLookup(estate)
  }

  mutating func account(_ id: NameID, names: inout NameTable) -> AccountFacts {
    if let known = accounts[id.rawValue] { return known }
    var facts = AccountFacts()
    let name = names.text(of: id)
    if let place = lookup.account(named: name) {
      let declared = estate.accounts[place]
      facts.role = declared.role
      facts.organisation = declared.organisation.map { names.intern($0) } ?? .none
      facts.persons = declared.persons
      facts.isShared = declared.shared || declared.persons.count > 1
      if declared.persons.count == 1, !declared.shared {
        facts.person = names.intern(declared.persons[0])
      }
    } else {
      facts.role = WellKnownNames.role(of: name)
      facts.isShared = facts.role == .admin || facts.role == .service
    }
    if accounts.count > Self.cacheLimit { accounts.removeAll() }
    accounts[id.rawValue] = facts
    return facts
  }

  mutating func terminal(_ id: NameID, names: inout NameTable) -> TerminalFacts {
    guard id != .none else { return TerminalFacts() }
    if let known = terminals[id.rawValue] { return known }
    var facts = TerminalFacts(name: id)
    if let place = lookup.terminal(named: names.text(of: id)) {
      let declared = estate.terminals[place]
      facts.name = names.intern(declared.name)
      facts.organisation = declared.organisation.map { names.intern($0) } ?? .none
      facts.personName = declared.person ?? ""
      facts.person = declared.person.map { names.intern($0) } ?? .none
    }
    if terminals.count > Self.cacheLimit { terminals.removeAll() }
    terminals[id.rawValue] = facts
    return facts
  }

  mutating func owner(_ id: NameID, names: inout NameTable) -> OwnerFacts {
    guard id != .none else { return OwnerFacts() }
    if let known = owners[id.rawValue] { return known }
    var facts = OwnerFacts(name: id)
    if let place = lookup.owner(named: names.text(of: id)) {
      let declared = estate.owners[place]
      facts.name = names.intern(declared.name)
      facts.delivered = declared.delivered
      facts.bytesPerRecord = declared.bytesPerRecord
    }
    if owners.count > Self.cacheLimit { owners.removeAll() }
    owners[id.rawValue] = facts
    return facts
  }

  /// The datasets behind one or several relations; of several owners the first by name leads.
  mutating func object(_ id: NameID, names: inout NameTable) -> ObjectFacts {
    guard id != .none else { return ObjectFacts() }
    if let known = objects[id.rawValue] { return known }
    var facts = ObjectFacts()
    let parts = names.bytes(of: id).split(separator: EventRow.objectSeparator)
      .map { String(decoding: $0, as: UTF8.self) }
    facts.objects = parts
    var ownerNames: Set<String> = []
    var relevant = 0
    for part in parts {
      guard !WellKnownNames.isCatalogue(part) else { continue }
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
    facts.otherOwners = Array(sorted.dropFirst())
    if objects.count > Self.cacheLimit { objects.removeAll() }
    objects[id.rawValue] = facts
    return facts
  }
}
