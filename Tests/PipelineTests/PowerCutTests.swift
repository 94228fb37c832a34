import CStoreFaults
import Detection
import Estate
import EventModel
import Foundation
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Nights whose power goes: what was not synchronised is lost, or stands there in part.
@Suite(.serialized) struct `A power cut` {
  private func line(_ day: Int, _ minute: Int, _ user: String, _ rows: Int) -> String {
    let time = "2024-04-\(day < 10 ? "0" : "")\(day)T09:\(minute < 10 ? "0" : "")\(minute):00Z"
    return "{\"time\":\"\(time)\",\"user\":\"\(user)\",\"ip\":\"192.0.2.7\",\"action\":\"export\","
      + "\"object\":\"crm.customers\",\"rows\":\(rows)}"
  }

  /// Lines of so many days.
  private func lines(_ days: Int) -> [String] {
    (1...days).flatMap { day in
      (0..<20).map { line(day, $0 * 2, "user\($0 % 6)", 1 + $0 % 3) }
        + [line(day, 50, "admin", 4_000 * day)]
    }
  }

  private func night(_ work: Workplace, _ store: Store, _ day: Int64) async throws {
    _ = try await work.night(day, in: store)
  }

  /// What a store remembers of the logs, runs and their times left out.
  private func memory(_ path: String) throws -> [String] {
    let store = try Store(path: path, .reading)
    #expect(try store.damage().isEmpty)
    #expect(try Verification(store).breaches.isEmpty)
    var text: [String] = []
    for name in ["coverage", "ledger"] {
      let table = try StateTable(named: name, of: store)
      var parts: [[StateTable.Cell]] = []
      try StateTable.each(named: name, of: store) { parts += $0.rows }
      #expect(parts == table.rows)
      text += table.rows.map { table.json($0) }
    }
    text += try store.incidents().map { $0.body }
    for stream in try store.streams() {
      text.append("\(stream.consumed) \(stream.line)")
      text += try store.seals(of: stream.id).map { "\($0.start) \($0.length) \($0.digest)" }
    }
    return text
  }

  private func copy(_ store: String, to other: String) throws {
    for end in ["", "-wal", "-shm", "-lock"] {
      try? FileManager.default.removeItem(atPath: other + end)
    }
    try FileManager.default.copyItem(atPath: store, toPath: other)
  }

  @Test func `at any write of a night loses nothing and doubles nothing`() async throws {
    #expect(cstorefaults_register() == 0)
    let work = try Workplace()
    let (first, whole, cut) = (work.path + "/first", work.path + "/whole", work.path + "/cut")
    try work.write("logs/crm.jsonl", lines(4))
    do { try await night(work, try Store(path: first, .night), 4) }
    try work.write("logs/crm.jsonl", lines(7))
    try copy(first, to: whole)
    cstorefaults_arm(0, 1)
    do { try await night(work, try Store(path: whole, .night, files: "power-cut"), 7) }
    let all = cstorefaults_count()
    #expect(all > 20)
    let expected = try memory(whole)
    var random = Seeded(state: 4)
    var (before, after) = (0, 0)
    for turn in 0..<10 {
      try copy(first, to: cut)
      // The last writes are those of closing: cuts there are the hardest.
      let place = turn == 0 ? all : Int64.random(in: 1...all, using: &random)
      cstorefaults_arm(place, random.next())
      do {
        try await night(work, try Store(path: cut, .night, files: "power-cut"), 7)
      } catch {
        before += 1
      }
      // What lay in memory is gone with the power.
      try? FileManager.default.removeItem(atPath: cut + "-shm")
      if cstorefaults_isCut() == 0 { after += 1 }
      do { try await night(work, try Store(path: cut, .night), 7) }
      #expect(try memory(cut) == expected, "cut at \(place) of \(all)")
    }
    #expect(before > 3)
  }
}
