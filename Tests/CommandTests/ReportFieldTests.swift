import Foundation
import Testing

/// Field by field, what the reports on the sample estate have to say: what a supervisor asks for, and where it stands.
///
/// The goldens are what is written (`ReportCommandTests`); this says which words may not go from them without a word.
@Suite struct `Every field that is asked for` {
  /// Where a field stands in a report.
  enum Place: Sendable {
    /// A section of its own.
    case heading
    /// A label and what is said of it.
    case label
    /// A table of its own, with rows or words why there are none.
    case table
    /// A column of the table of this title, Japanese and English.
    case column(String, String)
  }

  struct Wanted: Sendable, CustomTestStringConvertible {
    var report: String
    /// As the list of what is asked for calls it.
    var name: String
    var place: Place
    var japanese: String
    var english: String

    init(_ report: String, _ name: String, _ place: Place, _ japanese: String, _ english: String) {
      (self.report, self.name, self.place) = (report, name, place)
      (self.japanese, self.english) = (japanese, english)
    }

    var testDescription: String { "\(report): \(name)" }
  }

  /// Of each report and place: what is asked for, and the words that stand for it in Japanese and English.
  private static let list =
    (try? String(
      contentsOf: ReportCommandTests.golden.appendingPathComponent("fields.txt"),
      encoding: .utf8
    )) ?? ""

  static let all: [Wanted] = {
    var found: [Wanted] = []
    var (report, place) = ("", Place.heading)
    for line in list.split(separator: "\n") where !line.hasPrefix("#") {
      if line.hasPrefix(" ") {
        let words = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        found.append(Wanted(report, words[0], place, words[1], words[2]))
        continue
      }
      let words = line.split(separator: " ", maxSplits: 2).map(String.init)
      report = String(words[0].dropLast())
      switch words[1] {
      case "label": place = .label
      case "table": place = .table
      case "column":
        let titles = words[2].components(separatedBy: " / ")
        place = .column(titles[0], titles[1])
      default: place = .heading
      }
    }
    return found
  }()

  // MARK: Reading

  /// A report in Markdown, as far as its fields go.
  private struct Page {
    var headings: Set<String> = []
    var labels: [String: String] = [:]
    /// By title: titles of columns, rows, words below.
    var tables: [String: (columns: [String], rows: [[String]], words: String)] = [:]

    init(_ text: String) {
      var table = ""
      for line in text.split(separator: "\n").map(String.init) {
        if line.hasPrefix("## "), let title = line.split(separator: " ", maxSplits: 2).last {
          headings.insert(String(title))
          table = ""
        } else if line.hasPrefix("### ") {
          table = String(line.dropFirst(4))
          if tables[table] == nil { tables[table] = ([], [], "") }
        } else if line.hasPrefix("- **"), let end = line.range(of: "**: ") {
          labels[String(line.dropFirst(4)[..<end.lowerBound])] = String(line[end.upperBound...])
        } else if line.hasPrefix("|") {
          let cells = line.dropFirst().dropLast().split(separator: "|").map {
            $0.trimmingCharacters(in: .whitespaces)
          }
          if cells.allSatisfy({ $0.allSatisfy { "-:".contains($0) } }) { continue }
          if tables[table]?.columns.isEmpty ?? false {
            tables[table]?.columns = cells
          } else {
            tables[table]?.rows.append(cells)
          }
        } else if !table.isEmpty {
          tables[table]?.words += line
        }
      }
    }

    /// Why it is not said; `nil`: it is.
    func lack(_ place: Place, _ word: String, isJapanese: Bool) -> String? {
      switch place {
      case .heading: return headings.contains(word) ? nil : "no section \(word)"
      case .label:
        guard let text = labels[word] else { return "no field \(word)" }
        return text.isEmpty ? "nothing said of \(word)" : nil
      case .table:
        guard let table = tables[word] else { return "no table \(word)" }
        return table.rows.isEmpty && table.words.isEmpty ? "nothing said in \(word)" : nil
      case .column(let japanese, let english):
        let title = isJapanese ? japanese : english
        guard let table = tables[title] else { return "no table \(title)" }
        guard let column = table.columns.firstIndex(of: word) else {
          return "no column \(word) in \(title)"
        }
        let isFull = table.rows.allSatisfy { column < $0.count && !$0[column].isEmpty }
        return isFull && !table.rows.isEmpty ? nil : "an empty cell of \(word) in \(title)"
      }
    }
  }

  private static func page(_ report: String, _ language: String) throws -> Page {
    let file = ReportCommandTests.golden.appendingPathComponent("\(report)-\(language).md")
    return Page(try String(contentsOf: file, encoding: .utf8))
  }

  @Test func `are two hundred and more`() { #expect(Self.all.count > 200) }

  @Test(arguments: all) func `says something, in both languages`(wanted: Wanted) throws {
    for (language, word) in [("ja", wanted.japanese), ("en", wanted.english)] {
      let page = try Self.page(wanted.report, language)
      let lack = page.lack(wanted.place, word, isJapanese: language == "ja")
      #expect(lack == nil, "\(wanted.name), \(language): \(lack ?? "")")
    }
  }

  @Test func `is missed where it is not there`() throws {
    var text = try String(
      contentsOf: ReportCommandTests.golden.appendingPathComponent("incident-en.md"),
      encoding: .utf8
    )
    let page = Page(text)
    #expect(page.lack(.label, "Causes", isJapanese: false) == nil)
    text = text.split(separator: "\n").filter { !$0.contains("**Causes**") }
      .joined(separator: "\n")
    #expect(Page(text).lack(.label, "Causes", isJapanese: false) == "no field Causes")
    #expect(page.lack(.heading, "Weather", isJapanese: false) != nil)
    #expect(page.lack(.table, "Weather", isJapanese: false) != nil)
    let owners = Place.column("委託元別件数", "Figures by owner")
    #expect(page.lack(owners, "Share", isJapanese: false) == nil)
    #expect(page.lack(owners, "Weather", isJapanese: false) != nil)
  }

  /// It became known on Monday, 3 June 2024, 10:30 in Tokyo.
  ///
  /// Counted by hand, the third of June being the first day: third to fifth day 5 to 7 June, sixtieth day Thursday, 1
  /// August.
  @Test func `has the deadlines that a calendar gives`() throws {
    let english = try Self.page("incident", "en")
    let due = try #require(english.tables["Deadlines"]).rows
    func date(_ rule: String, _ what: String) -> String? {
      due.first { $0[0] == rule && $0[1].hasPrefix(what) }?[2]
    }
    #expect(english.labels["Became known to the organisation"] == "2024-06-03 10:30:00")
    #expect(date("APPI, article 26", "preliminary") == "2024-06-05 – 2024-06-07")
    #expect(date("APPI, article 26", "final") == "2024-08-01")
    #expect(
      date("APPI, article 26 (1), proviso", "notice to each owner") == "2024-06-05 – 2024-06-07"
    )
    // The sidecar says that neither applies.
    #expect(date("Telecommunications Business Act, article 28", "reports") == "does not apply")
    #expect(date("GDPR, article 33 (1)", "notice") == "does not apply")
    let japanese = try Self.page("incident", "ja")
    let dates = try #require(japanese.tables["報告期限"]).rows.map { $0[2] }
    #expect(dates.contains("2024年6月5日〜2024年6月7日") && dates.contains("2024年8月1日"))
  }
}
