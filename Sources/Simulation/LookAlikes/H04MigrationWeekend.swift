/// A weekend in which several administrators move everything to a new host, some of it twice.
struct H04MigrationWeekend: Scenario {
  static let code: StaticString = "H4"
  static let title: StaticString = "migration weekend"
  private let saturdays: [Int]

  init(_ setup: inout Setup) {
    var days: [Int] = []
    var day = setup.random.between(min(10, setup.days / 3), max(11, setup.days / 2))
    while day < setup.days {
      while (setup.first + day + 3) % 7 != 5 { day += 1 }
      if day < setup.days { days.append(day) }
      day += setup.random.between(300, 500)
    }
    saturdays = days
    setup.note("weekends", days.count)
  }

  mutating func act(_ desk: Desk) {
    let index = desk.day.index
    guard saturdays.contains(index) || saturdays.contains(index - 1) else { return }
    let isFirst = saturdays.contains(index)
    let estate = desk.estate
    let hands =
      isFirst
      ? [estate.administrator(104), estate.databaseAdministrators[1]]
      : [estate.administrator(105)]
    for (turn, account) in hands.enumerated() {
      desk.instructionsForAll(
        to: account,
        opened: at(7),
        closed: at(23),
        subject: "migration, change approved",
        desk: 1400 + turn * 20
      )
      desk.dumpEstate(
        desk.moment(9 + turn * 4, 12 + turn * 4),
        Hand(account: account, terminal: estate.newDatabaseHost)
      )
    }
  }
}
