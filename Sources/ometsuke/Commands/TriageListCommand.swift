import ArgumentParser
import EventModel
import Pipeline
import Reporting

struct TriageListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Incidents that wait for a decision, the gravest first, with how long they wait.",
    discussion:
      "Those that nobody has decided, that were held to be legitimate until a day that is over, or that have changed since."
  )
  @OptionGroup var reading: TriageReading
  @Flag(help: "Those that are decided or under an exception as well.") var all = false

  func run() throws {
    try reading.ask { study, words in
      words.list(
        try study.states().filter { all || $0.openness(today: words.today) != .settled },
        isAll: all
      )
    }
  }
}
