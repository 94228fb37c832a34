import ArgumentParser
import Detection

struct DetectorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detectors",
    abstract: "Lists what is judged, with the ATT&CK technique."
  )

  @OptionGroup var speech: SpokenLanguage

  func run() throws {
    let text = DetectorSummary.all.map { "\($0.name)  [\($0.technique)]\n    \($0.summary)\n" }
    try Terminal.say(text.joined())
  }
}
