internal import Estate
internal import Glibc
internal import Network
internal import Reporting

/// A key of a sink.
public struct SinkKey: Sendable {
  public enum Form: Sendable {
    case text
    /// Several texts.
    case texts
    /// A file, from the folder of the estate file.
    case path
    /// `scheme://host:port` of these schemes and their ports; 0: the port must be written.
    case endpoint([String: Int])
    /// `https://host/path` of these schemes.
    case url([String])
    case words([String])
    case number(ClosedRange<Int64>)
    case flag
    /// Also as `KEY-file` and `KEY-env`.
    case secret
  }

  public let name: String
  public let form: Form
  public let isRequired: Bool

  init(_ name: String, _ form: Form, isRequired: Bool = false) {
    (self.name, self.form, self.isRequired) = (name, form, isRequired)
  }
}

/// What is declared of one sink, read key by key; what is wrong with it is kept.
public struct SinkSettings {
  let declaration: SinkDeclaration
  let keys: [SinkKey]
  private(set) var problems: [(line: Int, message: String)] = []

  init(_ declaration: SinkDeclaration, keys: [SinkKey]) {
    (self.declaration, self.keys) = (declaration, keys)
    checkKeys()
  }

  private var what: String { "sink \(Diagnostic.shown(declaration.name))" }

  /// Every key as it may be written.
  private var words: [String] {
    keys.flatMap { key -> [String] in
      if case .secret = key.form { return [key.name, key.name + "-file", key.name + "-env"] }
      return [key.name]
    }
  }

  private mutating func checkKeys() {
    for (key, setting) in declaration.settings.sorted(by: { $0.key < $1.key })
    where !words.contains(key) {
      let advice = Diagnostic.advice(for: key, among: words)
      say(setting.line, "unknown key \(Diagnostic.shown(key)) of kind \(declaration.kind)\(advice)")
    }
    for key in keys where key.isRequired {
      let isThere = words.contains { word in
        (word == key.name || word == key.name + "-file" || word == key.name + "-env")
          && declaration.settings[word]?.values.isEmpty == false
      }
      if !isThere { say(declaration.line, "has no \(key.name); write \(key.name): …") }
    }
  }

  mutating func say(_ line: Int, _ message: String) {
    problems.append((line, "\(what): \(message)"))
  }

  mutating func say(of key: String, _ message: String) {
    say(declaration.settings[key]?.line ?? declaration.line, "\(key) \(message)")
  }

  // MARK: Values

  func texts(_ key: String) -> [String] { declaration.settings[key]?.values ?? [] }

  mutating func text(_ key: String) -> String? {
    let values = texts(key)
    if values.count > 1 { say(of: key, "needs a single value") }
    return values.first
  }

  mutating func path(_ key: String) -> String? { text(key).map { declaration.path($0) } }

  /// A PEM file that is there.
  mutating func file(_ key: String) -> String? {
    guard let path = path(key) else { return nil }
    if access(path, R_OK) != 0 {
      say(of: key, "\(Diagnostic.shown(path)) cannot be read; correct the path")
    }
    return path
  }

  mutating func endpoint(_ key: String) -> Endpoint? {
    guard let text = text(key), case .endpoint(let schemes)? = form(key) else { return nil }
    if let endpoint = Endpoint(text, defaults: schemes) { return endpoint }
    let known = schemes.keys.sorted().joined(separator: ", ")
    say(of: key, "is \(Diagnostic.shown(text)); write scheme://host:port (schemes: \(known))")
    return nil
  }

  mutating func url(_ key: String) -> String? {
    guard let text = text(key), case .url(let schemes)? = form(key) else { return nil }
    let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    if isPlain,
      schemes.contains(where: {
        text.lowercased().hasPrefix($0 + "://") && text.utf8.count > $0.utf8.count + 3
      })
    {
      return text
    }
    // A URL may hold a secret: it is not repeated.
    say(
      of: key,
      "is no \(schemes.joined(separator: " or ")) address; write \(schemes[0])://host/path"
    )
    return nil
  }

  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ key: String,
    default usual: Word
  ) -> Word where Word.RawValue == String {
    guard let text = text(key) else { return usual }
    if let word = Word(rawValue: text.lowercased()) { return word }
    let known = Word.allCases.map(\.rawValue)
    say(of: key, "is \(Diagnostic.shown(text))\(Diagnostic.advice(for: text, among: known))")
    return usual
  }

  mutating func number(_ key: String) -> Int64? {
    guard let text = text(key), case .number(let range)? = form(key) else { return nil }
    if let number = Int64(text), range.contains(number) { return number }
    say(
      of: key,
      "is \(Diagnostic.shown(text)); write a number from \(range.lowerBound) to \(range.upperBound)"
    )
    return nil
  }

  mutating func flag(_ key: String) -> Bool {
    guard let text = text(key) else { return false }
    switch text.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default:
      say(of: key, "is \(Diagnostic.shown(text)); write true or false")
      return false
    }
  }

  /// Written as it is, in a file, or in the environment.
  mutating func secret(_ key: String) -> String? {
    let written = [key, key + "-file", key + "-env"].filter { declaration.settings[$0] != nil }
    guard written.count <= 1 else {
      say(of: written[1], "and \(written[0]) are both there; keep one")
      return nil
    }
    guard let found = written.first, let value = text(found) else { return nil }
    var secret = value
    if found.hasSuffix("-file") {
      let read = declaration.secret(inFile: value)
      if let problem = read.problem { say(of: found, "\(Diagnostic.shown(value)) \(problem)") }
      guard let text = read.secret else { return nil }
      secret = text
    } else if found.hasSuffix("-env") {
      guard let text = getenv(value) else {
        say(of: found, "\(Diagnostic.shown(value)) is not set in the environment; set it")
        return nil
      }
      secret = String(cString: text)
    }
    guard secret.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      say(of: found, "holds a control character; remove it")
      return nil
    }
    return secret
  }

  private func form(_ key: String) -> SinkKey.Form? { keys.first { $0.name == key }?.form }
}
