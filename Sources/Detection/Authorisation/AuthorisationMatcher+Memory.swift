internal import Estate
internal import EventModel

/// What was found once and is asked again for every read: readers, their standing, the tickets that may concern them.
extension AuthorisationMatcher {
  mutating func standing(of reader: Int, terms: Int32) -> Standing {
    let key = UInt64(reader) << 32 | UInt64(UInt32(bitPattern: terms))
    if latestStanding.key == key { return latestStanding.standing }
    if let known = standings[key] {
      latestStanding = (key, known)
      return known
    }
    if standings.count >= Self.limit { standings = [:] }
    let standing = directory.standing(
      of: readers.list[reader],
      under: register.terms[Int(terms)]
    )
    standings[key] = standing
    latestStanding = (key, standing)
    return standing
  }

  mutating func reader(of request: Request, names: borrowing NameTable) -> Int {
    let identity = request.identity
    if let known = readers[identity] { return known }
    if readers.list.count >= Self.limit {
      readers = Readers()
      runs = [:]
      standings = [:]
      latestStanding.key = .max
      for slot in concerns.indices { concerns[slot] = 0 }
    }
    let account = names.text(of: request.account)
    var reader = directory.reader(
      account: account,
      person: names.text(of: request.person),
      organisation: names.text(of: request.organisation)
    )
    reader.jobs =
      request.account == .none ? [] : book.jobs(of: account, isOfHands: reader.isOfHands)
    reader.executors = register.executors(of: reader)
    let reach: Readers.Reach =
      !reader.jobs.isEmpty
      ? .jobs : !reader.executors.isEmpty || register.hasAnyExecutor ? .tickets : .nothing
    return readers.add(reader, identity, reach)
  }

  mutating func runs(of reader: Int, owner: Int32) -> [Int32] {
    let key = UInt64(reader) << 32 | UInt64(UInt32(bitPattern: owner))
    if let known = runs[key] { return known }
    if runs.count >= Self.limit { runs = [:] }
    let found = register.runs(owner: owner, executors: readers.list[reader].executors)
    runs[key] = found
    return found
  }

  /// -1: no ticket is about that owner.
  mutating func ownerKey(_ owner: NameID, names: borrowing NameTable) -> Int32 {
    guard owner != .none else { return -1 }
    if let known = ownerKeys.place(of: owner) { return ownerKeys[known] }
    let key = register.ownerKeys[Folded.text(names.text(of: owner))] ?? -1
    _ = ownerKeys.add(key, for: owner)
    return key
  }

  mutating func citedPlaces(_ ticket: NameID, names: borrowing NameTable) -> [Int32] {
    if let known = cited.place(of: ticket) { return cited[known] }
    let places = register.byID[Folded.text(names.text(of: ticket))] ?? []
    _ = cited.add(places, for: ticket)
    return places
  }
}
