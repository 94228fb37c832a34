/// One person with several identities at one terminal, each below its limit.
struct A06AccountSplitting: Scenario {
  static let code: StaticString = "A6"
  static let title: StaticString = "a taking split over accounts"
  private var plan: Plan
  private let accounts: [Int]
  private let terminal: Int
  private let person: Text

  init(_ setup: inout Setup) {
    let own = setup.estate.administrator(setup.number)
    terminal = setup.estate.accounts[own].terminal
    person = setup.estate.accounts[own].person
    let others = [
      own, setup.estate.shared[1], setup.estate.administrator(setup.number + 2),
      setup.estate.shared[2], setup.estate.administrator(setup.number + 5),
    ]
    accounts = Array(others.prefix(setup.random.between(3, 5)))
    let range = setup.stretch(120, 1100)
    plan = Plan(setup.workingDays(in: range, gap: 20, 45))
    setup.note("accounts", accounts.count)
    setup.note("person", person)
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let owner = desk.random.pick(desk.estate.consentedOwners(from: 350_000))
    let size = desk.owner(owner).delivered
    var first = 1 + desk.random.below(max(1, size - 260_000))
    var time = desk.moment(10, 12)
    for account in accounts {
      let count = min(desk.random.between(20_000, 50_000), size - first + 1)
      let hand = Hand(account: account, terminal: terminal, person: person)
      let way = desk.random.pick([Way.application, .query])
      let end = desk.take(
        time,
        way,
        by: hand,
        owner: owner,
        RecordRange(first: first, count: count)
      )
      first += count
      time = desk.later(end, 600, 3_000)
    }
  }
}
