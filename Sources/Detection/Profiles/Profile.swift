internal import EventModel

/// What one account, person or terminal has ever done, as far as later reads are held against it.
///
/// Fed by every read of records, in order of time. Owners and datasets are not in it: the key's ledger
/// has them. Memory: 12 bytes for each terminal, program, destination and account met, at most
/// `Sightings.limit` of each, 32 instructions, and about 300 bytes.
struct Profile: Sendable {
  private(set) var firstDay = Int32.max
  private(set) var lastDay = Int32.min
  /// When the latest long silence ended, and how many days it had lasted.
  private(set) var wokeDay = Int32.min
  private(set) var silence: Int32 = 0
  var terminals = Sightings()
  var programs = Sightings()
  /// Of bulk reads.
  var destinations = Sightings()
  /// Accounts behind a person or a terminal; persons at the terminals of an account.
  var peers = Sightings()
  /// Accounts behind a person or a terminal that read unexplained records in bulk.
  var takers = Sightings()
  var habit = BulkHabit()
  private(set) var misuses: [Misuse] = []

  /// An instruction that was used beyond what it says.
  struct Misuse: Sendable, Hashable, BitwiseCopyable {
    var instruction: UInt32
    var day: Int32
    var reason: UInt8
  }

  static let misuseLimit = 32
  /// Fewer days without a read are no silence.
  static let silenceLimit: Int32 = 45

  init() {}

  /// Notes that it read on a day.
  mutating func note(day: Int32) {
    if lastDay != .min, day &- lastDay >= Self.silenceLimit {
      wokeDay = day
      silence = day &- lastDay
    }
    firstDay = min(firstDay, day)
    lastDay = max(lastDay, day)
  }

  /// Notes a misuse; of one instruction the latest.
  mutating func note(_ misuse: Misuse) {
    misuses.removeAll { $0.instruction == misuse.instruction }
    if misuses.count == Self.misuseLimit { misuses.removeFirst() }
    misuses.append(misuse)
  }

  mutating func merge(_ other: Self) {
    let candidates =
      [gap(to: other), other.gap(to: self), silence(beside: other)]
      + [other.silence(beside: self)]
    let latest = candidates.compactMap { $0 }.max { $0.woke < $1.woke }
    (wokeDay, silence) = latest.map { ($0.woke, $0.days) } ?? (.min, 0)
    firstDay = min(firstDay, other.firstDay)
    lastDay = max(lastDay, other.lastDay)
    terminals.merge(other.terminals)
    programs.merge(other.programs)
    destinations.merge(other.destinations)
    peers.merge(other.peers)
    takers.merge(other.takers)
    habit.merge(other.habit)
    let both = (misuses + other.misuses).sorted {
      ($0.day, $0.instruction, $0.reason) < ($1.day, $1.instruction, $1.reason)
    }
    misuses = []
    for misuse in both { note(misuse) }
  }

  /// The silence between the end of this and the begin of a later one.
  private func gap(to later: Self) -> (woke: Int32, days: Int32)? {
    guard lastDay != .min, later.firstDay != .max, later.firstDay > lastDay else { return nil }
    let days = later.firstDay &- lastDay
    return days >= Self.silenceLimit ? (later.firstDay, days) : nil
  }

  /// The silence noted, unless the other read within it, as far as can be told.
  private func silence(beside other: Self) -> (woke: Int32, days: Int32)? {
    guard wokeDay != .min else { return nil }
    let isApart = other.firstDay >= wokeDay || other.lastDay <= wokeDay &- silence
    return isApart ? (wokeDay, silence) : nil
  }

  func write(to writer: inout StateWriter) {
    for day in [firstDay, lastDay, wokeDay, silence] { writer.write(Int64(day)) }
    for names in [terminals, programs, destinations, peers, takers] {
      names.write(to: &writer)
    }
    habit.write(to: &writer)
    writer.write(UInt64(misuses.count))
    for misuse in misuses {
      writer.write(UInt64(misuse.instruction))
      writer.write(Int64(misuse.day))
      writer.write(UInt64(misuse.reason))
    }
  }

  init(from reader: inout StateReader) throws(StateError) {
    firstDay = Int32(truncatingIfNeeded: try reader.signed())
    lastDay = Int32(truncatingIfNeeded: try reader.signed())
    wokeDay = Int32(truncatingIfNeeded: try reader.signed())
    silence = Int32(truncatingIfNeeded: try reader.signed())
    terminals = try Sightings(from: &reader)
    programs = try Sightings(from: &reader)
    destinations = try Sightings(from: &reader)
    peers = try Sightings(from: &reader)
    takers = try Sightings(from: &reader)
    habit = try BulkHabit(from: &reader)
    for _ in 0..<(try reader.count()) {
      misuses.append(
        Misuse(
          instruction: UInt32(truncatingIfNeeded: try reader.unsigned()),
          day: Int32(truncatingIfNeeded: try reader.signed()),
          reason: UInt8(truncatingIfNeeded: try reader.unsigned())
        )
      )
      guard misuses.count <= Self.misuseLimit else { throw StateError(offset: 0) }
    }
  }
}
