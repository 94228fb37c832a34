import Estate
import EventModel
import Testing

@testable import Reporting

/// What waits for a decision is told whatever quarter its takings fell into; what nobody read is no 0.
@Suite struct QuarterWaitingTests {
  private static func time(_ day: Int, _ hour: Int64 = 9) -> Timestamp {
    Timestamp(seconds: Int64(day) * 86_400 + hour * 3_600)
  }

  private static func period(_ name: String) -> ClosedRange<Int> {
    QuarterFacts.period(of: name) ?? 0...0
  }

  private static func facts(_ name: String, isRead: Bool = true) -> QuarterFacts {
    let period = period(name)
    var facts = QuarterFacts(name: name, period: period, coverage: CoverageAccount(period: period))
    var source = CoverageAccount.Source(name: "app", format: "jsonl")
    source.days = period.map { CoverageAccount.Day(day: $0, state: isRead ? .seen : .unseen) }
    facts.coverage.sources = [source]
    if isRead {
      var day = HandlingDay(day: period.lowerBound, account: "op", owner: "Kita")
      day.records = .exactly(3)
      facts.days = [day]
    }
    facts.firstDays = [
      QuarterFacts.Pair(account: "op", owner: "Kita"): Self.period("2024-Q1").lowerBound
    ]
    return facts
  }

  /// Takings of March, raised on 2 April.
  private static func state(_ acts: [TriageAct] = []) -> QuarterFacts.IncidentState {
    var incident = DocumentSamples.story().incident
    incident.first = time(period("2024-Q1").upperBound - 20)
    incident.last = time(period("2024-Q1").upperBound - 10)
    var state = QuarterFacts.IncidentState(
      incident,
      detected: time(period("2024-Q2").lowerBound + 1)
    )
    state.acts = acts
    return state
  }

  private static func act(_ kind: TriageAct.Kind, _ time: Timestamp) -> TriageAct {
    let id = DocumentSamples.story().incident.id
    return TriageAct(id: id, kind: kind, by: "Noguchi", text: "x", author: "uid 7", time: time)
  }

  private static func document(
    _ facts: QuarterFacts,
    before: QuarterFacts?,
    on day: Int,
    _ language: DocumentStyle.Language = .english
  ) -> QuarterDocument {
    var document = QuarterDocument(
      facts,
      before: before,
      DocumentSamples.estate(),
      ReportNotes(),
      style: DocumentStyle(language)
    )
    document.now = time(day)
    return document
  }

  private static func row(_ document: Document, _ key: String, _ what: String) throws -> [Cell] {
    let table = try OneFigureTests().table(document, key)
    return try #require(table.rows.first { $0[0] == .prose(what) }, "\(what)")
  }

  private static let waits = "Incidents that wait at its end, or today"

  @Test func `an incident raised in the quarter of takings before it stands in it and waits`()
    throws
  {
    var (now, before) = (Self.facts("2024-Q2"), Self.facts("2024-Q1"))
    now.others = [Self.state()]
    before.incidents = [Self.state()]
    let maker = Self.document(now, before: before, on: now.period.upperBound + 2)
    let document = maker.document()
    let id = Cell.name(Self.state().incident.id)
    #expect(maker.oldestOpen(maker.facts)?.incident.id == Self.state().incident.id)
    let table = try OneFigureTests().table(document, "incidents")
    #expect(table.rows.map { $0[0] } == [id])
    // It had not been raised when the quarter of its takings ended.
    let row = try Self.row(document, "detection_compared", Self.waits)
    #expect(row[1...2] == [.number(1), .number(0)])
    #expect(OneFigureTests().values(document, "open") == [.number(1)])
    // Its takings are those of the quarter before.
    #expect(OneFigureTests().values(document, "taken") == [.records(.none)])
  }

  @Test func `what was decided after the end of a quarter waited then`() throws {
    let decided = Self.act(.confirmed, Self.time(Self.period("2024-Q3").lowerBound + 5))
    var (now, before) = (Self.facts("2024-Q3"), Self.facts("2024-Q2"))
    now.others = [Self.state([decided])]
    before.others = [Self.state([decided])]
    let maker = Self.document(now, before: before, on: now.period.upperBound + 2)
    let row = try Self.row(maker.document(), "detection_compared", Self.waits)
    #expect(row[1...2] == [.number(0), .number(1)])
    let early = Self.document(before, before: nil, on: now.period.lowerBound + 1).document()
    #expect(OneFigureTests().values(early, "open") == [.number(1)])
  }

  @Test func `an incident of an earlier quarter that waits is named`() throws {
    var now = Self.facts("2024-Q4", isRead: false)
    now.others = [Self.state()]
    let document = Self.document(now, before: nil, on: now.period.upperBound + 2).document()
    let table = try OneFigureTests().table(document, "carried_over")
    #expect(table.rows.map { $0[0] } == [.name(Self.state().incident.id)])
    #expect(OneFigureTests().values(document, "open") == [.number(1)])
  }

  @Test func `complaints of the quarter are those linked and those entered, each reference once`() {
    var now = Self.facts("2024-Q2")
    var linked = Self.act(.complaint, Self.time(now.period.lowerBound + 3))
    linked.refersTo = "C-1"
    now.incidents = [Self.state([linked])]
    var notes = ReportNotes()
    let id = Self.state().incident.id
    notes.incidents[id] = ReportNotes.Section()
    notes.incidents[id]?.records["complaints"] = [
      ["reference": "C-1"], ["reference": "C-2"], ["what": "calls"],
    ]
    let maker = QuarterDocument(
      now,
      before: nil,
      DocumentSamples.estate(),
      notes,
      style: DocumentStyle(.english)
    )
    #expect(maker.complaints(maker.facts) == 3)
  }

  @Test func `of one that waits since nobody knows when it is unknown which is the oldest`() {
    var now = Self.facts("2024-Q2")
    var state = Self.state()
    state.detected = nil
    now.incidents = [state]
    let document = Self.document(now, before: nil, on: now.period.upperBound + 2).document()
    #expect(OneFigureTests().values(document, "open") == [.number(1)])
    #expect(OneFigureTests().values(document, "oldest_open") == [.unknown])
    now.incidents = []
    let none = Self.document(now, before: nil, on: now.period.upperBound + 2).document()
    #expect(OneFigureTests().values(none, "oldest_open") == [.none])
  }

  // MARK: Nothing read

  /// Figures that hang on what was read: all but those of notes, versions and what waits.
  private static let told = [
    "delegation_register", "volumes", "privileged_accounts", "detection", "log_health", "media",
    "user_support", "incidents",
  ]

  @Test(arguments: DocumentStyle.Language.allCases)
  func `a quarter of which nothing was read is unknown, before or after what was read`(
    language: DocumentStyle.Language
  ) throws {
    let (now, before) = (Self.facts("2024-Q4", isRead: false), Self.facts("2024-Q3", isRead: false))
    let maker = Self.document(now, before: before, on: now.period.upperBound + 2, language)
    let document = maker.document()
    for key in Self.told {
      for row in try OneFigureTests().table(document, key + "_compared").rows
      where row[0] != .prose(maker.style.pick("Reports issued again", "改版された報告")) {
        #expect(row[1] == .unknown && row[2] == .unknown, "\(key): \(row)")
      }
    }
    for key in ["incidents_count", "open", "taken", "user_support"] {
      #expect(OneFigureTests().values(document, key) == [.unknown], "\(key)")
    }
    for key in ["volumes", "delegation_register", "incidents", "privileged_accounts"] {
      let table = try OneFigureTests().table(document, key)
      #expect(table.rows.isEmpty && table.empty.contains(maker.style.pick("Unknown", "不明")))
    }
    for row in try OneFigureTests().table(document, "volumes_by_match").rows {
      #expect(row[1] == .unknown)
    }
    #expect(try #require(document.highlights.first?.note).contains(maker.style.unknown))
  }
}
