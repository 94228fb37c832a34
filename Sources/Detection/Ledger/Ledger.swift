internal import EventModel

/// What one principal did with the owners' data, day by day: the memory that outlives the windows.
///
/// Explained and unexplained handling alike, apart by owner, dataset and operation. Daily roll-ups of
/// the last 366 days with an event, totals for life beyond. Roll-ups lie one behind the other in
/// order of day, so that counting an event touches the end of one array. Memory: 80 bytes a day and
/// line; a total for each line that has older days or named subjects.
public struct Ledger: Sendable {
  struct Key: Hashable, Sendable, Comparable, BitwiseCopyable {
    var owner: UInt32
    var dataset: UInt32
    var operation: UInt8

    var hash: UInt64 {
      HashIndex.hash(UInt64(owner) << 32 | UInt64(dataset), UInt64(operation))
    }

    static func < (left: Self, right: Self) -> Bool {
      (left.owner, left.dataset, left.operation) < (right.owner, right.dataset, right.operation)
    }
  }

  static let dailyLimit = 366

  /// In order of day; those before `head` are in `totals`.
  private(set) var rollups: [DailyRollup] = []
  private(set) var head = 0
  /// Where the newest day begins, and how many days there are.
  private var today = 0
  private var dayCount = 0
  /// The roll-up of the latest event: often that of the one before.
  private(set) var newest = 0
  /// Finds the newest day's roll-ups, once they are more than `fewLines`.
  private var index = HashIndex()
  private static let fewLines = 12

  private(set) var totals: [LedgerTotal] = []
  private var totalIndex = HashIndex()

  /// Counts an event; `isCounted`: what no instruction covers of it is added up as unexplained.
  mutating func add(_ handling: UnsafePointer<Handling>, isCounted: Bool) {
    let key = Key(
      owner: handling.pointee.owner.rawValue,
      dataset: handling.pointee.dataset.rawValue,
      operation: handling.pointee.row.operation.rawValue
    )
    let (day, time) = (handling.pointee.day, handling.pointee.row.time)
    if newest >= rollups.count || rollups[newest].day != day || rollups[newest].key != key {
      newest = place(of: key, on: day, time)
    }
    rollups[newest].add(
      handling.pointee.volume,
      bytes: handling.pointee.row.bytes,
      at: time,
      low: isCounted ? handling.pointee.unexplained.low : 0,
      charge: isCounted ? handling.pointee.unexplainedCharge : 0
    )
    let subject = handling.pointee.row.subject
    if subject != 0 { name(subject, key, isAlone: handling.pointee.volume == .exactly(1)) }
  }

  private mutating func name(_ subject: UInt64, _ key: Key, isAlone: Bool) {
    let place = total(of: key)
    totals[place].subjects.add(subject)
    if isAlone { totals[place].named &+= 1 }
  }

  /// Where a line's roll-up of a day lies; an empty one is made where there is none.
  private mutating func place(of key: Key, on day: Int32, _ time: Int64) -> Int {
    if rollups.count == head || rollups[rollups.count - 1].day < day { turn() }
    if rollups.count > today, rollups[today].day > day { return insert(key, day, time) }
    if rollups.count - today > Self.fewLines {
      if let known = index.place(key.hash, where: { rollups[$0 &+ today].key == key }) {
        return known + today
      }
    } else {
      var place = rollups.count
      while place > today {
        place -= 1
        if rollups[place].key == key { return place }
      }
    }
    rollups.append(DailyRollup(key: key, day: day, time: time))
    noteNewest()
    return rollups.count - 1
  }

  /// Lets the last roll-up be found.
  private mutating func noteNewest() {
    let count = rollups.count - today
    guard count > Self.fewLines else { return }
    let first = count == Self.fewLines + 1 ? 0 : count - 1
    for place in first..<count {
      index.add(place, hash: rollups[today + place].key.hash) { rollups[$0 + today].key.hash }
    }
  }

  /// Begins a day.
  private mutating func turn() {
    today = rollups.count
    index = HashIndex()
    dayCount += 1
    while dayCount > Self.dailyLimit { retire() }
  }

  /// A roll-up of a day that is not the newest: no event comes so late, but parts that are merged may.
  private mutating func insert(_ key: Key, _ day: Int32, _ time: Int64) -> Int {
    var place = today
    while place > head, rollups[place - 1].day >= day {
      place -= 1
      if rollups[place].day == day, rollups[place].key == key { return place }
    }
    while place < today, rollups[place].day == day { place += 1 }
    if place == head || rollups[place - 1].day != day { dayCount += 1 }
    rollups.insert(DailyRollup(key: key, day: day, time: time), at: place)
    today += 1
    return place
  }

  /// Adds the oldest day up with what is older.
  private mutating func retire() {
    guard head < rollups.count else { return }
    let day = rollups[head].day
    while head < rollups.count, rollups[head].day == day {
      let place = total(of: rollups[head].key)
      totals[place].retire(rollups[head])
      head += 1
    }
    dayCount -= 1
    guard head > rollups.count - head else { return }
    rollups.removeFirst(head)
    today -= head
    newest = max(0, newest - head)
    head = 0
  }

  private mutating func total(of key: Key) -> Int {
    if let known = totalIndex.place(key.hash, where: { totals[$0].key == key }) { return known }
    totals.append(LedgerTotal(key: key))
    totalIndex.add(totals.count - 1, hash: key.hash) { totals[$0].key.hash }
    return totals.count - 1
  }

  /// Volume handled in the trailing `days` (today included) or, for `nil`, ever.
  func volume(owner: UInt32?, days: Int?, until today: Int32) -> Volume {
    var sum = Volume.none
    for rollup in rollups[head...] where owner == nil || rollup.key.owner == owner {
      guard rollup.day <= today else { continue }
      if let days, Int(today) - Int(rollup.day) >= days { continue }
      sum.add(rollup.records)
    }
    guard days == nil else { return sum }
    for total in totals where owner == nil || total.key.owner == owner {
      if let older = total.older { sum.add(older.records) }
    }
    return sum
  }

  /// What was added up as unexplained of an owner, as counters of trailing days.
  func days(of owner: UInt32) -> HorizonCounters {
    var counters = HorizonCounters.long
    for rollup in rollups[head...] where rollup.key.owner == owner {
      counters.add(
        low: rollup.unexplainedLow,
        charge: rollup.unexplainedCharge,
        value: 0,
        at: Int64(rollup.day)
      )
    }
    return counters
  }

  /// When an owner's data was first and last handled from a day on, and whose records they were.
  func trace(of owner: UInt32, from firstDay: Int32?) -> Trace {
    var trace = Trace()
    for rollup in rollups[head...] where rollup.key.owner == owner {
      trace.records.add(rollup.records)
      if let firstDay, rollup.day < firstDay { continue }
      trace.first = min(trace.first, rollup.first)
      trace.last = max(trace.last, rollup.last)
    }
    for total in totals where total.key.owner == owner {
      if let older = total.older {
        trace.records.add(older.records)
        if firstDay == nil {
          trace.first = min(trace.first, older.first)
          trace.last = max(trace.last, older.last)
        }
      }
      trace.subjects.merge(total.subjects)
      trace.named &+= total.named
    }
    return trace
  }

  /// When an owner's data was read in small numbers from a day on: the days of which more than the bulk
  /// reads is unexplained.
  func small(of owner: UInt32, from firstDay: Int32?, beside bulk: borrowing BulkDays) -> Trace {
    var trace = Trace()
    var place = head
    while place < rollups.count {
      let day = rollups[place].day
      var ofDay = Trace()
      var charge: Int64 = 0
      while place < rollups.count, rollups[place].day == day {
        if rollups[place].key.owner == owner, rollups[place].unexplainedCharge > 0 {
          charge &+= rollups[place].unexplainedCharge
          ofDay.first = min(ofDay.first, rollups[place].first)
          ofDay.last = max(ofDay.last, rollups[place].last)
        }
        place += 1
      }
      if let firstDay, day < firstDay { continue }
      guard charge > bulk.charge(on: day) else { continue }
      trace.first = min(trace.first, ofDay.first)
      trace.last = max(trace.last, ofDay.last)
    }
    guard firstDay == nil else { return trace }
    for total in totals where total.key.owner == owner {
      guard let older = total.older else { continue }
      trace.first = min(trace.first, older.first)
      trace.last = max(trace.last, older.last)
    }
    return trace
  }

  /// When records of an owner, or of a dataset whose owner is not known, were first read; `nil`: never.
  func firstRead(of owner: UInt32, dataset: UInt32) -> Int64? {
    func isMeant(_ key: Key) -> Bool {
      owner != 0 ? key.owner == owner : key.owner == 0 && key.dataset == dataset
    }
    let older = totals.compactMap { isMeant($0.key) ? $0.older?.first : nil }.min()
    // In order of day: the first met is on the first day, if not at its first moment.
    let kept = rollups[head...].first { isMeant($0.key) }?.first
    return [older, kept].compactMap { $0 }.min()
  }

  /// What was done with an owner's records on these days.
  ///
  /// Of days that are added up already only whole sums are known: one that reaches beyond the days is
  /// taken as their upper end.
  func handled(_ owner: UInt32, _ days: ClosedRange<Int32>, _ clock: LocalClock) -> Handled {
    var sum = Handled()
    for rollup in rollups[head...] where rollup.key.owner == owner && days.contains(rollup.day) {
      sum.add(rollup, isWithin: true)
    }
    for total in totals where total.key.owner == owner {
      guard let older = total.older else { continue }
      let (first, last) = (
        clock.reading(at: older.first).day, clock.reading(at: older.last).day
      )
      guard last >= Int(days.lowerBound), first <= Int(days.upperBound) else { continue }
      sum.add(older, isWithin: first >= Int(days.lowerBound) && last <= Int(days.upperBound))
    }
    return sum
  }

  /// The owners that were handled on these days, or may have been.
  func owners(_ days: ClosedRange<Int32>, _ clock: LocalClock) -> Set<UInt32> {
    var all = Set(rollups[head...].lazy.filter { days.contains($0.day) }.map(\.key.owner))
    for total in totals where total.older != nil && !all.contains(total.key.owner) {
      if handled(total.key.owner, days, clock).operations > 0 {
        all.insert(total.key.owner)
      }
    }
    return all
  }

  struct Handled {
    var operations: Int64 = 0
    var records = Volume.none
    var bytes: Int64 = 0
    var first = Int64.max
    var last = Int64.min
    /// Whether all of it lies in the days asked for.
    var isExact = true

    mutating func add(_ rollup: DailyRollup, isWithin: Bool) {
      operations += Int64(rollup.operations)
      var volume = rollup.records
      if !isWithin {
        volume.low = 0
        isExact = false
      }
      records.add(volume)
      bytes &+= rollup.bytes
      first = min(first, rollup.first)
      last = max(last, rollup.last)
    }
  }

  struct Trace {
    var first = Int64.max
    var last = Int64.min
    // Of a lifetime:
    var records = Volume.none
    var subjects = DistinctSubjects()
    var named: Int64 = 0

    mutating func merge(_ other: Self) {
      first = min(first, other.first)
      last = max(last, other.last)
      records.add(other.records)
      subjects.merge(other.subjects)
      named &+= other.named
    }

    /// Whether every record came alone and with its subject, so that subjects tell all.
    var isNamed: Bool { records.low == records.high && records.high == named }
  }

  /// Adds another shard's ledger: the result is that of one pass over both.
  mutating func merge(_ other: Ledger) {
    for rollup in other.rollups[other.head...] { take(rollup) }
    for theirs in other.totals {
      let place = total(of: theirs.key)
      totals[place].merge(theirs)
    }
  }

  private mutating func take(_ rollup: DailyRollup) {
    let place = place(of: rollup.key, on: rollup.day, rollup.first)
    rollups[place].merge(rollup)
    while dayCount > Self.dailyLimit { retire() }
    newest = rollups.count
  }

  func write(to writer: inout StateWriter) {
    let kept = rollups[head...].sorted { ($0.day, $0.key) < ($1.day, $1.key) }
    writer.write(UInt64(kept.count))
    for rollup in kept { rollup.write(to: &writer) }
    writer.write(UInt64(totals.count))
    for total in totals.sorted(by: { $0.key < $1.key }) { total.write(to: &writer) }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) { take(try DailyRollup(from: &reader)) }
    for _ in 0..<(try reader.count()) {
      let read = try LedgerTotal(from: &reader)
      let place = total(of: read.key)
      totals[place].merge(read)
    }
  }
}
