import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Logs in which a record says what holds for those behind it.
@Suite struct `The database of a slow log` {
  private static let records = (0..<12).map { index in
    let use = [1: "use crm;\n", 5: "use billing;\n", 8: "use crm;\n"][index] ?? ""
    return "# User@Host: sato[sato] @ pc07 [192.0.2.7]  Id:    \(index % 3)\n"
      + "# Query_time: 0.1  Lock_time: 0.0 Rows_sent: \(900 + index)  Rows_examined: 0\n\(use)"
      + "SET timestamp=\(1_775_034_720 + index * 60);\nselect * from clients;"
  }

  private static let expected =
    ["clients"] + Array(repeating: "crm.clients", count: 4)
    + Array(repeating: "billing.clients", count: 3) + Array(repeating: "crm.clients", count: 4)

  private struct Tally: EventConsumer {
    var objects: [String] = []

    mutating func apply(_ rows: [EventRow], names: NameTable) {
      objects += rows.map { names.text(of: $0.object) }
    }

    mutating func finish(coverage: Coverage, names: NameTable) -> IncidentList { IncidentList([]) }
  }

  private func objects(_ work: Workplace, chunkSize: Int = 1 << 20) async throws -> [String] {
    var options = ScanOptions(paths: [work.path + "/logs"], threads: 2)
    options.chunkSize = chunkSize
    var tally = Tally()
    _ = try await BatchScan(estate: .init(), options: options).run(&tally)
    return tally.objects
  }

  @Test(arguments: ["slow.log.0#", "slow-#.log", "rotated"])
  func `holds on in the part after, wherever it is cut`(name: String) async throws {
    let whole = try Workplace()
    try whole.write("logs/slow.log", Self.records)
    for size in [1, 200, 700, 1 << 20] {
      #expect(try await objects(whole, chunkSize: size) == Self.expected)
    }
    for first in 1..<11 {
      for second in first + 1..<12 {
        let work = try Workplace()
        let parts = [Self.records[..<first], Self.records[first..<second], Self.records[second...]]
        for (index, part) in parts.enumerated() {
          let file =
            name == "rotated"
            ? ["slow.log.2", "slow.log.1", "slow.log"][index]
            : name.replacing("#", with: String(index))
          try work.write("logs/" + file, Array(part))
        }
        let found = try await objects(work)
        #expect(found == Self.expected, "\(first) \(second): \(found)")
      }
    }
  }

  @Test func `is not that of a part where one may be missing between`() async throws {
    let work = try Workplace()
    try work.write("logs/slow.log.01", Array(Self.records[..<3]))
    try work.write("logs/slow.log.04", Array(Self.records[3..<5]))
    #expect(try await objects(work) == Array(Self.expected[..<3]) + ["clients", "clients"])
  }

  @Test func `is known again on the next nights, in the log and in the one after it`() async throws
  {
    let work = try Workplace()
    try work.write(
      "ometsuke.yml",
      [
        "sources: [{name: slow, paths: logs}]", "owners: [{name: Kita}, {name: Minami}]",
        "datasets:",
        "  - {name: crm, owner: Kita, size: 5000, patterns: ['crm.*']}",
        "  - {name: billing, owner: Minami, size: 5000, patterns: ['billing.*']}",
      ]
    )
    let estate = try EstateFile.load(path: work.path + "/ometsuke.yml").estate
    let log = work.path + "/logs/slow.log"
    func night(_ day: Int64) async throws -> ScanResult {
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
    func lines(_ result: ScanResult) -> String {
      JSONLinesReport(options: ReportOptions()).render(
        ScanReport(incidents: result.incidents, coverage: result.coverage, program: "test")
      )
    }
    var result: ScanResult?
    for (day, count) in [2, 3, 4, 7].enumerated() {
      try work.write("logs/slow.log", Array(Self.records[..<count]))
      result = try await night(Int64(day))
    }
    try FileManager.default.moveItem(atPath: log, toPath: log + ".1")
    for (day, count) in [8, 9, 12].enumerated() {
      try work.write("logs/slow.log", Array(Self.records[7..<count]))
      result = try await night(Int64(day + 4))
    }
    let options = ScanOptions(paths: [work.path + "/logs"], threads: 1)
    let scan = BatchScan(estate: estate, options: options)
    var engine = DetectionEngine(estate: estate, sources: scan.sources, detectors: nil)
    var expected = try await scan.run(&engine)
    expected.coverage.complete(from: engine, estate)
    #expect(lines(try #require(result)) == lines(expected))
    #expect(lines(expected).contains("Minami"))
    #expect(try await objects(work) == Self.expected)
  }
}
