/// The account is renamed and a new laptop comes through the VPN: the history seems to begin anew.
struct A16NewIdentity: Scenario {
  static let code: StaticString = "A16"
  static let title: StaticString = "new identity or host"
  private var plan: Plan
  private let change: Int
  private let before: Int
  private let after: Int

  init(_ setup: inout Setup) {
    let estate = setup.estate
    before = estate.administrator(setup.number)
    let range = setup.stretch(120, 900)
    let days = setup.workingDays(in: range, gap: 22, 44)
    plan = Plan(days)
    // The third taking is the first under the new name, or the first is.
    change = days.count > 2 ? days[2] : days[0]
    let laptop = estate.addTerminal(
      .init(name: "vpn-laptop", address: "192.0.2.231", house: .provider, isDeclared: false)
    )
    after = estate.addAccount(
      SimulatedAccount(
        name: "\(estate.accounts[before].name)2",
        role: .administrator,
        house: .provider,
        person: estate.accounts[before].person,
        terminal: laptop,
        validFrom: setup.first + change
      )
    )
    setup.note("before", estate.accounts[before].name)
    setup.note("after", estate.accounts[after].name)
    setup.note("change", SimulatedDay.date(setup.first + change))
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let isNew = desk.day.index >= change
    let hand = desk.hand(isNew ? after : before)
    let time = desk.moment(11, 17)
    if desk.day.index == change {
      desk.sudo(
        at(9, 30),
        at: desk.terminal(of: before),
        account: before,
        "/usr/sbin/usermod -l \(desk.name(after)) \(desk.name(before))"
      )
    }
    if isNew {
      desk.logon(
        time - 600_000,
        at: desk.estate.applicationHost,
        account: after,
        from: "192.0.2.231"
      )
    }
    let owner = desk.random.pick(desk.estate.consentedOwners(from: 90_000))
    let count = desk.random.between(40_000, 120_000)
    desk.take(
      time,
      desk.random.pick([.application, .query]),
      by: hand,
      owner: owner,
      desk.records(of: owner, count)
    )
  }
}
