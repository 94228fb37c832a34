internal import EventModel

/// What small reads of several records hold, of one owner: what no limit of a day sees and a year does.
extension Ledger {
  /// Records beyond the first one of each small read, within 90 days, 365 days and for life, at least.
  ///
  /// A look-up has none, so that days of single records add nothing. Only what the logs state counts, and days
  /// whose bulk reads are not known any more are left out. Walks all roll-ups kept.
  func several(
    of owner: UInt32,
    until today: Int32,
    beside bulk: borrowing BulkDays,
    bulkOfLife: Int64
  ) -> [Int64] {
    var sums: [Int64] = [0, 0, 0]
    var place = head
    while place < rollups.count {
      let day = rollups[place].day
      var ofDay: Int64 = 0
      while place < rollups.count, rollups[place].day == day {
        if rollups[place].key.owner == owner { ofDay &+= rollups[place].beyondFirst }
        place += 1
      }
      guard ofDay > 0, day <= today, bulk.isWhole(from: day) else { continue }
      ofDay = max(0, ofDay &- bulk.low(on: day))
      if day > today &- 90 { sums[0] &+= ofDay }
      if day > today &- 365 { sums[1] &+= ofDay }
      sums[2] &+= ofDay
    }
    let first = head < rollups.count ? rollups[head].day : today
    guard bulk.isWhole(from: first) else { return sums }
    var older: Int64 = 0
    for total in totals where total.key.owner == owner { older &+= total.older?.beyondFirst ?? 0 }
    sums[2] &+= max(0, older &- max(0, bulkOfLife &- bulk.sum(from: first).low))
    return sums
  }

  /// How many reads of an owner's records were of one record with its subject stated, and of how many subjects.
  ///
  /// `nil` where one of them was of several, or stated none: then subjects do not tell all.
  func singles(of owner: UInt32) -> (reads: Int64, subjects: Int64)? {
    let trace = trace(of: owner, from: nil)
    return trace.isNamed ? (trace.named, trace.subjects.count) : nil
  }
}

extension Ledger.DailyRollup {
  /// What is unexplained beyond one record of each operation, explained ones included.
  fileprivate var beyondFirst: Int64 { max(0, unexplainedLow &- Int64(operations)) }
}
