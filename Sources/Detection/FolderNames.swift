internal import EventModel

/// Files that a host's audit names by a folder and by what lies in it, in records of their own.
extension NameTable {
  /// Whether the objects of a statement are some of a folder that one of them is.
  @inline(__always)
  func isOfFolder(_ object: NameID) -> Bool {
    withBytes(of: object) { $0.first == EventRow.folderMark }
  }

  /// The same objects, those without a leading `/` in the folder; `.none` where it is the folder alone.
  mutating func settled(_ object: NameID) -> NameID {
    let parts = bytes(of: object).split(separator: EventRow.objectSeparator)
    guard let first = parts.first else { return object }
    var folder = Array(first.dropFirst())
    if folder.last != 0x2F { folder.append(0x2F) }
    let names = parts.dropFirst().filter { $0.first != EventRow.folderMark }.map { part in
      if part.first == 0x2F { return Array(part) }
      let isHere = part.starts(with: [0x2E, 0x2F])
      return folder + part.dropFirst(isHere ? 2 : 0)
    }
    guard !names.isEmpty else { return .none }
    let sorted = Set(names).sorted { $0.lexicographicallyPrecedes($1) }
    let joined = Array(sorted.joined(separator: [EventRow.objectSeparator]))
    return joined.withUnsafeBufferPointer { intern($0) }
  }
}
