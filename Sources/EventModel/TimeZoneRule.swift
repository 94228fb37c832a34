/// From local civil time to UTC.
public struct TimeZoneRule: Sendable, Hashable {
  /// Seconds ahead of UTC before the first transition.
  @usableFromInline
  var baseOffset: Int
  /// UTC seconds at which the offset changes, ascending, and the offset from then on.
  @usableFromInline
  var transitions: [Transition] = []

  @usableFromInline
  struct Transition: Sendable, Hashable {
    var at: Int64
    var offset: Int
  }

  public static let utc = TimeZoneRule(fixedOffset: 0)

  public init(fixedOffset seconds: Int) {
    baseOffset = seconds
  }

  /// `UTC`, `Z`, `±hh:mm`, `±hhmm`, `±hh`, or an IANA name read from the system's zone files.
  ///
  /// Tokyo, Seoul, Shanghai and `JST` are known without them. `nil` for any other name.
  public init?(name: String) {
    if ["UTC", "utc", "Z", "z", "GMT", "Etc/UTC", "Etc/GMT"].contains(name) {
      self = .utc
    } else if let offset = Self.fixedOffset(name) {
      self.init(fixedOffset: offset)
    } else if let file = ZoneFile.read(name: name), let table = ZoneFile.parse(file) {
      self.init(fixedOffset: table.base)
      transitions = table.transitions
    } else {
      let known = [
        "Asia/Tokyo": 9, "Japan": 9, "JST": 9, "Asia/Seoul": 9, "Asia/Shanghai": 8,
      ]
      guard let hours = known[name] else { return nil }
      self.init(fixedOffset: hours * 3600)
    }
  }

  /// Seconds ahead of UTC of `+09:00`, `-0330` or `+09`; `nil` for anything else.
  public static func fixedOffset(_ text: String) -> Int? {
    var bytes = Array(text.utf8)
    guard let sign = bytes.first, sign == 0x2B || sign == 0x2D else { return nil }
    bytes.removeFirst()
    if bytes.count == 5, bytes[2] == 0x3A { bytes.remove(at: 2) }
    guard bytes.count == 4 || bytes.count == 2, bytes.allSatisfy({ 0x30...0x39 ~= $0 }) else {
      return nil
    }
    let digits = bytes.map { Int($0) - 0x30 }
    let hours = digits[0] * 10 + digits[1]
    let minutes = digits.count == 4 ? digits[2] * 10 + digits[3] : 0
    guard hours < 24, minutes < 60 else { return nil }
    return (sign == 0x2D ? -1 : 1) * (hours * 3600 + minutes * 60)
  }

  /// UTC nanoseconds of a local civil time given as if it were UTC.
  ///
  /// A time that occurs twice is taken the first time; one that does not exist is moved by the gap.
  @inlinable
  public func utc(fromLocal nanoseconds: Int64) -> Int64 {
    guard !transitions.isEmpty else { return nanoseconds &- Int64(baseOffset) &* 1_000_000_000 }
    return utcByTable(fromLocal: nanoseconds)
  }

  /// Seconds ahead of UTC at a time in UTC seconds since 1970.
  public func offset(atUTC seconds: Int64) -> Int {
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle].at <= seconds { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? baseOffset : transitions[low - 1].offset
  }

  /// Whether it is, at any time, so many seconds ahead of UTC.
  public func everHas(offset seconds: Int) -> Bool {
    baseOffset == seconds || transitions.contains { $0.offset == seconds }
  }

  @usableFromInline
  func utcByTable(fromLocal nanoseconds: Int64) -> Int64 {
    var local = nanoseconds / 1_000_000_000
    if nanoseconds % 1_000_000_000 < 0 { local -= 1 }
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      let before = middle == 0 ? baseOffset : transitions[middle - 1].offset
      let start = transitions[middle].at + Int64(max(before, transitions[middle].offset))
      if start <= local { low = middle + 1 } else { high = middle }
    }
    let offset = low == 0 ? baseOffset : transitions[low - 1].offset
    return nanoseconds &- Int64(offset) &* 1_000_000_000
  }
}
