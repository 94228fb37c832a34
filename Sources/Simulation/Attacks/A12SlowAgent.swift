/// An agent who opens more records than calls ask for, for months.
struct A12SlowAgent: Scenario {
  static let code: StaticString = "A12"
  static let title: StaticString = "slow agent"
  private let range: Range<Int>
  private let place: Int
  /// Views more, in tenths of the normal ones.
  private let more: Int

  init(_ setup: inout Setup) {
    let wanted = setup.random.below(setup.estate.agents.count)
    more = setup.random.between(3, 25)
    range = setup.stretch(90, 400)
    // The first from there on who works on one of these days.
    let (estate, first, days) = (setup.estate, setup.first, range)
    let count = estate.agents.count
    place =
      (0..<count).lazy.map { (wanted + $0) % count }.first { place in
        days.contains {
          let day = SimulatedDay(index: $0, number: first + $0)
          return AgentShift(place, estate: estate, day: day) != nil
        }
      } ?? wanted
    setup.note("account", setup.estate.accounts[setup.estate.agents[place]].name)
    setup.note("views_in_tenths_of_normal", 10 + more)
  }

  mutating func act(_ desk: Desk) {
    guard range.contains(desk.day.index),
      let shift = AgentShift(place, estate: desk.estate, day: desk.day)
    else { return }
    let account = desk.estate.agents[place]
    let terminal = desk.terminal(of: account)
    let count = max(1, shift.views * more / 10)
    let step = 8 * 3_600_000 / count
    let owner = shift.main
    let size = desk.owner(owner).delivered
    // Customers in order: those of the day lie side by side.
    let records = desk.records(of: owner, min(count, size))
    var time = shift.begin + 200_000
    let start = time
    for customer in records.first...records.last {
      time += step / 2 + desk.random.below(step)
      desk.view(
        desk.within(time),
        account: account,
        terminal: terminal,
        owner: owner,
        customer: customer,
        call: 0,
        size: 1400 + desk.random.below(1024)
      )
    }
    desk.happened(
      Happening(
        time: start,
        until: desk.within(time),
        account: account,
        terminal: terminal,
        owner: owner,
        records: records,
        stated: records.count,
        shown: [.application]
      )
    )
  }
}
