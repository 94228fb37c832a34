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
    var time: Int64
    var digest: UInt64
    var source: UInt16
    /// By file, in order of coming.
    var rows: [(file: UInt32, count: Int)] = []
    /// Kept of files that overlap, and of others.
    var kept = 0
    var keptElsewhere = 0
  }
  private var group: Group?
  /// Events left out.
  private(set) var count: Int64 = 0

  init(_ files: Set<Int>) { self.files = files }

  /// Removes them and gives them back.
  mutating func filter(_ rows: inout [EventRow]) -> [EventRow] {
    guard !files.isEmpty else { return [] }
    var left: [EventRow] = []
    rows.removeAll { row in
      guard !keeps(row) else { return false }
      left.append(row)
      return true
    }
    return left
  }

  private mutating func keeps(_ row: EventRow) -> Bool {
    guard var group, group.time == row.time, group.digest == row.digest, group.source == row.source
    else {
      group = Group(time: row.time, digest: row.digest, source: row.source)
      return keeps(row)
    }
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
        count += 1
        return false
      }
      group.kept += 1
      return true
    }
    guard turn > group.kept else {
      // It stands for the one that was kept.
      group.kept -= 1
      group.keptElsewhere += 1
      count += 1
      return false
    }
    group.keptElsewhere += 1
    return true
  }
}
