import Detection
import Estate
import EventModel
import Ingest
import Testing

@testable import Pipeline

/// Files that begin with a record longer than any that is read.
@Suite struct `A first record that is too long` {
  private static func record(_ number: Int, _ statement: String) -> String {
    "2026-04-01 09:12:\(10 + number).157 UTC,\"ito\",\"crm\",31136,\"192.0.2.7:5\",6b03fa45.7592,"
      + "\(number),\"SELECT\",2026-04-01 09:00:00 UTC,3/16,0,LOG,00000,\"AUDIT: SESSION,\(number),1,READ,"
      + "SELECT,TABLE,sales.clients,\"\"\(statement)\"\",<none>,60000\",,,,,,,,,\"psql\",\"client backend\",,0"
  }

  private static let whole = record(2, "select * from sales.clients")

  private static func coverage(_ lines: [String]) async throws -> Coverage {
    let work = try Workplace()
    try work.write("a.csv", lines)
    let estate = DeclaredEstate()
    var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
    let scan = BatchScan(estate: estate, options: ScanOptions(paths: [work.path], threads: 1))
    return try await scan.run(&engine).coverage
  }

  @Test(arguments: [1_100_000, 2_500_000, 5_000_000])
  func `takes no other with it`(length: Int) async throws {
    let numbers = String(repeating: "1234567,", count: length / 8)
    let long = Self.record(1, "select * from sales.clients where id in (\(numbers)1)")
    for lines in [[long, Self.whole], [long, long, Self.whole], [long, Self.whole, long]] {
      let coverage = try await Self.coverage(lines)
      #expect(coverage.unreadable.map { $0.reason.hasPrefix("read in part") } == [true])
      #expect(coverage.sources.map(\.name) == ["postgresql-csvlog"])
      #expect(coverage.sources.map(\.events) == [1])
      #expect(coverage.sources.map(\.rejected) == [Int64(lines.count - 1)])
      #expect(coverage.sources.map(\.lines) == [Int64(lines.count)])
    }
  }

  @Test(arguments: [1_060_000, 1_100_000, 2_500_000, 5_000_000])
  func `takes no other with it where it goes over many lines`(length: Int) async throws {
    let numbers = String(repeating: "1234567, 1234567,\n", count: length / 18)
    let long = Self.record(1, "select * from sales.clients where id in (\(numbers)1)")
    for lines in [[long, Self.whole], [long, long, Self.whole]] {
      let coverage = try await Self.coverage(lines)
      #expect(coverage.unreadable.map { $0.reason.hasPrefix("read in part") } == [true])
      #expect(coverage.sources.map(\.name) == ["postgresql-csvlog"])
      #expect(coverage.sources.map(\.events) == [1])
      let count = lines.joined(separator: "\n").utf8.count { $0 == 0x0A } + 1
      #expect(coverage.sources.map(\.lines) == [Int64(count)])
    }
  }

  @Test func `makes no log of what is none behind it`() async throws {
    let coverage = try await Self.coverage([String(repeating: "a b ", count: 500_000), "c d"])
    #expect(coverage.sources.map(\.name) == ["unknown"])
    #expect(coverage.sources.map(\.lines) == [2])
  }
}
