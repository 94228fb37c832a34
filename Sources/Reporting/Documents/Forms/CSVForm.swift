internal import EventModel

/// Tables of a document as CSV (RFC 4180), UTF-8 with a mark of order, so that spreadsheets read Japanese.
///
/// No cell starts a formula; an interval takes two columns, `…_low` and `…_high`; unknown is empty, and where
/// nobody knows any row, a row says so.
struct CSVForm: Sendable {
  let document: Document

  init(_ document: Document) { self.document = document }

  /// The tables by key, the fields as `fields`.
  var tables: [String] {
    ["fields"]
      + document.sections.flatMap(\.blocks).compactMap { block in
        switch block {
        case .table(let table): table.key
        case .picture(let picture): picture.table.key
        default: nil
        }
      }
  }

  /// `nil`: there is no table of the key.
  func render(_ key: String) -> String? {
    if key == "fields" { return fields() }
    for block in document.sections.flatMap(\.blocks) {
      switch block {
      case .table(let table) where table.key == key: return render(table)
      case .picture(let picture) where picture.table.key == key: return render(picture.table)
      default: break
      }
    }
    return nil
  }

  private func fields() -> String {
    var text = "\u{feff}key,label,value,value_low,value_high\r\n"
    func write(_ key: String, _ label: String, _ value: Cell) {
      let cells =
        value.isInterval ? [""] + pair(value) : [plain(value, isForeign: value.isForeign), "", ""]
      text += ([key, label].map(Self.quoted) + cells).joined(separator: ",") + "\r\n"
    }
    for section in document.sections {
      for block in section.blocks {
        switch block {
        case .fields(let fields):
          for field in fields { for value in field.values { write(field.key, field.label, value) } }
        case .sentences(let cells):
          for cell in cells { write(section.key, section.title, cell) }
        default: break
        }
      }
    }
    return text
  }

  private func render(_ table: Document.Table) -> String {
    let isInterval = table.columns.indices.map { place in
      table.rows.contains { $0[place].isInterval }
    }
    var names: [String] = []
    for (place, column) in table.columns.enumerated() {
      names += isInterval[place] ? [column.key + "_low", column.key + "_high"] : [column.key]
    }
    var text = "\u{feff}" + names.joined(separator: ",") + "\r\n"
    for row in table.rows {
      var cells: [String] = []
      for (place, cell) in row.enumerated() {
        if isInterval[place] {
          cells += pair(cell)
        } else {
          cells.append(plain(cell))
        }
      }
      text += cells.joined(separator: ",") + "\r\n"
    }
    if table.rows.isEmpty, table.empty.lowercased().hasPrefix(document.style.unknown) {
      // A heading alone would be read as none.
      text +=
        ([Self.quoted(table.empty, isForeign: false)] + names.dropFirst().map { _ in "" })
        .joined(separator: ",") + "\r\n"
    }
    return text
  }

  /// The lower and the upper end; of one value both, of words the words and nothing.
  private func pair(_ cell: Cell) -> [String] {
    switch cell {
    case .records(let volume):
      // Not even a lower end is known: 0 would be read as none.
      volume.knownHigh == nil && volume.low <= 0
        ? ["", ""] : [String(volume.low), volume.knownHigh.map { String($0) } ?? ""]
    case .shares(let low, let high): ["\(low)", "\(high)"]
    case .days(let days):
      [CivilCalendar.text(ofDay: days.lowerBound), CivilCalendar.text(ofDay: days.upperBound)]
    case .number, .share, .day, .time: [plain(cell), plain(cell)]
    case .unknown, .none, .words, .name, .prose, .digest: [plain(cell), ""]
    }
  }

  private func plain(_ cell: Cell, isForeign: Bool = true) -> String {
    switch cell {
    case .unknown: ""
    case .number(let number): String(number)
    case .records, .shares, .days: pair(cell).joined(separator: "/")
    case .share(let share): share.map { $0.description } ?? ""
    case .time(let time): time.description
    case .day(let day): CivilCalendar.text(ofDay: day)
    case .none, .words, .name, .prose, .digest:
      Self.quoted(document.style.text(cell), isForeign: isForeign)
    }
  }

  /// A cell that a spreadsheet would take for a formula gets a quote before it.
  static func quoted(_ text: String, isForeign: Bool = true) -> String {
    // A spreadsheet would take 0042 for 42, 12345678e1 for a number, 3-4 for a day: a mark keeps it text.
    let safe = isForeign ? Self.isLikeNumber(text) ? "'" + text : SafeText.marked(text) : text
    guard safe.utf8.contains(where: { [0x22, 0x2C, 0x3B, 0x0A, 0x0D, 0x09, 0x27].contains($0) })
    else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }

  /// Whether it has nothing but digits and what stands in numbers, days and times.
  static func isLikeNumber(_ text: String) -> Bool {
    guard text.utf8.first.map({ 0x30...0x39 ~= $0 || $0 == 0x2E }) ?? false else { return false }
    return text.utf8.contains { 0x30...0x39 ~= $0 }
      && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || "eE.,:/-+% ".utf8.contains($0) }
  }

  private static func quoted(_ text: String) -> String { quoted(text, isForeign: true) }
}

extension Cell {
  /// Whether it has a lower and an upper end, and so takes two columns.
  var isInterval: Bool {
    switch self {
    case .records, .shares, .days: true
    default: false
    }
  }

  /// Whether others have written it.
  var isForeign: Bool {
    switch self {
    case .name, .prose, .digest: true
    default: false
    }
  }
}
