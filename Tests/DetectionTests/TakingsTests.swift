import Estate
import EventModel
import Testing

@testable import Detection

private let day = 24 * 60
private let start: Int64 = 1_711_929_600

private func estate() -> DeclaredEstate {
  var estate = DeclaredEstate()
  estate.owners = ["Telecom West", "Denryoku", "Kitamachi"].map {
    var owner = Owner(name: $0)
    owner.delivered = 400_000
    return owner
  }
  var admin = Account(role: .admin)
  admin.patterns = [Pattern("aoki")]
  admin.persons = ["Aoki Jun"]
  estate.accounts = [admin]
  return estate
}

extension RowBuilder {
  fileprivate mutating func read(
    at minute: Int,
    _ owner: String,
    _ records: Int64,
    ticket: String = ""
  ) {
    add(
      at: minute,
      account: "aoki",
      terminal: "mnt-01",
      owner: owner,
      records: records,
      operation: records >= 100 ? .export : .read,
      ticket: ticket
    )
  }

  /// Two look-ups of two owners a day.
  fileprivate mutating func lookUps(_ days: Range<Int>) {
    for index in days {
      read(at: index * day + 500, "Kitamachi", 1)
      read(at: index * day + 900, "Telecom West", 2)
    }
  }
}

private func time(_ minute: Int) -> Timestamp { Timestamp(seconds: start + Int64(minute) * 60) }

private func sum(_ incident: Incident) -> Int64 {
  incident.owners.reduce(incident.lookUps?.records.low ?? 0) { $0 + $1.records.low }
}

/// When something was taken and whose it was, apart from what the same person looks up.
struct TakingsTests {
  @Test(arguments: [[100], [100, 130, 131], [20, 220, 399]])
  func `a person's look-ups of a year blur neither dates nor owners of takings`(
    days: [Int]
  )
    throws
  {
    var logs = RowBuilder()
    logs.lookUps(0..<400)
    for index in days { logs.read(at: index * day + 600, "Denryoku", 60_000) }
    let incidents = logs.incidents(estate())
    #expect(incidents.map(\.actor) == ["person:Aoki Jun"])
    let incident = try #require(incidents.first)
    let first = try #require(days.first)
    let last = try #require(days.last)
    #expect(incident.owners.map(\.owner) == ["Denryoku"])
    #expect(incident.owners.first?.records == .exactly(Int64(days.count) * 60_000))
    for (from, to) in [(incident.first, incident.last)]
      + incident.owners.map({ ($0.first, $0.last) })
    {
      #expect(from == time(first * day + 600) && to == time(last * day + 600))
    }
    let lookUps = try #require(incident.lookUps)
    #expect(Set(lookUps.owners.map(\.owner)) == ["Kitamachi", "Telecom West"])
    #expect(lookUps.first < time(first * day))
    #expect(lookUps.last == time(399 * day + 900))
    #expect((500...1_200).contains(lookUps.records.low))
    #expect(sum(incident) == incident.records.low)
    #expect(incident.authorisation.none == incident.records)
  }

  @Test
  func `look-ups before a long horizon stand beside nothing, and bulk reads lend them no date`()
    throws
  {
    for lookUp in [0, 60, 105] {
      var logs = RowBuilder()
      logs.read(at: lookUp * day + 500, "Denryoku", 10)
      for index in 1...3 { logs.read(at: index * 35 * day + 600, "Denryoku", 7_000) }
      let incident = try #require(logs.incidents(estate()).first)
      #expect(incident.owners.map(\.records) == [.exactly(21_000)])
      #expect(incident.first == time(35 * day + 600))
      if lookUp == 0 {
        // 90 days before the third taking begin later.
        #expect(incident.lookUps == nil)
        #expect(incident.records == .exactly(21_000))
      } else {
        #expect(incident.records == .exactly(21_010))
        let lookUps = try #require(incident.lookUps)
        #expect(lookUps.records == .exactly(10))
        #expect(lookUps.first == time(lookUp * day + 500))
        #expect(lookUps.last.dayNumber() == time(lookUp * day).dayNumber())
      }
    }
  }

  @Test func `a finding that grows tells what raised it and when its value was reached`() throws {
    var logs = RowBuilder()
    for index in 0..<8 { logs.read(at: index * 35 * day + 600, "Denryoku", 7_000) }
    let findings = logs.incidents(estate()).flatMap(\.findings)
    let slow = try #require(findings.first { $0.detector == "low-and-slow" })
    #expect(slow.time == time(70 * day + 600))
    #expect(slow.raised == Finding.Raised(window: "90d", value: .exactly(21_000), limit: 20_000))
    #expect(slow.window == "365d")
    #expect(slow.value == .exactly(56_000))
    #expect(slow.limit == 30_000)
    #expect(slow.peak == time(7 * 35 * day + 600))
    let single = try #require(findings.first { $0.detector == "bulk-export" })
    #expect(single.raised == nil)
    #expect(single.peak == single.time)
  }

  @Test func `pages whose sum passes a limit within a day are taken, beside bulk reads too`() throws
  {
    var logs = RowBuilder()
    logs.lookUps(0..<149)
    logs.read(at: 30 * day + 600, "Denryoku", 60_000)
    // After the long sums have been passed, so that each page comes in as a look-up at first.
    for page in 0..<200 { logs.read(at: 150 * day + 1_000 + page, "Kitamachi", 50) }
    let incident = try #require(logs.incidents(estate()).first)
    #expect(Set(incident.owners.map(\.owner)) == ["Denryoku", "Kitamachi"])
    let paged = try #require(incident.owners.first { $0.owner == "Kitamachi" })
    #expect(paged.records == .exactly(10_000))
    #expect(paged.first == time(150 * day + 1_000))
    #expect(paged.last == time(150 * day + 1_199))
    #expect(incident.first == time(30 * day + 600))
    #expect(sum(incident) == incident.records.low)
  }

  @Test func `small reads that are most of it are the suspicion themselves`() throws {
    var logs = RowBuilder()
    for index in 0..<1_000 { logs.read(at: index * 400, "Kitamachi", 60) }
    logs.read(at: 50 * day, "Denryoku", 5_200)
    let incident = try #require(logs.incidents(estate()).first)
    #expect(incident.lookUps == nil)
    #expect(Set(incident.owners.map(\.owner)) == ["Denryoku", "Kitamachi"])
    #expect(incident.first < time(30 * day))
    #expect(incident.last == time(999 * 400))
    #expect(incident.records.low > 60_000)
    #expect(sum(incident) == incident.records.low)
  }

  @Test(arguments: [4, 400])
  func `pages under a ticket beyond its number are told as exceeded`(minutes: Int) throws {
    var declared = estate()
    declared.declaresTickets = true
    var ticket = Ticket(id: "T-1", opened: Timestamp(seconds: start))
    ticket.closed = Timestamp(seconds: start + 300 * 86_400)
    ticket.owner = "Kitamachi"
    ticket.executor = "aoki"
    ticket.mostRecords = 1_000
    declared.tickets = [ticket]
    var logs = RowBuilder()
    // Within hours a short window is passed, over months a long one.
    for page in 0..<900 { logs.read(at: 600 + page * minutes, "Kitamachi", 50, ticket: "T-1") }
    let incident = try #require(logs.incidents(declared).first)
    #expect(incident.authorisation.within == .exactly(1_050))
    #expect(incident.authorisation.exceeded == incident.records)
    #expect(incident.authorisation.none == .none)
    #expect((30_000...43_950).contains(incident.records.low))
  }

  @Test func `the split is the same after every restore`() throws {
    var logs = RowBuilder()
    logs.lookUps(0..<120)
    logs.read(at: 30 * day + 600, "Denryoku", 60_000)
    for page in 0..<120 { logs.read(at: 90 * day + 1_000 + page, "Kitamachi", 50) }
    logs.rows.sort { ($0.time, $0.digest) < ($1.time, $1.digest) }
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
    #expect(whole.first?.lookUps != nil)
  }
}
