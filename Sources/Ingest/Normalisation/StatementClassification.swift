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
  /// Reads whole tables, as far as its text tells: see `SQLSelectivity`.
  public var isWhole = false
  /// The n of `FETCH n`.
  public var fetchCount: Int64?
  /// An upper bound of the records returned, from LIMIT, FETCH FIRST or a lone aggregate.
  public var limit: Int64?
  /// Names only relations of the system catalogue.
  public var isCatalogueOnly = false
  /// An aggregate keeps what it folds: the number of rows is not that of records.
  public var gathers = false

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
    statement.gathers = scanner.gathers
    return statement
  }
}

/// The working state of classification.
///
/// Kept from statement to statement, it allocates nothing.
struct SQLScanner {
  var operation: Operation = .other
  /// Relations joined by `EventRow.objectSeparator`.
  var joinedRelations: [UInt8] = []
  var isWhole = false
  var fetchCount: Int64?
  var limit: Int64?
  var gathers = false
  private(set) var isCatalogueOnly = false
  /// Content of the file or program name of COPY TO and INTO OUTFILE, as a range of the text.
  var destination: Range<Int>?
  /// The relation under whose name the records of the others are had afterwards: of CREATE TABLE AS,
  /// CREATE VIEW, INSERT … SELECT, SELECT INTO, ALTER TABLE … RENAME; empty: none.
  var copy: [UInt8] = []
  /// The one statement of the text gives its relation another name.
  var renames = false
  /// The relation that the statement in hand makes or fills.
  var target: [UInt8] = []
  /// A quote, comment or parenthesis was left open.
  private(set) var isTruncated = false
  /// Something of a text within the text is not known.
  var isPartial = false
  /// How many texts the text lies within; deeper ones are not read.
  var depth = 0
  static let deepest = 3
  var dialect = SQLDialect.postgresql
  /// The first word of the text.
  var verb: SQLKeyword?

  /// Prefix (with its dot) given to relations that name no schema; MySQL's default database.
  var defaultSchema: [UInt8] = []

  var levels: [SQLLevel] = []
  var facts = SQLFacts()
  private var selectivity = SQLSelectivity()
  /// Names whose body has not been read: not yet visible, unless recursive.
  var pendingCTE: [(bytes: [UInt8], recursive: Bool)] = []
  private var relationEnds: [Int] = []
  /// Relations that the statement in hand names, those that an earlier one of the text named too.
  private var mentions = 0
  private var cteNames: [UInt8] = []
  private var cteEnds: [Int] = []
  var scratch: [UInt8] = []
  private var catalogued = 0

  /// A complete query that reads from no relation and no function of the operator's.
  var readsNoTable: Bool {
    guard operation == .other, !isTruncated else { return false }
    switch verb {
    case .select, .values, .with, .table: return true
    default: return false
    }
  }

  /// INSERT, UPDATE, DELETE or MERGE with RETURNING.
  var returnsChanged: Bool {
    guard operation.returnsRecords else { return false }
    switch verb {
    case .insert, .update, .delete, .merge, .replace, .with: return true
    default: return false
    }
  }

  mutating func scan(_ sql: UnsafeBufferPointer<UInt8>, dialect: SQLDialect) {
    self.dialect = dialect
    operation = .other
    joinedRelations.removeAll(keepingCapacity: true)
    relationEnds.removeAll(keepingCapacity: true)
    (isWhole, gathers, isCatalogueOnly, isTruncated) = (false, false, false, false)
    (fetchCount, limit, destination, verb) = (nil, nil, nil, nil)
    isPartial = false
    copy.removeAll(keepingCapacity: true)
    renames = false
    catalogued = 0
    levels.removeAll(keepingCapacity: true)
    var walk = SQLWalk(sql, dialect)
    var statements = 0
    while walk.token.kind != .end {
      if walk.token.symbol == 0x3B {
        walk.advance()
        continue
      }
      mentions = 0
      let start = walk
      target.removeAll(keepingCapacity: true)
      if dialect != .postgresql, let embedded = SQLEmbedded.read(&walk) {
        take(embedded, isFirst: statements == 0, dialect)
        statements += 1
        continue
      }
      oneStatement(&walk)
      if statements == 0 { verb = facts.verb }
      merge(relations: mentions, first: statements == 0, from: start, walk)
      statements += 1
      if facts.definesRoutine { break }
    }
    // Cut within a comment before its first word: what it does is not known.
    if statements == 0, !walk.tokens.isComplete, dialect == .mysql { operation = .read }
    isTruncated = !walk.tokens.isComplete || levels.count > 1 || isPartial
    isCatalogueOnly = catalogued > 0 && catalogued == relationEnds.count
  }

  /// Takes over what was found in a statement that reads the same.
  mutating func recall(_ reading: StatementReading, relations: UnsafeBufferPointer<UInt8>) {
    joinedRelations.removeAll(keepingCapacity: true)
    joinedRelations.append(contentsOf: relations)
    operation = reading.operation
    (isWhole, gathers) = (reading.isWhole, reading.gathers)
    (isCatalogueOnly, isTruncated) = (reading.isCatalogueOnly, reading.isTruncated)
    (fetchCount, limit, destination) = (reading.fetchCount, reading.limit, nil)
    copy.removeAll(keepingCapacity: true)
    renames = false
    verb = reading.verb
  }

  /// Keeps one quoted name, as a server writes it (`sales."Clients"`), as the only relation.
  mutating func scanName(_ name: UnsafeBufferPointer<UInt8>) {
    joinedRelations.removeAll(keepingCapacity: true)
    relationEnds.removeAll(keepingCapacity: true)
    forgetCTEs(beyond: 0)
    var walk = SQLWalk(name, .postgresql)
    takeRelation(&walk, allowsColumns: true)
  }

  private mutating func merge(
    relations: Int,
    first: Bool,
    from start: SQLWalk,
    _ walk: SQLWalk
  ) {
    var found = facts.operation(dialect: walk.dialect)
    if facts.stopsAudit, joinedRelations.isEmpty {
      HostCommand.Effect.stopped.withUTF8Buffer { joinedRelations.append(contentsOf: $0) }
    }
    let isComplete = walk.tokens.isComplete && levels.count == 1
    var bound = facts.bound(relations: relations, isComplete: isComplete, walk.dialect)
    if found.returnsRecords, facts.isQuery, relations == 0, isComplete, !callsFunction(start) {
      if walk.dialect == .mysql, !facts.hasFrom, start.listsColumns {
        // Columns without FROM, which the server would have refused: the text was cut before it.
        (bound, isPartial) = (nil, true)
      } else {
        found = .other
      }
    }
    if facts.readsFile { found = .export }
    if facts.gathers { bound = nil }
    gathers = gathers || facts.gathers
    destination = destination ?? facts.destination
    if copy.isEmpty, !target.isEmpty, facts.makesCopy {
      copy.append(contentsOf: target)
      renames = facts.renames
    }
    fetchCount = fetchCount ?? facts.fetchCount
    selectivity.forgetMost()
    let whole =
      facts.readsFile || facts.handsOutWhole
      || bound == nil && isWhole(found, relations: relations, from: start)
    let most = facts.verb == .select || facts.verb == .with ? selectivity.most : nil
    if first || !operation.returnsRecords {
      if first || Self.rank(found) > Self.rank(operation) {
        operation = found
        (isWhole, limit) = (whole, bound ?? most)
      }
    } else if found.returnsRecords {
      if found == .export { operation = .export }
      isWhole = isWhole || whole
      limit = nil
    }
  }

  /// PREPARE is judged by its query: the lines of EXECUTE bear its text.
  private mutating func isWhole(
    _ found: Operation,
    relations: Int,
    from start: SQLWalk
  ) -> Bool {
    guard found.returnsRecords || facts.verb == .prepare && facts.selects,
      facts.canBeWhole(relations: relations)
    else { return false }
    return facts.isPlain(relations: relations) || !selectivity.holds(start)
  }

  /// Keeps the function that a query without relations calls in place of one.
  ///
  /// Any function but the server's own ones may return a table's records, and only its name tells
  /// where they came from.
  private mutating func callsFunction(_ start: SQLWalk) -> Bool {
    var walk = start
    while !walk.atEnd {
      guard walk.isName else {
        walk.advance()
        continue
      }
      scratch.removeAll(keepingCapacity: true)
      let isPlainKeyword = walk.keyword != nil
      var parts = 0
      while walk.isName {
        if parts > 0 { scratch.append(0x2E) }
        walk.appendName(to: &scratch)
        parts += 1
        walk.advance()
        guard walk.token.symbol == 0x2E else { break }
        walk.advance()
      }
      guard walk.token.symbol == 0x28, parts > 1 || !isPlainKeyword,
        !BuiltInFunctions.hold(scratch, dialect: walk.dialect)
      else { continue }
      if BuiltInFunctions.readsFile(scratch) { (facts.readsFile, facts.gathers) = (true, true) }
      if let holder = BuiltInFunctions.documents(scratch) {
        facts.gathers = true
        if document(of: holder, walk) { return true }
      }
      add(walk.dialect)
      return true
    }
    return false
  }

  static func rank(_ operation: Operation) -> Int {
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

  mutating func add(_ dialect: SQLDialect) {
    mentions += 1
    var start = 0
    for end in relationEnds {
      if joinedRelations[start..<end].elementsEqual(scratch) { return }
      start = end + 1
    }
    if !relationEnds.isEmpty { joinedRelations.append(EventRow.objectSeparator) }
    // The separator may not occur inside a name.
    for byte in scratch {
      joinedRelations.append(byte == EventRow.objectSeparator ? 0x3F : byte)
    }
    relationEnds.append(joinedRelations.count)
    if scratch.withUnsafeBufferPointer({ SystemCatalogue.holds($0, dialect: dialect) }) {
      catalogued += 1
    }
  }

  /// Keeps the relation just read as the one that is filled.
  mutating func fillRelation() {
    if target.isEmpty { target.append(contentsOf: scratch) }
  }

  /// Reads the name of the relation that is made, behind `IF NOT EXISTS` and the like.
  mutating func makeRelation(_ start: SQLWalk) {
    guard target.isEmpty else { return }
    var walk = start
    while walk.isName, walk.token.kind == .word, Self.standsBeforeName(walk) { walk.advance() }
    var parts = 0
    while walk.isName {
      walk.appendName(to: &target)
      parts += 1
      walk.advance()
      guard walk.token.symbol == 0x2E else { break }
      walk.advance()
      if walk.isName { target.append(0x2E) }
    }
    if parts == 1, !defaultSchema.isEmpty { target.insert(contentsOf: defaultSchema, at: 0) }
  }

  private static func standsBeforeName(_ walk: SQLWalk) -> Bool {
    let length = walk.token.end - walk.token.start
    return switch length {
    case 2: walk.startsWith("if")
    case 3: walk.startsWith("not")
    case 4: walk.startsWith("temp") && walk.following().isName
    case 5: walk.startsWith("table")
    case 6: walk.startsWith("exists")
    case 8: walk.startsWith("unlogged")
    case 9: walk.startsWith("temporary")
    default: false
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
