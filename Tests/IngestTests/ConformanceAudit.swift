import EventModel
import Foundation

@testable import Ingest

/// What go-libaudit makes of records of Linux' audit, against what is read here.
extension Found {
  /// A time with thousandths, which the goldens cut at their zeros.
  private static func padded(_ time: String) -> String {
    guard let dot = time.lastIndex(of: "."), time.hasSuffix("Z") else { return time }
    var digits = time[time.index(after: dot)...].dropLast()
    while digits.count < 3 { digits += "0" }
    return "\(time[..<dot]).\(digits)Z"
  }

  /// A field of a record that holds no event here; `nil`: no record of Linux' audit.
  func auditRecord(_ line: UInt32, _ bytes: [UInt8], _ field: String) -> String? {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let padded = Array(lines[Int(line) - 1]) + [UInt8](repeating: 0, count: ByteChunk.padding)
    var arena = ByteArena(capacity: 4096)
    return padded.withUnsafeBufferPointer { padded in
      guard let record = LinuxAuditRecord(RecordBytes(rebasing: padded.dropLast(ByteChunk.padding)))
      else { return nil }
      let found = field == "exe" ? record.text("exe", &arena) : record.word("auid")
      return String(decoding: found, as: UTF8.self)
    }
  }

  /// `auparse`: every record with its fields, known by what stands behind `msg=`.
  mutating func libauditRecords(_ golden: [[String: Any]], _ bytes: [UInt8]) {
    var lines: [String: String] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      guard let mark = line.range(of: " msg=") else { continue }
      lines[String(line[mark.upperBound...])] = String(line)
    }
    let texts: [StaticString] = ["acct", "exe", "name", "comm", "cwd", "cmd"]
    let words: [StaticString] = ["addr", "auid", "hostname"]
    for event in golden {
      guard let raw = event["raw_msg"] as? String, let line = lines[raw],
        let data = event["data"] as? [String: Any]
      else { continue }
      let place = String(raw.prefix(40))
      var arena = ByteArena(capacity: 1 << 16)
      let padded = Array(line.utf8) + [UInt8](repeating: 0, count: ByteChunk.padding)
      padded.withUnsafeBufferPointer { padded in
        guard let record = LinuxAuditRecord(RecordBytes(rebasing: padded.dropLast(64))) else {
          return compare(place, "record", "one", "none")
        }
        if let sequence = event["sequence"] as? Int {
          compare(place, "serial", String(sequence), String(record.serial))
        }
        if let time = event["@timestamp"] as? String {
          compare(place, "time", Self.padded(time), "\(Timestamp(nanoseconds: record.time))")
        }
        for key in texts {
          guard let value = data["\(key)"] as? String else { continue }
          compare(place, "\(key)", value, String(decoding: record.text(key, &arena), as: UTF8.self))
        }
        for key in words {
          guard let value = data["\(key)"] as? String else { continue }
          let found = String(decoding: record.word(key), as: UTF8.self)
          compare(place, "\(key)", value == "unset" ? "" : value, found)
        }
        if let result = data["result"] as? String {
          let word = String(decoding: record.word("res"), as: UTF8.self)
          let success = String(decoding: record.word("success"), as: UTF8.self)
          let isGood = word.hasPrefix("success") || word == "1" || success == "yes"
          compare(place, "outcome", result, isGood ? "success" : "fail")
        }
      }
    }
  }

  /// `aucoalesce`: events of several records, which have one key here.
  mutating func libauditEvents(_ golden: [[String: Any]], _ yaml: String) {
    var blocks: [String: String] = [:]
    var name = ""
    for line in yaml.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasSuffix(": |"), line.hasPrefix("  ") {
        name = line.dropLast(3).trimmingCharacters(in: CharacterSet(charactersIn: " \""))
      } else if line.hasPrefix("    ") {
        blocks[name, default: ""] += line.dropFirst(4) + "\n"
      }
    }
    for test in golden {
      guard let title = test["test_name"] as? String, let event = test["event"] as? [String: Any]
      else { continue }
      guard let block = blocks[title] else {
        compare(title, "event", "one", "none")
        continue
      }
      let batch = FormatGoldenTests.decode(LinuxAudit.self, Array(block.utf8))
      compare(title, "rejected", "0", String(batch.rejectedCount))
      let times = batch.rows.map(\.time) + batch.dated.map(\.time)
      let stamps = Set(times.map { "\(Timestamp(nanoseconds: $0))" })
      compare(
        title,
        "time",
        Self.padded("\(event["@timestamp"] ?? "")"),
        stamps.joined(separator: " ")
      )
      let serials = Set(batch.serials.runs.flatMap { [$0.firstNumber, $0.lastNumber] })
      compare(title, "serial", "[\(event["sequence"] ?? 0)]", "\(serials.sorted())")
      guard let row = batch.rows.first else { continue }
      let ids = (event["user"] as? [String: Any])?["ids"] as? [String: Any]
      if let account = ids?["auid"] as? String, account != "unset" {
        compare(title, "account", account, batch.names.text(of: row.account))
      }
      if let result = event["result"] as? String {
        let word = result == "fail" ? "failure" : result
        compare(title, "outcome", word, "\(row.outcome)")
      }
      let object = (event["summary"] as? [String: Any])?["object"] as? [String: Any]
      if row.operation == .logonFailure, let address = object?["secondary"] as? String {
        compare(title, "address", address, batch.names.text(of: row.terminal))
      }
    }
  }
}
