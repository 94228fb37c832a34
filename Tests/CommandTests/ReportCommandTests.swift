import Foundation
import Testing

/// `ometsuke report` and `ometsuke triage` over the sample estate, against goldens.
@Suite struct ReportCommandTests {
  static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Reports")
  static let samples = golden.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("sample-logs").path

  /// A folder with a store of the sample estate, of one night.
  final class Place {
    let path = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString

    init() throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      // A link, so that the paths in the reports are the same everywhere.
      try FileManager.default.createSymbolicLink(
        atPath: path + "/logs",
        withDestinationPath: ReportCommandTests.samples
      )
      let night = try Run(
        [
          "nightly", "-c", "logs/ometsuke.yml", "--store", "samples.store", "--fail-on", "never",
          "--now", "2024-06-01T02:00:00Z",
        ],
        in: path
      )
      #expect(night.status == 0 && night.errors.isEmpty, "\(night.status): \(night.errors)")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    static let estate = ["-c", "logs/ometsuke.yml", "--store", "samples.store"]

    func report(_ words: [String], at now: String = "2024-06-04T00:00:00Z") throws -> Run {
      try Run(["report"] + words + Self.estate + ["--now", now], in: path)
    }

    func triage(_ words: [String], at now: String) throws -> Run {
      try Run(["triage"] + words + ["--store", "samples.store", "--now", now], in: path)
    }
  }

  static let incident = "22ba6273c7ef6d08"

  static let reports: [(name: String, words: [String])] = [
    ("incident", ["incident", incident]),
    ("owner", ["incident", incident, "--owner", "Minato Gas"]),
    ("inquiry", ["inquiry", "--owner", "山吹市", "--from", "2024-04-01", "--to", "2024-06-01"]),
    ("quarterly", ["quarterly", "2024-Q2"]),
    ("coverage", ["coverage", "--from", "2024-04-01", "--to", "2024-06-01"]),
    ("notification", ["notification", incident, "--owner", "Minato Gas"]),
  ]

  private func compare(_ text: String, _ name: String) throws {
    // Where the logs of the repository were read last changes no report.
    let file = Self.golden.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    let (found, wanted) = (text.split(separator: "\n"), golden.split(separator: "\n"))
    let place = zip(found, wanted).enumerated().first { $0.element.0 != $0.element.1 }
    let difference = place.map { "\($0.offset): \($0.element.0) | \($0.element.1)" } ?? "length"
    #expect(text == golden, "\(name), line \(difference)")
  }

  /// One store for all: reading the logs is what takes time.
  @Test func `the sample estate is told as its goldens say, decided and issued`() throws {
    let place = try Place()
    for (name, words) in Self.reports {
      for language in ["ja", "en"] {
        let run = try place.report(words + ["--lang", language, "--format", "markdown"])
        #expect(run.status == 0 && run.errors.isEmpty, "\(name): \(run.errors)")
        try compare(run.output, "\(name)-\(language).md")
      }
    }
    for language in ["ja", "en"] {
      let page = try place.report(["incident", Self.incident, "--lang", language])
      try compare(page.output, "incident-\(language).html")
    }
    let json = try place.report(["incident", Self.incident, "--lang", "ja", "--format", "json"])
    try compare(json.output, "incident-ja.json")
    try checkOwners(place)
    try checkTriage(place)
    try checkIssue(place)
    try checkOtherIssues(place)
    try checkSpreadsheet(place)
    try checkExpiry(place)
  }

  private func checkOwners(_ place: Place) throws {
    let names = [
      "Kita Denryoku": ["北電力", "kita-denryoku", "kita_denryoku"], "Nishi Telecom": ["西テレコム"],
      "Minato Gas": ["みなとガス", "minato-gas"], "Sakura Hoken": ["さくら保険"],
      "Aozora Tsuhan": ["あおぞら通販"], "Kenko Shien Kiko": ["健康支援機構"], "Yamabuki City": ["山吹市"],
      "Tsubaki Town": ["椿町"],
    ]
    let run = try place.report([
      "incident", Self.incident, "--each-owner", "--lang", "ja", "-o", "owners",
    ])
    #expect(run.status == 0, "\(run.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: place.path + "/owners").sorted()
    #expect(files.count == 4)
    for file in files {
      let page = try String(contentsOfFile: place.path + "/owners/" + file, encoding: .utf8)
      let own = names.keys.first { file.contains($0.lowercased().replacing(" ", with: "-")) }
      for (name, aliases) in names where name != own {
        for word in [name] + aliases { #expect(!page.contains(word), "\(file) names \(word)") }
      }
      #expect(page.contains(own ?? "?"))
    }
    let other = try place.report(["incident", Self.incident, "--owner", "Tsubaki Town"])
    #expect(other.status == 2, "not concerned")
    let list = try place.report(["notification", Self.incident, "--owner", "Tsubaki Town"])
    #expect(
      list.status == 2 && list.errors.contains("does not concern this owner"),
      "\(list.errors)"
    )
  }

  private func checkTriage(_ place: Place) throws {
    let waiting = try place.triage(["list", "--lang", "en"], at: "2024-06-03T02:00:00Z")
    #expect(
      waiting.output.contains(Self.incident) && waiting.output.contains("undecided for 2 d 0 h")
    )
    let acts: [[String]] = [
      ["assign", Self.incident, "--to", "Noguchi", "--by", "Saeki"],
      ["comment", Self.incident, "terminal secured", "--by", "Noguchi"],
      ["link", Self.incident, "--complaint", "C-17", "--reason", "sales calls", "--by", "Noguchi"],
      [
        "link", Self.incident, "--complaint", "C-18", "--reason", "a letter", "--by", "Noguchi",
        "--owner", "みなとガス", "-c", "logs/ometsuke.yml",
      ],
      ["decide", Self.incident, "--as", "confirmed", "--reason", "hearing", "--by", "Noguchi"],
    ]
    for act in acts {
      let run = try place.triage(act, at: "2024-06-03T04:00:00Z")
      #expect(run.status == 0, "\(act): \(run.errors)")
    }
    for (kind, wanted) in [("duplicate", "name with --of"), ("legitimate", "name with --until")] {
      let words = ["decide", Self.incident, "--as", kind, "--reason", "x", "--by", "y"]
      let run = try place.triage(words, at: "2024-06-03T04:00:00Z")
      #expect(run.status == 2 && run.errors.contains(wanted), "\(run.errors)")
    }
    for wrong in [
      ["decide", Self.incident, "--as", "legitimate", "--reason", "x", "--by", "y"],
      ["decide", Self.incident, "--as", "duplicate", "--reason", "x", "--by", "y"],
      ["decide", "0000", "--as", "confirmed", "--reason", "x", "--by", "y"],
      [
        "link", Self.incident, "--complaint", "C", "--reason", "x", "--by", "y", "--owner",
        "Tsubaki Town",
      ],
    ] {
      #expect(try place.triage(wrong, at: "2024-06-03T04:00:00Z").status == 2, "\(wrong)")
    }
    try checkWholeDecisions(place)
    let shown = try place.triage(
      ["show", Self.incident, "--lang", "en"],
      at: "2024-06-03T05:00:00Z"
    )
    #expect(shown.output.contains("complaint linked by Noguchi → C-17: sales calls"))
    let left = try place.triage(["list", "--lang", "en"], at: "2024-06-03T05:00:00Z")
    #expect(!left.output.contains(Self.incident))
    let quarter = try place.report(["quarterly", "2024-Q2", "--lang", "en", "--format", "markdown"])
    #expect(quarter.output.contains("decision**: 2 d 11 h"), "median time to decide")
    #expect(quarter.output.contains("14d74461442ca6ce / 2024-06-01 11:00:00 / 2 d 22 h"), "oldest")
    // A complaint is in the report of the owner whose customer complained, and in no other's.
    for (owner, complaints) in [("Minato Gas", ["C-18"]), ("Sakura Hoken", [])] {
      let page = try place.report([
        "incident", Self.incident, "--owner", owner, "--lang", "en", "--format", "markdown",
      ])
      #expect(
        ["C-17", "C-18"].filter { page.output.contains($0) } == complaints,
        "\(owner): \(page.errors)"
      )
    }
    let verified = try Run(["verify", "--store", "samples.store"], in: place.path)
    #expect(verified.status == 0, "\(verified.output)")
  }

  /// A decision under the id of one finding would settle the others unseen, and one by nobody tells nothing.
  private func checkWholeDecisions(_ place: Place) throws {
    let stored = try Run(
      ["state", "export", "incidents", "--store", "samples.store"],
      in: place.path
    ).output
    let line = try #require(
      stored.split(separator: "\n").first { $0.contains("\"id\":\"\(Self.incident)\"") }
    )
    let start = try #require(line.firstRange(of: "\"findings\":[{\"id\":\"")).upperBound
    let finding = String(line[start...].prefix(16))
    for (id, reason, by, wanted) in [
      (finding, "x", "y", Self.incident), (Self.incident, " ", "y", "--reason"),
      (Self.incident, "x", "\u{3000}", "--by"),
    ] {
      let words = ["decide", id, "--as", "suspected", "--reason", reason, "--by", by]
      let run = try place.triage(words, at: "2024-06-03T04:30:00Z")
      #expect(run.status == 2 && run.errors.contains(wanted), "\(run.errors)")
    }
    // Of an answer for a part of the incident's days the last is not before the first.
    let answer = try Run(
      [
        "inquire", "--owner", "Minato Gas", "--from", "2024-04-01", "--to", "2024-05-01",
        "--store", "samples.store", "-c", "logs/ometsuke.yml", "--format", "jsonl",
      ],
      in: place.path
    ).output
    let taking = try #require(answer.split(separator: "\n").first { $0.contains("inquiry-taking") })
    let times = try ["\"first\":\"", "\"last\":\""].map { key in
      try #require(taking.ranges(of: key).last.map { taking[$0.upperBound...].prefix(20) })
    }
    #expect(times[0] <= times[1], "\(taking)")
  }

  private func checkIssue(_ place: Place) throws {
    // What was asked for wrongly, so that there is no report, is no version either.
    let wrong = try place.report([
      "incident", Self.incident, "--issue", "--by", "Saeki", "--format", "csv", "--table", "nix",
    ])
    #expect(wrong.status == 2 && wrong.output.isEmpty, "\(wrong.errors)")
    let words = ["incident", Self.incident, "--lang", "en", "--format", "markdown"]
    let first = try place.report(words + ["--issue", "--by", "Saeki"])
    #expect(first.status == 0 && !first.output.contains("Draft"), "\(first.errors)")
    let second = try place.report(words, at: "2024-06-10T00:00:00Z")
    #expect(second.output.contains("2, draft"))
    #expect(second.output.contains("version 1 of 2024-06-04 09:00:00"))
    #expect(second.output.contains("the figures are unchanged"))
  }

  /// Inquiries, certificates and lists for notification are issued in versions as well.
  private func checkOtherIssues(_ place: Place) throws {
    let period = ["--from", "2024-04-01", "--to", "2024-06-01"]
    for words in [
      ["coverage"] + period, ["inquiry", "--owner", "山吹市"] + period,
      ["notification", Self.incident, "--owner", "Minato Gas"], ["quarterly", "2024-Q2"],
    ] {
      let words = words + ["--lang", "en", "--format", "markdown"]
      let issued = try place.report(words + ["--issue", "--by", "Saeki"])
      #expect(issued.status == 0 && !issued.output.contains("Draft"), "\(words): \(issued.errors)")
      #expect(issued.output.contains("**Issued by**: Saeki"), "\(words)")
      let next = try place.report(words, at: "2024-06-10T00:00:00Z")
      #expect(next.output.contains("**Version**: 2, draft"), "\(words)")
      #expect(next.output.contains("version 1 of 2024-06-04 09:00:00"), "\(words)")
      // A version is no older than the one before it.
      let early = try place.report(
        words + ["--issue", "--by", "Saeki"],
        at: "2024-06-03T00:00:00Z"
      )
      #expect(early.status == 2 && early.errors.contains("set the clock right"), "\(words)")
    }
    for empty in ["--reason", "--by"] {
      let words = ["coverage", "--issue", "--by", "Saeki", empty, ""]
      let refused = try place.report(words + period)
      #expect(refused.status == 2 && refused.errors.contains("is empty"), "\(empty)")
    }
    let annex = ["inquiry", "--owner", "山吹市", "--annex", "--issue", "--by", "Saeki"]
    #expect(try place.report(annex).status != 0, "the annex is not for the owner")
    let verified = try Run(["verify", "--store", "samples.store"], in: place.path)
    #expect(verified.status == 0, "\(verified.output)")
    try checkEditedStore(place)
  }

  /// No report is made of a store that somebody edited.
  private func checkEditedStore(_ place: Place) throws {
    let script = """
      import shutil, sqlite3
      shutil.copytree('samples.store', 'old.store') if __import__('os').path.isdir('samples.store') \
        else shutil.copy('samples.store', 'old.store')
      base = sqlite3.connect('old.store')
      kept = base.execute("SELECT value FROM setting WHERE name = 'detectors'").fetchone()[0]
      kept = kept.replace('owner-share', 'owner-portion')
      base.execute("UPDATE setting SET value = ? WHERE name = 'detectors'", (kept,))
      base.commit()
      base.close()
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    process.currentDirectoryURL = URL(fileURLWithPath: place.path)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    for (_, words) in Self.reports {
      let run = try Run(
        ["report"] + words + [
          "-c", "logs/ometsuke.yml", "--store", "old.store", "--now", "2024-06-04T00:00:00Z",
          "--lang", "en", "--format", "markdown",
        ],
        in: place.path
      )
      #expect(run.status == 2 && run.output.isEmpty, "\(words): \(run.output)")
      #expect(
        run.errors.contains("table setting: name detectors")
          && run.errors.contains("`ometsuke verify`"),
        "\(words): \(run.errors)"
      )
    }
  }

  /// What is held to be legitimate waits again when its day is over, and a night says so once.
  private func checkExpiry(_ place: Place) throws {
    let other = "14d74461442ca6ce"
    let decided = try place.triage(
      [
        "decide", other, "--as", "legitimate", "--until", "2024-06-10", "--reason", "yearly audit",
        "--by", "Noguchi",
      ],
      at: "2024-06-05T04:00:00Z"
    )
    #expect(decided.status == 0, "\(decided.errors)")
    // The last day by the clock of the estate, which is nine hours ahead.
    let before = try place.triage(["list", "--lang", "en"] + Self.zone, at: "2024-06-10T14:59:00Z")
    #expect(!before.output.contains(other))
    let after = try place.triage(["list", "--lang", "en"] + Self.zone, at: "2024-06-10T15:00:00Z")
    #expect(after.output.contains("only until 2024-06-10: decide again"))
    func night(_ now: String) throws -> String {
      try Run(["nightly"] + Place.estate + ["--fail-on", "never", "--now", now], in: place.path)
        .output
    }
    #expect(try night("2024-06-11T02:00:00Z").contains("held to be legitimate until 2024-06-10"))
    #expect(try !night("2024-06-12T02:00:00Z").contains("held to be legitimate"))
  }

  /// The check sheet as a spreadsheet: every cell as Python reads it back.
  private func checkSpreadsheet(_ place: Place) throws {
    let words = ["quarterly", "2024-Q2", "--format", "xlsx", "--output", "sheet.xlsx", "--lang"]
    let script = """
      import re, zipfile
      book = zipfile.ZipFile('sheet.xlsx')
      text = {name: book.read(name).decode() for name in book.namelist()}
      print(re.findall('<sheet name="([^"]*)"', text['xl/workbook.xml']))
      print(text['xl/sharedStrings.xml'])
      first = text['xl/worksheets/sheet1.xml']
      print(len(re.findall('<c r="[CD][0-9]+"(?: s="[0-9]+")?><v>', first)), 'numbers among the fields')
      print(sum(t.count('<f>') for name, t in text.items() if 'worksheets' in name), 'formulas')
      """
    func read() throws -> String {
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["python3", "-c", script]
      process.currentDirectoryURL = URL(fileURLWithPath: place.path)
      process.standardOutput = output
      try process.run()
      let data = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: data, as: UTF8.self)
    }
    let all = try place.report(words + ["ja"])
    #expect(all.status == 0 && all.errors.isEmpty, "\(all.errors)")
    let japanese = try read()
    #expect(japanese.contains("点検項目") && japanese.contains("0 formulas"), "\(japanese.prefix(400))")
    #expect(!japanese.contains("\n0 numbers among"), "counts of fields are numbers")
    let one = try place.report(words + ["en", "--table", "checklist"])
    #expect(one.status == 0 && one.errors.isEmpty, "\(one.errors)")
    let sheet = try read()
    #expect(sheet.hasPrefix("['Check list']"))
    for text in [
      "Check sheet on information management", "Mirai Contact Center", "2024-Q2",
      "Sign-off by the management", "Date of the sign-off", "unknown (not filled in)",
    ] { #expect(sheet.contains(text), "the sheet has no \(text): \(sheet)") }
    // It is signed on paper: what is it, whose, of when, and who signs.
    let signed = try place.report(words + ["ja", "--table", "checklist"])
    #expect(signed.status == 0, "\(signed.errors)")
    let inJapanese = try read()
    for text in ["情報管理状況チェックシート", "株式会社ミライコンタクトセンター", "経営層の承認", "不明(記入なし)"] {
      #expect(inJapanese.contains(text), "\(text): \(inJapanese)")
    }
    #expect(try place.report(words + ["en", "--table", "none"]).status == 2)
    #expect(try place.report(Array(words.prefix(4))).status == 2, "a file is to be named")
  }

  private static let zone = ["-c", "logs/ometsuke.yml"]
}
