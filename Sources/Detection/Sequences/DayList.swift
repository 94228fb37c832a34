internal import EventModel

/// What is remembered of one day.
protocol DayEntry: Sendable, Equatable, BitwiseCopyable {
  var day: Int32 { get }
  /// Tells apart several of one day; 0 where there is one a day.
  var part: UInt32 { get }
  mutating func add(_ other: Self)
}

extension DayEntry {
  var part: UInt32 { 0 }

  fileprivate func isSame(as other: Self) -> Bool { day == other.day && part == other.part }

  fileprivate func precedes(_ other: Self) -> Bool { (day, part) < (other.day, other.part) }
}

/// Days with something to remember, in order, each once: added up in whatever order they come.
///
/// What two shards keep of the same days adds up to what one pass keeps. Memory: an entry a day (and part) until its
/// holder lets it go.
struct DayList<Entry: DayEntry>: Sendable, Equatable {
  private(set) var entries: [Entry] = []

  init() {}

  var isEmpty: Bool { entries.isEmpty }

  func holds(_ entry: Entry) -> Bool { entries.last { $0.isSame(as: entry) } != nil }

  /// Adds to the day, which is nearly always the last one, or makes it.
  mutating func add(_ entry: Entry) {
    var place = entries.count
    while place > 0, entry.precedes(entries[place - 1]) { place -= 1 }
    if place > 0, entries[place - 1].isSame(as: entry) { return entries[place - 1].add(entry) }
    entries.insert(entry, at: place)
  }

  /// Lets go of the days up to one.
  mutating func forget(until day: Int32) {
    guard let first = entries.first, first.day <= day else { return }
    entries.removeAll { $0.day <= day }
  }

  /// Lets go of the first day.
  mutating func removeFirst() -> Entry { entries.removeFirst() }

  /// Lets go of one entry.
  mutating func remove(_ entry: Entry) { entries.removeAll { $0.isSame(as: entry) } }

  mutating func merge(_ other: Self) {
    for entry in other.entries { add(entry) }
  }
}
