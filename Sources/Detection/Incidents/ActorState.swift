internal import EventModel

/// Who an incident is about: a person, or an account (with its terminal when it is shared) while the
/// person is unknown, or a terminal alone.
struct ActorKey: Hashable, Sendable, Comparable {
  enum Kind: UInt8, Sendable {
    case person, account, sharedAccount, terminal, organisation
    /// One account's part of what a terminal read: told with the terminal, unless the account has an
    /// incident of its own.
    case terminalPart
  }
  var kind: Kind
  /// Of a part: the terminal.
  var name: UInt32
  /// Of a part: the account.
  var terminal: UInt32 = 0

  static func < (left: Self, right: Self) -> Bool {
    (left.kind.rawValue, left.name, left.terminal)
      < (right.kind.rawValue, right.name, right.terminal)
  }
}

/// All that one actor has handled in bulk, whether or not a finding came of it: the first takings
/// are in the incident that the tenth one raises.
struct ActorState: Sendable {
  static let nameLimit = 256

  /// Leaves open whether any of it is this actor's.
  mutating func lowerToNothing() {
    part.lowerToNothing()
    authorisation.none.low = 0
    authorisation.none.quality = max(authorisation.none.quality, .estimated)
    for (owner, _) in owners.entries {
      owners.update(owner) {
        $0.part.lowerToNothing()
        $0.largest.low = 0
      }
    }
  }

  /// Whether it holds anything that was read.
  var holdsReads: Bool { records.high > 0 || !owners.isEmpty }

  var records: Volume { part.records }

  // What every bulk read changes lies together.
  var authorisation = Incident.AuthorisationCount()
  var part = TakenPart()
  var owners = OwnerTotals()
  /// Who was noted last: nearly always the same again; not saved.
  private var latest = (
    account: NameID.none, person: NameID.none, terminal: NameID.none, organisation: NameID.none
  )
  /// When a finding was hit, whatever it took in.
  var firstHit = Int64.max
  var lastHit = Int64.min
  var episodes: Int64 = 0
  var lastDay = Int32.min

  var accounts: [UInt32] = []
  var persons: [UInt32] = []
  var terminals: [UInt32] = []
  var organisations: [UInt32] = []
  /// Of each owner what was read in bulk before a ticket was there that covers it and that the read does not name.
  private(set) var lateParts: [LatePart] = []
  /// Small reads beyond a ticket that are in no incident yet.
  var loose = Volume.none
  /// Small reads that joined, but for those that joined with what led to a finding and were not of it.
  var joined = JoinedReads()
  var findings: [Int] = []

  mutating func note(_ handling: borrowing Handling) {
    Self.note(handling.account, &latest.account, in: &accounts)
    Self.note(handling.person, &latest.person, in: &persons)
    Self.note(handling.terminal, &latest.terminal, in: &terminals)
    Self.note(handling.organisation, &latest.organisation, in: &organisations)
    firstHit = min(firstHit, handling.row.time)
    lastHit = max(lastHit, handling.row.time)
  }

  @inline(__always)
  private static func note(_ name: NameID, _ latest: inout NameID, in names: inout [UInt32]) {
    guard name != latest else { return }
    latest = name
    insert(name, into: &names)
  }

  /// Names the accounts behind a person or terminal.
  mutating func note(accounts names: [UInt32]) {
    for name in names { Self.insert(NameID(rawValue: name), into: &accounts) }
  }

  static func insert(_ name: NameID, into names: inout [UInt32]) {
    guard name != .none, names.count < nameLimit, !names.contains(name.rawValue) else { return }
    names.append(name.rawValue)
  }

  /// Of one owner, 16 bytes.
  struct LatePart: Sendable, Equatable, BitwiseCopyable {
    var owner: UInt32
    var records: Int64
  }

  mutating func addLate(_ part: LatePart) {
    let place = lateParts.firstIndex { $0.owner >= part.owner } ?? lateParts.count
    if place < lateParts.count, lateParts[place].owner == part.owner {
      let sum = lateParts[place].records.addingReportingOverflow(part.records)
      lateParts[place].records = sum.overflow ? .max : sum.partialValue
    } else {
      lateParts.insert(part, at: place)
    }
  }

  /// What may be a taking beside those of an owner: none of it, or all.
  func late(of owner: UInt32) -> Int64 {
    guard let part = lateParts.first(where: { $0.owner == owner }),
      owners[owner]?.part.hasTakings ?? false
    else { return 0 }
    return part.records
  }

  /// The same of all owners.
  var late: Int64 {
    lateParts.reduce(0) {
      let sum = $0.addingReportingOverflow(late(of: $1.owner))
      return sum.overflow ? .max : sum.partialValue
    }
  }

  /// Asks memory for what every bulk read changes.
  @inline(__always)
  static func prefetch(_ state: UnsafePointer<ActorState>) {
    let start = UnsafeRawPointer(state)
    for line in 0..<5 { prefetchLine(start + line &* 64) }
  }

  /// Asks for the owners; the state itself is at hand.
  @inline(__always)
  static func prefetchOwners(_ state: UnsafePointer<ActorState>) {
    let start = UnsafeRawPointer(state)
    OwnerTotals.prefetch(at: start + (MemoryLayout<ActorState>.offset(of: \.owners) ?? 0))
  }

  func write(to writer: inout StateWriter) {
    for names in [accounts, persons, terminals, organisations] {
      writer.write(UInt64(names.count))
      for name in names { writer.write(UInt64(name)) }
    }
    part.write(to: &writer)
    writer.write(UInt64(owners.count))
    for (owner, total) in owners.entries {
      writer.write(UInt64(owner))
      total.part.write(to: &writer)
      total.joined.write(to: &writer)
      total.largest.write(to: &writer)
      total.subjects.write(to: &writer)
      writer.write(total.size)
    }
    for volume in [
      authorisation.within, authorisation.exceeded, authorisation.late, authorisation.none, loose,
    ] { volume.write(to: &writer) }
    for number in [firstHit, lastHit, episodes, Int64(lastDay)] { writer.write(number) }
    writer.write(UInt64(findings.count))
    for finding in findings { writer.write(finding) }
    joined.write(to: &writer)
    writer.write(UInt64(lateParts.count))
    for part in lateParts {
      writer.write(UInt64(part.owner))
      writer.write(part.records)
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    var lists: [[UInt32]] = []
    for _ in 0..<4 {
      var names: [UInt32] = []
      for _ in 0..<(try reader.count()) {
        names.append(UInt32(truncatingIfNeeded: try reader.unsigned()))
      }
      lists.append(names)
    }
    (accounts, persons, terminals, organisations) = (lists[0], lists[1], lists[2], lists[3])
    part = try TakenPart(from: &reader)
    for _ in 0..<(try reader.count()) {
      let owner = try reader.owner()
      var total = OwnerTotal()
      total.part = try TakenPart(from: &reader)
      total.joined = try Self.joined(from: &reader, total.part)
      total.largest = try Volume(from: &reader)
      total.subjects = try DistinctSubjects(from: &reader)
      total.size = try reader.signed()
      if owners[owner] == nil {
        owners.update(owner) { $0 = total }
      } else {
        owners.update(owner) { $0.merge(total) }
      }
    }
    authorisation.within = try Volume(from: &reader)
    authorisation.exceeded = try Volume(from: &reader)
    authorisation.late = try Volume(from: &reader)
    authorisation.none = try Volume(from: &reader)
    loose = try Volume(from: &reader)
    firstHit = try reader.signed()
    lastHit = try reader.signed()
    episodes = try reader.signed()
    lastDay = Int32(truncatingIfNeeded: try reader.signed())
    for _ in 0..<(try reader.count()) { findings.append(try reader.int()) }
    if reader.version >= 9 {
      joined = try JoinedReads(from: &reader)
    } else {
      var (low, high) = (part.routine.low, part.routine.high)
      if reader.version >= 7 {
        // Those beside what was found; then what limits of small reads took in.
        high = max(low, high &- (try reader.signed()))
        for _ in 0..<(try reader.count()) {
          _ = try reader.signed()
          let paged = try reader.signed()
          (low, high) = (low &+ paged, high &+ paged)
        }
      }
      joined = JoinedReads(low: low, high: high, last: part.last)
    }
    guard reader.version >= 8 else { return }
    for _ in 0..<(try reader.count()) {
      let owner = try reader.owner()
      addLate(LatePart(owner: owner, records: try reader.signed()))
    }
  }

  /// Until version 8 how many of an owner's small reads counted as taken stood there; days of them are not known.
  private static func joined(
    from reader: inout StateReader,
    _ part: TakenPart
  ) throws(StateError) -> JoinedReads {
    guard reader.version < 9 else { return try JoinedReads(from: &reader) }
    var small = part.routine
    small.add(try Volume(from: &reader))
    return JoinedReads(low: small.low, high: small.high, last: part.last)
  }
}
