import Estate
import EventModel
import Testing

@testable import Detection

/// Small reads that several detectors tell of are in an incident once.
struct CountedOnceTests {
  private static let second: Int64 = 1_000_000_000

  /// Nights of look-ups in the order of their keys, and scattered ones by day beside them.
  private static func incidents(
    _ account: String,
    nights: Int,
    inOrder: Int,
    beside: Int = 0,
    isStated: Bool = false,
    parts: Int = 1
  ) throws -> [Incident] {
    let yaml = """
      owners: [{name: Kita, delivered: 100000, bytes-per-record: 150}]
      datasets: [{name: kita, tables: ["kita.*"], owner: Kita}]
      accounts: [{name: dba1, role: dba}, {pattern: "op*", role: operator}]
      """
    let estate = try EstateFile.load(yaml: yaml, file: "o.yml", folder: "/").estate
    var names = NameTable()
    var rows: [EventRow] = []
    func add(_ seconds: Int64, _ key: Int) {
      var row = EventRow(time: (1_700_006_400 + seconds) * second)
      (row.account, row.object) = (names.intern(account), names.intern("kita.cust"))
      row.operation = .read
      row.volume = isStated ? .exactly(1) : Volume(low: 0, high: 1, quality: .estimated)
      (row.begins, row.continues) = (UInt8(key % 255 + 1), UInt8((key + 1) % 255 + 1))
      row.digest = UInt64(rows.count + 1)
      rows.append(row)
    }
    for night in 0..<nights {
      let day = Int64(night) * 86_400
      for place in 0..<beside { add(day + 9 * 3_600 + Int64(place) * 60, place * 89 + night) }
      for place in 0..<inOrder { add(day + 19 * 3_600 + Int64(place), night * inOrder + place) }
    }
    var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
    for part in 0..<parts {
      let range = rows.count * part / parts..<rows.count * (part + 1) / parts
      engine.apply(Array(rows[range]), names: names)
      guard part < parts - 1 else { break }
      engine = try DetectionEngine(
        restoring: engine.snapshot(),
        estate: estate,
        sources: [],
        detectors: nil
      )
    }
    return engine.finish(coverage: Coverage())
  }

  @Test(arguments: ["op1", "dba1"])
  func `records told by their order and by their sum are not twice as many`(account: String) throws
  {
    for parts in [1, 5] {
      let found = try Self.incidents(account, nights: 4, inOrder: 3_500, parts: parts)
      let incident = try #require(found.first)
      #expect(incident.findings.contains { $0.detector == "record-enumeration" })
      #expect(incident.findings.contains { $0.detector == "bulk-export" })
      #expect(incident.records.high >= 14_000 - 2)
      #expect(incident.records.high <= 14_000 + 100, "\(account) \(incident.records)")
    }
  }

  @Test func `the lower end stays what the log states`() throws {
    let incident = try #require(
      try Self.incidents("dba1", nights: 3, inOrder: 3_500, isStated: true).first
    )
    #expect(incident.records.low <= 10_500 && incident.records.high >= 10_500 - 2)
    #expect(incident.records.high <= 10_600, "\(incident.records)")
    #expect(incident.records.low >= 10_000)
  }

  @Test func `look-ups beside them make the number no smaller than it was`() throws {
    let incident = try #require(
      try Self.incidents("op1", nights: 4, inOrder: 1_200, beside: 60).first
    )
    #expect(incident.records.high >= 4 * 1_200 - 2)
    #expect(incident.records.high <= 4 * 1_260 + 100, "\(incident.records)")
  }
}
