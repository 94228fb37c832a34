import Estate
import EventModel
import Foundation
import Testing

@testable import Reporting

/// One incident, one figure: every document, mail and list tells the same records as taken.
@Suite struct OneFigureTests {
  /// Takings of 3,600 records and, beside them, 245 to 900 looked up, all without an instruction.
  static func incident() -> Incident {
    var incident = DocumentSamples.story().incident
    incident.records = Volume(low: 3_845, high: 4_500, quality: .estimated)
    incident.authorisation.none = incident.records
    incident.authorisation.within = .exactly(77)
    incident.episodes = 2
    var lookUps = Incident.LookUps(
      records: Volume(low: 245, high: 900, quality: .estimated),
      first: incident.first,
      last: incident.last
    )
    lookUps.owners = [
      Incident.LookUps.Owner(
        owner: "Minato",
        records: lookUps.records,
        first: incident.first,
        last: incident.last
      )
    ]
    incident.lookUps = lookUps
    return incident
  }

  static func story() -> IncidentCase {
    var story = DocumentSamples.story()
    story.incident = incident()
    return story
  }

  private static func quarter(_ language: DocumentStyle.Language) -> QuarterDocument {
    let period = QuarterFacts.period(of: "2024-Q2") ?? 0...0
    var facts = QuarterFacts(
      name: "2024-Q2",
      period: period,
      coverage: CoverageAccount(period: period)
    )
    facts.days = DocumentSamples.story().days
    facts.incidents = [QuarterFacts.IncidentState(incident(), detected: DocumentSamples.noon)]
    return QuarterDocument(
      facts,
      before: nil,
      DocumentSamples.estate(),
      ReportNotes(),
      style: DocumentStyle(language)
    )
  }

  func table(_ document: Document, _ key: String) throws -> Document.Table {
    try #require(
      document.sections.flatMap(\.blocks).compactMap { block -> Document.Table? in
        if case .table(let table) = block, table.key == key { table } else { nil }
      }.first
    )
  }

  private func field(_ document: Document, _ key: String) throws -> [Cell] {
    try #require(values(document, key))
  }

  func values(_ document: Document, _ key: String) -> [Cell]? {
    let fields =
      document.sections.flatMap(\.blocks).flatMap { block -> [Document.Field] in
        if case .fields(let fields) = block { fields } else { [] }
      } + document.highlights
    return fields.first { $0.key == key }?.values
  }

  @Test(arguments: DocumentStyle.Language.allCases)
  func `every document of one case tells the same interval as taken`(
    language: DocumentStyle.Language
  ) throws {
    let style = DocumentStyle(language)
    let incident = Self.incident()
    let taken = Cell.records(.exactly(3_600))
    let report = CaseDocument(
      Self.story(),
      DocumentSamples.estate(),
      ReportNotes(),
      style: style
    ).document()
    #expect(try field(report, "gross") == [taken])
    let instructions = try table(report, "authorisation").rows.map { $0[1] }
    // Beyond an instruction, without one, both together; then what is within one, late, and looked up beside.
    #expect(
      instructions == [
        .records(.none), taken, taken, .records(.exactly(77)), .records(.none),
        .records(Volume(low: 245, high: 900, quality: .estimated)),
      ]
    )
    let quarter = Self.quarter(language).document()
    #expect(try field(quarter, "taken") == [taken])
    #expect(try table(quarter, "incidents").rows[0][3] == taken)
    let matches = try table(quarter, "volumes_by_match").rows.map { $0[1] }
    #expect(matches[1] == taken && matches[2] == taken)
    let compared = try table(quarter, "incidents_compared").rows
    #expect(compared.contains { $0[1] == taken })
    #expect(Self.quarter(language).figures.filter { $0.name == "records" }.map(\.low) == [3_600])
    let shown = style.text(.records(.exactly(3_600)))
    let sum = try #require(report.sections.first { $0.key == "summary" })
    guard case .sentences(let sentences)? = sum.blocks.first else {
      Issue.record("no sentence")
      return
    }
    #expect(style.text(sentences[0]).contains(" \(shown) "))
    let states = [QuarterFacts.IncidentState(incident, detected: nil)]
    let list = TriageText(style).list(states, isAll: true)
    #expect(list.contains("\(shown) ") && !list.contains("3,845") && list.contains("245"))
    #expect(TriageText(style).show(Self.story()).contains(shown))
    var options = ReportOptions()
    options.language = language == .english ? .english : .japanese
    var night = NightReport(night: "1", store: "s", program: "p")
    night.fresh = [incident]
    #expect(night.render(options).contains(shown) && !night.render(options).contains("3,845"))
    var scan = ReportSamples.report()
    scan.incidents = IncidentList([incident])
    let text = TextReport(options: options).render(scan)
    #expect(text.components(separatedBy: shown).count > 3 && !text.contains("3,845"), "\(text)")
    let line = WatchText(language == .english ? .english : .japanese).line(incident, isNew: true)
    #expect(line.contains(shown) && !line.contains("3,845"))
  }

  @Test func `the report of an owner tells its own look-ups and no other's`() throws {
    for (owner, words) in [
      ("Minato", "245–900 records, 2024-04-09 – 2024-05-27"), ("Kita", "none"),
    ] {
      let document = CaseDocument(
        Self.story(),
        DocumentSamples.estate(),
        ReportNotes(),
        style: DocumentStyle(.english),
        owner: owner
      ).document()
      #expect(try field(document, "gross") == [.records(.exactly(1_200))])
      #expect(try field(document, "look_ups").map(document.style.text) == [words])
    }
  }

  @Test func `what is beyond an instruction and what has none is bounded by what the other leaves`()
  {
    var incident = Self.incident()
    // 3,600 taken; of 4,000 beyond an instruction or without one up to 400 are look-ups.
    incident.lookUps?.records = .exactly(400)
    incident.authorisation.exceeded = .exactly(1_000)
    incident.authorisation.none = .exactly(3_000)
    let counts = incident.takenAuthorisation
    #expect(counts.exceeded == Volume(low: 600, high: 1_000, quality: .estimated))
    #expect(counts.none == Volume(low: 2_600, high: 3_000, quality: .estimated))
    // Lines that are missing: nobody knows of the rest.
    incident.owners[2].records = .unknown
    #expect(incident.taken == Volume(low: 2_400, high: Volume.unbounded, quality: .unknown))
    #expect(incident.hasUnknownAuthorisation)
    // An organisation's incident tells all it handled, within an instruction or not.
    incident.repeatsRecords = true
    #expect(incident.takenAuthorisation == incident.authorisation)
    incident.owners = []
    #expect(incident.taken == incident.records)
  }

  @Test func `of an incident that goes on beyond the quarter an owner may have lost none in it`()
    throws
  {
    let document = Self.quarter(.english).document()
    let rows = try table(document, "volumes").rows
    let place = try #require(
      try table(document, "volumes").columns.firstIndex { $0.key == "taken" }
    )
    #expect(rows.map { $0[place] } == Array(repeating: .records(.exactly(1_200)), count: 3))
    let period = QuarterFacts.period(of: "2024-Q1") ?? 0...0
    var facts = QuarterFacts(
      name: "2024-Q1",
      period: period,
      coverage: CoverageAccount(period: period)
    )
    facts.incidents = [QuarterFacts.IncidentState(Self.incident(), detected: nil)]
    let other = QuarterDocument(
      facts,
      before: nil,
      DocumentSamples.estate(),
      ReportNotes(),
      style: DocumentStyle(.english)
    )
    #expect(other.taken(of: "Kita") == Volume(low: 0, high: 1_200, quality: .estimated))
  }

  // MARK: Words

  @Test func `records have their words in the right place`() {
    let (english, japanese) = (DocumentStyle(.english), DocumentStyle(.japanese))
    let open = Volume(low: 284_696, high: Volume.unbounded, quality: .unknown)
    #expect(english.counted(open) == "284,696 or more records")
    #expect(japanese.counted(open) == "284,696 件以上")
    #expect(
      english.counted(.exactly(1)) == "1 record" && english.counted(.exactly(2)) == "2 records"
    )
    #expect(japanese.counted(Volume(low: 0, high: 9, quality: .estimated)) == "最大 9 件")
    #expect(english.counted(.unknown) == "an unknown number of records")
    #expect(english.owners(1) == "1 owner" && english.owners(4) == "4 owners")
  }

  @Test(arguments: DocumentStyle.Language.allCases)
  func `one moment is told as a moment, and one owner as one`(language: DocumentStyle.Language) {
    var story = Self.story()
    story.incident.owners = [story.incident.owners[0]]
    story.incident.owners[0].last = story.incident.owners[0].first
    let text =
      CaseDocument(story, DocumentSamples.estate(), ReportNotes(), style: DocumentStyle(language))
      .document().render(.markdown) ?? ""
    #expect(!text.contains("owner(s)") && !text.contains("までの間に") && !text.contains("between 2024"))
    #expect(text.contains(language == .english ? "of 1 owner without" : "1 委託元の記録 1,200 件(延べ)"))
  }

  @Test func `a confidence says what it is about where the number is unknown`() throws {
    var story = Self.story()
    for place in story.incident.findings.indices {
      story.incident.findings[place].detector = "sealed-evidence"
    }
    func note() -> String {
      CaseDocument(story, DocumentSamples.estate(), ReportNotes(), style: DocumentStyle(.english))
        .document().highlights.first { $0.key == "severity" }?.note ?? ""
    }
    #expect(note().hasPrefix("confidence that records are missing or altered: "))
    story.incident.findings[0].detector = "bulk-export"
    #expect(note().hasPrefix("confidence of the suspicion "))
  }

  @Test func `a command between grave accents is code in Markdown, and nothing else is`() {
    #expect(
      MarkdownForm.words("see `ometsuke verify` and *x*") == "see `ometsuke verify` and \\*x\\*"
    )
    #expect(MarkdownForm.words("a ` b") == "a \\` b")
    #expect(MarkdownForm.words("# `a|b`") == "\\# `a\\|b`")
  }

  // MARK: Findings

  @Test func `a finding tells what it had counted when it was raised, beside what it came to`()
    throws
  {
    var story = Self.story()
    story.incident.findings[0].value = .exactly(121_200)
    story.incident.findings[0].raised = Finding.Raised(
      window: "30d",
      value: .exactly(48_200),
      limit: 20_000
    )
    story.incident.findings[1].peak = Timestamp(
      nanoseconds: story.incident.findings[1].time.nanoseconds + 1
    )
    let document = CaseDocument(
      story,
      DocumentSamples.estate(),
      ReportNotes(),
      style: DocumentStyle(.english)
    ).document()
    let findings = try table(document, "findings")
    let place = try #require(findings.columns.firstIndex { $0.key == "raised_with" })
    #expect(findings.rows.map { $0[place] } == [.words("48,200 records"), .unknown])
    #expect(findings.note?.contains("not those of the moment") ?? false)
  }

  @Test
  func `an owner's report has the lines of its own days, of sums over several owners as well`()
    throws
  {
    var story = DocumentSamples.story()
    let day = story.days[0].day
    func line(_ file: String, _ day: Int) -> Evidence {
      var line = Evidence(
        time: Timestamp(seconds: Int64(day) * 86_400 + 3_600),
        offset: 1,
        line: 1,
        length: 1,
        digest: 1,
        fileIndex: 0
      )
      line.file = file
      return line
    }
    // Kita's day, Minato's day, a day of both, and a device a week after Kita's alone.
    var both = story.days[1]
    both.day = day + 60
    story.days += [both]
    both.owner = "Kita"
    story.days += [both]
    var sum = Finding(id: "s", detector: "bulk-export", severity: .high, time: DocumentSamples.noon)
    sum.counter = "account sysadmin"
    sum.evidence = [line("kita", day), line("minato", day + 30), line("both", day + 60)]
    var device = Finding(
      id: "d",
      detector: "staged-removal",
      severity: .high,
      time: DocumentSamples.noon
    )
    device.signal = .removal
    device.technique = "T1052.001"
    device.evidence = [line("usb", day + 7)]
    story.incident.findings = [sum, device]
    func files(_ owner: String) throws -> [Cell] {
      let document = CaseDocument(
        story,
        DocumentSamples.estate(),
        ReportNotes(),
        style: DocumentStyle(.english),
        owner: owner
      ).document()
      let events = try table(document, "events")
      #expect(events.note?.contains("1 further line of days") ?? false)
      return events.rows.map { $0[1] }
    }
    #expect(try files("Kita") == [.name("kita"), .name("usb")])
    #expect(try files("Minato") == [.name("minato")])
  }

  @Test func `an owner's report names the instructions that concern its records`() throws {
    var estate = DocumentSamples.estate()
    for owner in ["Kita", "Minato"] {
      var ticket = Ticket(id: "MT-" + owner, opened: DocumentSamples.noon)
      ticket.owner = owner
      estate.tickets.append(ticket)
    }
    estate.declaresTickets = true
    let document = CaseDocument(
      DocumentSamples.story(),
      estate,
      ReportNotes(),
      style: DocumentStyle(.english),
      owner: "Kita"
    ).document()
    let table = try table(document, "instructions")
    #expect(table.rows.map { $0[0] } == [.name("MT-Kita")])
    #expect(!table.columns.contains { ["executor", "approver"].contains($0.key) })
    #expect(table.rows.allSatisfy { $0.count == table.columns.count })
  }

  // MARK: Forms

  @Test func `an interval takes two columns of numbers in CSV, and what is unknown none`() throws {
    let document = CaseDocument(
      Self.story(),
      DocumentSamples.estate(),
      ReportNotes(),
      style: DocumentStyle(.english)
    ).document()
    func lines(_ key: String) throws -> [Substring] {
      try #require(document.render(.csv, table: key)).split(separator: "\r\n")
    }
    let fields = try lines("fields")
    #expect(fields[0].hasSuffix("key,label,value,value_low,value_high"))
    #expect(fields.contains { $0.hasPrefix("gross,") && $0.hasSuffix(",,3600,3600") })
    #expect(fields.contains { $0.hasPrefix("causes,") && $0.hasSuffix(",,,") })
    let owners = try lines("per_owner")
    #expect(owners[0].contains(",ratio_low,ratio_high,"))
    #expect(owners[1].contains(",100,1200,1200,1200,0.05,0.6,"), "\(owners[1])")
    let due = try lines("due_dates")
    #expect(due[0].contains(",due_low,due_high,"))
    var open = document
    open.sections = [Document.Section("s", "s")]
    var table = Document.Table("t", "t", [Document.Table.Column("n", "N")], empty: "")
    table.rows = [[.records(.unknown)], [.records(.exactly(3))], [.days(0...1)], [.words("x")]]
    open.sections[0].blocks = [.table(table)]
    #expect(
      open.render(.csv, table: "t")
        == "\u{feff}n_low,n_high\r\n,\r\n3,3\r\n1970-01-01,1970-01-02\r\nx,\r\n"
    )
  }

  @Test func `a phone shows a row with a sentence as a block with its titles`() throws {
    var story = DocumentSamples.story()
    story.incident.findings[0].message = String(repeating: "many records were read ", count: 4)
    let page = try #require(
      CaseDocument(
        story,
        DocumentSamples.estate(),
        ReportNotes(),
        style: DocumentStyle(.english)
      ).document().render(.html)
    )
    let part = try #require(page.components(separatedBy: "<caption>Findings").dropFirst().first)
    let table = try #require(part.components(separatedBy: "</table>").first)
    #expect(table.contains("data-label=\"Rule\""))
    #expect(page.contains(".stack tbody th"))
    // A table of short words stays one.
    let actor = try #require(page.components(separatedBy: "<caption>Actor").dropFirst().first)
    #expect(!(actor.components(separatedBy: "</table>").first ?? "").contains("data-label"))
  }
}
