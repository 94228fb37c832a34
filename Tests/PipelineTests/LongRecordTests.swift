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
      #expect(coverage.unreadable.isEmpty)
      #expect(coverage.sources.map(\.name) == ["postgresql-csvlog"])
      #expect(coverage.sources.map(\.events) == [Int64(lines.count)])
      #expect(coverage.sources.map(\.rejected) == [0])
      #expect(coverage.sources.map(\.lines) == [Int64(lines.count)])
    }
  }

  @Test(arguments: [1_060_000, 1_100_000, 2_500_000, 5_000_000])
  func `takes no other with it where it goes over many lines`(length: Int) async throws {
    let numbers = String(repeating: "1234567, 1234567,\n", count: length / 18)
    let long = Self.record(1, "select * from sales.clients where id in (\(numbers)1)")
    for lines in [[long, Self.whole], [long, long, Self.whole]] {
      let coverage = try await Self.coverage(lines)
      #expect(coverage.unreadable.isEmpty)
      #expect(coverage.sources.map(\.name) == ["postgresql-csvlog"])
      #expect(coverage.sources.map(\.events) == [Int64(lines.count)])
      #expect(coverage.sources.map(\.rejected) == [0])
      let count = lines.joined(separator: "\n").utf8.count { $0 == 0x0A } + 1
      #expect(coverage.sources.map(\.lines) == [Int64(count)])
    }
  }

  /// What it is about stands between two long values: neither of its ends tells of an act.
  @Test func `is rejected where what it tells is left out`() async throws {
    func line(_ minute: Int, _ before: Int, _ behind: Int) -> String {
      "{\"time\":\"2026-04-01T09:\(minute):00Z\",\"user\":\"op1\",\"agent\":\"\(String(repeating: "x", count: before))\","
        + "\"ip\":\"192.0.2.7\",\"action\":\"export\",\"object\":\"crm.clients\",\"rows\":15000,\"rest\":\""
        + String(repeating: "y", count: behind) + "\"}"
    }
    let lines = [line(10, 1, 1), line(11, 1_000_000, 1_000_000), line(12, 1, 1)]
    let source = try #require(try await Self.coverage(lines).sources.first)
    #expect(source.lines == 3 && source.events == 2 && source.rejected == 1, "\(source)")
  }

  @Test func `makes no log of what is none behind it`() async throws {
    let coverage = try await Self.coverage([String(repeating: "a b ", count: 500_000), "c d"])
    #expect(coverage.sources.map(\.name) == ["unknown"])
    #expect(coverage.sources.map(\.lines) == [2])
  }
}

/// Records longer than any that is decoded, among others: what they state at both ends is read.
@Suite struct `A statement of more than a mebibyte` {
  /// One that hides what it does behind a comment of so many bytes.
  private static func statement(_ filler: String, _ length: Int) -> String {
    "select /*" + String(repeating: filler, count: length / filler.utf8.count)
      + "*/ * from sales.clients"
  }

  private static func csvlog(_ number: Int, _ statement: String, rows: Int) -> String {
    let quoted = statement.replacing("\"", with: "\"\"\"\"")
    return
      "2026-04-01 09:12:\(10 + number).157 UTC,\"ito\",\"crm\",31136,\"192.0.2.7:5\",6b03fa45.7592,"
      + "\(number),\"SELECT\",2026-04-01 09:00:00 UTC,3/16,0,LOG,00000,\"AUDIT: SESSION,\(number),1,READ,"
      + "SELECT,TABLE,sales.clients,\"\"\(quoted)\"\",<none>,\(rows)\",,,,,,,,,\"psql\",\"client backend\",,0"
  }

  private static func stderr(_ number: Int, _ statement: String, rows: Int) -> String {
    let quoted = statement.replacing("\"", with: "\"\"").replacing("\n", with: "\n\t")
    return
      "2026-04-01 09:12:\(10 + number).157 UTC [31136] ito@crm 192.0.2.7 LOG:  AUDIT: SESSION,\(number),1,"
      + "READ,SELECT,TABLE,sales.clients,\"\(quoted)\",<none>,\(rows)"
  }

  private static func jsonlog(_ number: Int, _ statement: String, rows: Int) -> String {
    let quoted = statement.replacing("\"", with: "\"\"").replacing("\\", with: "\\\\")
      .replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    return
      #"{"timestamp":"2026-04-01 09:12:\#(10 + number).157 UTC","user":"ito","dbname":"crm","pid":31136,"#
      + #""remote_host":"192.0.2.7","remote_port":5,"session_id":"6b03fa45.7592","line_num":\#(number),"#
      + #""ps":"SELECT","session_start":"2026-04-01 09:00:00 UTC","vxid":"3/16","txid":0,"#
      + #""error_severity":"LOG","message":"AUDIT: SESSION,\#(number),1,READ,SELECT,TABLE,sales.clients,"#
      + #"\"\#(quoted)\",<none>,\#(rows)","application_name":"psql","backend_type":"client backend","query_id":0}"#
  }

  private static func mariadb(_ number: Int, _ statement: String, rows: Int) -> String {
    let quoted = statement.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
      .replacing("\n", with: "\\n")
    return "20260401 09:12:\(10 + number),db1,ito,192.0.2.7,77,\(number),QUERY,sales,'\(quoted)',0"
  }

  /// What a scan of the files at a place finds.
  private static func scan(_ work: Workplace, chunkSize: Int) async throws -> ScanResult {
    let estate = DeclaredEstate()
    var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
    var options = ScanOptions(paths: [work.path], threads: 2)
    options.chunkSize = chunkSize
    return try await BatchScan(estate: estate, options: options).run(&engine)
  }

  @Test(
    arguments: ["postgresql-csvlog", "postgresql-stderr", "postgresql-jsonlog", "mariadb-audit"],
    ["1234567,", "don't ", "\"", "\\", "\n--", "顧客"]
  )
  func `hides no read`(format: String, filler: String) async throws {
    let write: (Int, String, Int) -> String =
      switch format {
      case "postgresql-csvlog": Self.csvlog
      case "postgresql-stderr": Self.stderr
      case "postgresql-jsonlog": Self.jsonlog
      default: Self.mariadb
      }
    var lines = (1...40).map { write($0, "select * from sales.clients", 0) }
    lines[20] = write(21, Self.statement(filler, 1_200_000), 90_000)
    let work = try Workplace()
    try work.write("a.log", lines)
    let result = try await Self.scan(work, chunkSize: 1 << 20)
    let coverage = result.coverage
    #expect(coverage.sources.map(\.format) == [format])
    #expect(coverage.sources.map(\.rejected) == [0])
    #expect(coverage.sources.map(\.events) == [40])
    let count = lines.joined(separator: "\n").utf8.count { $0 == 0x0A } + 1
    #expect(coverage.sources.map(\.lines) == [Int64(count)])
    let small = try await Self.scan(work, chunkSize: 1000)
    #expect(small.coverage == coverage)
    #expect(Array(small.incidents) == Array(result.incidents))
    if format != "mariadb-audit" {
      #expect(Array(result.incidents).contains { $0.accounts == ["ito"] })
    }
  }

  /// In one line and over many: its account, its time and the rows that it sent stand before it.
  @Test(arguments: [",", ",\n"]) func `hides no rows of a slow log`(separator: String) async throws
  {
    let numbers = Array(repeating: "1234567,1234567,1234567", count: 60_000)
    let list = numbers.joined(separator: separator)
    func record(_ second: Int, _ text: String, rows: Int) -> String {
      "# Time: 2026-04-01T09:12:\(second).000000Z\n# User@Host: ito[ito] @ pc07 [192.0.2.7]  Id:    12\n"
        + "# Query_time: 0.1  Lock_time: 0.0 Rows_sent: \(rows)  Rows_examined: 0\n"
        + "SET timestamp=\(1_775_034_720 + second);\n\(text);"
    }
    let work = try Workplace()
    try work.write(
      "slow.log",
      [
        record(11, "select 1", rows: 1),
        record(12, "select * from crm.clients where id in (\(list))", rows: 90_000),
        record(13, "select * from crm.clients limit 5", rows: 5),
      ]
    )
    let result = try await Self.scan(work, chunkSize: 1 << 20)
    #expect(result.coverage.sources.map(\.format) == ["mysql-slow"])
    #expect(result.coverage.sources.map(\.events) == [3])
    // What is left of the text is told as rejected, with its place.
    #expect(result.coverage.sources.map(\.rejected) == [1])
    #expect(result.coverage.rejections.count == 1)
    let incident = try #require(Array(result.incidents).first { $0.accounts == ["ito"] })
    #expect(incident.records.high >= 90_000)
    let small = try await Self.scan(work, chunkSize: 1000)
    #expect(small.coverage == result.coverage)
    #expect(Array(small.incidents) == Array(result.incidents))
  }

  @Test func `of which the middle is unknown bounds nothing`() {
    let text =
      "select * from sales.clients where id = 7 /*" + String(repeating: "x ", count: 600_000)
      + "*/ or true limit 5"
    let line = "20260401 09:12:10,db1,ito,192.0.2.7,77,1,QUERY,sales,'\(text)',0\n"
    let format = MariaDBAudit.self
    let bytes = Array(line.utf8)
    let options = DecodeOptions(
      declaration: SourceDeclaration(name: "test"),
      zone: .utc,
      subjectKey: SubjectKey(1, 2)
    )
    var batch = EventBatch()
    let work = try? Workplace()
    guard let work, (try? work.write("a.log", [String(line.dropLast())])) != nil,
      let reader = try? ChunkReader(path: work.path + "/a.log", encoding: nil)
    else { return #expect(Bool(false)) }
    reader.setFraming(format.framing)
    while let chunk = try? reader.next() {
      format.init(options: options, head: bytes.span).decode(chunk, into: &batch)
    }
    #expect(batch.rows.map(\.operation) == [.read])
    #expect(batch.rows.map(\.volume) == [.unknown])
    #expect(batch.rows.allSatisfy { $0.flags.contains(.truncated) && $0.subject == 0 })
  }
}
