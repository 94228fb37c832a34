/// Two who know nothing of each other, the same months, the same owners, some days the same.
struct A20TwoActors: Scenario {
  static let code: StaticString = "A20"
  static let title: StaticString = "two actors at once"
  private var plans: [Plan]
  private let accounts: [Int]

  init(_ setup: inout Setup) {
    let estate = setup.estate
    accounts = [estate.administrator(setup.number), estate.administrator(setup.number + 3)]
    let range = setup.stretch(365, 1800)
    var days = [
      setup.workingDays(in: range, gap: 18, 40), setup.workingDays(in: range, gap: 14, 30),
    ]
    // At least one day is of both.
    days[1] = Array(Set(days[1] + [days[0][days[0].count / 2]])).sorted()
    plans = days.map { Plan($0) }
    setup.note("first", estate.accounts[accounts[0]].name)
    setup.note("second", estate.accounts[accounts[1]].name)
  }

  mutating func act(_ desk: Desk) {
    for actor in 0..<2 where plans[actor].turn(on: desk.day.index) != nil {
      let hand = desk.hand(accounts[actor])
      let owner = desk.random.pick(desk.estate.consentedOwners(from: 150_000))
      let count =
        actor == 0 ? desk.random.magnitude(20_000, 200_000) : desk.random.between(3_000, 9_000)
      let way: Way = actor == 0 ? .application : .range
      desk.take(desk.officeTime(), way, by: hand, owner: owner, desk.records(of: owner, count))
    }
  }
}
