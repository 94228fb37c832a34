extension SQLSelectivity {
  /// Follows one keyword where no relation is expected.
  mutating func clause(_ keyword: SQLKeyword, _ top: Int, _ walk: inout SQLWalk) {
    let block = blocks.count - 1
    if frames[top].inCondition, logic(keyword, top) { return walk.advance() }
    if blocks[block].phase == .list, blocks[block].verb == .select {
      if keyword == .over { blocks[block].overs += 1 }
      if keyword.isAggregate, walk.following().token.symbol == 0x28 {
        blocks[block].aggregates += 1
        if keyword.gathers { blocks[block].gathers = true }
      }
    }
    guard frames[top].kind == .query || frames[top].kind == .from else { return walk.advance() }
    switch keyword {
    case .select, .update, .delete, .insert, .replace, .merge, .values, .table:
      verb(keyword, top, walk)
    case .with:
      if blocks[block].verb == nil, !frames[top].inWith {
        frames[top].inWith = true
        frames[top].expectsCommonTable = true
      }
    case .union, .except, .intersect, .minus: setOperation(keyword, top, walk)
    case .limit, .fetch, .offset: return limit(keyword, top, &walk)
    case .from:
      if walk.previous != .distinct { enterFrom(top, expects: true) }
    case .where:
      blocks[block].phase = .condition
      beginCondition(top, isOn: false)
    case .on: if blocks[block].phase == .from { beginCondition(top, isOn: true) }
    default: if blocks[block].phase == .from { join(keyword, top, walk) }
    }
    if keyword == .for, walk.isOneText { blocks[block].gathers = true }
    tail(keyword, top, walk)
    walk.advance()
  }

  /// AND, OR and what hides them.
  private mutating func logic(_ keyword: SQLKeyword, _ top: Int) -> Bool {
    switch keyword {
    case .and:
      guard frames[top].nesting == 0 else { return true }
      if frames[top].inBetween {
        frames[top].inBetween = false
      } else {
        frames[top].atConjunct = true
      }
    case .or, .xor: frames[top].hasOr = true
    case .between: if frames[top].nesting == 0 { frames[top].inBetween = true }
    case .case: frames[top].nesting += 1
    case .end: frames[top].nesting = max(0, frames[top].nesting - 1)
    default: return false
    }
    return true
  }

  private mutating func beginCondition(_ top: Int, isOn: Bool) {
    endCondition(top)
    frames[top].found = found.count
    frames[top].inCondition = true
    frames[top].atConjunct = true
    blocks[blocks.count - 1].isOn = isOn
  }

  private mutating func enterFrom(_ top: Int, expects: Bool) {
    endCondition(top)
    blocks[blocks.count - 1].phase = .from
    blocks[blocks.count - 1].expectsRelation = expects
  }

  private mutating func verb(_ keyword: SQLKeyword, _ top: Int, _ walk: SQLWalk) {
    let block = blocks.count - 1
    let isNew = blocks[block].verb == nil
    switch keyword {
    case .select where isNew || blocks[block].phase == .tail && blocks[block].verb != .select:
      endCondition(top)
      begin(.select)
      blocks[blocks.count - 1].list = walk
    case .update where isNew, .table where isNew:
      begin(keyword)
      enterFrom(top, expects: true)
    case .delete where isNew, .merge where isNew: begin(keyword)
    case .insert where isNew, .replace where isNew, .values where isNew:
      begin(keyword)
      blocks[block].phase = .tail
    default: break
    }
  }

  private mutating func setOperation(_ keyword: SQLKeyword, _ top: Int, _ walk: SQLWalk) {
    let next = walk.following()
    if keyword == .minus, next.keyword != .select, next.keyword != .all,
      next.token.symbol != 0x28
    {
      return
    }
    if frames[top].kind == .query {
      finishBranch()
    } else {
      blocks[blocks.count - 1].expectsRelation = true
    }
  }

  private mutating func join(_ keyword: SQLKeyword, _ top: Int, _ walk: SQLWalk) {
    let block = blocks.count - 1
    switch keyword {
    case .join, .straightJoin: enterFrom(top, expects: true)
    case .left, .right, .full:
      guard walk.following().token.symbol != 0x28 else { return }
      endCondition(top)
      blocks[block].hasOuterJoin = true
    case .inner, .cross: endCondition(top)
    case .natural:
      endCondition(top)
      blocks[block].isNatural = true
    case .using:
      if walk.following().token.symbol != 0x28 || blocks[block].verb == .merge {
        enterFrom(top, expects: true)
      } else if relations.count > blocks[block].relations {
        endCondition(top)
        relations[relations.count - 1].joinsPrevious = true
      }
    default: break
    }
  }

  /// What ends FROM or a condition.
  private mutating func tail(_ keyword: SQLKeyword, _ top: Int, _ walk: SQLWalk) {
    let block = blocks.count - 1
    switch keyword {
    case .group, .order:
      // FORCE INDEX FOR ORDER BY stands in FROM.
      guard walk.previous != .for else { return }
      if keyword == .group {
        blocks[block].isGrouped = true
        blocks[block].isFew = SQLGroupColumn.areFew(walk, list: blocks[block].list)
      }
    case .having, .window, .returning: break
    case .set: guard blocks[block].verb == .update else { return }
    case .when: guard blocks[block].verb == .merge else { return }
    case .for: guard blocks[block].phase == .condition else { return }
    case .into:
      if blocks[block].verb == .merge { enterFrom(top, expects: true) }
      return
    default: return
    }
    endCondition(top)
    blocks[block].phase = .tail
  }

  /// A plain, small number of LIMIT or FETCH FIRST bounds the query in parentheses that it ends.
  private mutating func limit(_ keyword: SQLKeyword, _ top: Int, _ walk: inout SQLWalk) {
    endCondition(top)
    blocks[blocks.count - 1].phase = .tail
    walk.advance()
    guard frames[top].kind == .query, keyword != .offset else { return }
    if keyword == .fetch, walk.keyword == .first || walk.keyword == .next { walk.advance() }
    guard let number = walk.number, number <= SQLComparison.mostListed else { return }
    walk.advance()
    if keyword == .fetch {
      if walk.startsWith("row") { walk.advance() }
      frames[top].isLimited = walk.isWord("only")
    } else {
      frames[top].isLimited =
        walk.atEnd || walk.token.symbol == 0x29 || walk.keyword == .offset || walk.keyword == .for
    }
  }
}
