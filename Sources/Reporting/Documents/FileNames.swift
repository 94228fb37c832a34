/// Names of files that bear the name of an owner.
public enum FileNames {
  /// Most characters, and most bytes: file systems have room for 255.
  private static let mostCharacters = 40
  private static let mostBytes = 120

  /// Letters and digits of any script, with `-` between the words; small where the script has small ones.
  ///
  /// What no reader sees or no file system takes (marks of order, controls, separators, dots) is left out. Never
  /// empty; two names can give the same, so that whoever uses it numbers them.
  public static func readable(_ name: String) -> String {
    var words: [String] = [""]
    var (characters, bytes) = (0, 0)
    for character in name.lowercased() {
      guard isSafe(character) else {
        if words.last != "" { words.append("") }
        continue
      }
      characters += 1
      bytes += character.utf8.count
      guard characters <= mostCharacters, bytes <= mostBytes else { break }
      words[words.count - 1].append(character)
    }
    let kept = words.filter { !$0.isEmpty }.joined(separator: "-")
    return kept.isEmpty ? "owner" : kept
  }

  /// A letter or digit with the marks that belong to it, as it stands in a name a person reads.
  private static func isSafe(_ character: Character) -> Bool {
    guard character.isLetter || character.isNumber, character.utf8.count <= 12 else { return false }
    return character.unicodeScalars.allSatisfy { scalar in
      let properties = scalar.properties
      guard !properties.isDefaultIgnorableCodePoint else { return false }
      return switch properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
        .decimalNumber, .letterNumber, .otherNumber, .nonspacingMark, .spacingMark:
        true
      default: false
      }
    }
  }
}
