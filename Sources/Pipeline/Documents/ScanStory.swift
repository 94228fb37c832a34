public import EventModel
internal import Ingest

/// What a scan's `--format jsonl` tells: its incidents and its coverage, without a store.
///
/// A source is expected on each day from its first to its last line.
public struct ScanStory: Sendable {
  public let incidents: [Incident]
  private let coverage: JSONTree?

  /// Reads the lines; what is neither an incident nor coverage is left out.
  public init(lines text: String) {
    var incidents: [Incident] = []
    var coverage: JSONTree?
    for line in text.split(separator: "\n") {
      if let incident = IncidentReader.incident(in: String(line)) {
        incidents.append(incident)
      } else if let tree = JSONTree(String(line)), tree["kind"]?.string == "coverage" {
        coverage = tree
      }
    }
    self.incidents = incidents
    self.coverage = coverage
  }

  /// The case of an incident or of the incident of a finding; without an id, of the first.
  public func incidentCase(_ id: String?) -> IncidentCase? {
    let found = incidents.first { incident in
      guard let id else { return true }
      return incident.id == id || incident.findings.contains { $0.id == id }
    }
    guard let found else { return nil }
    var account = CoverageAccount(
      period: found.first.dayNumber()...max(found.first.dayNumber(), found.last.dayNumber())
    )
    account.sources = (coverage?["sources"]?.elements ?? []).compactMap(Self.source)
    let days = account.sources.flatMap(\.days).map(\.day)
    if let first = days.min(), let last = days.max() {
      account.period = first...last
      account.lastDay = last
    }
    var story = IncidentCase(found, coverage: account)
    story.knownOwners = incidents.reduce(into: []) { $0.formUnion($1.ownerNames) }
    story.knowsDays = false
    story.covered = covered
    story.newest = account.sources.compactMap(\.last).max()
    return story
  }

  /// What tickets explained; `nil` where the list is not there, or not whole.
  private var covered: [Coverage.ExplainedItem]? {
    guard let items = coverage?["explained_items"]?.elements,
      coverage?["explained_others"]?["reads"]?.integer == 0
    else { return nil }
    return items.compactMap { item in
      guard let name = item["instruction"]?.string, let first = Self.time(item["first"]),
        let kind = item["kind"]?.string.flatMap({ Coverage.ExplainedItem.Kind(rawValue: $0) }),
        let last = Self.time(item["last"])
      else { return nil }
      var read = Coverage.ExplainedItem(
        instruction: name,
        kind: kind,
        isLate: item["late"]?.bool ?? false,
        first: first,
        last: last
      )
      read.reads = item["reads"]?.integer ?? 0
      read.records = IncidentReader.volume(item["records"])
      read.accounts = item["accounts"]?.strings ?? []
      read.owners = item["owners"]?.strings ?? []
      read.hasMoreNames = item["more_names"]?.bool ?? true
      return read
    }
  }

  private static func source(_ tree: JSONTree) -> CoverageAccount.Source? {
    guard let name = tree["name"]?.string else { return nil }
    var source = CoverageAccount.Source(name: name, format: tree["format"]?.string ?? "")
    source.first = time(tree["first"])
    source.last = time(tree["last"])
    source.lines = tree["lines"]?.integer ?? 0
    source.rejected = tree["rejected"]?.integer ?? 0
    source.undatedLines = tree["undated_lines"]?.integer ?? 0
    var byDay: [Int: JSONTree] = [:]
    for item in tree["days"]?.elements ?? [] {
      if let day = day(item["day"]), (item["lines"]?.integer ?? 0) > 0 { byDay[day] = item }
    }
    guard let first = byDay.keys.min(), let last = byDay.keys.max(), last - first < 60_000 else {
      return source
    }
    source.days = (first...last).map { number in
      guard let item = byDay[number] else {
        return CoverageAccount.Day(day: number, state: .silent)
      }
      var day = CoverageAccount.Day(day: number, state: .seen)
      day.lines = item["lines"]?.integer ?? 0
      day.bytes = item["bytes"]?.integer ?? 0
      day.events = item["events"]?.integer ?? 0
      day.unknownVolume = item["unknown_volume"]?.integer ?? 0
      if day.unknownVolume > 0 { day.state = .unknownVolume }
      return day
    }
    return source
  }

  private static func time(_ tree: JSONTree?) -> Timestamp? {
    guard var text = tree?.string else { return nil }
    return text.withUTF8 { TimeText.parse($0) }
  }

  private static func day(_ tree: JSONTree?) -> Int? {
    guard let text = tree?.string, text.utf8.count == 10 else { return nil }
    var time = text + "T00:00:00Z"
    return time.withUTF8 { TimeText.parse($0) }?.dayNumber()
  }
}
