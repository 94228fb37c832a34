internal import Detection
public import EventModel
internal import Storage

extension CaseStudy {
  /// Every owner that the store knows, declared or not, by the names of today: of incidents, those that do not stand
  /// any more among them, and of what was ever handled.
  ///
  /// Cost: one column of all days of the ledger is read.
  func knownOwners() throws -> Set<String> {
    var names: Set<String> = []
    for incident in try store.incidents().compactMap(store.incident(in:)) {
      names.formUnion(incident.ownerNames)
    }
    var ids: Set<Int64> = []
    try store.ledgerColumns(Int(Int32.min)...Int(Int32.max), columns: 1..<2) { _, columns in
      if columns.count > 1 { ids.formUnion(columns[1]) }
    }
    let known = try store.ledgerOwners()
    for id in ids {
      if let name = known[id], !name.isEmpty { names.insert(String(decoding: name, as: UTF8.self)) }
    }
    if let lines = try engine.extract()?.lines {
      names.formUnion(lines.map { String(decoding: $0.owner, as: UTF8.self) })
    }
    return names.subtracting([""])
  }

  /// Terminals on which an owner's records were read within the days of its takings; `nil`: nothing tells.
  ///
  /// Asked only where several terminals and owners are concerned: the engine's state is restored for it.
  public func terminals(of owner: String, in incident: Incident) throws -> Set<String>? {
    guard incident.terminals.count > 1, incident.owners.count > 1,
      let item = incident.owners.first(where: { $0.owner == owner }),
      let engine = try restoredEngine()
    else { return nil }
    let (first, last) = (Int32(clamping: day(item.first)), Int32(clamping: day(item.last)))
    return Set(engine.handlers(.terminal, of: owner, on: first...max(first, last)).map(\.name))
  }
}
