import Estate
import EventModel
import Testing

@testable import Detection

/// Builds rows for the engine the way a decoder would.
struct RowBuilder {
  var names = NameTable()
  var rows: [EventRow] = []

  /// `at`: minutes after 2024-04-01T00:00:00Z.
  mutating func add(
    at minute: Int,
    account: String,
    terminal: String = "",
    owner: String = "",
    object: String = "",
    records: Int64? = nil,
    operation: EventModel.Operation = .export,
    ticket: String = "",
    program: String = "",
    bytes: Int64 = -1
  ) {
    var row = EventRow(time: (1_711_929_600 + Int64(minute) * 60) * 1_000_000_000)
    row.account = names.intern(account)
    row.terminal = names.intern(terminal)
    row.owner = names.intern(owner)
    row.object = names.intern(object)
    row.ticket = names.intern(ticket)
    row.program = names.intern(program)
    row.operation = operation
    row.outcome = .success
    row.bytes = bytes
    row.volume = records.map { .exactly($0) } ?? .unknown
    row.digest = UInt64(rows.count + 1) &* 0x9E37_79B9_7F4A_7C15
    row.line = UInt32(rows.count + 1)
    rows.append(row)
  }

  func incidents(_ estate: DeclaredEstate, detectors: Set<String>? = nil) -> [Incident] {
    var engine = DetectionEngine(estate: estate, sources: [], detectors: detectors)
    engine.apply(rows.sorted { ($0.time, $0.digest) < ($1.time, $1.digest) }, names: names)
    return engine.finish(coverage: Coverage())
  }
}

private func estate() -> DeclaredEstate {
  var estate = DeclaredEstate()
  var small = Owner(name: "Kitamachi")
  small.delivered = 1_200
  var large = Owner(name: "Telecom West")
  large.delivered = 400_000
  large.bytesPerRecord = 150...300
  estate.owners = [small, large]
  estate.organisations = [
    Organisation(name: "ProCall", kind: .contractor), Organisation(name: "Hinode", kind: .provider),
  ]
  var shared = Account(role: .admin)
  shared.patterns = [Pattern("sysadmin")]
  shared.organisation = "Hinode"
  shared.persons = ["Aoki Jun", "Mori Rei"]
  var personal = Account(role: .admin)
  personal.patterns = [Pattern("aoki")]
  personal.organisation = "Hinode"
  personal.persons = ["Aoki Jun"]
  var agent = Account(role: .operator)
  agent.patterns = [Pattern("op*")]
  agent.organisation = "ProCall"
  estate.accounts = [shared, personal, agent]
  estate.declaresTickets = true
  var ticket = Ticket(id: "T-1", opened: Timestamp(seconds: 1_711_929_600))
  ticket.closed = Timestamp(seconds: 1_711_929_600 + 5 * 86_400)
  ticket.owner = "Telecom West"
  ticket.executor = "aoki"
  ticket.requestedBy = "ProCall"
  ticket.approver = "tanaka"
  ticket.mostRecords = 3_000
  estate.tickets = [ticket]
  return estate
}

struct DetectionEngineTests {
  @Test func `tells the first taking beyond the limit with its owner and its line`() throws {
    var logs = RowBuilder()
    logs.add(
      at: 600,
      account: "sysadmin",
      terminal: "mnt-03",
      owner: "Telecom West",
      records: 40_000
    )
    let incident = try #require(logs.incidents(estate()).first)
    #expect(incident.actor == "account:sysadmin terminal:mnt-03")
    #expect(incident.records == .exactly(40_000))
    #expect(incident.owners.map(\.owner) == ["Telecom West"])
    #expect(incident.authorisation.none == .exactly(40_000))
    #expect(incident.severity >= .high)
    #expect(incident.findings.contains { $0.detector == "bulk-export" && $0.evidence.count == 1 })
  }

  @Test func `is silent on a read within its ticket and keeps it as explained`() {
    var logs = RowBuilder()
    logs.add(at: 600, account: "aoki", terminal: "mnt-01", owner: "Telecom West", records: 2_500)
    #expect(logs.incidents(estate()).isEmpty)
  }

  @Test func `counts only what goes beyond the ticket`() throws {
    var logs = RowBuilder()
    logs.add(
      at: 600,
      account: "aoki",
      terminal: "mnt-01",
      owner: "Telecom West",
      records: 50_000,
      ticket: "T-1"
    )
    let incident = try #require(logs.incidents(estate()).first)
    #expect(incident.actor == "person:Aoki Jun")
    #expect(incident.records.low == 47_000)
    #expect(incident.findings.contains { $0.detector == "scope-exceeded" })
  }

  @Test func `sees a small owner taken whole below every limit of records`() throws {
    var logs = RowBuilder()
    logs.add(at: 600, account: "aoki", terminal: "mnt-01", owner: "Kitamachi", records: 1_200)
    let incident = try #require(logs.incidents(estate()).first)
    #expect(incident.findings.contains { $0.detector == "owner-share" })
    #expect(incident.owners.first?.share == 1)
  }

  @Test func `tells the largest share of an owner, not that of the first horizon passed`() throws {
    var logs = RowBuilder()
    for turn in 0..<3 {
      logs.add(
        at: 600 + turn * 20 * 1_440,
        account: "aoki",
        terminal: "mnt-01",
        owner: "Kitamachi",
        records: 400
      )
    }
    let findings = try #require(logs.incidents(estate()).first).findings
    let share = findings.filter { $0.detector == "owner-share" }.map(\.value.high).max()
    #expect(share == 1_000)
  }

  @Test func `leaves an operator's ordinary days alone for a year`() {
    var logs = RowBuilder()
    for day in 0..<250 {
      for view in 0..<150 {
        logs.add(
          at: day * 1_440 + 480 + view * 3,
          account: "op001",
          terminal: "seat-1",
          owner: "Telecom West",
          records: 1,
          operation: .read
        )
      }
    }
    #expect(logs.incidents(estate()).isEmpty)
  }

  @Test func `joins one taking a month into one incident with its recurrence`() throws {
    var logs = RowBuilder()
    for month in 0..<6 {
      logs.add(
        at: month * 43_200 + 600,
        account: "sysadmin",
        terminal: "mnt-03",
        owner: "Telecom West",
        records: 4_000
      )
    }
    let incidents = logs.incidents(estate())
    #expect(incidents.count == 1)
    let incident = try #require(incidents.first)
    #expect(incident.episodes == 6)
    #expect(incident.records == .exactly(24_000))
    #expect(incident.findings.contains { $0.detector == "recurrence" })
  }

  @Test func `keeps two actors on one shared account apart by their terminals`() {
    var logs = RowBuilder()
    logs.add(
      at: 600,
      account: "sysadmin",
      terminal: "mnt-03",
      owner: "Telecom West",
      records: 40_000
    )
    logs.add(
      at: 601,
      account: "sysadmin",
      terminal: "mnt-04",
      owner: "Telecom West",
      records: 30_000
    )
    #expect(logs.incidents(estate()).count == 2)
  }

  @Test func `never takes an export without a count for nothing`() throws {
    var logs = RowBuilder()
    logs.add(at: 600, account: "sysadmin", terminal: "mnt-03", object: "crm.customers")
    let incident = try #require(logs.incidents(estate()).first)
    #expect(incident.records.isUnbounded)
    #expect(incident.records.quality == .unknown)
  }

  @Test func `estimates an export from its bytes as an interval that holds the truth`() throws {
    var logs = RowBuilder()
    logs.add(
      at: 600,
      account: "sysadmin",
      terminal: "mnt-03",
      owner: "Telecom West",
      bytes: 40_000 * 200
    )
    let incident = try #require(logs.incidents(estate()).first)
    #expect(incident.records.low <= 40_000 && incident.records.high >= 40_000)
    #expect(incident.records.quality == .estimated)
  }

  @Test func `sees one terminal behind several accounts that stay below their limits`() {
    var logs = RowBuilder()
    var declared = estate()
    declared.accounts = []
    for account in 0..<5 {
      logs.add(
        at: 600 + account,
        account: "user\(account)",
        terminal: "mnt-09",
        owner: "Telecom West",
        records: 2_900
      )
    }
    let incidents = logs.incidents(declared)
    #expect(incidents.contains { $0.actor == "terminal:mnt-09" && $0.accounts.count == 5 })
  }

  @Test(arguments: [UInt64(31), 32, 33, 34, 35, 36])
  func `no record is told in two incidents, and instructions add up to it`(seed: UInt64) {
    var logs = RowBuilder()
    var random = Seeded(state: seed)
    var declared = estate()
    declared.accounts = []
    declared.tickets = []
    var read: Int64 = 0
    for index in 0..<400 {
      let records = Int64.random(in: 1...(index % 9 == 0 ? 6_000 : 400), using: &random)
      logs.add(
        at: index * Int.random(in: 1..<400, using: &random),
        account: "user\(Int.random(in: 0..<5, using: &random))",
        terminal: "mnt-0\(Int.random(in: 0..<2, using: &random))",
        owner: ["Telecom West", "Kitamachi"].randomElement(using: &random) ?? "",
        records: records
      )
      read += records
    }
    let incidents = logs.incidents(declared).filter { !$0.actor.hasPrefix("organisation:") }
    #expect(!incidents.isEmpty)
    #expect(incidents.reduce(0) { $0 + $1.records.low } <= read)
    for incident in incidents {
      #expect(incident.authorisation.none == incident.records)
      let lookUps = incident.lookUps?.owners ?? []
      let volumes = incident.owners.map(\.records) + lookUps.map(\.records)
      #expect(volumes.reduce(0) { $0 + $1.low } == incident.records.low)
      #expect(volumes.reduce(0) { $0 + $1.high } == incident.records.high)
    }
  }

  @Test func `what several persons at one terminal add up to is no one person's`() {
    var logs = RowBuilder()
    var declared = estate()
    declared.accounts = (1...3).map { number in
      var account = Account(role: .admin)
      account.patterns = [Pattern("adm\(number)")]
      account.persons = ["P\(number)"]
      return account
    }
    for day in 0..<3 {
      logs.add(
        at: 600 + day * 1_440,
        account: "adm\(day + 1)",
        terminal: "desk",
        owner: "Telecom West",
        records: 300
      )
    }
    let incidents = logs.incidents(declared)
    #expect(incidents.map(\.actor) == ["terminal:desk"])
    #expect(incidents.first?.records == .exactly(900))
  }

  @Test func `small reads that only a long sum shows are told with owner, times and total`() {
    var logs = RowBuilder()
    var declared = estate()
    declared.accounts = []
    for index in 0..<500 {
      logs.add(
        at: index * 80,
        account: "root",
        terminal: "10.0.0.\(index % 8)",
        owner: index % 4 == 0 ? "Kitamachi" : "Telecom West",
        records: 40
      )
    }
    let incidents = logs.incidents(declared).filter { $0.actor == "account:root" }
    #expect(incidents.count == 1)
    guard let incident = incidents.first else { return }
    #expect(incident.records == .exactly(20_000))
    #expect(incident.authorisation.none == .exactly(20_000))
    let owners = incident.owners.map { ($0.owner, $0.records.low) }
    #expect(owners.contains { $0 == ("Kitamachi", 5_000) })
    #expect(owners.contains { $0 == ("Telecom West", 15_000) })
    #expect(incident.first.nanoseconds == logs.rows.first?.time)
    #expect(incident.last.nanoseconds == logs.rows.last?.time)
  }

  @Test func `gives the same incidents when it is saved and restored after every row`() throws {
    var logs = RowBuilder()
    var random = Seeded(state: 21)
    for index in 0..<200 {
      logs.add(
        at: index * 700,
        account: ["sysadmin", "aoki", "op1", "op2"].randomElement(using: &random) ?? "",
        terminal: "mnt-0\(index % 3)",
        owner: ["Telecom West", "Kitamachi"][index % 2],
        records: Int64.random(in: 1..<9_000, using: &random)
      )
    }
    let whole = logs.incidents(estate())
    var engine = DetectionEngine(estate: estate(), sources: [], detectors: nil)
    for row in logs.rows {
      engine.apply([row], names: logs.names)
      engine = try DetectionEngine(
        restoring: engine.snapshot(),
        estate: estate(),
        sources: [],
        detectors: nil
      )
    }
    #expect(engine.finish(coverage: Coverage()) == whole)
    #expect(!whole.isEmpty)
  }

  @Test func `refuses a damaged state instead of trapping`() {
    var logs = RowBuilder()
    logs.add(
      at: 600,
      account: "sysadmin",
      terminal: "mnt-03",
      owner: "Telecom West",
      records: 40_000
    )
    var engine = DetectionEngine(estate: estate(), sources: [], detectors: nil)
    engine.apply(logs.rows, names: logs.names)
    let bytes = engine.snapshot()
    var random = Seeded(state: 31)
    for _ in 0..<1_000 {
      var damaged = bytes
      damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
        in: 0...255,
        using: &random
      )
      if Bool.random(using: &random) {
        damaged.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      }
      _ = try? DetectionEngine(restoring: damaged, estate: estate(), sources: [], detectors: nil)
    }
  }
}
