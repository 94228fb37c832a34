import ArgumentParser
import Detection
import Estate
import EventModel
import Ingest
import Pipeline
import Reporting

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Validates the estate file, holds it against the logs, prints what is effective.",
    discussion: """
      Reads the logs that the sources name (or the paths given) to tell patterns that match nothing \
      and sources that state no volume. Exit status: 0 no error, 2 errors; warnings do not change it.
      """,
    aliases: ["lint"]
  )

  @Argument(help: "Logs to hold the estate against (default: the paths of its sources).")
  var paths: [String] = []

  @Option(name: [.short, .long], help: "The estate file (default: ./ometsuke.yml).")
  var config: String?

  @Flag(help: "Judge the estate file alone, without reading logs.")
  var noLogs = false

  @Flag(name: [.short, .long], help: "Only what needs attention.")
  var quiet = false

  @Option(
    name: [.customLong("lang"), .customLong("language")],
    help: "ja or en (default: by the locale)."
  )
  var language: String?

  mutating func validate() throws {
    if let language, DocumentOptions.documentLanguage(language) == nil {
      throw ValidationError("--lang \(language): there are ja and en")
    }
  }

  func run() async throws {
    guard let loaded = try EstateSettings.load(config) else {
      let meant = paths.first { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }
      Terminal.complain(
        meant.map { "\($0): taken for a log; name the estate file with -c \($0)" }
          ?? "no estate file: name one with -c, or write ./ometsuke.yml"
      )
      throw ExitCode(2)
    }
    var inputs = EstateCheck.Inputs(
      formats: FormatRegistry.all.map { $0.name },
      detectors: DetectorSummary.all.map(\.name)
    )
    var lines: [Diagnostic] = []
    let logs = noLogs ? [] : paths.isEmpty ? EstateSettings.declaredPaths(of: loaded) : paths
    if !logs.isEmpty {
      let survey = try await survey(loaded, logs)
      inputs.seen = survey.seen
      lines = survey.volumeWarnings(of: loaded) + survey.operationWarnings(of: loaded)
    }
    lines = EstateCheck.run(loaded, inputs: inputs) + lines
    var text = ""
    for line in lines {
      text += Terminal.told(line) + "\n"
    }
    if !quiet {
      text += EstateCheck.effective(
        EffectiveLimits.filled(loaded.estate),
        smallSums: EffectiveLimits.smallSums(loaded.estate)
      )
    }
    try Terminal.write(text, to: nil)
    if lines.contains(where: { $0.severity == .error }) { throw ExitCode(2) }
  }

  private func survey(_ loaded: LoadedEstate, _ logs: [String]) async throws -> Survey {
    var options = ScanOptions(paths: logs)
    options.excludedPaths = EstateSettings.excluded(of: loaded.estate)
    var survey = Survey()
    do {
      _ = try await BatchScan(estate: loaded.estate, options: options).run(&survey)
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(2)
    }
    return survey
  }
}
