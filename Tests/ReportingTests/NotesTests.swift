import Estate
import EventModel
import Testing

@testable import Reporting

/// What people enter, and what they leave open, as it stands in a report.
@Suite struct NotesTests {
  // MARK: Aliases

  @Test(arguments: [nil, "Kita"])
  func `an alias of an owner in notes and complaints is that owner`(owner: String?) throws {
    var story = DocumentSamples.story()
    let act = TriageAct(
      id: story.incident.id,
      kind: .complaint,
      by: "y",
      text: "by letter",
      author: "z",
      time: nil
    )
    story.acts = ["北電力", "Minato"].map { name in
      var act = act
      act.owner = name
      return act
    }
    var notes = ReportNotes()
    var section = ReportNotes.Section()
    section.records["complaints"] = [
      ["owner": "北電力", "what": "calls"], ["owner": "みなとガス", "what": "mail"],
    ]
    section.records["owners"] = [["owner": "北電力", "confirmed": "70"]]
    notes.incidents[story.incident.id] = section
    let document = CaseDocument(
      story,
      DocumentSamples.estate(),
      notes,
      style: DocumentStyle(.english),
      owner: owner
    ).document()
    let rows = try OneFigureTests().table(document, "complaints").rows
    let wanted = owner == nil ? ["Kita", "Minato", "Kita", "Minato"] : ["Kita", "Kita"]
    #expect(rows.map { $0[2] } == wanted.map { .name($0) })
    #expect(OneFigureTests().values(document, "confirmed")?.first == .number(70))
  }

  // MARK: What nobody has filled in

  @Test(arguments: DocumentStyle.Language.allCases)
  func `a table that nobody has filled in says so as CSV as well`(
    language: DocumentStyle.Language
  ) throws {
    let style = DocumentStyle(language)
    let document = DocumentSamples.document("x", language, notes: ReportNotes())
    for key in ["measures", "complaints"] {
      let lines = try #require(document.render(.csv, table: key)).split(separator: "\r\n")
      #expect(lines.count == 2 && lines[1].contains(style.pick("not filled in", "記入なし")), "\(key)")
    }
    // That there is none is no row.
    let none = try #require(document.render(.csv, table: "gaps")).split(separator: "\r\n")
    #expect(document.render(.csv, table: "decision_log")?.contains("x") == true && !none.isEmpty)
  }

  // MARK: Flags

  @Test(arguments: [nil, "Kita"], DocumentStyle.Language.allCases)
  func `what people say of secrecy and of designated services stands among the flags`(
    owner: String?,
    language: DocumentStyle.Language
  ) throws {
    let style = DocumentStyle(language)
    let id = DocumentSamples.story().incident.id
    func flags(_ told: Bool?) throws -> [String] {
      var notes = ReportNotes()
      notes.incidents[id] = ReportNotes.Section()
      for key in ["secrecy-of-communications", "designated-telecommunications-service"] {
        notes.incidents[id]?.flags[key] = told
      }
      let document = DocumentSamples.document("x", language, owner: owner, notes: notes)
      return try #require(OneFigureTests().values(document, "data_flags")).map(style.text)
    }
    let wanted = [DataFlags.Flag.communications, .telecom].map { DataFlags.name($0, style) }
    #expect(try wanted.allSatisfy(flags(true).contains))
    for told in [false, nil] {
      #expect(try !wanted.contains(where: flags(told).contains))
    }
  }

  // MARK: Who reports

  @Test(arguments: [nil, "Kita"])
  func `the representative that people entered is printed, else unknown`(owner: String?) {
    var notes = DocumentSamples.notes("x")
    func told() -> [Cell]? {
      OneFigureTests().values(
        DocumentSamples.document(owner: owner, notes: notes),
        "representative"
      )
    }
    #expect(told() == [.unknown])
    notes.reporter.texts["representative"] = ["K. Hasegawa"]
    #expect(told() == [.prose("K. Hasegawa")])
  }

  // MARK: Duty

  /// Of 100 persons whose items are declared and harmless; of some whose items nobody declared; of many.
  @Test(arguments: DocumentStyle.Language.allCases, [["name"], [], ["name", "health"]])
  func `the legal basis and the deadlines rest on one rule`(
    language: DocumentStyle.Language,
    categories: [String]
  ) throws {
    var estate = DocumentSamples.estate()
    for place in estate.owners.indices { estate.owners[place].categories = categories }
    var story = DocumentSamples.story()
    for place in story.incident.owners.indices {
      story.incident.owners[place].subjects = .exactly(100)
    }
    var notes = ReportNotes()
    notes.incidents[story.incident.id] = ReportNotes.Section()
    notes.incidents[story.incident.id]?.flags["wrongful-purpose"] = false
    let style = DocumentStyle(language)
    let document = CaseDocument(story, estate, notes, style: style, owner: "Kita").document()
    let basis = try #require(OneFigureTests().values(document, "legal_reference"))
    let table = try OneFigureTests().table(document, "due_dates")
    let told = style.text(basis[0])
    let notes26 = table.rows.prefix(4).map { style.text($0[4]) }
    let dues = table.rows.prefix(4).map { style.text($0[2]) }
    switch categories.count {
    case 2:
      #expect(told.contains(style.pick("special-care", "要配慮")))
      #expect(!notes26.contains { $0.contains(style.pick("if it appl", "該当すると")) })
    case 1:
      let none = style.pick("by the data at hand", "手元の記録からは該当なし")
      #expect(told.contains(none) && dues.allSatisfy { $0.contains(none) }, "\(dues)")
    default:
      let open = style.pick("if it applies", "該当する場合")
      #expect(told.contains(open) && notes26.allSatisfy { $0.contains(open) }, "\(notes26)")
    }
    // What people say it rests on counts.
    notes.incidents[story.incident.id]?.texts["legal-reference"] = ["x"]
    let stated = CaseDocument(story, estate, notes, style: style, owner: "Kita").document()
    let due = try OneFigureTests().table(stated, "due_dates").rows[0]
    #expect(!style.text(due[2]).contains(style.pick("at hand", "手元")))
  }

  @Test(arguments: DocumentStyle.Language.allCases)
  func
    `records that are missing are no leak in themselves, and of what nobody declared nothing is none`(
      language: DocumentStyle.Language
    ) throws
  {
    let style = DocumentStyle(language)
    var story = DocumentSamples.story()
    (story.incident.owners, story.incident.accounts, story.incident.terminals) = ([], [], [])
    story.incident.records = .unknown
    story.incident.actor = "source:app"
    var finding = Finding(
      id: "f",
      detector: "audit-silence",
      severity: .low,
      time: DocumentSamples.noon
    )
    finding.message = "app: 1 day without a record"
    story.incident.findings = [finding]
    let document = CaseDocument(story, DocumentSamples.estate(), ReportNotes(), style: style)
      .document()
    let basis = try #require(OneFigureTests().values(document, "legal_reference"))
    let open = style.pick("if it applies", "該当する場合")
    #expect(basis.count == 1 && style.text(basis[0]).contains(open), "\(basis)")
    let dues = try OneFigureTests().table(document, "due_dates").rows.prefix(4)
    #expect(dues.allSatisfy { style.text($0[4]).contains(open) })
    #expect(OneFigureTests().values(document, "data_flags") == [.unknown])
    let events = try OneFigureTests().table(document, "events")
    #expect(events.rows.isEmpty && !events.empty.contains(style.pick("owner", "委託元")))
    // Of an owner unknown among others the flags are those known, and not all.
    let flags = OneFigureTests().values(DocumentSamples.document("x", language), "data_flags")
    #expect(try style.text(#require(flags?.last)).contains(style.pick("unknown", "不明")))
  }
}
