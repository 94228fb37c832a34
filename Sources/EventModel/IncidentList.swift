/// The incidents of a scan, the gravest first: what ranks them is at hand, the rest of each is put
/// together when it is asked for.
///
/// Memory: a summary each; an incident with its findings takes a hundred times as much.
public struct IncidentList: RandomAccessCollection, Sendable {
  /// What ranks and counts an incident.
  public struct Summary: Sendable, Hashable {
    public var id: String
    public var severity: Severity
    /// The actor in words.
    public var actor: String
    public var records: Volume
    /// As `Incident.taken`.
    public var taken: Volume
    /// As `Incident.isExcepted`.
    public var isExcepted: Bool

    public init(
      id: String,
      severity: Severity,
      actor: String,
      records: Volume,
      taken: Volume,
      isExcepted: Bool = false
    ) {
      self.id = id
      self.severity = severity
      self.actor = actor
      self.records = records
      self.taken = taken
      self.isExcepted = isExcepted
    }

    public init(_ incident: Incident) {
      self.init(
        id: incident.id,
        severity: incident.severity,
        actor: incident.actor,
        records: incident.records,
        taken: incident.taken,
        isExcepted: incident.isExcepted
      )
    }
  }

  /// In the order of the incidents, those that exceptions cover last.
  public let summaries: [Summary]
  private let make: @Sendable (Int) -> Incident

  /// `make` puts together the incident of a summary; the same every time.
  public init(_ summaries: [Summary], make: @escaping @Sendable (Int) -> Incident) {
    self.summaries = summaries
    self.make = make
  }

  public init(_ incidents: [Incident]) {
    self.init(incidents.map(Summary.init)) { incidents[$0] }
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { summaries.count }
  public subscript(index: Int) -> Incident { make(index) }

  /// The same incidents, each changed when it is put together.
  public func mapped(_ change: @escaping @Sendable (inout Incident) -> Void) -> IncidentList {
    IncidentList(summaries) { [make] index in
      var incident = make(index)
      change(&incident)
      return incident
    }
  }
}
