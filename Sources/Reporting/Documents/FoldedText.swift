/// A name as it is looked for.
struct FoldedName: Hashable {
  var scalars: [UInt32]
  /// Whether it is of plain letters, which may be part of another word.
  var isASCII: Bool
  /// Whether letters beside it make it another word.
  var isBounded: Bool

  /// So many letters are looked for within a word, too: `minatogaspc01`.
  private static let lettersWithin = 4

  /// With marks between its words as one hyphen, and, where it is long enough, without any.
  ///
  /// `isOwner`: what an owner is called, which is found within a word as well.
  static func forms(of name: String, isOwner: Bool) -> [Self] {
    var scalars = FoldedText(name).scalars
    while scalars.first == FoldedText.mark { scalars.removeFirst() }
    while scalars.last == FoldedText.mark { scalars.removeLast() }
    guard let first = scalars.first, scalars.count > 1 || FoldedText.isIdeograph(first) else {
      return []
    }
    let isASCII = scalars.allSatisfy { $0 < 0x80 }
    func form(_ scalars: [UInt32]) -> Self {
      let isShort = scalars.count < lettersWithin
      return Self(
        scalars: scalars,
        isASCII: isASCII,
        isBounded: isASCII && (isShort || !isOwner)
      )
    }
    let closed = scalars.filter { $0 != FoldedText.mark }
    return closed.count < scalars.count && closed.count >= 6
      ? [form(scalars), form(closed)] : [form(scalars)]
  }

  /// Each once, the longest first.
  static func sorted(_ names: [Self]) -> [Self] {
    Set(names).sorted {
      ($1.scalars.count, $0.scalars.description) < ($0.scalars.count, $1.scalars.description)
    }
  }

  /// Its first two letters as one number.
  var beginning: UInt64 {
    let letters = scalars.lazy.filter { $0 != FoldedText.mark }.prefix(2)
    return letters.reduce(UInt64(0)) { $0 << 32 | UInt64($1) } << (letters.count < 2 ? 32 : 0)
  }
}

/// A text in which case, width, accents, hiragana or katakana, and the marks between words make no difference.
struct FoldedText {
  static let mark: UInt32 = 0x2D

  private let text: String
  private(set) var scalars: [UInt32] = []
  /// Where each began, and the end; what one letter stands for has one place.
  private var places: [String.Index] = []

  init(_ text: String) {
    self.text = text
    let view = text.unicodeScalars
    for index in view.indices where !Self.isInvisible(view[index]) {
      if let parts = LetterParts.of(view[index].value) {
        for part in parts { append(part, index) }
      } else {
        append(Self.folded(view[index]), index)
      }
    }
    places.append(view.endIndex)
  }

  private mutating func append(_ scalar: UInt32, _ index: String.Index) {
    if let last = scalars.last, let voiced = Self.voiced(last, by: scalar) {
      scalars[scalars.count - 1] = voiced
      return
    }
    if scalar == Self.mark, scalars.last == Self.mark { return }
    scalars.append(scalar)
    places.append(index)
  }

  /// Of all its letters how a name would begin that stood there: with the next letter, or alone.
  var beginnings: Set<UInt64> {
    var found: Set<UInt64> = []
    var last: UInt32?
    for scalar in scalars where scalar != Self.mark {
      found.insert(UInt64(scalar) << 32)
      if let last { found.insert(UInt64(last) << 32 | UInt64(scalar)) }
      last = scalar
    }
    return found
  }

  static func isIdeograph(_ scalar: UInt32) -> Bool {
    (0x3400...0x9FFF).contains(scalar) || (0x2_0000...0x3_FFFF).contains(scalar)
  }

  /// What may stand behind a name of one character without making it another word.
  private static let titles = Set("様殿氏御社宛分側向用".unicodeScalars.map(\.value))

  private static func folded(_ scalar: Unicode.Scalar) -> UInt32 {
    var value = scalar.value
    switch value {
    // Full width; half-width katakana; hiragana.
    case 0xFF01...0xFF5E: value -= 0xFEE0
    case 0xFF66...0xFF9D: value = katakana[Int(value - 0xFF66)]
    case 0x3041...0x3096: value += 0x60
    default: break
    }
    switch value {
    case 0x09...0x0D, 0x85, 0x2028, 0x2029: return mark
    case 0x20, 0x2D, 0x2E, 0x5F, 0x2010...0x2015, 0x3000, 0x00A0, 0x2212, 0x30FB: return mark
    case 0x41...0x5A: return value + 0x20
    case ..<0x80: return value
    default:
      let lower = Unicode.Scalar(value)?.properties.lowercaseMapping.unicodeScalars
      return LetterParts.base(of: lower?.count == 1 ? lower?.first?.value ?? value : value)
    }
  }

  /// `ｦ` to `ﾝ` in full width, in their order (JIS X 0201).
  private static let katakana = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"
    .unicodeScalars.map(\.value)

  /// What is not seen between letters: of no width, marks of direction, soft hyphens.
  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x2069, 0xFEFF,
      0x0300...0x036F:
      true
    default: false
    }
  }

  /// The kana with a mark of voice that is written behind it; `nil`: none that takes it.
  private static func voiced(_ kana: UInt32, by mark: UInt32) -> UInt32? {
    let isHalf = mark == 0x309A || mark == 0x309C || mark == 0xFF9F
    guard isHalf || mark == 0x3099 || mark == 0x309B || mark == 0xFF9E else { return nil }
    switch kana {
    case 0x30CF, 0x30D2, 0x30D5, 0x30D8, 0x30DB: return kana + (isHalf ? 2 : 1)
    case 0x30A6 where !isHalf: return 0x30F4
    case 0x30AB, 0x30AD, 0x30AF, 0x30B1, 0x30B3, 0x30B5, 0x30B7, 0x30B9, 0x30BB, 0x30BD, 0x30BF,
      0x30C1, 0x30C4, 0x30C6, 0x30C8:
      return isHalf ? nil : kana + 1
    default: return nil
    }
  }

  /// Where a name stands whose letters are parted by marks: `B.E.T.A City`.
  private func scattered(_ name: FoldedName) -> [Range<Int>] {
    // Short ones would be found in other words; of three letters each has to stand apart.
    guard name.scalars.count >= (name.isASCII ? 6 : 3), !name.scalars.contains(Self.mark) else {
      return []
    }
    let letters = scalars.indices.filter { scalars[$0] != Self.mark }
    guard letters.count >= name.scalars.count, letters.count < scalars.count else { return [] }
    var found: [Range<Int>] = []
    var place = 0
    while place <= letters.count - name.scalars.count {
      let part = letters[place..<place + name.scalars.count]
      guard let first = part.first, let last = part.last, scalars[first] == name.scalars[0],
        part.lazy.map({ scalars[$0] }).elementsEqual(name.scalars),
        !name.isASCII || !(isLetter(first - 1) || isLetter(last + 1)),
        name.scalars.count > 3 || last - first == 4
      else {
        place += 1
        continue
      }
      found.append(first..<last + 1)
      place += name.scalars.count
    }
    return found
  }

  func places(of name: FoldedName) -> [Range<Int>] {
    whole(name) + scattered(name)
  }

  private func whole(_ name: FoldedName) -> [Range<Int>] {
    let (count, first) = (name.scalars.count, name.scalars[0])
    guard scalars.count >= count else { return [] }
    var found: [Range<Int>] = []
    var place = 0
    while place <= scalars.count - count {
      guard scalars[place] == first,
        scalars[place..<place + count].elementsEqual(name.scalars),
        !name.isBounded || !(isLetter(place - 1) || isLetter(place + count)),
        count > 1 || isAlone(place)
      else {
        place += 1
        continue
      }
      found.append(place..<place + count)
      place += count
    }
    return found
  }

  private func isLetter(_ place: Int) -> Bool {
    scalars.indices.contains(place) && (0x61...0x7A).contains(scalars[place])
  }

  /// Whether one character is no part of a word of several.
  private func isAlone(_ place: Int) -> Bool {
    let isFirst = place == 0 || !Self.isIdeograph(scalars[place - 1])
    guard isFirst, place + 1 < scalars.count else { return isFirst }
    return !Self.isIdeograph(scalars[place + 1]) || Self.titles.contains(scalars[place + 1])
  }

  func replacing(_ ranges: [Range<Int>], with replacement: String) -> String {
    var shown = ""
    var start = text.startIndex
    for range in ranges {
      shown += text[start..<places[range.lowerBound]] + replacement
      // A letter that stands for several goes as a whole.
      var end = range.upperBound
      while end < scalars.count, places[end] == places[end - 1] { end += 1 }
      start = places[end]
    }
    return shown + text[start...]
  }
}
