import EventModel
import Foundation
import Testing

@testable import Ingest

@Suite struct `Messages of both kinds of syslog` {
  private static let modern =
    "<86>1 2026-11-23T08:33:09Z db1 sshd 311 - - Accepted password for ito from 192.0.2.7 port 1 ssh2"
  private static let old =
    "<86>Nov 23 08:33:10 db2 sshd[312]: Accepted password for mori from 192.0.2.8 port 2 ssh2"
  private static let foreign = "{\"time\":\"2026-11-23T08:33:13Z\",\"user\":\"x\"}"

  private func accounts<F: LogFormat>(_ format: F.Type, _ lines: [String]) -> [String] {
    let batch = Decoding.batch(format, lines.map { $0 + "\n" }.joined())
    return batch.rows.map { batch.names.text(of: $0.account) }
      + [String](repeating: "rejected", count: Int(batch.rejectedCount))
  }

  @Test(arguments: [
    [modern, old], [old, modern], [foreign, old, modern], [foreign, modern, old],
  ])
  func `are read by either name, whichever comes first`(lines: [String]) {
    let expected = lines.map {
      $0 == Self.modern ? "ito" : $0 == Self.old ? "mori" : "rejected"
    }.sorted { ($0 == "rejected" ? 1 : 0) < ($1 == "rejected" ? 1 : 0) }
    #expect(accounts(SyslogRFC5424.self, lines) == expected)
    #expect(accounts(SyslogRFC3164.self, lines) == expected)
  }

  @Test func `mean the same alone and among others`() throws {
    let bytes = try Decoding.bytes(
      Decoding.fixtures.appending(path: "syslog-rfc5424/declared-mixed/input.log")
    )
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    for name in ["5424", "3164"] {
      func all(_ lines: [String]) -> [String] {
        name == "5424" ? accounts(SyslogRFC5424.self, lines) : accounts(SyslogRFC3164.self, lines)
      }
      let whole = all(lines)
      #expect(whole.count { $0 == "rejected" } == 1)
      for cut in 0...lines.count {
        let parts = all(Array(lines[..<cut])) + all(Array(lines[cut...]))
        #expect(parts.sorted() == whole.sorted(), "cut at \(cut)")
      }
    }
  }

  @Test func `are claimed by the name of the commoner kind, of equals by the older`() {
    func best(_ lines: [String]) -> String? {
      let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
      let found = FormatRegistry.best(bytes.span)
      return found.flatMap { $0.result.likelihood >= .likely ? $0.format.name : nil }
    }
    #expect(best([Self.old, Self.modern, Self.modern]) == SyslogRFC5424.name)
    #expect(best([Self.modern, Self.old, Self.old]) == SyslogRFC3164.name)
    #expect(best([Self.modern, Self.old]) == SyslogRFC3164.name)
    // One in eight of either kind: together a quarter.
    let others = [String](repeating: "other words", count: 6)
    #expect(best(others + [Self.modern, Self.old]) == SyslogRFC3164.name)
  }

  @Test func `that were heard lie in the twelve months before`() {
    let now = Timestamp(seconds: 1_767_312_000)  // 2026-01-02
    func year(_ month: Int, _ day: Int) -> String {
      var rows = [
        EventRow(time: Int64(CivilCalendar.dayNumber(year: 2000, month: month, day: day)))
      ]
      rows[0].time *= Timestamp.nanosecondsPerDay
      rows[0].flags = [.yearless]
      YearInference.heard(at: now.nanoseconds, zone: .utc).resolve(&rows)
      #expect(rows[0].flags.isEmpty)
      return String(Timestamp(nanoseconds: rows[0].time).description.prefix(10))
    }
    #expect(year(12, 31) == "2025-12-31")
    #expect(year(1, 2) == "2026-01-02")
    #expect(year(1, 3) == "2026-01-03")
    #expect(year(1, 20) == "2025-01-20")
  }
}
