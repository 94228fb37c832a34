/// A request for disclosure, or of the police: many records without a call, under a case number.
struct H15Disclosure: Scenario {
  static let code: StaticString = "H15"
  static let title: StaticString = "disclosure or police request"
  private var plan: Plan

  init(_ setup: inout Setup) {
    plan = Plan(setup.workingDays(in: 2..<max(3, setup.days), gap: 30, 90))
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let place = desk.estate.supervisors.count - 1
    let account = desk.estate.supervisors[place]
    let terminal = desk.terminal(of: account)
    let owner = desk.random.pick(desk.estate.owners(from: 20_000))
    let count = desk.random.magnitude(50, 2_000)
    desk.ticket(
      SimulatedTicket(
        kind: "CASE",
        requester: desk.owner(owner).name,
        executor: desk.name(account),
        owner: owner,
        most: count,
        opened: at(8, 45),
        closed: at(20),
        approver: desk.name(desk.estate.supervisors[0]),
        approved: at(8, 55),
        subject: "request for disclosure"
      ),
      desk: 2500
    )
    desk.reading(
      from: desk.moment(9, 10),
      hours: 8,
      account: account,
      terminal: terminal,
      owner: owner,
      count: count
    )
  }
}

extension Desk {
  /// Records looked at one by one without a call, and noted.
  func reading(from start: Int, hours: Int, account: Int, terminal: Int, owner: Int, count: Int) {
    let records = records(of: owner, count)
    let step = hours * 3_600_000 / max(1, records.count)
    var time = start
    for customer in records.first...records.last {
      time += step / 2 + random.below(step)
      view(
        within(time),
        account: account,
        terminal: terminal,
        owner: owner,
        customer: customer,
        call: 0,
        size: 1400 + random.below(1024)
      )
    }
    happened(
      Happening(
        time: start,
        until: within(time),
        account: account,
        terminal: terminal,
        owner: owner,
        records: records,
        stated: records.count,
        shown: [.application]
      )
    )
  }
}
