import Estate
import EventModel
import Foundation
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// What the arrival of lines tells of the clocks of those that send them.
@Suite struct `The clock of a host` {
  private static let second: Int64 = 1_000_000_000
  private static let start: Int64 = 1_790_000_000 * second

  private func key(_ host: String) -> ClockSkews.Key { ClockSkews.Key(source: 0, host: host) }

  /// Lines, one every so many seconds, that come so many seconds after the time they state.
  private func note(
    _ skews: inout ClockSkews,
    _ host: String,
    _ delays: [Int64],
    each: Int64 = 10,
    from first: Int64 = 0
  ) {
    for (index, delay) in delays.enumerated() {
      let arrival = Self.start + (first + Int64(index) * each) * Self.second
      skews.note(key(host), lines: 1, newest: arrival - delay * Self.second, at: arrival)
    }
  }

  @Test func `is estimated by the least delay of twenty lines`() {
    var skews = ClockSkews()
    note(&skews, "db1", (0..<19).map { 40 - $0 % 7 })
    #expect(skews.estimate(of: key("db1")) == nil)
    note(&skews, "db1", [50], from: 190)
    #expect(skews.estimate(of: key("db1")) == 34 * Self.second)
  }

  @Test func `that is ahead is told once, by how much at least`() {
    var skews = ClockSkews()
    note(&skews, "db1", (0..<20).map { 3 - $0 % 10 })
    note(&skews, "db2", (0..<20).map { 1 - $0 % 3 })
    #expect(skews.takeNotable().map(\.key.host) == ["db1"])
    #expect(skews.estimate(of: key("db1")) == -6 * Self.second)
    note(&skews, "db1", [-7], from: 200)
    #expect(skews.takeNotable().isEmpty)
    #expect(skews.grave.isEmpty)
    note(&skews, "db1", [-61], from: 210)
    #expect(skews.grave.map(\.skew) == [-61 * Self.second])
  }

  @Test func `that is behind is told when two windows have the same delay, and not before`() {
    var skews = ClockSkews()
    // The line after ten minutes begins another window.
    note(&skews, "db1", (0..<60).map { 90 + $0 % 5 })
    note(&skews, "db2", (0..<60).map { 90 + $0 % 5 })
    #expect(skews.takeNotable().isEmpty)
    note(&skews, "db1", (0..<25).map { 90 + $0 % 7 }, from: 600)
    // Delivered late, now so and now otherwise.
    note(&skews, "db2", (0..<25).map { 300 + $0 % 7 }, from: 600)
    #expect(skews.takeNotable().map { "\($0.key.host) \($0.skew / Self.second)" } == ["db1 90"])
    #expect(skews.grave.map(\.key.host) == ["db1"])
    #expect(skews.takeNotable().isEmpty)
  }

  @Test func `that is set right has the estimate of its last windows`() {
    var skews = ClockSkews()
    note(&skews, "db1", (0..<61).map { _ in -30 })
    note(&skews, "db1", (0..<122).map { _ in 0 }, from: 610)
    #expect(skews.estimate(of: key("db1")) == 0)
  }

  @Test func `has room for 256 hosts, and lines of more are counted`() {
    var skews = ClockSkews()
    for host in 0..<300 { note(&skews, "h\(host)", [1, 1], each: 1) }
    note(&skews, "", [1])
    #expect(skews.uncounted == 2 * 44)
    // One that has not been heard of for a day makes room.
    note(&skews, "fresh", [1], from: 2 * 86_400)
    #expect(skews.uncounted == 2 * 44)
  }

  @Test(
    arguments: [
      ("<86>1 2026-09-21T14:13:20Z db1 sshd 7 - - x", "syslog-rfc5424", "db1"),
      ("<86>1 2026-09-21T14:13:20Z - sshd 7 - - x", "syslog-rfc5424", nil),
      ("<86>Sep 21 14:13:20 db-2.example.com sshd[7]: x", "syslog-rfc5424", "db-2.example.com"),
      ("Sep  1 14:13:20 db1 sshd[7]: x", "syslog-rfc3164", "db1"),
      ("Sep 1 2026 14:13:20 db1 sshd[7]: x", "syslog-rfc3164", "db1"),
      ("2026-09-21T14:13:20.5+09:00 2001:db8::7 sshd[7]: x", "syslog-rfc3164", "2001:db8::7"),
      ("2026-09-21T14:13:20+09:00 sshd[7]: x y", "syslog-rfc3164", nil),
      ("Sep 21 14:13:20 sshd: x y", "syslog-rfc3164", nil),
      ("Sep 21 14:13:20 Oracle Audit[282]: x y", "syslog-rfc3164", nil),
      ("nothing of the kind stands here at all", "syslog-rfc3164", nil),
      ("<1", "syslog-rfc3164", nil), ("", "syslog-rfc5424", nil), ("<86>1 ", "syslog-rfc5424", nil),
      (#"{"MESSAGE":"\"_HOSTNAME\":\"x\"","_HOSTNAME" : "db1"}"#, "journal-json", "db1"),
      (#"{"_HOSTNAME":null}"#, "journal-json", nil),
      ("__CURSOR=a\n_HOSTNAME=db1\nMESSAGE=x\n", "journal-export", "db1"),
    ] as [(String, String, String?)]
  )
  func `is that of the host which the message names`(
    _ record: String,
    _ format: String,
    _ host: String?
  ) {
    #expect(MessageHost.host(of: Array(record.utf8), format: format) == host)
    // Cut anywhere it is nobody's, or a part of the name.
    for count in 0..<record.utf8.count {
      _ = MessageHost.host(of: Array(record.utf8.prefix(count)), format: format)
    }
  }

  @Test func `is told by a watch, and by the night after it where it is off by a minute`()
    async throws
  {
    let work = try Workplace()
    try work.write(
      "ometsuke.yml",
      ["sources: [{name: hosts, paths: [logs/*], format: syslog-rfc3164}]"]
    )
    let estate = try EstateFile.load(path: work.path + "/ometsuke.yml").estate
    func line(_ number: Int, _ host: String, _ ahead: Int64) -> String {
      let time = Int64(Date().timeIntervalSince1970) + ahead
      return "\(Timestamp(seconds: time)) \(host) sshd[\(number)]: Accepted password for sato from"
        + " 192.0.2.7 port 50200 ssh2"
    }
    func write(_ lines: [String]) throws {
      try work.write("logs/auth.log", lines)
    }
    var lines = [line(0, "db1", 0)]
    try write(lines)
    let options = watchOptions([work.path + "/logs"], estate)
    let place = work.path + "/store"
    do {
      let watch = try await Watch(
        estate: estate,
        options: WatchOptions(night: options),
        store: Store(path: place, .night),
        render: { JSONLinesReport.line(of: $0) }
      )
      _ = watch.takeNotices()
      for number in 1...30 {
        lines += [line(number, "db1", 0), line(number, "db2", 95)]
      }
      let handle = try #require(FileHandle(forWritingAtPath: work.path + "/logs/auth.log"))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(lines.dropFirst().map { $0 + "\n" }.joined().utf8))
      try handle.close()
      for _ in 0..<4 { while try await watch.round() {} }
      let told = watch.takeNotices().filter { $0.kind == .clock }
      #expect(
        told.count == 1
          && told[0].english.hasPrefix("host db2 (source hosts): its lines come before")
      )
      #expect(told.first?.japanese.contains("ホスト db2(情報源 hosts)") == true)
      let skews = watch.clockSkews
      #expect(skews.map(\.host) == [nil, "db1", "db2"])
      #expect(skews.last.map { $0.skew > -96 * Self.second && $0.skew < -80 * Self.second } == true)
      try watch.commit()
    }
    func night() async throws -> [String] {
      let store = try Store(path: place, .night)
      let outcome = try await NightlyRun(estate: estate, options: options).run(in: store) {
        JSONLinesReport.line(of: $0)
      }
      try store.markTold(night: outcome.night.id, at: 0)
      return outcome.notices.filter { $0.kind == .clock && $0.english.contains("db") }
        .map(\.english)
    }
    let first = try await night()
    #expect(first.count == 1 && first[0].hasPrefix("host db2 (source hosts)"))
    #expect(try await night().isEmpty)
    let study = try CoverageStudy(Store(path: place, .reading), estate)
    #expect(
      study.clocks.map(\.host) == ["db2"] && study.clocks.map(\.seconds).allSatisfy { $0 < -80 }
    )
    #expect(study.clocks.map(\.notice.english) == first)
  }
}
