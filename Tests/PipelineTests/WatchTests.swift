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
  JSONLinesReport(options: ReportOptions()).render(
    ScanReport(incidents: result.incidents, coverage: result.coverage, program: "test")
  )
}

func watchOptions(_ paths: [String], _ estate: DeclaredEstate) -> NightlyOptions {
  var scan = ScanOptions(paths: paths, threads: 1)
  scan.chunkSize = 1 << 16
  scan.excludedPaths = Set(estate.registerFiles)
  var options = NightlyOptions(
    scan: scan,
    now: Timestamp(seconds: 1_790_000_000),
    program: "test",
    estateDigest: [],
    author: "test"
  )
  // So that a few hundred rows lie as millions do.
  options.waiting = WaitingShelf.Limits(run: 64, inMemory: 256, small: 4)
  return options
}

/// More of them where `make faults` asks for it.
private let seeds: [UInt64] =
  ProcessInfo.processInfo.environment["OMETSUKE_FAULT_LINES"] == nil ? [2, 3] : Array(1...20)

@Suite struct `A watch` {
  private static let folders = ["app", "cti", "legacy", "syslog", "web"]
  private static let hour: Int64 = 3_600_000_000_000

  private func estate(_ work: Workplace) throws -> DeclaredEstate {
    for name in ["ometsuke.yml", "tickets.csv"] {
      try FileManager.default.copyItem(
        atPath: root + "/sample-logs/" + name,
        toPath: work.path + "/" + name
      )
    }
    return try EstateFile.load(path: work.path + "/ometsuke.yml").estate
  }

  private func scan(_ paths: [String], _ estate: DeclaredEstate) async throws -> ScanResult {
    let scan = BatchScan(estate: estate, options: watchOptions(paths, estate).scan)
    var engine = DetectionEngine(
      estate: estate,
      sources: scan.sources,
      detectors: nil
    )
    var result = try await scan.run(&engine)
    result.coverage.complete(from: engine, estate)
    return result
  }

  @Test(arguments: seeds)
  func `and nights after it find what one scan finds, wherever either is killed`(
    seed: UInt64
  ) async throws {
    var random = Seeded(state: seed &* 7919)
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
    let paths = Self.folders.map { work.path + "/" + $0 }
    let place = work.path + "/store"
    let options = watchOptions(paths, estate)
    let render: (Incident) -> String = { JSONLinesReport.line(of: $0) }
    var watch: Watch?
    var standing: Watch.Standing?
    var times = (0..<9).map { _ in Int64.random(in: first..<last, using: &random) }.sorted()
    times.append(last + 48 * Self.hour)
    for (number, time) in times.enumerated() {
      for log in logs {
        let behind = Int64.random(in: 0..<40, using: &random) * Self.hour
        try log.grow(to: time - (number == times.count - 1 ? 0 : behind), using: &random)
        if Int.random(in: 0..<3, using: &random) == 0 { try await watch?.round() }
      }
      if watch == nil, Int.random(in: 0..<3, using: &random) > 0 {
        let store = try Store(path: place, .night)
        watch = try await Watch(
          estate: estate,
          options: WatchOptions(night: options),
          store: store,
          render: render
        )
      }
      if let running = watch {
        while try await running.round() {}
        if Bool.random(using: &random) { try running.commit() }
        if Bool.random(using: &random) { standing = running.judge() }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: watch = nil
        case 1:
          try await running.runNight()
          watch = nil
        case 2:
          // Broken off in the middle of a commit or a night.
          running.store.connection.statementsLeft = Int.random(in: 0..<300, using: &random)
          try? await running.runNight()
          watch = nil
        // It goes on from its own engines.
        case 3: try await running.runNight()
        default: break
        }
      }
    }
    if let watch {
      watch.needsSearch = true
      while try await watch.round() {}
      standing = watch.judge()
      try watch.commit()
      let expected = try await scan(paths, estate)
      if !watch.needsNight {
        #expect(standing?.incidents == expected.incidents.summaries)
      }
    }
    watch = nil
    let held = try Store(path: place, .night)
    let run = NightlyRun(estate: estate, options: options)
    let outcome = try await run.run(in: held, render: render)
    #expect(outcome.night.late == 0)
    let expected = try await scan(paths, estate)
    let (found, wanted) = (lines(outcome.result), lines(expected))
    if found != wanted {
      Issue.record("seed \(seed)")
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
      try Data(found.utf8).write(to: URL(fileURLWithPath: "/tmp/watch/found-\(seed)"))
      try Data(wanted.utf8).write(to: URL(fileURLWithPath: "/tmp/watch/wanted-\(seed)"))
    }
    #expect(try Verification(try Store(path: place, .reading)).breaches.isEmpty)
  }
}
