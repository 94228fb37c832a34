import Detection
import Estate
import EventModel
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

@Suite struct `A store that was pruned` {
  private func lines(_ day: Int) -> [String] {
    (0..<4).map { number in
      "{\"time\":\"2024-04-0\(day)T09:0\(number):00Z\",\"user\":\"user\(number)\",\"ip\":\"192.0.2.7\","
        + "\"action\":\"view\",\"object\":\"crm.customers\",\"rows\":1}"
    }
  }

  @Test func `says of an earlier period that who handled what is unknown`() async throws {
    let work = try Workplace()
    try work.write("logs/day.jsonl", (1...9).flatMap(lines))
    let options = NightlyOptions(
      scan: ScanOptions(paths: [work.path + "/logs"], threads: 1),
      now: Timestamp(seconds: 1_712_800_000),
      program: "test",
      estateDigest: [],
      author: "test"
    )
    let store = try Store(path: work.path + "/store", .night)
    let run = NightlyRun(estate: DeclaredEstate(), options: options)
    _ = try await run.run(in: store) { JSONLinesReport.line(of: $0) }
    let days = try #require(try store.ledgerDays())
    let first = CivilCalendar.dayNumber(year: 2024, month: 4, day: 1)
    #expect(days == first...(first + 5))
    func prune(before day: Int) throws -> Int {
      let link = try Pruning.link(
        store,
        before: day,
        program: "test",
        author: "test",
        time: "2024-04-11T00:00:00Z"
      )
      return try store.prune(before: day, link: link)
    }
    func differences(_ period: ClosedRange<Int>) throws -> [StoreDifference] {
      try CoverageStudy(store, DeclaredEstate()).account(period).differences
    }
    // Nothing is so old: nothing is said.
    #expect(try prune(before: first) == 0)
    #expect(try Pruning.day(of: store) == nil)
    #expect(try prune(before: first + 4) == 4)
    #expect(try store.ledgerDays() == (first + 4)...(first + 5))
    #expect(try differences(first...(first + 8)) == [.pruned(before: first + 4)])
    #expect(try differences((first + 3)...(first + 8)) == [.pruned(before: first + 4)])
    #expect(try differences((first + 4)...(first + 8)).isEmpty)
    #expect(try Verification(store).breaches.isEmpty)
  }
}
