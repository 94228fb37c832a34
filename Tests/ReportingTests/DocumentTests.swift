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

  @Test(arguments: [
    ("éàü Straße", "e\u{301}a\u{300}u\u{308} Straße"), ("éàü Straße", "ÉÀÜ STRASSE"),
    ("㈱タナカ", "（株）タナカ"), ("㈱タナカ", "(株)ﾀﾅｶ"), ("(株)タナカ", "㈱タナカ"),
  ])
  func `another owner's name is taken out by whatever letters stand for it`(
    name: String,
    written: String
  ) {
    var estate = DocumentSamples.estate()
    estate.owners.append(Owner(name: name))
    let mask = OwnerMask("Kita", estate, style: DocumentStyle(.english))
    #expect(mask.masked("/x/\(written)/y") == "/x/(another owner)/y")
  }

  @Test func `an owner whom nobody declared is none the less another, in hosts as well`() throws {
    var estate = DocumentSamples.estate()
    estate.owners[1].aliases = ["Minato Gas"]
    let mask = OwnerMask("Kita", estate, style: DocumentStyle(.english))
    #expect(mask.masked("MinatoGasPC") == "(another owner)PC")
    var story = DocumentSamples.story("Himitsu Bank pc", owner: "Kita")
    let count = story.incident.owners[0]
    story.incident.owners.append(
      Incident.OwnerCount(
        owner: "Himitsu Bank",
        records: count.records,
        subjects: count.subjects,
        share: nil,
        first: count.first,
        last: count.last
      )
    )
    let maker = CaseDocument(
      story,
      DocumentSamples.estate(),
      ReportNotes(),
      style: DocumentStyle(.english),
      owner: "Kita"
    )
    let page = try #require(maker.document().render(.markdown))
    #expect(page.contains("(another owner) pc") && !page.contains("Himitsu"))
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
    ("完了 / done", true), ("完了／done", true), ("未了 / done", false), ("done 2024/07/01", true),
    ("not done", false),
    ("incomplete", false), ("未完了", false), ("完了予定", false), ("完了していない", false),
    ("abandoned", false), ("", false),
  ])
  func `a measure is done by the word for it alone`(status: String, isDone: Bool) {
    #expect(MeasureTable.isDone(status) == isDone)
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
