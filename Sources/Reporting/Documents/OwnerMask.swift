internal import Estate

/// Takes the names of other owners out of a document, wherever they stand: in a path, in a sentence
/// that a person wrote, in a label; whatever their case, width, kana, how their marks of voice are written, and what
/// stands between their words or letters.
///
/// A longer name goes before a shorter one; a name of the owner itself is left even where another's
/// name is part of it.
struct OwnerMask {
  private let others: [FoldedName]
  private let own: [FoldedName]
  private let replacement: String

  /// `met`: owners whom the logs name, declared or not.
  init(_ owner: String, _ estate: DeclaredEstate, met: Set<String> = [], style: DocumentStyle) {
    var own: Set<String> = [owner]
    var others = met
    for item in estate.owners {
      let names = [item.name] + item.aliases
      if item.name == owner { own.formUnion(names) } else { others.formUnion(names) }
    }
    others.subtract(own)
    for item in estate.organisations where item.kind == .owner && !own.contains(item.name) {
      others.insert(item.name)
    }
    for dataset in estate.datasets {
      guard let holder = dataset.owner else { continue }
      let names = [dataset.name] + dataset.patterns.map(\.text).filter { $0.utf8.count > 3 }
      if holder == owner { own.formUnion(names) } else { others.formUnion(names.map(Self.stem)) }
    }
    func sorted(_ names: Set<String>) -> [FoldedName] {
      let folded = Set(names.flatMap { FoldedName.forms(of: $0) })
      return folded.sorted {
        ($1.scalars.count, $0.scalars.description) < ($0.scalars.count, $1.scalars.description)
      }
    }
    self.own = sorted(own)
    let ownForms = Set(self.own)
    self.others = sorted(others.filter { $0.utf8.count > 2 }).filter { !ownForms.contains($0) }
    replacement = style.pick("(another owner)", "(他の委託元)")
  }

  /// A pattern without its wild cards: `kita_denryoku.*` names the owner as well as its name does.
  private static func stem(_ pattern: String) -> String {
    String(pattern.drop { "*/".contains($0) }.prefix { !"*?[".contains($0) })
      .trimmingEnd(of: "./")
  }

  func masked(_ text: String) -> String {
    let folded = FoldedText(text)
    // Most texts hold none.
    var hidden: [Range<Int>] = []
    for other in others {
      for found in folded.places(of: other) where !hidden.contains(where: { $0.overlaps(found) }) {
        hidden.append(found)
      }
    }
    guard !hidden.isEmpty else { return text }
    // What belongs to the owner's own name is left.
    let left = own.flatMap { folded.places(of: $0) }
    hidden.removeAll { found in
      left.contains { $0.lowerBound <= found.lowerBound && found.upperBound <= $0.upperBound }
    }
    return folded.replacing(hidden.sorted { $0.lowerBound < $1.lowerBound }, with: replacement)
  }
}

/// A name as it is looked for.
private struct FoldedName: Hashable {
  var scalars: [UInt32]
  /// Whether letters beside it make it another word.
  var isBounded: Bool

  /// With marks between its words as one hyphen, and, where it is long enough, without any.
  static func forms(of name: String) -> [Self] {
    var scalars = FoldedText(name).scalars
    while scalars.first == FoldedText.mark { scalars.removeFirst() }
    while scalars.last == FoldedText.mark { scalars.removeLast() }
    guard scalars.count > 1 else { return [] }
    let isASCII = scalars.allSatisfy { $0 < 0x80 }
    let closed = scalars.filter { $0 != FoldedText.mark }
    let whole = Self(scalars: scalars, isBounded: isASCII)
    return closed.count < scalars.count && closed.count >= 6
      ? [whole, Self(scalars: closed, isBounded: isASCII)] : [whole]
  }
}

/// A text in which case, width, hiragana or katakana, and the marks between words make no difference.
private struct FoldedText {
  static let mark: UInt32 = 0x2D
  static let longName = 8

  private let text: String
  private(set) var scalars: [UInt32] = []
  /// Where each began, and the end.
  private var places: [String.Index] = []

  init(_ text: String) {
    self.text = text
    let view = text.unicodeScalars
    for index in view.indices where !Self.isInvisible(view[index]) {
      let scalar = Self.folded(view[index])
      if let parts = Self.parts(of: view[index]) {
        for part in parts {
          scalars.append(part)
          places.append(index)
        }
        continue
      }
      if let last = scalars.last, let voiced = Self.voiced(last, by: scalar) {
        scalars[scalars.count - 1] = voiced
        continue
      }
      if scalar == Self.mark, scalars.last == Self.mark { continue }
      scalars.append(scalar)
      places.append(index)
    }
    places.append(view.endIndex)
  }

  /// What stands for several letters: `ß` of names in capitals, `㈱` and `㈲`.
  private static func parts(of scalar: Unicode.Scalar) -> [UInt32]? {
    switch scalar.value {
    case 0xDF, 0x1E9E: [0x73, 0x73]
    case 0x3231: [0x28, 0x682A, 0x29]
    case 0x3232: [0x28, 0x6709, 0x29]
    default: nil
    }
  }

  /// A Latin letter without its accents, which Macs write behind it in paths; `nil`: it has none.
  private static func withoutAccent(_ scalar: Unicode.Scalar) -> UInt32? {
    guard (0xC0...0x24F).contains(scalar.value) || (0x1E00...0x1EFF).contains(scalar.value),
      let name = scalar.properties.name
    else { return nil }
    // `LATIN SMALL LETTER E WITH ACUTE`
    let words = name.split(separator: " ")
    guard words.count > 4, words[0] == "LATIN", words[2] == "LETTER", words[4] == "WITH",
      words[3].utf8.count == 1, let letter = words[3].utf8.first, (0x41...0x5A).contains(letter)
    else { return nil }
    return UInt32(letter) + 0x20
  }

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
      if let letter = withoutAccent(scalar) { return letter }
      let lower = Unicode.Scalar(value)?.properties.lowercaseMapping.unicodeScalars
      return lower?.count == 1 ? lower?.first?.value ?? value : value
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
    guard name.scalars.count >= (name.isBounded ? 6 : 3), !name.scalars.contains(Self.mark) else {
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
        !name.isBounded || !(isLetter(first - 1) || isLetter(last + 1)),
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
    // So long a name is no part of another word: hosts bear it with letters beside it.
    let isBounded = name.isBounded && (count < Self.longName || name.scalars.contains(Self.mark))
    while place <= scalars.count - count {
      guard scalars[place] == first,
        scalars[place..<place + count].elementsEqual(name.scalars),
        !isBounded || !(isLetter(place - 1) || isLetter(place + count))
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

  func replacing(_ ranges: [Range<Int>], with replacement: String) -> String {
    var shown = ""
    var start = text.startIndex
    for range in ranges {
      shown += text[start..<places[range.lowerBound]] + replacement
      start = places[range.upperBound]
    }
    return shown + text[start...]
  }
}

extension String {
  fileprivate func trimmingEnd(of characters: String) -> String {
    var shown = Substring(self)
    while let last = shown.last, characters.contains(last) { shown.removeLast() }
    return String(shown)
  }
}

extension Document {
  /// The same document with every text changed.
  func mapTexts(_ change: (String) -> String) -> Document {
    func map(_ cell: Cell) -> Cell {
      switch cell {
      case .words(let text): .words(change(text))
      case .name(let text): .name(change(text))
      case .prose(let text): .prose(change(text))
      default: cell
      }
    }
    func map(_ field: Field) -> Field {
      var field = field
      field.values = field.values.map(map)
      field.note = field.note.map(change)
      return field
    }
    func map(_ table: Table) -> Table {
      var table = table
      table.rows = table.rows.map { $0.map(map) }
      table.note = table.note.map(change)
      return table
    }
    var copy = self
    copy.title = change(title)
    copy.subtitle = subtitle.map(map)
    copy.highlights = highlights.map(map)
    for place in copy.sections.indices {
      copy.sections[place].blocks = copy.sections[place].blocks.map { block in
        switch block {
        case .fields(let fields): return .fields(fields.map(map))
        case .sentences(let cells): return .sentences(cells.map(map))
        case .table(let table): return .table(map(table))
        case .picture(var picture):
          picture.summary = change(picture.summary)
          picture.chart = picture.chart.mapLabels(change)
          picture.table = map(picture.table)
          return .picture(picture)
        }
      }
    }
    return copy
  }
}
