/// One export that fails and is repeated, again and again: many lines, the same records.
struct H18RetryStorm: Scenario {
  static let code: StaticString = "H18"
  static let title: StaticString = "retry storm"
  private var plan: Plan

  init(_ setup: inout Setup) {
    plan = Plan(setup.workingDays(in: 3..<max(4, setup.days), gap: 50, 120))
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let place = desk.random.below(desk.estate.supervisors.count)
    let account = desk.estate.supervisors[place]
    let owner = desk.random.pick(desk.estate.owners(from: 350_000))
    let records = desk.records(of: owner, desk.random.between(40_000, 60_000))
    let ticket = desk.ticket(
      SimulatedTicket(
        kind: "CL",
        requester: desk.estate.contractor,
        executor: desk.name(account),
        owner: owner,
        most: (records.count / 1000 + 1) * 1000,
        opened: at(9, 1) - SimulatedDay.milliseconds,
        closed: at(20),
        approver: desk.name(desk.estate.supervisors[(place + 1) % desk.estate.supervisors.count]),
        approved: at(16) - SimulatedDay.milliseconds,
        subject: "campaign list"
      ),
      desk: 2800
    )
    var time = desk.moment(10, 16)
    let start = time
    let tries = desk.random.between(3, 9)
    for turn in 0..<tries {
      let isLast = turn == tries - 1
      desk.export(
        time,
        ApplicationExport(
          account: account,
          terminal: desk.terminal(of: account),
          owner: owner,
          records: records.count,
          action: "list_extract",
          list: ticket.text,
          ticket: ticket,
          result: isLast || turn % 2 == 0 ? "ok" : "failed"
        )
      )
      time = desk.later(time, 20, 240)
    }
    desk.happened(
      Happening(
        time: start,
        until: time,
        account: account,
        terminal: desk.terminal(of: account),
        owner: owner,
        records: records,
        stated: records.count * tries,
        shown: [.application]
      )
    )
  }
}
