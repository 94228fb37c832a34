internal import EventModel

extension Ledger {
  /// What was done on one day with one dataset of one owner: 80 bytes.
  struct DailyRollup: Sendable, Hashable, BitwiseCopyable {
    let key: Key
    let day: Int32
    /// At most 4,294,967,295.
    var operations: UInt32 = 0
    var quality = VolumeQuality.exact
    var low: Int64 = 0
    var high: Int64 = 0
    var bytes: Int64 = 0
    var first: Int64
    var last: Int64
    /// The part that no instruction covers and no other key's finding tells.
    var unexplainedLow: Int64 = 0
    var unexplainedCharge: Int64 = 0

    /// An empty one, for an event at that time.
    init(key: Key, day: Int32, time: Int64) {
      (self.key, self.day) = (key, day)
      (first, last) = (time, time)
    }

    var records: Volume {
      get { Volume(low: low, high: high, quality: quality) }
      set { (low, high, quality) = (newValue.low, newValue.high, newValue.quality) }
    }

    @inline(__always)
    mutating func add(
      _ volume: Volume,
      bytes more: Int64,
      at time: Int64,
      low: Int64,
      charge: Int64
    ) {
      let sum = operations.addingReportingOverflow(1)
      if !sum.overflow { operations = sum.partialValue }
      records.add(volume)
      bytes &+= max(0, more)
      first = min(first, time)
      last = max(last, time)
      unexplainedLow &+= low
      unexplainedCharge &+= charge
    }

    mutating func merge(_ other: Self) {
      let sum = operations.addingReportingOverflow(other.operations)
      operations = sum.overflow ? .max : sum.partialValue
      records.add(other.records)
      bytes &+= other.bytes
      first = min(first, other.first)
      last = max(last, other.last)
      unexplainedLow &+= other.unexplainedLow
      unexplainedCharge &+= other.unexplainedCharge
    }

    func write(to writer: inout StateWriter) {
      key.write(to: &writer)
      writer.write(Int64(day))
      writer.write(UInt64(operations))
      records.write(to: &writer)
      for number in [bytes, first, last, unexplainedLow, unexplainedCharge] {
        writer.write(number)
      }
    }

    init(from reader: inout StateReader) throws(StateError) {
      key = try Key(from: &reader)
      day = Int32(truncatingIfNeeded: try reader.signed())
      operations = UInt32(clamping: try reader.unsigned())
      let records = try Volume(from: &reader)
      (low, high, quality) = (records.low, records.high, records.quality)
      bytes = try reader.signed()
      first = try reader.signed()
      last = try reader.signed()
      unexplainedLow = try reader.signed()
      unexplainedCharge = try reader.signed()
    }
  }
}

/// What outlives the days of one line of the ledger.
struct LedgerTotal: Sendable {
  let key: Ledger.Key
  /// Roll-ups that are older than the daily ones, added up.
  private(set) var older: Ledger.DailyRollup?
  var subjects = DistinctSubjects()
  /// Reads of exactly one record whose subject was stated.
  var named: Int64 = 0

  init(key: Ledger.Key) { self.key = key }

  /// Adds an old day; the sum bears the day of the first.
  mutating func retire(_ rollup: Ledger.DailyRollup) {
    var sum = rollup
    if let older {
      sum = older.day <= rollup.day ? older : rollup
      sum.merge(older.day <= rollup.day ? rollup : older)
    }
    older = sum
  }

  mutating func merge(_ other: Self) {
    if let older = other.older { retire(older) }
    subjects.merge(other.subjects)
    named &+= other.named
  }

  func write(to writer: inout StateWriter) {
    key.write(to: &writer)
    writer.write(UInt64(older == nil ? 0 : 1))
    older?.write(to: &writer)
    subjects.write(to: &writer)
    writer.write(named)
  }

  init(from reader: inout StateReader) throws(StateError) {
    key = try Ledger.Key(from: &reader)
    for _ in 0..<(try reader.count()) { retire(try Ledger.DailyRollup(from: &reader)) }
    subjects = try DistinctSubjects(from: &reader)
    named = try reader.signed()
  }
}

extension Ledger.Key {
  func write(to writer: inout StateWriter) {
    writer.write(UInt64(owner))
    writer.write(UInt64(dataset))
    writer.write(UInt64(operation))
  }

  init(from reader: inout StateReader) throws(StateError) {
    owner = try reader.owner()
    dataset = UInt32(truncatingIfNeeded: try reader.unsigned())
    operation = UInt8(truncatingIfNeeded: try reader.unsigned())
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
