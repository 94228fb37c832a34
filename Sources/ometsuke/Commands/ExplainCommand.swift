import ArgumentParser
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

  func run() async throws {
    let run = try await Run.scan(reading, showsProgress: true)
    for incident in run.result.incidents {
      let chosen = incident.findings.filter { $0.id == id || incident.id == id }
      guard !chosen.isEmpty else { continue }
      try Terminal.write(chosen.map { text(of: $0, in: incident) }.joined(separator: "\n"), to: nil)
      return
    }
    Notes.print(run.result)
    if !Notes.tellNothingRead(run.result) {
      Terminal.complain("no finding or incident \(id) in these logs with this estate file")
    }
    throw ExitCode(2)
  }

  private func text(of finding: Finding, in incident: Incident) -> String {
    let value = finding.value.isUnbounded ? "unknown" : "\(finding.value.low)…\(finding.value.high)"
    var text = """
      finding \(finding.id) of incident \(incident.id) (\(SafeText.name(incident.actor)))
      detector  \(finding.detector) [\(finding.technique)], severity \(finding.severity.name)
      counter   \(SafeText.name(finding.counter)) over \(finding.window)
      value     \(value) \(finding.unit) (\(finding.value.quality.name)), limit \(finding.limit)
      time      first passed \(finding.time), highest \(finding.peak), last \(finding.last)
      events    \(finding.events)
      \(SafeText.name(finding.message))
      \(SafeText.name(finding.messageJapanese))

      """
    if !finding.counters.isEmpty { text += "  largest values while it grew:\n" }
    for counter in finding.counters { text += "  \(counter.name) = \(counter.value)\n" }
    for line in finding.explanations { text += "  may also be: \(line)\n" }
    for line in finding.evidence {
      text +=
        "  evidence: \(SafeText.name(line.file)) line \(line.line) offset \(line.offset) "
        + "length \(line.length) sha256 \(line.sha256 ?? "not read again") at \(line.time)\n"
    }
    return text
  }
}
