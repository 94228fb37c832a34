internal import EventModel

/// One statement that two sources tell of: the audit of the server and the wire, or two logs of the server.
///
/// Two rows of different sources are one statement when account, terminal and tables are the same (or one names a list or
/// an address in place of tables, and both count as many of one owner), within five
/// seconds, and what they say of the records can both be true. One row is booked, with the better
/// count. Rows that cannot both be true are one statement as well when neither has another that it could be: between the
/// two numbers lies what was read, and where they are far apart, `source-contradiction` tells of it.
extension DetectionEngine {
  /// Two counts this far apart are more than a difference of where they were taken.
  static let leastApart: Int64 = 1_000

  /// Whether a row that gathers the lines of a statement is looked at: what reads single records is not.
  @inline(__always)
  func mayBeToldOnTheWire(_ row: EventRow) -> Bool {
    guard row.operation.returnsRecords, row.object != .none, row.account != .none,
      row.flags.isDisjoint(with: [.catalogue, .fetch])
    else { return false }
    if row.quality == .unknown { return row.operation == .export || row.flags.contains(.whole) }
    return row.recordsHigh >= Act.leastRecords
  }

  func isOneStatement(_ one: Act, _ other: Act) -> Bool {
    guard one.source != other.source, one.account != .none, one.account == other.account,
      !(one.isStatement && other.isStatement), isOneHand(one, other)
    else { return false }
    // Two whole rows of an application that state no number have nothing in common but their time.
    guard one.isStatement || other.isStatement || one.isCounted && other.isCounted else {
      return false
    }
    return areSameTables(one.object, other.object) || isListOfTable(one, other)
  }

  /// Whether an application tells by a list or an address what the server tells by its tables: as many records of the same
  /// owner, to the one.
  private func isListOfTable(_ one: Act, _ other: Act) -> Bool {
    guard one.isStatement != other.isStatement, one.isCounted, other.isCounted,
      one.records == other.records, one.records >= Act.leastRecords,
      one.owner != .none, one.owner == other.owner
    else { return false }
    let told = one.isStatement ? other.object : one.object
    return told == .none
      || names.bytes(of: told).contains {
        // No name of a table has a slash, a blank or a character beyond ASCII.
        $0 == 0x2F || $0 == 0x5C || $0 == 0x20 || $0 >= 0x80
      }
  }

  /// Whether what two rows of one statement say can both be true.
  func agree(_ one: Act, _ other: Act, _ bytesPerRecord: ClosedRange<Int64>?) -> Bool {
    let (counted, sized) = one.isCounted ? (one, other) : (other, one)
    let isSized = sized.most == Volume.unbounded && sized.records == 0 && sized.bytes >= 0
    if counted.isCounted, isSized { return counted.fits(sized, bytesPerRecord) }
    return one.records <= other.most && other.records <= one.most
  }

  /// A log of a server names the schema, a text need not.
  private func areSameTables(_ one: NameID, _ other: NameID) -> Bool {
    guard one != .none, other != .none else { return false }
    if one == other { return true }
    func tables(_ id: NameID) -> [ArraySlice<UInt8>] {
      names.bytes(of: id).split(separator: EventRow.objectSeparator).map { table in
        table.lastIndex(of: 0x2E).map { table[($0 + 1)...] } ?? table
      }.sorted { $0.lexicographicallyPrecedes($1) }
    }
    let isQualified = [one, other].map { names.bytes(of: $0).contains(0x2E) }
    // Two schemas with a table of the same name are two tables.
    guard isQualified != [true, true] || names.bytes(of: one).contains(EventRow.objectSeparator)
    else { return false }
    return tables(one) == tables(other)
  }

  /// Books one of two rows: that of the audit, else the one told first.
  mutating func keepOne(_ one: Act, _ other: Act) {
    let isFirst = one.isStatement || !other.isStatement && one.place < other.place
    let (kept, left) = isFirst ? (one.place, other.place) : (other.place, one.place)
    let volume = assembly.pending[left].volume
    if volume.quality < assembly.pending[kept].quality { assembly.setVolume(volume, at: kept) }
    assembly.silence(left, for: kept)
    guard watchesHosts, one.isStatement != other.isStatement else { return }
    let (audit, wire) = one.isStatement ? (one, other) : (other, one)
    twins.noteClocks(wire.source, audit.source)
  }

  /// Judges what no other row can be joined with any more.
  @inline(__always)
  mutating func settleActs(until time: Int64) {
    if let first = assembly.acts.first, first.time < time &- Act.span { settleOldActs(until: time) }
  }

  @inline(never)
  private mutating func settleOldActs(until time: Int64) {
    for index in assembly.acts.indices {
      let act = assembly.acts[index]
      guard act.time < time &- Act.span else { break }
      if !act.isJoined { noteLone(act) }
      guard !act.isJoined, act.records >= Act.leastRecords else { continue }
      let others = assembly.acts.indices.filter { contradicts(assembly.acts[$0], act) }
      if others.isEmpty, !act.hasBytes { noteUnaudited(act) }
      guard others.count == 1, let place = others.first,
        assembly.acts.indices.allSatisfy({
          $0 == index || !contradicts(assembly.acts[$0], assembly.acts[place])
        })
      else { continue }
      let other = assembly.acts[place]
      (assembly.acts[index].isJoined, assembly.acts[place].isJoined) = (true, true)
      settle(act, other)
    }
    assembly.acts.removeAll { $0.time < time &- Act.span }
  }

  private func contradicts(_ one: Act, _ other: Act) -> Bool {
    one.place != other.place && !one.isJoined && one.records >= Act.leastRecords
      && isOneStatement(one, other)
  }

  private mutating func settle(_ one: Act, _ other: Act) {
    let (less, more) = one.records < other.records ? (one, other) : (other, one)
    let isFirst = one.isStatement || !other.isStatement && one.place < other.place
    let (kept, left) = isFirst ? (one.place, other.place) : (other.place, one.place)
    let rows = [assembly.pending[less.place], assembly.pending[more.place]]
    let quality: VolumeQuality = more.most == Volume.unbounded ? .atLeast : .estimated
    assembly.setVolume(Volume(low: less.records, high: more.most, quality: quality), at: kept)
    assembly.silence(left, for: kept)
    // What is silent is no act any more, whoever looks at it.
    assembly.setVolume(.none, at: left)
    guard more.records &- less.most >= max(Self.leastApart, more.records / 10) else { return }
    tell(SourceContradiction.hit(less: rows[0], more: rows[1]), of: more)
  }

  private mutating func tell(_ hit: HostHit, of act: Act) {
    guard
      let detector = hostDetectorPlaces.firstIndex(where: {
        DetectorRegistry.all[$0] == SourceContradiction.self
      })
    else { return }
    if !ready.isEmpty { handleReady() }
    tell(hit, detector, terminal: act.terminal)
  }

  /// Tells of much that the wire alone has, though the audit tells of the same tables, account and terminal: of a statement
  /// with fewer than ten records within these seconds that no such one on the wire answers to, or of others that were
  /// joined with theirs.
  ///
  /// A statement of ten records or more that was joined with nothing may be this one by another clock: then none
  /// is told; nor where the wire has as many small ones as the audit within the minute, if nothing has shown that their clocks
  /// agree. Else it is told as unsure there. Rows of statements wait for `StatementAssembly.hold`, so that they are still there.
  private mutating func noteUnaudited(_ wire: Act) {
    guard !wire.isStatement, wire.isCounted, wire.records >= Self.leastApart, wire.bytes >= 0,
      assembly.pending[wire.place].flags.isDisjoint(with: [.fetch, .catalogue])
    else { return }
    var edited: [Int] = []
    var answered = 0
    // Small ones of the whole minute, whatever the clocks say.
    var small = (audit: 0, wire: 0)
    var neighbour: Int?
    for place in assembly.head..<assembly.pending.count where place != wire.place {
      let row = assembly.pending[place]
      let isSmall = row.quality == .exact && row.recordsHigh < Act.leastRecords
      guard row.operation.returnsRecords, row.account == wire.account, row.object != .none,
        row.flags.isDisjoint(with: [.fetch, .catalogue])
      else { continue }
      let isNear = abs(row.time &- wire.time) <= Act.span
      let other = act(at: place)
      guard other.terminal == wire.terminal, areSameTables(other.object, wire.object) else {
        continue
      }
      if row.statement == 0 {
        guard row.source == wire.source, isSmall else { continue }
        small.wire += 1
        if isNear { answered += 1 }
        continue
      }
      guard row.source != wire.source else { continue }
      if row.bytes >= 0 {
        neighbour = place
      } else if !isSmall {
        return
      } else {
        small.audit += 1
        if isNear { edited.append(place) }
      }
    }
    let more = assembly.pending[wire.place]
    if edited.count > answered, let place = edited.last {
      let less = assembly.pending[place]
      let isSure = twins.haveOneClock(wire.source, less.source)
      guard isSure || small.audit > small.wire else { return }
      tell(SourceContradiction.hit(less: less, more: more, isSure: isSure), of: wire)
    } else if let neighbour {
      let hit = SourceContradiction.hit(unaudited: more, beside: assembly.pending[neighbour])
      tell(hit, of: wire)
    }
  }
}
