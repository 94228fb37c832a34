public import EventModel

/// What people know and no log tells: causes, measures, contacts, sign-offs; a YAML file beside the
/// estate, edited by hand (docs/formats/report-notes.md).
///
/// What it does not say is not there, and the report says that it is unknown.
public struct ReportNotes: Sendable {
  /// Path of the file, or empty.
  public var file = ""
  /// Who reports, and to whom one turns.
  public var reporter = Section()
  /// By the id of the incident.
  public var incidents: [String: Section] = [:]
  /// By the quarter: `2024-Q2`.
  public var quarters: [String: Section] = [:]

  /// Lines of ids and quarters.
  var lines: [String: Int] = [:]

  public init() {}

  /// A number of records as people write it: `61,000`; `nil`: it is none.
  public static func count(_ text: String) -> Int64? {
    let digits = text.filter { $0 != "," && $0 != "_" }
    return digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(digits) : nil
  }

  /// A day as people write it: `2024-06-30`; `nil`: it is none.
  public static func day(_ text: String) -> Int? { Scalars.day(text) }

  /// A day or a time as people write it; `nil`: it is none.
  public static func time(_ text: String, zone: TimeZoneRule) -> Timestamp? {
    Scalars.time(text, zone: zone, end: false)
  }

  /// Values by key; a list of records keeps the keys of each.
  public struct Section: Sendable {
    public var texts: [String: [String]] = [:]
    public var times: [String: Timestamp] = [:]
    public var flags: [String: Bool] = [:]
    public var records: [String: [[String: String]]] = [:]
    public init() {}
  }

  /// Reads a file.
  ///
  /// - Throws: `EstateError` when it cannot be read or has an error.
  public static func load(path: String, zone: TimeZoneRule) throws(EstateError) -> Self {
    let bytes: [UInt8]
    do {
      bytes = try FileBytes.read(path, most: EstateFile.largestFile)
    } catch {
      throw EstateError(diagnostics: [
        Diagnostic(.error, file: path, line: 0, message: error.reason)
      ])
    }
    return try load(bytes: bytes, file: path, zone: zone)
  }

  /// Reads bytes of any kind; never traps.
  public static func load(
    bytes: [UInt8],
    file: String,
    zone: TimeZoneRule
  ) throws(EstateError) -> Self {
    var reader = NotesReader(file: file, zone: zone)
    if let problem = HostileText.problem(in: bytes) {
      reader.complain(problem.line, problem.message)
    } else {
      do throws(YAMLProblem) {
        if let root = try YAMLComposer.compose(bytes) { reader.read(root) }
      } catch {
        for problem in [error] + error.others { reader.complain(problem.line, problem.message) }
      }
    }
    guard reader.problems.isEmpty else { throw EstateError(diagnostics: reader.problems) }
    return reader.notes
  }
}

/// What a key of the notes may hold.
private enum NotesKind {
  case text
  /// One text or a list of them.
  case texts
  /// A day or a time.
  case time
  case truth
  /// A list of records with these keys.
  case records([String])
}

private struct NotesReader {
  let zone: TimeZoneRule
  var notes = ReportNotes()
  var problems: [Diagnostic] = []

  init(file: String, zone: TimeZoneRule) {
    self.zone = zone
    notes.file = file
  }

  private static let reporter: [String: NotesKind] = [
    "organisation": .text, "registration": .text, "representative": .text, "contact": .texts,
    "executive": .text, "reviewers": .texts, "under-review": .texts, "retention": .text,
  ]

  private static let measure = ["measure", "owner", "due", "status", "evidence"]

  private static let incident: [String: NotesKind] = [
    "kind": .text, "legal-reference": .texts, "acknowledged-at": .time, "detected-at": .time,
    "discovery-route": .texts, "summary": .texts, "wrongful-purpose": .truth,
    "secrecy-of-communications": .truth, "designated-telecommunications-service": .truth,
    "gdpr": .truth, "instruction": .texts, "server": .texts,
    "media": .texts, "network": .texts, "causes": .texts, "secondary-damage": .texts,
    "complaints": .records(["date", "reference", "owner", "what"]), "support": .texts,
    "notification": .texts, "publication": .texts, "containment": .texts,
    "measures": .records(measure), "limitations": .texts, "reviewer": .text,
    "sign-off": .text, "sign-off-at": .time, "other": .texts, "contract": .texts,
    "owners": .records(["owner", "confirmed", "contact", "notified-at", "note"]),
  ]

  private static let quarter: [String: NotesKind] = [
    "governance": .texts, "executive": .text, "reviewers": .texts,
    "media": .records(["device", "holder", "count", "note"]),
    "self-test": .records(["date", "what", "found", "missed", "note"]),
    "checklist": .records(["item", "answer", "evidence"]),
    "other-contractors": .records(["organisation", "state", "evidence"]),
    "measures": .records(measure), "notices": .text, "enquiries": .text, "damage": .text,
    "new-concerns": .texts, "corrections": .texts, "sign-off": .text, "sign-off-at": .time,
    "retention": .text, "limitations": .texts,
  ]

  mutating func complain(_ line: Int, _ message: String) {
    problems.append(Diagnostic(.error, file: notes.file, line: line, message: message))
  }

  mutating func read(_ root: YAMLNode) {
    guard let pairs = root.mapping else {
      return complain(root.line, "is no mapping; write reporter:, incidents: or quarters:")
    }
    for pair in pairs {
      switch pair.key.scalar?.string {
      case "reporter": notes.reporter = section(pair.value, Self.reporter)
      case "incidents": notes.incidents = sections(pair.value, Self.incident)
      case "quarters": notes.quarters = sections(pair.value, Self.quarter)
      default: unknown(pair.key, among: ["reporter", "incidents", "quarters"])
      }
    }
  }

  private mutating func sections(
    _ node: YAMLNode,
    _ keys: [String: NotesKind]
  ) -> [String: ReportNotes.Section] {
    guard let pairs = node.mapping else {
      complain(node.line, "write a mapping from the id to what is known")
      return [:]
    }
    var found: [String: ReportNotes.Section] = [:]
    for pair in pairs {
      guard let name = pair.key.scalar?.string else { continue }
      notes.lines[name] = pair.key.line
      found[name] = section(pair.value, keys)
    }
    return found
  }

  private mutating func section(
    _ node: YAMLNode,
    _ keys: [String: NotesKind]
  ) -> ReportNotes.Section {
    var section = ReportNotes.Section()
    if let scalar = node.scalar, scalar.kind == .nothing { return section }
    guard let pairs = node.mapping else {
      complain(node.line, "write keys and values")
      return section
    }
    for pair in pairs {
      guard let name = pair.key.scalar?.string, let kind = keys[name] else {
        unknown(pair.key, among: keys.keys.sorted())
        continue
      }
      if let scalar = pair.value.scalar, scalar.kind == .nothing { continue }
      switch kind {
      case .text, .texts:
        if let texts = texts(pair.value, allowsList: kind.allowsList) {
          section.texts[name] = texts
        }
      case .time:
        if let text = pair.value.scalar?.string,
          let time = Scalars.time(text, zone: zone, end: false)
        {
          section.times[name] = time
        } else {
          complain(pair.value.line, "\(name): not a time; write 2024-04-01 or 2024-04-01 09:00")
        }
      case .truth:
        guard let scalar = pair.value.scalar, scalar.kind == .boolean else {
          complain(pair.value.line, "\(name): write true or false")
          continue
        }
        section.flags[name] = scalar.string.lowercased() == "true"
      case .records(let members): section.records[name] = records(pair.value, name, members)
      }
    }
    return section
  }

  private mutating func texts(_ node: YAMLNode, allowsList: Bool) -> [String]? {
    if let scalar = node.scalar { return Self.lines(scalar.string) }
    let items = node.sequence?.compactMap { $0.scalar?.string }
    if allowsList, let items, items.count == node.sequence?.count {
      return items.flatMap(Self.lines)
    }
    complain(node.line, allowsList ? "write a text or a list of texts" : "write one text")
    return nil
  }

  /// The lines of a text that people wrote over several, each a paragraph of its own.
  private static func lines(_ text: String) -> [String] {
    let lines = text.split(whereSeparator: \.isNewline).map { Scalars.trimmed(String($0)) }
    return lines.count > 1 ? lines.filter { !$0.isEmpty } : [lines.first ?? text]
  }

  private mutating func records(
    _ node: YAMLNode,
    _ name: String,
    _ members: [String]
  ) -> [[String: String]] {
    guard let items = node.sequence else {
      complain(node.line, "\(name): write a list")
      return []
    }
    return items.map { item in
      guard let pairs = item.mapping else {
        complain(item.line, "\(name): each entry has the keys \(members.joined(separator: ", "))")
        return [:]
      }
      var record: [String: String] = [:]
      for pair in pairs {
        guard let key = pair.key.scalar?.string, members.contains(key) else {
          unknown(pair.key, among: members)
          continue
        }
        guard let value = pair.value.scalar else {
          complain(pair.value.line, "\(key): write one text")
          continue
        }
        if value.kind != .nothing { record[key] = Self.lines(value.string).joined(separator: " ") }
        if key == "confirmed", value.kind != .nothing, ReportNotes.count(value.string) == nil {
          complain(pair.value.line, "confirmed: write a number of records, such as 61,000")
        }
      }
      return record
    }
  }

  private mutating func unknown(_ key: YAMLNode, among known: [String]) {
    let name = key.scalar?.string ?? ""
    complain(
      key.line,
      "unknown key \(Diagnostic.quoted(name))" + Diagnostic.suggestion(for: name, among: known)
    )
  }
}

extension NotesKind {
  fileprivate var allowsList: Bool {
    if case .texts = self { return true }
    return false
  }
}
