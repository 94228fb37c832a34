/// In whose name the chain of the store goes on.
public struct Clerk: Sendable {
  /// Name and version of the program.
  public var program: String
  public var author: String
  /// When, by the clock (RFC 3339); asked at each link.
  public var time: @Sendable () -> String

  public init(program: String, author: String, time: @escaping @Sendable () -> String) {
    (self.program, self.author, self.time) = (program, author, time)
  }
}

/// A part of a table that is not what this program wrote.
public struct PartBreach: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    /// Rows are others, or some are gone or more.
    case changed
    /// All rows of the part are gone.
    case gone
    /// The part is none that was written.
    case added
    /// The digests of the table's parts are not those that the chain tells of.
    case digests
    /// The schema has something else, such as a trigger.
    case schema
  }

  public var table: String
  public var kind: Kind
  /// As `PartedTable.part`; the name of the object for `schema`, empty for `digests`.
  public var part: String
  /// Such as `day 2024-05-03, source crm`; of one line.
  public var words: String

  init(_ table: String, _ kind: Kind, part: String = "") {
    (self.table, self.kind, self.part) = (table, kind, part)
    let parted = PartedTable.places[table].map { PartedTable.all[$0] }
    words = ChainLink.quoted(kind == .schema ? part : parted?.words(for: part) ?? part)
    if part.isEmpty { words = "" }
  }
}

/// Whether the tables are what this program wrote: docs/formats/store.md, "Parts".
extension Store {
  /// What the chain is called whose links tell of the tables.
  public static let partSource = "(store)"

  // MARK: Writing

  /// Ends a transaction that changed the digests of tables.
  func settle(_ changed: Set<Int>, isLinked: Bool) throws(StoreError) {
    guard !changed.isEmpty else { return }
    guard isLinked, let clerk else {
      for place in changed.sorted() { try connection.leaveOpen(place) }
      return
    }
    try link(changed, [], clerk)
  }

  private func link(
    _ changed: Set<Int>,
    _ lines: [String],
    _ clerk: Clerk
  ) throws(StoreError) {
    let open = try connection.rows("SELECT name FROM part_open") { PartedTable.places[$0.text(0)] }
    var lines = lines
    for place in changed.union(open.compactMap { $0 }).sorted() {
      let name = PartedTable.all[place].name
      lines.append("table \(name) \(ChainLink.hex(try digest(ofTable: name)))")
    }
    lines.append("author \(ChainLink.quoted(clerk.author))")
    let heads = Self.digest(ofHeads: try self.heads(), but: Self.partSource)
    lines.append("heads \(ChainLink.hex(heads))")
    try connection.run("DELETE FROM part_open")
    try add(
      ChainLink(
        after: try head(of: Self.partSource),
        night: try lastNight()?.id ?? 0,
        source: Self.partSource,
        time: clerk.time(),
        program: clerk.program,
        lines: lines
      )
    )
  }

  /// Over the digests of its parts.
  private func digest(ofTable name: String) throws(StoreError) -> [UInt8] {
    var digest = PartDigest()
    try connection.each(
      "SELECT part, digest FROM part WHERE name = ? ORDER BY part",
      [.text(name)]
    ) { digest.add($0) }
    return digest.bytes
  }

  /// Takes all as it stands: of a store that knew no digests yet.
  func digestAllParts() throws(StoreError) {
    for (place, table) in PartedTable.all.enumerated() {
      let parts = try digests(of: table)
      for part in parts.keys.sorted() {
        try connection.run(
          "INSERT INTO part VALUES (?, ?, ?)",
          [.text(table.name), .text(part), Value(parts[part])]
        )
      }
      if !parts.isEmpty { try connection.leaveOpen(place) }
    }
  }

  /// Takes what is not as it was written as it stands now, and says so in the chain, for good.
  public func accept(_ breaches: [PartBreach], _ clerk: Clerk) throws(StoreError) {
    let known = Set(try partAlterations().map(\.line))
    let news = breaches.filter { !$0.isLasting || !known.contains($0.line) }
    guard !news.isEmpty else { return }
    try connection.run("BEGIN IMMEDIATE")
    do throws(StoreError) {
      var changed: Set<Int> = []
      for breach in breaches {
        try mendSteps(breach)
        guard let place = PartedTable.places[breach.table] else { continue }
        changed.insert(place)
        if breach.kind != .digests { _ = try connection.keeper?.settle(breach.part, of: place) }
      }
      try link(changed, news.map(\.line), clerk)
      try connection.run("COMMIT")
    } catch {
      connection.keeper?.forget()
      if connection.isInTransaction { try? connection.run("ROLLBACK") }
      throw error
    }
  }

  // MARK: Reading

  /// A line of a link that says what was met.
  public struct PartAlteration: Sendable, Hashable {
    public var night: Int
    /// By the clock, RFC 3339.
    public var time: String
    public var table: String
    public var kind: PartBreach.Kind
    public var words: String

    var line: String { "altered \(table) \(kind.rawValue) \(words)" }
  }

  /// What was met so far that something else than this program had written, in that order.
  public func partAlterations() throws(StoreError) -> [PartAlteration] {
    var found: [PartAlteration] = []
    for link in try chain(of: Self.partSource) where link.has("altered") {
      for line in link.lines where line.hasPrefix("altered ") {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count == 4, let kind = PartBreach.Kind(rawValue: String(words[2])) else {
          continue
        }
        found.append(
          PartAlteration(
            night: link.night,
            time: link.time,
            table: String(words[1]),
            kind: kind,
            words: String(words[3])
          )
        )
      }
    }
    return found
  }

  /// What is not as this program wrote it, in order of the tables; reads the whole store once, but for some tables.
  public func partBreaches(but left: Set<String> = []) throws(StoreError) -> [PartBreach] {
    var found = try foreignSchema().map { PartBreach("schema", .schema, part: $0) }
    found += try stepBreaches()
    let open = Set(try connection.rows("SELECT name FROM part_open") { $0.text(0) })
    let told = try toldDigests()
    for table in PartedTable.all where !left.contains(table.name) {
      var kept: [String: [UInt8]] = [:]
      try connection.each("SELECT part, digest FROM part WHERE name = ?", [.text(table.name)]) {
        kept[$0.text(0)] = $0.bytes(1)
      }
      let now = try digests(of: table)
      for part in Set(kept.keys).union(now.keys).sorted() where kept[part] != now[part] {
        let kind: PartBreach.Kind =
          kept[part] == nil ? .added : now[part] == nil ? .gone : .changed
        found.append(PartBreach(table.name, kind, part: part))
      }
      // What no chain has told of yet may wait for it; then only what is written between nights.
      let known = told[table.name]
      if open.contains(table.name), known == nil || table.isLive { continue }
      let isEmpty = known == nil && kept.isEmpty
      if !isEmpty, known != ChainLink.hex(try digest(ofTable: table.name)) {
        found.append(PartBreach(table.name, .digests))
      }
    }
    return found
  }

  /// Has each table held against its digests before something is read of it, all as of now.
  func inspectTables() throws(StoreError) {
    // What a watch writes meanwhile is in neither of the two.
    try connection.run("BEGIN")
    connection.inspectTables { [unowned self] name throws(StoreError) in
      guard let place = PartedTable.places[name] else { return }
      let table = PartedTable.all[place]
      var kept: [String: [UInt8]] = [:]
      try connection.each("SELECT part, digest FROM part WHERE name = ?", [.text(name)]) {
        kept[$0.text(0)] = $0.bytes(1)
      }
      // Rows are found by an index as well, which no digest is over.
      let index = try connection.rows("PRAGMA integrity_check(\(name))") { $0.text(0) }
      guard index == ["ok"] else {
        throw StoreError(
          .notAStore,
          "\(path): no store of ometsuke, or damaged (table \(name): \(index.first ?? "")); bring back a copy"
        )
      }
      let now = try digests(of: table)
      let others = Set(kept.keys).union(now.keys).filter { kept[$0] != now[$0] }.sorted()
      guard let first = others.first else { return }
      let kind: PartBreach.Kind =
        kept[first] == nil ? .added : now[first] == nil ? .gone : .changed
      let more = others.count - 1
      throw StoreError(
        .notAStore,
        "\(path): table \(name): \(PartBreach(name, kind, part: first).words) is not what was written"
          + "\(more > 0 ? ", and \(more) more" : ""): damaged or edited; `ometsuke verify` names all. Bring back a"
          + " copy, or run a night, which notes it for good and goes on with what is there"
      )
    }
  }

  /// Of each table, the digest that the chain told of last, in hexadecimal.
  private func toldDigests() throws(StoreError) -> [String: String] {
    var told: [String: String] = [:]
    for link in try chain(of: Self.partSource) {
      for line in link.lines where line.hasPrefix("table ") {
        let words = line.split(separator: " ")
        if words.count == 3 { told[String(words[1])] = String(words[2]) }
      }
    }
    return told
  }

  /// The digests of the parts of a table as it stands.
  private func digests(of table: PartedTable) throws(StoreError) -> [String: [UInt8]] {
    var digests: [String: [UInt8]] = [:]
    var part: String?
    var digest = PartDigest()
    try connection.each(
      "SELECT \(table.columns) FROM \(table.name) ORDER BY \(table.order)"
    ) { row in
      let next = table.part(
        integer: { row.integer($0) },
        text: { row.text($0) },
        byte: { column in
          var byte: UInt8 = 0
          row.withBytes(column) { byte = $0.first ?? 0 }
          return byte
        }
      )
      if next != part {
        if let part { digests[part] = digest.bytes }
        (part, digest) = (next, PartDigest())
      }
      digest.add(row)
    }
    if let part { digests[part] = digest.bytes }
    return digests
  }

  /// What is in the schema and not of ours, or of ours and not in it.
  private func foreignSchema() throws(StoreError) -> [String] {
    let query = "SELECT tbl_name, type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY name"
    func objects(_ connection: Connection) throws(StoreError) -> [[String]] {
      try connection.rows(query) { row in (0..<4).map { row.text($0) } }
    }
    let ours = try Store(path: ":memory:", .memory)
    let (expected, found) = (try objects(ours.connection), try objects(connection))
    // What SQLite keeps for its planner tells nothing of what is stored.
    return (found.filter { !expected.contains($0) } + expected.filter { !found.contains($0) })
      .filter { !$0[2].hasPrefix("sqlite_stat") }
      .map { "\($0[1]) \($0[2]) on \($0[0])" }
  }
}

extension PartBreach {
  /// Whether it stands there until somebody takes it away: it is told once.
  var isLasting: Bool { kind == .schema }
  var line: String { "altered \(table) \(kind.rawValue) \(words)" }
}
