import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().path

private func lines(_ result: ScanResult) -> String {
  var coverage = result.coverage
  // A night waits for the rest of a record that is being written, and names what it has read itself.
  coverage.unreadable.removeAll { $0.reason.hasPrefix("cut off:") }
  coverage.rejections = []
  return JSONLinesReport(options: ReportOptions()).render(
    ScanReport(incidents: result.incidents, coverage: coverage, program: "test")
  )
}

private func scan(_ paths: [String], _ estate: DeclaredEstate) async throws -> ScanResult {
  var options = ScanOptions(paths: paths, threads: 1)
  options.excludedPaths = Set(estate.registerFiles)
  let scan = BatchScan(estate: estate, options: options)
  var engine = DetectionEngine(
    estate: estate,
    sources: scan.sources,
    detectors: nil
  )
  var result = try await scan.run(&engine)
  result.coverage.complete(from: engine, estate)
  return result
}

@Suite struct `Nights` {
  private static let folders = ["app", "cti", "legacy", "syslog", "web"]
  private static let hour: Int64 = 3_600_000_000_000

  private func options(_ paths: [String], _ estate: DeclaredEstate, now: Int64) -> NightlyOptions {
    var scan = ScanOptions(paths: paths, threads: 2)
    scan.chunkSize = 1 << 16
    scan.excludedPaths = Set(estate.registerFiles)
    var options = NightlyOptions(
      scan: scan,
      now: Timestamp(nanoseconds: now),
      program: "test",
      estateDigest: [],
      author: "test"
    )
    // So that a few hundred rows lie as millions do.
    options.waiting = WaitingShelf.Limits(run: 32, inMemory: 128, small: 3)
    return options
  }

  private func estate(_ work: Workplace) throws -> DeclaredEstate {
    for name in ["ometsuke.yml", "tickets.csv"] {
      try FileManager.default.copyItem(
        atPath: root + "/sample-logs/" + name,
        toPath: work.path + "/" + name
      )
    }
    return try EstateFile.load(path: work.path + "/ometsuke.yml").estate
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `find what one scan finds, however logs are cut, rotated and compressed`(
    seed: UInt64
  ) async throws {
    var random = Seeded(state: seed)
    let source = try Workplace()
    let work = try Workplace()
    let sourceEstate = try estate(source)
    let estate = try estate(work)
    var logs: [GrowingLog] = []
    for folder in Self.folders {
      logs.append(try GrowingLog(try await LongLog(folder, source, sourceEstate), work))
    }
    let all = logs.flatMap(\.log.times).filter { $0 != .min }
    let (first, last) = (try #require(all.min()), try #require(all.max()))
    var nights = (0..<5).map { _ in Int64.random(in: first..<last, using: &random) }.sorted()
    nights.append(last + 48 * Self.hour)
    let paths = Self.folders.map { work.path + "/" + $0 }
    let store = work.path + "/store"
    for (number, night) in nights.enumerated() {
      for log in logs {
        // Not every log is as far as the others.
        let behind = Int64.random(in: 0..<40, using: &random) * Self.hour
        try log.grow(to: night - (number == nights.count - 1 ? 0 : behind), using: &random)
      }
      let run = NightlyRun(estate: estate, options: options(paths, estate, now: night))
      // Broken off twice at some statement, then whole.
      for _ in 0..<2 {
        let broken = try Store(path: store, .night)
        broken.connection.statementsLeft = Int.random(in: 0..<400, using: &random)
        _ = try? await run.run(in: broken) { JSONLinesReport.line(of: $0) }
      }
      let held = try Store(path: store, .night)
      let outcome = try await run.run(in: held) { JSONLinesReport.line(of: $0) }
      let expected = try await scan(paths, estate)
      #expect(outcome.night.late == 0)
      let (found, wanted) = (lines(outcome.result), lines(expected))
      if found != wanted {
        Issue.record("night \(number) of seed \(seed)")
        for stream in try held.streams() {
          print(
            "log",
            stream.id,
            stream.path.suffix(30),
            "inode",
            stream.inode,
            "size",
            stream.size,
            "consumed",
            stream.consumed,
            "head",
            stream.headLength,
            "nights",
            stream.firstNight,
            stream.lastNight,
            stream.missingSince as Any,
            "open",
            stream.openRows != nil
          )
        }
        for notice in try held.notices(untold: false) { print(notice) }
        try Data(found.utf8).write(
          to: URL(fileURLWithPath: work.path + "/../ometsuke-night-found-\(seed)")
        )
        try Data(wanted.utf8).write(
          to: URL(fileURLWithPath: work.path + "/../ometsuke-night-wanted-\(seed)")
        )
        return
      }
      try held.markTold(night: outcome.night.id, at: 0)
    }
    #expect(logs.allSatisfy { $0.next == $0.log.records.count })
    // Nothing new: nothing to say.
    let quiet = try Store(path: store, .night)
    let run = NightlyRun(estate: estate, options: options(paths, estate, now: nights[5]))
    let outcome = try await run.run(in: quiet) { JSONLinesReport.line(of: $0) }
    #expect(outcome.untold.isEmpty && outcome.night.bytes == 0)
  }
}

@Suite struct `Sealed logs` {
  private func night(
    _ work: Workplace,
    _ store: String,
    now: Int64
  ) async throws -> NightlyOutcome {
    var options = NightlyOptions(
      scan: ScanOptions(paths: [work.path + "/logs"], threads: 1),
      now: Timestamp(nanoseconds: now),
      program: "test",
      estateDigest: [],
      author: "test"
    )
    options.failOn = .high
    let held = try Store(path: store, .night)
    let run = NightlyRun(estate: DeclaredEstate(), options: options)
    let outcome = try await run.run(in: held) { JSONLinesReport.line(of: $0) }
    try held.markTold(night: outcome.night.id, at: 0)
    return outcome
  }

  /// A line of an access log of 10 October 2023.
  private func line(_ second: Int, _ user: String = "sato") -> String {
    let time = "10/Oct/2023:13:\(10 + second / 60):\(10 + second % 50) +0000"
    return "192.0.2.7 - \(user) [\(time)] \"GET /customers/\(second) HTTP/1.1\" 200 \(500 + second)"
  }

  private let now: Int64 = 1_696_990_000_000_000_000
  private let path = "logs/access.log"

  @Test func `tell what was cut, altered or taken away, once`() async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    try work.write(path, (0..<200).map { line($0) })
    #expect(try await night(work, store, now: now).notices.isEmpty)
    // More of it, and rotated: nothing to tell.
    try work.write(path, (0..<250).map { line($0) })
    try FileManager.default.moveItem(
      atPath: work.path + "/" + path,
      toPath: work.path + "/" + path + ".1"
    )
    #expect(try await night(work, store, now: now).notices.isEmpty)
    func verify() throws -> Verification { try Verification(try Store(path: store, .reading)) }
    #expect(try verify().breaches.isEmpty && verify().pieces == 2)
    // Somebody else's name in one line, the length and the time of change as before.
    let old = try String(contentsOfFile: work.path + "/" + path + ".1", encoding: .utf8)
    let file = try #require(FileHandle(forWritingAtPath: work.path + "/" + path + ".1"))
    try file.write(contentsOf: Data(old.replacing(" sato ", with: " kato ").utf8))
    try file.close()
    #expect(try verify().breaches.count == 2)
    let altered = try await night(work, store, now: now)
    #expect(
      altered.notices.map(\.kind) == [.seal, .seal] || altered.notices.map(\.kind) == [.seal]
    )
    #expect(altered.untold.contains { $0.actor.hasPrefix("source:") })
    #expect(try await night(work, store, now: now).notices.isEmpty)
    try FileManager.default.removeItem(atPath: work.path + "/" + path + ".1")
    try work.write("logs/other.log", [line(0)])
    #expect(try await night(work, store, now: now).notices.map(\.kind) == [.seal])
    #expect(try await night(work, store, now: now).notices.isEmpty)
  }

  @Test(arguments: [(200, 150), (200, 12), (24, 12)])
  func `are read on where they were cut short`(_ written: Int, _ left: Int) async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    try work.write(path, (0..<written).map { line($0) })
    _ = try await night(work, store, now: now)
    let file = try #require(FileHandle(forWritingAtPath: work.path + "/" + path))
    let kept = (0..<left).map { line($0) + "\n" }.joined().utf8.count
    try file.truncate(atOffset: UInt64(kept))
    try file.close()
    let cut = try await night(work, store, now: now)
    #expect(cut.notices.map(\.kind) == [.seal])
    #expect(cut.notices.first?.english.contains("cut") == true)
    #expect(cut.night.status == 1 && cut.night.lines == 0)
    let more = try #require(FileHandle(forWritingAtPath: work.path + "/" + path))
    try more.seekToEnd()
    try more.write(contentsOf: Data((line(151) + "\n").utf8))
    try more.close()
    let next = try await night(work, store, now: now)
    #expect(next.night.lines == 1 && next.notices.isEmpty)
    #expect(next.result.coverage.sources.map(\.lines) == [Int64(written + 1)])
  }

  @Test func `that begin anew in their place are read from their first line`() async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    try work.write(path, (0..<24).map { line($0) })
    _ = try await night(work, store, now: now)
    let file = try #require(FileHandle(forWritingAtPath: work.path + "/" + path))
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: Data((30..<42).map { line($0) + "\n" }.joined().utf8))
    try file.close()
    let next = try await night(work, store, now: now)
    #expect(next.night.lines == 12)
    #expect(next.result.coverage.sources.map(\.lines) == [36])
  }

  @Test func `are not read twice from a copy, and a broken chain is seen`() async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    try work.write(path, (0..<200).map { line($0) })
    _ = try await night(work, store, now: now)
    try work.write("logs/copy.log", (0..<200).map { line($0) })
    let second = try await night(work, store, now: now)
    #expect(second.notices.map(\.kind) == [.copy])
    #expect(second.result.coverage.sources.map(\.lines) == [200])
    // One made while the log was young, and one that is further than it.
    try work.write("logs/young.log", (0..<100).map { line($0) })
    let third = try await night(work, store, now: now)
    #expect(third.notices.map(\.kind) == [.copy])
    #expect(third.result.coverage.sources.map(\.lines) == [200])
    try work.write("logs/copy.log", (0..<230).map { line($0) })
    let fourth = try await night(work, store, now: now)
    #expect(fourth.night.lines == 30)
    #expect(fourth.result.coverage.sources.map(\.lines) == [230])
    let fifth = try await night(work, store, now: now)
    #expect(fifth.notices.isEmpty)
    #expect(fifth.result.coverage.sources.map(\.lines) == [230])
    do {
      let held = try Store(path: store, .night)
      try held.connection.run("UPDATE chain SET head = zeroblob(32)")
    }
    #expect(try !Verification(try Store(path: store, .reading)).breaches.isEmpty)
  }

  @Test func `are read once where two copies come in one night`() async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    try work.write("logs/a.log", (0..<200).map { line($0) })
    try work.write("logs/b.log", (0..<150).map { line($0) })
    let first = try await night(work, store, now: now)
    #expect(first.notices.map(\.kind) == [.copy])
    #expect(first.result.coverage.sources.map(\.lines) == [200])
    let second = try await night(work, store, now: now)
    #expect(second.notices.isEmpty && second.night.lines == 0)
    #expect(second.result.coverage.sources.map(\.lines) == [200])
  }

  @Test func `count what came too late, and do not let a clock gone wrong settle anything`()
    async throws
  {
    let work = try Workplace()
    let store = work.path + "/store"
    let future = line(5).replacing("2023", with: "2029")
    try work.write(path, (0..<200).map { line($0) } + [future])
    _ = try await night(work, store, now: now)
    // A day on, in time; and, ten days later, one of the first day.
    try work.write(
      path,
      (0..<200).map { line($0) } + [future] + [line(3).replacing("10/Oct", with: "11/Oct")]
    )
    let day = Timestamp.nanosecondsPerDay
    #expect(try await night(work, store, now: now + day).night.late == 0)
    #expect(try await night(work, store, now: now + 5 * day).night.late == 0)
    // The clock alone settles nothing: what a log a few days behind says next is no late line.
    let all =
      (0..<200).map { line($0) } + [future] + [line(3).replacing("10/Oct", with: "11/Oct")]
      + [line(9), line(3).replacing("10/Oct", with: "20/Oct")]
    try work.write(path, all)
    let next = try await night(work, store, now: now + 10 * day)
    // The silence up to the wrong time is another one since.
    #expect(next.night.late == 0 && next.notices.map(\.kind) == [.missedNight, .withdrawn])
    // What no longer stands waits for nobody, and its row says since when.
    do {
      let kept = try Store(path: store, .reading)
      let gone = try #require(try kept.incidents().first(where: \.isWithdrawn))
      let study = try CaseStudy(kept, DeclaredEstate(), CoverageStudy(kept, DeclaredEstate()))
      #expect(try !study.incidents().contains { $0.id == gone.id })
      let table = try StateTable(named: "incidents", of: kept)
      let column = try #require(table.columns.firstIndex(of: "withdrawn_night"))
      let told = table.rows.filter { $0[0] == .text(gone.id) }.map { $0[column] }
      #expect(told == [.number(Int64(next.night.id))])
    }
    #expect(next.result.coverage.sources.map(\.lines) == [204])
    try work.write(path, all + [line(10)])
    let late = try await night(work, store, now: now + 11 * day)
    #expect(late.night.late == 1 && late.notices.map(\.kind) == [.lateEvents])
    #expect(late.result.coverage.sources.map(\.lines) == [205])
  }
}
