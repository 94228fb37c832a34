public import Estate
public import EventModel

/// Makes the report on an incident: overall, or for one owner and naming no other.
public struct CaseDocument: Sendable {
  let story: IncidentCase
  let estate: DeclaredEstate
  let lookup: EstateLookup
  let notes: ReportNotes
  let style: DocumentStyle
  /// The owner it is for; `nil`: overall.
  let owner: String?
  /// References of the owner's data subjects that the accounts opened.
  var subjects: SubjectReferences?
  var program = ""
  /// The version that is being issued, and who issues it; `nil`: a draft.
  var issue: IssuedReport?
  /// When it is written, by the clock; deadlines that have passed are marked.
  var now: Timestamp?

  public init(
    _ story: IncidentCase,
    _ estate: DeclaredEstate,
    _ notes: ReportNotes,
    style: DocumentStyle,
    owner: String? = nil
  ) {
    self.story = story
    self.estate = estate
    lookup = EstateLookup(estate)
    self.notes = notes
    self.style = style
    self.owner = owner
  }

  /// What is known of data subjects, without a name of any.
  public struct SubjectReferences: Sendable, Hashable {
    /// Opaque references, ascending, and whether they are all of those opened one by one.
    public var values: [UInt32]
    public var isComplete: Bool
    public init(values: [UInt32], isComplete: Bool) {
      self.values = values
      self.isComplete = isComplete
    }
  }

  public mutating func complete(
    program: String,
    now: Timestamp?,
    issue: IssuedReport?,
    subjects: SubjectReferences? = nil
  ) {
    self.program = program
    self.now = now
    self.issue = issue
    self.subjects = subjects
  }

  // MARK: Facts

  var incident: Incident { story.incident }
  var section: ReportNotes.Section { notes.incidents[incident.id] ?? ReportNotes.Section() }

  /// The owners it tells of: all, or the one.
  var owners: [Incident.OwnerCount] {
    guard let owner else { return incident.owners }
    return incident.owners.filter { $0.owner == owner }
  }

  var namedOwners: [Incident.OwnerCount] { owners.filter { !$0.owner.isEmpty } }

  /// Whether every record that was read is known to be somebody's.
  var isEveryOwnerKnown: Bool {
    owners.isEmpty ? incident.records.high == 0 : owners.allSatisfy { !$0.owner.isEmpty }
  }

  func declared(_ owner: String) -> Owner? { estate.owners.first { $0.name == owner } }

  func delivered(_ owner: String) -> Int64? {
    declared(owner)?.delivered
      ?? estate.datasets.filter { $0.owner == owner }.compactMap(\.size).max()
  }

  var days: [HandlingDay] {
    guard let owner else { return story.days }
    return story.days.filter { $0.owner == owner }
  }

  var first: Timestamp { owners.map(\.first).min() ?? incident.first }
  var last: Timestamp { owners.map(\.last).max() ?? incident.last }

  func sum(_ part: (Incident.OwnerCount) -> Volume, of owners: [Incident.OwnerCount]) -> Volume {
    owners.reduce(into: Volume.none) { $0.add(part($1)) }
  }

  /// Records that were taken, each read counted: the headline of every report on it.
  var gross: Volume { owner == nil ? incident.taken : sum(\.records, of: owners) }

  /// What people have decided, the newest last.
  var decision: TriageAct? {
    story.acts.last { $0.kind.isJudgement }
  }

  var acknowledged: Timestamp? {
    section.times["acknowledged-at"] ?? story.acts.compactMap(\.time).min()
  }

  var detected: Timestamp? { section.times["detected-at"] ?? story.detected }

  /// The figures that a version is known by.
  public var figures: [IssuedReport.Figure] {
    var found = owners.flatMap { item in
      [
        IssuedReport.Figure(
          name: item.owner,
          low: item.subjects.low,
          high: item.subjects.knownHigh
        ),
        IssuedReport.Figure(
          name: FigureWords.recordsPrefix + item.owner,
          low: item.records.low,
          high: item.records.knownHigh
        ),
      ] + Self.times(item.first, item.last, item.owner)
    }
    if owners.isEmpty { found += Self.times(first, last, "") }
    return found
      + namedOwners.compactMap { item in
        confirmedCount(item.owner).map {
          IssuedReport.Figure(name: FigureWords.confirmedPrefix + item.owner, low: $0, high: $0)
        }
      }
  }

  private static func times(
    _ first: Timestamp,
    _ last: Timestamp,
    _ owner: String
  ) -> [IssuedReport.Figure] {
    [(FigureWords.firstPrefix, first), (FigureWords.lastPrefix, last)].map { prefix, time in
      let seconds = time.nanoseconds / Timestamp.nanosecondsPerSecond
      return IssuedReport.Figure(name: prefix + owner, low: seconds, high: seconds)
    }
  }

  /// Whether what people decided still stands: an incident can have grown since, or a day be over.
  var openness: QuarterFacts.IncidentState.Openness {
    story.state.openness(today: now.map { style.zone.day(of: $0) })
  }

  var previous: IssuedReport? {
    story.issued.last {
      $0.kind == (owner == nil ? "incident" : "owner") && $0.owner == owner ?? ""
    }
  }

  // MARK: The document

  public func document() -> Document {
    let name = style.pick("Incident report", "個人データ漏えい等事案報告書")
    let title = owner == nil ? name : style.pick("Report to the owner", "委託元別報告書")
    var document = Document(owner == nil ? .incident : .owner, title: title, style: style)
    document.program = program
    document.isIssued = issue != nil
    document.subtitle = [.prose(style.term("incident_id") + " " + incident.id)]
    if let owner { document.subtitle = [.name(owner)] + document.subtitle }
    document.highlights = highlights
    document.sections =
      owner == nil
      ? [
        outline, report, deadlines, delegation, authority, actor, persons, views, causes,
        countermeasures, evidence, limits, decisions,
      ]
      : [
        outline, report, deadlines, persons, instruction, delegation, views, causes,
        countermeasures, evidence,
        limits, references,
      ]
    guard let owner else { return document }
    let mask = OwnerMask(
      owner,
      estate,
      known: story.knownOwners.union(incident.ownerNames).union(notedOwners),
      style: style
    )
    return document.mapTexts(mask.masked)
  }

  /// Owners whom people have named under the incident.
  private var notedOwners: Set<String> {
    let records = (section.records["owners"] ?? []) + (section.records["complaints"] ?? [])
    return Set(
      (records.map { $0["owner"] } + story.acts.map(\.owner)).compactMap { $0.map(owner(said:)) }
    )
  }

  private var highlights: [Document.Field] {
    let subjects = possiblePersons
    var fields = [
      Document.Field(
        "persons",
        style.pick("Persons possibly concerned", "おそれのある本人の数"),
        [.records(subjects)],
        note: style.pick("suspicion is not proof", "疑いであり、証明ではない")
      )
    ]
    if owner == nil {
      fields.append(
        Document.Field(
          "owners",
          style.pick("Owners", "委託元の数"),
          isEveryOwnerKnown
            ? [.number(Int64(namedOwners.count))]
            : [
              .number(Int64(namedOwners.count)),
              .words(
                style.pick("named; of other records the owner is unknown", "判明分。ほかに委託元不明の記録がある")
              ),
            ]
        )
      )
    } else {
      fields.append(
        Document.Field("share", style.term("ratio"), [namedOwners.first.map(ratio) ?? .unknown])
      )
    }
    fields.append(
      Document.Field(
        "period",
        style.pick("Period", "発生期間"),
        [
          .days(
            style.zone.dayNumber(
              of: first
            )...max(style.zone.dayNumber(of: first), style.zone.dayNumber(of: last))
          )
        ]
      )
    )
    fields.append(
      Document.Field(
        "severity",
        style.term("severity"),
        [.words(style.severity(incident.severity))],
        note: confidenceNote
      )
    )
    return fields
  }

  /// What the confidence is about: a taking, or that lines are missing, of which no number follows.
  private var confidenceNote: String {
    let words = style.confidence(incident.confidence)
    return incident.tellsOfMissingRecords
      ? style.pick(
        "confidence that records are missing or altered: \(words); what they told is unknown",
        "記録の欠落・改変についての確からしさ \(words)。失われた内容は不明"
      )
      : style.pick("confidence of the suspicion ", "疑いの確からしさ ") + words
  }

  // MARK: What it is

  private var outline: Document.Section {
    var part = Document.Section("summary", style.term("summary"))
    let told = section.texts["summary"]
    part.blocks = [
      .sentences(
        (owner == nil ? told?.map { .prose($0) } ?? [] : []) + [.prose(sentence)]
          + (readersNote.map { [.words($0)] } ?? []) + (decided.map { [.prose($0)] } ?? [])
      ),
      .fields([
        style.field("discovery_route", discovery),
        style.field("first_seen", .time(first)),
        style.field("last_seen", .time(last)),
        style.field("still_ongoing", ongoing),
      ]),
    ]
    if owner == nil {
      part.blocks.append(.table(findingTable))
    }
    return part
  }

  /// What people hold it to be by now: the figures are those of the records all the same.
  var decided: String? {
    guard let act = decision else { return nil }
    let when = act.time.map { style.time($0) } ?? style.unknown
    let until =
      act.until.map { style.text(style.told($0)) }
      .map { style.pick(", until \($0)", "(\($0)まで)") } ?? ""
    let word = style.act(act.kind) + style.outdated(openness)
    return style.pick(
      "Decided by people on \(when): \(word)\(until). The figures are what the records show, whatever was decided.",
      "人による判断(\(when)):\(word)\(until)。件数は判断にかかわらず記録が示すもの。"
    )
  }

  private var discovery: [Cell] {
    if let told = section.texts["discovery-route"], !told.isEmpty { return .proses(told) }
    guard detected != nil else { return [.unknown] }
    let rules = Set(findings.map(\.detector)).sorted().map { style.detector($0) }
      .joined(separator: style.pick(", ", "、"))
    return [
      .prose(
        style.pick(
          "found in the logs by own monitoring (rules: \(rules.isEmpty ? "of the whole incident" : rules))",
          "ログの常時点検による検知(規則:\(rules.isEmpty ? "事案全体" : rules))"
        )
      )
    ]
  }

  /// Whether what was last seen then may still go on; `nil`: nothing says up to when was read.
  func goesOn(after last: Timestamp) -> Bool? {
    story.newest.map { $0.nanoseconds - last.nanoseconds < 7 * Timestamp.nanosecondsPerDay }
  }

  private var ongoing: Cell {
    guard let newest = story.newest else { return .unknown }
    let read = style.time(newest)
    // Without a taking for a year nobody can say either: only what was read is told.
    return .words(
      goesOn(after: last) ?? true
        ? style.pick(
          "cannot be excluded: the last taking lies within a week of the last event read (\(read))",
          "継続の可能性を否定できない(最後の発生は読込み済みの最終時刻 \(read) から1週間以内)"
        )
        : style.pick(
          "none seen after that, in what was read up to \(read)",
          "読込み済みの \(read) までに、以後の発生は確認されていない"
        )
    )
  }
}
