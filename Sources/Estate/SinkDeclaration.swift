public import EventModel

/// Where findings are to go, as the operator declares it.
///
/// Which keys a kind has, its own file says (`Sinks/Kinds`); here they are words and values.
public struct SinkDeclaration: Sendable, Hashable {
  public var name: String
  public var kind: String
  /// Less grave findings do not go there.
  public var leastSeverity: Severity = .low
  /// The other keys, as they are written.
  public var settings: [String: Setting] = [:]
  /// Where relative paths start from; empty: the current folder.
  public var folder = ""
  /// Line of the estate file that declares it, from 1; 0: not from a file.
  public var line = 0

  public init(name: String, kind: String) { (self.name, self.kind) = (name, kind) }

  /// The values of a key.
  public struct Setting: Sendable, Hashable {
    public var values: [String]
    public var line: Int
    public init(values: [String], line: Int) { (self.values, self.line) = (values, line) }
  }
}

extension EstateReader {
  /// Keys that every sink has.
  private static let ownKeys = ["name", "kind", "least-severity"]

  mutating func readSink(_ node: YAMLNode) {
    guard let fields = fields(of: node, what: "a sink", keys: nil), let name = name(fields),
      let kind = self.name(fields, "kind", .value)
    else { return }
    guard isNew(name, "sink", at: fields.line) else { return }
    var sink = SinkDeclaration(name: name, kind: kind.lowercased())
    sink.line = fields.line
    sink.folder = folder
    let words = Severity.allCases.map(\.name)
    if let word = word(fields, "least-severity", among: words),
      let severity = Severity(name: word)
    {
      sink.leastSeverity = severity
    }
    for (key, entry) in fields.inOrder where !Self.ownKeys.contains(key) && !isNull(entry.node) {
      let values = texts(fields, key, form: .value)
      sink.settings[key] = SinkDeclaration.Setting(values: values, line: entry.line)
    }
    estate.sinks.append(sink)
  }
}

extension Diagnostic {
  /// For who knows words that the estate does not: what may have been meant.
  public static func advice(for word: String, among known: [String]) -> String {
    suggestion(for: word, among: known)
  }

  public static func shown(_ word: String) -> String { quoted(word) }
}

extension FileBytes {
  /// The one line of a file that holds a secret, without white space around it.
  static func secret(_ path: String) throws(Failure) -> String {
    let text = String(decoding: try read(path, most: 1 << 16), as: UTF8.self)
    let scalars = text.unicodeScalars
    let isSpace: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\n" || $0 == "\r" || $0 == "\t" }
    guard let first = scalars.firstIndex(where: { !isSpace($0) }),
      let last = scalars.lastIndex(where: { !isSpace($0) })
    else { throw Failure(reason: "is empty; write the secret in it") }
    return String(scalars[first...last])
  }
}

extension SinkDeclaration {
  /// A path as seen from the estate file's folder.
  public func path(_ path: String) -> String { FileBytes.path(path, in: folder) }

  /// The secret in a file, or why there is none.
  public func secret(inFile path: String) -> (secret: String?, problem: String?) {
    do {
      return (try FileBytes.secret(self.path(path)), nil)
    } catch { return (nil, error.reason) }
  }
}
