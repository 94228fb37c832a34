import Detection
import Estate
import EventModel
import Foundation
import Glibc
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// A log that nights have read, edited while it moves: what they took of it is not taken again, and what was done is told.
@Suite struct `A sealed log that was edited on its way` {
  private func line(_ number: Int, day: Int = 2, rows: Int = 1) -> String {
    let time = "2024-04-0\(day)T09:\(String(10 + number / 60)):\(String(10 + number % 50))Z"
    return "{\"time\":\"\(time)\",\"user\":\"user\(number % 4)\",\"ip\":\"192.0.2.7\","
      + "\"action\":\"export\",\"object\":\"crm.customers\",\"number\":\(number),\"rows\":\(rows)}"
  }

  private func night(_ work: Workplace, _ day: Int64) async throws -> NightlyOutcome {
    try await work.night(day, in: Store(path: work.path + "/store", .night))
  }

  enum Edit: String, CaseIterable {
    /// Within the first 4 KiB, behind them, within the last.
    case secondLineCut, middleLineCut, lastLineButOneCut, secondLineChanged
  }

  enum Way: String, CaseIterable {
    case compressed, renamed, awayForNights, compressedAfterNights
  }

  private func edited(_ lines: [String], _ edit: Edit) -> [String] {
    var lines = lines
    switch edit {
    case .secondLineCut: lines.remove(at: 1)
    case .middleLineCut: lines.remove(at: 60)
    case .lastLineButOneCut: lines.remove(at: lines.count - 2)
    case .secondLineChanged: lines[1] = line(1, rows: 9)
    }
    return lines
  }

  @Test(arguments: Edit.allCases, Way.allCases)
  func `is told as altered and counted once`(_ edit: Edit, _ way: Way) async throws {
    let work = try Workplace()
    let long = (0..<200).map { line($0) }
    try work.write("logs/day.jsonl", long)
    try work.write("logs/next.jsonl", (0..<60).map { line($0, day: 3) })
    #expect(try await night(work, 3).night.events == 260)
    let (log, kept) = (work.path + "/logs/day.jsonl", work.path + "/kept")
    var last: Int64 = 4
    if way == .awayForNights || way == .compressedAfterNights {
      #expect(rename(log, kept) == 0)
      for _ in 0..<3 {
        _ = try await night(work, last)
        last += 1
      }
    }
    try work.write("logs/new", edited(long, edit))
    try? FileManager.default.removeItem(atPath: log)
    let name = way == .renamed ? "day.jsonl.1" : "day.jsonl"
    #expect(rename(work.path + "/logs/new", work.path + "/logs/" + name) == 0)
    if way == .compressed || way == .compressedAfterNights {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/gzip")
      process.arguments = [log]
      try process.run()
      process.waitUntilExit()
    }
    let outcome = try await night(work, last)
    // Of the last 4 KiB that were taken only the whole is known: an edit within them has them read again.
    let most = edit == .lastLineButOneCut ? 4_096 / long[0].utf8.count + 1 : 0
    #expect(outcome.night.events <= most, "\(outcome.night.events)")
    let told = outcome.notices.filter { $0.kind == .seal }
    #expect(told.count == 1 && !told[0].english.contains("the log is gone"), "\(told)")
    let found = try Verification(Store(path: work.path + "/store", .reading))
    #expect(!found.breaches.isEmpty && found.gone.isEmpty, "\(found.breaches) \(found.gone)")
    #expect(try await night(work, last + 1).night.events == 0)
  }

  /// Neither the place of a log that was let go nor its name makes another log of it.
  @Test func `is none that begins like it, or has its name`() async throws {
    let work = try Workplace()
    try work.write("logs/day.jsonl", (0..<200).map { line($0) })
    _ = try await night(work, 3)
    try FileManager.default.removeItem(atPath: work.path + "/logs/day.jsonl")
    try work.write("logs/day.jsonl.1", (0..<200).map { line($0, day: 3) })
    let outcome = try await night(work, 4)
    #expect(outcome.night.events == 200)
    let found = try Verification(Store(path: work.path + "/store", .reading))
    #expect(found.breaches.isEmpty && found.gone.count == 1, "\(found.breaches)")
  }

  /// A log in the place of another: its lines were not altered, they are not there.
  @Test func `does not make evidence altered that is gone`() async throws {
    let work = try Workplace()
    try work.write("logs/day.jsonl", (0..<200).map { line($0, rows: 4_000) })
    _ = try await night(work, 3)
    try FileManager.default.removeItem(atPath: work.path + "/logs/day.jsonl")
    try work.write("logs/day.jsonl", (0..<300).map { line($0, day: 4) })
    _ = try await night(work, 5)
    let store = try Store(path: work.path + "/store", .reading)
    let incident = try #require(try store.incidents().first { $0.actor.hasPrefix("account:") })
    let evidence = try #require(try store.evidence(of: incident.id))
    let lines = try EvidenceCollector(evidence, in: store).lines
    #expect(!lines.isEmpty && lines.allSatisfy { $0.state == .gone }, "\(lines.map(\.state))")
  }

  @Test func `lies there as it was where no source reads it any more`() async throws {
    let work = try Workplace()
    try work.write("logs/day.jsonl", (0..<200).map { line($0) })
    try work.write("logs/next.jsonl", (0..<60).map { line($0, day: 3) })
    _ = try await night(work, 3)
    let store = try Store(path: work.path + "/store", .night)
    var options = NightlyOptions(
      scan: ScanOptions(paths: [work.path + "/logs/next.jsonl"], threads: 1),
      now: Timestamp(seconds: 1_711_929_600 + 4 * 86_400),
      program: "test",
      estateDigest: [],
      author: "test"
    )
    options.attempts = []
    let outcome = try await NightlyRun(estate: DeclaredEstate(), options: options).run(in: store) {
      JSONLinesReport.line(of: $0)
    }
    let told = outcome.notices.filter { $0.kind == .seal }
    #expect(told.count == 1 && told[0].english.contains("is read no more"), "\(told)")
    let found = try Verification(store)
    #expect(found.breaches.isEmpty && found.gone.isEmpty, "\(found.breaches) \(found.gone)")
  }

  @Test func `has a name without what rotation adds`() {
    let names = [
      "logs/app.log": "logs/app.log", "logs/app.log.1": "logs/app.log",
      "logs/app.log.12.gz": "logs/app.log", "logs/app.log-20240530": "logs/app.log",
      "logs/app.log-20240530.zst": "logs/app.log",
      "logs/app-2024-05-30.jsonl.xz": "logs/app-2024-05-30.jsonl",
      "logs/20240530": "logs/20240530", "a.d/app": "a.d/app", "x-20240530.log": "x-20240530.log",
      "app.20240530": "app",
    ]
    for (name, plain) in names { #expect(StreamMatcher.plainName(name) == plain) }
  }
}
