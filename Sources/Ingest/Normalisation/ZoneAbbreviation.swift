internal import EventModel

extension TimeZoneRule {
  /// Seconds ahead of UTC of a zone abbreviation, or of a number such as `+09`, as PostgreSQL and
  /// others write them after a time.
  ///
  /// `nil` for those that mean different things in different places (`CST`, `IST`, …): then the
  /// declared zone has to tell.
  static func offset(ofAbbreviation bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let first = bytes.first, bytes.count <= 6 else { return nil }
    if first == 0x2B || first == 0x2D {
      return TimestampScan.numericOffset(bytes, at: 0).flatMap {
        $0.end == bytes.count ? $0.seconds : nil
      }
    }
    guard bytes.count <= 4 else { return nil }
    var key: UInt32 = 0
    for byte in bytes { key = key << 8 | UInt32(byte) }
    return minutesByAbbreviation[key].map { $0 * 60 }
  }

  private static let minutesByAbbreviation: [UInt32: Int] = {
    let hours: [(names: String, minutes: Int)] = [
      ("UTC GMT UCT Z WET", 0), ("JST KST", 540), ("CET WEST BST MET WAT", 60),
      ("CEST EET MEST CAT SAST", 120), ("EEST MSK EAT IDT", 180), ("EST CDT", -300), ("EDT", -240),
      ("MST PDT", -420), ("MDT", -360), ("PST AKDT", -480), ("AKST", -540), ("HST", -600),
      ("HKT", 480), ("PKT", 300), ("WIB", 420), ("AEST", 600), ("AEDT", 660), ("ACST", 570),
      ("ACDT", 630), ("AWST", 480), ("NZST", 720), ("NZDT", 780), ("NST", -210), ("NDT", -150),
    ]
    var table: [UInt32: Int] = [:]
    for entry in hours {
      for name in entry.names.split(separator: " ") {
        table[name.utf8.reduce(0) { $0 << 8 | UInt32($1) }] = entry.minutes
      }
    }
    return table
  }()
}
