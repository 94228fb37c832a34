/// An account of the estate, as its operator would declare it.
struct SimulatedAccount: Sendable {
  enum Role: Sendable { case agent, supervisor, administrator, database, service, reviewer }
  enum House: Sendable { case contractor, provider, agency }

  var name: Text
  var role: Role
  var house: House
  /// Empty: nobody is named, or several are.
  var person: Text = ""
  /// Of a shared account.
  var persons: [Text] = []
  /// Where it usually works: an index of terminals.
  var terminal: Int
  /// Day numbers; `nil`: not limited.
  var validFrom: Int?
  var validUntil: Int?
  /// Whether the estate file knows it.
  var isDeclared = true
}

/// A machine with an address.
struct SimulatedTerminal: Sendable {
  var name: Text
  var address: Text
  var house: SimulatedAccount.House
  var person: Text = ""
  var isDeclared = true
}

/// A job that reads in bulk by design.
struct SimulatedJob: Sendable {
  var name: Text
  var account: Text
  var program: Text = ""
  var terminal: Text = ""
  var window: Text = ""
  var validUntil: Int?
}
