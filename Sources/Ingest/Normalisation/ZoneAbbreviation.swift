internal import EventModel

extension TimeZoneRule {
  /// Seconds ahead of UTC of a zone abbreviation, or of a number such as `+09`, as PostgreSQL and
  /// others write them after a time.
  ///
  /// `nil` for those that mean different things in different
  /// places (`CST`, `IST`, …): see `SharedAbbreviation`.
  static func offset(ofAbbreviation bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let first = bytes.first, bytes.count <= 6 else { return nil }
    if first == 0x2B || first == 0x2D {
      return TimestampScan.numericOffset(bytes, at: 0).flatMap {
        $0.end == bytes.count ? $0.seconds : nil
      }
    }
    return SharedAbbreviation.packed(bytes).flatMap { minutesByAbbreviation[$0] }.map { $0 * 60 }
  }

  /// Source: PostgreSQL, timezonesets/Default; IANA tz database.
  private static let minutesByAbbreviation = table([
    ("UTC GMT UCT Z WET", 0), ("JST KST", 540), ("CET WEST MET WAT", 60),
    ("CEST MEST EET CAT SAST", 120), ("EEST MSK EAT IDT", 180), ("EST", -300), ("EDT", -240),
    ("MST PDT", -420), ("MDT", -360), ("AKDT", -480), ("AKST", -540), ("HST", -600),
    ("HKT", 480), ("PKT", 300), ("WIB", 420), ("AEST", 600), ("AEDT", 660), ("ACST", 570),
    ("ACDT", 630), ("AWST", 480), ("NZST", 720), ("NZDT", 780), ("NST", -210), ("NDT", -150),
  ])

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

/// An abbreviation that zones with different offsets use.
///
/// A declared zone that has one of these offsets decides. Where none does, it is taken for what PostgreSQL takes it
/// for, and the coverage says so.
///
/// Source: PostgreSQL, timezonesets/Default; IANA tz database (Asia/Kolkata, Europe/Dublin, Asia/Jerusalem;
/// Asia/Shanghai, America/Havana; Asia/Dhaka; Asia/Manila; Asia/Riyadh and Asia/Baghdad before 2017).
public enum SharedAbbreviation {
  /// Minutes ahead of UTC, and those of another time of the year that a zone of this meaning has as well.
  private typealias Meaning = (offset: Int, other: Int)

  /// The first of the meanings is the usual one.
  private static let all: [(name: String, meanings: [Meaning])] = [
    ("CST", [(-360, -360), (480, 480), (-300, -300)]),
    ("CDT", [(-300, -360), (540, 480), (-240, -300)]), ("IST", [(120, 120), (330, 330), (60, 0)]),
    ("BST", [(60, 0), (360, 360)]), ("PST", [(-480, -480), (480, 480)]),
    ("AST", [(-240, -240), (180, 180)]),
  ]

  /// The offset in seconds of an abbreviation, and its mark in a set of those that had to be assumed.
  ///
  /// `declared`: the zone that the operator declares, where he does. `nil` for other abbreviations.
  static func meaning(
    of bytes: UnsafeBufferPointer<UInt8>,
    declared: TimeZoneRule?
  ) -> (offset: Int, mark: UInt16)? {
    guard
      let index = all.firstIndex(where: { entry in
        entry.name.utf8.elementsEqual(bytes)
      })
    else { return nil }
    let meanings = all[index].meanings
    if let declared,
      let found = meanings.first(where: { meaning in
        declared.everHas(offset: meaning.offset * 60)
          && declared.everHas(offset: meaning.other * 60)
      })
    {
      return (found.offset * 60, 0)
    }
    return (meanings[0].offset * 60, 1 << UInt16(index))
  }

  /// What a set of marks says: names and the offsets assumed, such as `IST` and `+02:00`.
  public static func assumptions(_ marks: UInt16) -> [(name: String, offset: String)] {
    all.indices.filter { marks & 1 << UInt16($0) != 0 }.map { index in
      let minutes = abs(all[index].meanings[0].offset)
      let hours = "\(minutes / 60 < 10 ? "0" : "")\(minutes / 60)"
      let rest = "\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)"
      return (all[index].name, "\(all[index].meanings[0].offset < 0 ? "-" : "+")\(hours):\(rest)")
    }
  }

  static func packed(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32? {
    bytes.count <= 4 ? bytes.reduce(0) { $0 << 8 | UInt32($1) } : nil
  }
}
