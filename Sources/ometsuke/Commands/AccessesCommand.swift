import ArgumentParser
import Pipeline
import Reporting

/// `ometsuke state accesses`.
struct AccessesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accesses",
    abstract: "Who asked the store what, and when; this question is among them.",
    discussion: "As a table: `ometsuke state export accesses`."
  )
  @OptionGroup var place: StoreOption
  @OptionGroup var speech: SpokenLanguage

  func run() throws {
    let accesses = try StateCommand.open(place, as: "accesses") { try StoreAccess.all(in: $0) }
    let text = accesses.map { access in
      var words = (about: access.about, range: access.range, author: access.author)
      if Terminal.language == .japanese {
        words = CommandWords.japanese(
          ofAbout: words.about,
          range: words.range,
          author: words.author
        )
      }
      let about = words.about.isEmpty ? "" : ", \(words.about)"
      let line = "\(access.time)  \(access.command)\(about), \(words.range)  \(words.author)"
      return SafeText.escaped(line, limit: 4096) + "\n"
    }
    try Terminal.write(text.joined(), to: nil)
  }
}
