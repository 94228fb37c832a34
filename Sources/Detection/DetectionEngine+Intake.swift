public import EventModel

/// From the caller's rows to reads that are handled one by one.
extension DetectionEngine {
  /// Rows that are asked of memory at once: one after the other, each would wait for memory by
  /// itself.
  private static let stretch = 8
  private static let readyRows = 256

  /// Takes rows in order of (time, digest).
  ///
  /// `table` holds their names; its ids only grow.
  public mutating func apply(_ rows: [EventRow], names table: NameTable) {
    notedPlaces.removeAll(keepingCapacity: true)
    rows.withUnsafeBufferPointer { rows in
      // Rows of statements wait first: nothing of theirs is needed yet.
      guard rows.first?.statement == 0 else {
        for row in rows { take(row, from: table) }
        return
      }
      approach(rows, isOwn: false) { engine, row in engine.take(row, from: table) }
    }
    handleReady()
  }

  /// Forgets which names of the caller's table are which of its own: the next rows come with another table.
  public mutating func forgetTable() { translation = [] }

  /// Whether a row can change anything in an engine: what it lets go by need not be kept for it.
  public static func looksAt(_ row: EventRow) -> Bool {
    row.operation.returnsRecords || row.statement != 0 || row.operation.tellsOfHost || row.isCopy
  }

  /// Hands on rows one by one, in order, with their states on the way from memory.
  ///
  /// What a state points to can be asked for only once the state itself is there, and what that
  /// points to a step later: three steps, each a stretch ahead of the next.
  @inline(__always)
  private mutating func approach(
    _ rows: UnsafeBufferPointer<EventRow>,
    isOwn: Bool,
    _ body: (inout Self, borrowing EventRow) -> Void
  ) {
    func stretch(_ number: Int) -> Range<Int> {
      let start = min(rows.count, max(0, number) &* Self.stretch)
      return start..<min(rows.count, start &+ Self.stretch)
    }
    var number = -4
    while number &* Self.stretch < rows.count {
      askForStates(rows, stretch(number &+ 4), isOwn)
      if number >= -2 { askForCounters(rows, stretch(number &+ 2), isOwn) }
      if number >= -2 { askForActors(rows, stretch(number &+ 2), isOwn, .slot) }
      if number >= -1 { askForActors(rows, stretch(number &+ 1), isOwn, .state) }
      if number >= 0 { askForActors(rows, stretch(number), isOwn, .owners) }
      if number >= -2, needs.contains(.sequences) {
        askForSequences(rows, stretch(number &+ 2), isOwn)
      }
      // Out of line, so that nothing of the ledger is touched where nobody asks for it.
      if number >= -2, needs.contains(.ledger) {
        askForLedgers(rows, stretch(number &+ 2), isOwn)
        if number >= -1 { askForOwners(rows, stretch(number &+ 1), isOwn) }
      }
      if number >= 0 {
        for index in stretch(number) { body(&self, rows[index]) }
      }
      number &+= 1
    }
  }

  /// A row that is whole as it stands is handled from where it lies; one of several lines waits for
  /// the others.
  @inline(__always)
  private mutating func take(_ row: borrowing EventRow, from table: borrowing NameTable) {
    let operation = row.operation
    let (returnsRecords, isWhole) = (operation.returnsRecords, row.statement == 0)
    if Int32(row.source) != latestSource {
      hasSeveralSources = hasSeveralSources || latestSource >= 0
      latestSource = Int32(row.source)
    }
    if earlyRows < Act.patience { earlyRows &+= 1 }
    let (quality, records, bytes) = (row.quality, row.recordsLow, row.bytes)
    let isOther = row.isCopy || operation.tellsOfHost && heedsOthers
    let waits = returnsRecords && mayBeToldTwice(isWhole, quality, records: records, bytes: bytes)
    if isWhole, assembly.isEmpty, !waits {
      guard returnsRecords else {
        if isOther { takeOther(copy row, from: table) }
        return
      }
      if row.flags.contains(.catalogue) { return }
      if !ready.isEmpty { handleReady() }
      var handling = Handling(row: row)
      translate(&handling.row, from: table)
      handle(&handling)
    } else if returnsRecords || !isWhole || isOther {
      join(copy row, from: table)
    }
  }

  @inline(never)
  private mutating func takeOther(_ row: consuming EventRow, from table: borrowing NameTable) {
    if !ready.isEmpty { handleReady() }
    translate(&row, from: table)
    handle(row)
  }

  @inline(never)
  private mutating func join(_ row: consuming EventRow, from table: borrowing NameTable) {
    translate(&row, from: table)
    let time = row.time
    settleActs(until: time)
    let place = assembly.add(row, names: &names)
    if row.operation.returnsRecords { joinAct(at: place) }
    while let row = assembly.next(at: time) { ready.append(row) }
    if ready.count >= Self.readyRows { handleReady() }
  }

  mutating func handleReady() {
    guard !ready.isEmpty else { return }
    var rows: [EventRow] = []
    swap(&rows, &ready)
    rows.withUnsafeBufferPointer { rows in
      approach(rows, isOwn: true) { engine, row in engine.handle(row) }
    }
    rows.removeAll(keepingCapacity: true)
    swap(&rows, &ready)
  }

  // MARK: Memory

  @inline(__always)
  private func askForStates(
    _ rows: UnsafeBufferPointer<EventRow>,
    _ range: Range<Int>,
    _ isOwn: Bool
  ) {
    for index in range {
      let account = isOwn ? rows[index].account.rawValue : ownID(rows[index].account)
      resolver.prefetch(account: NameID(rawValue: account))
      let isBulk = mayBeBulk(rows[index])
      withState(.account, account) { KeyState.prefetch($0, needs, isBulk: isBulk) }
      guard needs.contains(.otherKeys), rows[index].terminal != .none else { continue }
      let terminal = isOwn ? rows[index].terminal.rawValue : ownID(rows[index].terminal)
      resolver.prefetch(terminal: NameID(rawValue: terminal))
      withState(.terminal, terminal) { KeyState.prefetch($0, needs, isBulk: isBulk) }
    }
  }

  @inline(__always)
  private func askForCounters(
    _ rows: UnsafeBufferPointer<EventRow>,
    _ range: Range<Int>,
    _ isOwn: Bool
  ) {
    for index in range {
      let account = isOwn ? rows[index].account.rawValue : ownID(rows[index].account)
      let isBulk = mayBeBulk(rows[index])
      withState(.account, account) { KeyState.prefetchRing($0, isBulk: isBulk) }
      guard needs.contains(.otherKeys), rows[index].terminal != .none else { continue }
      let terminal = isOwn ? rows[index].terminal.rawValue : ownID(rows[index].terminal)
      withState(.terminal, terminal) { KeyState.prefetchRing($0, isBulk: isBulk) }
    }
  }

  @inline(never)
  private func askForSequences(
    _ rows: UnsafeBufferPointer<EventRow>,
    _ range: Range<Int>,
    _ isOwn: Bool
  ) {
    for index in range {
      let account = isOwn ? rows[index].account.rawValue : ownID(rows[index].account)
      withState(.account, account) { KeyState.prefetchSequence($0) }
    }
  }

  @inline(never)
  private mutating func askForLedgers(
    _ rows: UnsafeBufferPointer<EventRow>,
    _ range: Range<Int>,
    _ isOwn: Bool
  ) {
    for index in range {
      let owner = owner(of: rows[index], isOwn)
      let account = isOwn ? rows[index].account.rawValue : ownID(rows[index].account)
      withState(.account, account) { KeyState.prefetchLedger($0, owner: owner) }
      guard needs.contains(.otherKeys), rows[index].terminal != .none else { continue }
      let terminal = isOwn ? rows[index].terminal.rawValue : ownID(rows[index].terminal)
      withState(.terminal, terminal) { KeyState.prefetchLedger($0, owner: owner) }
    }
  }

  @inline(never)
  private mutating func askForOwners(
    _ rows: UnsafeBufferPointer<EventRow>,
    _ range: Range<Int>,
    _ isOwn: Bool
  ) {
    for index in range {
      let owner = owner(of: rows[index], isOwn)
      let account = isOwn ? rows[index].account.rawValue : ownID(rows[index].account)
      withState(.account, account) { KeyState.prefetchOwner($0, owner) }
      guard needs.contains(.otherKeys), rows[index].terminal != .none else { continue }
      let terminal = isOwn ? rows[index].terminal.rawValue : ownID(rows[index].terminal)
      withState(.terminal, terminal) { KeyState.prefetchOwner($0, owner) }
    }
  }

  /// Asks for those whom a bulk read will most likely be booked for.
  @inline(__always)
  private func askForActors(
    _ rows: UnsafeBufferPointer<EventRow>,
    _ range: Range<Int>,
    _ isOwn: Bool,
    _ step: ActorBook.Step
  ) {
    for index in range where mayBeBulk(rows[index]) {
      let account = isOwn ? rows[index].account.rawValue : ownID(rows[index].account)
      guard account != 0 else { continue }
      let person = resolver.likelyPerson(of: account)
      actors.prefetch(
        person == .none
          ? ActorKey(kind: .account, name: account)
          : ActorKey(kind: .person, name: person.rawValue),
        step
      )
      guard needs.contains(.otherKeys), rows[index].terminal != .none else { continue }
      let terminal = isOwn ? rows[index].terminal.rawValue : ownID(rows[index].terminal)
      actors.prefetch(ActorKey(kind: .terminalPart, name: terminal, terminal: account), step)
    }
  }

  /// Whether a row will most likely be a bulk read: a guess, nothing depends on it.
  @inline(__always)
  private func mayBeBulk(_ row: borrowing EventRow) -> Bool {
    let (isExport, isLarge) = (row.operation == .export, row.recordsLow >= bulkFloor)
    return isExport || isLarge
  }

  /// The owner that a row will most likely be counted for: a guess, nothing depends on it.
  @inline(__always)
  private func owner(of row: borrowing EventRow, _ isOwn: Bool) -> UInt32 {
    if row.owner != .none { return isOwn ? row.owner.rawValue : ownID(row.owner) }
    let object = isOwn ? row.object : NameID(rawValue: ownID(row.object))
    return resolver.objects.place(of: object).map { resolver.objects[$0].owner.rawValue } ?? 0
  }

  @inline(__always)
  private func withState(
    _ kind: KeyKind,
    _ name: UInt32,
    _ body: (UnsafePointer<KeyState>) -> Void
  ) {
    let shelf = Int(kind.rawValue)
    guard let place = keyPlaces[shelf][name] else { return }
    keys[shelf].withUnsafeBufferPointer { states in
      if let first = states.baseAddress { body(first + place) }
    }
  }

  // MARK: Names

  @inline(__always)
  private func ownID(_ id: NameID) -> UInt32 {
    let place = Int(id.rawValue)
    return place < translation.count ? translation[place] : 0
  }

  /// Puts a row into our own names.
  @inline(__always)
  private mutating func translate(_ row: inout EventRow, from table: borrowing NameTable) {
    translate(&row.account, from: table)
    translate(&row.terminal, from: table)
    translate(&row.program, from: table)
    translate(&row.object, from: table)
    translate(&row.owner, from: table)
    translate(&row.ticket, from: table)
    translate(&row.destination, from: table)
  }

  @inline(__always)
  private mutating func translate(_ id: inout NameID, from table: borrowing NameTable) {
    if id == .none { return }
    let known = ownID(id)
    id = known != 0 ? NameID(rawValue: known) : learn(id, from: table)
  }

  @inline(never)
  private mutating func learn(_ id: NameID, from table: borrowing NameTable) -> NameID {
    let place = Int(id.rawValue)
    while translation.count <= place { translation.append(0) }
    let own = table.withBytes(of: id) { names.intern($0) }
    translation[place] = own.rawValue
    return own
  }
}
