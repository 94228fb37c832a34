internal import EventModel
internal import Ingest

/// How many events of each file stand, with the same time and the same text, in another one too.
///
/// Counted while the rows go by in order, in which they are neighbours.
struct OverlapCount {
  /// What a file shares with others.
  private struct Tally {
    /// Events that another file has too.
    var events = 0
    /// Events of this file from the first to the last of them.
    var within = 0
    /// Events since the last of them.
    var since = 0
    var first: Int64 = 0
    var last: Int64 = 0
    /// The other file of the first of them.
    var other: Int?

    mutating func add(at time: Int64, other file: Int) {
      if events == 0 { first = time }
      if other == nil { other = file }
      events += 1
      within += since + 1
      since = 0
      last = time
    }
  }

  /// By file.
  private var tallies: [Tally] = []
  private var last: EarlierRows.Row?
  private var isLastCounted = false
  /// Whether any file has such events.
  private var hasTwins = false

  /// `files`: how many there are; of one nothing is counted.
  init(files: Int) {
    if files > 1 { tallies = Array(repeating: Tally(), count: files) }
  }

  mutating func note(_ rows: [EventRow]) {
    guard !tallies.isEmpty else { return }
    for index in rows.indices { note(EarlierRows.Row(rows[index])) }
  }

  /// Rows in order, those of earlier nights among them.
  mutating func note(_ rows: [EarlierRows.Row]) {
    guard !tallies.isEmpty else { return }
    for row in rows where Int(row.file) < tallies.count { note(row) }
  }

  @inline(__always)
  private mutating func note(_ row: EarlierRows.Row) {
    var isCounted = false
    if let before = last, before.file != row.file, before.isLike(row) {
      noteTwins(before, row)
      isCounted = true
    } else if hasTwins, tallies[Int(row.file)].events > 0 {
      tallies[Int(row.file)].since += 1
    }
    (last, isLastCounted) = (row, isCounted)
  }

  private mutating func noteTwins(_ before: EarlierRows.Row, _ row: EarlierRows.Row) {
    hasTwins = true
    if !isLastCounted {
      // It went by as one of the others.
      if tallies[Int(before.file)].events > 0 { tallies[Int(before.file)].since -= 1 }
      tallies[Int(before.file)].add(at: row.time, other: Int(row.file))
    }
    tallies[Int(row.file)].add(at: row.time, other: Int(before.file))
  }

  /// Fewer may be chance.
  private static let least = 20

  /// Files half of whose events or more another file has too.
  func files(_ notes: [FileNote]) -> [(file: Int, other: Int, events: Int)] {
    tallies.indices.compactMap { file in
      let tally = tallies[file]
      guard tally.events >= Self.least, Int64(tally.events) * 2 >= notes[file].events,
        let other = tally.other
      else { return nil }
      return (file, other, tally.events)
    }
  }

  /// Files a stretch of which other files hold too: a log that was collected twice, from and up to other days.
  ///
  /// Whatever stands between the first and the last event that they share is shared, but for one event in a hundred (those of
  /// the moments in which a collection begins and ends), and that over two different times: two parts of one log that
  /// are alike would mean that its time went back.
  var stretches: Set<Int> {
    Set(
      tallies.indices.filter { file in
        let tally = tallies[file]
        return tally.events >= Self.least && tally.first < tally.last
          && tally.within - tally.events <= tally.within / 100
      }
    )
  }
}
