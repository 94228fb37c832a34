import ArgumentParser

@main
struct Ometsuke: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ometsuke",
    abstract: "Finds the administrator who carries customer records away.",
    version: "0.1.0"
  )
}
