internal import EventModel

/// Organisations, owners, datasets, accounts, terminals.
extension EstateReader {
  private static let kinds =
    Organisation.Kind.allCases.map(\.rawValue) + ["system-provider", "staffing-agency"]

  mutating func readOrganisation(_ node: YAMLNode) {
    let before = faults
    guard let fields = named(node, "an organisation", ["name", "kind", "works-for"]),
      let name = name(fields)
    else {
      knowsEveryName = false
      return
    }
    if faults > before { knowsEveryName = false }
    guard isNew(name, "organisation", at: fields.line) else { return }
    let word = word(fields, "kind", among: Self.kinds) ?? "other"
    let kind: Organisation.Kind =
      switch word {
      case "system-provider": .provider
      case "staffing-agency": .agency
      default: Organisation.Kind(rawValue: word) ?? .other
      }
    var organisation = Organisation(name: name, kind: kind)
    organisation.worksFor = texts(fields, "works-for")
    organisation.line = fields.line
    estate.organisations.append(organisation)
  }

  mutating func readOwner(_ node: YAMLNode) {
    let keys = [
      "name", "sector", "delivered", "records", "bytes-per-record", "categories", "aliases",
    ]
    let before = faults
    guard let fields = named(node, "an owner", keys), let name = name(fields) else {
      knowsEveryName = false
      return
    }
    var owner = Owner(name: name)
    owner.aliases = texts(fields, "aliases", form: .identifier)
    if faults > before { knowsEveryName = false }
    guard isNew(name, "owner", at: fields.line) else { return }
    // Its own name in other letters says nothing new: names are compared without regard to case.
    owner.aliases.removeAll {
      Scalars.folded($0) == Scalars.folded(name) || !isNew($0, "owner", at: fields.line)
    }
    let sectors = Owner.Sector.allCases.map(\.rawValue)
    owner.sector = word(fields, "sector", among: sectors).flatMap { Owner.Sector(rawValue: $0) }
    if fields["delivered"] != nil, let entry = fields["records"] {
      error(entry.line, "an owner has both delivered and records (the same meaning); keep one")
    }
    let delivered = count(fields, "delivered")
    owner.delivered = delivered ?? count(fields, "records")
    owner.bytesPerRecord = range(fields, "bytes-per-record")
    owner.categories = texts(fields, "categories")
    owner.line = fields.line
    estate.owners.append(owner)
  }

  mutating func readDataset(_ node: YAMLNode) {
    let keys = [
      "name", "pattern", "patterns", "tables", "urls", "objects", "lists", "owner", "size",
      "bytes-per-record", "customer-records",
    ]
    guard let fields = fields(of: node, what: "a dataset", keys: keys) else { return }
    let texts = texts(fields, "pattern", "patterns", "tables", "urls", "objects", "lists")
    guard let name = text(fields, "name") ?? texts.first else {
      lacks(fields, "has neither name nor patterns; write name: and tables:")
      return
    }
    guard isNew(name, "dataset", at: fields.line) else { return }
    var dataset = Dataset(name: name)
    dataset.patterns = patterns(texts.isEmpty ? [name] : texts)
    dataset.owner = text(fields, "owner", .identifier)
    dataset.size = count(fields, "size")
    dataset.bytesPerRecord = range(fields, "bytes-per-record")
    dataset.holdsCustomerRecords = flag(fields, "customer-records") ?? true
    dataset.line = fields.line
    estate.datasets.append(dataset)
  }

  mutating func readAccount(_ node: YAMLNode) {
    let keys = [
      "pattern", "patterns", "name", "names", "role", "organisation", "person", "persons", "shared",
      "valid-from", "valid-until", "extension", "extensions",
    ]
    guard let fields = named(node, "an account", keys) else { return }
    let texts = texts(fields, "name", "names", "pattern", "patterns", form: .identifier)
    guard !texts.isEmpty else {
      lacks(fields, "has no pattern; write pattern: \"name\" or names: […]")
      return
    }
    let roles = Role.allCases.map(\.rawValue)
    let role = word(fields, "role", among: roles).flatMap { Role(rawValue: $0) }
    var account = Account(role: role ?? texts.first.map { WellKnownNames.role(of: $0) } ?? .unknown)
    account.patterns = patterns(texts)
    account.organisation = text(fields, "organisation")
    account.persons = self.texts(fields, "person", "persons")
    account.shared = flag(fields, "shared") ?? (account.persons.count > 1)
    account.validFrom = time(fields, "valid-from")
    account.validUntil = time(fields, "valid-until", end: true)
    account.extensions = self.texts(fields, "extension", "extensions", form: .identifier)
    account.line = fields.line
    checkExtensions(account)
    checkOrder(fields, account.validFrom, account.validUntil, "valid-from", "valid-until")
    var said: Set<String> = []
    for text in texts {
      guard said.insert(Scalars.folded(text)).inserted else {
        error(
          account.line,
          "account \(Diagnostic.quoted(text)) is named twice in one entry; keep one"
        )
        continue
      }
      checkAccountOnce(text, account)
    }
    estate.accounts.append(account)
  }

  /// A call is one person's: an extension needs to know whose.
  private mutating func checkExtensions(_ account: Account) {
    guard let first = account.extensions.first else { return }
    let isOne = account.persons.count == 1 && !account.shared
    let isGlob = account.patterns.contains { !$0.isLiteral }
    guard !isOne, isGlob || account.shared || account.persons.count > 1 else { return }
    error(
      account.line,
      "extension \(Diagnostic.quoted(first)) belongs to an entry that means several accounts or "
        + "persons; write it at each account, or at a terminal"
    )
  }

  private mutating func checkAccountOnce(_ text: String, _ account: Account) {
    let pattern = Scalars.folded(text)
    // Of a name declared many times the latest are compared: the cost stays linear.
    let twin = accountsByPattern[pattern]?.suffix(64).lazy.map { [estate] in estate.accounts[$0] }
      .first { other in
        other.validFrom ?? .distantPast <= account.validUntil ?? .distantFuture
          && account.validFrom ?? .distantPast <= other.validUntil ?? .distantFuture
      }
    accountsByPattern[pattern, default: []].append(estate.accounts.count)
    guard let twin else { return }
    error(
      account.line,
      "account \(Diagnostic.quoted(text)) is declared twice for the same time (first in line "
        + "\(twin.line)); keep one or write valid-from and valid-until"
    )
  }

  mutating func readTerminal(_ node: YAMLNode) {
    let keys = [
      "name", "address", "addresses", "organisation", "person", "extension", "extensions",
    ]
    guard let fields = named(node, "a terminal", keys) else { return }
    let addresses = texts(fields, "address", "addresses", form: .identifier)
    guard let name = text(fields, "name", .identifier) ?? addresses.first else {
      lacks(fields, "has neither name nor addresses; write name: …")
      return
    }
    guard isNew(name, "terminal", at: fields.line) else { return }
    var terminal = Terminal(name: name)
    terminal.addresses = addresses
    for address in addresses where address.utf8.contains(0x2F) {
      guard NetworkBlock(address) == nil else { continue }
      error(
        fields["addresses"]?.line ?? fields.line,
        "address \(Diagnostic.quoted(address)) is no CIDR block; write 192.0.2.0/24"
      )
    }
    terminal.organisation = text(fields, "organisation")
    terminal.person = text(fields, "person")
    terminal.extensions = texts(fields, "extension", "extensions", form: .identifier)
    terminal.line = fields.line
    estate.terminals.append(terminal)
  }

  /// The fields of an entry; a single value is its name.
  mutating func named(_ node: YAMLNode, _ what: String, _ keys: [String]) -> Fields? {
    guard let scalar = node.scalar, !isNull(node) else {
      return fields(of: node, what: what, keys: keys)
    }
    var result = Fields(what: what, line: line(node), faults: faults)
    guard !scalar.string.isEmpty else {
      error(result.line, "\(what) has an empty name; write one")
      return nil
    }
    result.entries["name"] = Fields.Entry(line: result.line, node: node)
    return result
  }

  mutating func checkOrder(
    _ fields: Fields,
    _ from: Timestamp?,
    _ until: Timestamp?,
    _ first: String,
    _ second: String
  ) {
    guard let from, let until, until < from else { return }
    error(
      fields[second]?.line ?? fields.line,
      "\(second) of \(fields.what) is before \(first); correct one of them"
    )
  }
}

extension Timestamp {
  static let distantPast = Timestamp(nanoseconds: .min)
  static let distantFuture = Timestamp(nanoseconds: .max)
}
