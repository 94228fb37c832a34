public import Estate
public import EventModel

/// Events to findings to incidents: one value that is fed rows in order of event time.
///
/// `apply` is `step(state, events) → state`: the whole state serialises (`snapshot`) and restores,
/// and holds no name of anybody's but those of accounts, terminals, owners and datasets; data
/// subjects are keyed hashes. Memory: 24 bytes an event of the last 24 hours and key, the ledger's
/// daily roll-ups of 366 days a line, the rows of the last minute.
public struct DetectionEngine: Sendable {
  static let formatVersion: UInt64 = 11
  /// The oldest that is still restored: what it lacks starts empty.
  static let oldestVersion: UInt64 = 4

  let estate: DeclaredEstate
  let sources: [SourceDeclaration]
  let detectors: [any Detector]
  /// Their places in the registry.
  let detectorPlaces: [Int]
  /// Those that judge hosts, and their places in the registry.
  let hostDetectors: [any HostDetector]
  let hostDetectorPlaces: [Int]
  let watchesHosts: Bool
  /// Whether events that are no reads are looked at: of hosts, or calls.
  let heedsOthers: Bool
  let needs: KeyState.Needs
  /// When any of them is to be asked, by `Role.index`.
  let attention: [Attention]
  /// Which of them then, by `Role.index`.
  let asked: [Asked]
  private let judgesSilence: Bool
  /// Days of ledger, jobs and calendar, and hours of the day, are those of the estate's zone.
  var clock: LocalClock
  public let bulkFloor: Int64
  let declaresAccounts: Bool
  let declaresDatasets: Bool
  let declaresInstructions: Bool
  let declaresTickets: Bool
  /// Whether rows of more than one source have come; the source of the newest row, -1 before the first;
  /// how many have come, as far as `Act.patience`.
  var hasSeveralSources = false
  var latestSource: Int32 = -1
  var earlyRows: Int32 = 0

  var names = NameTable()
  var resolver: EstateResolver
  var matcher: AuthorisationMatcher
  var register: DelegationRegister
  var assembly = StatementAssembly()
  var hosts = HostBook()
  /// Which devices were at which hosts.
  var devices = DeviceBook()
  /// Who may have been behind shared accounts.
  var persons = PersonBook()
  let roster: PersonRoster
  let calendar: WorkingCalendar
  /// Largest exact read of each dataset or object so far.
  var learntSizes = LearntSizes()
  /// Relations that hold records of declared ones.
  var derived = DerivedRelations()
  /// Downloads that two sources tell of.
  var twins = SourceTwins()
  /// Bulk reads that another source may tell of once more.
  var echoes = Echoes()
  /// What pages usually weigh.
  var weights = PageWeights()
  var keys: InlineArray<4, [KeyState]> = .init(repeating: [])
  var keyPlaces: InlineArray<4, NameIndex> = .init(repeating: NameIndex())
  /// Whether nearly all accounts are declared; derived.
  var accountRegister = AccountRegister()
  /// What is usual among the accounts of each role.
  var peers = PeerBook()
  /// Who was in which call, where records of calls are read.
  var calls = CallBook()
  /// Which names of accounts and terminals calls may concern; derived.
  var callParties = CallParties()
  var findings: [FindingState] = []
  var openFindings: [FindingKey: Int] = [:]
  /// When a finding of an account was last told, of whomever behind it; derived.
  var lastTold: [FindingKey: Int64] = [:]
  /// The lines that findings came to point to in the last call.
  public internal(set) var notedPlaces: [LinePlace] = []
  var actors = ActorBook()
  /// What accounts, persons and terminals have ever done, where a detector needs it.
  var profiles = ProfileBook()
  /// Keyed hashes of planted records.
  let canaries: Set<UInt64>
  /// Keys of one kind at most: accounts, persons, terminals, organisations.
  static let keyLimit = 1 << 18
  /// Reads of keys beyond that bound: not judged, told in the coverage.
  public internal(set) var overflowedKeys: Int64 = 0
  /// Bulk reads by instruction, everybody's.
  public internal(set) var explained = Incident.AuthorisationCount()
  /// Complete rows of several lines, waiting to be handled together; empty between calls.
  var ready: [EventRow] = []
  /// Whether an export was bounded by bytes for which nothing is declared.
  var assumesBytes = false
  /// Reads of whole tables that no dataset declares, of unknown number.
  var unlistedReads = UnlistedReads()
  /// What each ticket and job explained.
  var explainedBook = ExplainedBook()
  /// Reads that were not held against instructions, everybody's.
  public internal(set) var routine = Coverage.RoutineReads()
  /// Ids of the caller's table → ids of ours, 0 for those not met yet; derived.
  var translation: [UInt32] = []

  struct FindingKey: Hashable, Sendable {
    var detector: Int
    var kind: KeyKind
    var key: UInt32
    var owner: UInt32
    var subkey: String
    /// Two actors on one shared account have findings of their own.
    var actor: ActorKey
  }

  /// Runs the named detectors; `nil`: all.
  public init(
    estate: DeclaredEstate,
    sources: [SourceDeclaration],
    detectors chosen: Set<String>?
  ) {
    self.init(
      estate: estate,
      sources: sources,
      detectors: chosen,
      asksAlways: false
    )
  }

  /// `asksAlways`: detectors are asked of every read, whatever they attend to; the findings are the
  /// same.
  init(
    estate: DeclaredEstate,
    sources: [SourceDeclaration],
    detectors chosen: Set<String>?,
    asksAlways: Bool
  ) {
    self.estate = estate
    self.sources = sources
    var list: [any Detector] = []
    var places: [Int] = []
    var hostList: [any HostDetector] = []
    var hostPlaces: [Int] = []
    var needs: KeyState.Needs = []
    for (place, type) in DetectorRegistry.all.enumerated() where chosen?.contains(type.name) ?? true
    {
      if let type = type as? any HostDetector.Type {
        hostList.append(type.init(estate: estate))
        hostPlaces.append(place)
        continue
      }
      list.append(type.init(estate: estate))
      places.append(place)
      needs.formUnion(type.needs)
    }
    detectors = list
    detectorPlaces = places
    hostDetectors = hostList
    hostDetectorPlaces = hostPlaces
    watchesHosts = !hostList.isEmpty
    heedsOthers = watchesHosts || needs.contains(.sequences)
    let attentions = Role.allCases.map { role in
      list.map { asksAlways ? .always : $0.attention(to: role) }
    }
    attention = attentions.map { $0.reduce(.never) { $0.joined(with: $1) } }
    asked = attentions.map { Asked($0) }
    self.needs = needs
    judgesSilence = chosen?.contains(AuditSilence.name) ?? true
    bulkFloor = estate.policy.bulkFloor
    declaresAccounts = !estate.accounts.isEmpty
    declaresDatasets = !estate.datasets.isEmpty
    declaresTickets = estate.declaresTickets || !estate.tickets.isEmpty
    declaresInstructions = declaresTickets || !estate.jobs.isEmpty
    canaries = estate.canaryHashes
    register = DelegationRegister(estate: estate)
    calendar = WorkingCalendar(estate: estate)
    clock = LocalClock(zone: estate.policy.zone)
    roster = PersonRoster(estate: estate, clock: clock)
    resolver = EstateResolver(estate: estate)
    matcher = AuthorisationMatcher(
      estate: estate,
      lookup: resolver.lookup,
      clock: clock
    )
  }

  /// Ends the run: what was held is judged, silence is judged, incidents are put together.
  public mutating func finish(coverage: Coverage) -> [Incident] {
    Array(finishList(coverage: coverage))
  }

  /// As `finish`, but each incident is put together when it is asked for.
  public mutating func finishList(coverage: Coverage) -> IncidentList {
    settleActs(until: .max)
    while let ready = assembly.next(before: .max) { handle(ready) }
    settleHosts(until: .max - 1)
    tellHoles(of: coverage)
    return incidentList(
      silence: judgesSilence ? AuditSilence(estate: estate).incidents(of: coverage) : []
    )
  }
}
