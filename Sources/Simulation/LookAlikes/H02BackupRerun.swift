/// The backup failed at night; it is run again by day, with a ticket.
struct H02BackupRerun: Scenario {
  static let code: StaticString = "H2"
  static let title: StaticString = "backup run again after a failure"
  private var plan: Plan

  init(_ setup: inout Setup) {
    plan = Plan(setup.workingDays(in: 1..<max(2, setup.days), gap: 60, 150))
  }

  mutating func act(_ desk: Desk) {
    guard plan.turn(on: desk.day.index) != nil else { return }
    let estate = desk.estate
    let table = desk.owner(estate.owners.count - 1).table
    var failed = DatabaseSession(
      desk,
      at(4, 20),
      account: estate.backup,
      terminal: estate.databaseHost,
      program: "pg_dump"
    )
    failed.fail(
      "COPY \(table) (id, name) TO stdout;",
      "could not write block 4711 of temporary file: No space left on device",
      state: "53100"
    )
    failed.close(flow: false)
    desk.syslog(
      at(4, 24),
      desk.host(estate.databaseHost),
      "backup[4711]",
      "nightly backup FAILED, exit status 1"
    )
    desk.instructionsForAll(
      to: estate.backup,
      opened: at(9, 5),
      closed: at(16),
      subject: "backup run again after failure",
      desk: 1200
    )
    desk.dumpEstate(
      desk.moment(10, 12),
      Hand(account: estate.backup, terminal: estate.databaseHost)
    )
  }
}
