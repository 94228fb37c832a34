internal import EventModel

/// How a device says that it writes its times: the `devTimeFormat` of LEEF, a pattern of Java's SimpleDateFormat.
///
///     dd/MM/yyyy HH:mm:ss      MMM dd yyyy HH:mm:ss z      EEE MMM dd HH:mm:ss z yyyy      yyyy-MM-dd hh:mm:ss a
///
/// Source: IBM, "Log Event Extended Format (LEEF)", "Custom event date format"; Java, SimpleDateFormat.
struct DevicePattern {
  private enum Part {
    case literal(UInt8)
    case blank
    /// A letter of the pattern, and how often it stands there.
    case field(UInt8, count: Int)
  }

  let bytes: [UInt8]
  private var parts: [Part] = []

  /// What a pattern of at most 64 bytes says; a letter that is not known makes every time none.
  init(_ pattern: RecordBytes) {
    bytes = Array(pattern.prefix(64))
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      if byte == 0x27 {
        // `'T'` is text, `''` an apostrophe.
        let close = bytes[(place + 1)...].firstIndex(of: 0x27) ?? bytes.count
        let text = close == place + 1 ? [0x27] : Array(bytes[(place + 1)..<close])
        parts += text.map { .literal($0) }
        place = close + 1
      } else if (byte | 0x20) &- 0x61 < 26 {
        let end = bytes[place...].firstIndex { $0 != byte } ?? bytes.count
        parts.append(.field(byte, count: end - place))
        place = end
      } else {
        parts.append(byte == 0x20 ? .blank : .literal(byte))
        place += 1
      }
    }
  }

  /// What was read of a time.
  struct Reading {
    /// As if it were UTC, in nanoseconds since 1970.
    var local: Int64
    /// The word that names the zone; empty: none.
    var zone: RecordBytes
    var isYearless: Bool
  }

  private struct Fields {
    var year: Int?
    var (month, day, hour, minute, second) = (1, 1, 0, 0, 0)
    var fraction: Int64 = 0
    var isAfternoon: Bool?
    var zone = RecordBytes(start: nil, count: 0)
  }

  /// Reads a time.
  ///
  /// `year`: that of one that states none. `nil`: it is not so written.
  func read(_ text: RecordBytes, year: Int?) -> Reading? {
    var fields = Fields()
    var place = 0
    for part in parts {
      switch part {
      case .literal(let byte):
        guard place < text.count, text[place] == byte else { return nil }
        place += 1
      case .blank:
        guard place < text.count, text[place] == 0x20 else { return nil }
        while place < text.count, text[place] == 0x20 { place += 1 }
      case .field(let letter, let count):
        guard Self.take(letter, count, text, &place, &fields) else { return nil }
      }
    }
    guard place == text.count else { return nil }
    if let isAfternoon = fields.isAfternoon {
      guard fields.hour <= 12 else { return nil }
      fields.hour = fields.hour % 12 + (isAfternoon ? 12 : 0)
    }
    let stated = fields.year ?? year
    guard
      let local = TimestampScan.civil(
        year: stated ?? 2000,
        month: fields.month,
        day: fields.day,
        hour: fields.hour,
        minute: fields.minute,
        second: fields.second
      )
    else { return nil }
    return Reading(
      local: local &+ fields.fraction,
      zone: fields.zone,
      isYearless: stated == nil
    )
  }

  private static func take(
    _ letter: UInt8,
    _ count: Int,
    _ text: RecordBytes,
    _ place: inout Int,
    _ fields: inout Fields
  ) -> Bool {
    switch letter {
    case UInt8(ascii: "M") where count > 2:
      guard let month = TimestampScan.month(text, at: place) else { return false }
      fields.month = month
      // `Nov`, `November`.
      place = word(text, place).upperBound
    case UInt8(ascii: "E"):
      let name = word(text, place)
      place = name.upperBound
      return !name.isEmpty
    case UInt8(ascii: "a"):
      let name = word(text, place)
      guard name.count == 2, text[name.lowerBound + 1] | 0x20 == 0x6D else { return false }
      let first = text[name.lowerBound] | 0x20
      guard first == 0x61 || first == 0x70 else { return false }
      fields.isAfternoon = first == 0x70
      place = name.upperBound
    case UInt8(ascii: "z"), UInt8(ascii: "Z"), UInt8(ascii: "X"):
      let end = text.firstIndex(of: 0x20, in: place..<text.count) ?? text.count
      fields.zone = text.slice(place..<end)
      place = end
      return !fields.zone.isEmpty
    default:
      return takeNumber(letter, count, text, &place, &fields)
    }
    return true
  }

  private static func takeNumber(
    _ letter: UInt8,
    _ count: Int,
    _ text: RecordBytes,
    _ place: inout Int,
    _ fields: inout Fields
  ) -> Bool {
    let start = place
    while place < text.count, place < start + 9, text[place] &- 0x30 < 10 { place += 1 }
    guard let number = text.decimal(start..<place).map({ Int($0) }) else { return false }
    switch letter {
    case UInt8(ascii: "y"): fields.year = count == 2 && place == start + 2 ? 2000 + number : number
    case UInt8(ascii: "M"): fields.month = number
    case UInt8(ascii: "d"): fields.day = number
    case UInt8(ascii: "H"), UInt8(ascii: "h"), UInt8(ascii: "K"): fields.hour = number
    case UInt8(ascii: "k"): fields.hour = number % 24
    case UInt8(ascii: "m"): fields.minute = number
    case UInt8(ascii: "s"): fields.second = number
    case UInt8(ascii: "S"):
      // A number of thousandths, however many digits.
      fields.fraction = Int64(number) &* 1_000_000
      if place - start > 3 { fields.fraction = TimestampScan.fraction(text, at: start).nanoseconds }
    default: return false
    }
    return true
  }

  private static func word(_ text: RecordBytes, _ start: Int) -> Range<Int> {
    var end = start
    while end < text.count, (text[end] | 0x20) &- 0x61 < 26 { end += 1 }
    return start..<end
  }
}
