import EventModel
import Foundation

@testable import Ingest

/// Events of CloudTrail that other projects publish with their rules, against what is read here.
extension Found {
  /// Panther's tests of rules (an event a line, with the rule) or Stratus' recorded attacks (a list), as the
  /// delivery of CloudTrail has them, an event a line.
  static func cloudTrailEvents(_ bytes: [UInt8]) throws -> [[String: Any]] {
    let all: [[String: Any]]
    if bytes.first == 0x5B {
      all = try JSONSerialization.jsonObject(with: Data(bytes)) as? [[String: Any]] ?? []
    } else {
      all = try bytes.split(separator: 0x0A).compactMap { line in
        let test = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
        guard test?["logtypes"] as? [String] == ["AWS.CloudTrail"] else { return nil }
        return test?["event"] as? [String: Any]
      }
    }
    return all.filter { event in
      ["eventTime", "eventSource", "eventName"].allSatisfy { event[$0] is String }
    }
  }

  static func lines(_ events: [[String: Any]]) throws -> [UInt8] {
    try events.flatMap { event in
      Array(try JSONSerialization.data(withJSONObject: event, options: .sortedKeys)) + [0x0A]
    }
  }

  mutating func cloudTrail(_ events: [[String: Any]]) {
    for (index, event) in events.enumerated() {
      let place = "event \(index + 1)"
      guard let row = byLine[UInt32(index + 1)] else {
        compare(place, "event", "one", "none")
        continue
      }
      if let text = event["eventTime"] as? String {
        // To the second; Panther writes a blank for the T, and leaves the zone out.
        let expected = text.prefix(19).replacingOccurrences(of: " ", with: "T") + "Z"
        let seconds = row.time / 1_000_000_000 * 1_000_000_000
        compare(place, "time", expected, "\(Timestamp(nanoseconds: seconds))")
      }
      if let address = event["sourceIPAddress"] as? String {
        compare(place, "address", address, batch.names.text(of: row.terminal))
      }
      let who = event["userIdentity"] as? [String: Any]
      let session = who?["sessionContext"] as? [String: Any]
      let issuer = session?["sessionIssuer"] as? [String: Any]
      if let name = who?["userName"] as? String ?? issuer?["userName"] as? String {
        compare(place, "account", name, batch.names.text(of: row.account))
      }
      let answer = (event["responseElements"] as? [String: Any])?["ConsoleLogin"] as? String
      if (event["errorCode"] as? String)?.isEmpty == false || answer == "Failure" {
        compare(place, "outcome", "failure", "\(row.outcome)")
      }
      if event["eventName"] as? String == "ConsoleLogin", let answer {
        let isOn = answer == "Success"
        compare(place, "action", isOn ? "logon" : "logon-failure", row.operation.name)
      }
    }
  }
}
