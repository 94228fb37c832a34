internal import Detection
internal import EventModel
internal import Storage

/// The engine of a night: it takes the rows that no line may precede any more, and keeps the others
/// for the nights to come; a copy of it judges them all for tonight.
///
/// *Settled* are rows up to the least mark of the sources that others wait for (`SourceMarks`); a time that the wall
/// clock has not reached yet draws nothing with it, neither to itself nor to the clock. Rows at or before what an
/// earlier night settled come too late: they are counted. Memory: the engine twice where tonight touches it; 112 bytes for
/// each row of tonight that waits, 1,048,576 at most (`WaitingShelf.Limits`), and of the runs that overlap where rows are
/// read. All other rows that wait lie on disk.
struct NightlyEngine: EventConsumer {
  /// Knows all rows up to `bound`.
  private(set) var settled: DetectionEngine
  /// Knows all rows; made at the end.
  private(set) var judged: DetectionEngine?
  /// How far engines that a watch goes on from stay behind the newest row, nanoseconds, the farthest first.
  var steps: [Int64] = []
  /// These engines, and up to which time each knows all rows: made at the end, before it those that a watch has handed over.
  private(set) var near: [(engine: DetectionEngine, bound: Int64)] = []
  private(set) var bound: Int64
  private(set) var newest: Int64
  /// How far each source has told.
  private(set) var marks: SourceMarks
  /// Up to where rows have come tonight.
  private var passed = Int64.min
  /// The same, as far as the clock is.
  private var passedInTime = Int64.min
  /// The first row of tonight that no engine of a watch knows.
  private var firstUnknown = Int64.max
  /// Events that came too late, by source and day.
  private(set) var late: [LateKey: Int64] = [:]
  private(set) var notedPlaces: [LinePlace] = []
  private(set) var ledger: LedgerDays
  private(set) var sightings: OwnerSightings

  /// Events that no engine looks at, of the last nights and of tonight.
  var others = OtherEvents(after: nil)

  private let firstBound: Int64
  private let ceiling: Int64
  /// Names of the rows that are kept, which those of the scan are carried over to.
  private(set) var names = NameTable()
  private var bridge = NameBridge()
  /// Rows later than the bound, on disk; where they are being settled.
  private(set) var waiting: WaitingRows
  private var settling: WaitingCursor
  /// Rows of tonight later than the bound, in order, from `start` on.
  private var queue: [EventRow] = []
  private var start = 0
  /// Rows that were read before tonight and are neither in the queue yet nor on disk, in order.
  private(set) var read: ArraySlice<EventRow> = []
  /// The newest time of what was read before tonight.
  private(set) var newestRead: Int64
  private var open: [EventRow] = []

  struct LateKey: Hashable, Comparable, Sendable {
    var source: UInt16
    var day: Int

    static func < (left: Self, right: Self) -> Bool {
      (left.source, left.day) < (right.source, right.day)
    }
  }

  /// Rows that are settled at a time.
  private static let stretch = 8_192

  /// Goes on from what is settled, with the rows that wait.
  ///
  /// `now`: by the wall clock.
  init(
    settled: DetectionEngine,
    bound: Int64?,
    newest: Int64?,
    waiting: WaitingRows,
    now: Int64,
    marks: SourceMarks,
    ledger: LedgerDays,
    sightings: OwnerSightings
  ) {
    self.settled = settled
    self.bound = bound ?? .min
    self.newest = newest ?? .min
    self.marks = marks
    self.ledger = ledger
    self.sightings = sightings
    firstBound = self.bound
    ceiling = now
    self.waiting = waiting
    settling = WaitingCursor(after: self.bound)
    newestRead = waiting.runs.lazy.map(\.last).max() ?? .min
    noteReached()
  }

  /// Whether rows of records that were not whole yet were judged, which no night keeps among its rows.
  var hasOpenEnds: Bool { !open.isEmpty }

  var evidencePlaces: Set<LinePlace> {
    settled.evidencePlaces.union(judged?.evidencePlaces ?? [])
  }

  // MARK: What was read before

  /// Goes on with the engines of a watch that knows all that was read before, and with its names.
  mutating func goOn(with live: LiveEngines) {
    names = live.names
    near = live.tiers.dropFirst().filter { $0.bound > bound }
  }

  /// Takes rows that were read before tonight and stand in none of the runs: `RowPack`s, in any order.
  mutating func readIn(_ packs: [[UInt8]]) throws(StateError) {
    var rows: [EventRow] = []
    for pack in packs {
      rows += try RowPack.unpack(pack, names: &names, sources: waiting.shelf.sources)
      if rows.count > waiting.shelf.limits.inMemory / 4 {
        waiting.add(noted(&rows), names)
        rows = []
      }
    }
    read = RowOrder.merge(read, noted(&rows), names)[...]
    let small = waiting.takeSmall(after: bound, &names)
    if !small.isEmpty { read = RowOrder.merge(read, small[...], names)[...] }
  }

  /// The same for rows of the scan's names that no watch has judged.
  mutating func readIn(_ rows: [EventRow], names other: NameTable) {
    var rows = rows
    bridge.carry(&rows, from: other, to: &names)
    let kept = noted(&rows)
    firstUnknown = min(firstUnknown, kept.first?.time ?? .max)
    read = RowOrder.merge(read, kept, names)[...]
  }

  /// Puts rows in order, counts what they tell, and gives those that wait.
  private mutating func noted(_ rows: inout [EventRow]) -> ArraySlice<EventRow> {
    RowOrder.sort(&rows, names)
    newestRead = max(newestRead, rows.last?.time ?? .min)
    let fresh = inTime(rows)
    note(fresh)
    let kept = fresh.filter(DetectionEngine.looksAt)
    sightings.add(kept, names)
    return kept[...]
  }

  /// What waits may have been ahead of the clock when it was read: then it is later than all that is known of the sources.
  private mutating func noteReached() {
    let known = marks.reached
    guard ceiling > known, waiting.runs.contains(where: { $0.last > known }) else { return }
    var cursor = WaitingCursor(after: max(known, bound))
    while let rows = cursor.next(upTo: ceiling, of: waiting, &names) {
      marks.note(rows, upTo: ceiling)
    }
  }

  // MARK: Tonight

  mutating func apply(_ rows: [EventRow], names other: NameTable) {
    notedPlaces.removeAll(keepingCapacity: true)
    let fresh = inTime(rows)
    guard let last = fresh.last else { return }
    note(fresh)
    passed = last.time
    if let time = fresh.last(where: { $0.time <= ceiling })?.time { passedInTime = time }
    var kept = fresh.filter(DetectionEngine.looksAt)
    bridge.carry(&kept, from: other, to: &names)
    sightings.add(kept, names)
    firstUnknown = min(firstUnknown, kept.first?.time ?? .max)
    var next = read.startIndex
    while next < read.endIndex {
      let isBefore = kept.last.map { RowOrder.precedes(read[next], $0, names) } ?? false
      guard isBefore || read[next].time < passed else { break }
      next += 1
    }
    let earlier = read[..<next]
    read = read[next...]
    queue += earlier.isEmpty ? kept : RowOrder.merge(earlier, kept[...], names)
    if queue.count - start > Self.stretch {
      // What is read next may have the time of the last row.
      settle(upTo: min(marks.bound(passed: passedInTime) ?? .min, passed - 1))
    }
    if queue.count - start > waiting.shelf.limits.inMemory { shelve(queue.count - start) }
  }

  mutating func applyOpenEnds(_ rows: [EventRow], names other: NameTable) {
    open = rows.filter { $0.time > firstBound && DetectionEngine.looksAt($0) }
    bridge.carry(&open, from: other, to: &names)
  }

  mutating func finish(coverage: Coverage, names _: NameTable) -> IncidentList {
    notedPlaces.removeAll(keepingCapacity: true)
    queue += read
    read = []
    settle(upTo: marks.bound ?? .min)
    let reached = marks.reached
    // Those of a watch are what tonight's would be, as far as nothing came that they have gone past.
    var known = near.filter { $0.bound > bound && $0.bound < firstUnknown }[...]
    near = []
    var base = (engine: settled, bound: bound)
    var cursor = WaitingCursor(after: bound)
    func goOn(to target: Int64) {
      while let next = known.first, next.bound <= target {
        base = next
        known.removeFirst()
      }
    }
    for step in steps where reached > .min + step && reached - step > bound {
      goOn(to: reached - step)
      judge(&base, &cursor, upTo: reached - step, [])
      near.append(base)
    }
    goOn(to: .max)
    if let first = open.first, first.time <= base.bound {
      // What is not whole yet belongs before what it knows.
      base = near.last { $0.bound < first.time } ?? (settled, bound)
    }
    judge(&base, &cursor, upTo: .max, open)
    others.settle(bound)
    let incidents = base.engine.finishList(coverage: coverage)
    judged = base.engine
    return incidents
  }

  /// Lets an engine know all rows up to a time, with some that are in no queue.
  private mutating func judge(
    _ base: inout (engine: DetectionEngine, bound: Int64),
    _ cursor: inout WaitingCursor,
    upTo target: Int64,
    _ open: [EventRow]
  ) {
    if cursor.position != base.bound { cursor = WaitingCursor(after: base.bound) }
    var rows = queue[WaitingCursor.place(after: base.bound, in: queue[start...])...]
    if !open.isEmpty { rows = RowOrder.merge(rows, open[...], names)[...] }
    var next = rows.startIndex
    while let block = cursor.next(upTo: target, of: waiting, &names) {
      let end = WaitingCursor.place(after: cursor.position, in: rows[next...])
      judge(RowOrder.merge(block[...], rows[next..<end], names)[...], &base.engine)
      next = end
    }
    judge(rows[next..<WaitingCursor.place(after: target, in: rows[next...])], &base.engine)
    base.bound = target
  }

  private mutating func judge(_ rows: ArraySlice<EventRow>, _ engine: inout DetectionEngine) {
    var next = rows.startIndex
    while next < rows.endIndex {
      let stop = min(rows.endIndex, next + Self.stretch)
      engine.apply(Array(rows[next..<stop]), names: names)
      notedPlaces += engine.notedPlaces
      next = stop
    }
  }

  /// Takes off the rows that come too late.
  private mutating func inTime(_ rows: [EventRow]) -> ArraySlice<EventRow> {
    guard let first = rows.first, first.time <= firstBound else { return rows[...] }
    let next = rows.firstIndex { $0.time > firstBound } ?? rows.endIndex
    for row in rows[..<next] {
      let day = Timestamp(nanoseconds: row.time).dayNumber()
      late[LateKey(source: row.source, day: day), default: 0] += 1
    }
    return rows[next...]
  }

  /// Takes what rows in order tell of the time, and those that no engine looks at.
  private mutating func note(_ rows: ArraySlice<EventRow>) {
    guard let last = rows.last else { return }
    newest = max(newest, last.time)
    marks.note(rows, upTo: ceiling)
    others.add(rows)
  }

  // MARK: What is settled

  /// Gives the engine what no line in time can precede any more.
  private mutating func settle(upTo target: Int64) {
    guard target > bound else { return }
    bound = target
    while let block = settling.next(upTo: bound, of: waiting, &names) {
      let end = WaitingCursor.place(after: settling.position, in: queue[start...])
      let rows = RowOrder.merge(block[...], queue[start..<end], names)
      start = end
      settle(rows[...])
    }
    let end = WaitingCursor.place(after: bound, in: queue[start...])
    let rows = queue[start..<end]
    start = end
    settle(rows)
    ledger.take(settled, upTo: bound)
    if start > queue.count / 2 {
      queue.removeFirst(start)
      start = 0
    }
  }

  private mutating func settle(_ rows: ArraySlice<EventRow>) {
    var next = rows.startIndex
    while next < rows.endIndex {
      let stop = min(rows.endIndex, next + Self.stretch)
      settled.apply(Array(rows[next..<stop]), names: names)
      notedPlaces += settled.notedPlaces
      next = stop
      // What the rows to come may make it forget.
      let upTo = next < rows.endIndex ? rows[next].time : nextTime
      ledger.take(settled, upTo: min(bound, upTo))
    }
  }

  /// The time of the first row that is not settled, or before.
  private var nextTime: Int64 {
    mutating get {
      let shelved = settling.nextTime(of: waiting) ?? .max
      return min(shelved, start < queue.count ? queue[start].time : .max)
    }
  }

  // MARK: What waits

  /// Puts the first rows of the queue on disk.
  private mutating func shelve(_ count: Int) {
    waiting.add(queue[start..<start + count], names)
    queue.removeFirst(start + count)
    start = 0
  }

  /// Puts all that waits on disk, without what is settled.
  mutating func shelve() {
    shelve(queue.count - start)
    waiting.settle(bound)
  }
}

/// Engines that a watch and its nights hand to each other: each knows all rows up to a time, those of a watch in which no row
/// waits that came later.
struct LiveEngines: Sendable {
  /// All rows that they were given have ids of this table.
  var names = NameTable()
  /// The settled one first.
  var tiers: [(engine: DetectionEngine, bound: Int64)] = []
}
