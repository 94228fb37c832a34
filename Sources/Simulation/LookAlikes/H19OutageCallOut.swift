/// An outage: everybody in the area is called, on an event and a campaign of the same hour.
struct H19OutageCallOut: Scenario {
  static let code: StaticString = "H19"
  static let title: StaticString = "outage call-out of an area"
  private var plan: Plan

  init(_ setup: inout Setup) {
    plan = Plan(setup.workingDays(in: 6..<max(7, setup.days), gap: 60, 200))
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let place = desk.random.below(desk.estate.supervisors.count)
    let account = desk.estate.supervisors[place]
    let owner = desk.random.pick(desk.estate.owners(from: 1_000_000))
    let count = min(desk.random.magnitude(10_000, 500_000), desk.owner(owner).delivered)
    let time = desk.moment(6, 22)
    desk.ticket(
      SimulatedTicket(
        kind: "EV",
        requester: desk.owner(owner).name,
        executor: desk.name(account),
        owner: owner,
        most: count + count / 10,
        opened: time - 1_500_000,
        closed: time + at(8),
        approver: desk.name(desk.estate.supervisors[(place + 1) % desk.estate.supervisors.count]),
        approved: time - 600_000,
        subject: "outage call-out"
      ),
      desk: 2900
    )
    desk.take(
      time,
      .application,
      by: desk.hand(account),
      owner: owner,
      desk.records(of: owner, count),
      action: "list_extract",
      list: "outage"
    )
  }
}
