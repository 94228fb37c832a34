internal import EventModel

extension TimeZoneRule {
  /// Seconds ahead of UTC of a zone abbreviation, or of a number such as `+09`, as PostgreSQL and
  /// others write them after a time.
  ///
  /// `nil` for those that are not known, and for those that mean different things in different
  /// places (`CST`, `IST`, …): see `ZoneAbbreviation`.
  static func offset(ofAbbreviation bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    if first == 0x2B || first == 0x2D {
      return TimestampScan.numericOffset(bytes, at: 0).flatMap {
        $0.end == bytes.count ? $0.seconds : nil
      }
    }
    guard let found = ZoneAbbreviation.meaning(of: bytes, declared: nil), found.mark == 0 else {
      return nil
    }
    return found.offset
  }
}

/// What the abbreviations of time zones mean.
///
/// Most have one meaning. Of one that zones with different offsets use, a declared zone that has one of these offsets
/// decides; where none does, it is taken for what PostgreSQL takes it for, and the coverage says so. One whose offset
/// has changed over the years (`VET`, `ALMT`, …) is not among them.
///
/// Source: PostgreSQL, timezonesets/Default; IANA tz database (Asia/Kolkata, Europe/Dublin, Asia/Jerusalem;
/// Asia/Shanghai, America/Havana; Asia/Dhaka; Asia/Manila; Asia/Riyadh and Asia/Baghdad before 2017;
/// America/Manaus and Asia/Yerevan before 2017).
public enum ZoneAbbreviation {
  /// Minutes ahead of UTC, and those of another time of the year that a zone of this meaning has as well.
  private typealias Meaning = (offset: Int, other: Int)

  /// Those of several meanings; the first is the usual one, the place its mark.
  private static let shared: [(name: String, meanings: [Meaning])] = [
    ("CST", [(-360, -360), (480, 480), (-300, -300)]),
    ("CDT", [(-300, -360), (540, 480), (-240, -300)]), ("IST", [(120, 120), (330, 330), (60, 0)]),
    ("BST", [(60, 0), (360, 360)]), ("PST", [(-480, -480), (480, 480)]),
    ("AST", [(-240, -240), (180, 180)]), ("ADT", [(-180, -240), (240, 180)]),
    ("AMT", [(240, 240), (-240, -240)]),
  ]

  private static let single: [(names: String, minutes: Int)] = [
    ("UTC GMT UCT UT Z ZULU WET EGST AZOST", 0), ("CET MET MEZ WAT WEST", 60),
    ("CEST MEST MESZ CAT SAST EET CETDST METDST", 120), ("EEST EAT IDT MSK TRT FET EETDST", 180),
    ("IRST IRT", 210), ("MSD AZT GET MUT RET SAMT SCT VOLT", 240), ("AFT", 270),
    ("PKT MVT TFT TJT TMT UZT YEKT", 300), ("NPT", 345), ("BDT BTT IOT KGT OMST PKST", 360),
    ("MMT", 390), ("ICT WIB CXT DAVT HOVT KRAT", 420),
    ("HKT SGT MYT PHT BNT AWST IRKT ULAT WITA", 480), ("JST KST PWT TLT WIT YAKT", 540),
    ("ACST", 570), ("AEST CHUT DDUT KDT PGT VLAT", 600), ("ACDT LHST", 630),
    ("AEDT KOST LHDT MAGT NCT PONT SBT SRET VUT", 660),
    ("NZST ANAT FJT GILT MHT NRT PETT TVT WAKT WFT", 720), ("CHAST", 765),
    ("NZDT PHOT TKT TOT", 780), ("CHADT", 825), ("LINT", 840), ("AZOT CVT EGT", -60),
    ("ARST BRST FNT PMDT UYST WGST", -120), ("NDT", -150),
    ("ART BRT CLST FKST GFT PMST PYST ROTT SRT UYT", -180), ("NST", -210),
    ("EDT BOT CLT FKT GYT", -240), ("EST COT PET", -300), ("MDT GALT", -360), ("MST PDT", -420),
    ("AKDT", -480), ("AKST GAMT HDT", -540), ("MART", -570), ("HST CKT TAHT", -600), ("NUT", -660),
  ]

  /// By their letters: minutes of one meaning, or the place among those of several.
  private enum Entry {
    case minutes(Int)
    case shared(Int)
  }

  private static let table: [UInt64: Entry] = {
    var table: [UInt64: Entry] = [:]
    for entry in single {
      for name in entry.names.split(separator: " ") {
        table[packed(name.utf8)] = .minutes(entry.minutes)
      }
    }
    for (place, entry) in shared.enumerated() { table[packed(entry.name.utf8)] = .shared(place) }
    return table
  }()

  private static func packed(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The offset in seconds of an abbreviation, and its mark in a set of those that had to be assumed; 0: none of these.
  ///
  /// `declared`: the zone that the operator declares, where he does. `nil`: not known.
  static func meaning(
    of bytes: UnsafeBufferPointer<UInt8>,
    declared: TimeZoneRule?
  ) -> (offset: Int, mark: UInt16)? {
    guard bytes.count <= 8, let entry = table[packed(bytes)] else { return nil }
    switch entry {
    case .minutes(let minutes): return (minutes * 60, 0)
    case .shared(let index):
      let meanings = shared[index].meanings
      let found = declared.flatMap { zone in
        meanings.first { meaning in
          zone.everHas(offset: meaning.offset * 60) && zone.everHas(offset: meaning.other * 60)
        }
      }
      return found.map { ($0.offset * 60, 0) } ?? (meanings[0].offset * 60, 1 << UInt16(index))
    }
  }

  /// What a set of marks says: names and the offsets assumed, such as `IST` and `+02:00`.
  public static func assumptions(_ marks: UInt16) -> [(name: String, offset: String)] {
    shared.indices.filter { marks & 1 << UInt16($0) != 0 }.map { index in
      let minutes = abs(shared[index].meanings[0].offset)
      let hours = "\(minutes / 60 < 10 ? "0" : "")\(minutes / 60)"
      let rest = "\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)"
      return (
        shared[index].name, "\(shared[index].meanings[0].offset < 0 ? "-" : "+")\(hours):\(rest)"
      )
    }
  }
}
