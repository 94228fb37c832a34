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
        "{\"time\":\"2024-04-\(day < 10 ? "0" : "")\(day)T09:\(minute):00Z\",\"user\":\"user\(number % 4)\",\"ip\":\"192.0.2.7\","
        + "\"action\":\"export\",\"object\":\"crm.customers\",\"rows\":\(number == 7 ? 900 * day : 1)}"
    }
  }

  private func night(
    _ work: Workplace,
    _ store: String,
    day: Int64,
    estate: DeclaredEstate = DeclaredEstate()
  ) async throws -> NightlyOutcome {
    try await work.night(day, in: Store(path: store, .night), estate)
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
      detectors: nil
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

  @Test func `of nothing, what no longer stands is taken back, once`() async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    try work.write("logs/day.jsonl", lines(5))
    #expect(try await night(work, store, day: 5).untold.count == 1)
    // What was judged by a limit is judged by another while its rows wait.
    var wide = DeclaredEstate()
    wide.policy.limitsScale = 10_000
    let back = try await night(work, store, day: 6, estate: wide)
    #expect(back.notices.map(\.kind) == [.rules, .withdrawn] && back.untold.isEmpty)
    do {
      let held = try Store(path: store, .reading)
      #expect(try held.incidents().allSatisfy { $0.isWithdrawn && $0.low == 0 })
      #expect(try held.history().count == 2)
    }
    #expect(try await night(work, store, day: 7, estate: wide).notices.isEmpty)
    let again = try await night(work, store, day: 8)
    #expect(again.untold.count == 1 && again.notices.map(\.kind) == [.rules])
  }

  @Test func `that was edited in its middle, no longer than before, is told`() async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    let long = (1...9).flatMap { lines($0) }
    try work.write("logs/day.jsonl", long)
    _ = try await night(work, store, day: 9)
    let path = work.path + "/logs/day.jsonl"
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seek(toOffset: UInt64(long.prefix(180).joined(separator: "\n").utf8.count + 40))
    try file.write(contentsOf: Data("X".utf8))
    try file.close()
    let told = try await night(work, store, day: 10)
    #expect(told.notices.map(\.kind) == [.seal] && told.night.lines == 0)
    // It is dated by the last line of the log.
    let incident = try Store(path: store, .reading).incidents().first {
      $0.body.contains("source:")
    }
    #expect(incident?.body.contains("2024-04-09") ?? false)
    #expect(incident?.body.contains("1970") == false)
    #expect(try await night(work, store, day: 11).notices.isEmpty)
  }

  @Test func `that was edited at its beginning is told as written over`() async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    try work.write("logs/day.jsonl", (1...9).flatMap { lines($0) })
    _ = try await night(work, store, day: 9)
    let file = try #require(FileHandle(forWritingAtPath: work.path + "/logs/day.jsonl"))
    try file.seek(toOffset: 20)
    try file.write(contentsOf: Data("2".utf8))
    try file.close()
    let told = try await night(work, store, day: 10).notices.filter { $0.kind == .seal }
    #expect(told.count == 1 && told[0].english.contains("is no longer what stands there"))
    #expect(told[0].japanese.contains("一致しない"))
    let found = try Verification(Store(path: store, .reading))
    #expect(found.gone.isEmpty && found.breaches.contains { $0.contains("as night 2 met") })
    try FileManager.default.removeItem(atPath: work.path + "/logs/day.jsonl")
    let gone = try await night(work, store, day: 11).notices.filter { $0.kind == .seal }
    #expect(gone.count == 1 && gone[0].english.contains("the log is gone; "))
  }

  @Test(arguments: [0, 3, 10, 60])
  func `that begins with a part of its first line is read by the whole of it`(
    cut: Int
  ) async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    var source = SourceDeclaration(name: "hosts")
    source.paths = [work.path + "/logs/*"]
    source.format = "syslog-rfc3164"
    source.year = 2021
    var estate = DeclaredEstate()
    estate.sources = [source]
    let text = (0..<30).map { number in
      "<38>Apr  8 09:00:\(number + 10) pc1 sshd[7]: Accepted password for u\(number % 3)\n"
    }.joined()
    try FileManager.default.createDirectory(
      atPath: work.path + "/logs",
      withIntermediateDirectories: true
    )
    let path = work.path + "/logs/hosts.log"
    try Data(text.utf8.prefix(cut)).write(to: URL(fileURLWithPath: path))
    _ = try await night(work, store, day: -1080, estate: estate)
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8.dropFirst(cut)))
    try file.close()
    let whole = try await night(work, store, day: -1079, estate: estate)
    #expect(whole.night.late == 0)
    let days = try Store(path: store, .reading).coverageDays()["hosts"] ?? []
    let day = CivilCalendar.dayNumber(year: 2021, month: 4, day: 8)
    #expect(days.map(\.day) == [day] && days.map(\.lines) == [30])
  }

  /// Number of the line, and what becomes of it: an editor writes the whole file anew.
  @Test(arguments: [(2, "x"), (180, "X"), (180, ""), (359, "a longer one"), (0, "")])
  func `that an editor wrote anew is told, and what stands behind the edit counts once`(
    place: Int,
    change: String
  ) async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    var all = (1...9).flatMap { lines($0) }
    try work.write("logs/day.jsonl", all)
    _ = try await night(work, store, day: 9)
    if change.isEmpty {
      all.remove(at: place)
    } else {
      all[place] = all[place].replacing("192.0.2.7", with: "192.0.2.7" + change)
    }
    try FileManager.default.removeItem(atPath: work.path + "/logs/day.jsonl")
    try work.write("logs/day.jsonl", all + lines(10))
    let told = try await night(work, store, day: 10)
    #expect(told.notices.map(\.kind) == [.seal])
    #expect(told.notices.first?.english.contains("is no longer what stands there") ?? false)
    // Those behind the edit were taken; of one within the last bytes the last lines may be read again.
    #expect(told.night.lines == 40 || place > 320 && told.night.lines <= 40 + 45)
    if place <= 320 {
      // All that was ever read counts, what was taken out since too.
      let whole = try Workplace()
      try whole.write("logs/day.jsonl", (1...10).flatMap { lines($0) })
      #expect(try await found(told.result.incidents) == found(scan(whole).incidents))
    }
    #expect(try await night(work, store, day: 11).notices.isEmpty)
    try work.write("logs/day.jsonl", all + lines(10) + lines(11))
    let next = try await night(work, store, day: 12)
    #expect(next.night.lines == 40 && next.notices.filter { $0.kind == .seal }.isEmpty)
  }

  @Test(arguments: ["gzip", "zstd"])
  func `of its first lines is known when the log is compressed`(tool: String) async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    try work.write("logs/a.log", Array(lines(1).prefix(20)))
    try work.write("logs/copy", Array(lines(1).prefix(20)))
    _ = try await night(work, store, day: 1)
    try work.write("logs/a.log", lines(1) + lines(2))
    _ = try await night(work, store, day: 2)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool, "-q", work.path + "/logs/a.log"]
    try process.run()
    process.waitUntilExit()
    if tool == "zstd" { try FileManager.default.removeItem(atPath: work.path + "/logs/a.log") }
    let packed = try await night(work, store, day: 3)
    #expect(packed.night.lines == 0 && packed.night.late == 0)
    #expect(try await found(packed.result.incidents) == found(scan(work).incidents))
    // And when the log is gone, by the piece that was sealed first.
    let ending = tool == "gzip" ? "gz" : "zst"
    try FileManager.default.removeItem(atPath: work.path + "/logs/a.log." + ending)
    let gone = try await night(work, store, day: 4)
    #expect(gone.night.lines == 0 && found(gone.result.incidents) == found(packed.result.incidents))
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
