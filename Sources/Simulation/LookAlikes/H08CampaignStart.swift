/// A campaign begins: many lists in a few days, drawn by supervisors on the campaign's record.
struct H08CampaignStart: Scenario {
  static let code: StaticString = "H8"
  static let title: StaticString = "campaign start"
  private let starts: [Int]

  init(_ setup: inout Setup) {
    starts = setup.workingDays(in: 3..<max(4, setup.days), gap: 60, 120)
    setup.note("campaigns", starts.count)
  }

  mutating func act(_ desk: Desk) {
    let index = desk.day.index
    guard desk.day.isWorking, starts.contains(where: { (0..<3).contains(index - $0) }) else {
      return
    }
    let owner = desk.random.pick(desk.estate.owners(from: 350_000))
    for turn in 0..<desk.random.between(5, 20) {
      let place = turn % desk.estate.supervisors.count
      desk.campaignList(
        supervisor: place,
        owner: owner,
        count: desk.random.between(10_000, 100_000),
        time: desk.moment(9, 19),
        desk: 1800 + turn
      )
    }
  }
}

extension Desk {
  /// A list drawn by a supervisor with a campaign's ticket.
  func campaignList(supervisor place: Int, owner: Int, count: Int, time: Int, desk number: Int) {
    let account = estate.supervisors[place]
    let records = records(of: owner, min(count, self.owner(owner).delivered / 4))
    let approver = estate.supervisors[(place + 1) % estate.supervisors.count]
    let ticket = ticket(
      SimulatedTicket(
        kind: "CL",
        requester: estate.contractor,
        executor: name(account),
        owner: owner,
        most: (records.count / 1000 + 1) * 1000,
        opened: at(8, 30) - SimulatedDay.milliseconds,
        closed: at(21),
        approver: name(approver),
        approved: at(17) - SimulatedDay.milliseconds,
        subject: "campaign list"
      ),
      desk: number
    )
    take(
      time,
      .application,
      by: hand(account),
      owner: owner,
      records,
      ticket: random.chance(400) ? ticket : nil,
      action: "list_extract",
      list: ticket.text
    )
  }
}
