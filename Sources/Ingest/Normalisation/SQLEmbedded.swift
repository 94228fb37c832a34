/// The text of a statement that another one holds in literals, which the server reads as one of its own.
///
/// MariaDB's `EXECUTE IMMEDIATE 'select …'` and `PREPARE s FROM 'select …'`, SQL Server's `EXEC ('select …')` and
/// `EXEC sp_executesql N'select …'`. Literals that are joined (CONCAT, `+`, `||`) are one text; where a variable
/// stands among them, the text goes on with a parameter behind a comparison, and else ends.
///
/// Source: MariaDB manual, "EXECUTE IMMEDIATE", "PREPARE Statement"; Transact-SQL reference, "EXECUTE".
struct SQLEmbedded {
  /// As the server reads it; empty: nothing of it is known.
  var text: [UInt8] = []
  /// Where it stands in the outer text, when it is one literal without escapes; `nil`: nowhere.
  var place: Int?
  /// Something of it is not known.
  var isPartial = false

  /// Reads what a statement holds; `nil`: it is no such statement.
  ///
  /// The walk ends behind the statement.
  static func read(_ walk: inout SQLWalk) -> SQLEmbedded? {
    var start = walk
    var isProcedure = false
    switch (walk.dialect, walk.keyword) {
    case (.mysql, .execute):
      start.advance()
      guard start.isName else { return nil }
      guard start.isWord("immediate") else {
        // `EXECUTE s`: what it stands for was told by PREPARE.
        while !walk.atEnd { walk.advance() }
        return SQLEmbedded(isPartial: true)
      }
      start.advance()
    case (.mysql, .prepare):
      start.advance()
      guard start.isName else { return nil }
      start.advance()
      guard start.keyword == .from else { return nil }
      start.advance()
    case (.sqlServer, .execute): guard isText(&start, &isProcedure) else { return nil }
    case (.sqlServer, nil):
      guard start.isWord("exec"), isText(&start, &isProcedure) else { return nil }
    default: return nil
    }
    var found = SQLEmbedded()
    found.collect(&start, isProcedure: isProcedure)
    walk = start
    while !walk.atEnd { walk.advance() }
    return found
  }

  /// Whether EXEC is followed by a text: in parentheses, or for `sp_executesql`.
  private static func isText(_ walk: inout SQLWalk, _ isProcedure: inout Bool) -> Bool {
    walk.advance()
    if walk.token.symbol == 0x28 { return true }
    while walk.isName {
      isProcedure = walk.isWord("sp_executesql")
      walk.advance()
      guard walk.token.symbol == 0x2E else { break }
      walk.advance()
    }
    // `@stmt = N'…'`
    if isProcedure, walk.isName, walk.following().token.symbol == 0x3D {
      walk.advance()
      walk.advance()
    }
    return isProcedure
  }

  private mutating func collect(_ walk: inout SQLWalk, isProcedure: Bool) {
    var (literals, depth) = (0, 0)
    while !walk.atEnd {
      switch walk.token.kind {
      case .string:
        literals += 1
        place = literals == 1 && text.isEmpty ? walk.token.start : nil
        append(walk)
      case .symbol:
        switch walk.token.symbol {
        case 0x28: depth += 1
        case 0x29: depth -= 1
        // Behind the text stand its parameters.
        case 0x2C where isProcedure && depth == 0: return
        default: break
        }
      case .word where walk.following().token.symbol == 0x28:
        if !walk.isWord("concat") { isPartial = true }
      case .word where walk.keyword == .using && depth <= 0 && literals > 0: return
      default: if !standIn() { return }
      }
      walk.advance()
    }
    if literals == 0 { isPartial = true }
  }

  /// Something that is not known: behind a comparison a value; `false`: it may be anything.
  private mutating func standIn() -> Bool {
    place = nil
    if let last = text.last(where: { $0 > 0x20 }) {
      switch last {
      case 0x3C, 0x3D, 0x3E, 0x28, 0x27, 0x22:
        text.append(0x3F)
        return true
      default: break
      }
    }
    isPartial = true
    return false
  }

  mutating func append(_ walk: SQLWalk) {
    let (bytes, token) = (walk.bytes, walk.token)
    let quote = token.start > 0 ? bytes[token.start - 1] : 0x27
    var index = token.start
    while index < token.end {
      var byte = bytes[index]
      let next = index + 1 < token.end ? bytes[index + 1] : 0
      if byte == 0x5C, walk.dialect == .mysql, next != 0 {
        index += 1
        place = nil
        byte = next == 0x6E || next == 0x72 || next == 0x74 ? 0x20 : next
      } else if byte == quote, next == quote {
        index += 1
        place = nil
      }
      text.append(byte)
      index += 1
    }
  }
}
