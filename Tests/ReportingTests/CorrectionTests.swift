import Estate
import EventModel
import Testing

@testable import Reporting

/// What people have entered and issued, held against the order of things.
@Suite struct CorrectionTests {
  private static let id = "22ba6273c7ef6d08"

  private func doubts(_ lines: String) throws -> [String] {
    let yaml =
      "incidents:\n  \(Self.id):\n"
      + lines.split(separator: "\n").map { "    \($0)\n" }.joined()
    let notes = try ReportNotes.load(bytes: Array(yaml.utf8), file: "report.yml", zone: .utc)
    return notes.doubts(
      DocumentSamples.estate(),
      incidents: [DocumentSamples.story().incident],
      now: Timestamp(seconds: 1_718_000_000)
    ).map(\.message)
  }

  // The first taking is of 2024-04-09.
  @Test(arguments: [
    (
      "acknowledged-at: 2023-01-01",
      "acknowledged-at 2023-01-01 lies before the first taking, 2024-04-09; correct it"
    ),
    (
      "detected-at: 2024-06-02\nacknowledged-at: 2024-06-01",
      "acknowledged-at 2024-06-01 lies before detected-at 2024-06-02; correct one of them"
    ),
    (
      "acknowledged-at: 2024-06-03\nsign-off-at: 2024-06-02",
      "sign-off-at 2024-06-02 lies before acknowledged-at 2024-06-03; correct one of them"
    ),
    (
      "owners: [{owner: Kita, notified-at: 2020-01-01}]",
      "notified-at 2020-01-01 lies before the first taking, 2024-04-09; correct it"
    ),
    (
      "complaints: [{date: 2019-01-01}]",
      "complaint of 2019-01-01 lies before the first taking, 2024-04-09; correct it"
    ),
    ("sign-off-at: 2031-01-01", "sign-off-at 2031-01-01 lies ahead; correct it"),
    (
      "kind: final\ncauses: x\nmeasures: [{measure: y}]",
      "kind final, but nothing is entered under secondary-damage, notification, publication, containment: the report says unknown"
    ),
    (
      "owners: [{owner: Kita, confirmed: 200000}]",
      "200,000 confirmed of \"Kita\", which has delivered 2,000; correct one of them"
    ),
  ])
  func `what cannot be meant is told, in both languages`(lines: String, doubt: String) throws {
    let message = "incident \"\(Self.id)\": " + doubt
    #expect(try doubts(lines) == [message])
    let japanese = CommandWords.japanese(ofMessage: message)
    #expect(japanese.hasPrefix("事案「\(Self.id)」: ") && !japanese.contains("incident"), "\(japanese)")
  }

  @Test func `what is in order is told nothing of`() throws {
    let lines = """
      kind: final
      causes: x
      secondary-damage: none
      publication: none
      containment: done
      measures: [{measure: y}]
      detected-at: 2024-06-01
      acknowledged-at: 2024-06-01 10:00
      sign-off-at: 2024-06-03
      owners: [{owner: Kita, notified-at: 2024-06-02}]
      complaints: [{date: 2024-04-09}]
      """
    #expect(try doubts(lines).isEmpty)
  }

  @Test func `a day that lies ahead is told in the zone of the estate`() throws {
    let zone = try #require(TimeZoneRule(name: "+09:00"))
    let yaml = "incidents:\n  \(Self.id):\n    detected-at: 2031-06-01 02:00\n"
    let notes = try ReportNotes.load(bytes: Array(yaml.utf8), file: "report.yml", zone: zone)
    var estate = DocumentSamples.estate()
    estate.policy.timeZone = "+09:00"
    let told = notes.doubts(
      estate,
      incidents: [DocumentSamples.story().incident],
      now: Timestamp(seconds: 1_718_000_000)
    ).map(\.message)
    #expect(told == ["incident \"\(Self.id)\": detected-at 2031-06-01 lies ahead; correct it"])
  }

  @Test(arguments: DocumentStyle.Language.allCases)
  func `a correction says why by what its versions tell`(language: DocumentStyle.Language) throws {
    let style = DocumentStyle(language)
    func report(_ version: Int, _ figures: [(String, Int64)], _ reason: String = "") -> IssuedReport
    {
      var report = IssuedReport(kind: "owner", subject: Self.id, owner: "Kita", version: version)
      report.time = DocumentSamples.noon
      report.by = "Saeki"
      report.reason = reason
      report.figures = figures.map { IssuedReport.Figure(name: $0.0, low: $0.1, high: $0.1) }
      return report
    }
    let issued = [
      report(1, [("Kita", 100)]), report(2, [("Kita", 100), ("confirmed/Kita", 70)]),
      report(3, [("Kita", 100), ("confirmed/Kita", 70)]),
    ]
    let period = QuarterFacts.period(of: "2024-Q2") ?? 0...0
    var facts = QuarterFacts(
      name: "2024-Q2",
      period: period,
      coverage: CoverageAccount(period: period)
    )
    facts.issued = issued
    let document = QuarterDocument(
      facts,
      before: nil,
      DocumentSamples.estate(),
      ReportNotes(),
      style: style
    ).document()
    func rows(_ key: String) -> [[Cell]] {
      document.sections.flatMap(\.blocks).compactMap { block -> [[Cell]]? in
        if case .table(let table) = block, table.key == key { table.rows } else { nil }
      }.first ?? []
    }
    let why = rows("corrections").map { style.text($0[4]) }
    #expect(
      why
        == (language == .english
          ? ["Kita, confirmed: new, 70", "the figures are unchanged"]
          : ["Kita・確認件数:新規 70", "件数に変更なし"])
    )
    // Nothing was read of the quarter, but what was issued is known.
    #expect(rows("incidents_compared").contains { $0[1] == .number(2) })
  }

  @Test func `the ministry's thirty days say how they are counted, and move off a day off`() {
    func item(_ day: Int64) -> (due: String, note: String) {
      let item = Deadlines(
        known: Timestamp(seconds: day * 86_400),
        fallback: nil,
        wrongfulPurpose: true,
        secrecyOfCommunications: true,
        gdpr: nil,
        style: DocumentStyle(.english)
      ).items().first { $0.report.hasPrefix("detailed report") }
      return (item.map { DocumentStyle(.english).text($0.due) } ?? "", item?.note ?? "")
    }
    // 2026-11-27 and 30 days: Sunday, 27 December.
    #expect(item(20_784).due == "2026-12-28")
    #expect(item(20_784).note.contains("Civil Code, article 140"))
    #expect(item(20_784).note.contains("Days Off of Administrative Organs, article 2"))
    #expect(item(20_782).due == "2026-12-25")
    // 2025-12-01 and 2025-12-02: the offices are closed from 29 December to 3 January, a Saturday.
    #expect(item(20_423).due == "2026-01-05" && item(20_424).due == "2026-01-05")
  }
}
