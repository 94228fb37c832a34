/// The backup's tool and account at another hour, or to another place.
struct A10BackupAsDump: Scenario {
  static let code: StaticString = "A10"
  static let title: StaticString = "backup as a dump"
  private var plan: Plan
  private let own: Int

  init(_ setup: inout Setup) {
    own = setup.estate.administrator(setup.number)
    let range = setup.stretch(360, 3650)
    // 2 … 4 a year.
    let gap = setup.random.between(90, 180)
    plan = Plan(setup.workingDays(in: range, gap: gap * 2 / 3, gap * 4 / 3))
    setup.note("person", setup.estate.accounts[own].person)
    setup.note("days_between", gap)
  }

  mutating func act(_ desk: Desk) {
    guard let turn = plan.turn(on: desk.day.index) else { return }
    let isElsewhere = turn % 2 == 0
    let hand = Hand(
      account: turn % 3 == 2 ? own : desk.estate.backup,
      terminal: isElsewhere ? desk.terminal(of: own) : desk.estate.databaseHost,
      person: desk.estate.accounts[own].person
    )
    let all = Array(desk.estate.owners.indices)
    let owners =
      desk.random.chance(400) ? all : [desk.random.pick(desk.estate.owners(from: 20_000))]
    let time = isElsewhere ? desk.moment(10, 15) : desk.moment(12, 14)
    var session = DatabaseSession(
      desk,
      time,
      account: hand.account,
      terminal: hand.terminal,
      program: "pg_dump"
    )
    Services.preamble(&session, desk, owners)
    for owner in owners {
      let begin = session.time
      session.copyTable(owner, dump: true)
      desk.happened(
        Happening(
          time: begin,
          until: session.time,
          account: hand.account,
          person: hand.person,
          terminal: hand.terminal,
          owner: owner,
          records: RecordRange(first: 1, count: desk.owner(owner).delivered),
          stated: nil,
          shown: isElsewhere ? [.database, .flows] : [.database],
          hidden: "COPY states 0 rows"
        )
      )
    }
    session.close()
    let target: Text = isElsewhere ? "/tmp/.c.dump" : "/home/tmp/crm.dump"
    desk.execution(
      time,
      at: hand.terminal,
      account: hand.account,
      ["/usr/bin/pg_dump", "-Fc", "-f", target, "crm"]
    )
  }
}
