/// As A1, but under a shared identity from differing terminals: who it was, no log says.
struct A02SharedIdentity: Scenario {
  static let code: StaticString = "A2"
  static let title: StaticString = "taking under a shared identity"
  private var plan: Plan
  private let account: Int
  private let person: Text
  private let terminals: [Int]

  init(_ setup: inout Setup) {
    account = setup.estate.shared[0]
    let own = setup.estate.administrator(setup.number)
    person = setup.estate.accounts[own].person
    terminals = [0, 3, 6].map {
      setup.estate.accounts[setup.estate.administrator(setup.number + $0)].terminal
    }
    let range = setup.stretch(730, 3650)
    let gap = setup.random.between(20, 60)
    plan = Plan(setup.workingDays(in: range, gap: gap * 2 / 3, gap * 4 / 3))
    setup.note("account", setup.estate.accounts[account].name)
    setup.note("person", person)
    setup.note("days_between", gap)
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let hand = Hand(account: account, terminal: desk.random.pick(terminals), person: person)
    let owner = desk.random.pick(desk.estate.consentedOwners(from: 40_000))
    let records = desk.records(of: owner, desk.random.magnitude(20_000, 400_000))
    let way = desk.random.pick([Way.application, .query, .portal])
    let end = desk.take(desk.officeTime(), way, by: hand, owner: owner, records)
    if desk.random.chance(400) {
      desk.carryAway(after: end, at: hand.terminal, serial: "AA00000000000489")
    }
  }
}
