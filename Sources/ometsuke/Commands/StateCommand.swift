import ArgumentParser
import Estate
import EventModel
import Glibc
import Pipeline
import Reporting
import Storage

/// What the store remembers.
struct StateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state",
    abstract: "Shows, exports, prunes and checks what the nights remember.",
    subcommands: [
      Show.self, Export.self, Prune.self, Verify.self, DecideCommand.self, AccessesCommand.self,
      AnchorCommand.self, RotateKeyCommand.self,
    ],
    defaultSubcommand: Show.self
  )

  /// That there is a store.
  ///
  /// - Throws: `ExitCode(2)` after one clear line on standard error.
  static func require(_ path: String) throws {
    guard access(path, F_OK) == 0 else {
      let name = SafeText.escaped(path, limit: 4096)
      Terminal.complain("\(name): no such store; the first night makes it")
      throw ExitCode(2)
    }
  }

  /// - Throws: `ExitCode(2)` after one clear line on standard error.
  static func open<Result>(
    _ place: StoreOption,
    as command: String,
    about: String = "",
    writes: Bool = false,
    access mode: Store.Access = .answering,
    _ body: (Store) throws -> Result
  ) throws -> Result {
    do {
      let path = place.path(beside: "")
      // Only a night makes a store: a name that is wrong must not.
      if writes { try require(path) }
      let noted = NotedStore.access("state \(command)", about: about)
      return try body(
        writes ? try NotedStore.writing(path, noted) : try NotedStore.reading(path, noted, mode)
      )
    } catch let code as ExitCode {
      throw code
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(2)
    }
  }

  struct Show: ParsableCommand {
    // Each command has its name in words: to make one of the type's name costs every start a search
    // through all conformances of the program.
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Nights, logs, incidents, sizes."
    )
    @OptionGroup var place: StoreOption
    @OptionGroup var speech: SpokenLanguage

    func run() throws {
      let lines = try StateCommand.open(place, as: "show") { try StateText.lines($0) }
      let text = lines.map { SafeText.escaped($0, limit: 4096) + "\n" }.joined()
      try Terminal.say(text)
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Writes a table as CSV or JSON Lines.",
      discussion: "Tables: \(StateTable.names.joined(separator: ", "))."
    )
    @OptionGroup var place: StoreOption
    @OptionGroup var speech: SpokenLanguage
    @Argument(help: "Which table.") var table: String
    @Option(name: [.short, .long], help: "csv or jsonl.") var format = "jsonl"
    @Option(name: [.short, .long], help: "Write to this file, whole or not at all.")
    var output: String?

    mutating func validate() throws {
      guard StateTable.names.contains(table) else {
        throw ValidationError(
          "\(table): no such table; there are \(StateTable.names.joined(separator: ", "))"
        )
      }
      guard format == "csv" || format == "jsonl" else {
        throw ValidationError("--format \(format): there are csv and jsonl")
      }
    }

    func run() throws {
      try StateCommand.open(place, as: "export", about: "table \(table)") { store in
        try Terminal.write(to: output) { stream in
          var hasBegun = false
          try StateTable.each(named: table, of: store) { part in
            if !hasBegun, format == "csv" { stream.write(part.csvHeader) }
            hasBegun = true
            for row in part.rows {
              stream.write(format == "csv" ? part.csv(row) : part.json(row))
            }
          }
        }
      }
    }
  }

  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "prune",
      abstract: "Drops days of the ledger that are older than is to be kept; says so in the chain."
    )
    @OptionGroup var place: StoreOption
    @OptionGroup var speech: SpokenLanguage
    @Option(help: "Years of the ledger to keep, counted from its last day.") var keepYears = 10

    mutating func validate() throws {
      guard (1...100).contains(keepYears) else {
        throw ValidationError("--keep-years \(keepYears): give a number from 1 to 100")
      }
    }

    func run() throws {
      let text = try StateCommand.open(place, as: "prune", writes: true) { store -> String in
        guard let days = try store.ledgerDays() else { return "the ledger is empty\n" }
        let day = days.upperBound - keepYears * 366
        let link = try Pruning.link(
          store,
          before: day,
          program: "ometsuke \(Ometsuke.version)",
          author: Author.current,
          time: NotedStore.time
        )
        let count = try store.prune(before: day, link: link)
        let dropped = NumberText.counted(Int64(count), "day")
        return "\(dropped) before \(CivilCalendar.text(ofDay: day)) dropped\n"
      }
      try Terminal.say(text)
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Checks the store itself; for the logs see `ometsuke verify`.",
      discussion: "A store that is kept under a key is checked with the estate file that names it."
    )
    @OptionGroup var place: StoreOption
    @OptionGroup var speech: SpokenLanguage
    @Option(
      name: [.short, .long],
      help: "The estate file (default: ./ometsuke.yml, if there is one)."
    )
    var config: String?

    func run() throws {
      let estate = try EstateSettings.load(config)?.estate
      let damage = try StateCommand.open(place, as: "verify", access: .reading) { store in
        if try store.keyCheck() != nil, let estate { try store.unlock(estate) }
        return try store.damage() + Verification.ofStore(store)
      }
      let text = damage.isEmpty ? "the store is whole\n" : damage.map { "\($0)\n" }.joined()
      try Terminal.say(text)
      throw ExitCode(damage.isEmpty ? 0 : 1)
    }
  }
}
