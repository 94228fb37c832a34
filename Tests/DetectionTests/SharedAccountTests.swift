import Estate
import EventModel
import Testing

@testable import Detection

/// An administrators' account of two persons; one of them has a terminal of his own.
private func estate() -> DeclaredEstate {
  var estate = DeclaredEstate()
  var owner = Owner(name: "Telecom West")
  owner.delivered = 10_000_000
  estate.owners = [owner]
  var shared = Account(role: .admin)
  shared.patterns = [Pattern("sysadmin")]
  shared.persons = ["Aoki Jun", "Mori Rei"]
  estate.accounts = [shared]
  var desk = Terminal(name: "desk-1")
  desk.person = "Aoki Jun"
  estate.terminals = [desk, Terminal(name: "mnt-03"), Terminal(name: "mnt-04")]
  return estate
}

private let day = 24 * 60

struct SharedAccountTests {
  private func read(
    _ logs: inout RowBuilder,
    at minute: Int,
    from terminal: String,
    _ records: Int64
  ) {
    logs.add(
      at: minute,
      account: "sysadmin",
      terminal: terminal,
      owner: "Telecom West",
      records: records,
      operation: records >= 100 ? .export : .read
    )
  }

  @Test(arguments: [60, day, 400 * day])
  func `who reads a little through a thief's account is not told for the taking`(later: Int) {
    var logs = RowBuilder()
    read(&logs, at: 600, from: "mnt-03", 60_000)
    for turn in 0..<5 { read(&logs, at: 600 + later + turn, from: "desk-1", 2) }
    let incidents = logs.incidents(estate())
    #expect(incidents.map(\.actor) == ["account:sysadmin terminal:mnt-03"])
    #expect(incidents.first?.records == .exactly(60_000))
  }

  @Test func `who takes as much himself is told himself`() {
    var logs = RowBuilder()
    read(&logs, at: 600, from: "mnt-03", 60_000)
    read(&logs, at: 700, from: "desk-1", 40_000)
    let incidents = logs.incidents(estate())
    #expect(
      Set(incidents.map(\.actor)) == ["account:sysadmin terminal:mnt-03", "person:Aoki Jun"]
    )
    #expect(incidents.reduce(0) { $0 + $1.records.low } == 100_000)
  }

  @Test func `what several add up to, each below the limit, is told`() {
    var logs = RowBuilder()
    for (turn, terminal) in ["mnt-03", "desk-1", "mnt-04"].enumerated() {
      read(&logs, at: 600 + turn * 120, from: terminal, 2_400)
    }
    #expect(!logs.incidents(estate()).isEmpty)
  }

  @Test func `a sum of several says so, with the part of the one it is told of`() throws {
    var logs = RowBuilder()
    let terminals = ["mnt-03", "desk-1", "mnt-04"]
    for turn in 0..<6 { read(&logs, at: 100 + turn * 120, from: terminals[turn % 3], 950) }
    let findings = logs.incidents(estate()).flatMap(\.findings)
    let sum = try #require(findings.first { $0.detector == "bulk-export" && $0.window == "24h" })
    #expect(sum.value == .exactly(5_700))
    #expect(sum.message.hasSuffix("this actor at most 1,900 records"))
    #expect(sum.messageJapanese.hasSuffix("(共用者全体。この行為者は最大 1,900 件)"))
    var alone = RowBuilder()
    for turn in 0..<6 { read(&alone, at: 100 + turn * 120, from: "mnt-03", 950) }
    let own = alone.incidents(estate()).flatMap(\.findings)
    #expect(!own.isEmpty && !own.contains { $0.message.contains("at most") })
  }

  @Test(arguments: [true, false])
  func `recurrence at a shared account is graver where it is one actor's`(isOne: Bool) throws {
    var logs = RowBuilder()
    for (turn, terminal) in ["mnt-03", "desk-1", "mnt-04"].enumerated() {
      read(&logs, at: 600 + turn * 30 * day, from: isOne ? "mnt-03" : terminal, 500)
    }
    let findings = logs.incidents(estate()).flatMap(\.findings)
    let recurrence = try #require(findings.first { $0.unit == "days" })
    #expect(recurrence.value.high == 3)
    #expect(recurrence.severity == (isOne ? .high : .medium))
    #expect(recurrence.message.hasSuffix("this actor on at most 1 day") != isOne)
  }

  @Test func `small reads add up to a finding of their own after another's taking`() {
    var logs = RowBuilder()
    read(&logs, at: 600, from: "mnt-03", 60_000)
    for turn in 0..<120 { read(&logs, at: 700 + turn * 5, from: "desk-1", 90) }
    let person = logs.incidents(estate()).first { $0.actor == "person:Aoki Jun" }
    #expect(person != nil)
    #expect((person?.records.low ?? 0) <= 10_800)
  }
}
