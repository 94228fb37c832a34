import Estate
import EventModel
import Testing

@testable import Detection

private func estate() -> DeclaredEstate {
  var estate = DeclaredEstate()
  var owner = Owner(name: "Kita")
  owner.delivered = 400_000
  owner.bytesPerRecord = 150...230
  estate.owners = [owner]
  var list = Dataset(name: "lists")
  list.patterns = [Pattern("/lists/kita/*"), Pattern("book/kita")]
  list.owner = "Kita"
  estate.datasets = [list]
  var admin = Account(role: .admin)
  admin.patterns = [Pattern("aoki")]
  var agent = Account(role: .operator)
  agent.patterns = [Pattern("op*")]
  estate.accounts = [admin, agent]
  var floor = Terminal(name: "floor")
  floor.addresses = ["198.51.100.0/24", "fl-*"]
  var server = Terminal(name: "db1")
  server.addresses = ["192.0.2.5", "192.0.2.6"]
  var own = Terminal(name: "pc-aoki")
  own.addresses = ["192.0.2.21", "192.0.2.22"]
  own.person = "Aoki Jun"
  estate.terminals = [floor, server, own]
  return estate
}

struct VolumeByBytesTests {
  @Test(arguments: ["/lists/kita/list", "/lists/kita/all.json"])
  func `a large page of a declared list is a bulk read`(url: String) throws {
    var logs = RowBuilder()
    logs.add(at: 0, account: "aoki", object: url, operation: .read, bytes: 30_000_000)
    let incident = try #require(logs.incidents(estate()).first)
    #expect(incident.severity == .high)
    #expect(incident.records.low == 0 && incident.records.high > 150_000)
    #expect(incident.records.quality == .estimated)
    #expect(incident.owners.map(\.owner) == ["Kita"])
  }

  @Test(arguments: [
    (Outcome.failure, Int64(0), false), (.failure, 10, true), (.success, 0, true),
    (.success, 10, true),
  ])
  func `an error's page does not contradict that no record was given`(
    outcome: Outcome,
    records: Int64,
    isContradicted: Bool
  ) {
    var row = EventRow(time: 0)
    (row.operation, row.outcome, row.bytes) = (.export, outcome, 40_000)
    row.volume = .exactly(records)
    #expect((VolumeBounds.contradicted(row, 150...230) != nil) == isContradicted)
  }

  @Test func `manuals, and pages outside the declared lists for agents, are no records`() {
    var logs = RowBuilder()
    for (account, url) in [("aoki", "/lists/kita/manual.pdf"), ("op1", "/portal/news")] {
      logs.add(at: 0, account: account, object: url, operation: .read, bytes: 30_000_000)
    }
    #expect(logs.incidents(estate()).isEmpty)
  }

  @Test
  func `what nameless visitors load of a site that nobody declared is low, an export of it is not`()
  {
    func worst(_ url: String, _ operation: EventModel.Operation) -> Severity? {
      var logs = RowBuilder()
      logs.add(
        at: 0,
        account: "",
        terminal: "192.0.2.1",
        object: url,
        operation: operation,
        bytes: 60_000_000
      )
      return logs.incidents(DeclaredEstate()).map(\.severity).max()
    }
    #expect(worst("/misc/sample.log", .read) == .low)
    #expect(worst("/customers/export", .export) == .medium)
  }

  @Test
  func
    `an administrator's large reply of an URL that nobody declared is told, and no more than that`()
    throws
  {
    var logs = RowBuilder()
    logs.add(at: 0, account: "aoki", object: "/storage/blob/x", operation: .read, bytes: 3_000_000)
    let incident = try #require(logs.incidents(estate()).first)
    #expect(incident.severity == .medium && !incident.owners.contains { $0.owner == "Kita" })
    var agents = RowBuilder()
    agents.add(at: 0, account: "op1", object: "/storage/blob/x", operation: .read, bytes: 9_000_000)
    #expect(agents.incidents(estate()).isEmpty)
  }

  @Test func `where nothing is declared pages of an interface for programs add up`() throws {
    func incidents(_ object: String, bytes: Int64 = 850_000) throws -> Int {
      var logs = RowBuilder()
      for place in 0..<100 {
        logs.add(at: place, account: "admin", object: object, operation: .read, bytes: bytes)
      }
      return logs.incidents(DeclaredEstate()).count
    }
    #expect(try incidents("/api/customers") == 1)
    #expect(try incidents("/graphql") == 1)
    #expect(try incidents("/graphql", bytes: 60_000) == 0)
    #expect(try incidents("/portal/home") == 0)
    #expect(try incidents("/api/v1/metrics") == 0)
  }

  @Test func `what a page weighs for everybody is usual and what one gets of it beyond is not`()
    throws
  {
    var logs = RowBuilder()
    for minute in 0..<600 {
      let account = "op\(minute % 6)"
      logs.add(
        at: minute * 7,
        account: account,
        object: "/lists/kita/board",
        operation: .read,
        bytes: 60_000
      )
    }
    #expect(logs.incidents(estate()).isEmpty)
    logs.add(
      at: 6_000,
      account: "op3",
      object: "/lists/kita/board",
      operation: .read,
      bytes: 9_000_000
    )
    #expect(logs.incidents(estate()).map(\.accounts) == [["op3"]])
  }

  @Test func `light pages of one account add up`() throws {
    var logs = RowBuilder()
    for minute in 0..<400 {
      logs.add(
        at: minute / 7,
        account: "aoki",
        object: "/lists/kita/list",
        operation: .read,
        bytes: 30_000
      )
    }
    let incident = try #require(logs.incidents(estate()).first)
    #expect(incident.severity == .high && incident.records.quality == .estimated)
  }

  @Test func `an object is known by its bucket, a table without a schema as one of any`() {
    var estate = estate()
    for (name, pattern) in [
      ("bucket", "crm-export"), ("key", "archive/2026/*"), ("members", "*.members"),
      ("own", "crm.calls"),
    ] {
      var dataset = Dataset(name: name)
      dataset.patterns = [Pattern(pattern)]
      estate.datasets.append(dataset)
    }
    var names = NameTable()
    var resolver = EstateResolver(estate: estate)
    func dataset(_ object: String) -> String {
      let place = resolver.object(at: names.intern(object), names: &names)
      return names.text(of: resolver.objects[place].dataset)
    }
    #expect(dataset("crm-export/2026/list.csv") == "bucket")
    #expect(dataset("crm-export") == "bucket")
    #expect(dataset("archive/2026/list.csv") == "key")
    #expect(dataset("archive/2025/list.csv") == "archive/2025/list.csv")
    #expect(dataset("members") == "members")
    #expect(dataset("crm.members") == "members")
    #expect(dataset("calls") == "calls")
    #expect(dataset("/lists/kita/1") == "lists")
  }

  @Test func `a floor is a place and not one terminal`() {
    var names = NameTable()
    var resolver = EstateResolver(estate: estate())
    func name(_ address: String) -> String {
      let place = resolver.terminal(at: names.intern(address), names: &names)
      return names.text(of: resolver.terminals[place].name)
    }
    #expect(name("198.51.100.17") == "floor (198.51.100.17)")
    #expect(name("fl-0042") == "floor (fl-0042)")
    #expect(name("192.0.2.6") == "db1 (192.0.2.6)")
    #expect(name("db1") == "db1")
    #expect(name("192.0.2.22") == "pc-aoki")
    #expect(Pattern("db1").matches(place: "db1 (192.0.2.6)"))
    #expect(!Pattern("db1").matches(place: "db2 (192.0.2.6)"))
  }

  @Test func `look-ups with a call do not add up at a terminal`() {
    var logs = RowBuilder()
    for minute in 0..<6_000 {
      logs.add(
        at: minute / 20,
        account: "op\(minute % 6)",
        terminal: "198.51.100.17",
        owner: "Kita",
        records: 1,
        operation: .read
      )
      logs.rows[minute].flags = [.call, .statesCalls]
    }
    #expect(!logs.incidents(estate()).contains { $0.actor.hasPrefix("terminal") })
  }

  private static let sources = ["app", "web"].map {
    SourceDeclaration(name: $0)
  }

  /// An export of the application, and what the access log says of it a second later.
  private func twice(_ seconds: [Int64], bytes: Int64, stated: Int64 = -1) -> RowBuilder {
    var logs = RowBuilder()
    for (number, second) in seconds.enumerated() {
      for source in 0..<2 as Range<UInt16> {
        logs.add(
          at: 0,
          account: "aoki",
          terminal: "192.0.2.21",
          object: source == 0 ? "book/kita" : "/lists/kita/list.csv",
          records: source == 0 ? 40_000 : nil,
          bytes: source == 0 ? stated : bytes
        )
        logs.rows[number * 2 + Int(source)].source = source
        logs.rows[number * 2 + Int(source)].time += (second + Int64(source)) * 1_000_000_000
      }
    }
    return logs
  }

  private func records(_ logs: RowBuilder, parts: Bool = false) throws -> Volume {
    var engine = DetectionEngine(estate: estate(), sources: Self.sources, detectors: nil)
    for row in logs.rows.sorted(by: { ($0.time, $0.digest) < ($1.time, $1.digest) }) {
      engine.apply([row], names: logs.names)
      guard parts else { continue }
      engine = try DetectionEngine(
        restoring: engine.snapshot(),
        estate: estate(),
        sources: Self.sources,
        detectors: nil
      )
    }
    return try #require(engine.finish(coverage: Coverage()).first).records
  }

  @Test(arguments: [false, true])
  func `a download that two sources tell of is one act`(parts: Bool) throws {
    #expect(try records(twice([0], bytes: 7_400_000), parts: parts) == .exactly(40_000))
    #expect(
      try records(twice([0], bytes: 7_400_000, stated: 7_400_000), parts: parts) == .exactly(40_000)
    )
    // Two downloads that are each told twice stay two.
    #expect(try records(twice([0, 3], bytes: 7_400_000), parts: parts) == .exactly(80_000))
  }

  @Test func `what does not fit is another act`() throws {
    #expect(try records(twice([0], bytes: 30_000_000)).low > 150_000)
    #expect(try records(twice([0], bytes: 7_400_000, stated: 2_000_000)).low > 70_000)
  }
}
