/// One conjunct of a condition that compares a column with a value or with another column.
///
/// Only what surely narrows is taken: `column = value`, `value = column`, `column = column` and
/// `column IN (values)` that stand alone between AND, parentheses and clauses. A function, a
/// calculation, a constant such as `TRUE` or `CURRENT_USER`, a system column or a cast of a column is
/// no column; a column of groups (`SQLGroupColumn`) is held against a value in vain; what is not taken narrows nothing.
struct SQLComparison: BitwiseCopyable {
  /// Hashes of what qualifies the columns, 0 without.
  var left: UInt64
  var right: UInt64 = 0
  /// Two columns.
  var isEdge = false
  /// Stood in an ON condition.
  var isOn = false
  /// How many records it picks at most; 0: not known, since the column is no key.
  var most: Int64 = 0

  /// The most values of an IN list that still picks single records.
  static let mostListed = 100

  private enum Operand {
    /// What qualifies it, and whether its values sort records into groups.
    case column(UInt64, isGroup: Bool, isKey: Bool)
    case value
  }

  /// Reads a conjunct and leaves the walk behind it; `nil`, with the walk undefined, for another.
  static func read(_ walk: inout SQLWalk) -> SQLComparison? {
    guard let left = operand(&walk) else { return nil }
    if walk.keyword == .in, case .column(let column, let isGroup, let isKey) = left {
      guard !isGroup else { return nil }
      walk.advance()
      guard let count = shortList(&walk), ends(walk) else { return nil }
      return SQLComparison(left: column, most: isKey ? count : 0)
    }
    if walk.keyword == .between, case .column(let column, _, true) = left {
      return range(&walk).map { SQLComparison(left: column, most: $0) }
    }
    guard walk.token.symbol == 0x3D else { return nil }
    walk.advance()
    guard let right = operand(&walk), ends(walk) else { return nil }
    switch (left, right) {
    case (.column(let column, let isGroup, let isKey), .value),
      (.value, .column(let column, let isGroup, let isKey)):
      return isGroup ? nil : SQLComparison(left: column, most: isKey ? 1 : 0)
    case (.column(let first, _, _), .column(let second, _, _)):
      return SQLComparison(left: first, right: second, isEdge: true)
    case (.value, .value): return nil
    }
  }

  /// What qualifies the column in hand, 0 without; `nil` when it is none.
  static func column(_ walk: inout SQLWalk) -> UInt64? {
    guard case .column(let qualifier, _, _)? = operand(&walk) else { return nil }
    return qualifier
  }

  /// Whether a conjunct may end before the token in hand.
  static func ends(_ walk: SQLWalk) -> Bool {
    if walk.atEnd || walk.token.symbol == 0x29 || walk.token.symbol == 0x2C { return true }
    switch walk.keyword {
    case .and, .group, .order, .having, .limit, .offset, .fetch, .for, .union, .except, .intersect,
      .minus, .window, .returning, .into, .join, .straightJoin, .left, .right, .full, .inner,
      .cross, .natural, .where, .lock, .when, .procedure:
      return true
    default: return false
    }
  }

  /// How many keys lie between two numbers; `nil`: they are none, or the conjunct goes on.
  private static func range(_ walk: inout SQLWalk) -> Int64? {
    walk.advance()
    guard let first = walk.number else { return nil }
    walk.advance()
    guard walk.keyword == .and else { return nil }
    walk.advance()
    guard let last = walk.number else { return nil }
    walk.advance()
    guard ends(walk), last >= first, last - first < 1 << 40 else { return nil }
    return last - first + 1
  }

  /// How many values a list in parentheses has; `nil`: too many, or something else among them.
  private static func shortList(_ walk: inout SQLWalk) -> Int64? {
    guard walk.token.symbol == 0x28 else { return nil }
    for place in 0..<mostListed {
      walk.advance()
      guard case .value? = operand(&walk) else { return nil }
      if walk.token.symbol == 0x29 {
        walk.advance()
        return Int64(place) + 1
      }
      guard walk.token.symbol == 0x2C else { return nil }
    }
    return nil
  }

  private static func operand(_ walk: inout SQLWalk) -> Operand? {
    if walk.token.symbol == 0x2D || walk.token.symbol == 0x2B {
      walk.advance()
      return walk.token.kind == .number ? value(&walk) : nil
    }
    switch walk.token.kind {
    case .number, .string: return value(&walk)
    case .symbol:
      // `$1`, `?`, `:name`
      if walk.token.symbol == 0x24, walk.token.end - walk.token.start > 1 { return value(&walk) }
      if walk.token.symbol == 0x3F { return value(&walk) }
      guard walk.token.symbol == 0x3A else { return nil }
      walk.advance()
      return walk.isName || walk.token.kind == .number ? value(&walk) : nil
    case .word where walk.bytes[walk.token.start] == 0x40: return value(&walk)
    case .word, .quotedName: return name(&walk)
    case .end: return nil
    }
  }

  /// A value and the casts behind it.
  private static func value(_ walk: inout SQLWalk) -> Operand? {
    walk.advance()
    while walk.token.symbol == 0x3A {
      walk.advance()
      guard walk.token.symbol == 0x3A else { return nil }
      walk.advance()
      guard walk.isName else { return nil }
      walk.advance()
      while walk.startsWith("varying") || walk.startsWith("precision") || walk.startsWith("time")
        || walk.startsWith("without") || walk.startsWith("zone")
      {
        walk.advance()
      }
      guard walk.token.symbol == 0x28 else { continue }
      walk.advance()
      guard walk.token.kind == .number else { return nil }
      walk.advance()
      guard walk.token.symbol == 0x29 else { return nil }
      walk.advance()
    }
    return .value
  }

  /// A column with what qualifies it, a typed literal, or LOWER or UPPER of one of them.
  private static func name(_ walk: inout SQLWalk) -> Operand? {
    let folds = walk.isWord("lower") || walk.isWord("upper")
    let isParameter = walk.dialect == .mysql && walk.isWord("name_const")
    let isConstant = walk.token.kind == .word && isNoColumn(walk)
    var (isGroup, isKey) = (SQLGroupColumn.holds(walk), SQLGroupColumn.isKey(walk))
    var (qualifier, last) = (0 as UInt64, walk.nameHash)
    var isSystem = walk.isSystemColumn
    walk.advance()
    if walk.token.kind == .string { return value(&walk) }
    while walk.token.symbol == 0x2E {
      walk.advance()
      guard walk.isName else { return nil }
      (qualifier, last) = (last, walk.nameHash)
      isSystem = walk.isSystemColumn
      (isGroup, isKey) = (SQLGroupColumn.holds(walk), SQLGroupColumn.isKey(walk))
      walk.advance()
    }
    if walk.token.symbol == 0x28 {
      if isParameter { return parameter(&walk) }
      guard folds, qualifier == 0 else { return nil }
      walk.advance()
      guard !walk.isWord("lower"), !walk.isWord("upper"), let inner = operand(&walk),
        walk.token.symbol == 0x29
      else { return nil }
      walk.advance()
      return inner
    }
    // A cast may fold all values of a column to one.
    guard walk.token.symbol != 0x3A, !isSystem, qualifier != 0 || !isConstant else { return nil }
    return .column(qualifier, isGroup: isGroup, isKey: isKey)
  }

  /// `NAME_CONST('name', value)`, which MySQL and MariaDB write for a variable of a procedure.
  private static func parameter(_ walk: inout SQLWalk) -> Operand? {
    walk.advance()
    while !walk.atEnd, walk.token.symbol != 0x28, walk.token.symbol != 0x29 { walk.advance() }
    return walk.token.symbol == 0x29 ? value(&walk) : nil
  }

  /// Words that stand for one value, or begin something else than a column.
  private static func isNoColumn(_ walk: SQLWalk) -> Bool {
    if walk.startsWith("current_") || walk.startsWith("utc_") || walk.startsWith("localtime") {
      return true
    }
    switch walk.keyword {
    case .not, .case, .select, .all, .distinct, .with, .and, .or, .xor, .in, .between, .is, .end,
      .when, .from, .where:
      return true
    default: break
    }
    if walk.dialect == .postgresql, walk.isWord("user") { return true }
    return walk.isWord("true") || walk.isWord("false") || walk.isWord("null")
      || walk.isWord("unknown") || walk.isWord("default") || walk.isWord("session_user")
      || walk.isWord("system_user") || walk.isWord("exists") || walk.isWord("any")
      || walk.isWord("some") || walk.isWord("array") || walk.isWord("row")
      || walk.isWord("interval") || walk.isWord("sysdate") || walk.isWord("binary")
  }
}

extension SQLWalk {
  /// The word in hand is just this one, in any case.
  func isWord(_ word: StaticString) -> Bool {
    token.kind == .word && token.end - token.start == word.utf8CodeUnitCount && startsWith(word)
  }

  /// Columns that PostgreSQL gives to every row, and most rows of a table share.
  var isSystemColumn: Bool {
    dialect == .postgresql
      && (isWord("tableoid") || isWord("xmin") || isWord("xmax") || isWord("cmin")
        || isWord("cmax"))
  }

  /// A hash of the name in hand, letters in any case; never 0.
  var nameHash: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in token.start..<token.end {
      let byte = bytes[index]
      hash = (hash ^ UInt64(byte &- 0x41 < 26 ? byte | 0x20 : byte)) &* 0x0000_0100_0000_01B3
    }
    return hash | 1
  }
}
