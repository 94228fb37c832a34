internal import EventModel

/// How many reads of unknown number a privileged account made, day by day.
///
/// One of them tells nothing; many are no small reads, whatever each may have been. Memory: 24 bytes for
/// each of the last 30 days with any.
struct UncountedReads: Sendable, Equatable {
  struct Day: Sendable, Equatable, BitwiseCopyable {
    var day = Int32.min
    var reads: Int32 = 0
    /// Records that they can have been at most; `Volume.unbounded`: nothing bounds them.
    var most: Int64 = 0

    mutating func add(_ other: Day) {
      let (sum, overflow) = reads.addingReportingOverflow(other.reads)
      reads = overflow ? .max : sum
      let (total, isMore) = most.addingReportingOverflow(other.most)
      most = isMore ? Volume.unbounded : total
    }
  }

  static let kept: Int32 = 30
  /// Fewer are not judged, of a day and of those kept.
  static let fewest: Int32 = 10
  static let fewestKept: Int32 = 30

  private(set) var today = Day()
  private(set) var past: [Day] = []
  /// Reads of the past days.
  private var before: Int32 = 0

  /// Counts one; whether there may be too many.
  mutating func add(_ handling: borrowing Handling) -> Bool {
    if handling.day > today.day { turn(to: handling.day) }
    today.add(Day(day: handling.day, reads: 1, most: handling.volume.high))
    return today.reads >= Self.fewest || before >= Self.fewestKept &- today.reads
  }

  private mutating func turn(to day: Int32) {
    if today.reads > 0 { past.append(today) }
    past.removeAll { $0.day <= day &- Self.kept }
    today = Day(day: day)
    sumUp()
  }

  private mutating func sumUp() {
    var sum = Day()
    for entry in past { sum.add(entry) }
    before = sum.reads
  }

  /// Those of today and so many days before it, at most those kept.
  func sum(within days: Int32) -> Day {
    var sum = today
    for entry in past where entry.day > today.day &- days { sum.add(entry) }
    return sum
  }

  /// The beginning of the first day of those, seen from a time of today; of today alone, of its 24 hours.
  func start(within days: Int32, of time: Int64) -> Int64 {
    let first = past.first { $0.day > today.day &- days }?.day ?? today.day
    let length: Int64 = 86_400_000_000_000
    return first == today.day ? time - time % length : time &- Int64(today.day &- first) &* length
  }

  mutating func merge(_ other: UncountedReads) {
    if other.today.day > today.day {
      var whole = other
      whole.merge(self)
      self = whole
      return
    }
    for entry in other.past + [other.today] where entry.reads > 0 {
      if entry.day == today.day {
        today.add(entry)
      } else if let place = past.firstIndex(where: { $0.day == entry.day }) {
        past[place].add(entry)
      } else {
        past.insert(entry, at: past.firstIndex { $0.day > entry.day } ?? past.count)
      }
    }
    past.removeAll { $0.day <= today.day &- Self.kept }
    sumUp()
  }

  func write(to writer: inout StateWriter) {
    Self.write(today, to: &writer)
    writer.write(UInt64(past.count))
    for entry in past { Self.write(entry, to: &writer) }
  }

  private static func write(_ day: Day, to writer: inout StateWriter) {
    for number in [Int64(day.day), Int64(day.reads), day.most] { writer.write(number) }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    func day() throws(StateError) -> Day {
      Day(
        day: Int32(truncatingIfNeeded: try reader.signed()),
        reads: Int32(truncatingIfNeeded: max(0, try reader.signed())),
        most: max(0, try reader.signed())
      )
    }
    today = try day()
    for _ in 0..<(try reader.count()) { past.append(try day()) }
    sumUp()
  }
}
