import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Logs of CSV in which headers of other columns come later.
@Suite struct `Headers within a CSV log` {
  private struct Tally: EventConsumer {
    var rows: [String] = []

    mutating func apply(_ rows: [EventRow], names: NameTable) {
      self.rows += rows.map { row in
        "\(row.time) \(names.text(of: row.account)) \(names.text(of: row.terminal)) "
          + "\(names.text(of: row.object)) \(row.operation.name) \(row.recordsLow) \(row.bytes)"
      }
    }

    mutating func finish(coverage: Coverage, names: NameTable) -> IncidentList { IncidentList([]) }
  }

  private static let desk = [
    "time,user,ip,action,table,rows", "2026-04-01 09:12:30,sato,192.0.2.7,view,crm.customers,3",
    "2026-04-01 09:12:31,sato,192.0.2.7,view,crm.customers,4",
    "time,user,rows,action,table,ip,bytes",
    "2026-04-01 09:12:32,ito,50,export,crm.customers,192.0.2.8,700",
    "2026-04-01 09:12:33,ito,60,export,crm.customers,192.0.2.8,800",
    "2026-04-01 09:12:34,ito,torn", "time,ip,user,action,table,rows",
    "2026-04-01 09:12:35,192.0.2.9,abe,view,crm.orders,7",
    "2026-04-01 09:12:36,192.0.2.9,abe,view,crm.orders,8", "time,user,ip,action,table,rows",
    "2026-04-01 09:12:37,mori,192.0.2.6,view,crm.customers,9",
  ]

  /// The desk's log as another system writes it, whose names no guess knows.
  private static let foreign = desk.map {
    $0.replacing("time,", with: "zeit,").replacing(",user", with: ",wer")
      .replacing("rows", with: "menge").replacing("table", with: "was")
  }

  private static func estate(_ work: Workplace, declared: Bool) throws -> DeclaredEstate {
    guard declared else { return .init() }
    try work.write(
      "ometsuke.yml",
      [
        "sources:", "  - name: desk", "    paths: logs", "    format: csv", "    fields:",
        "      time: zeit", "      account: wer", "      terminal: ip", "      object: was",
        "      records: menge", "      operation: action", "      bytes: bytes",
      ]
    )
    return try EstateFile.load(path: work.path + "/ometsuke.yml").estate
  }

  private func laid(_ parts: [[String]], _ names: (Int) -> String) throws -> Workplace {
    let work = try Workplace()
    for (index, part) in parts.enumerated() { try work.write("logs/" + names(index), part) }
    return work
  }

  private func rows(
    _ work: Workplace,
    _ estate: DeclaredEstate,
    chunkSize: Int = 1 << 20
  )
    async throws -> [String]
  {
    var options = ScanOptions(paths: [work.path + "/logs"], threads: 2)
    options.chunkSize = chunkSize
    var tally = Tally()
    _ = try await BatchScan(estate: estate, options: options).run(&tally)
    return tally.rows
  }

  private func coverage(
    _ work: Workplace,
    _ estate: DeclaredEstate
  ) async throws
    -> [SourceCoverage]
  {
    var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
    let options = ScanOptions(paths: [work.path + "/logs"], threads: 1)
    return try await BatchScan(estate: estate, options: options).run(&engine).coverage.sources
  }

  @Test(arguments: [false, true])
  func `hold from where they stand`(declared: Bool) async throws {
    let whole = try laid([declared ? Self.foreign : Self.desk], { _ in "desk.csv" })
    let estate = try Self.estate(whole, declared: declared)
    let found = try await rows(whole, estate)
    #expect(
      found.map { $0.split(separator: " ").dropFirst().joined(separator: " ") } == [
        "sato 192.0.2.7 crm.customers read 3 -1", "sato 192.0.2.7 crm.customers read 4 -1",
        "ito 192.0.2.8 crm.customers export 50 700", "ito 192.0.2.8 crm.customers export 60 800",
        "abe 192.0.2.9 crm.orders read 7 -1", "abe 192.0.2.9 crm.orders read 8 -1",
        "mori 192.0.2.6 crm.customers read 9 -1",
      ]
    )
    let sources = try await coverage(whole, estate)
    #expect(sources.map(\.rejected) == [1])
    #expect(sources.map(\.headerLines) == [4])
    for size in [1, 40, 100, 300] {
      #expect(try await rows(whole, estate, chunkSize: size) == found)
    }
  }

  @Test(arguments: [false, true], ["desk.csv.0#", "desk-#.csv"])
  func `hold on in the part after, wherever it is cut`(declared: Bool, name: String) async throws {
    let log = declared ? Self.foreign : Self.desk
    let whole = try laid([log], { _ in "desk.csv" })
    let estate = try Self.estate(whole, declared: declared)
    let (expected, sources) = (try await rows(whole, estate), try await coverage(whole, estate))
    for first in 1..<log.count - 1 {
      for second in [first + 1, first + 2, log.count - 1] where second < log.count {
        let parts = [log[..<first], log[first..<second], log[second...]].map(Array.init)
        let work = try laid(parts) { name.replacing("#", with: String($0)) }
        let estate = try Self.estate(work, declared: declared)
        #expect(try await rows(work, estate) == expected, "\(first) \(second)")
        #expect(try await coverage(work, estate) == sources, "\(first) \(second)")
      }
    }
  }

  @Test func `hold before those of a declaration only where it names no columns`() async throws {
    var source = SourceDeclaration(name: "desk")
    source.format = "csv"
    source.columns = ["time", "user", "ip", "action", "table", "rows"]
    let whole = try laid([Self.desk], { _ in "desk.csv" })
    source.paths = [whole.path]
    var estate = DeclaredEstate()
    estate.sources = [source]
    let found = try await coverage(whole, estate)
    // Of other columns all that fits is read by those declared: two records whose address is no name are.
    #expect(found.map(\.headerLines) == [2])
  }

  @Test func `are no headers where a client writes their names`() async throws {
    let lines = [
      Self.desk[0], #"2026-04-01 09:12:30,"time,user,ip",192.0.2.7,view,crm.customers,3"#,
      "user,time,view,time,user,ip", "2026-04-01 09:12:31,sato,192.0.2.7,view,crm.customers,4",
    ]
    let work = try laid([lines], { _ in "desk.csv" })
    let found = try await coverage(work, .init())
    #expect(found.map(\.events) == [2])
    #expect(found.map(\.rejected) == [1])
  }

  private func night(
    _ work: Workplace,
    _ estate: DeclaredEstate,
    day: Int64
  ) async throws
    -> ScanResult
  {
    let options = NightlyOptions(
      scan: ScanOptions(paths: [work.path + "/logs"], threads: 1),
      now: Timestamp(seconds: 1_775_088_000 + day * 86_400),
      program: "test",
      estateDigest: [],
      author: "test"
    )
    let store = try Store(path: work.path + "/store", .night)
    return try await NightlyRun(estate: estate, options: options).run(in: store) {
      JSONLinesReport.line(of: $0)
    }.result
  }

  @Test(arguments: [false, true])
  func `are known again on the next nights`(declared: Bool) async throws {
    let log = declared ? Self.foreign : Self.desk
    let work = try Workplace()
    let estate = try Self.estate(work, declared: declared)
    var found: [SourceCoverage] = []
    for count in 2...log.count {
      try work.write("logs/desk.csv", Array(log[..<count]))
      found = try await night(work, estate, day: Int64(count)).coverage.sources
      let expected = try await coverage(work, estate)
      #expect(found.map(\.events) == expected.map(\.events), "\(count)")
      #expect(found.map(\.rejected) == expected.map(\.rejected), "\(count)")
      #expect(found.map(\.headerLines) == expected.map(\.headerLines), "\(count)")
    }
    #expect(found.map(\.events) == [7])
  }
}
