import ArgumentParser
import EventModel

struct TriageLinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link",
    abstract: "Links a complaint to an incident."
  )
  @Argument(help: "Id of a finding or an incident.") var id: String
  @Option(help: "The complaint's own reference; no names of persons.") var complaint: String
  @Option(help: "What was said.") var reason: String
  @OptionGroup var options: TriageOptions

  mutating func validate() throws {
    try TriageOptions.check("--complaint", complaint)
    try TriageOptions.check("--reason", reason)
  }

  func run() throws { try options.record(.complaint, of: id, text: reason, refersTo: complaint) }
}
