internal import Glibc

/// Compiled time zone files.
///
/// Source: RFC 8536 (TZif versions 2 and 3; the footer is a POSIX `TZ`
/// string, expanded here to 2100).
enum ZoneFile {
  typealias Table = (base: Int, transitions: [TimeZoneRule.Transition])

  /// The file of an IANA name; `nil` for names that leave the folder or do not exist.
  static func read(name: String, folder: String = "/usr/share/zoneinfo") -> [UInt8]? {
    let allowed = name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || $0 == 0x2F || $0 == 0x2B || $0 == 0x2D || $0 == 0x5F
    }
    guard allowed, !name.isEmpty, name.utf8.count <= 64, name.utf8.first != 0x2F else { return nil }
    let descriptor = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 256 << 10)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
      }
      if got <= 0 { break }
      count += got
    }
    return count > 0 ? Array(bytes[..<count]) : nil
  }

  static func parse(_ bytes: [UInt8]) -> Table? {
    guard let first = Header(bytes, at: 0), first.version >= 0x32 else { return nil }
    let secondStart = Header.size + first.bodySize(timeSize: 4)
    guard let header = Header(bytes, at: secondStart) else { return nil }
    let body = secondStart + Header.size
    let end = body + header.bodySize(timeSize: 8)
    guard end <= bytes.count, header.types > 0 else { return nil }
    let indices = body + header.times * 8
    let types = indices + header.times
    func offset(ofType type: Int) -> Int? {
      guard type < header.types else { return nil }
      let raw = number(bytes, at: types + type * 6, count: 4)
      let value = Int(Int32(truncatingIfNeeded: raw))
      return abs(value) < 200_000 ? value : nil
    }
    guard let base = offset(ofType: 0) else { return nil }
    var table: Table = (base, [])
    for index in 0..<header.times {
      let at = number(bytes, at: body + index * 8, count: 8)
      guard let next = offset(ofType: Int(bytes[indices + index])) else { return nil }
      // Before any log, or beyond any time that fits: "since ever" in some files.
      guard at > -100_000_000_000 else {
        table.base = next
        continue
      }
      guard at < 100_000_000_000 else { break }
      if let last = table.transitions.last, last.at >= at { return nil }
      if next != (table.transitions.last?.offset ?? table.base) {
        table.transitions.append(.init(at: at, offset: next))
      }
    }
    let footer = bytes[end...].dropFirst().prefix { $0 != 0x0A }
    if let rule = PosixZone(Array(footer)) { rule.extend(&table) }
    return table
  }

  /// A big-endian two's complement number; the range was checked.
  private static func number(_ bytes: [UInt8], at start: Int, count: Int) -> Int64 {
    var value: UInt64 = 0
    for index in start..<start + count { value = value << 8 | UInt64(bytes[index]) }
    return Int64(bitPattern: value)
  }

  private struct Header {
    static let size = 44
    var version: UInt8
    var utcMarks: Int
    var standardMarks: Int
    var leaps: Int
    var times: Int
    var types: Int
    var characters: Int

    init?(_ bytes: [UInt8], at start: Int) {
      guard start >= 0, start + Self.size <= bytes.count,
        bytes[start..<start + 4].elementsEqual([0x54, 0x5A, 0x69, 0x66])
      else { return nil }
      version = bytes[start + 4]
      let counts = (0..<6).map { Int(number(bytes, at: start + 20 + $0 * 4, count: 4)) }
      guard counts.allSatisfy({ $0 <= 100_000 }) else { return nil }
      utcMarks = counts[0]
      standardMarks = counts[1]
      leaps = counts[2]
      times = counts[3]
      types = counts[4]
      characters = counts[5]
    }

    func bodySize(timeSize: Int) -> Int {
      times * (timeSize + 1) + types * 6 + characters + leaps * (timeSize + 4) + standardMarks
        + utcMarks
    }
  }
}

/// `EST5EDT,M3.2.0,M11.1.0`.
///
/// Source: POSIX.1, "TZ"; RFC 8536 §3.3.1 (hours up to ±167).
private struct PosixZone {
  private enum Day {
    case julian(Int)
    case ordinal(Int)
    case weekday(month: Int, week: Int, day: Int)
  }

  private var standard: Int
  private var summer: (offset: Int, start: (Day, Int), end: (Day, Int))?

  init?(_ text: [UInt8]) {
    var cursor = Cursor(text: text)
    guard cursor.name(), let west = cursor.time() else { return nil }
    standard = -west
    if cursor.isAtEnd { return }
    guard cursor.name() else { return nil }
    var offset = standard + 3600
    if !cursor.accept(0x2C) {
      guard let west = cursor.time(), cursor.accept(0x2C) else { return nil }
      offset = -west
    }
    guard let start = Self.change(&cursor), cursor.accept(0x2C), let end = Self.change(&cursor),
      cursor.isAtEnd
    else { return nil }
    summer = (offset, start, end)
  }

  private static func change(_ cursor: inout Cursor) -> (Day, Int)? {
    let day: Day
    if cursor.accept(0x4D) {
      guard let month = cursor.number(), cursor.accept(0x2E), let week = cursor.number(),
        cursor.accept(0x2E), let weekday = cursor.number(), (1...12).contains(month),
        (1...5).contains(week), weekday <= 6
      else { return nil }
      day = .weekday(month: month, week: week, day: weekday)
    } else if cursor.accept(0x4A) {
      guard let number = cursor.number(), (1...365).contains(number) else { return nil }
      day = .julian(number)
    } else {
      guard let number = cursor.number(), number <= 365 else { return nil }
      day = .ordinal(number)
    }
    guard cursor.accept(0x2F) else { return (day, 7200) }
    return cursor.time().map { (day, $0) }
  }

  /// Adds the changes after the last known one, up to 2100.
  func extend(_ table: inout ZoneFile.Table) {
    let last = table.transitions.last?.at ?? -100_000_000_000
    guard let summer else { return }
    let lastYear = CivilCalendar.date(ofDay: Int(last / 86_400)).year
    var added: [TimeZoneRule.Transition] = []
    for year in max(1970, lastYear)...max(2100, lastYear) {
      added.append(.init(at: at(summer.start, year, standard), offset: summer.offset))
      added.append(.init(at: at(summer.end, year, summer.offset), offset: standard))
    }
    added.sort { $0.at < $1.at }
    for change in added where change.at > (table.transitions.last?.at ?? last) {
      if change.offset != (table.transitions.last?.offset ?? table.base) {
        table.transitions.append(change)
      }
    }
  }

  private func at(_ change: (Day, Int), _ year: Int, _ offset: Int) -> Int64 {
    let newYear = CivilCalendar.dayNumber(year: year, month: 1, day: 1)
    let day: Int
    switch change.0 {
    case .ordinal(let number): day = newYear + number
    case .julian(let number):
      let isLeap = CivilCalendar.isValid(year: year, month: 2, day: 29)
      day = newYear + number - 1 + (isLeap && number > 59 ? 1 : 0)
    case .weekday(let month, let week, let weekday):
      let first = CivilCalendar.dayNumber(year: year, month: month, day: 1)
      let wanted = (weekday + 6) % 7
      var found = first + (wanted - CivilCalendar.weekday(ofDay: first) + 7) % 7 + (week - 1) * 7
      while CivilCalendar.date(ofDay: found).month != month { found -= 7 }
      day = found
    }
    return Int64(day * 86_400 + change.1 - offset)
  }

  private struct Cursor {
    var text: [UInt8]
    var index = 0

    init(text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { index >= text.count }

    mutating func accept(_ byte: UInt8) -> Bool {
      guard index < text.count, text[index] == byte else { return false }
      index += 1
      return true
    }

    /// `EST` or `<+03>`.
    mutating func name() -> Bool {
      let start = index
      if accept(0x3C) {
        while index < text.count, text[index] != 0x3E { index += 1 }
        return accept(0x3E)
      }
      while index < text.count, (0x41...0x5A).contains(text[index] & 0xDF) { index += 1 }
      return index - start >= 3
    }

    mutating func number() -> Int? {
      let start = index
      var value = 0
      while index < text.count, index < start + 4, text[index] &- 0x30 < 10 {
        value = value * 10 + Int(text[index] - 0x30)
        index += 1
      }
      return index > start ? value : nil
    }

    /// `[±]hh[:mm[:ss]]` in seconds.
    mutating func time() -> Int? {
      let negative = accept(0x2D)
      if !negative { _ = accept(0x2B) }
      guard var seconds = number().map({ $0 * 3600 }) else { return nil }
      for unit in [60, 1] where accept(0x3A) {
        guard let value = number() else { return nil }
        seconds += value * unit
      }
      return negative ? -seconds : seconds
    }
  }
}
