public import EventModel

/// Gives rows whose source states no year (RFC 3164 and others) their year, file by file in the
/// order of lines.
///
/// Such rows carry times in the leap year 2000. The first row gets the start year; a step back of
/// more than six months is a New Year, a step forward of more than six months after one is a late
/// line of the old year. A 29 February of a common year goes to the leap year before.
public struct YearInference: Sendable {
  /// Whence the start year: `declared`, `file name`, `modification time`, or `unknown`: then rows
  /// count on from the year 2000 and stay flagged.
  public private(set) var basis: String

  /// Where the first row has to lie.
  private enum Start: Sendable {
    case year(Int)
    /// The latest year that puts it before this day (days since 1970).
    case before(day: Int)
  }

  private let start: Start
  private let zone: TimeZoneRule
  private var year: Int?
  private var newYears = 0
  private var previous: Int64 = 0

  /// - Parameters:
  ///   - declaredYear: year of the first row.
  ///   - fileName: a year in its last part counts, with month and day when they follow
  ///     (`messages-20240105`, `2024-01.log`): the first row is not later than that.
  ///   - modificationSeconds: last change of the file, seconds since 1970.
  ///   - zone: by which the rows' times were taken, so that another year's summer time is right.
  public init(
    declaredYear: Int?,
    fileName: String,
    modificationSeconds: Int64?,
    zone: TimeZoneRule = .utc
  ) {
    self.zone = zone
    if let declaredYear, (1678...2261).contains(declaredYear) {
      basis = "declared"
      start = .year(declaredYear)
    } else if let named = Self.start(inName: fileName) {
      basis = "file name"
      start = named
    } else if let modificationSeconds {
      basis = "modification time"
      // A day more: the clocks of writer and reader may stand in different zones.
      start = .before(day: Timestamp(seconds: modificationSeconds).dayNumber() + 2)
    } else {
      basis = "unknown"
      start = .year(2000)
    }
  }

  /// Moves flagged rows to their year and clears the flag.
  public mutating func resolve(_ rows: inout [EventRow]) {
    resolve(&rows, rows.indices)
  }

  private mutating func resolve(_ rows: inout [EventRow], _ range: Range<Int>) {
    for index in range where rows[index].flags.contains(.yearless) {
      rows[index].time = resolve(rows[index].time)
      if basis != "unknown" { rows[index].flags.remove(.yearless) }
    }
  }

  /// Moves flagged rows and the records between them that became no row, in the order of lines.
  public mutating func resolve(_ rows: inout [EventRow], _ dated: inout [DatedRecord]) {
    var next = 0
    for index in dated.indices where dated[index].isYearless {
      var end = next
      while end < rows.count, rows[end].line < dated[index].line { end += 1 }
      resolve(&rows, next..<end)
      next = end
      dated[index].time = resolve(dated[index].time)
    }
    resolve(&rows, next..<rows.count)
  }

  private static let halfYear: Int64 = 183 * Timestamp.nanosecondsPerDay

  private mutating func resolve(_ time: Int64) -> Int64 {
    let offset = Int64(zone.offset(atUTC: Timestamp(nanoseconds: time).floorSeconds))
    let local = Timestamp(nanoseconds: time &+ offset &* Timestamp.nanosecondsPerSecond)
    if let current = year {
      let step = time &- previous
      if step < -Self.halfYear {
        year = current + 1
        newYears += 1
      } else if step > Self.halfYear, newYears > 0 {
        year = current - 1
        newYears -= 1
      }
    } else {
      year = firstYear(of: local)
    }
    previous = time
    return zone.utc(fromLocal: Self.move(local, toYear: year ?? 2000).nanoseconds)
  }

  private func firstYear(of local: Timestamp) -> Int {
    switch start {
    case .year(let year): return year
    case .before(let day):
      var year = min(max(CivilCalendar.date(ofDay: day).year, 1680), 2261)
      while year > 1680, Self.move(local, toYear: year).dayNumber() >= day { year -= 1 }
      // A first row of 29 February says that its year, and so the file's, is a leap year.
      let date = CivilCalendar.date(ofDay: local.dayNumber())
      if date.month == 2, date.day == 29 {
        while year > 1680, !CivilCalendar.isValid(year: year, month: 2, day: 29) { year -= 1 }
      }
      return year
    }
  }

  /// The same date and time of day in another year; a time that lies beside 2000 (by its zone)
  /// lies beside the other year too.
  private static func move(_ time: Timestamp, toYear year: Int) -> Timestamp {
    let day = time.dayNumber()
    let date = CivilCalendar.date(ofDay: day)
    var target = min(max(year + date.year - 2000, 1680), 2261)
    if date.month == 2, date.day == 29 {
      while !CivilCalendar.isValid(year: target, month: 2, day: 29) { target -= 1 }
    }
    let moved = CivilCalendar.dayNumber(year: target, month: date.month, day: date.day)
    return Timestamp(
      nanoseconds: time.nanoseconds &+ Int64(moved - day) &* Timestamp.nanosecondsPerDay
    )
  }

  // MARK: File names

  private static func start(inName path: String) -> Start? {
    let name: [UInt8] = path.split(separator: "/").last.map { Array($0.utf8) } ?? []
    var index = 0
    while index < name.count {
      var length = 0
      while index + length < name.count, isDigit(name[index + length]) { length += 1 }
      if length == 0 {
        index += 1
        continue
      }
      if let found = start(in: name, at: index, length: length) { return found }
      index += length
    }
    return nil
  }

  /// A run of digits: `2024`, `202401`, `20240105`, with a time after it or not.
  private static func start(in name: [UInt8], at index: Int, length: Int) -> Start? {
    func number(_ from: Int, _ count: Int) -> Int? {
      guard from + count <= name.count else { return nil }
      var value = 0
      for position in from..<from + count {
        guard isDigit(name[position]) else { return nil }
        value = value * 10 + Int(name[position] - 0x30)
      }
      return value
    }
    func separated(_ from: Int) -> Int? {
      guard from < name.count, [0x2D, 0x2E, 0x5F].contains(name[from]),
        from + 3 >= name.count || !isDigit(name[from + 3])
      else { return nil }
      return number(from + 1, 2)
    }
    guard [4, 6, 8, 10, 12, 14].contains(length), let year = number(index, 4),
      (1970...2100).contains(year)
    else { return nil }
    let month = length == 4 ? separated(index + 4) : number(index + 4, 2)
    let dayOfMonth =
      length == 4 ? separated(index + 7) : length == 6 ? nil : number(index + 6, 2)
    guard let month, (1...12).contains(month) else {
      // A year alone: not the tail of a word such as a host's name.
      let isWord = index > 0 && (0x61...0x7A).contains(name[index - 1] | 0x20)
      return length == 4 && !isWord ? .year(year) : nil
    }
    if let dayOfMonth, CivilCalendar.isValid(year: year, month: month, day: dayOfMonth) {
      let day = CivilCalendar.dayNumber(year: year, month: month, day: dayOfMonth)
      return .before(day: day + 2)
    }
    guard length <= 6 else { return nil }
    let next = month == 12 ? (year + 1, 1) : (year, month + 1)
    return .before(day: CivilCalendar.dayNumber(year: next.0, month: next.1, day: 1))
  }
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

extension Timestamp {
  /// Whole seconds since 1970, rounded down.
  fileprivate var floorSeconds: Int64 {
    let value = nanoseconds / Self.nanosecondsPerSecond
    return nanoseconds % Self.nanosecondsPerSecond < 0 ? value - 1 : value
  }
}
