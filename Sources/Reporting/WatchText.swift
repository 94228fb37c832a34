public import EventModel

/// What a person reads while logs are followed.
///
/// A line an incident; names and paths from logs are escaped, and nothing else comes from them.
public struct WatchText: Sendable {
  public enum Language: String, Sendable, CaseIterable {
    case english, japanese
  }

  let language: Language

  public init(_ language: Language) { self.language = language }

  /// An incident that is new or has grown, on one line.
  public func line(_ incident: Incident, isNew: Bool) -> String {
    let word = isNew ? text("raised", "検知") : text("grown", "増加")
    return "\(incident.last) \(word) \(severity(incident.severity)) \(subject(incident))"
      + " \(id(incident.id))\n"
  }

  private func subject(_ incident: Incident) -> String {
    var parts = [SafeText.escaped(incident.actor, limit: 120)]
    if let owner = incident.owners.first {
      let name =
        owner.owner.isEmpty
        ? text("owner unknown", "委託元不明") : SafeText.escaped(owner.owner, limit: 80)
      let more = incident.owners.count - 1
      parts.append(
        text("owner ", "委託元 ") + name
          + (more > 0 ? text(" and \(more) more", " ほか \(more) 件") : "")
      )
    }
    parts.append(records(incident.taken))
    let rules = Set(incident.findings.map(\.detector)).sorted()
    if !rules.isEmpty { parts.append(rules.joined(separator: "+")) }
    return parts.joined(separator: ", ")
  }

  public func records(_ volume: Volume) -> String {
    text("unexplained ", "根拠未確認 ") + range(volume)
  }

  /// `5 or more records`, `3 to 5 records`.
  func range(_ volume: Volume) -> String {
    volume.high == Volume.unbounded
      ? text("\(volume.low) or more records", "\(volume.low) 件以上")
      : volume.low == volume.high
        ? text("\(volume.low) records", "\(volume.low) 件")
        : text("\(volume.low) to \(volume.high) records", "\(volume.low)~\(volume.high) 件")
  }

  /// As the mail of a night has it; in English in capitals.
  func severity(_ severity: Severity) -> String {
    language == .english
      ? severity.name.uppercased() : TextNumbers(language: .japanese).severity(severity)
  }

  private func id(_ id: String) -> String { text("id ", "ID ") + id }

  /// Something to say that is no incident.
  public func note(english: String, japanese: String) -> String {
    text("note: ", "注記: ") + SafeText.escaped(text(english, japanese), limit: 2000) + "\n"
  }

  public func text(_ english: String, _ japanese: String) -> String {
    language == .english ? english : japanese
  }
}

/// One picture of what is being followed, as lines that fit a terminal.
public struct WatchScreen: Sendable {
  public struct Source: Sendable {
    public var name: String
    public var logs: Int
    public var events: Int64
    /// A second, over the last seconds.
    public var rate: Double
    public var newest: Timestamp?

    public init(name: String, logs: Int, events: Int64, rate: Double, newest: Timestamp?) {
      (self.name, self.logs, self.events) = (name, logs, events)
      (self.rate, self.newest) = (rate, newest)
    }
  }

  public var sources: [Source] = []
  public var incidents: [IncidentList.Summary] = []
  public var unreadable = 0
  /// Of the clock: how far the sources lag behind it.
  public var now: Timestamp
  public var state = ""

  public init(now: Timestamp) { self.now = now }

  /// At most `rows` lines of at most `columns` columns.
  public func lines(rows: Int, columns: Int, _ text: WatchText) -> [String] {
    var lines = ["ometsuke watch  \(now)  \(state)"]
    lines.append("")
    lines.append(
      DisplayWidth.fitted(text.text("SOURCE", "情報源"), columns: 24)
        + Self.cells([
          text.text("logs", "ログ数"), text.text("events", "事象"), text.text("a second", "毎秒"),
          text.text("behind", "遅れ"),
        ])
    )
    let room = max(1, (rows - 8) / 2)
    for source in sources.prefix(room) {
      let lag = source.newest.map { Self.span(now.nanoseconds - $0.nanoseconds) } ?? "-"
      lines.append(
        DisplayWidth.fitted("  " + SafeText.escaped(source.name, limit: 40), columns: 24)
          + Self.cells([
            "\(source.logs)", "\(source.events)", "\(Int(source.rate.rounded()))", lag,
          ])
      )
    }
    if sources.count > room { lines.append("  … \(sources.count - room)") }
    lines.append("")
    let open = incidents.filter { !$0.isExcepted }
    lines.append(text.text("OPEN INCIDENTS", "未解決の事案") + "  \(open.count)")
    let ranked = open.sorted { left, right in
      (right.taken.low, left.id) < (left.taken.low, right.id)
    }
    let left = max(0, rows - lines.count - 1)
    for incident in ranked.prefix(left) {
      lines.append(
        "  " + DisplayWidth.fitted(text.severity(incident.severity), columns: 14)
          + "\(SafeText.escaped(incident.actor, limit: 80))"
          + "  \(text.records(incident.taken))  \(incident.id)"
      )
    }
    if unreadable > 0 {
      lines.append(
        text.text("NOT READ  \(unreadable) inputs", "読めない入力  \(unreadable) 件")
      )
    }
    return lines.prefix(rows).map { DisplayWidth.prefix($0, columns: columns) }
  }

  /// The beginning of a line that fits.
  public static func fit(_ line: String, columns: Int) -> String {
    DisplayWidth.prefix(line, columns: columns)
  }

  private static func cells(_ texts: [String]) -> String {
    texts.map { DisplayWidth.fitted($0, columns: 12, right: true) }.joined()
  }

  private static func span(_ nanoseconds: Int64) -> String {
    let seconds = max(0, nanoseconds / 1_000_000_000)
    return seconds < 120
      ? "\(seconds) s"
      : seconds < 7200
        ? "\(seconds / 60) min"
        : seconds < 172_800 ? "\(seconds / 3600) h" : "\(seconds / 86_400) d"
  }
}
