internal import EventModel

/// Text from logs, made fit for a reader: nothing in it moves a cursor, changes the direction of
/// writing, breaks a line or starts a formula, and two different texts below the bound stay different.
public enum SafeText {
  /// Most characters (Unicode scalars) shown of a name.
  public static let nameLimit = 200

  /// A name as a person reads it: escaped, bounded, and marked with `'` where a spreadsheet would
  /// take it for a formula.
  public static func name(_ text: String, limit: Int = nameLimit) -> String {
    // Of ten megabytes only what can be shown is looked at: up to the end of a run of marks.
    let scalars = text.unicodeScalars
    guard
      var end = scalars.index(scalars.startIndex, offsetBy: limit + 2, limitedBy: scalars.endIndex)
    else { return escaped(marked(text), limit: limit) }
    while end < scalars.endIndex, scalars[end] == "'" { scalars.formIndex(after: &end) }
    if end < scalars.endIndex { scalars.formIndex(after: &end) }
    return escaped(marked(String(scalars[..<end])), limit: limit)
  }

  /// A sentence or a name with a `'` before each word that a spreadsheet would take for a formula:
  /// the first of the text, and one behind a space or a mark that sets a name off.
  ///
  /// A word so marked already gets one more, so that two texts stay two.
  static func marked(_ text: String) -> String {
    guard text.utf8.contains(where: isMarkCandidate) else { return text }
    var result = String.UnicodeScalarView()
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      let beginsWord = index == 0 || setsOff(scalars[index - 1])
      if beginsWord {
        let start = scalars[index...].firstIndex { $0 != "'" } ?? scalars.count
        if start < scalars.count, startsFormula(scalars[start]) {
          // A dash between words is none.
          let standsAlone = start + 1 < scalars.count && scalars[start + 1] == " "
          if index == 0 || !(standsAlone || start + 1 == scalars.count) { result.append("'") }
        }
      }
      result.append(scalar)
    }
    return String(result)
  }

  private static func setsOff(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case " ", ":", ",", ";", "(", "\"", "×", "「", "、", "\t", "\r", "\n", "|": true
    default: false
    }
  }

  /// A byte with which a scalar that starts a formula begins in UTF-8.
  private static func isMarkCandidate(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D, 0xEF: true
    default: false
    }
  }

  /// Visible escapes for everything that is not plain text: `\x1b`, `\u{202e}`.
  ///
  /// A longer text than `limit` scalars ends in `…`.
  public static func escaped(_ text: String, limit: Int) -> String {
    var shown = ""
    var count = 0
    var iterator = text.unicodeScalars.makeIterator()
    var next = iterator.next()
    while let scalar = next {
      next = iterator.next()
      guard count < limit else { return shown + "…" }
      count += 1
      if let byte = PathText.byte(of: scalar) {
        shown += "\\x" + hexadecimal(UInt32(byte), digits: 2)
      } else if isHostile(scalar) || (count == 1 && combines(scalar)) {
        shown += escape(scalar)
      } else if scalar == "\\", let next, next == "x" || next == "u" || next == "\\" {
        shown += "\\\\"
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  /// Bytes of a log as text: what is not UTF-8 becomes `\xNN`.
  public static func text(ofBytes bytes: [UInt8]) -> String {
    var shown = ""
    var start = 0
    while start < bytes.count {
      let length = sequenceLength(bytes, at: start)
      if length == 0 {
        shown += "\\x" + hexadecimal(UInt32(bytes[start]), digits: 2)
        start += 1
      } else {
        shown += String(decoding: bytes[start..<start + length], as: UTF8.self)
        start += length
      }
    }
    return shown
  }

  /// A name for a machine: as it is up to `limit` scalars; beyond, its beginning and a hash of the
  /// whole (FNV-1a, 64 bits), so that two long names stay two.
  static func bounded(_ text: String, limit: Int = nameLimit) -> String {
    guard text.utf8.count > limit, text.unicodeScalars.count > limit else { return text }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var start = String.UnicodeScalarView()
    start.append(contentsOf: text.unicodeScalars.prefix(limit))
    let digits = String(hash, radix: 16)
    return String(start) + "…#" + String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  /// Controls (C0, DEL, C1), line and paragraph separators, bidirectional and invisible formatting,
  /// tags, surrogates' replacement and non-characters.
  static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f...0x9f, 0xad, 0x61c, 0x180e, 0x200b...0x200f, 0x2028...0x202e,
      0x2060...0x206f, 0xfe00...0xfe0f, 0xfeff, 0xfff0...0xffff, 0xe0000...0xe0fff:
      true
    default:
      scalar.value & 0xfffe == 0xfffe
    }
  }

  /// Whether it joins the letter before it: at the begin of a name that is a mark of whatever the name stands in.
  private static func combines(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x300...0x36f, 0x1ab0...0x1aff, 0x1dc0...0x1dff, 0x20d0...0x20ff, 0x3099...0x309a,
      0xfe20...0xfe2f:
      true
    default: false
    }
  }

  static func startsFormula(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "=", "+", "-", "@", "\t", "\r", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}": true
    default: false
    }
  }

  static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    scalar.value < 0x100
      ? "\\x" + hexadecimal(scalar.value, digits: 2)
      : "\\u{" + hexadecimal(scalar.value, digits: 4) + "}"
  }

  /// Length of the well-formed UTF-8 sequence at a place, 0 when there is none (Unicode, table 3-7).
  private static func sequenceLength(_ bytes: [UInt8], at start: Int) -> Int {
    let lead = bytes[start]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xbf
    switch lead {
    case 0..<0x80: return 1
    case 0xc2...0xdf: length = 2
    case 0xe0...0xef:
      length = 3
      if lead == 0xe0 { second = 0xa0...0xbf }
      if lead == 0xed { second = 0x80...0x9f }
    case 0xf0...0xf4:
      length = 4
      if lead == 0xf0 { second = 0x90...0xbf }
      if lead == 0xf4 { second = 0x80...0x8f }
    default: return 0
    }
    guard bytes.count - start >= length, second.contains(bytes[start + 1]) else { return 0 }
    for index in start + 2..<max(start + 2, start + length) where bytes[index] & 0xc0 != 0x80 {
      return 0
    }
    return length
  }
}
