import ArgumentParser
import Estate
import EventModel
import Glibc
import Ingest
import Pipeline
import Reporting
import Storage

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes reports that a manager can sign and an owner can act on, from the store.",
    discussion: """
      In Japanese or English, as one offline HTML file, PDF, Markdown, JSON, CSV or spreadsheet. What no log tells \
      (causes, measures, contacts, sign-offs) comes from a file that people edit: report.yml beside the \
      estate file, or --notes. What nobody has said is "unknown"; a field missing without a word fails. \
      Exit status: 0 written, 2 could not.
      """,
    subcommands: [
      ReportIncidentCommand.self, ReportInquiryCommand.self, ReportQuarterlyCommand.self,
      ReportCoverageCommand.self, ReportNotificationCommand.self,
    ]
  )
}

/// What every report asks for.
struct DocumentOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: "The estate file (default: ./ometsuke.yml, if there is one)."
  )
  var config: String?

  @OptionGroup var place: StoreOption

  @Option(
    name: [.customLong("lang"), .customLong("language")],
    help: "ja or en (default: by the locale)."
  )
  var language: String?

  @Option(name: [.short, .long], help: "html, markdown, json, csv, xlsx, or pdf (needs Chromium).")
  var format = "html"

  @Option(help: "Of csv and xlsx: which table (default: the fields; all).")
  var table: String?

  @Option(name: [.short, .long], help: "Write to this file, whole or not at all.")
  var output: String?

  @Option(help: "What people know: a YAML file (default: report.yml beside the estate file).")
  var notes: String?

  @Flag(help: "Years by era (令和).")
  var era = false

  @Option(help: ArgumentHelp("The time by the clock (RFC 3339).", visibility: .hidden))
  var now: String?

  mutating func validate() throws {
    guard form != nil || isFileOnly else {
      throw ValidationError("--format \(format): there are html, markdown, json, csv, xlsx and pdf")
    }
    if let language, Self.documentLanguage(language) == nil {
      throw ValidationError("--lang \(language): there are ja and en")
    }
    if table != nil, format != "csv", format != "xlsx" {
      throw ValidationError("--table: only csv and xlsx are tables")
    }
    if isFileOnly, output == nil || output == "-" {
      throw ValidationError("--format \(format): name a file with --output")
    }
    if let now, ReadingOptions.time(now) == nil {
      throw ValidationError("--now \(now): not a time; write 2024-04-01T09:00:00Z")
    }
  }

  /// Whether the form is no text, and goes to a file.
  var isFileOnly: Bool { format == "pdf" || format == "xlsx" }

  var form: DocumentForm? { DocumentForm(rawValue: format == "md" ? "markdown" : format) }

  static func documentLanguage(_ word: String) -> DocumentStyle.Language? {
    let names = ["japanese": "ja", "english": "en"]
    return DocumentStyle.Language(rawValue: names[word] ?? word)
  }

  /// The language asked for, else that of the locale; the estate's zone.
  static func style(_ language: String?, _ estate: DeclaredEstate) -> DocumentStyle {
    let chosen =
      language.flatMap(documentLanguage) ?? (Terminal.language == .japanese ? .japanese : .english)
    return DocumentStyle(chosen, zone: ReportZone(named: estate.policy.timeZone))
  }

  var time: Timestamp {
    now.flatMap { ReadingOptions.time($0) } ?? Timestamp(seconds: Int64(Glibc.time(nil)))
  }

  var program: String { "ometsuke \(Ometsuke.version)" }

  /// What reports are made with, the store aside.
  struct Ground {
    var estate: DeclaredEstate
    var notes: ReportNotes
    var style: DocumentStyle
  }

  /// What is asked of the store.
  struct Desk {
    var store: Store
    var ground: Ground
    var coverage: CoverageStudy
    var study: CaseStudy
    /// Reports that were issued, in the order in which they were.
    func issued() throws -> [IssuedReport] { try ReportLog.all(in: store) }
    var estate: DeclaredEstate { ground.estate }
    var notes: ReportNotes { ground.notes }
    var style: DocumentStyle { ground.style }
  }

  /// Estate and notes; `inputs`: files that the output must not replace.
  ///
  /// - Throws: `ExitCode(2)` after one clear line on standard error.
  func ground(inputs: [String] = []) throws -> Ground {
    let loaded = try EstateSettings.load(config)
    let estate = loaded?.estate ?? DeclaredEstate()
    if let output, output != "-" {
      let path = place.path(beside: estate.file)
      let known =
        EstateSettings.inputs(of: loaded) + Store.files(of: path) + (notes.map { [$0] } ?? [])
        + inputs
      if let obstacle = OutputFile.obstacle(at: output, inputs: known) {
        Terminal.complain("\(SafeText.escaped(output, limit: 4096)): \(obstacle)")
        throw ExitCode(2)
      }
    }
    var style = Self.style(language, estate)
    style.usesEra = era
    do {
      return Ground(estate: estate, notes: try loadNotes(estate), style: style)
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(2)
    }
  }

  /// Opens estate, notes and store.
  ///
  /// - Throws: `ExitCode(2)` after one clear line on standard error.
  func ask<Answer>(writing: Bool = false, _ body: (Desk) throws -> Answer) throws -> Answer {
    let ground = try ground()
    let path = place.path(beside: ground.estate.file)
    guard !writing || access(path, F_OK) == 0 else {
      Terminal.complain(
        "\(SafeText.escaped(path, limit: 4096)): no such store; the first night makes it"
      )
      throw ExitCode(2)
    }
    do {
      let noted = NotedStore.access("report")
      let store =
        writing ? try NotedStore.writing(path, noted) : try NotedStore.reading(path, noted)
      let coverage = try CoverageStudy(store, ground.estate)
      let registers = EstateSettings.registers(of: ground.estate)
      var study = try CaseStudy(
        store,
        ground.estate,
        coverage,
        basis: ExtractBasis(program: program, estateDigest: FileDigest.sha256(of: registers))
      )
      study.now = time
      let known = try study.incidents()
      for line in ground.notes.doubts(ground.estate, incidents: known, now: time) {
        Terminal.complain(of: line)
      }
      return try body(Desk(store: store, ground: ground, coverage: coverage, study: study))
    } catch let code as ExitCode {
      throw code
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(2)
    }
  }

  private func loadNotes(_ estate: DeclaredEstate) throws -> ReportNotes {
    let slash = estate.file.lastIndex(of: "/")
    let beside = slash.map { estate.file[...$0] + "report.yml" } ?? "report.yml"
    let path = notes ?? (access(beside, R_OK) == 0 ? beside : nil)
    guard let path else { return ReportNotes() }
    let zone = estate.policy.zone
    return try ReportNotes.load(path: path, zone: zone)
  }

  // MARK: Writing

  /// Writes a document in the form asked for.
  func write(_ document: Document, to path: String?) throws {
    try Self.check(document)
    var document = document
    document.date(at: time)
    if format == "pdf" { return try Chromium.print(document.render(.html) ?? "", to: path ?? "") }
    if format == "xlsx" { return try writeSpreadsheet(document, to: path ?? "") }
    guard let form, let text = document.render(form, table: table) else {
      Terminal.complain("--table: there are \(document.tableKeys.joined(separator: ", "))")
      throw ExitCode(2)
    }
    try Terminal.write(text, to: path)
  }

  private func writeSpreadsheet(_ document: Document, to path: String) throws {
    if let table, !document.tableKeys.contains(table) {
      Terminal.complain("--table: there are \(document.tableKeys.joined(separator: ", "))")
      throw ExitCode(2)
    }
    let failure = OutputFile.replace(path) { file in
      document.writeSpreadsheet(to: "/proc/self/fd/\(file)", table: table)
    }
    if let failure {
      Terminal.complain("\(SafeText.escaped(path, limit: 4096)): cannot be written: \(failure)")
      throw ExitCode(2)
    }
  }

  static func check(_ document: Document) throws {
    let missing = document.missing
    guard missing.isEmpty else {
      Terminal.complain(
        "the report says nothing of \(missing.joined(separator: ", ")): not written"
      )
      throw ExitCode(2)
    }
  }
}

/// What issuing a report asks for.
struct IssueOptions: ParsableArguments {
  @Flag(help: "Issue it: its version, figures and digest go into the store's chain, for good.")
  var issue = false

  @Option(help: "Who issues it.")
  var by: String?

  @Option(help: "Why there is a new version.")
  var reason: String?

  mutating func validate() throws {
    guard !issue || by != nil else { throw ValidationError("--issue: say with --by who issues it") }
    if let by { try TriageOptions.check("--by", by) }
    if let reason { try TriageOptions.check("--reason", reason) }
    guard issue || (by == nil && reason == nil) else {
      throw ValidationError("--by and --reason go with --issue")
    }
  }

  /// The next version of the report; `nil`: a draft.
  ///
  /// - Throws: `ExitCode(2)` after one clear line on standard error.
  func next(
    _ kind: String,
    _ subject: String,
    _ owner: String,
    of issued: [IssuedReport],
    at now: Timestamp
  ) throws -> IssuedReport? {
    guard issue else { return nil }
    let before = Self.previous(kind, subject, owner, of: issued)
    if let before, let time = before.time, time > now {
      Terminal.complain(
        "version \(before.version) was issued at \(time), which is later than now: set the clock right"
      )
      throw ExitCode(2)
    }
    var report = IssuedReport(
      kind: kind,
      subject: subject,
      owner: owner,
      version: (before?.version ?? 0) + 1
    )
    report.by = by ?? ""
    report.reason = reason ?? ""
    return report
  }

  /// The version that is there.
  static func previous(
    _ kind: String,
    _ subject: String,
    _ owner: String,
    of issued: [IssuedReport]
  ) -> IssuedReport? {
    issued.last { $0.kind == kind && $0.subject == subject && $0.owner == owner }
  }

  /// Issues it where that is asked for, and writes it.
  func issue(
    _ document: Document,
    as report: IssuedReport?,
    figures: [IssuedReport.Figure],
    _ desk: DocumentOptions.Desk,
    _ options: DocumentOptions
  ) throws {
    try DocumentOptions.check(document)
    // A version that nobody can read is none: the link comes when the report stands.
    try options.write(document, to: options.output)
    try record(report, document, figures: figures, desk, options)
  }

  /// Puts it into the chain, with the digest of what it says.
  func record(
    _ report: IssuedReport?,
    _ document: Document,
    figures: [IssuedReport.Figure],
    _ desk: DocumentOptions.Desk,
    _ options: DocumentOptions
  ) throws {
    guard var report else { return }
    report.figures = figures
    report.digest = ReportLog.digest(document.render(.json) ?? "")
    try ReportLog.add(
      report,
      time: "\(options.time)",
      author: Author.current,
      to: desk.store,
      program: options.program
    )
  }
}
