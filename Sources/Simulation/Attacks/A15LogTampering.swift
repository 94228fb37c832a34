/// A taking a month, and each time something about the logs: lines taken out, audit stopped, the clock
/// stepped, a day's file gone.
struct A15LogTampering: Scenario {
  static let code: StaticString = "A15"
  static let title: StaticString = "log tampering"
  private var plan: Plan
  private let days: [Int]
  private let account: Int

  init(_ setup: inout Setup) {
    account = setup.estate.administrator(setup.number)
    let range = setup.stretch(180, 1500)
    days = setup.workingDays(in: range, gap: 24, 38)
    plan = Plan(days)
    setup.note("account", setup.estate.accounts[account].name)
  }

  /// Every fourth time the day of the hosts' syslog and of the audit is gone.
  func losses(on index: Int) -> [LogSource] {
    guard let turn = days.firstIndex(of: index), turn % 4 == 3 else { return [] }
    return [.hosts, .audit]
  }

  mutating func act(_ desk: Desk) {
    guard let turn = plan.turn(on: desk.day.index) else { return }
    let hand = desk.hand(account)
    let owner = desk.random.pick(desk.estate.consentedOwners(from: 150_000))
    let records = desk.records(of: owner, desk.random.between(50_000, 150_000))
    let time = desk.moment(10, 16)
    switch turn % 4 {
    case 0: erase(desk, time, hand, owner, records)
    case 1: stopAudit(desk, time, hand, owner, records)
    case 2: stepClock(desk, time, hand, owner, records)
    default: desk.take(time, .query, by: hand, owner: owner, records)
    }
  }

  /// The session stays in the log, its statement does not: line numbers jump.
  private func erase(_ desk: Desk, _ time: Int, _ hand: Hand, _ owner: Int, _ records: RecordRange)
  {
    var session = DatabaseSession(
      desk,
      time,
      account: hand.account,
      terminal: hand.terminal,
      program: "psql"
    )
    let begin = session.time
    session.isErased = true
    session.copyQuery(owner, rows: records.count, where: "id >= \(records.first)")
    session.isErased = false
    let end = session.time
    session.close()
    // The serials of the tools' own events are gone as well.
    desk.execution(
      desk.within(end + 500_000),
      at: hand.terminal,
      account: hand.account,
      ["/usr/bin/less", "/etc/hosts"],
      hole: desk.random.between(2, 9)
    )
    tell(desk, begin, end, hand, owner, records, "its lines were taken out of the database's log")
  }

  /// `pgaudit.log` set to none for the session, auditd stopped meanwhile.
  private func stopAudit(
    _ desk: Desk,
    _ time: Int,
    _ hand: Hand,
    _ owner: Int,
    _ records: RecordRange
  ) {
    desk.sudo(
      time - 90_000,
      at: hand.terminal,
      account: hand.account,
      "/usr/bin/systemctl stop auditd"
    )
    desk.auditDaemon(
      time - 89_000,
      at: hand.terminal,
      "DAEMON_END",
      "op=terminate auid=\(hand.account + 1000) uid=0 ses=3 pid=1 subj=unconfined res=success"
    )
    desk.syslog(
      time - 89_000,
      desk.host(hand.terminal),
      "auditd[611]",
      "The audit daemon is exiting."
    )
    var session = DatabaseSession(
      desk,
      time,
      account: hand.account,
      terminal: hand.terminal,
      program: "psql"
    )
    let begin = session.time
    session.run("MISC", "SET", "set pgaudit.log = 'none'")
    session.isUnaudited = true
    session.copyQuery(owner, rows: records.count, where: "id >= \(records.first)")
    let end = session.time
    session.close()
    desk.syslog(
      end + 60_000,
      desk.host(hand.terminal),
      "auditd[2211]",
      "Init complete, auditd 3.0.9 listening for events"
    )
    tell(desk, begin, end, hand, owner, records, "audit was switched off in the session")
  }

  /// The terminal's clock goes back a day for the stick; the database's own clock does not.
  private func stepClock(
    _ desk: Desk,
    _ time: Int,
    _ hand: Hand,
    _ owner: Int,
    _ records: RecordRange
  ) {
    let host = desk.host(hand.terminal)
    desk.sudo(
      time - 60_000,
      at: hand.terminal,
      account: hand.account,
      "/usr/bin/timedatectl set-ntp off"
    )
    desk.syslog(time - 30_000, host, "systemd[1]", "Time has been changed")
    let end = desk.take(time, .query, by: hand, owner: owner, records)
    desk.syslog(end + 900_000, host, "systemd[1]", "Time has been changed")
    desk.syslog(
      end + 960_000,
      host,
      "chronyd[700]",
      "System clock was stepped by 86400.184211 seconds"
    )
  }

  private func tell(
    _ desk: Desk,
    _ begin: Int,
    _ end: Int,
    _ hand: Hand,
    _ owner: Int,
    _ records: RecordRange,
    _ why: StaticString
  ) {
    desk.happened(
      Happening(
        time: begin,
        until: end,
        account: hand.account,
        terminal: hand.terminal,
        owner: owner,
        records: records,
        stated: nil,
        shown: [.flows],
        hidden: why
      )
    )
  }
}
