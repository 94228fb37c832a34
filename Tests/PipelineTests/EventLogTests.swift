import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Windows' own binary logs (EVTX), read as logs of lines are.
@Suite struct `An event log of Windows` {
  private typealias Event = EventLogWriter.Event

  /// Whether the library is there; else a line says that nothing is tested.
  private static let isThere: Bool = {
    let path = NSTemporaryDirectory() + "ometsuke-\(UUID().uuidString).evtx"
    _ = FileManager.default.createFile(atPath: path, contents: Data(log(events(1))))
    defer { try? FileManager.default.removeItem(atPath: path) }
    do throws(ReadError) {
      return try LogBytes(path: path).read(1).isEmpty == false
    } catch {
      print("skipped: \(error.message)")
      return false
    }
  }()

  private static func log(_ events: [Event]) -> [UInt8] { EventLogWriter.log(events) }

  /// Reads of files by Sato, a log-on before them.
  private static func events(_ count: Int, from first: UInt64 = 1742) -> [Event] {
    (0..<count).map { index in
      let id = first + UInt64(index)
      let seconds = 1_775_001_600 + Int64(index) * 7
      if index == 0 {
        return Event(
          identifier: id,
          seconds: seconds,
          number: 4624,
          data: [
            ("SubjectUserName", "FS01$"), ("TargetUserName", "sato"), ("LogonType", "3"),
            ("IpAddress", "192.0.2.7"),
          ]
        )
      }
      return Event(
        identifier: id,
        seconds: seconds,
        number: 4663,
        data: [
          ("SubjectUserName", "sato"), ("ObjectType", "File"),
          ("ObjectName", "D:\\crm\\R&D <\(index)>\nend.csv"), ("AccessMask", "0x1"),
          ("ProcessName", "C:\\a.exe"),
        ]
      )
    }
  }

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

  /// The lines of a log, and what was wrong with it.
  private func lines(_ bytes: [UInt8]) throws -> (text: String, problem: String?) {
    let work = try Workplace()
    let path = work.path + "/a.evtx"
    try write(bytes, to: path)
    var text: [UInt8] = []
    do throws(ReadError) {
      let log = try LogBytes(path: path)
      while true {
        let some = try log.read(1 << 16)
        if some.isEmpty { break }
        text += some
      }
    } catch {
      // What came before it is read again, up to there.
      let log = try LogBytes(path: path)
      text = []
      while let byte = try? log.read(1), !byte.isEmpty { text += byte }
      return (String(decoding: text, as: UTF8.self), error.reason(of: path))
    }
    return (String(decoding: text, as: UTF8.self), nil)
  }

  @Test func `has a line for each event, which says where it stands`() throws {
    guard Self.isThere else { return }
    let found = try lines(Self.log(Self.events(45)))
    #expect(found.problem == nil)
    let lines = found.text.split(separator: "\n")
    #expect(lines.count == 45)
    #expect(
      lines[0].hasPrefix(
        "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>"
      )
    )
    #expect(lines[0].hasSuffix("</Event><!--record 1742 at byte 4608-->"))
    #expect(
      lines[1].contains("<Data Name=\"ObjectName\">D:\\crm\\R&amp;D &lt;1&gt;&#10;end.csv</Data>")
    )
    #expect(lines[20].hasSuffix("<!--record 1762 at byte \(4096 + 65_536 + 512)-->"))
  }

  @Test func `tells who read what, and which events are not there`() async throws {
    guard Self.isThere else { return }
    let work = try Workplace()
    var events = Self.events(45)
    events.removeSubrange(30..<33)
    try write(Self.log(events), to: work.path + "/Security.evtx")
    let source = try #require(try await scan([work.path]).coverage.sources.first)
    #expect(source.format == "windows-xml")
    #expect(source.events == 42)
    #expect(source.rejected == 0)
    #expect(source.numbered == 42)
    #expect(source.holes.map(\.missing) == [3])
    // An export by a selection numbers its records anew: what it leaves out is not lost.
    for index in events.indices {
      events[index].stated = events[index].identifier
      events[index].identifier = UInt64(index + 1)
    }
    try write(Self.log(events), to: work.path + "/Security.evtx")
    let export = try #require(try await scan([work.path]).coverage.sources.first)
    #expect(export.events == 42)
    #expect(export.holes.isEmpty)
    #expect(export.numbered == nil)
  }

  @Test func `means the same for every number of threads, size of chunks, and compressed`()
    async throws
  {
    guard Self.isThere else { return }
    let work = try Workplace()
    let path = work.path + "/a/a.evtx"
    var events = Self.events(30)
    events[29].number = 1102
    try write(EventLogWriter.log(events, perChunk: 9), to: path)
    let expected = report(try await scan([work.path + "/a"]))
    #expect(expected.contains("sato"))
    for (threads, chunkSize) in [(1, 100), (2, 5000)] {
      let found = try await scan([work.path + "/a"], threads: threads, chunkSize: chunkSize)
      #expect(report(found) == expected)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", path]
    try process.run()
    process.waitUntilExit()
    let found = report(try await scan([work.path + "/a"]))
    #expect(found.replacingOccurrences(of: "a.evtx.gz", with: "a.evtx") == expected)
  }

  @Test func `that is damaged or breaks off is read around it, and told`() throws {
    guard Self.isThere else { return }
    let bytes = Self.log(Self.events(70))
    let cut = try lines(Array(bytes[..<(4096 + 2 * 65_536 + 9000)]))
    #expect(cut.problem?.contains("breaks off after byte 144168") == true)
    #expect((41...60).contains(cut.text.split(separator: "\n").count))
    // Each line of a part stands in the whole: a night that reads the rest goes on behind it.
    #expect(try lines(bytes).text.hasPrefix(cut.text))
    var noChunk = bytes
    noChunk[4096 + 65_536] = 0
    let without = try lines(noChunk)
    #expect(without.problem?.contains("at byte 69632 (no chunk)") == true)
    #expect(without.text.split(separator: "\n").count == 50)
    var changed = bytes
    let name = try #require(Data(bytes).range(of: Data("s\0a\0t\0o\0".utf8)))
    changed[name.lowerBound] = 0x6B
    let other = try lines(changed)
    #expect(other.problem?.contains("the checksum of the records is another") == true)
    #expect(other.text.contains(">kato<"))
    #expect(other.text.split(separator: "\n").count == 70)
    // Of a record that has lost its beginning the next one is found.
    var broken = bytes
    let second = 4608 + Int(bytes[4612]) + Int(bytes[4613]) << 8
    for index in second..<second + 24 { broken[index] = 0x55 }
    let around = try lines(broken)
    #expect(around.problem?.contains("is damaged or was altered") == true)
    #expect(around.text.split(separator: "\n").count { $0.contains("sato") } == 70)
    for index in second + 24..<second + 64 { broken[index] = 0x55 }
    let unread = try lines(broken).text.split(separator: "\n")
    #expect(unread.count == 70)
    #expect(unread.count { $0.contains("<!--not read:") } == 1)
  }

  @Test func `of which chunks are missing behind its header is told as cut`() throws {
    guard Self.isThere else { return }
    let whole = Self.log(Self.events(70))
    for kept in [4096, 4096 + 65_536] {
      let cut = try lines(Array(whole.prefix(kept)))
      #expect(cut.problem?.contains("breaks off after byte \(kept)") == true, "\(kept)")
    }
    #expect(try lines(whole).problem == nil)
  }

  @Test func `that was open when it was copied is read beyond its header`() throws {
    guard Self.isThere else { return }
    let whole = EventLogWriter.chunk(Self.events(20), first: 1)
    let part = EventLogWriter.chunk(Array(Self.events(12)), first: 1)
    var chunk = Array(part[..<512] + whole[512...])
    #expect(
      try lines(EventLogWriter.log(chunks: [chunk], isDirty: true)).text.split(separator: "\n")
        .count == 20
    )
    // What is left there from an earlier use of the chunk is no part of the log.
    let old = EventLogWriter.chunk(Self.events(20, from: 1000), first: 1)
    chunk = Array(part[..<512] + old[512...])
    let free = Int(part[48]) | Int(part[49]) << 8
    chunk.replaceSubrange(512..<free, with: part[512..<free])
    #expect(try lines(EventLogWriter.log(chunks: [chunk])).text.split(separator: "\n").count == 12)
  }

  @Test func `of any bytes ends nothing, and means the same twice`() throws {
    guard Self.isThere else { return }
    var random = Seeded(state: 8)
    let bytes = EventLogWriter.log(Self.events(16), perChunk: 8)
    for _ in 0..<8 {
      var hostile = bytes
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        let chunk = 4096 + 65_536 * Int.random(in: 0...1, using: &random)
        let place = chunk + Int.random(in: 0..<7000, using: &random)
        hostile[place] = UInt8.random(in: 0...255, using: &random)
      }
      let found = try lines(hostile)
      #expect(try lines(hostile) == found)
      #expect(found.text.isEmpty || found.text.hasSuffix("-->\n"))
    }
  }

  @Test func `that ends the library is read behind the record that does`() throws {
    guard Self.isThere else { return }
    // Elements within elements, as deep as a chunk has room for.
    var deep = EventLogWriter.Element(name: "a", text: "x")
    for _ in 0..<2400 { deep = .init(name: "a", children: [deep]) }
    let body = EventLogWriter.document(deep, at: 536)
    var chunk = EventLogWriter.chunk([], first: 1)
    let record = EventLogWriter.record(1, 1_775_001_600, body)
    EventLogWriter.put(record, at: 512, in: &chunk)
    let free = 512 + record.count
    EventLogWriter.put(EventLogWriter.little(UInt32(512)), at: 44, in: &chunk)
    EventLogWriter.put(EventLogWriter.little(UInt32(free)), at: 48, in: &chunk)
    EventLogWriter.put(EventLogWriter.little(UInt64(1)), at: 16, in: &chunk)
    EventLogWriter.seal(&chunk, free)
    let good = EventLogWriter.chunk(Self.events(20), first: 2)
    let found = try lines(EventLogWriter.log(chunks: [chunk, good, chunk, good]))
    let lines = found.text.split(separator: "\n")
    #expect(lines.count == 42)
    #expect(lines[0].contains("<!--record 1 at byte 4608-->"))
    #expect(lines.count { $0.contains("sato") } == 40)
  }

  @Test func `gives evidence that can be made again from its bytes`() async throws {
    guard Self.isThere else { return }
    let work = try Workplace()
    let path = work.path + "/a.evtx"
    var events = Self.events(30)
    events[29] = Event(
      identifier: events[29].identifier,
      seconds: events[29].seconds,
      number: 1102,
      data: [("SubjectUserName", "sato")]
    )
    try write(Self.log(events), to: path)
    let result = try await scan([path])
    let evidence = try #require(result.incidents.flatMap(\.findings).flatMap(\.evidence).first)
    #expect(evidence.member == "evtx")
    let digest = try LogBytes(path: path)
      .sha256(from: evidence.offset, count: Int64(evidence.length))
    let hex = digest?.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(hex == evidence.sha256)
  }

  @Test func `that grows while nights pass is found whole`() async throws {
    guard Self.isThere else { return }
    let work = try Workplace()
    let path = work.path + "/logs/Security.evtx"
    let events = Self.events(33)
    let store = work.path + "/store"
    for (number, count) in [13, 20, 33, 33].enumerated() {
      // As Windows writes it: in place, headers and all.
      let bytes = EventLogWriter.log(Array(events[..<count]), isDirty: number < 3)
      if !FileManager.default.fileExists(atPath: path) { try write([], to: path) }
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.write(contentsOf: Data(bytes))
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
      let outcome = try await run.run(in: held) { JSONLinesReport.line(of: $0) }
      try held.markTold(night: outcome.night.id, at: 0)
      let expected = try await scan([work.path + "/logs"])
      #expect(outcome.result.coverage.sources == expected.coverage.sources, "night \(number)")
      #expect(outcome.result.coverage.unreadable == expected.coverage.unreadable)
    }
  }
}
