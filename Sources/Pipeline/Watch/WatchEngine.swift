internal import Detection
internal import EventModel

/// What is judged while logs are followed: the engine that is settled, and others nearer to the newest
/// line, from which a late one costs little.
///
/// Rows wait in order. A *tier* knows all rows up to a time that stays some seconds or minutes behind the newest
/// one; a line later than a tier's lateness makes it start again from the one before it. What is shown
/// is a copy of the last tier with the rows after it. Memory: the engine once a tier where they differ,
/// 112 bytes for each row that is not settled and returns records.
struct WatchEngine: Sendable {
  private struct Tier {
    var engine: DetectionEngine
    /// Knows all rows up to here but those that came later than that.
    var bound: Int64
    /// How far it stays behind the newest row; `nil`: it is settled, and stays as the marks of the sources say.
    let lateness: Int64?
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
  /// In order, later than what is settled.
  private var queue: [EventRow] = []
  private static let stretch = 8_192

  /// How far each tier stays behind, after the settled one.
  static let steps: [Int64] = [600, 2].map { $0 * Timestamp.nanosecondsPerSecond }

  /// Goes on from engines that know all rows up to a time each, the settled one first, with the rows `held` that
  /// are later than what is settled, in order.
  ///
  /// `engines`: one at least; nearer ones may be missing. They are taken away: what nobody else holds is changed
  /// in place.
  init(
    _ engines: inout [(engine: DetectionEngine, bound: Int64)],
    newest: Int64?,
    held: [EventRow],
    marks: SourceMarks,
    now: Int64,
    names: NameTable
  ) {
    self.newest = newest ?? .min
    (self.marks, clock) = (marks, now)
    let all = [nil] + Self.steps.filter { $0 < marks.greatest }
    tiers = all.enumerated().map { index, step in
      var (engine, bound) = engines[min(index, engines.count - 1)]
      // Names are those of another table from here on.
      engine.forgetTable()
      return Tier(engine: engine, bound: bound, lateness: step)
    }
    engines = []
    queue = held.filter { $0.time > tiers[0].bound && DetectionEngine.looksAt($0) }
    if let last = held.last { self.newest = max(self.newest, last.time) }
    self.marks.note(held, upTo: now)
    advance(names)
  }

  /// Whether rows wait that came later than a tier.
  var isStale: Bool { tiers.contains(where: \.isStale) }
  var waiting: Int { queue.count }

  /// Takes rows in order, whatever their times; `now`: by the clock, which a time ahead of it does not
  /// move.
  mutating func insert(_ rows: [EventRow], now: Int64, names: NameTable) {
    catchUp(with: now)
    let bound = tiers[0].bound
    let fresh = rows.drop { $0.time <= bound }
    late += Int64(rows.count - fresh.count)
    if let last = fresh.last { newest = max(newest, last.time) }
    marks.note(fresh, upTo: now)
    let kept = fresh.filter(DetectionEngine.looksAt)
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
    advance(names)
  }

  /// Notes what was ahead of the clock and no longer is: it stands among the waiting.
  private mutating func catchUp(with now: Int64) {
    if newest > clock, now > clock {
      marks.note(queue[place(after: clock)..<place(after: now)], upTo: now)
    }
    clock = now
  }

  /// Moves every tier on as far as its lateness lets it.
  ///
  /// A time that the clock has not reached draws nothing with it.
  private mutating func advance(_ names: NameTable) {
    if let bound = marks.bound { move(0, to: bound, names) }
    for index in tiers.indices {
      guard let lateness = tiers[index].lateness else { continue }
      let (target, overflow) = marks.reached.subtractingReportingOverflow(lateness)
      if !overflow { move(index, to: target, names) }
    }
    // Those that are settled need not wait for anything.
    let settled = place(after: tiers[0].bound)
    if settled > Self.stretch || settled > queue.count / 2 { queue.removeFirst(settled) }
  }

  private mutating func move(_ index: Int, to target: Int64, _ names: NameTable) {
    guard target > tiers[index].bound else { return }
    var next = place(after: tiers[index].bound)
    let end = place(after: target)
    while next < end {
      let stop = min(end, next + Self.stretch)
      tiers[index].engine.apply(Array(queue[next..<stop]), names: names)
      next = stop
    }
    tiers[index].bound = target
  }

  /// The place of the first waiting row after a time.
  private func place(after time: Int64) -> Int {
    var (low, high) = (0, queue.count)
    while low < high {
      let middle = (low + high) / 2
      if queue[middle].time <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Lets the rows that came late into the tiers that have gone past them.
  mutating func rebuild(_ names: NameTable) {
    for index in tiers.indices.dropFirst() where tiers[index].isStale {
      let target = tiers[index].bound
      tiers[index].engine = tiers[index - 1].engine
      tiers[index].bound = tiers[index - 1].bound
      tiers[index].isStale = false
      move(index, to: target, names)
    }
  }

  /// What all rows come to, with those of last lines that are not yet whole.
  func judged(
    with open: [EventRow],
    coverage: Coverage,
    names: NameTable
  ) -> (incidents: IncidentList, engine: DetectionEngine) {
    guard let last = tiers.last else { preconditionFailure("there is a settled one") }
    var engine = last.engine
    let bound = last.bound
    let kept = open.filter { $0.time > tiers[0].bound && DetectionEngine.looksAt($0) }
    engine.apply(RowOrder.merge(queue[place(after: bound)...], kept[...], names), names: names)
    return (engine.finishList(coverage: coverage), engine)
  }
}
