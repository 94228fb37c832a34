internal import EventModel
internal import Ingest

/// Leaves out the events of overlapping files that an earlier row stands for already.
///
/// Of rows with one time and one text, files that overlap have as many acts as the file with most of them: what
/// stands twice in one of them happened twice. Files that overlap with none keep all of theirs. Rows come in
/// the order in which they are judged, in which such rows are neighbours. Memory: 8 bytes a file.
struct OverlapFilter {
  /// Files that overlap.
  let files: Set<Int>
  /// Rows of one time and text.
  private struct Group {
    var row: EarlierRows.Row
    /// By file, in order of coming.
    var rows: [(file: UInt32, count: Int)] = []
    /// Kept of files that overlap, and of others.
    var kept = 0
    var keptElsewhere = 0
  }
  private var group: Group?
  private var earlier: EarlierRows
  /// Events left out.
  private(set) var count: Int64 = 0
  /// Whose they are.
  private(set) var sources: Set<UInt16> = []

  /// `earlier`: what was judged already; it stays.
  init(_ files: Set<Int>, earlier: EarlierRows = EarlierRows()) {
    self.files = files
    self.earlier = earlier
  }

  /// Removes them and gives them back.
  mutating func filter(_ rows: inout [EventRow]) -> [EventRow] {
    guard !files.isEmpty else { return [] }
    var left: [EventRow] = []
    rows.removeAll { row in
      guard !keeps(EarlierRows.Row(row)) else { return false }
      count += 1
      sources.insert(row.source)
      left.append(row)
      return true
    }
    return left
  }

  private mutating func keeps(_ row: EarlierRows.Row) -> Bool {
    if group?.row.isLike(row) != true {
      group = Group(row: row)
      for known in earlier.like(row) { _ = turn(of: known) }
    }
    return turn(of: row)
  }

  /// Whether a row of the group is kept.
  private mutating func turn(of row: EarlierRows.Row) -> Bool {
    guard var group else { return true }
    defer { self.group = group }
    var turn = 1
    if let place = group.rows.firstIndex(where: { $0.file == row.file }) {
      group.rows[place].count += 1
      turn = group.rows[place].count
    } else {
      group.rows.append((row.file, 1))
    }
    if files.contains(Int(row.file)) {
      guard turn > group.kept + group.keptElsewhere else {
        return false
      }
      group.kept += 1
      return true
    }
    guard turn > group.kept else {
      // It stands for the one that was kept.
      group.kept -= 1
      group.keptElsewhere += 1
      return false
    }
    group.keptElsewhere += 1
    return true
  }
}
