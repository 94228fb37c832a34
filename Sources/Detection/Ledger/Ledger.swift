internal import EventModel

/// What one principal did with one owner's data, day by day: the memory that outlives the windows.
///
/// Explained and unexplained handling alike. Daily roll-ups for the last 366 days with an event,
/// totals for life. Memory: ~60 bytes a day and line, bounded by 366 days a line.
public struct Ledger: Sendable {
  struct Key: Hashable, Sendable, Comparable {
    var owner: UInt32
    var dataset: UInt32
    var operation: UInt8

    static func < (left: Self, right: Self) -> Bool {
      (left.owner, left.dataset, left.operation) < (right.owner, right.dataset, right.operation)
    }
  }

  struct DailyRollup: Sendable, Hashable {
    var day: Int32
    var operations: Int64 = 0
    var records = Volume.none
    var bytes: Int64 = 0
    var first: Int64
    var last: Int64

    mutating func merge(_ other: Self) {
      operations += other.operations
      records.add(other.records)
      bytes &+= other.bytes
      first = min(first, other.first)
      last = max(last, other.last)
    }
  }

  struct Line: Sendable {
    var days: [DailyRollup] = []
    /// Roll-ups that are older than the daily ones, added up.
    var older: DailyRollup?
    var subjects = DistinctSubjects()

    mutating func add(_ rollup: DailyRollup) {
      if let last = days.last, last.day == rollup.day {
        days[days.count - 1].merge(rollup)
      } else if let place = days.firstIndex(where: { $0.day >= rollup.day }) {
        if days[place].day == rollup.day {
          days[place].merge(rollup)
        } else {
          days.insert(rollup, at: place)
        }
      } else {
        days.append(rollup)
      }
      while days.count > Ledger.dailyLimit {
        let oldest = days.removeFirst()
        if older == nil { older = oldest } else { older?.merge(oldest) }
      }
    }
  }

  static let dailyLimit = 366
  private(set) var lines: [Key: Line] = [:]

  mutating func add(_ rollup: DailyRollup, subject: UInt64, to key: Key) {
    lines[key, default: Line()].add(rollup)
    lines[key]?.subjects.add(subject)
  }

  /// Volume handled in the trailing `days` (today included) or, for `nil`, ever.
  func volume(owner: UInt32?, days: Int?, until today: Int32) -> Volume {
    var sum = Volume.none
    for (key, line) in lines where owner == nil || key.owner == owner {
      for rollup in line.days where rollup.day <= today {
        if let days, Int(today) - Int(rollup.day) >= days { continue }
        sum.add(rollup.records)
      }
      if days == nil, let older = line.older { sum.add(older.records) }
    }
    return sum
  }

  mutating func merge(_ other: Ledger) {
    for (key, line) in other.lines {
      var mine = lines[key] ?? Line()
      for rollup in line.days { mine.add(rollup) }
      if let older = line.older {
        if mine.older == nil { mine.older = older } else { mine.older?.merge(older) }
      }
      mine.subjects.merge(line.subjects)
      lines[key] = mine
    }
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(lines.count))
    for (key, line) in lines.sorted(by: { $0.key < $1.key }) {
      writer.write(UInt64(key.owner))
      writer.write(UInt64(key.dataset))
      writer.write(UInt64(key.operation))
      writer.write(UInt64(line.older == nil ? 0 : 1))
      for rollup in (line.older.map { [$0] } ?? []) { rollup.write(to: &writer) }
      writer.write(UInt64(line.days.count))
      for rollup in line.days { rollup.write(to: &writer) }
      line.subjects.write(to: &writer)
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let key = Key(
        owner: UInt32(truncatingIfNeeded: try reader.unsigned()),
        dataset: UInt32(truncatingIfNeeded: try reader.unsigned()),
        operation: UInt8(truncatingIfNeeded: try reader.unsigned())
      )
      var line = Line()
      if try reader.unsigned() == 1 { line.older = try DailyRollup(from: &reader) }
      for _ in 0..<(try reader.count()) { line.days.append(try DailyRollup(from: &reader)) }
      line.subjects = try DistinctSubjects(from: &reader)
      lines[key] = line
    }
  }
}

extension Ledger.DailyRollup {
  func write(to writer: inout StateWriter) {
    writer.write(Int64(day))
    writer.write(operations)
    records.write(to: &writer)
    writer.write(bytes)
    writer.write(first)
    writer.write(last)
  }

  init(from reader: inout StateReader) throws(StateError) {
    day = Int32(truncatingIfNeeded: try reader.signed())
    operations = try reader.signed()
    records = try Volume(from: &reader)
    bytes = try reader.signed()
    first = try reader.signed()
    last = try reader.signed()
  }
}

extension Volume {
  func write(to writer: inout StateWriter) {
    writer.write(low)
    writer.write(high)
    writer.write(UInt64(quality.rawValue))
  }

  init(from reader: inout StateReader) throws(StateError) {
    self.init(
      low: try reader.signed(),
      high: try reader.signed(),
      quality: VolumeQuality(rawValue: UInt8(truncatingIfNeeded: try reader.unsigned())) ?? .unknown
    )
  }
}
