internal import EventModel

/// From local civil time to UTC.
public struct TimeZoneRule: Sendable, Hashable {
  /// Seconds ahead of UTC before the first transition.
  private var baseOffset: Int
  /// UTC seconds at which the offset changes, ascending, and the offset from then on.
  private var transitions: [Transition] = []

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
  /// Tokyo,
  /// Seoul, Shanghai and `JST` are known without them. `nil` for any other name.
  public init?(name: String) {
    let bytes = Array(name.utf8)
    if ["UTC", "Z", "GMT", "Etc/UTC", "Etc/GMT"].contains(name) {
      self = .utc
    } else if let first = bytes.first, first == 0x2B || first == 0x2D {
      let offset = bytes.withUnsafeBufferPointer { text in
        TimestampScan.numericOffset(text, at: 0).flatMap { $0.end == text.count ? $0.seconds : nil }
      }
      guard let offset else { return nil }
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

  /// UTC nanoseconds of a local civil time given as if it were UTC.
  ///
  /// A time that occurs twice is
  /// taken the first time; one that does not exist is moved by the gap.
  @inline(__always)
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

  private func utcByTable(fromLocal nanoseconds: Int64) -> Int64 {
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

  /// Seconds ahead of UTC of a zone abbreviation, or of a number such as `+09`, as PostgreSQL and
  /// others write them after a time.
  ///
  /// `nil` for those that mean different things in different
  /// places (`CST`, `IST`, …): then the declared zone has to tell.
  public static func offset(ofAbbreviation bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let first = bytes.first, bytes.count <= 6 else { return nil }
    if first == 0x2B || first == 0x2D {
      return TimestampScan.numericOffset(bytes, at: 0).flatMap {
        $0.end == bytes.count ? $0.seconds : nil
      }
    }
    return minutes(of: bytes, in: minutesByAbbreviation).map { $0 * 60 }
  }

  /// Of an abbreviation that means different things in different places: what PostgreSQL takes it
  /// for where nothing else is said.
  public static func usualOffset(ofAbbreviation bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    minutes(of: bytes, in: usualMinutes).map { $0 * 60 }
  }

  private static func minutes(
    of bytes: UnsafeBufferPointer<UInt8>,
    in table: [UInt32: Int]
  ) -> Int? {
    guard bytes.count <= 4 else { return nil }
    return table[bytes.reduce(0) { $0 << 8 | UInt32($1) }]
  }

  /// Source: PostgreSQL, timezonesets/Default; IANA tz database.
  private static let minutesByAbbreviation = table([
    ("UTC GMT UCT Z WET", 0), ("JST KST", 540), ("CET WEST MET WAT", 60),
    ("CEST MEST EET CAT SAST", 120), ("EEST MSK EAT IDT", 180), ("EST CDT", -300), ("EDT", -240),
    ("MST PDT", -420), ("MDT", -360), ("PST AKDT", -480), ("AKST", -540), ("HST", -600),
    ("HKT", 480), ("PKT", 300), ("WIB", 420), ("AEST", 600), ("AEDT", 660), ("ACST", 570),
    ("ACDT", 630), ("AWST", 480), ("NZST", 720), ("NZDT", 780), ("NST", -210), ("NDT", -150),
  ])

  private static let usualMinutes = table([("CST", -360), ("IST", 120), ("BST", 60)])

  private static func table(_ entries: [(names: String, minutes: Int)]) -> [UInt32: Int] {
    var table: [UInt32: Int] = [:]
    for entry in entries {
      for name in entry.names.split(separator: " ") {
        table[name.utf8.reduce(0) { $0 << 8 | UInt32($1) }] = entry.minutes
      }
    }
    return table
  }
}
