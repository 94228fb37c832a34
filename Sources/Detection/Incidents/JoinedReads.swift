internal import EventModel

/// Small reads that joined an incident, by the day on which they were read: what a trailing sum holds beyond those of its
/// own days is not in the incident yet.
///
/// Of the newest 96 days each by itself, so that sums of 90 days are exact; of those before them, 400 in all, eight together:
/// a sum that began after the first read of such eight days holds none of them, or all. Memory: 24 bytes each, 140 at most.
struct JoinedReads: Sendable, Equatable {
  struct Day: DayEntry {
    var day: Int32
    /// Of several days together the first on which there were any.
    var first: Int32
    var low: Int64
    var high: Int64

    init(day: Int32, low: Int64, high: Int64) {
      (self.day, first, self.low, self.high) = (day, day, low, high)
    }

    mutating func add(_ other: Self) {
      first = min(first, other.first)
      low = JoinedReads.sum(low, other.low)
      high = JoinedReads.sum(high, other.high)
    }
  }

  static let singleDays: Int32 = 96
  static let span: Int32 = 8
  static let kept: Int32 = 400
  /// So many and more are spread over the days in which they were read; fewer stand on the last.
  static let spread: Int64 = 64

  /// All that ever joined, days forgotten included.
  private(set) var low: Int64 = 0
  private(set) var high: Int64 = 0
  private var days = DayList<Day>()
  private var newest = Int32.min

  var entries: [Day] { days.entries }

  mutating func add(low: Int64, high: Int64, on day: Int32) {
    self.low = Self.sum(self.low, low)
    self.high = Self.sum(self.high, high)
    note(Day(day: day, low: low, high: high))
  }

  mutating func add(_ volume: Volume, on day: Int32) {
    add(low: volume.low, high: volume.high, on: day)
  }

  /// Reads of which only the first and the last day are known: evenly in between.
  mutating func add(low: Int64, high: Int64, from first: Int32, to last: Int32) {
    let count = Int64(last) - Int64(first) + 1
    guard count > 1, high >= Self.spread, high != Volume.unbounded else {
      return add(low: low, high: high, on: last)
    }
    self.low = Self.sum(self.low, low)
    self.high = Self.sum(self.high, high)
    // Days before those kept are in the sums alone.
    for index in max(0, count - Int64(Self.kept + Self.span))..<count {
      let certain = Self.share(of: low, index, count)
      let open = Self.share(of: high - low, index, count)
      guard certain != 0 || open != 0 else { continue }
      let day = first &+ Int32(truncatingIfNeeded: index)
      note(Day(day: day, low: certain, high: certain + open))
    }
  }

  /// What of a number falls to one of so many equal parts: all parts together come to the number.
  private static func share(of number: Int64, _ index: Int64, _ count: Int64) -> Int64 {
    func until(_ parts: Int64) -> Int64 {
      let (whole, rest) = number.quotientAndRemainder(dividingBy: count)
      return whole * parts + rest * parts / count
    }
    return until(index + 1) - until(index)
  }

  /// Of those since a day: `low`, what the lower ends may have come to; `high`, what the upper ends came to for sure.
  ///
  /// `nil`: all. So is a day before those kept.
  func since(_ first: Int32?) -> (low: Int64, high: Int64) {
    guard let first, newest == .min || first > newest &- Self.kept else { return (low, high) }
    var sum = (low: Int64(0), high: Int64(0))
    for entry in days.entries {
      if entry.first >= first {
        sum.high = Self.sum(sum.high, entry.high)
      } else if Self.last(of: entry.day, newest) < first {
        continue
      }
      sum.low = Self.sum(sum.low, entry.low)
    }
    return sum
  }

  mutating func merge(_ other: Self) {
    low = Self.sum(low, other.low)
    high = Self.sum(high, other.high)
    for entry in other.days.entries { note(entry) }
  }

  /// Brings an entry to where it stands, and the others after it, if it is the newest.
  private mutating func note(_ entry: Day) {
    if entry.day > newest {
      let isFirst = newest == .min
      newest = entry.day
      if !isFirst { settle() }
    }
    var entry = entry
    entry.day = Self.place(of: entry.day, newest)
    guard entry.day > oldest else { return }
    days.add(entry)
  }

  /// What began earlier cannot reach into the days that are kept.
  private var oldest: Int32 { newest &- Self.kept &- Self.span }

  private mutating func settle() {
    days.forget(until: oldest)
    guard let first = days.entries.first(where: { Self.place(of: $0.day, newest) != $0.day })
    else { return }
    var settled = DayList<Day>()
    for entry in days.entries {
      var entry = entry
      if entry.day >= first.day { entry.day = Self.place(of: entry.day, newest) }
      settled.add(entry)
    }
    days = settled
  }

  /// The first of the days that an entry stands for.
  private static func place(of day: Int32, _ newest: Int32) -> Int32 {
    guard day <= newest &- singleDays else { return day }
    return day &- ((day % span) &+ span) % span
  }

  /// The last of them.
  private static func last(of day: Int32, _ newest: Int32) -> Int32 {
    let limit = newest &- singleDays
    return day > limit ? day : min(day &+ span &- 1, limit)
  }

  private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
    let sum = left.addingReportingOverflow(right)
    return sum.overflow ? Volume.unbounded : sum.partialValue
  }

  // MARK: State

  func write(to writer: inout StateWriter) {
    for number in [low, high, Int64(newest)] { writer.write(number) }
    writer.write(UInt64(days.entries.count))
    for entry in days.entries {
      for number in [Int64(entry.day), Int64(entry.first &- entry.day), entry.low, entry.high] {
        writer.write(number)
      }
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    (low, high) = (try reader.signed(), try reader.signed())
    newest = Int32(truncatingIfNeeded: try reader.signed())
    for _ in 0..<(try reader.count()) {
      let day = Int32(truncatingIfNeeded: try reader.signed())
      let first = reader.version < 10 ? 0 : Int32(truncatingIfNeeded: try reader.signed())
      var entry = Day(day: day, low: try reader.signed(), high: try reader.signed())
      entry.first = day &+ first
      if reader.version < 10 { spread(entry) } else { days.add(entry) }
    }
  }

  /// Until version 9 days stood for eight from the 32nd on.
  private mutating func spread(_ entry: Day) {
    let last = min(entry.day &+ Self.span &- 1, newest &- 32)
    let count = Int64(last) - Int64(entry.day) + 1
    guard count > 1, entry.high != Volume.unbounded else { return note(entry) }
    for index in 0..<count {
      let certain = Self.share(of: entry.low, index, count)
      let open = Self.share(of: entry.high &- entry.low, index, count)
      note(Day(day: entry.day &+ Int32(index), low: certain, high: certain + open))
    }
  }

  /// Of a version that kept no days: all of the last one.
  init(low: Int64, high: Int64, last time: Int64) {
    guard high > 0, time > .min else { return }
    add(low: low, high: high, on: Int32(clamping: time / 86_400_000_000_000))
  }
}
