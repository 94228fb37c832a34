import EventModel
import Foundation

@testable import Ingest

/// What Zeek's logs say in named fields, against what is read of them here.
extension Found {
  /// A baseline with times: the project blots them out, and a second more for each line stands for them.
  ///
  /// The remark in front of its header, which no Zeek writes, is left out.
  static func zeekTimes(_ bytes: [UInt8]) -> [UInt8] {
    var second = 1_700_000_000
    var text = ""
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    where !line.hasPrefix("### ") {
      text += line.replacingOccurrences(of: "XXXXXXXXXX.XXXXXX", with: "\(second).000000") + "\n"
      second += 1
    }
    return Array(text.utf8)
  }

  /// The stated fields of each record by their names, an underscore for a point.
  private static func zeekRecords(_ bytes: [UInt8]) -> [(line: UInt32, fields: [String: String])] {
    var names: [String] = []
    var records: [(line: UInt32, fields: [String: String])] = []
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    for (index, line) in lines.enumerated() {
      var fields: [String: String] = [:]
      if line.hasPrefix("{") {
        let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        for (name, value) in object ?? [:] {
          fields[name.replacingOccurrences(of: ".", with: "_")] = "\(value)"
        }
      } else if line.hasPrefix("#fields") {
        names = line.split(separator: "\t", omittingEmptySubsequences: false).dropFirst()
          .map { $0.replacingOccurrences(of: ".", with: "_") }
        continue
      } else if line.hasPrefix("#") {
        continue
      } else {
        let values = line.split(separator: "\t", omittingEmptySubsequences: false)
        for (name, value) in zip(names, values) where value != "-" && value != "(empty)" {
          fields[name] = String(value).replacingOccurrences(of: "\\\\", with: "\\")
        }
      }
      records.append((UInt32(index + 1), fields))
    }
    return records
  }

  mutating func zeek(_ bytes: [UInt8]) {
    for (line, fields) in Self.zeekRecords(bytes) {
      let place = "line \(line)"
      guard let row = byLine[line] else {
        compare(place, "event", "one", "none")
        continue
      }
      if let time = fields["ts"].flatMap(Double.init) {
        compare(place, "time", "\(Int64(time))", "\(row.time / 1_000_000_000)")
      }
      if let address = fields["id_orig_h"] {
        compare(place, "address", address, name(row.terminal))
      }
      if let account = fields["user"] ?? fields["username"] {
        compare(place, "account", account, name(row.account))
      }
      if let status = fields["status_code"].flatMap(Int.init), 200..<600 ~= status {
        compare(place, "outcome", status < 400 ? "success" : "failure", "\(row.outcome)")
      }
      if let success = fields["success"] {
        let isGood = success == "T" || success == "1"
        compare(place, "outcome", isGood ? "success" : "failure", "\(row.outcome)")
      }
      if fields["conn_state"] != nil {
        compare(place, "action", "flow", row.operation.name)
        compare(place, "destination", fields["id_resp_h"] ?? "", name(row.destination))
      }
      if let uri = fields["uri"] { compare(place, "object", uri, name(row.object)) }
      if let file = fields["name"], fields["action"]?.hasPrefix("SMB") == true {
        let share = fields["path"].map { "\($0)\\" } ?? ""
        compare(place, "object", share + file, name(row.object))
      }
      let count = fields["resp_bytes"] ?? fields["response_body_len"] ?? fields["file_size"]
      // Where packets were missed there were more.
      if let count, (fields["missed_bytes"] ?? "0") == "0" {
        compare(place, "bytes", count, String(row.bytes))
      }
    }
  }
}
