import Estate
import EventModel
import Testing

@testable import Detection

/// Where the intervals of an incident end.
struct IntervalEndTests {
  private static func estate() -> DeclaredEstate {
    var estate = DeclaredEstate()
    var agent = Account(role: .operator)
    agent.patterns = [Pattern("op*")]
    estate.accounts = [agent]
    return estate
  }

  /// A keyed hash of a number.
  private static func hash(_ number: UInt64) -> UInt64 {
    var state = number &* 0x9e37_79b9_7f4a_7c15
    state = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    state = (state ^ (state >> 27)) &* 0x94d0_49bb_1331_11eb
    return state ^ (state >> 31)
  }

  /// With one detector alone there is no ledger, which else bounds the persons.
  @Test(
    arguments: [0, 100_000, 200_000, 300_000] as [UInt64],
    [nil, ["look-up-without-call"]] as [Set<String>?]
  )
  func `persons are no more than the records they are of`(
    offset: UInt64,
    detectors: Set<String>?
  ) throws {
    var names = NameTable()
    var rows: [EventRow] = []
    for day in 0..<12 {
      for turn in 0..<130 {
        let second = Int64(1_711_929_600 + day * 86_400 + 32_400 + turn * 200)
        var row = EventRow(time: second * 1_000_000_000)
        row.account = names.intern("op7")
        row.owner = names.intern("Kitamachi")
        row.operation = .read
        row.volume = .exactly(1)
        row.flags = [.statesCalls]
        row.digest = UInt64(rows.count + 1)
        row.subject = Self.hash(offset + row.digest)
        rows.append(row)
      }
    }
    var engine = DetectionEngine(estate: Self.estate(), sources: [], detectors: detectors)
    engine.apply(rows, names: names)
    let told = engine.finish(coverage: Coverage())
    let incident = try #require(told.first { $0.accounts == ["op7"] })
    let owner = try #require(incident.owners.first)
    #expect(owner.records.high == 1_560 && owner.records.low < 1_560, "\(owner.records)")
    #expect(owner.subjects.low <= owner.records.low, "\(owner)")
    #expect(owner.subjects.high <= owner.records.high, "\(owner)")
    #expect(owner.subjects.high >= 1_560, "\(owner)")
  }

  /// An export before any ticket, and one some hours before a ticket that covers it and that it may name.
  @Test(arguments: ["", "T-1"])
  func `what an instruction that came afterwards covers is told apart in the upper end`(
    ticketNamed: String
  ) throws {
    var declared = DeclaredEstate()
    var owner = Owner(name: "Kitamachi")
    owner.delivered = 60_000
    declared.owners = [owner]
    var administrator = Account(role: .admin)
    administrator.patterns = [Pattern("adm1")]
    declared.accounts = [administrator]
    declared.declaresTickets = true
    let hour = 60
    var logs = RowBuilder()
    logs.add(at: hour, account: "adm1", owner: "Kitamachi", records: 9_000)
    logs.add(
      at: 50 * hour,
      account: "adm1",
      owner: "Kitamachi",
      records: 3_000,
      ticket: ticketNamed
    )
    let covered = try #require(logs.rows.last?.time)
    var ticket = Ticket(
      id: "T-1",
      opened: Timestamp(nanoseconds: covered + 3_600_000_000_000)
    )
    ticket.closed = Timestamp(nanoseconds: covered + 24 * 3_600_000_000_000)
    ticket.owner = "Kitamachi"
    ticket.executor = "adm1"
    ticket.mostRecords = 5_000
    declared.tickets = [ticket]
    let incident = try #require(logs.incidents(declared).first { $0.accounts == ["adm1"] })
    let told = try #require(incident.owners.first)
    let late: Int64 = ticketNamed.isEmpty ? 3_000 : 0
    #expect(told.late == late && incident.late == late, "\(incident)")
    #expect(told.records.low == 9_000 && told.records.high == 9_000 + late, "\(told)")
    #expect(told.subjects.high == told.records.high, "\(told)")
    #expect(incident.authorisation.late.high == 3_000)
    #expect(incident.taken == told.records)
  }

  /// The second time after a year and a half: what joined then says nothing of what was read now.
  @Test(arguments: [1, 2])
  func `of days with a rate that lasts all look-ups are in question`(times: Int) throws {
    var names = NameTable()
    var rows: [EventRow] = []
    func add(_ account: Int, on day: Int, _ views: Int) {
      for turn in 0..<views {
        let second = day * 86_400 + 32_400 + turn * 28_800 / views
        var row = EventRow(time: (1_711_929_600 + Int64(second)) * 1_000_000_000)
        row.account = names.intern("op\(account)")
        row.owner = names.intern("Kitamachi")
        row.operation = .read
        row.volume = .exactly(1)
        row.digest = UInt64(rows.count + 1)
        rows.append(row)
      }
    }
    let (before, days, views) = (15, 26, 130)
    for time in 0..<times {
      for day in 0..<before + days {
        for account in 0..<30 {
          add(account, on: time * 560 + day, account == 7 && day >= before ? views : 15)
        }
      }
    }
    rows.sort { ($0.time, $0.digest) < ($1.time, $1.digest) }
    var engine = DetectionEngine(
      estate: Self.estate(),
      sources: [],
      detectors: ["record-enumeration"]
    )
    engine.apply(rows, names: names)
    let told = engine.finish(coverage: Coverage())
    #expect(told.map(\.actor) == ["account:op7"])
    let records = try #require(told.first?.records)
    let all = Int64(times * days * views)
    let beyond = Int64(times * days * (views - 40))
    #expect(records.high == all, "\(records)")
    // As many as are usual may be work.
    #expect(records.low <= beyond, "\(records)")
  }
}
