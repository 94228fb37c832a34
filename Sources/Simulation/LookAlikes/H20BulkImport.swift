/// Updates come in by the hundred thousand: written, not read.
struct H20BulkImport: Scenario {
  static let code: StaticString = "H20"
  static let title: StaticString = "bulk import of updates"
  private var plan: Plan

  init(_ setup: inout Setup) {
    plan = Plan(setup.workingDays(in: 1..<max(2, setup.days), gap: 10, 20))
  }

  mutating func act(_ desk: Desk) {
    guard let turn = plan.turn(on: desk.day.index) else { return }
    let owner = desk.random.pick(desk.estate.consentedOwners(from: 40_000))
    let count = min(desk.random.magnitude(10_000, 500_000), desk.owner(owner).delivered)
    let records = desk.records(of: owner, count)
    let isApplication = turn % 2 == 0
    let account =
      isApplication ? desk.estate.supervisors[0] : desk.estate.databaseAdministrators[0]
    let hand = desk.hand(account)
    let time = desk.moment(19, 21)
    if isApplication {
      desk.carry(
        time,
        .application,
        by: hand,
        owner: owner,
        records,
        action: "import",
        list: "customers"
      )
    } else {
      let table = desk.owner(owner).table
      var session = DatabaseSession(
        desk,
        time,
        account: account,
        terminal: hand.terminal,
        program: "psql"
      )
      session.run("WRITE", "COPY", "copy \(table) from stdin with csv header")
      session.run(
        "WRITE",
        "UPDATE",
        "update \(table) set updated_at = now() where updated_at is null",
        rows: count,
        relations: [("TABLE", table)]
      )
      session.close()
    }
    desk.happened(
      Happening(
        time: time,
        account: account,
        terminal: hand.terminal,
        owner: owner,
        records: records,
        stated: count,
        shown: [isApplication ? .application : .database]
      )
    )
  }
}
