import EventModel
import Testing

@testable import Ingest

/// Times of PostgreSQL whose zone is an abbreviation of several zones.
@Suite struct `An abbreviation of several zones` {
  private func read(_ text: String, declared: String?) throws -> (time: String, assumed: [String]) {
    var declaration = SourceDeclaration(name: "db")
    declaration.timeZone = declared
    let zone = try declared.map { try #require(TimeZoneRule(name: $0)) } ?? .utc
    let options = DecodeOptions(declaration: declaration, zone: zone, subjectKey: SubjectKey(1, 2))
    var clock = PostgreSQLTime(options)
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 64)
    let time = try bytes.withUnsafeBufferPointer {
      try clock.parse(RecordBytes(rebasing: $0[..<text.utf8.count]))
    }
    let assumed = ZoneAbbreviation.assumptions(clock.assumedZones).map {
      "\($0.name) \($0.offset)"
    }
    return (Timestamp(nanoseconds: time).description, assumed)
  }

  @Test(
    arguments: [
      ("IST", "+02:00", "10"), ("CST", "-06:00", "18"), ("BST", "+01:00", "11"),
      ("PST", "-08:00", "20"),
      ("AST", "-04:00", "16"), ("CDT", "-05:00", "17"),
    ]
  )
  func `is assumed where no zone is declared, and said`(
    name: String,
    offset: String,
    hour: String
  ) throws {
    let found = try read("2022-06-01 12:00:00.000 \(name)", declared: nil)
    #expect(found.time == "2022-06-01T\(hour):00:00Z")
    #expect(found.assumed == ["\(name) \(offset)"])
  }

  @Test(
    arguments: [
      ("PST", "Asia/Manila", "04:00"), ("IST", "Asia/Kolkata", "06:30"),
      ("IST", "Europe/Dublin", "11:00"),
      ("IST", "Asia/Jerusalem", "10:00"), ("CST", "Asia/Shanghai", "04:00"),
      ("CDT", "America/Havana", "16:00"),
      ("BST", "Asia/Dhaka", "06:00"), ("PST", "America/Los_Angeles", "20:00"),
      ("CDT", "America/Chicago", "17:00"),
    ]
  )
  func `is of the declared zone where that uses it`(
    name: String,
    zone: String,
    clock: String
  ) throws {
    let found = try read("2022-06-01 12:00:00.000 \(name)", declared: zone)
    #expect(found.time == "2022-06-01T\(clock):00Z")
    #expect(found.assumed.isEmpty)
  }

  @Test func `is assumed, and said, where the declared zone does not use it`() throws {
    let found = try read("2022-06-01 12:00:00.000 IST", declared: "Asia/Tokyo")
    #expect(found.time == "2022-06-01T10:00:00Z")
    #expect(found.assumed == ["IST +02:00"])
    #expect(try read("2022-06-01 12:00:00.000 JST", declared: nil).assumed.isEmpty)
  }

  @Test(
    arguments: [
      ("SGT", "02:00"), ("BRT", "13:00"), ("ICT", "03:00"), ("CETDST", "08:00"), ("NPT", "04:15"),
      ("CHAST", "21:15"),
    ]
  )
  func `of one meaning is read by it, whatever zone is declared`(name: String, clock: String) throws
  {
    for declared in [nil, "Europe/Berlin"] {
      let found = try read("2022-06-01 10:00:00.000 \(name)", declared: declared)
      #expect(found.time.contains("T\(clock):00Z"))
      #expect(found.assumed.isEmpty)
    }
  }
}
