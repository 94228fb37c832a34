import Estate
import EventModel
import Testing

@testable import Reporting

/// What a quarter tells of decisions, and a picture of its table.
struct QuarterDecisionTests {
  private static let style = DocumentStyle(.english)

  private static func document(_ facts: QuarterFacts) -> QuarterDocument {
    QuarterDocument(facts, before: nil, DocumentSamples.estate(), ReportNotes(), style: style)
  }

  private static func facts() -> QuarterFacts {
    let period = QuarterFacts.period(of: "2024-Q2") ?? 0...0
    return QuarterFacts(
      name: "2024-Q2",
      period: period,
      coverage: CoverageAccount(period: period)
    )
  }

  private static func act(_ kind: TriageAct.Kind, after seconds: Int64) -> TriageAct {
    var act = TriageAct(id: "a", kind: kind, by: "Sato", text: "", author: "uid 7", time: nil)
    act.time = Timestamp(nanoseconds: DocumentSamples.noon.nanoseconds + seconds * 1_000_000_000)
    return act
  }

  @Test(
    arguments: [
      ([30], 30), ([30, 10], 20), ([50, 10, 30], 30), ([100, 10, 40, 20], 30), ([], nil),
    ] as [([Int64], Int64?)]
  )
  func `of an even number of decisions the median lies between the two in the middle`(
    seconds: [Int64],
    expected: Int64?
  ) {
    var facts = Self.facts()
    facts.incidents = seconds.map { seconds in
      var state = QuarterFacts.IncidentState(
        OneFigureTests.story().incident,
        detected: DocumentSamples.noon
      )
      state.acts = [Self.act(.confirmed, after: seconds)]
      return state
    }
    #expect(Self.document(facts).medianToDecide(facts) == expected)
  }

  /// A row of the table of incidents: its state, and after what time it was decided.
  private static func row(
    _ acts: [TriageAct],
    _ style: DocumentStyle = style
  ) throws -> [Cell] {
    var facts = facts()
    var state = QuarterFacts.IncidentState(OneFigureTests.story().incident, detected: nil)
    state.acts = acts
    facts.incidents = [state]
    let document = QuarterDocument(
      facts,
      before: nil,
      DocumentSamples.estate(),
      ReportNotes(),
      style: style
    )
    let table = try OneFigureTests().table(document.document(), "incidents")
    return try ["state", "decided"].map { key in
      table.rows[0][try #require(table.columns.firstIndex { $0.key == key })]
    }
  }

  @Test(arguments: [TriageAct.Kind.comment, .assigned])
  func `what nobody has decided is suspected, whatever was last said of it`(
    kind: TriageAct.Kind
  ) throws {
    let row = try Self.row([Self.act(kind, after: 9)])
    #expect(row == [.words("suspected, undecided"), .words("not yet")])
  }

  @Test(
    arguments: [
      (.suspected, "decided: suspected, final decision waits", "疑いあり(判断済み・最終判断待ち)"),
      (.underReview, "decided: under review, final decision waits", "調査中(判断済み・最終判断待ち)"),
    ] as [(TriageAct.Kind, String, String)]
  )
  func `a decision that leaves it open is told as taken, and that the final one waits`(
    kind: TriageAct.Kind,
    english: String,
    japanese: String
  ) throws {
    // A remark after it changes nothing; after a settling one it takes the incident up again.
    let decided = Self.act(kind, after: 9)
    for acts in [[decided], [decided, Self.act(.comment, after: 10)]] {
      #expect(try Self.row(acts) == [.words(english), .words("not finally")])
      #expect(
        try Self.row(acts, DocumentStyle(.japanese)) == [.words(japanese), .words("最終判断待ち")]
      )
    }
    #expect(try Self.row([Self.act(.legitimate, after: 5), decided])[0] == .words(english))
    var facts = Self.facts()
    var state = QuarterFacts.IncidentState(OneFigureTests.story().incident, detected: nil)
    state.acts = [decided]
    facts.incidents = [state]
    let document = Self.document(facts).document()
    let counts = try OneFigureTests().table(document, "detection")
    let row = counts.rows.first { $0[0] == .words("of these " + english) }
    #expect(row?[1] == .number(1))
  }

  @Test func `each incident is counted once, as decided or as waiting`() throws {
    var facts = Self.facts()
    let incident = OneFigureTests.story().incident
    facts.incidents = [TriageAct.Kind.confirmed, .legitimate, .suspected].map { kind in
      var state = QuarterFacts.IncidentState(incident, detected: nil)
      state.acts = [Self.act(kind, after: 9)]
      return state
    }
    // The first has changed since, the second is over.
    let later = Timestamp(nanoseconds: DocumentSamples.noon.nanoseconds + 86_400_000_000_000)
    facts.incidents[0].changes = [later]
    facts.incidents[1].acts[0].until = "2020-01-01"
    var document = Self.document(facts)
    document.now = later
    let counts = try OneFigureTests().table(document.document(), "detection")
    func count(_ start: String) throws -> Cell {
      try #require(
        counts.rows.first {
          if case .words(let text) = $0[0] { return text.hasPrefix(start) }
          return false
        }
      )[1]
    }
    #expect(try count("decided: confirmed") == .number(0))
    #expect(try count("decided: legitimate") == .number(0))
    #expect(try count("waiting") == .number(3))
    #expect(try count("of these decided: suspected") == .number(1))
  }

  /// A source that shows none of the owner's records: reads of unknown number in it are none of theirs.
  @Test(arguments: [true, false])
  func `a cell of the calendar is what the row of its source says`(isHolder: Bool) throws {
    var account = CoverageAccount(period: 100...109)
    var source = CoverageAccount.Source(name: "crm", format: "jsonl")
    source.isHolder = isHolder
    source.days = (100...109).map { day in
      var found = CoverageAccount.Day(day: day, state: .unknownVolume)
      (found.events, found.unknownVolume) = (4, 1)
      return found
    }
    account.sources = [source]
    let picture = CoverageBlocks.calendar(account, Self.style)
    guard case .grid(let chart) = picture.chart else {
      Issue.record("no grid")
      return
    }
    let permille = try #require(source.share.permille)
    #expect(chart.values == [Array(repeating: Double(permille) / 1_000, count: 10)])
    #expect(permille == (isHolder ? 750 : 1_000))
  }
}
