internal import EventModel

/// How reads join an incident.
extension ActorState {
  /// Books a bulk read by its instruction and, if part of it is unexplained, takes it in.
  mutating func book(
    _ handling: borrowing Handling,
    explained: Volume,
    rest: Volume,
    others: [EstateResolver.OtherOwner],
    accrues: Bool
  ) {
    authorisation.count(handling.match, explained, rest)
    // A ticket that was opened or approved after the read may be of other work: the read does not say that it is of it.
    if handling.match.status == .late, handling.row.ticket == .none {
      addLate(LatePart(owner: handling.owner.rawValue, records: explained.high))
    }
    if accrues { accrue(handling, handling.unexplained, others, isRoutine: false) }
  }

  /// Books what an instruction covers of a small read; the rest joins when a sum takes it in.
  mutating func bookSmall(_ handling: borrowing Handling, explained: Volume) {
    authorisation.count(handling.match, explained, .none)
    if handling.match.status == .exceeded { loose.add(handling.unexplained) }
  }

  /// Takes a read into the incident whether an instruction covers it or not.
  mutating func accrueWhole(
    _ handling: borrowing Handling,
    explained: Volume,
    others: [EstateResolver.OtherOwner]
  ) {
    accrue(handling, handling.volume, others, isRoutine: !handling.isBulk)
    authorisation.count(handling.match, explained, handling.unexplained)
  }

  /// Takes a small read into the incident, now that its sum is one.
  mutating func accrueSmall(_ handling: borrowing Handling, others: [EstateResolver.OtherOwner]) {
    accrue(handling, handling.unexplained, others, isRoutine: true)
    authorisation.count(handling.match, .none, handling.unexplained)
    if handling.match.status == .exceeded { _ = loose.takeAway(handling.unexplained) }
  }

  /// `others` are the owners beside the leading one.
  private mutating func accrue(
    _ handling: borrowing Handling,
    _ volume: Volume,
    _ others: [EstateResolver.OtherOwner],
    isRoutine: Bool
  ) {
    note(handling)
    // The statement counts once: of several owners' parts of it each may be all or nothing.
    var share = volume
    if !others.isEmpty { share.low = 0 }
    let (subject, time) = (handling.row.subject, handling.row.time)
    let ownSize = handling.ownerSize >= 0 ? handling.ownerSize : nil
    let day = isRoutine ? handling.day : nil
    owners.add(
      others.isEmpty ? share : share.within(ownSize),
      owner: handling.owner.rawValue,
      size: ownSize,
      subject: subject,
      time: time,
      isRoutine: isRoutine,
      joins: day
    )
    for other in others {
      owners.add(
        share.within(other.size),
        owner: other.name.rawValue,
        size: nil,
        subject: subject,
        time: time,
        isRoutine: isRoutine,
        joins: day
      )
    }
    part.add(volume, from: time, to: time, isRoutine: isRoutine)
    if let day { joined.add(volume, on: day) }
    if handling.isBulk, handling.day != lastDay {
      episodes += 1
      lastDay = handling.day
    }
  }

  /// Takes in bytes that may have been records of nobody knows whom.
  mutating func accrueUnstated(_ volume: Volume, time: Int64) {
    owners.add(volume, owner: 0, size: nil, subject: 0, time: time, isRoutine: false, joins: nil)
    part.add(volume, from: time, to: time, isRoutine: false)
    authorisation.none.add(volume)
    episodes += 1
  }

  /// Takes the small reads of a long horizon in: those of one owner, as far as they are not in yet.
  ///
  /// Of those that are in as none or all of them, some are certain now: they move the lower end alone. `days`: the
  /// first of the horizon, none for a lifetime; `read`: the first and the last on which there were such reads.
  mutating func catchUp(
    _ owner: UInt32,
    low: Int64,
    high: Int64,
    _ trace: Ledger.Trace,
    since first: Int32?,
    read: (first: Int32, last: Int32)
  ) {
    guard trace.first <= trace.last else { return }
    let total = owners[owner]
    let routine = total?.part.routine ?? .none
    let held = total?.joined.since(first) ?? (low: 0, high: 0)
    let low = max(0, low &- held.low)
    let open =
      routine.isUnbounded ? 0 : max(0, min(routine.high &- routine.low, held.high &- held.low))
    let certain = max(0, min(low &- max(0, high &- held.high), open))
    let more = Volume(low: low &- certain, high: max(low &- certain, high &- held.high))
    guard more.high > 0 || certain > 0 else { return }
    owners.update(owner) {
      $0.part.add(more, from: trace.first, to: trace.last, isRoutine: true)
      $0.part.routine.low &+= certain
      $0.joined.add(low: more.low &+ certain, high: more.high, from: read.first, to: read.last)
    }
    part.add(more, from: trace.first, to: trace.last, isRoutine: true)
    part.routine.low &+= certain
    joined.add(low: more.low &+ certain, high: more.high, from: read.first, to: read.last)
    let beyond = loose.takeAway(more)
    authorisation.exceeded.add(beyond)
    authorisation.none.add(more.less(beyond))
    authorisation.none.low = min(authorisation.none.high, authorisation.none.low &+ certain)
  }

  /// Takes in so many small reads of which nobody knows whose they were: none of them, or all; or all, if that is certain.
  mutating func takeEarlier(
    _ owner: UInt32,
    _ high: Int64,
    isCertain: Bool,
    _ trace: Ledger.Trace,
    days: ClosedRange<Int32>
  ) {
    let low = isCertain ? high : 0
    let more = Volume(low: low, high: high)
    guard trace.first <= trace.last, more.high > 0 else { return }
    owners.update(owner) {
      $0.part.add(more, from: trace.first, to: trace.last, isRoutine: true)
      $0.joined.add(low: low, high: high, from: days.lowerBound, to: days.upperBound)
    }
    part.add(more, from: trace.first, to: trace.last, isRoutine: true)
    joined.add(low: low, high: high, from: days.lowerBound, to: days.upperBound)
    let beyond = loose.takeAway(more)
    authorisation.exceeded.add(beyond)
    authorisation.none.add(more.less(beyond))
  }

  /// Takes small reads, seen before the limit was passed, into the incident.
  ///
  /// `day`: on which they were read.
  mutating func accrueRoutine(
    _ entry: HorizonCounters.Entry,
    day: Int32,
    isRoutine: Bool = true
  ) {
    let volume = entry.volume
    owners.add(
      volume,
      owner: entry.value,
      size: nil,
      subject: 0,
      time: entry.time,
      isRoutine: isRoutine,
      joins: day
    )
    part.add(volume, from: entry.time, to: entry.time, isRoutine: isRoutine)
    joined.add(volume, on: day)
    if entry.isExceeded {
      authorisation.exceeded.add(volume)
      _ = loose.takeAway(volume)
    } else {
      authorisation.none.add(volume)
    }
  }

  /// Takes small reads that alone pass a limit in as taken, even if they came in as look-ups before.
  mutating func accruePaged(_ entry: HorizonCounters.Entry, isCounted: Bool, day: Int32) {
    guard isCounted else { return accrueRoutine(entry, day: day, isRoutine: false) }
    let moved = owners.take(entry.volume, owner: entry.value, time: entry.time)
    part.take(moved, at: entry.time)
  }

  /// Adds what another part of the same actor did.
  mutating func merge(_ other: ActorState) {
    for name in other.accounts { Self.insert(NameID(rawValue: name), into: &accounts) }
    for name in other.persons { Self.insert(NameID(rawValue: name), into: &persons) }
    for name in other.terminals { Self.insert(NameID(rawValue: name), into: &terminals) }
    for name in other.organisations { Self.insert(NameID(rawValue: name), into: &organisations) }
    part.merge(other.part)
    for (owner, total) in other.owners.entries {
      let isNew = owners[owner] == nil
      owners.update(owner) { if isNew { $0 = total } else { $0.merge(total) } }
    }
    authorisation.within.add(other.authorisation.within)
    authorisation.exceeded.add(other.authorisation.exceeded)
    authorisation.late.add(other.authorisation.late)
    authorisation.none.add(other.authorisation.none)
    loose.add(other.loose)
    joined.merge(other.joined)
    for part in other.lateParts { addLate(part) }
    firstHit = min(firstHit, other.firstHit)
    lastHit = max(lastHit, other.lastHit)
    episodes += other.episodes
    lastDay = max(lastDay, other.lastDay)
    findings += other.findings
  }
}

extension HorizonCounters.Entry {
  fileprivate var volume: Volume {
    let low = Int64(low)
    return Volume(low: low, high: max(low, Int64(charge)))
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
