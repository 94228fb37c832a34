import EventModel
import Foundation

@testable import Ingest

/// What plaso's tests say of single lines of its samples.
extension Found {
  /// The values by file, of plaso's tests as they were gathered.
  static func plasoValues(_ bytes: Data) throws -> [String: [[String: Any]]] {
    var values: [String: [[String: Any]]] = [:]
    for line in bytes.split(separator: 0x0A) {
      let test = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
      guard let file = test?["file"] as? String else { continue }
      values[file] = test?["values"] as? [[String: Any]]
    }
    return values
  }

  /// An event is the one of its second, of several the one from its address.
  mutating func plaso(_ events: [[String: Any]]) {
    for event in events {
      let stated = event["recorded_time"] ?? event["last_written_time"]
      guard let text = stated as? String, let seconds = Self.seconds(text) else { continue }
      let address = (event["ip_address"] ?? event["source_ip"]) as? String
      let rows = batch.rows.filter { $0.time / 1_000_000_000 == seconds }
      let named = rows.first { batch.names.text(of: $0.terminal) == address }
      let isThere = !rows.isEmpty || batch.dated.contains { $0.time / 1_000_000_000 == seconds }
      compare(text, "time", "an event", isThere ? "an event" : "none")
      guard let row = named ?? rows.first else { continue }
      if let address { compare(text, "address", address, batch.names.text(of: row.terminal)) }
      if var user = event["username"] as? String {
        // Of PostgreSQL with the name of the database.
        if event["severity"] != nil { user = String(user.prefix { $0 != "@" }) }
        compare(text, "account", user, batch.names.text(of: row.account))
      }
      if let bytes = (event["http_response_bytes"] as? NSNumber)?.int64Value {
        compare(text, "bytes", String(bytes), String(row.bytes))
      }
      let status = event["http_response_code"] ?? event["http_status"]
      if let status = (status as? NSNumber)?.intValue {
        compare(text, "outcome", status < 400 ? "success" : "failure", "\(row.outcome)")
      }
    }
  }

  /// Seconds since 1970 UTC of a time with its zone; `nil`: it has none.
  private static func seconds(_ text: String) -> Int64? {
    var text = text
    if let point = text.firstIndex(of: ".") {
      let end = text[text.index(after: point)...].firstIndex { !$0.isNumber } ?? text.endIndex
      text.removeSubrange(point..<end)
    }
    guard let date = ISO8601DateFormatter().date(from: text) else { return nil }
    return Int64(date.timeIntervalSince1970)
  }
}
