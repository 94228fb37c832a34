internal import EventModel

/// The state of one reading: what was found so far and what is to be said about it.
///
/// Each section has its own file `EstateReader+Section.swift`.
struct EstateReader {
  /// Most diagnostics kept; the rest is counted.
  static let mostDiagnostics = 1000

  let file: String
  let folder: String
  var estate = DeclaredEstate()
  var sourceLines: [Int] = []
  var zone = TimeZoneRule.utc
  /// The formats of `formats.d`, by name.
  var formats: [String: DeclaredFormat] = [:]
  /// Sections that are there.
  var sections: Set<String> = []
  /// Lines of the names declared so far, by kind and folded name.
  var taken: [String: Int] = [:]
  /// Indices of the accounts declared so far, by folded pattern.
  var accountsByPattern: [String: [Int]] = [:]
  /// Names without the quotes they need, folded: nothing else is said of them.
  var misread: Set<String> = []
  /// Whether every owner and organisation has a name that could be read.
  ///
  /// While one has not, nobody is called undeclared: one mistake, one line.
  var knowsEveryName = true
  /// Errors so far.
  private(set) var faults = 0
  private var diagnostics: [Diagnostic] = []
  private var unsaid = 0
  private var failed: Bool { faults > 0 }

  init(file: String, folder: String) {
    self.file = file
    self.folder = folder
    estate.file = file
  }

  static let rootKeys = [
    "sources", "organisations", "owners", "datasets", "accounts", "persons", "terminals",
    "authorisations", "tickets", "jobs", "delegations", "canaries", "exceptions", "policy",
    "privacy", "sinks",
  ]

  mutating func readRoot(_ root: YAMLNode) {
    guard !isNull(root), let fields = fields(of: root, what: "the estate", keys: Self.rootKeys)
    else { return }
    sections = Set(fields.entries.filter { !isNull($0.value.node) }.keys)
    // The zone of the policy holds for the dates of every other section.
    if let entry = fields["policy"] { readPolicy(entry.node) }
    if let entry = fields["privacy"] { readPrivacy(entry.node) }
    for (key, entry) in fields.inOrder {
      switch key {
      case "sources": for item in list(entry.node) { readSource(item) }
      case "organisations": for item in list(entry.node) { readOrganisation(item) }
      case "owners": for item in list(entry.node) { readOwner(item) }
      case "datasets": for item in list(entry.node) { readDataset(item) }
      case "accounts": for item in list(entry.node) { readAccount(item) }
      case "persons": for item in list(entry.node) { readPerson(item) }
      case "terminals": for item in list(entry.node) { readTerminal(item) }
      case "canaries": for item in list(entry.node) { readCanary(item) }
      case "authorisations": readAuthorisations(entry.node)
      case "tickets", "jobs", "delegations": readRegister(key, entry.node)
      case "exceptions": for item in list(entry.node) { readException(item) }
      case "sinks": for item in list(entry.node) { readSink(item) }
      default: break
      }
    }
    resolveReferences()
  }

  func finished() throws(EstateError) -> LoadedEstate {
    var all = diagnostics
    if unsaid > 0 {
      all.append(
        Diagnostic(
          failed ? .error : .warning,
          file: file,
          line: 0,
          message: "\(unsaid) more of these are not listed; correct the ones listed first"
        )
      )
    }
    all.sort {
      let (left, right) = ($0.file == file, $1.file == file)
      if left != right { return left }
      return ($0.file, $0.line) < ($1.file, $1.line)
    }
    guard !failed else { throw EstateError(diagnostics: all) }
    return LoadedEstate(
      estate: estate,
      diagnostics: all,
      folder: folder,
      sourceLines: sourceLines
    )
  }

  /// Takes what another file's reader has to say.
  mutating func adopt(_ other: Self) {
    for line in other.diagnostics { say(line.severity, line.file, line.line, line.message) }
    unsaid += other.unsaid
  }

  // MARK: Saying

  /// Advice for a word; none once nothing more is listed, so that many faults cost no more.
  func suggestion(for word: String, among known: [String]) -> String {
    unsaid > 0 ? "" : Diagnostic.suggestion(for: word, among: known)
  }

  func nearest(to word: String, among known: [String]) -> String? {
    unsaid > 0 ? nil : Diagnostic.nearest(to: word, among: Array(known.prefix(200)))
  }

  mutating func error(_ line: Int, _ message: String) { say(.error, file, line, message) }

  mutating func warn(_ line: Int, _ message: String) { say(.warning, file, line, message) }

  mutating func say(
    _ severity: Diagnostic.Severity,
    _ file: String,
    _ line: Int,
    _ message: String
  ) {
    if severity == .error { faults += 1 }
    guard diagnostics.count < Self.mostDiagnostics else {
      unsaid += 1
      return
    }
    diagnostics.append(Diagnostic(severity, file: file, line: line, message: message))
  }
}

/// The keys and values of one mapping.
struct Fields {
  struct Entry {
    var line: Int
    var node: YAMLNode
  }

  /// Of what, with its article: `a dataset`.
  var what: String
  var line: Int
  /// Errors before it was read.
  var faults: Int
  var entries: [String: Entry] = [:]

  subscript(key: String) -> Entry? { entries[key] }

  /// By line, then name.
  var inOrder: [(key: String, value: Entry)] {
    entries.sorted { ($0.value.line, $0.key) < ($1.value.line, $1.key) }
  }
}

extension EstateReader {
  // MARK: Nodes

  func line(_ node: YAMLNode) -> Int { node.line }

  /// Whether the value was left out: empty, `~` or `null`, not in quotes.
  func isNull(_ node: YAMLNode) -> Bool { node.scalar?.kind == .nothing }

  func kind(_ node: YAMLNode) -> String {
    switch node.content {
    case .scalar(let scalar): isNull(node) ? "nothing" : Diagnostic.quoted(scalar.string)
    case .sequence: "a list"
    case .mapping: "keys and values"
    }
  }

  /// The elements of a list; a single value is a list of one; nothing is empty.
  func list(_ node: YAMLNode) -> [YAMLNode] {
    if isNull(node) { return [] }
    return node.sequence ?? [node]
  }

  /// The mapping's entries; says every unknown key.
  mutating func fields(of node: YAMLNode, what: String, keys: [String]?) -> Fields? {
    guard let mapping = node.mapping else {
      error(line(node), "\(what) needs keys and values, not \(kind(node)); write key: value")
      return nil
    }
    var result = Fields(what: what, line: line(node), faults: faults)
    for pair in mapping {
      guard let key = pair.key.scalar?.string else {
        error(line(pair.key), "\(what) has \(kind(pair.key)) as a key; write a plain word")
        continue
      }
      if let keys, !keys.contains(key) {
        let advice = suggestion(for: key, among: keys)
        error(line(pair.key), "unknown key \(Diagnostic.quoted(key)) in \(what)\(advice)")
        continue
      }
      result.entries[key] = Fields.Entry(line: line(pair.key), node: pair.value)
    }
    return result
  }

  /// What a single value may be besides a text.
  enum Form {
    /// A name: what YAML takes for something else must stand in quotes.
    case name
    /// A name that systems give out, such as an account: a number is taken as it is written.
    case identifier
    /// Anything: the reader of the key says what is wrong with it.
    case value
  }

  /// The text of a single value; says what else it is.
  ///
  /// A name without its quotes is said and taken as written, so that nothing else is said of it.
  mutating func text(_ node: YAMLNode, _ key: String, _ form: Form) -> String? {
    guard let scalar = node.scalar else {
      error(line(node), "\(key) needs a single value, not \(kind(node))")
      return nil
    }
    let text = scalar.string
    guard !text.utf8.contains(0) else {
      error(line(node), "\(key) holds a NUL character; remove it")
      return nil
    }
    let kind = scalar.kind
    if form != .value, kind != .text, kind != .nothing, form == .name || kind != .integer {
      misread.insert(Scalars.folded(text))
      error(
        line(node),
        "\(key) is \(text), which YAML takes for \(kind.rawValue); write it in quotes: \"\(text)\""
      )
    }
    return text
  }

  mutating func text(_ fields: Fields, _ key: String, _ form: Form = .name) -> String? {
    guard let entry = fields[key], !isNull(entry.node) else { return nil }
    guard let text = text(entry.node, key, form) else { return nil }
    guard !text.isEmpty else {
      error(entry.line, "\(key) of \(fields.what) is empty; write a value or remove the key")
      return nil
    }
    return text
  }

  /// The values of all the given keys, each a single value or a list.
  mutating func texts(_ fields: Fields, _ keys: String..., form: Form = .name) -> [String] {
    var result: [String] = []
    for key in keys {
      guard let entry = fields[key] else { continue }
      for node in list(entry.node) {
        guard let text = text(node, key, form) else { continue }
        guard !text.isEmpty, !isNull(node) else {
          error(line(node), "\(key) of \(fields.what) holds an empty value; remove it")
          continue
        }
        result.append(text)
      }
    }
    return result
  }

  /// A name that must be there.
  mutating func name(
    _ fields: Fields,
    _ key: String = "name",
    _ form: Form = .name
  ) -> String? {
    if let name = text(fields, key, form) { return name }
    if fields[key].map({ isNull($0.node) }) ?? true {
      lacks(fields, "has no \(key); write \(key): …")
    }
    return nil
  }

  /// Says what is missing, unless something else is wrong with the entry: that may be the cause.
  mutating func lacks(_ fields: Fields, _ message: String) {
    guard faults == fields.faults else { return }
    error(fields.line, "\(fields.what) \(message)")
  }

  mutating func flag(_ fields: Fields, _ key: String) -> Bool? {
    guard let value = text(fields, key, .value), let entry = fields[key] else { return nil }
    switch value.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default:
      error(entry.line, "\(key) is \(Diagnostic.quoted(value)); write true or false")
      return nil
    }
  }

  /// A whole number of 0 or more.
  mutating func count(_ fields: Fields, _ key: String) -> Int64? {
    guard let value = text(fields, key, .value), let entry = fields[key] else { return nil }
    if let count = Scalars.count(value) { return count }
    error(entry.line, "\(key) is \(Diagnostic.quoted(value)); write a whole number of 0 or more")
    return nil
  }

  /// `200`, `"150-300"` or `[150, 300]`.
  mutating func range(_ fields: Fields, _ key: String) -> ClosedRange<Int64>? {
    guard let entry = fields[key], !isNull(entry.node) else { return nil }
    let parts = list(entry.node).map { $0.scalar?.string ?? "" }
    let ends =
      parts.count == 1
      ? parts[0].split(separator: "-", omittingEmptySubsequences: false) : parts.map { $0[...] }
    let numbers = ends.map { end in Scalars.count(end.drop { $0 == " " }) }
    if numbers.count == 1, let one = numbers[0], one > 0 { return one...one }
    if numbers.count == 2, let low = numbers[0], let high = numbers[1], low > 0, low <= high {
      return low...high
    }
    error(entry.line, "\(key) is not a number of bytes; write 200 or 150-300")
    return nil
  }

  /// A date or a time; a date alone is its start, or its last nanosecond for `end`.
  mutating func time(_ fields: Fields, _ key: String, end: Bool = false) -> Timestamp? {
    guard let value = text(fields, key, .value), let entry = fields[key] else { return nil }
    if let time = Scalars.time(value, zone: zone, end: end) { return time }
    error(
      entry.line,
      "\(key) is \(Diagnostic.quoted(value)); write 2024-04-01, 2024-04-01 09:00 or RFC 3339"
    )
    return nil
  }

  /// One of the words of an enumeration.
  mutating func word(_ fields: Fields, _ key: String, among words: [String]) -> String? {
    guard let value = text(fields, key, .value), let entry = fields[key] else { return nil }
    if words.contains(value.lowercased()) { return value.lowercased() }
    let advice = suggestion(for: value, among: words)
    error(entry.line, "\(key) is \(Diagnostic.quoted(value))\(advice)")
    return nil
  }

  /// Patterns of the given keys, written as text.
  mutating func patterns(_ texts: [String]) -> [Pattern] { texts.map { Pattern($0) } }

  /// Remembers a name; says one that an earlier entry has already.
  mutating func isNew(_ name: String, _ what: String, at line: Int) -> Bool {
    let key = what + "\u{0}" + Scalars.folded(name)
    guard let first = taken[key] else {
      taken[key] = line
      return true
    }
    guard !misread.contains(Scalars.folded(name)) else { return false }
    error(
      line,
      "\(what) \(Diagnostic.quoted(name)) is declared twice (first in line \(first)); keep one"
    )
    return false
  }
}
