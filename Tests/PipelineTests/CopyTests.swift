import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Testing

@testable import Pipeline

private func scan(_ paths: [String], threads: Int = 2) async throws -> Coverage {
  var engine = DetectionEngine(estate: DeclaredEstate(), sources: [], detectors: nil)
  let scan = BatchScan(
    estate: DeclaredEstate(),
    options: ScanOptions(paths: paths, threads: threads)
  )
  return try await scan.run(&engine).coverage
}

private func line(_ number: Int, at second: Int? = nil) -> String {
  let second = second ?? number
  let time = String(format: "%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60)
  return "192.0.2.\(number % 5) - user\(number % 7) [10/Oct/2023:\(time) +0900]"
    + " \"GET /customers/\(number) HTTP/1.1\" 200 \(1000 + number)"
}

@Suite struct `A copy of a log` {
  private static let all = (0..<400).map { line($0) }

  /// Events counted, and what is said of copies.
  private func counted(
    _ files: [String: ArraySlice<String>],
    threads: Int = 2
  ) async throws -> (Int64, [String]) {
    let work = try Workplace()
    for (name, lines) in files { try work.write(name, Array(lines)) }
    let coverage = try await scan([work.path], threads: threads)
    return (
      coverage.sources.reduce(0) { $0 + $1.events },
      coverage.assumptions.filter {
        $0.contains("not counted again") || $0.contains("stand in") || $0.contains("overlap")
      }
      .map { $0.replacing(work.path + "/", with: "") }
    )
  }

  @Test func `is not counted again, whatever its name`() async throws {
    let all = Self.all[...]
    let twice = try await counted(["web/access.log": all, "backup/old.txt": all])
    #expect(twice.0 == 400)
    #expect(
      twice.1
        == [
          "1 file holds nothing that others do not: not counted again: web/access.log (as"
            + " backup/old.txt)."
        ]
    )
    // Copied while it was still growing, twice.
    let young = try await counted(["a/access.log": all, "b": all[..<100], "c": all[..<57]])
    #expect(young.0 == 400)
    #expect(
      young.1 == [
        "2 files hold nothing that others do not: not counted again: b (as a/access.log), c (as"
          + " a/access.log)."
      ]
    )
  }

  @Test func `is known in files put together from several`() async throws {
    let all = Self.all[...]
    let days = try await counted([
      "month.log": all, "day-1": all[..<90], "day-2": all[90..<200], "day-3": all[200...],
    ])
    #expect(days.0 == 400)
    #expect(days.1.first?.hasPrefix("3 files hold nothing") ?? false)
    // The first day is missing: what the others share is left out by event.
    let rest = try await counted(["month.log": all, "day-2": all[90..<200], "day-3": all[200...]])
    #expect(rest.0 == 400)
    #expect(
      rest.1 == [
        "3 files overlap: 310 events of them stand in another one too, with the same time and text, and are counted"
          + " once: day-2, day-3, month.log."
      ]
    )
  }

  @Test(arguments: [1, 2])
  func `counts what two collections share once, however far each goes`(threads: Int) async throws {
    let all = Self.all[...]
    let two = try await counted(["a": all[..<250], "b": all[150...]], threads: threads)
    #expect(two.0 == 400)
    #expect(two.1.first?.hasPrefix("2 files overlap: 100 events") ?? false)
    // A tail of it, and what one of them has twice.
    let flood = all[..<100] + [all[50]] + all[100...]
    let tail = try await counted(
      ["a": flood, "b": all[200...], "c": all[40..<90]],
      threads: threads
    )
    #expect(tail.0 == 401)
    // In no order.
    let mixed = Array(all[..<250].reversed())
    let disorder = try await counted(["a": mixed[...], "b": all[150...]], threads: threads)
    #expect(disorder.0 == 400)
  }

  @Test func `what two servers write in the same moments is theirs both`() async throws {
    let own = { (server: Int) in
      Self.all.enumerated().map { index, text in
        index % 3 > 0 ? text : line(2_000 + server * 500 + index, at: index)
      }
    }
    let two = try await counted(["a": own(0)[...], "b": own(1)[...]])
    #expect(two.0 == 800)
    #expect(two.1.first?.contains("they are counted each time") ?? false)
  }

  @Test func `is known when it is compressed, not when it is damaged`() async throws {
    let work = try Workplace()
    try work.write("access.log", Self.all)
    try work.write("copy.log", Array(Self.all[..<300]))
    for (tool, ending) in [("gzip", "gz"), ("zstd", "zst")] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [tool, "-q", "-k", work.path + "/copy.log"]
      try process.run()
      process.waitUntilExit()
      #expect(FileManager.default.fileExists(atPath: work.path + "/copy.log." + ending))
    }
    let whole = try await scan([work.path])
    #expect(whole.sources.map(\.events) == [400])
    let packed = try Data(contentsOf: URL(fileURLWithPath: work.path + "/copy.log.gz"))
    try packed.dropLast(20).write(to: URL(fileURLWithPath: work.path + "/copy.log.gz"))
    let damaged = try await scan([work.path])
    // It is no copy any more; its events are left out one by one.
    #expect(damaged.sources.map(\.events) == [400])
    #expect(damaged.assumptions.contains { $0.contains("files overlap") })
    #expect(damaged.unreadable.count == 1)
  }

  @Test func `is only what has no line of its own`() async throws {
    let all = Self.all
    // Two that differ in their last line.
    let other = all.dropLast() + [line(1_000, at: 399)]
    let two = try await counted(["a.log": all[...], "b.log": other[...]])
    #expect(two.0 == 401)
    #expect(two.1.first?.contains("399 events") ?? false)
    // One second: the halves of a log may be equal.
    let flood = Array(repeating: line(7), count: 40)
    let halves = try await counted(["a-1.log": flood[..<20], "a-2.log": flood[20...]])
    #expect(halves.0 == 40)
    // Too short to tell.
    let short = try await counted(["a.log": all[..<3], "b.log": all[..<3]])
    #expect(short.0 == 6)
  }

  @Test func `leaves every source as it is without`() async throws {
    let work = try Workplace()
    let samples =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path + "/sample-logs/"
    for folder in ["postgresql", "syslog", "web"] {
      try FileManager.default.createDirectory(
        atPath: work.path + "/one",
        withIntermediateDirectories: true
      )
      try FileManager.default.copyItem(
        atPath: samples + folder,
        toPath: work.path + "/one/" + folder
      )
    }
    let once = try await scan([work.path])
    let most = once.sources.map(\.events).max() ?? 0
    #expect(most > 1_000)
    try FileManager.default.copyItem(atPath: work.path + "/one", toPath: work.path + "/two")
    let twice = try await scan([work.path])
    let isSame = once.sources == twice.sources
    #expect(isSame)
  }
}
