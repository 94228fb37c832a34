import Estate
import EventModel
import Testing

@testable import Detection

/// What led to a finding of small reads is in the incident once, and nothing else is.
struct LedIntoTests {
  private static func estate() -> DeclaredEstate {
    var estate = DeclaredEstate()
    estate.owners = [Owner(name: "Kitamachi")]
    estate.owners[0].delivered = 400_000
    for (name, role) in [("op*", .operator), ("adm*", .admin)] as [(String, Role)] {
      var account = Account(role: role)
      account.patterns = [Pattern(name)]
      estate.accounts.append(account)
    }
    return estate
  }

  /// Look-ups of one day, every second of them without a call, as far as there are both.
  private static func lookUps(
    _ logs: inout RowBuilder,
    on day: Int,
    called: Int,
    alone: Int
  ) {
    var left = (called: called, alone: alone)
    for turn in 0..<called + alone {
      logs.add(
        at: day * 1_440 + 540 + turn,
        account: "op7",
        owner: "Kitamachi",
        records: 1,
        operation: .read
      )
      let isCalled = left.alone == 0 || left.called > 0 && turn % 2 == 0
      if isCalled { left.called -= 1 } else { left.alone -= 1 }
      logs.rows[logs.rows.count - 1].flags = isCalled ? [.statesCalls, .call] : .statesCalls
      logs.rows[logs.rows.count - 1].subject = logs.rows[logs.rows.count - 1].digest
    }
  }

  /// Longer than anything is kept by days; a pause of four weeks in it.
  @Test func `a chain of look-ups without a call is told whole, once, less what is usual`() throws {
    var logs = RowBuilder()
    let days = (0..<200).filter { $0 % 7 < 5 && !(100..<128).contains($0) }
    for day in days { Self.lookUps(&logs, on: day, called: 60, alone: 80) }
    let incident = try #require(logs.incidents(Self.estate()).first)
    let alone = Int64(days.count * 80)
    // Ten a day are usual at most.
    #expect(incident.records.high == alone, "\(incident.records)")
    #expect((alone - alone / 7...alone - alone / 9).contains(incident.records.low))
    let owner = try #require(incident.owners.first)
    #expect(owner.records == incident.records, "\(owner.records)")
  }

  /// 700 look-ups a day without a call are too many.
  ///
  /// So are 1,400 with one; on two days of fifteen the telephone rings all day, and what it asks for is work.
  @Test(arguments: [(40, 700, 30), (600, 700, 30), (1_400, 2_100, 30), (1_400, 700, 2)])
  func `what a call asked for is in question where calls alone ask for too many`(
    called: Int,
    inQuestion: Int,
    days: Int
  ) throws {
    var logs = RowBuilder()
    for day in 0..<30 {
      Self.lookUps(&logs, on: day, called: day % 15 < days ? called : 40, alone: 700)
    }
    let incident = try #require(
      logs.incidents(Self.estate(), detectors: ["record-enumeration"]).first
    )
    // As many at least as are beyond the usual, which is 660 as long as no peers are known.
    let told = incident.records.high
    let most = Int64(inQuestion * 30 + (days < 30 ? 5_000 : 1_300))
    #expect((Int64(inQuestion * 30)...most).contains(told), "\(told)")
  }

  /// Pages of a hundred are taken in bulk; a walk ends with a smaller one.
  @Test func `a walk by pages joins nothing again with its last one`() throws {
    var logs = RowBuilder()
    func mark(_ key: Int) -> UInt8 { UInt8(1 + key * 37 % 251) }
    var total = 0
    for day in 0..<6 {
      for page in 0...40 {
        let count = page == 40 ? 23 : 100
        logs.add(
          at: day * 1_440 + 1_020 + page,
          account: "adm1",
          terminal: "mnt-pc01",
          owner: "Kitamachi",
          records: Int64(count),
          operation: .read
        )
        let key = day * 41 + page
        logs.rows[logs.rows.count - 1].begins = mark(key)
        logs.rows[logs.rows.count - 1].continues = mark(key + 1)
        total += count
      }
    }
    let incident = try #require(logs.incidents(Self.estate()).first)
    #expect(incident.findings.contains { $0.detector == "record-enumeration" })
    #expect(incident.records == .exactly(Int64(total)), "\(incident.records), \(total) read")
  }
}
