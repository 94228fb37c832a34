import EventModel
import Testing

@testable import Reporting

/// What the command line says of itself, in Japanese.
@Suite struct `Words of the command line` {
  private func hasJapanese(_ text: String) -> Bool {
    text.unicodeScalars.contains { (0x3040..<0xA000).contains($0.value) }
  }

  private func values(_ text: String) -> Set<String> {
    Set(
      text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap {
        $0.split(separator: "}").first.map(String.init)
      }
    )
  }

  @Test(arguments: [HelpWords.pairs, MessageWords.pairs, OutputWords.pairs])
  func `stand in pairs of English and Japanese with the same values`(pairs: String) {
    let blocks = pairs.split(separator: "\n\n", omittingEmptySubsequences: true)
    #expect(blocks.count > 50)
    for block in blocks { #expect(block.split(separator: "\n").count == 2, "\(block)") }
    for (english, japanese) in CommandWords.pairs(of: pairs) {
      #expect(!hasJapanese(english) || english.contains("令和"), "\(english)")
      #expect(hasJapanese(japanese), "\(japanese)")
      #expect(values(english) == values(japanese), "\(english)")
    }
  }

  @Test(arguments: [
    ("--threads 0: give a number from 1 to 256", "--threads 0: 1 から 256 までの数を指定してください"),
    (
      "Unknown option '--now'. Did you mean '--only'? (see ometsuke --help)",
      "オプション '--now' はありません。'--only' ではありませんか(ometsuke --help を参照)"
    ),
    ("a: b.yml: cannot be read: Permission denied", "a: b.yml: 読めません: 権限がありません"),
    (
      "--of 22ba: is itself decided to be a duplicate of 14d7; name the one that is not",
      "--of 22ba 自体が 14d7 の重複と判断されています。重複ではない事案を指定してください"
    ),
    (
      "detected-at: not a time; write 2024-04-01 or 2024-04-01 09:00",
      "detected-at: 日時ではありません。2024-04-01 または 2024-04-01 09:00 のように書いてください"
    ),
    (
      "--format pdf needs Chromium in PATH (Debian: apt-get install chromium); or print the HTML",
      "--format pdf には PATH に Chromium が必要です(Debian では apt-get install chromium)。または HTML を印刷してください"
    ),
    (
      "a.yml: is no store of ometsuke, or its beginning is damaged; name another file, or bring back a copy",
      "a.yml: ometsuke のストアではないか、先頭が壊れています。別のファイルを指定するか、控えから戻してください"
    ),
    (
      "--as duplicate: name with --of the incident that it repeats (see ometsuke triage decide --help)",
      "--as duplicate: 重複の元となる事案を --of で指定してください(ometsuke triage decide --help を参照)"
    ), ("something else", "something else"), ("", ""), (": ", ": "),
    ("::: cannot be read", "::: 読めません"),
  ])
  func `are found whatever stands before them or in them`(english: String, japanese: String) {
    #expect(CommandWords.japanese(ofMessage: english) == japanese)
  }

  @Test(arguments: [
    (
      "  jsonl: likely — 8 of 8 lines are JSON objects, with a time in t and who in u, behind a first record that is too long to be read",
      "  jsonl: おそらく — 8 行のうち 8 行が JSON オブジェクト(時刻は t、利用者は u)(長すぎて読めない最初の記録より後について)"
    ),
    ("1 day before 2024-04-01 dropped", "2024-04-01 より前の 1 日分を削除しました"),
    ("3 days before 2024-04-01 dropped", "2024-04-01 より前の 3 日分を削除しました"),
    (
      "Of 1 line 1 is an event, 0 fit no template.", "1 行のうち 1 行を操作として読み、0 行はどの型にも合いません。"
    ), ("1 of 1 line in ./evidence", "./evidence に 1 行のうち 1 行"),
    (
      "74 pieces, 30573417 bytes: as they were; 0 not; 0 logs gone",
      "封印 74 件・30573417 バイト: 封印時のまま。不一致 0 件、見当たらないログ 0 件"
    ),
    ("settled    up to 2024-05-29T11:12:28.919Z", "確定       2024-05-29T11:12:28.919Z まで"),
    (
      "NO MATCH  chain of app, night 3: a line is damaged",
      "不一致    app の連鎖・第3夜: 壊れた行があります"
    ),
    ("op01 = 0123\n    a planted customer's record is read\n", "op01 = 0123\n    おとりの顧客記録の読出し\n"),
  ])
  func `are printed in Japanese line by line, what they do not know as it is`(
    english: String,
    japanese: String
  ) {
    #expect(CommandWords.japanese(ofOutput: english) == japanese)
  }

  @Test func `follow the option, then the locale`() {
    func language(_ words: [String], _ environment: [String: String]) -> CommandLanguage {
      CommandLanguage(arguments: words) { environment[$0] }
    }
    #expect(language([], ["LANG": "ja_JP.UTF-8"]) == .japanese)
    #expect(language([], ["LANG": "ja_JP.UTF-8", "LC_ALL": "C"]) == .english)
    #expect(language(["--lang", "ja"], ["LANG": "en_US"]) == .japanese)
    #expect(language(["--language=english"], ["LANG": "ja_JP"]) == .english)
    #expect(language(["--lang", "both"], ["LANG": "ja_JP"]) == .japanese)
    #expect(language(["--", "--lang", "ja"], [:]) == .english)
  }

  @Test func `tell why a record or an input could not be read`() {
    for reason in DecodeError.Reason.allCases {
      let text = DecodeError(reason, at: 7).text
      #expect(hasJapanese(CommandWords.japanese(ofReason: text)), "\(text)")
    }
    #expect(
      CommandWords.japanese(
        ofReason:
          "cut off: it ends within its last record (line 3, offset 90: unexpected end at byte 12); give the"
          + " whole file, or what goes on where it ends"
      )
        == "途切れています: 最後の記録の途中で終わっています(3 行目、オフセット 90: 12 バイト目で途切れている)。"
        + "ファイル全体か、続きを指定してください"
    )
    #expect(CommandWords.japanese(ofReason: "nobody knows") == "nobody knows")
    for packed in ["a tar archive", "LZ4 data"] {
      let refused = "\(packed): nothing of it is read; unpack it (x) and read what is in it"
      #expect(hasJapanese(CommandWords.japanese(ofReason: refused)))
    }
    var japanese = ReportOptions()
    japanese.language = .japanese
    var told = ReportSamples.report()
    told.coverage.unreadable = [
      Coverage.Unreadable(path: "a.log", reason: "no such file or folder; check the path")
    ]
    let text = TextReport(options: japanese).render(told)
    #expect(text.contains("ファイルまたはフォルダーがありません。パスを確認してください"))
  }

  @Test func `a watch speaks Japanese as the mail of a night does`() {
    let words = "remembers in memory only: a restart begins anew; --store keeps it"
    #expect(CommandWords.japanese(ofMessage: words).hasPrefix("メモリー内でだけ覚えます"))
    var incident = Incident(
      id: "0123456789abcdef",
      severity: .high,
      actor: "account admin",
      first: Timestamp(seconds: 0),
      last: Timestamp(seconds: 0)
    )
    incident.records = .exactly(7)
    let line = WatchText(.japanese).line(incident, isNew: true)
    #expect(line.contains(" 検知 高 ") && !line.contains("HIGH"), "\(line)")
    #expect(WatchText(.english).line(incident, isNew: true).contains(" raised HIGH "))
  }
}
