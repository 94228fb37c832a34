/// The help of the command line in Japanese.
///
/// ArgumentParser writes it in English, with lines of any length when asked for enough columns; here each text is
/// exchanged and the lines are wrapped by their width on a terminal, in which an ideograph takes two columns.
public struct HelpTranslation {
  /// Columns that the help of an option stands from the left (as ArgumentParser's).
  private static let column = 26

  private let width: Int
  private var text = ""

  public init(width: Int) { self.width = max(40, width) }

  /// `help`: as ArgumentParser writes it for 10,000 columns and more; other texts come back as they are.
  public func japanese(of help: String) -> String {
    guard help.hasPrefix("OVERVIEW: ") || help.hasPrefix("USAGE: ") else { return help }
    var copy = self
    for line in help.split(separator: "\n", omittingEmptySubsequences: false) { copy.add(line) }
    return String(copy.text.dropLast())
  }

  private static let headings = [
    "ARGUMENTS:": "引数:", "OPTIONS:": "オプション:", "SUBCOMMANDS:": "サブコマンド:",
  ]

  private mutating func add(_ line: Substring) {
    if let heading = Self.headings[String(line)] {
      put(heading)
    } else if line.hasPrefix("OVERVIEW: ") {
      put("概要: " + Self.translated(line.dropFirst("OVERVIEW: ".count)))
    } else if line.hasPrefix("USAGE: ") {
      put("使い方: " + line.dropFirst("USAGE: ".count), hanging: 8)
    } else if line.hasPrefix("  See '"), line.hasSuffix("' for detailed help.") {
      put(
        "  詳細: " + line.dropFirst("  See '".count).dropLast("' for detailed help.".count),
        hanging: 8
      )
    } else if line.hasPrefix("  ") {
      addEntry(line)
    } else {
      put(Self.translated(line))
    }
  }

  /// A label and what it means, or one of them.
  private mutating func addEntry(_ line: Substring) {
    let label = line.prefix(Self.column)
    let rest = line.dropFirst(Self.column)
    guard label.count == Self.column, label.last == " ", let first = rest.first, first != " " else {
      text += line + "\n"
      return
    }
    let lines = DisplayWidth.wrapped(Self.translated(rest), columns: width - Self.column)
    for (index, part) in lines.enumerated() {
      text += index == 0 ? String(label) : String(repeating: " ", count: Self.column)
      text += part + "\n"
    }
  }

  private mutating func put(_ words: String, hanging: Int = 0) {
    guard !words.isEmpty else {
      text += "\n"
      return
    }
    let lines = DisplayWidth.wrapped(words, columns: width - hanging)
    for (index, line) in lines.enumerated() {
      text += (index == 0 ? "" : String(repeating: " ", count: hanging)) + line + "\n"
    }
  }

  /// The Japanese of a text, with the default that ArgumentParser puts after it.
  private static func translated(_ text: Substring) -> String {
    if let whole = CommandWords.japanese(ofHelp: text) { return whole }
    guard text.hasSuffix(")"), let open = text.range(ofLast: " (default: "),
      let known = CommandWords.japanese(ofHelp: text[..<open.lowerBound])
    else { return String(text) }
    let end = known.hasSuffix("。") ? String(known.dropLast()) : known
    return end + "(省略時: " + text[open.upperBound...].dropLast() + ")。"
  }
}

extension Substring {
  fileprivate func range(ofLast words: String) -> Range<Index>? {
    var place = endIndex
    while place > startIndex {
      place = index(before: place)
      if self[place...].hasPrefix(words) { return place..<index(place, offsetBy: words.count) }
    }
    return nil
  }
}
