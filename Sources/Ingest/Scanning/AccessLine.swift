internal import CScan
internal import EventModel

/// The fields of one access-log line, as places in the record.
struct AccessLine {
  /// What stands before the time: client and user follow from it alone.
  var origin: Range<Int>
  var client: Range<Int>
  /// Empty or `-`: not stated.
  var user: Range<Int>
  /// Nanoseconds since 1970 UTC.
  var time: Int64
  var request: Range<Int>
  /// -1: not stated.
  var status: Int
  /// Bytes sent; `-` in the log is 0.
  var bytes: Int64
  /// First product of the user agent, up to 64 bytes.
  var program: Range<Int>
}

/// Splits access-log lines in one pass.
///
/// The record must be followed by 16 readable bytes. A line as servers mostly write it, at the date of
/// the line before, takes a short way, which finds what the long one finds.
struct AccessLineReader {
  static let longestProgram = 64

  private var clock: AccessClock

  init(zone: TimeZoneRule) { clock = AccessClock(zone: zone) }

  @inline(__always)
  mutating func read(_ record: RecordBytes) throws(DecodeError) -> AccessLine {
    if let line = usual(record) { return line }
    return try readCarefully(record)
  }

  /// `client - user [time] "request" status bytes …`, the request without quotes and escapes.
  @inline(__always)
  func usual(_ record: RecordBytes) -> AccessLine? {
    guard let base = record.baseAddress, record.count < Int(UInt32.max) else { return nil }
    var marks = cscan_access()
    let found = cscan_access_marks(base, record.count, &marks)
    let bracket = Int(marks.bracket)
    let start = Int(marks.quotes.0) &+ 1
    // The first bracket, a time as long as the one remembered, and the first quote.
    guard found >= 2, bracket >= 2, start == bracket &+ 30, base[bracket &- 1] == 0x20,
      let time = clock.recall(base + (bracket &+ 1)), base[bracket &+ 27] == 0x5D,
      base[bracket &+ 28] == 0x20
    else { return nil }
    let quote = Int(marks.quotes.1)
    guard let tail = Self.usualTail(record, base, quote: quote) else { return nil }
    let last = bracket &- 1
    let space = Int(marks.space)
    guard space > 0, space &+ 2 < last, base[space &+ 1] == 0x2D, base[space &+ 2] == 0x20,
      base[0] != 0x22, base[space &- 1] != 0x2C
    else { return nil }
    return AccessLine(
      origin: 0..<last,
      client: 0..<space,
      user: space &+ 3..<last,
      time: time,
      request: start..<quote,
      status: tail.status,
      bytes: tail.bytes,
      program: Self.usualProgram(record, base, from: tail.end, marks, found)
    )
  }

  /// A status and a size of at most seven digits.
  @inline(__always)
  private static func usualTail(
    _ record: RecordBytes,
    _ base: UnsafePointer<UInt8>,
    quote: Int
  ) -> Tail? {
    guard quote &+ 7 <= record.count, base[quote &+ 1] == 0x20, base[quote &+ 5] == 0x20 else {
      return nil
    }
    let (a, b, c) = (
      base[quote &+ 2] &- 0x30, base[quote &+ 3] &- 0x30, base[quote &+ 4] &- 0x30
    )
    guard a < 10, b < 10, c < 10 else { return nil }
    var digits: UInt32 = 0
    let bytes = cscan_short_number(base + (quote &+ 6), &digits)
    let end = quote &+ 6 &+ Int(digits)
    guard digits > 0, digits < 8, end <= record.count,
      end == record.count || base[end] == 0x20
    else { return nil }
    let status = Int(a) &* 100 &+ Int(b) &* 10 &+ Int(c)
    return Tail(quote: quote, status: status, bytes: Int64(bytes), end: end)
  }

  /// The user agent's first product where referer and agent follow right behind the size.
  @inline(__always)
  private static func usualProgram(
    _ record: RecordBytes,
    _ base: UnsafePointer<UInt8>,
    from start: Int,
    _ marks: cscan_access,
    _ found: Int32
  ) -> Range<Int> {
    let (third, fourth, fifth) = (
      Int(marks.quotes.2), Int(marks.quotes.3), Int(marks.quotes.4)
    )
    guard found == 5, third == start &+ 1, fifth == fourth &+ 2, base[fourth &+ 1] == 0x20,
      fifth &+ 1 < record.count
    else { return program(record, base, from: start) }
    let first = fifth &+ 1
    let limit = min(record.count, first &+ longestProgram)
    return first..<(cscan_product_end(base + first, base + limit) - base)
  }

  /// Any line that can be read.
  @inline(never)
  mutating func readCarefully(_ record: RecordBytes) throws(DecodeError) -> AccessLine {
    guard let base = record.baseAddress else { throw DecodeError(.notThisFormat, at: 0) }
    let count = record.count
    let end = base + count
    // A bracket may also stand in a user name: the one that counts has a time behind it.
    var bracket = cscan_find(base, end, 0x5B) - base
    while bracket < count, !Self.looksLikeTime(record, at: bracket + 1) {
      bracket = cscan_find(base + bracket + 1, end, 0x5B) - base
    }
    guard bracket < count, bracket >= 2, record[bracket - 1] == 0x20 else {
      throw DecodeError(.notThisFormat, at: 0)
    }
    guard let stamp = clock.read(record, at: bracket + 1) else {
      throw DecodeError(.badTime, at: bracket + 1)
    }
    let close = stamp.end
    guard close + 3 <= count, record[close] == 0x5D, record[close + 1] == 0x20,
      record[close + 2] == 0x22
    else { throw DecodeError(.unexpectedByte, at: close) }
    let start = close + 3
    guard
      let tail = Self.requestEnd(record, base, from: start, escapes: true)
        ?? Self.requestEnd(record, base, from: start, escapes: false)
    else { throw DecodeError(.unterminatedQuote, at: start - 1) }
    let origin = try Self.origin(record, base, until: bracket - 1)
    return AccessLine(
      origin: 0..<bracket - 1,
      client: origin.client,
      user: origin.user,
      time: stamp.time,
      request: start..<tail.quote,
      status: tail.status,
      bytes: tail.bytes,
      program: Self.program(record, base, from: tail.end)
    )
  }

  @inline(__always)
  private static func looksLikeTime(_ record: RecordBytes, at start: Int) -> Bool {
    guard start + 20 <= record.count else { return false }
    return (record[start + 2] == 0x2F && record[start + 6] == 0x2F && record[start + 11] == 0x3A)
      || (record[start + 4] == 0x2D && record[start + 7] == 0x2D && record[start + 10] == 0x54)
  }

  private struct Tail {
    var quote: Int
    var status: Int
    var bytes: Int64
    var end: Int
  }

  /// The first quote that is followed by ` status bytes`: earlier ones belong to the request.
  @inline(__always)
  private static func requestEnd(
    _ record: RecordBytes,
    _ base: UnsafePointer<UInt8>,
    from start: Int,
    escapes: Bool
  ) -> Tail? {
    let end = base + record.count
    var index = start
    while index < record.count {
      let hit = cscan_find2(base + index, end, 0x22, escapes ? 0x5C : 0x22) - base
      guard hit < record.count else { return nil }
      if record[hit] == 0x5C {
        index = hit + 2
        continue
      }
      if let tail = statusAndBytes(record, quote: hit) { return tail }
      index = hit + 1
    }
    return nil
  }

  @inline(__always)
  private static func statusAndBytes(_ record: RecordBytes, quote: Int) -> Tail? {
    let count = record.count
    var index = quote + 1
    guard index + 4 <= count, record[index] == 0x20 else { return nil }
    index += 1
    var status = -1
    if record[index] == 0x2D {
      index += 1
    } else {
      guard index + 3 <= count else { return nil }
      let (a, b, c) = (
        record[index] &- 0x30, record[index + 1] &- 0x30, record[index + 2] &- 0x30
      )
      guard a < 10, b < 10, c < 10 else { return nil }
      status = Int(a) * 100 + Int(b) * 10 + Int(c)
      index += 3
    }
    guard index + 2 <= count, record[index] == 0x20 else { return nil }
    index += 1
    if record[index] == 0x2D {
      index += 1
      guard index == count || record[index] == 0x20 else { return nil }
      return Tail(quote: quote, status: status, bytes: 0, end: index)
    }
    let first = index
    var bytes: Int64 = 0
    while index < count {
      let digit = record[index] &- 0x30
      guard digit < 10 else { break }
      guard index - first < 18 else { return nil }
      bytes = bytes &* 10 &+ Int64(digit)
      index += 1
    }
    guard index > first, index == count || record[index] == 0x20 else { return nil }
    return Tail(quote: quote, status: status, bytes: bytes, end: index)
  }

  /// The user agent's first product: in the second quoted field after the size.
  @inline(__always)
  private static func program(
    _ record: RecordBytes,
    _ base: UnsafePointer<UInt8>,
    from start: Int
  ) -> Range<Int> {
    let count = record.count
    let end = base + count
    var index = start
    // Numbers between the size and the referer (a duration, a length) are passed by.
    while index + 1 < count, record[index] == 0x20, record[index + 1] != 0x22 {
      index = cscan_find2(base + index + 1, end, 0x20, 0x20) - base
    }
    guard index + 1 < count, record[index] == 0x20 else { return 0..<0 }
    // The referer ends at a quote before ` "`.
    index += 2
    while index < count {
      index = cscan_find2(base + index, end, 0x22, 0x22) - base
      guard index + 3 < count else { return 0..<0 }
      if record[index + 1] == 0x20, record[index + 2] == 0x22 { break }
      index += 1
    }
    guard index + 3 < count else { return 0..<0 }
    let first = index + 3
    let limit = min(count, first + longestProgram)
    return first..<(cscan_product_end(base + first, base + limit) - base)
  }

  /// Client and user of what stands before the time: `record[0..<end]`.
  @inline(__always)
  private static func origin(
    _ record: RecordBytes,
    _ base: UnsafePointer<UInt8>,
    until end: Int
  ) throws(DecodeError) -> (client: Range<Int>, user: Range<Int>) {
    let space = cscan_find(base, base + end, 0x20) - base
    // `host - user`, also `host -` (no ident field), where the `-` is the user. A space in the
    // user belongs to it.
    if space > 0, space + 1 < end, record[space + 1] == 0x2D, record[0] != 0x22,
      record[space - 1] != 0x2C
    {
      if space + 2 == end { return (0..<space, end..<end) }
      if record[space + 2] == 0x20 { return (0..<space, space + 3..<end) }
    }
    return try unusualOrigin(record, until: end)
  }

  private static func unusualOrigin(
    _ record: RecordBytes,
    until end: Int
  ) throws(DecodeError) -> (client: Range<Int>, user: Range<Int>) {
    var forwarded: Range<Int>?
    var index = 0
    if record[0] == 0x22 {
      // `"client, proxy" host ident user`
      guard let close = record.firstIndex(of: 0x22, in: 1..<end) else {
        throw DecodeError(.unterminatedQuote, at: 0)
      }
      forwarded = 1..<firstListed(record, 1..<close)
      index = close + 1
    } else {
      // `client, proxy, proxy ident user`
      var token = word(record, from: 0, until: end)
      if let last = token.last, record[last] == 0x2C { forwarded = 0..<last }
      while let last = token.last, record[last] == 0x2C {
        token = word(record, from: token.upperBound, until: end)
      }
      index = forwarded == nil ? 0 : token.upperBound
    }
    var words: [Range<Int>] = []
    while words.count < 8 {
      let token = word(record, from: index, until: end)
      if token.isEmpty { break }
      words.append(token)
      index = token.upperBound
    }
    if let forwarded {
      // Perhaps the peer's own address, then ident and user.
      guard words.count >= 1, words.count <= 3, !forwarded.isEmpty else {
        throw DecodeError(.wrongFieldCount, at: 0)
      }
      return (forwarded, words[words.count - 1])
    }
    switch words.count {
    case 2: return (words[0], words[1])
    case 3 where isAddress(record, words[1]): return (words[1], words[2])
    case 3: return (words[0], words[2])
    case 4: return (words[1], words[3])
    case 5...:
      // A virtual host, and a user with spaces.
      guard words[2].count == 1, record[words[2].lowerBound] == 0x2D else {
        throw DecodeError(.wrongFieldCount, at: 0)
      }
      return (words[1], words[3].lowerBound..<end)
    default: throw DecodeError(.wrongFieldCount, at: 0)
    }
  }

  private static func word(_ record: RecordBytes, from start: Int, until end: Int) -> Range<Int> {
    var first = start
    while first < end, record[first] == 0x20 { first += 1 }
    var last = first
    while last < end, record[last] != 0x20 { last += 1 }
    return first..<last
  }

  private static func firstListed(_ record: RecordBytes, _ range: Range<Int>) -> Int {
    for index in range where record[index] == 0x2C || record[index] == 0x20 { return index }
    return range.upperBound
  }

  /// Digits with dots, or hexadecimal digits with at least two colons.
  private static func isAddress(_ record: RecordBytes, _ range: Range<Int>) -> Bool {
    var dots = 0
    var colons = 0
    for index in range {
      switch record[index] {
      case 0x30...0x39: break
      case 0x2E: dots += 1
      case 0x3A: colons += 1
      case 0x41...0x46, 0x61...0x66: if colons == 0, dots > 0 { return false }
      default: return false
      }
    }
    return dots == 3 || colons >= 2
  }
}
