import ArgumentParser
import Estate
import EventModel
import Pipeline
import Reporting
import Storage

/// What the commands that ask the store have in common.
struct AskingOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: "The estate file (default: ./ometsuke.yml, if there is one)."
  )
  var config: String?

  @OptionGroup var place: StoreOption

  @Option(
    help:
      "First day (default: the first of the sources that hold the owner's records; without an owner, of the declared ones)."
  )
  var from: String?

  @Option(help: "The day after the last (default: after the last of the declared sources).")
  var to: String?

  @Option(name: [.short, .long], help: "text or jsonl.")
  var format = "text"

  @Option(name: [.short, .long], help: "Write to this file, whole or not at all.")
  var output: String?

  @Option(
    name: [.customLong("language"), .customLong("lang")],
    help: "both, english (en) or japanese (ja); text."
  )
  var language = "both"

  mutating func validate() throws {
    guard format == "text" || format == "jsonl" else {
      throw ValidationError("--format \(format): there are text and jsonl")
    }
    for (name, value) in [("--from", from), ("--to", to)] {
      if let value, Self.day(value) == nil {
        throw ValidationError("\(name) \(value): not a day; write 2024-04-01")
      }
    }
    if let from = from.flatMap(Self.day), let to = to.flatMap(Self.day), from >= to {
      throw ValidationError("--from is not before --to: no day lies between them")
    }
    language = try LanguageOption.checked(language)
  }

  /// Days since 1970.
  static func day(_ text: String) -> Int? {
    guard text.utf8.count == 10 else { return nil }
    return ReadingOptions.time(text)?.dayNumber()
  }

  var reportOptions: ReportOptions {
    var options = ReportOptions()
    options.language = ReportOptions.Language(rawValue: language) ?? .both
    return options
  }

  /// Opens estate and store, and finds the period.
  ///
  /// - Throws: `ExitCode(2)` after one clear line on standard error.
  ///
  /// `command` and `owner` (any of its names) go into the store's chain of accesses.
  func ask<Answer>(
    _ command: String,
    owner: String?,
    _ body: (Store, DeclaredEstate, CoverageStudy, StudyPeriod, _ owner: String?) throws -> Answer
  ) throws -> Answer {
    let loaded = try EstateSettings.load(config)
    let estate = loaded?.estate ?? DeclaredEstate()
    if let output, output != "-" {
      let path = place.path(beside: estate.file)
      let inputs = EstateSettings.inputs(of: loaded) + Store.files(of: path)
      if let obstacle = OutputFile.obstacle(at: output, inputs: inputs) {
        Terminal.complain("\(SafeText.escaped(output, limit: 4096)): \(obstacle)")
        throw ExitCode(2)
      }
    }
    do {
      let range = from == nil && to == nil ? "all" : "\(from ?? "first") \(to ?? "last")"
      let store = try NotedStore.reading(
        place.path(beside: estate.file),
        NotedStore.access(command, about: owner.map { "owner \($0)" } ?? "", range: range)
      )
      let study = try CoverageStudy(store, estate)
      let name = try owner.map { try Self.owner($0, estate, store) }
      let until = to.flatMap(Self.day).map { $0 - 1 }
      let first = from.flatMap(Self.day)
      guard let period = try study.period(from: first, until: until, owner: name) else {
        Terminal.complain("the store knows no day of that period; run ometsuke nightly first")
        throw ExitCode(2)
      }
      guard period.days.count <= 60_000 else {
        Terminal.complain("more than 160 years are asked for; give --from and --to")
        throw ExitCode(2)
      }
      return try body(store, estate, study, period, name)
    } catch let code as ExitCode {
      throw code
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(2)
    }
  }

  /// An owner by its name or alias, as it is declared; one that is not declared must be in the ledger.
  ///
  /// - Throws: `ExitCode(2)` after one clear line on standard error.
  static func owner(_ name: String, _ estate: DeclaredEstate, _ store: Store) throws -> String {
    if let place = EstateLookup(estate).owner(named: name) { return estate.owners[place].name }
    if try !store.sources(of: Array(name.utf8)).isEmpty { return name }
    Terminal.complain(
      "\(SafeText.escaped(name, limit: 256)): no owner of that name is declared, and no log told of it"
    )
    throw ExitCode(2)
  }
}

struct CoverageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: "Says what of a period was seen, and what a \"nothing found\" would rest on.",
    discussion: """
      Asks the store of the nights, not the logs: per source and day what was seen, silent, rejected, \
      of unknown volume, late, sealed and altered, and the share of source-days that is known. With \
      --owner only the sources count that hold the owner's records. For logs that no night has read, \
      see the coverage that `ometsuke scan` prints. Exit status: 0 answered, 2 could not.
      """
  )

  @OptionGroup var asking: AskingOptions

  @Option(help: "Count only the sources that hold this owner's records.")
  var owner: String?

  @Flag(help: "A line for each source and day.")
  var days = false

  func run() throws {
    let text = try asking.ask("coverage", owner: owner) { _, _, study, period, owner in
      var report = CoverageReport(
        try study.account(period, owner: owner),
        program: "ometsuke \(Ometsuke.version)"
      )
      report.listsDays = days
      report.clocks = study.clocks.map(ClockRemark.init)
      return asking.format == "jsonl" ? report.lines() : report.render(asking.reportOptions)
    }
    try Terminal.write(text, to: asking.output)
  }
}

extension ClockRemark {
  init(_ clock: OffClock) {
    self.init(
      source: clock.source,
      host: clock.host,
      seconds: clock.seconds,
      english: clock.notice.english,
      japanese: clock.notice.japanese
    )
  }
}
