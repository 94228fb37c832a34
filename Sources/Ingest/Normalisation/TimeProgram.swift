internal import EventModel

/// How the time column of a field map is read: compiled once a file.
struct TimeProgram: Sendable {
  private enum Style: Sendable { case automatic, rfc3339, unix, pattern, oracle }

  private enum Token: Sendable {
    case literal(UInt8)
    case space
    case year, shortYear, month, monthName, day, weekday
    case hour, halfDayHour, halfDay, minute, second, fraction, zone
  }

  private var style: Style
  /// Of `unix`: decimals of a second are so many fewer than nine.
  private var power = 0
  /// Of `pattern`.
  private var tokens: [Token] = []
  /// Of `tokens`: the seconds, where nothing but decimals and a zone follows them.
  private var secondToken: Int?
  private var zone: TimeZoneRule
  private var year: Int?

  /// The last date that was read, so that the calendar is asked once a day of the log, and the last
  /// `YYYY-MM-DDThh:mm`, so that mostly only seconds are read.
  struct Cache {
    fileprivate var head: UInt64 = 0
    fileprivate var tail: UInt16 = 0
    fileprivate var day: Int64 = 0
    fileprivate var minuteHead: UInt64 = 0
    fileprivate var minuteTail: UInt64 = 0
    fileprivate var minute: Int64 = 0
    /// Whether a minute is known.
    fileprivate var hasMinute = false
    /// Of a pattern: what stood before the seconds of the last time that was read (8 to 24 bytes, by
    /// words that overlap), the zone it stated, and the minute.
    fileprivate var pattern: (UInt64, UInt64, UInt64) = (0, 0, 0)
    fileprivate var patternCount = 0
    fileprivate var patternZone: Int?
    fileprivate var patternMinute: Int64 = 0
    init() {}
  }

  init(format: String?, zone: TimeZoneRule, year: Int?) {
    self.zone = zone
    self.year = year
    switch format {
    case nil: style = .automatic
    case "rfc3339": style = .rfc3339
    case "unix": (style, power) = (.unix, 9)
    case "unix_ms": (style, power) = (.unix, 6)
    case "unix_us": (style, power) = (.unix, 3)
    case "unix_ns": (style, power) = (.unix, 0)
    case "oracle": style = .oracle
    case "clf": (style, tokens) = (.pattern, Self.tokens("%d/%b/%Y:%H:%M:%S %z"))
    case .some(let pattern): (style, tokens) = (.pattern, Self.tokens(pattern))
    }
    secondToken = tokens.firstIndex { if case .second = $0 { true } else { false } }
    for token in tokens.dropFirst((secondToken ?? tokens.count) + 1) {
      switch token {
      case .literal, .space, .fraction, .zone: break
      default: secondToken = nil
      }
    }
  }

  /// Nanoseconds since 1970 UTC, or `nil` when the text is not such a time.
  @inline(__always)
  func time(_ text: UnsafeBufferPointer<UInt8>, cache: inout Cache) -> Int64? {
    if let time = Self.withinMinute(text, cache) { return time }
    return others(text, cache: &cache)
  }

  /// Nothing is remembered of times that are not ISO 8601.
  @inline(never)
  private func others(_ text: UnsafeBufferPointer<UInt8>, cache: inout Cache) -> Int64? {
    switch style {
    case .automatic, .rfc3339:
      if let time = fast(text, cache: &cache) { return time }
      return style == .rfc3339 ? iso(text, cache: &cache) : automatic(text, cache: &cache)
    case .oracle:
      return fast(text, cache: &cache) ?? iso(text, cache: &cache)
        ?? OracleClock.time(text, zone: zone)
    case .unix: return Decimal(text)?.scaled(byPowerOfTen: power)
    case .pattern: return withinPattern(text, cache) ?? parse(text, &cache)
    }
  }

  /// `…:ss.fffZ` in the minute of the record before.
  @inline(__always)
  private static func withinMinute(
    _ text: UnsafeBufferPointer<UInt8>,
    _ cache: Cache
  ) -> Int64? {
    guard text.count == 24, cache.hasMinute, let base = text.baseAddress else { return nil }
    let raw = UnsafeRawPointer(base)
    guard raw.loadUnaligned(as: UInt64.self) == cache.minuteHead,
      raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) == cache.minuteTail
    else { return nil }
    // `:00.000Z` leaves the digits, one a byte.
    let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
    let digits = word ^ 0x5A30_3030_2E30_303A
    guard digits & 0xFFF0_F0F0_FFF0_F0FF == 0,
      (digits &+ 0x0606_0600_0606_00) & 0x1010_1000_1010_00 == 0
    else { return nil }
    func digit(_ place: UInt64) -> Int64 {
      Int64(truncatingIfNeeded: digits &>> (8 &* place) & 0x0F)
    }
    let second = digit(1) &* 10 &+ digit(2)
    guard second < 60 else { return nil }
    let milliseconds = (second &* 10 &+ digit(4)) &* 100 &+ digit(5) &* 10 &+ digit(6)
    return cache.minute &+ milliseconds &* 1_000_000
  }

  /// `…Thh:mm:ss[.fff][Z|±hh:mm]` on the date of the record before.
  private func fast(_ text: UnsafeBufferPointer<UInt8>, cache: inout Cache) -> Int64? {
    guard text.count >= 19, let base = text.baseAddress else { return nil }
    let raw = UnsafeRawPointer(base)
    guard raw.loadUnaligned(as: UInt64.self) == cache.head,
      raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self) == cache.tail,
      base[10] == 0x54 || base[10] == 0x20, base[13] == 0x3A, base[16] == 0x3A,
      let hour = text.twoDigits(at: 11), hour < 24, let minute = text.twoDigits(at: 14),
      minute < 60, let second = text.twoDigits(at: 17), second < 60
    else { return nil }
    cache.hasMinute = true
    cache.minuteHead = cache.head
    cache.minuteTail = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    cache.minute = cache.day &+ Int64(hour &* 3600 &+ minute &* 60) &* 1_000_000_000
    var time = cache.minute &+ Int64(second) &* 1_000_000_000
    var end = 19
    if end < text.count, base[end] == 0x2E {
      let fraction = TimestampScan.fraction(text, at: 20)
      guard fraction.end > 20 else { return nil }
      time = time &+ fraction.nanoseconds
      end = fraction.end
    }
    if end == text.count { return zone.utc(fromLocal: time) }
    if end &+ 1 == text.count, base[end] == 0x5A { return time }
    guard end &+ 6 == text.count, let offset = TimestampScan.numericOffset(text, at: end),
      offset.end == text.count
    else { return nil }
    return time &- Int64(offset.seconds) &* 1_000_000_000
  }

  @inline(never)
  private func iso(_ text: UnsafeBufferPointer<UInt8>, cache: inout Cache) -> Int64? {
    guard let found = TimestampScan.rfc3339(text, at: 0, zone: zone), found.end == text.count,
      let civil = TimestampScan.isoCivil(text, at: 0), let base = text.baseAddress
    else { return nil }
    let raw = UnsafeRawPointer(base)
    cache.head = raw.loadUnaligned(as: UInt64.self)
    cache.tail = raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    let day = Timestamp.nanosecondsPerDay
    let rest = civil.nanoseconds % day
    cache.day = civil.nanoseconds &- (rest < 0 ? rest &+ day : rest)
    return found.time
  }

  @inline(never)
  private func automatic(_ text: UnsafeBufferPointer<UInt8>, cache: inout Cache) -> Int64? {
    // The fifth byte of a date is a hyphen, of a number none.
    if text.count >= 19, text[4] == 0x2D, let time = iso(text, cache: &cache) { return time }
    if text.count >= 19, text[4] == 0x2F, text[7] == 0x2F { return slashed(text) }
    guard let number = Decimal(text), let whole = number.scaled(byPowerOfTen: 0) else { return nil }
    switch whole.magnitude {
    case 0..<100_000_000_000: return number.scaled(byPowerOfTen: 9)
    case 0..<100_000_000_000_000: return number.scaled(byPowerOfTen: 6)
    case 0..<100_000_000_000_000_000: return number.scaled(byPowerOfTen: 3)
    default: return whole
    }
  }

  /// `2026/11/23 17:33:09`, as ISO 8601 but for the slashes.
  private func slashed(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count + 16) { room in
      for index in room.indices { room[index] = index < text.count ? text[index] : 0 }
      (room[4], room[7]) = (0x2D, 0x2D)
      let plain = UnsafeBufferPointer(rebasing: room[..<text.count])
      guard let found = TimestampScan.rfc3339(plain, at: 0, zone: zone), found.end == text.count
      else { return nil }
      return found.time
    }
  }

  private static func tokens(_ pattern: String) -> [Token] {
    var result: [Token] = []
    var bytes = Array(pattern.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == 0x20 {
        result.append(.space)
        continue
      }
      guard byte == 0x25, let letter = bytes.popFirst() else {
        result.append(.literal(byte))
        continue
      }
      switch letter {
      case 0x59: result.append(.year)
      case 0x79: result.append(.shortYear)
      case 0x61: result.append(.weekday)
      case 0x49: result.append(.halfDayHour)
      case 0x70: result.append(.halfDay)
      case 0x6D: result.append(.month)
      case 0x62: result.append(.monthName)
      case 0x64: result.append(.day)
      case 0x48: result.append(.hour)
      case 0x4D: result.append(.minute)
      case 0x53: result.append(.second)
      case 0x66: result.append(.fraction)
      case 0x7A: result.append(.zone)
      case 0x46: result += [.year, .literal(0x2D), .month, .literal(0x2D), .day]
      case 0x54: result += [.hour, .literal(0x3A), .minute, .literal(0x3A), .second]
      case 0x25: result.append(.literal(0x25))
      default: result += [.literal(0x25), .literal(letter)]
      }
    }
    return result
  }

  /// One or two digits (four of a year), as strptime takes them.
  private static func number(
    _ text: UnsafeBufferPointer<UInt8>,
    _ index: inout Int,
    atMost width: Int
  ) -> Int? {
    let start = index
    var value = 0
    while index < text.count, index - start < width, text[index] &- 0x30 < 10 {
      value = value * 10 + Int(text[index] &- 0x30)
      index += 1
    }
    return index > start ? value : nil
  }

  /// The words by which a text of 8 to 24 bytes before its seconds is known again.
  private static func words(
    _ text: UnsafeBufferPointer<UInt8>,
    _ count: Int
  ) -> (UInt64, UInt64, UInt64) {
    let raw = UnsafeRawBufferPointer(text)
    func word(_ place: Int) -> UInt64 { raw.loadUnaligned(fromByteOffset: place, as: UInt64.self) }
    return (word(0), word(min(8, count - 8)), word(count - 8))
  }

  /// A time in the minute of the one before, read from its seconds on.
  private func withinPattern(_ text: UnsafeBufferPointer<UInt8>, _ cache: Cache) -> Int64? {
    let count = cache.patternCount
    guard count >= 8, text.count > count, let secondToken,
      Self.words(text, count) == cache.pattern
    else { return nil }
    var index = count
    var time = cache.patternMinute
    for token in tokens[secondToken...] {
      switch token {
      case .literal(let byte):
        guard index < text.count, text[index] == byte else { return nil }
        index += 1
      case .space:
        while index < text.count, text[index] == 0x20 { index += 1 }
      case .second:
        guard let second = Self.number(text, &index, atMost: 2), second <= 60 else { return nil }
        time = time &+ Int64(min(second, 59)) &* 1_000_000_000
      case .fraction:
        let found = TimestampScan.fraction(text, at: index)
        guard found.end > index else { return nil }
        time = time &+ found.nanoseconds
        index = found.end
      default:
        guard let found = Self.zone(text, at: index), found.seconds == cache.patternZone else {
          return nil
        }
        index = found.end
      }
    }
    return index == text.count ? time : nil
  }

  /// Behind the three letters of a day of the week, which is not held against the date.
  private static func weekday(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
    guard text.count - index >= 3 else { return nil }
    for place in index..<index + 3 where (text[place] | 0x20) &- 0x61 >= 26 { return nil }
    return index + 3
  }

  /// `AM` and `PM` in any case, 午前 and 午後.
  private static func halfDay(
    _ text: UnsafeBufferPointer<UInt8>,
    at index: Int
  ) -> (isSecond: Bool, end: Int)? {
    func stands(_ word: StaticString) -> Bool {
      guard text.count - index >= word.utf8CodeUnitCount else { return false }
      return (0..<word.utf8CodeUnitCount).allSatisfy { place in
        let byte = text[index + place]
        return (byte &- 0x41 < 26 ? byte | 0x20 : byte) == word.utf8Start[place]
      }
    }
    if stands("am") { return (false, index + 2) }
    if stands("pm") { return (true, index + 2) }
    if stands("午前") { return (false, index + 6) }
    return stands("午後") ? (true, index + 6) : nil
  }

  private static func zone(
    _ text: UnsafeBufferPointer<UInt8>,
    at index: Int
  ) -> (seconds: Int, end: Int)? {
    if index < text.count, text[index] == 0x5A { return (0, index + 1) }
    return TimestampScan.numericOffset(text, at: index)
  }

  @inline(never)
  private func parse(_ text: UnsafeBufferPointer<UInt8>, _ cache: inout Cache) -> Int64? {
    var secondPlace = 0
    var (year, month, day) = (self.year, 1, 1)
    var (hour, minute, second, afternoon) = (0, 0, 0, 0)
    var fraction: Int64 = 0
    var offset: Int?
    var index = 0
    for token in tokens {
      switch token {
      case .literal(let byte):
        guard index < text.count, text[index] == byte else { return nil }
        index += 1
      case .space:
        while index < text.count, text[index] == 0x20 { index += 1 }
      case .year:
        guard let value = Self.number(text, &index, atMost: 4) else { return nil }
        year = value
      case .shortYear:
        guard let value = Self.number(text, &index, atMost: 2) else { return nil }
        // As POSIX reads it.
        year = value + (value < 69 ? 2000 : 1900)
      case .weekday:
        guard let end = Self.weekday(text, at: index) else { return nil }
        index = end
      case .month:
        guard let value = Self.number(text, &index, atMost: 2) else { return nil }
        month = value
      case .monthName:
        guard let value = TimestampScan.month(text, at: index) else { return nil }
        month = value
        index += 3
      case .day:
        guard let value = Self.number(text, &index, atMost: 2) else { return nil }
        day = value
      case .hour:
        guard let value = Self.number(text, &index, atMost: 2) else { return nil }
        hour = value
      case .halfDayHour:
        guard let value = Self.number(text, &index, atMost: 2), 1...12 ~= value else { return nil }
        hour = value % 12
      case .halfDay:
        guard let found = Self.halfDay(text, at: index) else { return nil }
        afternoon = found.isSecond ? 12 : 0
        index = found.end
      case .minute:
        guard let value = Self.number(text, &index, atMost: 2) else { return nil }
        minute = value
      case .second:
        secondPlace = index
        guard let value = Self.number(text, &index, atMost: 2) else { return nil }
        second = value
      case .fraction:
        let found = TimestampScan.fraction(text, at: index)
        guard found.end > index else { return nil }
        (fraction, index) = found
      case .zone:
        guard let found = Self.zone(text, at: index) else { return nil }
        (offset, index) = found
      }
    }
    guard index == text.count, let year,
      let civil = TimestampScan.civil(
        year: year,
        month: month,
        day: day,
        hour: hour + afternoon,
        minute: minute,
        second: second
      )
    else { return nil }
    let local = civil &+ fraction
    let time = offset.map { local &- Int64($0) &* 1_000_000_000 } ?? zone.utc(fromLocal: local)
    cache.patternCount = 0
    if secondToken != nil, (8...24).contains(secondPlace) {
      cache.pattern = Self.words(text, secondPlace)
      (cache.patternCount, cache.patternZone) = (secondPlace, offset)
      cache.patternMinute = time &- fraction &- Int64(min(second, 59)) &* 1_000_000_000
    }
    return time
  }
}
