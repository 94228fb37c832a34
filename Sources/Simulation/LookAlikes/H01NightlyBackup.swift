/// The nightly full backup, of every record; the house makes it in any case, here it is noted.
struct H01NightlyBackup: Scenario {
  static let code: StaticString = "H1"
  static let title: StaticString = "nightly full backup"

  init(_ setup: inout Setup) {}

  mutating func act(_ desk: Desk) {
    desk.wholeEstate(
      at(2),
      Hand(account: desk.estate.backup, terminal: desk.estate.databaseHost)
    )
  }
}

extension Desk {
  /// Notes a legitimate read of everything.
  func wholeEstate(_ time: Int, _ hand: Hand, shown: [LogSource] = [.database]) {
    happened(
      Happening(
        time: time,
        account: hand.account,
        person: hand.person,
        terminal: hand.terminal,
        owner: nil,
        records: RecordRange(first: 1, count: estate.owners.reduce(0) { $0 + $1.delivered }),
        stated: nil,
        shown: shown
      )
    )
  }

  /// A dump of everything from somewhere, with its flow; the provider's people leave out the owner
  /// that never consented to them.
  func dumpEstate(_ time: Int, _ hand: Hand, program: Text = "pg_dump") {
    var session = DatabaseSession(
      self,
      time,
      account: hand.account,
      terminal: hand.terminal,
      program: program
    )
    let isProvider = estate.accounts[hand.account].house != .contractor
    let owners = isProvider ? estate.consentedOwners(from: 1) : Array(estate.owners.indices)
    Services.preamble(&session, self, owners)
    for owner in owners { session.copyTable(owner, dump: true) }
    session.close()
    wholeEstate(
      time,
      hand,
      shown: hand.terminal == estate.databaseHost ? [.database] : [.database, .flows]
    )
  }

  /// A ticket for each owner: what concerns all is asked of each.
  func instructionsForAll(
    to executor: Int,
    opened: Int,
    closed: Int,
    subject: StaticString,
    desk: Int
  ) {
    for index in estate.owners.indices {
      instruction(
        to: executor,
        owner: index,
        most: owner(index).delivered,
        opened: opened,
        closed: closed,
        subject: subject,
        desk: desk + index
      )
    }
  }
}
