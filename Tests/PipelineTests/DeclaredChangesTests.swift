import Estate
import EventModel
import Testing

@testable import Pipeline
@testable import Storage

@Suite struct `What is declared and decides what is raised` {
  private func estate(_ work: Workplace, _ text: String) throws -> DeclaredEstate {
    try work.write("ometsuke.yml", [text])
    return try EstateFile.load(path: work.path + "/ometsuke.yml").estate
  }

  private static let owners =
    "owners: [{name: Kita}]\norganisations: [{name: Aoba, kind: contractor}]\n"

  private static let before =
    owners + """
      accounts: [{name: batch, role: service, organisation: Aoba}, {pattern: "adm?", role: admin}]
      datasets: [{name: pages, customer-records: true, patterns: ["/menu*"]}]
      authorisations:
        jobs: [{name: nb, account: batch, program: pg_dump, window: "01:30-04:00", days: daily, most-records: 90}]
      """

  @Test func `is a line of the change log and of the mail when it changes`() async throws {
    let work = try Workplace()
    try work.write("logs/a.log", [])
    let store = try Store(path: work.path + "/store", .night)
    #expect(try await work.night(1, in: store, estate(work, Self.before)).notices.isEmpty)
    let changes: [(from: String, to: String, part: String, japanese: String)] = [
      ("account: batch, program", "account: adm1, program", "jobs", "ジョブ"),
      ("role: admin", "role: reviewer, organisation: Aoba", "accounts", "アカウント"),
      ("customer-records: true", "customer-records: false", "datasets", "データセット"),
    ]
    var text = Self.before
    for (number, change) in changes.enumerated() {
      text = text.replacing(change.from, with: change.to)
      let outcome = try await work.night(Int64(number + 2), in: store, estate(work, text))
      #expect(outcome.notices.map(\.kind) == [.rules], "\(change)")
      #expect(outcome.notices.first?.english.contains("The \(change.part) of the estate") ?? false)
      #expect(outcome.notices.first?.japanese.contains(change.japanese) ?? false)
      let last = try #require(store.declaredRules().changes.last)
      #expect(last.part.rawValue == change.part && last.author == "test")
      #expect(last.removed.count == 1 && last.added.count == 1, "\(last)")
      #expect(
        try await work.night(Int64(number + 2), in: store, estate(work, text)).notices.isEmpty
      )
    }
    #expect(try StateText.lines(store).contains { $0.contains("+ jobs nb account: adm1") })
    #expect(try Verification(store).breaches.isEmpty)
  }

  @Test func `tells of tickets only that an earlier one says something else, or is gone`()
    async throws
  {
    let work = try Workplace()
    try work.write("logs/a.log", [])
    let store = try Store(path: work.path + "/store", .night)
    func night(_ day: Int64, _ rows: [String]) async throws -> [Notice] {
      try work.write("tickets.csv", ["id,owner,executor,most-records,opened,closed"] + rows)
      let text = Self.owners + "authorisations: {tickets: [{file: tickets.csv}]}\n"
      return try await work.night(day, in: store, estate(work, text)).notices
    }
    let rows = [
      "T-1,Kita,op1,10,2024-04-01,2024-04-02", "T-2,Kita,op1,10,2024-04-01,",
      "T-3,Kita,op1,10,2024-04-01,2024-04-02",
    ]
    #expect(try await night(1, rows).isEmpty)
    // A new one, and the end of one that was open.
    var next = [rows[0], rows[1] + "2024-04-03", rows[2], "T-4,Kita,op2,5,2024-04-03,"]
    #expect(try await night(2, next).isEmpty)
    #expect(try await night(3, next.reversed()).isEmpty)
    // More records than were asked for, and another end.
    next[0] = "T-1,Kita,op1,100000,2024-04-01,2024-04-02"
    next[2] = "T-3,Kita,op1,10,2024-04-01,2024-05-02"
    let changed = try await night(4, next)
    #expect(changed.map(\.kind) == [.rules])
    #expect(
      changed.first?.english.contains(
        "2 tickets of the register say something else than before: T-1, T-3"
      ) ?? false
    )
    #expect(changed.first?.japanese.contains("T-1、T-3") ?? false)
    next.remove(at: 1)
    let removed = try await night(5, next)
    #expect(removed.first?.english == "1 ticket is no longer in the register: T-2.")
    #expect(try await night(6, next).isEmpty)
    let rules = try store.declaredRules()
    #expect(rules.changes.suffix(2).map(\.part) == [.tickets, .tickets])
    #expect(rules.changes.last?.removed == ["tickets T-2"])
    #expect(try Verification(store).breaches.isEmpty)
    // Ids alone go into the store.
    #expect(
      try !store.chain(of: ChainSource.declarations).contains {
        $0.lines.contains { $0.contains("op2") }
      }
    )
  }
}
