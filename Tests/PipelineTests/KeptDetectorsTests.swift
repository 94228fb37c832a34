import Detection
import Estate
import EventModel
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Another version of the program may have more detectors, fewer, or others between them.
@Suite struct `A store kept with other detectors` {
  private func lines(_ days: ClosedRange<Int>) -> [String] {
    days.map { day in
      "{\"time\":\"2024-04-0\(day)T09:00:00Z\",\"user\":\"user1\",\"ip\":\"192.0.2.7\",\"action\":\"export\","
        + "\"object\":\"crm.customers\",\"rows\":9000}"
    }
  }

  private func night(_ work: Workplace, day: Int64) async throws -> NightlyOutcome {
    try await work.night(day, in: Store(path: work.path + "/store", .night))
  }

  /// A store of six days, settled up to the fourth, whose state counts detectors as a list of these names does.
  private func kept(_ names: [String]) async throws -> Workplace {
    let work = try Workplace()
    try work.write("logs/day.jsonl", lines(1...6))
    _ = try await night(work, day: 6)
    let held = try Store(path: work.path + "/store", .night)
    held.clerk = Clerk(program: "test", author: "test") { "2024-04-10T00:00:00Z" }
    try held.transaction { () throws(StoreError) in
      let words = (names + ["of which"] + names).joined(separator: " ")
      try held.setSetting("detectors", words)
    }
    return work
  }

  private let now = DetectorSummary.all.map(\.name)

  @Test func `goes on, and says which of them have not judged what is settled`() async throws {
    let work = try await kept(now.filter { $0 != "unrecognised-handling" })
    do {
      let store = try Store(path: work.path + "/store", .reading)
      #expect(
        try StoredEngine.difference(of: store)
          == .detectors(gone: [], added: ["unrecognised-handling"])
      )
    }
    try work.write("logs/day.jsonl", lines(1...7))
    let told = try await night(work, day: 7)
    #expect(told.notices.map(\.kind) == [.rules])
    #expect(told.notices.first?.english.contains("unrecognised-handling") ?? false)
    #expect(told.result.incidents.summaries.map(\.records) == [.exactly(63_000)])
    let store = try Store(path: work.path + "/store", .reading)
    #expect(try KeptDetectors(store)?.all == now)
    #expect(
      try StoredEngine.difference(of: store)
        == .detectors(gone: [], added: ["unrecognised-handling"])
    )
    #expect(try Verification.ofStore(store).isEmpty)
  }

  @Test func `says so once`() async throws {
    let work = try await kept(now.filter { $0 != "unrecognised-handling" })
    #expect(try await night(work, day: 7).notices.map(\.kind) == [.rules])
    #expect(try await night(work, day: 8).notices.isEmpty)
  }

  @Test func `one of which found nothing and is no more goes on`() async throws {
    let work = try await kept(now.map { $0 == "ticket-mimicry" ? "of-earlier-days" : $0 })
    #expect(try await night(work, day: 7).notices.map(\.kind) == [.rules])
  }

  @Test func `one of which found something and is no more is refused`() async throws {
    let work = try await kept(now.map { $0 == "bulk-export" ? "of-earlier-days" : $0 })
    await #expect(throws: StoreError.otherDetectors) { try await night(work, day: 7) }
    let store = try Store(path: work.path + "/store", .reading)
    #expect(try store.nights().filter { $0.finished != nil }.count == 1)
  }

  @Test func `of which others stand between them has its findings under their names`() throws {
    var engine = DetectionEngine(estate: DeclaredEstate(), sources: [], detectors: nil)
    var names = NameTable()
    var row = EventRow(time: 1_711_962_000_000_000_000)
    row.account = Array("user1".utf8).withUnsafeBufferPointer { names.intern($0) }
    row.object = Array("crm.customers".utf8).withUnsafeBufferPointer { names.intern($0) }
    row.operation = .export
    row.outcome = .success
    (row.recordsLow, row.recordsHigh, row.quality) = (90_000, 90_000, .exact)
    engine.apply([row], names: names)
    func detectors(_ engine: DetectionEngine) -> Set<String> {
      var engine = engine
      return Set(engine.finish(coverage: Coverage()).flatMap { $0.findings.map(\.detector) })
    }
    let found = detectors(engine)
    #expect(found.contains("bulk-export"))
    let other = now.map {
      $0 == "bulk-export" ? "low-and-slow" : $0 == "low-and-slow" ? "bulk-export" : $0
    }
    let restored = try DetectionEngine(
      restoring: StateReader(engine.snapshot()),
      estate: DeclaredEstate(),
      sources: [],
      detectors: nil,
      keptBy: other
    )
    let expected = Set(
      found.map { $0 == "bulk-export" ? "low-and-slow" : $0 == "low-and-slow" ? "bulk-export" : $0 }
    )
    #expect(detectors(restored) == expected)
  }

  @Test func `whose state is of another format says which ones are read`() throws {
    var bytes = DetectionEngine(estate: DeclaredEstate(), sources: [], detectors: nil).snapshot()
    bytes[9] = 3
    let error = #expect(throws: StateError.self) {
      try DetectionEngine(
        restoring: StateReader(bytes),
        estate: DeclaredEstate(),
        sources: [],
        detectors: nil
      )
    }
    #expect(error?.version == 3)
    let message = StoreError.otherState(error ?? StateError(offset: 0)).message
    #expect(message.contains("of format 3") && message.contains("reads 4 to 11"))
  }
}
