/// All that is held against one actor: a person, or an account and its terminals while the person
/// is unknown.
///
/// The same actor is the same incident for years.
public struct Incident: Sendable, Hashable {
  /// Derived from the actor; 16 hex digits.
  public var id: String
  public var severity: Severity
  public var confidence: Confidence { Confidence(of: findings) }
  /// The actor in words: `person:…`, `account:…`, `account:… terminal:…`, `terminal:…`, `source:…`.
  public var actor: String
  public var accounts: [String]
  public var persons: [String]
  /// Who may have been behind the accounts that several share, the likeliest first.
  public var candidates: [Candidate] = []
  public var terminals: [String]
  public var organisations: [String]
  /// Gross unexplained records of all findings' events, each event once.
  public var records: Volume
  /// Whose records were taken, and when; where small reads are all there is, or most of it, theirs.
  public var owners: [OwnerCount]
  /// Whose the records of an owner unknown may be, by name; empty where every record's owner is known or no
  /// owner is declared.
  public var possibleOwners: [PossibleOwner] = []
  /// Small reads beside the takings: in `records`, but not in `owners`, `first` and `last`.
  public var lookUps: LookUps?
  /// Whether its records are told in incidents of persons, too, so that they add nothing to a sum.
  public var repeatsRecords: Bool
  public var first: Timestamp
  public var last: Timestamp
  public var authorisation: AuthorisationCount
  /// Separate takings: runs of unexplained bulk reads with less than a day between them.
  public var episodes: Int64
  public var findings: [Finding]
  /// The exceptions of the estate file that its findings fall under, in order of name.
  public var exceptions: [Exception] = []
  /// Whether every finding is covered by an exception: shown and counted, not raised.
  public var isExcepted = false

  /// An exception as it stands at the end of the records.
  public struct Exception: Sendable, Hashable {
    public var name: String
    /// Who answers for it.
    public var responsible: String
    public var reason: String
    public var until: Timestamp
    /// Records that it may cover, and that came together under it in all incidents.
    public var ceiling: Int64
    public var records: Volume
    /// Whether its ceiling was passed: then it covers nothing.
    public var isPierced: Bool

    public init(
      name: String,
      responsible: String,
      reason: String,
      until: Timestamp,
      ceiling: Int64,
      records: Volume,
      isPierced: Bool
    ) {
      self.name = name
      self.responsible = responsible
      self.reason = reason
      self.until = until
      self.ceiling = ceiling
      self.records = records
      self.isPierced = isPierced
    }
  }

  public struct OwnerCount: Sendable, Hashable {
    /// Name of the owner; empty when no owner could be told.
    public var owner: String
    public var records: Volume
    /// What an instruction that came afterwards may cover.
    ///
    /// Of the upper end of `records`: reads that name no instruction and that one covers which was opened or approved
    /// afterwards, so that none of them may be a taking, or all (decision 0069). Never more than `records.high`.
    public var late: Int64 = 0
    /// Distinct data subjects as far as can be told; never more than delivered.
    public var subjects: Volume
    /// Upper end of subjects ÷ delivered, 0 … 1; `nil` when the size of the set is unknown.
    public var share: Double?
    public var first: Timestamp
    public var last: Timestamp

    public init(
      owner: String,
      records: Volume,
      subjects: Volume,
      share: Double?,
      first: Timestamp,
      last: Timestamp
    ) {
      self.owner = owner
      self.records = records
      self.subjects = subjects
      self.share = share
      self.first = first
      self.last = last
    }
  }

  /// A declared owner whose data may have been among records of which no log tells whose they were.
  public struct PossibleOwner: Sendable, Hashable {
    public var owner: String
    /// Data subjects beside those that `owners` counts of this owner: none, up to all that were delivered or
    /// as many as there are such records.
    public var subjects: Volume
    /// Upper end of `subjects` ÷ delivered, 0 … 1; `nil` when the size of the set is unknown.
    public var share: Double?

    public init(owner: String, subjects: Volume, share: Double?) {
      self.owner = owner
      self.subjects = subjects
      self.share = share
    }
  }

  /// Small reads of an actor who has also taken in bulk.
  ///
  /// They are in the incident because sums of weeks and years hold them, and are mostly a person's
  /// daily work; when they happened says nothing of when something was taken.
  public struct LookUps: Sendable, Hashable {
    public var records: Volume
    public var first: Timestamp
    public var last: Timestamp
    /// The largest first.
    public var owners: [Owner]

    public struct Owner: Sendable, Hashable {
      /// Empty when no owner could be told.
      public var owner: String
      public var records: Volume
      public var first: Timestamp
      public var last: Timestamp

      public init(owner: String, records: Volume, first: Timestamp, last: Timestamp) {
        self.owner = owner
        self.records = records
        self.first = first
        self.last = last
      }
    }

    public init(records: Volume, first: Timestamp, last: Timestamp) {
      self.records = records
      self.first = first
      self.last = last
      owners = []
    }
  }

  /// Records by how their instruction matched.
  ///
  /// Upper ends where only bounds are known.
  public struct AuthorisationCount: Sendable, Hashable {
    public var within: Volume = .none
    public var exceeded: Volume = .none
    public var late: Volume = .none
    public var none: Volume = .none
    public init() {}
  }

  public init(id: String, severity: Severity, actor: String, first: Timestamp, last: Timestamp) {
    self.id = id
    self.severity = severity
    self.actor = actor
    accounts = []
    persons = []
    terminals = []
    organisations = []
    records = .none
    owners = []
    lookUps = nil
    repeatsRecords = false
    self.first = first
    self.last = last
    authorisation = AuthorisationCount()
    episodes = 0
    findings = []
  }
}
