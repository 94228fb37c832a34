/// What decoders remember in the ids of a name table: it comes and goes with the table.
///
/// One value a kind, few kinds; a value is taken out for use and kept again afterwards. A copy of a
/// table shares what is kept with its original. Since the two may grow apart, what is shared is not
/// given out.
public struct NameMemory: Sendable {
  private static var mostKinds: Int { 4 }
  private var kept: [any AnyObject & Sendable] = []

  public init() {}

  /// Takes out what is kept of a kind; `nil`: nothing, or another table has it as well.
  public mutating func take<Kept: AnyObject & Sendable>(_ kind: Kept.Type) -> Kept? {
    guard let place = kept.firstIndex(where: { $0 is Kept }) else { return nil }
    var found = kept.remove(at: place) as? Kept
    return isKnownUniquelyReferenced(&found) ? found : nil
  }

  /// Keeps a value for the next `take`; of too many kinds the one kept longest goes.
  public mutating func keep(_ value: some AnyObject & Sendable) {
    if kept.count >= Self.mostKinds { kept.removeFirst() }
    kept.append(value)
  }
}
