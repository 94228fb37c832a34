internal import EventModel

/// The same number every week from the same terminal, for a year or two.
struct A04SteadyWeekly: Scenario {
  static let code: StaticString = "A4"
  static let title: StaticString = "steady weekly taking"
  private let range: Range<Int>
  private let weekday: Int
  private let account: Int
  private let count: Int
  private let time: Int

  init(_ setup: inout Setup) {
    account = setup.estate.administrator(setup.number)
    count = setup.random.between(10_000, 30_000)
    let weekday = setup.random.chance(250) ? 6 : setup.random.below(5)
    time = at(setup.random.between(10, 16), setup.random.below(60))
    range = setup.stretch(365, 730)
    // In a stretch below a week its first day is as good as any.
    let first = setup.first + range.lowerBound
    self.weekday = range.count < 7 ? CivilCalendar.weekday(ofDay: first) : weekday
    setup.note("account", setup.estate.accounts[account].name)
    setup.note("records_a_week", count)
    setup.note("weekday", weekday)
  }

  mutating func act(_ desk: Desk) {
    guard range.contains(desk.day.index), desk.day.weekday == weekday else { return }
    let owner = desk.random.pick(desk.estate.consentedOwners(from: 150_000))
    let number = count + desk.random.between(-count / 33, count / 33)
    let when = desk.within(time + desk.random.between(-600_000, 600_000))
    desk.take(when, .range, by: desk.hand(account), owner: owner, desk.records(of: owner, number))
  }
}
