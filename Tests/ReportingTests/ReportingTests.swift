import EventModel
import Foundation
import Testing

@testable import Reporting

struct ReportingTests {
  static let hostile = [
    "\u{1b}[2Jgone", "two\r\nlines", "a\u{202e}b\u{2066}c\u{200f}", "\u{85}\u{9b}31m\u{7f}\u{0}",
    "\u{2028}\u{2029}", "=cmd|' /C calc'!A0", "@SUM(A1)", "\t+1",
    SafeText.text(ofBytes: [0x61, 0xff, 0xc0, 0xaf, 0xed, 0xa0, 0x80]),
    String(repeating: "x", count: 10_240), String(repeating: "名前 ", count: 3000), "\"\\", "",
  ]

  @Test(arguments: hostile.indices, [ReportOptions.Language.both, .english, .japanese])
  func `hostile names in every field never reach the reader raw`(
    index: Int,
    language: ReportOptions.Language
  ) throws {
    let name = Self.hostile[index]
    var options = ReportOptions()
    options.language = language
    let report = ReportSamples.report(name: name)
    for type in ReporterRegistry.all {
      let output = type.init(options: options).render(report)
      #expect(!output.unicodeScalars.contains { $0 != "\n" && SafeText.isHostile($0) })
      #expect(output.hasSuffix("\n"))
      if type.name == "text" {
        #expect(!output.contains(" =cmd") && !output.contains(" @SUM"))
        for line in output.split(separator: "\n") {
          #expect(DisplayWidth.of(String(line)) <= 80)
        }
      } else {
        for line in output.split(separator: "\n") {
          #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
        }
      }
    }
  }

  @Test func `writes an incident in the shape agreed`() throws {
    let output = JSONLinesReport(options: ReportOptions()).render(ReportSamples.report())
    let lines = output.split(separator: "\n")
    #expect(lines.count == 2)
    let start = """
      {"kind":"incident","id":"00000000000000aa","severity":"high","accounts":["suzuki"],\
      "persons":[],"terminals":["suzuki"],"organisations":["suzuki"],\
      "records":{"low":0,"high":null,"quality":"unknown"},"owners":[{"owner":"suzuki",\
      "records":{"low":12000,"high":64000},"share":0.125,"first":"2026-04-01T12:00:00Z",\
      "last":"2026-04-04T12:00:00Z","subjects":{"low":0,"high":null}},{"owner":null,\
      "records":{"low":0,"high":null},"share":null
      """
    #expect(lines[0].hasPrefix(start))
    #expect(
      lines[0].contains(#""authorisation":{"within":7,"exceeded":0,"late":0,"none":null}"#)
    )
    #expect(lines[1].hasPrefix(#"{"kind":"coverage","sources":[{"name":"suzuki""#))
    #expect(lines[1].contains(#""silent_days":["2026-04-02","2026-04-03"]"#))
    #expect(lines[1].contains(#""percent_days":50"#))
  }

  @Test func `keeps two long names apart in the machine formats`() {
    let stem = String(repeating: "n", count: 300)
    #expect(SafeText.bounded(stem + "a") != SafeText.bounded(stem + "b"))
    #expect(SafeText.bounded("short") == "short")
  }

  @Test func `never calls an empty result the absence of a leak`() {
    let report = ScanReport(
      incidents: [],
      coverage: ReportSamples.coverage(),
      program: "ometsuke 0.1.0"
    )
    let output = TextReport(options: ReportOptions()).render(report)
    #expect(
      output.hasPrefix(
        """
        記録の範囲では確認されない(範囲 50 %)。
        Not found within the records (50 % of the source-days covered).

        """
      )
    )
    #expect(output.contains("2026-04-02 – 2026-04-03"))
    #expect(output.contains("reads that state no number of records: 6"))
    let empty = ScanReport(incidents: [], coverage: Coverage(), program: "ometsuke 0.1.0")
    #expect(TextReport(options: ReportOptions()).render(empty).hasPrefix("判断できない"))
  }

  @Test func `says beside nothing found what was read in bulk without an instruction`() {
    var coverage = ReportSamples.coverage()
    coverage.explained.none = .exactly(420)
    let report = ScanReport(incidents: [], coverage: coverage, program: "ometsuke 0.1.0")
    let output = TextReport(options: ReportOptions()).render(report)
    let lines = output.split(separator: "\n").prefix(4).joined(separator: "\n")
    #expect(
      lines.contains("Bulk reads without a declared instruction (420 records) reach no limit.")
    )
    #expect(lines.contains("指示と照合できない大量読出し(420 件)は、どの上限にも達していない。"))
  }

  @Test func `tells who, how many and by which rule`() {
    var options = ReportOptions()
    options.language = .english
    let output = TextReport(options: options).render(ReportSamples.report())
    #expect(
      output.hasPrefix(
        "Suspected: 1 incident, worst high, unexplained 12,000 or more records.\n"
      )
    )
    #expect(output.contains("  Persons: person unknown\n"))
    #expect(
      output.contains("  Instruction: within 7, exceeded 0, late 0, none 12,000 or more\n")
    )
    #expect(output.contains("window 24h, value 12,000–64,000 records, limit 10,000 records"))
    #expect(output.contains("      suzuki:suzuki:17 @4096 sha256 abababababab\n"))
    #expect(!output.contains("\u{1b}"))
    options.colour = true
    #expect(TextReport(options: options).render(ReportSamples.report()).contains("\u{1b}[1;31m"))
  }

  @Test func `never writes an unknown number as nought`() {
    let numbers = TextNumbers(language: .english)
    #expect(numbers.interval(.unknown) == "unknown")
    #expect(numbers.interval(Volume(low: 0, high: 0, quality: .unknown)) == "unknown")
    #expect(
      numbers.interval(Volume(low: 5000, high: Volume.unbounded, quality: .atLeast))
        == "5,000 or more"
    )
    #expect(numbers.interval(Volume(low: 0, high: 9, quality: .estimated)) == "up to 9")
    #expect(numbers.share(nil) == "unknown")
    #expect(numbers.share(0.0001) == "< 0.1 %")
    #expect(TextNumbers.grouped(Int64.min) == "-9,223,372,036,854,775,808")
  }

  @Test func `shows escapes that cannot be mistaken for one another`() {
    #expect(SafeText.name("\u{1b}[0m") == "\\x1b[0m")
    #expect(SafeText.name("\\x1b[0m") == "\\\\x1b[0m")
    #expect(SafeText.name("CORP\\ito") == "CORP\\ito")
    #expect(SafeText.name("\u{202e}") == "\\u{202e}")
    #expect(SafeText.name("=1+1") == "'=1+1")
    #expect(SafeText.text(ofBytes: [0x41, 0xe5, 0x90, 0x8d, 0xff]) == "A名\\xff")
    #expect(DisplayWidth.of("委託元 a") == 8)
  }

  @Test func `writes one detection finding a line with times in milliseconds`() throws {
    let output = OCSFReport(options: ReportOptions()).render(ReportSamples.report())
    if let path = ProcessInfo.processInfo.environment["OCSF_SAMPLE"] {
      let all = Self.hostile.map {
        OCSFReport(options: ReportOptions()).render(ReportSamples.report(name: $0))
      }
      try (output + all.joined()).write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(
      output.hasPrefix(
        #"{"class_uid":2004,"category_uid":2,"activity_id":1,"type_uid":200401,"time":1775044800000"#
      )
    )
    #expect(output.contains(#""baselines":[{"observation_parameter":"records""#))
    #expect(Timestamp(nanoseconds: -1).milliseconds == -1)
  }

  @Test func `marks what starts a formula wherever a name begins, in sentences of every format`()
    throws
  {
    #expect(SafeText.marked("account:=1+1") == "account:'=1+1")
    #expect(SafeText.marked("account @a × owner -b: 3 rows") == "account '@a × owner '-b: 3 rows")
    #expect(SafeText.marked("CORP\\a-b × c - d, 2026-04-01") == "CORP\\a-b × c - d, 2026-04-01")
    #expect(SafeText.marked("=1") != SafeText.marked("'=1"))
    var report = ReportSamples.report(name: "=cmd|' /C calc'!A0")
    var incident = report.incidents[0]
    incident.actor = "account:=cmd"
    incident.findings[0].message = "account =cmd: 5 records"
    report.incidents = IncidentList([incident])
    for type in ReporterRegistry.all {
      let output = type.init(options: ReportOptions()).render(report)
      #expect(!output.contains("account =cmd"))
      #expect(output.contains("account '=cmd: 5 records"))
    }
    // Names are what a program joins by.
    let json = JSONLinesReport(options: ReportOptions()).render(report)
    #expect(json.contains("\"accounts\":[\"=cmd"))
  }

  @Test func `ends OCSF with a scan that tells what was not seen`() throws {
    func scan(_ coverage: Coverage) throws -> [String: Any] {
      let report = ScanReport(incidents: [], coverage: coverage, program: "ometsuke 0.1.0")
      let output = OCSFReport(options: ReportOptions()).render(report)
      #expect(output.split(separator: "\n").count == 1)
      return try #require(
        try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
      )
    }
    var coverage = ReportSamples.coverage()
    let part = try scan(coverage)
    #expect(part["type_uid"] as? Int == 600_702)
    #expect(part["status_id"] as? Int == 99)
    #expect(part["num_skipped_items"] as? Int == 1)
    #expect(part["total"] as? Int == 3002)
    #expect((part["message"] as? String)?.hasPrefix("Not found within the records (50 %") == true)
    let unmapped = try #require(part["unmapped"] as? [String: Any])
    let told = try #require(unmapped["coverage"] as? [String: Any])
    #expect((told["unreadable"] as? [Any])?.count == 1)
    coverage.unreadable = []
    #expect(try scan(coverage)["status_id"] as? Int == 1)
    let nothing = try scan(Coverage())
    #expect(nothing["status_id"] as? Int == 2)
    #expect((nothing["unmapped"] as? [String: Any])?["is_time_known"] as? Bool == false)
  }

  @Test func `does not count records where no incident could`() {
    var report = ReportSamples.report()
    var incident = report.incidents[0]
    incident.actor = "source:db"
    report.incidents = IncidentList([incident])
    var options = ReportOptions()
    options.language = .english
    let output = TextReport(options: options).render(report)
    #expect(
      output.hasPrefix(
        "Suspected: 1 incident, worst high, unexplained records: unknown how many.\n"
      )
    )
    incident.actor = "organisation:Hinode"
    incident.records = .exactly(1_200)
    incident.owners = []
    report.incidents = IncidentList([incident])
    let handling = TextReport(options: options).render(report)
    #expect(handling.contains("worst high, 1,200 records handled without a registered\nconsent.\n"))
  }
}
