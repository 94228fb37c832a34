/// One large set in daily slices below any daily limit, range beside range.
struct A05DaySplitting: Scenario {
  static let code: StaticString = "A5"
  static let title: StaticString = "a set split into days"
  private let starts: [Int]
  private let length: Int
  private let account: Int
  private let slice: Int
  private let owners: [Int]
  private var next = 1

  init(_ setup: inout Setup) {
    account = setup.estate.administrator(setup.number)
    slice = setup.random.between(2_000, 10_000)
    length = setup.random.between(14, 42)
    let range = setup.stretch(120, 1100)
    // A walk through one owner's set, then months of nothing.
    starts = setup.workingDays(in: range, gap: length + 40, length + 120)
    owners = SimulatedEstate.shuffled(setup.estate.consentedOwners(from: 60_000), &setup.random)
    setup.note("account", setup.estate.accounts[account].name)
    setup.note("records_a_day", slice)
    setup.note("days_a_walk", length)
    setup.note("walks", starts.count)
  }

  mutating func act(_ desk: Desk) {
    let index = desk.day.index
    guard desk.day.isWorking, let turn = starts.lastIndex(where: { $0 <= index }),
      index < starts[turn] + length
    else { return }
    let owner = owners[turn % owners.count]
    let size = desk.owner(owner).delivered
    if index == starts[turn] { next = 1 + desk.random.below(max(1, size - slice * length)) }
    guard next <= size else { return }
    let count = min(slice - desk.random.below(slice / 5), size - next + 1)
    let records = RecordRange(first: next, count: count)
    next += count
    desk.take(desk.officeTime(), .range, by: desk.hand(account), owner: owner, records)
  }
}
