internal import EventModel

extension SQLScanner {
  /// Reads one statement up to `;` or the end of the text.
  mutating func oneStatement(_ walk: inout SQLWalk) {
    facts = SQLFacts()
    levels.removeAll(keepingCapacity: true)
    levels.append(SQLLevel())
    forgetCTEs(beyond: 0)
    pendingCTE.removeAll(keepingCapacity: true)
    while walk.token.symbol == 0x28 { open(&walk) }
    facts.verb = walk.keyword
    prepareVerb(&walk)
    while !walk.atEnd, !facts.definesRoutine { step(&walk) }
  }

  private var top: Int { levels.count - 1 }

  /// What the first word sets up.
  private mutating func prepareVerb(_ walk: inout SQLWalk) {
    switch walk.keyword {
    case .copy:
      walk.advance()
      if walk.token.symbol == 0x28 {
        facts.mainDepth = 1
      } else {
        levels[top].started = true
        takeRelation(&walk, allowsColumns: true)
      }
    case .fetch:
      walk.advance()
      levels[top].started = true
      facts.fetchCount = direction(walk)
      while !walk.atEnd { walk.advance() }
    case .truncate, .lock, .vacuum, .handler, .reindex, .optimize, .check, .checksum, .repair,
      .cluster, .refresh:
      let verb = walk.keyword
      walk.advance()
      levels[top].started = true
      if walk.token.symbol == 0x28, verb != .lock { skipParentheses(&walk) }
      levels[top].expectsRelation = !walk.atEnd
      levels[top].inFrom = true
    case .analyze, .analyse:
      walk.advance()
      switch walk.keyword {
      case .select, .with, .insert, .update, .delete, .replace: break
      default:
        if walk.token.symbol == 0x28 { skipParentheses(&walk) }
        levels[top].expectsRelation = !walk.atEnd && !walk.startsWith("format")
        levels[top].inFrom = true
      }
    case .explain:
      walk.advance()
      if walk.token.symbol == 0x28 {
        let end = walk.following()
        facts.analyses = facts.analyses || end.keyword == .analyze
        var probe = end
        while !probe.atEnd, probe.token.symbol != 0x29 {
          if probe.keyword == .analyze || probe.keyword == .analyse { facts.analyses = true }
          probe.advance()
        }
        skipParentheses(&walk)
      }
    case .set, .alter, .reset, .uninstall, .drop: configuration(&walk)
    default:
      if walk.startsWith("rename"), walk.following().keyword == .table { _ = rename(&walk) }
    }
  }

  /// SET, ALTER, RESET, DROP: whether audit or identity is changed.
  ///
  /// Only the words count.
  private mutating func configuration(_ walk: inout SQLWalk) {
    let verb = walk.keyword
    walk.advance()
    if verb == .alter, walk.keyword == .system { facts.changesAudit = true }
    if verb == .alter, rename(&walk) { return }
    if verb == .set || verb == .reset {
      var probe = walk
      if probe.keyword == .local || probe.keyword == .session { probe.advance() }
      facts.changesIdentity = probe.keyword == .role || probe.keyword == .authorization
    }
    var isAudit = false
    while !walk.atEnd {
      if verb == .set || verb == .alter, isAudit, isOff(walk) { facts.stopsAudit = true }
      if walk.isName {
        isAudit = isAudit || isAuditItself(walk)
        if verb == .uninstall || (verb == .drop && walk.previous == .extension) {
          if walk.startsWith("server_audit") || walk.startsWith("pgaudit")
            || walk.startsWith("audit_log")
          {
            (facts.changesAudit, facts.stopsAudit) = (true, true)
          }
        } else if verb != .drop, isAuditSetting(walk) {
          facts.changesAudit = true
        }
      } else if verb == .uninstall, walk.token.kind == .string, walk.startsWith("server_audit") {
        (facts.changesAudit, facts.stopsAudit) = (true, true)
      }
      walk.advance()
    }
  }

  /// `ALTER TABLE old RENAME TO new`, `… SET SCHEMA s`, `RENAME TABLE old TO new`: the records of `old` are had
  /// as `new`.
  ///
  /// The walk stands before TABLE (or VIEW, MATERIALIZED VIEW, FOREIGN TABLE), and goes on behind the names.
  private mutating func rename(_ walk: inout SQLWalk) -> Bool {
    let isAlter = facts.verb == .alter
    var kind = walk
    if isAlter {
      if kind.keyword == .materialized || kind.startsWith("foreign") { kind.advance() }
      guard kind.keyword == .table || kind.keyword == .view else { return false }
    }
    var old = isAlter ? kind.following() : walk.following().following()
    while old.startsWith("if") || old.startsWith("exists") || old.keyword == .only,
      old.following().isName
    {
      old.advance()
    }
    var name = old
    while name.isName,
      isAlter ? !name.isWord("rename") && name.keyword != .set : name.keyword != .to
    {
      name.advance()
      if name.token.symbol == 0x2E { name.advance() }
    }
    if isAlter, name.keyword == .set { return moveSchema(&old, name.following(), &walk) }
    if isAlter, name.isName { name.advance() }
    guard name.keyword == .to else { return false }
    takeRelation(&old, allowsColumns: true)
    makeRelation(name.following())
    facts.renames = true
    while !name.atEnd { name.advance() }
    walk = name
    return true
  }

  /// `ALTER TABLE t SET SCHEMA s`: the same name in another schema.
  private mutating func moveSchema(
    _ old: inout SQLWalk,
    _ set: SQLWalk,
    _ walk: inout SQLWalk
  )
    -> Bool
  {
    guard set.isWord("schema"), set.following().isName else { return false }
    takeRelation(&old, allowsColumns: true)
    makeRelation(set.following())
    let start = scratch.lastIndex(of: 0x2E).map { $0 + 1 } ?? 0
    target.append(0x2E)
    target.append(contentsOf: scratch[start...])
    facts.renames = true
    while !walk.atEnd { walk.advance() }
    return true
  }

  /// The name of a setting of the audit itself: `pgaudit.log`, `server_audit_logging`.
  private func isAuditItself(_ walk: SQLWalk) -> Bool {
    walk.startsWith("pgaudit") || walk.startsWith("server_audit") || walk.startsWith("audit_log")
      || walk.startsWith("@@global.server_audit")
  }

  /// A value that leaves nothing: `none`, `off`, `0`, an empty string.
  private func isOff(_ walk: SQLWalk) -> Bool {
    let length = walk.token.end - walk.token.start
    switch walk.token.kind {
    case .string where length == 0: return true
    case .number: return walk.number == 0
    case .string, .word, .quotedName:
      return length == 4 && walk.startsWith("none") || length == 3 && walk.startsWith("off")
        || length == 5 && walk.startsWith("false")
    default: return false
    }
  }

  /// A setting that decides what is logged, standing before `=`, `TO` or a dot.
  private func isAuditSetting(_ walk: SQLWalk) -> Bool {
    guard
      walk.startsWith("pgaudit") || walk.startsWith("server_audit") || walk.startsWith("audit_log")
        || walk.startsWith("general_log") || walk.startsWith("slow_query_log")
        || walk.startsWith("sql_log_bin") || walk.startsWith("log_statement")
        || walk.startsWith("log_output") || walk.startsWith("@@global.server_audit")
        || walk.startsWith("@@global.general_log") || walk.startsWith("@@sql_log_bin")
        || walk.startsWith("log_min_") || walk.startsWith("log_connections")
    else { return false }
    let next = walk.following()
    return next.token.symbol == 0x3D || next.token.symbol == 0x2E || next.token.symbol == 0x3A
      || next.keyword == .to || walk.previous == .reset || next.atEnd
  }

  private mutating func skipParentheses(_ walk: inout SQLWalk) {
    var depth = 0
    repeat {
      if walk.token.symbol == 0x28 { depth += 1 }
      if walk.token.symbol == 0x29 { depth -= 1 }
      walk.advance()
    } while depth > 0 && !walk.atEnd
  }

  /// The most rows of FETCH with its direction; `nil`: all, or not a plain number.
  private func direction(_ start: SQLWalk) -> Int64? {
    var walk = start
    switch walk.keyword {
    case .next, .prior, .first, .last, .absolute, .relative: return 1
    case .all: return nil
    case .forward:
      walk.advance()
    default:
      if walk.isName, walk.startsWith("backward") { walk.advance() }
    }
    if walk.keyword == .all { return nil }
    if walk.token.symbol == 0x2D { walk.advance() }
    if walk.token.kind == .number { return walk.number }
    return walk.isName || walk.keyword == .from ? 1 : nil
  }

  // MARK: parentheses

  private mutating func open(_ walk: inout SQLWalk) {
    var level = SQLLevel()
    level.expectsRelation = levels[top].expectsRelation
    level.inFrom = level.expectsRelation
    level.inMainList = levels[top].inMainList
    level.isBody = levels[top].awaitsBody
    level.isInCondition = levels[top].isInCondition || levels[top].inCondition
    level.cteBase = cteCount
    let mayGather = walk.previous?.gathersQuery == true && !level.isInCondition
    levels[top].awaitsBody = false
    levels[top].expectsRelation = false
    levels.append(level)
    walk.advance()
    guard mayGather else { return }
    switch walk.keyword {
    case .select, .with, .values, .table: facts.gathers = true
    default: if walk.token.symbol == 0x28 { facts.gathers = true }
    }
  }

  private mutating func close(_ walk: inout SQLWalk) {
    if levels.count > 1 {
      let closed = levels.removeLast()
      forgetCTEs(beyond: closed.cteBase)
      if closed.isBody, !pendingCTE.isEmpty, let name = pendingCTE.popLast(), !name.recursive {
        declareCTE(name.bytes)
      }
    }
    walk.advance()
  }

  // MARK: one token

  private mutating func step(_ walk: inout SQLWalk) {
    switch walk.token.symbol {
    case 0x28: return open(&walk)
    case 0x29: return close(&walk)
    case 0x2C:
      if levels[top].inWith {
        levels[top].expectsCTE = true
      } else if levels[top].inFrom {
        levels[top].expectsRelation = true
        if levels[top].isSelect { facts.hasJoin = true }
      }
      return walk.advance()
    default: break
    }
    guard walk.isName else { return walk.advance() }
    if levels[top].expectsCTE { return commonTable(&walk) }
    if levels[top].expectsRelation, !startsSubquery(walk) { return relation(&walk) }
    if let keyword = walk.keyword {
      clause(keyword, &walk)
    } else {
      if walk.following().token.symbol == 0x28 {
        if isStatistic(walk) {
          countAggregate(nil)
        } else if walk.gathersByLongName {
          countAggregate(nil)
          facts.gathers = true
        }
      }
      levels[top].started = true
      walk.advance()
    }
  }

  private func isStatistic(_ walk: SQLWalk) -> Bool {
    walk.startsWith("stddev_") || walk.startsWith("var_") || walk.startsWith("regr_")
      || walk.startsWith("percentile_") || walk.startsWith("corr") || walk.startsWith("covar_")
  }

  mutating func countAggregate(_ keyword: SQLKeyword?) {
    facts.aggregates += 1
    guard levels[top].inMainList else { return }
    facts.mainAggregates += 1
    if keyword == .count { facts.mainCounts += 1 }
  }

  private func startsSubquery(_ walk: SQLWalk) -> Bool {
    switch walk.keyword {
    case .select, .values, .with: levels.count > 1 || facts.verb != .lock
    default: false
    }
  }

  private mutating func commonTable(_ walk: inout SQLWalk) {
    if walk.keyword == .recursive, walk.following().isName {
      levels[top].isRecursive = true
      return walk.advance()
    }
    var name: [UInt8] = []
    walk.appendName(to: &name)
    if levels[top].isRecursive { declareCTE(name) }
    pendingCTE.append((name, levels[top].isRecursive))
    levels[top].expectsCTE = false
    walk.advance()
  }

  private mutating func relation(_ walk: inout SQLWalk) {
    switch walk.keyword {
    case .only, .lateral, .table, .tables, .lowPriority, .ignore, .verbose, .materialized, .view,
      .into, .full, .concurrently:
      return walk.advance()
    default: break
    }
    levels[top].started = true
    levels[top].expectsRelation = false
    let takesColumns =
      (levels[top].isChange && !levels[top].inFrom) || facts.verb == .truncate
      || facts.verb == .vacuum || facts.verb == .analyze
    let isFilled = levels[top].isChange && !levels[top].inFrom
    takeRelation(&walk, allowsColumns: takesColumns)
    if isFilled { fillRelation() }
  }
}
