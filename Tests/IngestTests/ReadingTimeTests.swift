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

  /// The years of days of one file, `?` where they stay unknown.
  private func years(
    _ days: [String],
    declared: Int? = nil,
    name: String = "messages",
    changed: Int64? = nil,
    zone: TimeZoneRule = .utc,
    rowsIn: TimeZoneRule? = nil
  ) throws -> (basis: String, days: [String]) {
    var marks = YearMarks()
    var rows: [EventRow] = []
    for (line, day) in days.enumerated() {
      let local = try civil("2000-\(day) 00:30:00")
      marks.note(day: Timestamp(nanoseconds: local).dayNumber() - 10_957, line: line)
      var row = EventRow(time: (rowsIn ?? zone).utc(fromLocal: local))
      row.flags = [.yearless]
      row.line = UInt32(line)
      rows.append(row)
    }
    let file = YearInference.File(
      folder: "logs",
      name: name,
      modificationSeconds: changed,
      marks: marks
    )
    let found = try #require(
      YearInference.infer([file], declaredYear: declared, zone: zone).first
    )
    found.resolve(&rows)
    return (
      found.basis,
      rows.map { Timestamp(nanoseconds: $0.time).description + ($0.flags.isEmpty ? "" : "?") }
    )
  }

  @Test func `the year rolls over, and back for a late line`() throws {
    let found = try years(
      ["03-01", "12-31", "01-01", "12-31", "01-02", "02-29", "07-15", "12-31", "01-01"],
      declared: 2023
    )
    #expect(found.basis == "declared")
    #expect(
      found.days.map { $0.prefix(10) } == [
        "2023-03-01", "2023-12-31", "2024-01-01", "2023-12-31", "2024-01-02", "2024-02-29",
        "2024-07-15", "2024-12-31", "2025-01-01",
      ]
    )
  }

  @Test func `a row near New Year keeps its local year`() throws {
    let zone = try #require(TimeZoneRule(name: "Asia/Tokyo"))
    let found = try years(["11-01", "12-31", "01-01"], declared: 2025, zone: zone)
    #expect(
      found.days == ["2025-10-31T15:30:00Z", "2025-12-30T15:30:00Z", "2025-12-31T15:30:00Z"]
    )
  }

  @Test func `another year's summer time is used`() throws {
    let zone = try #require(TimeZoneRule(name: "America/New_York"))
    // In 2000 summer time began in April.
    #expect(try years(["03-20"], declared: 2026, zone: zone).days == ["2026-03-20T04:30:00Z"])
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
    let found = try years([day], name: name, changed: changed)
    #expect(found.basis == basis)
    #expect(found.days.first?.hasPrefix(expected) == true)
  }

  @Test func `without any hint the year stays unknown`() throws {
    let found = try years(["12-31", "01-01"])
    #expect(found.basis == "unknown")
    #expect(found.days.allSatisfy { $0.hasSuffix("?") })
  }

  @Test func `parts of a log are one log, in the order of their names`() {
    func order(_ names: [String]) -> [[String]] {
      FileSequence.chains(names.map { ("logs", $0) }).map { $0.map { names[$0] } }
    }
    #expect(
      order(["messages", "messages.1", "messages.10.gz", "messages.2.gz", "secure"]) == [
        ["messages.10.gz", "messages.2.gz", "messages.1", "messages"], ["secure"],
      ]
    )
    #expect(order(["part-10.log", "part-2.log"]) == [["part-2.log", "part-10.log"]])
    #expect(order(["xab", "xaa", "xac"]) == [["xaa", "xab", "xac"]])
    #expect(
      order(["partab", "partba", "partaa", "pardon"]) == [
        ["pardon"], ["partaa", "partab", "partba"],
      ]
    )
    #expect(
      order(["a-xaaba.csv.gz", "a-xaaab.csv.gz", "a-xaaaa.csv.gz"]) == [
        ["a-xaaaa.csv.gz", "a-xaaab.csv.gz", "a-xaaba.csv.gz"]
      ]
    )
    #expect(order(["partab", "partac"]) == [["partab"], ["partac"]])
    // Letters of `split` that look like the ending of a compression; what follows `yz` is `zaaa`.
    #expect(
      order([
        "a.csv.gz", "a.csv.zaaa", "a.csv.yz", "a.csv.ab", "a.csv.gy", "a.csv.aa", "a.csv.zaab",
      ])
        == [
          ["a.csv.aa", "a.csv.ab", "a.csv.gy", "a.csv.gz", "a.csv.yz", "a.csv.zaaa", "a.csv.zaab"]
        ]
    )
    #expect(order(["a.csv.gz", "a.csv.1"]) == [["a.csv.1", "a.csv.gz"]])
    for (left, right) in [
      ("a.gy", "a.gz"), ("a.gz", "a.ha"), ("a.yz", "a.zaaa"), ("a.zyzz", "a.zzaaaa"),
      ("a89", "a9000"), ("a.1.gz", "a.2"),
    ] {
      #expect(FileSequence.areNeighbours(left, right), "\(left) \(right)")
      #expect(FileSequence.areNeighbours(right, left), "\(right) \(left)")
    }
    for (left, right) in [
      ("a.gz", "a.hb"), ("a.yy", "a.zaaa"), ("a.yz", "a.zaab"), ("a.zz", "a.aaa"),
    ] {
      #expect(!FileSequence.areNeighbours(left, right), "\(left) \(right)")
    }
    #expect(order(["app.log.01", "app.log.00"]) == [["app.log.00", "app.log.01"]])
    #expect(order(["b.log", "a.log"]) == [["a.log", "b.log"]])
    #expect(order(["web.log", "db.log"]) == [["db.log"], ["web.log"]])
  }

  @Test func `parts of a log have the years of the whole`() throws {
    func days(_ range: [Int]) -> YearMarks {
      var marks = YearMarks()
      for (line, day) in range.enumerated() { marks.note(day: day % 366, line: line) }
      return marks
    }
    func year(_ parts: [(String, [Int])], _ day: Int, in part: Int) -> String {
      let files = parts.map {
        YearInference.File(folder: "", name: $0.0, modificationSeconds: nil, marks: days($0.1))
      }
      let found = YearInference.infer(files, declaredYear: 2023, zone: .utc)
      var row = EventRow(time: Int64(10_957 + day) * Timestamp.nanosecondsPerDay)
      row.flags = [.yearless]
      row.line = UInt32(parts[part].1.firstIndex { $0 % 366 == day } ?? 0)
      var rows = [row]
      found[part].resolve(&rows)
      return String(Timestamp(nanoseconds: rows[0].time).description.prefix(4))
    }
    // November to February, whole and in two parts whose names do not tell their order.
    let winter = Array(310...420)
    #expect(year([("messages", winter)], 350, in: 0) == "2023")
    #expect(year([("messages", winter)], 20, in: 0) == "2024")
    let parts = [("b.log", Array(winter[..<70])), ("a.log", Array(winter[70...]))]
    #expect(year(parts, 350, in: 0) == "2023")
    #expect(year(parts, 20, in: 1) == "2024")
    // Sixteen months: the order of the names tells.
    let long = Array(100...590)
    #expect(year([("x", long)], 120, in: 0) == "2023")
    let halves = [("m.1", Array(long[..<300])), ("m", Array(long[300...]))]
    #expect(year(halves, 120, in: 0) == "2023")
    #expect(year(halves, 360, in: 0) == "2023")
    #expect(year(halves, 200, in: 1) == "2024")
  }
}
