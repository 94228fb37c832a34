import Estate
import EventModel
import Foundation
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// How late a line may come is what the estate declares, for nights and watches alike.
@Suite struct `A line that comes five days late` {
  private static let now: Int64 = 1_711_929_600 + 20 * 86_400

  private func line(_ user: String, daysAgo: Int64) -> String {
    let time = Timestamp(seconds: Self.now - daysAgo * 86_400 - 7_200)
    return "{\"time\":\"\(time)\",\"user\":\"\(user)\",\"ip\":\"192.0.2.7\",\"action\":\"export\","
      + "\"owner\":\"Minato Gas\",\"object\":\"crm.customers\",\"rows\":9000}"
  }

  private func estate(_ work: Workplace, _ lateness: String) throws -> DeclaredEstate {
    try work.write(
      "ometsuke.yml",
      [
        "policy: {lateness: \(lateness)}", "owners: [{name: Minato Gas}]",
        "sources: [{name: crm, paths: [logs/*], format: jsonl, fields: {time: time, account: user,"
          + " terminal: ip, operation: action, owner: owner, object: object, records: rows}}]",
      ]
    )
    return try EstateFile.load(path: work.path + "/ometsuke.yml").estate
  }

  private func options(_ work: Workplace) -> NightlyOptions {
    NightlyOptions(
      scan: ScanOptions(paths: [work.path + "/logs"], threads: 1),
      now: Timestamp(seconds: Self.now),
      program: "test",
      estateDigest: [],
      author: "test"
    )
  }

  @Test(arguments: ["48h", "500h", "31d"])
  func `is judged by a night where that is declared, and told with its source where not`(
    lateness: String
  ) async throws {
    let work = try Workplace()
    let estate = try estate(work, lateness)
    let store = try Store(path: work.path + "/store", .night)
    var found: NightlyOutcome?
    for (name, user, days) in [("a", "recent", Int64(0)), ("b", "late1", 5)] {
      try work.write("logs/\(name)", [line(user, daysAgo: days)])
      found = try await NightlyRun(estate: estate, options: options(work)).run(in: store) {
        JSONLinesReport.line(of: $0)
      }
    }
    let outcome = try #require(found)
    let isKnown = outcome.result.incidents.summaries.contains { $0.actor.contains("late1") }
    #expect(isKnown == (lateness != "48h"))
    let told = outcome.notices.map(\.english).filter { $0.contains("came later than") }
    #expect(
      told
        == (lateness == "48h"
          ? ["1 event came later than 48 hours (crm 1): it is counted, and was not judged."] : [])
    )
  }

  @Test(arguments: ["48h", "500h"])
  func `is judged by a watch where that is declared`(lateness: String) async throws {
    let work = try Workplace()
    let estate = try estate(work, lateness)
    let store = try Store(path: work.path + "/store", .night)
    try work.write("logs/a", [line("recent", daysAgo: 0)])
    let watch = try await Watch(
      estate: estate,
      options: WatchOptions(night: options(work)),
      store: store,
      render: { JSONLinesReport.line(of: $0) }
    )
    try work.write("logs/b", [line("late1", daysAgo: 5)])
    watch.needsSearch = true
    while try await watch.round() {}
    let isKnown = watch.judge().incidents.contains { $0.actor.contains("late1") }
    #expect(isKnown == (lateness != "48h"))
  }
}
