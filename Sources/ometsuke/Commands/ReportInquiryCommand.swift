import ArgumentParser
import Estate
import EventModel
import Pipeline
import Reporting
import Storage

/// The days that a report is about.
struct PeriodOptions: ParsableArguments {
  @Option(
    help:
      "First day (default: the first of the sources that hold the owner's records; without an owner, of the declared ones)."
  )
  var from: String?

  @Option(help: "The day after the last (default: after the last of the declared sources).")
  var to: String?

  mutating func validate() throws {
    for (name, value) in [("--from", from), ("--to", to)] {
      if let value, AskingOptions.day(value) == nil {
        throw ValidationError("\(name) \(value): not a day; write 2024-04-01")
      }
    }
    if let from = from.flatMap(AskingOptions.day), let to = to.flatMap(AskingOptions.day),
      from >= to
    {
      throw ValidationError("--from is not before --to: no day lies between them")
    }
  }

  /// What a report of the period is known by: `2024-04-01/2024-05-31`.
  func subject(_ period: StudyPeriod) -> String {
    CivilCalendar.text(ofDay: period.days.lowerBound) + "/"
      + CivilCalendar.text(ofDay: period.days.upperBound)
  }

  /// - Throws: `ExitCode(2)` after one clear line on standard error.
  func period(_ study: CoverageStudy, of owner: String?) throws -> StudyPeriod {
    let until = to.flatMap(AskingOptions.day).map { $0 - 1 }
    let first = from.flatMap(AskingOptions.day)
    guard let period = try study.period(from: first, until: until, owner: owner) else {
      Terminal.complain("the store knows no day of that period; run ometsuke nightly first")
      throw ExitCode(2)
    }
    guard period.days.count <= 60_000 else {
      Terminal.complain("more than 160 years are asked for; give --from and --to")
      throw ExitCode(2)
    }
    return period
  }
}

struct ReportInquiryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inquiry",
    abstract: "The answer to an owner who asks whether its records were taken.",
    discussion:
      "Ends in one of four conclusions; names no other owner but in the annex. See ometsuke inquire."
  )

  @OptionGroup var options: DocumentOptions
  @OptionGroup var days: PeriodOptions
  @OptionGroup var issuing: IssueOptions

  @Option(help: "The owner that asks.")
  var owner: String

  @Option(help: "What was asked, in the owner's words.")
  var question = ""

  @Option(help: "Who examines.")
  var examiner: String?

  @Option(help: "A file of subjects who complained, an id as the logs write it on each line.")
  var subjects: String?

  @Option(help: "An incident that a person has confirmed to be a taking; may be repeated.")
  var confirm: [String] = []

  @Flag(help: "Add the internal annex: other owners of the same accounts and terminals.")
  var annex = false

  mutating func validate() throws {
    guard confirm.isEmpty || examiner != nil else {
      throw ValidationError("--confirm: name with --examiner the person who has confirmed it")
    }
    guard !(annex && issuing.issue) else {
      throw ValidationError("--issue: the annex is not for the owner; issue the answer without it")
    }
  }

  func run() throws {
    let list = try subjects.map(InquireCommand.subjects)
    try options.ask(writing: issuing.issue) { desk in
      let name = try AskingOptions.owner(owner, desk.estate, desk.store)
      let period = try days.period(desk.coverage, of: name)
      var study = InquiryStudy(desk.store, desk.estate, desk.coverage)
      study.now = options.time
      var answer = try study.answer(
        owner: name,
        period,
        subjects: list,
        confirmed: Set(confirm)
      )
      answer.examiner = examiner ?? ""
      for id in confirm where !answer.takings.contains(where: { $0.incident == id }) {
        Terminal.complain(
          "--confirm \(SafeText.escaped(id, limit: 64)): no incident of that id concerns this owner"
            + " within the period"
        )
        throw ExitCode(2)
      }
      var maker = InquiryDocument(answer, desk.estate, style: desk.style)
      maker.program = options.program
      maker.question = question
      maker.writesAnnex = annex
      maker.now = options.time
      let (subject, issued) = (days.subject(period), try desk.issued())
      maker.previous = IssueOptions.previous("inquiry", subject, name, of: issued)
      maker.issue = try issuing.next("inquiry", subject, name, of: issued, at: options.time)
      try issuing.issue(maker.document(), as: maker.issue, figures: maker.figures, desk, options)
    }
  }
}
