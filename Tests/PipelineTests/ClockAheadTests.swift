import Detection
import Estate
import EventModel
import Foundation
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Logs of a machine whose clock runs ahead: what comes later was before.
@Suite struct `A clock that is ahead` {
  private func line(_ time: String, _ user: String, _ rows: Int) -> String {
    "{\"time\":\"\(time)\",\"user\":\"\(user)\",\"ip\":\"192.0.2.7\",\"action\":\"export\","
      + "\"object\":\"crm.customers\",\"rows\":\(rows)}"
  }

  /// Of so many days; on the third day one of 2099, on the fourth one two days ahead.
  private func lines(_ days: Int) -> [String] {
    (1...days).flatMap { day -> [String] in
      let date = "2024-04-0\(day)"
      let usual = (0..<12).map { line("\(date)T\($0 + 10):00:00Z", "user\($0 % 3)", 1 + $0 % 2) }
      let bulk = [line("\(date)T23:10:00Z", "admin", 2_000 * day)]
      switch day {
      case 3: return usual + bulk + [line("2099-04-03T05:01:00Z", "user1", 5_000)]
      case 4: return usual + bulk + [line("2024-04-06T05:01:00Z", "user2", 30_000)]
      default: return usual + bulk
      }
    }
  }

  @Test func `leaves the nights' incidents those of one scan, text for text`() async throws {
    let work = try Workplace()
    let path = work.path + "/store"
    for day in 1...7 where day != 5 {
      try work.write("logs/crm.jsonl", lines(day))
      let scanned = ScanOptions(paths: [work.path + "/logs"], threads: 1)
      let options = NightlyOptions(
        scan: scanned,
        now: Timestamp(seconds: 1_711_944_000 + Int64(day) * 86_400),
        program: "test",
        estateDigest: [],
        author: "test"
      )
      let store = try Store(path: path, .night)
      let outcome = try await NightlyRun(estate: DeclaredEstate(), options: options).run(in: store)
      {
        JSONLinesReport.line(of: $0)
      }
      try store.markTold(night: outcome.night.id, at: 0)
      let scan = BatchScan(estate: DeclaredEstate(), options: scanned)
      var engine = DetectionEngine(
        estate: DeclaredEstate(),
        sources: scan.sources,
        detectors: nil
      )
      let result = try await scan.run(&engine)
      let expected = result.incidents.map { JSONLinesReport.line(of: $0) }.sorted()
      let standing = try store.incidents().filter { !$0.isWithdrawn }.map(\.body).sorted()
      #expect(standing == expected, "day \(day)")
      #expect(!expected.isEmpty)
      // What only adds to the sums beside a finding is not told again.
      let before = try store.incidents().filter(\.isUntold)
      #expect(before.isEmpty)
    }
  }

  @Test func `moves nothing of logs that lie days behind the clock`() async throws {
    let work = try Workplace()
    let store = try Store(path: work.path + "/store", .night)
    func night(_ day: Int64, _ lines: [String]) async throws -> NightlyOutcome {
      try work.write("logs/crm.jsonl", lines)
      let options = NightlyOptions(
        scan: ScanOptions(paths: [work.path + "/logs"], threads: 1),
        now: Timestamp(seconds: 1_711_944_000 + day * 86_400),
        program: "test",
        estateDigest: [],
        author: "test"
      )
      return try await NightlyRun(estate: DeclaredEstate(), options: options).run(in: store) {
        JSONLinesReport.line(of: $0)
      }
    }
    let usual = (1...3).map { line("2024-04-0\($0)T10:00:00Z", "admin", 10) }
    let first = usual + [line("2099-01-01T00:00:00Z", "user1", 1)]
    // The logs are five days old; the newest line but the odd one is of the third.
    _ = try await night(8, first)
    let next = try await night(9, first + [line("2024-04-03T12:00:00Z", "admin", 5_000)])
    #expect(next.night.late == 0)
    #expect(next.result.incidents.contains { $0.accounts == ["admin"] })
  }
}
