import Detection
import Estate
import EventModel
import Foundation
import Glibc
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// What others write into the store with a program of their own, as `sqlite3` does.
@Suite struct `A store that was edited` {
  private static let key = [UInt8](0..<16)

  private func line(_ day: Int, _ hour: Int, _ user: String, _ rows: Int) -> String {
    "{\"time\":\"2024-04-\(day < 10 ? "0" : "")\(day)T\(hour < 10 ? "0" : "")\(hour):00:00Z\",\"user\":\"\(user)\","
      + "\"ip\":\"192.0.2.7\",\"action\":\"export\",\"owner\":\"Minato Gas\",\"object\":\"crm.customers\","
      + "\"rows\":\(rows),\"customer\":\"C\(hour * 7 % 5)\"}"
  }

  private func lines(_ days: ClosedRange<Int>) -> [String] {
    days.flatMap { day in
      (0..<8).map { line(day, $0 + 8, "user\($0 % 3)", 1) } + [line(day, 20, "admin", 9_000 * day)]
    }
  }

  private func estate(_ work: Workplace) throws -> DeclaredEstate {
    try work.write(
      "ometsuke.yml",
      [
        "owners: [{name: Minato Gas}]", "privacy: {key: 000102030405060708090a0b0c0d0e0f}",
        "sources: [{name: crm, paths: [logs/*], format: jsonl, fields: {time: time, account: user,"
          + " terminal: ip, operation: action, owner: owner, object: object, records: rows, subject: customer}}]",
      ]
    )
    return try EstateFile.load(path: work.path + "/ometsuke.yml").estate
  }

  @discardableResult
  private func night(
    _ work: Workplace,
    _ path: String,
    _ day: Int64
  ) async throws
    -> NightlyOutcome
  {
    let store = try Store(path: path, .night)
    let options = NightlyOptions(
      scan: ScanOptions(paths: [work.path + "/logs"], threads: 1),
      now: Timestamp(seconds: 1_711_929_600 + day * 86_400),
      program: "test",
      estateDigest: [],
      author: "uid 7"
    )
    let outcome = try await NightlyRun(estate: try estate(work), options: options).run(in: store) {
      JSONLinesReport.line(of: $0)
    }
    try store.markTold(night: outcome.night.id, at: 0)
    return outcome
  }

  /// A store of two nights, the last on day 9.
  private func kept() async throws -> (work: Workplace, store: String) {
    let (work, path) = (try Workplace(), "/store")
    try work.write("logs/crm.jsonl", lines(1...5))
    try await night(work, work.path + path, 6)
    // A log that goes makes a notice and an incident.
    try work.write("logs/gone.jsonl", lines(6...6))
    try await night(work, work.path + path, 7)
    try FileManager.default.removeItem(atPath: work.path + "/logs/gone.jsonl")
    try work.write("logs/crm.jsonl", lines(1...5) + lines(7...8))
    try await night(work, work.path + path, 9)
    do {
      // What no night of this log leaves behind.
      let store = try Store(path: work.path + path, .night)
      store.clerk = Clerk(program: "test", author: "uid 7") { "2024-04-10T00:00:00Z" }
      try store.transaction { () throws(StoreError) in
        try store.addLate(1, night: 1, source: "crm", day: 19_814)
        try store.put(LostMessages(day: 19_814, messages: 3, hours: 1), of: "heard")
        try store.putToken([1, 2], of: [UInt8](repeating: 7, count: 32))
        try store.enqueue(
          OutboxMessage(id: "a", revision: "1", body: [1]),
          for: "mail"
        )
        try store.noteDelivered(OutboxMessage(id: "b", revision: "1", body: [1]), to: "mail")
        var journal = Journal()
        journal.packs = [RowPack.pack([], names: NameTable(), sources: [])]
        journal.streams = [1]
        let seal = Seal(stream: 1, start: 0, length: 9, night: 0, digest: [1])
        journal.taken = [1: TakenPiece(seal: seal, times: 1...2)]
        try store.append(journal)
      }
      let time = "2024-04-10T00:00:00Z"
      try StoreAccess(command: "state", author: "uid 7", time: time).add(to: store, program: "test")
    }
    return (work, work.path + path)
  }

  private func edit(_ path: String, _ sql: String) throws {
    let connection = try Connection(path: path, isReadOnly: false)
    try connection.script(sql)
  }

  private func copy(_ path: String, to name: String) throws {
    for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: name + end) }
    try FileManager.default.copyItem(atPath: path, toPath: name)
  }

  private func breaches(_ path: String) throws -> [String] {
    try Verification.ofStore(try Store(path: path, .reading))
  }

  /// Of each table a column that somebody could want to be another, and its value.
  private static let changes = [
    "setting": "value = '0'", "night": "events = 1", "stream": "consumed = consumed + 1",
    "stream_change": "changed = 0",
    "seal": "length = length + 1", "piece_time": "last = last + 1", "held": "rows = x'00'",
    "value": "length = length + 1",
    "piece": "bytes = x'00'", "coverage_day": "lines = lines + 1",
    "coverage_hours": "hours = 1", "coverage_lost": "messages = 0", "late": "events = 0",
    "incident": "severity = 0", "incident_history": "severity = 0", "notice": "english = ''",
    "evidence": "digest = x'00'", "name": "bytes = x'00'", "anchor_token": "token = x''",
    "journal": "events = 9", "journal_seal": "length = 8",
    "journal_stream": "stream = stream + 1000",
    "outbox": "body = x''", "delivered": "revision = '2'", "source_owner": "last = last - 1",
    "subject_sample": "count = 0", "ledger": "lines = x''",
  ]

  @Test func `is told of by verify, table by table, whatever was changed or taken away`()
    async throws
  {
    let (work, path) = try await kept()
    #expect(try breaches(path).isEmpty)
    let other = work.path + "/other"
    for table in PartedTable.all {
      let change = try #require(Self.changes[table.name])
      let first = table.order.split(separator: ",")[0]
      for sql in [
        "UPDATE \(table.name) SET \(change) WHERE \(first) = (SELECT min(\(first)) FROM \(table.name))",
        "DELETE FROM \(table.name) WHERE \(first) = (SELECT max(\(first)) FROM \(table.name))",
        "DELETE FROM \(table.name)",
      ] {
        try copy(path, to: other)
        try edit(other, sql)
        let found = try breaches(other)
        #expect(found.contains { $0.hasPrefix("table \(table.name): ") }, "\(sql): \(found)")
        // Nothing else is accused.
        #expect(found.allSatisfy { $0.hasPrefix("table \(table.name): ") }, "\(sql): \(found)")
      }
    }
    #expect(Self.changes.count == PartedTable.all.count)
  }

  @Test func `answers nothing from a table that is not what was written`() async throws {
    let (work, path) = try await kept()
    let other = work.path + "/other"
    for table in PartedTable.all {
      let change = try #require(Self.changes[table.name])
      let first = table.order.split(separator: ",")[0]
      try copy(path, to: other)
      try edit(
        other,
        "UPDATE \(table.name) SET \(change) WHERE \(first) = (SELECT min(\(first)) FROM \(table.name))"
      )
      let store = try Store(path: other, .answering)
      let failure = #expect(throws: StoreError.self) {
        try store.connection.each("SELECT * FROM \(table.name)") { _ in }
      }
      #expect(failure?.message.contains("table \(table.name): ") == true, "\(table.name)")
      // The others answer.
      for fine in PartedTable.all where fine.name != table.name {
        try store.connection.each("SELECT * FROM \(fine.name)") { _ in }
      }
    }
  }

  @Test func `answers nothing or the same when 512 bytes of it are zeroed, wherever`() async throws
  {
    let (work, path) = try await kept()
    let estate = try estate(work)
    let other = work.path + "/other"
    do {
      // What lies in the log beside it is brought into the file.
      let connection = try Connection(path: path, isReadOnly: false)
      try connection.each("PRAGMA wal_checkpoint(TRUNCATE)") { _ in }
    }
    func answer() throws -> String {
      let store = try Store(path: other, .answering)
      let study = try CoverageStudy(store, estate)
      guard let period = try study.period(from: nil, until: nil, owner: nil) else { return "" }
      return CoverageReport(try study.account(period.days), program: "test").lines()
    }
    try copy(path, to: other)
    let whole = try answer()
    #expect(whole.contains("crm"))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: other))
    var refused = 0
    for place in stride(from: 100, to: bytes.count - 512, by: 1_536) {
      var damaged = bytes
      damaged.replaceSubrange(place..<place + 512, with: Data(count: 512))
      try damaged.write(to: URL(fileURLWithPath: other))
      chmod(other, 0o600)
      do { #expect(try answer() == whole, "byte \(place)") } catch { refused += 1 }
    }
    #expect(refused > 5)
  }

  @Test func `says which day, and finds digests that were made to fit`() async throws {
    let (work, path) = try await kept()
    let other = work.path + "/other"
    try copy(path, to: other)
    try edit(other, "DELETE FROM ledger WHERE day = (SELECT min(day) FROM ledger)")
    #expect(try breaches(other) == ["table ledger: day 2024-04-01 is gone"])
    // Whoever knows of the digests takes the day's away as well.
    try edit(other, "DELETE FROM part WHERE name = 'ledger' AND part = '19814'")
    #expect(try breaches(other) == ["table ledger: its digests are not those of the chain"])
    // And the chain with them: then others no longer fit.
    try edit(
      other,
      "DELETE FROM chain WHERE source = '(store)'; INSERT INTO part_open SELECT name FROM part WHERE true ON CONFLICT DO NOTHING"
    )
    #expect(
      try breaches(other).contains { $0.contains("of another chain that stood before it is gone") }
    )
    try copy(path, to: other)
    try edit(
      other,
      "INSERT INTO coverage_day SELECT 'crm', 20000, lines, bytes, events, 0, first, last FROM coverage_day LIMIT 1"
    )
    #expect(try breaches(other) == ["table coverage_day: day 2024-10-04, source crm was put in"])
    // What a watch leaves open is no door for what a watch never writes.
    try copy(path, to: other)
    try edit(
      other,
      "DELETE FROM incident; DELETE FROM part WHERE name = 'incident'; INSERT INTO part_open VALUES ('incident')"
    )
    #expect(try breaches(other) == ["table incident: its digests are not those of the chain"])
  }

  @Test func `is told of by the next night, once, and by verify for good`() async throws {
    let (work, path) = try await kept()
    try edit(path, "DELETE FROM incident WHERE severity >= 3; UPDATE coverage_day SET lines = 0")
    let outcome = try await night(work, path, 10)
    let told = outcome.notices.filter { $0.kind == .store }
    #expect(told.count == 2 && outcome.night.status == 0)
    let incident = try #require(told.first { $0.english.contains("table incident: id ") })
    #expect(incident.english.contains("is gone") && incident.japanese.contains("失われている"))
    #expect(told.contains { $0.english.contains("source crm is not what was written; ") })
    #expect(told.contains { $0.english.hasSuffix("more.") })
    // It is an incident as well, and the mail of the next night is silent about it.
    let kept = try Store(path: path, .reading).incidents()
    #expect(kept.contains { $0.id == StoreBreach.id(of: "incident") && $0.severity == .high })
    #expect(try await night(work, path, 11).notices.filter { $0.kind == .store }.isEmpty)
    let found = try breaches(path)
    #expect(!found.isEmpty && found.allSatisfy { $0.contains("; met after night 3, ") })
  }

  @Test func `runs no trigger that somebody put into it`() async throws {
    let (work, path) = try await kept()
    try edit(
      path,
      "CREATE TRIGGER quiet AFTER INSERT ON incident BEGIN DELETE FROM incident; END;"
        + "CREATE VIEW tidy AS SELECT * FROM night"
    )
    #expect(try breaches(path).count == 2)
    try work.write("logs/crm.jsonl", lines(1...5) + lines(7...10))
    let outcome = try await night(work, path, 11)
    #expect(outcome.notices.contains { $0.english.contains("trigger quiet on incident") })
    #expect(try Store(path: path, .reading).incidents().count > 1)
    // It is still there: told once.
    #expect(try await night(work, path, 12).notices.filter { $0.kind == .store }.isEmpty)
  }

  @Test func `tells in the mail when links of a chain are gone`() async throws {
    let (work, path) = try await kept()
    try edit(path, "DELETE FROM chain WHERE source = 'crm' AND night = 2")
    let outcome = try await night(work, path, 10)
    let told = outcome.notices.filter { $0.kind == .chain }
    #expect(!told.isEmpty && outcome.night.status == 3)
    #expect(try await night(work, path, 11).notices.filter { $0.kind == .chain }.isEmpty)
  }

  /// The text of a link is bound by its head; the columns it is found by are held against it.
  @Test(arguments: ["source = '(decisionz)'", "night = night + 1"])
  func `moves no link to another chain or night unseen`(_ change: String) async throws {
    let (work, path) = try await kept()
    do {
      let store = try Store(path: path, .night)
      let decision = Decision(
        id: "a",
        kind: .confirmed,
        by: "Sato",
        reason: "seen",
        author: "uid 7",
        time: "2024-04-10T00:00:00Z"
      )
      try decision.add(to: store, program: "test")
    }
    #expect(try breaches(path).isEmpty)
    try edit(path, "UPDATE chain SET \(change) WHERE source = '(decisions)'")
    #expect(try breaches(path).contains { $0.contains("is by its text of (decisions), night ") })
    let outcome = try await night(work, path, 12)
    #expect(outcome.notices.contains { $0.kind == .chain } && outcome.night.status == 3)
  }

  @Test(arguments: ["DELETE FROM migration", "DELETE FROM migration WHERE name = '0001-nights'"])
  func `in the list of its steps is told as edited, and no night is stopped`(
    sql: String
  )
    async throws
  {
    let (work, path) = try await kept()
    let count = try Store(path: path, .reading).connection.rows("SELECT name FROM migration") {
      $0.text(0)
    }.count
    try edit(path, sql)
    #expect(try breaches(path).contains { $0.contains("migration") && $0.contains("is gone") })
    let outcome = try await night(work, path, 10)
    #expect(
      outcome.notices.contains { $0.kind == .store && $0.english.contains("table migration: ") }
    )
    #expect(try await night(work, path, 11).notices.filter { $0.kind == .store }.isEmpty)
    let store = try Store(path: path, .reading)
    #expect(
      try store.connection.rows("SELECT name FROM migration") { $0.text(0) }.count == count
    )
    // For good.
    #expect(try breaches(path).contains { $0.contains("migration") })
  }

  @Test func `of an earlier version begins with what stands there`() async throws {
    let (work, path) = try await kept()
    let before = try Store(path: path, .reading).incidents().count
    try edit(
      path,
      "DROP TABLE part; DROP TABLE part_open; DELETE FROM migration WHERE name = 'parts-0001-digests';"
        + "DROP TABLE chain_tail; DELETE FROM migration WHERE name = 'chain-0001-tail';"
        + "DELETE FROM chain WHERE source IN ('(store)', '(accesses)')"
    )
    #expect(try await night(work, path, 10).notices.filter { $0.kind == .store }.isEmpty)
    #expect(try Store(path: path, .reading).incidents().count == before)
    #expect(try breaches(path).isEmpty)
    try edit(path, "DELETE FROM incident")
    #expect(try !breaches(path).isEmpty)
  }

  @Test func `whose logs are gone from it reads them anew and says so`() async throws {
    let (work, path) = try await kept()
    try edit(path, "DELETE FROM stream")
    let outcome = try await night(work, path, 10)
    #expect(
      outcome.notices.contains { $0.kind == .store && $0.english.contains("table stream: id 0") }
    )
    #expect(try await night(work, path, 11).notices.filter { $0.kind == .store }.isEmpty)
  }

  @Test func `that no longer knows what it judged is not gone on with`() async throws {
    let (work, path) = try await kept()
    let other = work.path + "/other"
    for sql in [
      "DELETE FROM value WHERE name = 'engine'", "DELETE FROM value WHERE name = 'held'",
      "DELETE FROM night",
    ] {
      try copy(path, to: other)
      try edit(other, sql)
      var message = ""
      do { try await night(work, other, 10) } catch { message = "\(error)" }
      #expect(message.contains("bring back a copy"), "\(sql)")
      // The run left its trace, and nothing was withdrawn.
      #expect(try breaches(other).contains { $0.contains("met after night") })
      #expect(try Store(path: other, .reading).incidents().allSatisfy { !$0.isWithdrawn })
    }
  }
}
