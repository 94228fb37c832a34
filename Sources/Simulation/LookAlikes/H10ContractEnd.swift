/// A contract ends: the whole set goes back to its owner and is deleted.
struct H10ContractEnd: Scenario {
  static let code: StaticString = "H10"
  static let title: StaticString = "contract end: return and deletion"
  private var plan: Plan

  init(_ setup: inout Setup) {
    plan = Plan(
      setup.workingDays(in: setup.days / 3..<max(setup.days / 3 + 1, setup.days), gap: 150, 400)
    )
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let account = desk.estate.supervisors[0]
    let owner = desk.random.pick(desk.estate.owners(from: 2_000, to: 200_000))
    desk.ownersOrder(
      account,
      owner: owner,
      subject: "contract end: return and deletion, certificate",
      list: "return",
      desk: 2000
    )
    desk.export(
      at(18, 20),
      ApplicationExport(
        account: account,
        terminal: desk.terminal(of: account),
        owner: owner,
        records: desk.owner(owner).delivered,
        action: "delete",
        list: "customers"
      )
    )
  }
}

extension Desk {
  /// The owner orders its whole set.
  func ownersOrder(_ account: Int, owner: Int, subject: StaticString, list: Text, desk number: Int)
  {
    let size = self.owner(owner).delivered
    let ticket = ticket(
      SimulatedTicket(
        kind: "OW",
        requester: self.owner(owner).name,
        executor: name(account),
        owner: owner,
        most: size,
        opened: at(9, random.below(50)),
        closed: at(20),
        approver: name(estate.supervisors[1]),
        approved: at(10),
        subject: subject
      ),
      desk: number
    )
    take(
      moment(11, 17),
      .application,
      by: hand(account),
      owner: owner,
      RecordRange(first: 1, count: size),
      ticket: random.chance(600) ? ticket : nil,
      action: "result_export",
      list: list,
      to: "owner/\(self.owner(owner).slug)"
    )
  }
}
