import Foundation
import Testing

/// What sources that showed none of an owner's records leave open in the answer to it (decision 0074).
@Suite struct `An answer to an owner` {
  private static let estate = """
    sources:
      - name: app
        paths: [app.jsonl]
        format: jsonl
        fields: {time: t, account: u, operation: op, owner: w, records: n}
      - {name: web, paths: [web.log], format: combined-access}
      - {name: files, paths: [files.jsonl], format: jsonl, fields: {time: t, account: u, operation: op}}
    owners:
      - {name: Aoi Gas, delivered: 900}
      - {name: Beni City, delivered: 500}
      - {name: Cha Water, delivered: 70}
    datasets:
      - {name: aoi, owner: Aoi Gas, patterns: ["/lists/aoi/*"]}
      - {name: beni, owner: Beni City, patterns: ["/lists/beni/*"]}
      - {name: cha, owner: Cha Water, patterns: ["cha.*"]}
    """

  /// One night over twenty days; `silent`: those of which there is no line of the web server.
  private final class Place {
    let path = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString

    init(silent: [Int]) throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try write("ometsuke.yml", [Owners.estate])
      func two(_ day: Int) -> String { day < 10 ? "0\(day)" : "\(day)" }
      let owners = ["Aoi Gas", "Beni City", "Cha Water"]
      try write(
        "app.jsonl",
        (1...20).flatMap { day in
          owners.map {
            "{\"t\":\"2024-04-\(two(day))T10:00:00Z\",\"u\":\"op1\",\"op\":\"read\",\"w\":\"\($0)\",\"n\":1}"
          }
        }
      )
      try write(
        "web.log",
        (1...20).filter { !silent.contains($0) }.map {
          "192.0.2.9 - op1 [\(two($0))/Apr/2024:10:00:00 +0000] \"GET /menu HTTP/1.1\" 200 12 \"-\" \"x\""
        }
      )
      try write(
        "files.jsonl",
        [1, 20].map { "{\"t\":\"2024-04-\(two($0))T10:00:00Z\",\"u\":\"op1\",\"op\":\"logon\"}" }
      )
      let run = try Run(
        ["nightly", "--now", "2024-04-21T02:00:00Z", "--fail-on", "never"],
        in: path
      )
      #expect(run.status == 0 || run.status == 3, "\(run.errors)")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func write(_ name: String, _ lines: [String]) throws {
      let text = lines.joined(separator: "\n") + "\n"
      try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }

    func answer(_ owner: String, _ words: [String] = []) throws -> String {
      let run = try Run(["inquire", "--owner", owner, "--format", "jsonl"] + words, in: path)
      #expect(run.status == 0, "\(run.errors)")
      return run.output
    }
  }

  private typealias Owners = `An answer to an owner`

  @Test func `has the gap of a log that could have shown its records and never did`() throws {
    let place = try Place(silent: [10])
    let gap =
      "{\"kind\":\"inquiry-gap\",\"source\":\"web\",\"state\":\"silent\",\"from\":\"2024-04-10\","
      + "\"until\":\"2024-04-10\",\"days\":1,\"lost_messages\":0,\"max_rows\":900,\"usual_rows\":1}"
    let answer = try place.answer("Aoi Gas")
    #expect(answer.contains(gap), "\(answer)")
    #expect(answer.contains("\"sources\":[\"app\",\"web\"]"), "\(answer)")
    // 39 of 40 days.
    #expect(answer.contains("\"source_days\":40,\"known_permille\":975"), "\(answer)")
    let words = ["coverage", "--owner", "Aoi Gas", "--lang", "en"]
    let coverage = try Run(words, in: place.path).output
    #expect(coverage.contains("could hold this owner's, shows none: counted"), "\(coverage)")
  }

  @Test func `has no gap of a log that could not: tables are in none of a web server's paths`()
    throws
  {
    let place = try Place(silent: [10])
    let answer = try place.answer("Cha Water")
    #expect(!answer.contains("inquiry-gap"), "\(answer)")
    #expect(answer.contains("\"sources\":[\"app\"]"), "\(answer)")
  }

  @Test func `is not lessened by what a log that shows none of its records does not count`() throws
  {
    let place = try Place(silent: [])
    #expect(try place.answer("Aoi Gas").contains("\"known_permille\":1000"))
  }

  @Test
  func `cannot be determined while a source was silent of which nobody knows whose records it had`()
    throws
  {
    let place = try Place(silent: [9, 10, 11])
    for owner in ["Aoi Gas", "Cha Water"] {
      let answer = try place.answer(owner)
      #expect(answer.contains("\"conclusion\":\"undeterminable\""), "\(answer)")
      #expect(!answer.contains("\"unattributed_incidents\":[]"), "\(answer)")
      #expect(answer.contains("\"unattributed\":1"), "\(answer)")
      // It is of those days alone, though the source has lines before and after.
      let after = try place.answer(owner, ["--from", "2024-04-12"])
      #expect(after.contains("\"unattributed_incidents\":[]"), "\(after)")
      #expect(after.contains("\"conclusion\":\"not_found_within_records\""), "\(after)")
    }
  }

  @Test func `tells of a first night that failed before there was a store`() throws {
    let place = try Place(silent: [])
    let file = place.path + "/second.yml"
    let night = [
      "nightly", "-c", "second.yml", "--store", "second.store", "--lang", "en", "--fail-on",
      "never",
    ]
    // A name that is wrong leaves nothing behind.
    #expect(try Run(night + ["--now", "2024-04-21T00:00:00Z"], in: place.path).status == 2)
    #expect(!FileManager.default.fileExists(atPath: place.path + "/second.store-attempts"))
    try "sources: 7\n".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(try Run(night + ["--now", "2024-04-21T01:00:00Z"], in: place.path).status == 2)
    try Owners.estate.write(toFile: file, atomically: true, encoding: .utf8)
    let run = try Run(night + ["--now", "2024-04-21T02:00:00Z"], in: place.path)
    let text = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(
      text.contains(
        "The run of 2024-04-21T01:00:00Z could not be evaluated (the estate file is not valid)"
      ),
      "\(run.output)\(run.errors)"
    )
  }
}
