import EventModel
import Foundation
import Testing

@testable import Ingest

extension EventBatch {
  /// `operation outcome account terminal program object destination` of a row.
  fileprivate func hostText(_ index: Int) -> String {
    let row = rows[index]
    let words = [
      row.operation.name, "\(row.outcome)", names.text(of: row.account),
      names.text(of: row.terminal), names.text(of: row.program), names.text(of: row.object),
      names.text(of: row.destination),
    ]
    return words.joined(separator: "|")
  }
}

@Suite struct SyslogTests {
  @Test func `host messages become logons, privilege, devices and audit`() throws {
    let batch = try Decoding.fixture(SyslogRFC3164.self, "host-events")
    #expect(
      batch.rows.indices.map(batch.hostText) == [
        "logon|success|ito|192.0.2.7|sshd||db1",
        "logon-failure|failure|a from b|198.51.100.4|sshd||",
        "logoff|success|ito|192.0.2.7|sshd-session||", "other|failure|x|198.51.100.4|sshd||",
        "privilege|success|ito|db1|pg_dump|/usr/bin/pg_dump|",
        "privilege|failure|kita|db1|sudo|/bin/ls|",
        "privilege|success|ito|db1|su||",
        "device|success||db1|kernel||idVendor=0781, idProduct=5567",
        "device|success||db1|kernel||SerialNumber: 4C530001",
        "device|success||db1|kernel||usb-storage 1-2:1.0",
        "device|success||db1|kernel||sdb",
        "audit|success||db1|systemd|clock changed|", "audit|success||db1|chronyd|clock changed|",
        "audit|success||db1|rsyslogd|rotated|", "audit|success||db1|systemd-journald|stopped|",
        "logon|success|ito|db1|login||",
        "logon-failure|failure|root|198.51.100.4|sshd||",
      ]
    )
    #expect(batch.rows.allSatisfy { $0.flags.contains(.yearless) })
    #expect(batch.rows.allSatisfy { $0.volume == .unknown && $0.bytes == -1 })
    #expect(Timestamp(nanoseconds: batch.rows[0].time).description == "2000-02-29T01:02:03Z")
    #expect(batch.rejectedCount == 2)
    #expect(batch.passedOver == 4)
    #expect(batch.isAccountedFor)
  }

  @Test func `a time without a zone is local, one with a zone is not moved`() throws {
    let line = Array("Nov  3 08:00:00 db1 sshd[1]: Accepted none for a from 192.0.2.1".utf8)
    let tokyo = TimeZoneRule(fixedOffset: 9 * 3600)
    let local = Decoding.batch(SyslogRFC3164.self, line, zone: tokyo)
    #expect(
      local.rows.map { Timestamp(nanoseconds: $0.time).description } == ["2000-11-02T23:00:00Z"]
    )
    let dated = try Decoding.fixture(SyslogRFC3164.self, "rfc3339-time")
    #expect(dated.rows.allSatisfy { !$0.flags.contains(.yearless) })
    #expect(
      dated.rows.map { Timestamp(nanoseconds: $0.time).description }.first
        == "2026-11-22T23:33:09.157Z"
    )
    #expect(dated.rows.map(\.operation) == [.logon, .privilege, .audit])
  }

  @Test func `RFC 5424 headers, structured data and nil values`() throws {
    let batch = try Decoding.fixture(SyslogRFC5424.self, "host-events")
    #expect(
      batch.rows.indices.map(batch.hostText) == [
        "logon|success|ito|192.0.2.7|sshd||db1",
        "privilege|success|ito|db1|rsync|/usr/bin/rsync|",
        "logon-failure|failure|test|198.51.100.4|sshd||",
      ]
    )
    #expect(batch.rows.allSatisfy { $0.flags == [] })
    #expect(
      batch.rejections.map(\.error.reason) == [.badTime, .unterminatedQuote, .notThisFormat]
    )
    #expect(batch.passedOver == 2)
    #expect(batch.isAccountedFor)
  }

  @Test func `each format claims its own samples and no other`() throws {
    let formats: [any LogFormat.Type] = [
      CombinedAccess.self, NginxJSON.self, SyslogRFC3164.self, SyslogRFC5424.self,
    ]
    for format in formats {
      let folder = Decoding.fixtures.appending(path: format.name)
      for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
        let bytes = try Decoding.bytes(folder.appending(path: "\(name)/input.log"))
        for other in formats {
          let likelihood = other.probe(bytes.span).likelihood
          #expect((likelihood >= .likely) == (other.name == format.name), "\(name) \(other)")
        }
      }
    }
    let csvlog = "2026-11-23 08:33:09.157 UTC,\"ito\",\"crm\",30098,\"127.0.0.1:51740\",6b.75,1,\n"
    let json = "{\"timestamp\":\"2026-11-23T08:33:09Z\",\"user\":\"ito\",\"message\":\"x: y\"}\n"
    for format in formats {
      for text in [csvlog, json, "", "\n\n"] {
        let bytes = Array(text.utf8)
        let likelihood = format.probe(bytes.span).likelihood
        #expect(likelihood == .no, "\(format)")
      }
    }
  }

  /// Published expectations name the events `ssh_login`; a refused name (`Invalid`) counts there
  /// and here as a failure.
  ///
  /// What they merely dissect (groupadd, a scan) holds no event for us.
  @Test func `public authentication lines agree with their published expectations`() throws {
    guard let log = try Decoding.publicLog("beats-filebeat/system/auth/test.log"),
      let json = try Decoding.publicLog("beats-filebeat/system/auth/test.log-expected.json"),
      let expected = try JSONSerialization.jsonObject(with: Data(json)) as? [[String: Any]]
    else { return }
    let batch = Decoding.batch(SyslogRFC3164.self, log)
    let rows = Decoding.rowsByPublishedOffset(batch, log)
    for event in expected where event["event.action"] as? String == "ssh_login" {
      let offset = try #require(event["log.offset"] as? Int)
      let row = try #require(rows[offset])
      let isSuccess = event["event.outcome"] as? String == "success"
      #expect(row.operation == (isSuccess ? .logon : .logonFailure))
      #expect(batch.names.text(of: row.account) == event["user.name"] as? String)
      #expect(batch.names.text(of: row.terminal) == event["source.ip"] as? String)
    }
    #expect(batch.rows.count { $0.operation == .privilege } == 3)
    #expect(batch.rows.count { $0.operation == .privilege && $0.outcome == .failure } == 1)
    #expect(batch.rows.count == 7)
  }

  /// Of the public host log, lines that only close or break a connection before authentication tell of
  /// no failed log-on: the failure before them is told by its own line.
  @Test(arguments: [
    ("crowdsec-hub/sshd-logs/sshd-logs.log", 24, 0), ("plaso/syslog/syslog", 0, 1),
    ("plaso/syslog/syslog_ssh.log", 7, 0), ("plaso/syslog/syslog_rsyslog", 1, 0),
    ("beats-filebeat/system/syslog/darwin-syslog-sample.log", 0, 0),
    ("beats-filebeat/system/syslog/suse-syslog.log", 0, 0),
  ])
  func `public host logs are read whole`(_ path: String, rows: Int, rejected: Int) throws {
    guard let log = try Decoding.publicLog(path) else { return }
    let batch = Decoding.batch(SyslogRFC3164.self, log)
    #expect(batch.rows.count == rows)
    #expect(batch.rejectedCount == rejected)
    #expect(batch.isAccountedFor)
    #expect(Decoding.probe(SyslogRFC3164.self, log) >= .likely)
  }

  /// One line there goes on with the message before it without a space: it is rejected.
  @Test func `a public RFC 5424 log is read`() throws {
    let path = "plaso/syslog/syslog_rsyslog_SyslogProtocol23Format"
    guard let log = try Decoding.publicLog(path) else { return }
    let batch = Decoding.batch(SyslogRFC5424.self, log)
    #expect(batch.rows.isEmpty)
    #expect(batch.rejectedCount == 1)
    #expect(Decoding.probe(SyslogRFC5424.self, log) == .likely)
  }

  @Test func `sudo lines of a public log are all found`() throws {
    guard let log = try Decoding.publicLog("beats-filebeat/system/auth/auth-ubuntu1204.log") else {
      return
    }
    let batch = Decoding.batch(SyslogRFC3164.self, log)
    let text = String(decoding: log, as: UTF8.self)
    let commands = text.split(whereSeparator: \.isNewline).count { $0.contains(" ; COMMAND=") }
    // Beside them one change by su.
    #expect(batch.rows.count { $0.operation == .privilege } == commands + 1)
    #expect(batch.rejectedCount == 0)
  }

  @Test func `cut and changed lines are always accounted for`() throws {
    var random = SystemRandomNumberGenerator()
    let paths = [
      "syslog-rfc3164/host-events", "syslog-rfc3164/rfc3339-time", "syslog-rfc5424/host-events",
      "nginx-json/variables",
    ]
    for path in paths {
      let bytes = try Decoding.bytes(Decoding.fixtures.appending(path: "\(path)/input.log"))
      for start in bytes.indices {
        var some = Array(bytes[start...].prefix(300))
        if let index = some.indices.randomElement(using: &random) {
          some[index] = UInt8.random(in: 0...255, using: &random)
        }
        #expect(Decoding.batch(SyslogRFC3164.self, some).isAccountedFor)
        #expect(Decoding.batch(SyslogRFC5424.self, some).isAccountedFor)
        #expect(Decoding.batch(NginxJSON.self, some).isAccountedFor)
      }
    }
  }

  @Test func `lines of access logs behind the header are requests, at their own time`() throws {
    let lines = [
      #"<190>Mar 28 20:00:00 web1 nginx: 192.0.2.99 - ito [28/Mar/2024:20:00:00 +0900] "#
        + #""GET /c/kita/export/1.csv HTTP/1.1" 200 3000000 "-" "Mozilla/5.0""#,
      #"<190>Mar 28 20:00:01 web1 nginx: 192.0.2.99 - - [28/Mar/2024:20:00:01 +0900] "#
        + #""GET /login HTTP/1.1" 404 0 "-" "curl/8.5""#,
      #"Mar 28 20:00:02 web1 httpd[77]: 2001:db8::7 - sato [28/Mar/2024:11:00:02 +0000] "#
        + #""POST /members/list HTTP/1.1" 200 5120"#,
      #"Mar 28 20:00:03 web1 nginx: 2024/03/28 20:00:03 [error] 7#7: *1 open() "/srv/x" failed (2: No such file)"#,
      #"Mar 28 20:00:04 web1 app[1]: list [a, b] "GET / HTTP/1.1" 200 12"#,
    ]
    let batch = Decoding.batch(
      SyslogRFC3164.self,
      Array(lines.joined(separator: "\n").utf8),
      zone: .utc
    )
    #expect(
      batch.rows.map { batch.names.text(of: $0.terminal) } == [
        "192.0.2.99", "192.0.2.99", "2001:db8::7",
      ]
    )
    #expect(batch.rows.map { batch.names.text(of: $0.account) } == ["ito", "", "sato"])
    #expect(batch.rows.map(\.bytes) == [3_000_000, 0, 5120])
    #expect(batch.rows.allSatisfy { !$0.flags.contains(.yearless) })
    #expect(
      batch.rows.map { Timestamp(nanoseconds: $0.time).description } == [
        "2024-03-28T11:00:00Z", "2024-03-28T11:00:01Z", "2024-03-28T11:00:02Z",
      ]
    )
    #expect(batch.passedOver == 2)
    #expect(batch.isAccountedFor)
  }

  @Test(arguments: [SyslogRFC3164.name, SyslogRFC5424.name])
  func `each message alone makes a file of syslog, whatever it carries`(format: String) throws {
    for folder in FormatGoldenTests.cases(format) {
      let input = try Data(contentsOf: folder.appendingPathComponent("input.log"))
      for line in input.split(separator: 0x0A) {
        let head = Array(line) + [0x0A]
        let padded = head + [UInt8](repeating: 0, count: ByteChunk.padding)
        let isMessage = padded.withUnsafeBufferPointer {
          SyslogHeader.begins($0.slice(0..<line.count))
        }
        guard isMessage else { continue }
        // What nothing claims is read as its log is.
        guard let best = FormatRegistry.best(head.span), best.result.likelihood >= .likely else {
          continue
        }
        let text = String(decoding: line, as: UTF8.self)
        // A length before a message is that of another framing.
        let expected = SyslogHeader.carriers + [SyslogRFC6587.name]
        #expect(expected.contains(best.format.name), "\(text)")
      }
    }
  }
}
