internal import EventModel

/// Order and rate of one account's reads, kept where a detector asks for them.
struct ReadSequence: Sendable, Equatable {
  var lookUps = LookUps()
  var stretches = Stretches()
  var weeks = WeekSums()
  var uncounted = UncountedReads()

  /// Counts a read; whether a detector of sequences may have something to say of it.
  mutating func add(
    _ handling: borrowing Handling,
    _ book: inout PeerBook,
    _ calendar: borrowing WorkingCalendar
  ) -> Bool {
    weeks.turn(to: handling, &book, calendar)
    stretches.passOver()
    guard handling.isUnexplained else { return false }
    var isNotable = false
    if !handling.row.flags.contains(.call) { isNotable = weeks.add(handling.unexplainedCharge) }
    if handling.isUncounted { isNotable = uncounted.add(handling) || isNotable }
    if handling.isLookUp { isNotable = lookUps.add(handling, &book) || isNotable }
    if handling.row.begins != 0, !handling.row.flags.contains(.call) {
      isNotable = stretches.add(handling) || isNotable
    }
    return isNotable
  }

  mutating func merge(_ other: ReadSequence) {
    lookUps.merge(other.lookUps)
    stretches.merge(other.stretches)
    weeks.merge(other.weeks)
    uncounted.merge(other.uncounted)
  }

  func write(to writer: inout StateWriter) {
    lookUps.write(to: &writer)
    stretches.write(to: &writer)
    weeks.write(to: &writer)
    uncounted.write(to: &writer)
  }

  init() {}

  /// Of an account that nobody has read by before.
  init(since time: Int64) { uncounted.since = HourlyPace.hour(of: time) }

  init(from reader: inout StateReader) throws(StateError) {
    lookUps = try LookUps(from: &reader)
    stretches = try Stretches(from: &reader)
    weeks = try WeekSums(from: &reader)
    if reader.version >= 6 { uncounted = try UncountedReads(from: &reader) }
  }
}

extension Handling {
  /// A single record opened; of a page or a statement by key that states no number, one at most.
  @inline(__always)
  var isLookUp: Bool {
    row.operation == .read && volume.high == 1
      && (row.quality == .exact ? volume.low == 1 : charge == 1)
  }
}

extension Handling {
  /// A read of an owner's or a declared set by who has no business with it, of which the log states neither how many
  /// records nor how many bytes, and the statement's text not whether it was all of them.
  @inline(__always)
  var isUncounted: Bool {
    charge == 0 && isPrivileged && !isBulk && row.operation == .read && row.bytes < 0
      && volume.quality == .unknown && volume.high > 1
      && (owner != .none || ownerSize >= 0 || isCut)
      && !row.flags.contains(.call)
  }
}

extension Handling {
  /// A statement that was cut, or that is not known, before it named a table: it may be of any.
  var isCut: Bool {
    row.object == .none && row.flags.contains(.truncated) && row.operation == .read
      && row.quality == .unknown
  }
}

extension DetectionEngine {
  /// Follows a read in the order that several accounts of a person or at a terminal read in.
  @inline(never)
  mutating func followHands(_ handling: UnsafePointer<Handling>, _ shelf: Int, _ place: Int) {
    let account = handling.pointee.account
    keys[shelf][place].isSequenceNotable = false
    guard account != .none, handling.pointee.isUnexplained,
      !handling.pointee.row.flags.contains(.call)
    else { return }
    if keys[shelf][place].relays.isEmpty {
      // With one account alone it is the account's own order.
      let others = keys[shelf][place].accounts.filter { $0 != account.rawValue }
      guard !others.isEmpty else { return }
      // Where one was alone until now, its own order of the day is where this one may go on.
      let other = others.count == 1 ? keyPlaces[0][others[0]] : nil
      let before = other.flatMap { keys[0][$0].sequences.first?.stretches }
      keys[shelf][place].relays.append(Stretches(of: handling.pointee.day, before))
    }
    keys[shelf][place].isSequenceNotable = keys[shelf][place].relays[0].add(handling.pointee)
  }

  /// Follows an account's read in its order; the state tells whether there is something to judge.
  @inline(never)
  mutating func follow(_ handling: UnsafePointer<Handling>, _ place: Int) {
    if keys[0][place].sequences.isEmpty {
      keys[0][place].sequences.append(ReadSequence(since: handling.pointee.row.time))
    }
    keys[0][place].isSequenceNotable = keys[0][place].sequences[0]
      .add(handling.pointee, &peers, calendar)
    if !calls.isEmpty { askForCall(handling.pointee, place) }
  }
}
