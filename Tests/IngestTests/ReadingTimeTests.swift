import Testing

@testable import EventModel
@testable import Ingest

struct ReadingTimeTests {
  private func civil(_ text: String) throws -> Int64 {
    try Array(text.utf8).withUnsafeBufferPointer {
      try #require(TimestampScan.isoCivil($0, at: 0)).nanoseconds
    }
  }

  private func utc(_ text: String, _ zone: TimeZoneRule) throws -> String {
    Timestamp(nanoseconds: zone.utc(fromLocal: try civil(text))).description
  }

  @Test func `New York turns its clocks both ways, now and beyond the table`() throws {
    let zone = try #require(TimeZoneRule(name: "America/New_York"))
    let cases = [
      ("2026-01-15 12:00:00", "2026-01-15T17:00:00Z"),
      ("2026-07-15 12:00:00", "2026-07-15T16:00:00Z"),
      ("2026-03-08 01:59:59", "2026-03-08T06:59:59Z"),
      ("2026-03-08 02:30:00", "2026-03-08T07:30:00Z"),
      ("2026-03-08 03:00:00", "2026-03-08T07:00:00Z"),
      ("2026-11-01 00:59:59", "2026-11-01T04:59:59Z"),
      ("2026-11-01 01:30:00", "2026-11-01T05:30:00Z"),
      ("2026-11-01 02:00:00", "2026-11-01T07:00:00Z"),
      ("2006-03-20 12:00:00", "2006-03-20T17:00:00Z"),
      ("2060-07-01 00:00:00", "2060-07-01T04:00:00Z"),
      ("2060-12-01 00:00:00", "2060-12-01T05:00:00Z"),
      ("1969-12-31 23:59:59", "1970-01-01T04:59:59Z"),
    ]
    for (local, expected) in cases { #expect(try utc(local, zone) == expected) }
    let change = try civil("2026-11-01 06:00:00") / 1_000_000_000
    #expect(zone.offset(atUTC: change - 1) == -4 * 3600 && zone.offset(atUTC: change) == -5 * 3600)
  }

  @Test func `zones are known by name or number, and never by path`() throws {
    for (name, local, expected) in [
      ("Asia/Tokyo", "2026-04-01 09:00:00", "2026-04-01T00:00:00Z"),
      ("JST", "2026-04-01 00:00:00.5", "2026-03-31T15:00:00.500Z"),
      ("-03:30", "2026-04-01 00:00:00", "2026-04-01T03:30:00Z"),
      ("+0900", "2026-04-01 09:00:00", "2026-04-01T00:00:00Z"),
      ("Europe/Dublin", "2026-07-01 12:00:00", "2026-07-01T11:00:00Z"),
      ("Europe/Dublin", "2070-01-01 12:00:00", "2070-01-01T12:00:00Z"),
      ("Australia/Sydney", "2070-01-01 12:00:00", "2070-01-01T01:00:00Z"),
      ("Z", "2026-04-01 09:00:00", "2026-04-01T09:00:00Z"),
    ] {
      let zone = try #require(TimeZoneRule(name: name), "\(name)")
      #expect(try utc(local, zone) == expected, "\(name)")
    }
    for name in [
      "", "Mars/Base", "../../etc/passwd", "/etc/localtime", "Asia", "+25:00", "tzdata.zi",
    ] {
      #expect(TimeZoneRule(name: name) == nil, "\(name)")
    }
  }

  @Test func `a damaged zone file is refused or read, never a trap`() throws {
    let file = try #require(ZoneFile.read(name: "America/New_York"))
    #expect(ZoneFile.parse(file) != nil)
    var state: UInt64 = 7
    for round in 0..<2000 {
      var damaged = file
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      damaged[Int(state >> 33) % damaged.count] = UInt8(truncatingIfNeeded: state >> 20)
      if round % 3 == 0 { damaged.removeLast(Int(state >> 40) % damaged.count) }
      if let table = ZoneFile.parse(damaged) {
        #expect(zip(table.transitions, table.transitions.dropFirst()).allSatisfy { $0.at < $1.at })
      }
    }
  }

  @Test(
    arguments: [
      ("JST", 32_400), ("UTC", 0), ("EDT", -14_400), ("+09", 32_400), ("-0330", -12_600),
      ("CST", nil),
      ("IST", nil), ("jst", nil), ("", nil), ("+9x", nil), ("CEST", 7200),
    ] as [(String, Int?)]
  )
  func `abbreviations with one meaning have an offset`(name: String, offset: Int?) {
    let found = Array(name.utf8).withUnsafeBufferPointer {
      TimeZoneRule.offset(ofAbbreviation: $0)
    }
    #expect(found == offset)
  }

  private func years(
    _ inference: YearInference,
    _ days: [String],
    zone: TimeZoneRule = .utc
  ) throws -> [String] {
    var inference = inference
    var rows = try days.map { day in
      var row = EventRow(time: zone.utc(fromLocal: try civil("2000-\(day) 00:30:00")))
      row.flags = [.yearless]
      return row
    }
    inference.resolve(&rows)
    return rows.map {
      Timestamp(nanoseconds: $0.time).description + ($0.flags.isEmpty ? "" : "?")
    }
  }

  @Test func `the year rolls over, and back for a late line`() throws {
    let inference = YearInference(
      declaredYear: 2023,
      fileName: "messages",
      modificationSeconds: nil
    )
    #expect(inference.basis == "declared")
    let found = try years(
      inference,
      ["03-01", "12-31", "01-01", "12-31", "01-02", "02-29", "07-15", "12-31", "01-01"]
    )
    #expect(
      found.map { $0.prefix(10) } == [
        "2023-03-01", "2023-12-31", "2024-01-01", "2023-12-31", "2024-01-02", "2024-02-29",
        "2024-07-15", "2024-12-31", "2025-01-01",
      ]
    )
  }

  @Test func `a row near New Year keeps its local year`() throws {
    let zone = try #require(TimeZoneRule(name: "Asia/Tokyo"))
    for given in [zone, .utc] {
      let inference = YearInference(
        declaredYear: 2025,
        fileName: "x",
        modificationSeconds: nil,
        zone: given
      )
      let found = try years(inference, ["01-01", "12-31", "01-01"], zone: zone)
      #expect(
        found == ["2024-12-31T15:30:00Z", "2025-12-30T15:30:00Z", "2025-12-31T15:30:00Z"]
      )
    }
  }

  @Test func `another year's summer time is used`() throws {
    let zone = try #require(TimeZoneRule(name: "America/New_York"))
    let inference = YearInference(
      declaredYear: 2026,
      fileName: "x",
      modificationSeconds: nil,
      zone: zone
    )
    // In 2000 summer time began in April.
    #expect(try years(inference, ["03-20"], zone: zone) == ["2026-03-20T04:30:00Z"])
  }

  @Test(arguments: [
    ("logs/messages-20240105", "12-30", "2023-12-30", "file name"),
    ("2019/2024-01.log", "01-02", "2024-01-02", "file name"),
    ("syslog-2022.log", "12-30", "2022-12-30", "file name"),
    ("app_20240301120000.gz", "02-29", "2024-02-29", "file name"),
    ("srv2012.log", "11-22", "2026-11-22", "modification time"),
    ("messages", "11-30", "2025-11-30", "modification time"),
    ("messages.1", "02-29", "2024-02-29", "modification time"),
    ("port-8080.log", "11-24", "2026-11-24", "modification time"),
  ])
  func `the start year comes from the name or the last change`(
    name: String,
    day: String,
    expected: String,
    basis: String
  ) throws {
    let changed = try civil("2026-11-23 12:00:00") / 1_000_000_000
    let inference = YearInference(
      declaredYear: nil,
      fileName: name,
      modificationSeconds: changed
    )
    #expect(inference.basis == basis)
    #expect(try years(inference, [day]).first?.hasPrefix(expected) == true)
  }

  @Test func `without any hint the year stays unknown`() throws {
    let inference = YearInference(declaredYear: nil, fileName: "-", modificationSeconds: nil)
    #expect(inference.basis == "unknown")
    #expect(try years(inference, ["12-31", "01-01"]).allSatisfy { $0.hasSuffix("?") })
  }
}
