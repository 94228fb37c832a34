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
  struct OwnerTotal: Sendable {
    var records = Volume.none
    var largest = Volume.none
    /// The part of `records` that small reads made.
    var routine = Volume.none
    var subjects = DistinctSubjects()
    var size: Int64 = -1
    var first: Int64
    var last: Int64

    mutating func merge(_ other: Self) {
      records.add(other.records)
      largest.low = max(largest.low, other.largest.low)
      largest.high = max(largest.high, other.largest.high)
      routine.add(other.routine)
      subjects.merge(other.subjects)
      size = max(size, other.size)
      first = min(first, other.first)
      last = max(last, other.last)
    }

    mutating func add(_ volume: Volume, size: Int64?, subject: UInt64, time: Int64) {
      records.add(volume)
      if volume.low > largest.low { largest.low = volume.low }
      if volume.high > largest.high { largest.high = volume.high }
      if let size { self.size = size }
      subjects.add(subject)
      first = min(first, time)
      last = max(last, time)
    }
  }

  static let nameLimit = 256

  /// Leaves open whether any of it is this actor's.
  mutating func lowerToNothing() {
    records.low = 0
    authorisation.none.low = 0
    authorisation.none.quality = max(authorisation.none.quality, .estimated)
    records.quality = max(records.quality, .estimated)
    for (owner, total) in owners.entries {
      owners.update(owner, startingAt: total.first) {
        $0.records.low = 0
        $0.records.quality = .estimated
        $0.largest.low = 0
      }
    }
  }

  /// Whether it holds anything that was read.
  var holdsReads: Bool { records.high > 0 || !owners.isEmpty }

  var accounts: [UInt32] = []
  var persons: [UInt32] = []
  var terminals: [UInt32] = []
  var organisations: [UInt32] = []
  var records = Volume.none
  var owners = OwnerTotals()
  var authorisation = Incident.AuthorisationCount()
  var first = Int64.max
  var last = Int64.min
  var episodes: Int64 = 0
  var lastDay = Int32.min
  var findings: [Int] = []

  /// Books a bulk read by its instruction and, if part of it is unexplained, takes it in.
  mutating func book(
    _ handling: borrowing Handling,
    explained: Volume,
    rest: Volume,
    others: [NameID],
    accrues: Bool
  ) {
    authorisation.count(handling.match, explained, rest)
    if accrues { accrue(handling, others: others) }
  }

  /// Takes a read into the incident whether an instruction covers it or not.
  mutating func accrueWhole(_ handling: borrowing Handling, explained: Volume, others: [NameID]) {
    accrue(handling, handling.volume, others)
    authorisation.count(handling.match, explained, handling.unexplained)
  }

  /// Adds what another part of the same actor did.
  mutating func merge(_ other: ActorState) {
    for name in other.accounts { Self.insert(NameID(rawValue: name), into: &accounts) }
    for name in other.persons { Self.insert(NameID(rawValue: name), into: &persons) }
    for name in other.terminals { Self.insert(NameID(rawValue: name), into: &terminals) }
    for name in other.organisations { Self.insert(NameID(rawValue: name), into: &organisations) }
    records.add(other.records)
    for (owner, total) in other.owners.entries {
      let isNew = owners[owner] == nil
      owners.update(owner, startingAt: total.first) {
        if isNew { $0 = total } else { $0.merge(total) }
      }
    }
    authorisation.within.add(other.authorisation.within)
    authorisation.exceeded.add(other.authorisation.exceeded)
    authorisation.late.add(other.authorisation.late)
    authorisation.none.add(other.authorisation.none)
    first = min(first, other.first)
    last = max(last, other.last)
    episodes += other.episodes
    lastDay = max(lastDay, other.lastDay)
    findings += other.findings
  }

  /// Takes an unexplained read into the incident.
  ///
  /// `others` are the owners beside the leading one.
  mutating func accrue(_ handling: borrowing Handling, others: [NameID]) {
    accrue(handling, handling.unexplained, others)
  }

  private mutating func accrue(
    _ handling: borrowing Handling,
    _ volume: Volume,
    _ others: [NameID]
  ) {
    note(handling)
    // The statement counts once: of several owners' parts of it each may be all or nothing.
    var part = volume
    if !others.isEmpty { part.low = 0 }
    let (subject, time) = (handling.row.subject, handling.row.time)
    add(
      part,
      owner: handling.owner.rawValue,
      size: handling.ownerSize >= 0 ? handling.ownerSize : nil,
      subject: subject,
      time: time
    )
    for owner in others {
      add(part, owner: owner.rawValue, size: nil, subject: subject, time: time)
    }
    records.add(volume)
    if handling.isBulk, handling.day != lastDay {
      episodes += 1
      lastDay = handling.day
    }
  }

  /// Takes a small read into the incident, now that its sum is one.
  mutating func accrueSmall(_ handling: borrowing Handling, others: [NameID]) {
    accrue(handling, others: others)
    authorisation.count(handling.match, .none, handling.unexplained)
    owners.noteRoutine(handling.unexplained, owner: handling.owner.rawValue)
  }

  /// Takes in bytes that may have been records of nobody knows whom.
  mutating func accrueUnstated(_ volume: Volume, time: Int64) {
    add(volume, owner: 0, size: nil, subject: 0, time: time)
    records.add(volume)
    authorisation.none.add(volume)
    episodes += 1
  }

  /// Takes the small reads of a long horizon in: those of one owner, as far as they are not in yet.
  mutating func catchUp(_ owner: UInt32, low: Int64, high: Int64, _ trace: Ledger.Trace) {
    guard trace.first <= trace.last else { return }
    var total = owners[owner] ?? OwnerTotal(first: trace.first, last: trace.last)
    let low = max(0, low &- total.routine.low)
    let part = Volume(low: low, high: max(low, high &- total.routine.high))
    guard part.high > 0 else { return }
    total.records.add(part)
    total.routine.add(part)
    total.first = min(total.first, trace.first)
    total.last = max(total.last, trace.last)
    owners.update(owner, startingAt: trace.first) { $0 = total }
    records.add(part)
    authorisation.none.add(part)
    first = min(first, trace.first)
    last = max(last, trace.last)
  }

  /// Takes routine reads, seen before the limit was passed, into the incident.
  mutating func accrueRoutine(_ entry: HorizonCounters.Entry) {
    let (low, charge) = (Int64(entry.low), Int64(entry.charge))
    let (owner, time) = (entry.value, entry.time)
    let volume = Volume(low: low, high: max(low, charge))
    add(volume, owner: owner, size: nil, subject: 0, time: time)
    owners.noteRoutine(volume, owner: owner)
    authorisation.none.add(volume)
    records.add(volume)
    first = min(first, time)
    last = max(last, time)
  }

  private mutating func add(
    _ volume: Volume,
    owner: UInt32,
    size: Int64?,
    subject: UInt64,
    time: Int64
  ) {
    owners.add(volume, owner: owner, size: size, subject: subject, time: time)
  }

  mutating func note(_ handling: borrowing Handling) {
    Self.insert(handling.account, into: &accounts)
    Self.insert(handling.person, into: &persons)
    Self.insert(handling.terminal, into: &terminals)
    Self.insert(handling.organisation, into: &organisations)
    first = min(first, handling.row.time)
    last = max(last, handling.row.time)
  }

  /// Names the accounts behind a person or terminal.
  mutating func note(accounts names: [UInt32]) {
    for name in names { Self.insert(NameID(rawValue: name), into: &accounts) }
  }

  private static func insert(_ name: NameID, into names: inout [UInt32]) {
    guard name != .none, names.count < nameLimit, !names.contains(name.rawValue) else { return }
    names.append(name.rawValue)
  }

  func write(to writer: inout StateWriter) {
    for names in [accounts, persons, terminals, organisations] {
      writer.write(UInt64(names.count))
      for name in names { writer.write(UInt64(name)) }
    }
    records.write(to: &writer)
    writer.write(UInt64(owners.count))
    for (owner, total) in owners.entries {
      writer.write(UInt64(owner))
      total.records.write(to: &writer)
      total.largest.write(to: &writer)
      total.routine.write(to: &writer)
      total.subjects.write(to: &writer)
      for number in [total.size, total.first, total.last] { writer.write(number) }
    }
    for volume in [
      authorisation.within, authorisation.exceeded, authorisation.late, authorisation.none,
    ] { volume.write(to: &writer) }
    for number in [first, last, episodes, Int64(lastDay)] { writer.write(number) }
    writer.write(UInt64(findings.count))
    for finding in findings { writer.write(finding) }
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
    records = try Volume(from: &reader)
    for _ in 0..<(try reader.count()) {
      let owner = UInt32(truncatingIfNeeded: try reader.unsigned())
      var total = OwnerTotal(first: 0, last: 0)
      total.records = try Volume(from: &reader)
      total.largest = try Volume(from: &reader)
      total.routine = try Volume(from: &reader)
      total.subjects = try DistinctSubjects(from: &reader)
      total.size = try reader.signed()
      total.first = try reader.signed()
      total.last = try reader.signed()
      owners.update(owner, startingAt: total.first) { $0 = total }
    }
    authorisation.within = try Volume(from: &reader)
    authorisation.exceeded = try Volume(from: &reader)
    authorisation.late = try Volume(from: &reader)
    authorisation.none = try Volume(from: &reader)
    first = try reader.signed()
    last = try reader.signed()
    episodes = try reader.signed()
    lastDay = Int32(truncatingIfNeeded: try reader.signed())
    for _ in 0..<(try reader.count()) { findings.append(try reader.int()) }
  }
}

extension Incident.AuthorisationCount {
  /// Counts an instruction match of a bulk read: the explained part is kept and shown.
  mutating func count(_ match: AuthorisationMatch, _ explained: Volume, _ rest: Volume) {
    switch match.status {
    case .within: within.add(explained)
    case .late: late.add(explained)
    case .exceeded:
      if explained.high > 0 {
        if match.isLate { late.add(explained) } else { within.add(explained) }
      }
      exceeded.add(rest)
    case .none: none.add(rest)
    }
  }
}
