import EventModel
import Foundation
import Testing

@testable import Ingest

/// Decodes text or a file with one format.
enum Decoding {
  static let data = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data").standardizedFileURL

  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures")

  static func batch<F: LogFormat>(
    _ format: F.Type,
    _ bytes: [UInt8],
    zone: TimeZoneRule = .utc
  ) -> EventBatch {
    let options = DecodeOptions(
      declaration: SourceDeclaration(name: "test"),
      zone: zone,
      subjectKey: SubjectKey(1, 2)
    )
    var batch = EventBatch()
    F(options: options, head: bytes.span).decode(ByteChunk(bytes), into: &batch)
    return batch
  }

  static func batch<F: LogFormat>(_ format: F.Type, _ text: String) -> EventBatch {
    batch(format, Array(text.utf8))
  }

  static func fixture<F: LogFormat>(_ format: F.Type, _ name: String) throws -> EventBatch {
    batch(format, try bytes(fixtures.appending(path: "\(F.name)/\(name)/input.log")))
  }

  static func bytes(_ url: URL) throws -> [UInt8] { Array(try Data(contentsOf: url)) }

  /// The bytes of a public log, or `nil` with a message when the folder is not there.
  static func publicLog(_ path: String) throws -> [UInt8]? {
    let url = data.appending(path: path)
    guard FileManager.default.fileExists(atPath: url.path) else {
      print("skipped: no public logs at \(url.path)")
      return nil
    }
    return try bytes(url)
  }

  /// The expectations count offsets with line ends of one byte; most of the logs have two.
  static func rowsByPublishedOffset(_ batch: EventBatch, _ log: [UInt8]) -> [Int: EventRow] {
    let extra = log.contains(0x0D) ? 1 : 0
    var rows: [Int: EventRow] = [:]
    for row in batch.rows { rows[Int(row.offset) - (Int(row.line) - 1) * extra] = row }
    return rows
  }

  static func probe<F: LogFormat>(_ format: F.Type, _ bytes: [UInt8]) -> Likelihood {
    let head = Array(bytes.prefix(65_536))
    return F.probe(head.span).likelihood
  }
}

extension EventBatch {
  /// `operation outcome account terminal program object bytes low…high` of a row.
  func text(_ index: Int) -> String {
    let row = rows[index]
    let words = [
      row.operation.name, "\(row.outcome)", names.text(of: row.account),
      names.text(of: row.terminal), names.text(of: row.program), names.text(of: row.object),
      "\(row.bytes)", row.volume == .none ? "none" : row.volume == .unknown ? "unknown" : "?",
    ]
    return words.joined(separator: "|")
  }

  var isAccountedFor: Bool { Set(rows.map(\.line)).count + passedOver + rejectedCount == lineCount }
}

@Suite struct CombinedAccessTests {
  @Test func `every shape of line gives its fields, its class and its volume`() throws {
    let batch = try Decoding.fixture(CombinedAccess.self, "shapes")
    #expect(
      batch.rows.indices.map(batch.text) == [
        "read|success|ito|192.0.2.7|Mozilla|/crm/customers/*/orders|5120|unknown",
        "export|success|ito|192.0.2.7|curl|/crm/export/members.csv|73400320|unknown",
        "export|success|ito|192.0.2.7|Mozilla|/crm/%E9%A1%A7%E5%AE%A2%E5%87%BA%E5%8A%9B|1048576|unknown",
        "export|success||192.0.2.8||/crm/reports|0|none",
        "other|success||192.0.2.8|Mozilla|/assets/app.js|0|none",
        "write|success||192.0.2.8|okhttp|/crm/files/*|0|none",
        "read|failure|ab cd|192.0.2.9||/a/b/*|199|none",
      ]
    )
    #expect(Timestamp(nanoseconds: batch.rows[0].time).description == "2026-11-22T23:33:09Z")
    #expect(Timestamp(nanoseconds: batch.rows[6].time).description == "2026-11-22T23:33:14Z")
  }

  @Test func `hostile lines are events or rejections, never lost`() throws {
    let batch = try Decoding.fixture(CombinedAccess.self, "hostile")
    #expect(
      batch.rows.indices.map(batch.text) == [
        "other|failure||198.51.100.4|||157|none",
        "other|failure||198.51.100.4|||0|none",
        "read|failure||198.51.100.4||/find|1164|none",
        "export|success||198.51.100.4|x|/say\"export\"|12|unknown",
      ]
    )
    #expect(
      batch.rejections.map(\.error.reason) == [
        .badTime, .unterminatedQuote, .unterminatedQuote, .notThisFormat,
      ]
    )
    #expect(batch.isAccountedFor)
  }

  @Test func `virtual hosts and forwarded lists leave the client`() throws {
    let batch = try Decoding.fixture(CombinedAccess.self, "vhost")
    #expect(
      batch.rows.indices.map(batch.text) == [
        "read|success|ito|192.0.2.7|Mozilla|/members|10|unknown",
        "write|failure||2001:db8::7||/members/*|0|none",
        "read|success||192.0.2.7|Mozilla|/members|10|unknown",
        "read|success||192.0.2.9||/members|10|unknown",
      ]
    )
  }

  @Test func `exports are told by words of the path, not by its letters`() {
    func operation(_ request: String) -> EventModel.Operation? {
      let line = "192.0.2.1 - - [23/Nov/2026:08:33:09 +0000] \"\(request) HTTP/1.1\" 200 1"
      return Decoding.batch(CombinedAccess.self, line).rows.first?.operation
    }
    for path in [
      "/Export", "/user-export", "/exportUsers", "/x/dump.php", "/x.sql", "/a.tar.gz", "/bulk/x",
      "/%65xport", "/%E3%83%80%E3%82%A6%E3%83%B3%E3%83%AD%E3%83%BC%E3%83%89",
      "http://a.example/csv",
      "/report?x=.css", "/\\xE5\\x87\\xBA\\xE5\\x8A\\x9B",
    ] { #expect(operation("GET \(path)") == .export, "\(path)") }
    for path in ["/exported", "/reporter", "/zip-code", "/exporter/x", "/", "/view?export=1"] {
      #expect(operation("GET \(path)") == .read, "\(path)")
    }
    #expect(operation("GET /export/logo.PNG") == .other)
    #expect(operation("GET /export/setup-1.2.jar") == .other)
    #expect(operation("PATCH /export") == .write)
    #expect(operation("OPTIONS *") == .other)
    #expect(operation("CONNECT host.example:443") == .other)
  }

  @Test func `ten thousand public lines have the events and bytes of a reference reading`() throws {
    guard let log = try Decoding.publicLog("elastic-examples/apache_logs") else { return }
    let batch = Decoding.batch(CombinedAccess.self, log)
    // Reference: a regular expression in another language over the same file.
    #expect(batch.rows.count == 10_000)
    #expect(batch.rejectedCount == 0)
    #expect(batch.rows.reduce(0) { $0 + $1.bytes } == 2_747_282_740)
    #expect(Set(batch.rows.map(\.terminal)).count == 1753)
    #expect(batch.rows.count { $0.outcome == .failure } == 220)
    #expect(Decoding.probe(CombinedAccess.self, log) == .certain)
  }

  /// Our reading differs in two points.
  ///
  /// A user `-` is not stated, where the expectation keeps the dash. Of a list of forwarded
  /// addresses we take the first, the client as the proxy named it; the expectation takes the first
  /// that is public.
  @Test(arguments: [
    "apache/access/darwin-2.4.23", "apache/access/ubuntu-2.2.22", "apache/access/test-vhost",
    "nginx/access/access", "nginx/access/test",
  ])
  func `public access logs agree with their published expectations`(_ name: String) throws {
    guard let log = try Decoding.publicLog("beats-filebeat/\(name).log"),
      let json = try Decoding.publicLog("beats-filebeat/\(name).log-expected.json"),
      let expected = try JSONSerialization.jsonObject(with: Data(json)) as? [[String: Any]]
    else { return }
    let batch = Decoding.batch(CombinedAccess.self, log)
    let rows = Decoding.rowsByPublishedOffset(batch, log)
    for event in expected {
      let offset = try #require(event["log.offset"] as? Int)
      let row = try #require(rows[offset], "no event at \(offset)")
      if let bytes = event["http.response.body.bytes"] as? Int { #expect(row.bytes == bytes) }
      if let status = event["http.response.status_code"] as? Int {
        #expect(row.outcome == (status < 400 ? .success : .failure))
      }
      let user = event["user.name"] as? String ?? "-"
      #expect(batch.names.text(of: row.account) == (user == "-" ? "" : user))
      let list = event["nginx.access.remote_ip_list"] as? [String]
      let address = list?.first ?? event["source.address"] as? String
      if let address { #expect(batch.names.text(of: row.terminal) == address) }
    }
    #expect(batch.rows.count == expected.count)
    #expect(batch.isAccountedFor)
  }

  @Test(arguments: [
    ("crowdsec-hub/nginx_http-logs/nginx_http-logs.log", 9, 0),
    ("plaso/apache_access.log", 15, 0),
  ])
  func `other public access logs are read whole`(_ path: String, rows: Int, rejected: Int) throws {
    guard let log = try Decoding.publicLog(path) else { return }
    let batch = Decoding.batch(CombinedAccess.self, log)
    #expect(batch.rows.count == rows)
    #expect(batch.rejectedCount == rejected)
  }

  @Test func `scanner garbage of a public log is kept as events that read nothing`() throws {
    let path = "crowdsec-hub/nginx-proxy-manager-malformed/nginx_http-logs.log"
    guard let log = try Decoding.publicLog(path) else { return }
    let batch = Decoding.batch(CombinedAccess.self, log)
    #expect(batch.rejectedCount == 0)
    #expect(batch.rows.count == batch.lineCount)
    #expect(batch.rows.allSatisfy { $0.operation == .other && $0.object == .none })
  }

  @Test func `nginx objects are read under the variables' names`() throws {
    let batch = try Decoding.fixture(NginxJSON.self, "variables")
    #expect(
      batch.rows.indices.map(batch.text) == [
        "read|success|ito|192.0.2.7|Mozilla|/crm/customers/*|5120|unknown",
        "export|success|伊藤|192.0.2.8|curl|/crm/download|1048576|unknown",
        "other|failure||192.0.2.9|||0|none",
      ]
    )
    #expect(
      batch.rows.map { Timestamp(nanoseconds: $0.time).description } == [
        "2026-11-22T23:33:09Z", "2026-11-23T08:34:34.250Z", "2026-11-22T23:33:09Z",
      ]
    )
    #expect(batch.rejections.map(\.error.reason) == [.badNumber, .unexpectedEnd])
  }

  @Test func `JSON strings are unescaped and nesting is bounded`() {
    func reason(_ text: String) -> DecodeError.Reason? {
      Decoding.batch(NginxJSON.self, text).rejections.first?.error.reason
    }
    let head =
      #"{"msec":1,"status":200,"remote_user":"\ud83d\ude00\ud83d\t","request":"GET / HTTP/1.0""#
    let batch = Decoding.batch(NginxJSON.self, head + "}")
    #expect(batch.rows.map { batch.names.text(of: $0.account) } == ["😀\u{FFFD}\t"])
    let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(reason(head + ",\"x\":\(deep)}") == nil)
    #expect(reason(head + ",\"x\":[\(deep)]}") == .tooLong)
    #expect(reason(head + ",\"x\":[}]}") == .unexpectedByte)
    #expect(reason(head + ",\"x") == .unterminatedQuote)
  }

  @Test func `cut and changed lines are always accounted for`() throws {
    var random = SystemRandomNumberGenerator()
    for name in ["shapes", "hostile", "vhost"] {
      let url = Decoding.fixtures.appending(path: "combined-access/\(name)/input.log")
      let bytes = try Decoding.bytes(url)
      for cut in bytes.indices {
        var some = Array(bytes[..<cut])
        if let index = some.indices.randomElement(using: &random) {
          some[index] = UInt8.random(in: 0...255, using: &random)
        }
        #expect(Decoding.batch(CombinedAccess.self, some).isAccountedFor)
        #expect(Decoding.batch(NginxJSON.self, some).isAccountedFor)
      }
    }
  }
}
