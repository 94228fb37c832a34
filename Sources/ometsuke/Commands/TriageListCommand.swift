import ArgumentParser
import EventModel
import Pipeline
import Reporting

struct TriageListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Incidents that nobody has decided, the gravest first, with how long they wait."
  )
  @OptionGroup var reading: TriageReading
  @Flag(help: "Those that are decided or under an exception as well.") var all = false

  func run() throws {
    try reading.ask { study, words in
      words.list(
        try study.states().filter { all || ($0.decided == nil && !$0.incident.isExcepted) },
        isAll: all
      )
    }
  }
}
