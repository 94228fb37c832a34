import Estate
import EventModel
import Testing

@testable import Detection

/// One statement that the audit of the database and the wire tell of is counted once.
struct ToldTwiceTests {
  static let second: Int64 = 1_000_000_000

  /// One line of a log.
  struct Line {
    var at: Double = 0
    var records: Int64? = 5_000
    var most: Int64?
    var table = "kita.cust"
    var account = "adm1"
    var operation = Operation.read
    /// 0: a whole row of the wire.
    var statement: UInt64 = 0
    var bytes: Int64 = -1
    var ticket = ""
    /// Of an application or the wire 1, of an access log 2.
    var source: UInt16 = 1
  }

  private func rows(_ lines: [Line], _ names: inout NameTable) -> [EventRow] {
    lines.enumerated().map { number, line in
      var row = EventRow(
        time: 1_700_000_000 * Self.second + Int64(line.at * Double(Self.second))
      )
      row.account = names.intern(line.account)
      row.terminal = names.intern("192.0.2.10")
      row.object = names.intern(line.table)
      row.operation = line.operation
      if let records = line.records {
        row.volume =
          line.most.map { Volume(low: records, high: $0, quality: .estimated) }
          ?? .exactly(records)
      }
      row.statement = line.statement
      row.source = line.statement == 0 ? line.source : 0
      row.ticket = names.intern(line.ticket)
      row.bytes = line.bytes
      row.digest = UInt64(number + 1) &* 0x9e37_79b9_7f4a_7c15
      return row
    }.sorted { ($0.time, $0.digest) < ($1.time, $1.digest) }
  }

  /// What the incident says, and whether the sources contradict each other; the same however often the
  /// state is saved and restored.
  private func told(
    _ lines: [Line]
  ) throws -> (records: Volume, apart: Volume?, severity: Severity?) {
    let yaml = """
      owners: [{name: Kita, delivered: 100000, bytes-per-record: 100-300}]
      datasets: [{name: kita, tables: ["kita.*", cust], lists: ["/kita/*", "Kita *", "喜多*"], owner: Kita}]
      accounts: [{name: adm1, role: admin}, {name: adm2, role: admin}]
      """
    let estate = try EstateFile.load(yaml: yaml, file: "estate.yml", folder: "/").estate
    var names = NameTable()
    let rows = rows(lines, &names)
    var results: [String] = []
    var last: (records: Volume, apart: Volume?, severity: Severity?) = (.none, nil, nil)
    for isRestored in [false, true] {
      var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
      for row in rows {
        engine.apply([row], names: names)
        guard isRestored else { continue }
        engine = try DetectionEngine(
          restoring: engine.snapshot(),
          estate: estate,
          sources: [],
          detectors: nil
        )
      }
      let incidents = engine.finish(coverage: Coverage())
      results.append("\(incidents.map { $0.findings.map(\.message) })")
      var sum = Volume.none
      for incident in incidents { sum.add(incident.records) }
      let apart = incidents.flatMap(\.findings).first { $0.detector == "source-contradiction" }
      last = (sum, apart?.value, apart?.severity)
    }
    #expect(results[0] == results[1])
    return last
  }

  @Test(arguments: [-4.0, -0.2, 0, 0.2, 4])
  func `what audit and wire tell is counted once, whichever comes first`(skew: Double) throws {
    let twice = [
      Line(at: 10, statement: 7), Line(at: 10 + skew, table: "cust", bytes: 900_000),
    ]
    let result = try told(twice)
    #expect(result.records == .exactly(5_000) && result.apart == nil)
    // A line that adds nothing, and the wire's between the two.
    let lines = twice + [Line(at: 14.5, records: nil, statement: 7)]
    #expect(try told(lines).records == .exactly(5_000))
    let two =
      twice
      + twice.map { line in
        var line = line
        line.at += 2
        line.statement = line.statement == 0 ? 0 : 8
        return line
      }
    #expect(try told(two).records == .exactly(10_000))
  }

  /// An application names its list or its address, the server the table behind it.
  @Test(arguments: ["/kita/export.csv", "Kita list 3", "喜多名簿"], [-2.0, 2])
  func `a list that an application and a server count alike is one taking`(
    list: String,
    skew: Double
  ) throws {
    let server = Line(at: 10, statement: 7)
    let told = Line(at: 10 + skew, table: list, operation: .export)
    #expect(try self.told([server, told]).records == .exactly(5_000))
    // With the access log's bytes beside them, whichever comes first.
    for late in [-3.0, -0.5, 1, 2.5] {
      let web = Line(
        at: 10 + late,
        records: nil,
        table: "/kita/export.csv",
        operation: .export,
        bytes: 1_000_000,
        source: 2
      )
      let three = try self.told([server, told, web]).records
      #expect(three == .exactly(5_000), "\(late)")
    }
    // Other counts, another table: two takings.
    var other = told
    other.records = 4_000
    #expect(try self.told([server, other]).records == .exactly(9_000))
    other = told
    other.table = "kita.orders"
    #expect(try self.told([server, other]).records == .exactly(10_000))
  }

  @Test func `a COPY that the audit cannot count has the number of the wire`() throws {
    let lines = [
      Line(at: 1, records: nil, operation: .export, statement: 7),
      Line(at: 3, records: 30_000, table: "cust", operation: .export, bytes: 6_000_000),
    ]
    #expect(try told(lines).records == .exactly(30_000))
  }

  @Test func `numbers that cannot both be true bound what was read`() throws {
    let lines = [
      Line(at: 1, statement: 7), Line(at: 2, records: 90_000, table: "cust", bytes: 18_000_000),
    ]
    let result = try told(lines)
    #expect(result.records == Volume(low: 5_000, high: 90_000, quality: .estimated))
    #expect(result.apart == .exactly(85_000))
    // What later statements say must not change what the first pair is.
    let more = lines + [Line(at: 30, statement: 8), Line(at: 31, table: "cust", bytes: 900_000)]
    #expect(try told(more).records == Volume(low: 10_000, high: 95_000, quality: .estimated))
  }

  @Test func `small differences are an interval and no finding`() throws {
    let lines = [Line(at: 1, statement: 7), Line(at: 2, records: 5_300, table: "cust")]
    let result = try told(lines)
    #expect(result.records == Volume(low: 5_000, high: 5_300, quality: .estimated))
    #expect(result.apart == nil)
  }

  @Test func `of several that it could be none is taken`() throws {
    let lines = [
      Line(at: 1, statement: 7), Line(at: 2, records: 9_000, table: "cust"),
      Line(at: 3, records: 20_000, table: "cust"),
    ]
    let result = try told(lines)
    #expect(result.records == .exactly(34_000) && result.apart == nil)
  }

  @Test func `another account, table or time is another statement`() throws {
    for other in [
      Line(at: 2, account: "adm2"), Line(at: 2, table: "kita.archive"), Line(at: 7),
      Line(at: 2, table: "nishi.cust"),
    ] {
      #expect(try told([Line(at: 1, statement: 7), other]).records == .exactly(10_000))
    }
    // Two lines of one log are two statements.
    let own = [Line(at: 1, statement: 7), Line(at: 2, statement: 8)]
    #expect(try told(own).records == .exactly(10_000))
  }

  @Test(arguments: [0, 1, 9] as [Int64], [-4.0, 0, 4])
  func `an audit that states next to nothing contradicts the wire`(
    records: Int64,
    skew: Double
  ) throws {
    let lines = [
      Line(at: 10 + skew, records: records, statement: 7),
      Line(at: 10, table: "cust", bytes: 900_000),
    ]
    let result = try told(lines)
    // What was read is what the wire has counted.
    #expect(result.records.low >= 5_000 && result.records.high <= 5_009)
    #expect(result.apart == .exactly(5_000 - records))
  }

  @Test(arguments: [-30.0, 30, -300, 300])
  func `a clock alone is no edited audit`(skew: Double) throws {
    // A look-up of the audit, whose clock is wrong, stands beside a read of the wire.
    let late = [
      Line(at: 1000 + skew, records: 1, statement: 90),
      Line(at: 1000, records: 1, table: "cust", bytes: 200),
      Line(at: 1000 + skew, records: 5_000, table: "cust", bytes: 900_000),
      Line(at: 1000 + 2 * skew, records: 5_000, statement: 91),
    ]
    #expect(try told(late).severity ?? .low == .low)
  }

  @Test func `clocks that a statement has shown to agree leave no doubt`() throws {
    let edit = [
      Line(at: 100, records: 0, statement: 7), Line(at: 100, table: "cust", bytes: 900_000),
    ]
    #expect(try told(edit).severity == .low)
    let both = [
      Line(at: 10, records: 40, statement: 8),
      Line(at: 10, records: 40, table: "cust", bytes: 7_000),
    ]
    let shown = try told(both + edit)
    #expect(shown.apart == .exactly(5_000))
    #expect(shown.severity == .medium)
  }

  @Test func `look-ups beside a read that both tell of are no contradiction`() throws {
    let lookUps = [
      Line(at: 9, records: 1, statement: 7), Line(at: 9, records: 1, table: "cust", bytes: 200),
    ]
    let both = [Line(at: 10, statement: 8), Line(at: 10, table: "cust", bytes: 900_000)]
    #expect(try told(lookUps + both).apart == nil)
    // By another clock.
    let late = [Line(at: 2, statement: 8), Line(at: 10, table: "cust", bytes: 900_000)]
    #expect(try told(late).apart == nil)
    #expect(try told(lookUps + late).apart == nil)
    // Without an audit of it nothing speaks against the wire.
    #expect(try told([Line(at: 10, table: "cust", bytes: 900_000)]).apart == nil)
  }

  @Test(arguments: [-30.0, -8, 3])
  func `a line that the audit lacks between others of the session is told`(other: Double) throws {
    let neighbour = [
      Line(at: 40 + other, records: 40, statement: 7),
      Line(at: 40 + other, records: 40, table: "cust", bytes: 7_000),
    ]
    let lines = neighbour + [Line(at: 40, table: "cust", bytes: 900_000)]
    let result = try told(lines)
    #expect(result.records == .exactly(5_040))
    #expect(result.apart == .exactly(5_000))
    // Of another table the audit may tell nothing at all.
    let elsewhere = neighbour + [Line(at: 40, table: "archive", bytes: 900_000)]
    #expect(try told(elsewhere).apart == nil)
  }
}
