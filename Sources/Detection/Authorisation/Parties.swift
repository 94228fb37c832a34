internal import Estate
internal import EventModel

/// Names as they are compared: ASCII case is ignored, as in the estate.
enum Folded {
  static func text(_ name: String) -> String {
    String(decoding: name.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  /// The name of a person, an account or an organisation as a register may spell it.
  ///
  /// Full width is half width, invisible characters are none, blanks are one blank, and none around Han and Kana, where
  /// some write one between the names and some do not.
  static func party(_ name: String) -> String { text(spelling(name)) }

  /// The same with its capitals.
  static func spelling(_ name: String) -> String {
    if name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { return name }
    var scalars = String.UnicodeScalarView()
    var isAfterBlank = false
    for scalar in name.unicodeScalars {
      let properties = scalar.properties
      if properties.isWhitespace {
        isAfterBlank = !scalars.isEmpty
        continue
      }
      if properties.isDefaultIgnorableCodePoint || properties.generalCategory == .control {
        continue
      }
      let isWide = (0xFF01...0xFF5E).contains(scalar.value)
      let plain =
        isWide ? Unicode.Scalar(scalar.value &- 0xFEE0) ?? scalar : variants[scalar] ?? scalar
      if isAfterBlank, let last = scalars.last, !isIdeographic(last) || !isIdeographic(plain) {
        scalars.append(" ")
      }
      isAfterBlank = false
      scalars.append(plain)
    }
    return String(scalars)
  }

  /// Forms of one character in family names that some input methods offer and some systems cannot store.
  private static let variants: [Unicode.Scalar: Unicode.Scalar] = [
    "髙": "高", "﨑": "崎", "𠮷": "吉", "德": "徳", "濵": "濱",
  ]

  private static func isIdeographic(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isIdeographic || (0x3040...0x30FF).contains(scalar.value)
  }
}

/// Whom a name in a ticket means: an account, a person, an organisation.
struct Party: Sendable {
  var name: String
  /// The person of that name and the one person of the account of that name.
  var persons: [String] = []
  /// Itself, or whom the account or person works for; empty: not known.
  var organisation = ""
  var isOrganisation = false
  /// Whether a person is written there, not an account that is called alike.
  var isPerson = false
  /// The persons who share the account of that name.
  var members: [String] = []
  /// When the person, else the account of that name is on the roster; empty: always.
  var terms: [Reader.Term] = []
}

/// What a ticket says of persons and organisations.
struct TicketTerms: Sendable {
  var executor: Party?
  var approver: Party?
  var requester: Party?
  /// What it leaves blank that its register asks.
  var blanks: Ticket.Blanks = []
}

/// One (account, person, organisation) seen in the logs, with all that is derived for it.
struct Reader: Sendable {
  var account = ""
  var person = ""
  var organisation = ""
  /// Persons declared behind the account.
  var persons: [String] = []
  /// Jobs whose account it is.
  var jobs: [Int32] = []
  /// Executors named in tickets whom it can be.
  var executors: [Int32] = []
  /// The account's role reaches the data beneath the application.
  var isPrivileged = false
  /// Anything but a service account.
  var isOfHands = false
  /// When the account, and when the person is on the roster; empty: always.
  var terms: [Term] = []
  var personTerms: [Term] = []

  struct Term: Sendable {
    var from: Int64
    var until: Int64

    static func contain(_ time: Int64, _ terms: [Term]) -> Bool {
      terms.isEmpty || terms.contains { time >= $0.from && time <= $0.until }
    }
  }

  /// Whether account and person are on the roster at a time.
  func isOnRoster(at time: Int64) -> Bool {
    Term.contain(time, terms) && Term.contain(time, personTerms)
  }
}

/// How a reader stands to a ticket.
enum Standing: UInt8, Sendable {
  case fit, selfApproved, selfRequested, ownOrganisation, otherExecutor
  /// The ticket names neither requester nor approver; no approver; no executor.
  case anonymous, unapproved, noExecutor
}

/// Judges by person what registers say by spelling: account names, persons' names, organisations.
struct PartyDirectory: Sendable {
  private let estate: DeclaredEstate
  private let lookup: EstateLookup
  private var persons: Set<String> = []
  /// The same as they are written.
  private var spellings: Set<String> = []
  /// Whom a person works for by the first account that is the person's alone.
  private var employers: [String: String] = [:]
  /// Organisations that work for others and so cannot instruct themselves.
  private var servants: Set<String> = []
  /// Whether some account is not valid always.
  private let hasTerms: Bool

  init(estate: DeclaredEstate, lookup: EstateLookup) {
    self.estate = estate
    self.lookup = lookup
    hasTerms = estate.accounts.contains { $0.validFrom != nil || $0.validUntil != nil }
    guard !estate.tickets.isEmpty else { return }
    for account in estate.accounts {
      let names = account.persons.map { Folded.party($0) }
      persons.formUnion(names)
      spellings.formUnion(account.persons.map { Folded.spelling($0) })
      if names.count == 1, let organisation = account.organisation, employers[names[0]] == nil {
        employers[names[0]] = Folded.party(organisation)
      }
    }
    for terminal in estate.terminals {
      guard let person = terminal.person else { continue }
      persons.insert(Folded.party(person))
      spellings.insert(Folded.spelling(person))
    }
    for organisation in estate.organisations
    where organisation.kind == .provider || organisation.kind == .agency {
      servants.insert(Folded.party(organisation.name))
    }
  }

  func party(named written: String) -> Party {
    let plain = plain(written)
    let name = lookup.account(named: plain) == nil ? Folded.spelling(plain) : plain
    var party = Party(name: Folded.party(name))
    if let place = lookup.organisation(named: plain) ?? lookup.organisation(named: name) {
      party.organisation = Folded.party(estate.organisations[place].name)
      party.isOrganisation = true
    }
    if persons.contains(party.name) {
      party.persons = [party.name]
      party.isPerson = true
    }
    for place in lookup.accounts(named: name) {
      // Of patterns the first says who it is, of entries by name each of those who had it in turn.
      let isFirst = place == lookup.account(named: name)
      let entry = estate.accounts[place]
      if isFirst || isLiteral(entry, party) { join(entry, name, to: &party) }
    }
    if party.organisation.isEmpty, let person = party.persons.first {
      party.organisation = employers[person] ?? ""
    }
    if hasTerms {
      party.terms =
        party.persons.first.map { person in terms { entry, _ in Self.isOnly(person, of: entry) } }
        ?? terms { entry, isLiteral in Self.isCalled(name, entry, isLiteral) }
    }
    return party
  }

  /// The account in a mail address or domain name (`k.mori@example.jp`, `EXAMPLE\k.mori`), where the
  /// whole is nobody's name.
  private func plain(_ written: String) -> String {
    guard written.contains("@") || written.contains("\\"), lookup.account(named: written) == nil,
      lookup.organisation(named: written) == nil, lookup.owner(named: written) == nil,
      !persons.contains(Folded.party(written))
    else { return written }
    var name = Substring(written)
    // `Mori Haruka <k.mori@example.jp>`: who is declared, by name or by account.
    if let open = name.lastIndex(of: "<"), let close = name.lastIndex(of: ">"), open < close {
      let shown = String(name[..<open])
      if persons.contains(Folded.party(shown)) { return shown }
      name = name[name.index(after: open)..<close]
    }
    if let slash = name.lastIndex(of: "\\") { name = name[name.index(after: slash)...] }
    if let at = name.firstIndex(of: "@") { name = name[..<at] }
    let local = String(name)
    let isKnown = lookup.account(named: local) != nil || persons.contains(Folded.party(local))
    return isKnown ? local : written
  }

  private func isLiteral(_ account: Account, _ party: Party) -> Bool {
    account.patterns.contains { $0.isLiteral && Folded.party($0.text) == party.name }
  }

  private func join(_ account: Account, _ name: String, to party: inout Party) {
    let isLiteral = isLiteral(account, party)
    // A pattern of accounts that fits another name by chance says nothing of it.
    let isChance =
      party.isOrganisation || party.isPerson || lookup.owner(named: name) != nil
      || account.persons.count != 1
    guard isLiteral || !isChance else { return }
    party.isPerson = spellings.contains(Folded.spelling(name))
    party.members += account.persons.map { Folded.party($0) }
    if account.persons.count == 1 {
      let person = Folded.party(account.persons[0])
      if !party.persons.contains(person) { party.persons.append(person) }
    }
    if party.organisation.isEmpty {
      party.organisation = account.organisation.map { Folded.party($0) } ?? ""
    }
  }

  func reader(account: String, person: String, organisation: String) -> Reader {
    var reader = Reader(
      account: Folded.party(account),
      person: Folded.party(person),
      organisation: Folded.party(organisation)
    )
    let places = account.isEmpty ? [] : lookup.accounts(named: account)
    if let place = places.first {
      let declared = estate.accounts[place]
      // Whoever has it at the time is the reader's person; others may have been it before.
      reader.persons = declared.persons.map { Folded.party($0) }
      reader.isPrivileged = declared.role.isPrivileged
      reader.isOfHands = declared.isOfHands
    } else {
      reader.isPrivileged = WellKnownNames.role(of: account).isPrivileged
      reader.isOfHands = reader.isPrivileged
    }
    if hasTerms {
      reader.terms = terms { entry, isLiteral in Self.isCalled(account, entry, isLiteral) }
      if !reader.person.isEmpty {
        let person = reader.person
        reader.personTerms = terms { entry, _ in Self.isOnly(person, of: entry) }
      }
    }
    return reader
  }

  private static func isCalled(_ name: String, _ account: Account, _ isLiteral: Bool) -> Bool {
    account.patterns.contains { $0.isLiteral == isLiteral && $0.matches(name) }
  }

  private static func isOnly(_ person: String, of account: Account) -> Bool {
    account.persons.count == 1 && Folded.party(account.persons[0]) == person
  }

  /// When one of the entries that are meant is valid; a literal name goes before a pattern.
  private func terms(where isMeant: (Account, Bool) -> Bool) -> [Reader.Term] {
    for isLiteral in [true, false] {
      let found = estate.accounts.filter { isMeant($0, isLiteral) }
      guard !found.isEmpty else { continue }
      if found.contains(where: { $0.validFrom == nil && $0.validUntil == nil }) { return [] }
      return found.map {
        Reader.Term(
          from: $0.validFrom?.nanoseconds ?? .min,
          until: $0.validUntil?.nanoseconds ?? .max
        )
      }
    }
    return []
  }

  /// The person at whose own terminal a read was made; empty: nobody's.
  func person(ofTerminal name: String) -> String {
    lookup.terminal(named: name).flatMap { estate.terminals[$0].person }.map { Folded.party($0) }
      ?? ""
  }

  /// Whether the reader is the executor a ticket names: the account itself, any account of the same
  /// person, an account of the organisation.
  ///
  /// Who sits at a shared account is not known: it stands for its persons where the ticket names
  /// the person, not where it names another account.
  static func isExecutor(_ reader: Reader, _ party: Party) -> Bool {
    if party.name.isEmpty { return true }
    return party.name == reader.account || party.name == reader.organisation
      || (party.isPerson && reader.persons.contains(party.name))
      || (!reader.person.isEmpty && party.persons.contains(reader.person))
  }

  func standing(of reader: Reader, under terms: TicketTerms) -> Standing {
    func isSelf(_ party: Party) -> Bool {
      if party.name == reader.account || party.name == terms.executor?.name { return true }
      // Who shares the approver's account can have approved by it.
      return (party.persons + party.members).contains {
        $0 == reader.person || (terms.executor?.persons.contains($0) ?? false)
      }
    }
    func isOwn(_ organisation: String) -> Bool {
      servants.contains(organisation)
        && (organisation == reader.organisation || organisation == terms.executor?.organisation)
    }
    if let approver = terms.approver, isSelf(approver) { return .selfApproved }
    if let requester = terms.requester {
      if !requester.isOrganisation, isSelf(requester) { return .selfRequested }
      if isOwn(requester.organisation) { return .ownOrganisation }
    }
    // A colleague may approve what another organisation asked for, not what nobody did.
    if let approver = terms.approver, approver.isOrganisation || terms.requester == nil,
      isOwn(approver.organisation)
    {
      return .ownOrganisation
    }
    if terms.blanks.contains(.parties) { return .anonymous }
    if terms.blanks.contains(.approver) { return .unapproved }
    if let executor = terms.executor, !Self.isExecutor(reader, executor) { return .otherExecutor }
    // Whom a ticket means that names nobody is not for the administrator to say.
    if terms.blanks.contains(.executor), reader.isPrivileged { return .noExecutor }
    return .fit
  }
}

/// Readers by who they are.
struct Readers: Sendable {
  struct Identity: Hashable, Sendable {
    var account: NameID
    var person: NameID
    var organisation: NameID
  }

  /// What can be about a reader at all.
  enum Reach: UInt8, Sendable { case nothing, jobs, tickets }

  private(set) var list: [Reader] = []
  private(set) var reach: [Reach] = []
  private var identities: [Identity] = []
  private var places: [Identity: Int] = [:]
  /// The reader an account was last seen as.
  private var latest = NameIndex()

  subscript(identity: Identity) -> Int? {
    mutating get {
      if let place = latest[identity.account.rawValue], identities[place] == identity {
        return place
      }
      guard let place = places[identity] else { return nil }
      latest.set(identity.account.rawValue, to: place)
      return place
    }
  }

  mutating func add(_ reader: Reader, _ identity: Identity, _ reach: Reach) -> Int {
    let place = list.count
    list.append(reader)
    self.reach.append(reach)
    identities.append(identity)
    places[identity] = place
    latest.set(identity.account.rawValue, to: place)
    return place
  }
}
