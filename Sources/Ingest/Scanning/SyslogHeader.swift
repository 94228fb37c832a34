internal import EventModel

/// Parts that both syslog formats share.
public enum SyslogHeader {
  /// Where the text behind `<PRI>` begins.
  ///
  /// 0 … 191 in 1 to 3 digits. `nil`: no PRI.
  static func priorityEnd(_ record: RecordBytes, at start: Int) -> Int? {
    guard start < record.count, record[start] == 0x3C,
      let close = record.firstIndex(of: 0x3E, in: start + 1..<min(record.count, start + 5)),
      let value = record.decimal(start + 1..<close), value <= 191
    else { return nil }
    return close + 1
  }

  static func word(_ record: RecordBytes, from start: Int) -> Range<Int> {
    var first = min(start, record.count)
    while first < record.count, record[first] == 0x20 { first += 1 }
    var last = first
    while last < record.count, record[last] != 0x20 { last += 1 }
    return first..<last
  }

  /// `/sbin/anacron` → `anacron`.
  static func baseName(_ record: RecordBytes, _ range: Range<Int>) -> Range<Int> {
    var start = range.upperBound
    while start > range.lowerBound, record[start - 1] != 0x2F { start -= 1 }
    return start < range.upperBound ? start..<range.upperBound : range
  }

  /// A line that goes on with the message before it.
  static func isContinuation(_ record: RecordBytes) -> Bool {
    record.first == 0x09 || record.first == 0x20
  }
}
