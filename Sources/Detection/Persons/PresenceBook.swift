internal import EventModel

/// Where persons have shown themselves by accounts of their own: log-ons, sudo and su.
///
/// Fed by events that are no reads, in order of time. Of each place the latest of each person is kept, of
/// eight persons at most: what is older than `hold` tells nothing of who sits there now. Memory: 24 bytes
/// each, 65,536 places, and as much for each person wherever it was.
struct PresenceBook: Sendable {
  struct Presence: Sendable, Hashable, BitwiseCopyable {
    var person: UInt32
    var time: Int64
    /// Of sudo or su; else of a log-on.
    var isPrivilege: Bool
  }

  /// A working day and its breaks: a session that is open in the evening was opened in the morning.
  static let hold: Int64 = 12 * 3_600_000_000_000
  static let mostPersons = 8
  static let mostPlaces = 1 << 16

  private var places: [UInt32: [Presence]] = [:]
  /// The latest of each person, wherever.
  private var latest: [UInt32: Int64] = [:]

  var isEmpty: Bool { latest.isEmpty }

  mutating func note(_ person: UInt32, at place: UInt32, time: Int64, isPrivilege: Bool) {
    guard person != 0 else { return }
    if latest[person] != nil || latest.count < Self.mostPlaces {
      latest[person] = max(latest[person] ?? .min, time)
    }
    guard place != 0, places[place] != nil || places.count < Self.mostPlaces else { return }
    let new = Presence(person: person, time: time, isPrivilege: isPrivilege)
    Self.insert(new, into: &places[place, default: []])
  }

  private static func insert(_ new: Presence, into entries: inout [Presence]) {
    let isHeld = entries.contains {
      $0.person == new.person && $0.isPrivilege == new.isPrivilege && $0.time >= new.time
    }
    guard !isHeld else { return }
    entries.removeAll { $0.person == new.person && $0.isPrivilege == new.isPrivilege }
    entries.append(new)
    entries.sort {
      ($1.time, $0.person, $0.isPrivilege ? 1 : 0) < ($0.time, $1.person, $1.isPrivilege ? 1 : 0)
    }
    // Two kinds of each person.
    if entries.count > 2 * mostPersons { entries.removeLast() }
  }

  /// Whether the person logged on at a place, or ran sudo there, within `hold` before.
  func has(_ person: UInt32, at place: UInt32, before time: Int64, isPrivilege: Bool) -> Bool {
    (places[place] ?? []).contains {
      $0.person == person && $0.isPrivilege == isPrivilege && Self.isRecent($0.time, at: time)
    }
  }

  /// Whether the person has shown itself anywhere within `hold` before.
  func has(_ person: UInt32, before time: Int64) -> Bool {
    latest[person].map { Self.isRecent($0, at: time) } ?? false
  }

  private static func isRecent(_ time: Int64, at now: Int64) -> Bool {
    let (span, over) = now.subtractingReportingOverflow(time)
    return !over && span >= 0 && span <= hold
  }

  /// Adds what another shard noted, in the same names.
  mutating func merge(_ other: Self) {
    for (person, time) in other.latest.sorted(by: { $0.key < $1.key })
    where latest[person] != nil || latest.count < Self.mostPlaces {
      latest[person] = max(latest[person] ?? .min, time)
    }
    for (place, entries) in other.places.sorted(by: { $0.key < $1.key })
    where places[place] != nil || places.count < Self.mostPlaces {
      for entry in entries { Self.insert(entry, into: &places[place, default: []]) }
    }
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(latest.count))
    for (person, time) in latest.sorted(by: { $0.key < $1.key }) {
      writer.write(UInt64(person))
      writer.write(time)
    }
    writer.write(UInt64(places.count))
    for (place, entries) in places.sorted(by: { $0.key < $1.key }) {
      writer.write(UInt64(place))
      writer.write(UInt64(entries.count))
      for entry in entries {
        writer.write(UInt64(entry.person))
        writer.write(entry.time)
        writer.write(UInt64(entry.isPrivilege ? 1 : 0))
      }
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let person = UInt32(truncatingIfNeeded: try reader.unsigned())
      latest[person] = try reader.signed()
    }
    for _ in 0..<(try reader.count()) {
      let place = UInt32(truncatingIfNeeded: try reader.unsigned())
      var entries: [Presence] = []
      for _ in 0..<(try reader.count()) {
        let person = UInt32(truncatingIfNeeded: try reader.unsigned())
        let time = try reader.signed()
        let isPrivilege = try reader.unsigned() == 1
        entries.append(Presence(person: person, time: time, isPrivilege: isPrivilege))
      }
      guard entries.count <= 2 * Self.mostPersons else { throw StateError(offset: 0) }
      places[place] = entries
    }
  }
}
