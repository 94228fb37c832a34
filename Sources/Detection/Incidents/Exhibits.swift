internal import EventModel

/// The lines of a key's unexplained bulk reads that may have to show a sum: the newest and the largest ever.
///
/// A limit is passed by the last of many reads; those before it are evidence as much. Which lines these are
/// depends on which reads there were, not on their order. Memory: 56 bytes a line, 24 lines at most.
struct Exhibits: Sendable {
  struct Exhibit: Sendable, Hashable, BitwiseCopyable {
    var place: FindingState.Place
    var owner: UInt32
    /// Who stands behind the key, as in `HorizonCounters.Entry`.
    var tag: UInt32
  }

  static let mostNewest = 16
  static let mostLargest = 8

  /// In order of time.
  private var newest: [Exhibit] = []
  /// The strongest first.
  private var largest: [Exhibit] = []

  mutating func note(_ exhibit: Exhibit) {
    let place = newest.lastIndex { Self.precedes($0, exhibit) }.map { $0 + 1 } ?? 0
    // The same line would stand behind all that precede it.
    if !newest[place...].contains(where: { $0.place.isSameLine(as: exhibit.place) }) {
      newest.insert(exhibit, at: place)
      if newest.count > Self.mostNewest { newest.removeFirst() }
    }
    keep(exhibit)
  }

  private mutating func keep(_ exhibit: Exhibit) {
    let isFull = largest.count == Self.mostLargest
    if isFull, !FindingState.isStronger(exhibit.place, largest[largest.count - 1].place) { return }
    if largest.contains(where: { $0.place.isSameLine(as: exhibit.place) }) { return }
    if isFull { largest.removeLast() }
    let place =
      largest.firstIndex { FindingState.isStronger(exhibit.place, $0.place) } ?? largest.count
    largest.insert(exhibit, at: place)
  }

  private static func precedes(_ left: Exhibit, _ right: Exhibit) -> Bool {
    (left.place.time, left.place.digest) < (right.place.time, right.place.digest)
  }

  /// Lines from a time on: of one owner, of one who stands behind the key, or of all.
  func lines(from first: Int64, owner: UInt32?, tag: UInt32?) -> [FindingState.Place] {
    (largest + newest).filter {
      $0.place.time >= first && (owner == nil || $0.owner == owner)
        && (tag == nil || $0.tag == tag)
    }.map(\.place)
  }

  mutating func merge(_ other: Self) {
    for exhibit in other.newest { note(exhibit) }
    for exhibit in other.largest { keep(exhibit) }
  }

  func write(to writer: inout StateWriter) {
    for list in [newest, largest] {
      writer.write(UInt64(list.count))
      for exhibit in list {
        exhibit.place.write(to: &writer)
        writer.write(UInt64(exhibit.owner))
        writer.write(UInt64(exhibit.tag))
      }
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    newest = try Self.list(from: &reader)
    largest = try Self.list(from: &reader)
  }

  private static func list(from reader: inout StateReader) throws(StateError) -> [Exhibit] {
    var list: [Exhibit] = []
    for _ in 0..<(try reader.count()) {
      list.append(
        Exhibit(
          place: try FindingState.Place(from: &reader),
          owner: UInt32(truncatingIfNeeded: try reader.unsigned()),
          tag: UInt32(truncatingIfNeeded: try reader.unsigned())
        )
      )
    }
    return list
  }
}
