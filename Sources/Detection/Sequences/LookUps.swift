internal import Estate
internal import EventModel

/// One day's look-ups of one account.
struct LookUpDay: Sendable, Equatable, BitwiseCopyable {
  var day = Int32.min
  /// Single records opened.
  var views: Int32 = 0
  /// With a call, where the source states calls.
  var accompanied: Int32 = 0
  /// Without a call and without an instruction, where the source states calls.
  var alone: Int32 = 0
  /// Of which records of calls told that: no row of theirs does.
  var settled: Int32 = 0

  /// Look-ups without a call beyond what is usual for so many with one.
  ///
  /// The allowance is never below 10, so that the order of a quiet day does not matter.
  func excess(_ peers: PeerReference) -> Int64 {
    Int64(alone) - max(10, Int64(accompanied) * peers.alonePermille / 1_000)
  }

  /// How many more than usual calls asked for.
  func callsBeyond(_ peers: PeerReference) -> Int64 { max(0, Int64(accompanied) - peers.views) }

  /// How many are in question where what calls asked for is not: those without a call, and at least as many as are too
  /// many.
  func open(_ peers: PeerReference) -> Int64 {
    Int64(views) - min(Int64(accompanied), peers.views)
  }
}

/// The look-ups of an account: today's, and those of the last 90 days.
///
/// A look-up is a read of a single record that no instruction covers. Whether a call asked for it is known only where the source
/// states calls at all; elsewhere look-ups are counted and nothing is said of calls. `add` touches
/// today's numbers alone. Memory: 28 bytes for each of the last 90 days with an excess.
struct LookUps: Sendable, Equatable {
  /// What a past day had too many of.
  struct Past: DayEntry {
    var day: Int32
    /// Without a call, and how many of them beyond what is usual.
    var alone: Int32 = 0
    var excess: Int32 = 0
    /// All look-ups beyond what is usual, and among how many (`LookUpDay.open`).
    var beyond: Int32 = 0
    var open: Int32 = 0
    /// Of a day on which calls asked for more than is usual: how many more, and how many are not among `open`.
    var callsBeyond: Int32 = 0
    var calls: Int32 = 0

    init(day: Int32) { self.day = day }

    init(_ tally: LookUpDay, _ peers: PeerReference) {
      day = tally.day
      alone = tally.alone
      excess = Int32(truncatingIfNeeded: max(0, tally.excess(peers)))
      beyond = Int32(truncatingIfNeeded: max(0, Int64(tally.views) - peers.views))
      guard beyond > 0 else { return }
      open = Int32(truncatingIfNeeded: tally.open(peers))
      callsBeyond = Int32(truncatingIfNeeded: tally.callsBeyond(peers))
      if callsBeyond > 0 { calls = tally.views &- open }
    }

    var isEmpty: Bool { excess == 0 && beyond == 0 }

    mutating func add(_ other: Self) {
      alone &+= other.alone
      excess &+= other.excess
      beyond &+= other.beyond
      open &+= other.open
      callsBeyond &+= other.callsBeyond
      calls &+= other.calls
    }
  }

  /// What was too many within some days.
  struct Sum: Equatable, BitwiseCopyable {
    var records: Int64
    /// Those included that would have been usual.
    var all: Int64
    /// On how many days.
    var days: Int64
    /// How many days ago the first of them was.
    var age: Int32
    /// Of reads in order: records of those in bulk, which are taken by themselves.
    var bulk: Int64 = 0
    /// How many more than usual calls asked for, and how many look-ups of these days are not among all.
    var callsBeyond: Int64 = 0
    var calls: Int64 = 0

    /// Without those in bulk.
    var small: Int64 { records &- bulk }

    /// Of a thousand, how many would have been usual.
    var usualPermille: Int64 { (all &- records) &* 1_000 / max(1, all) }

    func start(before time: Int64) -> Int64 { time &- Int64(age) &* 86_400_000_000_000 }
  }

  static let kept: Int32 = 90
  /// A day with fewer beyond the usual does not count as one of several.
  static let least: Int64 = 5

  private(set) var today = LookUpDay()
  private(set) var peers = PeerReference.unknown
  private(set) var past = DayList<Past>()
  /// Without a call, on days with an excess that are older than those kept, since one in 90 had none; how many of them
  /// were too many, and the first of these days.
  private var passed: Int64 = 0
  private var passedExcess: Int64 = 0
  private var passedFirst = Int32.max
  /// Whether today calls are not noted for others either; derived from the role's day.
  private var lacksCalls = false
  /// The source in which this account's reads name calls, -1 before the first that does.
  private var callSource: Int32 = -1

  /// Counts a look-up; whether it may be one too many.
  mutating func add(_ handling: borrowing Handling, _ book: inout PeerBook) -> Bool {
    if handling.day > today.day { turn(to: handling.day, role: handling.roleIndex, &book) }
    today.views &+= 1
    let isMany = Int64(today.views) > peers.views
    if handling.row.flags.contains(.call) {
      callSource = Int32(handling.row.source)
      today.accompanied &+= 1
      lacksCalls = book.note(role: handling.roleIndex, today, isAlone: false)
      return isMany
    }
    guard statesCalls(handling.row) else { return isMany }
    today.alone &+= 1
    lacksCalls = book.note(role: handling.roleIndex, today, isAlone: true)
    return isMany || (!lacksCalls && today.alone > 10 && today.excess(peers) > 0)
  }

  /// Counts what records of calls say of a look-up that `add` has counted; whether it may be one too many.
  ///
  /// It may come when the account's next day has begun: then it counts for that.
  mutating func settle(
    _ handling: borrowing Handling,
    isAlone: Bool,
    _ book: inout PeerBook
  ) -> Bool {
    if isAlone { today.alone &+= 1 } else { today.accompanied &+= 1 }
    today.settled &+= 1
    lacksCalls = book.note(role: handling.roleIndex, today, isAlone: isAlone)
    return isAlone && !lacksCalls && today.alone > 10 && today.excess(peers) > 0
  }

  /// Whether there would be a call if there had been one: the source is declared to state them, or
  /// has stated one for this account.
  func statesCalls(_ row: borrowing EventRow) -> Bool {
    let (flags, source) = (row.flags, Int32(row.source))
    return flags.contains(.statesCalls) || source == callSource
  }

  private mutating func turn(to day: Int32, role: Int, _ book: inout PeerBook) {
    if today.views > 0 {
      book.close(role: role, today, on: day)
      var entry = Past(today, peers)
      if book.lacksCalls(role: role, beside: today) { entry.excess = 0 }
      if !entry.isEmpty { past.add(entry) }
    }
    forget(before: day)
    today = LookUpDay(day: day)
    peers = book.reference(role: role, on: day)
    if Role.allCases[role].isPrivileged { peers.views = book.privilegedViews(role: role) }
  }

  /// Days that are too old leave, and are only summed up as long as others follow them.
  private mutating func forget(before day: Int32) {
    guard let first = past.entries.first, first.day <= day &- Self.kept else { return }
    for entry in past.entries where entry.day <= day &- Self.kept && entry.excess > 0 {
      passed += Int64(entry.alone)
      passedExcess += Int64(entry.excess)
      passedFirst = min(passedFirst, entry.day)
    }
    past.forget(until: day &- Self.kept)
    if !past.entries.contains(where: { $0.excess > 0 }) {
      (passed, passedExcess, passedFirst) = (0, 0, .max)
    }
  }

  /// What was too many without a call within so many days, today included, and on how many of them.
  func excess(within days: Int32) -> Sum {
    let now = lacksCalls ? 0 : max(0, today.excess(peers))
    var (records, alone, first) = (now, Int64(today.alone), today.day)
    var count: Int64 = now >= Self.least ? 1 : 0
    for entry in past.entries where entry.day > today.day &- days && entry.excess > 0 {
      first = min(first, entry.day)
      records += Int64(entry.excess)
      alone += Int64(entry.alone)
      if Int64(entry.excess) >= Self.least { count += 1 }
    }
    return Sum(records: records, all: alone, days: count, age: today.day &- first)
  }

  /// Look-ups without a call of today that are known one by one: all but the newest, or none.
  var aloneToday: Int64 { today.settled > 0 ? 0 : Int64(today.alone) - 1 }

  /// As `excess`, of all days since one in 90 had none.
  var wholeExcess: Sum {
    var sum = excess(within: Self.kept)
    sum.records += passedExcess
    sum.all += passed
    if passed > 0 { sum.age = max(sum.age, today.day &- passedFirst) }
    return sum
  }

  /// As `excess`, of all look-ups; of days with so many beyond the usual.
  func beyond(within days: Int32, least: Int64 = 1) -> Sum {
    var now = max(0, Int64(today.views) - peers.views)
    if now < least { now = 0 }
    var sum = Sum(records: now, all: 0, days: now > 0 ? 1 : 0, age: 0)
    if now > 0 {
      (sum.all, sum.callsBeyond) = (today.open(peers), today.callsBeyond(peers))
      if sum.callsBeyond > 0 { sum.calls = Int64(today.views) - sum.all }
    }
    for entry in past.entries where entry.day > today.day &- days && entry.beyond >= least {
      sum.age = max(sum.age, today.day &- entry.day)
      sum.records += Int64(entry.beyond)
      sum.all += Int64(entry.open)
      sum.callsBeyond += Int64(entry.callsBeyond)
      sum.calls += Int64(entry.calls)
      sum.days += 1
    }
    return sum
  }

  /// Adds the same account's look-ups from another shard, as far as days can be added.
  mutating func merge(_ other: LookUps) {
    if other.today.day > today.day {
      var whole = other
      whole.merge(self)
      self = whole
      return
    }
    if other.today.day == today.day {
      today.views &+= other.today.views
      today.accompanied &+= other.today.accompanied
      today.alone &+= other.today.alone
      today.settled &+= other.today.settled
    } else if other.today.views > 0 {
      add(Past(other.today, other.peers))
    }
    for entry in other.past.entries { add(entry) }
    callSource = max(callSource, other.callSource)
    passed += other.passed
    passedExcess += other.passedExcess
    passedFirst = min(passedFirst, other.passedFirst)
    forget(before: today.day)
  }

  /// A day without too many is not kept, but adds to one that is.
  private mutating func add(_ entry: Past) {
    if !entry.isEmpty || past.holds(entry) { past.add(entry) }
  }

  func write(to writer: inout StateWriter) {
    for number in [today.day, today.views, today.accompanied, today.alone, today.settled] {
      writer.write(Int64(number))
    }
    writer.write(Int64(callSource))
    for number in [passed, passedExcess, Int64(passedFirst)] { writer.write(number) }
    writer.write(peers.alonePermille)
    writer.write(peers.views)
    writer.write(UInt64(past.entries.count))
    for entry in past.entries {
      for number in [entry.day, entry.alone, entry.excess, entry.beyond] {
        writer.write(Int64(number))
      }
      for number in [entry.open, entry.callsBeyond, entry.calls] { writer.write(Int64(number)) }
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    func number() throws(StateError) -> Int32 { Int32(truncatingIfNeeded: try reader.signed()) }
    today = LookUpDay(
      day: try number(),
      views: try number(),
      accompanied: try number(),
      alone: try number()
    )
    // Until version 9 no row told it to the windows.
    today.settled = reader.version >= 10 ? try number() : today.accompanied
    callSource = try number()
    if reader.version >= 5 { passed = try reader.signed() }
    if reader.version >= 10 {
      passedExcess = try reader.signed()
      passedFirst = try number()
    } else if passed > 0 {
      // Not known any more: longer ago than anything is kept by days.
      passedFirst = today.day &- 4_000
    }
    peers.alonePermille = try reader.signed()
    peers.views = try reader.signed()
    for _ in 0..<(try reader.count()) {
      var entry = Past(day: try number())
      entry.alone = try number()
      entry.excess = try number()
      entry.beyond = try number()
      if reader.version >= 10 {
        entry.open = try number()
        entry.callsBeyond = try number()
        entry.calls = try number()
      } else if entry.beyond > 0 {
        // All of that day, as it was told then.
        entry.open = entry.beyond &+ Int32(clamping: peers == .unknown ? 0 : peers.views)
      }
      past.add(entry)
    }
  }
}
