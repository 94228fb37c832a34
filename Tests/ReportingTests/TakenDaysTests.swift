import Estate
import EventModel
import Testing

@testable import Reporting

/// The takings that a table and a picture tell are those of the incident, and come to its figures.
@Suite struct TakenDaysTests {
  private let first = DocumentSamples.noon.dayNumber()

  private func day(
    _ place: Int,
    _ owner: String,
    _ count: Int64,
    unexplained: Int64? = nil
  ) -> HandlingDay {
    var day = HandlingDay(day: first + place, account: "sysadmin", owner: owner)
    day.records = .exactly(count)
    day.unexplained = unexplained ?? count
    day.hasExport = true
    return day
  }

  /// 1,200 of Kita on the first day; `days`: what the ledger tells of the account.
  private func maker(
    _ days: [HandlingDay],
    _ language: DocumentStyle.Language = .english
  ) -> CaseDocument {
    var story = DocumentSamples.story("sysadmin")
    story.incident.owners.removeAll { $0.owner != "Kita" }
    story.incident.owners[0].last = DocumentSamples.noon
    story.incident.last = DocumentSamples.noon
    story.incident.findings = []
    story.days = days
    return CaseDocument(
      story,
      DocumentSamples.estate(),
      ReportNotes(),
      style: DocumentStyle(language)
    )
  }

  private func picture(_ maker: CaseDocument, _ key: String) throws -> Document.Picture {
    for case .picture(let picture) in maker.document().sections.flatMap(\.blocks)
    where picture.key == key { return picture }
    throw Missing()
  }

  private struct Missing: Error {}

  @Test(arguments: DocumentStyle.Language.allCases)
  func `takings of another time, owner or terminal are left out, and it is said`(
    language: DocumentStyle.Language
  ) throws {
    let maker = maker(
      [day(0, "Kita", 1_200), day(40, "Kita", 43_204), day(0, "Minato", 900)],
      language
    )
    let style = maker.style
    for key in ["timeline", "cumulative"] {
      let table = try picture(maker, key).table
      #expect(table.rows.count == 1, "\(key): \(table.rows)")
      #expect(
        table.note?.hasPrefix(style.pick("2 further days", "同じアカウントによる他の 2 日分")) ?? false
      )
    }
    let sum = try picture(maker, "cumulative").table.rows.last?[1]
    #expect(sum == .number(1_200))
  }

  @Test func `what an instruction covered stays beside it`() throws {
    let maker = maker([day(0, "Kita", 1_200), day(40, "Kita", 500, unexplained: 0)])
    #expect(try picture(maker, "timeline").table.rows.count == 2)
    #expect(
      try picture(maker, "cumulative").table.rows.last == [
        .day(first + 40), .number(1_700), .number(1_700), .number(500),
      ]
    )
  }

  @Test(arguments: DocumentStyle.Language.allCases)
  func `where the days are those of other terminals as well one row tells the whole`(
    language: DocumentStyle.Language
  ) throws {
    let maker = maker([day(0, "Kita", 34_507)], language)
    let row = try #require(try picture(maker, "timeline").table.rows.first)
    #expect(row[0] == .days(first...first) && row[4] == .records(.exactly(1_200)))
    #expect(maker.style.text(row[5]).contains(maker.style.pick("whole incident", "事案全体")))
    #expect(try picture(maker, "cumulative").table.rows.last?[1] == .number(1_200))
    let heat = try picture(maker, "heat_map").summary
    #expect(heat.contains(maker.style.pick("other terminals as well: Kita", "他の端末での読出しを含む:Kita")))
  }

  @Test func `a day's upper end leaves room for the other days of the owner`() throws {
    var open = day(0, "Kita", 0)
    open.records = Volume(low: 0, high: 9_000, quality: .estimated)
    let rows = try picture(maker([open]), "timeline").table.rows
    #expect(rows.first?[4] == .records(Volume(low: 0, high: 1_200, quality: .estimated)))
  }

  @Test(arguments: DocumentStyle.Language.allCases)
  func `a day of stated numbers beyond an instruction is said to be beyond it`(
    language: DocumentStyle.Language
  ) throws {
    var estate = DocumentSamples.estate()
    estate.declaresTickets = true
    estate.tickets = [
      Ticket(
        id: "T1",
        opened: Timestamp(nanoseconds: DocumentSamples.noon.nanoseconds - 86_400_000_000_000)
      )
    ]
    var retried = day(0, "Kita", 0)
    retried.records = Volume(low: 500, high: 1_200, quality: .estimated)
    retried.unexplained = 0
    var story = maker([retried]).story
    story.incident.authorisation.none = .none
    story.incident.authorisation.exceeded = Volume(low: 0, high: 1_200, quality: .estimated)
    let style = DocumentStyle(language)
    let document = CaseDocument(story, estate, ReportNotes(), style: style)
    let timeline = try picture(document, "timeline")
    let told = style.text(try #require(timeline.table.rows.first)[5])
    #expect(told.hasPrefix(style.pick("beyond the instruction", "指示の範囲超過")), "\(told)")
    #expect(!told.contains(style.pick("not stated", "記録なし")))
    guard case .timeline(let chart) = timeline.chart else { return }
    #expect(chart.marks.map(\.match) == [.exceeded])
  }
}
