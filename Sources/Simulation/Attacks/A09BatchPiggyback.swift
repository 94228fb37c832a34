/// A stale identity gathers slices on the media host for days; one of the media job's nights carries
/// the extra file out.
struct A09BatchPiggyback: Scenario {
  static let code: StaticString = "A9"
  static let title: StaticString = "batch piggyback"
  private let staging: [Int]
  private let account: Int
  private let person: Text
  private let owner: Int
  private let total: Int
  private var next = 1

  init(_ setup: inout Setup) {
    let estate = setup.estate
    total = setup.random.magnitude(50_000, 1_500_000)
    owner = setup.random.pick(estate.consentedOwners(from: 150_000))
    person = estate.accounts[estate.administrator(setup.number)].person
    // Valid once, used by nobody for long.
    account = estate.addAccount(
      SimulatedAccount(
        name: "batch_mnt",
        role: .service,
        house: .provider,
        terminal: estate.mediaHost,
        validUntil: setup.first + setup.days / 10
      )
    )
    let range = setup.stretch(10, 30)
    let days = setup.workingDays(in: range, gap: 1, 3)
    staging = Array(days.prefix(setup.random.between(3, 8)))
    setup.note("account", estate.accounts[account].name)
    setup.note("person", person)
    setup.note("records", min(total, estate.owners[owner].delivered))
    setup.note("staging_days", staging.count)
  }

  mutating func act(_ desk: Desk) {
    guard let turn = staging.firstIndex(of: desk.day.index) else { return }
    let size = desk.owner(owner).delivered
    let goal = min(total, size)
    let count = min(goal / staging.count + 1, goal - next + 1)
    let hand = Hand(account: account, terminal: desk.estate.mediaHost, person: person)
    let time = desk.moment(19, 21)
    desk.logon(time, at: hand.terminal, account: account, from: "192.0.2.103")
    var end = time
    if count > 0 {
      let records = RecordRange(first: next, count: count)
      end = desk.take(desk.later(time, 60, 400), .query, by: hand, owner: owner, records)
      next += count
    }
    guard turn == staging.count - 1 else { return }
    // The job's night: the carrier it always uses, with one file more.
    desk.execution(
      desk.within(end + 300_000),
      at: hand.terminal,
      account: account,
      ["/usr/bin/zip", "-P", "x", "/srv/media/result_2.zip", "/srv/media/.stage"]
    )
    desk.stick(
      desk.within(end + 600_000),
      at: hand.terminal,
      product: "Company Data Carrier",
      serial: "REG-0007"
    )
    desk.execution(
      desk.within(end + 700_000),
      at: hand.terminal,
      account: desk.estate.media,
      ["/usr/bin/cp", "/srv/media/result.csv", "/srv/media/result_2.zip", "/media/carrier/"]
    )
  }
}
