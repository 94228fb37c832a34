internal import EventModel

/// A document as one HTML file: no script, nothing from outside, readable on paper, on a phone, in the dark
/// and by who hears it.
struct HTMLForm: Sendable {
  let document: Document
  private var style: DocumentStyle { document.style }

  init(_ document: Document) { self.document = document }

  /// Most rows of a table on the page; CSV and JSON have them all.
  static let mostRows = 60

  func render() -> String {
    var page = "<!DOCTYPE html>\n<html lang=\"\(style.language.rawValue)\">\n<head>\n"
    page += "<meta charset=\"utf-8\">\n"
    page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    page += "<meta name=\"color-scheme\" content=\"light dark\">\n"
    page += "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    page += "style-src 'unsafe-inline'\">\n"
    page += "<meta name=\"referrer\" content=\"no-referrer\">\n"
    page += "<title>\(html(document.title))</title>\n<style>\(HTMLStyle.sheet)</style>\n"
    page += "</head>\n<body>\n"
    writeHead(to: &page)
    page += "<main>\n"
    for (place, section) in document.sections.enumerated() {
      page += "<section id=\"s-\(section.key)\" aria-labelledby=\"h-\(section.key)\">\n"
      page += "<h2 id=\"h-\(section.key)\"><span class=\"no\">\(place + 1)</span> "
      page += "\(html(section.title))</h2>\n"
      for block in section.blocks { write(block, under: section.title, to: &page) }
      page += "</section>\n"
    }
    page += "</main>\n<footer><p>\(html(document.program))"
    if let zone = style.zone.title {
      page += " · \(html(style.pick("times in ", "時刻は ")))\(html(zone))"
    }
    page += "</p></footer>\n</body>\n</html>\n"
    return page
  }

  private func html(_ text: String) -> String { HTMLText.escaped(text) }

  private func writeHead(to page: inout String) {
    page += "<header>\n<p class=\"marks\"><span class=\"mark\">"
    page += html(style.pick("Confidential", "取扱注意")) + "</span>"
    if !document.isIssued {
      page += "<span class=\"mark draft\">"
      page += html(style.pick("Draft, not issued", "案(未発行)")) + "</span>"
    }
    page += "</p>\n<h1>\(html(document.title))</h1>\n"
    if !document.subtitle.isEmpty {
      page +=
        "<p class=\"sub\">"
        + document.subtitle.map { html(style.text($0)) }.joined(separator: " · ")
      page += "</p>\n"
    }
    if !document.highlights.isEmpty {
      page += "<dl class=\"cards\">\n"
      for field in document.highlights {
        page += "<div><dt>\(html(field.label))</dt><dd>"
        page += field.values.map { value($0) }.joined(separator: "<br>")
        if let note = field.note { page += "<small>\(html(note))</small>" }
        page += "</dd></div>\n"
      }
      page += "</dl>\n"
    }
    page += "<nav aria-label=\"\(html(style.pick("Contents", "目次")))\"><ol>\n"
    for section in document.sections {
      page += "<li><a href=\"#s-\(section.key)\">\(html(section.title))</a></li>\n"
    }
    page += "</ol></nav>\n</header>\n"
  }

  /// The title of a part of a section, unless it is that of the section.
  private func writeHeading(_ title: String, under section: String, to page: inout String) {
    if title != section { page += "<h3>\(html(title))</h3>\n" }
  }

  private func write(_ block: Document.Block, under section: String, to page: inout String) {
    switch block {
    case .fields(let fields):
      page += "<dl class=\"fields\">\n"
      for field in fields {
        page += "<div><dt>\(html(field.label))</dt><dd>"
        page += field.values.map { value($0) }.joined(separator: "<br>")
        if let note = field.note { page += "<small>\(html(note))</small>" }
        page += "</dd></div>\n"
      }
      page += "</dl>\n"
    case .sentences(let cells):
      page += "<ul class=\"sentences\">\n"
      for cell in cells { page += "<li>\(value(cell))</li>\n" }
      page += "</ul>\n"
    case .table(let table):
      writeHeading(table.title, under: section, to: &page)
      write(table, under: section, to: &page)
    case .picture(let picture):
      writeHeading(picture.title, under: section, to: &page)
      page += "<figure>\n"
      page +=
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"\(html(style.pick("Picture: ", "図:") + picture.title))\">"
      page += picture.chart.draw(
        id: "p-\(picture.key)",
        title: SafeText.escaped(picture.title, limit: SafeText.nameLimit),
        summary: SafeText.escaped(picture.summary, limit: DocumentStyle.proseLimit)
      )
      page += "</div>\n<figcaption>\(html(picture.summary))</figcaption>\n</figure>\n"
      write(picture.table, under: section, to: &page)
    }
  }

  /// What a region is called for who hears the page: no two are called the same.
  private func label(_ table: Document.Table, under section: String) -> String {
    isRepeated(table.title) && table.title != section
      ? section + style.pick(": ", ":") + table.title : table.title
  }

  private func isRepeated(_ title: String) -> Bool {
    var count = 0
    for block in document.sections.flatMap(\.blocks) {
      switch block {
      case .table(let table): count += table.title == title ? 1 : 0
      case .picture(let picture): count += picture.table.title == title ? 1 : 0
      default: break
      }
    }
    return count > 1
  }

  /// Our own words, escaped; what stands between grave accents is a command to type.
  private func words(_ text: String) -> String {
    let parts = html(text).split(separator: "&#96;", omittingEmptySubsequences: false)
    guard parts.count % 2 == 1 else { return html(text) }
    return parts.enumerated().map { place, part in
      place % 2 == 1 ? "<kbd>\(part)</kbd>" : String(part)
    }.joined()
  }

  private func value(_ cell: Cell) -> String {
    let text = html(style.text(cell))
    switch cell {
    case .unknown: return "<span class=\"unknown\">\(text)</span>"
    case .digest: return "<code>\(text)</code>"
    case .share(nil): return "<span class=\"unknown\">\(text)</span>"
    case .time, .day: return "<span class=\"keep\">\(text)</span>"
    case .days(let days) where days.count > 1:
      let first = html(style.date(days.lowerBound))
      let parts = text.dropFirst(first.count)
      let last = html(style.date(days.upperBound))
      return "<span class=\"keep\">\(first)\(parts.dropLast(last.count))</span>"
        + "<span class=\"keep\">\(last)</span>"
    case .words(let told): return words(told)
    default: return text
    }
  }

  /// How wide a cell must be: a short word and a name stay on one line, others get room for some words.
  private func width(_ cell: Cell) -> String {
    switch cell {
    case .prose(let text): text.utf8.count > 40 ? "long" : ""
    case .words(let text):
      switch DisplayWidth.of(text) {
      case ...14: "short"
      case ...40: "half"
      default: "long"
      }
    case .name(let text):
      DisplayWidth.of(text) <= 16 && !text.contains(where: \.isWhitespace) ? "id" : "half"
    default: ""
    }
  }

  /// Whether a phone shows a row as a block, each cell under its title: where a sentence would hide behind the edge.
  private func isStacked(_ table: Document.Table) -> Bool {
    table.columns.count > 3
      && table.shown(Self.mostRows).contains { row in
        row.enumerated().contains { place, cell in
          !table.columns[place].isNumeric && width(cell) == "long"
        }
      }
  }

  private func write(
    _ table: Document.Table,
    under section: String,
    to page: inout String
  ) {
    guard !table.rows.isEmpty else {
      page += "<p class=\"empty\">\(html(table.empty))</p>\n"
      return
    }
    page +=
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"\(html(label(table, under: section)))\">"
    let isStacked = isStacked(table)
    let looks = (table.columns.count > 7 ? ["wide"] : []) + (isStacked ? ["stack"] : [])
    page +=
      "<table\(looks.isEmpty ? "" : " class=\"\(looks.joined(separator: " "))\"")>\n<caption>\(html(table.title))</caption>\n<thead><tr>"
    for column in table.columns {
      page += "<th scope=\"col\"\(column.isNumeric ? " class=\"num\"" : "")>"
      page += "\(html(column.title))</th>"
    }
    page += "</tr></thead>\n<tbody>\n"
    for row in table.shown(Self.mostRows) {
      page += "<tr>"
      for (place, cell) in row.enumerated() {
        let width = table.columns[place].isNumeric ? "num" : width(cell)
        var kind = width.isEmpty ? "" : " class=\"\(width)\""
        if isStacked { kind += " data-label=\"\(html(table.columns[place].title))\"" }
        page +=
          place == 0
          ? "<th scope=\"row\"\(kind)>\(value(cell))</th>" : "<td\(kind)>\(value(cell))</td>"
      }
      page += "</tr>\n"
    }
    page += "</tbody>\n</table></div>\n"
    if let words = table.leftOut(Self.mostRows, style) {
      page += "<p class=\"note\">\(html(words))</p>\n"
    }
    if let note = table.note { page += "<p class=\"note\">\(words(note))</p>\n" }
  }
}
