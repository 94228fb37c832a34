import Estate
import EventModel
import Foundation
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

@Suite struct `The change log` {
  private let log = "logs/access.log"

  private func estate(_ work: Workplace, _ text: String) throws -> DeclaredEstate {
    try work.write("ometsuke.yml", [text])
    return try EstateFile.load(path: work.path + "/ometsuke.yml").estate
  }

  private func night(
    _ work: Workplace,
    _ store: Store,
    _ estate: DeclaredEstate,
    _ author: String
  ) async throws -> NightlyOutcome {
    let options = NightlyOptions(
      scan: ScanOptions(paths: [work.path + "/logs"], threads: 1),
      now: Timestamp(seconds: 1_696_990_000),
      program: "test",
      estateDigest: [],
      author: author
    )
    let outcome = try await NightlyRun(estate: estate, options: options).run(in: store) {
      JSONLinesReport.line(of: $0)
    }
    try store.markTold(night: outcome.night.id, at: 0)
    return outcome
  }

  private static let exception = """
    exceptions:
      - {name: move, responsible: Ueda, reason: to the new host, until: 2023-12-31, accounts: [backup],
         owners: [Minato Gas]}
    owners: [{name: Minato Gas}]
    """

  @Test func `tells who changed policy and exceptions, when and in what`() async throws {
    let work = try Workplace()
    let access = "192.0.2.7 - sato [10/Oct/2023:13:10:00 +0000] \"GET /c/1 HTTP/1.1\" 200 500"
    try work.write(log, [access])
    let store = try Store(path: work.path + "/store", .night)
    let plain = try estate(work, "policy: {limits-scale: 100%}\nowners: [{name: Minato Gas}]")
    #expect(try await night(work, store, plain, "uid 7").notices.isEmpty)
    #expect(try await night(work, store, plain, "uid 7").notices.isEmpty)
    let links = try store.chain(of: ChainSource.declarations).count
    let wider = try estate(work, "policy: {limits-scale: 400%}\n" + Self.exception)
    let changed = try await night(work, store, wider, "uid 8")
    #expect(changed.notices.map(\.kind) == [.rules])
    #expect(changed.notices.first?.english.contains("limits-scale: 400%") ?? false)
    #expect(try await night(work, store, wider, "uid 8").notices.isEmpty)
    #expect(try store.chain(of: ChainSource.declarations).count == links + 1)
    let rules = try store.declaredRules()
    #expect(rules.breaches.isEmpty && rules.changes.count == 8)
    let policy = try #require(rules.changes.last { $0.part == .policy })
    #expect(policy.removed == ["policy limits-scale: 100%"])
    #expect(policy.added == ["policy limits-scale: 400%"] && policy.author == "uid 8")
    let exceptions = try #require(rules.changes.last { $0.part == .exceptions })
    #expect(exceptions.removed.isEmpty)
    #expect(exceptions.added.contains { $0.contains("move responsible: Ueda") })
    #expect(try StateText.lines(store).contains { $0.contains("+ policy limits-scale: 400%") })
    #expect(try Verification(store).breaches.isEmpty)
    // Back again is a change as well.
    #expect(try await night(work, store, plain, "uid 7").notices.map(\.kind) == [.rules])
    #expect(try Verification(store).breaches.isEmpty)
  }

  @Test func `tells when a line of it was edited, and the chain made anew over it`() async throws {
    let work = try Workplace()
    try work.write(log, [])
    let store = try Store(path: work.path + "/store", .night)
    let plain = try estate(work, "policy: {limits-scale: 100%}")
    _ = try await night(work, store, plain, "uid 7")
    _ = try await night(work, store, try estate(work, "policy: {limits-scale: 400%}"), "uid 8")
    var links = try store.chain(of: ChainSource.declarations)
    let anchor = try Anchor.add(
      to: store,
      program: "test",
      author: "uid 7",
      time: "2023-10-11T00:00:00Z"
    )
    #expect(try Verification(store).breaches.isEmpty)
    // Its owner makes the chain anew, with another number in it.
    var previous = ChainLink.start
    try store.connection.run(
      "DELETE FROM chain WHERE source = ?",
      [.text(ChainSource.declarations)]
    )
    for (index, link) in links.enumerated() {
      var lines = Array(link.lines.dropFirst(5))
      if index > 0 {
        lines = lines.map { $0.replacing("limits-scale: 400%", with: "limits-scale: 110%") }
      }
      links[index] = ChainLink(
        after: previous,
        night: link.night,
        source: link.source,
        time: link.time,
        program: "test",
        lines: lines
      )
      previous = links[index].head
      try store.add(links[index])
    }
    let found = try Verification(store).breaches
    #expect(found.contains { $0.contains("does not follow from what stood before") })
    #expect(found.contains { $0.contains("anchor") })
    #expect(anchor.head.count == 32)
  }

  @Test func `tells that a decision, or all of them, was taken out`() throws {
    let work = try Workplace()
    let path = work.path + "/store"
    let store = try Store(path: path, .night)
    func access(_ number: Int) throws {
      let time = "2024-05-0\(number)T00:00:00Z"
      try StoreAccess(command: "nightly", author: "uid 0", time: time).add(
        to: store,
        program: "test"
      )
    }
    try access(1)
    for word in [Decision.Kind.underReview, .confirmed] {
      let decision = Decision(
        id: "a",
        kind: word,
        by: "Ueda",
        reason: "R",
        author: "uid 0",
        time: "T"
      )
      try decision.add(to: store, program: "test")
      #expect(try Verification(store).breaches.isEmpty)
    }
    try access(2)
    try access(3)
    #expect(try Verification(store).breaches.isEmpty)
    try store.connection.run(
      "DELETE FROM chain WHERE id = (SELECT max(id) FROM chain WHERE source = '(decisions)')"
    )
    #expect(try Verification(store).breaches.count == 1)
    try store.connection.run("DELETE FROM chain WHERE source = '(decisions)'")
    try access(4)
    #expect(try Verification.brokenChains(store).count == 1)
  }

  @Test func `keeps accesses and anchors in chains of their own`() throws {
    let work = try Workplace()
    let path = work.path + "/store"
    do { _ = try Store(path: path, .night) }
    for (number, command) in ["inquire", "coverage\nauthor nobody"].enumerated() {
      let access = StoreAccess(
        command: command,
        about: "owner X",
        range: "2024-04-01 2024-05-01",
        author: "uid \(number)",
        time: "2024-05-0\(number + 1)T00:00:00Z"
      )
      try access.add(to: try Store(path: path, .noting), program: "test")
    }
    #expect(throws: StoreError.self) { try Store(path: work.path + "/none", .noting) }
    #expect(!FileManager.default.fileExists(atPath: work.path + "/none"))
    let store = try Store(path: path, .night)
    let all = try StoreAccess.all(in: store)
    #expect(
      all.map(\.author) == ["uid 0", "uid 1"] && all[1].command == "coverage\\x0aauthor nobody"
    )
    #expect(all.map(\.time) == ["2024-05-01T00:00:00Z", "2024-05-02T00:00:00Z"])
    let anchor = try Anchor.add(
      to: store,
      program: "test",
      author: "uid 7",
      time: "2024-05-03T00:00:00Z"
    )
    try anchor.add(token: [1, 2, 3], to: store, program: "test", author: "uid 7", time: "")
    #expect(try Anchor.all(in: store).map(\.token) == [[1, 2, 3]])
    #expect(try Verification(store).breaches.isEmpty)
    try store.connection.run("UPDATE anchor_token SET token = x'00'")
    #expect(try Verification(store).breaches.count == 1)
    try anchor.add(token: [4], to: store, program: "test", author: "uid 7", time: "")
    #expect(try Verification(store).breaches.isEmpty)
    try store.connection.run("DELETE FROM chain WHERE source = ?", [.text(StoreAccess.source)])
    #expect(try Verification(store).breaches.count == 2)
  }
}
