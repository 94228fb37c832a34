/// A restore is tested on another host, as an approved change.
struct H03RestoreTest: Scenario {
  static let code: StaticString = "H3"
  static let title: StaticString = "restore test to another host"
  private var plan: Plan

  init(_ setup: inout Setup) {
    plan = Plan(setup.workingDays(in: 2..<max(3, setup.days), gap: 80, 110))
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let executor = desk.estate.databaseAdministrators[0]
    desk.instructionsForAll(
      to: executor,
      opened: at(9),
      closed: at(20),
      subject: "restore test, change approved",
      desk: 1300
    )
    desk.dumpEstate(
      desk.moment(13, 15),
      Hand(account: executor, terminal: desk.estate.testHost)
    )
  }
}
