internal import EventModel

/// A place for each of many names: an array by the name's id, where a hash table would be asked for
/// every event.
///
/// Memory: 4 bytes for every id up to the highest one noted; ids are dense, from one `NameTable`.
struct NameIndex: Sendable {
  /// Place + 1; 0: none.
  private var places: [UInt32] = []

  @inline(__always)
  subscript(id: UInt32) -> Int? {
    let index = Int(id)
    guard index < places.count, places[index] != 0 else { return nil }
    return Int(places[index]) &- 1
  }

  mutating func set(_ id: UInt32, to place: Int) {
    let index = Int(id)
    if index >= places.count {
      places.append(contentsOf: repeatElement(0, count: index + 1 - places.count))
    }
    places[index] = UInt32(clamping: place + 1)
  }

  mutating func removeAll() { places.removeAll() }

  /// Ids with their places, by id.
  var entries: [(id: UInt32, place: Int)] {
    places.indices.compactMap { index in
      places[index] == 0 ? nil : (id: UInt32(clamping: index), place: Int(places[index]) - 1)
    }
  }
}

/// The most records that were read of each object whole so far, of at most 262,144 of them.
struct LearntSizes: Sendable {
  private var index = NameIndex()
  private var sizes: [Int64] = []
  private static let limit = 1 << 18

  var count: Int { sizes.count }

  @inline(__always)
  subscript(name: NameID) -> Int64? { index[name.rawValue].map { sizes[$0] } }

  /// Notes a read of so many records.
  @inline(__always)
  mutating func learn(_ size: Int64, of name: NameID) {
    if let place = index[name.rawValue] {
      if size > sizes[place], sizes.count < Self.limit { sizes[place] = size }
    } else if sizes.count < Self.limit {
      index.set(name.rawValue, to: sizes.count)
      sizes.append(size)
    }
  }

  /// By id.
  var entries: [(name: NameID, size: Int64)] {
    index.entries.map { (name: NameID(rawValue: $0.id), size: sizes[$0.place]) }
  }
}
