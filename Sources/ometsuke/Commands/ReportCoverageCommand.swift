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
  @OptionGroup var issuing: IssueOptions

  @Option(help: "Count only the sources that hold this owner's records.")
  var owner: String?

  func run() throws {
    try options.ask(writing: issuing.issue) { desk in
      let name = try owner.map { try AskingOptions.owner($0, desk.estate, desk.store) }
      let period = try days.period(desk.coverage, of: name)
      let account = try desk.coverage.account(period, owner: name)
      var maker = CoverageDocument(
        account,
        digests: try desk.study.digests(account),
        style: desk.style
      )
      maker.clocks = desk.coverage.clocks.map(ClockRemark.init)
      maker.program = options.program
      maker.now = options.time
      let (subject, issued) = (days.subject(period), try desk.issued())
      maker.previous = IssueOptions.previous("coverage", subject, name ?? "", of: issued)
      maker.issue = try issuing.next("coverage", subject, name ?? "", of: issued, at: options.time)
      try issuing.issue(maker.document(), as: maker.issue, figures: maker.figures, desk, options)
    }
  }
}
