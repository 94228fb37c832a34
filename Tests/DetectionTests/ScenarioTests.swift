import Estate
import EventModel
import Foundation
import Testing

@testable import Detection

/// Every detector has a folder of cases, at least one attack and one benign; a case is events, an
/// estate and the findings expected.
///
/// `UPDATE_GOLDEN=1 swift test --filter ScenarioTests` writes them.
struct ScenarioTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Scenarios")

  static func folders(in folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }
      .sorted().map { folder.appendingPathComponent($0) }
  }

  @Test func `every scenario gives the findings its folder states`() throws {
    let rewrites = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"
    for detector in try Self.folders(in: Self.root) {
      for scenario in try Self.folders(in: detector) {
        let found = try Self.run(scenario)
        let golden = scenario.appendingPathComponent("findings.txt")
        if rewrites { try found.write(to: golden, atomically: true, encoding: .utf8) }
        let expected = try String(contentsOf: golden, encoding: .utf8)
        #expect(found == expected, "\(detector.lastPathComponent)/\(scenario.lastPathComponent)")
        let isBenign = scenario.lastPathComponent.hasPrefix("benign")
        #expect(
          found.contains(" \(detector.lastPathComponent) ") != isBenign,
          "\(detector.lastPathComponent)/\(scenario.lastPathComponent)"
        )
      }
    }
  }

  @Test func `every detector has an attack and a benign scenario`() throws {
    let folders = try Self.folders(in: Self.root)
    #expect(Set(folders.map(\.lastPathComponent)) == Set(DetectorSummary.all.map(\.name)))
    for folder in folders {
      let cases = try Self.folders(in: folder).map(\.lastPathComponent)
      #expect(cases.contains { $0.hasPrefix("attack") }, "\(folder.lastPathComponent)")
      #expect(cases.contains { $0.hasPrefix("benign") }, "\(folder.lastPathComponent)")
    }
  }

  @Test func `every scenario gives the same when it is saved and restored on its way`() throws {
    for detector in try Self.folders(in: Self.root) {
      for scenario in try Self.folders(in: detector) {
        let whole = try Self.run(scenario)
        #expect(try Self.run(scenario, parts: 7) == whole, "\(scenario.path)")
      }
    }
  }

  @Test func `no owner is told of more persons than records, and a summary counts as its incident`()
    throws
  {
    let yaml = """
      owners: [{name: Kita, delivered: 400000}]
      organisations: [Contact Center]
      accounts: [{name: op1, role: operator, organisation: Contact Center}]
      """
    let estate = try EstateFile.load(yaml: yaml, file: "estate.yml", folder: "").estate
    // Who was named is kept as a sketch, which may count a little too many.
    for count in [2_000, 2_600, 3_200, 3_800, 4_400] {
      var names = NameTable()
      var rows: [EventRow] = []
      for number in 0..<count {
        let time = Date(timeIntervalSince1970: 1_712_134_800 + Double(number) * 7)
        let subject = String(UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15, radix: 16)
        let line =
          time.formatted(.iso8601) + " op1 pc-1 Kita read 1 - - - - \(subject) no-call"
        rows.append(try Self.row(line, &names))
      }
      var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
      engine.apply(rows, names: names)
      let list = engine.finishList(coverage: Self.coverage(of: rows))
      #expect(!list.isEmpty)
      for (summary, incident) in zip(list.summaries, list) {
        #expect(summary.taken == incident.taken, "\(count)")
        for owner in incident.owners {
          #expect(owner.subjects.low <= owner.records.low, "\(count): \(owner)")
          #expect(owner.subjects.high <= owner.records.high, "\(count): \(owner)")
        }
      }
    }
  }

  /// `parts`: the state is saved and restored between so many parts of the events.
  static func run(_ scenario: URL, parts: Int = 1) throws -> String {
    let yaml = try String(
      contentsOf: scenario.appendingPathComponent("estate.yml"),
      encoding: .utf8
    )
    let estate = try EstateFile.load(yaml: yaml, file: "estate.yml", folder: scenario.path).estate
    let text = try String(
      contentsOf: scenario.appendingPathComponent("events.txt"),
      encoding: .utf8
    )
    var names = NameTable()
    var rows: [EventRow] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      rows += repeated(try row(String(line), &names), String(line))
    }
    rows.sort { ($0.time, $0.digest) < ($1.time, $1.digest) }
    var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
    for part in 0..<parts {
      let range = rows.count * part / parts..<rows.count * (part + 1) / parts
      engine.apply(Array(rows[range]), names: names)
      guard part < parts - 1 else { break }
      engine = try DetectionEngine(
        restoring: engine.snapshot(),
        estate: estate,
        sources: [],
        detectors: nil
      )
    }
    var result = ""
    for incident in engine.finish(coverage: coverage(of: rows)) {
      let high = incident.records.isUnbounded ? "unknown" : String(incident.records.high)
      result += "\(incident.severity.name) \(incident.actor): \(incident.records.low)…\(high)\n"
      for candidate in incident.candidates {
        let reasons = candidate.reasons.map { "\($0.kind.rawValue) \($0.reads)" }
        result += "  could be \(candidate.person), \(candidate.confidence.name), of "
        result += "\(candidate.reads): \(reasons.joined(separator: ", "))\n"
      }
      for finding in incident.findings {
        result += "  \(finding.severity.name) \(finding.detector) \(finding.window): "
        result += "\(finding.message)\n"
      }
    }
    return result
  }

  /// `time account terminal owner operation records [ticket [program [object [destination [subject]]]]]`;
  /// `-` is "not stated", a subject is a hash in hex.
  ///
  /// `source=1` (of which log), `statement=1` (lines of one statement), `bytes=1000`, `call`, `no-call` and `at=1000` (where the records begin) may stand behind all that,
  /// and `times=20` with `every=60`: so many of them, so many seconds apart, each where the one before ends, or `step=25` behind where it begins.
  private static func row(_ line: String, _ names: inout NameTable) throws -> EventRow {
    let words = line.split(separator: " ").map(String.init)
    // The fifth word may be the operation `call`; behind the first six it says that a call asked for the read.
    let marks = words.dropFirst(6)
    let parts =
      words.prefix(6) + marks.filter { $0 != "call" && $0 != "no-call" && !$0.contains("=") }
    try #require(parts.count >= 6, "\(line)")
    let time = try #require(try? Date(parts[0], strategy: .iso8601))
    var row = EventRow(time: Int64(time.timeIntervalSince1970) * 1_000_000_000)
    func name(_ index: Int) -> NameID {
      guard parts.count > index, parts[index] != "-" else { return .none }
      return names.intern(parts[index])
    }
    row.account = name(1)
    row.terminal = name(2)
    row.owner = name(3)
    let operation: EventModel.Operation? = .init(name: parts[4])
    row.operation = try #require(operation)
    row.volume = Int64(parts[5]).map { .exactly($0) } ?? .unknown
    row.ticket = name(6)
    row.program = name(7)
    row.object = name(8)
    row.destination = name(9)
    if parts.count > 10, parts[10] != "-" {
      row.subject = try #require(UInt64(parts[10], radix: 16))
    }
    for word in words where word.hasPrefix("bytes=") {
      row.bytes = try #require(Int64(word.dropFirst(6)))
    }
    for word in words where word.hasPrefix("source=") {
      row.source = try #require(UInt16(word.dropFirst(7)))
    }
    for word in words where word.hasPrefix("statement=") {
      row.statement = try #require(UInt64(word.dropFirst(10)))
    }
    row.outcome = .success
    if marks.contains("call") { row.flags = [.call, .statesCalls] }
    if marks.contains("no-call") { row.flags = [.statesCalls] }
    if let begin = number("at", words) { place(&row, at: UInt64(begin)) }
    row.digest = UInt64(truncatingIfNeeded: line.utf8.reduce(5381) { $0 &* 33 &+ Int($1) })
    return row
  }

  private static func number(_ key: String, _ words: [String]) -> Int64? {
    words.first { $0.hasPrefix(key + "=") }.flatMap { Int64($0.dropFirst(key.count + 1)) }
  }

  private static func place(_ row: inout EventRow, at begin: UInt64) {
    row.begins = mark(begin)
    // Where the next one begins, only a count tells.
    if row.quality != .unknown { row.continues = mark(begin + UInt64(max(0, row.recordsLow))) }
  }

  private static func repeated(_ row: EventRow, _ line: String) -> [EventRow] {
    let words = line.split(separator: " ").map(String.init)
    let (begin, every) = (number("at", words), number("every", words) ?? 60)
    let step = number("step", words) ?? (row.quality == .unknown ? 0 : row.recordsLow)
    return (0..<(number("times", words) ?? 1)).map { turn in
      var one = row
      one.time += turn * every * 1_000_000_000
      one.digest &+= UInt64(turn)
      if let begin { place(&one, at: UInt64(begin + turn * step)) }
      return one
    }
  }

  /// As the readers mark positions: 1 … 255, without order.
  private static func mark(_ position: UInt64) -> UInt8 {
    UInt8(((position &* 0x9e37_79b9_7f4a_7c15) >> 32) % 255) + 1
  }

  private static func coverage(of rows: [EventRow]) -> Coverage {
    var source = SourceCoverage(name: "events", format: "text")
    for row in rows {
      let time = Timestamp(nanoseconds: row.time)
      let day = time.dayNumber()
      if source.days.last?.day != day {
        if let last = source.days.last { source.silentDays += Array(last.day + 1..<day) }
        source.days.append(DayCoverage(day: day, first: time, last: time))
      }
      source.days[source.days.count - 1].events += 1
      source.first = source.first ?? time
      source.last = time
    }
    var coverage = Coverage()
    coverage.sources = [source]
    return coverage
  }
}
