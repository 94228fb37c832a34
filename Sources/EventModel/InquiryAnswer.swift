/// The answer to an owner who asks whether its records were taken: from the store alone.
///
/// All but `annex` names no other owner.
public struct InquiryAnswer: Sendable {
  public var owner: String
  public var period: ClosedRange<Int>
  /// Who examined, as stated; empty: nobody was named.
  public var examiner = ""
  public var coverage: CoverageAccount
  /// Records delivered by the owner, where declared.
  public var delivered: Int64?
  /// Records handled on a usual day (median of the days with any); `nil`: none was.
  public var usualDay: Int64?
  public var accounts: [Handler] = []
  public var terminals: [Handler] = []
  public var persons: [Handler] = []
  public var organisations: [Handler] = []
  public var tickets: [Ticket] = []
  public var takings: [Taking] = []
  /// Incidents whose owner could not be told.
  public var unattributed: [String] = []
  /// Incidents that concern the owner, whose takings lie outside the period.
  public var outside: [String] = []
  public var gaps: [Gap] = []
  /// Whether a register of delegations is declared at all.
  public var hasRegister = false
  /// Organisations that handled the records without an entry that was valid all the while.
  public var unregistered: [String] = []
  public var complaints: Complaints?
  public var annex: [OtherOwner] = []
  /// Heads of the chains of seals, by source, and the digest of what was declared.
  public var digests: [Digest] = []
  public var facts = InquiryConclusion.Facts()
  /// Every owner that is known of, declared or not: the answer to one names none of the others.
  public var knownOwners: Set<String> = []
  public var conclusion: InquiryConclusion { .of(facts) }

  public init(owner: String, period: ClosedRange<Int>, coverage: CoverageAccount) {
    self.owner = owner
    self.period = period
    self.coverage = coverage
  }

  public struct Handler: Sendable, Hashable {
    public var name: String
    /// Of an account: as declared now.
    public var organisation: String?
    public var role: String?
    public var persons: [String] = []
    public var isShared = false
    public var operations: Int64 = 0
    public var exports: Int64 = 0
    public var records = Volume.none
    public var bytes: Int64 = 0
    /// The part that no instruction covers; `nil`: not kept for such a handler.
    public var unexplained: Int64?
    /// Records by how their days stand to the instructions; `nil`: not kept for such a handler.
    public var authorisation: Authorisation?
    public var jobs: [String] = []
    /// Days since 1970.
    public var first = Int.max
    public var last = Int.min
    /// Whether all of it lies within the period.
    public var isExact = true

    public init(name: String) { self.name = name }
  }

  /// Records of days within, beyond and without instructions, and of days whose number the logs do not state.
  public struct Authorisation: Sendable, Hashable {
    public var within = Volume.none
    public var exceeded = Volume.none
    public var none = Volume.none
    public var unknown = Volume.none

    public init(_ days: some Sequence<HandlingDay>) {
      for day in days {
        switch day.match {
        case .within: within.add(day.records)
        case .exceeded: exceeded.add(day.records)
        case .none: none.add(day.records)
        case .unknown: unknown.add(day.records)
        }
      }
    }

    /// The four parts, in the order of `HandlingDay.Match`.
    public var parts: [(match: HandlingDay.Match, records: Volume)] {
      [(.within, within), (.exceeded, exceeded), (.none, none), (.unknown, unknown)]
    }
  }

  public struct Ticket: Sendable, Hashable {
    public var id: String
    public var account: String
    public var records: Int64
    public var most: Int64?
    public var last: Timestamp
    public init(id: String, account: String, records: Int64, most: Int64?, last: Timestamp) {
      self.id = id
      self.account = account
      self.records = records
      self.most = most
      self.last = last
    }
  }

  public struct Taking: Sendable, Hashable {
    public var incident: String
    public var severity: Severity
    public var confidence: Confidence
    public var accounts: [String]
    public var terminals: [String]
    public var detectors: [String]
    /// Of this owner.
    public var records: Volume
    public var first: Timestamp
    public var last: Timestamp
    public var isConfirmed = false
    public var isExcepted = false
    /// A person's decision that stands, other than a confirmation.
    public var decision: TriageAct?
    /// Whether whoever decided is among those whom the incident names: nobody clears himself.
    public var isOwnDecision = false
    /// The taking of the answer that it is a duplicate of; `nil`: of none.
    public var duplicateOf: String?

    /// Whether it still points to a taking of its own.
    ///
    /// Not so what an exception covers, and what a person outside of it holds to be legitimate.
    public var isSuspicion: Bool {
      guard !isExcepted, duplicateOf == nil else { return false }
      return !isCleared
    }

    /// Whether a person whom it does not name holds it to be no taking.
    public var isCleared: Bool {
      guard let decision, !isOwnDecision, !isConfirmed else { return false }
      return decision.kind.isClearing
    }
    /// SHA-256 of lines that show it.
    public var evidence: [String] = []

    public init(
      incident: String,
      severity: Severity,
      confidence: Confidence,
      records: Volume,
      first: Timestamp,
      last: Timestamp
    ) {
      self.incident = incident
      self.severity = severity
      self.confidence = confidence
      self.records = records
      self.first = first
      self.last = last
      accounts = []
      terminals = []
      detectors = []
    }
  }

  public struct Gap: Sendable, Hashable {
    public var stretch: CoverageAccount.Stretch
    /// The most distinct records that may have gone unseen: the owner's whole set; `nil`: not known.
    public var most: Int64?
    /// What goes by in so many usual days; `nil`: not known.
    public var usual: Int64?
    public init(stretch: CoverageAccount.Stretch, most: Int64?, usual: Int64?) {
      self.stretch = stretch
      self.most = most
      self.usual = usual
    }
  }

  public struct Digest: Sendable, Hashable {
    public var name: String
    public var sha256: String
    public init(name: String, sha256: String) {
      self.name = name
      self.sha256 = sha256
    }
  }

  /// For the examiner alone.
  public struct OtherOwner: Sendable, Hashable {
    public var owner: String
    /// Accounts and terminals that handled both owners' records.
    public var accounts: [String] = []
    public var terminals: [String] = []
    public var records = Volume.none
    /// Incidents that concern both.
    public var incidents: [String] = []
    public init(owner: String) { self.owner = owner }
  }

  /// How well each account's reading covers the subjects of the complaints.
  public struct Complaints: Sendable {
    /// Distinct subjects of the list.
    public var listed = 0
    /// Part of all subjects that is compared, per mille: less where samples had to be cut.
    public var comparedPermille: Int64 = 1000
    /// Of the list, those within that part; and those of them that any account is known to have opened.
    public var compared = 0
    public var opened = 0
    /// Distinct subjects opened by anybody, within the part compared.
    public var universe = 0
    /// Accounts compared: by so much each chance is multiplied (Bonferroni).
    public var tests = 0
    /// The least likely first.
    public var ranking: [Rank] = []

    public init() {}

    public struct Rank: Sendable, Hashable {
      public var account: String
      /// Distinct subjects it opened, and those of the list among them.
      public var opened: Int
      public var matched: Int
      public var expected: Double
      /// Chance to match as many, multiplied by the number of accounts.
      public var chance: Double
      public init(account: String, opened: Int, matched: Int, expected: Double, chance: Double) {
        self.account = account
        self.opened = opened
        self.matched = matched
        self.expected = expected
        self.chance = chance
      }

      /// Beyond chance, by five subjects at least.
      public var standsOut: Bool { chance < 0.001 && matched >= 5 }
    }
  }
}
