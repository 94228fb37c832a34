public import EventModel

/// What lies in a folder of evidence, and how a third party checks it.
public struct EvidenceManifest: Sendable {
  /// The id that was asked for.
  public var asked: String
  /// The incident as one line of JSON, as `scan --format jsonl` writes it.
  public var incident: String
  public var lines: [EvidenceLine]
  public var program: String
  public var digests: RunDigests
  /// The estate file and its registers, and the logs that the lines come from.
  public var configuration: [RunDigests.File] = []
  public var logs: [RunDigests.File] = []
  /// Night and program of the incident as the store keeps it; `nil`: of a scan.
  public var night: String?

  public init(
    asked: String,
    incident: String,
    lines: [EvidenceLine],
    program: String,
    digests: RunDigests
  ) {
    self.asked = asked
    self.incident = incident
    self.lines = lines
    self.program = program
    self.digests = digests
  }

  /// `manifest.json`: one object.
  public var json: String {
    var writer = JSONWriter()
    writer.object { item in
      item.field("kind", "evidence")
      item.field("asked", asked)
      item.field("program", program)
      item.field("night", night)
      item.field("digests") { $0.write(digests) }
      item.field("configuration_files", configuration) { Self.write($1, to: &$0) }
      item.field("log_files", logs) { Self.write($1, to: &$0) }
      item.field("lines_asked", Int64(lines.count))
      item.field("lines_missing", Int64(lines.count { $0.name == nil }))
      item.field("lines", lines) { write($1, to: &$0) }
      item.key("incident")
      item.raw(incident)
    }
    writer.lineFeed()
    return writer.text
  }

  private static func write(_ file: RunDigests.File, to item: inout JSONWriter) {
    item.field("path", file.path, limit: JSONWriter.pathLimit)
    item.field("bytes", file.bytes)
    item.field("sha256", file.sha256)
  }

  private func write(_ line: EvidenceLine, to item: inout JSONWriter) {
    item.field("state", line.state.rawValue)
    item.field("in", line.name)
    item.field("findings", line.findings)
    item.field("time", line.evidence.time)
    item.write(line.evidence)
    item.field("read_from", line.path, limit: JSONWriter.pathLimit)
    item.field("log", line.log.map { Int64($0) })
    item.key("seal")
    guard let seal = line.seal else { return item.null() }
    item.object { object in
      object.field("source", seal.source)
      object.field("night", Int64(seal.night))
      object.field("start", seal.start)
      object.field("length", seal.length)
      object.field("sha256", seal.sha256)
      object.field("link", seal.name)
      object.field("head", seal.head)
    }
  }

  /// `README.txt`, in English and Japanese.
  public var readMe: String {
    let whole = lines.count { $0.name != nil }
    let gone = lines.filter { $0.name == nil }
    let id = SafeText.escaped(asked, limit: 128)
    var english = """
      Evidence of \(id), exported by \(SafeText.escaped(program, limit: 128))

      PERSONAL DATA: the files in lines/ are log lines as they were written. They may name
      persons, addresses and records of customers. Hand them on only to who may see them, and
      keep the folder's mode (0700).

      To check that nothing here has changed since the export:

          sha256sum -c SHA256SUMS

      The export printed the SHA-256 of SHA256SUMS itself; compare it with what was written down:

          sha256sum SHA256SUMS

      lines/NNNNN   the bytes of one log record, without its line end: exactly those that were
                    hashed when the finding was made. Their SHA-256 stands in manifest.json as
                    lines[].sha256, with log, byte offset, line number and time.
      links/N       the text that sealed the piece of log that the line lies in (from the store
                    only). Its SHA-256 is its head; `ometsuke verify --heads`, a time stamp or a mail
                    of that night shows whether the chain still leads through it.
      manifest.json rule, numbers, limit and other explanations of each finding; digests of
                    program, rules, configuration and logs (`sha256sum` of the log file).

      A finding is a suspicion, not proof.

      \(whole) of \(lines.count) lines are here.

      """
    var japanese = """
      \(id) の証拠(\(SafeText.escaped(program, limit: 128)) により書き出し)

      個人データを含む:lines/ の各ファイルは記録された行そのものであり、人名、アドレス、顧客の
      記録を含み得る。閲覧権限のある者にのみ渡し、フォルダの権限(0700)を保つこと。

      書き出し後に変更がないことの確認:

          sha256sum -c SHA256SUMS

      SHA256SUMS 自体の SHA-256 は書き出し時に表示した。控えと照合すること:

          sha256sum SHA256SUMS

      lines/NNNNN   ログの一記録のバイト列(行末を除く)。検知時にハッシュした内容と同一。
                    SHA-256、ログ、位置、行番号、時刻は manifest.json の lines[] にある。
      links/N       その行を含むログ片を封印した文(ストアからの書き出しのみ)。その SHA-256 が
                    連鎖の見出し(head)である。
      manifest.json 各検知の規則、数値、限度、他の説明。プログラム、規則、設定、ログの
                    ダイジェスト(ログは sha256sum の値)。

      検知は疑いであり、証明ではない。

      \(lines.count) 行中 \(whole) 行を収めた。

      """
    for line in gone {
      let place =
        SafeText.escaped(line.evidence.file, limit: JSONWriter.pathLimit) + " \(line.evidence.line)"
      let (words, wordsJapanese) = Self.words(line.state)
      english += "MISSING: \(place): \(words)\n"
      japanese += "欠落:\(place):\(wordsJapanese)\n"
    }
    return english + "\n" + String(repeating: "-", count: 72) + "\n\n" + japanese
  }

  /// What became of a line that is not handed on.
  public static func words(_ state: EvidenceLine.State) -> (english: String, japanese: String) {
    switch state {
    case .same: ("as it was hashed", "ハッシュ時と同一")
    case .altered: ("its bytes are not those that were hashed", "ハッシュ時と内容が異なる")
    case .gone: ("its log is gone, or ends before it", "ログがない、または途中で終わる")
    case .unhashed:
      ("never hashed: it could not be read again when it was found", "検知時に再読できずハッシュなし")
    }
  }
}
