import EventModel
import Foundation
import Testing

@testable import Reporting

/// How many names are made up: `HOSTILE_SEEDS=1000 swift test --filter Hostile` tries more of them.
enum HostileSeeds {
  static let count = ProcessInfo.processInfo.environment["HOSTILE_SEEDS"].flatMap(Int.init) ?? 10
}

/// What a log, an estate or a person writes is harmless in every form.
@Suite struct HostileDocumentTests {
  private static let pieces = [
    "<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", "\" onload=\"x", "'", "`",
    "&lt;", "&#x3c;b&#x3e;", "]]>", "<!--", "-->", "javascript:alert(1)", "[a](http://example.com)",
    "![x](y)", "=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r\n=1", "|", "||", "```",
    "# x",
    "1. x", "> x", "***", "~~", "\u{202e}", "\u{2066}", "\u{200b}", "\u{feff}", "\u{1b}[31m", "\0",
    "\u{7f}",
    "\u{9b}", "\u{2028}", "\n", "\u{fff9}", "\u{e0041}", "\u{301}\u{301}\u{301}", "𠮷", "漢字", "\\",
    "\\x41",
    "{{x}}", "${x}", "\u{FF1D}1", ",", ";", "\"",
  ]

  /// A name of some pieces; always the same of a seed.
  static func name(_ seed: UInt64) -> String {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    return (0...next(12)).map { _ in pieces[next(pieces.count)] }.joined()
  }

  private static let tags: Set<String> = [
    "!doctype", "html", "head", "meta", "title", "style", "body", "header", "main", "section",
    "footer", "nav", "ol", "ul", "li", "a", "p", "span", "h1", "h2", "h3", "dl", "div", "dt", "dd",
    "br",
    "small", "code", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption",
    "kbd", "svg", "desc", "rect", "line", "circle", "path", "text",
  ]

  private static let attributes: Set<String> = [
    "lang", "charset", "name", "content", "http-equiv", "class", "id", "href", "aria-label",
    "aria-labelledby", "role", "tabindex", "scope", "viewbox", "width", "height", "x", "y", "x1",
    "y1",
    "x2", "y2", "cx", "cy", "r", "rx", "d", "text-anchor", "data-label",
  ]

  /// Every element and attribute of the page is one that the form writes.
  func checkMarkup(_ page: String) {
    let elements = page.matches(of: /<\/?([a-zA-Z!][a-zA-Z0-9]*)((?:\s+[^<>]*)?)>/)
    for element in elements {
      #expect(Self.tags.contains(element.1.lowercased()), "<\(element.1)>")
      for attribute in element.2.matches(of: /([a-zA-Z][a-zA-Z0-9:-]*)="[^"<>]*"/) {
        #expect(Self.attributes.contains(attribute.1.lowercased()), "\(attribute.1)")
      }
      let rest = element.2.replacing(/[a-zA-Z][a-zA-Z0-9:-]*="[^"<>]*"/, with: "")
      let isType = element.1.lowercased() == "!doctype"
      #expect(isType || rest.allSatisfy { $0.isWhitespace || $0 == "/" }, "\(element.0)")
    }
    let opened = page.utf8.count { $0 == 0x3C }
    #expect(opened == elements.count, "a < that opens nothing the form writes")
  }

  func checkPlain(_ text: String, _ form: DocumentForm) {
    let hostile = text.unicodeScalars.first { scalar in
      SafeText.isHostile(scalar) && scalar != "\n"
        && !(form == .csv && (scalar == "\r" || scalar == "\u{feff}"))
    }
    #expect(hostile == nil, "\(form): \(String(describing: hostile))")
  }

  @Test(arguments: 1...HostileSeeds.count)
  func `hostile names are harmless in every form`(seed: Int) throws {
    let name = Self.name(UInt64(seed))
    let language = seed % 2 == 0 ? DocumentStyle.Language.japanese : .english
    try checkForms(DocumentSamples.document(name, language))
  }

  func checkForms(_ document: Document) throws {
    let page = try #require(document.render(.html))
    checkMarkup(page)
    checkPlain(page, .html)
    let markdown = try #require(document.render(.markdown))
    checkPlain(markdown, .markdown)
    #expect(!markdown.contains(/(^|[^\\])<[a-zA-Z!\/]/))
    let json = try #require(document.render(.json))
    checkPlain(json, .json)
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json.utf8)) }
    for key in document.tableKeys {
      let csv = try #require(document.render(.csv, table: key))
      checkPlain(csv, .csv)
      let rows = csv.dropFirst().split(separator: "\r\n")
      for row in rows { for cell in Self.cells(row) { checkCell(cell) } }
    }
  }

  /// The spreadsheet as Python reads it back: every part is XML, no cell is a formula, no link leads out, and
  /// every text that a cell shows.
  private static let reader = """
    import json, sys, zipfile
    import xml.etree.ElementTree as tree
    book = zipfile.ZipFile(sys.argv[1])
    parts = {name: tree.fromstring(book.read(name)) for name in book.namelist() if name[-4:] in ('.xml', 'rels')}
    sheets = [part for name, part in parts.items() if 'worksheets/sheet' in name]
    tags = [node.tag.split('}')[-1] for sheet in sheets for node in sheet.iter()]
    shared = [''.join(node.itertext()) for node in parts['xl/sharedStrings.xml']]
    print(json.dumps([len(sheets), tags.count('f'), tags.count('hyperlink'), shared]))
    """

  @Test(arguments: 1...max(6, HostileSeeds.count / 10))
  func `hostile names are harmless in a spreadsheet`(seed: Int) throws {
    try checkSpreadsheet(DocumentSamples.document(Self.name(UInt64(seed)), .japanese), least: 40)
  }

  /// `least`: texts that it has at the fewest.
  func checkSpreadsheet(_ document: Document, least: Int) throws {
    let path = FileManager.default.temporaryDirectory.path + "/hostile-\(UUID().uuidString).xlsx"
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(document.writeSpreadsheet(to: path) == nil)
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.reader, path]
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let found = try #require(try JSONSerialization.jsonObject(with: data) as? [Any])
    #expect((found[0] as? Int ?? 0) > document.tableKeys.count / 2)
    #expect(found[1] as? Int == 0 && found[2] as? Int == 0, "formulas or links")
    let texts = try #require(found[3] as? [String])
    #expect(texts.count > least)
    for text in texts {
      let hostile = text.unicodeScalars.first { SafeText.isHostile($0) && $0 != "\n" }
      #expect(hostile == nil, "\(text.prefix(40))")
    }
  }

  func checkCell(_ cell: String) {
    let first = cell.unicodeScalars.first
    #expect(first.map { !SafeText.startsFormula($0) } ?? true, "\(cell.prefix(40))")
  }

  /// The cells of a row by RFC 4180.
  static func cells(_ row: Substring) -> [String] {
    var cells = [""]
    var isQuoted = false
    for scalar in row.unicodeScalars {
      switch scalar {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: cells.append("")
      default: cells[cells.count - 1].unicodeScalars.append(scalar)
      }
    }
    return cells
  }

  @Test func `a very long text is cut with a mark in every form`() throws {
    let long = String(repeating: "<b>長", count: 20_000)
    let document = DocumentSamples.document(long)
    for form in DocumentForm.allCases {
      let text = try #require(document.render(form))
      #expect(text.utf8.count < 4_000_000, "\(form): \(text.utf8.count)")
      #expect(text.contains("…"), "\(form)")
    }
  }

  @Test func `the same document gives the same bytes`() throws {
    for form in DocumentForm.allCases {
      let first = DocumentSamples.document().render(form)
      #expect(first == DocumentSamples.document().render(form))
    }
  }
}
