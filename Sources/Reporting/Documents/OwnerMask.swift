internal import Estate

/// Takes the names of other owners out of a document, wherever they stand: in a path, in a sentence
/// that a person wrote, in a label.
///
/// A longer name goes before a shorter one; a name of the owner itself is left even where another's
/// name is part of it.
struct OwnerMask {
  private let others: [String]
  private let own: [String]
  private let replacement: String

  init(_ owner: String, _ estate: DeclaredEstate, style: DocumentStyle) {
    var own: Set<String> = [owner]
    var others: Set<String> = []
    for item in estate.owners {
      let names = [item.name] + item.aliases
      if item.name == owner { own.formUnion(names) } else { others.formUnion(names) }
    }
    for item in estate.organisations where item.kind == .owner && !own.contains(item.name) {
      others.insert(item.name)
    }
    for dataset in estate.datasets {
      guard let holder = dataset.owner else { continue }
      let names = [dataset.name] + dataset.patterns.map(\.text).filter { $0.utf8.count > 3 }
      if holder == owner { own.formUnion(names) } else { others.formUnion(names.map(Self.stem)) }
    }
    self.own = own.filter { !$0.isEmpty }.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    self.others = others.subtracting(own).filter { $0.utf8.count > 2 }
      .sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    replacement = style.pick("(another owner)", "(他の委託元)")
  }

  /// A pattern without its wild cards: `kita_denryoku.*` names the owner as well as its name does.
  private static func stem(_ pattern: String) -> String {
    String(pattern.drop { "*/".contains($0) }.prefix { !"*?[".contains($0) })
      .trimmingEnd(of: "./")
  }

  func masked(_ text: String) -> String {
    var shown = text
    for other in others where shown.contains(other) {
      // What belongs to the owner's own name is set aside.
      guard let holder = own.first(where: { $0.contains(other) && shown.contains($0) }) else {
        shown = shown.replacing(other, with: replacement)
        continue
      }
      let parts = shown.split(separator: holder, omittingEmptySubsequences: false)
      shown = parts.map { $0.replacing(other, with: replacement) }.joined(separator: holder)
    }
    return shown
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
