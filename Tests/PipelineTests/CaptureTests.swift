import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Captured traffic, read as a log is.
@Suite struct `A capture` {
  private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/wire/export.pcap")

  private static func bytes() throws -> [UInt8] { Array(try Data(contentsOf: fixture)) }

  private func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent,
      withIntermediateDirectories: true
    )
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  private func scan(
    _ paths: [String],
    threads: Int = 1,
    chunkSize: Int = 1 << 20
  ) async throws -> ScanResult {
    var options = ScanOptions(paths: paths, threads: threads)
    options.chunkSize = chunkSize
    let scan = BatchScan(estate: DeclaredEstate(), options: options)
    var engine = DetectionEngine(
      estate: DeclaredEstate(),
      sources: scan.sources,
      detectors: nil
    )
    var result = try await scan.run(&engine)
    result.coverage.complete(from: engine, DeclaredEstate())
    return result
  }

  private func report(_ result: ScanResult) -> String {
    JSONLinesReport(options: ReportOptions()).render(
      ScanReport(incidents: result.incidents, coverage: result.coverage, program: "test")
    )
  }

  @Test func `tells who took how much, and what else went over the wire`() async throws {
    let work = try Workplace()
    try write(Self.bytes(), to: work.path + "/a.pcap")
    let result = try await scan([work.path])
    let source = try #require(result.coverage.sources.first)
    #expect(source.format == "wire")
    #expect(source.rejected == 0)
    // 22 statements, 2 log-ons, 4 flows; a line with the sum of the capture beside them.
    #expect(source.events == 28)
    #expect(source.lines == 29)
    #expect(result.coverage.unreadable.isEmpty)
    let text = report(result)
    #expect(text.contains("sato"))
    #expect(result.incidents.contains { $0.records.low >= 12_000 })
  }

  @Test func `means the same for every number of threads and size of chunks`() async throws {
    let work = try Workplace()
    try write(Self.bytes(), to: work.path + "/a.pcap")
    let expected = report(try await scan([work.path]))
    for threads in 1...2 {
      for chunkSize in [100, 5000, 1 << 20] {
        #expect(
          report(try await scan([work.path], threads: threads, chunkSize: chunkSize)) == expected
        )
      }
    }
  }

  @Test(arguments: ["gzip", "zstd", "xz", "bzip2"])
  func `means the same when it is compressed`(tool: String) async throws {
    let work = try Workplace()
    let plain = work.path + "/a/x.pcap"
    let packed = work.path + "/b/x.pcap"
    try write(Self.bytes(), to: plain)
    try write([], to: packed)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool, "-c", plain]
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: packed))
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      print("skipped: no \(tool)")
      return
    }
    let (found, wanted) = (
      report(try await scan([work.path + "/b"])), report(try await scan([work.path + "/a"]))
    )
    #expect(found.replacingOccurrences(of: "/b/", with: "/a/") == wanted)
  }

  @Test func `gives evidence that can be made again from its packets`() async throws {
    let work = try Workplace()
    let path = work.path + "/a.pcap"
    try write(Self.bytes(), to: path)
    let result = try await scan([path])
    let evidence = try #require(result.incidents.flatMap(\.findings).flatMap(\.evidence).first)
    #expect(evidence.member == "capture")
    let lines = try LogBytes(path: path)
    let digest = try lines.sha256(from: evidence.offset, count: Int64(evidence.length))
    let hex = digest?.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(hex == evidence.sha256)
  }

  @Test func `that breaks off is told as missing`() async throws {
    let work = try Workplace()
    try write(try Self.bytes().dropLast(100), to: work.path + "/a.pcap")
    let result = try await scan([work.path])
    #expect(result.coverage.unreadable.count == 1)
    #expect(result.coverage.unreadable.first?.reason.contains("breaks off") == true)
    #expect(result.coverage.sources.first?.events ?? 0 > 20)
  }

  /// Offsets behind each packet.
  private static func packets(_ bytes: [UInt8]) -> [Int] {
    var ends: [Int] = []
    var place = 24
    while place + 16 <= bytes.count {
      let size = (0..<4).reduce(0) { $0 | Int(bytes[place + 8 + $1]) << ($1 * 8) }
      place += 16 + size
      ends.append(place)
    }
    return ends
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `that is written while nights pass is found whole`(seed: UInt64) async throws {
    let work = try Workplace()
    let path = work.path + "/logs/a.pcap"
    let bytes = try Self.bytes()
    let ends = Self.packets(bytes)
    var random = Seeded(state: seed)
    var stops = (0..<4).map { _ in ends[Int.random(in: 5..<ends.count, using: &random)] }.sorted()
    stops += [bytes.count, bytes.count]
    let store = work.path + "/store"
    var outcome: NightlyOutcome?
    for (number, stop) in stops.enumerated() {
      if !FileManager.default.fileExists(atPath: path) { try write([], to: path) }
      let handle = try #require(FileHandle(forWritingAtPath: path))
      let size = Int(try handle.seekToEnd())
      try handle.write(contentsOf: Data(bytes[min(size, stop)..<stop]))
      try handle.close()
      let options = NightlyOptions(
        scan: ScanOptions(paths: [work.path + "/logs"], threads: 2),
        now: Timestamp(seconds: 1_775_001_600 + Int64(number + 5) * 86_400),
        program: "test",
        estateDigest: [],
        author: "test"
      )
      let held = try Store(path: store, .night)
      let run = NightlyRun(estate: DeclaredEstate(), options: options)
      outcome = try await run.run(in: held) { JSONLinesReport.line(of: $0) }
      try held.markTold(night: outcome?.night.id ?? 0, at: 0)
      let expected = try await scan([work.path + "/logs"])
      #expect(outcome?.result.coverage.sources == expected.coverage.sources, "night \(number)")
      #expect(outcome?.result.incidents.count == expected.incidents.count, "night \(number)")
    }
  }
}
