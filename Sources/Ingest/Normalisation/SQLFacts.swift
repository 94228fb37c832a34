internal import EventModel

/// One depth of parentheses.
struct SQLLevel {
  var started = false
  var isSelect = false
  /// INSERT, UPDATE, DELETE or MERGE stands at this level.
  var isChange = false
  var inFrom = false
  var expectsRelation = false
  var inWith = false
  var expectsCTE = false
  var isRecursive = false
  /// `AS` of a CTE was read: the next parenthesis is its body.
  var awaitsBody = false
  var isBody = false
  /// In the select list of the main query, or a parenthesis within it.
  var inMainList = false
  /// Behind WHERE, ON or HAVING of this level, or of one around it: what is read there is not returned.
  var inCondition = false
  var isInCondition = false
  var cteBase = 0
}

/// What was seen in one statement.
struct SQLFacts {
  var verb: SQLKeyword?
  var main: SQLKeyword?
  /// Depth of the query that decides LIMIT and aggregates: 1 in `COPY (…)`, else 0.
  var mainDepth = 0
  var hasCondition = false
  var hasJoin = false
  var hasGroup = false
  /// GROUP BY a few groups, and the list has nothing but them and sums: a row is a group, and no record.
  var countsGroups = false
  var hasSet = false
  var hasFrom = false
  var aggregates = 0
  var mainAggregates = 0
  /// Of `mainAggregates` those that count.
  var mainCounts = 0
  var selectWords = 0
  var overs = 0
  /// An aggregate keeps what it folds: rows do not count records.
  var gathers = false
  /// A function hands out a file of the server or a large object, of any number of records, in one row.
  var readsFile = false
  /// A function hands out whole tables in one row.
  var handsOutWhole = false
  var limit: Int64?
  var fetchCount: Int64?
  var destination: Range<Int>?
  var copiesFrom = false
  var intoFile = false
  var intoTable = false
  var isDump = false
  var analyses = false
  var selects = false
  /// RETURNING of the statement itself: what was changed went to the client.
  var hasReturning = false
  var hasCursor = false
  var createsTable = false
  /// A view of other relations, whose records stay where they are.
  var createsView = false
  /// ALTER TABLE … RENAME TO, SET SCHEMA, RENAME TABLE.
  var renames = false
  var definesRoutine = false
  var changesAudit = false
  /// Whether the audit is switched off by it, not only changed.
  var stopsAudit = false
  var changesIdentity = false

  var isLoneAggregate: Bool { mainAggregates > overs && !hasGroup && !hasSet && !gathers }

  /// `SELECT count(*) FROM …`, `SELECT status, count(*) … GROUP BY status`: all is read and no record goes out.
  var isMereCount: Bool {
    (isLoneAggregate || countsGroups && !hasSet && !gathers && overs == 0)
      && mainCounts == mainAggregates && selectWords == 1
  }

  /// SELECT, VALUES, TABLE or WITH, also within COPY.
  var isQuery: Bool {
    switch verb {
    case .select, .values, .with, .table: !isChange
    case .copy: mainDepth == 1
    default: false
    }
  }

  var isChange: Bool {
    switch main {
    case .insert, .update, .delete, .merge, .replace: true
    default: false
    }
  }

  /// Whether a plain query of one relation is whole at first sight.
  func isPlain(relations: Int) -> Bool {
    relations == 1 && !hasCondition && !hasJoin && !hasGroup && !hasSet && aggregates == 0
      && !hasReturning
  }

  /// Whether it is for `SQLSelectivity` to tell a read of single records from that of a table.
  ///
  /// A cursor's FETCH and HANDLER have no condition of their own.
  func canBeWhole(relations: Int) -> Bool {
    relations > 0 && verb != .fetch && verb != .handler
  }

  /// Most records it can return.
  ///
  /// A SELECT without FROM gives one row where no function can give more.
  func bound(relations: Int, isComplete: Bool, _ dialect: SQLDialect) -> Int64? {
    guard isComplete, !gathers else { return nil }
    if isLoneAggregate { return min(limit ?? 1, 1) }
    if isMereCount {
      let few = Int64(SQLComparison.mostListed)
      return min(limit ?? few, few)
    }
    let isBare = dialect == .mysql && verb == .select && !hasFrom && !hasSet && relations == 0
    return isBare ? min(limit ?? 1, 1) : limit
  }

  /// Whether what the relations hold is had under another name afterwards.
  var makesCopy: Bool {
    if renames { return true }
    guard selects || main == .merge, !isLoneAggregate else { return false }
    switch verb {
    case .create: return (createsTable || createsView) && !definesRoutine
    case .select, .with, .insert, .replace, .merge: return intoTable || isCopying
    default: return false
    }
  }

  private var isCopying: Bool { main == .insert || main == .replace || main == .merge }

  func operation(dialect: SQLDialect) -> Operation {
    if renames { return .touch }
    if changesAudit { return .audit }
    if changesIdentity { return .privilege }
    switch verb {
    case .select, .values, .with, .table:
      switch main {
      case .insert, .update, .delete, .merge, .replace: return hasReturning ? .read : .write
      default: break
      }
      if intoFile || isDump { return .export }
      return intoTable || isMereCount && hasFrom ? .touch : .read
    case .copy: return copiesFrom ? .write : .export
    case .unload, .backup, .baseBackup: return .export
    case .fetch: return .export
    case .declare: return hasCursor ? .export : .other
    case .handler: return .read
    case .insert, .update, .delete, .merge, .replace: return hasReturning ? .read : .write
    case .load, .import, .truncate: return .write
    case .vacuum, .analyze, .analyse, .reindex, .cluster, .optimize, .check, .checksum, .repair,
      .do, .refresh:
      return .touch
    case .explain: return analyses ? .touch : .other
    case .create:
      return (createsTable || createsView) && selects && !definesRoutine ? .touch : .other
    default: return .other
    }
  }
}

/// The tokens with the current one in hand.
struct SQLWalk {
  let bytes: UnsafeBufferPointer<UInt8>
  let dialect: SQLDialect
  var tokens: SQLTokens
  var token: SQLToken
  var keyword: SQLKeyword?
  /// The keyword before this one; `nil` when another token stood between.
  var previous: SQLKeyword?

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ dialect: SQLDialect) {
    self.bytes = bytes
    self.dialect = dialect
    tokens = SQLTokens(bytes, dialect: dialect)
    token = tokens.next()
    keyword = token.kind == .word ? SQLKeyword.at(bytes, token.start, token.end) : nil
  }

  mutating func advance() {
    previous = keyword
    token = tokens.next()
    keyword = token.kind == .word ? SQLKeyword.at(bytes, token.start, token.end) : nil
  }

  var atEnd: Bool { token.kind == .end || token.symbol == 0x3B }
  var isName: Bool { token.kind == .word || token.kind == .quotedName }
  var number: Int64? { token.kind == .number ? bytes.decimal(token.start..<token.end) : nil }

  /// Whether a query's own list names columns, or `*`.
  ///
  /// Seen from its first token; words that are values by themselves (`NULL`, `CURRENT_USER`) are none.
  var listsColumns: Bool {
    var walk = self
    guard walk.keyword == .select else { return false }
    walk.advance()
    while walk.keyword == .all || walk.keyword == .distinct { walk.advance() }
    var (depth, isFresh) = (0, true)
    while !walk.atEnd {
      switch walk.token.symbol {
      case 0x28: depth += 1
      case 0x29: depth -= 1
      case 0x2A where isFresh && depth == 0: return true
      default: break
      }
      if isFresh, depth == 0, walk.isName, walk.keyword == nil || walk.token.kind == .quotedName,
        bytes[walk.token.start] != 0x40
      {
        let next = walk.following()
        let isValue =
          next.token.symbol == 0x28 || next.token.kind == .string || next.token.kind == .number
        if !isValue, !walk.isNamedValue { return true }
      }
      isFresh = walk.token.symbol == 0x2C && depth == 0
      walk.advance()
    }
    return false
  }

  private var isNamedValue: Bool {
    guard token.kind == .word else { return false }
    let words: [StaticString] = [
      "null", "true", "false", "default", "interval", "binary", "exists", "localtime",
      "localtimestamp", "session_user", "system_user", "user", "sysdate",
    ]
    return words.contains { isWord($0) } || startsWith("current_") || startsWith("utc_")
      || bytes[token.start] == 0x5F
  }

  /// Whether an aggregate whose name is longer than a keyword's keeps what it folds.
  var gathersByLongName: Bool {
    token.kind == .word && token.end - token.start > 16
      && (startsWith("json_object_agg_") || startsWith("jsonb_object_agg_")
        || startsWith("json_group_object"))
  }

  /// FOR XML, FOR JSON of SQL Server: the answer is one text, cut into rows.
  var isOneText: Bool {
    guard dialect == .sqlServer, keyword == .for else { return false }
    let next = following()
    return next.isWord("xml") || next.isWord("json")
  }

  /// The token after this one.
  func following() -> SQLWalk {
    var copy = self
    copy.advance()
    return copy
  }

  func startsWith(_ word: StaticString) -> Bool {
    guard token.end - token.start >= word.utf8CodeUnitCount else { return false }
    for index in 0..<word.utf8CodeUnitCount {
      let byte = bytes[token.start + index]
      guard (byte &- 0x41 < 26 ? byte | 0x20 : byte) == word.utf8Start[index] else { return false }
    }
    return true
  }

  /// The name in hand: folded where PostgreSQL folds, doubled quotes made single.
  func appendName(to name: inout [UInt8]) {
    var index = token.start
    let quote: UInt8 = dialect == .mysql ? 0x60 : dialect == .sqlServer ? 0x5D : 0x22
    while index < token.end {
      let byte = bytes[index]
      if token.kind == .quotedName {
        if byte == quote, index + 1 < token.end { index += 1 }
        name.append(byte)
      } else {
        name.append(dialect == .postgresql && byte &- 0x41 < 26 ? byte | 0x20 : byte)
      }
      index += 1
    }
  }
}
