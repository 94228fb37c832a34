internal import EventModel

extension TimeZoneRule {
  /// Seconds ahead of UTC of a zone abbreviation, or of a number such as `+09`, as PostgreSQL and
  /// others write them after a time.
  ///
  /// `nil` for those that mean different things in different
  /// places (`CST`, `IST`, …): then the declared zone has to tell.
  static func offset(ofAbbreviation bytes: UnsafeBufferPointer<UInt8>) -> Int? {
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
  static func usualOffset(ofAbbreviation bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    minutes(of: bytes, in: usualMinutes).map { $0 * 60 }
  }

  /// What an abbreviation that PostgreSQL knows for one place means in another one.
  static func otherOffset(ofAbbreviation bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    minutes(of: bytes, in: otherMinutes).map { $0 * 60 }
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

  /// Source: IANA tz database, Asia/Manila.
  private static let otherMinutes = table([("PST", 480)])

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
