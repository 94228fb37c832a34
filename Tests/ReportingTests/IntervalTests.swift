import Estate
import EventModel
import Foundation
import Testing

@testable import Reporting

/// From one end to another: one spelling for each language, whichever part of a report or a message tells it.
@Suite struct IntervalTests {
  private static let volumes: [(Volume, english: String, japanese: String)] = [
    (.exactly(1), "1 record", "1 件"),
    (
      Volume(low: 76_200, high: 121_200, quality: .estimated), "76,200–121,200 records",
      "76,200〜121,200 件"
    ),
    (Volume(low: 0, high: 45_000, quality: .estimated), "up to 45,000 records", "最大 45,000 件"),
    (Volume(low: 5, high: Volume.unbounded, quality: .atLeast), "5 or more records", "5 件以上"),
    (Volume(low: 5, high: 5, quality: .atLeast), "5 or more records", "5 件以上"),
    (.unknown, "an unknown number of records", "件数不明"),
  ]

  @Test func `documents, texts, messages and sentences of findings spell a number in the same way`()
  {
    for (volume, english, japanese) in Self.volumes {
      #expect(NumberText.interval(volume, .english, unit: .records) == english)
      #expect(NumberText.interval(volume, .japanese, unit: .records) == japanese)
      #expect(DocumentStyle(.english).counted(volume) == english)
      #expect(DocumentStyle(.japanese).counted(volume) == japanese)
      #expect(TextNumbers(language: .english).quantity(volume, unit: "records") == english)
      #expect(TextNumbers(language: .japanese).quantity(volume, unit: "records") == japanese)
      #expect(WatchText(.english).range(volume) == english)
      #expect(WatchText(.japanese).range(volume) == japanese)
    }
  }

  @Test func `without a unit the numbers are the same`() {
    let volume = Volume(low: 2_000, high: 3_000, quality: .estimated)
    for style in [DocumentStyle(.english), DocumentStyle(.japanese)] {
      let numbers = TextNumbers(language: style.isJapanese ? .japanese : .english)
      #expect(style.interval(volume) == numbers.interval(volume))
      #expect(style.interval(volume) == (style.isJapanese ? "2,000〜3,000" : "2,000–3,000"))
    }
    #expect(TextNumbers(language: .english).most(900) == "up to 900")
    #expect(TextNumbers(language: .japanese).most(900) == "最大 900")
    #expect(TextNumbers(language: .english).most(nil) == "unknown")
  }

  @Test func `days and shares stand apart from the dash`() {
    let days = 19_814...19_820
    #expect(TextNumbers(language: .english).days(days) == "2024-04-01 – 2024-04-07")
    #expect(TextNumbers(language: .japanese).days(days) == "2024-04-01〜2024-04-07")
    #expect(DocumentStyle(.english).text(.days(days)) == "2024-04-01 – 2024-04-07")
    #expect(DocumentStyle(.japanese).text(.days(days)) == "2024年4月1日〜2024年4月7日")
    let share = Volume(low: 335, high: 600, quality: .estimated)
    #expect(TextNumbers(language: .english).quantity(share, unit: "permille") == "33.5 % – 60 %")
    #expect(DocumentStyle(.english).text(.shares(0.335, 0.6)) == "33.5 % – 60 %")
    #expect(TextNumbers(language: .japanese).quantity(share, unit: "permille") == "33.5 %〜60 %")
  }

  @Test(arguments: [
    ("records 3–5", "件数 3〜5"), ("records up to 5", "件数 最大 5"), ("records 3 or more", "件数 3 以上"),
    ("records 3", "件数 3"), ("records unknown", "件数不明"),
  ])
  func `are told of an incident of the store in both languages`(english: String, japanese: String) {
    let line = "incident   22ba high account:op1, \(english), nights 1–2\n"
    let told = CommandWords.japanese(ofOutput: line)
    #expect(told.contains("、\(japanese)、第1夜〜第2夜"), "\(told)")
  }

  @Test func `are told of a share in a table by the upper end, as one`() {
    func share(_ low: Int64, _ high: Int64, _ share: Double?) -> [String] {
      let owner = Incident.OwnerCount(
        owner: "Kita",
        records: .exactly(high),
        subjects: Volume(low: low, high: high, quality: .estimated),
        share: share,
        first: Timestamp(seconds: 0),
        last: Timestamp(seconds: 0)
      )
      return [ReportOptions.Language.english, .japanese].map {
        TextNumbers(language: $0).share(owner)
      }
    }
    #expect(share(0, 450, 1) == ["up to 100 %", "最大 100 %"])
    #expect(share(450, 450, 0.291) == ["29.1 %", "29.1 %"])
    #expect(share(0, 1, 0.0001) == ["< 0.1 %", "< 0.1 %"])
    #expect(share(0, 1, nil) == ["unknown", "不明"])
  }

  @Test func `what is counted is told in each language with its number`() {
    var options = ReportOptions()
    options.language = .both
    let both = TextReport(options: options).render(ReportSamples.report())
    #expect(both.contains(", episodes 回数 2\n"))
    options.language = .japanese
    #expect(TextReport(options: options).render(ReportSamples.report()).contains(", 2 回\n"))
  }

  @Test func `a message of nothing known is no broken sentence`() {
    #expect(WatchText(.english).records(.unknown) == "unexplained records: unknown how many")
    #expect(WatchText(.japanese).records(.unknown) == "根拠未確認 件数不明")
  }

  // MARK: A day whose number no log states

  private func standing(
    _ language: DocumentStyle.Language,
    tickets: [Ticket]?
  ) throws -> [String] {
    var story = DocumentSamples.story()
    let day = DocumentSamples.noon.dayNumber() + 9
    var handling = HandlingDay(day: day, account: "sysadmin", owner: "Kita")
    handling.records = Volume(low: 0, high: 45_000, quality: .estimated)
    handling.hasExport = true
    story.days = [handling]
    story.incident.owners[0].records = handling.records
    var estate = DocumentSamples.estate()
    estate.declaresTickets = tickets != nil
    estate.tickets = tickets ?? []
    let document = CaseDocument(story, estate, ReportNotes(), style: DocumentStyle(language))
      .document()
    let table = try #require(
      document.sections.flatMap(\.blocks).compactMap { block -> Document.Table? in
        guard case .picture(let picture) = block, picture.key == "timeline" else { return nil }
        return picture.table
      }.first
    )
    return table.rows[0].suffix(3).map { DocumentStyle(language).text($0) }
  }

  private func ticket(_ executor: String?, day: Int) -> Ticket {
    let opened = Timestamp(
      seconds: DocumentSamples.noon.nanoseconds / 1_000_000_000 + Int64(day) * 86_400
    )
    var ticket = Ticket(id: "T-1", opened: opened)
    ticket.owner = "Kita"
    ticket.executor = executor
    ticket.closed = Timestamp(seconds: opened.nanoseconds / 1_000_000_000 + 7_200)
    return ticket
  }

  @Test func `a read without a number that no instruction can concern has none, with its bounds`()
    throws
  {
    let none = ["up to 45,000", "no instruction (number not stated)"]
    #expect(try standing(.english, tickets: []).suffix(2) == none)
    #expect(try standing(.english, tickets: [ticket("another", day: 9)]).suffix(2) == none)
    #expect(try standing(.english, tickets: [ticket("sysadmin", day: 3)]).suffix(2) == none)
    #expect(try standing(.japanese, tickets: []).last == "指示なし(件数の記録なし)")
  }

  @Test func `where an instruction may concern it, or no register is declared, nothing is claimed`()
    throws
  {
    let open = "cannot be told: number not stated (up to 45,000)"
    #expect(try standing(.english, tickets: [ticket("sysadmin", day: 9)]).last == open)
    #expect(try standing(.english, tickets: [ticket(nil, day: 9)]).last == open)
    #expect(try standing(.english, tickets: nil).last == open)
  }
}
