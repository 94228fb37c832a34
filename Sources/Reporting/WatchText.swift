public import EventModel

/// What a person reads while logs are followed.
///
/// A line an incident; names and paths from logs are escaped, and nothing else comes from them.
public struct WatchText: Sendable {
  public enum Language: String, Sendable, CaseIterable {
    case english, japanese
  }

  public let language: Language
  /// In which times are told, with their offset.
  public let zone: ReportZone

  public init(_ language: Language, zone: ReportZone = .utc) {
    (self.language, self.zone) = (language, zone)
  }

  /// An incident that is new or has grown, on one line.
  public func line(_ incident: Incident, isNew: Bool) -> String {
    let word = isNew ? text("raised", "検知") : text("grown", "増加")
    return
      "\(zone.stamp(incident.last)) \(word) \(severity(incident.severity)) \(subject(incident))"
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
    volume.low <= 0 && volume.knownHigh == nil
      ? text("unexplained records: unknown how many", "根拠未確認 件数不明")
      : text("unexplained ", "根拠未確認 ") + range(volume)
  }

  /// `5 or more records`, `3–5 records`.
  func range(_ volume: Volume) -> String {
    NumberText.interval(
      volume,
      language == .english ? .english : .japanese,
      unit: .records
    )
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
    /// Over all that was read of it: lines, those that could not be, and parts of logs that nobody has read.
    public var lines: Int64 = 0
    public var rejected: Int64 = 0
    public var gaps = 0
    /// Up to where it has told all, and whether others do not wait for that.
    public var mark: Timestamp?
    public var isIdle = false

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
  ///
  /// Incidents stand before sources, and their records before what names them: what does not fit falls off behind.
  public func lines(rows: Int, columns: Int, _ text: WatchText) -> [String] {
    let isLow = rows < 10
    var lines = isLow ? [] : [heading(text), ""]
    let ranked = incidents.filter { !$0.isExcepted }.sorted { left, right in
      (right.taken.low, left.id) < (left.taken.low, right.id)
    }
    var tail = faults(most: isLow ? 1 : rows < 20 ? 2 : 4, text)
    if unreadable > 0 {
      tail.append(
        text.text(
          "NOT READ  \(NumberText.counted(Int64(unreadable), "input"))",
          "読めない入力  \(unreadable) 件"
        )
      )
    }
    // However low the terminal, there is room for an incident.
    tail.removeFirst(max(0, tail.count - max(unreadable > 0 ? 1 : 0, rows - lines.count - 3)))
    // Of the lines that are left incidents get what they need, and no less than half.
    let left = max(0, rows - lines.count - 1 - tail.count)
    let wanted = sources.count + (isLow ? 1 : 2)
    let room = min(ranked.count, max(left - wanted, (left + 1) / 2))
    lines.append(heading(ranked.count, columns, text))
    lines += ranked.prefix(room).map { line(of: $0, columns, text) }
    lines += table(max(0, left - room), isLow, columns, text)
    return (lines + tail).prefix(rows).map { DisplayWidth.prefix($0, columns: columns) }
  }

  private func heading(_ text: WatchText) -> String {
    let zone = text.zone.title.map { " \($0)" } ?? ""
    return "ometsuke watch  \(text.zone.text(now))\(zone)  \(state)"
  }

  private func heading(_ count: Int, _ columns: Int, _ text: WatchText) -> String {
    columns < 30
      ? text.text("OPEN", "未解決") + " \(count)"
      : text.text("OPEN INCIDENTS", "未解決の事案") + "  \(count)"
  }

  private func line(
    of incident: IncidentList.Summary,
    _ columns: Int,
    _ text: WatchText
  ) -> String {
    let severity = text.severity(incident.severity)
    let actor = SafeText.escaped(incident.actor, limit: 80)
    guard columns >= 72 else {
      return "\(DisplayWidth.fitted(severity, columns: columns < 30 ? 5 : 9))"
        + " \(Self.short(incident.taken, text)) \(actor)"
    }
    return "  " + DisplayWidth.fitted(severity, columns: 14) + "\(text.records(incident.taken))  "
      + "\(actor)  \(incident.id)"
  }

  /// Records as a number or a range; `+`: or more.
  private static func short(_ volume: Volume, _ text: WatchText) -> String {
    let low = NumberText.grouped(volume.low)
    guard let high = volume.knownHigh else { return low + "+" }
    let language: NumberText.Language = text.language == .english ? .english : .japanese
    return volume.low == high
      ? low : NumberText.range(low, NumberText.grouped(high), language)
  }

  /// The sources in so many lines, with lag and rate where columns allow.
  private func table(_ room: Int, _ isLow: Bool, _ columns: Int, _ text: WatchText) -> [String] {
    let space = isLow ? [] : [""]
    guard room > space.count else { return [] }
    let width = columns >= 80 ? 11 : columns >= 72 ? 10 : 9
    // Only beside all others: what they say is asked for first.
    let hasMarks = columns >= 24 + 6 * 11
    let count = hasMarks ? 6 : columns >= 72 ? 5 : columns >= 40 ? 2 : 1
    let name = columns >= 80 ? 24 : columns >= 72 ? 22 : max(6, columns - count * width)
    func row(_ title: String, _ cells: [String]) -> String {
      DisplayWidth.fitted(title, columns: name)
        + cells.suffix(count).map { DisplayWidth.fitted($0, columns: width, right: true) }.joined()
    }
    let head = row(
      text.text("SOURCE", "情報源"),
      [
        text.text("logs", "ログ数"), text.text("events", "事象"), text.text("rejected", "読めない"),
        text.text("a second", "毎秒"),
      ] + (hasMarks ? [text.text("settled", "確定")] : []) + [text.text("behind", "遅れ")]
    )
    let rows = sources.map { source in
      let lag = source.newest.map { Self.span(now.nanoseconds - $0.nanoseconds, text) } ?? "-"
      return row(
        (columns >= 72 ? "  " : "") + SafeText.escaped(source.name, limit: 40),
        [
          "\(source.logs)", "\(source.events)", source.rejectedShare,
          "\(Int(source.rate.rounded()))",
        ] + (hasMarks ? [settled(source, text)] : []) + [lag]
      )
    }
    let most = room - space.count - 1
    guard rows.count > most, most > 1 else { return space + [head] + rows.prefix(most) }
    return space + [head] + rows.prefix(max(0, most - 1)) + ["  … \(rows.count - max(0, most - 1))"]
  }

  /// How long ago it is up to where a source has told all, or that others do not wait for it.
  private func settled(_ source: Source, _ text: WatchText) -> String {
    guard let mark = source.mark else { return "-" }
    return source.isIdle
      ? text.text("idle", "休止") : Self.span(now.nanoseconds - mark.nanoseconds, text)
  }

  /// The beginning of a line that fits.
  public static func fit(_ line: String, columns: Int) -> String {
    DisplayWidth.prefix(line, columns: columns)
  }

  private static func span(_ nanoseconds: Int64, _ text: WatchText) -> String {
    let seconds = max(0, nanoseconds / 1_000_000_000)
    return seconds < 120
      ? "\(seconds) \(text.text("s", "秒"))"
      : seconds < 7200
        ? "\(seconds / 60) \(text.text("min", "分"))"
        : seconds < 172_800
          ? "\(seconds / 3600) \(text.text("h", "時間"))"
          : "\(seconds / 86_400) \(text.text("d", "日"))"
  }
}
