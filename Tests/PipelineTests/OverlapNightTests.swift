import Detection
import Estate
import EventModel
import Foundation
import Testing

@testable import Pipeline
@testable import Storage

/// Exports that hold yesterday and today, day by day.
@Suite struct `Exports that overlap from night to night` {
  private func day(_ day: Int) -> [String] {
    (0..<60).map { number in
      let minute = number < 10 ? "0\(number)" : "\(number)"
      let act = number % 5 == 0 ? "login" : "export"
      let rows = number == 7 && day % 2 == 1 ? 900 * day : 1 + number % 3
      // What stands twice in one file happened twice.
      let user = number % 10 == 4 ? 3 : number % 4
      return
        "{\"time\":\"2024-04-0\(day)T0\(number % 8):\(number % 10 == 4 ? "40" : minute):00Z\",\"user\":\"user\(user)\","
        + "\"ip\":\"192.0.2.7\",\"action\":\"\(act)\",\"object\":\"crm.customers\",\"rows\":\(rows)}"
    }.sorted { $0.prefix(30) < $1.prefix(30) }
  }

  private func export(_ number: Int) -> [String] { day(number - 1) + day(number) }

  private struct Found: Equatable {
    var incidents: [String]
    var events: Int64
    var days: [Int64]

    init(_ result: ScanResult, _ store: Store) throws {
      incidents = result.incidents.map { incident in
        "\(incident.id) \(incident.severity) \(incident.records) \(incident.owners) "
          + incident.findings.map { "\($0.id) \($0.value) \($0.events)" }.joined(separator: ", ")
      }
      events = result.coverage.sources.reduce(0) { $0 + $1.events }
      days = try store.coverageDays().values.flatMap { $0.map(\.events) }
    }
  }

  @Test func `count each event once, as one night over all of them does`() async throws {
    let work = try Workplace()
    let store = try Store(path: work.path + "/store", .night)
    var notices: [Notice] = []
    var last: Found?
    for number in 2...6 {
      try work.write("logs/export-\(number).jsonl", export(number))
      let outcome = try await work.night(Int64(number), in: store)
      notices += outcome.notices
      last = try Found(outcome.result, store)
    }
    let other = try Store(path: work.path + "/other", .night)
    let whole = try await work.night(6, in: other)
    #expect(try last == Found(whole.result, other))
    #expect(try #require(last).days.reduce(0, +) == 6 * 60)
    // Told once, not each night.
    #expect(notices.map(\.kind) == [.copy])
    #expect(notices.first?.english.contains("overlap") ?? false)
  }

  @Test func `of one file that goes on beside another count once, too`() async throws {
    let work = try Workplace()
    let store = try Store(path: work.path + "/store", .night)
    try work.write("logs/a.jsonl", day(1))
    _ = try await work.night(1, in: store)
    // The one that was read holds only what the new one holds between lines of its own.
    let rest = Array(day(2).prefix(40))
    try work.write("logs/b.jsonl", day(1).suffix(50) + rest)
    _ = try await work.night(2, in: store)
    try work.write("logs/b.jsonl", day(1).suffix(50) + rest + day(2).suffix(20))
    let last = try await work.night(3, in: store)
    let other = try Store(path: work.path + "/other", .night)
    let whole = try await work.night(3, in: other)
    #expect(try Found(last.result, store) == Found(whole.result, other))
    #expect(try store.coverageDays().values.flatMap { $0.map(\.events) }.reduce(0, +) == 120)
  }

  @Test func `and logs that are only alike keep all of their events`() async throws {
    let work = try Workplace()
    let store = try Store(path: work.path + "/store", .night)
    try work.write("logs/a.jsonl", day(1))
    _ = try await work.night(1, in: store)
    // Two servers: every third line is one that the other has written as well.
    let mixed = day(1).enumerated().map { place, line in
      place % 3 == 0 ? line : line.replacingOccurrences(of: "192.0.2.7", with: "192.0.2.8")
    }
    try work.write("logs/b.jsonl", mixed)
    _ = try await work.night(2, in: store)
    #expect(try store.coverageDays().values.flatMap { $0.map(\.events) }.reduce(0, +) == 120)
  }

  @Test func `are known also after events that no engine looks at were too many to keep`() throws {
    var others = OtherEvents(after: nil)
    let names = ["app", "web"]
    others.add(
      (0..<OtherEvents.most + 5).map { number in
        var row = EventRow(time: Int64(number))
        row.digest = UInt64(number) &* 7
        row.operation = .other
        row.source = UInt16(number % 2)
        return row
      }
    )
    others.settle(-1)
    #expect(others.rows.count == OtherEvents.most && others.known == 4)
    let read = try OtherEvents(others.bytes(sources: names), sources: ["web", "app"])
    #expect(read.known == 4 && read.rows.count == OtherEvents.most)
    #expect(read.rows.first?.source == others.rows.first.map { 1 - $0.source })
    #expect(throws: StateError.self) {
      try OtherEvents(Array(others.bytes(sources: names).dropLast()), sources: names)
    }
  }
}
