internal import EventModel

/// How many reads of unknown number a privileged account made, day by day, by which hand and at what pace.
///
/// One of them tells nothing; many are no small reads, whatever each may have been. A *hand* is a program at a
/// terminal. What two shards keep adds up to what one pass keeps. Memory: 48 bytes, and 24 for each of the last 30 days and
/// of four hands of it.
struct UncountedReads: Sendable, Equatable {
  struct Day: DayEntry {
    var day = Int32.min
    /// Of which hand, as a hash; 0: of one beyond those kept, or not known.
    var hand: UInt32 = 0
    var reads: Int32 = 0
    /// Records that they can have been at most; `Volume.unbounded`: nothing bounds them.
    var most: Int64 = 0

    var part: UInt32 { hand }

    mutating func add(_ other: Day) {
      reads = Self.sum(reads, other.reads)
      let (total, isMore) = most.addingReportingOverflow(other.most)
      most = isMore ? Volume.unbounded : total
    }

    static func sum(_ one: Int32, _ other: Int32) -> Int32 {
      let (sum, overflow) = one.addingReportingOverflow(other)
      return overflow ? .max : sum
    }
  }

  static let kept: Int32 = 30
  /// Hands of a day that are told apart: those with the smallest hashes, so that the order does not matter.
  static let hands = 4
  /// Fewer are not judged, of a day and of those kept.
  static let fewest: Int32 = 10
  static let fewestKept: Int32 = 30
  /// Days of a pace that is known.
  static let knownDays = 7

  /// The hour of the account's first read of any kind; `Int64.min`: long ago.
  var since = Int64.min
  private(set) var newest = Int32.min
  private(set) var days = DayList<Day>()
  private(set) var pace = HourlyPace()
  /// Reads of the newest day, and of those before it; derived.
  private var today: Int32 = 0
  private var before: Int32 = 0

  /// Counts one; whether there may be too many.
  mutating func add(_ handling: borrowing Handling) -> Bool {
    let day = handling.day
    if day > newest { turn(to: day) }
    guard day > newest &- Self.kept else { return false }
    insert(Day(day: day, hand: Self.hand(of: handling), reads: 1, most: handling.volume.high))
    pace.add(1, at: HourlyPace.hour(of: handling.row.time))
    if day == newest { today = Day.sum(today, 1) } else { before = Day.sum(before, 1) }
    return today >= Self.fewest || before >= Self.fewestKept &- today
  }

  private static func hand(of handling: borrowing Handling) -> UInt32 {
    let names = UInt64(handling.row.program.rawValue) << 32 | UInt64(handling.terminal.rawValue)
    return UInt32(truncatingIfNeeded: HashIndex.hash(names)) | 1
  }

  private mutating func turn(to day: Int32) {
    newest = day
    days.forget(until: day &- Self.kept)
    sumUp()
  }

  private mutating func insert(_ entry: Day) {
    var entry = entry
    if entry.hand != 0, !days.holds(entry) {
      let held = days.entries.filter { $0.day == entry.day && $0.hand != 0 }
      if held.count >= Self.hands, var last = held.last {
        if entry.hand > last.hand {
          entry.hand = 0
        } else {
          days.remove(last)
          last.hand = 0
          days.add(last)
        }
      }
    }
    days.add(entry)
  }

  private mutating func sumUp() {
    (today, before) = (0, 0)
    for entry in days.entries {
      if entry.day == newest {
        today = Day.sum(today, entry.reads)
      } else {
        before = Day.sum(before, entry.reads)
      }
    }
  }

  /// Those of the newest day and so many days before it, at most those kept; of all hands but one.
  func sum(within days: Int32, besides hand: UInt32? = nil) -> Day {
    var sum = Day(day: newest)
    for entry in self.days.entries where entry.day > newest &- days && entry.hand != hand {
      sum.add(entry)
    }
    return sum
  }

  /// The first of these days with any.
  func first(within days: Int32) -> Int32 {
    self.days.entries.first { $0.day > newest &- days }?.day ?? newest
  }

  /// The hand that does this work: that of most reads of the days before, of today where there are none.
  var usualHand: UInt32? {
    usualHand { $0.day < newest } ?? usualHand { $0.day == newest }
  }

  private func usualHand(_ isAbout: (Day) -> Bool) -> UInt32? {
    var sums: [UInt32: Int64] = [:]
    for entry in days.entries where entry.hand != 0 && isAbout(entry) {
      sums[entry.hand, default: 0] += Int64(entry.reads)
    }
    return sums.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }

  /// Whether it is work that a clock does: around the clock, the hours alike, none with more than `most`; or at the pace of
  /// at least seven of the days before.
  ///
  /// Who is known longer than a day must have kept the pace for one: a run that begins is none.
  func isSteady(_ most: Int64) -> Bool {
    guard pace.peak <= most else { return false }
    return pace.isEven(since: since) || isUsual
  }

  private var isUsual: Bool {
    guard let hand = usualHand else { return false }
    let usual = days.entries.filter { $0.day < newest && $0.hand == hand }.map(\.reads).sorted()
    guard usual.count >= Self.knownDays else { return false }
    let median = Int64(usual[usual.count / 2])
    return Int64(today) <= median + median / 4 + 2
      && pace.peak <= 2 * (median / HourlyPace.hours) + 2
  }

  mutating func merge(_ other: UncountedReads) {
    since = min(since, other.since)
    newest = max(newest, other.newest)
    for entry in other.days.entries { insert(entry) }
    if newest > .min { days.forget(until: newest &- Self.kept) }
    pace.merge(other.pace)
    sumUp()
  }

  func write(to writer: inout StateWriter) {
    writer.write(since)
    writer.write(Int64(newest))
    writer.write(UInt64(days.entries.count))
    for entry in days.entries {
      for number in [Int64(entry.day), Int64(entry.hand), Int64(entry.reads), entry.most] {
        writer.write(number)
      }
    }
    pace.write(to: &writer)
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    func number() throws(StateError) -> Int32 { Int32(truncatingIfNeeded: try reader.signed()) }
    let hasHands = reader.version >= 7
    if hasHands {
      since = try reader.signed()
      newest = try number()
    } else {
      let today = Day(
        day: try number(),
        reads: max(0, try number()),
        most: max(0, try reader.signed())
      )
      newest = today.day
      if today.reads > 0 { days.add(today) }
    }
    for _ in 0..<(try reader.count()) {
      var entry = Day(day: try number())
      if hasHands { entry.hand = UInt32(truncatingIfNeeded: try reader.signed()) }
      entry.reads = max(0, try number())
      entry.most = max(0, try reader.signed())
      days.add(entry)
    }
    if hasHands { pace = try HourlyPace(from: &reader) }
    sumUp()
  }
}
