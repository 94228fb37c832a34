/// A hundred records a page, hundreds of pages a night, on the screen: no export anywhere.
struct A11ScreenPaging: Scenario {
  static let code: StaticString = "A11"
  static let title: StaticString = "paging through the screen"
  private var plan: Plan
  private let account: Int
  private let pages: Int
  private let owner: Int
  private var next = 1

  init(_ setup: inout Setup) {
    account = setup.estate.administrator(setup.number)
    pages = setup.random.between(150, 600)
    owner = setup.random.pick(setup.estate.consentedOwners(from: 150_000))
    let range = setup.stretch(20, 120)
    plan = Plan(setup.workingDays(in: range, gap: 1, 5))
    setup.note("account", setup.estate.accounts[account].name)
    setup.note("pages_a_night", pages)
    setup.note("nights", plan.days.count)
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let hand = desk.hand(account)
    let size = desk.owner(owner).delivered
    let start = desk.moment(19, 21)
    desk.applicationAct(start - 20_000, account: account, terminal: hand.terminal, "login")
    var time = start
    let first = next
    var count = 0
    for page in 0..<pages {
      guard next <= size else { break }
      let records = RecordRange(first: next, count: min(100, size - next + 1))
      desk.page(desk.within(time), account: account, terminal: hand.terminal, owner: owner, records)
      if page % 50 == 0 {
        desk.web(
          desk.within(time),
          account: account,
          terminal: hand.terminal,
          "/progress?owner=\(desk.owner(owner).slug)",
          bytes: 18_400
        )
      }
      next += records.count
      count += records.count
      time += desk.random.between(4_000, 19_000)
    }
    if next > size { next = 1 }
    guard count > 0 else { return }
    desk.happened(
      Happening(
        time: start,
        until: desk.within(time),
        account: account,
        terminal: hand.terminal,
        owner: owner,
        records: RecordRange(first: first, count: count),
        stated: count,
        shown: [.application]
      )
    )
  }
}
