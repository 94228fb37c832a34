import Estate
import EventModel
import Testing

@testable import Detection

/// What logs leave unsaid is not taken for nothing: the host of a log, the number of records of a statement.
struct UnstatedTests {
  private static func yaml(delivered: Bool) -> String {
    """
    sources:
      - {name: audit, paths: "a*", format: auto, system: db1}
    owners:
      - {name: Kita\(delivered ? ", delivered: 100000" : "")}
      - {name: Minami\(delivered ? ", delivered: 2000" : "")}
    datasets:
      - {name: kita, tables: "kita.*", owner: Kita}
      - {name: minami, tables: "minami.*", owner: Minami}
    accounts:
      - {name: dba1, role: dba, person: Mori}
    """
  }

  private func incidents(
    delivered: Bool = true,
    _ detectors: Set<String>,
    _ change: (inout EventRow, inout NameTable) -> Void
  ) throws -> [Incident] {
    let yaml = Self.yaml(delivered: delivered)
    let estate = try EstateFile.load(yaml: yaml, file: "o.yml", folder: "/").estate
    var names = NameTable()
    var row = EventRow(time: 1_700_000_000_000_000_000)
    row.account = names.intern("dba1")
    row.outcome = .success
    row.digest = 1
    change(&row, &names)
    var engine = DetectionEngine(estate: estate, sources: estate.sources, detectors: detectors)
    engine.apply([row], names: names)
    return engine.finish(coverage: Coverage())
  }

  private func read(delivered: Bool, _ object: String) throws -> [Incident] {
    try incidents(delivered: delivered, ["bulk-export"]) { row, names in
      row.operation = .read
      row.object = names.intern(object)
      row.flags = .whole
    }
  }

  @Test func `a statement over two owners' tables is bounded by both sets together`() throws {
    #expect(try read(delivered: true, "kita.cust").first?.records.high == 100_000)
    let both = try read(delivered: true, "kita.cust\u{1F}minami.cust")
    #expect(both.count == 1)
    #expect(both.first?.records.low == 0)
    #expect(both.first?.owners.map(\.owner) == ["Kita", "Minami"])
  }

  @Test func `a declared dataset that is read whole is told though nobody knows its size`() throws {
    let found = try read(delivered: false, "kita.cust")
    #expect(found.first?.records.isUnbounded == true)
    #expect(try read(delivered: false, "other.table").isEmpty)
  }

  @Test func `an audit log that names no host is that of one host`() throws {
    for effect in ["stopped", "cleared"] {
      let found = try incidents(["audit-tampering"]) { row, names in
        row.operation = .audit
        row.object = names.intern(effect)
      }
      #expect(found.first?.findings.map(\.detector) == ["audit-tampering"], "\(effect)")
    }
  }

  @Test func `a cleared log is told of the host where nobody is named`() throws {
    let found = try incidents(["audit-tampering"]) { row, names in
      row.operation = .audit
      row.object = names.intern("cleared")
      row.account = .none
    }
    #expect(found.first?.actor == "terminal:db1")
  }

  @Test func `what went out under a refusal may have been no records`() {
    var row = EventRow(time: 0)
    (row.operation, row.bytes, row.outcome) = (.export, 900_000, .failure)
    let refused = VolumeBounds.bound(row, size: nil, bytesPerRecord: 100...100)
    #expect(refused.volume.low == 0 && refused.volume.high == 9_000)
    row.outcome = .success
    #expect(VolumeBounds.bound(row, size: nil, bytesPerRecord: 100...100).volume.low == 9_000)
  }

  /// Reads of a table that nobody declares, then an export of it without a number.
  private func export(after reads: Int, records: Int64, isWhole: Bool) -> Incident? {
    var names = NameTable()
    var rows: [EventRow] = []
    for place in 0...reads {
      var row = EventRow(time: 1_700_000_000_000_000_000 + Int64(place) * 60_000_000_000)
      row.account = names.intern(place == reads ? "postgres" : "op\(place % 5)")
      row.object = names.intern("sales.clients")
      row.outcome = .success
      row.digest = UInt64(place + 1)
      row.operation = place == reads ? .export : .read
      row.volume = place == reads ? .unknown : .exactly(records)
      if isWhole { row.flags = .whole }
      rows.append(row)
    }
    var engine = DetectionEngine(
      estate: DeclaredEstate(),
      sources: [SourceDeclaration(name: "audit")],
      detectors: ["bulk-export"]
    )
    engine.apply(rows, names: names)
    return engine.finish(coverage: Coverage()).first { $0.accounts.contains("postgres") }
  }

  @Test func `an export of unknown number is told however many look-ups came before it`() throws {
    for reads in [0, 1, 50] {
      let incident = try #require(export(after: reads, records: 1, isWhole: false), "\(reads)")
      #expect(incident.records.isUnbounded)
    }
    // What was read whole may have grown since, or row-level security hid the rest.
    #expect(try #require(export(after: 3, records: 40, isWhole: true)).records.isUnbounded)
  }

  @Test func `a table that was read whole bounds its later export with room for growth`() throws {
    let incident = try #require(export(after: 1, records: 98_000, isWhole: true))
    #expect(incident.records.low == 0 && incident.records.high == 196_000)
    #expect(incident.records.quality == .estimated)
  }

  @Test func `of several owners each is charged with its own set at most`() throws {
    let both = try #require(try read(delivered: true, "kita.cust\u{1F}minami.cust").first)
    #expect(both.owners.map(\.records.high) == [100_000, 2_000])
  }

  @Test(arguments: [false, true])
  func `a ticket of one owner covers no statement over another's table`(_ hasBoth: Bool) throws {
    let ticket =
      "executor: Mori, most-records: 50000, opened: 2023-11-14, closed: 2023-11-16, approver: Sato"
    let second = hasBoth ? ", {id: T2, owner: Minami, \(ticket)}" : ""
    let yaml =
      Self.yaml(delivered: true)
      + "\nauthorisations: {tickets: [{id: T1, owner: Kita, \(ticket)}\(second)]}"
    let estate = try EstateFile.load(yaml: yaml, file: "o.yml", folder: "/").estate
    var names = NameTable()
    var row = EventRow(time: 1_700_000_000_000_000_000)
    row.account = names.intern("dba1")
    row.object = names.intern("kita.cust\u{1F}minami.cust")
    row.operation = .read
    row.outcome = .success
    row.volume = .exactly(2_000)
    row.digest = 1
    var engine = DetectionEngine(
      estate: estate,
      sources: estate.sources,
      detectors: ["bulk-export", "scope-exceeded"]
    )
    engine.apply([row], names: names)
    let found = engine.finish(coverage: Coverage())
    #expect(found.isEmpty == hasBoth)
    guard let incident = found.first else { return }
    #expect(incident.owners.map(\.owner) == ["Kita", "Minami"])
    #expect(incident.records.low == 0 && incident.records.high == 2_000)
  }

  @Test
  func
    `a table that is read whole is told where no dataset is declared, and named where others are`()
    throws
  {
    func engine(_ yaml: String) throws -> (incidents: [Incident], said: [String]) {
      let estate = try EstateFile.load(yaml: yaml, file: "o.yml", folder: "/").estate
      var names = NameTable()
      var rows: [EventRow] = []
      for number in 0..<3 {
        var row = EventRow(time: 1_700_000_000_000_000_000 + Int64(number))
        row.account = names.intern("dba1")
        row.outcome = .success
        row.operation = .read
        row.object = names.intern("shop.\u{1B}[31mcustomers")
        row.flags = .whole
        row.digest = UInt64(number)
        rows.append(row)
      }
      var engine = DetectionEngine(
        estate: estate,
        sources: estate.sources,
        detectors: ["bulk-export"]
      )
      engine.apply(rows, names: names)
      let bytes = engine.snapshot()
      let restored = try DetectionEngine(
        restoring: bytes,
        estate: estate,
        sources: estate.sources,
        detectors: ["bulk-export"]
      )
      #expect(restored.assumptions.map(\.english) == engine.assumptions.map(\.english))
      return (engine.finish(coverage: Coverage()), engine.assumptions.map(\.english))
    }
    let bare = try engine("accounts:\n  - {name: dba1, role: dba}\n")
    #expect(bare.incidents.first?.records.isUnbounded == true)
    let declared = try engine(Self.yaml(delivered: true))
    #expect(declared.incidents.isEmpty)
    let sentence = try #require(declared.said.first { $0.contains("took a table whole") })
    #expect(sentence.hasPrefix("3 reads"))
    #expect(sentence.contains("shop.?[31mcustomers"))
  }
}
