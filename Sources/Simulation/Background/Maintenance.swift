/// What administrators do all day: logons, checks, counts, single rows; tickets without customer data.
struct Maintenance {
  func act(_ desk: Desk) {
    guard desk.day.isWorking else { return }
    for (place, account) in desk.estate.administrators.enumerated() {
      desk.seat("administrator", place)
      if desk.random.chance(750) { work(desk, account) }
    }
    for (place, account) in desk.estate.shared.enumerated() {
      desk.seat("shared", place)
      if desk.random.chance(450) { shared(desk, account) }
    }
    for (place, account) in desk.estate.databaseAdministrators.enumerated() {
      desk.seat("dba", place)
      if desk.random.chance(500) { database(desk, account) }
    }
    desk.seat("tickets", 0)
    tickets(desk)
  }

  private func work(_ desk: Desk, _ account: Int) {
    let terminal = desk.terminal(of: account)
    desk.logon(
      desk.moment(9, 10),
      at: terminal,
      account: account,
      from: "192.0.2.\(desk.random.between(101, 106))"
    )
    if desk.random.chance(500) {
      let time = desk.moment(10, 17)
      desk.sudo(time, at: terminal, account: account, "/usr/bin/apt-get update")
      desk.execution(time + 40, at: terminal, account: account, ["/usr/bin/apt-get", "update"])
    }
    for _ in 0..<desk.random.below(4) {
      desk.execution(
        desk.moment(10, 18),
        at: terminal,
        account: account,
        desk.random.pick([
          ["/usr/bin/less", "/var/log/syslog"], ["/usr/bin/ssh", "app01"],
          ["/usr/bin/grep", "-n", "timeout error", "/var/log/app.log"],
        ])
      )
    }
    guard desk.random.chance(600) else { return }
    var session = DatabaseSession(
      desk,
      desk.moment(10, 17),
      account: account,
      terminal: terminal,
      program: "psql"
    )
    session.run(
      "READ",
      "SELECT",
      "select pid, state, query from pg_stat_activity",
      rows: 9,
      relations: [("VIEW", "pg_catalog.pg_stat_activity")]
    )
    for _ in 0..<desk.random.between(1, 3) { probe(desk, &session) }
    session.close()
  }

  /// A count or a few rows.
  private func probe(_ desk: Desk, _ session: inout DatabaseSession) {
    let owner = desk.random.pick(desk.estate.consentedOwners(from: 2_000))
    let table = desk.owner(owner).table
    let number = desk.random.below(9_999)
    switch desk.random.below(4) {
    case 0:
      session.run(
        "READ",
        "SELECT",
        "select count(*) from \(table)",
        rows: 1,
        relations: [("TABLE", table)]
      )
    case 1: session.select(owner, rows: 1, where: "id = \(1 + number % 900)")
    case 2:
      session.select(
        owner,
        rows: desk.random.between(0, 6),
        where: "postcode = '0\(number, digits: 6)' -- as the \"form\" shows it, all of it"
      )
    default:
      // A join of three relations: three lines of one statement.
      session.run(
        "READ",
        "SELECT",
        "select s.owner, p.name, count(*)\nfrom ops.call_stats s\n  join ops.campaigns c using (campaign_id)\n  join ops.plans p using (plan_id)\ngroup by 1, 2",
        rows: 62,
        relations: [
          ("TABLE", "ops.call_stats"), ("TABLE", "ops.campaigns"), ("TABLE", "ops.plans"),
        ]
      )
    }
  }

  /// Ordinary use of a shared account, from one of its people's terminals.
  private func shared(_ desk: Desk, _ account: Int) {
    let user = desk.random.pick(desk.estate.administrators)
    var session = DatabaseSession(
      desk,
      desk.moment(10, 17),
      account: account,
      terminal: desk.terminal(of: user),
      program: "psql"
    )
    session.run(
      "READ",
      "SELECT",
      "select datname, numbackends from pg_stat_database",
      rows: 3,
      relations: [("VIEW", "pg_catalog.pg_stat_database")]
    )
    session.run("MISC", "SHOW", "show work_mem")
    session.close()
  }

  private func database(_ desk: Desk, _ account: Int) {
    let terminal = desk.terminal(of: account)
    var session = DatabaseSession(
      desk,
      desk.moment(10, 17),
      account: account,
      terminal: terminal,
      program: "psql"
    )
    session.run(
      "READ",
      "SELECT",
      "select relname, n_dead_tup from pg_stat_user_tables",
      rows: 31,
      relations: [("VIEW", "pg_catalog.pg_stat_user_tables")]
    )
    if desk.random.chance(250) {
      session.selectView("ops.v_calls", over: ["ops.call_stats", "ops.plans"], rows: 48)
    }
    if desk.random.chance(300) {
      session.fail(
        "select day, sum(calls) from ops.call_stats group by day",
        "canceling statement due to statement timeout",
        state: "57014"
      )
    }
    session.close()
    if desk.random.chance(300) {
      desk.telephony(
        desk.moment(14, 16),
        account: account,
        terminal: terminal,
        [("", "show full processlist"), ("", "show engine innodb status")]
      )
    }
  }

  /// Two to eight a week that touch no customer data.
  private func tickets(_ desk: Desk) {
    let subjects: [StaticString] = ["printer driver", "password reset", "shift screen slow"]
    for turn in 0..<desk.random.below(3) {
      desk.instruction(
        to: desk.random.pick(desk.estate.administrators),
        owner: nil,
        most: 0,
        opened: at(9, desk.random.below(59)),
        closed: at(18),
        subject: desk.random.pick(subjects),
        desk: turn
      )
    }
  }
}
