internal import EventModel

/// One owner's records within a key, all of them unexplained; owner 0: not told.
///
/// Of most owners a key never reads enough for the last hours or days to matter: only where it does,
/// counters of them are made, out of the key's windows and ledger, and kept up from then on.
struct OwnerState: Sendable {
  let owner: UInt32
  /// Day of the newest read, and what was charged on it and on the day before.
  private var day = Int32.min
  private var today: Int64 = 0
  private var yesterday: Int64 = 0
  var lifetimeLow: Int64 = 0
  var lifetimeCharge: Int64 = 0
  /// The part of a lifetime read in bulk: incidents hold it already.
  private var bulkLow: Int64 = 0
  private var bulkCharge: Int64 = 0
  /// The same by day.
  private var bulk = BulkDays()
  /// The trailing days, where they came to matter; else empty.
  ///
  /// Made anew after a restore.
  private var days: [HorizonCounters] = []
  /// The exact last 24 hours, where they came to matter today; else empty.
  private var exact: [HorizonCounters] = []

  init(owner: UInt32) { self.owner = owner }

  /// 24 hours, 7, 30, 90, 365 days, lifetime.
  static let horizons = 6

  /// The sum of a horizon; 0 where it was not asked for by `keepExactHours` or `settleDays`.
  @inline(__always)
  func sum(_ horizon: Int) -> (low: Int64, charge: Int64) {
    if horizon == 5 { return (lifetimeLow, lifetimeCharge) }
    if horizon == 0 {
      guard !exact.isEmpty, exact[0].isSettled else { return (0, 0) }
      return (exact[0].longest.low, exact[0].longest.charge)
    }
    guard !days.isEmpty, days[0].isSettled else { return (0, 0) }
    let sum = days[0].sum(horizon - 1)
    return (sum.low, sum.charge)
  }

  /// What is charged within a horizon; `nil` where it is not kept, for it never came to matter.
  func known(_ horizon: Int) -> Int64? {
    let kept = horizon == 0 ? exact : days
    guard horizon == 5 || !kept.isEmpty && kept[0].isSettled else { return nil }
    return sum(horizon).charge
  }

  /// The part of a horizon (from 1) that ends today which was read in bulk; at most all of it, where not all days
  /// with such a read are known any more.
  func bulkSum(_ horizon: Int, until today: Int32) -> (low: Int64, charge: Int64) {
    if horizon == 5 { return (bulkLow, bulkCharge) }
    let firstDay = today &- Int32(HorizonCounters.longSpans[horizon - 1])
    let sum = bulk.isWhole(from: firstDay) ? bulk.sum(from: firstDay) : (low: 0, charge: bulkCharge)
    let whole = self.sum(horizon)
    return (min(sum.low, whole.low), min(sum.charge, whole.charge))
  }

  /// The part of the exact 24 hours that small reads made.
  var smallCharge: Int64 {
    guard !exact.isEmpty, exact[0].isSettled else { return 0 }
    return exact[0].smallCharge(3)
  }

  /// The part of the exact 24 hours that one of several behind the key has read.
  mutating func ownCharge(tag: UInt32) -> HorizonCounters.Sum {
    guard !exact.isEmpty else { return HorizonCounters.Sum() }
    return exact[0].own(3, tag: tag)
  }

  mutating func add(
    low: Int64,
    charge: Int64,
    time: Int64,
    day newDay: Int32,
    isBulk: Bool,
    tag: UInt32 = 0
  ) {
    if isBulk {
      bulkLow &+= low
      bulkCharge &+= charge
      bulk.add(low: low, charge: charge, on: newDay)
    }
    if newDay > day {
      turn(to: newDay)
      // Kept anew when the day comes to matter.
      if !exact.isEmpty { exact = [] }
    }
    today &+= charge
    lifetimeLow &+= low
    lifetimeCharge &+= charge
    if !days.isEmpty { days[0].add(low: low, charge: charge, value: 0, at: Int64(newDay)) }
    if !exact.isEmpty {
      let marks = isBulk ? HorizonCounters.Entry.bulk : 0
      exact[0].add(low: low, charge: charge, value: 0, at: time, tag: tag, marks: marks)
    }
  }

  /// Keeps the exact last 24 hours once the two days they touch hold `threshold` records; `key` are
  /// the windows of the key, which hold every event of the owner.
  @inline(__always)
  mutating func keepExactHours(from threshold: Int64, _ key: borrowing HorizonCounters) {
    guard today &+ yesterday >= threshold else { return }
    if exact.isEmpty { exact = [key.part(of: owner)] }
    exact[0].settle()
  }

  /// Keeps the trailing days once a lifetime holds `threshold` records; `ledger` is that of the key.
  @inline(__always)
  mutating func keepDays(from threshold: Int64, _ ledger: borrowing Ledger) {
    guard lifetimeCharge >= threshold else { return }
    if days.isEmpty { days = [ledger.days(of: owner)] }
    days[0].settle()
  }

  /// What a horizon (from 1) that ends today holds of small reads: at least, at most, and when.
  ///
  /// Where the days of all bulk reads are not known any more, some may or may not lie within it.
  mutating func routine(
    within horizon: Int,
    until today: Int32,
    _ ledger: borrowing Ledger
  ) -> (low: Int64, high: Int64, trace: Ledger.Trace) {
    let firstDay = HorizonCounters.firstDay(within: horizon, until: today)
    if firstDay != nil {
      if days.isEmpty { days = [ledger.days(of: owner)] }
      days[0].pass(to: Int64(today))
      days[0].settle()
    }
    let sum = sum(horizon)
    var (low, high) = (sum.low &- bulkLow, min(sum.charge, lifetimeCharge &- bulkCharge))
    if let firstDay, bulk.isWhole(from: firstDay) {
      let known = bulk.sum(from: firstDay)
      (low, high) = (sum.low &- known.low, sum.charge &- known.charge)
    }
    low = max(0, low)
    return (low, max(low, high), ledger.small(of: owner, from: firstDay, beside: bulk))
  }

  /// See `Ledger.several`.
  func several(until today: Int32, _ ledger: borrowing Ledger) -> [Int64] {
    ledger.several(of: owner, until: today, beside: bulk, bulkOfLife: bulkLow)
  }

  /// Records of small reads for life, at least.
  var smallLow: Int64 { lifetimeLow &- bulkLow }

  private mutating func turn(to newDay: Int32) {
    guard newDay > day else { return }
    yesterday = newDay == day &+ 1 ? today : 0
    today = 0
    day = newDay
  }

  /// Adds the same owner's state from another shard; hours and days are made anew when they matter.
  mutating func merge(_ other: OwnerState) {
    var other = other
    turn(to: other.day)
    other.turn(to: day)
    today &+= other.today
    yesterday &+= other.yesterday
    days = []
    lifetimeLow &+= other.lifetimeLow
    lifetimeCharge &+= other.lifetimeCharge
    bulkLow &+= other.bulkLow
    bulkCharge &+= other.bulkCharge
    bulk.merge(other.bulk)
    exact = []
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(owner))
    for number in [
      lifetimeLow, lifetimeCharge, bulkLow, bulkCharge, Int64(day), today, yesterday,
    ] {
      writer.write(number)
    }
    writer.write(UInt64(exact.count))
    for counters in exact { counters.write(to: &writer) }
    bulk.write(to: &writer)
  }

  init(from reader: inout StateReader) throws(StateError) {
    owner = try reader.owner()
    lifetimeLow = try reader.signed()
    lifetimeCharge = try reader.signed()
    bulkLow = try reader.signed()
    bulkCharge = try reader.signed()
    day = Int32(truncatingIfNeeded: try reader.signed())
    today = try reader.signed()
    yesterday = try reader.signed()
    if try reader.unsigned() == 1 { exact = [try HorizonCounters(isLong: false, from: &reader)] }
    if reader.version >= 5 {
      bulk = try BulkDays(from: &reader)
    } else if bulkLow > 0 || bulkCharge > 0 {
      bulk.lose(until: day)
    }
  }
}

/// The owners of a key, each with its state.
struct OwnerTable: Sendable {
  private(set) var states: [OwnerState] = []
  private(set) var index = HashIndex()

  @inline(__always)
  func place(of owner: UInt32) -> Int? {
    index.place(HashIndex.hash(UInt64(owner))) { states[$0].owner == owner }
  }

  func state(of owner: UInt32) -> OwnerState? { place(of: owner).map { states[$0] } }

  /// Adds an event and gives what its owner has been charged with for life.
  mutating func add(
    _ owner: UInt32,
    low: Int64,
    charge: Int64,
    time: Int64,
    day: Int32,
    isBulk: Bool,
    tag: UInt32 = 0
  ) -> Int64 {
    let place = place(of: owner) ?? append(OwnerState(owner: owner))
    states[place].add(low: low, charge: charge, time: time, day: day, isBulk: isBulk, tag: tag)
    return states[place].lifetimeCharge
  }

  /// See `OwnerState.routine`; for every owner, or for one.
  mutating func routines(
    within horizon: Int,
    until today: Int32,
    of owner: UInt32?,
    _ ledger: borrowing Ledger
  ) -> [(owner: UInt32, low: Int64, high: Int64, trace: Ledger.Trace)] {
    var found: [(owner: UInt32, low: Int64, high: Int64, trace: Ledger.Trace)] = []
    for place in states.indices where owner == nil || states[place].owner == owner {
      let (low, high, trace) = states[place].routine(within: horizon, until: today, ledger)
      if high > 0 { found.append((states[place].owner, low, high, trace)) }
    }
    return found
  }

  /// See `OwnerState.keepExactHours`.
  mutating func keepExactHours(
    of place: Int,
    from threshold: Int64,
    _ key: borrowing HorizonCounters
  ) {
    states[place].keepExactHours(from: threshold, key)
  }

  /// See `OwnerState.keepDays`.
  mutating func keepDays(of place: Int, from threshold: Int64, _ ledger: borrowing Ledger) {
    states[place].keepDays(from: threshold, ledger)
  }

  @inline(__always)
  func sum(_ horizon: Int, of place: Int) -> (low: Int64, charge: Int64) {
    states[place].sum(horizon)
  }

  /// See `OwnerState.bulkSum`.
  func bulkSum(_ horizon: Int, of place: Int, until today: Int32) -> (low: Int64, charge: Int64) {
    states[place].bulkSum(horizon, until: today)
  }

  /// See `OwnerState.ownCharge`.
  mutating func ownCharge(of place: Int, tag: UInt32) -> HorizonCounters.Sum {
    states[place].ownCharge(tag: tag)
  }

  /// See `OwnerState.smallCharge`.
  func smallCharge(of place: Int) -> Int64 { states[place].smallCharge }

  private mutating func append(_ state: OwnerState) -> Int {
    let place = states.count
    states.append(state)
    index.add(place, hash: HashIndex.hash(UInt64(state.owner))) {
      HashIndex.hash(UInt64(states[$0].owner))
    }
    return place
  }

  mutating func merge(_ other: OwnerTable) {
    for state in other.states {
      if let place = place(of: state.owner) {
        states[place].merge(state)
      } else {
        _ = append(state)
      }
    }
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(states.count))
    for state in states.sorted(by: { $0.owner < $1.owner }) { state.write(to: &writer) }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let state = try OwnerState(from: &reader)
      guard let place = place(of: state.owner) else {
        _ = append(state)
        continue
      }
      // Two names of one owner.
      guard !reader.renamed.isEmpty else { throw StateError(offset: 0) }
      states[place].merge(state)
    }
  }
}
