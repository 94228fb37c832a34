/// The month's results go to their owner, on its order.
struct H09MonthEnd: Scenario {
  static let code: StaticString = "H9"
  static let title: StaticString = "month-end result to the owner"

  init(_ setup: inout Setup) {}

  mutating func act(_ desk: Desk) {
    guard desk.day.isMonthEnd else { return }
    let account = desk.estate.supervisors[0]
    for owner in desk.estate.owners(from: 60_000) {
      let size = desk.owner(owner).delivered
      let count = min(500_000, max(5_000, size / desk.random.between(8, 16)))
      let ticket = desk.ticket(
        SimulatedTicket(
          kind: "ME",
          requester: desk.owner(owner).name,
          executor: desk.name(account),
          owner: owner,
          most: (count / 1000 + 2) * 1000,
          opened: at(8),
          closed: at(21),
          approver: desk.name(desk.estate.supervisors[1]),
          approved: at(8, 30),
          subject: "month-end result"
        ),
        desk: 1900 + owner
      )
      desk.take(
        desk.moment(15, 20),
        .application,
        by: desk.hand(account),
        owner: owner,
        desk.records(of: owner, count),
        ticket: ticket,
        action: "result_export",
        list: "result-\(desk.dateText)",
        to: "owner/\(desk.owner(owner).slug)"
      )
    }
  }
}
