import Foundation
import Testing

/// The command line's own texts, for who reads Japanese.
@Suite struct `The command line in Japanese` {
  private struct Help: Decodable {
    struct Argument: Decodable {
      var abstract: String?
      var shouldDisplay: Bool
    }
    struct Command: Decodable {
      var commandName: String
      var abstract: String?
      var discussion: String?
      var shouldDisplay: Bool?
      var arguments: [Argument]?
      var subcommands: [Command]?

      /// The words that lead to each command, with its texts.
      func all(_ path: [String] = []) -> [(path: [String], texts: [String])] {
        let texts =
          [abstract, discussion].compactMap { $0 }
          + (arguments ?? []).filter(\.shouldDisplay).compactMap(\.abstract)
        return [(path, texts)] + (subcommands ?? []).flatMap { $0.all(path + [$0.commandName]) }
      }

      /// The words that lead to each command, and whether others are under it.
      func leaves(_ path: [String] = []) -> [(path: [String], isGroup: Bool)] {
        [(path, !(subcommands ?? []).isEmpty)]
          + (subcommands ?? []).flatMap { $0.leaves(path + [$0.commandName]) }
      }
    }
    var command: Command
  }

  private func hasJapanese(_ text: some StringProtocol) -> Bool {
    text.unicodeScalars.contains { (0x3040..<0xA000).contains($0.value) }
  }

  private func columns(_ text: some StringProtocol) -> Int {
    text.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 2 : 1) }
  }

  @Test func `says in Japanese what each format is, and why a file is of one`() throws {
    let desk = try Desk()
    let list = try Run(["formats", "--lang", "ja"], in: desk.path).output.split(separator: "\n")
    #expect(list.count > 100)
    for line in list where line.hasPrefix(" ") { #expect(hasJapanese(line), "\(line)") }
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    let fixtures = tests.appendingPathComponent("IngestTests/Fixtures").path
    let judged = try Run(["formats", "--lang", "ja", fixtures], in: desk.path).output
    let reasons = judged.split(separator: "\n").filter { $0.hasPrefix("  ") }
    #expect(reasons.count > 200)
    #expect(judged.contains("\n  syslog-rfc3164: 確実 — "))
    for line in reasons { #expect(hasJapanese(line) && !line.contains(" lines "), "\(line)") }
  }

  @Test func `tells in Japanese who asked the store`() throws {
    let desk = try Desk()
    #expect(try desk.run("nightly", "leak.jsonl", "--store", "store").status == 1)
    for words in [
      ["coverage"], ["coverage", "--from", "2020-01-01"], ["state", "export", "ledger"],
    ] {
      _ = try Run(words + ["--store", "store"], in: desk.path)
    }
    let told = try Run(["state", "accesses", "--store", "store", "--lang", "ja"], in: desk.path)
    #expect(told.output.contains("  coverage, 全期間  "), "\(told.output)")
    #expect(told.output.contains("  coverage, 2020-01-01 から最後まで  "), "\(told.output)")
    #expect(told.output.contains("  state export, 表 ledger, 全期間  "), "\(told.output)")
    let english = try Run(["state", "accesses", "--store", "store", "--lang", "en"], in: desk.path)
    #expect(english.output.contains("  coverage, 2020-01-01 last  "), "\(english.output)")
  }

  @Test func `says every word of its help in Japanese, within 80 columns`() throws {
    let desk = try Desk()
    let dump = try Run(["--experimental-dump-help"], in: desk.path).output
    let help = try JSONDecoder().decode(Help.self, from: Data(dump.utf8))
    let commands = help.command.all().filter { $0.path.first != "help" }
    #expect(commands.count > 30)
    for (path, texts) in commands {
      let run = try Run(path + ["--help"], in: desk.path, locale: "ja_JP.UTF-8")
      #expect(run.status == 0 && run.output.hasPrefix("概要: "), "\(path)")
      for line in run.output.split(separator: "\n") {
        #expect(columns(line) <= 80, "\(path): \(line)")
      }
      let told = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      for text in texts where !told.contains("使い方") || told.contains(text.prefix(24)) {
        Issue.record("\(path): no Japanese for: \(text)")
      }
    }
    // Who reads English is told in English, whatever the locale.
    let english = try Run(["scan", "--help", "--lang", "en"], in: desk.path, locale: "ja_JP.UTF-8")
    #expect(english.output.hasPrefix("OVERVIEW: "))
  }

  @Test func `prints what it judges and keeps in Japanese, by the option and by the locale`() throws
  {
    let desk = try Desk()
    let detectors = try Run(["detectors", "--lang", "ja"], in: desk.path)
    for line in detectors.output.split(separator: "\n") where line.hasPrefix("    ") {
      #expect(hasJapanese(line), "\(line)")
    }
    let night = try Run(["nightly", "quiet.jsonl", "--store", "words.store"], in: desk.path)
    #expect(night.status == 0, "\(night.errors)")
    for words in [["verify"], ["state", "show"], ["state", "verify"]] {
      let run = try Run(words + ["--store", "words.store"], in: desk.path, locale: "ja_JP.UTF-8")
      #expect(run.status == 0, "\(run.errors)")
      for line in run.output.split(separator: "\n") { #expect(hasJapanese(line), "\(line)") }
      let told = try Run(words + ["--store", "words.store", "--lang", "en"], in: desk.path)
      #expect(!hasJapanese(told.output), "\(told.output)")
    }
  }

  /// The help of the whole program does not tell of a command's options.
  @Test(arguments: [
    (["verify", "-c"], "ometsuke verify"), (["state", "export", "--foo"], "ometsuke state export"),
    (["--foo"], "ometsuke"), (["report", "incident", "--owner"], "ometsuke report incident"),
  ])
  func `what cannot be read points to the help of its command`(
    words: [String],
    place: String
  ) throws {
    let desk = try Desk()
    let told = try Run(words + ["--lang", "en"], in: desk.path)
    #expect(told.status == 2 && told.errors.contains("(see \(place) --help)"), "\(told.errors)")
    let japanese = try Run(words + ["--lang", "ja"], in: desk.path)
    #expect(japanese.errors.contains("(\(place) --help を参照)"), "\(japanese.errors)")
  }

  /// Every command takes the option, so that who has no Japanese locale can ask for Japanese all the same.
  @Test func `takes a language wherever it acts`() throws {
    let desk = try Desk()
    let dump = try Run(["--experimental-dump-help"], in: desk.path).output
    let help = try JSONDecoder().decode(Help.self, from: Data(dump.utf8))
    for (path, isGroup) in help.command.leaves() where path.first != "help" && !isGroup {
      let run = try Run(path + ["--lang", "xx"], in: desk.path)
      #expect(run.status == 2 || run.status == 64, "\(path)")
      #expect(!run.errors.contains("Unknown option"), "\(path): \(run.errors)")
    }
  }

  @Test(arguments: [
    ["scan"], ["scan", "--foo"], ["scan", "-c"], ["scan", "quiet.jsonl", "--threads", "x"],
    ["scan", "quiet.jsonl", "--threads", "0"], ["scan", "quiet.jsonl", "--from", "noon"],
    ["scan", "quiet.jsonl", "--detectors", "none"], ["scan", "quiet.jsonl", "-c", "none.yml"],
    ["nightly", "--fail-on", "loud", "quiet.jsonl"], ["foo"], ["triage", "decide", "x"],
    ["report", "quarterly", "spring"], ["state", "show", "--store", "none.store"],
    ["explain", "0123456789abcdef", "quiet.jsonl"], ["check"], ["coverage", "--from", "noon"],
    ["watch", "--metrics", "nowhere", "quiet.jsonl"], ["what-if", "quiet.jsonl"],
    ["verify", "--expect", "00"], ["simulate", "out", "--years", "0"],
  ])
  func `says what is wrong with a command line in one line of Japanese`(words: [String]) throws {
    let desk = try Desk()
    let run = try Run(words, in: desk.path, locale: "ja_JP.UTF-8")
    #expect(run.status == 2 || run.status == 64, "\(words): \(run.status)")
    #expect(run.complaints.count == 1, "\(run.errors)")
    #expect(run.complaints.allSatisfy { hasJapanese($0) }, "\(run.errors)")
    #expect(try Run(words, in: desk.path).complaints.allSatisfy { !hasJapanese($0) })
  }
}
