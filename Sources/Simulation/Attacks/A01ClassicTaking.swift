/// An administrator takes tens of thousands of records at a time, rarely, in office hours, without a
/// ticket; now and then a stick follows.
struct A01ClassicTaking: Scenario {
  static let code: StaticString = "A1"
  static let title: StaticString = "classic administrator's taking"
  private var plan: Plan
  private let account: Int
  private let low: Int
  private let high: Int

  init(_ setup: inout Setup) {
    account = setup.estate.administrator(setup.number)
    low = setup.random.between(20_000, 60_000)
    high = setup.random.between(80_000, 400_000)
    let range = setup.stretch(730, 3650)
    // 0.5 … 1.5 a month.
    let gap = setup.random.between(20, 60)
    plan = Plan(setup.workingDays(in: range, gap: gap * 2 / 3, gap * 4 / 3))
    setup.note("account", setup.estate.accounts[account].name)
    setup.note("records_from", low)
    setup.note("records_to", high)
    setup.note("days_between", gap)
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let hand = desk.hand(account)
    let owner = desk.random.pick(desk.estate.consentedOwners(from: 40_000))
    let records = desk.records(of: owner, desk.random.magnitude(low, high))
    let way = desk.random.pick([Way.application, .application, .query, .query, .table])
    let isTooLarge = way == .table && desk.owner(owner).delivered > high
    let time = desk.officeTime()
    let end = desk.take(time, isTooLarge ? .query : way, by: hand, owner: owner, records)
    if desk.random.chance(600) {
      desk.carryAway(after: end, at: hand.terminal, serial: "4C530001230717")
    }
  }
}
