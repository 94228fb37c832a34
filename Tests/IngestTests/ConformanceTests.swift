import EventModel
import Foundation
import Testing

@testable import Ingest

/// Real logs that other projects publish with what is in them, against what is read here.
///
/// The samples lie beside the repository, in `../shared/data`; where they are absent nothing is tested
/// and a line says so. The table that is found is `docs/formats/conformance.md`.
struct ConformanceTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let data = root.deletingLastPathComponent().appendingPathComponent("shared/data")

  /// What is claimed of one format.
  private struct Account {
    var files: Set<String> = []
    var claims = 0
    var agreed = 0
    var reasons: [String: Int] = [:]
  }

  @Test func `others' samples mean here what they say`() throws {
    guard FileManager.default.fileExists(atPath: Self.data.path) else {
      print("skipped: no samples at \(Self.data.path)")
      return
    }
    var accounts: [String: Account] = [:]
    let truth = Self.data.appendingPathComponent("plaso/GROUND_TRUTH.jsonl")
    let plaso = try Found.plasoValues(Data(contentsOf: truth))
    for sample in Self.samples + Self.eventLogs {
      let url = Self.data.appendingPathComponent(sample.path)
      var bytes = Array(try Data(contentsOf: url))
      if sample.path.hasSuffix(".evtx") || sample.path.hasSuffix(".bz2") {
        guard let lines = Self.unpacked(url.path) else { continue }
        bytes = lines
      }
      var events: [[String: Any]] = []
      if case .cloudTrail = sample.expectation {
        events = try Found.cloudTrailEvents(bytes)
        bytes = try Found.lines(events)
        #expect(!events.isEmpty, "\(sample.path)")
      }
      if case .zeek = sample.expectation { bytes = Found.zeekTimes(bytes) }
      if case .pgaudit = sample.expectation { bytes = Found.pgauditLog(bytes) }
      let format = try #require(FormatRegistry.format(named: sample.format))
      var found: Found
      if case .libauditEvents = sample.expectation {
        // Events within a file of YAML.
        found = Found(sample.path, EventBatch())
      } else {
        let head = Array(bytes.prefix(65_536))
        let claimed = FormatRegistry.best(head.span)?.format.name
        let batch = FormatGoldenTests.decode(format, bytes)
        found = Found(sample.path, batch)
        found.compare("all", "format", sample.format, claimed ?? "none")
        found.compare("all", "rejected", "0", String(batch.rejectedCount))
      }
      switch sample.expectation {
      case .filebeat:
        let expected = try Data(contentsOf: URL(fileURLWithPath: url.path + "-expected.json"))
        let events = try JSONSerialization.jsonObject(with: expected) as? [[String: Any]]
        #expect(events?.isEmpty == false, "\(sample.path)")
        found.filebeat(events ?? [], Self.starts(bytes, format.framing))
      case .crowdsec:
        let asserts = url.deletingLastPathComponent().appendingPathComponent("parser.assert")
        found.crowdsec(try String(contentsOf: asserts, encoding: .utf8), bytes)
      case .count(let count):
        if let count {
          found.compare("all", "events", String(count), String(found.events))
        }
      case .cloudTrail: found.cloudTrail(events)
      case .plaso:
        let values = try #require(plaso[String(sample.path.dropFirst("plaso/".count))])
        found.plaso(values)
      case .zeek: found.zeek(bytes)
      case .pgaudit: found.pgaudit(bytes)
      case .pgbadger(let counts): found.pgbadger(counts)
      case .libauditRecords:
        let golden = try Data(contentsOf: URL(fileURLWithPath: url.path + ".golden"))
        let events = try JSONSerialization.jsonObject(with: golden) as? [[String: Any]]
        #expect(events?.isEmpty == false, "\(sample.path)")
        found.libauditRecords(events ?? [], bytes)
      case .libauditEvents:
        let golden = url.deletingPathExtension().appendingPathExtension("json.golden")
        let events = try JSONSerialization.jsonObject(with: Data(contentsOf: golden))
        found.libauditEvents(
          events as? [[String: Any]] ?? [],
          String(decoding: bytes, as: UTF8.self)
        )
      }
      var account = accounts[sample.format] ?? Account()
      account.files.insert(sample.path)
      account.claims += found.claims
      account.agreed += found.claims - found.disagreed.count
      for claim in found.disagreed {
        let reason = Self.reason(claim)
        #expect(reason != nil, "\(claim.text)")
        account.reasons[reason ?? "not explained", default: 0] += 1
      }
      accounts[sample.format] = account
    }
    try Self.checkTable(accounts)
  }

  /// Where the records start that are not a server's banner.
  private static func starts(_ bytes: [UInt8], _ framing: Framing) -> [Int64] {
    if let starts = FormatGoldenTests.chunk(bytes, framing).recordStarts {
      return starts.filter { bytes[Int($0)] != 0x2F && bytes[Int($0)] != 0x0A }.map { Int64($0) }
    }
    var starts: [Int64] = []
    var place = 0
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      if !line.isEmpty, line.first != 0x0D { starts.append(Int64(place)) }
      place += line.count + 1
    }
    return starts
  }

  /// Why a claim is not agreed with; `nil`: nobody has said.
  private static func reason(_ claim: Found.Claim) -> String? {
    reasons.first { claim.file.hasSuffix($0.file) && claim.field == $0.field }?.reason
  }

  private static let reasons: [(file: String, field: String, reason: String)] = [
    ("aws-cloudtrail.log", "account", "the role is named, not the ARN of its session"),
    (
      "nginx/access/test.log", "address",
      "the first of the forwarded addresses counts, a private one as well"
    ),
    (
      "ubuntu-24.04-linux-6.8.0.yaml", "event",
      "its records are folded into one line, which no log is"
    ),
    (
      "random-internet.yaml", "account",
      "the record of a clock's offset names nobody; that of its call, of the same event, does"
    ),
    ("test-ipv6zone.log", "address", "the address is kept with the zone that the line states"),
    ("ingress_controller/test.log", "object", "what stands for the method is none of HTTP's"),
    ("test-iis-7.2.log", "rejected", "it has no line that names the fields"),
    ("test-iis-7.2.log", "format", "it has no line that names the fields"),
    (
      "SyslogProtocol23Format", "rejected",
      "the second line of a message that was written with its line end"
    ),
    ("haproxy-logs.log", "event", "a handshake that failed is no event"),
    ("rule_tests.jsonl", "event", "its time is redacted"),
    ("rule_tests.jsonl", "rejected", "the time of one event is redacted"),
    ("issue_201.evtx", "events", "libevtx 20181227 does not read its binary XML"),
    ("issue_201.evtx", "rejected", "libevtx 20181227 does not read its binary XML"),
    ("MSExchange_Management_wec.evtx", "events", "libevtx 20181227 does not read its binary XML"),
    ("MSExchange_Management_wec.evtx", "rejected", "libevtx 20181227 does not read its binary XML"),
  ]

  private static func checkTable(_ accounts: [String: Account]) throws {
    let claims = accounts.values.reduce(0) { $0 + $1.claims }
    let agreed = accounts.values.reduce(0) { $0 + $1.agreed }
    var text = """
      # How the formats agree with what others say of real logs

      Made by `ConformanceTests` from samples that other projects publish with what is in them: Filebeat's
      expected events, CrowdSec's assertions, plaso's counts and values, go-libaudit's goldens, the events of
      CloudTrail in Panther's tests of rules and in Stratus' recorded attacks (taken out of their lists, an event a
      line), the lines that pgaudit's regression
      test expects, pgbadger's counts, the named fields of Zeek's baselines (their blotted times replaced) and of logs
      of a recorded attack, and files of which no line may be rejected. A claim is the time, account, address, action,
      object, outcome, rows or bytes of one event, the format that claims the file, and that no line of it is rejected.
      Texts of statements are not compared: what is kept of them is verb and tables. Formats that are not in the table
      have no sample of others here that says what is in it. Of \(claims) claims \(agreed) are agreed with.

      | format | files | claims | agreed | disagreed |
      |---|---|---|---|---|

      """
    for (format, account) in accounts.sorted(by: { $0.key < $1.key }) {
      let reasons = account.reasons.sorted { $0.key < $1.key }.map { "\($0.value): \($0.key)" }
      text += "| \(format) | \(account.files.count) | \(account.claims) | \(account.agreed) | "
      text += (reasons.isEmpty ? "0" : reasons.joined(separator: "; ")) + " |\n"
    }
    let page = root.appendingPathComponent("docs/formats/conformance.md")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try text.write(to: page, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: page, encoding: .utf8) == text)
  }
}

/// What was read of one file, and which claims about it hold.
struct Found {
  struct Claim {
    var file: String
    var place: String
    var field: String
    var expected: String
    var found: String
    var text: String { "\(file) \(place) \(field): expected \(expected), found \(found)" }
  }

  private let file: String
  let batch: EventBatch
  /// Records that tell of an event or hold none.
  var events: Int { batch.rows.count + batch.passedOver }
  private(set) var byLine: [UInt32: EventRow] = [:]
  private var byOffset: [Int64: EventRow] = [:]
  private(set) var claims = 0
  private(set) var disagreed: [Claim] = []

  init(_ file: String, _ batch: EventBatch) {
    (self.file, self.batch) = (file, batch)
    for row in batch.rows.reversed() {
      byLine[row.line] = row
      byOffset[row.offset] = row
    }
  }

  mutating func compare(_ place: String, _ field: String, _ expected: String, _ found: String) {
    claims += 1
    guard expected != found else { return }
    disagreed.append(
      Claim(file: file, place: place, field: field, expected: expected, found: found)
    )
  }

  func name(_ id: NameID) -> String { batch.names.text(of: id) }

  /// Who asked what over HTTP: the path, of which a part that names one thing is `*` here.
  mutating func request(_ place: String, target: String?, method: String?, _ row: EventRow) {
    if let target, target.hasPrefix("/") {
      let path = target.prefix { $0 != "?" }.split(separator: "/")
      let found = name(row.object).split(separator: "/")
      let isSame =
        path.count == found.count && zip(path, found).allSatisfy { $0 == $1 || $1.contains("*") }
      compare(place, "object", target, isSame ? target : name(row.object))
    }
    if let method, ["GET", "HEAD", "PUT", "DELETE", "PATCH"].contains(method) {
      let changes = method != "GET" && method != "HEAD"
      compare(
        place,
        "action",
        changes ? "a change" : "none",
        row.operation == .write ? "a change" : "none"
      )
    }
  }

  /// Events in the order of their records; records without an event here make no claim.
  ///
  /// Their offsets are those of another copy of the file.
  mutating func filebeat(_ events: [[String: Any]], _ starts: [Int64]) {
    compare(
      "all",
      "events",
      "at least \(events.count)",
      "at least \(min(events.count, starts.count))"
    )
    for (event, start) in zip(events, starts) {
      guard let row = byOffset[start] else { continue }
      let place = "at \(start)"
      if let text = event["@timestamp"] as? String {
        // To the millisecond.
        let stamp = Timestamp(nanoseconds: row.time / 1_000_000 * 1_000_000)
        compare(place, "time", text.replacing(".000Z", with: "Z"), "\(stamp)")
      }
      if let user = event["user.name"] as? String, user != "-" {
        compare(place, "account", user, name(row.account))
      }
      request(
        place,
        target: (event["url.original"] ?? event["url.path"]) as? String,
        method: event["http.request.method"] as? String,
        row
      )
      let source = event["source.ip"] ?? event["source.address"] ?? event["source.domain"]
      // An empty one is an address that Filebeat did not find.
      if let source = source as? String, !source.isEmpty {
        compare(place, "address", source, name(row.terminal))
      }
      let bytes =
        event["http.response.body.bytes"] ?? event["haproxy.bytes_read"]
        ?? (row.operation.returnsRecords ? event["mysql.slowlog.bytes_sent"] : nil)
      if let bytes = (bytes as? NSNumber)?.int64Value {
        compare(place, "bytes", String(bytes), String(row.bytes))
      }
      if let rows = (event["mysql.slowlog.rows_sent"] as? NSNumber)?.int64Value,
        row.operation.returnsRecords
      {
        compare(
          place,
          "rows",
          String(rows),
          // Of rows that gather others it is said that they are as many records or more.
          row.quality == .exact || row.quality == .atLeast ? String(row.recordsLow) : "unknown"
        )
      }
      if let status = (event["http.response.status_code"] as? NSNumber)?.intValue,
        row.outcome != .unknown
      {
        compare(place, "outcome", status < 400 ? "success" : "failure", "\(row.outcome)")
      } else if let outcome = event["event.outcome"] as? String {
        compare(place, "outcome", outcome, "\(row.outcome)")
      }
    }
  }

  /// `results["s01-parse"]["…"][2].Evt.Meta["source_ip"] == "192.0.2.7"`: of the third line.
  mutating func crowdsec(_ asserts: String, _ bytes: [UInt8]) {
    let fields = [
      "source_ip", "user", "target_user", "username", "user_arn", "http_path", "http_status",
      "http_verb",
      "exe",
      "auid",
    ]
    var lines: [UInt32] = []
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty { lines.append(UInt32(index + 1)) }
    for line in asserts.split(separator: "\n") where line.hasPrefix("results[\"s01-parse\"]") {
      let parts = line.components(separatedBy: "\"")
      // results[ s01-parse ][ name ][2].Evt.Meta[ source_ip ] ==  192.0.2.7
      guard parts.count >= 8, parts[4].hasSuffix(".Evt.Meta["), fields.contains(parts[5]),
        let index = Int(parts[4].dropFirst(2).prefix { $0 != "]" }), index < lines.count
      else { continue }
      guard let row = byLine[lines[index]] else {
        if let row = auditRecord(lines[index], bytes, parts[5]) {
          compare("line \(lines[index])", parts[5], parts[7], row)
          continue
        }
        compare("line \(lines[index])", "event", parts[7], "none")
        continue
      }
      let place = "line \(lines[index])"
      switch parts[5] {
      case "source_ip": compare(place, "address", parts[7], name(row.terminal))
      case "exe": compare(place, "program", parts[7], name(row.program))
      case "http_path": request(place, target: parts[7], method: nil, row)
      case "http_verb": request(place, target: nil, method: parts[7], row)
      case "http_status":
        guard let status = Int(parts[7]), 200..<600 ~= status else { continue }
        compare(place, "outcome", status < 400 ? "success" : "failure", "\(row.outcome)")
      default: compare(place, "account", parts[7], name(row.account))
      }
    }
  }
}
