/// A rightful job leaves a copy in a shared folder; it is taken from there, with a pause of months after
/// an inquiry, and then again.
struct A18WeakCopy: Scenario {
  static let code: StaticString = "A18"
  static let title: StaticString = "weak copy; stop and resume"
  private var plan: Plan
  private let account: Int
  private let owner: Int

  init(_ setup: inout Setup) {
    let estate = setup.estate
    account = estate.administrator(setup.number)
    owner = setup.random.pick(estate.consentedOwners(from: 150_000))
    let range = setup.stretch(240, 1800)
    // An inquiry in the middle; after it a quarter of the time nothing.
    let inquiry = range.lowerBound + range.count * 2 / 5
    let pause = inquiry..<inquiry + max(1, min(300, range.count / 4))
    let before = setup.workingDays(
      in: range.lowerBound..<max(range.lowerBound + 1, inquiry),
      gap: 18,
      40
    )
    let after =
      pause.upperBound < range.upperBound
      ? setup.workingDays(in: pause.upperBound..<range.upperBound, gap: 18, 40) : []
    plan = Plan(before + after)
    setup.note("account", estate.accounts[account].name)
    setup.note("inquiry", SimulatedDay.date(setup.first + inquiry))
    setup.note("resumes_after", SimulatedDay.date(setup.first + pause.upperBound))
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let files = desk.estate.fileHost
    let count = min(desk.random.magnitude(50_000, 400_000), desk.owner(owner).delivered)
    let records = desk.records(of: owner, count)
    // The rightful part: the report job's weekly extract, by the clock.
    var job = DatabaseSession(
      desk,
      at(6, 10),
      account: desk.estate.report,
      terminal: desk.estate.reportHost,
      program: "report-batch"
    )
    job.copyQuery(owner, rows: count, where: "id between \(records.first) and \(records.last)")
    job.close()
    let hand = desk.hand(account)
    let time = desk.moment(10, 17)
    let path: Text = "/srv/share/reports/\(desk.owner(owner).slug)-\(desk.dateText).csv"
    desk.opening(time, at: files, account: account, tool: "smbd", path: path, key: "share")
    desk.flow(
      time,
      from: desk.address(hand.terminal),
      to: files,
      port: 445,
      service: "smb",
      bytes: count * 187,
      seconds: 15 + count / 30_000
    )
    if desk.random.chance(500) {
      desk.carryAway(after: time, at: hand.terminal, serial: "07086B2F5A1C")
    }
    desk.happened(
      Happening(
        time: time,
        account: account,
        terminal: hand.terminal,
        owner: owner,
        records: records,
        stated: nil,
        shown: [.audit, .flows],
        hidden: "taken from a copy: the file's opening and a flow alone"
      )
    )
  }
}
