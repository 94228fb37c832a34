internal import Estate

/// Takes the names of other owners out of a document, wherever they stand: in a path, in a sentence
/// that a person wrote, in a label; whatever their case, width, kana, how their marks of voice and accents are
/// written, and what stands between their words or letters.
///
/// Others are those that are declared and those that the store knows: an owner whose contract has ended, or one that
/// nobody ever declared, is another all the same. A longer name goes before a shorter one; a name of the owner itself
/// is left even where another's name is part of it.
struct OwnerMask {
  private let others: [FoldedName]
  /// Places in `others` by how a name begins: most texts hold the beginning of none.
  private var beginnings: [UInt64: [Int]] = [:]
  private let own: [FoldedName]
  private let replacement: String

  /// `known`: owners that the store and people name beside the declared ones.
  init(_ owner: String, _ estate: DeclaredEstate, known: Set<String> = [], style: DocumentStyle) {
    var own: Set<String> = [owner]
    var others = known
    var tables: Set<String> = []
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
      if holder == owner { own.formUnion(names) } else { tables.formUnion(names.map(Self.stem)) }
    }
    let isTold = { (name: String) in name.utf8.count > 2 }
    self.own = FoldedName.sorted(own.flatMap { FoldedName.forms(of: $0, isOwner: true) })
    let ownForms = Set(self.own.map(\.scalars))
    // What tables are called is a word of daily life oftener than what owners are: it is no part of a longer word.
    let named = others.filter(isTold).flatMap { FoldedName.forms(of: $0, isOwner: true) }
    let names = Set(named.map(\.scalars))
    let stems = tables.filter(isTold).flatMap { FoldedName.forms(of: $0, isOwner: false) }
      .filter { !names.contains($0.scalars) }
    self.others = FoldedName.sorted(named + stems).filter { !ownForms.contains($0.scalars) }
    replacement = style.pick("(another owner)", "(他の委託元)")
    for (place, name) in self.others.enumerated() {
      beginnings[name.beginning, default: []].append(place)
    }
  }

  /// A pattern without its wild cards: `kita_denryoku.*` names the owner as well as its name does.
  private static func stem(_ pattern: String) -> String {
    String(pattern.drop { "*/".contains($0) }.prefix { !"*?[".contains($0) })
      .trimmingEnd(of: "./")
  }

  func masked(_ text: String) -> String {
    let folded = FoldedText(text)
    // Most texts hold none.
    let candidates = Set(folded.beginnings.flatMap { beginnings[$0] ?? [] }).sorted()
    var hidden: [Range<Int>] = []
    for place in candidates {
      for found in folded.places(of: others[place])
      where !hidden.contains(where: { $0.overlaps(found) }) {
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
