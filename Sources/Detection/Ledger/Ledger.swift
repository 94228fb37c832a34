internal import EventModel

/// What one principal did with one owner's data, day by day: the memory that outlives the windows.
///
/// Explained and unexplained handling alike. Daily roll-ups for the last 366 days with an event,
/// totals for life. Memory: 56 bytes a day and line, bounded by 366 days a line.
public struct Ledger: Sendable {
  struct Key: Hashable, Sendable, Comparable {
    var owner: UInt32
    var dataset: UInt32
    var operation: UInt8

    var hash: UInt64 {
      HashIndex.hash(UInt64(owner) << 32 | UInt64(dataset), UInt64(operation))
    }

    static func < (left: Self, right: Self) -> Bool {
      (left.owner, left.dataset, left.operation) < (right.owner, right.dataset, right.operation)
    }
  }

  /// What was done on one day: 56 bytes.
  struct DailyRollup: Sendable, Hashable, BitwiseCopyable {
    var day: Int32
    /// At most 4,294,967,295.
    var operations: UInt32 = 0
    var low: Int64 = 0
    var high: Int64 = 0
    var bytes: Int64 = 0
    var first: Int64
    var last: Int64
    var quality = VolumeQuality.exact

    var records: Volume {
      get { Volume(low: low, high: high, quality: quality) }
      set { (low, high, quality) = (newValue.low, newValue.high, newValue.quality) }
    }

    @inline(__always)
    mutating func merge(_ other: Self) {
      let sum = operations.addingReportingOverflow(other.operations)
      operations = sum.overflow ? .max : sum.partialValue
      records.add(other.records)
      bytes &+= other.bytes
      first = min(first, other.first)
      last = max(last, other.last)
    }
  }

  struct Line: Sendable {
    let key: Key
    var days: [DailyRollup] = []
    /// Roll-ups that are older than the daily ones, added up: one or none.
    var older: [DailyRollup] = []
    var subjects = DistinctSubjects()
    /// Reads of exactly one record whose subject was stated.
    var named: Int64 = 0

    init(key: Key) { self.key = key }

    @inline(__always)
    mutating func add(_ rollup: DailyRollup) {
      if let last = days.last, last.day == rollup.day {
        days[days.count - 1].merge(rollup)
      } else {
        insert(rollup)
      }
    }

    private mutating func insert(_ rollup: DailyRollup) {
      if let place = days.firstIndex(where: { $0.day >= rollup.day }) {
        if days[place].day == rollup.day {
          days[place].merge(rollup)
        } else {
          days.insert(rollup, at: place)
        }
      } else {
        days.append(rollup)
      }
      while days.count > Ledger.dailyLimit { retire(days.removeFirst()) }
    }

    mutating func retire(_ rollup: DailyRollup) {
      if older.isEmpty { older = [rollup] } else { older[0].merge(rollup) }
    }
  }

  static let dailyLimit = 366
  private(set) var lines: [Line] = []
  private var index = HashIndex()
  /// The line of the latest event: often that of the one before.
  private var newest = 0

  mutating func add(_ handling: borrowing Handling) {
    let key = Key(
      owner: handling.owner.rawValue,
      dataset: handling.dataset.rawValue,
      operation: handling.row.operation.rawValue
    )
    if newest >= lines.count || lines[newest].key != key { newest = place(of: key) }
    var rollup = DailyRollup(day: handling.day, first: handling.row.time, last: handling.row.time)
    rollup.operations = 1
    rollup.records = handling.volume
    rollup.bytes = max(0, handling.row.bytes)
    lines[newest].add(rollup)
    if handling.row.subject != 0 {
      lines[newest].subjects.add(handling.row.subject)
      if handling.volume == .exactly(1) { lines[newest].named &+= 1 }
    }
  }

  private mutating func place(of key: Key) -> Int {
    if let known = index.place(key.hash, where: { lines[$0].key == key }) { return known }
    lines.append(Line(key: key))
    index.add(lines.count - 1, hash: key.hash) { lines[$0].key.hash }
    return lines.count - 1
  }

  /// Volume handled in the trailing `days` (today included) or, for `nil`, ever.
  func volume(owner: UInt32?, days: Int?, until today: Int32) -> Volume {
    var sum = Volume.none
    for line in lines where owner == nil || line.key.owner == owner {
      for rollup in line.days where rollup.day <= today {
        if let days, Int(today) - Int(rollup.day) >= days { continue }
        sum.add(rollup.records)
      }
      if days == nil { for older in line.older { sum.add(older.records) } }
    }
    return sum
  }

  /// When an owner's data was first and last handled from a day on, and whose records they were.
  func trace(of owner: UInt32, from firstDay: Int32?) -> Trace {
    var trace = Trace()
    for line in lines where line.key.owner == owner {
      var rollups = line.days[...]
      if let firstDay { rollups = rollups.drop { $0.day < firstDay } }
      for rollup in rollups + (firstDay == nil ? line.older : []) {
        trace.first = min(trace.first, rollup.first)
        trace.last = max(trace.last, rollup.last)
      }
      for rollup in line.days { trace.records.add(rollup.records) }
      for rollup in line.older { trace.records.add(rollup.records) }
      trace.subjects.merge(line.subjects)
      trace.named &+= line.named
    }
    return trace
  }

  struct Trace {
    var first = Int64.max
    var last = Int64.min
    // Of a lifetime:
    var records = Volume.none
    var subjects = DistinctSubjects()
    var named: Int64 = 0

    mutating func merge(_ other: Self) {
      first = min(first, other.first)
      last = max(last, other.last)
      records.add(other.records)
      subjects.merge(other.subjects)
      named &+= other.named
    }

    /// Whether every record came alone and with its subject, so that subjects tell all.
    var isNamed: Bool { records.low == records.high && records.high == named }
  }

  mutating func merge(_ other: Ledger) {
    for line in other.lines {
      let place = place(of: line.key)
      for rollup in line.days { lines[place].add(rollup) }
      for rollup in line.older { lines[place].retire(rollup) }
      lines[place].subjects.merge(line.subjects)
      lines[place].named &+= line.named
    }
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(lines.count))
    for line in lines.sorted(by: { $0.key < $1.key }) {
      writer.write(UInt64(line.key.owner))
      writer.write(UInt64(line.key.dataset))
      writer.write(UInt64(line.key.operation))
      for rollups in [line.older, line.days] {
        writer.write(UInt64(rollups.count))
        for rollup in rollups { rollup.write(to: &writer) }
      }
      line.subjects.write(to: &writer)
      writer.write(line.named)
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
      let place = place(of: key)
      for _ in 0..<(try reader.count()) { lines[place].retire(try DailyRollup(from: &reader)) }
      for _ in 0..<(try reader.count()) { lines[place].add(try DailyRollup(from: &reader)) }
      lines[place].subjects = try DistinctSubjects(from: &reader)
      lines[place].named = try reader.signed()
    }
  }
}

extension Ledger.DailyRollup {
  func write(to writer: inout StateWriter) {
    writer.write(Int64(day))
    writer.write(UInt64(operations))
    records.write(to: &writer)
    writer.write(bytes)
    writer.write(first)
    writer.write(last)
  }

  init(from reader: inout StateReader) throws(StateError) {
    let day = Int32(truncatingIfNeeded: try reader.signed())
    let operations = UInt32(clamping: try reader.unsigned())
    let records = try Volume(from: &reader)
    let bytes = try reader.signed()
    self.init(day: day, first: try reader.signed(), last: try reader.signed())
    self.operations = operations
    self.records = records
    self.bytes = bytes
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
