/// Whether a text reads single records rather than whole tables.
///
/// A query is selective when every table it reads is narrowed at the top level of AND: some column
/// of it is compared by `=` or a short IN list with a literal or parameter, or joined by `=` to a
/// table that is. A column that sorts records into groups, such as a status or an owner, narrows
/// nothing by itself. A query is also selective that gives one row (aggregates without GROUP BY) or
/// at most `SQLComparison.mostListed` (LIMIT), unless an aggregate keeps what it folds. All branches of UNION, and every query in FROM or WITH,
/// must be so themselves. Whatever is not understood narrows nothing: no spelling, comment, alias or
/// pair of parentheses makes a wide read selective.
///
/// One walk over the tokens; no recursion; nothing is allocated once its arrays have grown.
struct SQLSelectivity {
  enum Kind { case query, from, group, other }
  enum Role { case branch, derived, commonTable, semiJoin, ignored }
  enum Phase { case list, from, condition, tail }

  /// One depth of parentheses.
  struct Frame {
    var kind = Kind.other
    var role = Role.ignored
    var isFresh = true
    /// The condition in hand: its comparisons start here.
    var found = 0
    var inCondition = false
    var atConjunct = false
    var hasOr = false
    var inBetween = false
    /// Depth of CASE and of brackets.
    var nesting = 0
    var inWith = false
    var expectsCommonTable = false
    /// Of the common table whose body comes next.
    var nextName: UInt64 = 0
    /// Of the common table that this is; what qualifies the column of a `semiJoin`.
    var name: UInt64 = 0
    var commonTables = 0
    /// All branches so far.
    var isSelective = true
    /// What the branches so far return at most, together; of a rough one that is not known.
    var most: Int64 = 0
    var isRough = false
    var isLimited = false
    /// `ARRAY(SELECT …` in a list: all its rows are one value.
    var gathers = false
  }

  /// One SELECT, UPDATE or DELETE.
  struct Block {
    var relations = 0
    var found = 0
    var phase = Phase.list
    var verb: SQLKeyword?
    var expectsRelation = false
    var aggregates = 0
    var gathers = false
    var overs = 0
    var isGrouped = false
    /// Grouped by columns of few values.
    var isFew = false
    /// Where its list of columns begins.
    var list: SQLWalk?
    /// Calls a function in that list: it may return many rows for one, but in MySQL.
    var calls = false
    var hasOuterJoin = false
    var isOn = false
    var isNatural = false
    /// Records at most of the queries in its list, or of the one in parentheses that it is.
    var inner: Int64?
  }

  struct Relation {
    var name: UInt64
    /// Of a query in FROM or WITH: whether it is selective itself.
    var derived: Bool?
    /// Of such a query: its records at most, where they are bounded.
    var most: Int64?
    /// Joined to the one before by NATURAL or USING.
    var joinsPrevious = false
  }

  private static let mostFrames = 64
  private static let mostRelations = 32

  var frames: [Frame] = []
  var blocks: [Block] = []
  var relations: [Relation] = []
  var found: [SQLComparison] = []
  var commonTables: [(name: UInt64, isSelective: Bool, most: Int64?)] = []
  private var labels: [Int] = []
  /// Records or groups that the query returns at most, or folds, where a key or its groups bound them: of one table a
  /// branch, or of one query of that kind in its FROM.
  private(set) var most: Int64?
  /// The same of the branch or query that has just ended.
  private(set) var ending: Int64?

  /// `start`: the walk at the first token of the statement.
  mutating func holds(_ start: SQLWalk) -> Bool {
    var walk = start
    forgetMost()
    frames.removeAll(keepingCapacity: true)
    blocks.removeAll(keepingCapacity: true)
    relations.removeAll(keepingCapacity: true)
    found.removeAll(keepingCapacity: true)
    commonTables.removeAll(keepingCapacity: true)
    blocks.append(Block())
    frames.append(Frame(kind: .query, role: .branch))
    while !walk.atEnd {
      step(&walk)
      guard frames.count <= Self.mostFrames, found.count < 4096 else { return false }
    }
    guard frames.count == 1, walk.tokens.isComplete else { return false }
    endCondition(0)
    let isSelective = finishQuery(frames.removeLast())
    most = isSelective ? ending : nil
    return isSelective
  }

  mutating func forgetMost() { most = nil }

  // MARK: blocks

  /// The branch in hand, whose condition has ended, ends the frame's query.
  mutating func finishQuery(_ frame: Frame) -> Bool {
    let isLast = isBlockSelective()
    let gathers = blocks.last?.gathers ?? false
    let isLimited = frame.isLimited && !gathers
    let total = frame.isRough ? nil : ending.map { $0 + frame.most }
    // A wide branch beside one of which no number is known: nothing bounds both.
    let isMixed = total == nil && Self.isWide(frame.most + (ending ?? 0))
    let isSelective = isLimited || frame.isSelective && isLast && !isMixed
    ending = isSelective ? total : nil
    if isLimited { ending = min(total ?? .max, Int64(SQLComparison.mostListed)) }
    if let block = blocks.popLast() {
      relations.removeSubrange(min(block.relations, relations.count)...)
      found.removeSubrange(min(block.found, found.count)...)
    }
    return isSelective
  }

  /// A branch of UNION and the like ends; the next begins.
  mutating func finishBranch() {
    let top = frames.count - 1
    endCondition(top)
    let isSelective = isBlockSelective()
    if let ending { frames[top].most += ending } else { frames[top].isRough = true }
    frames[top].isSelective = frames[top].isSelective && isSelective
    begin(nil)
  }

  mutating func begin(_ verb: SQLKeyword?) {
    let top = blocks.count - 1
    relations.removeSubrange(min(blocks[top].relations, relations.count)...)
    found.removeSubrange(min(blocks[top].found, found.count)...)
    blocks[top] = Block(relations: relations.count, found: found.count, verb: verb)
  }

  mutating func open(_ kind: Kind, _ role: Role, name: UInt64 = 0) {
    if kind == .query { openBlock() }
    frames.append(
      Frame(
        kind: kind,
        role: role,
        found: found.count,
        name: name,
        commonTables: commonTables.count
      )
    )
  }

  mutating func openBlock() {
    blocks.append(Block(relations: relations.count, found: found.count))
  }

  mutating func endCondition(_ place: Int) {
    guard frames[place].inCondition else { return }
    if frames[place].hasOr { found.removeSubrange(min(frames[place].found, found.count)...) }
    frames[place].inCondition = false
    frames[place].atConjunct = false
    frames[place].hasOr = false
    frames[place].inBetween = false
    frames[place].nesting = 0
  }

  // MARK: what joins what

  /// More than single records, so that it has to be told how many.
  static func isWide(_ most: Int64?) -> Bool { most ?? 0 > Int64(SQLComparison.mostListed) }

  private mutating func isBlockSelective() -> Bool {
    let block = blocks[blocks.count - 1]
    ending = nil
    if block.aggregates > block.overs, !block.isGrouped, !block.gathers {
      ending = 1
      return true
    }
    if block.isFew, !block.gathers {
      ending = Int64(SQLComparison.mostListed)
      return true
    }
    let count = relations.count - block.relations
    guard count > 0 else {
      ending = block.inner
      return true
    }
    guard count <= Self.mostRelations, !Self.isWide(block.inner) else { return false }
    // What bounds one table bounds the answer, unless a function may return many rows for one.
    let carries =
      count == 1
      && (!block.calls || block.gathers || block.list.map { $0.dialect != .postgresql } ?? false)
    labels.removeAll(keepingCapacity: true)
    labels.append(contentsOf: 0..<count)
    for index in 0..<count {
      let relation = relations[block.relations + index]
      if relation.derived == false { return false }
      if relation.joinsPrevious, index > 0 { unite(index, index - 1) }
    }
    for comparison in found[block.found...] where comparison.isEdge {
      if let left = place(comparison.left, block, count),
        let right = place(comparison.right, block, count)
      {
        unite(left, right)
      }
    }
    // Bit by label: narrowed.
    var narrowed: UInt64 = 0
    for index in 0..<count {
      let relation = relations[block.relations + index]
      guard relation.derived == true, carries || !Self.isWide(relation.most) else { continue }
      narrowed |= 1 << UInt64(labels[index])
    }
    let isOneGroup = labels.allSatisfy { $0 == labels[0] }
    for comparison in found[block.found...] where !comparison.isEdge {
      // The ON of an outer join leaves the rows of the outer side.
      if comparison.isOn, block.hasOuterJoin { continue }
      // Of a wide range only the number tells, and that goes no further.
      if !carries, Self.isWide(comparison.most) { continue }
      if let place = place(comparison.left, block, count) {
        narrowed |= 1 << UInt64(labels[place])
      } else if comparison.left == 0, isOneGroup {
        narrowed |= 1 << UInt64(labels[0])
      }
    }
    if carries {
      let keyed = found[block.found...].filter { !$0.isEdge && !$0.isOn && $0.most > 0 }
      let most = keyed.map(\.most) + [relations[block.relations].most].compactMap(\.self)
      ending = most.min()
    }
    return labels.allSatisfy { narrowed & 1 << UInt64($0) != 0 }
  }

  private mutating func unite(_ first: Int, _ second: Int) {
    let (kept, gone) = (labels[first], labels[second])
    for index in labels.indices where labels[index] == gone { labels[index] = kept }
  }

  private func place(_ name: UInt64, _ block: Block, _ count: Int) -> Int? {
    if name == 0 { return count == 1 ? 0 : nil }
    for index in 0..<count where relations[block.relations + index].name == name { return index }
    return nil
  }
}
