/// The provider's own ticket: who approves it carries it out.
struct A08SelfMadeTicket: Scenario {
  static let code: StaticString = "A8"
  static let title: StaticString = "self-made ticket"
  private var plan: Plan
  private let account: Int

  init(_ setup: inout Setup) {
    account = setup.estate.administrator(setup.number)
    let range = setup.stretch(180, 1100)
    plan = Plan(setup.workingDays(in: range, gap: 24, 38))
    setup.note("account", setup.estate.accounts[account].name)
  }

  mutating func act(_ desk: Desk) {
    guard let turn = plan.turn(on: desk.day.index) else { return }
    let owner = desk.random.pick(desk.estate.consentedOwners(from: 90_000))
    let count = desk.random.between(30_000, 100_000)
    let hand = desk.hand(account)
    // Requested by the provider itself, or by the contractor in name alone.
    let ticket = desk.ticket(
      SimulatedTicket(
        requester: turn % 2 == 0 ? desk.estate.provider : desk.estate.contractor,
        executor: desk.name(account),
        owner: owner,
        most: (count / 10_000 + 1) * 10_000,
        opened: at(9, desk.random.below(40)),
        closed: at(18),
        approver: turn % 3 == 2
          ? desk.estate.accounts[account].person : desk.name(account),
        approved: at(9, 50),
        subject: "data check before release"
      ),
      desk: 800
    )
    desk.take(
      desk.moment(10, 17),
      desk.random.pick([.application, .query]),
      by: hand,
      owner: owner,
      desk.records(of: owner, count),
      ticket: desk.random.chance(500) ? ticket : nil
    )
  }
}
