internal import Detection
public import Estate
public import EventModel
internal import Ingest
public import Storage

/// What the store can say of the coverage of a period, without the logs.
public struct CoverageStudy {
  let store: Store
  let estate: DeclaredEstate
  let scan: BatchScan
  let days: [String: [DayCoverage]]
  let lost: [String: [LostMessages]]
  private let late: [String: [Int: Int64]]
  private let streams: [StoredStream]
  private let sealed: [Int: (pieces: Int, bytes: Int64, times: [ClosedRange<Int64>])]
  private let incidents: Set<String>
  private let unread: [UnreadParts.Item]
  public let lastDay: Int?
  let difference: StoreDifference?
  /// Clocks that a watch found to be off by more than a minute.
  public let clocks: [OffClock]

  public init(_ store: Store, _ estate: DeclaredEstate) throws(StoreError) {
    self.store = store
    self.estate = estate
    // Without an estate file there is no key, and of many answers no need of one.
    if !estate.file.isEmpty { try store.unlock(estate) }
    store.name(ownersBy: estate)
    scan = BatchScan(estate: estate, options: ScanOptions(paths: []))
    days = try store.coverageDays()
    lost = try store.lostMessages()
    var late: [String: [Int: Int64]] = [:]
    for item in try store.late() { late[item.source, default: [:]][item.day] = item.events }
    self.late = late
    streams = try store.streams()
    sealed = try store.sealedTimes()
    incidents = Set(try store.incidents().map(\.id))
    unread = try UnreadParts(store).items
    let sources = Dictionary(
      zip(scan.sourceKeys, scan.sources.map(\.name)),
      uniquingKeysWith: { first, _ in first }
    )
    clocks = try StoredSkews(store).items.compactMap { item in
      sources[item.source].map { OffClock(item, source: $0) }
    }
    difference = try StoredEngine.difference(of: store)
    let night = try store.lastNight()
    var counter = LocalClock(zone: scan.calendarZone)
    // A clock set forward must not make days expected that are yet to come.
    lastDay = night.flatMap { night in
      night.newest.map { counter.day(of: min($0, night.started * 1_000_000_000)) }
    }
  }

  /// `owner`: by its declared name; only sources that showed its records, and declared ones that could have, count.
  public func account(
    _ period: ClosedRange<Int>,
    owner: String? = nil
  ) throws -> CoverageAccount {
    var account = CoverageAccount(period: period)
    account.owner = owner
    account.lastDay = lastDay
    if let difference { account.differences.append(difference) }
    if let pruned = try Pruning.day(of: store), pruned > period.lowerBound {
      account.differences.append(.pruned(before: pruned))
    }
    var told: OwnerSources?
    if let owner {
      let spans = try store.ownerSpans().map { (owner: $0.owner, source: $0.span.source) }
      let found = OwnerSources(owner, estate, spans: spans)
      account.knowsHolders = !found.holders.isEmpty
      if account.knowsHolders { told = found }
    }
    for (index, key) in scan.sourceKeys.enumerated() {
      let isDeclared = index < estate.sources.count
      guard isDeclared || days[key] != nil || lost[key] != nil else { continue }
      var source = try self.source(key, scan.sources[index], period)
      // Of a declared source that never told anything nobody knows whose records it would show.
      if let told, source.first != nil {
        source.isHolder = told.holders.contains(key)
        source.isCounted =
          source.isHolder
          || isDeclared && told.couldHold(key, scan.sources[index], format: source.format)
      }
      account.sources.append(source)
    }
    return account
  }

  /// Days without a line after which a source that may be silent is held to have ended: a year.
  private static let longestQuiet = 366

  private func source(
    _ key: String,
    _ declaration: SourceDeclaration,
    _ period: ClosedRange<Int>
  ) throws -> CoverageAccount.Source {
    var book = CoverageBook(zone: scan.calendarZone)
    var names = NameTable()
    if let kept = try store.value(NightMemory.bookValue(key)) {
      var reader = StateReader(kept)
      try book.read(from: &reader, &names)
    }
    let seen = days[key] ?? []
    book.take(seen)
    let told = book.coverage(name: declaration.name, system: nil, names: names)
    var source = CoverageAccount.Source(name: declaration.name, format: told.format)
    if source.format.isEmpty { source.format = declaration.format ?? "" }
    (source.first, source.last) = (told.first, told.last)
    (source.lines, source.rejected) = (told.lines, told.rejected)
    source.undatedLines = told.undatedLines
    let rejected = book.rejectedDays
    source.rejectedOfDays = rejected.values.reduce(0) { $0 + $1.records }
    source.missingNumbers = told.holes.reduce(0) { $0 &+ $1.missing }
    var counter = LocalClock(zone: scan.calendarZone)
    let altered = breaches(of: key, &source, &counter)
    var holes = self.holes(told, &counter)
    let cut = unreadDays(of: key, &source, &holes, &counter)
    let lateDays = late[key] ?? [:]
    let lostDays = Dictionary(uniqueKeysWithValues: (lost[key] ?? []).map { ($0.day, $0.messages) })
    guard var expected = expected(declaration, period, &counter) else { return source }
    let byDay = Dictionary(uniqueKeysWithValues: seen.map { ($0.day, $0) })
    let span = seen.first.flatMap { first in seen.last.map { first.day...$0.day } }
    if declaration.mayBeSilent, let end = span?.upperBound,
      end + Self.longestQuiet < expected.upperBound
    {
      source.endedOn = end
      guard end + Self.longestQuiet >= expected.lowerBound else { return source }
      expected = expected.lowerBound...(end + Self.longestQuiet)
    }
    source.days.reserveCapacity(expected.count)
    for number in expected {
      var day = CoverageAccount.Day(day: number, state: .unseen)
      day.late = lateDays[number] ?? 0
      day.lost = lostDays[number] ?? 0
      guard let found = byDay[number], found.lines > 0 || found.events > 0 else {
        let isBetween = span?.contains(number) ?? false
        let isQuiet =
          declaration.mayBeSilent && span.map { number >= $0.lowerBound } ?? false
          && number <= lastDay ?? .min
        day.state =
          lostDays[number] != nil ? .lost : isQuiet ? .quiet : isBetween ? .silent : .unseen
        source.days.append(day)
        continue
      }
      (day.lines, day.bytes, day.events) = (found.lines, found.bytes, found.events)
      day.unknownVolume = found.unknownVolume
      day.rejected = rejected[number] ?? RejectedCount()
      day.unread = cut[number] ?? 0
      day.isSealed = source.pieces > 0
      day.state =
        altered.contains(number)
        ? .altered
        : lostDays[number] != nil
          ? .lost
          : holes.contains(number)
            ? .gap : day.late > 0 ? .late : day.unknownVolume > 0 ? .unknownVolume : .seen
      source.days.append(day)
    }
    return source
  }

  /// The part of the period in which the source was in use, as declared.
  private func expected(
    _ declaration: SourceDeclaration,
    _ period: ClosedRange<Int>,
    _ counter: inout LocalClock
  ) -> ClosedRange<Int>? {
    let first = declaration.from.map { counter.day(of: $0.nanoseconds) } ?? .min
    let last = declaration.until.map { counter.day(of: $0.nanoseconds) } ?? .max
    let (low, high) = (max(first, period.lowerBound), min(last, period.upperBound))
    return low <= high ? low...high : nil
  }

  /// Days with numbers that are missing; where more are missing than are listed, all days after them.
  private func holes(_ told: SourceCoverage, _ counter: inout LocalClock) -> DaySet {
    var set = DaySet()
    for hole in told.holes {
      set.add(counter.day(of: hole.after.nanoseconds)...counter.day(of: hole.until.nanoseconds))
    }
    if told.holeCount > Int64(told.holes.count), let last = told.holes.last {
      set.add(counter.day(of: last.after.nanoseconds)...Int.max)
    }
    return set
  }

  /// Days of which part of a log was not read: whole ones among the `holes`, and what of others is concerned, in
  /// millionths.
  private func unreadDays(
    of key: String,
    _ source: inout CoverageAccount.Source,
    _ holes: inout DaySet,
    _ counter: inout LocalClock
  ) -> [Int: Int64] {
    var cut: [Int: Int64] = [:]
    for part in unread where part.source == key {
      let part = part.part
      source.unread.append(part)
      let first = part.from.map { counter.day(of: $0.nanoseconds) }
      let last = part.until.map { counter.day(of: $0.nanoseconds) }
      switch part.kind {
      case .lost: holes.add((first ?? .min)...max(first ?? .min, last ?? .max))
      case .cut:
        // Between two looks: a part of a second, as a rule.
        guard let from = part.from, let until = part.until, let first, let last, first <= last,
          last - first < 60_000
        else { continue }
        let span = until.nanoseconds - from.nanoseconds
        let share = min(1_000_000, max(1, span / (Timestamp.nanosecondsPerDay / 1_000_000)))
        for day in first...last { cut[day] = min(1_000_000, cut[day, default: 0] + share) }
      }
    }
    return cut
  }

  /// Days of logs that are not what was sealed of them; where the lines of a piece tell no time, any day.
  private func breaches(
    of key: String,
    _ source: inout CoverageAccount.Source,
    _ counter: inout LocalClock
  ) -> DaySet {
    var set = DaySet()
    for stream in streams where stream.source == key {
      let log = sealed[stream.id]
      source.pieces += log?.pieces ?? 0
      source.sealedBytes += log?.bytes ?? 0
      for kind in SealBreach.Kind.allCases
      where incidents.contains(SealBreach.id(of: kind, stream.id)) {
        source.breaches.append(CoverageAccount.Breach(path: stream.path, kind: kind.rawValue))
        // What is gone was read while it was there.
        guard kind != .gone else { continue }
        let times = log?.times ?? []
        if times.count < log?.pieces ?? 0 || times.isEmpty { set.add(Int.min...Int.max) }
        for range in times {
          set.add(counter.day(of: range.lowerBound)...counter.day(of: range.upperBound))
        }
      }
    }
    return set
  }
}

/// Days, as ranges.
private struct DaySet {
  private var ranges: [ClosedRange<Int>] = []
  private var days: Set<Int> = []

  mutating func add(_ range: ClosedRange<Int>) {
    if range.lowerBound == range.upperBound {
      days.insert(range.lowerBound)
    } else {
      ranges.append(range)
    }
  }

  func contains(_ day: Int) -> Bool {
    days.contains(day) || ranges.contains { $0.contains(day) }
  }
}
