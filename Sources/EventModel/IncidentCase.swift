/// All that the store tells of one incident: what a report on it is made from.
public struct IncidentCase: Sendable {
  public var incident: Incident
  /// When the program first told of it, by the clock of the night; `nil`: not known.
  public var detected: Timestamp?
  /// When it last changed, likewise.
  public var changed: Timestamp?
  /// The latest event that was read.
  public var newest: Timestamp?
  public var coverage: CoverageAccount
  /// What its accounts did, day by day and owner by owner, from every terminal.
  public var days: [HandlingDay] = []
  /// Whether `days` tells of them: results of a scan tell of no day, which is not that nothing was read.
  public var knowsDays = true
  /// Storage devices that hosts told of from its first day to a month after its last; `nil`: not known.
  public var devices: DeviceUses?
  /// What each ticket covered, as the results of a scan tell it in place of days; `nil`: not known.
  public var covered: [Coverage.ExplainedItem]?
  public var history: [Change] = []
  public var acts: [TriageAct] = []
  public var digests: [InquiryAnswer.Digest] = []
  /// Reports issued about it before, in the order in which they were issued.
  public var issued: [IssuedReport] = []
  /// Terminals on which records of the owner were read that the report is for; `nil`: not known.
  public var terminalsOfOwner: Set<String>?
  /// Every owner that is known of, declared or not: a report to one names none of the others.
  public var knownOwners: Set<String> = []

  public init(_ incident: Incident, coverage: CoverageAccount) {
    self.incident = incident
    self.coverage = coverage
  }

  /// How it was dealt with.
  public var state: QuarterFacts.IncidentState {
    var state = QuarterFacts.IncidentState(incident, detected: detected)
    state.acts = acts
    state.changes = history.compactMap(\.time) + [changed].compactMap { $0 }
    return state
  }

  /// How it stood on a night that changed it.
  public struct Change: Sendable, Hashable {
    public var night: Int
    public var time: Timestamp?
    public var severity: Severity
    public var records: Volume
    public init(night: Int, time: Timestamp?, severity: Severity, records: Volume) {
      self.night = night
      self.time = time
      self.severity = severity
      self.records = records
    }
  }
}

/// What one account did on one day with the records of one owner.
public struct HandlingDay: Sendable, Hashable {
  /// Days since 1970.
  public var day: Int
  public var account: String
  /// Empty when no owner could be told.
  public var owner: String
  public var operations: Int64
  public var records: Volume
  /// The part, at its lower end, that no instruction covers.
  public var unexplained: Int64
  public var bytes: Int64
  /// Whether a bulk verb was among it.
  public var hasExport: Bool

  public init(day: Int, account: String, owner: String) {
    self.day = day
    self.account = account
    self.owner = owner
    operations = 0
    records = .none
    unexplained = 0
    bytes = 0
    hasExport = false
  }

  /// How the day stands to the instructions that were declared.
  public enum Match: String, Sendable, CaseIterable {
    case within, exceeded, none
    /// The logs state no number, so that it cannot be said.
    case unknown
  }

  public var match: Match {
    if unexplained > 0 { return unexplained < records.low ? .exceeded : .none }
    return records.low < records.high ? .unknown : .within
  }
}

/// What somebody did about an incident, as a link of the chain of decisions tells it.
public struct TriageAct: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    case confirmed, suspected, legitimate, duplicate
    case authorised
    case falsePositive = "false-positive"
    case underReview = "under-review"
    case assigned, comment, complaint

    /// Whether it settles what the incident is; the others go on with it.
    public var isDecision: Bool {
      switch self {
      case .confirmed, .legitimate, .duplicate, .authorised, .falsePositive: true
      case .suspected, .underReview, .assigned, .comment, .complaint: false
      }
    }

    /// Whether it says what the incident is, for good or for the time being.
    public var isJudgement: Bool { isDecision || self == .suspected || self == .underReview }

    /// Whether it says that nothing was taken.
    public var isClearing: Bool {
      switch self {
      case .legitimate, .authorised, .falsePositive: true
      case .confirmed, .suspected, .duplicate, .underReview, .assigned, .comment, .complaint: false
      }
    }
  }

  /// The id of a finding or an incident.
  public var id: String
  public var kind: Kind
  /// Who decided, and why or what.
  public var by: String
  public var text: String
  /// Who ran the program.
  public var author: String
  /// By the clock.
  public var time: Timestamp?
  /// Until when a legitimate one holds: the day, `2026-12-31`.
  public var until: String?
  /// The incident it is a duplicate of, the person it is assigned to, the reference of the complaint.
  public var refersTo: String?
  /// Whose customer complained, of a complaint; `nil`: nobody said.
  public var owner: String?

  public init(id: String, kind: Kind, by: String, text: String, author: String, time: Timestamp?) {
    self.id = id
    self.kind = kind
    self.by = by
    self.text = text
    self.author = author
    self.time = time
  }
}

/// A report that was issued: what it said in numbers, so that the next one can say what changed.
public struct IssuedReport: Sendable, Hashable {
  /// `incident`, `owner`, `quarterly`, ….
  public var kind: String
  /// The incident, quarter or period it is about.
  public var subject: String
  /// The owner it is for; empty: all.
  public var owner: String
  public var version: Int
  /// By the clock.
  public var time: Timestamp?
  public var by: String
  public var reason: String
  /// SHA-256 of its facts, in hexadecimal.
  public var digest: String
  /// Records by owner as it told them.
  public var figures: [Figure]

  public struct Figure: Sendable, Hashable {
    public var name: String
    public var low: Int64
    /// `nil`: nothing bounds them.
    public var high: Int64?
    public init(name: String, low: Int64, high: Int64?) {
      self.name = name
      self.low = low
      self.high = high
    }
  }

  public init(kind: String, subject: String, owner: String, version: Int) {
    self.kind = kind
    self.subject = subject
    self.owner = owner
    self.version = version
    by = ""
    reason = ""
    digest = ""
    figures = []
  }
}
