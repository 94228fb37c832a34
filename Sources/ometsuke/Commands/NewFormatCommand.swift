import ArgumentParser
import EventModel
import Glibc
import Ingest
import Reporting

struct NewFormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Proposes a format file from a sample of a log, and shows what it would read.",
    discussion: """
      Reads the first lines of SAMPLE and writes a file for formats.d beside the estate file: templates \
      of its lines, and what their fields may mean, to be corrected by hand. A source then names it: \
      format: NAME. The values shown are those of the sample; with -o they are left out of the file. \
      Exit status: 0 proposed, 1 another format reads the sample already, 2 nothing to propose.
      """
  )

  @Argument(help: "A file with lines of the log.")
  var sample: String

  @Option(help: "The name of the format (default: the name of the sample).")
  var name: String?

  @Option(name: [.short, .long], help: "Write the file there; what it reads is shown.")
  var output: String?

  @Flag(help: "Propose one even if a format reads the sample already.")
  var anyway = false

  @OptionGroup var speech: SpokenLanguage

  func run() throws {
    let shown = SafeText.escaped(sample, limit: 4096)
    // It is a log, or a file that somebody has corrected by hand.
    var status = stat()
    if let output, PathText.withName(output, { stat($0, &status) }) == 0,
      status.st_mode & S_IFMT == S_IFREG
    {
      let place = SafeText.escaped(output, limit: 4096)
      Terminal.complain("\(place): is there already; remove it, or name another file")
      throw ExitCode(2)
    }
    let head: FileHead
    do {
      head = try ChunkReader(path: sample, encoding: nil).head()
    } catch {
      Terminal.complain("\(shown): \(SafeText.escaped(error.reason(of: sample), limit: 4096))")
      throw ExitCode(2)
    }
    if !anyway, let best = FormatRegistry.best(head.bytes.span), best.result.likelihood >= .likely {
      Terminal.complain(
        "\(shown): \(best.format.name) reads it: \(best.result.reason); --anyway proposes another"
      )
      throw ExitCode(1)
    }
    guard let proposal = TemplateGuess.propose(head.bytes.span, name: formatName) else {
      Terminal.complain("\(shown): no line has a time that is known; nothing to propose")
      throw ExitCode(2)
    }
    let file = Self.file(proposal)
    let reading = Self.reading(proposal, head)
    guard let output else {
      let comment = reading.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.isEmpty ? "#" : "# \($0)" }.joined(separator: "\n")
      return try Terminal.write(file + "\n" + comment + "\n", to: nil)
    }
    try Terminal.write(file, to: output)
    try Terminal.say(reading + "\n")
  }

  /// Small letters, digits and hyphens.
  private var formatName: String {
    let base = name ?? sample.split(separator: "/").last.map(String.init) ?? ""
    let stem = name == nil ? base.split(separator: ".").first.map(String.init) ?? "" : base
    let letters = stem.lowercased().utf8.map { byte in
      0x61...0x7A ~= byte || 0x30...0x39 ~= byte ? byte : 0x2D
    }
    let words = String(decoding: letters, as: UTF8.self).split(separator: "-")
    return words.isEmpty ? "my-log" : words.joined(separator: "-")
  }

  // MARK: The file

  private static func file(_ proposal: TemplateGuess.Proposal) -> String {
    let format = proposal.format
    var text = "# Proposed by `ometsuke formats new`; docs/formats/declared.md explains it.\n"
    text += "format: \(format.name)\nlines:\n"
    for line in format.lines { text += "  - \(quoted(line.text))\n" }
    text += "fields:\n"
    for column in FieldMap.Column.allCases {
      guard let rule = format.fields.rules[column], let field = rule.path.first else { continue }
      if let format = rule.timeFormat {
        text += "  \(column.rawValue): {field: \(quoted(field)), format: \(quoted(format))}\n"
      } else {
        text += "  \(column.rawValue): \(quoted(field))\n"
      }
    }
    let missing = [FieldMap.Column.account, .terminal, .operation, .object, .records, .bytes]
      .filter { format.fields.rules[$0] == nil }
    if !missing.isEmpty {
      text += "  # Not found: \(missing.map(\.rawValue).joined(separator: ", ")).\n"
    }
    return text
  }

  /// In single quotes, or with escapes where a sign would act on the terminal that shows it.
  private static func quoted(_ text: String) -> String {
    if SafeText.escaped(text, limit: 1 << 20) != text {
      return "\"" + text.unicodeScalars.map(escaped).joined() + "\""
    }
    return "'"
      + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"", "\\": return "\\\(scalar)"
    case " "..."~": return String(scalar)
    default:
      let digits = String(scalar.value, radix: 16)
      return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }
  }

  // MARK: What it reads

  private static func reading(_ proposal: TemplateGuess.Proposal, _ head: FileHead) -> String {
    var declaration = SourceDeclaration(name: "sample")
    declaration.declared = proposal.format
    let options = DecodeOptions(
      declaration: declaration,
      zone: .utc,
      subjectKey: SubjectKey(1, 2)
    )
    var batch = EventBatch()
    DeclaredText(options: options, head: head.bytes.span)
      .decode(ByteChunk(head.bytes), into: &batch)
    let (events, rejected) = (batch.rows.count, batch.rejectedCount)
    var text = "Of \(NumberText.counted(Int64(batch.lineCount), "line")) "
    text += "\(events) \(events == 1 ? "is an event" : "are events"), \(rejected) "
    text +=
      "\(rejected == 1 ? "fits" : "fit") no template\(batch.isEmpty ? "" : "; times without a zone are taken as UTC").\n\nFields:\n"
    for sample in proposal.samples {
      let meaning = proposal.format.fields.rules.first { $0.value.path == [sample.name] }?.key
      let values = sample.values.map { SafeText.name($0, limit: 40) }.joined(separator: ", ")
      text += "  \(sample.name) (\(sample.kind.rawValue))"
      text += "\(meaning.map { " = \($0.rawValue)" } ?? ""): \(values)\n"
    }
    text += "\nFirst events:\n"
    for row in batch.rows.prefix(5) { text += "  " + event(row, batch.names) + "\n" }
    for rejection in batch.rejections.prefix(5) {
      text +=
        "  line \(rejection.line) fits no template from byte \(rejection.error.offset + 1) on\n"
    }
    return text
  }

  private static func event(_ row: EventRow, _ names: NameTable) -> String {
    var text = "line \(row.line): \(Timestamp(nanoseconds: row.time)) \(row.operation.name)"
    for (word, id) in [
      ("account", row.account), ("terminal", row.terminal), ("program", row.program),
      ("object", row.object), ("owner", row.owner), ("destination", row.destination),
    ] where id != .none {
      text += " \(word)=\(SafeText.name(names.text(of: id), limit: 60))"
    }
    text += row.quality == .unknown ? " records unknown" : " records=\(row.recordsLow)"
    if row.bytes >= 0 { text += " bytes=\(row.bytes)" }
    if row.outcome != .unknown { text += " \(row.outcome)" }
    return text
  }
}

extension EventBatch {
  fileprivate var isEmpty: Bool { rows.isEmpty }
}
