/// Supervisors: their lists for campaigns, weekly to monthly, on a campaign's ticket.
struct Supervisors {
  func act(_ desk: Desk) {
    for (place, account) in desk.estate.supervisors.enumerated() {
      // On days off one of them is there, in turn.
      let isOnDuty =
        desk.day.isWorking || desk.day.number % desk.estate.supervisors.count == place
      guard isOnDuty else { continue }
      desk.seat("supervisor", place)
      presence(desk, account)
      // From weekly to monthly, as each has it.
      let rhythm = 200 / (1 + place % 4)
      if desk.day.isWorking, desk.random.chance(rhythm) { Self.list(desk, account, place) }
    }
  }

  private func presence(_ desk: Desk, _ account: Int) {
    let terminal = desk.terminal(of: account)
    let login = desk.moment(8, 9)
    desk.applicationAct(login, account: account, terminal: terminal, "login")
    desk.web(desk.later(login, 5, 60), account: account, terminal: terminal, "/menu", bytes: 5120)
    let pages: [Text] = ["/shift", "/progress", "/help/scripts"]
    for _ in 0..<desk.random.between(2, 6) {
      desk.web(
        desk.moment(9, 18),
        account: account,
        terminal: terminal,
        desk.random.pick(pages),
        bytes: desk.random.between(7_000, 25_000)
      )
    }
    desk.applicationAct(desk.moment(18, 19), account: account, terminal: terminal, "logout")
  }

  /// A campaign's list of 1,000 … 100,000 rows, through the application or the portal.
  static func list(_ desk: Desk, _ account: Int, _ place: Int) {
    let owner = desk.random.pick(desk.estate.owners(from: 21_000))
    let most = min(100_000, desk.owner(owner).delivered / 10)
    let rows = desk.random.magnitude(1_000, most)
    let time = desk.moment(10, 17)
    let approver = desk.estate.supervisors[(place + 1) % desk.estate.supervisors.count]
    let number = desk.ticket(
      SimulatedTicket(
        kind: "CL",
        requester: desk.estate.contractor,
        executor: desk.name(account),
        owner: owner,
        most: (rows * 3 / 2 / 1000 + 1) * 1000,
        opened: at(9, 30) - SimulatedDay.milliseconds,
        closed: at(20),
        approver: desk.name(approver),
        approved: at(17, 30) - SimulatedDay.milliseconds,
        subject: "campaign list"
      ),
      desk: 100 + place
    )
    let terminal = desk.terminal(of: account)
    if desk.random.chance(700) {
      desk.export(
        time,
        ApplicationExport(
          account: account,
          terminal: terminal,
          owner: owner,
          records: rows,
          action: "list_extract",
          list: number.text,
          ticket: desk.random.chance(400) ? number : nil
        )
      )
    } else {
      desk.download(
        time,
        account: account,
        terminal: terminal,
        owner: owner,
        list: number.text,
        records: rows
      )
    }
  }
}
