internal import EventModel

/// Names met so far, each with the first and the last day: an infinite memory of a bounded size.
///
/// In order of id; the bound is `limit` names. Once one more came, what is not among them may have been
/// met all the same, and nothing is called new any more. Memory: 12 bytes a name.
struct Sightings: Sendable, Hashable {
  struct Sighting: Sendable, Hashable, BitwiseCopyable {
    var id: UInt32
    var first: Int32
    var last: Int32
  }

  static let limit = 128

  private(set) var entries: [Sighting] = []
  /// Whether a name had no place.
  private(set) var isFull = false

  init() {}

  /// Where a name is, or where it belongs.
  private func place(of id: UInt32) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  subscript(id: UInt32) -> Sighting? {
    let place = place(of: id)
    return place < entries.count && entries[place].id == id ? entries[place] : nil
  }

  /// Notes a name on a day; 0 is no name.
  mutating func note(_ id: UInt32, on day: Int32) {
    guard id != 0 else { return }
    let place = place(of: id)
    if place < entries.count, entries[place].id == id {
      entries[place].first = min(entries[place].first, day)
      entries[place].last = max(entries[place].last, day)
    } else if entries.count < Self.limit {
      entries.insert(Sighting(id: id, first: day, last: day), at: place)
    } else {
      isFull = true
    }
  }

  /// Names met on that day or later.
  func names(since day: Int32) -> [UInt32] {
    entries.compactMap { $0.last >= day ? $0.id : nil }
  }

  func count(since day: Int32) -> Int { entries.count { $0.last >= day } }

  /// Adds what another shard met; beyond the bound the names met first stay.
  mutating func merge(_ other: Self) {
    isFull = isFull || other.isFull
    for entry in other.entries {
      let place = place(of: entry.id)
      if place < entries.count, entries[place].id == entry.id {
        entries[place].first = min(entries[place].first, entry.first)
        entries[place].last = max(entries[place].last, entry.last)
      } else {
        entries.insert(entry, at: place)
      }
    }
    guard entries.count > Self.limit else { return }
    isFull = true
    entries.sort { ($0.first, $0.id) < ($1.first, $1.id) }
    entries.removeSubrange(Self.limit...)
    entries.sort { $0.id < $1.id }
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(entries.count))
    for entry in entries {
      writer.write(UInt64(entry.id))
      writer.write(Int64(entry.first))
      writer.write(Int64(entry.last))
    }
    writer.write(UInt64(isFull ? 1 : 0))
  }

  init(from reader: inout StateReader) throws(StateError) {
    var previous: UInt32 = 0
    for _ in 0..<(try reader.count()) {
      let entry = Sighting(
        id: UInt32(truncatingIfNeeded: try reader.unsigned()),
        first: Int32(truncatingIfNeeded: try reader.signed()),
        last: Int32(truncatingIfNeeded: try reader.signed())
      )
      guard entry.id > previous, entries.count < Self.limit else { throw StateError(offset: 0) }
      previous = entry.id
      entries.append(entry)
    }
    isFull = try reader.unsigned() == 1
  }
}
