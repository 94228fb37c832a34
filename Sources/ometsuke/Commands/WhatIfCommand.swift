import ArgumentParser
import Detection
import Estate
import EventModel
import Pipeline
import Reporting
import Storage

struct WhatIfCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "what-if",
    abstract: "Tells what another policy would have raised over the same logs.",
    discussion: """
      Reads the logs once and judges them twice: by the estate file, and by the same with the \
      policy and the exceptions of another file. With --budget it looks for the smallest \
      limits-scale that keeps to so many alerts a day. Instead of logs it takes the store of the \
      nights: its ledger tells sums of a day and longer, over all years. Exit status: 0 compared; 2 could not run, or \
      no --budget can be kept.
      """
  )

  @OptionGroup var reading: ReadingOptions

  @Option(help: "An estate file; its policy and exceptions are tried.")
  var policy: String?

  @Option(help: "Alerts a day to keep to; prints the limits-scale that does.")
  var budget: Double?

  @Option(help: "Severity from which an incident is raised: informational … critical.")
  var failOn = "high"

  @Option(name: [.short, .long], help: "text or jsonl.")
  var format = "text"

  @Option(
    name: [.customLong("language"), .customLong("lang")],
    help: "both, english or japanese (text)."
  )
  var language = "both"

  @Flag(name: [.short, .long], help: "No progress.")
  var quiet = false

  mutating func validate() throws {
    guard (policy == nil) != (budget == nil) else {
      throw ValidationError("give either --policy FILE or --budget ALERTS")
    }
    if let budget, !budget.isFinite || budget < 0 {
      throw ValidationError("--budget \(budget): give alerts a day, 0 or more, such as 0.1")
    }
    guard Severity(name: failOn) != nil else {
      throw ValidationError(
        "--fail-on \(failOn): give informational, low, medium, high or critical"
      )
    }
    guard ["text", "jsonl"].contains(format) else {
      throw ValidationError("--format \(format): there are text and jsonl")
    }
    language = try LanguageOption.checked(language)
  }

  func run() async throws {
    let estate = try EstateSettings.load(reading.config)?.estate ?? DeclaredEstate()
    let level = Severity(name: failOn) ?? .high
    if let budget { return try await search(estate, budget, level) }
    var other = estate
    guard let tried = try EstateSettings.load(policy)?.estate else { return }
    (other.policy, other.exceptions) = (tried.policy, tried.exceptions)
    let (lists, days) = try await outcomes(of: [estate, other])
    let difference = PolicyDifference(before: lists[0], after: lists[1], days: days, level: level)
    var options = ReportOptions()
    options.language = ReportOptions.Language(rawValue: language) ?? .both
    let report = PolicyDifferenceReport(options: options)
    try Terminal.write(
      format == "jsonl" ? report.jsonLines(of: difference) : report.text(of: difference),
      to: nil
    )
  }

  /// What each estate's policy finds, and on how many days there was an event.
  private func outcomes(
    of estates: [DeclaredEstate]
  ) async throws -> (lists: [IncidentList], days: Int) {
    if let store = reading.paths.first(where: { Store.isStore(at: $0) }) {
      return try outcomes(of: estates, inStore: store)
    }
    let scan = BatchScan(
      estate: estates[0],
      options: Run.options(reading, estates[0], showsProgress: !quiet)
    )
    var trial = PolicyTrial(estates.map { Run.engine(for: $0, scan, reading) })
    do {
      let result = try await scan.run(&trial)
      if !quiet { Terminal.clearProgress() }
      // What was not read is no part of the comparison: said even when quiet.
      Notes.print(result)
      if Notes.tellNothingRead(result) { throw ExitCode(2) }
      let days = Set(
        result.coverage.sources.flatMap { $0.days.filter { $0.events > 0 }.map(\.day) }
      )
      return (trial.outcomes, days.count)
    } catch let status as ExitCode {
      throw status
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(2)
    }
  }

  /// The same of what a store remembers.
  private func outcomes(
    of estates: [DeclaredEstate],
    inStore path: String
  ) throws -> (lists: [IncidentList], days: Int) {
    let name = SafeText.escaped(path, limit: 4096)
    guard reading.paths.count == 1, reading.from == nil, reading.to == nil,
      reading.detectors == nil
    else {
      Terminal.complain(
        "\(name): a store is compared alone and whole: without other paths, --from, --to and"
          + " --detectors"
      )
      throw ExitCode(2)
    }
    do {
      let store = try NotedStore.reading(path, NotedStore.access("what-if"))
      let outcome = try LedgerReplay.outcomes(of: estates, in: store)
      guard outcome.days > 0 else {
        Terminal.complain("\(name): the ledger is empty; a day is in it when it is over for good")
        throw ExitCode(2)
      }
      Terminal.complain(
        "from the ledger: limits of a day and longer; "
          + LedgerReplay.detectors.sorted().joined(separator: ", ")
          + (outcome.unknown > 0 ? "; \(outcome.unknown) reads of unknown count left out" : "")
      )
      return (outcome.lists, outcome.days)
    } catch let error as StoreError {
      Terminal.complain("\(error)")
      throw ExitCode(2)
    }
  }

  private func search(_ estate: DeclaredEstate, _ budget: Double, _ level: Severity) async throws {
    var search = LimitsSearch(budget: budget)
    var scales = LimitsSearch.coarse
    while !scales.isEmpty {
      let estates = scales.map { scale in
        var copy = estate
        copy.policy.limitsScale = scale
        return copy
      }
      let (lists, days) = try await outcomes(of: estates)
      for (scale, list) in zip(scales, lists) {
        let alerts = PolicyDifference.side(list, level).alerts
        search.note(scale: scale, alertsPerDay: PolicyDifference.perDay(alerts, days) ?? 0)
      }
      scales = scales == LimitsSearch.coarse ? search.finer : []
    }
    let report = PolicyDifferenceReport(options: ReportOptions())
    try Terminal.write(report.limits(search.trials, answer: search.answer, format), to: nil)
    guard search.answer != nil else {
      Terminal.complain(
        "no scale of the limits keeps to \(budget) alerts a day: what is left comes from rules "
          + "without a limit, such as scope-exceeded; see the incidents of ometsuke scan"
      )
      throw ExitCode(2)
    }
  }
}
