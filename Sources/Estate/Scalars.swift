internal import EventModel

/// Values written as text: counts, dates, durations, days.
enum Scalars {
  /// The text without the blanks around it: spaces, tabs, no-break and ideographic spaces.
  static func trimmed(_ text: String) -> String {
    func isBlank(_ scalar: Unicode.Scalar) -> Bool {
      scalar.value <= 0x20 || scalar.value == 0xA0 || scalar.value == 0x3000
    }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(scalars[first...last])
  }

  /// ASCII lower case.
  static func folded(_ text: String) -> String {
    String(decoding: text.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  /// Most digits of a count.
  private static let mostDigits = 18

  /// A count as a register may write it: in full width too, and with its counter word (`５，０００件`).
  static func writtenCount(_ text: String) -> Int64? {
    guard text.utf8.contains(where: { $0 >= 0x80 }) else { return count(text) }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isWide = (0xFF01...0xFF5E).contains(scalar.value)
      scalars.append(isWide ? Unicode.Scalar(scalar.value &- 0xFEE0) ?? scalar : scalar)
    }
    if let last = scalars.last, ["件", "名", "人"].contains(last) { scalars.removeLast() }
    return count(String(scalars))
  }

  /// Up to 18 digits; `_`, `,` and blanks may follow a digit.
  static func count(_ text: some StringProtocol) -> Int64? {
    var value: Int64 = 0
    var digits = 0
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39:
        guard digits < mostDigits else { return nil }
        value = value &* 10 &+ (Int64(byte) &- 0x30)
        digits += 1
      case 0x5F, 0x2C, 0x20:
        guard digits > 0 else { return nil }
      default: return nil
      }
    }
    return digits > 0 ? value : nil
  }

  /// Seconds of `90s`, `30m`, `48h`, `2d`, `1w`.
  static func duration(_ text: String) -> Int64? {
    if text == "0" { return 0 }
    let factor: Int64
    switch text.utf8.last {
    case 0x73: factor = 1
    case 0x6D: factor = 60
    case 0x68: factor = 3600
    case 0x64: factor = 86_400
    case 0x77: factor = 604_800
    default: return nil
    }
    guard let count = count(String(text.dropLast())) else { return nil }
    let (seconds, overflow) = count.multipliedReportingOverflow(by: factor)
    return overflow || seconds > 4_000_000_000 ? nil : seconds
  }

  /// Per mille of `20%`, `0.5 %` or `5‰`.
  static func share(_ text: String) -> Int64? {
    var digits = text.filter { $0 != " " }
    guard let sign = digits.popLast(), sign == "%" || sign == "‰" else { return nil }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    // A comma of decimals must not read as one of thousands.
    guard parts.count <= 2, !digits.contains(","), !digits.contains("_"),
      let whole = count(String(parts[0])), whole <= 1000
    else { return nil }
    var tenths: Int64 = 0
    if parts.count == 2 {
      guard parts[1].utf8.count == 1, let fraction = count(String(parts[1])) else { return nil }
      tenths = fraction
    }
    guard sign == "%" || tenths == 0 else { return nil }
    let permille = sign == "%" ? whole * 10 + tenths : whole
    return permille <= 1000 ? permille : nil
  }

  /// Minutes since midnight of `01:00` … `24:00`.
  static func minute(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
      let hour = count(String(parts[0])), let minute = count(String(parts[1])), minute < 60,
      hour < 24 || (hour == 24 && minute == 0)
    else { return nil }
    return Int(hour * 60 + minute)
  }

  static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// Days of `mon`, `Monday`, `mon-fri`, `daily`; 0 = Monday.
  static func days(_ text: String) -> [Int]? {
    let word = folded(text)
    if word == "daily" { return Array(0...6) }
    let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { weekday($0) }
    guard let first = ends[0] else { return nil }
    if ends.count == 1 { return [first] }
    guard ends.count == 2, let last = ends[1] else { return nil }
    return (0...((last - first + 7) % 7)).map { (first + $0) % 7 }
  }

  private static func weekday(_ text: Substring) -> Int? {
    let full = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    guard text.utf8.count >= 3 else { return nil }
    return full.firstIndex { $0.hasPrefix(text) }
  }

  /// Days since 1970 of `2024-04-01` or `2024/4/1`.
  static func day(_ text: String) -> Int? {
    var rest = Substring(text)
    guard let day = dayPrefix(&rest), rest.isEmpty else { return nil }
    return day
  }

  private static func dayPrefix(_ rest: inout Substring) -> Int? {
    guard let year = number(&rest, 4...4), let separator = rest.popFirst(),
      separator == "-" || separator == "/", let month = number(&rest, 1...2),
      rest.popFirst() == separator, let day = number(&rest, 1...2),
      (1900...2261).contains(year), CivilCalendar.isValid(year: year, month: month, day: day)
    else { return nil }
    return CivilCalendar.dayNumber(year: year, month: month, day: day)
  }

  private static func number(_ rest: inout Substring, _ width: ClosedRange<Int>) -> Int? {
    let digits = rest.prefix { $0.isASCII && $0.isWholeNumber }
    guard width.contains(digits.utf8.count), let value = Int(digits) else { return nil }
    rest.removeFirst(digits.count)
    return value
  }

  /// A date, a local time in `zone`, or RFC 3339; a date alone is its first nanosecond, or its last
  /// for `end`.
  static func time(_ text: String, zone: TimeZoneRule, end: Bool) -> Timestamp? {
    var rest = Substring(text)
    while rest.last == " " { rest.removeLast() }
    guard let day = dayPrefix(&rest) else { return nil }
    if rest.isEmpty {
      let local = Int64(day + (end ? 1 : 0)) * 86_400
      let start = utc(local, zone)
      return end ? Timestamp(nanoseconds: start.nanoseconds &- 1) : start
    }
    guard let separator = rest.popFirst(), " Tt".contains(separator),
      let hour = number(&rest, 1...2), rest.popFirst() == ":",
      let minute = number(&rest, 2...2), hour < 24, minute < 60
    else { return nil }
    var second = 0
    if rest.first == ":" {
      rest.removeFirst()
      guard let value = number(&rest, 2...2), value <= 60 else { return nil }
      second = min(value, 59)
    }
    guard let fraction = fraction(&rest) else { return nil }
    let local = Int64(day) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    let start: Timestamp
    switch rest {
    case "": start = utc(local, zone)
    case "Z", "z": start = Timestamp(seconds: local)
    default:
      guard let offset = TimeZoneRule.fixedOffset(String(rest)) else { return nil }
      start = Timestamp(seconds: local - Int64(offset))
    }
    return Timestamp(nanoseconds: start.nanoseconds &+ fraction)
  }

  /// The instant of a local civil time, given as seconds since 1970 as if it were UTC.
  private static func utc(_ local: Int64, _ zone: TimeZoneRule) -> Timestamp {
    Timestamp(nanoseconds: zone.utc(fromLocal: Timestamp(seconds: local).nanoseconds))
  }

  /// Nanoseconds of `.123…` (more than nine digits are cut), 0 when there is none.
  private static func fraction(_ rest: inout Substring) -> Int64? {
    guard rest.first == "." else { return 0 }
    rest.removeFirst()
    let digits = rest.prefix { $0.isASCII && $0.isWholeNumber }
    guard !digits.isEmpty else { return nil }
    rest.removeFirst(digits.count)
    let nine = (digits + "00000000").prefix(9)
    return Int64(nine)
  }
}
