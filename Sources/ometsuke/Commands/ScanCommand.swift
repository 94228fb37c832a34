import ArgumentParser
import Estate
import EventModel
import Glibc
import Pipeline
import Reporting

struct ScanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Reads logs and reports incidents with their evidence and the coverage.",
    discussion: """
      Exit status: 0 nothing at or above --fail-on; 1 found, whatever was not read; 2 could not \
      run, or nothing was read; 3 ran, but part of the input could not be read: a file that cannot \
      be opened, is damaged, has no known format, or of which more than 1 % of the records were \
      rejected. The coverage names each.
      """
  )

  @OptionGroup var reading: ReadingOptions

  @Option(name: [.short, .long], help: "text, jsonl or ocsf.")
  var format = "text"

  @Option(
    name: [.short, .long],
    help: "Write to this file, whole or not at all, instead of standard output; never an input."
  )
  var output: String?

  @Option(help: "Severity from which the exit status is 1: informational … critical, or never.")
  var failOn = "high"

  @Option(
    name: [.customLong("language"), .customLong("lang")],
    help: "both, english (en) or japanese (ja); text."
  )
  var language = "both"

  @Flag(name: [.short, .long], help: "No progress, no notes on files.")
  var quiet = false

  mutating func validate() throws {
    guard ReporterRegistry.reporter(named: format) != nil else {
      throw ValidationError("--format \(format): there are text, jsonl and ocsf")
    }
    guard failOn == "never" || Severity(name: failOn) != nil else {
      throw ValidationError(
        "--fail-on \(failOn): give informational, low, medium, high, critical or never"
      )
    }
    language = try LanguageOption.checked(language)
  }

  func run() async throws {
    guard let reporter = ReporterRegistry.reporter(named: format) else { return }
    let run = try await Run.scan(reading, showsProgress: !quiet, output: output)
    if !quiet { Notes.print(run.result) }
    var options = ReportOptions()
    options.language = ReportOptions.Language(rawValue: language) ?? .both
    options.zone = ReportZone(named: run.estate.policy.timeZone)
    options.colour =
      output == nil && isatty(STDOUT_FILENO) != 0 && getenv("NO_COLOR") == nil
      && getenv("TERM").map { String(cString: $0) } != "dumb"
    var report = ScanReport(
      incidents: run.result.incidents,
      coverage: run.result.coverage,
      program: "ometsuke \(Ometsuke.version)"
    )
    report.digests = Run.digests(run.estate, reading.detectors)
    if reading.digestInputs {
      let paths = Set(run.result.files.flatMap { [$0.path] + $0.goesOnIn })
      report.digests?.inputs = RunDigests.files(paths.subtracting(["-"]).sorted())
    }
    try Terminal.write(to: output) { reporter.init(options: options).write(report, to: &$0) }
    throw status(of: run.result)
  }

  private func status(of result: ScanResult) -> ExitCode {
    if let limit = Severity(name: failOn),
      result.incidents.summaries.contains(where: { $0.severity >= limit && !$0.isExcepted })
    {
      return ExitCode(1)
    }
    // Nothing was read at all: that is no result.
    if Notes.tellNothingRead(result) { return ExitCode(2) }
    return ExitCode(result.coverage.isPartial ? 3 : 0)
  }
}

/// Places of what was rejected: for the person at the terminal, not part of the result.
enum Notes {
  /// Whether nothing was read at all, which is no result; says so where no input's own note does.
  static func tellNothingRead(_ result: ScanResult) -> Bool {
    let coverage = result.coverage
    if coverage.outsidePeriod > 0, coverage.sources.allSatisfy({ $0.days.isEmpty }) {
      Terminal.complain(
        "nothing was judged: all \(coverage.outsidePeriod) events lie outside --from and --to"
      )
      return true
    }
    guard coverage.sources.isEmpty else { return false }
    if !coverage.isPartial {
      Terminal.complain("nothing was read: there is no line in any of the inputs")
    }
    return true
  }

  static func print(_ result: ScanResult) {
    for file in result.files where file.rejected > 0 {
      let lines = file.rejected == 1 ? "1 line" : "\(file.rejected) lines"
      Terminal.complain(
        "\(SafeText.escaped(file.path, limit: 4096)): \(lines) could not be decoded as \(file.format)"
      )
      if !file.goesOnIn.isEmpty {
        let parts = file.goesOnIn.map { SafeText.escaped($0, limit: 4096) }
        Terminal.complain("  counted on over \(parts.joined(separator: ", ")), cut out of one file")
      }
      for sample in file.rejections.prefix(3) {
        Terminal.complain(
          "  line \(sample.line), offset \(sample.offset): \(sample.error.text)"
        )
      }
    }
    for input in result.coverage.unreadable {
      Terminal.complain(
        "\(SafeText.escaped(input.path, limit: 4096)): \(SafeText.escaped(input.reason, limit: 4096))"
      )
    }
  }
}
