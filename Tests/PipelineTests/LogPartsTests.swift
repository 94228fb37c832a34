import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Testing

@testable import Pipeline

/// A scan of the registered formats with nothing declared.
private func undeclared(_ paths: [String]) async throws -> ScanResult {
  var engine = DetectionEngine(estate: DeclaredEstate(), sources: [], detectors: nil)
  let scan = BatchScan(estate: DeclaredEstate(), options: ScanOptions(paths: paths, threads: 1))
  return try await scan.run(&engine)
}

@Suite struct `Parts of a log` {
  private static let header = "time,user,action,table,rows"
  private static let records = (0..<9).map {
    "2026-04-01 09:12:3\($0),sato,view,crm.customers,\($0)"
  }

  @Test func `without a header have that of the others, whatever their order`() async throws {
    let whole = try Workplace()
    try whole.write("app.csv", [Self.header] + Self.records)
    let expected = try await undeclared([whole.path]).coverage
    #expect(expected.sources.map(\.events) == [9])
    #expect(expected.sources.map(\.lines) == [10])
    #expect(expected.sources.map(\.headerLines) == [1])
    for cut in [0, 1, 4, 8] {
      let parts = try Workplace()
      try parts.write("app-1.csv", [Self.header] + Self.records[..<cut])
      try parts.write("app-2.csv", Array(Self.records[cut...]))
      #expect(try await undeclared([parts.path]).coverage == expected, "\(cut)")
      let repeated = try Workplace()
      try repeated.write("app-1.csv", Array(Self.records[cut...]))
      try repeated.write("app-2.csv", [Self.header] + Self.records[..<cut])
      #expect(try await undeclared([repeated.path]).coverage == expected, "\(cut)")
      // Concatenated the wrong way round, the header stands in the middle.
      let mixed = try Workplace()
      try mixed.write("app.csv", Self.records[cut...] + [Self.header] + Self.records[..<cut])
      #expect(try await undeclared([mixed.path]).coverage == expected, "\(cut)")
    }
  }

  @Test func `with two headers to choose from have none`() async throws {
    let work = try Workplace()
    try work.write("a/x.csv", [Self.header] + Self.records)
    try work.write("a/y.csv", ["date,login,op,object,count"] + Self.records)
    try work.write("a/elsewhere.csv", Self.records)
    let result = try await undeclared([work.path])
    #expect(result.coverage.unreadable.map { $0.path.hasSuffix("elsewhere.csv") } == [true])
  }

  @Test func `that no format claims are counted line by line and named`() async throws {
    let work = try Workplace()
    try work.write(
      "audit.log",
      [
        "SYSCALL audit 1492037291.036 59 arch c000003e syscall 59",
        "EXECVE audit 1492037291.036 59 argc 1 grep",
      ]
    )
    try work.write("values.csv", ["timestamp,value", "2026-04-01 00:00:00,1.5"])
    try FileManager.default.createDirectory(
      atPath: work.path + "/b",
      withIntermediateDirectories: true
    )
    try Data([0x7F, 0x45, 0x4C, 0x46, 0, 0, 0x0A]).write(
      to: URL(fileURLWithPath: work.path + "/b/program")
    )
    let coverage = try await undeclared([work.path]).coverage
    #expect(coverage.sources.map(\.name) == ["unknown"])
    #expect(coverage.sources.map(\.rejected) == [5])
    #expect(coverage.sources.map(\.events) == [0])
    #expect(coverage.unreadable.count == 3)
    #expect(coverage.unreadable.count { $0.reason.contains("declare") } == 2)
    #expect(coverage.unreadable.count { $0.reason.hasPrefix("binary data") } == 1)
  }

  @Test func `have the backward steps of the whole`() async throws {
    func line(_ number: Int, _ minute: Int) -> String {
      "2026-04-01 09:\(10 + minute):00.000 UTC,\"ito\",\"crm\",1,\"192.0.2.7:5\",6b03fa45.7592,\(number),"
        + "\"SELECT\",2026-04-01 09:00:00 UTC,3/16,0,LOG,00000,\"AUDIT: SESSION,\(number),1,READ,"
        + "SELECT,TABLE,t,select 1 from t,<none>,1\",,,,,,,,,\"psql\",\"client backend\",,0"
    }
    let log = (1...20).map { line($0, $0 <= 10 ? $0 + 20 : $0) }
    let whole = try Workplace()
    try whole.write("pg.csv", log)
    let expected = try await undeclared([whole.path]).coverage
    #expect(expected.sources.map(\.backwardSteps) == [1])
    for cut in [1, 9, 10, 11, 19] {
      let parts = try Workplace()
      try parts.write("z.csv", Array(log[..<cut]))
      try parts.write("b.csv", Array(log[cut...]))
      #expect(try await undeclared([parts.path]).coverage == expected, "\(cut)")
    }
    // Syslog numbers nothing: not measured is not none.
    let syslog = try Workplace()
    try syslog.write(
      "auth.log",
      [
        "2026-04-01T09:10:00Z db1 sshd[1]: Accepted password for ito from 192.0.2.7 port 5 ssh2"
      ]
    )
    #expect(try await undeclared([syslog.path]).coverage.sources.map(\.backwardSteps) == [nil])
  }

  @Test func `of a csvlog are read wherever the cut falls, named by number or letter`() async throws
  {
    let log = (0..<12).flatMap { number in
      [
        "2026-04-01 09:\(10 + number):00.000 UTC,\"ito\",\"crm\",1,\"192.0.2.7:5\",6b03fa45.7592,"
          + "\(number),\"SELECT\",2026-04-01 09:00:00 UTC,3/16,0,LOG,00000,\"AUDIT: SESSION,"
          + "\(number),1,READ,SELECT,TABLE,t,\"\"select *",
        "from t", "\"\",<none>,1\",,,,,,,,,\"psql\",\"client backend\",,0",
      ]
    }
    // The second has no record that tells its format.
    for cuts in [[17, 20], [18, 20], [19, 20], [17, 18]] {
      let bounds = [0] + cuts + [log.count]
      let parts = zip(bounds, bounds.dropFirst()).map { Array(log[$0..<$1]) }
      for name in ["log.#.csv", "part#", "x#", "part#.csv"] {
        let isNumbered = name == "log.#.csv"
        let letters = name == "x#" ? "aaa" : "a"
        let work = try Workplace()
        for (part, sign) in zip(parts, isNumbered ? ["0", "1", "2"] : ["a", "b", "c"]) {
          let suffix = isNumbered ? sign : letters + sign
          try work.write(name.replacingOccurrences(of: "#", with: suffix), part)
        }
        let sources = try await undeclared([work.path]).coverage.sources
        #expect(sources.map(\.format) == ["postgresql-csvlog"], "\(name) \(cuts)")
        #expect(sources.map(\.events) == [12], "\(name) \(cuts)")
      }
    }
  }

  @Test func `of times without a year span New Year as the whole does`() async throws {
    func line(_ day: String) -> String {
      "\(day) 09:10:00 db1 sshd[1]: Accepted password for ito from 192.0.2.7 port 5 ssh2"
    }
    let log = ["Nov 20", "Dec 01", "Dec 24", "Dec 31", "Jan  1", "Jan 15", "Feb  3"].map(line)
    let whole = try Workplace()
    try whole.write("auth.log", log)
    let expected = try await undeclared([whole.path]).coverage
    let first = try #require(expected.sources.first?.days.first?.day)
    let last = try #require(expected.sources.first?.days.last?.day)
    #expect(last - first == 75)
    for cut in 1..<log.count {
      let parts = try Workplace()
      try parts.write("b.log", Array(log[..<cut]))
      try parts.write("a.log", Array(log[cut...]))
      #expect(try await undeclared([parts.path]).coverage == expected, "\(cut)")
    }
  }
}
