import ArgumentParser

/// In which language a command speaks that writes no report: `CommandLanguage` finds it among the words.
struct SpokenLanguage: ParsableArguments {
  @Option(
    name: [.customLong("lang"), .customLong("language")],
    help: "ja or en (default: by the locale)."
  )
  var language: String?

  mutating func validate() throws {
    if let language, DocumentOptions.documentLanguage(language) == nil {
      throw ValidationError("--lang \(language): there are ja and en")
    }
  }
}
