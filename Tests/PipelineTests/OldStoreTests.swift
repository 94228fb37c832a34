import Detection
import Estate
import EventModel
import Foundation
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

@Suite struct `A store of an earlier version` {
  private static func fixture(_ version: Int) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/store-version-\(version)").path
  }

  /// A copy as its owner has it; the log has grown since.
  private func place(
    _ version: Int
  ) throws -> (work: Workplace, store: String, estate: DeclaredEstate) {
    let work = try Workplace()
    let fixture = Self.fixture(version)
    for name in ["logs", "ometsuke.yml", "old.store"] {
      try FileManager.default.copyItem(
        atPath: fixture + "/" + name,
        toPath: work.path + "/" + name
      )
    }
    chmod(work.path + "/old.store", 0o600)
    let log = try #require(FileHandle(forWritingAtPath: work.path + "/logs/crm.jsonl"))
    try log.seekToEnd()
    try log.write(
      contentsOf: FileManager.default.contents(atPath: fixture + "/tail.jsonl") ?? Data()
    )
    try log.close()
    let estate = try EstateFile.load(path: work.path + "/ometsuke.yml").estate
    return (work, work.path + "/old.store", estate)
  }

  private func night(
    _ work: Workplace,
    _ store: Store,
    _ estate: DeclaredEstate
  ) async throws
    -> NightlyOutcome
  {
    let options = NightlyOptions(
      scan: ScanOptions(paths: [work.path + "/logs"], threads: 1),
      now: Timestamp(seconds: 1_713_100_000),
      program: "test",
      estateDigest: [],
      author: "test"
    )
    return try await NightlyRun(estate: estate, options: options).run(in: store) {
      JSONLinesReport.line(of: $0)
    }
  }

  @Test(arguments: [4, 5]) func `is brought up to date and goes on`(version: Int) async throws {
    let (work, path, estate) = try place(version)
    let before: String
    do {
      // Only a night brings it up to date.
      if version == 4 {
        #expect(throws: StoreError.self) { try Store(path: path, .reading) }
        #expect(throws: StoreError.self) { try Store(path: path, .noting) }
      }
      let store = try Store(path: path, .night)
      before = try #require(try store.incidents().first).id
      let outcome = try await night(work, store, estate)
      // 361 lines were read by the earlier version, 121 came since.
      #expect(outcome.night.lines == 121 && outcome.night.events == 121)
      #expect(outcome.result.coverage.sources.map(\.lines) == [482])
      let incident = try #require(outcome.result.incidents.summaries.first)
      #expect(incident.id == before && incident.records == .exactly(110_000))
      #expect(try store.incidents().map(\.firstNight) == [1])
      #expect(try store.damage().isEmpty)
    }
    let store = try Store(path: path, .reading)
    let found = try Verification(store)
    #expect(found.breaches.isEmpty && found.pieces == 2, "\(found.breaches)")
    let names = try store.connection.rows("SELECT name FROM migration ORDER BY name") { $0.text(0) }
    #expect(names == Schema.migrations.map(\.name).sorted())
  }

  @Test func `loses nothing when bringing it up to date breaks off`() throws {
    let (work, path, _) = try place(4)
    var left = 0
    var isDone = false
    while !isDone {
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.copyItem(
        atPath: Self.fixture(4) + "/old.store",
        toPath: path
      )
      chmod(path, 0o600)
      do {
        isDone = try Store.migrated(path: path, statements: left)
      }
      let store = try Store(path: path, .night)
      #expect(try store.nights().count == 1 && store.incidents().count == 1)
      left += 1
    }
    #expect(left > 3)
    withExtendedLifetime(work) {}
  }
}

extension Store {
  /// Opens a store to bring it up to date with so many statements; whether they were enough.
  fileprivate static func migrated(path: String, statements: Int) throws -> Bool {
    let connection = try Connection(path: path, isReadOnly: false)
    connection.statementsLeft = statements
    do {
      try connection.run("BEGIN IMMEDIATE")
      for migration in Schema.migrations where migration.name != "0001-nights" {
        try connection.script(migration.sql)
        try connection.run("INSERT INTO migration VALUES (?)", [.text(migration.name)])
      }
      try connection.run("COMMIT")
      return true
    } catch {
      return false
    }
  }
}
