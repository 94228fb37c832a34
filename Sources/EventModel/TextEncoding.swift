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

  /// Judges one record that is not UTF-8, from its own bytes alone; `nil`: neither convinces.
  ///
  /// Strict: in a record that is otherwise ASCII, two letters of a western
  /// encoding look like one rare kanji. So half of the double-byte characters have to be frequent
  /// ones (kana, first level), or half-width katakana have to stand together.
  public static func detect(record bytes: UnsafeBufferPointer<UInt8>) -> TextEncoding? {
    let utf8 = utf8Score(bytes)
    let (cp932, euc) = (cp932Score(bytes), eucScore(bytes))
    if max(cp932, euc) > utf8.characters * 2 {
      if euc >= cp932 { return .eucJP }
      if hasFrequentCharacters(bytes) { return .cp932 }
    }
    let katakana = katakanaRun(bytes)
    return katakana >= max(2, utf8.characters * 3) && euc < 0 ? .cp932 : nil
  }

  /// Whether a record that is UTF-8 may as well be text of this encoding: it is whole characters of
  /// it, and none takes more than two bytes of UTF-8, as nearly every Japanese one does.
  public func mayBe(utf8 bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    isWhole(bytes) && bytes.allSatisfy { $0 < 0xE0 }
  }

  /// Whether the bytes are whole characters of this encoding.
  public func isWhole(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    while index < bytes.count {
      let lead = bytes[index]
      index += 1
      if lead < 0x80 || self == .cp932 && (0xA1...0xDF).contains(lead) { continue }
      let more = self == .eucJP && lead == 0x8F ? 2 : 1
      guard index + more <= bytes.count, isLead(lead),
        bytes[index..<index + more].allSatisfy(isTrail)
      else { return false }
      index += more
    }
    return true
  }

  private func isLead(_ byte: UInt8) -> Bool {
    self == .cp932
      ? (0x81...0x9F).contains(byte) || (0xE0...0xFC).contains(byte)
      : byte == 0x8E || byte == 0x8F || (0xA1...0xFE).contains(byte)
  }

  private func isTrail(_ byte: UInt8) -> Bool {
    self == .cp932
      ? (0x40...0x7E).contains(byte) || (0x80...0xFC).contains(byte)
      : (0xA1...0xFE).contains(byte)
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
