internal import EventModel

/// Joins the rows that tell of one statement into one event.
///
/// pgaudit writes k lines for a statement over k relations, and a COPY line without a count after
/// the SELECT line that has it; MariaDB writes table lines apart from the query. Rows with the same
/// statement key within `hold` of event time become one: objects united, the known volume before the
/// unknown one, the first row's place. What is fetched from one cursor adds up. Memory: the rows of `hold` of event time.
struct StatementAssembly: Sendable {
  static let hold: Int64 = 60_000_000_000

  private(set) var pending: [EventRow] = []
  /// Place of the first that has not left.
  private(set) var head = 0
  private var places = PlaceTable()
  /// What the cursors read from lately, at most `cursorLimit` of them.
  private var cursors: [UInt64: NameID] = [:]
  /// Reads of the last seconds that another source may tell of too; derived.
  var acts: [Act] = []
  /// Copies of the instant at the head, told before its reads; empty between calls.
  private var ahead: [EventRow] = []
  /// The instant of which that was done; derived.
  private var instant = Int64.min
  private static let cursorLimit = 4_096
  /// Rows that have left and still take room.
  private static let mostGone = 1 << 12
  /// Copies of one instant that are told ahead.
  private static let mostCopies = 16

  var isEmpty: Bool { head == pending.count }

  /// Takes a row in order of time; rows that are complete leave through `next(at:)`.
  ///
  /// Returns its place among those that wait.
  @discardableResult
  mutating func add(_ row: EventRow, names: inout NameTable) -> Int {
    if row.statement != 0 {
      if let place = places[row.statement], place >= head,
        !Self.isOther(row, after: pending[place])
      {
        merge(row, into: place, names: &names)
        if row.flags.contains(.fetch), pending[place].object != .none {
          remember(pending[place].object, of: row.statement)
        }
        return place
      }
      places.set(row.statement, to: pending.count)
    }
    pending.append(row)
    if row.flags.contains(.fetch), row.object == .none, let object = cursors[row.statement] {
      pending[pending.count - 1].object = object
    }
    return pending.count - 1
  }

  /// Reading a table through a cursor takes longer than `hold`: its later part is still that table's.
  private mutating func remember(_ object: NameID, of cursor: UInt64) {
    if cursors.count >= Self.cursorLimit, cursors[cursor] == nil { cursors = [:] }
    cursors[cursor] = object
  }

  /// Whether a row is of another statement under the same key: numbers of processes, connections and
  /// statements come again.
  ///
  /// Later than `hold`, another account's, or a cursor that is declared anew under the name of one that was
  /// read already.
  private static func isOther(_ row: EventRow, after held: EventRow) -> Bool {
    if row.time &- held.time > hold { return true }
    // Lines of relations may name the definer of a view in place of who reads it.
    if row.account != held.account, row.account != .none, held.account != .none,
      !row.flags.contains(.continuation), !held.flags.contains(.continuation)
    {
      return true
    }
    return held.flags.contains(.fetch) && !row.flags.contains(.fetch) && row.time > held.time
  }

  /// The next row that no row from `time` on can change, or `nil`.
  ///
  /// One of several lines waits for these; a whole one only behind such a one, and while it or another
  /// may be told by another source too.
  @inline(__always)
  mutating func next(at time: Int64) -> EventRow? {
    if let act = acts.last, act.time < time &- Act.span { acts.removeAll(keepingCapacity: true) }
    let isFree = acts.isEmpty && head < pending.count && pending[head].statement == 0
    return next(before: isFree ? .max : time &- Self.hold)
  }

  /// The next row if it is of before `time`, or `nil`.
  mutating func next(before time: Int64) -> EventRow? {
    if let copy = ahead.popLast() { return copy }
    if head < pending.count, pending[head].time < time, pending[head].time != instant {
      gatherCopies()
      if let copy = ahead.popLast() { return copy }
    }
    guard head < pending.count, pending[head].time < time else {
      if head > Self.mostGone, head * 2 > pending.count { compact() }
      return nil
    }
    let row = pending[head]
    if row.statement != 0, places[row.statement] == head { places.remove(row.statement) }
    head += 1
    if head == pending.count { compact() }
    return row
  }

  /// Copies of one instant come before its reads, and each as often as there are of them.
  ///
  /// Logs with whole seconds do not tell which was first, and one may be made of another. To be told of a copy twice
  /// changes nothing.
  private mutating func gatherCopies() {
    instant = pending[head].time
    var copies: [EventRow] = []
    var place = head
    while place < pending.count, pending[place].time == instant {
      if pending[place].isCopy, copies.count < Self.mostCopies { copies.append(pending[place]) }
      place += 1
    }
    guard !copies.isEmpty, place > head + 1 else { return }
    for _ in copies { ahead += copies }
  }

  private mutating func compact() {
    pending.removeFirst(head)
    let gone = head
    for index in acts.indices { acts[index].place -= gone }
    acts.removeAll { $0.place < 0 }
    head = 0
    places.shift(by: gone)
  }

  /// Leaves a row to another that tells of the same act: it is handled no more.
  ///
  /// What it alone knows, the other tells from now on: bytes, the ticket it names, where the records went.
  mutating func silence(_ place: Int, for other: Int) {
    pending[place].operation = .other
    if pending[other].ticket == .none { pending[other].ticket = pending[place].ticket }
    if pending[other].destination == .none {
      pending[other].destination = pending[place].destination
    }
    if pending[other].bytes < 0 { pending[other].bytes = pending[place].bytes }
  }

  mutating func setVolume(_ volume: Volume, at place: Int) { pending[place].volume = volume }

  private mutating func merge(_ row: EventRow, into place: Int, names: inout NameTable) {
    var held = pending[place]
    let isCatalogue =
      held.flags.contains(.catalogue) && (row.object == .none || row.flags.contains(.catalogue))
      || held.object == .none && row.flags.contains(.catalogue)
    held.object = union(held.object, row.object, names: &names)
    if held.flags.contains(.continuation) != row.flags.contains(.continuation) {
      obey(held.flags.contains(.continuation) ? row : held, row, &held)
    } else {
      let before = held.operation
      mergeOperation(row, into: &held)
      // Only what was returned is counted, not what was written meanwhile.
      if held.operation.returnsRecords, before.isInside { held.volume = .unknown }
      if !held.operation.returnsRecords || !row.operation.isInside {
        mergeVolume(row, into: &held)
      }
    }
    if held.account == .none { held.account = row.account }
    if held.terminal == .none { held.terminal = row.terminal }
    if held.program == .none { held.program = row.program }
    if held.destination == .none { held.destination = row.destination }
    if held.begins == 0 { (held.begins, held.continues) = (row.begins, row.continues) }
    if row.bytes > held.bytes { held.bytes = row.bytes }
    let isContinuation = held.flags.contains(.continuation) && row.flags.contains(.continuation)
    held.flags.formUnion(row.flags)
    if !isCatalogue { held.flags.remove(.catalogue) }
    if !isContinuation { held.flags.remove(.continuation) }
    if row.outcome == .failure { held.outcome = .failure }
    pending[place] = held
  }

  /// What was done, by whom and from where, is for the row of the statement itself to tell; those
  /// of its relations only tell where it does not.
  private func obey(_ statement: EventRow, _ row: EventRow, _ held: inout EventRow) {
    if statement.operation == .other || statement.flags.contains(.truncated) {
      mergeOperation(row, into: &held)
    } else {
      held.operation = statement.operation
    }
    mergeVolume(row, into: &held)
    if statement.account != .none { held.account = statement.account }
    if statement.terminal != .none { held.terminal = statement.terminal }
  }

  /// The operation that two rows of one kind tell.
  ///
  /// Lines of relations that were read and written: nothing left the server. Lines of statements:
  /// what a query returned left it, whatever a trigger or function wrote meanwhile.
  private func mergeOperation(_ row: EventRow, into held: inout EventRow) {
    let (first, second) = (held.operation, row.operation)
    let isRelations = held.flags.contains(.continuation) || row.flags.contains(.continuation)
    if first == .export || second == .export, !isRelations {
      held.operation = .export
    } else if first == .read || second == .read, !isRelations {
      held.operation = .read
    } else if first == .write || second == .write {
      held.operation = .write
    } else if first == .touch || second == .touch {
      held.operation = .touch
    } else if first == .export || second == .export {
      held.operation = .export
    } else if first == .other {
      held.operation = second
    }
  }

  /// The known volume before the unknown one.
  private func mergeVolume(_ row: EventRow, into held: inout EventRow) {
    if row.flags.contains(.fetch), held.flags.contains(.fetch) {
      held.volume = VolumeBounds.fetched(held.volume, then: row.volume)
    } else if row.quality < held.quality {
      held.volume = row.volume
    } else if row.quality == held.quality, row.quality != .unknown {
      held.recordsLow = max(held.recordsLow, row.recordsLow)
      held.recordsHigh = max(held.recordsHigh, row.recordsHigh)
    }
  }

  private func union(_ left: NameID, _ right: NameID, names: inout NameTable) -> NameID {
    if left == right || right == .none { return left }
    if left == .none { return right }
    let separator = EventRow.objectSeparator
    let parts =
      names.bytes(of: left).split(separator: separator)
      + names.bytes(of: right).split(separator: separator)
    var unique: [ArraySlice<UInt8>] = []
    for part in parts.sorted(by: { $0.lexicographicallyPrecedes($1) }) where unique.last != part {
      unique.append(part)
    }
    let joined = Array(unique.joined(separator: [separator]))
    return joined.withUnsafeBufferPointer { names.intern($0) }
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(pending.count - head))
    for row in pending[head...] { row.write(to: &writer) }
    writer.write(UInt64(cursors.count))
    for (cursor, object) in cursors.sorted(by: { $0.key < $1.key }) {
      writer.write(cursor)
      writer.write(UInt64(object.rawValue))
    }
  }

  /// Since version 5: what another source may tell of too.
  func writeActs(to writer: inout StateWriter) {
    writer.write(UInt64(acts.count))
    for act in acts {
      writer.write(act.place - head)
      writer.write(UInt64((act.isJoined ? 1 : 0) + (act.hasBytes ? 2 : 0)))
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let row = try EventRow(from: &reader)
      if row.statement != 0 { places.set(row.statement, to: pending.count) }
      pending.append(row)
    }
    for _ in 0..<(try reader.count()) {
      let cursor = try reader.unsigned()
      cursors[cursor] = NameID(rawValue: UInt32(truncatingIfNeeded: try reader.unsigned()))
    }
  }

  mutating func readActs(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let place = try reader.int()
      guard pending.indices.contains(place), acts.count < Act.limit else {
        throw StateError(offset: 0)
      }
      // What else is of it follows from the row: see `readmitActs`.
      var act = Act(
        place: place,
        time: pending[place].time,
        source: pending[place].source,
        isCounted: false,
        account: .none,
        terminal: .none,
        owner: .none,
        records: 0,
        bytes: -1
      )
      let marks = try reader.unsigned()
      (act.isJoined, act.hasBytes) = (marks & 1 != 0, marks & 2 != 0)
      acts.append(act)
    }
  }
}

extension EventRow {
  func write(to writer: inout StateWriter) {
    for number in [time, recordsLow, recordsHigh, bytes, offset] { writer.write(number) }
    for number in [digest, statement, subject] { writer.write(number) }
    for name in [account, terminal, program, object, owner, ticket, destination] {
      writer.write(UInt64(name.rawValue))
    }
    for number in [line, length, file] { writer.write(UInt64(number)) }
    for byte in [
      source, UInt16(operation.rawValue), UInt16(outcome.rawValue), UInt16(quality.rawValue),
      UInt16(flags.rawValue), UInt16(begins), UInt16(continues),
    ] { writer.write(UInt64(byte)) }
  }

  init(from reader: inout StateReader) throws(StateError) {
    self.init(time: try reader.signed())
    recordsLow = try reader.signed()
    recordsHigh = try reader.signed()
    bytes = try reader.signed()
    offset = try reader.signed()
    digest = try reader.unsigned()
    statement = try reader.unsigned()
    subject = try reader.unsigned()
    account = try Self.name(from: &reader)
    terminal = try Self.name(from: &reader)
    program = try Self.name(from: &reader)
    object = try Self.name(from: &reader)
    owner = try Self.name(from: &reader)
    ticket = try Self.name(from: &reader)
    destination = try Self.name(from: &reader)
    line = UInt32(truncatingIfNeeded: try reader.unsigned())
    length = UInt32(truncatingIfNeeded: try reader.unsigned())
    file = UInt32(truncatingIfNeeded: try reader.unsigned())
    source = UInt16(truncatingIfNeeded: try reader.unsigned())
    operation = Operation(rawValue: UInt8(truncatingIfNeeded: try reader.unsigned())) ?? .other
    outcome = Outcome(rawValue: UInt8(truncatingIfNeeded: try reader.unsigned())) ?? .unknown
    quality = VolumeQuality(rawValue: UInt8(truncatingIfNeeded: try reader.unsigned())) ?? .unknown
    flags = Flags(rawValue: UInt8(truncatingIfNeeded: try reader.unsigned()))
    begins = UInt8(truncatingIfNeeded: try reader.unsigned())
    continues = UInt8(truncatingIfNeeded: try reader.unsigned())
  }

  private static func name(from reader: inout StateReader) throws(StateError) -> NameID {
    NameID(rawValue: UInt32(truncatingIfNeeded: try reader.unsigned()))
  }
}
