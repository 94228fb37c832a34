/// Whose customers are called: an owner with its set.
struct SimulatedOwner: Sendable {
  enum Sector: Sendable { case privately, agency, localGovernment }

  var name: Text
  var alias: Text
  /// In paths of lists: `hoshimine-gas`.
  var slug: Text
  /// In front of customers' numbers: two letters.
  var code: Text
  var sector: Sector
  /// Records in its set.
  var delivered: Int
  /// The provider has its consent.
  var isConsented = true

  /// `hoshimine_gas.customers`.
  var table: Text { Text(bytes: schema.bytes + Text(".customers").bytes) }
  var schema: Text { slug.with(0x2D, as: 0x5F) }
}

/// A stretch of an owner's customers by number, from 1 to the size of the set.
struct RecordRange: Sendable {
  var first: Int
  var count: Int
  var last: Int { first + count - 1 }
}
