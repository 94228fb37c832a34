import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Testing

@testable import Pipeline

/// What a scan says of its input, without where it lies: findings with the digests of their lines, and
/// the totals of coverage.
private struct Said: Equatable {
  var incidents: [Incident]
  var sources: [SourceCoverage]

  init(_ result: ScanResult) {
    sources = result.coverage.sources
    incidents = Array(result.incidents)
    for place in incidents.indices {
      for finding in incidents[place].findings.indices {
        for item in incidents[place].findings[finding].evidence.indices {
          incidents[place].findings[finding].evidence[item].file = ""
          incidents[place].findings[finding].evidence[item].member = nil
          incidents[place].findings[finding].evidence[item].offset = 0
          incidents[place].findings[finding].evidence[item].line = 0
          incidents[place].findings[finding].evidence[item].fileIndex = 0
        }
      }
    }
  }
}

private func said(
  _ work: Workplace,
  chunkSize: Int = 1 << 16,
  format: String? = nil
) async throws -> Said {
  Said(try await result(work, chunkSize: chunkSize, format: format))
}

/// `format`: that of a declaration; `nil`: nothing is declared.
private func result(
  _ work: Workplace,
  chunkSize: Int = 1 << 16,
  format: String? = nil
) async throws -> ScanResult {
  var options = ScanOptions(paths: [work.path], threads: 2)
  options.chunkSize = chunkSize
  var estate = DeclaredEstate()
  if let format {
    var source = SourceDeclaration(name: "declared")
    (source.format, source.paths) = (format, [work.path])
    estate.sources = [source]
  }
  let scan = BatchScan(estate: estate, options: options)
  var engine = DetectionEngine(estate: estate, sources: scan.sources, detectors: nil)
  return try await scan.run(&engine)
}

extension Workplace {
  fileprivate func write(_ name: String, bytes: some Sequence<UInt8>) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
  }

  /// Parts with names in sequence; `tool` compresses each by itself.
  fileprivate func write(
    _ bytes: [UInt8],
    cutAt cuts: [Int],
    names: (Int) -> String,
    tool: [String] = []
  ) throws {
    let bounds = [0] + cuts + [bytes.count]
    for (part, (start, end)) in zip(bounds, bounds.dropFirst()).enumerated() {
      try write(names(part), bytes: bytes[start..<end])
      guard !tool.isEmpty else { continue }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = tool + [path + "/" + names(part)]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
  }
}

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().path

private let fixtures = FormatRegistry.all.flatMap { format in
  let place = root + "/Tests/IngestTests/Fixtures/" + format.name
  let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
  return names.sorted().map { format.name + "/" + $0 }
}

/// The format of a fixture that only a declaration makes one of it.
private func declaration(of fixture: String) -> String? {
  let names = fixture.split(separator: "/").map(String.init)
  return names[1].hasPrefix("declared-") ? names[0] : nil
}

@Suite struct `A log cut within its records` {
  /// Names of parts in sequence.
  private static let namings: [@Sendable (Int) -> String] = [
    { "app.log.0\($0)" },
    { "app.log.a\(Character(Unicode.Scalar(UInt8(97 + $0))))" },
    { "xa\(Character(Unicode.Scalar(UInt8(97 + $0))))" },
    { "app-\($0 + 1).log" },
    { "app.\($0 + 1)" },
  ]

  @Test(arguments: fixtures)
  func `says what the whole says`(fixture: String) async throws {
    let path = root + "/Tests/IngestTests/Fixtures/" + fixture + "/input.log"
    guard let data = FileManager.default.contents(atPath: path) else { return }
    let bytes = Array(data)
    let whole = try Workplace()
    try whole.write("app.log", bytes: bytes)
    let format = declaration(of: fixture)
    let expected = try await said(whole, format: format)
    var random = Seeded(state: 17)
    for turn in 0..<4 {
      let cuts = (0...turn % 4).map { _ in Int.random(in: 1..<bytes.count, using: &random) }
      let naming = Self.namings[turn % Self.namings.count]
      let tool = turn == 3 ? ["gzip", "-q"] : []
      let parts = try Workplace()
      try parts.write(bytes, cutAt: Set(cuts).sorted(), names: naming, tool: tool)
      let size = turn % 2 == 0 ? 1 << 16 : 100
      let other = try await said(parts, chunkSize: size, format: format)
      #expect(other == expected, "cut at \(Set(cuts).sorted()), named \(naming(0)) …, \(tool)")
    }
  }

  /// Oracle's files: each line of a record may begin a part.
  ///
  /// Of its banner each part is one.
  @Test func `says what the whole says wherever its records are cut`() async throws {
    let path = root + "/Tests/IngestTests/Fixtures/oracle-audit/ten-g-cut/input.log"
    let bytes = Array(try #require(FileManager.default.contents(atPath: path)))
    let whole = try Workplace()
    try whole.write("app.log", bytes: bytes)
    let expected = try await said(whole)
    let starts = bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 }.dropLast()
    let banner = starts[2]
    for cut in Set(starts + stride(from: 17, to: bytes.count, by: 23)).sorted() where cut >= banner
    {
      let parts = try Workplace()
      try parts.write(bytes, cutAt: [cut], names: Self.namings[0])
      let other = try await said(parts)
      #expect(other == expected, "cut at \(cut)")
    }
  }

  @Test func `points to where its lines begin, in the part that has them`() async throws {
    let lines = (0..<40).map { number in
      #"{"time":"2026-04-01T09:\#(10 + number):00Z","user":"ito","action":"export","#
        + #""table":"crm.顧客","rows":\#(900 + number)}"#
    }
    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
    let starts = [0] + bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 }
    var random = Seeded(state: 3)
    for (tool, ending) in [([], ""), (["zstd", "-q", "--rm"], ".zst")] {
      let cuts = Set((0..<9).map { _ in Int.random(in: 1..<bytes.count, using: &random) }).sorted()
      let bounds = [0] + cuts
      let work = try Workplace()
      try work.write(bytes, cutAt: cuts, names: { "app.log.\(100 + $0)" }, tool: tool)
      let found = try await result(work)
      #expect(found.coverage.sources.map(\.events) == [40])
      let evidence = found.incidents.flatMap(\.findings).flatMap(\.evidence)
      #expect(!evidence.isEmpty)
      for item in evidence {
        let part = try #require(
          bounds.indices.first {
            item.file == work.path + "/app.log.\(100 + $0)\(ending)"
          }
        )
        let start = bounds[part] + Int(item.offset)
        let number = try #require(starts.firstIndex(of: start))
        #expect(bytes[start..<start + Int(item.length)].elementsEqual(lines[number].utf8))
        let before = bytes[bounds[part]..<start].count { $0 == 0x0A }
        #expect(item.line == Int64(before + 1))
        #expect(item.sha256 == SHA256(bytes[start..<start + Int(item.length)])?.hex)
      }
    }
  }

  @Test func `keeps what is whole: a line end left out, a line broken off, a line of nobody`()
    async throws
  {
    func line(_ minute: Int) -> String {
      #"192.0.2.7 - ito [01/Apr/2026:09:\#(minute):00 +0000] "GET /customers HTTP/1.1" 200 512 "-" "-""#
    }
    let first = (10..<14).map(line).joined(separator: "\n")
    let second = (20..<24).map { line($0) + "\n" }.joined()
    for (name, lost) in [("whole", 0), ("broken", 1)] {
      let work = try Workplace()
      try work.write("web.log.01", bytes: first.utf8.dropLast(lost * 60))
      try work.write("web.log.02", bytes: second.utf8)
      let source = try #require(try await said(work).sources.first)
      #expect(source.events == Int64(8 - lost), "\(name)")
      #expect(source.rejected == Int64(lost), "\(name)")
    }
    // A log of another name goes on with nothing.
    let work = try Workplace()
    try work.write("web.log", bytes: (first + "\n").utf8.dropLast(60))
    try work.write("intranet.log", bytes: second.utf8)
    #expect(try await said(work).sources.map(\.rejected) == [1])
  }

  /// Half of 300 records, cut within one: the file is named with the place, and the scan is not whole.
  @Test(arguments: [0, 1], [6, 40, 90])
  func `ends within a record: it is told as read in part, with the place`(
    format: Int,
    beyond: Int
  ) async throws {
    let records = (0..<300).map { number -> String in
      let time = "10:\(10 + number / 60):\(10 + number % 50)"
      if format == 1 {
        return
          #"{"time":"2026-04-01T\#(time)Z","user":"ito","action":"view","table":"crm.customer","#
          + #""rows":\#(number)}"# + "\n"
      }
      return "2026-04-01 \(time).000 UTC,app,crm,1,192.0.2.9:5000,s1,\(number + 1),SELECT,"
        + "2026-04-01 08:00:00 UTC,3/1,0,LOG,00000,\"AUDIT: SESSION,\(number + 1),1,READ,SELECT,TABLE,"
        + "crm.customer,select *\nfrom crm.customer,<none>,1\",,,,,,,,,psql,client backend,,0\n"
    }
    let whole = records.prefix(150).joined()
    let bytes = Array((whole + records[150]).utf8.prefix(whole.utf8.count + beyond))
    let work = try Workplace()
    try work.write("app.log", bytes: bytes)
    let found = try await result(work)
    let coverage = found.coverage
    #expect(coverage.sources.map(\.events) == [150])
    #expect(coverage.isPartial)
    #expect(coverage.unreadable.first?.path.hasSuffix("app.log") == true)
    let line = whole.utf8.count { $0 == 0x0A } + 1
    let place = "line \(line), offset \(whole.utf8.count)"
    #expect(coverage.unreadable.first?.reason.contains(place) == true)
    let rejected = try #require(coverage.rejections.first)
    #expect(rejected.rejection.offset == Int64(whole.utf8.count))
    #expect(rejected.rejection.line == line)
    // Only a last line end is missing: that is no cut.
    let ended = try Workplace()
    try ended.write("app.log", bytes: Array(whole.utf8.dropLast()))
    let complete = try await result(ended).coverage
    #expect(!complete.isPartial)
    #expect(complete.sources.map(\.events) == [150])
  }

  @Test func `makes no record across a part that is missing`() async throws {
    let start = #"{"time":"2026-04-01T09:00:00Z","user":"sato","action":"export","rows":7}"# + "\n"
    let torn = #"{"time":"2026-04-01T09:01:00Z","user":"sato","act"#
    let rest = #"ion":"export","rows":61000}"# + "\n" + start
    for (names, rejected) in [
      (["app.log.000", "app.log.002"], 2), (["app.log.000", "app.log.001"], 0),
    ] {
      let work = try Workplace()
      try work.write(names[0], bytes: (start + torn).utf8)
      try work.write(names[1], bytes: rest.utf8)
      let source = try #require(try await said(work).sources.first)
      #expect(source.rejected == Int64(rejected))
      #expect(source.events == Int64(rejected == 0 ? 3 : 2))
    }
  }

  @Test func `does not put a broken-off address before another one`() async throws {
    func line(_ host: String) -> String {
      host + #" - ito [01/Apr/2026:09:00:00 +0000] "GET /customers HTTP/1.1" 200 512 "-" "-""#
        + "\n"
    }
    let work = try Workplace()
    try work.write("access.log.1", bytes: (line("192.0.2.7") + "192.0.2").utf8)
    try work.write("access.log", bytes: line("198.51.100.9").utf8)
    let source = try #require(try await said(work).sources.first)
    #expect(source.events == 2)
    #expect(source.rejected == 1)
  }

  @Test func `names with zeros before their numbers are read upwards whatever they hold`()
    async throws
  {
    let line = #"{"time":"2026-04-01T09:00:00Z","user":"a","action":"export","rows":5000}"# + "\n"
    let work = try Workplace()
    try work.write("app.log.001", bytes: ("bad line\n" + line).utf8)
    try work.write("app.log.002", bytes: (line + line.prefix(30)).utf8)
    let source = try #require(try await said(work).sources.first)
    #expect(source.lines == 4)
    #expect(source.rejected == 2)
  }

  @Test func `a header that is cut in the first part tells the later ones`() async throws {
    let header = "time,user,action,table,rows\n"
    let records = (0..<9).map { "2026-04-01 09:12:3\($0),sato,view,crm.customers,\($0)\n" }
    let whole = try Workplace()
    let all = Array((header + records.joined()).utf8)
    try whole.write("app.csv", bytes: all)
    let expected = try await said(whole)
    #expect(expected.sources.map(\.events) == [9])
    let second = header.utf8.count + records[0].utf8.count * 4
    for end in [second, second - 7] {
      let parts = try Workplace()
      try parts.write(all, cutAt: [12, end], names: { "app-\($0 + 1).csv" })
      #expect(try await said(parts) == expected, "\(end)")
    }
  }

  @Test(arguments: ["cp932", "euc-jp"])
  func `the last line of a log in another encoding is hashed across its parts`(
    encoding: String
  ) async throws {
    let name: [UInt8] = encoding == "cp932" ? [0x8D, 0xB2, 0x93, 0xA1] : [0xBA, 0xB4, 0xC6, 0xA3]
    let lines = (0..<4).map { index -> [UInt8] in
      Array("{\"time\":\"2026-04-01T09:00:0\(index)Z\",\"user\":\"".utf8) + name
        + Array("\",\"action\":\"export\",\"object\":\"crm.customers\",\"rows\":90000}\n".utf8)
    }
    let all = Array(lines.joined())
    for isDeclared in [false, true] {
      for cut in [all.count - 1, all.count - 30, all.count - 80] {
        let work = try Workplace()
        try work.write(all, cutAt: [cut], names: { "app.jsonl.00\($0 + 1)" })
        var source = SourceDeclaration(name: "app")
        source.paths = [work.path]
        source.format = JSONLines.name
        if isDeclared { source.encoding = encoding }
        var estate = DeclaredEstate()
        estate.sources = [source]
        var recorder = Recorder()
        let options = ScanOptions(paths: [work.path], threads: 1)
        let result = try await BatchScan(estate: estate, options: options).run(&recorder)
        #expect(recorder.rows.map(\.account) == Array(repeating: "佐藤", count: 4))
        let evidence = try #require(result.incidents.first?.findings.first?.evidence)
        #expect(evidence.count == 4)
        #expect(evidence.allSatisfy { $0.sha256 != nil }, "\(cut), declared: \(isDeclared)")
      }
    }
  }
}
