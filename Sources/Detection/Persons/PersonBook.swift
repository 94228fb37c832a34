internal import EventModel

/// Who may have been behind shared accounts: where persons showed themselves, and what speaks for whom of
/// each actor.
struct PersonBook: Sendable {
  var presence = PresenceBook()
  private var tallies: [ActorKey: CandidateTally] = [:]

  func tally(of actor: ActorKey) -> CandidateTally? { tallies[actor] }

  mutating func add(_ marks: [(person: UInt32, marks: CandidateTally.Marks)], to actor: ActorKey) {
    tallies[actor, default: CandidateTally()].add(marks)
  }

  mutating func merge(_ other: Self) {
    presence.merge(other.presence)
    for (actor, tally) in other.tallies.sorted(by: { $0.key < $1.key }) {
      tallies[actor, default: CandidateTally()].merge(tally)
    }
  }

  func write(to writer: inout StateWriter) {
    presence.write(to: &writer)
    writer.write(UInt64(tallies.count))
    for (actor, tally) in tallies.sorted(by: { $0.key < $1.key }) {
      writer.write(UInt64(actor.kind.rawValue))
      writer.write(UInt64(actor.name))
      writer.write(UInt64(actor.terminal))
      tally.write(to: &writer)
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    presence = try PresenceBook(from: &reader)
    for _ in 0..<(try reader.count()) {
      let kind = ActorKey.Kind(rawValue: UInt8(truncatingIfNeeded: try reader.unsigned()))
      let actor = ActorKey(
        kind: kind ?? .account,
        name: UInt32(truncatingIfNeeded: try reader.unsigned()),
        terminal: UInt32(truncatingIfNeeded: try reader.unsigned())
      )
      tallies[actor] = try CandidateTally(from: &reader)
    }
  }
}
