public import EventModel

/// Gives rows whose source states no year (RFC 3164 and others) their year.
///
/// Such rows carry times in the leap year 2000. What all files of a source say together decides
/// (`infer`), so that a source means the same however it is cut into files: its lines lie within
/// twelve months that begin after the longest time without a line, or, when files in their order
/// (`FileOrder`) step over more than a year, each New Year among them is counted. Of the years that
/// fit, the latest is taken in which each 29 February lies in a leap year; one that a declaration
/// puts into a common year is its 1 March.
public struct YearInference: Sendable {
  /// Whence the year: `declared`, `file name`, `modification time`, or `unknown`: then rows
  /// stay in the year 2000 and flagged.
  public private(set) var basis: String

  /// What the years rest on that neither names nor lines prove.
  public enum Doubt: UInt8, Sendable, Hashable, CaseIterable {
    /// Names tell no order of the files; their lines do.
    case orderOfLines
    /// Neither names nor lines tell the order: each log begins by itself.
    case noOrder
    /// The declared year puts a 29 February into a common year.
    case leapDay
  }

  /// What should be said of the years of this file's source.
  public private(set) var doubts: Set<Doubt> = []

  private enum Rule: Sendable {
    /// Days from this one on lie in the year, earlier ones in the next.
    case season(start: Int, year: Int)
    /// The year of the first line, and where it changes.
    case turns(first: Int, [YearMarks.Turn])
  }

  /// What bounds the year.
  enum Evidence: Sendable, Hashable {
    /// The year of the first line.
    case year(Int)
    /// The last line lies before this day (days since 1970).
    case before(day: Int)
    /// The first line lies not before this day.
    case after(day: Int)
  }

  /// One file of a source.
  public struct File: Sendable {
    /// Its name; what it says of dates and of the order of files counts.
    public var name: String
    public var folder: String
    /// Last change, seconds since 1970; used only when nothing else tells.
    public var modificationSeconds: Int64?
    public var marks: YearMarks

    public init(folder: String, name: String, modificationSeconds: Int64?, marks: YearMarks) {
      self.folder = folder
      self.name = name
      self.modificationSeconds = modificationSeconds
      self.marks = marks
    }
  }

  private let rule: Rule
  private let zone: TimeZoneRule

  private init(_ rule: Rule, basis: String, zone: TimeZoneRule) {
    self.rule = rule
    self.basis = basis
    self.zone = zone
  }

  /// Whether anything told the years.
  public var isKnown: Bool { basis != Self.unknown.basis }

  /// For a file of which nothing is known.
  public static let unknown = Self(.season(start: 0, year: 2000), basis: "unknown", zone: .utc)

  /// One inference for each file of a source.
  ///
  /// `declaredYear` is the year of the source's first line, `zone` that by which the rows' times
  /// were taken.
  ///
  /// `after`: the first lines lie not before this day (days since 1970), for files of a log whose
  /// earlier ones are known; unless their last lines would not lie before the day `before`.
  public static func infer(
    _ files: [File],
    declaredYear: Int?,
    zone: TimeZoneRule,
    after: Int? = nil,
    before: Int = .max
  ) -> [Self] {
    var result = files.map { _ in unknown }
    func settle(_ members: [Int], _ evidence: Evidence?, _ basis: String) -> Int? {
      let set = YearSet(members.map { files[$0] })
      let doubts = set.doubts(evidence)
      for (member, rule) in zip(members, set.rules(evidence)) {
        let found: Rule =
          switch rule {
          case .season(let start, let year): .season(start: start, year: year)
          case .turns(let first, let turns): .turns(first: first, turns)
          }
        result[member] = Self(found, basis: evidence == nil ? "unknown" : basis, zone: zone)
        result[member].doubts = doubts
      }
      return set.lastDay(evidence)
    }
    if let after {
      let basis = declaredYear == nil ? "earlier lines" : "declared"
      let last = settle(Array(files.indices), .after(day: after), basis)
      if last ?? .min < before { return result }
      result = files.map { _ in unknown }
    }
    if let declaredYear, (1678...2261).contains(declaredYear) {
      _ = settle(Array(files.indices), .year(declaredYear), "declared")
      return result
    }
    var named: [Evidence: [Int]] = [:]
    var others: [Int] = []
    for (index, file) in files.enumerated() {
      if let found = evidence(inName: file.name) {
        named[found, default: []].append(index)
      } else {
        others.append(index)
      }
    }
    var latest: Int?
    for (evidence, members) in named {
      if let day = settle(members, evidence, "file name") { latest = max(latest ?? day, day) }
    }
    guard !others.isEmpty else { return result }
    if let latest {
      _ = settle(others, .after(day: latest - 1), "file name")
    } else if let changed = others.compactMap({ files[$0].modificationSeconds }).max() {
      // A day more: the clocks of writer and reader may stand in different zones.
      let day = Timestamp(seconds: changed).dayNumber() + 2
      _ = settle(others, .before(day: day), "modification time")
    } else {
      _ = settle(others, nil, "unknown")
    }
    return result
  }

  /// For a log that is gone on with: its next lines lie within eleven months after the last one, or a
  /// month before it.
  public func following(_ last: Int64) -> Self {
    let seconds = Timestamp(nanoseconds: last).floorSeconds
    let day = Timestamp(nanoseconds: last).dayNumber(offset: zone.offset(atUTC: seconds)) - 31
    let date = CivilCalendar.date(ofDay: day)
    let start = CivilCalendar.dayNumber(year: 2000, month: date.month, day: date.day)
    var next = Self(
      .season(start: start - YearSet.leapYearStart, year: date.year),
      basis: basis,
      zone: zone
    )
    next.doubts = doubts
    return next
  }

  /// For messages that were heard at a time: written within the twelve months up to two days after it, whatever
  /// others that were heard say.
  public static func heard(at time: Int64, zone: TimeZoneRule) -> Self {
    let span = (365 - 2 - 31) * Timestamp.nanosecondsPerDay
    return Self(.season(start: 0, year: 2000), basis: "arrival", zone: zone)
      .following(time &- span)
  }

  // MARK: Kept

  /// The rule as numbers, to be kept from run to run.
  public var numbers: [Int64] {
    switch rule {
    case .season(let start, let year): [0, Int64(start), Int64(year)]
    case .turns(let first, let turns):
      [1, Int64(first)] + turns.flatMap { [Int64($0.line), Int64($0.change)] }
    }
  }

  /// What was kept; `nil`: no such rule.
  public init?(numbers: [Int64], basis: String, doubts: Set<Doubt>, zone: TimeZoneRule) {
    guard numbers.count >= 2, numbers.allSatisfy({ abs($0) <= Int64(Int32.max) }) else {
      return nil
    }
    let values = numbers.map { Int($0) }
    switch values[0] {
    case 0 where values.count == 3: rule = .season(start: values[1], year: values[2])
    case 1 where values.count % 2 == 0:
      rule = .turns(
        first: values[1],
        stride(from: 2, to: values.count, by: 2).map {
          YearMarks.Turn(line: values[$0], change: values[$0 + 1])
        }
      )
    default: return nil
    }
    self.basis = basis
    self.doubts = doubts
    self.zone = zone
  }

  /// Moves flagged rows to their year and clears the flag.
  public func resolve(_ rows: inout [EventRow]) {
    for index in rows.indices where rows[index].flags.contains(.yearless) {
      rows[index].time = resolve(rows[index].time, line: Int(rows[index].line))
      if basis != "unknown" { rows[index].flags.remove(.yearless) }
    }
  }

  /// Moves records that became no row to their year.
  public func resolve(_ dated: inout [DatedRecord]) {
    for index in dated.indices where dated[index].isYearless {
      dated[index].time = resolve(dated[index].time, line: Int(dated[index].line))
    }
  }

  private func resolve(_ time: Int64, line: Int) -> Int64 {
    let offset = Int64(zone.offset(atUTC: Timestamp(nanoseconds: time).floorSeconds))
    let local = Timestamp(nanoseconds: time &+ offset &* Timestamp.nanosecondsPerSecond)
    let year: Int
    switch rule {
    case .season(let start, let first):
      year = first + (local.dayNumber() - YearSet.leapYearStart < start ? 1 : 0)
    case .turns(let first, let turns):
      var (low, high, sum) = (0, turns.count, 0)
      while low < high {
        let middle = (low + high) / 2
        if turns[middle].line <= line { low = middle + 1 } else { high = middle }
      }
      // Turns carry the sum so far.
      if low > 0 { sum = turns[low - 1].change }
      year = first + sum
    }
    return zone.utc(fromLocal: Self.move(local, toYear: year).nanoseconds)
  }

  /// The same date and time of day in another year.
  private static func move(_ time: Timestamp, toYear year: Int) -> Timestamp {
    let day = time.dayNumber()
    let date = CivilCalendar.date(ofDay: day)
    let target = min(max(year + date.year - 2000, 1680), 2261)
    let isValid = CivilCalendar.isValid(year: target, month: date.month, day: date.day)
    let moved =
      isValid
      ? CivilCalendar.dayNumber(year: target, month: date.month, day: date.day)
      : CivilCalendar.dayNumber(year: target, month: 3, day: 1)
    return Timestamp(
      nanoseconds: time.nanoseconds &+ Int64(moved - day) &* Timestamp.nanosecondsPerDay
    )
  }

  // MARK: File names

  static func evidence(inName path: String) -> Evidence? {
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
  private static func start(in name: [UInt8], at index: Int, length: Int) -> Evidence? {
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
