/// One great report by the account of someone who has left, and an upload.
struct A13LeaverShot: Scenario {
  static let code: StaticString = "A13"
  static let title: StaticString = "one big shot of a leaver"
  private let day: Int
  private let account: Int
  private let total: Int

  init(_ setup: inout Setup) {
    let estate = setup.estate
    total = setup.random.magnitude(1_000_000, 8_000_000)
    let range = setup.stretch(20, 40)
    day = setup.workingDays(in: range, gap: 20, 40)[0]
    let terminal = estate.addTerminal(
      .init(name: "vpn-17", address: "192.0.2.217", house: .provider)
    )
    let left = setup.first + day - setup.random.between(3, 60)
    account = estate.addAccount(
      SimulatedAccount(
        name: "adm.leaver",
        role: .administrator,
        house: .provider,
        person: "Hatayama Nao",
        terminal: terminal,
        validUntil: left
      )
    )
    setup.note("account", estate.accounts[account].name)
    setup.note("left", SimulatedDay.date(left))
    setup.note("records_wanted", total)
  }

  mutating func act(_ desk: Desk) {
    guard desk.day.index == day else { return }
    let hand = desk.hand(account)
    var time = desk.moment(13, 16)
    var rest = total
    desk.applicationAct(time - 60_000, account: account, terminal: hand.terminal, "login")
    let owners = desk.estate.owners.indices.sorted {
      desk.owner($0).delivered > desk.owner($1).delivered
    }
    for owner in owners where rest > 0 {
      let count = min(rest, desk.owner(owner).delivered)
      let records = desk.records(of: owner, count)
      desk.carry(
        time,
        .application,
        by: hand,
        owner: owner,
        records,
        action: "report",
        list: "all-customers"
      )
      let end = desk.later(time, 40, 240)
      desk.happened(
        Happening(
          time: time,
          until: end,
          account: account,
          terminal: hand.terminal,
          owner: owner,
          records: records,
          stated: count,
          shown: [.application]
        )
      )
      rest -= count
      time = end
    }
    desk.flow(
      desk.within(time + 900_000),
      from: desk.address(hand.terminal),
      toAddress: "203.0.113.250",
      port: 443,
      service: "ssl",
      bytes: (total - rest) * 60,
      seconds: 1800,
      upload: true
    )
  }
}
