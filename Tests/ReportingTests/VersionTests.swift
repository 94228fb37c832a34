import Estate
import EventModel
import Testing

@testable import Reporting

/// Versions of the reports that are not of incidents, and what differs in older stores.
@Suite struct VersionTests {
  private static let later = Timestamp(seconds: 1_718_000_000)

  private func text(_ document: Document, _ key: String) -> String? {
    for case .fields(let fields) in document.sections.flatMap(\.blocks) {
      if let field = fields.first(where: { $0.key == key }) {
        return field.values.map { document.style.text($0) }.joined(separator: " | ")
      }
    }
    return nil
  }

  private static func report(of story: IncidentCase, owner: String?) -> Document {
    CaseDocument(
      story,
      DocumentSamples.estate(),
      ReportNotes(),
      style: DocumentStyle(.english),
      owner: owner
    ).document()
  }

  private static func account(_ states: [CoverageAccount.State]) -> CoverageAccount {
    var account = CoverageAccount(period: 100...(99 + states.count))
    var source = CoverageAccount.Source(name: "app", format: "jsonl")
    source.days = states.enumerated().map { CoverageAccount.Day(day: 100 + $0, state: $1) }
    account.sources = [source]
    return account
  }

  private static func version(_ kind: String, _ figures: [IssuedReport.Figure]) -> IssuedReport {
    var report = IssuedReport(kind: kind, subject: "s", owner: "Kita", version: 1)
    report.figures = figures
    report.time = DocumentSamples.noon
    report.by = "Saeki"
    return report
  }

  @Test func `a certificate says what it supersedes and which figures changed`() {
    let style = DocumentStyle(.english)
    let first = CoverageDocument(Self.account([.seen, .silent]), digests: [], style: style)
    #expect(text(first.document(), "version") == "1, draft")
    #expect(text(first.document(), "supersedes") == "none: the first version")
    var second = CoverageDocument(Self.account([.seen, .seen]), digests: [], style: style)
    second.previous = Self.version("coverage", first.figures)
    second.issue = IssuedReport(kind: "coverage", subject: "s", owner: "", version: 2)
    second.issue?.by = "Noguchi"
    second.issue?.reason = "the archive was found"
    second.now = Self.later
    let document = second.document()
    #expect(document.isIssued && document.missing.isEmpty)
    #expect(text(document, "version") == "2" && text(document, "issued_by") == "Noguchi")
    #expect(text(document, "supersedes")?.hasPrefix("version 1 of 2024-04-09") ?? false)
    #expect(
      text(document, "reason")
        == "the archive was found | Coverage of the records: 50 % → 100 %"
        + " | source-days without a line to rely on: 1 → 0"
    )
  }

  @Test func `an answer says how its conclusion and takings changed`() {
    let style = DocumentStyle(.japanese)
    func maker(_ takings: [Int64]) -> InquiryDocument {
      var answer = InquiryAnswer(
        owner: "Kita",
        period: 100...101,
        coverage: Self.account([.seen, .seen])
      )
      answer.takings = takings.enumerated().map { place, count in
        InquiryAnswer.Taking(
          incident: "id\(place)",
          severity: .high,
          confidence: .medium,
          records: .exactly(count),
          first: DocumentSamples.noon,
          last: DocumentSamples.noon
        )
      }
      answer.facts.suspicions = takings.count
      answer.facts.knownPermille = 1_000
      return InquiryDocument(answer, DocumentSamples.estate(), style: style)
    }
    let first = maker([])
    var second = maker([1_200])
    second.previous = Self.version("inquiry", first.figures)
    let document = second.document()
    #expect(document.missing.isEmpty && !document.isIssued)
    #expect(text(document, "version") == "第2版(案)")
    #expect(text(document, "reason") == "結論: 記録の範囲では確認されない → 疑いあり | 持出し id0:新規 1,200")
  }

  @Test func `a list for notification is versioned by its counts`() {
    let style = DocumentStyle(.english)
    func maker(_ references: [UInt32]) -> NotificationDocument {
      NotificationDocument(
        owner: "Kita",
        incident: DocumentSamples.story().incident,
        subjects: CaseDocument.SubjectReferences(values: references, isComplete: true),
        delivered: 2_000,
        style: style
      )
    }
    var second = maker([1, 2, 3])
    second.previous = Self.version("notification", maker([1]).figures)
    #expect(second.document().missing.isEmpty)
    #expect(text(second.document(), "reason") == "References of persons: 1 → 3")
  }

  // MARK: Limits

  @Test(arguments: DocumentStyle.Language.allCases)
  func `what differs in an older store stands among the limits`(language: DocumentStyle.Language) {
    let style = DocumentStyle(language)
    var account = Self.account([.seen])
    account.differences = [
      .detectors(gone: ["old-rule"], added: ["bulk-export"]), .state(unknownFrom: 19_874),
      .pruned(before: 18_000),
    ]
    let limits = CoverageBlocks.limits(account, style).map { style.text($0) }
    #expect(limits.contains { $0.contains("old-rule") && $0.contains("bulk-export") })
    #expect(limits.contains { $0.contains(style.date(19_874)) })
    #expect(limits.contains { $0.contains(style.date(18_000)) })
    account.sources[0].endedOn = 17_000
    let ended = CoverageBlocks.limits(account, style).map { style.text($0) }
    #expect(ended.count == limits.count + 1, "\(ended)")
  }

  // MARK: Complaints

  @Test func `a linked complaint stands in the report of its owner and in no other`() {
    var story = DocumentSamples.story()
    for (reference, owner) in [("C-1", "Kita"), ("C-2", "Minato"), ("C-3", nil)] {
      var act = TriageAct(
        id: story.incident.id,
        kind: .complaint,
        by: "Noguchi",
        text: "sales calls",
        author: "uid 0",
        time: DocumentSamples.noon
      )
      (act.refersTo, act.owner) = (reference, owner)
      story.acts.append(act)
    }
    func references(_ owner: String?) -> [String] {
      let document = Self.report(of: story, owner: owner)
      let whole = document.render(.csv, table: "complaints") ?? ""
      return ["C-1", "C-2", "C-3"].filter { whole.contains($0) }
    }
    #expect(references(nil) == ["C-1", "C-2", "C-3"])
    #expect(references("Kita") == ["C-1"])
    #expect(references("Minato") == ["C-2"])
  }

  @Test func `a complaint that people wrote down without an owner stands in no owner's report`() {
    var notes = ReportNotes()
    var section = ReportNotes.Section()
    section.records["complaints"] = [
      ["reference": "C-1", "owner": "北電力"], ["reference": "C-2", "owner": "Minato"],
      ["reference": "C-3", "what": "sales calls"],
    ]
    notes.incidents["22ba6273c7ef6d08"] = section
    func references(_ owner: String?) -> [String] {
      let document = DocumentSamples.document(owner: owner, notes: notes)
      let whole = document.render(.csv, table: "complaints") ?? ""
      return ["C-1", "C-2", "C-3"].filter { whole.contains($0) }
    }
    #expect(references(nil) == ["C-1", "C-2", "C-3"])
    #expect(references("Kita") == ["C-1"])
    #expect(references("Minato") == ["C-2"])
  }

  // MARK: Days that people enter, texts like numbers

  @Test func `days that people enter are told as days, by era on request`() {
    var style = DocumentStyle(.japanese, zone: ReportZone(named: "Asia/Tokyo"))
    style.usesEra = true
    #expect(style.text(style.told("2024-07-31")) == "令和6年7月31日")
    #expect(style.text(style.told("2024-07-31 09:30")) == "令和6年7月31日 09:30:00")
    #expect(style.text(style.told("in summer")) == "in summer")
    #expect(style.text(style.told(nil)) == "不明")
    let table = MeasureTable.make([["measure": "x", "due": "2019-05-01"]], now: nil, style)
    #expect(table.rows[0].map { style.text($0) }.contains("令和元年5月1日"))
  }

  @Test(arguments: [
    ("0042", "\"'0042\""), ("12345678e1", "\"'12345678e1\""), ("3-4", "\"'3-4\""),
    ("1/2", "\"'1/2\""), ("1,200", "\"'1,200\""), ("=1+1", "\"'=1+1\""), ("adm0042", "adm0042"),
    ("4C530001", "4C530001"), (".5", "\"'.5\""), ("", ""),
  ])
  func `a text like a number stays text in CSV`(text: String, wanted: String) {
    #expect(CSVForm.quoted(text) == wanted)
  }

  @Test(arguments: [nil, "Kita"])
  func `a report says what people decided, and that it was since the version before`(
    owner: String?
  ) {
    var story = DocumentSamples.story()
    var act = TriageAct(
      id: story.incident.id,
      kind: .legitimate,
      by: "Noguchi",
      text: "asked for by telephone",
      author: "noguchi",
      time: Timestamp(nanoseconds: DocumentSamples.noon.nanoseconds + 3_600_000_000_000)
    )
    act.until = "2026-12-31"
    story.acts = []
    func document(_ story: IncidentCase) -> Document { Self.report(of: story, owner: owner) }
    func whole(_ document: Document) -> String { document.render(.markdown) ?? "" }
    #expect(!whole(document(story)).contains("Decided by people"))
    var issued = IssuedReport(
      kind: owner == nil ? "incident" : "owner",
      subject: story.incident.id,
      owner: owner ?? "",
      version: 1
    )
    issued.time = DocumentSamples.noon
    story.issued = [issued]
    story.acts = [act]
    let told = document(story)
    #expect(
      whole(told).contains(": legitimate, until 2026-12-31. The figures are what the records show")
    )
    #expect(text(told, "reason")?.contains(": legitimate") ?? false)
  }

  @Test(arguments: [
    ("Kuroda Shin", true), ("kuroda shin", true), ("Shin  Kuroda", true), ("adm.kuroda", true),
    ("Noguchi", false),
    ("Kuroda Ai", false), ("", false),
  ])
  func `who is under review does not review, however the name is written`(name: String, holds: Bool)
  {
    var estate = DeclaredEstate()
    var account = Account(role: .admin)
    account.patterns = [Pattern("adm.kuroda")]
    account.persons = ["Kuroda Shin"]
    estate.accounts = [account]
    #expect(ReviewConflict(["Kuroda Shin"], estate).holds(name) == holds)
    // An account under review stands for its person.
    #expect(ReviewConflict(["adm.kuroda"], estate).holds(name) == holds)
  }

  @Test(arguments: [nil, "Kita"] as [String?])
  func `a taking that came says so, also where the persons are those of before`(
    owner: String?
  ) throws {
    var story = DocumentSamples.story()
    func maker(_ language: DocumentStyle.Language) -> CaseDocument {
      CaseDocument(
        story,
        DocumentSamples.estate(),
        ReportNotes(),
        style: DocumentStyle(language),
        owner: owner
      )
    }
    var first = Self.version(owner == nil ? "incident" : "owner", maker(.english).figures)
    (first.subject, first.owner) = (story.incident.id, owner ?? "")
    story.issued = [first]
    #expect(text(maker(.english).document(), "reason") == "the figures are unchanged")
    story.incident.owners[0].records = .exactly(2_400)
    story.incident.owners[0].last = Timestamp(seconds: 1_718_000_000)
    #expect(
      text(maker(.english).document(), "reason")
        == "Kita, records read: 1,200 → 2,400"
        + " | Kita, last: 2024-05-27T04:20:57Z → 2024-06-10T06:13:20Z"
    )
    let japanese = try #require(text(maker(.japanese).document(), "reason"))
    #expect(japanese.contains("Kita・延べ件数: 1,200 → 2,400"), "\(japanese)")
    #expect(japanese.contains("Kita・最後の発生: 2024年5月27日 04:20:57Z → 2024年6月10日 06:13:20Z"))
    // A version of a program that did not note them had no other records than it had.
    story.issued[0].figures.removeAll { $0.name.contains("/") }
    #expect(text(maker(.english).document(), "reason") == "the figures are unchanged")
  }
}
