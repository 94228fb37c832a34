import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Testing

@testable import Pipeline

@Suite struct `The coverage of a scan` {
  private func read(
    _ paths: [String],
    chunkSize: Int = 1 << 20,
    estate: DeclaredEstate = .init(),
    _ adjust: (inout ScanOptions) -> Void = { _ in }
  ) async throws -> (seen: Recorder, result: ScanResult) {
    var options = ScanOptions(paths: paths, threads: 2)
    options.chunkSize = chunkSize
    adjust(&options)
    var recorder = Recorder()
    let result = try await BatchScan(estate: estate, options: options).run(&recorder)
    return (recorder, result)
  }

  /// Sixty days of cron, an event only every tenth, and two days without any line.
  private static let syslog: [String] = (0..<60).filter { $0 != 20 && $0 != 21 }.flatMap { day in
    let date = CivilCalendar.date(ofDay: 19_662 + day)
    let month = ["Jan", "Feb", "Nov", "Dec"][date.month < 3 ? date.month - 1 : date.month - 9]
    let start = "\(month) \(date.day < 10 ? " " : "")\(date.day)"
    var lines = ["\(start) 09:00:00 db1 CRON[7]: (root) CMD (true)"]
    if day % 10 == 3 {
      lines.append(
        "\(start) 10:00:00 db1 sshd[9]: Accepted password for ito from 192.0.2.7 port 22 ssh2"
      )
    }
    return lines
  }

  @Test func `counts every dated line for its day, event or not, over New Year and any split`()
    async throws
  {
    let lines = Self.syslog
    let whole = try Workplace()
    try whole.write("syslog-20240101", lines)
    let expected = try #require(try await read([whole.path]).result.coverage.sources.first)
    #expect(expected.undatedLines == 0)
    #expect(expected.lines == Int64(lines.count))
    #expect(expected.events == 6)
    #expect(expected.days.count == 58)
    #expect(expected.silentDays == [19_682, 19_683])
    #expect(expected.first?.description == "2023-11-01T09:00:00Z")
    #expect(expected.last?.description == "2023-12-30T09:00:00Z")

    let parts = try Workplace()
    try parts.write("syslog-20231126", Array(lines[..<26]))
    try parts.write("syslog-20240101", Array(lines[26...]))
    for chunkSize in [64, 1000] {
      let other = try await read([parts.path], chunkSize: chunkSize)
      #expect(other.result.coverage.sources == [expected])
    }
  }

  @Test func `says of a source none of whose lines tells an event that it is not judged`() {
    func told(_ change: (inout SourceCoverage) -> Void) -> [String] {
      var source = SourceCoverage(name: "desk", format: "syslog-rfc3164")
      source.undatedLines = 5
      change(&source)
      var coverage = Coverage()
      coverage.sources = [source]
      let engine = DetectionEngine(estate: .init(), sources: [], detectors: nil)
      coverage.complete(from: engine, .init())
      return coverage.assumptions.filter { $0.hasPrefix("Source desk") }
    }
    #expect(
      told { _ in } == [
        "Source desk (syslog-rfc3164): none of 5 lines tells an event; what it holds is not judged."
      ]
    )
    #expect(told { $0.rejected = 5 }.isEmpty)
    #expect(
      told {
        $0.headerLines = 1
        ($0.undatedLines, $0.rejected) = (0, 0)
      }.isEmpty
    )
  }

  @Test func `leaves dated lines out of the days outside from and to`() async throws {
    let work = try Workplace()
    try work.write("a.log", ["1700000100 a 1 t", "at 1700000200", "at 1700086600"])
    let source = try #require(
      try await scan([work.path]) { $0.to = Timestamp(seconds: 1_700_000_300) }
        .result.coverage.sources.first
    )
    #expect(source.lines == 2)
    #expect(source.undatedLines == 0)
    #expect(source.last == Timestamp(seconds: 1_700_000_200))
  }

  @Test func `says that nothing before the period is counted, where one begins`() async throws {
    let work = try Workplace()
    try work.write("a.log", ["1700000100 a 1 t", "1700086600 a 1 t"])
    func assumptions(_ change: @escaping (inout ScanOptions) -> Void) async throws -> [String] {
      try await scan([work.path], change).result.coverage.assumptions
        .filter { $0.hasPrefix("Nothing before the period asked for is counted") }
    }
    #expect(try await assumptions { $0.from = Timestamp(seconds: 1_700_000_300) }.count == 1)
    #expect(try await assumptions { $0.to = Timestamp(seconds: 1_700_000_300) }.isEmpty)
  }

  @Test func `reads of data declared as no customer's do not count as of unknown volume`()
    async throws
  {
    let work = try Workplace()
    try work.write("a.log", ["1700000100 a - t", "1700000200 a - u", "1700000300 a - t+u"])
    var estate = DeclaredEstate()
    var weather = Dataset(name: "weather")
    weather.patterns = [Pattern("t")]
    estate.datasets = [weather]
    let all = try #require(
      try await scan([work.path], estate: estate).result.coverage.sources.first
    )
    #expect(all.unknownVolume == 4)
    estate.datasets[0].holdsCustomerRecords = false
    let own = try #require(
      try await scan([work.path], estate: estate).result.coverage.sources.first
    )
    #expect(own.unknownVolume == 2)
    #expect(own.events == 4)
  }

  @Test func `tells the days asked for`() async throws {
    let work = try Workplace()
    try work.write("a.log", ["1700000100 a 1 t"])
    #expect(try await scan([work.path]).result.coverage.period == nil)
    var estate = DeclaredEstate()
    estate.policy.timeZone = "+09:00"
    let coverage = try await scan([work.path], estate: estate) {
      // From 15 November, 0:00, to before 17 November, 0:00, nine hours ahead.
      $0.from = Timestamp(seconds: 1_699_974_000)
      $0.to = Timestamp(seconds: 1_700_146_800)
    }.result.coverage
    #expect(coverage.period == Coverage.Period(first: 19_676, last: 19_677))
  }

  @Test func `rejects a time that no log can mean, whatever it belongs to`() async throws {
    let work = try Workplace()
    let wrong = ["0 x 1 t+u", "-1 x 1 t", "at 0", "4133980800 x 1 t", "9999999999 x 1 t"]
    let right = ["631152000 a 1 t", "at 1700000000", "4133980799 b 1 t"]
    try work.write("a.log", [right[0]] + wrong + right[1...])
    let (seen, result) = try await scan([work.path], chunkSize: 20)
    #expect(seen.rows.map(\.account) == ["a", "b"])
    let source = try #require(result.coverage.sources.first)
    #expect((source.rejected, source.undatedLines, source.lines) == (5, 5, 8))
    #expect(source.first == Timestamp(seconds: 631_152_000))
    let rejections = try #require(result.files.first?.rejections)
    #expect(rejections.map(\.line) == [2, 3, 4, 5, 6])
    #expect(rejections.allSatisfy { $0.error.reason == .implausibleTime })
  }

  @Test func `says that a file was read in part when over a hundredth was rejected`() async throws {
    let work = try Workplace()
    let good = (0..<200).map { "\(1_700_000_000 + $0) a 1 t" }
    try work.write("two.log", good + ["torn", "torn"])
    try work.write("three.log", good + ["torn", "torn", "torn"])
    let unreadable = try await scan([work.path]).result.coverage.unreadable
    #expect(unreadable.map(\.path) == [work.path + "/three.log"])
    #expect(unreadable.first?.reason.hasPrefix("read in part: 3 of 203 records rejected") == true)
  }

  @Test func `tells the records that were not UTF-8, and reads them`() async throws {
    func line(_ second: Int, _ account: String) -> [UInt8] {
      let time = "{\"time\":\"2026-04-01T09:00:\(second)Z\",\"user\":\""
      let text = "\",\"action\":\"read\",\"object\":\"t\",\"rows\":1}\n"
      return Array(time.utf8) + (Self.bytes[account] ?? Array(account.utf8)) + Array(text.utf8)
    }
    let lines = [
      line(10, "ascii"), line(11, "佐藤 (CP932)"), line(12, "鈴木"), line(13, "佐藤 (EUC-JP)"),
      line(14, "ソ表 (CP932)"), line(15, "ｻﾄｳ (CP932)"), line(16, "latin"),
    ]
    let work = try Workplace()
    try Data((0..<2000).flatMap { _ in line(10, "ascii") } + lines.joined())
      .write(to: URL(fileURLWithPath: work.path + "/a.jsonl"))
    for chunkSize in [50, 1 << 20] {
      let (seen, result) = try await read([work.path], chunkSize: chunkSize)
      let accounts = seen.rows.suffix(6).map(\.account)
      #expect(accounts.dropLast() == ["佐藤", "鈴木", "佐藤", "ソ表", "ｻﾄｳ"])
      #expect(accounts.last?.hasPrefix("pr") == true)
      let told = result.coverage.assumptions.filter { $0.contains("of source jsonl") }
      #expect(told.map { $0.prefix(10) } == ["3 records ", "1 record o", "1 record o"])
      let evidence = try #require(result.incidents.first?.findings.first?.evidence)
      #expect(evidence.allSatisfy { $0.sha256 != nil })
      #expect(evidence.last.map { $0.length } == Int64(lines[6].count - 1))
    }
    var source = SourceDeclaration(name: "declared")
    source.encoding = "utf-8"
    source.paths = [work.path]
    var estate = DeclaredEstate()
    estate.sources = [source]
    let declared = try await read([work.path], estate: estate)
    #expect(!declared.seen.rows.contains { $0.account == "佐藤" })
  }

  private func access(_ second: Int, _ account: [UInt8]) -> [UInt8] {
    Array("{\"time\":\"2026-04-01T09:00:\(second)Z\",\"user\":\"".utf8) + account
      + Array("\",\"action\":\"read\",\"object\":\"t\",\"rows\":1}\n".utf8)
  }

  @Test func `a line in another encoding changes no other line, wherever it stands`() async throws {
    let sato = try #require(Self.bytes["佐藤 (CP932)"])
    let stray = access(10, sato)
    let names = ["鈴木", "José", "Müller", "高橋"]
    let others = names.enumerated().map { access(20 + $0, Array($1.utf8)) }
    let ascii = (0..<2000).map { _ in access(15, Array("ascii".utf8)) }
    var lists: [[[UInt8]]] = [[stray] + others, [stray] + ascii + others]
    lists.append(ascii + others + [stray])
    lists.append([others[1], stray] + ascii + [others[0], others[3], others[2]])
    for lines in lists {
      let work = try Workplace()
      try Data(lines.joined()).write(to: URL(fileURLWithPath: work.path + "/a.jsonl"))
      let (seen, _) = try await read([work.path])
      #expect(seen.rows.map(\.account).filter { $0 != "ascii" } == ["佐藤"] + names)
    }
  }

  @Test func `a log in CP932 is read so to its rarest names, a line of UTF-8 in it too`()
    async throws
  {
    let sato = try #require(Self.bytes["佐藤 (CP932)"])
    // Its bytes alone could be letters of a western encoding.
    let rare: [UInt8] = [0xE0, 0x9F]
    let lines =
      [access(10, rare)] + (0..<5).map { access(11 + $0, sato) } + [access(30, Array("鈴木".utf8))]
    let whole = try Workplace()
    try Data(lines.joined()).write(to: URL(fileURLWithPath: whole.path + "/a.jsonl"))
    let expected = try await read([whole.path])
    #expect(expected.seen.rows.map(\.account) == ["燹"] + Array(repeating: "佐藤", count: 5) + ["鈴木"])
    #expect(expected.result.coverage.assumptions.contains { $0.hasPrefix("6 records of source") })
    let parts = try Workplace()
    for (index, line) in lines.enumerated() {
      try Data(line).write(to: URL(fileURLWithPath: parts.path + "/a-\(index).jsonl"))
    }
    let (seen, result) = try await read([parts.path])
    #expect(seen.rows == expected.seen.rows)
    #expect(result.coverage == expected.result.coverage)
  }

  @Test func `a first line of many bytes does not hide the format of the others`() async throws {
    for length in [70_000, 300_000, 1_000_000, 1_100_000] {
      let work = try Workplace()
      let long = access(10, [UInt8](repeating: 0x61, count: length))
      let lines = [long] + (20..<50).map { access($0, Array("sato".utf8)) }
      try Data(lines.joined()).write(to: URL(fileURLWithPath: work.path + "/a.jsonl"))
      let (seen, result) = try await read([work.path])
      #expect(seen.rows.count { $0.account == "sato" } == 30, "\(length)")
      #expect(result.coverage.sources.map(\.lines) == [31])
      // Of one beyond a mebibyte both ends are read (decision 0068).
      #expect(seen.rows.count == 31 && result.coverage.sources.map(\.rejected) == [0], "\(length)")
    }
  }

  @Test func `counts the lines of a text with a NUL in it, and of what is no text`() async throws {
    let work = try Workplace()
    let text = (0..<100).map { "what is this, line \($0)\n" }.joined()
    try Data(Array(text.utf8) + [0, 0x0A])
      .write(to: URL(fileURLWithPath: work.path + "/a.txt"))
    try Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 & 7) } + [0x0A, 0x0A, 0])
      .write(to: URL(fileURLWithPath: work.path + "/b.bin"))
    let coverage = try await read([work.path]).result.coverage
    #expect(coverage.sources.map(\.name) == ["unknown"])
    #expect(coverage.sources.map(\.lines) == [104])
    #expect(coverage.sources.map(\.bytes) == [Int64(text.utf8.count) - 100 + 1 + 5000 + 1])
    #expect(coverage.unreadable.map { $0.path.hasSuffix("b.bin") } == [false, true])
    #expect(coverage.unreadable.last?.reason.hasPrefix("binary data") == true)
  }

  @Test func `counts lines, not records, and headers too`() async throws {
    let work = try Workplace()
    let csv =
      ["time,user,action,table,rows,note"]
      + ["2026-04-01 09:12:30,sato,view,crm.customers,1,\"a", "b", "c\""]
      + ["2026-04-02 09:12:31,sato,view,crm.customers,1,d", "\"x", "y\""]
    try work.write("app.csv", csv)
    for chunkSize in [7, 1 << 20] {
      let coverage = try await read([work.path], chunkSize: chunkSize).result.coverage
      let source = try #require(coverage.sources.first)
      #expect(source.lines == Int64(csv.count))
      #expect(source.headerLines == 1)
      #expect(source.days.map(\.lines) == [3, 1])
      #expect(source.undatedLines == 2)
      #expect(source.events == 2)
    }
  }

  /// By iconv.
  private static let bytes: [String: [UInt8]] = [
    "佐藤 (CP932)": [0x8D, 0xB2, 0x93, 0xA1], "佐藤 (EUC-JP)": [0xBA, 0xB4, 0xC6, 0xA3],
    "ソ表 (CP932)": [0x83, 0x5C, 0x95, 0x5C], "ｻﾄｳ (CP932)": [0xBB, 0xC4, 0xB3],
    "latin": [0x70, 0x72, 0xE9, 0x73, 0x65, 0x6E, 0x74],
  ]

  @Test func `takes a file by the bytes of its name`() async throws {
    let work = try Workplace()
    try work.write("plain.log", ["1700000000 a 60 t"])
    let bytes: [UInt8] = [0x8D, 0xB2, 0x2E, 0x6C, 0x6F, 0x67, 0]
    let name = PathText.text(ofName: bytes.map { CChar(bitPattern: $0) })
    let path = work.path + "/" + name
    #expect(PathText.withName(path) { rename(work.path + "/plain.log", $0) } == 0)
    for paths in [[work.path], [path], [work.path + "/*.log"]] {
      let (_, result) = try await scan(paths)
      #expect(result.coverage.unreadable.isEmpty)
      let evidence = try #require(result.incidents.first?.findings.first?.evidence.first)
      #expect(evidence.file == path)
      #expect(evidence.sha256 != nil)
    }
    #expect(PathText.withName(path) { unlink($0) } == 0)
  }

  @Test func `says so where requests state no method`() async throws {
    func assumptions(_ more: String) async throws -> [String] {
      let work = try Workplace()
      let lines = (10..<30).map {
        "{\"time_iso8601\":\"2024-03-01T08:05:\($0)Z\",\"remote_addr\":\"192.0.2.9\",\"request_uri\":\"/list\","
          + "\(more)\"status\":\"200\",\"body_bytes_sent\":\"9000\"}"
      }
      try work.write("access.json", lines)
      return try await read([work.path]).result.coverage.assumptions
    }
    #expect(try await assumptions("").contains { $0.contains("state no method") })
    let stated = try await assumptions("\"request_method\":\"GET\",")
    #expect(!stated.contains { $0.contains("state no method") })
  }
}
