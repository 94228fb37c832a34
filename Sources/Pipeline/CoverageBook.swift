internal import EventModel
internal import Ingest

/// What was seen of one source, whatever files it came in.
struct CoverageBook: Sendable {
  var days: [Int: DayCoverage] = [:]
  var today: DayCoverage?
  private var clock: LocalClock
  var undatedLines: Int64 = 0
  var undatedBytes: Int64 = 0
  var headerLines: Int64 = 0
  var rejected: Int64 = 0
  /// Those of them whose day is known.
  var rejectedDays: [Int: RejectedCount] = [:]
  var formats: Set<String> = []
  var encodings = RecordEncodings()
  var usesZone = false
  /// Marks of zone abbreviations whose zone had to be assumed.
  var assumedZones: UInt16 = 0
  /// Zone abbreviations that nobody knows, and operations that nobody gave a meaning.
  var unknownZones = UnfamiliarWords()
  var unknownOperations = UnfamiliarWords()
  var unreadRecords = UnfamiliarWords()
  var isYearless = false
  var dependsOnFileTimes = false
  var lacksMethods = false
  var yearDoubts: Set<YearInference.Doubt> = []
  var serials = SerialBook()
  /// What its listeners lost, by day.
  var lost: [Int: LostMessages] = [:]

  /// The day of a time, by the calendar of the estate.
  mutating func day(of time: Int64) -> Int { clock.day(of: time) }

  init(zone: TimeZoneRule) { clock = LocalClock(zone: zone) }

  mutating func note(format: String, usesZone: Bool, year: YearInference) {
    yearDoubts.formUnion(year.doubts)
    if year.basis == "modification time" { dependsOnFileTimes = true }
    formats.insert(format)
    if usesZone { self.usesZone = true }
  }

  /// What rows of one hour come to: plain numbers, for they are counted with every row.
  struct Tally: BitwiseCopyable {
    /// From when to before when the hour goes; nothing lies in an empty one.
    fileprivate var start = Int64.max
    fileprivate var end = Int64.min
    fileprivate var day = 0
    fileprivate var hours: UInt32 = 0
    fileprivate var lines: Int64 = 0
    fileprivate var bytes: Int64 = 0
    fileprivate var events: Int64 = 0
    fileprivate var unknownVolume: Int64 = 0
    fileprivate var first = Int64.max
    fileprivate var last = Int64.min

    /// Counts a row; `isNewRecord` when no row of the same record was counted before, `isOther` when
    /// it reads no customer records.
    @inline(__always)
    mutating func add(_ row: borrowing EventRow, isNewRecord: Bool, isOther: Bool) {
      events &+= 1
      if Self.isUnknown(row, isOther: isOther) { unknownVolume &+= 1 }
      if isNewRecord {
        lines &+= 1
        bytes &+= Int64(row.length)
      }
      if row.time < first { first = row.time }
      if row.time > last { last = row.time }
    }

    @inline(__always)
    fileprivate static func isUnknown(_ row: borrowing EventRow, isOther: Bool) -> Bool {
      guard row.quality == .unknown, !isOther else { return false }
      return row.operation.returnsRecords
    }

    @inline(__always)
    func holds(_ time: Int64) -> Bool { time >= start && time < end }
  }

  /// Takes in a tally and begins that of the hour of another time.
  @inline(never)
  mutating func turn(_ tally: inout Tally, to time: Int64) {
    add(tally)
    tally = Tally()
    tally.day = clock.day(of: time)
    (tally.start, tally.end) = clock.range
    tally.hours = hours(of: time)
    // At the ends of the range of times a day has no beginning.
    guard tally.hours != 0 else { return }
    tally.start = time &- (time &- tally.start) % Self.hour
    tally.end = min(tally.end, tally.start &+ Self.hour)
  }

  private static let hour: Int64 = 3_600_000_000_000

  /// The hour of a time, of whose day the clock was asked last, as in `DayCoverage.hours`.
  private func hours(of time: Int64) -> UInt32 {
    let (start, end) = clock.range
    guard start > .min, end < .max else { return 0 }
    return 1 << UInt32(clamping: (time - start) / Self.hour)
  }

  mutating func add(_ tally: Tally) {
    guard tally.events > 0 else { return }
    if today?.day != tally.day { turn(to: tally.day, tally.first) }
    today?.events += tally.events
    today?.unknownVolume += tally.unknownVolume
    today?.lines += tally.lines
    today?.bytes += tally.bytes
    today?.hours |= tally.hours
    note(tally.first)
    note(tally.last)
  }

  /// Takes an event off again that another file's stands for: its line was read all the same.
  mutating func leaveOut(_ row: EventRow, isOther: Bool) {
    let day = clock.day(of: row.time)
    if today?.day != day { turn(to: day, row.time) }
    today?.events -= 1
    if Tally.isUnknown(row, isOther: isOther) { today?.unknownVolume -= 1 }
  }

  @inline(__always)
  private mutating func note(_ time: Int64) {
    let time = Timestamp(nanoseconds: time)
    if let first = today?.first, time < first { today?.first = time }
    if let last = today?.last, time > last { today?.last = time }
  }

  /// Counts a record that told its time and became no row, or further lines of one that did.
  @inline(__always)
  mutating func add(_ record: DatedRecord) {
    let day = clock.day(of: record.time)
    if today?.day != day { turn(to: day, record.time) }
    today?.lines += Int64(record.lines)
    today?.bytes += Int64(record.length)
    let hours = hours(of: record.time)
    today?.hours |= hours
    note(record.time)
  }

  mutating func add(_ encodings: RecordEncodings) { self.encodings.add(encodings) }

  mutating func add(_ runs: [SerialRuns.Run], file: Int) { serials.add(runs, file: file) }

  mutating func addUndated(lines: Int, headers: Int, bytes: Int64, rejected: Int) {
    undatedLines += Int64(lines)
    headerLines += Int64(headers)
    undatedBytes += bytes
    self.rejected += Int64(rejected)
  }

  private mutating func turn(to day: Int, _ time: Int64) {
    if let today { days[today.day] = today }
    let time = Timestamp(nanoseconds: time)
    today = days[day] ?? DayCoverage(day: day, first: time, last: time)
  }

  /// What the numbers of its lines tell: steps of the clock, and the gaps between what was read, in
  /// words.
  ///
  /// Gaps no larger than what was rejected are none that anybody made; those over a day without a line
  /// are told by that day.
  private func take(_ facts: SerialFacts, into result: inout SourceCoverage, _ names: NameTable) {
    result.backwardSteps = facts.backwardSteps
    result.clockSteps = facts.clockSteps
    result.untoldByNumbers = facts.left
    guard let numbered = facts.numbered, let first = result.first, let last = result.last else {
      return
    }
    result.numbered = numbered
    var holes = facts.holes.filter { $0.until >= first && $0.after <= last }
    if holes.reduce(0, { $0 &+ $1.missing }) <= rejected { holes = [] }
    let silent = Set(result.silentDays)
    var clock = clock
    holes.removeAll { hole in
      let (start, end) = (
        clock.day(of: hole.after.nanoseconds), clock.day(of: hole.until.nanoseconds)
      )
      return end > start + 1 && (start + 1..<end).contains { silent.contains($0) }
    }
    result.holeCount = Int64(holes.count)
    result.holes = holes.prefix(SourceCoverage.holeLimit).map { hole in
      SourceCoverage.Hole(
        missing: hole.missing,
        after: hole.after,
        until: hole.until,
        accountBefore: names.text(of: hole.accountBefore),
        accountAfter: names.text(of: hole.accountAfter),
        terminal: names.text(of: hole.terminal)
      )
    }
  }

  func coverage(name: String, system: String?, names: NameTable) -> SourceCoverage {
    var all = days
    if let today { all[today.day] = today }
    var result = SourceCoverage(name: name, format: formats.sorted().joined(separator: ", "))
    result.system = system
    result.days = all.values.sorted { $0.day < $1.day }
    result.undatedLines = undatedLines
    result.undatedBytes = undatedBytes
    result.headerLines = headerLines
    result.rejected = rejected
    result.unknownOperations = CoverageAssembly.byCount(unknownOperations).map {
      String(decoding: $0.bytes, as: UTF8.self)
    }
    result.first = result.days.first?.first
    result.last = result.days.last?.last
    for (day, next) in zip(result.days, result.days.dropFirst()) where next.day > day.day + 1 {
      result.silentDays += Array(day.day + 1..<next.day)
    }
    result.lost = lost.values.sorted { $0.day < $1.day }
    take(serials.facts, into: &result, names)
    return result
  }

  mutating func add(_ more: [LostMessages]) {
    for item in more { lost[item.day, default: LostMessages(day: item.day)].add(item) }
  }
}
