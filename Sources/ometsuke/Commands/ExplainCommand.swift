import ArgumentParser
import Estate
import EventModel
import Pipeline
import Reporting

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Replays the logs and shows the counters of one finding.",
    discussion: "Give the finding's id, then the same paths and options as to scan."
  )

  @Argument(help: "Id of a finding or an incident.")
  var id: String

  @OptionGroup var reading: ReadingOptions

  @Option(
    name: [.customLong("language"), .customLong("lang")],
    help: "both, english (en) or japanese (ja)."
  )
  var language = "both"

  mutating func validate() throws { language = try LanguageOption.checked(language) }

  func run() async throws {
    let run = try await Run.scan(reading, showsProgress: true)
    for incident in run.result.incidents {
      let chosen = incident.findings.filter { $0.id == id || incident.id == id }
      guard !chosen.isEmpty else { continue }
      var options = ReportOptions()
      options.language = ReportOptions.Language(rawValue: language) ?? .both
      options.zone = ReportZone(named: run.estate.policy.timeZone)
      try Terminal.write(ExplainReport(options: options).render(chosen, of: incident), to: nil)
      return
    }
    Notes.print(run.result)
    if !Notes.tellNothingRead(run.result) {
      Terminal.complain("no finding or incident \(id) in these logs with this estate file")
    }
    throw ExitCode(2)
  }
}
