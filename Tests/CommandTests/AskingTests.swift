import Foundation
import Testing

/// What the store answers, command by command, against goldens; see the README of each folder.
@Suite struct AskingTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Asking")

  /// A copy of a case with a store of one night.
  final class Case {
    let path = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString
    let golden: URL

    init(_ name: String) throws {
      golden = AskingTests.root.appendingPathComponent(name)
      try FileManager.default.copyItem(atPath: golden.path, toPath: path)
      try night("2024-06-01T02:00:00Z")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func night(_ now: String) throws {
      let run = try Run(["nightly", "--now", now, "--fail-on", "never"], in: path)
      #expect(run.status == 0 || run.status == 3, "\(run.errors)")
    }

    func ask(_ words: [String]) throws -> Run { try Run(words, in: path) }

    /// The words of a line of `commands.txt`; what belongs together is joined again.
    func commands() throws -> [(name: String, words: [String])] {
      let text = try String(
        contentsOf: golden.appendingPathComponent("commands.txt"),
        encoding: .utf8
      )
      return text.split(separator: "\n").map { line in
        let joined = line.replacing("Tsubaki Town", with: "Tsubaki\u{0}Town")
          .replacing("Minato Gas", with: "Minato\u{0}Gas")
        let words = joined.split(separator: " ").map { $0.replacing("\u{0}", with: " ") }
        return (String(words[0]), words.dropFirst().map { String($0) })
      }
    }

    /// The gravest incident of an owner.
    func incident(of owner: String) throws -> String {
      let run = try ask(["inquire", "--owner", owner, "--format", "jsonl"])
      let line = run.output.split(separator: "\n").first { $0.contains("\"inquiry-taking\"") }
      let start = try #require(line?.firstRange(of: "\"incident\":\"")?.upperBound)
      return String(try #require(line)[start...].prefix(16))
    }
  }

  @Test func `the call centre answers as its goldens say`() throws {
    let place = try Case("call-centre")
    let rewrites = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"
    let incident = try place.incident(of: "北電力")
    for (name, words) in try place.commands() {
      let run = try place.ask(words.map { $0 == "INCIDENT" ? incident : $0 })
      #expect(run.status == 0 && run.errors.isEmpty, "\(name): \(run.errors)")
      let golden = place.golden.appendingPathComponent(name + ".txt")
      if rewrites { try run.output.write(to: golden, atomically: true, encoding: .utf8) }
      #expect(try run.output == String(contentsOf: golden, encoding: .utf8), "\(name)")
      guard name.hasSuffix("-en") || name.hasSuffix("-years") else { continue }
      #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(name)")
    }
  }

  @Test func `no answer names another owner but in the annex`() throws {
    let place = try Case("call-centre")
    for owner in ["Kita Denryoku", "Minato Gas", "Tsubaki Town"] {
      for format in ["text", "jsonl"] {
        let run = try place.ask(["inquire", "--owner", owner, "--format", format])
        for other in ["Kita Denryoku", "北電力", "Minato Gas", "Tsubaki Town"]
        where other != owner && !(other == "北電力" && owner == "Kita Denryoku") {
          #expect(!run.output.contains(other), "\(owner), \(format): \(other)")
        }
      }
      let annex = try place.ask(["inquire", "--owner", owner, "--annex"])
      #expect(
        annex.output.contains(owner == "Minato Gas" ? "Kita Denryoku" : "Minato Gas")
          || annex.output.contains("Kita Denryoku")
      )
    }
  }

  @Test func `a log altered after it was sealed takes its days from the coverage`() throws {
    let place = try Case("call-centre")
    let file = URL(fileURLWithPath: place.path + "/crm.jsonl")
    // Days before the application fell silent.
    let words = [
      "inquire", "--owner", "Tsubaki Town", "--format", "jsonl", "--from", "2024-04-04", "--to",
      "2024-04-12",
    ]
    let before = try place.ask(words)
    #expect(before.output.contains("\"conclusion\":\"not_found_within_records\""))
    // Not the first bytes, by which it is known.
    let text = try String(contentsOf: file, encoding: .utf8)
    let (head, rest) = (text.prefix(8_192), text.dropFirst(8_192))
    let handle = try FileHandle(forWritingTo: file)
    try handle.write(contentsOf: Data((head + rest.replacing("op2", with: "op4")).utf8))
    try handle.close()
    try place.night("2024-06-02T02:00:00Z")
    let after = try place.ask(words)
    #expect(after.output.contains("\"conclusion\":\"undeterminable\""), "\(after.output)")
    let coverage = try place.ask(["coverage", "--language", "en"])
    #expect(coverage.output.contains("log altered since it was sealed: crm.jsonl"))
  }

  @Test func `what cannot be asked is said in one line`() throws {
    let place = try Case("call-centre")
    for words in [
      ["inquire", "--owner", "Nobody"], ["coverage", "--from", "2024-4-1"],
      ["inquire", "--owner", "Tsubaki Town", "--confirm", "0000000000000000"],
      [
        "inquire", "--owner", "Tsubaki Town", "--confirm", "0000000000000000", "--examiner", "Sato",
      ],
      ["inquire", "--owner", "Tsubaki Town", "--subjects", "none.txt"],
      ["coverage", "--store", "none"], ["coverage", "-o", "ometsuke.store"],
    ] {
      let run = try place.ask(words)
      #expect(run.status == 2 && run.complaints.count == 1, "\(words): \(run.errors)")
    }
  }
}
