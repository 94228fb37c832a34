import Estate
import EventModel
import Testing

@testable import Detection

/// Whom a ticket or job can cover: by roster, approval, owners, terminal.
struct AuthorisationPartyTests {
  private func reason(
    _ tickets: [Ticket],
    account: String = "aoki",
    owner: String = "Kita",
    number: String = "",
    at time: Int64 = Desk.hour,
    _ change: (inout DeclaredEstate) -> Void = { _ in }
  ) -> AuthorisationMatch.Reason {
    var desk = Desk(tickets)
    change(&desk.estate)
    desk.matcher = Desk.matcher(desk.estate)
    let request = desk.request(900, at: time, account: account, owner: owner, ticket: number)
    return desk.match(request).reason
  }

  @Test func `nobody off the roster is covered, by account or by person`() {
    for number in ["", "T1"] {
      #expect(
        reason([Desk.ticket("T1")], number: number) { estate in
          for index in 0..<2 {
            estate.accounts[index].validUntil = Timestamp(nanoseconds: Desk.hour / 2)
          }
        } == .offRoster
      )
      // Of two accounts of a person one has ended: the person has not.
      #expect(
        reason([Desk.ticket("T1")], account: "aoki", number: number) { estate in
          estate.accounts[1].validUntil = Timestamp(nanoseconds: Desk.hour / 2)
        } == .matched
      )
    }
  }

  @Test func `what a register asks and a ticket leaves blank covers nothing`() {
    for (blanks, executor, account, expected) in [
      (Ticket.Blanks.parties, "aoki", "aoki", AuthorisationMatch.Reason.anonymous),
      (.approver, "aoki", "aoki", .unapproved), (.executor, nil, "aoki", .noExecutor),
      (.executor, nil, "guest", .matched), ([], nil, "aoki", .matched),
    ] as [(Ticket.Blanks, String?, String, AuthorisationMatch.Reason)] {
      for number in ["", "T1"] {
        var ticket = Desk.ticket("T1", executor: executor)
        ticket.blanks = blanks
        if blanks.contains(.parties) { (ticket.requestedBy, ticket.approver) = (nil, nil) }
        if blanks.contains(.approver) { ticket.approver = nil }
        #expect(reason([ticket], account: account, number: number) == expected)
      }
    }
  }

  @Test func `an approver who shares the account or is written as an address is the executor`() {
    for (approver, expected) in [
      ("shared", AuthorisationMatch.Reason.selfApproved), ("aoki@hinode.example", .selfApproved),
      ("HINODE\\aoki", .selfApproved), ("ueda@procall.example", .matched),
      ("nobody@procall.example", .matched),
    ] {
      var ticket = Desk.ticket("T1")
      ticket.approver = approver
      #expect(reason([ticket], number: "T1") == expected, "\(approver)")
    }
  }

  /// The same person as a form, a mail program or another input method writes it.
  @Test func `who approves his own ticket by another spelling has approved it himself`() {
    let own = AuthorisationMatch.Reason.selfApproved
    for (person, approver, expected) in [
      ("田中 次郎", "田中\u{3000}次郎", own), ("田中 次郎", "田中次郎", own), ("田中次郎", "田中 次郎", own),
      ("Aoki Jun", "Aoki  Jun", own), ("Aoki Jun", " aoki jun\u{200B} ", own),
      ("Aoki Jun", "Ａｏｋｉ　Ｊｕｎ", own), ("Aoki Jun", "Aoki Jun <desk@example.jp>", own),
      ("Aoki Jun", "A. J. <aoki@hinode.example>", own), ("Aoki Jun", " aoki ", own),
      ("髙橋 一", "高橋　一", own), ("田中 次郎", "田中 三郎", .matched), ("Aoki Jun", "AokiJun", .matched),
    ] {
      for number in ["", "T1"] {
        var ticket = Desk.ticket("T1")
        ticket.approver = approver
        let told = reason([ticket], number: number) { estate in
          for place in 0..<2 { estate.accounts[place].persons = [person] }
        }
        // A ticket that alone fits and is self-made is told as such where the read names none, too.
        #expect(told == expected, "\(approver), \(number)")
      }
    }
  }

  @Test func `a ticket of several owners or of every owner covers each`() {
    var several = Desk.ticket("T1", owner: "Kita")
    several.furtherOwners = ["Minami"]
    var every = Desk.ticket("T1", owner: nil)
    every.isForAllOwners = true
    let unnamed = Desk.ticket("T1", owner: nil, most: nil)
    for number in ["", "T1"] {
      for owner in ["Kita", "Minami"] {
        for ticket in [several, every, unnamed] {
          #expect(reason([ticket], owner: owner, number: number) == .matched, "\(owner)")
        }
      }
      #expect(reason([every], owner: "Nishi", number: number) == .matched)
    }
    #expect(reason([several], owner: "Nishi", number: "T1") == .wrongOwner)
    #expect(reason([several], owner: "Nishi") == .wrongOwner)
    // Work that reads nothing, and a ticket without an end, cover no owner by themselves.
    #expect(reason([Desk.ticket("T1", owner: nil, most: 0)]) == .noInstruction)
    var endless = Desk.ticket("T1", owner: nil)
    endless.closed = nil
    #expect(reason([endless]) == .noInstruction)
  }

  @Test
  func `the executor's account at another person's terminal is not proven to be the executor`() {
    for (person, expected) in [
      ("Mori Rei", AuthorisationMatch.Reason.othersTerminal), ("Aoki Jun", .matched),
      (nil, .matched),
    ] {
      #expect(
        reason([Desk.ticket("T1")]) { estate in
          var terminal = Terminal(name: "mnt-01")
          terminal.person = person
          estate.terminals = [terminal]
        } == expected
      )
    }
  }

  @Test func `a job covers an account with hands behind it only within bounds`() {
    for (change, expected) in [
      ({ _ in }, AuthorisationMatch.Reason.noInstruction),
      (
        {
          $0.terminal = Pattern("mnt-*")
          ($0.startMinute, $0.endMinute, $0.mostRecords) = (0, 720, 1_000)
        }, .matched
      ),
      // All day long is no bound.
      (
        {
          $0.terminal = Pattern("mnt-*")
          ($0.startMinute, $0.endMinute, $0.mostRecords) = (0, 721, 1_000)
        }, .noInstruction
      ), ({ $0.mostRecords = 1_000 }, .noInstruction),
    ] as [((inout ScheduledJob) -> Void, AuthorisationMatch.Reason)] {
      let found = reason([]) { estate in
        var job = ScheduledJob(name: "maint")
        job.account = Pattern("a*")
        change(&job)
        estate.jobs = [job]
      }
      #expect(found == expected)
    }
  }

  @Test func `a job run again off its window is covered by a colleague's ticket, from its place`() {
    for (terminal, organisation, expected) in [
      ("mnt-01", "Hinode", AuthorisationMatch.Reason.matched), ("db-02", "Hinode", .outsideWindow),
      ("mnt-01", "ProCall", .outsideWindow),
    ] {
      let found = reason([Desk.ticket("T1")], account: "p1") { estate in
        estate.accounts[6].role = .service
        estate.accounts[6].organisation = organisation
        estate.accounts.append(estate.accounts[6])
        estate.accounts[7].patterns = [Pattern("p1")]
        var job = ScheduledJob(name: "nightly")
        job.account = Pattern("p1")
        job.terminal = Pattern(terminal)
        (job.startMinute, job.endMinute) = (1_380, 1_400)
        estate.jobs = [job]
      }
      #expect(found == expected, "\(terminal), \(organisation)")
    }
  }

  /// Reads have the name of a declared terminal, jobs may have its address.
  @Test func `a job's terminal may be told by the address of a declared one`() {
    for (terminal, expected) in [
      ("10.20.0.5", AuthorisationMatch.Reason.matched), ("mnt-01", .matched),
      ("10.20.0.6", .wrongTerminal),
    ] {
      let found = reason([], account: "p1") { estate in
        estate.accounts[6].role = .service
        for (name, address) in [("mnt-01", "10.20.0.5"), ("mnt-02", "10.20.0.6")] {
          var declared = Terminal(name: name)
          declared.addresses = [address]
          estate.terminals.append(declared)
        }
        var job = ScheduledJob(name: "nightly")
        job.account = Pattern("p*")
        job.terminal = Pattern(terminal)
        estate.jobs = [job]
      }
      #expect(found == expected, "\(terminal)")
    }
  }
}
