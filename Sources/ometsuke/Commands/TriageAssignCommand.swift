import ArgumentParser
import EventModel

struct TriageAssignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assign",
    abstract: "Says who looks into it."
  )
  @Argument(help: "Id of a finding or an incident.") var id: String
  @Option(help: "Who looks into it.") var to: String
  @Option(help: "Why, or by when.") var reason = ""
  @OptionGroup var options: TriageOptions

  mutating func validate() throws { try TriageOptions.check("--to", to) }

  func run() throws { try options.record(.assigned, of: id, text: reason, refersTo: to) }
}
