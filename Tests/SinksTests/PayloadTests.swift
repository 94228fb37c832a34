import EventModel
import Foundation
import Testing

@testable import Reporting

struct PayloadTests {
  private let context = MessageContext(
    program: "ometsuke 1.2.3",
    host: "db 1\n",
    coverage: Coverage(),
    now: Sample.time
  )

  private func line(_ payload: SyslogMessage.Payload, _ records: Volume) -> String {
    let incident = Sample.incident(records: records)
    return SyslogMessage.line(
      of: incident.findings[0],
      in: incident,
      context,
      payload: payload,
      facility: 16,
      enterprise: 32_473
    )
  }

  @Test func `a syslog message is RFC 5424, whatever a log says`() {
    let text = line(.text, .exactly(64_000))
    #expect(
      text.hasPrefix(
        "<131>1 2026-11-23T08:35:49.157Z db1 ometsuke - FINDING [ometsuke@32473 id=\"f1\""
      )
    )
    #expect(text.contains(" records=\"64000\" quality=\"exact\" window=\"1h\" limit=\"50000\""))
    #expect(text.contains(#"account="ito|=\\u{202e}\"\]\\""#))
    #expect(text.unicodeScalars.allSatisfy { !SafeText.isHostile($0) })
    // The structured data ends where it should: at the first `]` that is not escaped.
    var scalars = text.unicodeScalars[...]
    while let next = scalars.popFirst(), next != "]" {
      if next == "\\" { _ = scalars.popFirst() }
    }
    #expect(String(scalars).hasPrefix(" 64000 records of Kita"))
    // What is not known is not there.
    #expect(!line(.text, .unknown).contains(" records="))
  }

  @Test func `CEF escapes what would end a field`() {
    let text = line(.cef, .exactly(64_000))
    let event = text[(text.firstRange(of: "CEF:")?.lowerBound ?? text.startIndex)...]
    #expect(
      event.hasPrefix("CEF:0|Ometsuke|ometsuke|1.2.3|bulk-export|bulk-export: account:ito\\|=")
    )
    #expect(event.contains(#" suser=ito|\="]\\ src=192.0.2.7 cnt=12 cn1=64000 cn1Label=records "#))
    #expect(event.contains(" cs2=exact cs2Label=quality "))
    #expect(event.contains(" externalId=f1 msg=64000 records"))
    #expect(!line(.cef, .unknown).contains("cn1="))
    #expect(text.unicodeScalars.allSatisfy { !SafeText.isHostile($0) })
  }

  @Test func `LEEF keeps its attributes apart`() {
    let text = line(.leef, .exactly(64_000))
    let event = text[(text.firstRange(of: "LEEF:")?.lowerBound ?? text.startIndex)...]
    let parts = event.split(separator: "|", maxSplits: 5, omittingEmptySubsequences: false)
    #expect(parts[..<5].joined(separator: "|") == "LEEF:1.0|Ometsuke|ometsuke|1.2.3|bulk-export")
    let pairs = parts[5].split(separator: "\t").map { $0.split(separator: "=", maxSplits: 1)[0] }
    #expect(pairs.count == Set(pairs).count && pairs.contains("usrName") && pairs.contains("src"))
    #expect(event.contains("sev=8\tdevTime=2026-11-23T08:35:49.157Z\t"))
  }

  @Test(arguments: FindingRecord.allCases) func `a record is one line`(record: FindingRecord) {
    let incident = Sample.incident()
    let text = record.line(of: incident.findings[0], in: incident, context)
    #expect(!text.contains("\n") && text.contains("bulk-export"))
  }

  @Test func `an ECS document and an event of Splunk are what they should be`() throws {
    let incident = Sample.incident()
    let finding = incident.findings[0]
    func object(_ text: String) throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
    let document = try object(ECSDocument.line(of: finding, in: incident, context))
    let event = try #require(document["event"] as? [String: Any])
    #expect(event["kind"] as? String == "alert" && event["risk_score"] as? Int == 73)
    #expect((document["source"] as? [String: Any])?["ip"] as? String == "192.0.2.7")
    let splunk = try object(
      SplunkEvent.line(
        of: finding,
        in: incident,
        context,
        index: nil,
        source: "ometsuke",
        sourceType: "s"
      )
    )
    #expect(splunk["time"] as? Double == 1_795_422_949.157)
    #expect(splunk["index"] == nil)
  }

  @Test(arguments: WebhookBody.allCases) func `a webhook's body is JSON`(body: WebhookBody) throws {
    let text = body.body(of: Sample.incident(), context)
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    #expect(text.unicodeScalars.allSatisfy { !SafeText.isHostile($0) })
    let object = value as? [String: Any] ?? (value as? [[String: Any]])?.first ?? [:]
    switch body {
    case .json: #expect(object["kind"] as? String == "incident")
    case .slack:
      #expect((object["text"] as? String)?.hasPrefix("[HIGH] account:ito") == true)
      #expect((object["blocks"] as? [Any])?.count == 3)
    case .teams:
      let item = (object["attachments"] as? [[String: Any]])?.first
      #expect((item?["content"] as? [String: Any])?["type"] as? String == "AdaptiveCard")
    case .thehive:
      #expect(object["severity"] as? Int == 3)
      #expect((object["sourceRef"] as? String)?.hasPrefix("0000000000000011-") == true)
      let kinds = (object["observables"] as? [[String: Any]])?.compactMap {
        $0["dataType"] as? String
      }
      #expect(kinds == ["other", "ip"])
    case .alertmanager:
      #expect((object["labels"] as? [String: Any])?["severity"] as? String == "high")
    }
  }

  @Test func `a mail says the same under the same id`() throws {
    let incident = Sample.incident()
    let mail = MailMessage.text(of: incident, context, from: "a@example.org", to: ["b@example.org"])
    let parts = mail.components(separatedBy: "\r\n\r\n")
    #expect(parts[0].contains("\r\nDate: Mon, 23 Nov 2026 08:35:49 +0000\r\n"))
    #expect(mail.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 + 20 })
    #expect(mail.utf8.allSatisfy { $0 < 0x7F })
    let body = try #require(
      Data(base64Encoded: parts[1].replacingOccurrences(of: "\r\n", with: ""))
    )
    #expect(String(decoding: body, as: UTF8.self) == IncidentText(incident, context).plain)
    var later = context
    later.now = Timestamp(seconds: 0)
    let again = MailMessage.text(of: incident, later, from: "a@example.org", to: ["b@example.org"])
    func id(_ mail: String) -> Substring? {
      mail.split(separator: "\r\n").first { $0.hasPrefix("Message-ID") }
    }
    #expect(id(mail) == id(again))
    let grown = Sample.incident(records: .exactly(65_000))
    #expect(
      id(MailMessage.text(of: grown, context, from: "a@example.org", to: ["b@example.org"]))
        != id(mail)
    )
  }
}
