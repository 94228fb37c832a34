/// What a parser must know of a statement's text: where one ends and the next begins, and its first words.
///
/// It does not judge what a statement does; the tokenizer of Ingest does.
enum SQLText {
  enum Dialect { case postgresql, mysql }

  /// The statements of a text that holds several; at most `limit`, the last then has the rest.
  static func statements(_ text: [UInt8], _ dialect: Dialect, limit: Int = 4096) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = 0
    var isEmpty = true
    var at = 0
    while at < text.count {
      let byte = text[at]
      if byte == 0x3B {
        if !isEmpty, found.count + 1 < limit { found.append(start..<at) }
        if found.count + 1 < limit {
          start = at + 1
          isEmpty = true
        }
        at += 1
        continue
      }
      let next = skipped(text, at, dialect)
      if next.isCode, !(byte == 0x20 || byte >= 9 && byte <= 13) { isEmpty = false }
      at = next.end
    }
    if !isEmpty { found.append(start..<text.count) }
    return found.map { trimmed(text, $0) }
  }

  /// Passes a quoted text, a comment, or one byte.
  private static func skipped(
    _ text: [UInt8],
    _ at: Int,
    _ dialect: Dialect
  ) -> (end: Int, isCode: Bool) {
    let next = at + 1 < text.count ? text[at + 1] : 0
    switch text[at] {
    case 0x27:
      // E'…' of PostgreSQL, every text of MySQL: a backslash quotes.
      let isEscaped = dialect == .mysql || at > 0 && lowered(text[at - 1]) == 0x65
      return (quoted(text, at, isEscaped: isEscaped), true)
    case 0x22: return (quoted(text, at, isEscaped: dialect == .mysql), true)
    case 0x60 where dialect == .mysql: return (quoted(text, at, isEscaped: false), true)
    case 0x2D where next == 0x2D, 0x23 where dialect == .mysql:
      return (text[at...].firstIndex(of: 10).map { $0 + 1 } ?? text.count, false)
    case 0x2F where next == 0x2A: return (comment(text, at, dialect), false)
    case 0x24 where dialect == .postgresql: return (dollarQuoted(text, at), true)
    default: return (at + 1, true)
    }
  }

  private static func quoted(_ text: [UInt8], _ start: Int, isEscaped: Bool) -> Int {
    var at = start + 1
    while at < text.count {
      if text[at] == 0x5C, isEscaped {
        at += 2
      } else if text[at] == text[start] {
        return at + 1
      } else {
        at += 1
      }
    }
    return text.count
  }

  private static func comment(_ text: [UInt8], _ start: Int, _ dialect: Dialect) -> Int {
    var depth = 1
    var at = start + 2
    while at + 1 < text.count {
      if text[at] == 0x2A, text[at + 1] == 0x2F {
        depth -= 1
        at += 2
        if depth == 0 { return at }
      } else if text[at] == 0x2F, text[at + 1] == 0x2A, dialect == .postgresql {
        depth += 1
        at += 2
      } else {
        at += 1
      }
    }
    return text.count
  }

  /// `$$…$$`, `$tag$…$tag$`; a `$1` is passed as one byte.
  private static func dollarQuoted(_ text: [UInt8], _ start: Int) -> Int {
    var end = start + 1
    while end < text.count, isWord(text[end]), end - start < 64 { end += 1 }
    guard end < text.count, text[end] == 0x24, !(text[start + 1] >= 0x30 && text[start + 1] <= 0x39)
    else { return start + 1 }
    let tag = text[start...end]
    var at = end + 1
    while let next = text[at...].firstIndex(of: 0x24) {
      if text.count - next >= tag.count, text[next..<next + tag.count].elementsEqual(tag) {
        return next + tag.count
      }
      at = next + 1
    }
    return text.count
  }

  /// The first words in capital letters, comments before them passed over.
  static func words(_ text: [UInt8], _ dialect: Dialect, limit: Int) -> [[UInt8]] {
    var found: [[UInt8]] = []
    var at = 0
    while at < text.count, found.count < limit {
      guard isWord(text[at]) else {
        at = skipped(text, at, dialect).end
        continue
      }
      var end = at
      while end < text.count, isWord(text[end]), end - at < 256 { end += 1 }
      found.append(text[at..<end].map { $0 >= 0x61 && $0 <= 0x7A ? $0 & 0xDF : $0 })
      at = end
    }
    return found
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    let letter = byte | 0x20
    return letter >= 0x61 && letter <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x5F
      || byte >= 0x80
  }

  private static func trimmed(_ text: [UInt8], _ range: Range<Int>) -> Range<Int> {
    var range = range
    while let first = range.first, text[first] <= 0x20 { range = first + 1..<range.upperBound }
    while let last = range.last, text[last] <= 0x20 { range = range.lowerBound..<last }
    return range
  }
}
