/// When and how much a key usually reads in bulk: what stands in for a job nobody declared.
///
/// All bulk reads count, explained or not: a habit is no permission, and one read among fifty is none.
struct BulkHabit: Sendable, Hashable {
  /// Bulk reads, those of each hour of the local day among them.
  private(set) var reads: Int64 = 0
  private(set) var hours: [Int64] = []
  private(set) var largest: Int64 = 0

  /// Fewer reads are no habit.
  static let least: Int64 = 10
  /// By how many times the largest read so far is passed.
  static let factor: Int64 = 4

  init() {}

  /// Whether at most one in fifty of the bulk reads so far fell into this hour or its neighbours.
  func isOffSchedule(hour: Int) -> Bool {
    guard reads >= Self.least, hours.count == 24 else { return false }
    let near = hours[hour] + hours[(hour + 23) % 24] + hours[(hour + 1) % 24]
    return near * 50 <= reads
  }

  func isMuchMore(_ records: Int64) -> Bool {
    let (limit, overflow) = largest.multipliedReportingOverflow(by: Self.factor)
    return reads >= Self.least && !overflow && records > limit
  }

  mutating func note(_ records: Int64, hour: Int) {
    if hours.isEmpty { hours = Array(repeating: 0, count: 24) }
    reads += 1
    hours[hour] += 1
    largest = max(largest, records)
  }

  mutating func merge(_ other: Self) {
    reads += other.reads
    largest = max(largest, other.largest)
    if hours.isEmpty {
      hours = other.hours
    } else if !other.hours.isEmpty {
      for hour in hours.indices { hours[hour] += other.hours[hour] }
    }
  }

  func write(to writer: inout StateWriter) {
    writer.write(reads)
    writer.write(largest)
    writer.write(UInt64(hours.count))
    for count in hours { writer.write(count) }
  }

  init(from reader: inout StateReader) throws(StateError) {
    reads = try reader.signed()
    largest = try reader.signed()
    let count = try reader.count()
    guard reads >= 0, largest >= 0, count == 0 || count == 24 else { throw StateError(offset: 0) }
    for _ in 0..<count {
      let reads = try reader.signed()
      guard reads >= 0, reads <= Int64.max / 64 else { throw StateError(offset: 0) }
      hours.append(reads)
    }
  }
}
