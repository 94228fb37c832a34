public import EventModel

/// What one terminal, person or organisation did with an owner's records.
public struct OwnerHandling: Sendable, Hashable {
  public var name: String
  public var operations: Int64
  public var records: Volume
  public var bytes: Int64
  public var first: Int64
  public var last: Int64
  /// Whether all of it lies in the days asked for; else the lower end is 0 and dates may lie outside.
  public var isExact: Bool
  /// Accounts behind it, 64 at most; not only those that handled this owner's records.
  public var accounts: [String]
  /// Other owners whose records it handled on these days.
  public var otherOwners: [String]
}

/// A ticket that was used.
public struct TicketUse: Sendable, Hashable {
  public var id: String
  /// Of the latest read.
  public var account: String
  /// Whose records the object of the latest read holds; empty: not told.
  public var owner: String
  public var records: Int64
  public var last: Int64
}

extension DetectionEngine {
  public enum Handler: UInt8, Sendable {
    case person = 1
    case terminal, organisation
  }

  /// Who handled an owner's records on these days, in order of name.
  public func handlers(
    _ handler: Handler,
    of owner: String,
    on days: ClosedRange<Int32>
  ) -> [OwnerHandling] {
    guard let id = names.find(owner) else { return [] }
    let shelf = Int(handler.rawValue)
    var found: [OwnerHandling] = []
    for (name, place) in keyPlaces[shelf].entries {
      let handled = keys[shelf][place].ledger.handled(id.rawValue, days, clock)
      guard handled.operations > 0 else { continue }
      let others = keys[shelf][place].ledger.owners(days, clock)
        .filter { $0 != id.rawValue && $0 != 0 }
      found.append(
        OwnerHandling(
          name: names.text(of: NameID(rawValue: name)),
          operations: handled.operations,
          records: handled.records,
          bytes: handled.bytes,
          first: handled.first,
          last: handled.last,
          isExact: handled.isExact,
          accounts: keys[shelf][place].accounts.map { names.text(of: NameID(rawValue: $0)) }
            .sorted(),
          otherOwners: others.map { names.text(of: NameID(rawValue: $0)) }.sorted()
        )
      )
    }
    return found.sorted { $0.name < $1.name }
  }

  /// The tickets that were used, in order of the register.
  public func ticketUses() -> [TicketUse] {
    var resolver = resolver
    var names = names
    return matcher.ticketUses.map { use in
      let place = resolver.object(at: use.object, names: &names)
      let owner = resolver.objects[place].owner
      return TicketUse(
        id: use.id,
        account: names.text(of: use.account),
        owner: owner == .none ? "" : names.text(of: owner),
        records: use.records,
        last: use.time
      )
    }
  }
}
