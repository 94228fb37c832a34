import Estate
import EventModel
import Testing

@testable import Reporting

/// The thirteen headings of the supervision report, each beside the quarter before.
@Suite struct QuarterComparisonTests {
  private static func facts(_ name: String, _ change: (inout QuarterFacts) -> Void) -> QuarterFacts
  {
    let period = QuarterFacts.period(of: name) ?? 0...0
    var facts = QuarterFacts(name: name, period: period, coverage: CoverageAccount(period: period))
    var source = CoverageAccount.Source(name: "app", format: "jsonl")
    source.days = period.map { day in
      var seen = CoverageAccount.Day(day: day, state: .seen)
      (seen.lines, seen.events) = (10, 10)
      return seen
    }
    facts.coverage.sources = [source]
    change(&facts)
    return facts
  }

  private static func handled(
    _ facts: QuarterFacts,
    _ account: String,
    _ owner: String,
    _ count: Int64
  )
    -> HandlingDay
  {
    var day = HandlingDay(day: facts.period.lowerBound + 3, account: account, owner: owner)
    day.records = Volume(low: count, high: count, quality: .exact)
    day.operations = 5
    day.unexplained = count / 2
    return day
  }

  private static let earlier = facts("2024-Q1") { facts in
    facts.days = [handled(facts, "root", "Kita", 100), handled(facts, "op", "Kita", 40)]
  }

  private static let current = facts("2024-Q2") { facts in
    facts.days = [handled(facts, "root", "Kita", 130), handled(facts, "root", "Minato", 20)]
    facts.firstDays = [
      QuarterFacts.Pair(account: "root", owner: "Kita"): facts.period.lowerBound - 80
    ]
    var state = QuarterFacts.IncidentState(
      DocumentSamples.story().incident,
      detected: DocumentSamples.noon
    )
    state.incident.findings = []
    facts.incidents = [state]
  }

  private static let yaml = """
    quarters:
      2024-Q1:
        reviewers: [Noguchi]
        retention: five years
        self-test: [{date: 2024-02-01, what: x, found: "3", missed: "1"}]
        checklist: [{item: badges, answer: no}, {item: keys, answer: yes}]
        measures: [{measure: no shared accounts, status: planned}]
        other-contractors: [{organisation: Hinode, state: good}]
        media: [{device: stick 7, count: "2"}]
        notices: none
      2024-Q2:
        reviewers: [Noguchi]
        retention: ten years
        self-test: [{date: 2024-05-01, what: x, found: "5", missed: "0"}]
        checklist: [{item: badges, answer: yes}]
        measures: [{measure: no shared accounts, status: done}]
        media: [{device: stick 7, count: "2"}, {device: stick 8, count: "1"}]
        notices: two
    """

  // MARK: Measures

  @Test
  func
    `measures of earlier incidents are told until they are done, and detection is as people say`()
  {
    var notes = ReportNotes()
    func measures(_ list: [(String, String)]) -> ReportNotes.Section {
      var section = ReportNotes.Section()
      section.records["measures"] = list.map { ["measure": $0.0, "status": $0.1] }
      return section
    }
    notes.incidents["000000000000000a"] = measures([("block USB", "planned"), ("new keys", "done")])
    notes.quarters["2023-Q3"] = measures([("train", "未完了"), ("audit", "完了")])
    notes.quarters["2024-Q1"] = measures([("rotate", "done")])
    var (current, before) = (Self.current, Self.facts("2024-Q1") { _ in })
    current.earlierIncidents = ["000000000000000a"]
    let known = Timestamp(nanoseconds: DocumentSamples.noon.nanoseconds - 86_400_000_000_000)
    notes.incidents["22ba6273c7ef6d08"] = ReportNotes.Section()
    notes.incidents["22ba6273c7ef6d08"]?.times["detected-at"] = known
    before.incidents = []
    let document = QuarterDocument(
      current,
      before: before,
      DeclaredEstate(),
      notes,
      style: DocumentStyle(.english)
    )
    #expect(document.allMeasures.compactMap { $0["measure"] } == ["rotate", "train", "block USB"])
    // What people say of when it was detected holds here as in the incident's report.
    #expect(document.oldestOpen(document.facts)?.detected == known)
  }

  @Test
  func `how far a measure of an incident was a quarter ago is unknown where nobody entered it`()
    throws
  {
    var notes = ReportNotes()
    let id = DocumentSamples.story().incident.id
    notes.incidents[id] = ReportNotes.Section()
    notes.incidents[id]?.records["measures"] = [["measure": "block USB", "status": "done"]]
    func state(_ detected: Timestamp?) -> QuarterFacts.IncidentState {
      QuarterFacts.IncidentState(DocumentSamples.story().incident, detected: detected)
    }
    var (current, before) = (Self.current, Self.facts("2024-Q1") { _ in })
    func row() throws -> [Cell]? {
      let document = QuarterDocument(
        current,
        before: before,
        DeclaredEstate(),
        notes,
        style: DocumentStyle(.english)
      ).document()
      let table = try OneFigureTests().table(document, "measures_compared")
      return table.rows.first { $0[0] == .prose("block USB") }
    }
    let day = Int64(before.period.lowerBound) * 86_400
    current.incidents = [state(Timestamp(seconds: day))]
    before.incidents = current.incidents
    let told = try #require(try row())
    #expect(told[1] == .prose("done") && told[2] == .unknown, "\(told)")
    // What somebody entered for that quarter is what it was.
    notes.quarters["2024-Q1"] = ReportNotes.Section()
    notes.quarters["2024-Q1"]?.records["measures"] = [
      ["measure": "block USB", "status": "planned"]
    ]
    #expect(try row()?[2] == .prose("planned"))
    // Nobody had a measure against what nobody knew of.
    notes.quarters = [:]
    current.incidents = [state(Timestamp(seconds: Int64(current.period.upperBound + 9) * 86_400))]
    before.incidents = []
    #expect(try row() == nil)
  }

  // MARK: Media

  private func use(
    _ texts: [String],
    _ terminal: String,
    _ first: String,
    storage: Bool = true
  )
    throws -> DeviceUse
  {
    let day = try #require(ReportNotes.day(first))
    let time = Timestamp(seconds: Int64(day) * 86_400 + 3_600)
    return DeviceUse(
      terminal: terminal,
      texts: texts,
      isStorage: storage,
      attachments: 2,
      first: time,
      last: time
    )
  }

  @Test func `media are told by the register of devices`() throws {
    var estate = DeclaredEstate()
    var vault = RegisteredDevice(name: "vault stick", patterns: [Pattern("*4C530001*")])
    vault.holder = "Saeki"
    vault.until = Timestamp(seconds: 1_714_521_600)
    estate.policy.devices = [
      vault, RegisteredDevice(name: "spare", patterns: [Pattern("*REG-7*")]),
    ]
    var facts = Self.current
    facts.devices = DeviceUses(
      uses: [
        try use(["SerialNumber: 4C530001", "idVendor=0781"], "pc1", "2024-04-10"),
        try use(["SerialNumber: 4C530001"], "pc2", "2024-05-10"),
        try use(["SerialNumber: 99", "idVendor=0781"], "pc3", "2024-05-12"),
        try use(["idVendor=046d"], "pc3", "2024-05-12", storage: false),
      ],
      leftOut: 0
    )
    let style = DocumentStyle(.english)
    func table(_ facts: QuarterFacts) throws -> [[String]] {
      let document = QuarterDocument(
        facts,
        before: Self.earlier,
        estate,
        ReportNotes(),
        style: style
      ).document()
      let tables = document.sections.flatMap(\.blocks).compactMap { block in
        if case .table(let table) = block, table.key == "media_by_device" { table } else { nil }
      }
      return try #require(tables.first).rows.map { $0.prefix(5).map { style.text($0) } }
    }
    #expect(
      try table(facts) == [
        ["vault stick", "registered, used outside its time", "Saeki", "pc1, pc2", "4"],
        ["spare", "registered", "unknown", "none", "0"],
        ["SerialNumber: 99, idVendor=0781", "not registered", "unknown", "pc3", "2"],
      ]
    )
    // Where no state tells of devices nothing is known of them: not none.
    facts.devices = nil
    #expect(try table(facts)[0] == ["vault stick", "registered", "Saeki", "unknown", "unknown"])
  }

  private func report(_ before: QuarterFacts?, _ yaml: String = yaml) throws -> Document {
    let notes = try ReportNotes.load(bytes: Array(yaml.utf8), file: "report.yml", zone: .utc)
    return QuarterDocument(
      Self.current,
      before: before,
      DeclaredEstate(),
      notes,
      style: DocumentStyle(.english)
    ).document()
  }

  /// Of each heading: the rows of its comparison, as a person reads them.
  private func rows(_ document: Document) -> [String: [[String]]] {
    var found: [String: [[String]]] = [:]
    for case .table(let table) in document.sections.flatMap(\.blocks)
    where table.key.hasSuffix(QuarterComparison.suffix) {
      let heading = String(table.key.dropLast(QuarterComparison.suffix.count))
      found[heading] = table.rows.map { $0.map { document.style.text($0) } }
    }
    return found
  }

  @Test func `every heading stands beside the quarter before`() throws {
    let document = try report(Self.earlier)
    #expect(document.missing.isEmpty)
    let found = rows(document)
    #expect(found.keys.sorted() == Document.Kind.headings.sorted())
    func row(_ heading: String, _ what: String) -> [String]? {
      found[heading]?.first { $0.first == what }.map { Array($0.dropFirst()) }
    }
    #expect(row("governance", "Who reviews the logs") == ["Noguchi", "Noguchi", "the same"])
    #expect(
      row("delegation_register", "Pairs of owner and organisation")
        == ["2", "1", "new: Minato × unknown"]
    )
    #expect(row("volumes", "Records handled") == ["150", "140", "+10"])
    #expect(
      row("volumes", "No instruction covers (lower end, look-ups among them)") == [
        "75", "70", "+5",
      ]
    )
    #expect(row("privileged_accounts", "Privileged accounts used") == ["1", "1", "the same"])
    #expect(row("privileged_accounts", "Records they read") == ["150", "100", "+50"])
    #expect(
      row("detection", "Incidents with takings in the quarter, or raised in it") == [
        "1", "0", "+1",
      ]
    )
    #expect(row("log_health", "Source-days expected") == ["91", "91", "the same"])
    #expect(row("log_health", "Retention") == ["ten years", "five years", "changed"])
    #expect(row("self_test", "Takings found") == ["5", "3", "+2"])
    #expect(row("self_test", "Takings missed") == ["0", "1", "−1"])
    #expect(row("media", "Media counted by people") == ["2", "1", "new: stick 8"])
    #expect(row("media", "stick 8") == ["1", "none", "changed"])
    #expect(row("checklist", "Items checked") == ["1", "2", "no more: keys"])
    #expect(row("checklist", "badges") == ["yes", "no", "changed"])
    #expect(
      row("other_contractors", "Organisations") == ["unknown", "1", "not entered for 2024-Q2"]
    )
    #expect(row("measures", "no shared accounts") == ["done", "planned", "changed"])
    #expect(row("measures", "of these done") == ["1", "0", "+1"])
    #expect(row("user_support", "Notices") == ["two", "none", "changed"])
    #expect(row("incidents", "Incidents") == ["1", "0", "new: 22ba6273c7ef6d08"])
  }

  @Test(arguments: [true, false])
  func `what is unknown has its reason beside it`(knowsBefore: Bool) throws {
    let found = rows(try report(knowsBefore ? Self.earlier : nil, "reporter: {executive: Saeki}"))
    for (heading, rows) in found {
      #expect(!rows.isEmpty, "\(heading) compares nothing")
      for row in rows {
        let isUnknown = row[1] == "unknown" || row[2] == "unknown"
        let names = row[3].contains("2024-Q1") || row[3].contains("2024-Q2")
        #expect(isUnknown == names, "\(heading): \(row)")
        #expect(row[3] != "unknown" && !row[3].isEmpty, "\(heading): \(row)")
      }
    }
    let volumes = found["volumes"]?.first
    #expect(
      volumes?.last
        == (knowsBefore ? "+10" : "no records of 2024-Q1")
    )
  }

  @Test func `a heading without its comparison is missing`() throws {
    var document = try report(Self.earlier)
    for place in document.sections.indices where document.sections[place].key == "media" {
      document.sections[place].blocks.removeLast()
    }
    #expect(document.missing == ["media_compared"])
  }

  @Test func `counts and intervals of one column are all in CSV`() throws {
    let text = try #require(try report(Self.earlier).render(.csv, table: "volumes_compared"))
    // A change that begins with a sign is no formula.
    #expect(text.contains("Records handled,150,150,140,140,\"'+10\""))
    #expect(text.contains("Operations,10,10,10,10,the same"))
  }
}
