public import Estate

/// The command line's own texts in Japanese.
public enum CommandWords {
  /// The Japanese of a text of the help; `nil`: there is none.
  public static func japanese(ofHelp text: some StringProtocol) -> String? { help[String(text)] }

  /// A message to the user in Japanese; as it is, where there is none.
  ///
  /// Names and values in it are left as they are.
  public static func japanese(ofMessage text: String) -> String {
    if let known = known(text[...]) { return known }
    // What stands before it: a path, an option.
    var rest = text[...]
    while let colon = rest.firstIndex(of: ":") {
      rest = rest[rest.index(after: colon)...]
      guard rest.first == " " else { continue }
      if let known = known(rest.dropFirst()) {
        return text[..<rest.startIndex] + " " + known
      }
    }
    return text
  }

  /// Why an input could not be read; as it is, where there is no Japanese of it.
  static func japanese(ofReason text: String) -> String {
    known(text[...]) ?? japanese(ofOutput: text)
  }

  /// A line about the estate: its place, how grave it is, and what it says.
  public static func japanese(of diagnostic: Diagnostic) -> String {
    let word =
      switch diagnostic.severity {
      case .error: "エラー"
      case .warning: "警告"
      case .note: "注記"
      }
    let place = diagnostic.file + (diagnostic.line > 0 ? ":\(diagnostic.line)" : "")
    return "\(place): \(word): \(japanese(ofMessage: diagnostic.message))"
  }

  /// A line of who asked the store; names, commands and times are left.
  public static func japanese(
    ofAbout about: String,
    range: String,
    author: String
  ) -> (
    about: String, range: String, author: String
  ) {
    func told(_ text: String, _ pairs: [(String, String)]) -> String {
      let templates = pairs.map { MessageTemplate($0.0, $0.1) }
      for template in templates {
        if let values = template.values(in: text[...]) {
          return template.japanese(with: values.map { String($0) })
        }
      }
      return text
    }
    return (
      told(about, [("owner {1}", "委託元 {1}"), ("incident {1}", "事案 {1}"), ("table {1}", "表 {1}")]),
      told(
        range,
        [
          ("all", "全期間"), ("first last", "全期間"), ("first {1}", "最初から {1} の前日まで"),
          ("{1} last", "{1} から最後まで"), ("{1} {2}", "{1} から {2} の前日まで"),
        ]
      ), author.replacing(", login ", with: "、ログイン ").replacing(", sudo by ", with: "、sudo の実行者 ")
    )
  }

  private static func known(_ text: Substring) -> String? {
    for template in messages {
      guard let values = template.values(in: text) else { continue }
      return template.japanese(
        with: values.map { known($0) ?? output($0) ?? japanese(ofMessage: String($0)) }
      )
    }
    return nil
  }

  private static let help: [String: String] = Dictionary(
    pairs(of: HelpWords.pairs),
    uniquingKeysWith: { first, _ in first }
  )

  static let messages = templates(of: MessageWords.pairs)

  /// A template for each wording: `day[|s]` stands for `day` and for `days`.
  static func templates(of text: String) -> [MessageTemplate] {
    pairs(of: text).flatMap { english, japanese in
      wordings(of: english[...]).map { MessageTemplate($0, japanese) }
    }
  }

  private static func wordings(of text: Substring) -> [String] {
    guard let open = text.firstIndex(of: "["), let close = text[open...].firstIndex(of: "]") else {
      return [String(text)]
    }
    let rests = wordings(of: text[text.index(after: close)...])
    let choices = text[text.index(after: open)..<close].split(
      separator: "|",
      omittingEmptySubsequences: false
    )
    // Brackets without a choice are text.
    guard choices.count > 1 else { return rests.map { text[...close] + $0 } }
    return choices.flatMap { choice in rests.map { text[..<open] + choice + $0 } }
  }

  /// Pairs of lines, a blank line between them.
  static func pairs(of text: String) -> [(String, String)] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    return stride(from: 0, to: lines.count - 1, by: 2).map { (lines[$0], lines[$0 + 1]) }
  }
}

/// A message with values in it: `{1}`, `{2}` … stand for them.
struct MessageTemplate: Sendable {
  let english: String
  private let pieces: [String]
  private let translation: String

  init(_ english: String, _ japanese: String) {
    self.english = english
    translation = japanese
    var pieces = [""]
    var rest = english[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      pieces[pieces.count - 1] += rest[..<open]
      pieces.append("")
      rest = rest[rest.index(after: close)...]
    }
    pieces[pieces.count - 1] += rest
    self.pieces = pieces
  }

  /// The values that make the template this text; `nil`: it is another message.
  ///
  /// A value is never empty.
  func values(in text: Substring) -> [Substring]? {
    guard text.hasPrefix(pieces[0]), pieces.count > 1 || text == pieces[0] else { return nil }
    var rest = text.dropFirst(pieces[0].count)
    var values: [Substring] = []
    for (index, piece) in pieces.enumerated().dropFirst() {
      let isLast = index == pieces.count - 1
      if isLast {
        guard rest.hasSuffix(piece), rest.count > piece.count else { return nil }
        values.append(rest.dropLast(piece.count))
        return values
      }
      guard let place = Self.place(of: piece, in: rest) else { return nil }
      values.append(rest[..<place.lowerBound])
      rest = rest[place.upperBound...]
    }
    return values
  }

  private static func place(of piece: String, in text: Substring) -> Range<Substring.Index>? {
    var start = text.startIndex
    while start < text.endIndex {
      if text[start...].hasPrefix(piece) {
        return start..<text.index(start, offsetBy: piece.count)
      }
      start = text.index(after: start)
    }
    return nil
  }

  func japanese(with values: [String]) -> String {
    var text = ""
    var rest = translation[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      text += rest[..<open]
      let number = Int(rest[rest.index(after: open)..<close]) ?? 0
      if values.indices.contains(number - 1) { text += values[number - 1] }
      rest = rest[rest.index(after: close)...]
    }
    return text + rest
  }
}
