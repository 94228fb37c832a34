internal import EventModel

/// The profiles of accounts, persons and terminals: fed by every read where a detector needs them.
///
/// A read like the one before of its account on the same day costs a comparison. Memory: see
/// `Profile`; 16 bytes an account for that comparison; `DetectionEngine.keyLimit` keys of each kind.
struct ProfileBook: Sendable {
  /// What the latest read of an account was like; not saved.
  private struct Latest: Sendable, Equatable, BitwiseCopyable {
    var terminal: UInt32 = 0
    var program: UInt32 = 0
    var person: UInt32 = 0
    var day = Int32.min

    init() {}

    @inline(__always)
    init(_ handling: UnsafePointer<Handling>) {
      terminal = handling.pointee.terminal.rawValue
      program = handling.pointee.row.program.rawValue
      person = handling.pointee.person.rawValue
      day = handling.pointee.day
    }
  }

  /// Accounts, persons, terminals: places of `KeyKind`.
  private(set) var shelves: InlineArray<3, [Profile]> = .init(repeating: [])
  private var places: InlineArray<3, NameIndex> = .init(repeating: NameIndex())
  private var latest: [Latest] = []
  /// The first day of the logs.
  private(set) var firstDay = Int32.max

  /// Known for so many days, a key can do something for the first time; a first lasts a week.
  static let probation: Int32 = 28
  static let newness: Int32 = 7
  /// So long after a silence a read is one of whoever ended it.
  static let awakening: Int32 = 14
  /// So long what others took at a terminal, or a person by other accounts, is held together.
  static let together: Int32 = 30

  func profile(_ kind: KeyKind, _ name: NameID) -> Profile? {
    let shelf = Int(kind.rawValue)
    return places[shelf][name.rawValue].map { shelves[shelf][$0] }
  }

  /// Whether a read is like the one before of its account, so that there is nothing to note.
  @inline(__always)
  func isNoted(_ handling: UnsafePointer<Handling>) -> Bool {
    guard let place = places[0][handling.pointee.account.rawValue] else { return false }
    return latest[place] == Latest(handling)
  }

  /// Notes a read; `sitter` is the person declared at its terminal.
  mutating func note(_ handling: UnsafePointer<Handling>, sitter: NameID) {
    let new = Latest(handling)
    let account = handling.pointee.account
    guard account != .none else { return }
    firstDay = min(firstDay, new.day)
    update(.account, account) {
      $0.note(day: new.day)
      $0.programs.note(new.program, on: new.day)
      $0.terminals.note(new.terminal, on: new.day)
      $0.peers.note(sitter.rawValue, on: new.day)
    }
    if let place = places[0][account.rawValue] { latest[place] = new }
    if new.person != 0 {
      update(.person, NameID(rawValue: new.person)) {
        $0.note(day: new.day)
        $0.programs.note(new.program, on: new.day)
        $0.terminals.note(new.terminal, on: new.day)
        $0.peers.note(account.rawValue, on: new.day)
      }
    }
    guard new.terminal != 0 else { return }
    update(.terminal, NameID(rawValue: new.terminal)) {
      $0.note(day: new.day)
      $0.peers.note(account.rawValue, on: new.day)
    }
  }

  /// Changes the profile of a key; a key beyond the bound has none.
  mutating func update(_ kind: KeyKind, _ name: NameID, _ body: (inout Profile) -> Void) {
    let shelf = Int(kind.rawValue)
    var place = places[shelf][name.rawValue]
    if place == nil {
      guard shelves[shelf].count < DetectionEngine.keyLimit else { return }
      place = shelves[shelf].count
      places[shelf].set(name.rawValue, to: shelves[shelf].count)
      shelves[shelf].append(Profile())
      if kind == .account { latest.append(Latest()) }
    }
    if let place { body(&shelves[shelf][place]) }
  }

  /// Adds what another shard noted, in the same names.
  mutating func merge(_ other: Self) {
    firstDay = min(firstDay, other.firstDay)
    for shelf in shelves.indices {
      guard let kind = KeyKind(rawValue: UInt8(shelf)) else { continue }
      for (name, place) in other.places[shelf].entries.sorted(by: { $0.place < $1.place }) {
        update(kind, NameID(rawValue: name)) { $0.merge(other.shelves[shelf][place]) }
      }
    }
    for place in latest.indices { latest[place] = Latest() }
  }

  func write(to writer: inout StateWriter) {
    writer.write(Int64(firstDay))
    for shelf in shelves.indices {
      writer.write(UInt64(shelves[shelf].count))
      for (name, place) in places[shelf].entries.sorted(by: { $0.place < $1.place }) {
        writer.write(UInt64(name))
        shelves[shelf][place].write(to: &writer)
      }
    }
  }

  /// `nameCount`: of the names restored before.
  mutating func read(from reader: inout StateReader, nameCount: Int) throws(StateError) {
    firstDay = Int32(truncatingIfNeeded: try reader.signed())
    for shelf in shelves.indices {
      for place in 0..<(try reader.count()) {
        let name = try reader.unsigned()
        guard name < UInt64(nameCount) else { throw StateError(offset: 0) }
        let id = UInt32(truncatingIfNeeded: name)
        guard places[shelf][id] == nil else { throw StateError(offset: 0) }
        places[shelf].set(id, to: place)
        shelves[shelf].append(try Profile(from: &reader))
        if shelf == 0 { latest.append(Latest()) }
      }
    }
  }
}
