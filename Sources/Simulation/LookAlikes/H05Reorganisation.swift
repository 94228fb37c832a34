/// VACUUM, REINDEX, integrity checks: all is read, nothing leaves.
struct H05Reorganisation: Scenario {
  static let code: StaticString = "H5"
  static let title: StaticString = "VACUUM, REINDEX, integrity check"

  init(_ setup: inout Setup) {}

  mutating func act(_ desk: Desk) {
    guard desk.day.weekday == 5 else { return }
    let account = desk.estate.databaseAdministrators[0]
    let terminal = desk.terminal(of: account)
    let time = at(22, 5)
    var session = DatabaseSession(desk, time, account: account, terminal: terminal, program: "psql")
    for owner in desk.estate.owners {
      session.run("MISC", "VACUUM", "vacuum (analyze) \(owner.table)")
    }
    session.run("MISC", "REINDEX", "reindex schema ops")
    session.run(
      "READ",
      "SELECT",
      "select bt_index_check(c.oid) from pg_class c where c.relkind = 'i'",
      rows: 61,
      relations: [("TABLE", "pg_catalog.pg_class")]
    )
    session.close()
    desk.wholeEstate(time, Hand(account: account, terminal: terminal))
  }
}
