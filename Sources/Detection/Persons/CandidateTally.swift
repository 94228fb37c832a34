internal import EventModel

/// In how many of an actor's unexplained reads under shared accounts what spoke for whom.
///
/// Memory: 100 bytes for each person declared behind the accounts, 32 at most.
struct CandidateTally: Sendable, Hashable {
  /// What one read says of one person.
  struct Marks: OptionSet, Sendable, Hashable {
    var rawValue: UInt16
    static let ownTerminal = Marks(rawValue: 1)
    static let logOn = Marks(rawValue: 1 << 1)
    static let privilege = Marks(rawValue: 1 << 2)
    static let ownAccount = Marks(rawValue: 1 << 3)
    static let elsewhere = Marks(rawValue: 1 << 4)
    static let onShift = Marks(rawValue: 1 << 5)
    static let offShift = Marks(rawValue: 1 << 6)
    static let offRoster = Marks(rawValue: 1 << 7)
    static let onlyOnRoster = Marks(rawValue: 1 << 8)

    /// What ties the person to the terminal of the read itself.
    static let there: Marks = [.ownTerminal, .logOn, .privilege, .ownAccount]
    /// In the order of `Candidate.Reason.Kind`.
    static let kinds: [(mark: Marks, kind: Candidate.Reason.Kind)] = [
      (.ownTerminal, .ownTerminal), (.logOn, .logOn), (.privilege, .privilege),
      (.ownAccount, .ownAccount), (.elsewhere, .elsewhere), (.onShift, .onShift),
      (.offShift, .offShift), (.offRoster, .offRoster), (.onlyOnRoster, .onlyOnRoster),
    ]
  }

  struct Entry: Sendable, Hashable {
    var person: UInt32
    /// By place in `Marks.kinds`.
    var counts: [Int64] = Array(repeating: 0, count: Marks.kinds.count)
    /// Reads in which something ties the person to the terminal, and in which two things do that do not
    /// follow from each other.
    var there: Int64 = 0
    var twice: Int64 = 0

    init(person: UInt32) { self.person = person }

    func count(_ mark: Marks) -> Int64 {
      Marks.kinds.firstIndex { $0.mark == mark }.map { counts[$0] } ?? 0
    }
  }

  static let mostPersons = 32

  private(set) var reads: Int64 = 0
  /// In order of person.
  private(set) var entries: [Entry] = []

  init() {}

  /// Counts one read and what it says of each person behind its account.
  mutating func add(_ marks: [(person: UInt32, marks: Marks)]) {
    reads += 1
    for (person, marks) in marks {
      guard let place = place(of: person) else { continue }
      for (index, kind) in Marks.kinds.enumerated() where marks.contains(kind.mark) {
        entries[place].counts[index] += 1
      }
      guard !marks.isDisjoint(with: .there) else { continue }
      entries[place].there += 1
      // Who logs on and runs sudo has shown the same once: the session.
      let isSession = !marks.isDisjoint(with: [.logOn, .privilege])
      let signs = [
        marks.contains(.ownTerminal), isSession, marks.contains(.ownAccount),
        marks.contains(.onShift),
      ]
      if signs.count(where: { $0 }) >= 2, !marks.contains(.offRoster) {
        entries[place].twice += 1
      }
    }
  }

  private mutating func place(of person: UInt32) -> Int? {
    let place = entries.firstIndex { $0.person >= person } ?? entries.count
    if place < entries.count, entries[place].person == person { return place }
    guard entries.count < Self.mostPersons else { return nil }
    entries.insert(Entry(person: person), at: place)
    return place
  }

  /// Who it could have been, the likeliest first.
  ///
  /// High is for whom two independent things tie to at least two reads and half of them, while nobody else
  /// is tied to more than a fifth; medium for whom one thing ties to half of them, or who alone was on the
  /// roster throughout; low for the others. Who was off the roster throughout and is tied to none is left out.
  func candidates(_ name: (UInt32) -> String) -> [Candidate] {
    let possible = entries.filter { $0.count(.offRoster) < reads || $0.there > 0 }
    let ranked = possible.map { entry in
      (entry: entry, confidence: confidence(of: entry, among: possible), name: name(entry.person))
    }.sorted {
      ($1.confidence, $1.entry.twice, $1.entry.there, $0.name)
        < ($0.confidence, $0.entry.twice, $0.entry.there, $1.name)
    }
    return ranked.map { item in
      Candidate(
        person: item.name,
        confidence: item.confidence,
        reads: reads,
        reasons: zip(Marks.kinds, item.entry.counts).compactMap { kind, count in
          count > 0 ? Candidate.Reason(kind.kind, reads: count) : nil
        }
      )
    }
  }

  private func confidence(of entry: Entry, among others: [Entry]) -> Confidence {
    let isAlone = !others.contains { $0.person != entry.person && $0.there * 5 > reads }
    if entry.twice >= 2, entry.twice * 2 >= reads, isAlone { return .high }
    if entry.there > 0, entry.there * 2 >= reads { return .medium }
    return entry.count(.onlyOnRoster) == reads ? .medium : .low
  }

  mutating func merge(_ other: Self) {
    reads += other.reads
    for entry in other.entries {
      guard let place = place(of: entry.person) else { continue }
      for index in entry.counts.indices { entries[place].counts[index] += entry.counts[index] }
      entries[place].there += entry.there
      entries[place].twice += entry.twice
    }
  }

  func write(to writer: inout StateWriter) {
    writer.write(reads)
    writer.write(UInt64(entries.count))
    for entry in entries {
      writer.write(UInt64(entry.person))
      for count in entry.counts + [entry.there, entry.twice] { writer.write(count) }
    }
  }

  init(from reader: inout StateReader) throws(StateError) {
    reads = try reader.signed()
    for _ in 0..<(try reader.count()) {
      var entry = Entry(person: UInt32(truncatingIfNeeded: try reader.unsigned()))
      for index in entry.counts.indices { entry.counts[index] = try reader.signed() }
      entry.there = try reader.signed()
      entry.twice = try reader.signed()
      guard entries.last.map({ $0.person < entry.person }) ?? true,
        entries.count < Self.mostPersons,
        (entry.counts + [reads, entry.there, entry.twice]).allSatisfy({ $0 >= 0 && $0 < 1 << 56 })
      else { throw StateError(offset: 0) }
      entries.append(entry)
    }
  }
}
