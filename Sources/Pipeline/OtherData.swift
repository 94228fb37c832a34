internal import Estate
internal import EventModel

/// Which objects are declared as holding no customer records, once a distinct name.
///
/// Memory: a byte a name, where anything is declared so.
struct OtherData: Sendable {
  private let datasets: [Dataset]
  private let lookup: EstateLookup?
  /// By id: 0 not looked up, 1 customer records, 2 none.
  private var known: [UInt8] = []

  init(_ estate: DeclaredEstate) {
    datasets = estate.datasets
    lookup = datasets.contains { !$0.holdsCustomerRecords } ? EstateLookup(estate) : nil
  }

  private init() { (datasets, lookup) = ([], nil) }

  /// Where nothing is declared so.
  static let none = Self()

  /// Whether nothing but such data lies in an object, of whatever parts.
  @inline(__always)
  mutating func holds(_ object: NameID, names: borrowing NameTable) -> Bool {
    guard let lookup, object != .none else { return false }
    let index = Int(object.rawValue)
    if index < known.count, known[index] != 0 { return known[index] == 2 }
    return learn(object, lookup, names)
  }

  @inline(never)
  private mutating func learn(
    _ object: NameID,
    _ lookup: EstateLookup,
    _ names: borrowing NameTable
  ) -> Bool {
    let parts = names.bytes(of: object).split(separator: EventRow.objectSeparator).map {
      String(decoding: $0, as: UTF8.self)
    }
    let isOther = parts.allSatisfy { part in
      if WellKnownNames.isCatalogue(part) { return true }
      return lookup.dataset(for: part).map { !datasets[$0].holdsCustomerRecords } ?? false
    }
    let index = Int(object.rawValue)
    if index >= known.count {
      known.append(contentsOf: repeatElement(0, count: index + 1 - known.count))
    }
    known[index] = isOther ? 2 : 1
    return isOther
  }
}
