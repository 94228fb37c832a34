/// Lines of at most `width` columns.
///
/// Everything given to it is already safe text.
struct TextLayout {
  enum Colour: String {
    case bold = "1"
    case red = "1;31"
    case yellow = "33"
    case cyan = "36"
  }

  let options: ReportOptions
  private(set) var text = ""

  init(options: ReportOptions) {
    self.options = options
  }

  var width: Int { max(40, options.width) }

  /// Hands over what is written.
  mutating func flush<Target: TextOutputStream>(to target: inout Target) {
    target.write(text)
    text.removeAll(keepingCapacity: true)
  }

  mutating func blank() { text += "\n" }

  /// Adds what another of the same options has.
  mutating func add(_ other: Self) { text += other.text }

  /// Wraps a paragraph; lines after the first stand `hanging` columns further in.
  mutating func paragraph(
    _ words: String,
    indent: Int = 0,
    hanging: Int = 0,
    colour: Colour? = nil
  ) {
    let lines = DisplayWidth.wrapped(words, columns: width - indent - hanging)
    for (number, line) in lines.enumerated() {
      put(line, indent: indent + (number == 0 ? 0 : hanging), colour: colour)
    }
  }

  /// A line that is never broken: a pointer to evidence.
  mutating func pointer(_ line: String, indent: Int) { put(line, indent: indent, colour: nil) }

  /// The same in the languages asked for, Japanese first, a paragraph each.
  mutating func both(
    japanese: String,
    english: String,
    indent: Int = 0,
    hanging: Int = 0,
    colour: Colour? = nil
  ) {
    if options.language != .english {
      paragraph(japanese, indent: indent, hanging: hanging, colour: colour)
    }
    if options.language != .japanese {
      paragraph(english, indent: indent, hanging: hanging, colour: colour)
    }
  }

  /// A short word in the languages asked for.
  func label(_ english: String, _ japanese: String) -> String {
    switch options.language {
    case .both: "\(english) \(japanese)"
    case .english: english
    case .japanese: japanese
    }
  }

  /// Words with a number or a verb of their own in the languages asked for, each whole.
  func phrase(_ english: String, _ japanese: String) -> String {
    options.language == .both ? "\(english) / \(japanese)" : label(english, japanese)
  }

  private mutating func put(_ line: String, indent: Int, colour: Colour?) {
    text += String(repeating: " ", count: indent)
    if let colour, options.colour {
      text += "\u{1b}[\(colour.rawValue)m\(line)\u{1b}[0m"
    } else {
      text += line
    }
    text += "\n"
  }
}
