internal import Detection
internal import EventModel

/// The engine of a night: it takes the rows that no line may precede any more, and keeps the others
/// for the nights to come; a copy of it judges them all for tonight.
///
/// *Settled* are rows up to the least mark of the sources that others wait for (`SourceMarks`); a time that the wall
/// clock has not reached yet draws nothing with it, neither to itself nor to the clock. Rows at or before what an
/// earlier night settled come too late: they are counted. Memory: the engine twice where tonight touches it, 112 bytes
/// for each row that is not settled and returns records.
struct NightlyEngine: EventConsumer {
  /// Knows all rows up to `bound`.
  private(set) var settled: DetectionEngine
  /// Knows all rows; made at the end.
  private(set) var judged: DetectionEngine?
  /// How far engines that a watch goes on from stay behind the newest row, nanoseconds, the farthest first.
  var steps: [Int64] = []
  /// These engines, and up to which time each knows all rows; made at the end.
  private(set) var near: [(engine: DetectionEngine, bound: Int64)] = []
  private(set) var bound: Int64
  private(set) var newest: Int64
  /// How far each source has told.
  private(set) var marks: SourceMarks
  /// Up to where rows have come tonight, as far as the clock is.
  private var passed = Int64.min
  /// Events that came too late, by source and day.
  private(set) var late: [LateKey: Int64] = [:]
  private(set) var notedPlaces: [LinePlace] = []
  private(set) var ledger: LedgerDays
  private(set) var sightings: OwnerSightings

  /// Events that no engine looks at, of the last nights and of tonight.
  var others = OtherEvents(after: nil)

  private let firstBound: Int64
  private let ceiling: Int64
  /// Rows later than the bound, in order, from `start` on.
  private var queue: [EventRow] = []
  private var start = 0
  /// Rows kept by earlier nights that are not in the queue yet.
  private var waiting: ArraySlice<EventRow>
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

  /// Goes on from what is settled, with the rows held, in order and with ids of the scan's names.
  ///
  /// `now`: by the wall clock.
  init(
    settled: DetectionEngine,
    bound: Int64?,
    newest: Int64?,
    held: [EventRow],
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
    waiting = []
    waiting = inTime(held)
  }

  /// Rows that are kept for the nights to come.
  var held: [EventRow] { Array(queue[start...]) }

  /// Whether rows of records that were not whole yet were judged, which no night keeps among its rows.
  var hasOpenEnds: Bool { !open.isEmpty }

  var evidencePlaces: Set<LinePlace> {
    settled.evidencePlaces.union(judged?.evidencePlaces ?? [])
  }

  mutating func apply(_ rows: [EventRow], names: NameTable) {
    notedPlaces.removeAll(keepingCapacity: true)
    let fresh = inTime(rows)
    guard let last = fresh.last else { return }
    let from = waiting.startIndex
    var next = from
    while next < waiting.endIndex, RowOrder.precedes(waiting[next], last, names) { next += 1 }
    let earlier = waiting[from..<next]
    waiting = waiting[next...]
    take(earlier.isEmpty ? Array(fresh) : RowOrder.merge(earlier, fresh, names), names)
    if queue.count - start > Self.stretch { settle(marks.bound(passed: passed), names) }
  }

  mutating func applyOpenEnds(_ rows: [EventRow], names: NameTable) {
    open = rows.filter { $0.time > firstBound && DetectionEngine.looksAt($0) }
  }

  mutating func finish(coverage: Coverage, names: NameTable) -> IncidentList {
    notedPlaces.removeAll(keepingCapacity: true)
    take(Array(waiting), names)
    waiting = []
    settle(marks.bound, names)
    let reached = marks.reached
    var engine = settled
    var next = start
    for step in steps where reached > .min + step && reached - step > bound {
      let end = queue[next...].firstIndex { $0.time > reached - step } ?? queue.endIndex
      judge(queue[next..<end], &engine, names)
      near.append((engine, reached - step))
      next = end
    }
    if let first = open.first, let last = near.last, first.time <= last.bound {
      // What is not whole yet belongs before what they know.
      engine = settled
      next = start
    }
    let rest = open.isEmpty ? queue[next...] : RowOrder.merge(queue[next...], open[...], names)[...]
    judge(rest, &engine, names)
    others.settle(bound)
    let incidents = engine.finishList(coverage: coverage)
    judged = engine
    return incidents
  }

  private mutating func judge(
    _ rows: ArraySlice<EventRow>,
    _ engine: inout DetectionEngine,
    _ names: NameTable
  ) {
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

  private mutating func take(_ rows: [EventRow], _ names: NameTable) {
    guard let last = rows.last else { return }
    sightings.add(rows, names)
    newest = max(newest, last.time)
    marks.note(rows, upTo: ceiling)
    if let time = rows.last(where: { $0.time <= ceiling })?.time { passed = max(passed, time) }
    queue += rows.lazy.filter(DetectionEngine.looksAt)
    others.add(rows)
  }

  /// Gives the engine what no line in time can precede any more.
  private mutating func settle(_ target: Int64?, _ names: NameTable) {
    guard let target, target > bound else { return }
    bound = target
    while start < queue.count, queue[start].time <= bound {
      let end = min(queue.count, start + Self.stretch)
      let stop = queue[start..<end].firstIndex { $0.time > bound } ?? end
      settled.apply(Array(queue[start..<stop]), names: names)
      notedPlaces += settled.notedPlaces
      start = stop
      ledger.take(settled, upTo: start < queue.count ? min(bound, queue[start].time) : bound)
    }
    ledger.take(settled, upTo: bound)
    if start > queue.count / 2 {
      queue.removeFirst(start)
      start = 0
    }
  }
}
