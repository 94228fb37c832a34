/// Columns that text takes on a terminal.
///
/// Source: Unicode Standard Annex 11 (East Asian Width), the classes W and F in coarse ranges; marks
/// that combine take none.
enum DisplayWidth {
  static func of(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + of($1) }
  }

  static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0..<0x300: 1
    case 0x300...0x36f, 0x3099...0x309a, 0x20d0...0x20ff: 0
    case 0x1100...0x115f, 0x231a...0x231b, 0x2329...0x232a, 0x2e80...0x303e, 0x3041...0xa4cf,
      0xa960...0xa97c, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff01...0xff60,
      0xffe0...0xffe6, 0x16fe0...0x18cff, 0x1b000...0x1b2ff, 0x1f004, 0x1f0cf, 0x1f18e,
      0x1f191...0x1f19a, 0x1f200...0x1f64f, 0x1f680...0x1f6ff, 0x1f7e0...0x1f7eb,
      0x1f90c...0x1faff, 0x20000...0x3fffd:
      2
    default: 1
    }
  }

  /// The longest beginning of the text that fits.
  static func prefix(_ text: String, columns: Int) -> String {
    var taken = String.UnicodeScalarView()
    var used = 0
    for scalar in text.unicodeScalars {
      used += of(scalar)
      if used > columns { break }
      taken.append(scalar)
    }
    return String(taken)
  }

  /// The text in exactly that many columns, cut with `…` where it does not fit.
  static func fitted(_ text: String, columns: Int, right: Bool = false) -> String {
    var shown = text
    if of(shown) > columns { shown = prefix(shown, columns: max(0, columns - 1)) + "…" }
    let space = String(repeating: " ", count: max(0, columns - of(shown)))
    return right ? space + shown : shown + space
  }

  /// Breaks text at spaces and between wide characters; a word longer than the line is cut.
  static func wrapped(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in words(of: text) {
      let width = of(word)
      if used + width > columns, used > 0 {
        lines.append(trimmed(line))
        line = ""
        used = 0
      }
      if word == " ", used == 0 { continue }
      var rest = word
      while of(rest) > columns {
        let part = prefix(rest, columns: max(2, columns))
        if part.isEmpty { break }
        lines.append(part)
        let left = rest.unicodeScalars.dropFirst(part.unicodeScalars.count)
        rest = String(String.UnicodeScalarView(left))
      }
      line += rest
      used += of(rest)
    }
    if used > 0 { lines.append(trimmed(line)) }
    return lines
  }

  /// Spaces, runs of narrow characters, and single wide characters with the marks that follow them.
  private static func words(of text: String) -> [String] {
    var words: [String] = []
    var open = false
    for scalar in text.unicodeScalars {
      let closing = "、。」）)，".unicodeScalars.contains(scalar)
      if scalar == " " || (of(scalar) == 2 && !closing) {
        words.append(String(scalar))
        open = false
      } else if closing || of(scalar) == 0, let last = words.indices.last, words[last] != " " {
        words[last].unicodeScalars.append(scalar)
      } else if open, let last = words.indices.last {
        words[last].unicodeScalars.append(scalar)
      } else {
        words.append(String(scalar))
        open = true
      }
    }
    return words
  }

  private static func trimmed(_ line: String) -> String {
    var scalars = line.unicodeScalars
    while scalars.last == " " { scalars.removeLast() }
    return String(scalars)
  }
}
