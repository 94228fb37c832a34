/// How the bytes of a source stand for characters.
public enum TextEncoding: String, Sendable, CaseIterable {
  case utf8 = "utf-8"
  case cp932
  case eucJP = "euc-jp"

  /// Reads a declared name, any case: UTF-8, CP932, Shift_JIS, SJIS, Windows-31J, EUC-JP.
  public init?(name: String) {
    switch name.lowercased() {
    case "utf-8", "utf8", "ascii", "us-ascii": self = .utf8
    case "cp932", "shift_jis", "shift-jis", "sjis", "windows-31j", "ms932", "ms_kanji":
      self = .cp932
    case "euc-jp", "eucjp", "euc_jp", "eucjp-ms", "eucjp-win": self = .eucJP
    default: return nil
    }
  }

  /// Judges a sample.
  ///
  /// Valid UTF-8 (a cut last character allowed) is UTF-8; else the encoding in
  /// which more of the bytes form double-byte characters; UTF-8 when neither convinces.
  static func detect(_ bytes: UnsafeBufferPointer<UInt8>) -> TextEncoding {
    let utf8 = utf8Score(bytes)
    guard utf8.invalid > 0 else { return .utf8 }
    let best = max(cp932Score(bytes), eucScore(bytes))
    // Stray bytes in text that is otherwise UTF-8 do not make it something else.
    guard best > 0, best > utf8.characters * 2 else { return .utf8 }
    return eucScore(bytes) == best ? .eucJP : .cp932
  }

  /// Judges one record that is not UTF-8, from its own bytes alone; `nil`: neither convinces.
  ///
  /// Stricter than `detect`: in a record that is otherwise ASCII, two letters of a western
  /// encoding look like one rare kanji. So half of the double-byte characters have to be frequent
  /// ones (kana, first level), or half-width katakana have to stand together.
  static func detect(record bytes: UnsafeBufferPointer<UInt8>) -> TextEncoding? {
    let utf8 = utf8Score(bytes)
    let (cp932, euc) = (cp932Score(bytes), eucScore(bytes))
    if max(cp932, euc) > utf8.characters * 2 {
      if euc >= cp932 { return .eucJP }
      if hasFrequentCharacters(bytes) { return .cp932 }
    }
    let katakana = katakanaRun(bytes)
    return katakana >= max(2, utf8.characters * 3) && euc < 0 ? .cp932 : nil
  }

  private static func hasFrequentCharacters(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var (frequent, all, index) = (0, 0, 0)
    while index < bytes.count {
      let lead = bytes[index]
      index += 1
      guard (0x81...0x9F).contains(lead) || (0xE0...0xFC).contains(lead) else { continue }
      index += 1
      all += 1
      if lead <= 0x98 { frequent += 1 }
    }
    return all > 0 && frequent * 2 >= all
  }

  /// The longest run of half-width katakana; 0 when anything else is not ASCII.
  private static func katakanaRun(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var (run, longest) = (0, 0)
    for byte in bytes {
      switch byte {
      case 0..<0x80: run = 0
      case 0xA1...0xDF: run += 1
      default: return 0
      }
      longest = max(longest, run)
    }
    return longest
  }

  private static let invalidCost = 20

  private static func utf8Score(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> (characters: Int, invalid: Int) {
    var (characters, invalid, index) = (0, 0, 0)
    while index < bytes.count {
      let lead = bytes[index]
      if lead < 0x80 {
        index += 1
        continue
      }
      let length =
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
      var good = length > 0
      var next = index + 1
      while good, next < index + length, next < bytes.count {
        var range: ClosedRange<UInt8> = 0x80...0xBF
        if next == index + 1 {
          if lead == 0xE0 { range = 0xA0...0xBF }
          if lead == 0xED { range = 0x80...0x9F }
          if lead == 0xF0 { range = 0x90...0xBF }
          if lead == 0xF4 { range = 0x80...0x8F }
        }
        good = range.contains(bytes[next])
        next += 1
      }
      if good {
        characters += 1
        index += length
      } else {
        invalid += 1
        index += 1
      }
    }
    return (characters, invalid)
  }

  /// Half-width katakana cost a little: EUC-JP read as CP932 is full of them.
  private static func cp932Score(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var (score, index) = (0, 0)
    while index < bytes.count {
      let lead = bytes[index]
      index += 1
      switch lead {
      case 0..<0x80: continue
      case 0xA1...0xDF: score -= 1
      case 0x81...0x9F, 0xE0...0xFC:
        guard index < bytes.count else { break }
        let trail = bytes[index]
        if (0x40...0x7E).contains(trail) || (0x80...0xFC).contains(trail) {
          score += 2
          index += 1
        } else {
          score -= invalidCost
        }
      default: score -= invalidCost
      }
    }
    return score
  }

  private static func eucScore(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var (score, index) = (0, 0)
    let high: ClosedRange<UInt8> = 0xA1...0xFE
    while index < bytes.count {
      let lead = bytes[index]
      let length =
        switch lead {
        case 0..<0x80: 1
        case 0x8E, 0xA1...0xFE: 2
        case 0x8F: 3
        default: 0
        }
      if length == 1 {
        index += 1
      } else if length == 0 {
        score -= invalidCost
        index += 1
      } else if index + length > bytes.count {
        break
      } else if (index + 1..<index + length).allSatisfy({ high.contains(bytes[$0]) }) {
        score += lead == 0x8E ? -1 : 2
        index += length
      } else {
        score -= invalidCost
        index += 1
      }
    }
    return score
  }
}
