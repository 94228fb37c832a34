import ArgumentParser

@main
struct Ometsuke: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "ometsuke",
    abstract: "Finds the administrator who carries customer records away.",
    discussion: "Reads audit logs of call-centre servers and tells who took how many records of whom.",
    version: version,
    subcommands: [
      ScanCommand.self, CheckCommand.self, FormatsCommand.self, ExplainCommand.self,
      DetectorsCommand.self,
    ]
  )
}
