import Foundation
import Testing

/// The days that an answer is about where nobody says them.
@Suite struct `The period of an inquiry` {
  private static let estate = """
    policy: {time-zone: Asia/Tokyo}
    sources:
      - name: crm
        paths: [crm.jsonl]
        format: jsonl
        system: CRM
        fields: &map {time: t, account: u, operation: op, object: o, owner: w, records: n}
      - {name: web, paths: [web.jsonl], format: jsonl, fields: *map}
      - {name: old, paths: [old.jsonl], format: jsonl, may-be-silent: true, fields: *map}
    owners:
      - {name: Aoi Gas, delivered: 900}
      - {name: Beni City, delivered: 500}
    """

  /// A workplace in which one night has read the logs, among them one that no entry declares.
  private final class Place {
    let path = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString

    init(crm more: [String] = [], old: [String] = []) throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      func day(_ day: Int, _ what: String) -> String {
        "{\"t\":\"2024-04-\(day < 10 ? "0" : "")\(day)T10:00:00+09:00\",\(what)}"
      }
      let read = "\"u\":\"op1\",\"op\":\"read\",\"o\":\"list\",\"w\":\"Aoi Gas\",\"n\":2"
      try write("ometsuke.yml", [PeriodTests.estate])
      try write("crm.jsonl", (1...10).map { day($0, read) } + more)
      try write("web.jsonl", (3...14).map { day($0, "\"u\":\"op1\",\"op\":\"logon\"") })
      let logon = "{\"t\":\"2015-03-11T10:00:00+09:00\",\"u\":\"op1\",\"op\":\"logon\"}"
      try write("old.jsonl", [logon, logon.replacing("-11T", with: "-12T")] + old)
      let request = #"192.0.2.9 - - [03/May/2014:10:00:00 +0000] "GET / HTTP/1.1" 200 12 "-" "x""#
      try write("stray.log", [String](repeating: request, count: 4))
      let run = try Run(
        ["nightly", "--now", "2024-06-01T02:00:00Z", "--fail-on", "never", "."],
        in: path
      )
      #expect(run.status == 0 || run.status == 3, "\(run.errors)")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func write(_ name: String, _ lines: [String]) throws {
      let text = lines.joined(separator: "\n") + "\n"
      try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }

    /// The line of JSON that tells the period.
    func head(_ words: [String]) throws -> String {
      let run = try Run(words + ["--format", "jsonl"], in: path)
      #expect(run.status == 0, "\(run.errors)")
      return String(run.output.split(separator: "\n").first ?? "")
    }
  }

  private typealias PeriodTests = `The period of an inquiry`

  private static func told(
    _ from: String,
    _ until: String,
    _ basis: String,
    _ beyond: Int
  )
    -> String
  {
    let ends = basis.split(separator: " ")
    return "\"from\":\"\(from)\",\"until\":\"\(until)\",\"basis\":{\"from\":\"\(ends[0])\","
      + "\"until\":\"\(ends[1])\",\"sources_beyond\":\(beyond)}"
  }

  @Test func `goes from the owner's sources to the last of the declared, whatever others tell of`()
    throws
  {
    let place = try Place()
    let expected = Self.told("2024-04-01", "2024-04-14", "holders declared", 2)
    let head = try place.head(["inquire", "--owner", "Aoi Gas"])
    #expect(head.contains(expected), "\(head)")
    // Fourteen days of the one source that holds its records: that it fell silent is a gap.
    #expect(head.contains("\"source_days\":14,\"known_permille\":714"), "\(head)")
    for words in [["coverage"], ["coverage", "--owner", "Beni City"]] {
      let head = try place.head(words)
      #expect(
        head.contains(Self.told("2024-04-01", "2024-04-14", "declared declared", 2)),
        "\(head)"
      )
    }
    let asked = try place.head(["inquire", "--owner", "Aoi Gas", "--from", "2015-01-01"])
    #expect(asked.contains(Self.told("2015-01-01", "2024-04-14", "asked declared", 0)), "\(asked)")
  }

  @Test func `says how it came about, in both languages, in answer and report`() throws {
    let place = try Place()
    let english =
      "From the first day of the sources that hold the owner's records to the last day of the declared"
      + " sources; 2 sources with lines of days outside do not stretch it."
    let japanese = "初日はこの委託元の記録を持つ記録元の最初の日、末日は環境定義にある記録元の最後の日。その外の日にも行のある記録元が 2 あるが、期間は広げない。"
    func plain(_ text: String) -> String {
      text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    for (language, sentence) in [("en", english), ("ja", japanese)] {
      let words = ["--owner", "Aoi Gas", "--lang", language]
      let answer = try Run(["inquire"] + words, in: place.path)
      // Lines of Japanese are broken between any two letters.
      let found =
        language == "en" ? plain(answer.output) : plain(answer.output).replacing(" ", with: "")
      #expect(
        found.contains(language == "en" ? sentence : sentence.replacing(" ", with: "")),
        "\(answer.output)"
      )
      for kind in ["inquiry", "coverage"] {
        let report = try Run(["report", kind, "--format", "md"] + words, in: place.path)
        #expect(report.output.contains(sentence), "\(report.errors)\(report.output.prefix(2_000))")
      }
    }
  }

  @Test func `leaves out no day with records of the owner, even of a source that may be silent`()
    throws
  {
    let record =
      "{\"t\":\"2016-02-03T10:00:00+09:00\",\"u\":\"x\",\"op\":\"read\",\"o\":\"l\",\"w\":\"Aoi Gas\",\"n\":3}"
    let place = try Place(old: [record])
    let head = try place.head(["inquire", "--owner", "Aoi Gas"])
    #expect(head.contains(Self.told("2015-03-11", "2024-04-14", "holders declared", 1)), "\(head)")
    let other = try place.head(["inquire", "--owner", "Beni City"])
    #expect(
      other.contains(Self.told("2015-03-11", "2024-04-14", "declared declared", 1)),
      "\(other)"
    )
  }

  @Test func `reaches a record of a clock that ran ahead, and expects no day on the way`() throws {
    let record =
      "{\"t\":\"2024-09-05T10:00:00+09:00\",\"u\":\"op1\",\"op\":\"read\",\"o\":\"list\",\"w\":\"Aoi Gas\",\"n\":2}"
    let place = try Place(crm: [record])
    let head = try place.head(["inquire", "--owner", "Aoi Gas"])
    #expect(head.contains("\"until\":\"2024-09-05\""), "\(head)")
    #expect(head.contains("\"until\":\"records\""), "\(head)")
    // Up to the night of 1 June (62 days), and that one day.
    #expect(head.contains("\"source_days\":63,"), "\(head)")
    let text = try Run(["coverage", "--owner", "Aoi Gas", "--lang", "en"], in: place.path)
    #expect(text.output.contains("2024-09      #"), "\(text.output)")
  }
}
