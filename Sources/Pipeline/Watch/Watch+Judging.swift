public import EventModel
internal import Ingest
public import Storage

extension Watch {
  /// What was told of an incident.
  struct Told {
    var severity: Severity
    var low: Int64
    var high: Int64
    var findings: Int
    var at: Int64

    init(_ summary: IncidentList.Summary, at time: Int64) {
      (severity, low, high) = (summary.severity, summary.records.low, summary.records.high)
      (findings, at) = (0, time)
    }
  }

  /// An incident that is new, or has grown.
  public struct Change: Sendable {
    public var incident: Incident
    public var isNew: Bool
  }

  /// How it all stands.
  public struct Standing: Sendable {
    public var changes: [Change]
    /// The gravest first.
    public var incidents: [IncidentList.Summary]
    public var coverage: Coverage
  }

  /// Whether rows that came late are not judged yet.
  public var isBehind: Bool { engine.isStale }

  /// Lets rows that came late into what is judged.
  public func rebuild() { engine.rebuild() }

  /// Tells all incidents again.
  public func forgetTold() { told = [:] }

  /// Logs that are held open.
  public var logCount: Int { followed.count }

  /// Judges everything that was read.
  ///
  /// `rebuilds`: whether rows that came late are let in, which costs more. An incident that grows is told
  /// again when it has grown by a quarter, and at most a minute later. `isLast`: whatever is untold.
  public func judge(rebuilds: Bool = true, isLast: Bool = false) -> Standing {
    guard isLoaded else { return Standing(changes: [], incidents: [], coverage: Coverage()) }
    if rebuilds { engine.rebuild() }
    var shown = books
    var rows: [EventRow] = []
    for id in open.keys.sorted() {
      guard let end = open[id], let stream = streams[id],
        stream.missingSince == nil || pipeLogs[id] != nil,
        let source = planner.index(of: stream.source)
      else { continue }
      shown[source, default: CoverageBook(zone: scan.calendarZone)].merge(end.book)
      rows = RowOrder.merge(rows[...], end.rows[...], names)
    }
    let assembly = CoverageAssembly(
      sources: scan.sources,
      problems: problems + losses,
      estate: scan.assumptions()
    )
    var coverage = assembly.coverage(
      books: shown,
      notes: notes,
      overlap: OverlapCount(files: 0),
      leftOut: OverlapFilter([]),
      overflowed: 0,
      names: names
    )
    let (incidents, judged) = engine.judged(with: rows, coverage: coverage, names: names)
    coverage.complete(from: judged, estate)
    return Standing(
      changes: changes(incidents, isLast),
      incidents: incidents.summaries,
      coverage: coverage
    )
  }

  private func changes(_ incidents: IncidentList, _ isLast: Bool) -> [Change] {
    let now = Clock.steady()
    var changes: [Change] = []
    for (index, summary) in incidents.summaries.enumerated() where !summary.isExcepted {
      let before = told[summary.id]
      if let before {
        let (low, high) = (summary.records.low, summary.records.high)
        guard before.severity != summary.severity || before.low != low || before.high != high
        else { continue }
        let isMuch = low - before.low > before.low / 4 || summary.severity > before.severity
        guard isLast || isMuch || now - before.at >= 60_000_000_000 else { continue }
      }
      told[summary.id] = Told(summary, at: now)
      changes.append(Change(incident: complete(incidents[index]), isNew: before == nil))
    }
    return changes
  }

  /// An incident with the places of its evidence, and its digests where the log can be read.
  private func complete(_ incident: Incident) -> Incident {
    var plans: [Int: PlannedFile] = [:]
    for item in incident.findings.lazy.flatMap(\.evidence) {
      let id = Int(item.fileIndex)
      guard plans[id] == nil, let stream = streams[id], let facts = facts[id],
        let source = planner.index(of: stream.source),
        let format = planner.format(named: facts.format)
      else { continue }
      plans[id] = planner.planned(stream, facts, stream.path, source, format, waits: true)
      plans[id]?.place = followed[id]?.file.place
      if pipeLogs[id] != nil { plans[id]?.size = nil }
    }
    var reader = EvidenceReader(
      plans: plans,
      notes: notes,
      kept: kept,
      digests: [:],
      seams: [:],
      remembered: evidence
    )
    var whole = incident
    reader.prepare(for: IncidentList([incident]), chunkSize: scan.options.chunkSize)
    reader.complete(&whole)
    // As they are now: what is changed before the next night is known by it.
    for item in whole.findings.lazy.flatMap(\.evidence) {
      let line = EvidenceReader.line(of: item)
      guard evidence[line] == nil, evidence.count < NightKeeper.evidenceLimit else { continue }
      let hex = item.sha256.flatMap { NightKeeper.bytes($0) }
      guard let digest = kept[item.digest] ?? hex.flatMap({ SHA256(digest: $0) }) else { continue }
      evidence[line] = digest
      pending.evidence[line] = digest
    }
    return whole
  }

  /// A source as it is being read.
  public struct SourceState: Sendable {
    public var name: String
    public var logs: Int
    public var lines: Int64
    public var events: Int64
    /// Of the lines, those that could not be read.
    public var rejected: Int64
    /// Parts of its logs that were never read.
    public var gaps: Int
    /// The time of the newest event.
    public var newest: Timestamp?
    /// Up to where it has told all, and whether others do not wait for that.
    public var mark: Timestamp?
    public var isIdle = false
  }

  public var sources: [SourceState] {
    let logs = Dictionary(grouping: followed.keys.compactMap { streams[$0]?.source }) { $0 }
    return books.keys.sorted().compactMap { index in
      guard let book = books[index], index < scan.sources.count else { return nil }
      let days = book.allDays
      var state = SourceState(
        name: scan.sources[index].name,
        logs: logs[scan.sourceKeys[index]]?.count ?? 0,
        lines: days.reduce(0) { $0 + $1.lines } + book.undatedLines,
        events: days.reduce(0) { $0 + $1.events },
        rejected: book.rejected,
        gaps: unread.count { $0.source == scan.sourceKeys[index] },
        newest: days.last?.last
      )
      state.mark = engine.marks.mark(of: index).map { Timestamp(nanoseconds: $0) }
      state.isIdle = engine.marks.isIdle(index)
      return state
    }
  }

  public func takeNotices() -> [Notice] {
    defer { notices = [] }
    return notices
  }
}
