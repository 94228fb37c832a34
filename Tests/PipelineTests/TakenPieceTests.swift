import Detection
import Estate
import EventModel
import Foundation
import Glibc
import Ingest
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// What lies between two nights of a watch: sealed as it is taken, and told when it is another later.
@Suite struct `What a watch takes` {
  private func line(_ number: Int, rows: Int = 1, user: String = "user1") -> String {
    let time = "2024-04-02T09:\(String(10 + number / 50)):\(String(10 + number % 50))Z"
    return "{\"time\":\"\(time)\",\"user\":\"\(user)\",\"ip\":\"192.0.2.7\",\"action\":\"export\","
      + "\"object\":\"crm.customers\",\"number\":\(1000 + number),\"rows\":\(rows)}"
  }

  private func watch(_ work: Workplace) async throws -> Watch {
    try await Watch(
      estate: DeclaredEstate(),
      options: WatchOptions(night: watchOptions([work.path + "/logs"], DeclaredEstate())),
      store: try Store(path: work.path + "/store", .night),
      render: { JSONLinesReport.line(of: $0) }
    )
  }

  private func night(_ work: Workplace) async throws -> NightlyOutcome {
    let store = try Store(path: work.path + "/store", .night)
    let options = watchOptions([work.path + "/logs"], DeclaredEstate())
    return try await NightlyRun(estate: DeclaredEstate(), options: options).run(in: store) {
      JSONLinesReport.line(of: $0)
    }
  }

  private func verify(_ work: Workplace) throws -> Verification {
    try Verification(Store(path: work.path + "/store", .reading))
  }

  private func append(_ work: Workplace, _ lines: [String]) throws {
    let file = try #require(FileHandle(forWritingAtPath: work.path + "/logs/a.log"))
    try file.seekToEnd()
    try file.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
    try file.close()
  }

  /// Overwrites the user of a line in place; the size stays.
  private func edit(_ work: Workplace, line number: Int, of name: String = "a.log") throws {
    let path = work.path + "/logs/" + name
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let mark = try #require(text.range(of: "\"number\":\(1000 + number)"))
    let place = try #require(
      text.range(of: "user1", options: .backwards, range: text.startIndex..<mark.lowerBound)
    )
    let file = try #require(FileHandle(forWritingAtPath: path))
    let offset = text.utf8.distance(from: text.startIndex, to: place.lowerBound)
    try file.seek(toOffset: UInt64(offset))
    try file.write(contentsOf: Data("user2".utf8))
    try file.close()
  }

  /// A watch that took lines 50 to 149 in three commits and was killed.
  private func killed(_ work: Workplace) async throws {
    try work.write("logs/a.log", (0..<50).map { line($0) })
    let watch = try await watch(work)
    for part in [50..<90, 90..<120, 120..<150] {
      try append(work, part.map { line($0, rows: $0 == 100 ? 5_000 : 1) })
      while try await watch.round() {}
      _ = watch.judge()
      try watch.commit()
    }
  }

  @Test func `is sealed with the commit, as one piece a log, and chained by the next night`()
    async throws
  {
    let work = try Workplace()
    try await killed(work)
    let whole = try Data(contentsOf: URL(fileURLWithPath: work.path + "/logs/a.log"))
    let found = try verify(work)
    #expect(found.breaches.isEmpty && found.unsealed.isEmpty, "\(found.breaches)")
    #expect(found.pieces == 2 && found.bytes == Int64(whole.count))
    #expect(found.unchained.count == 1)
    _ = try await night(work)
    let store = try Store(path: work.path + "/store", .reading)
    let seals = try store.seals(of: 0)
    #expect(seals.count == 2 && seals[0].length + seals[1].length == whole.count)
    let rest = [UInt8](whole.dropFirst(Int(seals[1].start)))
    #expect(SHA256(rest[...])?.bytes == seals[1].digest)
    #expect(try store.takenPieces().isEmpty)
    let after = try verify(work)
    #expect(after.breaches.isEmpty && after.unchained.isEmpty && after.pieces == 2)
  }

  enum Later: CaseIterable { case none, grown, renamed, compressed }

  @Test(arguments: Later.allCases)
  func `and is edited in place is told by verify, and by the next night, for good`(
    _ later: Later
  ) async throws {
    let work = try Workplace()
    try await killed(work)
    try edit(work, line: 100)
    let found = try verify(work)
    #expect(found.breaches.count == 1, "\(found.breaches)")
    #expect(found.breaches.first?.hasSuffix("sealed by a watch, are not what they were") == true)
    let path = work.path + "/logs/a.log"
    switch later {
    case .none: break
    case .grown: try append(work, [line(150)])
    case .renamed: try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
    case .compressed: try run("gzip", path)
    }
    let told = try await night(work)
    #expect(told.notices.contains { $0.kind == .seal })
    let id = SealBreach.id(of: .altered, 0)
    #expect(told.untold.contains { $0.id == id && $0.severity == .high })
    #expect(try verify(work).breaches.contains { $0.contains(id) })
  }

  /// Who may write the store seals an edited log anew before the night; an anchor in between knows better.
  @Test(arguments: [false, true], [false, true])
  func `and is named by an anchor cannot be sealed anew before the night`(
    isGrown: Bool,
    isForged: Bool
  ) async throws {
    let work = try Workplace()
    try await killed(work)
    let path = work.path + "/logs/a.log"
    do {
      let store = try Store(path: work.path + "/store", .night)
      _ = try Anchor.add(to: store, program: "test", author: "uid 7", time: "2024-04-02T12:00:00Z")
      if isForged {
        try edit(work, line: 100)
        let seal = try #require(try store.takenPieces()[0]?.seal)
        let forged = try #require(
          try LogBytes(path: path).sha256(from: seal.start, count: seal.length)
        )
        #expect(forged != seal.digest)
        try store.connection.run("UPDATE journal_seal SET digest = ?", [.blob(forged)])
      }
    }
    if !isForged { #expect(try verify(work).breaches.isEmpty) }
    if isGrown { try append(work, [line(150)]) }
    _ = try await night(work)
    let found = try verify(work).breaches.filter { $0.contains("as the anchor of 2024-04-02") }
    #expect(found.count == (isForged ? 1 : 0), "\(found)")
    if !isForged { #expect(try verify(work).breaches.isEmpty) }
  }

  @Test func `is sealed by the night though the log is gone by then`() async throws {
    let work = try Workplace()
    try await killed(work)
    let size = try Data(contentsOf: URL(fileURLWithPath: work.path + "/logs/a.log")).count
    try FileManager.default.removeItem(atPath: work.path + "/logs/a.log")
    try work.write("logs/b.log", [line(200)])
    let told = try #require(try await night(work).notices.first { $0.kind == .seal }).english
    #expect(
      told.contains("; \(size) bytes of it are sealed") && !told.contains("no seal"),
      "\(told)"
    )
    let store = try Store(path: work.path + "/store", .reading)
    #expect(try store.seals(of: 0).reduce(0) { $0 + $1.length } == Int64(size))
  }

  @Test func `and is changed under it brings a night at once`() async throws {
    let work = try Workplace()
    try work.write("logs/a.log", (0..<50).map { line($0) })
    let watch = try await watch(work)
    try append(work, (50..<150).map { line($0) })
    while try await watch.round() {}
    // Touched, nothing else: it is looked through once and then stays as it is.
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_800_000_000)],
      ofItemAtPath: work.path + "/logs/a.log"
    )
    while try await watch.round() {}
    #expect(!watch.needsNight)
    try edit(work, line: 100)
    _ = try await watch.round()
    #expect(watch.needsNight)
    try await watch.runNight()
    #expect(watch.takeNotices().contains { $0.kind == .seal })
  }

  @Test func `and then reads anew, since its first bytes were changed, is altered and not gone`()
    async throws
  {
    let work = try Workplace()
    try work.write("logs/a.log", (0..<9).map { line($0) })
    do {
      let watch = try await watch(work)
      try append(work, [line(60)])
      while try await watch.round() {}
      try watch.commit()
      try edit(work, line: 3)
      for _ in 0..<8 {
        while try await watch.round() {}
        try watch.commit()
        usleep(100_000)
      }
    }
    let id = SealBreach.id(of: .altered, 0)
    #expect(try await night(work).untold.contains { $0.id == id })
    #expect(try verify(work).breaches.contains { $0.contains(id) })
  }

  @Test func `and points to as evidence is hashed when it is told`() async throws {
    let work = try Workplace()
    try await killed(work)
    let text = try String(contentsOfFile: work.path + "/logs/a.log", encoding: .utf8)
    let taking = try #require(text.split(separator: "\n").first { $0.contains("\"rows\":5000") })
    let digest = try #require(SHA256(Array(taking.utf8)[...])?.hex)
    try edit(work, line: 100)
    let told = try await night(work)
    let body = try #require(told.untold.first { $0.body.contains("5000") }).body
    #expect(body.contains(digest))
  }

  private func run(_ words: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
