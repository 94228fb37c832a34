import Estate
import EventModel
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

@Suite struct `An owner that is called otherwise` {
  private static let sources = """
    sources:
      - {name: app, paths: ["logs/*"], format: jsonl,
         fields: {time: at, account: who, terminal: host, operation: {const: export}, object: list,
                  owner: owner, records: n, subject: cust}}
    privacy: {key: 000102030405060708090a0b0c0d0e0f}

    """

  private func estate(_ work: Workplace, _ owners: String) throws -> DeclaredEstate {
    try work.write("ometsuke.yml", [Self.sources + owners])
    return try EstateFile.load(path: work.path + "/ometsuke.yml").estate
  }

  private func line(
    _ day: Int,
    _ hour: Int,
    _ account: String,
    _ owner: String,
    _ count: Int
  ) -> String {
    let time = "2024-04-0\(day)T0\(hour):1\(day):00Z"
    return #"{"at":"\#(time)","who":"\#(account)","host":"192.0.2.\#(day)","list":"all","#
      + #""owner":"\#(owner)","n":\#(count),"cust":"c\#(day)\#(hour)"}"#
  }

  /// Six days, in each of which one account takes and two look up; what the logs call the owner on each.
  private func write(_ work: Workplace, _ days: ClosedRange<Int>, _ names: (Int) -> String) throws {
    for day in days {
      var lines: [String] = []
      for hour in 1..<8 {
        lines.append(line(day, hour, hour % 2 == 0 ? "op1" : "op2", names(day), 1))
      }
      if day % 2 == 1 { lines.append(line(day, 8, "adm", names(day), 900)) }
      try work.write("logs/app-\(day).jsonl", lines)
    }
  }

  private func incidents(_ store: Store) throws -> [String] {
    try store.incidents().filter { !$0.isWithdrawn }.map { $0.body }
  }

  private func answer(
    _ store: Store,
    _ estate: DeclaredEstate,
    _ owner: String
  ) throws -> InquiryAnswer {
    let coverage = try CoverageStudy(store, estate)
    let period = try #require(try coverage.period(from: nil, until: nil, owner: owner))
    return try InquiryStudy(store, estate, coverage).answer(owner: owner, period, subjects: ["c18"])
  }

  static let before = "owners: [{name: Kita, delivered: 4000}]"

  @Test(arguments: [
    "{name: Kita Denki, aliases: [Kita], delivered: 4000}", "{name: KITA, delivered: 4000}",
  ])
  func `keeps its past`(owner declared: String) async throws {
    let work = try Workplace()
    let old = try estate(work, Self.before)
    let new = try estate(work, "owners: [\(declared)]")
    let name = new.owners[0].name
    let store = try Store(path: work.path + "/store", .night)
    try write(work, 1...4) { _ in "Kita" }
    _ = try await work.night(4, in: store, old)
    let whole = try answer(store, old, "Kita")
    #expect(!whole.takings.isEmpty && whole.accounts.count == 3)

    // Before any night knows of the name.
    var renamed = try answer(store, new, name)
    func bare(_ answer: InquiryAnswer) -> [String] {
      [
        "\(answer.takings.map(\.records))", "\(answer.accounts.map(\.records))", "\(answer.facts)",
        "\(answer.complaints?.ranking ?? [])", "\(answer.terminals)", "\(answer.coverage.share)",
      ]
    }
    #expect(bare(renamed) == bare(whole))
    let study = try CaseStudy(store, new, CoverageStudy(store, new))
    #expect(Set(try study.handling(1...30_000).map(\.owner)) == [name])
    #expect(try study.incidents().allSatisfy { $0.owners.map(\.owner) == [name] })

    // A night in which nothing came tells the name, and nothing else.
    let quiet = try await work.night(5, in: store, new)
    #expect(quiet.notices.map(\.kind) == [.owner] && quiet.untold.isEmpty)
    try write(work, 5...6) { _ in "Kita" }
    let last = try await work.night(6, in: store, new)
    #expect(last.notices.isEmpty)
    renamed = try answer(store, new, name)
    #expect(renamed.accounts.count == 3)

    // As one scan under the name of today.
    let other = try Store(path: work.path + "/other", .night)
    _ = try await work.night(6, in: other, new)
    #expect(try incidents(store) == incidents(other))
    #expect(bare(renamed) == bare(try answer(other, new, name)))
  }

  @Test func `which had two names is one owner with one share`() async throws {
    let work = try Workplace()
    let old = try estate(work, Self.before)
    let new = try estate(
      work,
      "owners: [{name: Kita Denki, aliases: [Kita, Kita Power], delivered: 4000}]"
    )
    let store = try Store(path: work.path + "/store", .night)
    // The logs called it by a name that nobody had declared on every other day.
    try write(work, 1...4) { $0 < 3 ? "Kita" : "Kita Power" }
    _ = try await work.night(4, in: store, old)
    #expect(try incidents(store).contains { $0.contains("Kita Power") })
    try write(work, 5...6) { _ in "Kita Denki" }
    _ = try await work.night(6, in: store, new)
    let study = try CaseStudy(store, new, CoverageStudy(store, new))
    let incidents = try study.incidents()
    #expect(!incidents.isEmpty && incidents.allSatisfy { $0.owners.map(\.owner) == ["Kita Denki"] })
    let other = try Store(path: work.path + "/other", .night)
    _ = try await work.night(6, in: other, new)
    let whole = try CaseStudy(other, new, CoverageStudy(other, new)).incidents()
    #expect(incidents.map(\.id) == whole.map(\.id))
    #expect(incidents.map(\.owners) == whole.map(\.owners))
    #expect(
      try store.subjects(of: Array("Kita Denki".utf8))
        == other.subjects(of: Array("Kita Denki".utf8))
    )
    #expect(try store.ownerSpans().map(\.span) == other.ownerSpans().map(\.span))
  }

  @Test func `keeps what people decided of its findings`() async throws {
    let work = try Workplace()
    let old = try estate(work, Self.before)
    let store = try Store(path: work.path + "/store", .night)
    try write(work, 1...4) { _ in "Kita" }
    _ = try await work.night(4, in: store, old)
    let study = try CaseStudy(store, old, CoverageStudy(store, old))
    let finding = try #require(
      study.incidents().flatMap(\.findings).first { $0.counter.contains("Kita") }
    )
    let act = TriageAct(
      id: finding.id,
      kind: .confirmed,
      by: "Ueda",
      text: "asked",
      author: "uid 7",
      time: nil
    )
    try TriageLog.add(act, time: "2024-04-06T00:00:00Z", to: store, program: "test")
    let new = try estate(work, "owners: [{name: Kita Denki, aliases: [Kita], delivered: 4000}]")
    _ = try await work.night(5, in: store, new)
    let states = try CaseStudy(store, new, CoverageStudy(store, new)).states()
    #expect(states.contains { $0.standing?.kind == .confirmed })
    #expect(try store.evidence(of: finding.id) != nil)
    // And back.
    let back = try estate(
      work,
      "owners: [{name: Kita, aliases: [Kita Denki], delivered: 4000}]"
    )
    _ = try await work.night(6, in: store, back)
    let again = try CaseStudy(store, back, CoverageStudy(store, back)).states()
    #expect(again.contains { $0.standing?.kind == .confirmed && $0.standing?.id == finding.id })
  }
}
