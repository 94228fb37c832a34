public import EventModel

/// What one text of SQL does, as far as its text tells.
///
/// Several statements in one text are taken together: the gravest operation, all relations.
public struct SQLStatement: Sendable, Hashable {
  public var operation: Operation = .other
  /// Relations as written (`schema.table`), without quotes, in order of first mention, none
  /// twice.
  ///
  /// PostgreSQL: folded to lower case where unquoted. CTE names, aliases and functions are not in
  /// it.
  public var relations: [[UInt8]] = []
  /// A plain full read of one relation: no condition, limit, join, grouping or aggregate.
  public var isWhole = false
  /// The n of `FETCH n`.
  public var fetchCount: Int64?
  /// An upper bound of the records returned, from LIMIT, FETCH FIRST or a lone aggregate.
  public var limit: Int64?
  /// Names only relations of the system catalogue.
  public var isCatalogueOnly = false
  /// Returns one row computed over many: aggregates without GROUP BY.
  public var isAggregate = false

  public init() {}
}

/// Classes of SQL statements by a tokenizer, never by substring.
public enum StatementClassification {
  /// Classifies a text, which may be cut anywhere.
  public static func classify(
    _ sql: UnsafeBufferPointer<UInt8>,
    dialect: SQLDialect
  ) -> SQLStatement {
    var scanner = SQLScanner()
    scanner.scan(sql, dialect: dialect)
    var statement = SQLStatement()
    statement.operation = scanner.operation
    statement.relations = scanner.joinedRelations.split(separator: EventRow.objectSeparator)
      .map(Array.init)
    statement.isWhole = scanner.isWhole
    statement.fetchCount = scanner.fetchCount
    statement.limit = scanner.limit
    statement.isCatalogueOnly = scanner.isCatalogueOnly
    statement.isAggregate = scanner.isAggregate
    return statement
  }
}

/// The working state of classification.
///
/// Kept from statement to statement, it allocates nothing.
struct SQLScanner {
  private var outcome = SQLOutcome()
  private var memo = SQLMemo()

  var operation: Operation { outcome.operation }
  var joinedRelations: [UInt8] { outcome.joinedRelations }
  var isWhole: Bool { outcome.isWhole }
  var fetchCount: Int64? { outcome.fetchCount }
  var limit: Int64? { outcome.limit }
  var isAggregate: Bool { outcome.isAggregate }
  var isCatalogueOnly: Bool { outcome.isCatalogueOnly }
  var destination: Range<Int>? { outcome.destination }
  var isTruncated: Bool { outcome.isTruncated }
  var verb: SQLKeyword? { outcome.verb }

  /// Prefix (with its dot) given to relations that name no schema; MySQL's default database.
  var defaultSchema: [UInt8] = []

  var levels: [SQLLevel] = []
  var facts = SQLFacts()
  /// Names whose body has not been read: not yet visible, unless recursive.
  var pendingCTE: [(bytes: [UInt8], recursive: Bool)] = []
  private var relationEnds: [Int] = []
  private var cteNames: [UInt8] = []
  private var cteEnds: [Int] = []
  private var scratch: [UInt8] = []
  private var catalogued = 0

  mutating func scan(_ sql: UnsafeBufferPointer<UInt8>, dialect: SQLDialect) {
    guard sql.count > 0, sql.count <= SQLMemo.longest else {
      scanAnew(sql, dialect)
      return
    }
    let hash = SQLMemo.hash(sql)
    if let known = memo.outcome(of: sql, hash, defaultSchema, dialect) {
      outcome = known
      return
    }
    scanAnew(sql, dialect)
    memo.remember(outcome, of: sql, hash, defaultSchema, dialect)
  }

  private mutating func scanAnew(_ sql: UnsafeBufferPointer<UInt8>, _ dialect: SQLDialect) {
    var relations: [UInt8] = []
    swap(&relations, &outcome.joinedRelations)
    relations.removeAll(keepingCapacity: true)
    outcome = SQLOutcome(joinedRelations: relations)
    relations = []
    relationEnds.removeAll(keepingCapacity: true)
    catalogued = 0
    var walk = SQLWalk(sql, dialect)
    var statements = 0
    while walk.token.kind != .end {
      if walk.token.symbol == 0x3B {
        walk.advance()
        continue
      }
      let before = relationEnds.count
      oneStatement(&walk)
      if statements == 0 { outcome.verb = facts.verb }
      merge(relations: relationEnds.count - before, first: statements == 0, walk)
      statements += 1
      if facts.definesRoutine { break }
    }
    outcome.isTruncated = !walk.tokens.isComplete || levels.count > 1
    outcome.isCatalogueOnly = catalogued > 0 && catalogued == relationEnds.count
  }

  /// Keeps one quoted name, as a server writes it (`sales."Clients"`), as the only relation.
  mutating func scanName(_ name: UnsafeBufferPointer<UInt8>) {
    outcome.joinedRelations.removeAll(keepingCapacity: true)
    relationEnds.removeAll(keepingCapacity: true)
    var walk = SQLWalk(name, .postgresql)
    takeRelation(&walk, allowsColumns: true)
  }

  private mutating func merge(relations: Int, first: Bool, _ walk: SQLWalk) {
    let found = facts.operation(dialect: walk.dialect)
    let bound = facts.bound(
      relations: relations,
      isComplete: walk.tokens.isComplete && levels.count == 1,
      walk.dialect
    )
    outcome.destination = destination ?? facts.destination
    outcome.fetchCount = fetchCount ?? facts.fetchCount
    let whole = found.returnsRecords && facts.isWhole(relations: relations)
    if first || !operation.returnsRecords {
      if first || Self.rank(found) > Self.rank(operation) {
        outcome.operation = found
        outcome.isWhole = whole
        outcome.limit = bound
        outcome.isAggregate = facts.isLoneAggregate
      }
    } else if found.returnsRecords {
      if found == .export { outcome.operation = .export }
      outcome.isWhole = isWhole || whole
      outcome.limit = nil
      outcome.isAggregate = isAggregate && facts.isLoneAggregate
    }
  }

  private static func rank(_ operation: Operation) -> Int {
    switch operation {
    case .export: 6
    case .read: 5
    case .write: 4
    case .audit: 3
    case .touch: 2
    case .privilege: 1
    default: 0
    }
  }

  // MARK: names

  /// Reads `a.b.c` at the walk's token and keeps it as a relation, unless it is a function or CTE.
  mutating func takeRelation(_ walk: inout SQLWalk, allowsColumns: Bool) {
    scratch.removeAll(keepingCapacity: true)
    var parts = 0
    while walk.token.kind == .word || walk.token.kind == .quotedName {
      walk.appendName(to: &scratch)
      parts += 1
      walk.advance()
      guard walk.token.symbol == 0x2E else { break }
      walk.advance()
      if walk.token.kind == .word || walk.token.kind == .quotedName { scratch.append(0x2E) }
    }
    if walk.token.symbol == 0x28, !allowsColumns { return }
    guard !scratch.isEmpty else { return }
    if parts == 1 {
      if isCTE(scratch) || (walk.dialect == .mysql && scratch.elementsEqual("dual".utf8)) { return }
      if !defaultSchema.isEmpty { scratch.insert(contentsOf: defaultSchema, at: 0) }
    }
    add(walk.dialect)
  }

  private mutating func add(_ dialect: SQLDialect) {
    var start = 0
    for end in relationEnds {
      if outcome.joinedRelations[start..<end].elementsEqual(scratch) { return }
      start = end + 1
    }
    if !relationEnds.isEmpty { outcome.joinedRelations.append(EventRow.objectSeparator) }
    // The separator may not occur inside a name.
    for byte in scratch {
      outcome.joinedRelations.append(byte == EventRow.objectSeparator ? 0x3F : byte)
    }
    relationEnds.append(outcome.joinedRelations.count)
    if scratch.withUnsafeBufferPointer({ SystemCatalogue.holds($0, dialect: dialect) }) {
      catalogued += 1
    }
  }

  private func isCTE(_ name: [UInt8]) -> Bool {
    var start = 0
    for end in cteEnds {
      if cteNames[start..<end].elementsEqual(name) { return true }
      start = end
    }
    return false
  }

  var cteCount: Int { cteEnds.count }

  mutating func declareCTE(_ name: [UInt8]) {
    cteNames.append(contentsOf: name)
    cteEnds.append(cteNames.count)
  }

  mutating func forgetCTEs(beyond count: Int) {
    guard count < cteEnds.count else { return }
    cteEnds.removeSubrange(count...)
    cteNames.removeSubrange((cteEnds.last ?? 0)...)
  }
}

/// Relations that never hold customer records.
enum SystemCatalogue {
  static func holds(_ name: UnsafeBufferPointer<UInt8>, dialect: SQLDialect) -> Bool {
    let dot = name.firstIndex(of: 0x2E)
    guard let dot else {
      return dialect == .postgresql && folds(name, name.count, startWith: "pg_")
    }
    switch dialect {
    case .postgresql:
      return folds(name, dot, "pg_catalog") || folds(name, dot, "information_schema")
        || folds(name, dot, "pg_toast")
    case .mysql:
      return folds(name, dot, "mysql") || folds(name, dot, "information_schema")
        || folds(name, dot, "performance_schema") || folds(name, dot, "sys")
    case .sqlServer:
      return folds(name, dot, "sys") || folds(name, dot, "information_schema")
    }
  }

  private static func folds(
    _ name: UnsafeBufferPointer<UInt8>,
    _ length: Int,
    _ word: StaticString
  ) -> Bool {
    length == word.utf8CodeUnitCount && folds(name, length, startWith: word)
  }

  private static func folds(
    _ name: UnsafeBufferPointer<UInt8>,
    _ length: Int,
    startWith word: StaticString
  ) -> Bool {
    guard length >= word.utf8CodeUnitCount else { return false }
    for index in 0..<word.utf8CodeUnitCount {
      let byte = name[index]
      guard (byte &- 0x41 < 26 ? byte | 0x20 : byte) == word.utf8Start[index] else { return false }
    }
    return true
  }
}
