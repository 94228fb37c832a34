import Estate
import EventModel
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// What a store knows of owners whom nobody has declared, and of who read whose records.
@Suite struct KnownOwnerTests {
  private func line(_ hour: Int, _ terminal: String, _ owner: String, _ count: Int) -> String {
    let time = "2024-04-02T0\(hour):00:00Z"
    return #"{"at":"\#(time)","who":"adm1","host":"\#(terminal)","list":"all","#
      + #""owner":"\#(owner)","n":\#(count)}"#
  }

  /// A night on which one account took from two owners, of each from a terminal of its own.
  private func night(_ work: Workplace) async throws -> (Store, DeclaredEstate) {
    try work.write(
      "ometsuke.yml",
      [
        """
        sources:
          - {name: app, paths: ["logs/*"], format: jsonl,
             fields: {time: at, account: who, terminal: host, operation: {const: export}, object: list,
                      owner: owner, records: n}}
        owners: [{name: Minato, delivered: 3000}]
        accounts: [{pattern: "adm*", role: admin}]
        """
      ]
    )
    let estate = try EstateFile.load(path: work.path + "/ometsuke.yml").estate
    try work.write(
      "logs/app.jsonl",
      [line(1, "mnt-1", "Minato", 900), line(2, "Himitsu Bank pc", "Himitsu Bank", 9_000)]
    )
    let store = try Store(path: work.path + "/store", .night)
    _ = try await work.night(4, in: store, estate)
    return (store, estate)
  }

  @Test func `an owner that nobody has declared is known`() async throws {
    let work = try Workplace()
    let (store, estate) = try await night(work)
    let coverage = try CoverageStudy(store, estate)
    let study = try CaseStudy(store, estate, coverage)
    let incident = try #require(
      try study.incidents().first { $0.owners.contains { $0.owner == "Minato" } }
    )
    let story = try #require(try study.incidentCase(incident.id))
    #expect(story.knownOwners == ["Minato", "Himitsu Bank"])
    let period = try #require(try coverage.period(from: nil, until: nil, owner: "Minato"))
    let answer = try InquiryStudy(store, estate, coverage).answer(owner: "Minato", period)
    #expect(answer.knownOwners == ["Minato", "Himitsu Bank"])
  }

  @Test func `an owner is told the terminals that read its records, and no other`() async throws {
    let work = try Workplace()
    let (store, estate) = try await night(work)
    let coverage = try CoverageStudy(store, estate)
    let study = try CaseStudy(store, estate, coverage)
    let incident = try #require(
      try study.incidents().first { $0.owners.count == 2 && $0.terminals.count == 2 }
    )
    #expect(try study.terminals(of: "Minato", in: incident) == ["mnt-1"])
    let period = try #require(try coverage.period(from: nil, until: nil, owner: "Minato"))
    let answer = try InquiryStudy(store, estate, coverage).answer(owner: "Minato", period)
    #expect(answer.takings.first { $0.incident == incident.id }?.terminals == ["mnt-1"])
  }
}
