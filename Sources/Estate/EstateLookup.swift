public import EventModel

/// Finds what the estate says about a name.
///
/// Immutable; literal names cost one dictionary look-up,
/// patterns a pass over the patterns: meant to be asked once per distinct name. ASCII case is ignored.
public struct EstateLookup: Sendable {
  private struct Rule: Sendable {
    var pattern: Pattern
    var index: Int
    /// Literal bytes of the pattern.
    var weight: Int
    var order: Int
  }

  private struct Block: Sendable {
    var block: NetworkBlock
    var index: Int
  }

  private struct Validity: Sendable {
    var from: Timestamp
    var until: Timestamp
  }

  private var accountNames: [String: [Int]] = [:]
  private var accountRules: [Rule] = []
  private var validity: [Validity] = []
  private var terminalNames: [String: Int] = [:]
  private var terminalAddresses: [NetworkBlock: Int] = [:]
  /// Narrowest first.
  private var terminalBlocks: [Block] = []
  private var terminalRules: [Rule] = []
  /// Terminals with several addresses of one kind and nobody who sits there.
  private var places: Set<Int> = []
  private var datasetNames: [String: Rule] = [:]
  /// Heaviest first.
  private var datasetRules: [Rule] = []
  private var ownerNames: [String: Int] = [:]
  private var organisationNames: [String: Int] = [:]
  private var extensions: [String: ExtensionParties] = [:]

  public init(_ estate: DeclaredEstate) {
    for (index, organisation) in estate.organisations.enumerated() {
      let name = Scalars.folded(organisation.name)
      if organisationNames[name] == nil { organisationNames[name] = index }
    }
    for (index, owner) in estate.owners.enumerated() {
      for name in [owner.name] + owner.aliases {
        let name = Scalars.folded(name)
        if ownerNames[name] == nil { ownerNames[name] = index }
      }
    }
    addAccounts(estate.accounts)
    addDatasets(estate.datasets)
    addTerminals(estate.terminals)
    addExtensions(estate)
  }

  private mutating func addAccounts(_ accounts: [Account]) {
    for (index, account) in accounts.enumerated() {
      validity.append(
        Validity(
          from: account.validFrom ?? .distantPast,
          until: account.validUntil ?? .distantFuture
        )
      )
      for pattern in account.patterns {
        if pattern.isLiteral {
          accountNames[Scalars.folded(pattern.text), default: []].append(index)
        } else {
          accountRules.append(Rule(pattern: pattern, index: index, weight: 0, order: 0))
        }
      }
    }
  }

  private mutating func addDatasets(_ datasets: [Dataset]) {
    var order = 0
    for (index, dataset) in datasets.enumerated() {
      for pattern in dataset.patterns {
        let weight = pattern.text.utf8.count { $0 != 0x2A && $0 != 0x3F }
        let rule = Rule(pattern: pattern, index: index, weight: weight, order: order)
        order += 1
        guard pattern.isLiteral else {
          datasetRules.append(rule)
          continue
        }
        let name = Scalars.folded(pattern.text)
        if datasetNames[name] == nil { datasetNames[name] = rule }
      }
    }
    datasetRules.sort { ($1.weight, $0.order) < ($0.weight, $1.order) }
  }

  private mutating func addTerminals(_ terminals: [Terminal]) {
    for (index, terminal) in terminals.enumerated() {
      let name = Scalars.folded(terminal.name)
      if terminalNames[name] == nil { terminalNames[name] = index }
    }
    for (index, terminal) in terminals.enumerated() {
      let addresses = terminal.addresses.filter { NetworkBlock($0)?.prefix == 128 }
      let newer = addresses.count { $0.utf8.contains(0x3A) }
      if terminal.person == nil, max(newer, addresses.count - newer) > 1 { places.insert(index) }
      for text in [terminal.name] + terminal.addresses {
        if let block = NetworkBlock(text) {
          if block.prefix == 128, terminalAddresses[block] == nil {
            terminalAddresses[block] = index
          } else if block.prefix < 128 {
            terminalBlocks.append(Block(block: block, index: index))
          }
        }
        let pattern = Pattern(text)
        if !pattern.isLiteral {
          terminalRules.append(Rule(pattern: pattern, index: index, weight: 0, order: 0))
        } else if terminalNames[Scalars.folded(text)] == nil {
          terminalNames[Scalars.folded(text)] = index
        }
      }
    }
    // Stable: equal widths stay in order of declaration.
    terminalBlocks = terminalBlocks.enumerated()
      .sorted { ($1.element.block.prefix, $0.offset) < ($0.element.block.prefix, $1.offset) }
      .map(\.element)
  }

  private mutating func addExtensions(_ estate: DeclaredEstate) {
    for (index, account) in estate.accounts.enumerated() {
      for name in account.extensions {
        extensions[Scalars.folded(name), default: ExtensionParties()].accounts.append(index)
      }
    }
    for (index, terminal) in estate.terminals.enumerated() {
      for name in terminal.extensions {
        extensions[Scalars.folded(name), default: ExtensionParties()].terminals.append(index)
      }
    }
  }

  /// Whose an extension or an agent's number is; at a time, of accounts those valid then.
  public func parties(ofExtension name: String, at time: Timestamp) -> ExtensionParties {
    guard var found = extensions[Scalars.folded(name)] else { return ExtensionParties() }
    found.accounts.removeAll { !isValid($0, at: time) }
    return found
  }

  /// The account entry for a name: a literal one first, then patterns in order of declaration.
  ///
  /// With a time, an entry valid then goes before one that is not; where none is valid the first is
  /// given all the same, and the caller sees by its validity that the name is stale.
  public func account(named name: String, at time: Timestamp? = nil) -> Int? {
    if let found = accountNames[Scalars.folded(name)] {
      return found.first { isValid($0, at: time) } ?? found.first
    }
    var stale: Int?
    for rule in accountRules where rule.pattern.matches(name) {
      if isValid(rule.index, at: time) { return rule.index }
      stale = stale ?? rule.index
    }
    return stale
  }

  /// All entries for a name, in order: literal ones, else those whose patterns match.
  public func accounts(named name: String) -> [Int] {
    accountNames[Scalars.folded(name)]
      ?? accountRules.lazy.filter { $0.pattern.matches(name) }.map(\.index)
  }

  private func isValid(_ index: Int, at time: Timestamp?) -> Bool {
    guard let time else { return true }
    return validity[index].from <= time && time <= validity[index].until
  }

  /// The terminal for a host name or address: by name, exact address, narrowest block, then glob.
  public func terminal(named name: String) -> Int? {
    if let found = terminalNames[Scalars.folded(name)] { return found }
    if let address = NetworkBlock(name), address.prefix == 128 {
      if let found = terminalAddresses[address] { return found }
      if let found = terminalBlocks.first(where: { $0.block.contains(address) }) {
        return found.index
      }
    }
    return terminalRules.first { $0.pattern.matches(name) }?.index
  }

  /// Whether a name found a terminal that is a place with several machines: through a block or a glob,
  /// or as one of several addresses without a person.
  public func isPlace(_ index: Int, named name: String) -> Bool {
    guard let address = NetworkBlock(name), address.prefix == 128 else {
      return terminalNames[Scalars.folded(name)] == nil
    }
    if terminalNames[Scalars.folded(name)] == nil, terminalAddresses[address] == nil { return true }
    return places.contains(index)
  }

  /// The dataset of an object: the pattern with the most literal bytes; of equals the first declared.
  ///
  /// A URL that no pattern means as it is written is held against them once more with `%E9%A1%A7` as what it stands for.
  public func dataset(for object: String) -> Int? {
    written(object) ?? Self.unescaped(object).flatMap(written)
  }

  private func written(_ object: String) -> Int? {
    let literal = datasetNames[Scalars.folded(object)]
    for rule in datasetRules {
      if let literal, (literal.weight, rule.order) > (rule.weight, literal.order) { break }
      if rule.pattern.matches(object) { return rule.index }
    }
    return literal?.index
  }

  /// `nil`: it has no such sign, or is no UTF-8.
  private static func unescaped(_ path: String) -> String? {
    guard path.utf8.first == 0x2F, path.utf8.contains(0x25) else { return nil }
    var bytes: [UInt8] = []
    var rest = Array(path.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
      if byte == 0x25, digits.count == 2 {
        bytes.append(UInt8(digits[0] << 4 | digits[1]))
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The dataset by what else a name is known by: an object in a bucket by the bucket, a table whose schema the log does
  /// not state as one of any schema (`*.members` holds for `members`).
  public func dataset(forWider name: String) -> Int? {
    if let slash = name.utf8.firstIndex(of: 0x2F) {
      return slash > name.startIndex ? dataset(for: String(name[..<slash])) : nil
    }
    return name.utf8.contains(0x2E) ? nil : dataset(for: "." + name)
  }

  /// The owner of that name or alias.
  public func owner(named name: String) -> Int? { ownerNames[Scalars.folded(name)] }

  public func organisation(named name: String) -> Int? {
    organisationNames[Scalars.folded(name)]
  }
}

/// The entries of accounts and terminals that an extension is declared at.
public struct ExtensionParties: Sendable, Equatable {
  public var accounts: [Int] = []
  public var terminals: [Int] = []

  public init() {}
}
