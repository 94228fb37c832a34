internal import EventModel

/// Ids of one table of names as those of another: rows that wait outlive the table that they came with.
///
/// Memory: 4 bytes a name of the table that rows come with.
struct NameBridge: Sendable {
  private var ids: [NameID] = [.none]
  /// Of names that were not met yet.
  private static let unknown = NameID(rawValue: .max)

  /// Gives rows the ids of `own`, which gains their names; `other` is always the same table, which may have grown.
  mutating func carry(
    _ rows: inout [EventRow],
    from other: NameTable,
    to own: inout NameTable
  ) {
    if ids.count < other.count {
      ids += repeatElement(Self.unknown, count: other.count - ids.count)
    }
    ids.withUnsafeMutableBufferPointer { ids in
      func map(_ id: inout NameID) {
        let index = Int(id.rawValue)
        guard index > 0, index < ids.count else {
          id = .none
          return
        }
        if ids[index] == Self.unknown { ids[index] = other.withBytes(of: id) { own.intern($0) } }
        id = ids[index]
      }
      rows.withUnsafeMutableBufferPointer { rows in
        for index in rows.indices {
          map(&rows[index].account)
          map(&rows[index].terminal)
          map(&rows[index].program)
          map(&rows[index].object)
          map(&rows[index].owner)
          map(&rows[index].ticket)
          map(&rows[index].destination)
        }
      }
    }
  }
}
