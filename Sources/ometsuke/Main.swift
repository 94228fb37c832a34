import ArgumentParser
import EventModel
import Reporting

@main
struct Ometsuke: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "ometsuke",
    abstract: "Finds the administrator who carries customer records away.",
    discussion:
      "Reads audit logs of call-centre servers and tells who took how many records of whom.",
    version: version,
    subcommands: [
      ScanCommand.self, NightlyCommand.self, WatchCommand.self, CaptureCommand.self,
      StateCommand.self,
      VerifyCommand.self, EvidenceCommand.self,
      CheckCommand.self, FormatsCommand.self, ExplainCommand.self,
      DetectorsCommand.self, SimulateCommand.self, WhatIfCommand.self,
      CoverageCommand.self, InquireCommand.self, ReportCommand.self,
      TriageCommand.self,
    ]
  )

  /// The words of the command line, of file names every byte.
  private static var arguments: [String] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { index in
      CommandLine.unsafeArgv[index].map { PathText.text(ofName: $0) }
    }
  }

  /// As the library's own, but a command line that cannot be run ends with 2, as every other
  /// reason not to run does.
  static func main() async {
    let arguments = arguments
    // Whoever asks for the version alone waits for no tree of commands.
    if arguments == ["--version"] { return print(version) }
    do {
      var command = try parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      guard exitCode(for: error) == .validationFailure else {
        tellInJapanese(error)
        exit(withError: error)
      }
      Terminal.complain(message(for: error) + " (see \(Self.place(in: arguments)) --help)")
      // What scans says with 2 that it did not run; what writes has no findings to set that apart from.
      exit(
        withError: ExitCode(arguments.first == SimulateCommand.configuration.commandName ? 64 : 2)
      )
    }
  }

  /// The command whose help tells of these words: `ometsuke verify`.
  private static func place(in arguments: [String]) -> String {
    var words = ["ometsuke"]
    var command: any ParsableCommand.Type = Ometsuke.self
    for word in arguments {
      let next = command.configuration.subcommands.first {
        $0.configuration.commandName == word
      }
      guard let next else { break }
      words.append(word)
      command = next
    }
    return words.joined(separator: " ")
  }

  /// The help, where the user reads Japanese; anything else is left to the library.
  private static func tellInJapanese(_ error: any Error) {
    guard exitCode(for: error) == .success, Terminal.language == .japanese else { return }
    let help = fullMessage(for: error, columns: 1 << 16)
    let told = HelpTranslation(width: Terminal.width ?? 80).japanese(of: help)
    guard told != help else { return }
    print(told)
    exit(withError: ExitCode.success)
  }
}
