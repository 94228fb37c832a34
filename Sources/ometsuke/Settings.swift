import ArgumentParser
import Detection
import Estate
import EventModel
import Glibc
import Ingest
import Pipeline
import Reporting
import Sinks

/// The options that every command that reads logs shares.
struct ReadingOptions: ParsableArguments {
  @Argument(help: "Files, folders, globs, or - for standard input.")
  var paths: [String]

  @Option(
    name: [.short, .long],
    help: "The estate file (default: ./ometsuke.yml, if there is one)."
  )
  var config: String?

  @Option(help: "Leave out events before this time (RFC 3339, or a date in the estate's zone).")
  var from: String?

  @Option(help: "Leave out events at or after this time.")
  var to: String?

  @Option(help: "Threads (default: one a processor).")
  var threads: Int?

  @Option(help: "Run only these detectors, separated by commas.")
  var detectors: String?

  @Option(
    name: .customLong("key-log"),
    help: "Read encrypted sessions of captures by the secrets in this file (SSLKEYLOGFILE)."
  )
  var keyLog: String?

  @Flag(help: "Read the inputs once more for their SHA-256; the result tells it.")
  var digestInputs = false

  @Option(help: ArgumentHelp("Bytes read at a time.", visibility: .hidden))
  var chunkSize: Int?

  mutating func validate() throws {
    if paths.isEmpty { throw ValidationError("no path given: name files, folders, or - ") }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads \(threads): give a number from 1 to 256")
    }
    if let chunkSize, !(16...(1 << 26)).contains(chunkSize) {
      throw ValidationError("--chunk-size \(chunkSize): give a number from 16 to 67108864")
    }
    for (name, value) in [("--from", from), ("--to", to)] {
      if let value, Self.time(value) == nil {
        throw ValidationError(
          "\(name) \(value): not a time; write 2024-04-01 or 2024-04-01T09:00:00Z"
        )
      }
    }
    if let from, let to, let first = Self.time(from), let end = Self.time(to), first >= end {
      throw ValidationError("--from \(from) is not before --to \(to): no event lies between them")
    }
    if let detectors {
      let known = DetectorSummary.all.map(\.name)
      let names = detectors.split(separator: ",")
      guard !names.isEmpty else {
        throw ValidationError(
          "--detectors: none is named; there are \(known.joined(separator: ", "))"
        )
      }
      for name in names where !known.contains(String(name)) {
        throw ValidationError(
          "--detectors \(name): no such detector; there are \(known.joined(separator: ", "))"
        )
      }
    }
  }

  /// A time; a day alone begins at midnight of the zone, and a time that names no zone is of it too.
  static func time(_ text: String, _ zone: TimeZoneRule = .utc) -> Timestamp? {
    let isDay = text.utf8.count == 10
    var copy = isDay ? text + "T00:00:00Z" : text
    let time = copy.withUTF8 { TimeText.parse($0) }
    let clock = text.dropFirst(11)
    let namesZone = clock.contains { $0 == "+" || $0 == "-" || $0 == "Z" || $0 == "z" }
    return isDay || !namesZone
      ? time.map { Timestamp(nanoseconds: zone.utc(fromLocal: $0.nanoseconds)) } : time
  }
}

/// One run over the inputs: estate, engine, scan.
struct Run {
  var estate: DeclaredEstate
  var result: ScanResult

  /// - Throws: `ExitCode(2)` after one clear line on standard error.
  static func scan(
    _ reading: ReadingOptions,
    showsProgress: Bool,
    output: String? = nil
  ) async throws -> Run {
    let loaded = try EstateSettings.load(reading.config)
    try EstateSettings.declare(keyLog: reading.keyLog)
    if let output, output != "-" {
      let inputs = reading.paths + EstateSettings.inputs(of: loaded)
      if let obstacle = OutputFile.obstacle(at: output, inputs: inputs) {
        Terminal.complain("\(SafeText.escaped(output, limit: 4096)): \(obstacle)")
        throw ExitCode(2)
      }
    }
    if showsProgress { Terminal.tellWaiting(for: reading.paths) }
    let estate = loaded?.estate ?? DeclaredEstate()
    for line in (loaded?.diagnostics ?? []) where line.severity == .warning {
      Terminal.complain(of: line)
    }
    let scan = BatchScan(
      estate: estate,
      options: options(reading, estate, showsProgress: showsProgress)
    )
    var engine = engine(for: estate, scan, reading)
    do {
      var result = try await scan.run(&engine)
      result.coverage.complete(from: engine, estate)
      if let chosen = reading.detectors { tellOthers(than: chosen, to: &result.coverage) }
      if showsProgress { Terminal.clearProgress() }
      return Run(estate: estate, result: result)
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(2)
    }
  }

  /// A "nothing found" is that of the detectors that were asked.
  private static func tellOthers(than chosen: String, to coverage: inout Coverage) {
    let named = Set(chosen.split(separator: ",").map(String.init))
    let others = DetectorSummary.all.map(\.name).filter { !named.contains($0) }
    guard !others.isEmpty else { return }
    let list = others.joined(separator: ", ")
    coverage.assumptions.append("By --detectors these were not asked: \(list).")
    coverage.assumptionsJapanese.append("--detectors により次の検知規則は使いませんでした:\(list)")
  }

  /// What the result is made by and from, the inputs left out.
  static func digests(_ estate: DeclaredEstate, _ detectors: String?) -> RunDigests {
    let names = detectors.map { Set($0.split(separator: ",").map(String.init)) }
    return RunDigests(
      estate: estate,
      registers: EstateSettings.registers(of: estate),
      detectors: DetectorSummary.all.map(\.name).filter { names?.contains($0) ?? true },
      version: "ometsuke \(Ometsuke.version)"
    )
  }

  /// How the inputs are read.
  static func options(
    _ reading: ReadingOptions,
    _ estate: DeclaredEstate,
    showsProgress: Bool
  ) -> ScanOptions {
    var options = ScanOptions(paths: reading.paths, threads: reading.threads)
    if let size = reading.chunkSize { options.chunkSize = size }
    let zone = zone(of: estate)
    options.from = reading.from.flatMap { ReadingOptions.time($0, zone) }
    options.to = reading.to.flatMap { ReadingOptions.time($0, zone) }
    options.excludedPaths = EstateSettings.excluded(of: estate)
    if showsProgress, isatty(STDERR_FILENO) != 0 { options.progress = { Terminal.draw($0) } }
    return options
  }

  /// The zone of days and of times that name none.
  static func zone(of estate: DeclaredEstate) -> TimeZoneRule {
    estate.policy.zone
  }

  /// An engine for an estate, over what a scan reads.
  static func engine(
    for estate: DeclaredEstate,
    _ scan: BatchScan,
    _ reading: ReadingOptions
  ) -> DetectionEngine {
    DetectionEngine(
      estate: BatchScan.hashingCanaries(of: estate),
      sources: scan.sources,
      detectors: reading.detectors.map { Set($0.split(separator: ",").map(String.init)) }
    )
  }
}

enum EstateSettings {
  /// Where the estate file is: as it is named, by OMETSUKE_CONFIG, or `./ometsuke.yml`; `nil`: there is none.
  static func path(_ named: String?) -> String? {
    named ?? getenv("OMETSUKE_CONFIG").map { String(cString: $0) }
      ?? (access("ometsuke.yml", R_OK) == 0 ? "ometsuke.yml" : nil)
  }

  /// The estate file: named, else `$OMETSUKE_CONFIG`, else `./ometsuke.yml`, else none.
  static func load(_ path: String?) throws -> LoadedEstate? {
    guard let found = Self.path(path) else { return nil }
    do {
      let loaded = try EstateFile.load(path: found)
      let problems = SinkRegistry.problems(of: loaded.estate)
      guard problems.isEmpty else { throw EstateError(diagnostics: problems) }
      for source in loaded.estate.sources {
        CaptureUsers.declare(headers: source.userHeaders, cookies: source.userCookies)
        // Without it captures tell less; nothing else needs it.
        guard let path = source.keyLog else { continue }
        do throws(ReadError) { try KeyLogs.declare(path) } catch {
          Terminal.complain(error.message)
        }
      }
      return loaded
    } catch let error as EstateError {
      for line in error.diagnostics {
        Terminal.complain(of: line)
      }
      throw ExitCode(2)
    }
  }

  /// A key log that the command line names.
  /// - Throws: `ExitCode(2)` after one clear line.
  static func declare(keyLog: String?, follows: Bool = false) throws {
    guard let keyLog else { return }
    do throws(ReadError) {
      try KeyLogs.declare(keyLog, follows: follows)
    } catch {
      Terminal.complain(error.message)
      throw ExitCode(2)
    }
  }

  /// The estate file, its registers and the logs it declares.
  static func inputs(of loaded: LoadedEstate?) -> [String] {
    guard let loaded else { return [] }
    return registers(of: loaded.estate) + declaredPaths(of: loaded)
  }

  /// The sources' paths from the estate file's folder; a `**` is read as the folder before it.
  static func declaredPaths(of loaded: LoadedEstate) -> [String] {
    loaded.estate.sources.flatMap(\.paths).map { path in
      let whole =
        path.hasPrefix("/") || loaded.folder.isEmpty ? path : loaded.folder + "/" + path
      guard
        let deep = whole.split(separator: "/", omittingEmptySubsequences: false)
          .firstIndex(of: "**")
      else { return whole }
      let kept = whole.split(separator: "/", omittingEmptySubsequences: false)[..<deep]
      return kept.isEmpty ? "." : kept.joined(separator: "/")
    }
  }

  /// Files that belong to the estate itself: they are not logs.
  static func registers(of estate: DeclaredEstate) -> Set<String> {
    Set(([estate.file] + estate.registerFiles).filter { !$0.isEmpty })
  }

  /// What is never read as a log: the estate's own files, and those that its sinks write, and key logs.
  static func excluded(of estate: DeclaredEstate) -> Set<String> {
    registers(of: estate).union(SinkRegistry.files(of: estate))
      .union(estate.sources.compactMap(\.keyLog))
  }
}

/// What goes to a person beside the result: standard error.
///
/// What goes out: whole, or one clear line.
enum Terminal {
  /// In which the command line speaks of itself.
  static let language = CommandLanguage(
    arguments: CommandLine.arguments,
    environment: { getenv($0).map { String(cString: $0) } }
  )

  /// Columns of the terminal; `nil`: standard output is none.
  static var width: Int? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// A line about the estate, in the language of who reads.
  static func told(_ diagnostic: Diagnostic) -> String {
    language == .japanese ? CommandWords.japanese(of: diagnostic) : "\(diagnostic)"
  }

  /// Lines that a command prints for people, in the language of who reads.
  static func say(_ text: String) throws {
    try write(language == .japanese ? CommandWords.japanese(ofOutput: text) : text, to: nil)
  }

  static func complain(of diagnostic: Diagnostic) {
    _ = put("ometsuke: " + told(diagnostic) + "\n", to: STDERR_FILENO)
  }

  static func complain(_ line: String) {
    let told = language == .japanese ? CommandWords.japanese(ofMessage: line) : line
    _ = put("ometsuke: " + told + "\n", to: STDERR_FILENO)
  }

  /// Says of each named pipe that reading waits for who writes to it, lest that look like work.
  static func tellWaiting(for paths: [String]) {
    for path in paths where !path.hasPrefix("/dev/") && !path.hasPrefix("/proc/") {
      var status = stat()
      guard PathText.withName(path, { stat($0, &status) }) == 0,
        status.st_mode & S_IFMT == S_IFIFO
      else { continue }
      complain(
        "\(SafeText.escaped(path, limit: 4096)): a named pipe; waiting until something writes to it"
      )
    }
  }

  @Sendable static func draw(_ progress: ScanProgress) {
    var share = ""
    if let total = progress.inputBytes, total > 0 {
      share = " \(min(100, progress.inputBytesDone * 100 / total)) %"
    }
    let (done, files, lines) = (progress.filesDone, progress.files, progress.lines)
    let words =
      language == .japanese
      ? "読込み中 \(done)/\(files) 件\(share)、\(lines) 行"
      : "reading \(done)/\(files) files\(share), \(lines) lines"
    _ = put("\r\u{1b}[K" + words, to: STDERR_FILENO)
  }

  static func clearProgress() {
    if isatty(STDERR_FILENO) != 0 { _ = put("\r\u{1b}[K", to: STDERR_FILENO) }
  }

  /// Writes everything to a file, or to standard output; a broken pipe is success.
  static func write(_ text: String, to path: String?) throws {
    try write(to: path) { $0.write(text) }
  }

  /// Writes what `body` gives, as it gives it, to standard output; or to a file, whole or not at all.
  static func write(to path: String?, _ body: (inout OutputStream) throws -> Void) throws {
    signal(SIGPIPE, SIG_IGN)
    var problem: (any Error)?
    func fill(_ file: Int32) -> String? {
      var stream = OutputStream(file)
      do { try body(&stream) } catch { problem = error }
      return stream.finish() ?? problem.map { "\($0)" }
    }
    guard let path, path != "-" else {
      if let failure = fill(STDOUT_FILENO) {
        if let problem { throw problem }
        complain("standard output: cannot be written: \(failure)")
        throw ExitCode(2)
      }
      return
    }
    if let failure = OutputFile.replace(path, with: fill) {
      if let problem { throw problem }
      complain("\(SafeText.escaped(path, limit: 4096)): cannot be written: \(failure)")
      throw ExitCode(2)
    }
  }

  /// What went wrong, or `nil`.
  private static func put(_ text: String, to file: Int32) -> String? {
    var stream = OutputStream(file)
    stream.write(text)
    return stream.finish()
  }
}

/// What may stand behind `--language`.
enum LanguageOption {
  /// The language by its whole name.
  static func checked(_ language: String) throws -> String {
    let name = ["en": "english", "ja": "japanese"][language] ?? language
    guard ReportOptions.Language(rawValue: name) != nil else {
      throw ValidationError("--language \(language): give both, english (en) or japanese (ja)")
    }
    return name
  }
}
