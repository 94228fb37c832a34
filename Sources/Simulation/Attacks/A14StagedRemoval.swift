/// Many small exports over weeks, gathered; then one large write to a stick nobody registered.
struct A14StagedRemoval: Scenario {
  static let code: StaticString = "A14"
  static let title: StaticString = "staged, then carried away"
  private var plan: Plan
  private let account: Int
  private let size: Int
  private let exports: Int
  private var gathered = 0

  init(_ setup: inout Setup) {
    account = setup.estate.administrator(setup.number)
    size = setup.random.between(400, 3_000)
    exports = setup.random.between(16, 24)
    let range = setup.stretch(60, 700)
    plan = Plan(setup.workingDays(in: range, gap: 1, 2))
    setup.note("account", setup.estate.accounts[account].name)
    setup.note("records_an_export", size)
    setup.note("exports_before_a_removal", exports)
  }

  mutating func act(_ desk: Desk) {
    guard let turn = plan.turn(on: desk.day.index) else { return }
    let isLast = turn == plan.days.count - 1
    // A round of exports, the removal, then a pause as long.
    let round = turn % (exports * 2)
    guard round < exports || isLast else { return }
    let hand = desk.hand(account)
    var end = desk.officeTime()
    if round < exports {
      let owner = desk.random.pick(desk.estate.consentedOwners(from: 20_000))
      let count = desk.random.between(size / 2, size * 3 / 2)
      end = desk.take(end, .application, by: hand, owner: owner, desk.records(of: owner, count))
      gathered += count
    }
    guard round == exports - 1 || isLast, gathered > 0 else { return }
    desk.execution(
      desk.within(end + 400_000),
      at: hand.terminal,
      account: account,
      ["/usr/bin/7z", "a", "-mhe=on", "/var/tmp/notes.7z", "/var/tmp/work files"]
    )
    desk.stick(
      desk.within(end + 800_000),
      at: hand.terminal,
      product: "DataTraveler 3.0",
      serial: "E0D55EA573DCF450"
    )
    desk.execution(
      desk.within(end + 900_000),
      at: hand.terminal,
      account: account,
      ["/usr/bin/cp", "/var/tmp/notes.7z", "/media/usb0/"]
    )
    gathered = 0
  }
}
