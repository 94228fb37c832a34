import ArgumentParser
import Estate
import EventModel
import Pipeline
import Reporting
import Storage

struct ReportCoverageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: "The certificate of what of a period was seen."
  )

  @OptionGroup var options: DocumentOptions
  @OptionGroup var days: PeriodOptions

  @Option(help: "Count only the sources that hold this owner's records.")
  var owner: String?

  func run() throws {
    try options.ask { desk in
      let name = try owner.map { try AskingOptions.owner($0, desk.estate, desk.store) }
      let account = try desk.coverage.account(try days.period(desk.coverage), owner: name)
      var maker = CoverageDocument(
        account,
        digests: try desk.study.digests(account),
        style: desk.style
      )
      maker.program = options.program
      try options.write(maker.document(), to: options.output)
    }
  }
}
