import ArgumentParser
import EventModel

struct TriageCommentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "comment",
    abstract: "Adds what somebody has found out."
  )
  @Argument(help: "Id of a finding or an incident.") var id: String
  @Argument(help: "What.") var text: String
  @OptionGroup var options: TriageOptions

  mutating func validate() throws { try TriageOptions.check("text", text) }

  func run() throws { try options.record(.comment, of: id, text: text) }
}
