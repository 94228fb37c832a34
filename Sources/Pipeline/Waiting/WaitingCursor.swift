internal import EventModel

/// Reads rows that wait, in order and a block at a time, from a time on.
///
/// Memory: 112 bytes for each row of the runs that overlap where it stands, one or two where rows came in order.
struct WaitingCursor: Sendable {
  /// All rows up to here were given.
  private(set) var position: Int64
  /// Later rows of the runs that were opened, none without any.
  private var open: [(id: Int64, rows: ArraySlice<EventRow>)] = []
  /// The next run to be opened, as of `stamp`.
  private var upcoming: WaitingRun?
  private var stamp = -1
  private static let block = 8_192

  /// Gives rows later than `position`.
  init(after position: Int64) { self.position = position }

  /// Rows of runs that are open.
  var openCount: Int { open.reduce(0) { $0 + $1.rows.count } }

  /// The time of the next row; `nil`: there is none.
  mutating func nextTime(of waiting: WaitingRows) -> Int64? {
    if stamp != waiting.stamp { look(waiting) }
    let head = open.lazy.compactMap { $0.rows.first?.time }.min()
    // Of the first row that is not given, or before.
    return [head, upcoming.map { max($0.first, position) }].compactMap { $0 }.min()
  }

  /// The next rows up to a time, all of the last one's time; `nil`: there are no more up to then.
  ///
  /// Ids are of `names`, which gains what is new.
  mutating func next(
    upTo target: Int64,
    of waiting: WaitingRows,
    _ names: inout NameTable
  ) -> [EventRow]? {
    guard target > position else { return nil }
    while waiting.shelf.problem == nil {
      if stamp != waiting.stamp { look(waiting) }
      let head = open.lazy.compactMap { $0.rows.first?.time }.min()
      if let run = upcoming, run.first <= min(target, head ?? .max) {
        open(run, waiting, &names)
        continue
      }
      guard let head, head <= target else { break }
      var cut = target
      if let upcoming { cut = min(cut, upcoming.first - 1) }
      for (_, rows) in open where rows.count > Self.block {
        cut = min(cut, rows[rows.startIndex + Self.block - 1].time)
      }
      return take(upTo: cut, names)
    }
    position = target
    return nil
  }

  /// Opens the runs of what follows, as far as they have so many rows: copies of this one need not.
  mutating func openAll(limit: Int, of waiting: WaitingRows, _ names: inout NameTable) {
    if stamp != waiting.stamp { look(waiting) }
    while let run = upcoming, openCount + run.count <= limit, waiting.shelf.problem == nil {
      open(run, waiting, &names)
    }
  }

  private mutating func open(
    _ run: WaitingRun,
    _ waiting: WaitingRows,
    _ names: inout NameTable
  ) {
    let rows = waiting.shelf.rows(of: run, &names)
    let later = rows[Self.place(after: position, in: rows[...])...]
    if !later.isEmpty { open.append((run.id, later)) }
    look(waiting)
  }

  /// Finds the first run that has later rows and is not open.
  private mutating func look(_ waiting: WaitingRows) {
    stamp = waiting.stamp
    upcoming = waiting.runs.first { run in
      run.last > position && !open.contains { $0.id == run.id }
    }
  }

  private mutating func take(upTo cut: Int64, _ names: NameTable) -> [EventRow] {
    var parts: [ArraySlice<EventRow>] = []
    for index in open.indices {
      let rows = open[index].rows
      let end = Self.place(after: cut, in: rows)
      if end > rows.startIndex { parts.append(rows[..<end]) }
      open[index].rows = rows[end...]
    }
    open.removeAll { $0.rows.isEmpty }
    position = cut
    while parts.count > 1 {
      parts = stride(from: 0, to: parts.count, by: 2).map { index in
        guard index + 1 < parts.count else { return parts[index] }
        return RowOrder.merge(parts[index], parts[index + 1], names)[...]
      }
    }
    return parts.first.map { Array($0) } ?? []
  }

  /// The place of the first row after a time.
  static func place(after time: Int64, in rows: ArraySlice<EventRow>) -> Int {
    var (low, high) = (rows.startIndex, rows.endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if rows[middle].time <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
