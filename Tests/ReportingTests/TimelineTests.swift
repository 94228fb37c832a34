import Estate
import EventModel
import Testing

@testable import Reporting

/// What stands under and above a timeline is in the language of the report, and tells of what is drawn.
@Suite struct TimelineTests {
  /// Handling on days of `count`, all without an instruction, with a register of instructions that has none.
  private static func picture(
    _ count: Int,
    _ language: DocumentStyle.Language,
    era: Bool = false
  ) throws -> (chart: TimelineChart, summary: String) {
    var story = DocumentSamples.story()
    let day = DocumentSamples.noon.dayNumber()
    story.days = [0, count - 1].map { place in
      var handling = HandlingDay(day: day + place, account: "sysadmin", owner: "Kita")
      handling.records = .exactly(1_200)
      handling.unexplained = 1_200
      handling.hasExport = true
      return handling
    }
    story.incident.last = Timestamp(seconds: Int64(day + count - 1) * 86_400)
    for place in story.incident.owners.indices {
      story.incident.owners[place].last = story.incident.last
    }
    var style = DocumentStyle(language)
    style.usesEra = era
    let document = CaseDocument(story, DocumentSamples.estate(), ReportNotes(), style: style)
      .document()
    let pictures = document.sections.flatMap(\.blocks).compactMap { block -> Document.Picture? in
      if case .picture(let picture) = block, picture.key == "timeline" { picture } else { nil }
    }
    let picture = try #require(pictures.first)
    guard case .timeline(let chart) = picture.chart else { throw Missing() }
    return (chart, picture.summary)
  }

  private struct Missing: Error {}

  @Test(
    arguments: [
      (90, .english, false, "2024-05"), (90, .japanese, false, "2024年5月"),
      (90, .japanese, true, "令和6年5月"), (2_000, .english, false, "2025"),
      (2_000, .japanese, false, "2025年"), (2_000, .japanese, true, "令和7年"),
    ] as [(Int, DocumentStyle.Language, Bool, String)]
  )
  func `an axis has days as the language writes them`(
    count: Int,
    language: DocumentStyle.Language,
    era: Bool,
    wanted: String
  ) throws {
    #expect(try Self.picture(count, language, era: era).chart.ticks.first?.label == wanted)
  }

  @Test(arguments: [30, 49])
  func `a short axis names the day on which it begins and the one on which it ends`(
    count: Int
  ) throws {
    let labels = try Self.picture(count, .japanese).chart.ticks.map(\.label)
    #expect(labels.first == "2024年4月9日" && labels.count == 2, "\(labels)")
  }

  @Test func `a calendar names the first of a month, the tenth and the twentieth`() {
    let first = DocumentSamples.noon.dayNumber()
    let buckets = CoverageBlocks.Buckets(first...first + 40, DocumentStyle(.english))
    #expect(
      buckets.labels.filter { !$0.isEmpty } == ["04-09", "04-10", "04-20", "05-01", "05-10"]
    )
  }

  @Test(arguments: [90, 2_000], DocumentStyle.Language.allCases)
  func `the legend has the marks that are drawn and no other`(
    count: Int,
    language: DocumentStyle.Language
  ) throws {
    let chart = try Self.picture(count, language).chart
    #expect(!chart.marks.isEmpty)
    #expect(Set(chart.marks.map(\.match)) == Set(chart.legend.map(\.mark)))
    #expect(chart.legend.map(\.label) == [DocumentStyle(language).match(.none)])
  }

  @Test func `a mark of a long period is said to gather its days`() throws {
    #expect(try Self.picture(2_000, .english).summary.hasPrefix("Each mark gathers the days"))
    #expect(try Self.picture(90, .english).summary.hasPrefix("Each mark is a day on which"))
  }

}
