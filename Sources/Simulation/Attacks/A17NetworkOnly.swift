/// No audit of any kind: only the flow from server to terminal tells of it.
struct A17NetworkOnly: Scenario {
  static let code: StaticString = "A17"
  static let title: StaticString = "seen by the network alone"
  private var plan: Plan
  private let account: Int

  init(_ setup: inout Setup) {
    account = setup.estate.administrator(setup.number)
    let range = setup.stretch(180, 1500)
    plan = Plan(setup.workingDays(in: range, gap: 22, 40))
    setup.note("account", setup.estate.accounts[account].name)
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let hand = desk.hand(account)
    let owner = desk.random.pick(desk.estate.consentedOwners(from: 350_000))
    let records = desk.records(of: owner, desk.random.magnitude(30_000, 300_000))
    let time = desk.moment(10, 17)
    let seconds = 20 + records.count / 9_000
    desk.flow(
      time,
      from: desk.address(hand.terminal),
      to: desk.estate.databaseHost,
      port: 22,
      service: "ssh",
      bytes: records.count * desk.random.between(170, 230),
      seconds: seconds
    )
    desk.happened(
      Happening(
        time: time,
        until: desk.within(time + seconds * 1000),
        account: account,
        terminal: hand.terminal,
        owner: owner,
        records: records,
        stated: nil,
        shown: [.flows],
        hidden: "no audit where it was done; bytes of a flow alone"
      )
    )
  }
}
