/// Small owners' sets taken whole, or nearly: never a large number.
struct A03SmallOwners: Scenario {
  static let code: StaticString = "A3"
  static let title: StaticString = "small owners taken whole"
  private var plan: Plan
  private let account: Int
  private let share: Int

  init(_ setup: inout Setup) {
    account = setup.estate.administrator(setup.number)
    share = setup.random.between(80, 100)
    let range = setup.stretch(180, 1800)
    // 1 … 3 a month.
    let gap = setup.random.between(10, 30)
    plan = Plan(setup.workingDays(in: range, gap: gap * 2 / 3, gap * 4 / 3))
    setup.note("account", setup.estate.accounts[account].name)
    setup.note("percent_of_set", share)
    setup.note("days_between", gap)
  }

  mutating func act(_ desk: Desk) {
    guard let turn = plan.turn(on: desk.day.index) else { return }
    let owners = desk.estate.owners(from: 900, to: 7_000)
    let owner = owners[turn % owners.count]
    let size = desk.owner(owner).delivered
    let count = min(5_000, size * desk.random.between(share, 100) / 100)
    let way = desk.random.pick([Way.application, .application, .query, .table, .cursor])
    desk.take(
      desk.officeTime(),
      way,
      by: desk.hand(account),
      owner: owner,
      desk.records(of: owner, count)
    )
  }
}
