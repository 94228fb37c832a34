/// A real ticket, another act: far more than approved, another owner, the same ticket again, or by
/// someone else than its executor.
struct A07TicketMimicry: Scenario {
  static let code: StaticString = "A7"
  static let title: StaticString = "ticket mimicry"
  private var plan: Plan
  private let account: Int
  private let other: Int

  init(_ setup: inout Setup) {
    account = setup.estate.administrator(setup.number)
    other = setup.estate.administrator(setup.number + 4)
    let range = setup.stretch(180, 1100)
    let gap = setup.random.between(25, 50)
    plan = Plan(setup.workingDays(in: range, gap: gap * 2 / 3, gap * 4 / 3))
    setup.note("account", setup.estate.accounts[account].name)
    setup.note("days_between", gap)
  }

  mutating func act(_ desk: Desk) {
    guard let turn = plan.turn(on: desk.day.index) else { return }
    let large = desk.estate.consentedOwners(from: 90_000)
    let named = desk.random.pick(large)
    let approved = desk.random.between(500, 3_000)
    let isOthers = turn % 4 == 3
    let ticket = desk.instruction(
      to: isOthers ? other : account,
      owner: named,
      most: approved,
      opened: at(9, desk.random.below(50)),
      closed: at(18),
      subject: "download fails in the application",
      desk: 700
    )
    let hand = desk.hand(account)
    let count = desk.random.magnitude(50_000, 200_000)
    var owner = named
    if turn % 4 == 1 { owner = large[(large.firstIndex(of: named) ?? 0) / 2] }
    var time = desk.moment(10, 15)
    if turn % 4 == 2 {
      // The approved part first: then the same ticket once more.
      let part = desk.records(of: named, approved)
      time = desk.carry(time, .application, by: hand, owner: named, part, ticket: ticket)
      time = desk.later(time, 3_700, 5_400)
    }
    desk.take(
      time,
      turn % 3 == 0 ? .query : .application,
      by: hand,
      owner: owner,
      desk.records(of: owner, count),
      ticket: desk.random.chance(500) ? ticket : nil,
      covered: turn % 4 == 0 ? approved : 0
    )
  }
}
