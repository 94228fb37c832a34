internal import Detection
internal import EventModel

/// What is judged while logs are followed: the engine that is settled, and others nearer to the newest
/// line, from which a late one costs little.
///
/// Rows wait in order. A *tier* knows all rows up to a time that stays some seconds or minutes behind the newest
/// one; a line later than a tier's lateness makes it start again from the one before it. What is shown
/// is a copy of the last tier with the rows after it. What is settled stays so from night to night. Memory: the engine once a
/// tier where they differ; 112 bytes for each row that came since the last night and returns records, and of the
/// runs that overlap where a tier stands. Rows of before lie on disk.
struct WatchEngine: Sendable {
  private struct Tier {
    var engine: DetectionEngine
    /// Knows all rows up to here but those that came later than that.
    var bound: Int64
    let lateness: Int64
    /// Stands at `bound`.
    var cursor: WaitingCursor
    /// Whether such rows wait.
    var isStale = false
  }

  private(set) var newest: Int64
  /// Rows that came too late for what is settled; the night counts them.
  private(set) var late: Int64 = 0
  /// How far each source has told, by what the clock had reached when it was last looked at.
  private(set) var marks: SourceMarks
  private var clock: Int64
  /// The settled one first.
  private var tiers: [Tier]
  /// Names of all rows here, which those of a round are carried over to.
  private var names: NameTable
  private var bridge = NameBridge()
  /// Rows that the store had after the last night.
  private let waiting: WaitingRows
  /// Those that came since, in order.
  private var queue: [EventRow] = []
  private static let stretch = 8_192
  /// Rows behind the last tier that are read from disk once, not each time.
  private static let nearest = 1 << 20
  /// Names beyond which those are let go that no row has any more.
  private static let nameLimit = 1 << 20

  /// How far each tier stays behind, after the settled one.
  static let steps: [Int64] = [600, 2].map { $0 * Timestamp.nanosecondsPerSecond }

  /// Goes on from engines that know all rows up to a time each, with the rows `waiting`.
  ///
  /// `engines`: one at least; nearer ones may be missing. They are taken away: what nobody else holds is changed
  /// in place.
  init(
    _ engines: inout LiveEngines,
    newest: Int64?,
    waiting: WaitingRows,
    marks: SourceMarks,
    now: Int64
  ) {
    self.newest = waiting.runs.reduce(newest ?? .min) { max($0, $1.last) }
    self.waiting = waiting
    names = engines.names
    (self.marks, clock) = (marks, now)
    let all = [marks.greatest] + Self.steps.filter { $0 < marks.greatest }
    tiers = all.enumerated().map { index, step in
      let (engine, bound) = engines.tiers[min(index, engines.tiers.count - 1)]
      return Tier(
        engine: engine,
        bound: bound,
        lateness: step,
        cursor: WaitingCursor(after: bound)
      )
    }
    engines = LiveEngines()
    advance(now)
  }

  /// Whether rows wait that came later than a tier.
  var isStale: Bool { tiers.contains(where: \.isStale) }
  /// What could not be read of the rows on disk: what was judged since counts for nothing.
  var problem: (any Error)? { waiting.shelf.problem }
  /// Rows that wait in memory.
  var held: Int { queue.count + tiers.reduce(0) { $0 + $1.cursor.openCount } }

  /// What a night goes on from, which knows all that this one does; there is nothing here afterwards.
  mutating func handOver() -> LiveEngines {
    var live = LiveEngines(names: names)
    live.tiers = tiers.lazy.filter { !$0.isStale }.map { ($0.engine, $0.bound) }
    if names.count > Self.nameLimit {
      live.names = NameTable()
      for index in live.tiers.indices { live.tiers[index].engine.forgetTable() }
    }
    (tiers, queue, names, bridge) = ([], [], NameTable(), NameBridge())
    return live
  }

  /// Takes rows in order, whatever their times; `now`: by the clock, which a time ahead of it does not
  /// move; `other`: the table of their ids, always the same, which grows.
  mutating func insert(_ rows: [EventRow], now: Int64, names other: NameTable) {
    catchUp(with: now)
    let bound = tiers[0].bound
    let fresh = rows.drop { $0.time <= bound }
    late += Int64(rows.count - fresh.count)
    if let last = fresh.last { newest = max(newest, last.time) }
    marks.note(fresh, upTo: now)
    var kept = fresh.filter(DetectionEngine.looksAt)
    bridge.carry(&kept, from: other, to: &names)
    if let first = kept.first {
      var (low, high) = (0, queue.count)
      while low < high {
        let middle = (low + high) / 2
        if RowOrder.precedes(first, queue[middle], names) {
          high = middle
        } else {
          low = middle + 1
        }
      }
      if low == queue.count {
        queue += kept
      } else {
        queue.replaceSubrange(low..., with: RowOrder.merge(queue[low...], kept[...], names))
      }
      for index in tiers.indices where tiers[index].bound >= first.time {
        tiers[index].isStale = true
      }
    }
    advance(now)
  }

  /// Notes what was ahead of the clock and no longer is: it stands among the waiting.
  private mutating func catchUp(with now: Int64) {
    if newest > clock, now > clock {
      let (from, to) = (
        WaitingCursor.place(after: clock, in: queue[...]),
        WaitingCursor.place(after: now, in: queue[...])
      )
      marks.note(queue[from..<to], upTo: now)
    }
    clock = now
  }

  /// Moves every tier but the settled one on as far as its lateness lets it.
  ///
  /// A time that the clock has not reached draws nothing with it: the newest that it has stands among the waiting.
  private mutating func advance(_ now: Int64) {
    guard let reached = reached(now) else { return }
    for index in tiers.indices.dropFirst() {
      let (target, overflow) = reached.subtractingReportingOverflow(tiers[index].lateness)
      if !overflow { move(index, to: target) }
    }
  }

  /// The newest time that the clock has reached.
  private mutating func reached(_ now: Int64) -> Int64? {
    guard newest > now else { return newest }
    let next = WaitingCursor.place(after: now, in: queue[...])
    var reached = next > 0 ? queue[next - 1].time : nil
    for run in waiting.runs where run.first <= now {
      // Of one that goes beyond, where it begins: a tier that stays farther behind knows less, and nothing else.
      reached = max(reached ?? .min, run.last <= now ? run.last : run.first)
    }
    return reached
  }

  private mutating func move(_ index: Int, to target: Int64) {
    guard target > tiers[index].bound else { return }
    var next = WaitingCursor.place(after: tiers[index].bound, in: queue[...])
    while let block = tiers[index].cursor.next(upTo: target, of: waiting, &names) {
      let end = WaitingCursor.place(
        after: tiers[index].cursor.position,
        in: queue[next...]
      )
      tiers[index].engine.apply(
        RowOrder.merge(block[...], queue[next..<end], names),
        names: names
      )
      next = end
    }
    let end = WaitingCursor.place(after: target, in: queue[next...])
    while next < end {
      let stop = min(end, next + Self.stretch)
      tiers[index].engine.apply(Array(queue[next..<stop]), names: names)
      next = stop
    }
    tiers[index].bound = target
  }

  /// Lets the rows that came late into the tiers that have gone past them.
  mutating func rebuild() {
    for index in tiers.indices.dropFirst() where tiers[index].isStale {
      let target = tiers[index].bound
      tiers[index].engine = tiers[index - 1].engine
      tiers[index].bound = tiers[index - 1].bound
      tiers[index].cursor = tiers[index - 1].cursor
      tiers[index].isStale = false
      move(index, to: target)
    }
  }

  /// What all rows come to, with those of last lines that are not yet whole.
  ///
  /// `other`: the table of ids of `open`, that of all rows that came.
  mutating func judged(
    with open: [EventRow],
    coverage: Coverage,
    names other: NameTable
  ) -> (incidents: IncidentList, engine: DetectionEngine) {
    let place = tiers.count - 1
    let settled = tiers[0].bound
    var kept = open.filter { $0.time > settled && DetectionEngine.looksAt($0) }
    bridge.carry(&kept, from: other, to: &names)
    tiers[place].cursor.openAll(limit: Self.nearest, of: waiting, &names)
    var (engine, cursor) = (tiers[place].engine, tiers[place].cursor)
    let bound = tiers[place].bound
    var rows = queue[WaitingCursor.place(after: bound, in: queue[...])...]
    if !kept.isEmpty { rows = RowOrder.merge(rows, kept[...], names)[...] }
    while let block = cursor.next(upTo: .max, of: waiting, &names) {
      let end = WaitingCursor.place(after: cursor.position, in: rows)
      engine.apply(RowOrder.merge(block[...], rows[..<end], names), names: names)
      rows = rows[end...]
    }
    engine.apply(Array(rows), names: names)
    return (engine.finishList(coverage: coverage), engine)
  }
}
