/// In which language the command line speaks of itself.
public enum CommandLanguage: Sendable {
  case english, japanese

  /// As `--lang` or `--language` says, where it names one; else as the locale does.
  ///
  /// `environment`: the value of a variable; LC_ALL goes before LC_MESSAGES, and that before LANG (POSIX.1-2017,
  /// Base Definitions, 8.2).
  public init(arguments: [String], environment: (String) -> String?) {
    var words = arguments[...]
    while let word = words.popFirst(), word != "--" {
      for option in ["--lang", "--language"] {
        let value =
          word == option
          ? words.first
          : word.hasPrefix(option + "=") ? String(word.dropFirst(option.count + 1)) : nil
        switch value {
        case "ja", "japanese":
          self = .japanese
          return
        case "en", "english":
          self = .english
          return
        default: break
        }
      }
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap(environment).first {
      !$0.isEmpty
    }
    self = locale?.hasPrefix("ja") ?? false ? .japanese : .english
  }
}
