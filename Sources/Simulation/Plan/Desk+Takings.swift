/// Who is at work, and from where.
struct Hand {
  var account: Int
  var terminal: Int
  /// Who it really is; empty: the account's person.
  var person: Text = ""
}

/// How records leave.
enum Way {
  /// CSV export of the application: the count is stated.
  case application
  /// `copy (select …)` in psql: stated.
  case query
  /// `select` of a range in psql: stated.
  case range
  /// `copy table`: 0, which is unknown; always the whole set.
  case table
  /// A cursor in portions: unknown.
  case cursor
  /// A list of the portal: bytes alone.
  case portal
}

extension Desk {
  /// The hand of an account at its own terminal.
  func hand(_ account: Int) -> Hand { Hand(account: account, terminal: terminal(of: account)) }

  /// One taking with its truth; returns the time at which it was over.
  @discardableResult
  func take(
    _ time: Int,
    _ way: Way,
    by hand: Hand,
    owner: Int,
    _ records: RecordRange,
    ticket: TicketNumber? = nil,
    covered: Int = 0,
    isErased: Bool = false,
    action: StaticString = "csv_export",
    list: Text = "export",
    to destination: Text = ""
  ) -> Int {
    let whole = RecordRange(first: 1, count: self.owner(owner).delivered)
    let taken = way == .table || way == .cursor ? whole : records
    let end = carry(
      time,
      way,
      by: hand,
      owner: owner,
      taken,
      ticket: ticket,
      isErased: isErased,
      action: action,
      list: list,
      to: destination
    )
    let isStated = way == .application || way == .query || way == .range
    var shown: [LogSource] =
      switch way {
      case .application: [.application]
      case .portal: [.web]
      case .query, .range, .table, .cursor: [.database]
      }
    if isErased { shown = [] }
    if way != .application, way != .portal, hand.terminal != estate.databaseHost {
      shown.append(.flows)
    }
    happened(
      Happening(
        time: time,
        until: end,
        account: hand.account,
        person: hand.person,
        terminal: hand.terminal,
        owner: owner,
        records: taken,
        stated: isStated && !isErased ? taken.count : nil,
        covered: covered,
        shown: shown,
        hidden: isErased ? "its lines were taken out of the database's log" : ""
      )
    )
    return end
  }

  /// The lines of a bulk read, right or wrong; returns when it was over.
  @discardableResult
  func carry(
    _ time: Int,
    _ way: Way,
    by hand: Hand,
    owner: Int,
    _ records: RecordRange,
    ticket: TicketNumber? = nil,
    isErased: Bool = false,
    action: StaticString = "csv_export",
    list: Text = "export",
    to destination: Text = ""
  ) -> Int {
    switch way {
    case .application:
      export(
        time,
        ApplicationExport(
          account: hand.account,
          terminal: hand.terminal,
          owner: owner,
          records: records.count,
          action: action,
          list: list,
          ticket: ticket,
          destination: destination
        )
      )
      return within(time + records.count / 50)
    case .portal:
      download(
        time,
        account: hand.account,
        terminal: hand.terminal,
        owner: owner,
        list: list,
        records: records.count
      )
      return within(time + records.count / 50)
    case .query, .range, .table, .cursor:
      var session = DatabaseSession(
        self,
        time,
        account: hand.account,
        terminal: hand.terminal,
        program: "psql",
        isErased: isErased
      )
      let condition: Text = "id between \(records.first) and \(records.last)"
      switch way {
      case .query: session.copyQuery(owner, rows: records.count, where: condition)
      case .range: session.select(owner, rows: records.count, where: condition, all: true)
      case .cursor: session.cursor(owner, rows: records.count, portion: 1000)
      default: session.copyTable(owner)
      }
      session.close()
      return session.time
    }
  }

  /// A stick of one's own, some minutes after.
  func carryAway(after time: Int, at terminal: Int, serial: Text) {
    stick(
      within(time + random.between(8 * 60_000, 25 * 60_000)),
      at: terminal,
      product: "Ultra Fit",
      serial: serial
    )
  }

  /// Office hours.
  func officeTime() -> Int { moment(9, 18) }
}
