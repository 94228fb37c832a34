import Detection
import Estate
import EventModel
import Foundation
import Glibc
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// What sealed logs were met to have lost, and what stays said of it.
@Suite struct `A sealed log that was changed` {
  private func line(_ number: Int, day: Int = 2, rows: Int = 1) -> String {
    let time = "2024-04-0\(day)T09:\(String(10 + number / 60)):\(String(10 + number % 50))Z"
    return "{\"time\":\"\(time)\",\"user\":\"user\(number % 4)\",\"ip\":\"192.0.2.7\","
      + "\"action\":\"export\",\"object\":\"crm.customers\",\"number\":\(number),\"rows\":\(rows)}"
  }

  @discardableResult
  private func night(
    _ work: Workplace,
    _ day: Int64,
    attempts: [NightAttempts.Attempt] = []
  ) async throws -> NightlyOutcome {
    try await work.night(day, in: Store(path: work.path + "/store", .night), attempts: attempts)
  }

  private func verify(_ work: Workplace) throws -> Verification {
    try Verification(Store(path: work.path + "/store", .reading))
  }

  private func write(_ work: Workplace, _ text: String, at place: Int, of name: String) throws {
    let file = try #require(FileHandle(forWritingAtPath: work.path + "/" + name))
    try file.seek(toOffset: UInt64(place))
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }

  enum Change: String, CaseIterable {
    case cut, edited, replacedByOthers, lineTakenOut, shortened
  }

  @Test(arguments: Change.allCases)
  func `stays said by verify, however many nights come after`(_ change: Change) async throws {
    let work = try Workplace()
    let path = "logs/day.jsonl"
    let long = (0..<200).map { line($0) }
    try work.write(path, long)
    try await night(work, 3)
    #expect(try verify(work).breaches.isEmpty)
    let size = long.joined(separator: "\n").utf8.count + 1
    let file = try #require(FileHandle(forUpdatingAtPath: work.path + "/" + path))
    switch change {
    case .cut: try file.truncate(atOffset: UInt64(size / 2))
    case .shortened: try file.truncate(atOffset: 300)
    case .edited: try write(work, "9", at: size - 6, of: path)
    case .replacedByOthers: try work.write(path, (0..<200).map { line($0, rows: 3) })
    case .lineTakenOut:
      try work.write("logs/new", Array(long[..<150] + long[151...]))
      #expect(rename(work.path + "/logs/new", work.path + "/" + path) == 0)
    }
    try file.close()
    #expect(try !verify(work).breaches.isEmpty)
    let told = try await night(work, 4)
    #expect(told.notices.contains { $0.kind == .seal })
    #expect(told.untold.contains { $0.actor.hasPrefix("source:") && $0.severity == .high })
    for day in 5..<8 {
      let found = try verify(work)
      #expect(!found.breaches.isEmpty && found.gone.isEmpty, "\(found.breaches) \(found.gone)")
      #expect(found.breaches.contains { $0.contains("as night 2 met; 1 piece of \(size) bytes") })
      try await night(work, Int64(day))
    }
    // Nor does it help that the log goes.
    try FileManager.default.removeItem(atPath: work.path + "/" + path)
    try work.write("logs/other.jsonl", [line(1, day: 3)])
    try await night(work, 8)
    #expect(try !verify(work).breaches.isEmpty)
    // A decision closes it, and is said.
    let id = try #require(told.untold.first { $0.actor.hasPrefix("source:") }).id
    do {
      let store = try Store(path: work.path + "/store", .night)
      let decision = Decision(
        id: id,
        kind: .falsePositive,
        by: "Sato",
        reason: "restored by hand",
        author: "uid 7",
        time: "2024-04-09T00:00:00Z"
      )
      try decision.add(to: store, program: "test")
    }
    let decided = try verify(work)
    #expect(decided.breaches.isEmpty, "\(decided.breaches)")
    #expect(decided.settled.count == 1 && decided.settled[0].contains("false-positive by Sato"))
  }

  @Test func `and then compressed is altered and not gone`() async throws {
    let work = try Workplace()
    let long = (0..<200).map { line($0) }
    try work.write("logs/day.jsonl", long)
    try await night(work, 3)
    let size = long.joined(separator: "\n").utf8.count
    try write(work, "7", at: size - 4000, of: "logs/day.jsonl")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/gzip")
    process.arguments = [work.path + "/logs/day.jsonl"]
    try process.run()
    process.waitUntilExit()
    let told = try await night(work, 4).notices.filter { $0.kind == .seal }
    #expect(told.count == 1 && !told[0].english.contains("gone"), "\(told)")
    let found = try verify(work)
    #expect(!found.breaches.isEmpty && found.gone.isEmpty, "\(found.breaches) \(found.gone)")
  }

  @Test func `is none that was rotated out of sight, though another lies in its place`()
    async throws
  {
    let work = try Workplace()
    try work.write("logs/day.jsonl", (0..<200).map { line($0) })
    try await night(work, 3)
    #expect(rename(work.path + "/logs/day.jsonl", work.path + "/away") == 0)
    try work.write("logs/day.jsonl", (0..<100).map { line($0, day: 3) })
    let told = try await night(work, 4)
    #expect(told.notices.map(\.kind) == [.seal, .gap])
    #expect(told.notices[0].english.contains("is gone"))
    let found = try verify(work)
    #expect(found.breaches.isEmpty && found.gone.count == 1, "\(found.breaches)")
    #expect(found.gone[0].contains("(other bytes lie there now)"))
  }

  @Test func `is told of as many bytes as are sealed`() async throws {
    let work = try Workplace()
    try work.write("logs/day.jsonl", (0..<50).map { line($0) })
    try await night(work, 3)
    let sealed = try verify(work).bytes
    do {
      // As a watch leaves it that was killed.
      let store = try Store(path: work.path + "/store", .night)
      var stream = try #require(try store.streams().first)
      stream.consumed += 232
      try store.transaction(isLinked: false) { () throws(StoreError) in
        try store.put(stream)
        var journal = Journal()
        journal.streams = [stream.id]
        try store.append(journal)
      }
    }
    #expect(
      try verify(work).unsealed.first?.hasSuffix(": 232 bytes taken by a watch and not sealed yet")
        == true
    )
    try FileManager.default.removeItem(atPath: work.path + "/logs/day.jsonl")
    try work.write("logs/other.jsonl", [line(1, day: 3)])
    let told = try #require(try await night(work, 4).notices.first { $0.kind == .seal }).english
    #expect(told.contains("\(sealed) bytes of it are sealed, 232 bytes more"), "\(told)")
  }

  @Test func `leaves links that cannot be taken away from the end of the chain`() async throws {
    let work = try Workplace()
    try work.write("logs/day.jsonl", (0..<50).map { line($0) })
    try await night(work, 3)
    let store = try Store(path: work.path + "/store", .night)
    for kind in [Decision.Kind.underReview, .confirmed] {
      let decision = Decision(
        id: "a",
        kind: kind,
        by: "Ueda",
        reason: "R",
        author: "uid 0",
        time: "T"
      )
      try decision.add(to: store, program: "test")
    }
    #expect(try Verification.ofStore(store).isEmpty)
    try store.connection.run("DELETE FROM chain WHERE id = (SELECT max(id) FROM chain)")
    #expect(try Verification.ofStore(store).count == 1)
    let access = StoreAccess(command: "verify", author: "uid 0", time: "T")
    try access.add(to: store, program: "test")
    #expect(try Verification.ofStore(store).count == 1)
    try store.connection.run("DELETE FROM chain_tail")
    #expect(try Verification.ofStore(store).count == 1)
    try access.add(to: store, program: "test")
    #expect(try Verification.ofStore(store).count == 1)
  }

  @Test func `is apart from nights that could not be evaluated, which the next one tells once`()
    async throws
  {
    let work = try Workplace()
    try work.write("logs/day.jsonl", (0..<50).map { line($0) })
    try await night(work, 3)
    let attempts = NightAttempts(beside: work.path + "/store")
    for number in 0..<40 {
      attempts.begin(Int64(number))
      attempts.fail(Int64(number), "the disk is full\n" + String(repeating: "大", count: 200))
    }
    var kept = attempts.all()
    #expect(kept.last?.began == 39 && kept.count > 10 && kept.count < 40)
    #expect(
      kept.allSatisfy { $0.reason.hasPrefix("the disk is full 大") && $0.reason.utf8.count <= 200 }
    )
    let size = try FileManager.default.attributesOfItem(atPath: work.path + "/store-attempts")[
      .size
    ]
    #expect(size as? Int == 4096)
    attempts.remove(Set(kept.dropLast().map(\.began)))
    kept = attempts.all()
    let told = try await night(work, 4, attempts: kept).notices.filter { $0.kind == .missedNight }
    #expect(told.count == 1 && told[0].english.contains("could not be evaluated (the disk is full"))
    // Killed before it could forget them.
    #expect(try await night(work, 5, attempts: kept).notices.isEmpty)
  }
}
