/// What is usual among the accounts of one role, as it was known at the start of a day.
struct PeerReference: Sendable, Equatable, BitwiseCopyable {
  /// Look-ups without a call for a thousand with one, at most.
  var alonePermille: Int64 = 120
  /// Look-ups of one account and day, at most.
  var views: Int64 = 660
  /// Records of one account and week without an instruction and without a call, at most; 0: not known.
  var weekly: Int64 = 0

  /// As long as too few peers have been seen: one and a half times the upper end of the background
  /// of the threat catalogue (3 … 8 % without a call; 220 look-ups, three times that in overtime).
  static let unknown = Self()
}

/// The roles' days: how many records their accounts open, and how many of them without a call.
///
/// An account's day is closed when its next one begins, and noted with its role in the histograms of
/// the week in which it was closed; six weeks are kept. What is usual is read from the weeks'
/// histograms at a role's first look-up of a day and holds for that day. So it depends on the order
/// of event time alone, a thief among the peers moves a median and its deviation little, and no
/// account has to be looked at for another's sake.
///
/// Memory: at most 9 roles × 6 weeks × 384 counters, and 24 bytes for each of 14 days.
struct PeerBook: Sendable, Equatable {
  static let weeks: Int32 = 6
  /// Fewer closed days than that tell nothing of a role.
  static let fewest: UInt64 = 60
  /// Days of which look-ups are kept: an account's day is closed when it comes back from leave.
  static let days = 14
  /// Fewer bulk reads tell nothing of a role's instructions.
  static let fewestBulk: Int64 = 10
  /// Fewer days do not make a habit of one account's own.
  static let fewestAlone = 3
  /// So many look-ups a day are beyond nobody's usual ones.
  static let fewestViews: Int64 = 40
  /// A day of fewer look-ups tells nothing of a share.
  static let shortest: Int32 = 20

  private var roles: [Peers] = []

  /// Notes the day of an account, now that it is over.
  mutating func close(role: Int, _ tally: LookUpDay, on day: Int32) {
    while roles.count <= role { roles.append(Peers()) }
    roles[role].close(tally, week: Self.week(of: day))
  }

  /// Notes the week of an account, now that it is over.
  mutating func close(role: Int, records: Int64, on day: Int32) {
    while roles.count <= role { roles.append(Peers()) }
    roles[role].close(records, week: Self.week(of: day))
  }

  /// Notes a bulk read of a role; whether instructions cover most of its bulk reads, ten at least.
  mutating func notesBulk(role: Int, isCovered: Bool) -> Bool {
    while roles.count <= role { roles.append(Peers()) }
    return roles[role].notesBulk(isCovered)
  }

  /// Notes a day on which an account of a role read in bulk without an instruction.
  mutating func noteBareDay(role: Int) {
    while roles.count <= role { roles.append(Peers()) }
    roles[role].bareDays &+= 1
  }

  /// Whether an account with so many days of bulk reads without an instruction has more of them than
  /// all others of its role: then they are not the role's routine, but its own.
  func isAlone(role: Int, days: Int) -> Bool {
    role < roles.count && days >= Self.fewestAlone && Int64(days) * 2 > roles[role].bareDays
  }

  /// Whether instructions are the rule for a role, an account of which has so many days of bulk reads without one:
  /// all others of the role have one such day, or one for twenty reads under an instruction.
  ///
  /// As long as little is known the register is taken at its word.
  func isRule(role: Int, days: Int) -> Bool {
    guard role < roles.count else { return true }
    let others = roles[role].bareDays - Int64(days)
    return others <= 1 || others * 20 <= roles[role].coveredReads
  }

  /// Notes a look-up where the source states calls; whether the link to the calls seems to be down:
  /// of the others' look-ups of that role and day, 20 at least, half are without a call.
  mutating func note(role: Int, _ tally: LookUpDay, isAlone: Bool) -> Bool {
    while roles.count <= role { roles.append(Peers()) }
    roles[role].note(tally, isAlone: isAlone)
    return roles[role].lacksCalls(beside: tally)
  }

  /// Whether calls were mostly not noted for the others of that role on that day.
  func lacksCalls(role: Int, beside tally: LookUpDay) -> Bool {
    role < roles.count && roles[role].lacksCalls(beside: tally)
  }

  /// What is usual in a role.
  mutating func reference(role: Int, on day: Int32) -> PeerReference {
    guard role < roles.count else { return .unknown }
    return roles[role].reference(on: day)
  }

  /// The same number of look-ups of a role that has no business with records: what the busiest of its accounts open
  /// makes none of it usual, and as long as few days are known none is.
  func privilegedViews(role: Int) -> Int64 {
    role < roles.count ? roles[role].middleViews : Self.fewestViews
  }

  static func week(of day: Int32) -> Int32 { day >= 0 ? day / 7 : (day - 6) / 7 }

  /// Adds another shard's accounts.
  mutating func merge(_ other: PeerBook) {
    while roles.count < other.roles.count { roles.append(Peers()) }
    for role in other.roles.indices { roles[role].merge(other.roles[role]) }
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(roles.count))
    for peers in roles { peers.write(to: &writer) }
  }

  /// What came with version 5 of the state.
  func writeDays(to writer: inout StateWriter) {
    writer.write(UInt64(roles.count))
    for peers in roles { peers.writeDays(to: &writer) }
  }

  mutating func readDays(from reader: inout StateReader) throws(StateError) {
    guard try reader.count() == roles.count else { throw StateError(offset: 0) }
    for role in roles.indices { try roles[role].readDays(from: &reader) }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) { roles.append(try Peers(from: &reader)) }
  }
}

/// One role's histograms.
struct Peers: Sendable, Equatable {
  private struct Week: Sendable, Equatable {
    var week: Int32
    var shares = PeerHistogram()
    var views = PeerHistogram()
    var records = PeerHistogram()
  }

  /// Look-ups of a day where calls are stated.
  private struct Day: Sendable, Equatable {
    var day: Int32
    var alone: Int64 = 0
    var accompanied: Int64 = 0
  }

  private var weeks: [Week] = []
  /// The last `PeerBook.days` with any, in order.
  private var days: [Day] = []
  private var bulkReads: Int64 = 0
  fileprivate(set) var coveredReads: Int64 = 0
  /// Days of accounts with a bulk read that no instruction covers.
  var bareDays: Int64 = 0
  /// The reference of the newest day.
  private var day = Int32.min
  private var latest = PeerReference.unknown

  mutating func notesBulk(_ isCovered: Bool) -> Bool {
    bulkReads &+= 1
    if isCovered { coveredReads &+= 1 }
    return bulkReads >= PeerBook.fewestBulk && coveredReads &* 2 > bulkReads
  }

  mutating func note(_ tally: LookUpDay, isAlone: Bool) {
    var place = days.count - 1
    while place >= 0, days[place].day > tally.day { place -= 1 }
    if place < 0 || days[place].day != tally.day {
      place += 1
      days.insert(Day(day: tally.day), at: place)
      if days.count > PeerBook.days {
        days.removeFirst()
        place -= 1
      }
    }
    guard place >= 0 else { return }
    if isAlone { days[place].alone &+= 1 } else { days[place].accompanied &+= 1 }
  }

  func lacksCalls(beside tally: LookUpDay) -> Bool {
    guard let day = days.last(where: { $0.day == tally.day }) else { return false }
    let alone = day.alone - Int64(tally.alone)
    let others = alone + day.accompanied - Int64(tally.accompanied)
    return others >= Int64(PeerBook.shortest) && alone * 2 >= others
  }

  mutating func close(_ tally: LookUpDay, week: Int32) {
    let last = place(of: week)
    weeks[last].views.add(PeerScale.place(ofViews: tally.views))
    guard tally.accompanied >= PeerBook.shortest else { return }
    weeks[last].shares.add(PeerScale.place(ofAlone: tally.alone, to: tally.accompanied))
  }

  mutating func close(_ records: Int64, week: Int32) {
    let last = place(of: week)
    weeks[last].records.add(PeerScale.place(ofRecords: records))
  }

  private mutating func place(of week: Int32) -> Int {
    if weeks.last?.week != week {
      weeks.append(Week(week: week))
      weeks.removeAll { $0.week <= week - PeerBook.weeks }
    }
    return weeks.count - 1
  }

  mutating func reference(on newDay: Int32) -> PeerReference {
    guard newDay > day else { return latest }
    day = newDay
    latest = made()
    return latest
  }

  /// Median and three deviations of it.
  ///
  /// Source: Leys et al., "Detecting outliers: do not use standard deviation around the mean, use
  /// absolute deviation around the median" (J. Exp. Soc. Psychol. 49, 2013).
  private func made() -> PeerReference {
    var (shares, views, records) = (PeerHistogram(), PeerHistogram(), PeerHistogram())
    for week in weeks {
      shares.merge(week.shares)
      views.merge(week.views)
      records.merge(week.records)
    }
    var reference = PeerReference.unknown
    if shares.count >= PeerBook.fewest {
      let usual = shares.upper { PeerScale.alonePermille(at: $0) }
      reference.alonePermille = min(250, max(80, usual))
    }
    if views.count >= PeerBook.fewest {
      let (upper, most) = (
        views.upper { PeerScale.views(at: $0) }, views.most(950) { PeerScale.views(at: $0) }
      )
      reference.views = max(PeerBook.fewestViews, upper, most)
    }
    if records.count >= PeerBook.fewest / 2 {
      reference.weekly = max(1, records.upper { PeerScale.records(at: $0) })
    }
    return reference
  }

  /// Look-ups of the role's usual days, whatever its busiest ones have.
  var middleViews: Int64 {
    var views = PeerHistogram()
    for week in weeks { views.merge(week.views) }
    guard views.count >= PeerBook.fewest else { return PeerBook.fewestViews }
    return max(PeerBook.fewestViews, views.upper { PeerScale.views(at: $0) })
  }

  mutating func merge(_ other: Peers) {
    bulkReads &+= other.bulkReads
    coveredReads &+= other.coveredReads
    bareDays &+= other.bareDays
    for day in other.days {
      if let place = days.firstIndex(where: { $0.day == day.day }) {
        days[place].alone &+= day.alone
        days[place].accompanied &+= day.accompanied
      } else {
        days.append(day)
      }
    }
    days = Array(days.sorted { $0.day < $1.day }.suffix(PeerBook.days))
    for week in other.weeks {
      if let place = weeks.firstIndex(where: { $0.week == week.week }) {
        weeks[place].shares.merge(week.shares)
        weeks[place].views.merge(week.views)
        weeks[place].records.merge(week.records)
      } else {
        weeks.append(week)
      }
    }
    weeks.sort { $0.week < $1.week }
    if let newest = weeks.last?.week { weeks.removeAll { $0.week <= newest - PeerBook.weeks } }
    if other.day > day { (day, latest) = (other.day, other.latest) }
  }

  func writeDays(to writer: inout StateWriter) {
    writer.write(bulkReads)
    writer.write(coveredReads)
    writer.write(bareDays)
    writer.write(UInt64(days.count))
    for day in days {
      for number in [Int64(day.day), day.alone, day.accompanied] { writer.write(number) }
    }
  }

  mutating func readDays(from reader: inout StateReader) throws(StateError) {
    bulkReads = try reader.signed()
    coveredReads = try reader.signed()
    bareDays = try reader.signed()
    for _ in 0..<(try reader.count()) {
      var day = Day(day: Int32(truncatingIfNeeded: try reader.signed()))
      day.alone = try reader.signed()
      day.accompanied = try reader.signed()
      days.append(day)
    }
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(weeks.count))
    for week in weeks {
      writer.write(Int64(week.week))
      week.shares.write(to: &writer)
      week.views.write(to: &writer)
      week.records.write(to: &writer)
    }
    for number in [Int64(day), latest.alonePermille, latest.views, latest.weekly] {
      writer.write(number)
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      var week = Week(week: Int32(truncatingIfNeeded: try reader.signed()))
      week.shares = try PeerHistogram(from: &reader)
      week.views = try PeerHistogram(from: &reader)
      week.records = try PeerHistogram(from: &reader)
      weeks.append(week)
    }
    day = Int32(truncatingIfNeeded: try reader.signed())
    latest.alonePermille = try reader.signed()
    latest.views = try reader.signed()
    latest.weekly = try reader.signed()
  }
}
