internal import EventModel

/// What was read in bulk of one owner, by day: what is left of a trailing sum are its small reads.
///
/// Memory: 24 bytes a day, of the newest 64 days with such a read.
struct BulkDays: Sendable {
  private struct Day: DayEntry {
    var day: Int32
    var low: Int64
    var charge: Int64

    mutating func add(_ other: Self) {
      low &+= other.low
      charge &+= other.charge
    }
  }

  static let limit = 64

  private var days = DayList<Day>()
  /// Bulk reads up to this day may be missing.
  private var lost = Int32.min

  init() {}

  /// Whether all bulk reads from a day on are known.
  func isWhole(from day: Int32) -> Bool { lost < day }

  mutating func add(low: Int64, charge: Int64, on day: Int32) {
    days.add(Day(day: day, low: low, charge: charge))
    if days.entries.count > Self.limit { lost = max(lost, days.removeFirst().day) }
  }

  func sum(from day: Int32) -> (low: Int64, charge: Int64) {
    var sum: (low: Int64, charge: Int64) = (0, 0)
    for known in days.entries.reversed() {
      guard known.day >= day else { break }
      sum.low &+= known.low
      sum.charge &+= known.charge
    }
    return sum
  }

  func charge(on day: Int32) -> Int64 { days.entries.last { $0.day == day }?.charge ?? 0 }

  func low(on day: Int32) -> Int64 { days.entries.last { $0.day == day }?.low ?? 0 }

  /// Leaves open what was read in bulk up to a day.
  mutating func lose(until day: Int32) { lost = max(lost, day) }

  mutating func merge(_ other: Self) {
    for known in other.days.entries { add(low: known.low, charge: known.charge, on: known.day) }
    lost = max(lost, other.lost)
  }

  func write(to writer: inout StateWriter) {
    writer.write(Int64(lost))
    writer.write(UInt64(days.entries.count))
    for known in days.entries {
      writer.write(Int64(known.day))
      writer.write(known.low)
      writer.write(known.charge)
    }
  }

  init(from reader: inout StateReader) throws(StateError) {
    lost = Int32(truncatingIfNeeded: try reader.signed())
    for _ in 0..<(try reader.count()) {
      let day = Int32(truncatingIfNeeded: try reader.signed())
      add(low: try reader.signed(), charge: try reader.signed(), on: day)
    }
  }
}
