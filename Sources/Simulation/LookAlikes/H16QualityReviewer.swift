/// A quality reviewer listens to calls and opens their records: 300 … 500 a day.
struct H16QualityReviewer: Scenario {
  static let code: StaticString = "H16"
  static let title: StaticString = "quality reviewer"

  init(_ setup: inout Setup) {}

  mutating func act(_ desk: Desk) {
    guard desk.day.isWorking, desk.random.chance(850) else { return }
    let account = desk.estate.reviewer
    desk.reading(
      from: desk.moment(9, 10),
      hours: 7,
      account: account,
      terminal: desk.terminal(of: account),
      owner: desk.random.pick(desk.estate.owners(from: 40_000)),
      count: desk.random.between(300, 500)
    )
  }
}
