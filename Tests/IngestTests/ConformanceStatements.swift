import EventModel
import Foundation

@testable import Ingest

/// What pgaudit and pgbadger say of PostgreSQL's statements, against what is read here.
extension Found {
  /// The lines of pgaudit that its regression test expects, as a server writes them to its log.
  ///
  /// The test has them sent to the client: what stands before them, and the tab before a line that
  /// continues them, are the server's (`log_line_prefix = '%t [%p] '`).
  static func pgauditLog(_ bytes: [UInt8]) -> [UInt8] {
    let mark = "NOTICE:  AUDIT: "
    var log = ""
    var quotes = 0
    for line in String(decoding: bytes, as: UTF8.self).split(
      separator: "\n",
      omittingEmptySubsequences: false
    ) {
      if line.hasPrefix(mark) {
        log += "2026-04-01 00:00:00 UTC [77] LOG:  AUDIT: \(line.dropFirst(mark.count))\n"
        quotes = line.count { $0 == "\"" }
      } else if quotes % 2 == 1 {
        log += "\t\(line)\n"
        quotes += line.count { $0 == "\"" }
      }
    }
    return Array(log.utf8)
  }

  /// Class, command, object and rows of every line.
  mutating func pgaudit(_ bytes: [UInt8]) {
    var starts: [(line: UInt32, text: String)] = []
    for (index, line) in String(decoding: bytes, as: UTF8.self).split(separator: "\n").enumerated()
    {
      if line.hasPrefix("\t") {
        starts[starts.count - 1].text += "\n" + line.dropFirst()
      } else {
        starts.append((UInt32(index + 1), String(line.components(separatedBy: "AUDIT: ")[1])))
      }
    }
    for (line, text) in starts {
      let fields = Self.fields(text)
      guard fields.count >= 9 else { continue }
      let place = "line \(line)"
      guard let row = byLine[line] else {
        compare(place, "event", fields[3], "none")
        continue
      }
      let returns = row.operation.returnsRecords || row.operation == .touch
      switch fields[3] {
      case "READ" where !fields[6].isEmpty:
        compare(place, "action", "read", returns ? "read" : row.operation.name)
      case "WRITE" where !fields[7].uppercased().contains("RETURNING"):
        let isChange = row.operation == .write || row.operation == .touch
        compare(place, "action", "write", isChange ? "write" : row.operation.name)
      default: break
      }
      if !fields[6].isEmpty, row.operation.returnsRecords || row.operation == .write {
        compare(place, "object", fields[6], name(row.object))
      }
      if fields.count > 9, let rows = Int64(fields[9]), row.operation.returnsRecords,
        !fields[4].hasPrefix("COPY"), row.quality != .unknown
      {
        compare(place, "rows", String(rows), String(row.recordsLow))
      }
    }
  }

  private static func fields(_ text: String) -> [String] {
    var fields = [""]
    var isQuoted = false
    for sign in text {
      switch sign {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: fields.append("")
      default: fields[fields.count - 1].append(sign)
      }
    }
    return fields
  }

  /// How many statements of a kind pgbadger counts.
  mutating func pgbadger(_ counts: [(kind: EventModel.Operation?, count: Int)]) {
    for (kind, count) in counts {
      let found = kind.map { kind in batch.rows.count { $0.operation == kind } } ?? events
      compare("all", kind?.name ?? "events", String(count), String(found))
    }
  }
}
