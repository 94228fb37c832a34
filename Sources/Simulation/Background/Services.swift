/// Programs by the clock: the nightly dumps, reports, the pool of the application, the hosts.
struct Services {
  func act(_ desk: Desk) {
    desk.seat("services", 0)
    Self.dump(desk, at(2, 0, desk.random.between(1, 50)))
    telephony(desk)
    reports(desk)
    desk.seat("hosts", 0)
    hosts(desk)
    if desk.day.weekday == 0, desk.day.day <= 7 {
      desk.seat("media", 0)
      media(desk)
    }
  }

  /// `pg_dump` of everything by the backup account, then its copy to the backup host.
  static func dump(_ desk: Desk, _ time: Int) {
    var session = DatabaseSession(
      desk,
      time,
      account: desk.estate.backup,
      terminal: desk.estate.databaseHost,
      program: "pg_dump"
    )
    preamble(&session, desk, Array(desk.estate.owners.indices))
    for owner in desk.estate.owners.indices { session.copyTable(owner, dump: true) }
    session.run("READ", "COPY", "COPY ops.call_stats (day, owner, calls, reached) TO stdout;")
    session.close(flow: false)
    desk.flow(
      session.time,
      from: desk.address(desk.estate.databaseHost),
      to: desk.estate.backupHost,
      port: 873,
      service: "rsync",
      bytes: session.sent / 4,
      seconds: 240,
      upload: true
    )
  }

  /// What pg_dump does before it copies.
  static func preamble(_ session: inout DatabaseSession, _ desk: Desk, _ owners: [Int]) {
    session.run(
      "READ",
      "SELECT",
      "SELECT pg_catalog.set_config('search_path', '', false);",
      rows: 1
    )
    session.run("MISC", "SET", "SET row_security = off")
    session.run("MISC", "BEGIN", "BEGIN")
    session.run("MISC", "SET", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    session.run(
      "READ",
      "SELECT",
      "SELECT c.tableoid, c.oid, c.relname\nFROM pg_catalog.pg_class c\nWHERE c.relkind IN ('r', 'S', 'v')\nORDER BY c.oid",
      rows: 143,
      relations: [("TABLE", "pg_catalog.pg_class")]
    )
    var names: Text = ""
    for owner in owners {
      names = names.isEmpty ? desk.owner(owner).table : "\(names), \(desk.owner(owner).table)"
    }
    session.run("MISC", "LOCK TABLE", "LOCK TABLE \(names) IN ACCESS SHARE MODE")
  }

  private func telephony(_ desk: Desk) {
    for hour in 9..<21 {
      desk.telephony(
        at(hour, 5, desk.random.below(10)),
        account: desk.estate.report,
        terminal: desk.estate.reportHost,
        [
          (
            "call_history",
            "select owner, count(*)\nfrom call_history\nwhere started >= now() - interval 1 hour and state = 'done'\ngroup by owner"
          )
        ]
      )
    }
    desk.telephony(
      at(3, 10, desk.random.below(10)),
      account: desk.estate.backup,
      terminal: desk.estate.backupHost,
      [
        ("", "LOCK TABLES `call_history` READ /*!32311 LOCAL */"),
        (
          "call_history",
          "SELECT /*!40001 SQL_NO_CACHE */ `id`, `tel`, `owner`, `started`, `state` FROM `call_history`"
        ),
      ]
    )
  }

  private func reports(_ desk: Desk) {
    var session = DatabaseSession(
      desk,
      at(5, 30, desk.random.below(20)),
      account: desk.estate.report,
      terminal: desk.estate.reportHost,
      program: "report-batch"
    )
    session.run(
      "READ",
      "SELECT",
      "select owner, count(*) as calls,\n       sum(reached) as reached\nfrom ops.call_stats\nwhere day = current_date - 1\ngroup by owner",
      rows: desk.estate.owners.count,
      relations: [("TABLE", "ops.call_stats")]
    )
    session.close()
    for hour in stride(from: 0, to: 24, by: 6) {
      desk.server(at(hour, 15, 2), "checkpoint starting: time", turn: hour / 3)
      desk.server(
        at(hour, 19, 31),
        "checkpoint complete: wrote \(desk.random.between(200, 4000)) buffers (1.9%); 0 WAL file(s) added, 0 removed, 2 recycled",
        turn: hour / 3 + 1
      )
      // The application's own account is not audited: the application audits itself.
      var pool = DatabaseSession(
        desk,
        at(hour, 20),
        account: desk.estate.application,
        terminal: desk.estate.applicationHost,
        program: "crm-app"
      )
      pool.close()
    }
  }

  private func hosts(_ desk: Desk) {
    for account in desk.estate.administrators {
      let terminal = desk.terminal(of: account)
      desk.syslog(
        at(6, 25, desk.random.below(50)),
        desk.host(terminal),
        "CRON[\(desk.random.between(900, 9_000))]",
        "(root) CMD (test -x /usr/sbin/anacron || run-parts /etc/cron.daily)"
      )
      if desk.random.chance(20) {
        desk.syslog(
          desk.moment(9, 17),
          desk.host(terminal),
          "kernel",
          "[\(desk.random.between(900, 9_000)).421337] usb 1-3: Product: USB Optical Mouse"
        )
      }
    }
    desk.execution(
      at(2, 1),
      at: desk.estate.databaseHost,
      account: desk.estate.backup,
      ["/usr/bin/pg_dump", "-Fc", "-f", "/backup/crm.dump", "crm"]
    )
    desk.syslog(
      at(0, 0, 7),
      desk.host(desk.estate.databaseHost),
      "rsyslogd",
      "[origin software=\"rsyslogd\" swVersion=\"8.2302.0\"] rsyslogd was HUPed"
    )
  }

  /// The month's results go to three owners on registered media.
  private func media(_ desk: Desk) {
    let time = at(21, desk.random.below(40))
    let owner = desk.random.pick(desk.estate.owners(from: 40_000))
    var session = DatabaseSession(
      desk,
      time,
      account: desk.estate.media,
      terminal: desk.estate.mediaHost,
      program: "media-job"
    )
    session.copyQuery(
      owner,
      rows: desk.random.between(2_000, desk.owner(owner).delivered / 12),
      where: "result_month = date_trunc('month', now())"
    )
    session.close()
    desk.stick(
      session.time + 90_000,
      at: desk.estate.mediaHost,
      product: "Company Data Carrier",
      serial: "REG-0007"
    )
    desk.execution(
      desk.within(session.time + 200_000),
      at: desk.estate.mediaHost,
      account: desk.estate.media,
      ["/usr/bin/cp", "/srv/media/result.csv", "/media/carrier/"]
    )
  }
}
