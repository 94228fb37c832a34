internal import EventModel

/// Rows kept back until no stream can bring an earlier one: sorted runs, one a chunk.
///
/// What is released never precedes what was released before; a row that would is a *disorder*,
/// told by `add`.
struct MergeBuffer {
  private struct Run {
    var rows: [EventRow]
    var start = 0
    var head: Int64 { rows[start].time }
  }

  private var runs: [Run] = []
  private(set) var count = 0
  /// Every row with a time up to here has been released.
  private var released: Int64?

  /// Takes sorted rows; `false` when one of them should have been released before.
  mutating func add(_ rows: consuming [EventRow], _ names: NameTable) -> Bool {
    guard let first = rows.first else { return true }
    if let released, first.time <= released { return false }
    joinSeam(&rows, names)
    count += rows.count
    runs.append(Run(rows: rows))
    return true
  }

  /// Rows on either side of a seam that are put in order where they lie.
  private static let longestSeam = 64

  /// Has the newest run end before the rows that follow begin, where few of them overlap: so runs of a file in which
  /// a chunk ends amidst the lines of one second go on as they are, and no row of theirs is copied.
  private mutating func joinSeam(_ later: inout [EventRow], _ names: NameTable) {
    guard let newest = runs.indices.last, let last = runs[newest].rows.last else { return }
    let head = later[0]
    guard RowOrder.precedes(head, last, names) else { return }
    var start = runs[newest].rows.count
    while start > runs[newest].start, RowOrder.precedes(head, runs[newest].rows[start - 1], names) {
      start -= 1
      if runs[newest].rows.count - start > Self.longestSeam { return }
    }
    var end = 0
    while end < later.count, RowOrder.precedes(later[end], last, names) {
      end += 1
      if end > Self.longestSeam { return }
    }
    let merged = RowOrder.merge(runs[newest].rows[start...], later[..<end], names)
    let left = runs[newest].rows.count - start
    for place in 0..<left { runs[newest].rows[start + place] = merged[place] }
    for place in 0..<end { later[place] = merged[left + place] }
  }

  /// Takes out the earliest run as it is, when it lies within `bound` and before every other run;
  /// `nil` when there is none.
  ///
  /// So the rows of a single file in order are never copied.
  mutating func releaseRun(upTo bound: Int64, _ names: NameTable) -> [EventRow]? {
    guard let first = runs.first, first.start == 0, let last = first.rows.last,
      last.time <= bound
    else { return nil }
    for run in runs.dropFirst() where RowOrder.precedes(run.rows[run.start], last, names) {
      return nil
    }
    released = max(released ?? .min, last.time)
    count -= first.rows.count
    return runs.removeFirst().rows
  }

  /// Whether all runs follow each other, as those of a single file in order do: then what is within
  /// the bound may wait for the rest of its run.
  func isInSequence(_ names: NameTable) -> Bool {
    zip(runs, runs.dropFirst()).allSatisfy { earlier, later in
      guard earlier.start == 0, let last = earlier.rows.last else { return false }
      return !RowOrder.precedes(later.rows[later.start], last, names)
    } && (runs.last?.start ?? 0) == 0
  }

  /// Takes out the rows with times up to and including `bound`, in order.
  mutating func release(upTo bound: Int64, _ names: NameTable) -> [EventRow] {
    if let released, bound <= released { return [] }
    released = bound
    var parts: [ArraySlice<EventRow>] = []
    for index in runs.indices where runs[index].head <= bound {
      let end = Self.end(of: bound, in: runs[index].rows, from: runs[index].start)
      parts.append(runs[index].rows[runs[index].start..<end])
      runs[index].start = end
    }
    guard !parts.isEmpty else { return [] }
    runs.removeAll { $0.start == $0.rows.count }
    while parts.count > 1 {
      var merged: [ArraySlice<EventRow>] = []
      for index in stride(from: 0, to: parts.count, by: 2) {
        merged.append(
          index + 1 < parts.count
            ? RowOrder.merge(parts[index], parts[index + 1], names)[...] : parts[index]
        )
      }
      parts = merged
    }
    let rows = Array(parts[0])
    count -= rows.count
    return rows
  }

  /// A time by which about half of the rows can go: the middle of the runs' middles.
  var medianTime: Int64? {
    let middles = runs.map { $0.rows[($0.start + $0.rows.count) / 2].time }.sorted()
    return middles.isEmpty ? nil : middles[middles.count / 2]
  }

  private static func end(of bound: Int64, in rows: [EventRow], from start: Int) -> Int {
    var (low, high) = (start, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].time <= bound { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
