/// Whose lexical rules a text of SQL follows.
public enum SQLDialect: Sendable {
  case postgresql, mysql, sqlServer
}

/// One token: what it is, and where its content stands (without quotes).
struct SQLToken {
  enum Kind: UInt8 {
    case end, word, quotedName, string, number, symbol
  }
  var kind: Kind
  var start: Int
  var end: Int
  /// The byte of a symbol, else 0.
  var symbol: UInt8 = 0
  /// Inside a MySQL hint comment `/*! … */`, which the server executes.
  var inHint = false
}

/// Walks the tokens of SQL text.
///
/// Comments vanish; a quote or comment that never ends runs to the end of the text and clears
/// `isComplete`. No allocation; linear; no byte can make it trap.
///
/// Source: PostgreSQL manual, "Lexical Structure"; MariaDB manual, "Comment Syntax", "String
/// Literals".
struct SQLTokens {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let dialect: SQLDialect
  private var position = 0
  private var inHint = false
  /// Whether no quote or comment was left open.
  private(set) var isComplete = true

  init(_ bytes: UnsafeBufferPointer<UInt8>, dialect: SQLDialect) {
    self.bytes = bytes
    self.dialect = dialect
  }

  mutating func next() -> SQLToken {
    while position < bytes.count {
      let byte = bytes[position]
      let following = peek(1)
      switch byte {
      case 0...0x20:
        position += 1
      case 0x2D where following == 0x2D && (dialect != .mysql || peek(2) <= 0x20),
        0x23 where dialect == .mysql:
        skipLine()
      case 0x2F where following == 0x2A:
        skipComment()
      case 0x2A where inHint && following == 0x2F:
        inHint = false
        position += 2
      case 0x27:
        return quoted(0x27, from: position + 1, escapes: dialect == .mysql, as: .string)
      case 0x22 where dialect == .mysql:
        return quoted(0x22, from: position + 1, escapes: true, as: .string)
      case 0x22:
        return quoted(0x22, from: position + 1, escapes: false, as: .quotedName)
      case 0x60 where dialect == .mysql:
        return quoted(0x60, from: position + 1, escapes: false, as: .quotedName)
      case 0x5B where dialect == .sqlServer:
        return quoted(0x5D, from: position + 1, escapes: false, as: .quotedName)
      case 0x24 where dialect == .postgresql:
        return dollar()
      case 0x30...0x39:
        return run(.number) { Self.continuesWord($0) || $0 == 0x2E }
      case 0x40 where dialect != .postgresql:
        return run(.word) { Self.continuesWord($0) || $0 == 0x40 || $0 == 0x2E }
      case _ where Self.startsWord(byte):
        return word()
      default:
        position += 1
        return token(.symbol, position - 1, position, symbol: byte)
      }
    }
    return token(.end, bytes.count, bytes.count)
  }

  private func peek(_ ahead: Int) -> UInt8 {
    position + ahead < bytes.count ? bytes[position + ahead] : 0
  }

  private func token(_ kind: SQLToken.Kind, _ start: Int, _ end: Int, symbol: UInt8 = 0) -> SQLToken
  {
    SQLToken(kind: kind, start: start, end: end, symbol: symbol, inHint: inHint)
  }

  private static func startsWord(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte >= 0x80
  }

  private static func continuesWord(_ byte: UInt8) -> Bool {
    startsWord(byte) || byte &- 0x30 < 10 || byte == 0x24
  }

  private mutating func run(_ kind: SQLToken.Kind, while holds: (UInt8) -> Bool) -> SQLToken {
    let start = position
    position += 1
    while position < bytes.count, holds(bytes[position]) { position += 1 }
    return token(kind, start, position)
  }

  /// A word, or a literal with a letter before its quote (E'', B'', X'', N'', U&'', U&"").
  private mutating func word() -> SQLToken {
    let first = bytes[position] | 0x20
    if dialect != .mysql {
      if peek(1) == 0x27, first == 0x65 || first == 0x62 || first == 0x78 || first == 0x6E {
        return quoted(0x27, from: position + 2, escapes: first == 0x65, as: .string)
      }
      if first == 0x75, peek(1) == 0x26, peek(2) == 0x27 || peek(2) == 0x22 {
        let quote = peek(2)
        return quoted(
          quote,
          from: position + 3,
          escapes: false,
          as: quote == 0x27 ? .string : .quotedName
        )
      }
    }
    return run(.word, while: Self.continuesWord)
  }

  /// Content up to the closing quote; a doubled quote stays doubled in it.
  private mutating func quoted(
    _ quote: UInt8,
    from start: Int,
    escapes: Bool,
    as kind: SQLToken.Kind
  ) -> SQLToken {
    position = start
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 0x5C, escapes {
        position += 2
      } else if byte == quote {
        guard peek(1) == quote else {
          position += 1
          return token(kind, start, position - 1)
        }
        position += 2
      } else {
        position += 1
      }
    }
    position = bytes.count
    isComplete = false
    return token(kind, min(start, bytes.count), bytes.count)
  }

  /// `$tag$ … $tag$`, a parameter `$1`, or a lone dollar.
  private mutating func dollar() -> SQLToken {
    let start = position
    var end = start + 1
    while end < bytes.count, Self.continuesWord(bytes[end]), bytes[end] != 0x24 { end += 1 }
    let isTag = end == start + 1 || Self.startsWord(bytes[start + 1])
    guard isTag, end < bytes.count, bytes[end] == 0x24 else {
      position = max(end, start + 1)
      return token(.symbol, start, position, symbol: 0x24)
    }
    let length = end + 1 - start
    var place = end + 1
    while place + length <= bytes.count {
      var same = true
      for index in 0..<length where bytes[place + index] != bytes[start + index] {
        same = false
        break
      }
      if same {
        position = place + length
        return token(.string, end + 1, place)
      }
      place += 1
    }
    position = bytes.count
    isComplete = false
    return token(.string, end + 1, bytes.count)
  }

  private mutating func skipLine() {
    while position < bytes.count, bytes[position] != 0x0A { position += 1 }
  }

  /// `/* … */`, nested in PostgreSQL; a MySQL hint only loses its marks.
  private mutating func skipComment() {
    if dialect == .mysql, peek(2) == 0x21 || (peek(2) == 0x4D && peek(3) == 0x21) {
      position += peek(2) == 0x21 ? 3 : 4
      while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
      inHint = true
      return
    }
    var depth = 1
    position += 2
    while position < bytes.count {
      if bytes[position] == 0x2A, peek(1) == 0x2F {
        position += 2
        depth -= 1
        if depth == 0 { return }
      } else if bytes[position] == 0x2F, peek(1) == 0x2A, dialect == .postgresql {
        position += 2
        depth += 1
      } else {
        position += 1
      }
    }
    position = bytes.count
    isComplete = false
  }
}
