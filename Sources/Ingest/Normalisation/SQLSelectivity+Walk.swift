extension SQLSelectivity {
  /// Follows one token, or one comparison.
  mutating func step(_ walk: inout SQLWalk) {
    let top = frames.count - 1
    let isFresh = frames[top].isFresh
    frames[top].isFresh = false
    if isFresh, frames[top].kind != .query { startQuery(top, walk) }
    if conjunct(top, &walk) { return }
    let block = blocks.count - 1
    switch walk.token.symbol {
    case 0x28: return open(&walk)
    case 0x29: return close(&walk)
    case 0x2C:
      if frames[top].kind == .query, frames[top].inWith, blocks[block].verb == nil {
        frames[top].expectsCommonTable = true
      } else if isClause(top), blocks[block].phase == .from {
        endCondition(top)
        blocks[block].expectsRelation = true
      }
      return walk.advance()
    case 0x5B: if frames[top].inCondition { frames[top].nesting += 1 }
    case 0x5D: frames[top].nesting = max(0, frames[top].nesting - 1)
    case 0x7C: if frames[top].inCondition { frames[top].hasOr = true }
    default: break
    }
    guard walk.isName else { return walk.advance() }
    if frames[top].expectsCommonTable { return commonTable(top, &walk) }
    if isClause(top), blocks[block].expectsRelation {
      switch walk.keyword {
      case .select, .values, .with: break
      default: return relation(&walk)
      }
    }
    if let keyword = walk.keyword { return clause(keyword, top, &walk) }
    if blocks[block].phase == .list, walk.gathersByLongName {
      blocks[block].aggregates += 1
      blocks[block].gathers = true
    }
    walk.advance()
  }

  private func isClause(_ top: Int) -> Bool {
    frames[top].kind == .query || frames[top].kind == .from
  }

  /// A parenthesis that begins with SELECT and the like holds a query of its own.
  private mutating func startQuery(_ top: Int, _ walk: SQLWalk) {
    switch walk.keyword {
    case .select, .values, .with: break
    default: return
    }
    if frames[top].kind == .from { blocks[blocks.count - 1].expectsRelation = false }
    frames[top].role = frames[top].kind == .from ? .derived : .ignored
    frames[top].kind = .query
    frames[top].inCondition = false
    frames[top].atConjunct = false
    openBlock()
  }

  /// Where a conjunct begins: a comparison, or a parenthesis that may hold some.
  private mutating func conjunct(_ top: Int, _ walk: inout SQLWalk) -> Bool {
    guard frames[top].inCondition, frames[top].atConjunct, frames[top].nesting == 0 else {
      return false
    }
    frames[top].atConjunct = false
    if walk.token.symbol == 0x28 {
      open(.group, .ignored)
      frames[top + 1].inCondition = true
      frames[top + 1].atConjunct = true
      walk.advance()
      return true
    }
    var probe = walk
    guard var comparison = SQLComparison.read(&probe) else { return semiJoin(&walk) }
    comparison.isOn = blocks[blocks.count - 1].isOn
    found.append(comparison)
    walk = probe
    return true
  }

  /// Whether a column is held against the rows of a query: `column IN (SELECT …`.
  private mutating func semiJoin(_ walk: inout SQLWalk) -> Bool {
    var probe = walk
    guard let column = SQLComparison.column(&probe), probe.keyword == .in else { return false }
    probe.advance()
    guard probe.token.symbol == 0x28, probe.following().keyword == .select else { return false }
    open(.query, .semiJoin, name: column)
    probe.advance()
    walk = probe
    return true
  }

  private mutating func open(_ walk: inout SQLWalk) {
    let top = frames.count - 1
    let block = blocks.count - 1
    if isClause(top), blocks[block].expectsRelation {
      open(.from, .derived)
    } else if frames[top].kind == .query, frames[top].nextName != 0, frames[top].inWith,
      blocks[block].verb == nil, walk.previous == .as || walk.previous == .materialized
    {
      open(.query, .commonTable, name: frames[top].nextName)
    } else if frames[top].kind == .query, blocks[block].verb == nil, !frames[top].inWith {
      open(.query, .branch)
    } else {
      let isList = blocks[block].phase == .list
      if isList { blocks[block].calls = true }
      open(.other, .ignored)
      if isList, walk.previous?.gathersQuery == true { frames[top + 1].gathers = true }
    }
    walk.advance()
  }

  private mutating func close(_ walk: inout SQLWalk) {
    walk.advance()
    guard frames.count > 1 else { return }
    if frames[frames.count - 1].kind != .group { endCondition(frames.count - 1) }
    let frame = frames.removeLast()
    let top = frames.count - 1
    switch frame.kind {
    case .query:
      let gathersAll = gathersUnconditionally(frame)
      let gathersRange = gathersAlone(frame)
      let isSelective = finishQuery(frame)
      commonTables.removeSubrange(min(frame.commonTables, commonTables.count)...)
      switch frame.role {
      case .branch:
        frames[top].isSelective = frames[top].isSelective && isSelective
        blocks[blocks.count - 1].inner = ending
      case .commonTable: commonTables.append((frame.name, isSelective, ending))
      case .derived:
        relations.append(Relation(name: 0, derived: isSelective, most: ending))
        alias(&walk)
      case .semiJoin:
        guard isSelective, !Self.isWide(ending), SQLComparison.ends(walk) else { break }
        found.append(SQLComparison(left: frame.name, isOn: blocks[blocks.count - 1].isOn))
      case .ignored:
        // What is gathered within a condition is held against something, not returned.
        guard blocks.last?.phase != .condition else { break }
        if gathersAll, !isSelective { widenEnclosing() }
        if gathersRange, isSelective, Self.isWide(ending) { gatherWithin() }
      }
    case .from:
      if relations.count > blocks[blocks.count - 1].relations,
        relations[relations.count - 1].name == 0
      {
        alias(&walk)
      }
    case .group:
      if frame.hasOr || !SQLComparison.ends(walk) {
        found.removeSubrange(min(frame.found, found.count)...)
      }
    case .other: break
    }
  }

  /// Whether the block in hand gathers records and no comparison narrows it, not even with the
  /// query around it.
  private func gathersUnconditionally(_ frame: Frame) -> Bool {
    guard let block = blocks.last else { return false }
    return (block.gathers || frame.gathers) && found.count <= block.found
  }

  /// Whether the block in hand gathers records whatever the query around it is at.
  private func gathersAlone(_ frame: Frame) -> Bool {
    guard let block = blocks.last, block.gathers || frame.gathers else { return false }
    return !found[block.found...].contains(where: \.isEdge)
  }

  /// `SELECT array(SELECT c FROM clients c WHERE id BETWEEN 1 AND 5000)`: the query around it returns as many.
  private mutating func gatherWithin() {
    guard let ending, let block = blocks.indices.last else { return }
    blocks[block].inner = (blocks[block].inner ?? 0) + ending
    blocks[block].gathers = true
  }

  /// `SELECT (SELECT json_agg(c) FROM clients c)`: the query around it returns them all.
  private mutating func widenEnclosing() {
    guard let place = frames.lastIndex(where: { $0.kind == .query }), !blocks.isEmpty else {
      return
    }
    frames[place].isSelective = false
    blocks[blocks.count - 1].gathers = true
  }

  // MARK: names

  private mutating func commonTable(_ top: Int, _ walk: inout SQLWalk) {
    if walk.keyword == .recursive, walk.following().isName { return walk.advance() }
    frames[top].nextName = walk.nameHash
    frames[top].expectsCommonTable = false
    walk.advance()
  }

  private mutating func relation(_ walk: inout SQLWalk) {
    switch walk.keyword {
    case .only, .lateral, .table, .lowPriority, .ignore: return walk.advance()
    default: break
    }
    let block = blocks.count - 1
    blocks[block].expectsRelation = false
    var (parts, name) = (0, 0 as UInt64)
    var isDual = walk.dialect == .mysql && walk.isWord("dual")
    while walk.isName {
      name = walk.nameHash
      parts += 1
      walk.advance()
      guard walk.token.symbol == 0x2E else { break }
      isDual = false
      walk.advance()
    }
    if isDual { return }
    var relation = Relation(name: name, joinsPrevious: blocks[block].isNatural)
    blocks[block].isNatural = false
    if walk.token.symbol == 0x28, blocks[block].verb != .merge {
      relation.derived = false
    } else if parts == 1, let known = commonTables.last(where: { $0.name == name }) {
      (relation.derived, relation.most) = (known.isSelective, known.most)
    }
    relations.append(relation)
    alias(&walk)
  }

  /// `[AS] name` behind a relation, which it then has.
  private mutating func alias(_ walk: inout SQLWalk) {
    if walk.token.symbol == 0x2A { walk.advance() }
    let isSure = walk.keyword == .as
    if isSure { walk.advance() }
    guard walk.isName, !relations.isEmpty else { return }
    if !isSure, walk.token.kind == .word, walk.following().token.symbol != 0x2C, endsRelation(walk)
    {
      return
    }
    relations[relations.count - 1].name = walk.nameHash
    walk.advance()
  }

  private func endsRelation(_ walk: SQLWalk) -> Bool {
    if walk.dialect == .mysql,
      walk.isWord("use") || walk.isWord("force") || walk.isWord("partition")
        || walk.keyword == .ignore || walk.keyword == .lock || walk.keyword == .procedure
    {
      return true
    }
    switch walk.keyword {
    case .where, .join, .straightJoin, .on, .using, .group, .order, .having, .limit, .offset,
      .fetch, .for, .union, .except, .intersect, .left, .right, .full, .inner, .cross, .natural,
      .window, .returning, .tablesample, .into, .from:
      return true
    case .set: return blocks[blocks.count - 1].verb == .update
    case .minus:
      let next = walk.following()
      return next.keyword == .select || next.token.symbol == 0x28 || next.keyword == .all
    default: return false
    }
  }
}
