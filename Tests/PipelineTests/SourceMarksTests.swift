import Detection
import Estate
import EventModel
import Foundation
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Sources that are delivered later than others, and out of order beside that.
@Suite struct `Sources that lag by different times` {
  private static let hour: Int64 = 3600
  /// 2024-04-01 00:00 UTC.
  private static let start: Int64 = 1_711_929_600

  /// How many hours a source lies behind, and by how many its lines are late beyond that.
  private static let lags = ["prompt": (0, 40), "shifted": (20, 47), "posted": (40, 40)]

  private struct Delivery {
    var source: String
    var at: Int64
    var line: String
  }

  private static func line(_ time: Int64, _ user: String, _ rows: Int) -> String {
    "{\"time\":\"\(Timestamp(seconds: time))\",\"user\":\"\(user)\",\"ip\":\"192.0.2.7\","
      + "\"action\":\"export\",\"owner\":\"Minato Gas\",\"object\":\"crm.customers\",\"rows\":\(rows)}"
  }

  /// Of twelve days, in order of delivery.
  private static func deliveries(_ random: inout Seeded) -> [Delivery] {
    var all: [Delivery] = []
    for source in lags.keys.sorted() {
      guard let (lag, late) = lags[source] else { continue }
      // At first there is a line that is late by nothing, so that the source is not idle.
      for step in 0..<12 * 24 {
        let time = start + Int64(step) * hour + Int64.random(in: 0..<hour, using: &random)
        let by = step % 3 == 0 ? 0 : Int64.random(in: 0..<Int64(late) * hour, using: &random)
        let rows =
          Int.random(in: 0..<20, using: &random) == 0
          ? Int.random(in: 500..<9_000, using: &random) : Int.random(in: 1..<30, using: &random)
        let user = "user\(Int.random(in: 0..<6, using: &random))"
        all.append(
          Delivery(
            source: source,
            at: time + Int64(lag) * hour + by,
            line: line(time, user, rows)
          )
        )
      }
    }
    return all.sorted { ($0.at, $0.line) < ($1.at, $1.line) }
  }

  private static let names = lags.keys.sorted()

  private func estate(_ work: Workplace, _ keys: [String: String] = [:]) throws -> DeclaredEstate {
    let fields =
      "{time: time, account: user, terminal: ip, operation: action, owner: owner, object: object,"
      + " records: rows}"
    var text = ["owners: [{name: Minato Gas}]", "sources:"]
    for name in Self.names {
      let more = keys[name].map { ", \($0)" } ?? ""
      text.append(
        "  - {name: \(name), paths: [logs/\(name)], format: jsonl, fields: \(fields)\(more)}"
      )
    }
    try work.write("ometsuke.yml", text)
    return try EstateFile.load(path: work.path + "/ometsuke.yml").estate
  }

  private func options(_ work: Workplace, now: Int64) -> NightlyOptions {
    NightlyOptions(
      scan: ScanOptions(paths: [work.path + "/logs"], threads: 1),
      now: Timestamp(seconds: now),
      program: "test",
      estateDigest: [],
      author: "test"
    )
  }

  private func append(_ lines: [String], to name: String, _ work: Workplace) throws {
    let path = work.path + "/logs/" + name
    let before = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    try FileManager.default.createDirectory(
      atPath: work.path + "/logs",
      withIntermediateDirectories: true
    )
    if before.isEmpty { try Data().write(to: URL(fileURLWithPath: path)) }
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
    try handle.close()
  }

  private func scan(_ work: Workplace, _ estate: DeclaredEstate) async throws -> IncidentList {
    let scan = BatchScan(estate: estate, options: options(work, now: 0).scan)
    var engine = DetectionEngine(estate: estate, sources: scan.sources, detectors: nil)
    return try await scan.run(&engine).incidents
  }

  private func lines(_ incidents: IncidentList) -> [String] {
    incidents.map { JSONLinesReport.line(of: $0) }
  }

  private func night(
    _ work: Workplace,
    _ estate: DeclaredEstate,
    now: Int64
  ) async throws -> NightlyOutcome {
    let store = try Store(path: work.path + "/store", .night)
    let outcome = try await NightlyRun(estate: estate, options: options(work, now: now)).run(
      in: store
    ) { JSONLinesReport.line(of: $0) }
    try store.markTold(night: outcome.night.id, at: 0)
    return outcome
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `come out of nights as out of one scan`(seed: UInt64) async throws {
    var random = Seeded(state: seed)
    let work = try Workplace()
    let estate = try estate(work)
    let all = Self.deliveries(&random)
    var next = 0
    var settled = Int64.min
    let end = try #require(all.last).at
    var now = Self.start + 3 * 86_400
    while next < all.count {
      now = min(now + Int64.random(in: 6..<40, using: &random) * Self.hour, end)
      let stop = all[next...].firstIndex { $0.at > now } ?? all.count
      for name in Self.names {
        try append(all[next..<stop].filter { $0.source == name }.map(\.line), to: name, work)
      }
      next = stop
      let outcome = try await night(work, estate, now: now)
      #expect(outcome.night.late == 0)
      let expected = try await lines(scan(work, estate))
      #expect(lines(outcome.result.incidents) == expected, "night \(outcome.night.id)")
      // No further behind than twice what a line may be late, and never back.
      let bound = try #require(outcome.night.settled)
      let newest = try #require(outcome.night.newest)
      #expect(bound >= settled && newest - bound <= 96 * Self.hour * 1_000_000_000)
      settled = bound
    }
    #expect(try await scan(work, estate).summaries.count > 3)
  }

  @Test(arguments: [4, 5] as [UInt64])
  func `come out of a watch and the nights after it as out of one scan, wherever it is killed`(
    seed: UInt64
  ) async throws {
    var random = Seeded(state: seed)
    let work = try Workplace()
    let estate = try estate(work)
    let all = Self.deliveries(&random)
    var next = 0
    var watch: Watch?
    while next < all.count {
      let stop = min(all.count, next + Int.random(in: 1..<90, using: &random))
      for name in Self.names {
        try append(all[next..<stop].filter { $0.source == name }.map(\.line), to: name, work)
      }
      next = stop
      let running: Watch
      if let watch {
        running = watch
      } else {
        running = try await Watch(
          estate: estate,
          options: WatchOptions(night: options(work, now: Self.start)),
          store: Store(path: work.path + "/store", .night),
          render: { JSONLinesReport.line(of: $0) }
        )
      }
      watch = running
      running.needsSearch = true
      // A round that searches does not see what has grown.
      for _ in 0..<3 { while try await running.round() {} }
      if Bool.random(using: &random) { try running.commit() }
      switch Int.random(in: 0..<8, using: &random) {
      case 0:
        // Killed: what was not committed is read again.
        watch = nil
      case 1: try await running.runNight()
      case 2:
        running.store.connection.statementsLeft = Int.random(in: 0..<200, using: &random)
        try? await running.runNight()
        watch = nil
      case 3:
        let expected = try await scan(work, estate)
        let standing = running.judge()
        #expect(standing.incidents == expected.summaries)
        #expect(running.engine.late == 0)
      default: break
      }
    }
    watch = nil
    let outcome = try await night(work, estate, now: 1_790_000_000)
    #expect(outcome.night.late == 0)
    #expect(try Store(path: work.path + "/store", .reading).late().isEmpty)
    let expected = try await lines(scan(work, estate))
    #expect(lines(outcome.result.incidents) == expected)
  }
}

/// Which source others wait for, and for how long.
@Suite struct `The mark of a source` {
  private static let now: Int64 = 1_711_929_600 + 20 * 86_400

  private func line(_ user: String, hoursAgo: Int64) -> String {
    let time = Timestamp(seconds: Self.now - hoursAgo * 3600)
    return "{\"time\":\"\(time)\",\"user\":\"\(user)\",\"ip\":\"192.0.2.7\",\"action\":\"export\","
      + "\"owner\":\"Minato Gas\",\"object\":\"crm.customers\",\"rows\":9000}"
  }

  private func estate(_ work: Workplace, _ more: String = "") throws -> DeclaredEstate {
    let map =
      "format: jsonl, fields: {time: time, account: user, terminal: ip, operation: action,"
      + " owner: owner, object: object, records: rows}"
    try work.write(
      "ometsuke.yml",
      [
        "owners: [{name: Minato Gas}]", "sources:",
        "  - {name: crm, paths: [logs/crm*], \(map)}",
        "  - {name: post, paths: [logs/post*], \(map)\(more)}",
      ]
    )
    return try EstateFile.load(path: work.path + "/ometsuke.yml").estate
  }

  private func night(
    _ work: Workplace,
    _ store: Store,
    _ estate: DeclaredEstate,
    hoursAgo: Int64 = 0
  ) async throws -> NightlyOutcome {
    let options = NightlyOptions(
      scan: ScanOptions(paths: [work.path + "/logs"], threads: 1),
      now: Timestamp(seconds: Self.now - hoursAgo * 3600),
      program: "test",
      estateDigest: [],
      author: "test"
    )
    return try await NightlyRun(estate: estate, options: options).run(in: store) {
      JSONLinesReport.line(of: $0)
    }
  }

  private func time(_ hoursAgo: Int64) -> StateTable.Cell {
    .text("\(Timestamp(seconds: Self.now - hoursAgo * 3600))")
  }

  @Test func `holds what is settled back until its newest event is older than it may be late`()
    async throws
  {
    let work = try Workplace()
    let estate = try estate(work)
    let store = try Store(path: work.path + "/store", .night)
    func settled(_ outcome: NightlyOutcome) throws -> Int64 {
      Self.now - (try #require(outcome.night.settled)) / 1_000_000_000
    }
    try work.write("logs/crm1", [line("a", hoursAgo: 20)])
    try work.write("logs/post1", [line("b", hoursAgo: 60)])
    let first = try await night(work, store, estate, hoursAgo: 10)
    #expect(try settled(first) == 108 * 3600)
    let table = try StateTable(named: "marks", of: store)
    #expect(
      table.rows == [
        [.text("crm"), time(20), time(68), .number(0)],
        [.text("post"), time(60), time(108), .number(0)],
      ]
    )
    // Nothing new of it: its mark stays over the nights.
    try work.write("logs/crm2", [line("a", hoursAgo: 13)])
    #expect(try settled(await night(work, store, estate, hoursAgo: 9)) == 108 * 3600)
    try work.write("logs/post2", [line("late1", hoursAgo: 100)])
    let second = try await night(work, store, estate, hoursAgo: 8)
    #expect(
      second.night.late == 0 && second.result.incidents.contains { $0.actor.contains("late1") }
    )
    // Idle: the others do not wait any longer, nor is anything taken back when it tells once more.
    try work.write("logs/crm3", [line("a", hoursAgo: 4)])
    #expect(try settled(await night(work, store, estate, hoursAgo: 3)) == 52 * 3600)
    #expect(
      try StateText.lines(store).contains {
        $0.hasPrefix("mark       post up to ") && $0.hasSuffix(", idle: nothing waits for it")
      }
    )
    try work.write("logs/post3", [line("b", hoursAgo: 40), line("late2", hoursAgo: 53)])
    let last = try await night(work, store, estate, hoursAgo: 2)
    #expect(try last.night.late == 1 && settled(last) == 52 * 3600)
    #expect(
      last.notices.map(\.english).contains(
        "1 event came later than 48 hours (post 1): it is counted, and was not judged."
      )
    )
  }

  @Test func `lies as far back as its source declares, also before it has told anything`()
    async throws
  {
    let work = try Workplace()
    let estate = try estate(work, ", lateness: 10d")
    let store = try Store(path: work.path + "/store", .night)
    try work.write("logs/crm1", [line("a", hoursAgo: 20)])
    _ = try await night(work, store, estate, hoursAgo: 10)
    try work.write("logs/post1", [line("late1", hoursAgo: 200)])
    let second = try await night(work, store, estate, hoursAgo: 9)
    #expect(
      second.night.late == 0 && second.result.incidents.contains { $0.actor.contains("late1") }
    )
    // 240 hours behind the newest of all, as of the first night: nothing is taken back.
    let settled = try #require(second.night.settled) / 1_000_000_000
    #expect(settled == Self.now - 260 * 3600)
    try work.write("logs/post2", [line("late2", hoursAgo: 262)])
    let third = try await night(work, store, estate, hoursAgo: 8)
    #expect(
      third.notices.map(\.english).contains(
        "1 event came later than 240 hours (post 1): it is counted, and was not judged."
      )
    )
  }

  @Test func `is that of the night in a store that kept none`() async throws {
    let work = try Workplace()
    let estate = try estate(work)
    let store = try Store(path: work.path + "/store", .night)
    try work.write("logs/crm1", [line("a", hoursAgo: 20)])
    try work.write("logs/post1", [line("b", hoursAgo: 60)])
    _ = try await night(work, store, estate, hoursAgo: 10)
    try store.transaction { () throws(StoreError) in
      try store.setSetting(SourceMarks.settingName, "")
    }
    let next = try await night(work, store, estate, hoursAgo: 9)
    // 48 hours behind the newest of all, as it was.
    #expect(try #require(next.night.settled) / 1_000_000_000 == Self.now - 68 * 3600)
  }

  @Test func `leaves out what the clock has not reached, and takes it in when it has`() async throws
  {
    let work = try Workplace()
    let estate = try estate(work)
    let store = try Store(path: work.path + "/store", .night)
    try work.write("logs/crm1", [line("a", hoursAgo: 20)])
    try work.write("logs/post1", [line("b", hoursAgo: 40), line("c", hoursAgo: 12)])
    _ = try await night(work, store, estate, hoursAgo: 15)
    #expect(try StateTable(named: "marks", of: store).rows.map { $0[1] } == [time(20), time(40)])
    _ = try await night(work, store, estate, hoursAgo: 10)
    #expect(try StateTable(named: "marks", of: store).rows.map { $0[1] } == [time(20), time(12)])
  }
}
