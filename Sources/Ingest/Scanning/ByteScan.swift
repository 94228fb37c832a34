internal import CScan
internal import EventModel

/// Reading single values out of a record. Positions are checked by the caller's `Range`.
extension UnsafeBufferPointer<UInt8> {
  /// The unsigned decimal number that fills the range; `nil` for any other byte or overflow.
  @inline(__always)
  func decimal(_ range: Range<Int>) -> Int64? {
    guard !range.isEmpty, range.count <= 19 else { return nil }
    var value: UInt64 = 0
    for index in range {
      let digit = self[index] &- 0x30
      guard digit < 10 else { return nil }
      value = value &* 10 &+ UInt64(digit)
    }
    return value <= UInt64(Int64.max) ? Int64(value) : nil
  }

  /// Two decimal digits at `index`, or `nil`.
  @inline(__always)
  func twoDigits(at index: Int) -> Int? {
    guard index + 2 <= count else { return nil }
    let (high, low) = (self[index] &- 0x30, self[index + 1] &- 0x30)
    guard high < 10, low < 10 else { return nil }
    return Int(high) * 10 + Int(low)
  }

  @inline(__always)
  func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: self[range])
  }

  /// Whether the range holds exactly these ASCII bytes.
  @inline(__always)
  func equals(_ word: StaticString, in range: Range<Int>) -> Bool {
    guard range.count == word.utf8CodeUnitCount else { return false }
    guard !range.isEmpty, let base = baseAddress else { return range.isEmpty }
    let start = base + range.lowerBound
    // Most words differ in their first byte already.
    guard start.pointee == word.utf8Start.pointee else { return false }
    return EightBytes.areSame(start, word.utf8Start, range.count)
  }

  /// Whether it begins with these bytes.
  @inline(__always)
  func begins(with word: [UInt8]) -> Bool {
    guard count >= word.count, let base = baseAddress else { return word.isEmpty }
    return word.withUnsafeBufferPointer { word in
      word.baseAddress.map { EightBytes.areSame(base, $0, word.count) } ?? true
    }
  }

  /// Whether it is these bytes.
  @inline(__always)
  func isSame(as word: [UInt8]) -> Bool { count == word.count && begins(with: word) }

  @inline(__always)
  func hasPrefix(_ word: StaticString, at start: Int = 0) -> Bool {
    let length = word.utf8CodeUnitCount
    return start >= 0 && start + length <= count && equals(word, in: start..<start + length)
  }

  /// First position from `start` on that holds the byte, or `nil`; for what is near, in text that 16
  /// readable bytes follow.
  @inline(__always)
  func seek(_ byte: UInt8, from start: Int) -> Int? {
    guard let base = baseAddress, start < count else { return nil }
    let hit = cscan_seek(base + start, base + count, byte) - base
    return hit < count ? hit : nil
  }

  /// First position in the range that holds the byte, or `nil`.
  @inline(never)
  func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
    var index = range.lowerBound
    while range.upperBound &- index >= 8 {
      let hits = EightBytes.zeros(eight(at: index) ^ EightBytes.repeating(byte))
      if hits != 0 { return index &+ hits.trailingZeroBitCount / 8 }
      index &+= 8
    }
    while index < range.upperBound {
      if self[index] == byte { return index }
      index &+= 1
    }
    return nil
  }

  /// First position in the range that holds one of two bytes, or `nil`.
  @inline(never)
  func firstIndex(of byte: UInt8, or other: UInt8, in range: Range<Int>) -> Int? {
    var index = range.lowerBound
    while range.upperBound &- index >= 8 {
      let word = eight(at: index)
      let hits =
        EightBytes.zeros(word ^ EightBytes.repeating(byte))
        | EightBytes.zeros(word ^ EightBytes.repeating(other))
      if hits != 0 { return index &+ hits.trailingZeroBitCount / 8 }
      index &+= 8
    }
    while index < range.upperBound {
      if self[index] == byte || self[index] == other { return index }
      index &+= 1
    }
    return nil
  }

  @inline(__always)
  private func eight(at index: Int) -> UInt64 {
    UInt64(
      littleEndian: UnsafeRawBufferPointer(self).loadUnaligned(
        fromByteOffset: index,
        as: UInt64.self
      )
    )
  }
}

/// Eight bytes looked at together.
///
/// Source: S. E. Anderson, "Bit Twiddling Hacks": determine if a word has a zero byte.
enum EightBytes {
  private static var ones: UInt64 { 0x0101_0101_0101_0101 }

  @inline(__always)
  static func repeating(_ byte: UInt8) -> UInt64 { UInt64(byte) &* ones }

  /// A bit in the lowest byte that is zero; above it others may be marked as well.
  @inline(__always)
  static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & (ones << 7) }

  /// Whether two runs of `count` bytes are the same; the last eight may overlap those before.
  @inline(never)
  static func areSame(
    _ left: UnsafePointer<UInt8>,
    _ right: UnsafePointer<UInt8>,
    _ count: Int
  ) -> Bool {
    let (left, right) = (UnsafeRawPointer(left), UnsafeRawPointer(right))
    func differ<Word: FixedWidthInteger & BitwiseCopyable>(_ place: Int, _: Word.Type) -> Bool {
      left.loadUnaligned(fromByteOffset: place, as: Word.self)
        != right.loadUnaligned(fromByteOffset: place, as: Word.self)
    }
    if count >= 8 {
      var index = 0
      while index &+ 8 < count {
        if differ(index, UInt64.self) { return false }
        index &+= 8
      }
      return !differ(count &- 8, UInt64.self)
    }
    if count >= 4 { return !differ(0, UInt32.self) && !differ(count &- 4, UInt32.self) }
    var index = 0
    while index < count {
      if differ(index, UInt8.self) { return false }
      index &+= 1
    }
    return true
  }

  /// The first eight of `count` bytes, zeros where there are fewer; reads no other byte.
  @inline(__always)
  static func head(_ start: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    let raw = UnsafeRawPointer(start)
    if count >= 8 { return UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) }
    func shifted(_ value: some BinaryInteger, _ bytes: Int) -> UInt64 {
      UInt64(truncatingIfNeeded: value) &<< UInt64(truncatingIfNeeded: bytes &* 8)
    }
    if count >= 4 {
      let low = UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self))
      let high = UInt32(
        littleEndian: raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
      )
      return UInt64(low) | shifted(high, count &- 4)
    }
    guard count > 0 else { return 0 }
    let middle = count &>> 1
    return UInt64(start[0]) | shifted(start[middle], middle)
      | shifted(start[count &- 1], count &- 1)
  }
}

/// Times as logs write them.
enum TimestampScan {
  /// A civil time without its zone: nanoseconds as if it were UTC, and where the text ended.
  struct Civil {
    var nanoseconds: Int64
    var end: Int
  }

  /// `2026-11-23 08:33:09.157`, with `T` or one space between, `.` or `,` before the fraction,
  /// and any number of decimals; at least hours, minutes and seconds.
  ///
  /// Second 60 counts as 59.
  static func isoCivil(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Civil? {
    guard start >= 0, start + 19 <= bytes.count, bytes[start + 4] == 0x2D, bytes[start + 7] == 0x2D,
      bytes[start + 10] == 0x20 || bytes[start + 10] == 0x54 || bytes[start + 10] == 0x74,
      bytes[start + 13] == 0x3A, bytes[start + 16] == 0x3A,
      let century = bytes.twoDigits(at: start), let years = bytes.twoDigits(at: start + 2),
      let month = bytes.twoDigits(at: start + 5), let day = bytes.twoDigits(at: start + 8),
      let hour = bytes.twoDigits(at: start + 11), let minute = bytes.twoDigits(at: start + 14),
      let second = bytes.twoDigits(at: start + 17)
    else { return nil }
    guard
      var time = civil(
        year: century * 100 + years,
        month: month,
        day: day,
        hour: hour,
        minute: minute,
        second: second
      )
    else { return nil }
    var end = start + 19
    if end < bytes.count, bytes[end] == 0x2E || bytes[end] == 0x2C {
      let fraction = fraction(bytes, at: end + 1)
      if fraction.end > end + 1 {
        time += fraction.nanoseconds
        end = fraction.end
      }
    }
    return Civil(nanoseconds: time, end: end)
  }

  /// RFC 3339, or the same with a space, to nanoseconds UTC.
  ///
  /// Without a zone: by `zone`.
  static func rfc3339(
    _ bytes: UnsafeBufferPointer<UInt8>,
    at start: Int,
    zone: TimeZoneRule
  ) -> (time: Int64, end: Int)? {
    guard let civil = isoCivil(bytes, at: start) else { return nil }
    var end = civil.end
    if end < bytes.count, bytes[end] == 0x20, end + 1 < bytes.count,
      bytes[end + 1] == 0x2B || bytes[end + 1] == 0x2D || bytes[end + 1] == 0x5A
    {
      end += 1
    }
    guard end < bytes.count else { return (zone.utc(fromLocal: civil.nanoseconds), end) }
    switch bytes[end] {
    case 0x5A, 0x7A:
      return (civil.nanoseconds, end + 1)
    case 0x2B, 0x2D:
      guard let offset = numericOffset(bytes, at: end) else { return nil }
      return (civil.nanoseconds - Int64(offset.seconds) * 1_000_000_000, offset.end)
    default:
      return (zone.utc(fromLocal: civil.nanoseconds), end)
    }
  }

  /// `+0900`, `+09:00` or `+09`: seconds ahead of UTC.
  static func numericOffset(
    _ bytes: UnsafeBufferPointer<UInt8>,
    at start: Int
  ) -> (seconds: Int, end: Int)? {
    guard start < bytes.count, bytes[start] == 0x2B || bytes[start] == 0x2D,
      let hours = bytes.twoDigits(at: start + 1), hours < 24
    else { return nil }
    var end = start + 3
    var minutes = 0
    if end < bytes.count, bytes[end] == 0x3A, let found = bytes.twoDigits(at: end + 1) {
      minutes = found
      end += 3
    } else if let found = bytes.twoDigits(at: end) {
      minutes = found
      end += 2
    }
    guard minutes < 60 else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return (bytes[start] == 0x2D ? -seconds : seconds, end)
  }

  /// Nanoseconds of a civil time as if it were UTC; `nil` when the date does not exist or lies
  /// outside 1678 … 2261.
  @inline(__always)
  static func civil(
    year: Int,
    month: Int,
    day: Int,
    hour: Int,
    minute: Int,
    second: Int
  ) -> Int64? {
    guard (1678...2261).contains(year), month >= 1, month <= 12, day >= 1, day <= 31, hour < 24,
      minute < 60, second <= 60,
      day <= 28 || CivilCalendar.isValid(year: year, month: month, day: day)
    else { return nil }
    let days = CivilCalendar.dayNumber(year: year, month: month, day: day)
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + min(second, 59)
    return Int64(seconds) * 1_000_000_000
  }

  /// Decimals of a second at `start`; digits beyond the ninth are read and dropped.
  @inline(__always)
  static func fraction(
    _ bytes: UnsafeBufferPointer<UInt8>,
    at start: Int
  ) -> (nanoseconds: Int64, end: Int) {
    var value: Int64 = 0
    var scale: Int64 = 100_000_000
    var index = start
    while index < bytes.count {
      let digit = bytes[index] &- 0x30
      guard digit < 10 else { break }
      value += Int64(digit) * scale
      scale /= 10
      index += 1
    }
    return (value, index)
  }

  /// Month number of an English three-letter name at `start`, any case.
  static func month(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Int? {
    guard start >= 0, start + 3 <= bytes.count else { return nil }
    let key =
      UInt32(bytes[start] | 0x20) << 16 | UInt32(bytes[start + 1] | 0x20) << 8
      | UInt32(bytes[start + 2] | 0x20)
    switch key {
    case 0x6A_616E: return 1
    case 0x66_6562: return 2
    case 0x6D_6172: return 3
    case 0x61_7072: return 4
    case 0x6D_6179: return 5
    case 0x6A_756E: return 6
    case 0x6A_756C: return 7
    case 0x61_7567: return 8
    case 0x73_6570: return 9
    case 0x6F_6374: return 10
    case 0x6E_6F76: return 11
    case 0x64_6563: return 12
    default: return nil
    }
  }
}
