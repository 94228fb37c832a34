internal import Detection
public import Estate
public import EventModel
internal import Ingest
public import Storage

/// Puts together from the store what reports are made of.
///
/// Cost: the ledger's days of the period are read once; the engine's state is restored once where the last night
/// laid nothing beside it that holds for who asks (`EngineExtract`).
public struct CaseStudy {
  let store: Store
  let estate: DeclaredEstate
  let coverage: CoverageStudy
  /// How long after the last taking a device may still belong to it.
  private static let daysOfRemoval = 30

  /// What people did after this is not told; `nil`: all is.
  public var now: Timestamp?
  private let clock: LocalClock
  private let nights: [Int: StoredNight]
  let engine: StoredEngine

  /// `basis`: who asks; `nil`: the engine is restored where it is needed.
  public init(
    _ store: Store,
    _ estate: DeclaredEstate,
    _ coverage: CoverageStudy,
    basis: ExtractBasis? = nil
  ) throws {
    self.store = store
    self.estate = estate
    self.coverage = coverage
    clock = LocalClock(zone: estate.policy.zone)
    engine = StoredEngine(store, estate, basis: basis)
    nights = Dictionary(uniqueKeysWithValues: try store.nights().map { ($0.id, $0) })
  }

  /// All incidents that stand, the gravest first, those that exceptions cover last.
  public func incidents() throws -> [Incident] {
    try store.incidents().filter { !$0.isWithdrawn }.compactMap(store.incident(in:)).sorted {
      ($0.isExcepted ? 1 : 0, $1.severity, $1.records.low, $0.id)
        < ($1.isExcepted ? 1 : 0, $0.severity, $0.records.low, $1.id)
    }
  }

  /// The case of an incident or of the incident of a finding; `nil`: none has the id.
  public func incidentCase(_ id: String) throws -> IncidentCase? {
    guard let stored = try store.evidence(of: id)?.incident,
      let incident = store.incident(in: stored)
    else { return nil }
    let period = day(incident.first)...max(day(incident.first), day(incident.last))
    var found = IncidentCase(incident, coverage: try coverage.account(period))
    found.detected = time(of: stored.firstNight)
    found.changed = time(of: stored.changedNight)
    found.newest = try store.lastNight()?.newest.map { Timestamp(nanoseconds: $0) }
    found.days = try handling(period, accounts: Set(incident.accounts))
    // What was gathered may be carried away later.
    let after = period.upperBound + Self.daysOfRemoval
    found.devices = try devices(period.lowerBound...after)
    found.coverage.differences += try differences(period)
    found.history = try store.history().filter { $0.incident == stored.id }.map {
      IncidentCase.Change(
        night: $0.night,
        time: time(of: $0.night),
        severity: $0.severity,
        records: Volume(
          low: $0.low,
          high: $0.high,
          quality: $0.low == $0.high
            ? .exact : $0.high == Volume.unbounded ? .unknown : .estimated
        )
      )
    }
    let ids = Set(incident.findings.map(\.id) + [incident.id])
    found.acts = try acts().filter { ids.contains($0.id) }
    found.digests = try digests(found.coverage)
    found.knownOwners = try knownOwners()
    found.issued = try ReportLog.all(in: store).filter { $0.subject == incident.id }
    return found
  }

  /// What people have done, up to now.
  func acts() throws -> [TriageAct] {
    try TriageLog.all(in: store).filter { act in
      now.flatMap { now in act.time.map { $0 <= now } } ?? true
    }
  }

  /// The day of the estate's calendar.
  func day(_ time: Timestamp) -> Int { clock.reading(at: time.nanoseconds).day }

  /// Midnight of a day of the estate's calendar.
  func start(of day: Int) -> Timestamp { Timestamp(nanoseconds: clock.start(of: day)) }

  func time(of night: Int) -> Timestamp? {
    nights[night].map { Timestamp(seconds: $0.started) }
  }

  /// Heads of the chains of the sources, and the digest of what is declared.
  public func digests(_ account: CoverageAccount) throws -> [InquiryAnswer.Digest] {
    var found: [InquiryAnswer.Digest] = []
    for source in account.sources where source.pieces > 0 {
      let isDeclared = estate.sources.contains { $0.name == source.name }
      let head = try store.head(of: isDeclared ? source.name : "format \(source.name)")
      found.append(InquiryAnswer.Digest(name: source.name, sha256: ChainLink.hex(head)))
    }
    if let declared = try store.lastNight()?.estate {
      found.append(
        InquiryAnswer.Digest(name: ChainSource.declarations, sha256: ChainLink.hex(declared))
      )
    }
    return found
  }

  // MARK: Persons concerned

  /// Opaque references of the owner's data subjects whose records the accounts opened one by one, over all
  /// years; `nil`: no night kept any.
  public func subjects(
    of owner: String,
    opened accounts: [String]
  ) throws -> (values: [UInt32], isComplete: Bool)? {
    let kept = try store.subjects(of: Array(owner.utf8))
    guard estate.subjectKey != nil else { return nil }
    let wanted = Set(accounts.map { Array($0.utf8) })
    var sample = SubjectSample()
    var isComplete = true
    for item in kept where wanted.contains(item.account) {
      if item.sample.bound != .max { isComplete = false }
      sample.merge(item.sample.values)
    }
    if sample.bound != .max { isComplete = false }
    return (sample.values, isComplete)
  }

  // MARK: The engine

  func restoredEngine() throws -> DetectionEngine? {
    guard case .engine(let engine) = try engine.restored() else { return nil }
    return engine
  }

  /// Devices at hosts in the months of these days; `nil`: no night has left a state.
  func devices(_ days: ClosedRange<Int>) throws -> DeviceUses? {
    if let extract = try engine.extract() { return extract.devices.uses(on: days) }
    return try restoredEngine()?.deviceUses(on: days)
  }

  /// What is unknown of these days since the engine's state cannot be read.
  func differences(_ period: ClosedRange<Int>) throws -> [StoreDifference] {
    let first = try engine.firstOpenDay()
    guard first ?? .min <= period.upperBound, try engine.extract() == nil,
      case .unreadable = try engine.restored()
    else {
      return []
    }
    return [.state(unknownFrom: first.map { max($0, period.lowerBound) })]
  }

  // MARK: What accounts did

  private struct Key: Hashable {
    var day: Int
    var account: Int
    var owner: Int
  }

  /// Names as small numbers, in the order in which they were met.
  private struct Numbering {
    var names: [String] = []
    private var numbers: [String: Int] = [:]

    mutating func number(_ name: String) -> Int {
      if let known = numbers[name] { return known }
      numbers[name] = names.count
      names.append(name)
      return names.count - 1
    }
  }

  /// What accounts did on those of the days that are in no ledger yet.
  private func openLines(
    _ period: ClosedRange<Int>,
    _ restored: DetectionEngine?
  ) throws -> [EngineExtract.Line] {
    let first = max(try engine.firstOpenDay() ?? .min, period.lowerBound)
    guard first <= period.upperBound else { return [] }
    if restored == nil, let extract = try engine.extract() {
      return extract.lines.filter { $0.day >= first && $0.day <= period.upperBound }
    }
    guard let engine = try restored ?? restoredEngine() else { return [] }
    return EngineExtract.lines(
      of: engine,
      from: Int32(clamping: first),
      before: Int32(clamping: period.upperBound + 1)
    )
  }

  /// What accounts did on the days, in order of day, account and owner; `nil`: all accounts.
  ///
  /// `restored`: the engine at the end of the last night, where somebody has it already.
  func handling(
    _ period: ClosedRange<Int>,
    accounts wanted: Set<String>? = nil,
    restored: DetectionEngine? = nil
  ) throws -> [HandlingDay] {
    var numbering = Numbering()
    var sums: [Key: HandlingDay] = [:]
    func add(_ day: Int, _ account: Int, _ owner: Int, _ change: (inout HandlingDay) -> Void) {
      let key = Key(day: day, account: account, owner: owner)
      var sum =
        sums[key]
        ?? HandlingDay(
          day: day,
          account: numbering.names[account],
          owner: numbering.names[owner]
        )
      change(&sum)
      sums[key] = sum
    }
    let names = try store.ledgerNames()
    var known: [Int64: Int] = [:]
    for (id, bytes) in names.sorted(by: { $0.key < $1.key }) {
      known[id] = numbering.number(String(decoding: bytes, as: UTF8.self))
    }
    let none = numbering.number("")
    var owners = known
    for (id, bytes) in try store.ledgerOwners() where bytes != names[id] {
      owners[id] = numbering.number(String(decoding: bytes, as: UTF8.self))
    }
    var ids: Set<Int64>?
    // What no name is known of has the empty one.
    if let wanted, !wanted.contains("") {
      ids = Set(known.lazy.filter { wanted.contains(numbering.names[$0.value]) }.map(\.key))
    }
    try store.ledgerColumns(period, of: ids) { day, columns in
      guard columns.count == 10 else { return }
      for row in columns[0].indices {
        let account = known[columns[0][row]] ?? none
        if let wanted, !wanted.contains(numbering.names[account]) { continue }
        let operation = Operation(rawValue: UInt8(clamping: columns[3][row])) ?? .other
        guard operation.returnsRecords else { continue }
        let low = columns[5][row]
        let quality = columns[6][row]
        let records = Volume(
          low: low,
          high: quality == 0 ? low : columns[7][row],
          quality: quality == 0
            ? .exact : VolumeQuality(rawValue: UInt8(clamping: quality - 1)) ?? .unknown
        )
        add(day, account, owners[columns[1][row]] ?? none) {
          $0.add(
            operation,
            columns[4][row],
            records,
            columns[8][row],
            columns[9][row] &+ low
          )
        }
      }
    }
    for line in try openLines(period, restored) {
      let account = String(decoding: line.account, as: UTF8.self)
      if let wanted, !wanted.contains(account) { continue }
      let owner = String(decoding: line.owner, as: UTF8.self)
      add(line.day, numbering.number(account), numbering.number(owner)) {
        $0.add(line.operation, line.operations, line.records, line.bytes, line.unexplained)
      }
    }
    return sums.values.sorted {
      ($0.day, $0.account, $0.owner) < ($1.day, $1.account, $1.owner)
    }
  }
}

extension HandlingDay {
  fileprivate mutating func add(
    _ operation: EventModel.Operation,
    _ count: Int64,
    _ volume: Volume,
    _ size: Int64,
    _ uncovered: Int64
  ) {
    operations &+= count
    records.add(volume)
    bytes &+= size
    unexplained &+= uncovered
    if operation == .export { hasExport = true }
  }
}
