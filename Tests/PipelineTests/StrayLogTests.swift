import Detection
import Estate
import EventModel
import Foundation
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Logs that alone are named: rotation gives them names that nobody looks for.
@Suite struct `A log that was renamed to what nobody declares` {
  private let seconds: Int64 = 1_711_929_600

  /// Of 1 April 2024, a line a second from so many on.
  private func lines(_ range: Range<Int>) -> [String] {
    range.map { number in
      let time = Timestamp(seconds: seconds + Int64(number))
      return
        "{\"time\":\"\(time)\",\"user\":\"user\(number % 4)\",\"ip\":\"192.0.2.7\",\"action\":\"view\","
        + "\"object\":\"crm.customers\",\"rows\":\(number % 7)}"
    }
  }

  private func append(_ path: String, _ lines: [String]) throws {
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
    try file.close()
  }

  private func move(_ old: String, _ new: String) throws {
    try FileManager.default.moveItem(atPath: old, toPath: new)
  }

  private func night(
    _ day: Int64,
    _ paths: [String],
    _ store: Store
  ) async throws -> NightlyOutcome {
    let options = NightlyOptions(
      scan: ScanOptions(paths: paths, threads: 1),
      now: Timestamp(seconds: seconds + (day + 1) * 86_400),
      program: "test",
      estateDigest: [],
      author: "test"
    )
    let run = NightlyRun(estate: DeclaredEstate(), options: options)
    let outcome = try await run.run(in: store) { JSONLinesReport.line(of: $0) }
    try store.markTold(night: outcome.night.id, at: 0)
    return outcome
  }

  private func watch(_ paths: [String], _ store: Store) async throws -> Watch {
    try await Watch(
      estate: DeclaredEstate(),
      options: WatchOptions(night: watchOptions(paths, DeclaredEstate())),
      store: store,
      render: { JSONLinesReport.line(of: $0) }
    )
  }

  private func read(_ outcome: NightlyOutcome) -> Int64 {
    outcome.result.coverage.sources.reduce(0) { $0 + $1.days.reduce(0) { $0 + $1.lines } }
  }

  private func account(_ store: Store) throws -> CoverageAccount {
    let study = try CoverageStudy(store, DeclaredEstate())
    return try study.account(try #require(try study.period(from: nil, until: nil)))
  }

  private func gaps(_ outcome: NightlyOutcome) -> [Notice] {
    outcome.notices.filter { $0.kind == .gap }
  }

  @Test(arguments: [["app.log"], ["*.log"]])
  func `is read to its end by the next night, once, also when it is compressed then`(
    names: [String]
  ) async throws {
    let work = try Workplace()
    let log = work.path + "/logs/app.log"
    let paths = names.map { work.path + "/logs/" + $0 }
    let store = try Store(path: work.path + "/store", .night)
    try work.write("logs/app.log", lines(0..<100))
    #expect(read(try await night(0, paths, store)) == 100)
    try append(log, lines(100..<150))
    try move(log, log + ".1")
    try append(log, lines(150..<180))
    let second = try await night(1, paths, store)
    #expect(read(second) == 180 && second.notices.isEmpty, "\(second.notices)")
    #expect(
      try store.streams().map { $0.path.split(separator: "/").last } == ["app.log.1", "app.log"]
    )
    // The writer goes on with the old one, which is moved on.
    try append(log + ".1", lines(180..<190))
    try move(log + ".1", log + ".2")
    let third = try await night(2, paths, store)
    #expect(read(third) == 190 && third.notices.isEmpty, "\(third.notices)")
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/bin/sh")
    gzip.arguments = ["-c", "gzip \(log).2"]
    try gzip.run()
    gzip.waitUntilExit()
    let fourth = try await night(3, paths, store)
    #expect(read(fourth) == 190 && fourth.notices.isEmpty, "\(fourth.notices)")
    #expect(try account(store).share.permille == 1000)
    #expect(try Verification(store).breaches.isEmpty)
    // Retention lets it go: it had come to rest.
    try FileManager.default.removeItem(atPath: log + ".2.gz")
    #expect(gaps(try await night(4, paths, store)).isEmpty)
  }

  @Test func `is read to its end where a link led to it`() async throws {
    let work = try Workplace()
    let link = work.path + "/logs/current.log"
    let store = try Store(path: work.path + "/store", .night)
    try work.write("data/1", lines(0..<100))
    try FileManager.default.createDirectory(
      atPath: work.path + "/logs",
      withIntermediateDirectories: true
    )
    let files = FileManager.default
    try files.createSymbolicLink(atPath: link, withDestinationPath: "../data/1")
    #expect(read(try await night(0, [link], store)) == 100)
    try append(work.path + "/data/1", lines(100..<140))
    try work.write("data/2", lines(140..<160))
    try files.removeItem(atPath: link)
    try files.createSymbolicLink(atPath: link, withDestinationPath: "../data/2")
    for day in 1..<3 {
      let next = try await night(Int64(day), [link], store)
      #expect(read(next) == 160 && next.notices.isEmpty, "\(next.notices)")
    }
    // A file that nobody has read stays none of the inputs.
    try work.write("data/0", lines(0..<30))
    #expect(read(try await night(3, [link], store)) == 160)
  }

  @Test func `and is not found leaves a gap with its bound, in the notes and in coverage`()
    async throws
  {
    let work = try Workplace()
    let log = work.path + "/logs/app.log"
    let store = try Store(path: work.path + "/store", .night)
    try work.write("logs/app.log", lines(0..<100))
    _ = try await night(0, [log], store)
    #expect(try account(store).share.permille == 1000)
    let size = try #require(try store.streams().first?.consumed)
    try append(log, lines(100..<150))
    try FileManager.default.removeItem(atPath: log)
    try append(log, lines(90_000..<90_030))
    let second = try await night(1, [log], store)
    let note = try #require(gaps(second).first)
    let (from, until) = (Timestamp(seconds: seconds + 99), Timestamp(seconds: seconds + 90_000))
    #expect(note.english.contains("after byte \(size) (\(from)) was not read"))
    #expect(note.english.contains("\(until)") && note.japanese.contains("\(size) バイト"))
    #expect(second.night.status == 3)
    let source = try #require(try account(store).sources.first)
    let gap = try #require(source.unread.first)
    #expect(source.unread.count == 1 && gap.kind == .lost && gap.offset == size)
    #expect(gap.from == from && gap.until == until)
    #expect(source.days.map(\.state) == [.gap, .gap])
    let report = CoverageReport(try account(store), program: "test")
    #expect(report.lines().contains("\"unread\":[{\"path\":"))
    var options = ReportOptions()
    options.language = .japanese
    #expect(report.render(options).contains("ログの残りが未読"))
    // Told once.
    #expect(gaps(try await night(2, [log], store)).isEmpty)
    #expect(try account(store).sources.first?.unread.count == 1)
  }

  @Test func `is read on by a watch that was down meanwhile, and by one that was not`() async throws
  {
    let work = try Workplace()
    let log = work.path + "/logs/app.log"
    let place = work.path + "/store"
    try work.write("logs/app.log", lines(0..<100))
    do {
      let running = try await watch([log], try Store(path: place, .night))
      while try await running.round() {}
      try running.commit()
    }
    try append(log, lines(100..<150))
    try move(log, log + ".1")
    try append(log, lines(150..<160))
    do {
      let running = try await watch([log], try Store(path: place, .night))
      while try await running.round() {}
      #expect(running.sources.map(\.lines) == [160])
      // While it runs: out of what is looked for, and written on.
      try move(log, work.path + "/logs/older")
      try append(work.path + "/logs/older", lines(160..<170))
      try append(log, lines(170..<200))
      for _ in 0..<8 {
        try await running.round()
        usleep(150_000)
      }
      #expect(running.sources.map(\.lines) == [200])
      try running.commit()
    }
    try append(work.path + "/logs/older", lines(200..<205))
    let store = try Store(path: place, .night)
    let running = try await watch([log], store)
    while try await running.round() {}
    #expect(running.sources.map(\.lines) == [205])
    #expect(running.takeNotices().allSatisfy { $0.kind != .gap })
    #expect(try account(store).share.permille == 1000)
  }

  @Test func `in place leaves the bound of what may be lost in the store`() async throws {
    let work = try Workplace()
    let log = work.path + "/logs/app.log"
    let store = try Store(path: work.path + "/store", .night)
    try work.write("logs/app.log", lines(0..<100))
    let running = try await watch([log], store)
    while try await running.round() {}
    let file = try #require(FileHandle(forWritingAtPath: log))
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: Data(lines(100..<120).map { $0 + "\n" }.joined().utf8))
    try file.close()
    for _ in 0..<8 {
      try await running.round()
      usleep(100_000)
    }
    #expect(running.sources.map(\.gaps) == [1])
    try running.commit()
    let source = try #require(try account(store).sources.first)
    let gap = try #require(source.unread.first)
    #expect(source.unread.count == 1 && gap.kind == .cut && gap.offset > 0)
    let bounds = (try #require(gap.from), try #require(gap.until))
    #expect(bounds.0 <= bounds.1)
    let report = CoverageReport(try account(store), program: "test")
    #expect(report.lines().contains("\"kind\":\"cut\",\"offset\":"))
    #expect(
      running.takeNotices().contains { $0.kind == .gap && $0.english.contains("\(bounds.1)") }
    )
  }

  @Test func `takes of a day the part that may be lost of it`() {
    var day = CoverageAccount.Day(day: 0, state: .seen)
    day.events = 10
    #expect(day.weight == 1_000_000)
    day.unread = 250_000
    #expect(day.weight == 750_000)
    day.unknownVolume = 5
    #expect(day.weight == 375_000)
  }
}
