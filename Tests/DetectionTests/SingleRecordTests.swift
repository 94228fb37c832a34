import Estate
import EventModel
import Testing

@testable import Detection

/// Records that are read one by one, and reads of which nothing tells how many records they returned.
struct SingleRecordTests {
  private static let second: Int64 = 1_000_000_000

  private static func yaml(_ policy: String) -> String {
    """
    owners: [{name: Kita, delivered: 100000, bytes-per-record: 150}]
    datasets: [{name: kita, tables: ["kita.*", "/c/kita/*"], owner: Kita}]
    accounts: [{name: dba1, role: dba}, {pattern: "op*", role: operator}]
    \(policy)
    """
  }

  /// `make` fills in the row number so many of a run; a run a day, with a second between two rows.
  private func findings(
    _ runs: [Int],
    account: String = "dba1",
    policy: String = "",
    _ make: (inout EventRow, Int) -> Void
  ) throws -> [Finding] {
    let estate = try EstateFile.load(yaml: Self.yaml(policy), file: "o.yml", folder: "/").estate
    var names = NameTable()
    var rows: [EventRow] = []
    for (day, count) in runs.enumerated() {
      for place in 0..<count {
        var row = EventRow(
          time: (1_700_000_000 + Int64(day) * 86_400 + Int64(place)) * Self.second
        )
        row.account = names.intern(account)
        row.object = names.intern("kita.cust")
        row.operation = .read
        row.digest = UInt64(rows.count + 1)
        make(&row, rows.count)
        rows.append(row)
      }
    }
    var told: [[Finding]] = []
    for parts in [1, 5] {
      var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
      for part in 0..<parts {
        engine.apply(
          Array(rows[rows.count * part / parts..<rows.count * (part + 1) / parts]),
          names: names
        )
        guard parts > 1 else { continue }
        engine = try DetectionEngine(
          restoring: engine.snapshot(),
          estate: estate,
          sources: [],
          detectors: nil
        )
      }
      told.append(engine.finish(coverage: Coverage()).flatMap(\.findings))
    }
    #expect(told[0].map(\.message) == told[1].map(\.message))
    return told[0]
  }

  private func byKey(_ row: inout EventRow, _: Int) {
    row.volume = Volume(low: 0, high: 1, quality: .estimated)
  }

  @Test func `an administrator's script of statements by key is told on its first night`() throws {
    let found = try findings([5, 5, 300], byKey).filter { $0.detector == "record-enumeration" }
    #expect(found.count == 1 && found[0].window == "day")
    #expect(try findings([60, 60, 60, 60], byKey).isEmpty)
  }

  @Test func `records that the log counts are told the same`() throws {
    let found = try findings([300]) { row, _ in row.volume = .exactly(1) }
    #expect(found.contains { $0.detector == "record-enumeration" })
  }

  @Test func `an agent's records in the order of their keys are told, scattered ones are not`()
    throws
  {
    let inOrder = try findings([320], account: "op1") { row, place in
      byKey(&row, place)
      (row.begins, row.continues) = (UInt8(place % 255 + 1), UInt8((place + 1) % 255 + 1))
    }
    #expect(inOrder.contains { $0.detector == "record-enumeration" })
    let scattered = try findings([320], account: "op1") { row, place in
      byKey(&row, place)
      let mark = UInt8(place * 89 % 255 + 1)
      (row.begins, row.continues) = (mark, mark % 255 + 1)
    }
    #expect(scattered.isEmpty)
  }

  @Test func `a page with one record's key is one record, whatever its path looks like`() throws {
    let found = try findings([300]) { row, place in
      row.bytes = 4_500
      row.outcome = .success
      (row.begins, row.continues) = (UInt8(place * 7 % 255 + 1), UInt8(place * 11 % 255 + 1))
    }
    #expect(found.contains { $0.detector == "record-enumeration" })
  }

  private func uncounted(_ runs: [Int], policy: String = "") throws -> [Finding] {
    try findings(runs, policy: policy) { _, _ in }.filter { $0.unit == "reads" }
  }

  @Test func `many reads of unknown number are no small reads`() throws {
    #expect(try uncounted([29]).isEmpty)
    let some = try uncounted([40])
    #expect(some.count == 1 && some[0].severity == .low && some[0].value == .exactly(40))
    #expect(some[0].message.contains("4,000,000"))
    #expect(try uncounted([300]).first?.severity == .high)
    #expect(try uncounted([20, 20, 20, 20, 20, 20, 20]).isEmpty)
    #expect(try uncounted([20, 20, 20, 20, 20, 20, 20, 20]).first?.window == "30d")
  }

  @Test func `statements that were cut before they named a table are among them`() throws {
    func told(_ flags: EventRow.Flags) throws -> [Finding] {
      try findings([40]) { row, _ in (row.object, row.flags) = (.none, flags) }
        .filter { $0.unit == "reads" }
    }
    #expect(try told(.truncated).first?.value == .exactly(40))
    #expect(try told([]).isEmpty)
  }

  @Test func `what led to the finding is in the sums of its incident`() throws {
    let estate = try EstateFile.load(yaml: Self.yaml(""), file: "o.yml", folder: "/").estate
    var names = NameTable()
    var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
    let rows = (0..<60).map { place in
      var row = EventRow(time: (1_700_000_000 + Int64(place)) * Self.second)
      (row.account, row.object) = (names.intern("dba1"), names.intern("kita.cust"))
      (row.operation, row.digest) = (.read, UInt64(place + 1))
      return row
    }
    engine.apply(rows, names: names)
    let incident = try #require(engine.finish(coverage: Coverage()).first)
    #expect(incident.records == Volume(low: 0, high: 6_000_000, quality: .unknown))
  }

  @Test func `the policy has another limit for them, or none`() throws {
    let policy = "policy: {uncounted-limits: {dba: {day: 1000, 30d: 10000}}}"
    #expect(try uncounted([300], policy: policy).isEmpty)
    #expect(try uncounted([1_000], policy: policy).first?.severity == .low)
  }

  @Test func `reads of a number that bytes or the text bound are none of them`() throws {
    let bytes = try findings([300]) { row, _ in row.bytes = 900 }
    #expect(bytes.allSatisfy { $0.unit != "reads" })
    let agents = try findings([300], account: "op1") { _, _ in }
    #expect(agents.allSatisfy { $0.unit != "reads" })
  }

  // MARK: one act told twice

  @Test func `an export that two clocks tell apart is not at least two`() throws {
    func records(_ apart: Int64, bytes: Int64 = 750_000) throws -> Volume {
      let estate = try EstateFile.load(yaml: Self.yaml(""), file: "o.yml", folder: "/").estate
      var names = NameTable()
      let rows = [0, 1].map { number in
        var row = EventRow(time: (1_700_000_000 + Int64(number) * apart) * Self.second)
        row.account = names.intern("dba1")
        row.object = names.intern("/c/kita/export.csv")
        row.operation = .export
        row.outcome = .success
        row.source = UInt16(number)
        if number == 0 { row.volume = .exactly(5_000) } else { row.bytes = bytes }
        row.digest = UInt64(number + 1)
        return row
      }
      var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
      engine.apply([rows[0]], names: names)
      engine = try DetectionEngine(
        restoring: engine.snapshot(),
        estate: estate,
        sources: [],
        detectors: nil
      )
      engine.apply([rows[1]], names: names)
      return engine.finish(coverage: Coverage()).reduce(into: Volume.none) { $0.add($1.records) }
    }
    #expect(try records(3) == .exactly(5_000))
    for apart in [40, 300, 3_500] as [Int64] {
      let told = try records(apart)
      #expect(told.low == 5_000 && told.high == 10_000, "\(apart)")
    }
    #expect(try records(7_200).low == 10_000)
    #expect(try records(40, bytes: 1_500_000).low == 15_000)
  }
}
