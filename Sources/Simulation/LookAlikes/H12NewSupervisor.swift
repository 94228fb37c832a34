/// A new supervisor's first month: lists like those of the others, from an account without a past.
struct H12NewSupervisor: Scenario {
  static let code: StaticString = "H12"
  static let title: StaticString = "new supervisor"
  private let start: Int
  private let account: Int

  init(_ setup: inout Setup) {
    let estate = setup.estate
    start = setup.random.between(setup.days / 4, max(setup.days / 4, setup.days - 35))
    let terminal = estate.addTerminal(
      .init(name: "sv-new", address: "192.0.2.202", house: .contractor)
    )
    account = estate.addAccount(
      SimulatedAccount(
        name: "sup_new",
        role: .supervisor,
        house: .contractor,
        person: "Murasakino Aki",
        terminal: terminal,
        validFrom: setup.first + start
      )
    )
    setup.note("account", estate.accounts[account].name)
    setup.note("from", SimulatedDay.date(setup.first + start))
  }

  mutating func act(_ desk: Desk) {
    guard desk.day.index >= start, desk.day.isWorking, desk.random.chance(300) else { return }
    let owner = desk.random.pick(desk.estate.owners(from: 150_000))
    let count = desk.random.between(5_000, 50_000)
    let ticket = desk.ticket(
      SimulatedTicket(
        kind: "CL",
        requester: desk.estate.contractor,
        executor: desk.name(account),
        owner: owner,
        most: (count / 1000 + 1) * 1000,
        opened: at(8, 40) - SimulatedDay.milliseconds,
        closed: at(20),
        approver: desk.name(desk.estate.supervisors[0]),
        approved: at(16) - SimulatedDay.milliseconds,
        subject: "campaign list"
      ),
      desk: 2200
    )
    let isNoted = desk.day.index < start + 31
    let hand = desk.hand(account)
    let records = desk.records(of: owner, count)
    let time = desk.moment(10, 18)
    // After the first month it is a supervisor like the others.
    guard isNoted else {
      desk.carry(
        time,
        .application,
        by: hand,
        owner: owner,
        records,
        action: "list_extract",
        list: ticket.text
      )
      return
    }
    desk.take(
      time,
      .application,
      by: hand,
      owner: owner,
      records,
      action: "list_extract",
      list: ticket.text
    )
  }
}
