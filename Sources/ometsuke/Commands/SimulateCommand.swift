import ArgumentParser
import EventModel
import Reporting
import Simulation

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract:
      "Writes the logs of an invented call centre, with takings in them and the truth beside.",
    discussion: """
      The same seed gives the same bytes. OUT then holds logs/, ometsuke.yml, tickets.csv and \
      truth.jsonl. Exit status: 0 written, 2 it could not be, 64 the command line is wrong.
      """
  )

  @Argument(help: "A folder that is empty or not there yet.")
  var out: String

  @Option(help: "How many years (default: 3).")
  var years: Int?

  @Option(help: "How many days, instead of years.")
  var days: Int?

  @Option(help: "Any number: another seed, another estate.")
  var seed: UInt64

  @Option(help: "The first day, as 2024-04-01.")
  var from = "2021-04-01"

  @Option(help: "Accounts of persons, 20 … 20000; about 60 events an account and day.")
  var accounts = 60

  @Option(help: "Attacks as A1,A7, or all, or none.")
  var attacks = "all"

  @Option(help: "Look-alikes as H1,H20, or all, or none.")
  var lookalikes = "all"

  @Option(help: "Compression of the day files: none, gz or zst.")
  var compress = "none"

  @OptionGroup var speech: SpokenLanguage

  func validate() throws {
    if years != nil, days != nil { throw ValidationError("--years or --days, not both") }
    guard (1...100).contains(years ?? 3) else { throw ValidationError("--years: 1 to 100") }
    guard (7...36_600).contains(days ?? 7) else { throw ValidationError("--days: 7 to 36600") }
    guard (20...20_000).contains(accounts) else {
      throw ValidationError("--accounts: 20 to 20000")
    }
    guard firstDay != nil else {
      throw ValidationError("--from: \(from) is no date from 1970-01-01 to 2100-12-31")
    }
    guard DayCompression(rawValue: compress) != nil else {
      throw ValidationError("--compress: none, gz or zst")
    }
    try check(attacks, "--attacks", Simulation.attacks)
    try check(lookalikes, "--lookalikes", Simulation.lookAlikes)
  }

  func run() throws {
    guard let first = firstDay else { throw ExitCode(64) }
    let count = days ?? lastDay(after: years ?? 3, from: first) - first
    var options = SimulationOptions(folder: out, seed: seed, firstDay: first, days: count)
    options.accounts = accounts
    options.attacks = codes(attacks)
    options.lookAlikes = codes(lookalikes)
    options.compression = DayCompression(rawValue: compress) ?? .none
    let result: SimulationResult
    do {
      result = try Simulation.run(options)
    } catch {
      Terminal.complain(SafeText.escaped(error.description, limit: 4096))
      throw ExitCode(2)
    }
    let place = SafeText.escaped(out, limit: 4096)
    let text = """
      \(NumberText.counted(Int64(result.events), "event")) of \
      \(NumberText.counted(Int64(result.days), "day")) in \
      \(NumberText.counted(Int64(result.files), "file")), \
      \(result.bytes / 1_000_000) MB before compression
      ometsuke scan -c \(place)/ometsuke.yml \(place)/logs

      """
    try Terminal.say(text)
  }

  private var firstDay: Int? {
    let parts = from.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, from.utf8.count == 10, let year = Int(parts[0]),
      let month = Int(parts[1]), let day = Int(parts[2]), (1970...2100).contains(year),
      CivilCalendar.isValid(year: year, month: month, day: day)
    else { return nil }
    return CivilCalendar.dayNumber(year: year, month: month, day: day)
  }

  /// The same date so many years later; 29 February becomes 1 March.
  private func lastDay(after years: Int, from first: Int) -> Int {
    let date = CivilCalendar.date(ofDay: first)
    return CivilCalendar.dayNumber(year: date.year + years, month: date.month, day: date.day)
  }

  /// `nil`: all.
  private func codes(_ list: String) -> [String]? {
    if list == "all" { return nil }
    if list == "none" { return [] }
    return list.split(separator: ",").map { $0.uppercased() }
  }

  private func check(
    _ list: String,
    _ option: String,
    _ known: [(code: String, title: String)]
  ) throws {
    let codes = codes(list)
    if let codes, codes.isEmpty, list != "none" {
      throw ValidationError("\(option): names nothing; write all, none or a list")
    }
    for code in codes ?? [] where !known.contains(where: { $0.code == code }) {
      let last = known.last?.code ?? ""
      let first = known.first?.code ?? ""
      throw ValidationError("\(option): \(code) is not one of \(first) to \(last)")
    }
  }
}
