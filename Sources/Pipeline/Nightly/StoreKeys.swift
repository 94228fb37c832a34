public import Estate
public import EventModel
public import Storage

extension Store {
  /// Takes the names that owners have now: what was noted under an alias, or in other capitals, is theirs.
  public func name(ownersBy estate: DeclaredEstate) {
    let lookup = EstateLookup(estate)
    let names = estate.owners.map(\.name)
    presentOwner = { name in lookup.owner(named: name).map { names[$0] } ?? name }
  }

  /// An incident as it was kept, its owners called as they are now; `nil`: the line is none.
  public func incident(in stored: StoredIncident) -> Incident? {
    let incident = IncidentReader.incident(in: stored.body)
    guard let presentOwner else { return incident }
    return incident?.naming(owners: presentOwner)
  }

  /// Takes the keys of an estate.
  public func unlock(_ estate: DeclaredEstate) throws(StoreError) {
    try unlock(
      estate.storeKey.map { StoreKey($0) },
      subjects: estate.subjectKey.map { StoreKey($0) }
    )
  }
}

/// A change of the key under which the store is kept.
public enum KeyRotation {
  /// Keeps the store under another key; the chain of keys tells it.
  ///
  /// - Returns: the number of the new key, from 1.
  public static func rotate(
    _ store: Store,
    to key: [UInt8],
    program: String,
    author: String,
    time: String
  ) throws(StoreError) -> Int {
    store.clerk = store.clerk ?? Clerk(program: program, author: author) { time }
    let new = StoreKey(key)
    let number = try store.chain(of: Store.keySource).count + 1
    let link = ChainLink(
      after: try store.head(of: Store.keySource),
      night: try store.lastNight()?.id ?? 0,
      source: Store.keySource,
      time: time,
      program: program,
      lines: ["key \(number) \(new.check)", "author \(NightKeeper.quoted(author))"]
    )
    try store.rekey(to: new, link)
    return number
  }
}
