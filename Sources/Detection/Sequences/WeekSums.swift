internal import EventModel

/// What an account read without an instruction and without a call, week by week: the last 26 in which it
/// read anything at all, 24 bytes each.
///
/// Weeks begin on Thursdays, as the days' count from 1970 does.
struct WeekSums: Sendable, Equatable {
  struct Week: Sendable, Equatable, BitwiseCopyable {
    var week: Int32
    var records: Int64
    /// Whether it was beyond what was usual then.
    var isBeyond: Bool
  }

  static let most = 26
  /// Fewer weeks are no history.
  static let fewest = 8
  /// A week of fewer records is never judged.
  static let floor: Int64 = 1_000

  private(set) var week = Int32.min
  private(set) var records: Int64 = 0
  private(set) var past: [Week] = []
  /// Day on which the next week begins.
  private var end = Int32.min
  private(set) var peers: Int64 = 0
  private(set) var own: Int64 = 0

  /// Begins a week where the read is the first of one.
  @inline(__always)
  mutating func turn(
    to handling: borrowing Handling,
    _ book: inout PeerBook,
    _ calendar: borrowing WorkingCalendar
  ) {
    if handling.day >= end { begin(handling.day, role: handling.roleIndex, &book, calendar) }
  }

  mutating func begin(
    _ day: Int32,
    role: Int,
    _ book: inout PeerBook,
    _ calendar: borrowing WorkingCalendar
  ) {
    if week > .min {
      if let whole = calendar.whole(records, week: week) {
        book.close(role: role, records: whole, on: day)
      }
      past.append(Week(week: week, records: records, isBeyond: isBeyond))
      if past.count > Self.most { past.removeFirst() }
    }
    week = PeerBook.week(of: day)
    end = (week &+ 1) &* 7
    records = 0
    peers = book.reference(role: role, on: day).weekly
    var usual: [Int64] = []
    for entry in past {
      if let whole = calendar.whole(entry.records, week: entry.week) { usual.append(whole) }
    }
    own = Self.upper(usual)
  }

  /// Counts a read that nothing explains; whether the week is beyond what is usual.
  mutating func add(_ charge: Int64) -> Bool {
    records &+= charge
    return isBeyond
  }

  /// Beyond the peers' weeks, and beyond its own or far beyond the peers'; where there are no peers,
  /// beyond its own.
  private var isBeyond: Bool {
    guard records >= Self.floor else { return false }
    let isOwn = past.count >= Self.fewest && records > own
    guard peers > 0 else { return isOwn }
    return records > peers && (isOwn || past.count < Self.fewest || records > 5 &* peers)
  }

  /// How many of this week and the three before it were beyond, and their records.
  func beyond() -> (weeks: Int64, records: Int64) {
    var (weeks, sum) = isBeyond ? (1, records) : (0, 0) as (Int64, Int64)
    for entry in past.suffix(3) where entry.isBeyond && entry.week > week &- 8 {
      weeks += 1
      sum &+= entry.records
    }
    return (weeks, sum)
  }

  /// The larger of twice the median and the median with three median deviations.
  private static func upper(_ records: [Int64]) -> Int64 {
    guard !records.isEmpty else { return 0 }
    let median = records.sorted()[records.count / 2]
    let deviation = records.map { abs($0 - median) }.sorted()[records.count / 2]
    return max(2 &* median, median &+ deviation &* 44_478 / 10_000)
  }

  /// Adds the same account's weeks from another shard.
  mutating func merge(_ other: WeekSums) {
    if other.week > week {
      var whole = other
      whole.merge(self)
      self = whole
      return
    }
    if other.week == week {
      records &+= other.records
    } else if other.week > .min {
      insert(Week(week: other.week, records: other.records, isBeyond: other.isBeyond))
    }
    for entry in other.past { insert(entry) }
    past = Array(past.suffix(Self.most))
  }

  private mutating func insert(_ entry: Week) {
    if let place = past.firstIndex(where: { $0.week == entry.week }) {
      past[place].records &+= entry.records
      past[place].isBeyond = past[place].isBeyond || entry.isBeyond
    } else {
      past.insert(entry, at: past.firstIndex { $0.week > entry.week } ?? past.count)
    }
  }

  func write(to writer: inout StateWriter) {
    for number in [Int64(week), records, Int64(end), peers, own] { writer.write(number) }
    writer.write(UInt64(past.count))
    for entry in past {
      writer.write(Int64(entry.week))
      writer.write(entry.records)
      writer.write(UInt64(entry.isBeyond ? 1 : 0))
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    week = Int32(truncatingIfNeeded: try reader.signed())
    records = try reader.signed()
    end = Int32(truncatingIfNeeded: try reader.signed())
    peers = try reader.signed()
    own = try reader.signed()
    for _ in 0..<(try reader.count()) {
      past.append(
        Week(
          week: Int32(truncatingIfNeeded: try reader.signed()),
          records: try reader.signed(),
          isBeyond: try reader.unsigned() == 1
        )
      )
    }
  }
}
