import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Logs whose lines mean something under the header lines of a part before.
@Suite struct `Headers of the parts of a log` {
  /// The columns change twice; one line is no record of its header.
  private static let log = [
    "#Software: Microsoft Internet Information Services 10.0",
    "#Fields: date time cs-method cs-uri-stem cs-username c-ip sc-status",
    "2026-04-01 00:12:31 GET /a sato 192.0.2.7 200",
    "2026-04-01 00:12:32 GET /b sato 192.0.2.7 200",
    "#Fields: date time c-ip cs-username cs-method cs-uri-stem sc-status",
    "2026-04-01 00:12:33 192.0.2.8 ito GET /c 200", "2026-04-01 00:12:34 192.0.2.8 ito GET /d 500",
    "2026-04-01 00:12:35 torn",
    "#Fields: date time c-ip cs-username cs-method cs-uri-stem sc-status sc-bytes",
    "2026-04-01 00:12:36 192.0.2.9 abe GET /e 200 40120",
    "2026-04-01 00:12:37 192.0.2.9 abe GET /f 200 512",
  ]

  private func scan(
    _ paths: [String],
    _ estate: DeclaredEstate = .init()
  ) async throws -> ScanResult {
    let scan = BatchScan(estate: estate, options: ScanOptions(paths: paths, threads: 1))
    var engine = DetectionEngine(estate: estate, sources: scan.sources, detectors: nil)
    var result = try await scan.run(&engine)
    result.coverage.complete(from: engine, estate)
    return result
  }

  /// Rows as text, in order of time.
  private func rows(_ paths: [String]) async throws -> [String] {
    var tally = Tally()
    let scan = BatchScan(estate: .init(), options: ScanOptions(paths: paths, threads: 2))
    _ = try await scan.run(&tally)
    return tally.rows
  }

  private struct Tally: EventConsumer {
    var rows: [String] = []

    mutating func apply(_ rows: [EventRow], names: NameTable) {
      self.rows += rows.map { row in
        "\(row.time) \(names.text(of: row.account)) \(names.text(of: row.terminal)) "
          + "\(names.text(of: row.object)) \(row.bytes)"
      }
    }

    mutating func finish(coverage: Coverage, names: NameTable) -> IncidentList { IncidentList([]) }
  }

  @Test(arguments: ["ex.log.0#", "ex.log.#", "ex-#.log", "rotated"])
  func `hold on in the parts after, wherever it is cut and however they are named`(
    name: String
  ) async throws {
    let whole = try Workplace()
    try whole.write("ex.log", Self.log)
    let expected = try await rows([whole.path])
    #expect(expected.count == 6)
    let coverage = try await scan([whole.path]).coverage.sources
    #expect(coverage.map(\.rejected) == [1])
    for (first, second) in [(1, 2), (3, 4), (6, 9)] {
      let work = try Workplace()
      let parts = [Self.log[..<first], Self.log[first..<second], Self.log[second...]]
      for (index, part) in parts.enumerated() {
        let file =
          name == "rotated"
          ? ["ex.log.2", "ex.log.1", "ex.log"][index]
          : name.replacingOccurrences(of: "#", with: String(index))
        try work.write(file, Array(part))
      }
      #expect(try await rows([work.path]) == expected, "\(name) cut at \(first) and \(second)")
      guard first == 6 else { continue }
      #expect(try await scan([work.path]).coverage.sources == coverage, "\(first) \(second)")
    }
  }

  @Test func `hold for lines before any where the log has but one`() async throws {
    let one = Array(Self.log[..<4])
    let whole = try laid(["ex.log": one])
    let expected = try await rows([whole.path])
    #expect(expected.count == 2)
    for names in [["a.log", "b.log"], ["b.log", "a.log"], ["ex-1.log", "ex-7.log"]] {
      let work = try laid([names[0]: Array(one[..<3]), names[1]: [one[3]]])
      #expect(try await rows([work.path]) == expected, "\(names)")
    }
    // In one file, and of two headers neither.
    let turned = try laid(["ex.log": [one[3]] + one[..<3]])
    #expect(try await rows([turned.path]) == expected)
    let two = try laid(["ex-1.log": Array(Self.log[..<6]), "ex-7.log": [Self.log[6]]])
    #expect(try await rows([two.path]).count == 3)
    #expect(try await scan([two.path]).coverage.sources.map(\.rejected) == [1])
  }

  private func laid(_ files: [String: [String]]) throws -> Workplace {
    let work = try Workplace()
    for (name, lines) in files { try work.write(name, lines) }
    return work
  }

  private func lines(_ result: ScanResult) -> String {
    JSONLinesReport(options: ReportOptions()).render(
      ScanReport(incidents: result.incidents, coverage: result.coverage, program: "test")
    )
  }

  private func night(
    _ work: Workplace,
    _ estate: DeclaredEstate,
    day: Int64
  ) async throws -> ScanResult {
    let options = NightlyOptions(
      scan: ScanOptions(paths: [work.path + "/logs"], threads: 1),
      now: Timestamp(seconds: 1_775_088_000 + day * 86_400),
      program: "test",
      estateDigest: [],
      author: "test"
    )
    let store = try Store(path: work.path + "/store", .night)
    return try await NightlyRun(estate: estate, options: options).run(in: store) {
      JSONLinesReport.line(of: $0)
    }.result
  }

  @Test(arguments: [3, 6, 10])
  func `are known again on the next night, in the log and in the one after it`(
    cut: Int
  ) async throws {
    let work = try Workplace()
    let log = work.path + "/logs/ex.log"
    try work.write("logs/ex.log", Array(Self.log[..<cut]))
    _ = try await night(work, .init(), day: 0)
    // The second night goes on within the file.
    try work.write("logs/ex.log", Array(Self.log[..<min(cut + 1, Self.log.count)]))
    _ = try await night(work, .init(), day: 1)
    // It is renamed, and the program goes on without its header.
    try FileManager.default.moveItem(atPath: log, toPath: log + ".1")
    try work.write("logs/ex.log", Array(Self.log[min(cut + 1, Self.log.count)...]))
    var result = try await night(work, .init(), day: 2)
    // And once more within that.
    try work.write(
      "logs/ex.log",
      Array(Self.log[min(cut + 1, Self.log.count)...]) + Self.log.suffix(1)
    )
    result = try await night(work, .init(), day: 3)
    let expected = try await scan([work.path + "/logs"])
    #expect(lines(result) == lines(expected))
    #expect(result.coverage.sources.map(\.rejected) == [1])
    #expect(result.coverage.sources.map(\.events) == [7])
  }

  @Test func `declared formats are read on the next night by the name of their source`()
    async throws
  {
    let work = try Workplace()
    try work.write(
      "formats.d/desk.yml",
      [
        "format: desk", "lines:", "  - '{at} {user:word} {verb:word} {what:word} {rows:number}'",
        "fields:", "  time: at", "  account: user", "  operation: verb", "  object: what",
        "  records: rows",
      ]
    )
    try work.write("ometsuke.yml", ["sources:", "  - {name: desk, path: logs, format: desk}"])
    let estate = try EstateFile.load(path: work.path + "/ometsuke.yml").estate
    let log = (0..<20).map { "2026-04-01T00:12:\($0 + 10)Z sato view members \($0)" }
    for (day, count) in [3, 4, 11, 20].enumerated() {
      try work.write("logs/desk.log", Array(log[..<count]))
      let result = try await night(work, estate, day: Int64(day))
      #expect(result.coverage.sources.map(\.events) == [Int64(count)])
      #expect(lines(result) == lines(try await scan([work.path + "/logs"], estate)))
    }
  }
}
