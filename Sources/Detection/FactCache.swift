internal import EventModel

/// Facts by name; beyond `limit` distinct names it starts anew.
///
/// Place 0 is that of no name.
struct FactCache<Facts: Sendable>: Sendable {
  private var index = NameIndex()
  private var facts: [Facts]
  private let limit = 1 << 18

  init(nothing: Facts) { facts = [nothing] }

  /// Whether the next name added lets the others go.
  var isFull: Bool { facts.count > limit }

  @inline(__always)
  func place(of id: NameID) -> Int? { index[id.rawValue] }

  /// The facts at a place that `place(of:)` or `add` gave since the last name was added.
  @inline(__always)
  subscript(place: Int) -> Facts {
    @inline(__always)
    _read { yield facts[place] }
  }

  @inline(__always)
  func prefetchFacts(of id: UInt32) {
    guard let place = index[id] else { return }
    facts.withUnsafeBufferPointer { facts in
      guard let first = facts.baseAddress else { return }
      prefetchLine(first + place)
    }
  }

  /// Notes the facts of a name and gives their place.
  mutating func add(_ new: Facts, for id: NameID) -> Int {
    if isFull {
      index.removeAll()
      facts.removeSubrange(1...)
    }
    index.set(id.rawValue, to: facts.count)
    facts.append(new)
    return facts.count - 1
  }
}
