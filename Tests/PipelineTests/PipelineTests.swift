import Estate
import EventModel
import Foundation
import Ingest
import Testing

@testable import Pipeline

/// A folder of its own for one test, removed afterwards.
final class Workplace {
  let path = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ lines: [String], end: String = "\n") throws {
    let file = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(lines.map { $0 + end }.joined().utf8).write(to: file)
  }
}

/// A small generator with a seed, so that every run is the same.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 31)
  }
}

/// Two months of lines with ties, repeated lines, lines without event or time and bad lines, every 1200 s
/// or so.
func sampleLines(_ count: Int = 2000) -> [String] {
  var random = Seeded(state: 7)
  var time = 1_700_000_000
  return (0..<count).map { index in
    if index % 3 != 0 { time += Int.random(in: 0..<2400, using: &random) }
    if index % 97 == 5 { return "# note \(index)" }
    if index % 101 == 6 { return "torn \(index)" }
    if index % 53 == 7 { return "at \(time)" }
    let account = "user\(Int.random(in: 0..<40, using: &random))"
    let more = index % 11 == 0 ? "+t\(index % 5)" : ""
    let records = index % 7 == 0 ? "-" : "\(index % 3)"
    return "\(time) \(account) \(records) t\(Int.random(in: 0..<9, using: &random))\(more)"
  }
}

func scan(
  _ paths: [String],
  threads: Int = 1,
  chunkSize: Int = 1 << 20,
  estate: DeclaredEstate = .init(),
  _ adjust: (inout ScanOptions) -> Void = { _ in }
) async throws -> (seen: Recorder, result: ScanResult) {
  var options = ScanOptions(paths: paths, threads: threads)
  options.chunkSize = chunkSize
  adjust(&options)
  var recorder = Recorder()
  let scan = BatchScan(estate: estate, options: options, formats: [TallyFormat.self])
  let result = try await scan.run(&recorder)
  return (recorder, result)
}

/// Where rejected lines stand moves with them.
private func withoutPlaces(_ coverage: Coverage) -> Coverage {
  var coverage = coverage
  coverage.rejections = []
  return coverage
}

@Suite struct `The order of a scan` {
  @Test func `is the same for every number of threads and size of chunks`() async throws {
    let work = try Workplace()
    try work.write("a.log", sampleLines())
    let expected = try await scan([work.path])
    #expect(expected.seen.rows.count > 1900)
    #expect(!expected.result.wasSorted)
    for threads in 1...3 {
      for chunkSize in [100, 1000, 1 << 20] {
        let other = try await scan([work.path], threads: threads, chunkSize: chunkSize)
        #expect(other.seen.rows == expected.seen.rows)
        #expect(other.result.coverage == expected.result.coverage)
        #expect(!other.result.wasSorted)
      }
    }
  }

  @Test(arguments: 1...2)
  func `is the same for every split, order and concatenation`(threads: Int) async throws {
    let whole = try Workplace()
    let lines = sampleLines()
    try whole.write("a.log", lines)
    let expected = try await scan([whole.path], threads: threads)

    var random = Seeded(state: UInt64(threads))
    let cuts = (0..<6).map { _ in Int.random(in: 0..<lines.count, using: &random) }.sorted()
    let parts = zip([0] + cuts, cuts + [lines.count]).map { Array(lines[$0..<$1]) }

    let split = try Workplace()
    for (index, part) in parts.enumerated() { try split.write("\(index).log", part) }
    let reversed = try Workplace()
    for (index, part) in parts.reversed().enumerated() { try reversed.write("\(index).log", part) }
    let dealt = try Workplace()
    for index in 0..<3 {
      try dealt.write("\(index).log", lines.indices.filter { $0 % 3 == index }.map { lines[$0] })
    }
    for place in [split, reversed, dealt] {
      let other = try await scan([place.path], threads: threads, chunkSize: 1000)
      #expect(other.seen.rows == expected.seen.rows)
      #expect(other.result.coverage.sources == expected.result.coverage.sources)
      #expect(!other.result.wasSorted)
    }

    let wrong = try Workplace()
    try wrong.write("a.log", parts.reversed().flatMap { $0 })
    let shuffled = try Workplace()
    try shuffled.write("a.log", lines.shuffled(using: &random))
    for place in [wrong, shuffled] {
      let other = try await scan([place.path], threads: threads, chunkSize: 1000)
      #expect(other.seen.rows == expected.seen.rows)
      #expect(withoutPlaces(other.result.coverage) == withoutPlaces(expected.result.coverage))
      #expect(other.result.wasSorted)
    }
  }

  @Test func `survives runs on disk, a full buffer and bounded tables of names`() async throws {
    let work = try Workplace()
    let lines = sampleLines()
    try work.write("a.log", lines.reversed())
    let expected = try await scan([work.path])
    let spilled = try await scan([work.path], threads: 2, chunkSize: 1000) {
      $0.limits.runRows = 90
      $0.limits.applyRows = 7
      $0.limits.workerNames = 5
    }
    #expect(spilled.seen.rows == expected.seen.rows)
    #expect(spilled.result.spilledBytes > 1900 * 100)
    #expect(expected.result.spilledBytes == 0)

    let straight = try Workplace()
    try straight.write("a.log", lines)
    let full = try await scan([straight.path], chunkSize: 1000) { $0.limits.bufferedRows = 10 }
    #expect(full.seen.rows == expected.seen.rows)
    #expect(withoutPlaces(full.result.coverage) == withoutPlaces(expected.result.coverage))

    let capped = try await scan([straight.path]) { $0.limits.names = 10 }
    #expect(capped.result.coverage.overflowedNames > 0)
    #expect(capped.seen.rows.contains { $0.account == "(overflow)" })
    #expect(capped.seen.rows.count == expected.seen.rows.count)
  }

  @Test func `grants many files that overlap`() async throws {
    let work = try Workplace()
    let lines = sampleLines()
    try work.write("whole/a.log", lines)
    for index in 0..<70 {
      try work.write(
        "parts/\(index).log",
        lines.indices.filter { $0 % 70 == index }.map { lines[$0] }
      )
    }
    let expected = try await scan([work.path + "/whole"])
    let other = try await scan([work.path + "/parts"], threads: 2)
    #expect(other.seen.rows == expected.seen.rows)
    #expect(other.result.coverage.sources == expected.result.coverage.sources)
  }
}

@Suite struct `The books of a scan` {
  @Test func `account for every record, once`() async throws {
    let work = try Workplace()
    let lines = sampleLines()
    try work.write("a.log", lines)
    let result = try await scan([work.path], chunkSize: 1000).result
    let source = try #require(result.coverage.sources.first)
    #expect(result.coverage.sources.count == 1)
    #expect(source.name == "tally")
    #expect(source.lines == Int64(lines.count))
    #expect(source.bytes == lines.reduce(0) { $0 + Int64($1.utf8.count) })
    #expect(source.rejected == Int64(lines.filter { $0.hasPrefix("torn") }.count))
    #expect(source.undatedLines == Int64(lines.filter { ["#", "t"].contains($0.first) }.count))
    #expect(source.events > source.lines - source.undatedLines)
    let unknown = lines.filter { $0.contains(" - ") }
    #expect(source.unknownVolume >= Int64(unknown.count))
    #expect(result.files.first?.lines == Int64(lines.count))
    #expect(result.files.first?.rejections.first?.line == 7)
  }

  @Test func `tell silent days in the days of the policy`() async throws {
    let work = try Workplace()
    // 23:00 UTC on day 19675, 08:00 the next day in Japan; then nothing for two days.
    try work.write("a.log", ["1700002800 a 1 t", "1700262000 a 1 t", "1700100000 b - t"])
    var estate = DeclaredEstate()
    let utc = try await scan([work.path], estate: estate).result.coverage.sources[0]
    #expect(utc.days.map(\.day) == [19675, 19677, 19678])
    #expect(utc.silentDays == [19676])
    estate.policy.timeZone = "+09:00"
    let local = try await scan([work.path], estate: estate).result.coverage.sources[0]
    #expect(local.days.map(\.day) == [19676, 19677, 19679])
    #expect(local.silentDays == [19678])
  }

  @Test func `leave out what lies before from and after to`() async throws {
    let work = try Workplace()
    try work.write("a.log", ["1700000100 a 1 t", "1700000200 b 1 t", "1700000300 c 1 t"])
    let seen = try await scan([work.path]) {
      $0.from = Timestamp(seconds: 1_700_000_200)
      $0.to = Timestamp(seconds: 1_700_000_300)
    }
    #expect(seen.seen.rows.map(\.account) == ["b"])
    #expect(seen.result.coverage.sources.first?.lines == 1)
  }

  @Test func `say what could not be read and what stepped back`() async throws {
    let work = try Workplace()
    try work.write("good.log", ["1700000100 a 1 t", "1700000050 b 1 t"])
    try work.write("empty.log", [])
    try work.write("notes/readme.txt", ["hello"])
    try work.write("ometsuke.yml", ["1700000100 x 1 t"])
    var estate = DeclaredEstate()
    estate.file = work.path + "/ometsuke.yml"
    let (seen, result) = try await scan(
      [work.path, work.path + "/missing.log"],
      estate: estate
    )
    #expect(seen.rows.map(\.account) == ["b", "a"])
    #expect(
      Set(result.coverage.unreadable.map(\.path)) == [
        work.path + "/notes/readme.txt", work.path + "/missing.log",
      ]
    )
    #expect(result.files.map(\.backwardSteps).reduce(0, +) == 1)
    #expect(result.files.contains { $0.reason == "empty" && $0.error == nil })
    #expect(!result.files.contains { $0.path.hasSuffix(".yml") })
  }

  @Test func `give a file to the first declared source whose path fits`() async throws {
    let work = try Workplace()
    try work.write("db/2024/a.log", ["1700000100 a 1 t"])
    try work.write("web/b.log", ["1700000200 b 1 t"])
    try work.write("c.log", ["1700000300 c 1 t"])
    var estate = DeclaredEstate()
    estate.file = work.path + "/ometsuke.yml"
    var database = SourceDeclaration(name: "database")
    database.paths = ["db/**/*.log"]
    var web = SourceDeclaration(name: "web")
    web.paths = ["web", "db"]
    estate.sources = [database, web]
    let (seen, result) = try await scan([work.path], estate: estate)
    #expect(seen.rows.map(\.source) == [0, 1, 2])
    #expect(result.coverage.sources.map(\.name) == ["database", "web", "tally"])
  }
}

@Suite struct `The evidence of a scan` {
  /// SHA-256 of "1700000100 a 60 t", by sha256sum.
  private func reference(_ line: String, in folder: String) throws -> String {
    let path = folder + "/reference"
    try Data(line.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return String(try run("/usr/bin/sha256sum", [path]).prefix(64))
  }

  private func run(_ tool: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  @Test func `carries the digest of the very bytes, in plain and compressed files`() async throws {
    let work = try Workplace()
    let lines = (0..<300).map { "\(1_700_001_000 + $0) a \($0) t" }
    try work.write("logs/a.log", lines, end: "\r\n")
    let plain = try await scan([work.path + "/logs"], chunkSize: 1000).result
    let first = try #require(plain.incidents.first?.findings.first?.evidence)
    let item = first[217]
    #expect(item.sha256 == (try reference("1700001217 a 217 t", in: work.path)))
    #expect(item.file == work.path + "/logs/a.log")
    #expect(item.line == 218)
    #expect(item.member == nil)

    _ = try run("/usr/bin/gzip", [work.path + "/logs/a.log"])
    let packed = try await scan([work.path + "/logs"], threads: 2, chunkSize: 100).result
    let same = try #require(packed.incidents.first?.findings.first?.evidence)
    #expect(same[217].member == "gzip")
    #expect(same.map(\.sha256) == first.map(\.sha256))
    #expect(same.map(\.offset) == first.map(\.offset))
  }

  @Test func `of a pipe is what was kept while reading`() async throws {
    let work = try Workplace()
    try work.write("a.log", ["1700000200 a 60 t", "1700000100 b 1 t", "1700000300 c - t"])
    let pipe = work.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "cat '\(work.path)/a.log' > '\(pipe)'"]
    try process.run()
    let (seen, result) = try await scan([pipe])
    process.waitUntilExit()
    #expect(seen.rows.map(\.account) == ["b", "a", "c"])
    #expect(result.wasSorted)
    let evidence = try #require(result.incidents.first?.findings.first?.evidence)
    #expect(evidence.map { $0.sha256 == nil } == [true, false, false])
    #expect(evidence[1].sha256 == (try reference("1700000200 a 60 t", in: work.path)))
    #expect(result.files.first?.changedEvidence == 1)
  }
}
