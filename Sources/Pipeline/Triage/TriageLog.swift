public import EventModel
internal import Ingest
public import Storage

/// What people do about incidents, as links of the chain of decisions: added to, never changed.
///
/// A link of `ometsuke state decide` is an act as well; both are read.
public enum TriageLog {
  /// Adds an act.
  public static func add(
    _ act: TriageAct,
    time: String,
    to store: Store,
    program: String
  ) throws(StoreError) {
    var lines = [
      "triage \(NightKeeper.quoted(act.id)) \(act.kind.rawValue)",
      "by \(NightKeeper.quoted(act.by))", "reason \(NightKeeper.quoted(act.text))",
    ]
    if let until = act.until { lines.append("until \(NightKeeper.quoted(until))") }
    if let other = act.refersTo { lines.append("refers-to \(NightKeeper.quoted(other))") }
    if let owner = act.owner { lines.append("owner \(NightKeeper.quoted(owner))") }
    lines.append("author \(NightKeeper.quoted(act.author))")
    try ChainWriting.add(lines, source: Decision.source, time: time, to: store, program: program)
  }

  /// All of them, in the order in which they were made.
  public static func all(in store: Store) throws(StoreError) -> [TriageAct] {
    var acts = try store.chain().filter { $0.source == Decision.source }.compactMap(act)
    for place in acts.indices {
      acts[place].id = try store.presentID(acts[place].id)
      if let other = acts[place].refersTo { acts[place].refersTo = try store.presentID(other) }
      if let presentOwner = store.presentOwner {
        acts[place].owner = acts[place].owner.map(presentOwner)
      }
    }
    return acts
  }

  static func act(_ link: ChainLink) -> TriageAct? {
    let text = ChainText(link)
    let words = (text["triage"] ?? text["decision"] ?? "").split(separator: " ")
    guard words.count == 2, let kind = TriageAct.Kind(rawValue: String(words[1])) else {
      return nil
    }
    var act = TriageAct(
      id: ChainText.plain(words[0]),
      kind: kind,
      by: text.plain("by") ?? "",
      text: text.plain("reason") ?? "",
      author: text.plain("author") ?? "",
      time: text.time
    )
    act.until = text.plain("until")
    act.refersTo = text.plain("refers-to")
    act.owner = text.plain("owner")
    return act
  }
}

/// Reports that were issued, as links of a chain of their own.
public enum ReportLog {
  public static let source = "(reports)"

  public static func add(
    _ report: IssuedReport,
    time: String,
    author: String,
    to store: Store,
    program: String
  ) throws(StoreError) {
    var lines = [
      "report \(report.kind) \(report.version) \(NightKeeper.quoted(report.subject))",
      "owner \(NightKeeper.quoted(report.owner))", "facts \(report.digest)",
      "by \(NightKeeper.quoted(report.by))", "reason \(NightKeeper.quoted(report.reason))",
    ]
    for figure in report.figures {
      let high = figure.high.map { "\($0)" } ?? "unbounded"
      lines.append("figure \(figure.low) \(high) \(NightKeeper.quoted(figure.name))")
    }
    lines.append("author \(NightKeeper.quoted(author))")
    try ChainWriting.add(lines, source: source, time: time, to: store, program: program)
  }

  /// SHA-256 of what a report says, in hexadecimal.
  public static func digest(_ text: String) -> String {
    SHA256(Array(text.utf8)[...]).map { ChainLink.hex($0.bytes) } ?? ""
  }

  public static func all(in store: Store) throws(StoreError) -> [IssuedReport] {
    try store.chain().filter { $0.source == source }.compactMap(report).map { report in
      var report = report
      if let presentOwner = store.presentOwner { report.owner = presentOwner(report.owner) }
      return report
    }
  }

  private static func report(_ link: ChainLink) -> IssuedReport? {
    let text = ChainText(link)
    let words = (text["report"] ?? "").split(separator: " ", maxSplits: 2)
    guard words.count == 3, let version = Int(words[1]) else { return nil }
    var report = IssuedReport(
      kind: String(words[0]),
      subject: ChainText.plain(words[2]),
      owner: text.plain("owner") ?? "",
      version: version
    )
    report.time = text.time
    report.by = text.plain("by") ?? ""
    report.reason = text.plain("reason") ?? ""
    report.digest = String(text["facts"] ?? "")
    for line in link.lines where line.hasPrefix("figure ") {
      let parts = line.split(separator: " ", maxSplits: 3)
      guard parts.count >= 3, let low = Int64(parts[1]) else { continue }
      report.figures.append(
        IssuedReport.Figure(
          name: parts.count == 4 ? ChainText.plain(parts[3]) : "",
          low: low,
          high: Int64(parts[2])
        )
      )
    }
    return report
  }
}

/// Puts a link behind the last of its chain, as one.
enum ChainWriting {
  static func add(
    _ lines: [String],
    source: String,
    time: String,
    to store: Store,
    program: String
  ) throws(StoreError) {
    try store.transaction { () throws(StoreError) in
      try store.add(
        ChainLink(
          after: try store.head(of: source),
          night: try store.lastNight()?.id ?? 0,
          source: source,
          time: time,
          program: program,
          lines: lines
        )
      )
    }
  }
}

/// The words of a link, by what their line begins with.
struct ChainText {
  private let lines: [String]

  init(_ link: ChainLink) { lines = link.lines }

  subscript(word: String) -> Substring? {
    lines.first { $0.hasPrefix(word + " ") }?.dropFirst(word.count + 1)
  }

  func plain(_ word: String) -> String? { self[word].map { Self.plain($0) } }

  var time: Timestamp? {
    guard var text = self["night"]?.split(separator: " ").last.map(String.init) else { return nil }
    return text.withUTF8 { TimeText.parse($0) }
  }

  /// What `NightKeeper.quoted` was given.
  static func plain(_ text: Substring) -> String {
    guard text.utf8.contains(0x5C) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == 0x5C, rest.first == 0x78, rest.count >= 3,
        let value = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
      else {
        bytes.append(byte)
        continue
      }
      bytes.append(value)
      rest = rest.dropFirst(3)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
