internal import EventModel

/// A document as Markdown (CommonMark with tables); the pictures are told by their tables.
struct MarkdownForm: Sendable {
  let document: Document
  private var style: DocumentStyle { document.style }

  init(_ document: Document) { self.document = document }

  static let mostRows = 200

  func render() -> String {
    var page = "# \(Self.escaped(document.title))\n\n"
    page += style.pick("Confidential", "取扱注意")
    if !document.isIssued { page += " · " + style.pick("Draft, not issued", "案(未発行)") }
    page += "\n\n"
    if !document.subtitle.isEmpty {
      page +=
        document.subtitle.map { Self.escaped(style.text($0)) }.joined(separator: " · ") + "\n\n"
    }
    write(document.highlights, to: &page)
    for (place, section) in document.sections.enumerated() {
      page += "## \(place + 1). \(Self.escaped(section.title))\n\n"
      for block in section.blocks { write(block, to: &page) }
    }
    page += "---\n\n\(Self.escaped(document.program))"
    if let zone = style.zone.title { page += " · \(Self.escaped(zone))" }
    return page + "\n"
  }

  /// Every mark of Markdown escaped; a line stays a line.
  static func escaped(_ text: String) -> String {
    var safe = ""
    var isFirst = true
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "#", "~", "!", "&", "$": safe += "\\"
      case "+", "-", "=": if isFirst { safe += "\\" }
      case "@": if safe.unicodeScalars.last?.properties.isAlphabetic ?? false { safe += "\\" }
      default: break
      }
      safe.unicodeScalars.append(scalar)
      isFirst = false
    }
    // These are made links by themselves.
    if let mark = safe.unicodeScalars.first(where: { !(0x30...0x39 ~= $0.value) }),
      mark == "." || mark == ")", isNumber(String(safe.prefix { $0.isASCII && $0.isNumber }))
    {
      // A number and a point would begin a list.
      let digits = safe.prefix { $0.isASCII && $0.isNumber }
      let rest = safe.dropFirst(digits.count)
      if rest.dropFirst().first.map({ $0 == " " }) ?? true {
        safe = String(digits) + "\\" + String(rest)
      }
    }
    return safe.replacing("www.", with: "www\\.").replacing("://", with: "\\://")
  }

  /// A cell; in our own words what stands between grave accents is a command, and stays code.
  private func value(_ cell: Cell) -> String {
    guard case .words(let text) = cell else { return Self.escaped(style.text(cell)) }
    return Self.words(text)
  }

  /// Our own words: a command between grave accents stays code, which needs no escapes but of a bar in a table.
  static func words(_ text: String) -> String {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false)
    guard parts.count % 2 == 1, parts.count > 1 else { return escaped(text) }
    return parts.enumerated().map { place, part in
      place % 2 == 1
        ? "`" + part.replacing("|", with: "\\|") + "`"
        : part.isEmpty ? "" : place == 0 ? escaped(String(part)) : Self.rest(String(part))
    }.joined()
  }

  /// Escaped, where it does not begin a line.
  private static func rest(_ text: String) -> String { String(escaped("x" + text).dropFirst()) }

  private static func isNumber(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count < 10 && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
  }

  private func write(_ fields: [Document.Field], to page: inout String) {
    for field in fields {
      let values = field.values.map { value($0) }.joined(separator: " / ")
      page += "- **\(Self.escaped(field.label))**: \(values)"
      if let note = field.note { page += " (\(Self.words(note)))" }
      page += "\n"
    }
    page += "\n"
  }

  private func write(_ block: Document.Block, to page: inout String) {
    switch block {
    case .fields(let fields): write(fields, to: &page)
    case .sentences(let cells):
      for cell in cells { page += "- \(value(cell))\n" }
      page += "\n"
    case .table(let table): write(table, to: &page)
    case .picture(let picture):
      write(picture.table, title: picture.title, to: &page)
    }
  }

  private func write(_ table: Document.Table, title: String? = nil, to page: inout String) {
    page += "### \(Self.escaped(title ?? table.title))\n\n"
    guard !table.rows.isEmpty else {
      page += Self.escaped(table.empty) + "\n\n"
      return
    }
    page += "|" + table.columns.map { " \(Self.escaped($0.title)) |" }.joined() + "\n"
    page += "|" + table.columns.map { $0.isNumeric ? "---:|" : "---|" }.joined() + "\n"
    for row in table.shown(Self.mostRows) {
      page += "|" + row.map { " \(value($0)) |" }.joined() + "\n"
    }
    page += "\n"
    if let words = table.leftOut(Self.mostRows, style) { page += words + "\n\n" }
    if let note = table.note { page += Self.words(note) + "\n\n" }
  }
}
