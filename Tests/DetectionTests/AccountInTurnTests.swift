import Estate
import EventModel
import Testing

@testable import Detection

private let day = 24 * 60

/// An account that one person had until the evening of 2024-04-10 and another from 2024-04-11 on.
private func estate(newFirst: Bool = false) -> DeclaredEstate {
  var estate = DeclaredEstate()
  var owner = Owner(name: "Kitamachi")
  owner.delivered = 100_000
  estate.owners = [owner]
  estate.organisations = [
    Organisation(name: "Hinode", kind: .provider), Organisation(name: "Asahi", kind: .provider),
  ]
  var old = Account(role: .operator)
  old.patterns = [Pattern("x9")]
  old.persons = ["Aoki Jun"]
  old.organisation = "Asahi"
  old.validUntil = Timestamp(seconds: 1_711_929_600 + 10 * 86_400 - 1)
  var new = Account(role: .admin)
  new.patterns = [Pattern("x9")]
  new.persons = ["Mori Rei"]
  new.organisation = "Hinode"
  new.validFrom = Timestamp(seconds: 1_711_929_600 + 10 * 86_400)
  estate.accounts = newFirst ? [new, old] : [old, new]
  return estate
}

struct AccountInTurnTests {
  private func read(_ logs: inout RowBuilder, on turn: Int, _ records: Int64) {
    logs.add(
      at: turn * day + 600,
      account: "x9",
      terminal: "192.0.2.9",
      owner: "Kitamachi",
      records: records
    )
  }

  @Test(arguments: [false, true])
  func `a read is told of who had the account then, with role and organisation`(newFirst: Bool) {
    var logs = RowBuilder()
    read(&logs, on: 20, 9_000)
    let incidents = logs.incidents(estate(newFirst: newFirst))
    #expect(incidents.map(\.actor) == ["person:Mori Rei"])
    #expect(incidents.first?.persons == ["Mori Rei"])
    #expect(incidents.first?.organisations == ["Hinode"])
  }

  @Test(arguments: [false, true])
  func `what two took one after the other is told of each`(newFirst: Bool) {
    var logs = RowBuilder()
    read(&logs, on: 5, 30_000)
    read(&logs, on: 20, 9_000)
    let incidents = logs.incidents(estate(newFirst: newFirst))
    let told = incidents.sorted { $0.first < $1.first }
    #expect(told.map(\.actor) == ["person:Aoki Jun", "person:Mori Rei"])
    #expect(told.map(\.records) == [.exactly(30_000), .exactly(9_000)])
  }

  @Test func `a ticket for who has the account now covers what he reads`() {
    for executor in ["Mori Rei", "x9"] {
      var estate = estate()
      estate.declaresTickets = true
      var ticket = Ticket(id: "T1", opened: Timestamp(seconds: 1_711_929_600 + 20 * 86_400))
      ticket.executor = executor
      ticket.owner = "Kitamachi"
      ticket.mostRecords = 9_000
      ticket.closed = Timestamp(seconds: 1_711_929_600 + 21 * 86_400)
      estate.tickets = [ticket]
      var logs = RowBuilder()
      read(&logs, on: 20, 9_000)
      #expect(logs.incidents(estate).isEmpty)
    }
  }

  @Test func `connections from one address are one terminal`() {
    var logs = RowBuilder()
    for (turn, port) in [50_123, 50_124].enumerated() {
      logs.add(
        at: 20 * day + turn,
        account: "x9",
        terminal: "192.0.2.9:\(port)",
        owner: "Kitamachi",
        records: 9_000
      )
    }
    logs.add(
      at: 20 * day + 9,
      account: "x9",
      terminal: "[2001:db8::7]:443",
      owner: "Kitamachi",
      records: 9_000
    )
    #expect(logs.incidents(estate()).first?.terminals == ["192.0.2.9", "2001:db8::7"])
  }
}
