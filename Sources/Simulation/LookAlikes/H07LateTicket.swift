/// The same, but the ticket is entered afterwards, within 24 hours.
struct H07LateTicket: Scenario {
  static let code: StaticString = "H7"
  static let title: StaticString = "support with a ticket entered afterwards"
  private var plan: Plan

  init(_ setup: inout Setup) {
    plan = Plan(setup.workingDays(in: 1..<max(2, setup.days), gap: 20, 60))
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let account = desk.random.pick(desk.estate.administrators)
    let owner = desk.random.pick(desk.estate.consentedOwners(from: 20_000))
    let count = desk.random.magnitude(200, min(50_000, desk.owner(owner).delivered / 4))
    let time = desk.moment(13, 17)
    desk.ticket(
      SimulatedTicket(
        requester: desk.estate.contractor,
        executor: desk.name(account),
        owner: owner,
        most: count + 200,
        opened: time + desk.random.between(at(1), at(6)),
        closed: at(18) + SimulatedDay.milliseconds,
        approver: desk.name(desk.estate.supervisors[1]),
        approved: time + desk.random.between(at(7), at(20)),
        subject: "urgent, entered afterwards"
      ),
      desk: 1700
    )
    desk.take(
      time,
      desk.random.pick([.application, .query]),
      by: desk.hand(account),
      owner: owner,
      desk.records(of: owner, count),
      list: "support"
    )
  }
}
