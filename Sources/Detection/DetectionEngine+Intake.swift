public import EventModel

/// From the caller's rows to reads that are handled one by one.
extension DetectionEngine {
  /// Rows that are asked of memory at once: one after the other, each would wait for memory by
  /// itself.
  private static let stretch = 16
  private static let readyRows = 128

  /// Takes rows in order of (time, digest).
  ///
  /// `table` holds their names; its ids only grow.
  public mutating func apply(_ rows: [EventRow], names table: NameTable) {
    rows.withUnsafeBufferPointer { rows in
      approach(rows, isOwn: false) { engine, row in engine.take(row, from: table) }
    }
    handleReady()
  }

  /// Hands on rows one by one, in order, with their states on the way from memory: what a state
  /// points to can be asked for only once the state itself is there.
  @inline(__always)
  private mutating func approach(
    _ rows: UnsafeBufferPointer<EventRow>,
    isOwn: Bool,
    _ body: (inout Self, borrowing EventRow) -> Void
  ) {
    func stretch(_ number: Int) -> Range<Int> {
      let start = min(rows.count, number &* Self.stretch)
      return start..<min(rows.count, start &+ Self.stretch)
    }
    askForStates(rows, stretch(0), isOwn)
    askForStates(rows, stretch(1), isOwn)
    askForRings(rows, stretch(0), isOwn)
    var number = 0
    while number &* Self.stretch < rows.count {
      askForStates(rows, stretch(number &+ 2), isOwn)
      askForRings(rows, stretch(number &+ 1), isOwn)
      for index in stretch(number) { body(&self, rows[index]) }
      number &+= 1
    }
  }

  /// A row that is whole as it stands is handled from where it lies; one of several lines waits for
  /// the others.
  @inline(__always)
  private mutating func take(_ row: borrowing EventRow, from table: borrowing NameTable) {
    let (returnsRecords, isWhole) = (row.operation.returnsRecords, row.statement == 0)
    if isWhole, assembly.isEmpty {
      guard returnsRecords else { return }
      if row.flags.contains(.catalogue) { return }
      if !ready.isEmpty { handleReady() }
      var handling = Handling(row: row)
      translate(&handling.row, from: table)
      handle(&handling)
    } else if returnsRecords || !isWhole {
      join(copy row, from: table)
    }
  }

  @inline(never)
  private mutating func join(_ row: consuming EventRow, from table: borrowing NameTable) {
    translate(&row, from: table)
    let time = row.time
    assembly.add(row, names: &names)
    while let row = assembly.next(before: time &- StatementAssembly.hold) { ready.append(row) }
    if ready.count >= Self.readyRows { handleReady() }
  }

  private mutating func handleReady() {
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
    let hasTerminals = needs.contains(.otherKeys)
    for index in range {
      let account = isOwn ? rows[index].account : NameID(rawValue: ownID(rows[index].account))
      resolver.prefetch(account: account)
      askForState(.account, account)
      let terminal = isOwn ? rows[index].terminal : NameID(rawValue: ownID(rows[index].terminal))
      if hasTerminals, terminal != .none {
        resolver.prefetch(terminal: terminal)
        askForState(.terminal, terminal)
      }
    }
  }

  @inline(__always)
  private func askForState(_ kind: KeyKind, _ name: NameID) {
    let shelf = Int(kind.rawValue)
    guard let place = keyPlaces[shelf][name.rawValue] else { return }
    keys[shelf].withUnsafeBufferPointer { states in
      if let first = states.baseAddress { KeyState.prefetchCounters(first + place) }
    }
  }

  @inline(__always)
  private func askForRings(
    _ rows: UnsafeBufferPointer<EventRow>,
    _ range: Range<Int>,
    _ isOwn: Bool
  ) {
    let hasTerminals = needs.contains(.otherKeys)
    for index in range {
      askForRing(.account, isOwn ? rows[index].account.rawValue : ownID(rows[index].account))
      if hasTerminals {
        askForRing(.terminal, isOwn ? rows[index].terminal.rawValue : ownID(rows[index].terminal))
      }
    }
  }

  @inline(__always)
  private func askForRing(_ kind: KeyKind, _ name: UInt32) {
    let shelf = Int(kind.rawValue)
    guard let place = keyPlaces[shelf][name] else { return }
    keys[shelf].withUnsafeBufferPointer { states in states[place].windows.prefetchRing() }
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
