internal import EventModel

/// Tables and views that hold records of declared datasets under another name.
///
/// `CREATE TABLE tmp AS SELECT … FROM clients`, `INSERT INTO tmp SELECT …`, a view or a new name do not
/// take records out of the server, but whoever reads `tmp` later reads clients. Names count within
/// one system (a source's `system`, else the source): two servers may each have a `tmp`. What was made
/// of several, or made anew, holds the records of all of them; a name is never forgotten by DROP TABLE, for
/// logs need not tell of it. Memory: the newest 16,384 names, with at most 16 relations each.
struct DerivedRelations: Sendable {
  struct Entry: Sendable {
    /// Name of the system.
    var system: UInt32
    /// As the log writes it.
    var name: UInt32
    /// The declared relations, by id.
    var bases: [UInt32]
  }

  private struct Key: Hashable, Sendable {
    var system: UInt32
    var name: UInt32
  }

  static let limit = 1 << 14
  static let baseLimit = 16
  /// In the order in which they were met.
  private(set) var entries: [Entry] = []
  /// Places in `entries` by name, and by name without schema; derived.
  private var places: [Key: Int] = [:]
  private var bare: [Key: [Int]] = [:]
  /// What objects are taken for, by their id; derived.
  private var aliases: [Key: NameID] = [:]
  private static let aliasLimit = 1 << 16

  var isEmpty: Bool { entries.isEmpty }
  var count: Int { entries.count }

  /// Notes that `name` holds records of `bases` from now on.
  mutating func note(
    _ name: NameID,
    holds bases: [NameID],
    in system: NameID,
    names: inout NameTable
  ) {
    guard name != .none, !bases.isEmpty else { return }
    let ids = bases.map(\.rawValue)
    let key = Key(system: system.rawValue, name: name.rawValue)
    if let place = places[key] {
      let all = Array(Set(entries[place].bases + ids)).sorted().prefix(Self.baseLimit)
      guard all.count > entries[place].bases.count else { return }
      entries[place].bases = Array(all)
      aliases = [:]
      return
    }
    let kept = Array(Set(ids)).sorted().prefix(Self.baseLimit)
    append(Entry(system: key.system, name: key.name, bases: Array(kept)), names: &names)
    guard entries.count > Self.limit else { return }
    let newest = Array(entries.suffix(Self.limit / 2))
    (entries, places, bare) = ([], [:], [:])
    for entry in newest { append(entry, names: &names) }
  }

  private mutating func append(_ entry: Entry, names: inout NameTable) {
    let place = entries.count
    entries.append(entry)
    places[Key(system: entry.system, name: entry.name)] = place
    let last = Self.last(NameID(rawValue: entry.name), names: &names)
    bare[Key(system: entry.system, name: last.rawValue), default: []].append(place)
    aliases = [:]
  }

  /// The relations whose records one relation holds.
  func bases(of name: NameID, in system: NameID, names: inout NameTable) -> [NameID] {
    let key = Key(system: system.rawValue, name: name.rawValue)
    if let place = places[key] { return entries[place].bases.map(NameID.init(rawValue:)) }
    let last = Self.last(name, names: &names)
    let isQualified = last != name
    let others = bare[Key(system: key.system, name: last.rawValue)] ?? []
    // A text need not name the schema; two schemas with a table of the same name are two tables.
    let same = others.filter { !isQualified || entries[$0].name == last.rawValue }
    return Array(Set(same.flatMap { entries[$0].bases })).sorted().map(NameID.init(rawValue:))
  }

  /// The object with the relations added whose records it holds; itself where it holds no others'.
  mutating func alias(
    of object: NameID,
    in system: NameID,
    names: inout NameTable
  ) -> NameID {
    let key = Key(system: system.rawValue, name: object.rawValue)
    if let known = aliases[key] { return known }
    let parts = Self.parts(of: object, names: &names)
    let held = parts.flatMap { bases(of: $0, in: system, names: &names) }
    var alias = object
    if !held.isEmpty {
      let all = Set(parts + held).map { names.bytes(of: $0) }
        .sorted { $0.lexicographicallyPrecedes($1) }
      let joined = Array(all.joined(separator: [EventRow.objectSeparator]))
      alias = joined.withUnsafeBufferPointer { names.intern($0) }
    }
    if aliases.count >= Self.aliasLimit { aliases = [:] }
    aliases[key] = alias
    return alias
  }

  /// The single relations of an object.
  static func parts(of object: NameID, names: inout NameTable) -> [NameID] {
    let bytes = names.bytes(of: object)
    guard bytes.contains(EventRow.objectSeparator) else { return [object] }
    return bytes.split(separator: EventRow.objectSeparator).map { part in
      Array(part).withUnsafeBufferPointer { names.intern($0) }
    }
  }

  /// A relation's name without its schema.
  static func last(_ name: NameID, names: inout NameTable) -> NameID {
    let bytes = names.bytes(of: name)
    guard let dot = bytes.lastIndex(of: 0x2E), dot + 1 < bytes.count else { return name }
    return Array(bytes[(dot + 1)...]).withUnsafeBufferPointer { names.intern($0) }
  }

  init() {}

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(entries.count))
    for entry in entries {
      writer.write(UInt64(entry.system))
      writer.write(UInt64(entry.name))
      writer.write(UInt64(entry.bases.count))
      for base in entry.bases { writer.write(UInt64(base)) }
    }
  }

  init(from reader: inout StateReader, names: inout NameTable) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      var entry = Entry(system: try Self.name(&reader, names.count), name: 0, bases: [])
      entry.name = try Self.name(&reader, names.count)
      for _ in 0..<(try reader.count()) { entry.bases.append(try Self.name(&reader, names.count)) }
      guard entries.count <= Self.limit, entry.bases.count <= Self.baseLimit else {
        throw StateError(offset: 0)
      }
      append(entry, names: &names)
    }
  }

  private static func name(_ reader: inout StateReader, _ count: Int) throws(StateError) -> UInt32 {
    let id = try reader.unsigned()
    guard id < UInt64(count) else { throw StateError(offset: 0) }
    return UInt32(truncatingIfNeeded: id)
  }
}

extension EventRow {
  /// Records stayed in the server and are had under another name.
  var isCopy: Bool { operation.isInside && destination != .none && object != .none }
}

extension DetectionEngine {
  /// What a row tells of relations that hold others' records.
  ///
  /// `row` is in the engine's own names.
  @inline(never)
  mutating func noteCopy(_ row: EventRow) {
    guard row.outcome != .failure, declaresDatasets else { return }
    let system = system(of: row)
    let last = DerivedRelations.last(row.destination, names: &names)
    let parts = DerivedRelations.parts(of: row.object, names: &names)
    // Lines of the audit name the schema of what the text makes without one.
    let (made, sources) = (
      parts.filter { DerivedRelations.last($0, names: &names) == last },
      parts.filter { DerivedRelations.last($0, names: &names) != last }
    )
    let isQualified = last != row.destination
    let qualified = isQualified ? [] : made.filter { $0 != row.destination }
    var targets = qualified.isEmpty ? [row.destination] : qualified
    // A session's own schema has a number where it is read, and none where a table is made in it.
    if qualified.contains(where: { names.bytes(of: $0).starts(with: "pg_temp".utf8) }) {
      targets.append(row.destination)
    }
    var bases: [NameID] = []
    // `INSERT INTO archive.clients SELECT … FROM clients`: of the same name in another schema.
    for source in sources + made where !targets.contains(source) {
      if facts(of: source).holdsDeclared {
        bases.append(source)
      } else {
        bases += derived.bases(of: source, in: system, names: &names)
      }
    }
    for target in targets where !facts(of: target).isDeclared {
      derived.note(target, holds: bases, in: system, names: &names)
    }
  }

  /// What a read of a relation that holds others' records reads.
  @inline(never)
  mutating func derivedObject(of row: borrowing EventRow) -> NameID {
    guard row.object != .none else { return .none }
    return derived.alias(of: row.object, in: system(of: copy row), names: &names)
  }

  private mutating func facts(of object: NameID) -> EstateResolver.ObjectFacts {
    let place = resolver.object(at: object, names: &names)
    return resolver.objects[place]
  }

  /// The system whose log it is: `system` of the source, else the source.
  mutating func system(of row: EventRow) -> NameID {
    guard sources.indices.contains(Int(row.source)) else { return .none }
    let source = sources[Int(row.source)]
    return names.intern(source.system ?? source.name)
  }
}

extension EstateResolver.ObjectFacts {
  /// A declared dataset with customer records.
  fileprivate var holdsDeclared: Bool { isDeclared && !isIrrelevant }
}
