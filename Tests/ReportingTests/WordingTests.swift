import Estate
import EventModel
import Foundation
import Testing

@testable import Reporting

/// What a person reads, in either language.
struct WordingTests {
  private func report(_ change: (inout Incident) -> Void = { _ in }) -> ScanReport {
    var report = ReportSamples.report()
    var incident = report.incidents[0]
    incident.findings[0].counter = "account suzuki × owner Kita"
    incident.findings[0].counterJapanese = "アカウント suzuki × 委託元 Kita"
    change(&incident)
    report.incidents = IncidentList([incident])
    return report
  }

  private func options(_ language: ReportOptions.Language) -> ReportOptions {
    var options = ReportOptions()
    options.language = language
    return options
  }

  @Test func `look-ups stand beside the table, with their own sum and dates`() throws {
    var lookUps = Incident.LookUps(
      records: .exactly(1_234),
      first: ReportSamples.noon,
      last: Timestamp(seconds: 1_775_044_800 + 400 * 86_400)
    )
    lookUps.owners = ["Kita", "Minami"].map {
      Incident.LookUps.Owner(
        owner: $0,
        records: .exactly(617),
        first: ReportSamples.noon,
        last: ReportSamples.noon
      )
    }
    let report = report { $0.lookUps = lookUps }
    let english = TextReport(options: options(.english)).render(report)
    #expect(
      english.contains(
        "  Look-ups beside: 1,234 records of 2 owners, 2026-04-01 – 2027-05-06, in none"
      )
    )
    let japanese = TextReport(options: options(.japanese)).render(report)
    #expect(japanese.contains("ほかに少量の閲覧: 1,234 件、委託元 2 者、2026-04-01〜2027-05-06"))
    let json = JSONLinesReport(options: ReportOptions()).render(report)
    #expect(
      json.contains(
        #""look_ups":{"records":{"low":1234,"high":1234},"first":"2026-04-01T12:00:00Z","#
      )
    )
    #expect(json.contains(#""owners":[{"owner":"Kita","records":{"low":617,"high":617},"#))
    let none = JSONLinesReport(options: ReportOptions()).render(self.report())
    #expect(none.contains(#""look_ups":null,"repeats_records":false"#))
    #expect(OCSFReport(options: ReportOptions()).render(report).contains(#""look_ups":{"records""#))
  }

  @Test func `is not sure of a number that nobody states, where records are missing`() {
    let report = report {
      $0.findings[0].detector = "audit-silence"
      $0.episodes = 0
      $0.records = .unknown
      $0.owners = []
    }
    let english = TextReport(options: options(.english)).render(report)
    #expect(english.contains("  Records: unknown (what was not recorded cannot be counted)\n"))
    let japanese = TextReport(options: options(.japanese)).render(report)
    #expect(japanese.contains("  件数: 不明 (記録されなかった取扱いは数えられない)\n"), "\(japanese)")
    // Of a taking it is told how sure it is.
    let taking = self.report { $0.episodes = 1 }
    #expect(TextReport(options: options(.english)).render(taking).contains(", confidence "))
  }

  @Test func `boxes of the delegation chart hold their words, and tell what is cut`() {
    let long =
      "Übergeordnete MITTELSTÄNDISCHE WOHNUNGSWIRTSCHAFTSGESELLSCHAFT mbH und Wwwwwwwwwwwwwww"
    let names = [long, "委託元株式会社" + String(repeating: "長", count: 60), "Kita"]
    let nodes = names.map { ChainChart.Node($0, note: "no consent in the register") }
    let chart = ChainChart(tiers: [nodes, nodes, nodes, nodes, nodes], headings: names + names)
    let drawing = chart.draw(id: "c", title: "t", summary: "s")
    let box = (760.0 - 36 * 4) / 5
    for part in drawing.components(separatedBy: "<text class=\"label strong\"").dropFirst() {
      let text = part.drop { $0 != ">" }.dropFirst().prefix { $0 != "<" }
      #expect(SVGCanvas.length(text) <= box - 20 + 0.01, "\(text)")
    }
    for name in names.prefix(2) { #expect(drawing.contains("<title>" + name), "\(name)") }
    #expect(!drawing.contains("<title>Kita"))
  }

  @Test func `an organisation's incident says that its records are told elsewhere, too`() {
    let report = report { $0.repeatsRecords = true }
    #expect(
      JSONLinesReport(options: ReportOptions()).render(report)
        .contains(#""repeats_records":true"#)
    )
  }

  @Test func `Japanese has no English words for what we name`() {
    let report = report { $0.findings[0].window = "lifetime" }
    let text = TextReport(options: options(.japanese)).render(report)
    for word in ["high", "critical", "unknown", "estimated", "lifetime", "account", "owner"] {
      #expect(!text.contains(word), "\(word)")
    }
    #expect(text.contains("期間 全期間"))
    #expect(NumberText.japanese(window: "24h") == "24時間")
    #expect(NumberText.japanese(window: "90d") == "90日")
    #expect(NumberText.japanese(window: "odd") == "odd")
  }

  @Test func `one is one record, thousands are set apart`() {
    let numbers = TextNumbers(language: .english)
    #expect(numbers.quantity(.exactly(1), unit: "records") == "1 record")
    #expect(numbers.quantity(.exactly(2_000), unit: "records") == "2,000 records")
    #expect(numbers.quantity(.exactly(1), unit: "days") == "1 day")
    #expect(NumberText.counted(1, "day") == "1 day")
    #expect(NumberText.counted(1_000_000, "record") == "1,000,000 records")
  }

  @Test(arguments: [ReportOptions.Language.both, .english, .japanese])
  func `explains a finding with its long sums within 80 columns`(
    language: ReportOptions.Language
  ) {
    let report = report {
      $0.findings[0].message = String(repeating: "account suzuki: 5 records ", count: 20)
      $0.findings[0].messageJapanese = String(repeating: "アカウント の読出し", count: 30)
      $0.findings[0].counters = ["records_1m", "owners_1m", "records_90d", "records_lifetime"]
        .enumerated().map { Finding.NamedCount(name: $0.element, value: Int64($0.offset) + 9_000) }
      $0.findings[0].evidence[0].file = String(repeating: "folder/", count: 20) + "a.log"
    }
    let incident = report.incidents[0]
    let text = ExplainReport(options: options(language)).render(incident.findings, of: incident)
    for line in text.split(separator: "\n") {
      #expect(DisplayWidth.of(String(line)) <= 80, "\(line)")
    }
    #expect(text.contains(language == .japanese ? "90日" : "90d"))
    #expect(text.contains("9,003"))
    #expect(text.contains(String(repeating: "ab", count: 32)))
    #expect(text.contains("may also be") == (language != .japanese))
  }

  @Test func `confidence follows what is stated, and rises where two signals agree`() {
    #expect(Confidence(of: .exactly(20), limit: 10) == .high)
    #expect(Confidence(of: Volume(low: 5, high: 20, quality: .estimated), limit: 10) == .medium)
    #expect(Confidence(of: .unknown, limit: 0) == .low)
    var findings = ["a", "b", "c"].map {
      Finding(id: $0, detector: $0, severity: .high, time: ReportSamples.noon)
    }
    for index in findings.indices {
      findings[index].value = Volume(low: 5, high: 20, quality: .estimated)
      findings[index].limit = 10
    }
    findings[2].signal = .removal
    #expect(Confidence(of: Array(findings.prefix(2))) == .medium)
    #expect(Confidence(of: findings) == .high)
    #expect(Confidence(of: []) == .low)
  }

  @Test(arguments: [DocumentStyle.Language.english, .japanese])
  func `a decision before the incident grew is not printed as if it held`(
    language: DocumentStyle.Language
  ) throws {
    var story = DocumentSamples.story()
    let decided = Timestamp(seconds: 1_717_000_000)
    story.acts = [
      TriageAct(
        id: story.incident.id,
        kind: .confirmed,
        by: "Noguchi",
        text: "x",
        author: "uid 7",
        time: decided
      )
    ]
    func pages() throws -> [String] {
      try ([nil, "Kita"] as [String?]).map { owner in
        let maker = CaseDocument(
          story,
          DocumentSamples.estate(),
          ReportNotes(),
          style: DocumentStyle(language),
          owner: owner
        )
        return try #require(maker.document().render(.markdown))
      } + [TriageText(DocumentStyle(language)).show(story)]
    }
    let words = language == .english ? "changed since" : "判断後に変化あり"
    for page in try pages() { #expect(!page.contains(words)) }
    story.changed = Timestamp(seconds: 1_718_000_000)
    for page in try pages() {
      #expect(page.contains(words), "\(page.prefix(3_000))")
    }
  }

  @Test func `where no log names an account nobody is named, but the terminal`() throws {
    var story = DocumentSamples.story()
    story.incident.actor = "person:Yamabuki Rin"
    story.incident.accounts = []
    story.incident.terminals = ["mnt-pc06"]
    for (language, wanted) in [
      (DocumentStyle.Language.english, "terminal mnt-pc06"), (.japanese, "端末 mnt-pc06"),
    ] {
      let maker = CaseDocument(
        story,
        DocumentSamples.estate(),
        ReportNotes(),
        style: DocumentStyle(language)
      )
      #expect(maker.sentence.contains(wanted), "\(maker.sentence)")
      #expect(!maker.sentence.contains("person:") && !maker.sentence.contains("Rin"))
      #expect(!maker.sentence.hasPrefix("Account") && !maker.sentence.hasPrefix("アカウント"))
    }
  }

  @Test func `persons of an unknown owner are no more than all owners delivered`() {
    var story = DocumentSamples.story()
    story.incident.owners[2].records = .exactly(10_000_000)
    var estate = DocumentSamples.estate()
    func most(_ estate: DeclaredEstate) -> Int64? {
      CaseDocument(story, estate, ReportNotes(), style: DocumentStyle(.english))
        .possiblePersons.knownHigh
    }
    let sizes = estate.owners.compactMap(\.delivered)
    #expect(sizes.count == estate.owners.count)
    #expect(most(estate) == sizes.reduce(0, +))
    // Of an owner whose size nobody knows there may be more.
    estate.owners[0].delivered = nil
    #expect(most(estate) == 10_002_400)
  }
}
