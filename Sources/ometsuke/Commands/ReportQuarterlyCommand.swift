import ArgumentParser
import Estate
import EventModel
import Pipeline
import Reporting
import Storage

struct ReportQuarterlyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quarterly",
    abstract: "The quarterly report on the supervision of contractors, beside the quarter before."
  )

  @Argument(help: "The quarter, of calendar years: 2024-Q2.") var quarter: String
  @OptionGroup var options: DocumentOptions
  @OptionGroup var issuing: IssueOptions

  mutating func validate() throws {
    guard QuarterFacts.period(of: quarter) != nil else {
      throw ValidationError("\(quarter): no quarter; write 2024-Q2")
    }
  }

  func run() throws {
    try options.ask(writing: issuing.issue) { desk in
      guard let facts = try desk.study.quarter(quarter) else { return }
      // A quarter before the first handling that was ever read is unknown, not empty; of one of which nothing was
      // read it is known what waited.
      let known = facts.firstDays.values.min() ?? .max
      var before: QuarterFacts?
      if let name = QuarterFacts.before(quarter), let found = try desk.study.quarter(name),
        found.isUnread || found.period.upperBound >= known
      {
        before = found
      }
      var maker = QuarterDocument(facts, before: before, desk.estate, desk.notes, style: desk.style)
      maker.program = options.program
      maker.now = options.time
      let report = try issuing.next("quarterly", quarter, "", of: facts.issued, at: options.time)
      maker.issue = report
      try issuing.issue(maker.document(), as: report, figures: maker.figures, desk, options)
    }
  }
}
