import Estate
import EventModel
import Testing

@testable import Detection

/// Days of many times what is usual.
struct RushTests {
  @Test(arguments: [1, 4])
  func `every look-up of such days is in the incident, those before the limit too`(days: Int) throws
  {
    var estate = DeclaredEstate()
    var agent = Account(role: .operator)
    agent.patterns = [Pattern("op*")]
    estate.accounts = [agent]
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
    for day in 0..<20 + days {
      for account in 0..<8 {
        add(account, on: day, account == 7 && day >= 20 ? 500 : 15)
      }
    }
    rows.sort { ($0.time, $0.digest) < ($1.time, $1.digest) }
    var engine = DetectionEngine(estate: estate, sources: [], detectors: ["record-enumeration"])
    engine.apply(rows, names: names)
    let told = engine.finish(coverage: Coverage())
    #expect(told.map(\.actor) == ["account:op7"])
    let records = try #require(told.first?.records)
    #expect(records.low <= Int64(days * 500) && records.high >= Int64(days * 500), "\(records)")
    #expect(records.high <= Int64(days * 500 + 20), "\(records)")
  }
}
