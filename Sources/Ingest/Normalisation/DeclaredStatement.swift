/// What the name stands for that an EXECUTE or a FETCH bears.
enum DeclaredStatement {
  /// The statement within `PREPARE name AS …`, `PREPARE name FROM '…'` or `DECLARE name CURSOR FOR …`.
  ///
  /// `nil`: there is none, as where it came out of a variable.
  static func inner(_ text: RecordBytes, _ arena: inout ByteArena) -> RecordBytes? {
    var at = 0
    var words = 0
    var depth = 0
    while at < text.count {
      switch text[at] {
      case 0x28: depth += 1
      case 0x29: depth -= 1
      case 0x22, 0x60:
        // A name in quotes.
        at = text.firstIndex(of: text[at], in: at + 1..<text.count) ?? text.count
        words += 1
      case let byte where isOfWord(byte):
        let start = at
        while at < text.count, isOfWord(text[at]) { at += 1 }
        if words >= 2, depth == 0 {
          let word = text.slice(start..<at)
          if isWord(word, "as") || isWord(word, "for") { return trimmed(text, from: at) }
          if isWord(word, "from") { return unquoted(trimmed(text, from: at), &arena) }
        }
        words += 1
        continue
      default: break
      }
      at += 1
    }
    return nil
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x5F
      || byte >= 0x80
  }

  private static func isWord(_ bytes: RecordBytes, _ word: StaticString) -> Bool {
    guard bytes.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<bytes.count where bytes[index] | 0x20 != word.utf8Start[index] { return false }
    return true
  }

  private static func trimmed(_ text: RecordBytes, from start: Int) -> RecordBytes? {
    var start = start
    while start < text.count, text[start] <= 0x20 { start += 1 }
    return start < text.count ? text.slice(start..<text.count) : nil
  }

  /// The text of a literal: what is quoted in it, once less.
  private static func unquoted(_ text: RecordBytes?, _ arena: inout ByteArena) -> RecordBytes? {
    guard let text, let quote = text.first, quote == 0x27 || quote == 0x22 else { return nil }
    return arena.write(atMost: text.count) { room in
      var (at, written) = (1, 0)
      while at < text.count {
        let byte = text[at]
        let next = at + 1 < text.count ? text[at + 1] : 0
        if byte == quote {
          guard next == quote else { break }
          at += 1
        } else if byte == 0x5C, next == 0x27 || next == 0x22 || next == 0x5C {
          at += 1
        }
        room[written] = text[at]
        written += 1
        at += 1
      }
      return written
    }
  }
}
