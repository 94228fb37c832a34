/// The marketing job reads a large part every week; from some day on it has another name, by a change.
struct H14RenamedJob: Scenario {
  static let code: StaticString = "H14"
  static let title: StaticString = "job renamed"
  private let change: Int
  private let before: Int
  private let after: Int
  private let owner: Int

  init(_ setup: inout Setup) {
    let estate = setup.estate
    change = setup.random.between(setup.days / 3, max(setup.days / 3, setup.days * 2 / 3))
    owner = setup.random.pick(estate.owners(from: 350_000))
    let day = setup.first + change
    func service(_ name: Text, from: Int?, until: Int?) -> Int {
      estate.addAccount(
        SimulatedAccount(
          name: name,
          role: .service,
          house: .contractor,
          terminal: estate.reportHost,
          validFrom: from,
          validUntil: until
        )
      )
    }
    before = service("bi_job", from: nil, until: day - 1)
    after = service("mkt_analytics", from: day, until: nil)
    for name: Text in ["bi_job", "mkt_analytics"] {
      estate.jobs.append(
        .init(name: "weekly analysis \(name)", account: name, terminal: "report01")
      )
    }
    setup.note("change", SimulatedDay.date(day))
  }

  mutating func act(_ desk: Desk) {
    if desk.day.index == change {
      desk.instruction(
        to: desk.estate.administrators[1],
        owner: nil,
        most: 0,
        opened: at(9),
        closed: at(18),
        subject: "change: bi_job is now mkt_analytics",
        desk: 2400
      )
    }
    guard desk.day.weekday == 1 else { return }
    let account = desk.day.index < change ? before : after
    let count = desk.random.between(100_000, min(1_000_000, desk.owner(owner).delivered))
    desk.take(
      at(4, 5, desk.random.below(60)),
      .query,
      by: desk.hand(account),
      owner: owner,
      desk.records(of: owner, count)
    )
  }
}
