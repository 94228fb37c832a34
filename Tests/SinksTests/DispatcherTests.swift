import Estate
import EventModel
import Foundation
import Storage
import Testing

@testable import Sinks

@Suite struct `What is told goes out` {
  private let coverage = Coverage()

  private func store(_ bench: Workbench) throws -> Store {
    try Store(path: bench.path + "/store", .night)
  }

  @Test func `once, and again when it has grown, across restarts`() throws {
    let bench = try Workbench()
    let sinks =
      "  - {name: a, kind: file, path: a.jsonl}\n  - {name: o, kind: file, path: o, format: ocsf}\n"
    do {
      // Queued, and ended before anything went out.
      let dispatcher = try bench.dispatcher(sinks, try store(bench))
      try dispatcher.enqueue([Sample.incident()], coverage: coverage)
    }
    #expect(bench.text("a.jsonl").isEmpty)
    do {
      let dispatcher = try bench.dispatcher(sinks, try store(bench))
      try dispatcher.enqueue([Sample.incident()], coverage: coverage)
      try dispatcher.drain(seconds: 10)
      try dispatcher.enqueue([Sample.incident()], coverage: coverage)
      try dispatcher.drain(seconds: 10)
      #expect(dispatcher.states.map(\.waiting) == [0, 0])
    }
    #expect(try bench.objects("o").map { $0["activity_id"] as? Int } == [1])
    let dispatcher = try bench.dispatcher(sinks, try store(bench))
    // Two states while it waits are one message.
    try dispatcher.enqueue([Sample.incident(records: .exactly(70_000))], coverage: coverage)
    try dispatcher.enqueue([Sample.incident(records: .exactly(80_000))], coverage: coverage)
    try dispatcher.drain(seconds: 10)
    #expect(bench.lines("a.jsonl").count == 2)
    #expect(try bench.objects("o").map { $0["activity_id"] as? Int } == [1, 2])
    #expect(try bench.objects("o").last?["type_uid"] as? Int == 200_402)
    let mode = try FileManager.default.attributesOfItem(atPath: bench.path + "/a.jsonl")
    #expect(mode[.posixPermissions] as? Int == 0o600)
  }

  @Test func `a file that a crash left half a line in is gone on with`() throws {
    let bench = try Workbench()
    try Data("{\"half\":".utf8).write(to: URL(fileURLWithPath: bench.path + "/a"))
    let dispatcher = try bench.dispatcher("  - {name: a, kind: file, path: a}\n", try store(bench))
    try dispatcher.enqueue([Sample.incident()], coverage: coverage)
    try dispatcher.drain(seconds: 10)
    #expect(bench.lines("a").count == 2 && bench.text("a").hasSuffix("}\n"))
  }

  @Test func `what is less grave than asked for, or excepted, stays`() throws {
    let bench = try Workbench()
    let dispatcher = try bench.dispatcher(
      "  - {name: a, kind: file, path: a, least-severity: critical}\n"
        + "  - {name: b, kind: file, path: b, format: cef}\n",
      try store(bench)
    )
    var excepted = Sample.incident(2)
    excepted.isExcepted = true
    var partly = Sample.incident(3)
    partly.findings[0].exception = "known"
    try dispatcher.enqueue([Sample.incident(), excepted, partly], coverage: coverage)
    try dispatcher.drain(seconds: 10)
    #expect(bench.lines("a").isEmpty)
    #expect(bench.lines("b").count == 1)
  }

  @Test func `a dead sink holds up nothing, and is told of once`() throws {
    let bench = try Workbench()
    // 192.0.2.0/24 is no network: connecting there hangs, or is refused at once.
    let dispatcher = try bench.dispatcher(
      """
        - {name: dead, kind: syslog, address: "tcp://192.0.2.1:601"}
        - {name: closed, kind: webhook, url: "http://127.0.0.1:9/"}
        - {name: nowhere, kind: file, path: no/such/folder/a}
        - {name: alive, kind: file, path: a}

      """,
      try store(bench)
    )
    var longest: TimeInterval = 0
    for number in 1...20 {
      let start = Date()
      try dispatcher.enqueue([Sample.incident(number)], coverage: coverage)
      try dispatcher.step()
      longest = max(longest, Date().timeIntervalSince(start))
      usleep(20_000)
    }
    let isThere = try wait {
      try dispatcher.step()
      return bench.lines("a").count == 20
    }
    #expect(isThere && longest < 1)
    let closed = try wait {
      try dispatcher.step()
      return dispatcher.states[1].counts.failed >= 2 && dispatcher.states[2].counts.failed >= 2
    }
    #expect(closed)
    let said = dispatcher.takeNotices().map(\.english)
    #expect(said.count { $0.contains("sink closed: ") } == 1)
    #expect(said.count { $0.contains("sink nowhere: ") } == 1)
    #expect(dispatcher.states[1].waiting == 20 && dispatcher.states[3].waiting == 0)
  }

  @Test func `a receiver that fails is tried again, and one bad message stops no other`() throws {
    let bench = try Workbench()
    let receiver = try Receiver(
      [Receiver.python, Receiver.folder + "http_receiver.py", bench.path + "/seen", "503", "400"]
    )
    let port = receiver.firstLine()
    let dispatcher = try bench.dispatcher(
      "  - {name: soc, kind: webhook, url: \"http://127.0.0.1:\(port)/hook\", template: slack, token: secret}\n",
      try store(bench)
    )
    try dispatcher.enqueue((1...3).map { Sample.incident($0) }, coverage: coverage)
    let isDone = try wait {
      try dispatcher.step()
      return dispatcher.states[0].counts.taken == 2
    }
    #expect(isDone)
    let seen = try bench.objects("seen")
    #expect(seen.map { $0["status"] as? Int } == [503, 400, 200, 200])
    let headers = try #require(seen.last?["headers"] as? [String: String])
    #expect(headers["Authorization"] == "Bearer secret")
    #expect(headers["Idempotency-Key"]?.hasPrefix("0000000000000013-") == true)
    // Set aside, not lost: another run tries it again.
    #expect(dispatcher.states[0].waiting == 1)
    let said = dispatcher.takeNotices().map(\.english)
    #expect(
      said.contains { $0.contains("answered 503") } && said.contains { $0.contains("answered 400") }
    )
    #expect(said.contains { $0.contains("takes messages again") })
  }

  @Test func `a restart tries what was refused`() throws {
    let bench = try Workbench()
    let receiver = try Receiver(
      [Receiver.python, Receiver.folder + "http_receiver.py", bench.path + "/seen", "422"]
    )
    let port = receiver.firstLine()
    let sinks = "  - {name: soc, kind: webhook, url: \"http://127.0.0.1:\(port)/hook\"}\n"
    let store = try store(bench)
    let first = try bench.dispatcher(sinks, store)
    try first.enqueue([Sample.incident()], coverage: coverage)
    try first.drain(seconds: 10)
    #expect(first.states[0].counts.refused == 1)
    let second = try bench.dispatcher(sinks, store)
    try second.drain(seconds: 10)
    #expect(second.states[0].waiting == 0 && second.states[0].counts.taken == 1)
  }

  @Test func `bulk requests and Splunk take a batch, what is known already counts as taken`() throws
  {
    let bench = try Workbench()
    let receiver = try Receiver(
      [Receiver.python, Receiver.folder + "http_receiver.py", bench.path + "/seen"]
    )
    let port = receiver.firstLine()
    let sinks = """
        - {name: es, kind: elastic, url: "http://127.0.0.1:\(port)", index: logs-ometsuke, api-key: k}
        - {name: hec, kind: splunk, url: "http://127.0.0.1:\(port)", token: t, index: main}

      """
    var bad = Sample.incident(2)
    bad.findings[0].message = "refuse me"
    for round in 0..<2 {
      // Another store: the receiver is sent what it has.
      let store = try Store(path: bench.path + "/store-\(round)", .night)
      let dispatcher = try bench.dispatcher(sinks, store)
      try dispatcher.enqueue([Sample.incident(1), bad, Sample.incident(3)], coverage: coverage)
      try dispatcher.drain(seconds: 10)
      #expect(dispatcher.states[0].counts.taken == 2 && dispatcher.states[0].counts.refused == 1)
      #expect(dispatcher.states[1].counts.taken == 3)
    }
    let seen = try bench.objects("seen")
    let splunk = seen.first { ($0["path"] as? String) == "/services/collector/event" }
    #expect((splunk?["headers"] as? [String: String])?["Authorization"] == "Splunk t")
    #expect((splunk?["body"] as? String)?.split(separator: "\n").count == 3)
    let bulk = seen.first { ($0["path"] as? String) == "/_bulk" }
    #expect((bulk?["headers"] as? [String: String])?["Authorization"] == "ApiKey k")
    let keys = (bulk?["body"] as? String)?.split(separator: "\n").filter {
      $0.hasPrefix("{\"create\"")
    }
    #expect(keys?.count == 3)
  }

  @Test func `a mail server gets a mail`() throws {
    let bench = try Workbench()
    let receiver = try Receiver(
      [Receiver.python, Receiver.folder + "mail_receiver.py", bench.path + "/seen"]
    )
    let port = receiver.firstLine()
    guard Int(port) != nil else {
      print("skipped: no aiosmtpd; apt-get install python3-aiosmtpd")
      return
    }
    let dispatcher = try bench.dispatcher(
      """
        - name: mail
          kind: mail
          server: "smtp://127.0.0.1:\(port)"
          from: ometsuke@example.org
          to: [soc@example.org, lead@example.org]
          language: japanese

      """,
      try store(bench)
    )
    try dispatcher.enqueue([Sample.incident()], coverage: coverage)
    try dispatcher.drain(seconds: 10)
    #expect(dispatcher.states[0].counts.taken == 1, "\(dispatcher.takeNotices())")
    let mail = try #require(try bench.objects("seen").first)
    #expect(mail["to"] as? [String] == ["soc@example.org", "lead@example.org"])
    #expect((mail["content"] as? String)?.contains("Message-ID: <0000000000000011.") == true)
  }
}
