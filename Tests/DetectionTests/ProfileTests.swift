import Estate
import EventModel
import Testing

@testable import Detection

struct ProfileTests {
  @Test func `keeps the first and the last day of a name`() {
    var met = Sightings()
    for day in [Int32(20), 3, 11] { met.note(7, on: day) }
    #expect(met[7] == Sightings.Sighting(id: 7, first: 3, last: 20))
    #expect(met[8] == nil)
    #expect(met.names(since: 20) == [7])
    #expect(met.names(since: 21) == [])
  }

  @Test func `tells when a name had no place`() {
    var met = Sightings()
    for name in 1...UInt32(Sightings.limit) { met.note(name, on: 1) }
    #expect(!met.isFull)
    met.note(UInt32(Sightings.limit) + 1, on: 2)
    #expect(met.isFull)
    #expect(met.entries.count == Sightings.limit)
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func `two halves merged are one pass`(seed: UInt64) {
    var random = Seeded(state: seed)
    var notes: [(name: UInt32, day: Int32)] = []
    for _ in 0..<300 {
      notes.append(
        (UInt32.random(in: 1..<160, using: &random), Int32.random(in: 0..<900, using: &random))
      )
    }
    notes.sort { ($0.day, $0.name) < ($1.day, $1.name) }
    func profile(_ part: ArraySlice<(name: UInt32, day: Int32)>) -> Profile {
      var profile = Profile()
      for note in part {
        profile.note(day: note.day)
        // Fewer names than the bound: beyond it the merge may know more than one pass.
        profile.terminals.note(note.name % 100 + 1, on: note.day)
        profile.habit.note(Int64(note.name), hour: Int(note.day) % 24)
        profile.note(Profile.Misuse(instruction: note.name, day: note.day, reason: 3))
      }
      return profile
    }
    let whole = profile(notes[...])
    var merged = profile(notes[..<150])
    merged.merge(profile(notes[150...]))
    #expect(merged.terminals == whole.terminals)
    #expect(merged.habit == whole.habit)
    #expect(merged.misuses == whole.misuses)
    #expect(merged.firstDay == whole.firstDay)
    #expect(merged.lastDay == whole.lastDay)
    #expect(merged.wokeDay == whole.wokeDay)
    #expect(merged.silence == whole.silence)
  }

  @Test func `a silence between two halves is one, and none that the other half fills`() {
    var early = Profile()
    for day in [Int32(1), 90] { early.note(day: day) }
    var late = Profile()
    late.note(day: 200)
    var whole = early
    whole.merge(late)
    #expect(whole.wokeDay == 200)
    #expect(whole.silence == 110)
    var between = Profile()
    for day in [Int32(30), 60] { between.note(day: day) }
    early.merge(between)
    #expect(early.wokeDay == .min)
  }

  @Test func `an hour in which one read of fifty fell is off schedule, another is not`() {
    var habit = BulkHabit()
    for _ in 0..<9 { habit.note(100, hour: 2) }
    #expect(!habit.isOffSchedule(hour: 14))
    for _ in 0..<91 { habit.note(100, hour: 2) }
    #expect(habit.isOffSchedule(hour: 14))
    #expect(!habit.isOffSchedule(hour: 3))
    for _ in 0..<3 { habit.note(100, hour: 14) }
    #expect(!habit.isOffSchedule(hour: 14))
    #expect(!habit.isMuchMore(400))
    #expect(habit.isMuchMore(401))
  }

  @Test(arguments: [
    ([AuthorisationMatch.Reason.reused, .reused, .reused, .reused], false),
    ([.reused, .reused, .tooManyRecords], false), ([.tooManyRecords, .tooManyRecords], false),
    ([.tooManyRecords, .tooManyRecords, .reused], true), ([.wrongOwner, .tooManyRecords], true),
    ([.selfApproved, .selfApproved], true), ([.selfApproved], false),
  ])
  func `repetitions alone are no mimicry`(reasons: [AuthorisationMatch.Reason], expected: Bool) {
    let misuses = reasons.enumerated().map {
      Profile.Misuse(instruction: UInt32($0 + 1), day: 1, reason: $1.rawValue)
    }
    #expect(TicketMimicry.isPattern(misuses) == expected)
  }

  @Test func `what is written is read again`() throws {
    var profile = Profile()
    for day in [Int32(-3), 70, 71] { profile.note(day: day) }
    profile.terminals.note(9, on: 70)
    profile.takers.note(4, on: 71)
    profile.habit.note(800, hour: 23)
    profile.note(Profile.Misuse(instruction: 5, day: 71, reason: 2))
    var writer = StateWriter()
    profile.write(to: &writer)
    var reader = StateReader(writer.bytes)
    let restored = try Profile(from: &reader)
    #expect(reader.isAtEnd)
    var again = StateWriter()
    restored.write(to: &again)
    #expect(again.bytes == writer.bytes)
    #expect(restored.wokeDay == 70)
    #expect(restored.silence == 73)
  }

  @Test func `a handling and what a key touches for every read have not grown`() {
    #expect(MemoryLayout<Handling>.stride == 256)
    #expect(MemoryLayout<EstateResolver.AccountFacts>.stride == 16)
  }
}

/// A house with a leaver, a service account and two administrators at terminals of their own.
private func estate() -> DeclaredEstate {
  var estate = DeclaredEstate()
  var owner = Owner(name: "Telecom West")
  owner.delivered = 4_000_000
  estate.owners = [owner]
  for (name, role) in [("batch", Role.service), ("aoki", .admin), ("mori", .admin)] {
    var account = Account(role: role)
    account.patterns = [Pattern(name), Pattern("\(name)2")]
    account.persons = role == .service ? [] : ["Person of \(name)"]
    estate.accounts.append(account)
  }
  estate.accounts[2].validUntil = Timestamp(seconds: 1_711_929_600 + 100 * 86_400)
  for name in ["aoki", "mori"] {
    var terminal = Terminal(name: "pc-\(name)")
    terminal.person = "Person of \(name)"
    estate.terminals.append(terminal)
  }
  estate.canaryHashes = [0xC1]
  return estate
}

struct SignTests {
  private func logs(seed: UInt64) -> RowBuilder {
    var random = Seeded(state: seed)
    var logs = RowBuilder()
    var minute = 0
    for index in 0..<400 {
      minute += Int.random(in: 0..<1_500, using: &random)
      if index == 150 { minute += 60 * 24 * 60 }
      let account = ["batch", "aoki", "mori", "aoki2", "mori2"].randomElement(using: &random) ?? ""
      logs.add(
        at: minute,
        account: account,
        terminal: ["pc-aoki", "pc-mori", "db1", "laptop"].randomElement(using: &random) ?? "",
        owner: ["Telecom West", "Kitamachi", "Sakura"].randomElement(using: &random) ?? "",
        records: Int64.random(in: 0..<(index % 9 == 0 ? 6_000 : 90), using: &random),
        program: ["psql", "pg_dump", "app"].randomElement(using: &random) ?? ""
      )
      if index % 40 == 0 { logs.rows[logs.rows.count - 1].subject = 0xC1 }
    }
    return logs
  }

  @Test(arguments: [UInt64(5), 6, 7])
  func `gives the same incidents when saved and restored after every row`(seed: UInt64) throws {
    let logs = logs(seed: seed)
    let whole = logs.incidents(estate())
    var engine = DetectionEngine(estate: estate(), sources: [], detectors: nil)
    for row in logs.rows.sorted(by: { ($0.time, $0.digest) < ($1.time, $1.digest) }) {
      engine.apply([row], names: logs.names)
      engine = try DetectionEngine(
        restoring: engine.snapshot(),
        estate: estate(),
        sources: [],
        detectors: nil
      )
    }
    #expect(engine.finish(coverage: Coverage()) == whole)
    let found = Set(whole.flatMap(\.findings).map(\.detector))
    #expect(
      found.isSuperset(of: [
        "canary-record", "dormant-account", "service-account-misuse", "shared-account",
        "shared-terminal",
      ])
    )
  }

  @Test(arguments: [UInt64(8), 9])
  func `finds what asking every detector of every read would find`(seed: UInt64) {
    let logs = logs(seed: seed)
    var results: [[Incident]] = []
    for asksAlways in [false, true] {
      var engine = DetectionEngine(
        estate: estate(),
        sources: [],
        detectors: nil,
        asksAlways: asksAlways
      )
      engine.apply(logs.rows, names: logs.names)
      results.append(engine.finish(coverage: Coverage()))
    }
    #expect(results[0] == results[1])
  }

  @Test func `novelty alone is no incident, and evidence within one`() throws {
    var logs = RowBuilder()
    for day in 0..<40 {
      logs.add(
        at: day * 1_440,
        account: "aoki",
        terminal: "pc-aoki",
        owner: "Telecom West",
        records: 2,
        operation: .read
      )
    }
    logs.add(
      at: 41 * 1_440,
      account: "aoki",
      terminal: "pc-aoki",
      owner: "Sakura",
      records: 400
    )
    #expect(logs.incidents(estate()).isEmpty)
    logs.add(
      at: 41 * 1_440 + 200,
      account: "aoki",
      terminal: "pc-aoki",
      owner: "Sakura",
      records: 9_000
    )
    let incident = try #require(logs.incidents(estate()).first)
    let first = try #require(incident.findings.first { $0.detector == "first-access" })
    #expect(first.severity == .low)
    #expect(first.events == 2)
  }

  @Test func `a second account of a person inherits what the person has done`() throws {
    var logs = RowBuilder()
    for day in 0..<40 {
      logs.add(
        at: day * 1_440,
        account: "aoki",
        terminal: "pc-aoki",
        owner: "Telecom West",
        records: 2,
        operation: .read
      )
    }
    logs.add(
      at: 41 * 1_440,
      account: "aoki2",
      terminal: "pc-aoki",
      owner: "Telecom West",
      records: 9_000
    )
    let incident = try #require(logs.incidents(estate()).first)
    #expect(!incident.findings.contains { $0.detector == "first-access" })
  }
}
