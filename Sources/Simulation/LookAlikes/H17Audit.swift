/// An audit, or work on an incident: a registered investigation reads much, even all of an owner.
struct H17Audit: Scenario {
  static let code: StaticString = "H17"
  static let title: StaticString = "audit or incident work"
  private var plan: Plan

  init(_ setup: inout Setup) {
    plan = Plan(setup.workingDays(in: 5..<max(6, setup.days), gap: 80, 160))
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let account = desk.estate.databaseAdministrators[1]
    let owner = desk.random.pick(desk.estate.consentedOwners(from: 20_000))
    let size = desk.owner(owner).delivered
    let isWhole = desk.random.chance(300)
    let count = isWhole ? size : min(size, desk.random.magnitude(10_000, 200_000))
    desk.ticket(
      SimulatedTicket(
        kind: "INV",
        requester: desk.estate.contractor,
        executor: desk.name(account),
        owner: owner,
        most: count,
        opened: at(9),
        closed: at(19),
        approver: desk.name(desk.estate.supervisors[0]),
        approved: at(9, 20),
        subject: "registered investigation"
      ),
      desk: 2700
    )
    desk.take(
      desk.moment(10, 16),
      .range,
      by: desk.hand(account),
      owner: owner,
      desk.records(of: owner, count)
    )
  }
}
