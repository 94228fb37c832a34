/// "The download fails": an administrator exports on the contractor's instruction, within its scope.
struct H06Support: Scenario {
  static let code: StaticString = "H6"
  static let title: StaticString = "support export on instruction"

  init(_ setup: inout Setup) {}

  mutating func act(_ desk: Desk) {
    // About a fifth of two to ten tickets a week.
    guard desk.day.isWorking, desk.random.chance(220) else { return }
    let account =
      desk.random.chance(200)
      ? desk.estate.shared[0] : desk.random.pick(desk.estate.administrators)
    let owner = desk.random.pick(desk.estate.consentedOwners(from: 9_000))
    let count = desk.random.magnitude(200, min(100_000, desk.owner(owner).delivered / 4))
    let ticket = desk.instruction(
      to: account,
      owner: owner,
      most: count + desk.random.between(1, 1 + count / 4),
      opened: at(9, desk.random.below(55)),
      closed: at(18),
      subject: "download fails in the application",
      desk: 1600
    )
    let way = desk.random.pick([Way.application, .query, .range])
    desk.take(
      desk.moment(11, 17),
      way,
      by: desk.hand(account),
      owner: owner,
      desk.records(of: owner, count),
      ticket: desk.random.chance(400) ? ticket : nil,
      list: "support"
    )
  }
}
