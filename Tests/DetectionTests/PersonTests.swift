import Estate
import EventModel
import Testing

@testable import Detection

/// Who may have been behind an account that several share.
struct PersonTests {
  private static let hour: Int64 = 3_600_000_000_000
  private static let base: Int64 = 1_714_960_800_000_000_000  // 2024-05-06T02:00:00Z, a Monday

  private static func estate(_ persons: String = "") throws -> DeclaredEstate {
    try EstateFile.load(
      yaml: """
        owners: [{name: Minato, delivered: 400000}]
        accounts:
          - {name: aoki, role: admin, person: Aoki Jun}
          - {name: mori, role: admin, person: Mori Rei}
          - {name: sysadmin, role: admin, persons: [Aoki Jun, Mori Rei]}
        terminals:
          - {name: jump-01}
          - {name: mnt-02, person: Mori Rei}
        \(persons)
        """,
      file: "estate.yml",
      folder: "/"
    ).estate
  }

  private static func row(
    _ hours: Int64,
    _ account: String,
    _ terminal: String,
    _ operation: EventModel.Operation,
    _ records: Int64,
    _ names: inout NameTable,
    to destination: String = ""
  ) -> EventRow {
    var row = EventRow(time: base + hours * hour)
    row.account = names.intern(account)
    row.terminal = names.intern(terminal)
    row.operation = operation
    row.outcome = .success
    if operation.returnsRecords {
      row.volume = .exactly(records)
      row.owner = names.intern("Minato")
    }
    if !destination.isEmpty { row.destination = names.intern(destination) }
    row.digest = UInt64(truncatingIfNeeded: hours &+ records)
    return row
  }

  private static func incidents(
    _ estate: DeclaredEstate,
    _ rows: [EventRow],
    _ names: NameTable
  ) -> [Incident] {
    var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
    engine.apply(rows, names: names)
    return engine.finish(coverage: Coverage())
  }

  @Test func `a log-on before makes a person likelier and changes no count`() throws {
    var names = NameTable()
    let reads = [
      Self.row(1, "sysadmin", "jump-01", .export, 9_000, &names),
      Self.row(25, "sysadmin", "jump-01", .export, 9_000, &names),
    ]
    let logons = [
      Self.row(0, "mori", "192.0.2.9", .logon, 0, &names, to: "jump-01"),
      Self.row(24, "mori", "jump-01", .privilege, 0, &names),
    ]
    let estate = try Self.estate()
    let without = Self.incidents(estate, reads, names)
    let with = Self.incidents(estate, (reads + logons).sorted { $0.time < $1.time }, names)
    let held = try #require(with.first)
    try #require(held.candidates.count == 2)
    #expect(held.candidates.map(\.person) == ["Mori Rei", "Aoki Jun"])
    #expect(held.candidates.map(\.confidence) == [.medium, .low])
    #expect(held.candidates[0].reasons == [.init(.logOn, reads: 1), .init(.privilege, reads: 1)])
    var plain = held
    plain.candidates = try #require(without.first).candidates
    #expect(plain.candidates.map(\.confidence) == [.low, .low])
    #expect(plain == without.first)
    #expect(with.count == without.count)
  }

  @Test func `a log-on of yesterday, of later or of another's account says nothing`() throws {
    var names = NameTable()
    let rows = [
      Self.row(0, "mori", "jump-01", .logon, 0, &names),
      Self.row(13, "sysadmin", "jump-01", .export, 9_000, &names),
      Self.row(14, "mori", "jump-01", .logon, 0, &names),
      Self.row(15, "nobody", "jump-01", .logon, 0, &names),
    ]
    let incident = try #require(Self.incidents(try Self.estate(), rows, names).first)
    #expect(incident.candidates.allSatisfy { $0.confidence == .low && $0.reasons.isEmpty })
  }

  @Test func `who alone is on the roster is likelier, who is not is left out`() throws {
    var names = NameTable()
    let rows = [Self.row(1, "sysadmin", "jump-01", .export, 9_000, &names)]
    let estate = try Self.estate("persons: [{name: mori rei, valid-until: 2024-04-30}]")
    let incident = try #require(Self.incidents(estate, rows, names).first)
    #expect(incident.candidates.map(\.person) == ["Aoki Jun"])
    #expect(incident.candidates.first?.confidence == .medium)
    #expect(incident.candidates.first?.reasons.map(\.kind) == [.onlyOnRoster])
  }

  @Test func `an own terminal speaks for its person and not for the others`() throws {
    var names = NameTable()
    let rows = [
      Self.row(0, "aoki", "mnt-02", .read, 3, &names),
      Self.row(1, "sysadmin", "mnt-02", .export, 9_000, &names),
    ]
    let incident = try #require(Self.incidents(try Self.estate(), rows, names).first)
    #expect(incident.actor == "person:Mori Rei")
    let kinds = incident.candidates.map { $0.reasons.map(\.kind) }
    #expect(incident.candidates.map(\.person) == ["Aoki Jun", "Mori Rei"])
    #expect(kinds == [[.ownAccount], [.ownTerminal]])
    #expect(incident.candidates.map(\.confidence) == [.medium, .medium])
  }

  @Test func `a shift may pass midnight`() throws {
    let estate = try Self.estate("persons: [{name: Mori Rei, shift: \"22:00-06:00\", days: [mon]}]")
    let roster = PersonRoster(
      estate: estate,
      clock: LocalClock(zone: TimeZoneRule(fixedOffset: 9 * 3_600))
    )
    func isOn(_ hours: Int64) -> Bool? {
      roster.isOnShift("Mori Rei", at: Self.base + hours * Self.hour)
    }
    // Monday 11:00, 21:00 and 22:00, Tuesday 05:00 and 06:00, Tuesday 23:00 in Tokyo.
    #expect([0, 10, 11, 18, 19, 36].map(isOn) == [false, false, true, true, false, false])
    #expect(roster.isOnShift("Aoki Jun", at: Self.base) == nil)
  }

  @Test func `books of two shards are one book`() throws {
    var left = PersonBook()
    var right = PersonBook()
    var whole = PersonBook()
    let actor = ActorKey(kind: .account, name: 7)
    for (index, time) in [5, 3, 9].enumerated() {
      let person = UInt32(index % 2 + 1)
      let marks: [(person: UInt32, marks: CandidateTally.Marks)] = [(person, [.logOn, .onShift])]
      if index < 2 {
        left.presence.note(person, at: 4, time: Int64(time), isPrivilege: false)
        left.add(marks, to: actor)
      } else {
        right.presence.note(person, at: 4, time: Int64(time), isPrivilege: false)
        right.add(marks, to: actor)
      }
      whole.presence.note(person, at: 4, time: Int64(time), isPrivilege: false)
      whole.add(marks, to: actor)
    }
    func bytes(_ book: PersonBook) -> [UInt8] {
      var writer = StateWriter()
      book.write(to: &writer)
      return writer.bytes
    }
    var merged = left
    merged.merge(right)
    #expect(bytes(merged) == bytes(whole))
    right.merge(left)
    #expect(bytes(right) == bytes(whole))
    var reader = StateReader(bytes(whole))
    #expect(bytes(try PersonBook(from: &reader)) == bytes(whole))
  }

  @Test func `places and persons are bounded`() {
    var book = PresenceBook()
    for person in 1...100 {
      book.note(UInt32(person), at: 1, time: Int64(person), isPrivilege: false)
    }
    #expect(book.has(100, at: 1, before: 100, isPrivilege: false))
    #expect(!book.has(1, at: 1, before: 100, isPrivilege: false))
    var tally = CandidateTally()
    tally.add((1...100).map { (person: UInt32($0), marks: .logOn) })
    #expect(tally.entries.count == CandidateTally.mostPersons)
  }

  @Test func `a state of version 4 is restored without what it lacks`() throws {
    let estate = try Self.estate()
    let engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
    var bytes = engine.snapshot()
    // Nothing of version 5 is in it: empty books at its end.
    let place = 1 + "OMETSUKE".utf8.count
    #expect(bytes[place] == UInt8(DetectionEngine.formatVersion))
    bytes[place] = 4
    bytes.removeLast(DetectionEngineTests.emptyTail)
    let restored = try DetectionEngine(
      restoring: bytes,
      estate: estate,
      sources: [],
      detectors: nil
    )
    #expect(restored.snapshot() == engine.snapshot())
    bytes[place] = 3
    #expect(throws: StateError.self) {
      try DetectionEngine(restoring: bytes, estate: estate, sources: [], detectors: nil)
    }
  }
}

extension DetectionEngineTests {
  /// Bytes of what versions 5 and 6 have at their end, when it is empty.
  static var emptyTail: Int {
    var writer = StateWriter()
    ExplainedBook().write(to: &writer)
    CallBook().write(to: &writer)
    DeviceBook().write(to: &writer)
    UnlistedReads().write(to: &writer)
    SourceTwins().write(to: &writer)
    Echoes().write(to: &writer)
    return 11 + writer.bytes.count
  }
}
