import ArgumentParser
import Estate
import EventModel
import Ingest

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Validates the estate file and prints what is effective.",
    discussion: "Exit status: 0 no error, 2 errors. Warnings and notes do not change it.",
    aliases: ["lint"]
  )

  @Option(name: [.short, .long], help: "The estate file (default: ./ometsuke.yml).")
  var config: String?

  @Flag(name: [.short, .long], help: "Only what needs attention.")
  var quiet = false

  func run() throws {
    guard let loaded = try EstateSettings.load(config) else {
      Terminal.complain("no estate file: name one with -c, or write ./ometsuke.yml")
      throw ExitCode(2)
    }
    let inputs = EstateCheck.Inputs(formats: FormatRegistry.all.map { $0.name })
    let lines = EstateCheck.run(loaded, inputs: inputs)
    var text = ""
    for line in lines {
      text += "\(line.file):\(line.line): \(line.severity.rawValue): \(line.message)\n"
    }
    if !quiet { text += EstateCheck.effective(loaded.estate) }
    try Terminal.write(text, to: nil)
    if lines.contains(where: { $0.severity == .error }) { throw ExitCode(2) }
  }
}
