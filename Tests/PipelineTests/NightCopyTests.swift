import Detection
import Estate
import EventModel
import Foundation
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Files that hold what earlier nights have read.
@Suite struct `A copy on a later night` {
  private func lines(_ day: Int) -> [String] {
    (0..<40).map { number in
      let minute = number < 10 ? "0\(number)" : "\(number)"
      return
        "{\"time\":\"2024-04-0\(day)T09:\(minute):00Z\",\"user\":\"user\(number % 4)\",\"ip\":\"192.0.2.7\","
        + "\"action\":\"export\",\"object\":\"crm.customers\",\"rows\":\(number == 7 ? 900 * day : 1)}"
    }
  }

  private func night(_ work: Workplace, _ store: String, day: Int64) async throws -> NightlyOutcome
  {
    let options = NightlyOptions(
      scan: ScanOptions(paths: [work.path + "/logs"], threads: 1),
      now: Timestamp(seconds: 1_711_929_600 + day * 86_400),
      program: "test",
      estateDigest: [],
      author: "test"
    )
    let held = try Store(path: store, .night)
    let outcome = try await NightlyRun(estate: DeclaredEstate(), options: options).run(in: held) {
      JSONLinesReport.line(of: $0)
    }
    try held.markTold(night: outcome.night.id, at: 0)
    return outcome
  }

  /// What was found, places of evidence left out: another file holds the same lines.
  private func found(_ incidents: IncidentList) -> [String] {
    incidents.map { incident in
      "\(incident.id) \(incident.severity) \(incident.records) "
        + incident.findings.map { "\($0.id) \($0.value) \($0.events)" }.joined(separator: ", ")
    }
  }

  private func scan(_ work: Workplace) async throws -> ScanResult {
    let scan = BatchScan(
      estate: DeclaredEstate(),
      options: ScanOptions(paths: [work.path + "/logs"], threads: 1)
    )
    var engine = DetectionEngine(
      estate: DeclaredEstate(),
      sources: scan.sources,
      detectors: nil,
      dayOffset: 0
    )
    return try await scan.run(&engine)
  }

  @Test func `and a clock that is set back, and nights that are missing, change nothing`()
    async throws
  {
    let work = try Workplace()
    let store = work.path + "/store"
    try work.write("logs/day.jsonl", lines(1))
    #expect(try await night(work, store, day: 1).notices.isEmpty)
    // Ten years back.
    try work.write("logs/day.jsonl", lines(1) + lines(2))
    let back = try await night(work, store, day: -3650)
    #expect(back.notices.map(\.kind) == [.clock] && back.night.lines == 40)
    #expect(try await found(back.result.incidents) == found(scan(work).incidents))
    // Right again, after three nights that did not run.
    try work.write("logs/day.jsonl", (1...5).flatMap { lines($0) })
    let right = try await night(work, store, day: 5)
    #expect(right.notices.map(\.kind) == [.missedNight] && right.night.late == 0)
    #expect(try await found(right.result.incidents) == found(scan(work).incidents))
    #expect(try await night(work, store, day: 6).notices.isEmpty)
    #expect(try Verification(Store(path: store, .reading)).breaches.isEmpty)
  }

  @Test(arguments: [false, true])
  func `that is put together from what was read counts nothing twice`(isGone: Bool) async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    for day in 1...3 {
      try work.write("logs/day-\(day).jsonl", lines(day))
      #expect(try await night(work, store, day: Int64(day)).notices.isEmpty)
    }
    let before = try await scan(work)
    if isGone {
      for day in 1...3 {
        try FileManager.default.removeItem(atPath: work.path + "/logs/day-\(day).jsonl")
      }
    }
    try work.write("logs/month.jsonl", (1...3).flatMap { lines($0) })
    let joined = try await night(work, store, day: 4)
    #expect(joined.night.late == 0 && joined.night.lines == 0)
    #expect(joined.notices.filter { $0.kind == .copy }.count == 1)
    #expect(found(joined.result.incidents) == found(before.incidents))
    #expect(try await found(scan(work).incidents) == found(before.incidents))
    // A month that goes on is a log of its own from there on.
    try work.write("logs/day-4.jsonl", lines(4))
    let next = try await night(work, store, day: 5)
    #expect(next.night.lines == 40 && next.night.late == 0)
    #expect(!next.notices.contains { $0.kind == .copy })
  }
}
