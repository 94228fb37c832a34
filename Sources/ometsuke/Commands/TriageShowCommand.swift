import ArgumentParser
import EventModel
import Pipeline
import Reporting

struct TriageShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "What an incident is, what explains it otherwise, and all that was done about it."
  )
  @Argument(help: "Id of a finding or an incident.") var id: String
  @OptionGroup var reading: TriageReading

  func run() throws {
    try reading.ask { study, words in
      guard let story = try study.incidentCase(id) else {
        Terminal.complain(
          "the store remembers no finding or incident \(SafeText.escaped(id, limit: 64))"
        )
        throw ExitCode(2)
      }
      return words.show(story)
    }
  }
}
