internal import Storage

extension StreamMatcher {
  /// Nights within which every sealed piece of a log that grows is read again.
  static let round = 30
  /// Bytes of one log that a night reads again for it; one piece is read whatever its length.
  static let mostReread: Int64 = 256 << 20

  /// The sealed pieces of a log that grew which are held against it tonight, in order: its last two, and in turn each
  /// thirtieth of the others.
  ///
  /// That its beginning and its end are what they were says nothing of what lies between, and such a log is
  /// opened anyway. Cost: a thirtieth of the log and two nights of it.
  func due(_ stream: StoredStream) -> [Seal] {
    guard let night else { return [] }
    // What a watch took has no night yet, and is read again apart from these.
    let pieces = seals(stream.id).filter { $0.night > 0 }
    var left = Self.mostReread
    let turn = pieces.indices.filter { $0 % Self.round == night % Self.round }
    let last = pieces.indices.suffix(2).reversed().filter { !turn.contains($0) }
    var chosen: [Int] = []
    for index in turn + last where chosen.isEmpty || pieces[index].length <= left {
      left -= pieces[index].length
      chosen.append(index)
    }
    return chosen.sorted().map { pieces[$0] }
  }
}
