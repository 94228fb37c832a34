internal import EventModel

/// Reads the times of access logs, `25/Oct/2016:14:49:33 +0200`, and remembers the last date with
/// its zone: within a chunk it hardly ever changes.
///
/// Also read: a fraction after the seconds, a missing zone (then the declared one), RFC 3339.
struct AccessClock {
  private let zone: TimeZoneRule
  // `25/Oct/2`, `2016`, `+020` and `0` of the date remembered, and its midnight in UTC. `day` and
  // `year` share a byte; at first they differ in it, so that no bytes can match.
  private var day = UInt64.max
  private var year: UInt32 = 0
  private var offset: UInt32 = 0
  private var offsetTail: UInt8 = 0
  private var midnight: Int64 = 0

  init(zone: TimeZoneRule) { self.zone = zone }

  /// Nanoseconds since 1970 UTC, and where the time ends; `nil` when there is none.
  @inline(__always)
  mutating func read(_ bytes: RecordBytes, at start: Int) -> (time: Int64, end: Int)? {
    guard let base = bytes.baseAddress, start >= 0, start + 26 <= bytes.count,
      let time = recall(base + start)
    else { return slow(bytes, at: start) }
    return (time, start + 26)
  }

  /// The time in 26 readable bytes where date and zone are those remembered.
  @inline(__always)
  func recall(_ start: UnsafePointer<UInt8>) -> Int64? {
    let raw = UnsafeRawPointer(start)
    let bytes = RecordBytes(start: start, count: 26)
    guard raw.loadUnaligned(as: UInt64.self) == day,
      raw.loadUnaligned(fromByteOffset: 7, as: UInt32.self) == year,
      raw.loadUnaligned(fromByteOffset: 21, as: UInt32.self) == offset,
      start[25] == offsetTail, start[11] == 0x3A, start[14] == 0x3A, start[17] == 0x3A,
      start[20] == 0x20, let hour = bytes.twoDigits(at: 12), hour < 24,
      let minute = bytes.twoDigits(at: 15), minute < 60,
      let second = bytes.twoDigits(at: 18), second < 60
    else { return nil }
    let seconds = Int64(hour &* 3600 &+ minute &* 60 &+ second)
    return midnight &+ seconds &* 1_000_000_000
  }

  private mutating func slow(_ bytes: RecordBytes, at start: Int) -> (time: Int64, end: Int)? {
    guard start >= 0, start + 20 <= bytes.count, bytes[start + 2] == 0x2F,
      bytes[start + 6] == 0x2F, bytes[start + 11] == 0x3A, bytes[start + 14] == 0x3A,
      bytes[start + 17] == 0x3A
    else { return TimestampScan.rfc3339(bytes, at: start, zone: zone) }
    guard let date = bytes.twoDigits(at: start),
      let month = TimestampScan.month(bytes, at: start + 3),
      let century = bytes.twoDigits(at: start + 7), let years = bytes.twoDigits(at: start + 9),
      let hour = bytes.twoDigits(at: start + 12), let minute = bytes.twoDigits(at: start + 15),
      let second = bytes.twoDigits(at: start + 18),
      var local = TimestampScan.civil(
        year: century * 100 + years,
        month: month,
        day: date,
        hour: hour,
        minute: minute,
        second: second
      )
    else { return nil }
    var end = start + 20
    if end < bytes.count, bytes[end] == 0x2E {
      let fraction = TimestampScan.fraction(bytes, at: end + 1)
      local &+= fraction.nanoseconds
      end = fraction.end
    }
    guard end < bytes.count, bytes[end] == 0x20,
      let ahead = TimestampScan.numericOffset(bytes, at: end + 1)
    else { return (zone.utc(fromLocal: local), end) }
    let time = local &- Int64(ahead.seconds) &* 1_000_000_000
    if ahead.end == start + 26, end == start + 20, let base = bytes.baseAddress {
      let raw = UnsafeRawPointer(base + start)
      day = raw.loadUnaligned(as: UInt64.self)
      year = raw.loadUnaligned(fromByteOffset: 7, as: UInt32.self)
      offset = raw.loadUnaligned(fromByteOffset: 21, as: UInt32.self)
      offsetTail = bytes[start + 25]
      let seconds = Int64(hour * 3600 + minute * 60 + min(second, 59))
      midnight = time &- seconds &* 1_000_000_000
    }
    return (time, ahead.end)
  }
}
