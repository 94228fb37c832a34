internal import CScan
internal import EventModel

/// What the times of a file say of its years although they state none: on which days of the year it
/// has lines, and how its lines step from day to day.
public struct YearMarks: Sendable {
  /// Days of the leap year 2000, from 0.
  static let days = 366
  /// 29 February.
  static let leapDay = 59
  /// A step back of at most so many days is a late line.
  static let mostLate = 7
  /// Turns that are remembered; a file with more is not in order of time.
  static let mostTurns = 4096

  /// A line from which on the year is another.
  struct Turn: Sendable, Hashable {
    var line: Int
    var change: Int
  }

  private(set) var active = [Bool](repeating: false, count: days)
  /// Days at which a year of this source cannot begin: its lines step over them.
  private(set) var crossed = [Bool](repeating: false, count: days)
  private(set) var first: Int?
  private(set) var last: Int?
  private(set) var turns: [Turn] = []
  /// Years from the first line to those of a 29 February.
  private(set) var leapYears: Set<Int> = []
  /// The longest step ahead between two lines, in days.
  private(set) var longestStep = 0
  private var newYears = 0

  public init() {}

  public var isEmpty: Bool { first == nil }

  /// Notes the day of a line; lines in the order of the file.
  @inline(__always)
  public mutating func note(day: Int, line: Int) {
    if day == last { return }
    noteStep(to: day, line: line)
  }

  /// Notes a local time of the year 2000.
  public mutating func note(yearlessLocal time: Int64, line: Int) {
    note(day: Timestamp(nanoseconds: time).dayNumber() - YearSet.leapYearStart, line: line)
  }

  /// Notes the lines of a chunk.
  public mutating func note(_ chunk: borrowing ByteChunk, of format: any LogFormat.Type) {
    if let starts = chunk.recordStarts { return note(records: chunk, starts, of: format) }
    let firstLine = chunk.line
    let count = chunk.count
    chunk.storage.withUnsafeBufferPointer { storage in
      guard let base = storage.baseAddress else { return }
      var (start, line) = (0, firstLine)
      while start < count {
        let hit = base.distance(to: lineFeed(base + start, base + count))
        let end = min(hit, count)
        if let day = format.yearlessDay(RecordBytes(start: base + start, count: end - start)) {
          note(day: day, line: line)
        }
        start = end + 1
        line += 1
      }
    }
  }

  /// The same of records that are more or less than a line.
  private mutating func note(
    records chunk: borrowing ByteChunk,
    _ starts: [UInt32],
    of format: any LogFormat.Type
  ) {
    let (firstLine, count) = (chunk.line, chunk.count)
    chunk.storage.withUnsafeBufferPointer { storage in
      guard let base = storage.baseAddress else { return }
      var line = firstLine
      for (index, start) in starts.enumerated() {
        let start = Int(start)
        let next = index + 1 < starts.count ? Int(starts[index + 1]) : count
        guard next > start else { continue }
        let isEnded = base[next - 1] == 0x0A
        let record = RecordBytes(start: base + start, count: next - start - (isEnded ? 1 : 0))
        if let day = format.yearlessDay(record) { note(day: day, line: line) }
        line += Int(cscan_count(base + start, base + next, 0x0A)) + (isEnded ? 0 : 1)
      }
    }
  }

  private mutating func noteStep(to day: Int, line: Int) {
    guard active.indices.contains(day) else { return }
    active[day] = true
    if let last {
      let change = cross(from: last, to: day)
      newYears += change
      if change != 0, turns.count < Self.mostTurns {
        turns.append(Turn(line: line, change: change))
      }
    }
    if first == nil { first = day }
    last = day
    if day == Self.leapDay { leapYears.insert(newYears) }
  }

  /// Marks what a step goes over, and says whether it leads into the next year (1) or, with a late
  /// line, back into the old one (-1).
  ///
  /// A step of more than half a year ahead is a late line when it is one of at most a week, or comes
  /// after a New Year, or goes back within the year; else a long silence.
  private mutating func cross(from: Int, to: Int) -> Int {
    let ahead = (to - from + Self.days) % Self.days
    if ahead > Self.days / 2 {
      if to < from { return 0 }
      if Self.days - ahead <= Self.mostLate || newYears > 0 { return -1 }
    }
    if ahead > 0 {
      longestStep = max(longestStep, ahead)
      for step in 1...ahead { crossed[(from + step) % Self.days] = true }
    }
    return to < from ? 1 : 0
  }

  /// Adds what another file of the source says; `follows`: its lines come after these.
  ///
  /// Returns by how many years the step between the two files leads on.
  @discardableResult
  mutating func join(_ next: YearMarks, follows: Bool) -> Int {
    guard let start = next.first else { return 0 }
    for day in 0..<Self.days {
      if next.active[day] { active[day] = true }
      if next.crossed[day] { crossed[day] = true }
    }
    var change = 0
    // A longer way says nothing but of a late line: names need not tell the order.
    if follows, let last {
      let ahead = Self.ahead(from: last, to: start)
      if ahead <= Self.days / 2 || Self.days - ahead <= Self.mostLate {
        change = cross(from: last, to: start)
      }
    }
    longestStep = max(longestStep, next.longestStep)
    if first == nil { first = start }
    last = next.last
    newYears += change + next.newYears
    return change
  }

  /// Days from one day of the year on to the next time of another.
  static func ahead(from: Int, to: Int) -> Int { (to - from + days) % days }

  /// The first day of the twelve months in which all lines lie, after the longest time without a
  /// line; `nil` when the lines go over more than a year.
  var seasonStart: Int? {
    var best: (gap: Int, day: Int)?
    for day in 0..<Self.days where active[day] && !crossed[day] {
      var gap = 0
      while gap < Self.days - 1, !active[(day - gap - 1 + Self.days) % Self.days] { gap += 1 }
      if gap > best?.gap ?? -1 { best = (gap, day) }
    }
    return best?.day
  }

  /// The last day with a line, counted from the season's first.
  func lastDay(fromSeason start: Int) -> Int {
    var far = 0
    for step in 0..<Self.days where active[(start + step) % Self.days] { far = step }
    return (start + far) % Self.days
  }

  /// Whether there are lines of 29 February.
  var hasLeapDay: Bool { active[Self.leapDay] }
}
