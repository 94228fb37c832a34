/// An owner asks for its full list, to clean it.
struct H11OwnersFullList: Scenario {
  static let code: StaticString = "H11"
  static let title: StaticString = "owner asks for its full list"
  private var plan: Plan

  init(_ setup: inout Setup) {
    plan = Plan(setup.workingDays(in: 4..<max(5, setup.days), gap: 40, 110))
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let place = desk.estate.supervisors.count > 2 ? 2 : 0
    desk.ownersOrder(
      desk.estate.supervisors[place],
      owner: desk.random.pick(Array(desk.estate.owners.indices)),
      subject: "full list for cleansing",
      list: "full",
      desk: 2100
    )
  }
}
