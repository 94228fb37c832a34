extension YAMLNode {
  /// What YAML reads a value as.
  enum Kind: String {
    case text
    case nothing
    case boolean = "a truth value"
    case integer = "a whole number"
    case number = "a number"
    /// A text in YAML 1.2, a date to readers of YAML 1.1.
    case date = "a date"
  }
}

extension YAMLNode.Scalar {
  /// By the core schema of YAML 1.2 (10.3.2), and dates as YAML 1.1 knows them.
  var kind: YAMLNode.Kind {
    guard isPlain else { return .text }
    switch string {
    case "", "~", "null", "Null", "NULL": return .nothing
    case "true", "True", "TRUE", "false", "False", "FALSE": return .boolean
    default: break
    }
    let bytes = string.utf8
    guard let first = bytes.first, first < 0x3A, bytes.count <= 64 else { return .text }
    if Self.isInteger(Substring(string)) { return .integer }
    if Self.isFraction(Substring(string)) { return .number }
    return Self.isDate(Substring(string)) ? .date : .text
  }

  /// `-?[0-9]+` with a sign of either kind, `0o7`, `0xF`.
  private static func isInteger(_ text: Substring) -> Bool {
    if text.hasPrefix("0o") { return isAll(text.dropFirst(2)) { 0x30...0x37 ~= $0 } }
    if text.hasPrefix("0x") {
      return isAll(text.dropFirst(2)) { isDigit($0) || 0x41...0x46 ~= $0 & 0xDF }
    }
    return isAll(unsigned(text), isDigit)
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, `.inf` and `.nan`.
  private static func isFraction(_ text: Substring) -> Bool {
    if [".nan", ".NaN", ".NAN"].contains(text) { return true }
    var rest = unsigned(text)
    if [".inf", ".Inf", ".INF"].contains(rest) { return true }
    let whole = digits(&rest)
    var hasDigits = whole > 0
    if rest.first == "." {
      rest.removeFirst()
      let after = digits(&rest)
      hasDigits = hasDigits || after > 0
    }
    guard hasDigits else { return false }
    if rest.first == "e" || rest.first == "E" {
      return isAll(unsigned(rest.dropFirst()), isDigit)
    }
    return rest.isEmpty
  }

  /// `2024-04-01`, also with a time after it.
  private static func isDate(_ text: Substring) -> Bool {
    var rest = text
    guard digits(&rest) == 4, rest.popFirst() == "-", 1...2 ~= digits(&rest),
      rest.popFirst() == "-", 1...2 ~= digits(&rest)
    else { return false }
    guard let separator = rest.popFirst() else { return true }
    return " Tt".contains(separator) && 1...2 ~= digits(&rest) && rest.first == ":"
  }

  private static func unsigned(_ text: Substring) -> Substring {
    text.first == "-" || text.first == "+" ? text.dropFirst() : text
  }

  private static func digits(_ rest: inout Substring) -> Int {
    let count = rest.utf8.prefix(while: isDigit).count
    rest = rest.dropFirst(count)
    return count
  }

  private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

  private static func isAll(_ text: Substring, _ fits: (UInt8) -> Bool) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(fits)
  }
}
