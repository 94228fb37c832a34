import Estate
import EventModel
import Foundation
import Glibc
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Messages that come to a watch by a listener.
@Suite struct `What a listener hears` {
  /// A watch that listens, and where.
  private final class Bench {
    let work: Workplace
    let port: UInt16
    let scheme: String
    let estate: DeclaredEstate
    let watch: Watch

    init(_ scheme: String, format: String? = nil) async throws {
      let work = try Workplace()
      for _ in 0..<50 {
        let port = UInt16.random(in: 20_000..<32_000)
        let address = "\(scheme)://127.0.0.1:\(port)"
        try work.write(
          "ometsuke.yml",
          [
            "owners: [{name: Minato Gas, delivered: 90000}]",
            "datasets: [{name: d, tables: \"crm.*\", owner: Minato Gas}]",
            "sources:", "  - name: hosts", "    listen: \"\(address)\"",
          ] + (format.map { ["    format: \($0)"] } ?? [])
        )
        let estate = try EstateFile.load(path: work.path + "/ometsuke.yml").estate
        let store = try Store(path: work.path + "/store", .night)
        let options = WatchOptions(night: watchOptions([address], estate))
        if let watch = try? await Watch(
          estate: estate,
          options: options,
          store: store,
          render: {
            JSONLinesReport.line(of: $0)
          }
        ) {
          (self.work, self.port, self.scheme, self.estate, self.watch) = (
            work, port, scheme, estate, watch
          )
          return
        }
      }
      throw ScanError(message: "no port")
    }

    /// Sends by a connection of its own.
    func send(_ messages: [[UInt8]]) throws {
      let isDatagram = scheme == "udp"
      let kind = isDatagram ? SOCK_DGRAM : SOCK_STREAM
      let file = socket(AF_INET, Int32(kind.rawValue), 0)
      defer { close(file) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      let isOpen = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      #expect(isOpen)
      for message in messages {
        var done = 0
        while done < message.count {
          let got = message[done...].withUnsafeBytes {
            Glibc.send(file, $0.baseAddress, $0.count, 0)
          }
          guard got > 0 else { throw ScanError(message: "cannot be sent") }
          done += got
        }
      }
    }

    /// Rounds until it is so, ten seconds at most.
    func wait(_ isSo: (Watch) -> Bool) async throws -> Bool {
      for _ in 0..<200 {
        _ = try await watch.round()
        if isSo(watch) { return true }
        usleep(50_000)
      }
      return false
    }
  }

  private static let foreign: [String: [UInt8]] = [
    "json": Array("{\"time\":\"2026-11-27T00:00:00Z\",\"user\":\"x\"}".utf8),
    "cef": Array("CEF:0|a|b|1|x|y|5|act=z".utf8), "list": [0x5B],
    "gzip": [0x1F, 0x8B, 8, 0, 0x41], "bzip2": Array("BZh91AY&SY".utf8),
    "utf-16": [0xFF, 0xFE, 0x41, 0x42], "zip": [0x50, 0x4B, 3, 4],
    "access": Array("192.0.2.7 - ito [23/Nov/2026:17:33:09 +0900] \"GET / HTTP/1.1\" 200 5".utf8),
  ]

  private func message(_ number: Int, isModern: Bool) -> [UInt8] {
    let text =
      "[\(number)-1] user=u\(number),db=crm,client=192.0.2.7 LOG:  AUDIT: SESSION,\(number),1,READ,SELECT,"
      + "TABLE,crm.clients,select * from crm.clients,<none>,\(8_000 + number)"
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    var room = [CChar](repeating: 0, count: 64)
    let pattern = isModern ? "%Y-%m-%dT%H:%M:%SZ" : "%b %e %H:%M:%S"
    let length = strftime(&room, room.count, pattern, &parts)
    let stamp = String(decoding: room[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return Array(
      (isModern
        ? "<134>1 \(stamp) db1 postgres 9 - - " : "<134>\(stamp) db2 postgres[9]: ").utf8
    ) + Array(text.utf8)
  }

  @Test(
    arguments: ["udp", "tcp"],
    ["", "json", "cef", "list", "gzip", "bzip2", "utf-16", "zip", "access"]
  )
  func `is read message by message, whatever was heard first`(
    scheme: String,
    first: String
  ) async throws {
    let bench = try await Bench(scheme)
    let end: [UInt8] = scheme == "udp" ? [] : [0x0A]
    if let foreign = Self.foreign[first] {
      try bench.send([foreign + end])
      #expect(try await bench.wait { $0.sources.first?.lines ?? 0 > 0 })
    }
    for number in 0..<6 {
      let text = message(number, isModern: number % 2 == 0)
      // Octet counting and lines, a connection each.
      let isCounted = scheme == "tcp" && number < 3
      try bench.send([isCounted ? Array("\(text.count) ".utf8) + text : text + end])
    }
    let isThere = try await bench.wait { $0.sources.first?.events ?? 0 >= 6 }
    #expect(isThere, "\(bench.watch.sources)")
    let incidents = bench.watch.judge().incidents.map(\.actor)
    for number in 0..<6 {
      #expect(incidents.contains { $0.contains("u\(number)") }, "\(number): \(incidents)")
    }
    let coverage = bench.watch.judge().coverage.sources
    #expect(coverage.first?.rejected == (first.isEmpty ? 0 : 1), "\(coverage)")
  }

  @Test(arguments: ["syslog-rfc3164", "syslog-rfc5424", "syslog-rfc6587"])
  func `is of both kinds under the name of either`(format: String) async throws {
    let bench = try await Bench("udp", format: format)
    for number in 0..<4 { try bench.send([message(number, isModern: number % 2 == 0)]) }
    #expect(try await bench.wait { $0.sources.first?.events ?? 0 == 4 })
    #expect(bench.watch.judge().coverage.sources.first?.rejected == 0)
  }

  @Test func `and what it lost is a gap of its source, with its number, for good`() async throws {
    let bench = try await Bench("tcp")
    try bench.send([message(1, isModern: true) + [0x0A]])
    #expect(try await bench.wait { $0.sources.first?.events ?? 0 == 1 })
    let long = Array("<134>".utf8) + [UInt8](repeating: 0x78, count: 3 << 20) + [0x0A]
    try bench.send([long, message(2, isModern: true) + [0x0A]])
    #expect(try await bench.wait { $0.lostMessages.first?.count == 1 })
    #expect(try await bench.wait { $0.sources.first?.events ?? 0 == 2 })
    #expect(bench.watch.judge().coverage.sources.first?.lostMessages == 1)
    try bench.watch.commit()
    for isAfterNight in [false, true] {
      if isAfterNight { try await bench.watch.runNight() }
      let store = try Store(path: bench.work.path + "/store", .reading)
      let study = try CoverageStudy(store, bench.estate)
      let today = try #require(try store.lostMessages()["hosts"]?.last?.day)
      #expect(try store.lostMessages()["hosts"]?.map(\.messages).reduce(0, +) == 1)
      let account = try study.account(today...today)
      let source = try #require(account.sources.first)
      #expect(source.days.map(\.state) == [.lost] && source.days.map(\.lost) == [1])
      #expect(account.share.permille == 0)
      #expect(account.gaps.map(\.lost) == [1])
      let report = CoverageReport(account, program: "test")
      #expect(report.lines().contains("\"lost_messages\":1"))
      let text = report.render(ReportOptions())
      #expect(text.contains("Its listener lost 1 message") && text.contains("messages lost"))
      let inquiry = InquiryStudy(store, bench.estate, study)
      let answer = try inquiry.answer(
        owner: "Minato Gas",
        StudyPeriod(today...today, from: .asked, until: .asked)
      )
      #expect(answer.gaps.map(\.stretch.lost) == [1])
    }
    // The night's mail, once.
    var options = watchOptions([], bench.estate)
    options.now = Timestamp(seconds: Int64(time(nil)))
    for (round, expected) in [1, 0].enumerated() {
      let outcome = try await NightlyRun(estate: bench.estate, options: options).run(
        in: bench.watch.store
      ) { JSONLinesReport.line(of: $0) }
      let told = outcome.notices.filter {
        $0.english.contains("its listener lost 1 message in all")
      }
      #expect(told.count == expected, "round \(round)")
      #expect(outcome.result.coverage.sources.first?.lostMessages == 1)
      try bench.watch.store.markTold(night: outcome.night.id, at: 0)
    }
  }
}

@Suite struct `Messages lost over midnight` {
  @Test func `belong to the hours of both days, with their number at the last`() {
    let noon = Int64(20_000) * Timestamp.nanosecondsPerDay + 12 * 3_600_000_000_000
    let midnight = noon + 12 * 3_600_000_000_000
    let lost = LostMessages.noticed(7, from: midnight - 1, to: midnight + 1, .utc)
    #expect(
      lost == [
        LostMessages(day: 20_000, messages: 0, hours: 1 << 23),
        LostMessages(day: 20_001, messages: 7, hours: 1),
      ]
    )
    #expect(
      LostMessages.noticed(7, from: noon, to: noon, .utc)
        == [LostMessages(day: 20_000, messages: 7, hours: 1 << 12)]
    )
  }
}
