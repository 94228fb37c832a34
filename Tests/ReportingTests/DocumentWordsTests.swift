import Estate
import EventModel
import Foundation
import Testing

@testable import Reporting

/// What reports say the same way everywhere: years, intervals, terms, conclusions.
struct DocumentWordsTests {
  @Test func `years by era begin on their day`() {
    var style = DocumentStyle(.japanese)
    style.usesEra = true
    func date(_ year: Int, _ month: Int, _ day: Int) -> String {
      style.date(CivilCalendar.dayNumber(year: year, month: month, day: day))
    }
    #expect(date(2024, 5, 27) == "令和6年5月27日")
    #expect(date(2019, 5, 1) == "令和元年5月1日")
    #expect(date(2019, 4, 30) == "平成31年4月30日")
    #expect(date(1989, 1, 7) == "昭和64年1月7日")
    #expect(date(1926, 12, 24) == "1926年12月24日")
    style.language = .english
    #expect(date(2024, 5, 27) == "2024-05-27 (Reiwa 6)")
  }

  @Test func `an interval never turns an unknown into a number`() {
    let style = DocumentStyle(.english)
    #expect(style.interval(.unknown) == "unknown")
    #expect(style.interval(Volume(low: 0, high: 45_000, quality: .estimated)) == "up to 45,000")
    #expect(style.interval(Volume(low: 5, high: .max, quality: .unknown)) == "5 or more")
    #expect(DocumentStyle(.japanese).interval(.exactly(1_200)) == "1,200")
  }

  @Test func `the glossary explains every term in both languages`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let glossary = try String(
      contentsOf: root.appendingPathComponent("docs/glossary.md"),
      encoding: .utf8
    )
    for term in Term.all {
      #expect(glossary.contains("| \(term.japanese) | \(term.english) |"), "\(term.key)")
    }
  }

  @Test func `an answer ends in one of four conclusions, whatever it rests on`() {
    let facts: [(Int, Int, Int, Int64?)] = [
      (1, 0, 0, 1000), (0, 1, 0, 1000), (0, 0, 0, 1000), (0, 0, 1, 1000), (0, 0, 0, 400),
      (0, 0, 0, nil),
    ]
    for language in DocumentStyle.Language.allCases {
      for (confirmed, suspicions, unattributed, known) in facts {
        var answer = InquiryAnswer(
          owner: "Kita",
          period: 1...2,
          coverage: CoverageAccount(period: 1...2)
        )
        answer.facts.confirmed = confirmed
        answer.facts.suspicions = suspicions
        answer.facts.unattributed = unattributed
        answer.facts.knownPermille = known
        let style = DocumentStyle(language)
        let document = InquiryDocument(answer, DocumentSamples.estate(), style: style).document()
        #expect(document.missing.isEmpty)
        let text = document.render(.markdown) ?? ""
        #expect(!text.contains("可能性はない") && !text.lowercased().contains("no leak"))
        let words = ["確認された", "疑いあり", "記録の範囲では確認されない", "判断できない"]
        let english = [
          "Confirmed", "Suspected", "Not found within the records", "Cannot be determined",
        ]
        let line = InquiryDocument(answer, DocumentSamples.estate(), style: style).conclusion
        #expect((words + english).contains { line.hasPrefix($0) }, "\(line)")
      }
    }
  }
}
