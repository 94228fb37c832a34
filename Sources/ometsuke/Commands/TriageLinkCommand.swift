import ArgumentParser
import Estate
import EventModel
import Pipeline
import Reporting
import Storage

struct TriageLinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link",
    abstract: "Links a complaint to an incident, and to the owner whose customer complained.",
    discussion:
      "With --owner the complaint stands in that owner's report as well, and in no other owner's."
  )
  @Argument(help: "Id of a finding or an incident.") var id: String
  @Option(help: "The complaint's own reference; no names of persons.") var complaint: String
  @Option(help: "What was said.") var reason: String
  @Option(help: "The owner whose customer complained; by its name or an alias.") var owner: String?
  @Option(
    name: [.short, .long],
    help: "The estate file (default: ./ometsuke.yml, if there is one)."
  )
  var config: String?
  @OptionGroup var options: TriageOptions

  mutating func validate() throws {
    try TriageOptions.check("--complaint", complaint)
    try TriageOptions.check("--reason", reason)
    if let owner { try TriageOptions.check("--owner", owner) }
  }

  func run() throws {
    guard let owner else {
      return try options.record(.complaint, of: id, text: reason, refersTo: complaint)
    }
    let estate = try EstateSettings.load(config)?.estate ?? DeclaredEstate()
    let name = EstateLookup(estate).owner(named: owner).map { estate.owners[$0].name } ?? owner
    try options.record(.complaint, of: id, text: reason, refersTo: complaint, owner: name)
  }
}
