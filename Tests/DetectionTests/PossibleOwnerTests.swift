import Estate
import EventModel
import Testing

@testable import Detection

/// Records of which no log tells whose they were may be any declared owner's, and each is named.
struct PossibleOwnerTests {
  private static let yaml = """
    organisations:
      - {name: Hinode, kind: provider}
    owners:
      - {name: Kita, delivered: 400000, bytes-per-record: [150, 260]}
      - {name: Minami, delivered: 1200}
      - {name: Nishi}
    accounts:
      - {pattern: aoki, role: admin, organisation: Hinode, person: Aoki Jun}
    terminals:
      - {name: mnt-03, addresses: [192.0.2.43], organisation: Hinode, person: Aoki Jun}
      - {name: db01, addresses: [192.0.2.11], organisation: Hinode}
    """

  private func incidents(_ change: (inout EventRow, inout NameTable) -> Void) throws -> [Incident] {
    let estate = try EstateFile.load(yaml: Self.yaml, file: "o.yml", folder: "/").estate
    var names = NameTable()
    var row = EventRow(time: 1_700_000_000_000_000_000)
    row.terminal = names.intern("192.0.2.43")
    row.outcome = .success
    row.digest = 1
    change(&row, &names)
    var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
    engine.apply([row], names: names)
    return engine.finish(coverage: Coverage())
  }

  @Test func `bytes that no read explains may be up to the whole set of each owner`() throws {
    let found = try incidents { row, names in
      row.operation = .flow
      row.destination = names.intern("192.0.2.11")
      row.bytes = 30_000_000
    }
    let incident = try #require(found.first)
    #expect(incident.owners.map(\.owner) == [""])
    #expect(incident.possibleOwners.map(\.owner) == ["Kita", "Minami", "Nishi"])
    #expect(incident.possibleOwners.map(\.subjects.low) == [0, 0, 0])
    #expect(incident.possibleOwners.map(\.subjects.high) == [200_000, 1_200, 200_000])
    #expect(incident.possibleOwners.map(\.share) == [0.5, 1, nil])
  }

  @Test func `where every owner is known nobody else is named`() throws {
    let found = try incidents { row, names in
      row.account = names.intern("aoki")
      row.operation = .export
      row.owner = names.intern("Kita")
      row.volume = .exactly(20_000)
    }
    #expect(found.first?.owners.map(\.owner) == ["Kita"])
    #expect(found.first?.possibleOwners == [])
  }
}
