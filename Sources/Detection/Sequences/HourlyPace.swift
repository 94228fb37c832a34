/// How many of something each of the last 24 hours saw, hours of UTC.
///
/// Memory: 48 bytes from the first one on.
struct HourlyPace: Sendable, Equatable {
  static let length: Int64 = 3_600_000_000_000
  static let hours: Int64 = 24
  /// Fewer whole hours show no pace.
  static let fewest: Int64 = 3

  /// The newest hour with any, from 1970.
  private(set) var newest = Int64.min
  private var counts: [UInt16] = []

  init() {}

  static func hour(of time: Int64) -> Int64 {
    time / length - (time % length < 0 ? 1 : 0)
  }

  mutating func add(_ count: UInt16, at hour: Int64) {
    if counts.isEmpty {
      counts = [UInt16](repeating: 0, count: Int(Self.hours))
      newest = hour
    }
    if hour > newest {
      for passed in max(newest + 1, hour - Self.hours + 1)...hour { counts[Self.slot(passed)] = 0 }
      newest = hour
    }
    guard hour > newest - Self.hours else { return }
    let (sum, overflow) = counts[Self.slot(hour)].addingReportingOverflow(count)
    counts[Self.slot(hour)] = overflow ? .max : sum
  }

  private static func slot(_ hour: Int64) -> Int { Int(((hour % hours) + hours) % hours) }

  /// The largest number of an hour.
  var peak: Int64 { Int64(counts.max() ?? 0) }

  /// Whether all hours had about as many: none of them more than twice the mean and two, at most one in twelve
  /// none at all.
  ///
  /// It takes the last 24, or those `since` an hour that is later, if it began within two hours of that.
  func isEven(since begin: Int64) -> Bool {
    guard !counts.isEmpty else { return false }
    var first = newest - Self.hours + 1
    if begin > first {
      // The first one is not whole.
      first = begin
      while first < begin &+ 2, first < newest, counts[Self.slot(first)] == 0 { first &+= 1 }
      first &+= 1
    }
    let whole = newest &- first
    guard whole >= Self.fewest else { return false }
    var (sum, none) = (0, 0) as (Int64, Int64)
    for hour in first..<newest {
      let count = Int64(counts[Self.slot(hour)])
      sum += count
      if count == 0 { none += 1 }
    }
    return none * 12 <= whole && peak <= 2 * (sum / whole) + 2
  }

  mutating func merge(_ other: Self) {
    guard !other.counts.isEmpty else { return }
    for hour in other.newest - Self.hours + 1...other.newest {
      let count = other.counts[Self.slot(hour)]
      if count > 0 { add(count, at: hour) }
    }
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(counts.count))
    guard !counts.isEmpty else { return }
    writer.write(newest)
    for back in 0..<Self.hours { writer.write(UInt64(counts[Self.slot(newest - back)])) }
  }

  init(from reader: inout StateReader) throws(StateError) {
    let count = try reader.count()
    guard count > 0 else { return }
    let hour = try reader.signed()
    // No time of an event is beyond.
    let times = Self.hour(of: .min)...Self.hour(of: .max)
    guard count == Self.hours, times.contains(hour) else { throw StateError(offset: 0) }
    newest = hour
    counts = [UInt16](repeating: 0, count: count)
    for back in 0..<Self.hours {
      counts[Self.slot(hour - back)] = UInt16(clamping: try reader.unsigned())
    }
  }
}
