public import EventModel

/// A report as it is before it has a form: sections of fields, tables and pictures, in one language.
///
/// Texts of logs and of people are `Cell.name` and `Cell.prose` and stay as they are; each form makes
/// them harmless in its own way. What must be in it stands in `Kind.required`.
public struct Document: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case incident, owner, inquiry, quarterly, coverage, notification
  }

  public var kind: Kind
  public var style: DocumentStyle
  public var title: String
  public var subtitle: [Cell] = []
  /// Whether it was issued; else it is a draft and says so.
  public var isIssued = false
  /// The few numbers that come first.
  public var highlights: [Field] = []
  public var sections: [Section] = []
  /// Name and version of the program.
  public var program = ""

  public init(_ kind: Kind, title: String, style: DocumentStyle) {
    self.kind = kind
    self.title = title
    self.style = style
  }

  public struct Section: Sendable {
    public var key: String
    public var title: String
    public var blocks: [Block] = []

    public init(_ key: String, _ title: String) {
      self.key = key
      self.title = title
    }
  }

  public enum Block: Sendable {
    case fields([Field])
    case table(Table)
    case picture(Picture)
    case sentences([Cell])
  }

  public struct Field: Sendable {
    /// The name in the schema, of the case's table: `incident_id`.
    public var key: String
    public var label: String
    public var values: [Cell]
    public var note: String?

    public init(_ key: String, _ label: String, _ values: [Cell], note: String? = nil) {
      self.key = key
      self.label = label
      self.values = values
      self.note = note
    }
  }

  public struct Table: Sendable {
    public struct Column: Sendable {
      public var key: String
      public var title: String
      /// Whether its cells stand at the right.
      public var isNumeric: Bool
      public init(_ key: String, _ title: String, isNumeric: Bool = false) {
        self.key = key
        self.title = title
        self.isNumeric = isNumeric
      }
    }

    public var key: String
    public var title: String
    public var columns: [Column]
    public var rows: [[Cell]]
    /// How grave each row is, where a page that cannot hold all is to keep the gravest; empty: the first.
    public var weights: [Double] = []
    /// What stands there when there is no row: never nothing; it begins with "unknown" where nobody knows.
    public var empty: String
    /// Of a table that is a sheet of its own, to be signed: its title, whose and of when it is, and who signs.
    public var sheet: Sheet?
    public var note: String?

    public init(_ key: String, _ title: String, _ columns: [Column], empty: String) {
      self.key = key
      self.title = title
      self.columns = columns
      self.empty = empty
      rows = []
    }

    public struct Sheet: Sendable {
      public var title: String
      /// Above the table and below it.
      public var head: [Field]
      public var foot: [Field]
    }

    /// At most so many rows, in their order: the gravest.
    func shown(_ most: Int) -> [[Cell]] {
      guard rows.count > most else { return rows }
      guard weights.count == rows.count else { return Array(rows.prefix(most)) }
      return rows.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }.prefix(most)
        .sorted().map { rows[$0] }
    }

    /// What to say where a page holds only so many.
    func leftOut(_ most: Int, _ style: DocumentStyle) -> String? {
      guard rows.count > most else { return nil }
      let more = NumberText.grouped(Int64(rows.count - most))
      let which = weights.count == rows.count ? style.pick("smaller ", "比較的小さい") : ""
      return style.pick(
        "\(more) \(which.isEmpty ? "more " : which)rows: all of them are in CSV and JSON.",
        "ほか\(which.isEmpty ? " " : which) \(more) 行。全件は CSV・JSON にある。"
      )
    }
  }

  public struct Picture: Sendable {
    public var key: String
    public var title: String
    /// What it shows, for who cannot see it.
    public var summary: String
    public var chart: Chart
    /// The same in numbers.
    public var table: Table

    public init(_ key: String, _ title: String, summary: String, chart: Chart, table: Table) {
      self.key = key
      self.title = title
      self.summary = summary
      self.chart = chart
      self.table = table
    }
  }

  /// Says when it was made, where no field of it does.
  public mutating func date(at time: Timestamp) {
    guard kind != .incident, kind != .owner else { return }
    subtitle.append(.words(style.term("reported_at") + " " + style.time(time)))
  }

  // MARK: Completeness

  /// Every key that is there with a word.
  var keys: Set<String> {
    var found: Set<String> = []
    for field in highlights where !field.values.isEmpty { found.insert(field.key) }
    for block in sections.flatMap(\.blocks) {
      switch block {
      case .fields(let fields):
        for field in fields where !field.values.isEmpty && field.values.allSatisfy(\.hasWord) {
          found.insert(field.key)
        }
      case .table(let table):
        if !table.rows.isEmpty || !table.empty.isEmpty { found.insert(table.key) }
      case .picture(let picture):
        found.insert(picture.key)
        if !picture.table.rows.isEmpty || !picture.table.empty.isEmpty {
          found.insert(picture.table.key)
        }
      case .sentences: break
      }
    }
    // A section says something when any of its blocks does.
    for section in sections where section.blocks.contains(where: \.hasWord) {
      found.insert(section.key)
    }
    return found
  }

  /// Keys that the kind asks for and that are not there, or without a word.
  public var missing: [String] {
    let found = keys
    return kind.required.filter { !found.contains($0) }
  }
}

extension Document.Block {
  /// Whether there is a word in it: a table always says at least that it is empty.
  var hasWord: Bool {
    switch self {
    case .fields(let fields): fields.contains { $0.values.contains(where: \.hasWord) }
    case .sentences(let cells): cells.contains(where: \.hasWord)
    case .table(let table): !table.rows.isEmpty || !table.empty.isEmpty
    case .picture: true
    }
  }
}

extension Document.Kind {
  /// The thirteen headings of the supervision report, each with its figures beside the quarter before.
  static let headings = [
    "governance", "delegation_register", "volumes", "privileged_accounts", "detection",
    "log_health", "self_test", "media", "checklist", "other_contractors", "measures",
    "user_support", "incidents",
  ]

  /// What a report of the kind must say, if only that it is unknown.
  public var required: [String] {
    switch self {
    case .incident:
      [
        "report_kind", "version", "reported_at", "issued_by", "supersedes", "reason", "incident_id",
        "legal_reference",
        "detected_at", "acknowledged_at", "due_dates", "first_seen", "last_seen", "still_ongoing",
        "summary", "discovery_route", "delegation_chain", "contract_id", "consents",
        "authorisation", "instructions", "actor", "person_confidence", "server", "terminal",
        "media", "network", "channel", "data_categories", "data_flags", "confirmed", "suspected",
        "gross", "unique", "owner_unknown", "method", "per_owner", "causes", "secondary_damage",
        "support", "complaints", "notification_status", "publication_status", "containment",
        "measures", "other", "media_by_device", "sources", "gaps", "tamper_checks", "digests",
        "events", "limitations", "decision_log",
        "reviewer", "executive_signoff", "organisation", "representative", "registration",
        "contact",
      ]
    case .owner:
      [
        "report_kind", "version", "reported_at", "issued_by", "supersedes", "reason", "incident_id",
        "legal_reference", "organisation", "representative", "registration",
        "detected_at", "acknowledged_at", "due_dates", "owner",
        "owner_type", "summary", "discovery_route", "first_seen", "last_seen", "still_ongoing",
        "data_categories", "data_flags", "delivered", "confirmed",
        "suspected", "gross", "unique", "method", "ratio", "first", "last", "causes",
        "secondary_damage", "support", "complaints",
        "notification_status", "publication_status", "containment", "measures", "other", "sources",
        "coverage", "gaps", "tamper_checks", "digests", "events", "limitations", "subject_refs",
        "delegation_chain", "consents", "contact",
      ]
    case .inquiry:
      [
        "question", "period_asked", "period_covered", "handlers", "takings", "gaps", "digests",
        "examiner", "conclusion", "limitations",
      ] + VersionFields.keys
    case .quarterly:
      Self.headings + Self.headings.map { $0 + QuarterComparison.suffix }
        + [
          "organisation", "representative", "contact", "new_concerns", "corrections",
          "executive_signoff", "limitations",
        ]
        + VersionFields.keys
    case .coverage:
      ["period_covered", "coverage", "sources", "gaps", "digests", "limitations"]
        + VersionFields.keys
    case .notification: ["owner", "subject_refs", "suspected", "limitations"] + VersionFields.keys
    }
  }
}
