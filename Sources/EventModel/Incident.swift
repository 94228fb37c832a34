/// All that is held against one actor: a person, or an account and its terminals while the person
/// is unknown.
///
/// The same actor is the same incident for years.
public struct Incident: Sendable, Hashable {
  /// Derived from the actor; 16 hex digits.
  public var id: String
  public var severity: Severity
  /// The actor in words: `person:…`, `account:…`, `account:… terminal:…`, `terminal:…`, `source:…`.
  public var actor: String
  public var accounts: [String]
  public var persons: [String]
  public var terminals: [String]
  public var organisations: [String]
  /// Gross unexplained records of all findings' events, each event once.
  public var records: Volume
  public var owners: [OwnerCount]
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
    self.first = first
    self.last = last
    authorisation = AuthorisationCount()
    episodes = 0
    findings = []
  }
}
