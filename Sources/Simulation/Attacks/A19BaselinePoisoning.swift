/// There from the first day, or growing by three in a hundred a week: any baseline of its own learns it.
struct A19BaselinePoisoning: Scenario {
  static let code: StaticString = "A19"
  static let title: StaticString = "baseline poisoning"
  private let account: Int
  private let weekday: Int
  private let isGrowing: Bool
  private var count: Int

  init(_ setup: inout Setup) {
    account = setup.estate.administrator(setup.number)
    weekday = setup.random.below(5)
    isGrowing = setup.random.chance(600)
    count = isGrowing ? setup.random.between(300, 900) : setup.random.between(2_000, 8_000)
    setup.note("account", setup.estate.accounts[account].name)
    setup.note("records_in_the_first_week", count)
    setup.note("percent_more_a_week", isGrowing ? 3 : 0)
  }

  mutating func act(_ desk: Desk) {
    guard desk.day.weekday == weekday else { return }
    if isGrowing, desk.day.index > 6 { count = min(100_000, count + count * 3 / 100) }
    let owner = desk.random.pick(desk.estate.consentedOwners(from: 150_000))
    let number = count + desk.random.between(-count / 20, count / 20)
    desk.take(
      desk.officeTime(),
      desk.random.pick([.application, .range]),
      by: desk.hand(account),
      owner: owner,
      desk.records(of: owner, number)
    )
  }
}
