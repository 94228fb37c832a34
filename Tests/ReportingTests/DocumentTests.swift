import Estate
import EventModel
import Foundation
import Testing

@testable import Reporting

@Suite struct DocumentTests {
  // MARK: Completeness

  @Test(arguments: DocumentStyle.Language.allCases)
  func `a report of which nothing is known says so in every field`(
    language: DocumentStyle.Language
  ) {
    let noon = DocumentSamples.noon
    let empty = Incident(id: "1", severity: .low, actor: "account:a", first: noon, last: noon)
    var story = IncidentCase(empty, coverage: CoverageAccount(period: 1...1))
    let style = DocumentStyle(language)
    var document = CaseDocument(story, DeclaredEstate(), ReportNotes(), style: style).document()
    #expect(document.missing.isEmpty)
    #expect(document.render(.markdown)?.contains(style.unknown) ?? false)
    story.incident.owners = DocumentSamples.story().incident.owners
    document = CaseDocument(
      story,
      DeclaredEstate(),
      ReportNotes(),
      style: style,
      owner: "Kita"
    ).document()
    #expect(document.missing.isEmpty)
    for kind in Document.Kind.allCases { #expect(!kind.required.isEmpty) }
  }

  @Test func `a field without a word is missing`() {
    var document = DocumentSamples.document()
    #expect(document.missing.isEmpty)
    document.sections.removeAll { $0.key == "limitations" }
    #expect(document.missing == ["limitations"])
    for place in document.sections.indices where document.sections[place].key == "causes" {
      document.sections[place].blocks = [
        .fields([document.style.field("causes", .prose(""))])
      ]
    }
    #expect(document.missing.contains("causes"))
  }

  @Test func `the limits of the investigation are never empty`() {
    let style = DocumentStyle(.english)
    #expect(!CoverageBlocks.limits(CoverageAccount(period: 1...1), style).isEmpty)
  }

  // MARK: Other owners

  @Test(arguments: DocumentStyle.Language.allCases, DocumentForm.allCases)
  func `the report of an owner names no other`(
    language: DocumentStyle.Language,
    form: DocumentForm
  ) throws {
    let notes = DocumentSamples.notes("Minato and みなとガス were told, Kita too")
    let document = DocumentSamples.document("Minato-admin", language, owner: "Kita", notes: notes)
    let keys = form == .csv ? document.tableKeys : ["fields"]
    var whole = ""
    for key in keys { whole += try #require(document.render(form, table: key)) }
    #expect(whole.contains("Kita"))
    #expect(!whole.contains("Minato") && !whole.contains("みなとガス"))
    #expect(!whole.contains("183,401") && !whole.contains("183401"), "figures of others")
    let overall = try #require(DocumentSamples.document("a", language).render(.markdown))
    #expect(overall.contains("Minato"))
  }

  @Test func `a name that is part of the owner's own is left where it is its own`() {
    var estate = DocumentSamples.estate()
    estate.owners.append(Owner(name: "Kita City"))
    let mask = OwnerMask("Kita City", estate, style: DocumentStyle(.english))
    #expect(mask.masked("Kita City, not Kita") == "Kita City, not (another owner)")
  }

  @Test(arguments: [
    "ベータ市", "ﾍﾞｰﾀ市", "ヘ\u{3099}ータ市", "べーた市", "ベータ　市", "Beta City", "B.E.T.A-City", "B e t a City",
    "Be\u{200B}ta City", "ｂｅｔａ＿ｃｉｔｙ", "BETA\u{202E} CITY", "Beta\nCity", "Beta\r\nCity",
    "ベー\u{2028}タ市", "山 吹 市", "山\n吹 市",
  ])
  func `another owner's name is taken out however it is written`(name: String) {
    var estate = DocumentSamples.estate()
    var other = Owner(name: "Beta City")
    other.aliases = ["ベータ市", "山吹市"]
    estate.owners.append(other)
    let mask = OwnerMask("Kita", estate, style: DocumentStyle(.english))
    #expect(mask.masked("/x/\(name)/y") == "/x/(another owner)/y")
    #expect(mask.masked("alphabet a city") == "alphabet a city")
    #expect(mask.masked("山 吹市場") == "山 吹市場")
  }

  @Test func `a text over several lines is a paragraph a line`() throws {
    let yaml = """
      incidents:
        00000000000000aa:
          causes: |
            first line
            second line
          measures:
            - measure: |
                rotate
                keys
              status: planned
      """
    let notes = try ReportNotes.load(bytes: Array(yaml.utf8), file: "report.yml", zone: .utc)
    let section = try #require(notes.incidents["00000000000000aa"])
    #expect(section.texts["causes"] == ["first line", "second line"])
    #expect(section.records["measures"]?.first?["measure"] == "rotate keys")
  }

  @Test(arguments: [
    ("done", true), (" Done 2024-07-01", true), ("完了(証跡あり)", true), ("対応済み", true), ("終了", true),
    ("not done", false),
    ("incomplete", false), ("未完了", false), ("完了予定", false), ("完了していない", false),
    ("abandoned", false), ("", false),
  ])
  func `a measure is done by the word for it alone`(status: String, isDone: Bool) {
    #expect(MeasureTable.isDone(status) == isDone)
  }

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

  // MARK: Deadlines

  private func deadlines(_ known: String, wrongful: Bool?) -> [String] {
    let day = known.split(separator: "-").compactMap { Int($0) }
    let number = CivilCalendar.dayNumber(year: day[0], month: day[1], day: day[2])
    let style = DocumentStyle(.english)
    return Deadlines(
      known: Timestamp(seconds: Int64(number) * 86_400 + 3_600),
      fallback: nil,
      wrongfulPurpose: wrongful,
      secrecyOfCommunications: true,
      gdpr: true,
      style: style
    ).items().map { style.text($0.due) }
  }

  @Test func `deadlines count the day on which it became known and end on a working day`() {
    // The thirtieth day is Tuesday, 2 July 2024; the sixtieth Thursday, 1 August.
    let plain = deadlines("2024-06-03", wrongful: false)
    #expect(plain[0] == "2024-06-05 – 2024-06-07")
    #expect(plain[1] == "2024-07-02")
    #expect(plain.contains("2024-06-06T01:00:00Z"), "72 hours")
    #expect(plain.contains("2024-07-03"), "30 days to the ministry")
    #expect(deadlines("2024-06-03", wrongful: true)[1] == "2024-08-01")
    #expect(deadlines("2024-06-03", wrongful: nil)[1] == "2024-08-01")
    // Would end on Saturday, 29 June.
    #expect(deadlines("2024-05-31", wrongful: false)[1] == "2024-07-01")
    // Would end on 30 December: the offices open on Monday, 6 January 2025.
    #expect(deadlines("2024-12-01", wrongful: false)[1] == "2025-01-06")
    // Would end on 6 May 2025 and 24 February 2025: holidays made up for.
    #expect(deadlines("2025-03-08", wrongful: true)[1] == "2025-05-07")
    #expect(deadlines("2024-12-27", wrongful: true)[1] == "2025-02-25")
  }

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

  @Test func `without the time it became known deadlines are provisional, and say so`() throws {
    var story = DocumentSamples.story()
    story.acts = []
    story.detected = DocumentSamples.noon
    let document = CaseDocument(
      story,
      DeclaredEstate(),
      ReportNotes(),
      style: DocumentStyle(.english)
    ).document()
    let text = try #require(document.render(.markdown))
    #expect(text.contains("counted from detection"))
  }

  // MARK: Versions

  @Test func `a new version says what it supersedes and which figures changed`() throws {
    var story = DocumentSamples.story()
    var issued = IssuedReport(kind: "incident", subject: story.incident.id, owner: "", version: 3)
    issued.figures = [
      .init(name: "Kita", low: 100, high: 900), .init(name: "Minato", low: 100, high: 1_200),
      .init(name: "Nishi", low: 5, high: nil),
    ]
    story.issued = [issued]
    let document = CaseDocument(
      story,
      DeclaredEstate(),
      ReportNotes(),
      style: DocumentStyle(.english)
    ).document()
    let text = try #require(document.render(.markdown))
    #expect(text.contains("4, draft") && text.contains("version 3"))
    #expect(text.contains("Kita: 100–900 → 100–1,200"))
    #expect(text.contains("Nishi: withdrawn (5 or more)"))
    #expect(!text.contains("Minato: 100"))
  }
}
