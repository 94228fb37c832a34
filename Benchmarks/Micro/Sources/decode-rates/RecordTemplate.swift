/// A record of a fixture, and where in it something stands that differs from record to record in a log.
///
/// The texts are found by their shape alone; whether they may vary is tried with the decoder
/// (`LogPattern`), which must make the same kinds of rows of the record whatever stands there.
struct RecordTemplate {
  /// The bytes, with its line end.
  var bytes: [UInt8]
  var slots: [Slot] = []
  /// Nothing in it is an event: it tells its time alone.
  var isPassedOver = false

  struct Slot {
    var start: Int
    var count: Int
    var kind: Kind
    /// Told by the text: what was the same in a fixture is the same within a round of its records.
    var key: UInt64

    var isSerial: Bool {
      if case .serial = kind { true } else { false }
    }
  }

  enum Kind {
    /// `hh:mm:ss`, and the same without colons.
    case clock, compactClock
    /// Seconds since 1970, with so many decimals without a point.
    case epoch(decimals: Int)
    case digits, hexadecimal, address
    /// A number that the source counts its events by: one more for each that differs in a round.
    case serial(stride: Int)
    /// A person's name of the population, in as many bytes.
    case account
  }

}

/// The texts of a record that may vary, found by their shape.
struct SlotSearch {
  private var bytes: [UInt8]
  private var slots: [RecordTemplate.Slot] = []
  private var place = 0

  /// All records of a log are of this day, a Tuesday: 2026-03-10.
  static let midnight = 1_773_100_800

  /// The record with its dates set to the day, and the slots in it.
  static func search(_ record: [UInt8], accounts: [[UInt8]]) -> RecordTemplate {
    var search = SlotSearch(bytes: record)
    search.run(accounts)
    return RecordTemplate(bytes: search.bytes, slots: search.slots)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func byte(_ index: Int) -> UInt8 {
    index >= 0 && index < bytes.count ? bytes[index] : 0
  }
  private func isDigit(_ index: Int) -> Bool { byte(index) &- 0x30 < 10 }
  private func isLetter(_ index: Int) -> Bool { (byte(index) | 0x20) &- 0x61 < 26 }

  /// Whether the bytes at `start` have a shape: `d` any digit, the rest themselves.
  private func has(_ shape: StaticString, at start: Int) -> Bool {
    guard start + shape.utf8CodeUnitCount <= bytes.count else { return false }
    for index in 0..<shape.utf8CodeUnitCount {
      let wanted = shape.utf8Start[index]
      if wanted == 0x64 ? !isDigit(start + index) : byte(start + index) != wanted { return false }
    }
    return true
  }

  private func number(_ start: Int, _ count: Int) -> Int {
    (start..<start + count).reduce(0) { $0 * 10 + Int(byte($1) &- 0x30) }
  }

  private mutating func set(_ text: String, at start: Int) {
    bytes.replaceSubrange(start..<start + text.utf8.count, with: Array(text.utf8))
  }

  private mutating func add(_ count: Int, _ kind: RecordTemplate.Kind) {
    var key: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes[place..<place + count] { key = (key ^ UInt64(byte)) &* 0x100_0000_01B3 }
    slots.append(RecordTemplate.Slot(start: place, count: count, kind: kind, key: key))
    place += count
  }

  private mutating func run(_ accounts: [[UInt8]]) {
    while place < bytes.count {
      if !isLetter(place - 1), !isDigit(place - 1),
        let account = accounts.first(where: { bytes[place...].starts(with: $0) }),
        !isLetter(place + account.count), !isDigit(place + account.count)
      {
        add(account.count, .account)
      } else if isLetter(place), !isLetter(place - 1) {
        takeMonth()
      } else if isDigit(place), !isDigit(place - 1) {
        takeDigits()
      } else {
        place += 1
      }
    }
  }

  private static let months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(
    separator: " "
  )
  private static let days = "Mon Tue Wed Thu Fri Sat Sun".split(separator: " ")

  /// `Thu Nov 10 19:14:47 2016`, `Nov 10 19:14:47`, and runs of hexadecimal digits.
  private mutating func takeMonth() {
    let word = String(decoding: bytes[place..<min(place + 3, bytes.count)], as: UTF8.self)
    if Self.days.contains(where: { $0 == word }), byte(place + 3) == 0x20, isLetter(place + 4) {
      set("Tue", at: place)
      place += 4
      return
    }
    if Self.months.contains(where: { $0 == word }), byte(place + 3) == 0x20,
      isDigit(place + 5), has(" dd:dd:dd", at: place + 6)
    {
      set("Mar 10", at: place)
      if has(" dddd", at: place + 15), !isDigit(place + 20) { set("2026", at: place + 16) }
      place += 7
      return
    }
    if takeHexadecimal() { return }
    place += 1
  }

  /// A run of twelve hexadecimal digits or more, some of them letters, some not.
  private mutating func takeHexadecimal() -> Bool {
    var end = place
    var (letters, digits) = (0, 0)
    while end < bytes.count {
      if isDigit(end) {
        digits += 1
      } else if (byte(end) | 0x20) &- 0x61 < 6 {
        letters += 1
      } else {
        break
      }
      end += 1
    }
    guard letters + digits >= 12, letters > 0, digits > 1, !isLetter(end) else { return false }
    add(end - place, .hexadecimal)
    return true
  }

  private mutating func takeDigits() {
    var end = place
    while isDigit(end) { end += 1 }
    let count = end - place
    if count == 4, has("dddd-dd-dd", at: place), !isDigit(place + 10) {
      set("2026-03-10", at: place)
      place += 10
    } else if count == 4, has("dddd/dd/dd", at: place), !isDigit(place + 10) {
      set("2026/03/10", at: place)
      place += 10
    } else if count == 2, has("dd/", at: place), isLetter(place + 3), has("/dddd", at: place + 6) {
      set("10/Mar/2026", at: place)
      place += 12
    } else if count == 2, has("dd:dd:dd", at: place), !isDigit(place + 8), byte(place + 8) != 0x3A,
      number(place, 2) < 24, number(place + 3, 2) < 60, number(place + 6, 2) < 60
    {
      add(8, .clock)
    } else if count == 14, isDate(place) {
      set("20260310", at: place)
      place += 8
      add(6, .compactClock)
    } else if count == 8, isDate(place) {
      set("20260310", at: place)
      place += 8
    } else if [10, 13, 16, 19].contains(count), (100..<200).contains(number(place, 3)) {
      add(count, .epoch(decimals: count - 10))
    } else if byte(place - 1) == 0x3A, byte(end) == 0x29, isDigit(place - 2) {
      // `audit(1711930354.123:5021)`
      add(count, .serial(stride: 1))
    } else if let length = addressLength() {
      add(length, .address)
    } else if takeHexadecimal() {
      return
    } else if count >= 3, !isVersion(end), !isKind {
      add(count, .digits)
    } else {
      place = end
    }
  }

  private func isDate(_ start: Int) -> Bool {
    (1990..<2040).contains(number(start, 4)) && (1...12).contains(number(start + 4, 2))
      && (1...31).contains(number(start + 6, 2))
  }

  /// Bytes of an address, `192.0.2.7`, if one stands here.
  private func addressLength() -> Int? {
    var end = place
    for part in 0..<4 {
      let start = end
      while isDigit(end) { end += 1 }
      guard (1...3).contains(end - start), number(start, end - start) < 256 else { return nil }
      if part < 3 {
        guard byte(end) == 0x2E else { return nil }
        end += 1
      }
    }
    return byte(end) == 0x2E || byte(place - 1) == 0x2E ? nil : end - place
  }

  /// The number of a kind of event: `"EventID":4624`, `<EventID>4624`, `"event_id":4624`.
  private var isKind: Bool {
    let before = String(decoding: bytes[max(0, place - 14)..<place], as: UTF8.self).lowercased()
    return before.contains("eventid") || before.contains("event_id") || before.contains("/win/")
  }

  /// Whether it is of a version, `Chrome/124.0.6367.60`: few programs a log, whose numbers stay.
  private func isVersion(_ end: Int) -> Bool {
    if byte(end) == 0x2E, isDigit(end + 1), byte(place - 1) == 0x2F, isLetter(place - 2) {
      return true
    }
    return byte(place - 1) == 0x2E && byte(end) == 0x2E
  }
}
