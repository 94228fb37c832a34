import Estate
import EventModel
import Foundation
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

@Suite struct `A key that is changed` {
  private func line(_ number: Int) -> String {
    let (day, minute) = (1 + number / 200, number % 200 / 4)
    let time =
      "2024-04-\(day < 10 ? "0" : "")\(day)T0\(8 + number % 2):\(minute < 10 ? "0" : "")\(minute):00Z"
    return
      "{\"time\":\"\(time)\",\"user\":\"user\(number % 3)\",\"ip\":\"192.0.2.7\",\"action\":\"view\","
      + "\"owner\":\"Minato Gas\",\"object\":\"crm.customers\",\"rows\":1,\"customer\":\"C\(number * 7 % 900)\"}"
  }

  /// More than 256 subjects a user, so that there are sketches; written in order of time.
  private func lines(_ days: Int) -> [String] { (0..<200 * days).map { line($0) }.sorted() }

  private func estate(_ work: Workplace, keys: [String]) throws -> DeclaredEstate {
    try work.write("keys/key", keys)
    let text = """
      sources:
        - name: crm
          paths: ["logs/*"]
          format: jsonl
          fields: {time: time, account: user, terminal: ip, operation: {field: action, values: {view: read}},
            object: object, owner: owner, records: rows, subject: customer}
      owners: [{name: Minato Gas, delivered: 900}]
      privacy: {key-file: keys/key}
      """
    try work.write("ometsuke.yml", [text])
    return try EstateFile.load(path: work.path + "/ometsuke.yml").estate
  }

  private func night(
    _ work: Workplace,
    _ store: String,
    _ estate: DeclaredEstate,
    _ day: Int64
  ) async throws
    -> String
  {
    let outcome = try await work.night(
      day,
      in: Store(path: store, .night),
      estate,
      marksTold: false
    )
    return JSONLinesReport(options: ReportOptions()).render(
      ScanReport(
        incidents: outcome.result.incidents,
        coverage: outcome.result.coverage,
        program: "test"
      )
    )
  }

  private let first = "000102030405060708090a0b0c0d0e0f"

  @Test func `loses no count and doubles none, and the old one opens nothing`() async throws {
    let work = try Workplace()
    var estate = try estate(work, keys: [first])
    let (plain, changed) = (work.path + "/plain", work.path + "/changed")
    try work.write("logs/crm.jsonl", lines(5))
    _ = try await night(work, plain, estate, 5)
    _ = try await night(work, changed, estate, 5)
    var old = estate
    for (turn, days) in [8, 10].enumerated() {
      let key = StoreKey.fresh()
      #expect(key.count == 16)
      do {
        let store = try Store(path: changed, .night)
        try store.unlock(estate)
        let number = try KeyRotation.rotate(
          store,
          to: key,
          program: "test",
          author: "uid 7",
          time: "2024-04-06T00:00:00Z"
        )
        #expect(number == turn + 1)
      }
      old = estate
      estate = try self.estate(work, keys: [first, ChainLink.hex(key)])
      try work.write("logs/crm.jsonl", lines(days))
      #expect(
        try await night(work, changed, estate, Int64(days))
          == night(work, plain, self.estate(work, keys: [first]), Int64(days))
      )
    }
    let (one, two) = (try Store(path: plain, .reading), try Store(path: changed, .reading))
    try two.unlock(estate)
    for name in [NightMemory.engineValue, NightMemory.heldValue] {
      #expect(try one.value(name) == two.value(name))
    }
    let owner = Array("Minato Gas".utf8)
    #expect(try one.subjects(of: owner) == two.subjects(of: owner))
    #expect(try one.subjects(of: owner).count == 3)
    #expect(try two.damage().isEmpty && Verification(two).breaches.isEmpty)
    // Nothing that bears a hash lies open, and no piece is called by what is inside.
    for column in ["piece.bytes", "held.rows", "subject_sample.subjects"] {
      let names = column.split(separator: ".")
      let all = try two.connection.rows("SELECT \(names[1]) FROM \(names[0])") { $0.bytes(0) }
      #expect(!all.isEmpty && all.allSatisfy { StoreKey.isBox($0) })
    }
    let names = try two.connection.rows("SELECT digest FROM piece") { $0.bytes(0) }
    let open = try one.connection.rows("SELECT digest FROM piece") { $0.bytes(0) }
    #expect(Set(names).isDisjoint(with: open))
    #expect(throws: StoreError.self) { try two.unlock(old) }
    #expect(throws: StoreError.self) { try two.unlock(self.estate(work, keys: [first])) }
    let locked = try Store(path: changed, .reading)
    #expect(throws: StoreError.self) { try locked.value(NightMemory.engineValue) }
    #expect(try StateText.lines(locked).contains { $0.hasPrefix("nights") })
  }

  @Test func `changes all or nothing, wherever it is broken off`() async throws {
    let work = try Workplace()
    let estate = try estate(work, keys: [first])
    let path = work.path + "/store"
    try work.write("logs/crm.jsonl", lines(1))
    _ = try await night(work, path, estate, 1)
    let state = try Store(path: path, .reading).value(NightMemory.engineValue)
    let key = StoreKey.fresh()
    var random = Seeded(state: 5)
    var (left, isDone) = (0, false)
    while !isDone {
      do {
        let store = try Store(path: path, .night)
        store.connection.statementsLeft = left
        do {
          _ = try KeyRotation.rotate(store, to: key, program: "test", author: "test", time: "")
        } catch {}
      }
      let store = try Store(path: path, .reading)
      isDone = try store.keyCheck() != nil
      if isDone { store.key = StoreKey(key) }
      #expect(try store.value(NightMemory.engineValue) == state)
      left += Int.random(in: 1...5, using: &random)
    }
    #expect(left > 10)
  }

  @Test func `that counts is never another`() async throws {
    let work = try Workplace()
    let path = work.path + "/store"
    try work.write("logs/crm.jsonl", lines(1))
    _ = try await night(work, path, try estate(work, keys: [first]), 1)
    let other = try estate(work, keys: [String(first.reversed())])
    await #expect(throws: StoreError.self) { _ = try await night(work, path, other, 2) }
    // A store may begin under a second key.
    let two = try estate(work, keys: [first, String(first.reversed())])
    _ = try await night(work, path, two, 3)
    #expect(try Store(path: path, .reading).keyCheck() != nil)
    await #expect(throws: StoreError.self) {
      _ = try await night(work, path, try estate(work, keys: [first]), 4)
    }
  }
}
