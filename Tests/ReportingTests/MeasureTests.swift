import Estate
import EventModel
import Testing

@testable import Reporting

/// Measures beside those of the quarter before: as its report told them, not as people have written them since.
@Suite struct MeasureTests {
  private static let id = "22ba6273c7ef6d08"

  private func facts(_ name: String, detected: String? = nil) throws -> QuarterFacts {
    let period = try #require(QuarterFacts.period(of: name))
    var facts = QuarterFacts(name: name, period: period, coverage: CoverageAccount(period: period))
    if let detected {
      let day = try #require(ReportNotes.day(detected))
      facts.incidents = [
        QuarterFacts.IncidentState(
          DocumentSamples.story().incident,
          detected: Timestamp(seconds: Int64(day) * 86_400 + 3_600)
        )
      ]
    }
    facts.days = [HandlingDay(day: period.lowerBound, account: "root", owner: "Kita")]
    return facts
  }

  private func notes(_ status: String) throws -> ReportNotes {
    let yaml =
      "incidents:\n  \(Self.id):\n    measures: [{measure: no shared accounts, status: \(status)}]\n"
    return try ReportNotes.load(bytes: Array(yaml.utf8), file: "report.yml", zone: .utc)
  }

  private func maker(
    _ facts: QuarterFacts,
    _ before: QuarterFacts?,
    _ status: String,
    _ style: DocumentStyle
  ) throws -> QuarterDocument {
    QuarterDocument(facts, before: before, DeclaredEstate(), try notes(status), style: style)
  }

  private func row(_ maker: QuarterDocument, _ what: String) -> [String]? {
    for case .table(let table) in maker.document().sections.flatMap(\.blocks)
    where table.key == "measures_compared" {
      return table.rows.map { $0.map(maker.style.text) }.first { $0[0] == what }
        .map { Array($0.dropFirst()) }
    }
    return nil
  }

  @Test(arguments: DocumentStyle.Language.allCases)
  func `a measure stood as the report of the quarter before told when it was issued`(
    language: DocumentStyle.Language
  ) throws {
    let style = DocumentStyle(language)
    let before = try facts("2024-Q2", detected: "2024-05-01")
    var issued = IssuedReport(kind: "quarterly", subject: "2024-Q2", owner: "", version: 1)
    issued.figures = try maker(before, nil, "under way", style).figures
    var current = try facts("2024-Q3", detected: "2024-05-01")
    current.issued = [issued]
    let later = try maker(current, before, "done", style)
    #expect(
      row(later, "no shared accounts")
        == ["done", "under way", style.pick("changed", "変更あり")]
    )
    #expect(row(later, style.pick("of these done", "うち完了")) == ["1", "0", "+1"])
  }

  @Test func `a measure of an earlier incident that was open then and is done now is told`() throws
  {
    let style = DocumentStyle(.english)
    let before = try facts("2024-Q2", detected: "2024-05-01")
    var issued = IssuedReport(kind: "quarterly", subject: "2024-Q2", owner: "", version: 1)
    issued.figures = try maker(before, nil, "under way", style).figures
    var current = try facts("2024-Q3")
    current.earlierIncidents = [Self.id]
    // Done in an earlier quarter it is told no more.
    #expect(try maker(current, before, "done", style).allMeasures.isEmpty)
    current.issued = [issued]
    let later = try maker(current, before, "done", style)
    #expect(row(later, "no shared accounts") == ["done", "under way", "changed"])
  }

  @Test(arguments: DocumentStyle.Language.allCases)
  func `without such a report it is unknown how an incident's measure stood, and why`(
    language: DocumentStyle.Language
  ) throws {
    let style = DocumentStyle(language)
    let later = try maker(
      facts("2024-Q3", detected: "2024-05-01"),
      facts("2024-Q2", detected: "2024-05-01"),
      "done",
      style
    )
    let found = try #require(row(later, "no shared accounts"))
    #expect(found[0] == "done" && found[1] == style.unknown)
    #expect(
      found[2].contains(style.pick("no report of 2024-Q2 was issued", "2024年4〜6月期の発行済みの報告に記載がない"))
    )
    #expect(row(later, style.pick("Measures", "対策"))?[1] == style.unknown)
  }

  @Test func `nobody had taken a measure before the incident was known`() throws {
    let style = DocumentStyle(.english)
    let early = try maker(facts("2024-Q2", detected: "2024-07-02"), nil, "done", style)
    #expect(early.allMeasures.isEmpty)
    let then = try maker(facts("2024-Q3", detected: "2024-07-02"), nil, "done", style)
    #expect(then.allMeasures.count == 1)
  }

  @Test(arguments: DocumentStyle.Language.allCases)
  func `a report that is issued again says which measure has changed`(
    language: DocumentStyle.Language
  ) throws {
    let style = DocumentStyle(language)
    var current = try facts("2024-Q3", detected: "2024-05-01")
    var issued = IssuedReport(kind: "quarterly", subject: "2024-Q3", owner: "", version: 1)
    issued.figures = try maker(current, nil, "planned", style).figures
    current.issued = [issued]
    let reasons = try maker(current, nil, "under way", style).versions.reasons.map(style.text)
    #expect(
      reasons == [
        style.pick(
          "measure no shared accounts: planned → under way",
          "対策 no shared accounts: planned → under way"
        )
      ]
    )
    // One that kept no measures says nothing of them.
    current.issued[0].figures.removeAll { $0.name.hasPrefix("measure") }
    #expect(
      try maker(current, nil, "under way", style).versions.reasons.map(style.text)
        == [style.pick("the figures are unchanged", "件数に変更なし")]
    )
  }

  @Test(arguments: [
    ("完了 / done", true), ("done / 完了", true), ("完了／done", true), ("実施中 / under way", false),
    ("done / ongoing", false), ("完了 2024/06/30", true),
  ])
  func `a status in both languages is done where both say so`(status: String, isDone: Bool) {
    #expect(MeasureTable.isDone(status) == isDone)
  }
}
