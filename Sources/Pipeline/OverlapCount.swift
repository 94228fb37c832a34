internal import EventModel
internal import Ingest

/// How many events of each file stand, with the same time and the same text, in another one too.
///
/// Counted while the rows go by in order, in which they are neighbours.
struct OverlapCount {
  /// By file.
  private var events: [Int] = []
  /// The last row, and whether it was counted.
  private var last: (time: Int64, digest: UInt64, file: UInt32, source: UInt16, isCounted: Bool)?
  /// The other file of the first such event of each file.
  private var others: [Int: Int] = [:]

  /// `files`: how many there are; of one nothing is counted.
  init(files: Int) {
    if files > 1 { events = Array(repeating: 0, count: files) }
  }

  mutating func note(_ rows: [EventRow]) {
    guard !events.isEmpty else { return }
    for index in rows.indices {
      let (time, digest) = (rows[index].time, rows[index].digest)
      guard let before = last, before.time == time, before.digest == digest else {
        last = (time, digest, rows[index].file, rows[index].source, false)
        continue
      }
      noteTwin(rows[index].file, rows[index].source, before)
    }
  }

  private mutating func noteTwin(
    _ file: UInt32,
    _ source: UInt16,
    _ before: (time: Int64, digest: UInt64, file: UInt32, source: UInt16, isCounted: Bool)
  ) {
    let isTwin = before.file != file && before.source == source
    last = (before.time, before.digest, file, source, isTwin)
    guard isTwin else { return }
    add(Int(file), other: Int(before.file))
    if !before.isCounted { add(Int(before.file), other: Int(file)) }
  }

  private mutating func add(_ file: Int, other: Int) {
    guard events.indices.contains(file) else { return }
    events[file] += 1
    if others[file] == nil { others[file] = other }
  }

  /// Fewer may be chance.
  private static let least = 20

  /// Files half of whose events or more another file has too.
  func files(_ notes: [FileNote]) -> [(file: Int, other: Int, events: Int)] {
    events.indices.compactMap { file in
      guard events[file] >= Self.least, Int64(events[file]) * 2 >= notes[file].events,
        let other = others[file]
      else { return nil }
      return (file, other, events[file])
    }
  }
}
