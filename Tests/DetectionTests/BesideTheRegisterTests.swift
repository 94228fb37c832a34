import Estate
import EventModel
import Testing

@testable import Detection

private let day = 24 * 60

private func estate(declaresTickets: Bool) -> DeclaredEstate {
  var estate = DeclaredEstate()
  var owner = Owner(name: "Kitamachi")
  owner.delivered = 60_000
  owner.bytesPerRecord = 150...300
  estate.owners = [owner]
  var supervisor = Account(role: .supervisor)
  supervisor.patterns = [Pattern("sup1")]
  var administrator = Account(role: .admin)
  administrator.patterns = [Pattern("adm1")]
  estate.accounts = [supervisor, administrator]
  estate.declaresTickets = declaresTickets
  return estate
}

/// What adds up beside a register, and counts that a line itself contradicts.
struct BesideTheRegisterTests {
  @Test func `a supervisor who takes a set in parts beside the register is told`() throws {
    var logs = RowBuilder()
    for month in 0..<4 {
      logs.add(
        at: month * 30 * day + 600,
        account: "sup1",
        owner: "Kitamachi",
        records: 9_000 + Int64(month % 2)
      )
    }
    let told = logs.incidents(estate(declaresTickets: true), detectors: ["owner-share"])
    let incident = try #require(told.first)
    #expect(incident.severity == .low)
    #expect(incident.findings.map(\.window) == ["365d"])
    #expect(incident.records.low == 36_002)
    // Where there is no register nothing says that lists need an instruction.
    #expect(logs.incidents(estate(declaresTickets: false), detectors: ["owner-share"]).isEmpty)
  }

  @Test func `small reads of a supervisor stay his routine beside a register`() {
    var logs = RowBuilder()
    for turn in 0..<900 {
      logs.add(
        at: turn * day,
        account: "sup1",
        owner: "Kitamachi",
        records: 90,
        operation: .read
      )
    }
    #expect(logs.incidents(estate(declaresTickets: true), detectors: ["owner-share"]).isEmpty)
  }

  @Test func `bytes that hold far more than the line states are not passed over`() throws {
    var logs = RowBuilder()
    logs.add(at: 600, account: "adm1", owner: "Kitamachi", records: 10, bytes: 9_000_000)
    let incident = try #require(logs.incidents(estate(declaresTickets: false)).first)
    #expect(incident.records.low == 10)
    #expect(incident.records.high == 60_000)
    #expect(incident.records.quality == .estimated)
    var fitting = RowBuilder()
    fitting.add(at: 600, account: "adm1", owner: "Kitamachi", records: 10, bytes: 20_000)
    #expect(fitting.incidents(estate(declaresTickets: false)).isEmpty)
  }

  /// A set of none is a slip of the pen, one of 18 digits as many records as may be declared.
  @Test(arguments: [0, 1, 10_000_000_000_000_000, 999_999_999_999_999_999] as [Int64])
  func `whatever size a set is declared with, its share is told or left open`(
    size: Int64
  ) throws {
    for records in [20_000, nil] as [Int64?] {
      var logs = RowBuilder()
      logs.add(at: 600, account: "adm1", owner: "Kitamachi", records: records, bytes: 9_000_000)
      var declared = estate(declaresTickets: false)
      declared.owners[0].delivered = size
      let incident = try #require(logs.incidents(declared).first)
      let owner = try #require(incident.owners.first)
      #expect(owner.share.map { $0 <= 1 } ?? true, "\(owner)")
      if size == 0 { #expect(owner.share == nil && owner.subjects.high == owner.records.high) }
    }
  }

  @Test func `of what was refused nobody knows whether anything went out`() throws {
    var logs = RowBuilder()
    logs.add(at: 600, account: "adm1", owner: "Kitamachi", records: 50_000)
    logs.rows[0].outcome = .failure
    let incident = try #require(logs.incidents(estate(declaresTickets: false)).first)
    #expect(incident.records.low == 0)
    #expect(incident.records.high == 50_000)
  }
}
