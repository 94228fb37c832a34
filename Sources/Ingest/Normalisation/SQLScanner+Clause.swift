internal import EventModel

extension SQLScanner {
  /// Follows one keyword where no relation is expected.
  mutating func clause(_ keyword: SQLKeyword, _ walk: inout SQLWalk) {
    let top = levels.count - 1
    let starts = !levels[top].started
    levels[top].started = true
    switch keyword {
    case .select: beginSelect(top)
    case .insert, .update, .delete, .merge, .replace:
      beginChange(keyword, starts: starts, top, walk)
    case .values:
      endWith(.values, top)
      levels[top].inFrom = false
    case .table: tableWord(starts: starts, top, walk)
    case .with: beginWith(top, walk)
    case .from: from(top, walk)
    // MySQL's SELECT STRAIGHT_JOIN * is a word to its planner, and joins nothing.
    case .straightJoin where levels[top].isSelect && !levels[top].inFrom: break
    case .join, .straightJoin:
      levels[top].inCondition = false
      if levels[top].isSelect || levels[top].isChange || levels[top].inFrom {
        levels[top].expectsRelation = true
        facts.hasJoin = true
      }
    case .using:
      let next = walk.following()
      if levels[top].isChange, facts.main == .merge || next.token.symbol != 0x28 {
        levels[top].expectsRelation = true
        levels[top].inFrom = true
      }
    case .into: return into(top, &walk)
    case .to: return copyTarget(top, &walk)
    case .union, .except, .intersect, .minus:
      guard levels[top].isSelect || levels[top].inFrom || starts || keyword != .minus else { break }
      facts.hasSet = true
      levels[top].inFrom = false
      levels[top].inMainList = false
    case .limit, .fetch, .offset: return bound(keyword, top, &walk)
    case .as: if levels[top].inWith { levels[top].awaitsBody = !pendingCTE.isEmpty }
    case .top where walk.dialect == .sqlServer && walk.previous == .select:
      facts.hasCondition = true
      let next = walk.following()
      let after = next.following()
      if levels.count - 1 == facts.mainDepth, !after.startsWith("percent") {
        facts.limit = next.number
      }
    default: simpleClause(keyword, top, walk)
    }
    walk.advance()
  }

  private mutating func simpleClause(_ keyword: SQLKeyword, _ top: Int, _ walk: SQLWalk) {
    switch keyword {
    case .where, .having, .tablesample:
      if levels[top].isSelect || levels[top].isChange { facts.hasCondition = true }
      if keyword != .tablesample { (levels[top].inFrom, levels[top].inCondition) = (false, true) }
    case .on: if walk.previous != .distinct { levels[top].inCondition = true }
    case .distinct:
      if walk.previous == .select { facts.hasCondition = true }
    case .group:
      if levels[top].isSelect {
        facts.hasGroup = true
        facts.countsGroups =
          top == facts.mainDepth && facts.selectWords == 1 && SQLGroupColumn.countsGroups(walk)
        levels[top].inFrom = false
      }
    case .order, .for, .set, .window:
      levels[top].inFrom = false
      if walk.isOneText { facts.gathers = true }
    case .returning:
      levels[top].inFrom = false
      if top == 0, facts.isChange { facts.hasReturning = true }
    case .over: if levels[top].inMainList { facts.overs += 1 }
    case .sqlNoCache: if walk.token.inHint, walk.previous == .select { facts.isDump = true }
    case .analyze, .analyse: if facts.verb == .explain, !facts.selects { facts.analyses = true }
    case .cursor: facts.hasCursor = true
    case .function, .procedure, .trigger, .event:
      if facts.verb == .create, !facts.selects { facts.definesRoutine = true }
    case .view:
      guard facts.verb == .create, !facts.selects else { break }
      if walk.previous == .materialized {
        facts.createsTable = true
      } else {
        facts.createsView = true
      }
      makeRelation(walk.following())
    default:
      guard keyword.isAggregate, walk.following().token.symbol == 0x28 else { break }
      countAggregate(keyword)
      if keyword.gathers { facts.gathers = true }
    }
  }

  private mutating func beginSelect(_ top: Int) {
    endWith(.select, top)
    levels[top].isSelect = true
    levels[top].isChange = false
    levels[top].inCondition = false
    levels[top].inFrom = false
    levels[top].expectsRelation = false
    levels[top].inMainList = top == facts.mainDepth && !facts.hasSet
    facts.selects = true
    facts.selectWords += 1
  }

  private mutating func beginChange(
    _ keyword: SQLKeyword,
    starts: Bool,
    _ top: Int,
    _ walk: SQLWalk
  ) {
    guard starts || levels[top].inWith || walk.previous == .explain || walk.previous == .analyze,
      walk.following().token.symbol != 0x28
    else { return }
    endWith(keyword, top)
    levels[top].isChange = true
    if keyword == .update { levels[top].expectsRelation = true }
    if keyword == .insert || keyword == .replace, !walk.following().startsWith("into") {
      // MySQL: INSERT [IGNORE] t without INTO.
      levels[top].expectsRelation = walk.dialect == .mysql
    }
  }

  /// A query's own verb ends its list of CTEs.
  private mutating func endWith(_ keyword: SQLKeyword, _ top: Int) {
    levels[top].inWith = false
    levels[top].expectsCTE = false
    if top == 0, facts.main == nil { facts.main = keyword }
  }

  private mutating func tableWord(starts: Bool, _ top: Int, _ walk: SQLWalk) {
    // CREATE TABLE x AS TABLE t: the second one is a query.
    if facts.verb == .create, !facts.createsTable || walk.previous != .as {
      if !facts.selects { makeRelation(walk.following()) }
      facts.createsTable = true
    } else if facts.verb == .load {
      return
    } else if starts || walk.previous == .union || walk.previous == .all || walk.previous == .except
      || walk.previous == .intersect || walk.previous == .for || walk.previous == .as
      || levels[top].inWith
    {
      endWith(.table, top)
      facts.selects = true
      levels[top].expectsRelation = true
    }
  }

  /// WITH begins CTEs only when a name and AS (or a list of columns) follow.
  private mutating func beginWith(_ top: Int, _ walk: SQLWalk) {
    guard !levels[top].inWith, !levels[top].inFrom || !levels[top].isSelect else { return }
    var probe = walk.following()
    if probe.keyword == .recursive { probe.advance() }
    guard probe.isName else { return }
    probe.advance()
    guard probe.keyword == .as || probe.token.symbol == 0x28 else { return }
    levels[top].inWith = true
    levels[top].isRecursive = false
    levels[top].expectsCTE = true
  }

  private mutating func from(_ top: Int, _ walk: SQLWalk) {
    if facts.verb == .copy, top == 0, facts.mainDepth == 0 {
      facts.copiesFrom = true
      return
    }
    // IS [NOT] DISTINCT FROM; a SELECT without a list is not written so.
    if walk.previous == .distinct { return }
    guard levels[top].isSelect || levels[top].isChange else { return }
    levels[top].inFrom = true
    levels[top].expectsRelation = true
    levels[top].inMainList = false
    facts.hasFrom = true
  }

  private mutating func into(_ top: Int, _ walk: inout SQLWalk) {
    walk.advance()
    if levels[top].isChange || facts.verb == .load {
      if facts.verb == .load { levels[top].isChange = true }
      levels[top].expectsRelation = true
      return
    }
    guard levels[top].isSelect else { return }
    if walk.keyword == .outfile || walk.keyword == .dumpfile {
      facts.intoFile = true
      walk.advance()
      if walk.token.kind == .string {
        facts.destination = walk.token.start..<walk.token.end
        walk.advance()
      }
      return
    }
    facts.intoTable = true
    if top == 0 { makeRelation(walk) }
    levels[top].inMainList = false
    while !walk.atEnd, walk.keyword != .from, walk.token.symbol != 0x29, walk.keyword != .where {
      walk.advance()
    }
  }

  private mutating func copyTarget(_ top: Int, _ walk: inout SQLWalk) {
    walk.advance()
    guard facts.verb == .copy, top == 0 else { return }
    if walk.keyword == .program { walk.advance() }
    guard walk.token.kind == .string else { return }
    facts.destination = walk.token.start..<walk.token.end
    walk.advance()
  }

  /// LIMIT n, LIMIT m, n, FETCH FIRST n ROWS ONLY.
  ///
  /// Only a plain number bounds.
  private mutating func bound(_ keyword: SQLKeyword, _ top: Int, _ walk: inout SQLWalk) {
    walk.advance()
    guard
      levels[top].isSelect || levels[top].isChange || levels[top].inFrom
        || facts.main == .table || facts.main == .values
    else { return }
    facts.hasCondition = true
    levels[top].inFrom = false
    guard keyword != .offset else { return }
    let isFetch = keyword == .fetch
    if isFetch, walk.keyword == .first || walk.keyword == .next { walk.advance() }
    var count: Int64?
    if isFetch, walk.startsWith("row") {
      count = 1
    } else if let number = walk.number {
      count = number
      walk.advance()
      if walk.token.symbol == 0x2C, walk.dialect == .mysql {
        walk.advance()
        count = walk.number
        walk.advance()
      }
    }
    if walk.token.kind == .symbol, walk.token.symbol != 0x29, walk.token.symbol != 0x3B {
      count = nil
    }
    if isFetch {
      while !walk.atEnd, walk.token.kind == .word, walk.keyword != .with, walk.keyword != .for,
        !walk.startsWith("only")
      {
        walk.advance()
      }
      if walk.keyword == .with { count = nil }
    }
    if top == facts.mainDepth { facts.limit = count }
  }
}
