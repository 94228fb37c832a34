public import Estate
public import EventModel

/// Events to findings to incidents: one value that is fed rows in order of event time.
///
/// `apply` is `step(state, events) → state`: the whole state serialises (`snapshot`) and restores,
/// and holds no name of anybody's but those of accounts, terminals, owners and datasets; data
/// subjects are keyed hashes. Memory: 24 bytes an event of the last 24 hours and key, the ledger's
/// daily roll-ups of 366 days a line, the rows of the last minute.
public struct DetectionEngine: Sendable {
  static let formatVersion: UInt64 = 1

  let estate: DeclaredEstate
  let sources: [SourceDeclaration]
  let detectors: [(place: Int, detector: any Detector)]
  let needs: KeyState.Needs
  private let judgesSilence: Bool
  let register: UnrecognisedHandling
  let dayOffset: Int
  let bulkFloor: Int64
  let declaresDatasets: Bool
  let declaresInstructions: Bool
  let screen: BulkExportScreen

  var names = NameTable()
  var resolver: EstateResolver
  var matcher: AuthorisationMatcher
  var assembly = StatementAssembly()
  /// Largest exact read of each dataset or object so far.
  var learntSizes = LearntSizes()
  var keys: [[KeyState]] = Array(repeating: [], count: KeyKind.allCases.count)
  var keyPlaces: [NameIndex] = Array(repeating: NameIndex(), count: KeyKind.allCases.count)
  var findings: [FindingState] = []
  var openFindings: [FindingKey: Int] = [:]
  var actors: [ActorKey: ActorState] = [:]
  /// Keys of one kind at most: accounts, persons, terminals, organisations.
  static let keyLimit = 1 << 18
  /// Reads of keys beyond that bound: not judged, told in the coverage.
  public internal(set) var overflowedKeys: Int64 = 0
  /// Bulk reads by instruction, everybody's.
  public internal(set) var explained = Incident.AuthorisationCount()
  /// Ids of the caller's table → ids of ours; derived.
  private var translation: [UInt32] = []
  /// Keeps the reads of `warm` from being optimised away.
  private var warmth = 0

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
  ///
  /// The days of ledger, jobs and calendar are those of clocks that many seconds ahead of UTC.
  public init(
    estate: DeclaredEstate,
    sources: [SourceDeclaration],
    detectors chosen: Set<String>?,
    dayOffset: Int = 0
  ) {
    self.estate = estate
    self.sources = sources
    self.dayOffset = dayOffset
    var list: [(place: Int, detector: any Detector)] = []
    var needs: KeyState.Needs = []
    for (place, type) in DetectorRegistry.all.enumerated() where chosen?.contains(type.name) ?? true
    {
      list.append((place: place, detector: type.init(estate: estate)))
      needs.formUnion(type.needs)
    }
    detectors = list
    self.needs = needs
    judgesSilence = chosen?.contains(AuditSilence.name) ?? true
    screen = BulkExportScreen(estate: estate)
    bulkFloor = estate.policy.bulkFloor
    declaresDatasets = !estate.datasets.isEmpty
    declaresInstructions = !estate.jobs.isEmpty || !estate.tickets.isEmpty
    register = UnrecognisedHandling(estate: estate)
    resolver = EstateResolver(estate: estate)
    matcher = AuthorisationMatcher(estate: estate, dayOffset: dayOffset)
  }

  /// Takes rows in order of (time, digest).
  ///
  /// `table` holds their names; its ids only grow.
  public mutating func apply(_ rows: [EventRow], names table: NameTable) {
    for (index, row) in rows.enumerated() {
      if index % Self.warmRows == 0 { warm(rows, from: index) }
      guard row.operation.returnsRecords || row.statement != 0 else { continue }
      var own = row
      translate(&own, from: table)
      if own.statement == 0, assembly.isEmpty {
        handle(own)
        continue
      }
      assembly.add(own, names: &names)
      while let ready = assembly.next(before: own.time &- StatementAssembly.hold) { handle(ready) }
    }
  }

  /// Rows whose states are asked of memory at once.
  private static let warmRows = 16

  /// Reads the states of the next accounts, all at once: one after the other, each would wait for
  /// memory by itself.
  ///
  /// Changes nothing.
  private mutating func warm(_ rows: [EventRow], from start: Int) {
    let shelf = Int(KeyKind.account.rawValue)
    let end = min(rows.count, start + Self.warmRows)
    var sum = 0
    keys[shelf].withUnsafeBufferPointer { states in
      guard let first = states.baseAddress else { return }
      for index in start..<end {
        let id = ownID(rows[index].account)
        sum &+= resolver.warm(account: id)
        guard let place = keyPlaces[shelf][id] else { continue }
        sum &+= (first + place).pointee.warmCounters()
      }
      for index in start..<end {
        guard let place = keyPlaces[shelf][ownID(rows[index].account)] else { continue }
        sum &+= (first + place).pointee.windows.warmRing(value: ownID(rows[index].owner))
      }
    }
    warmth = sum
  }

  @inline(__always)
  private func ownID(_ id: NameID) -> UInt32 {
    let place = Int(id.rawValue)
    return place < translation.count ? translation[place] : 0
  }

  private mutating func translate(_ row: inout EventRow, from table: NameTable) {
    row.account = translate(row.account, from: table)
    row.terminal = translate(row.terminal, from: table)
    row.program = translate(row.program, from: table)
    row.object = translate(row.object, from: table)
    row.owner = translate(row.owner, from: table)
    row.ticket = translate(row.ticket, from: table)
    row.destination = translate(row.destination, from: table)
  }

  @inline(__always)
  private mutating func translate(_ id: NameID, from table: NameTable) -> NameID {
    guard id != .none else { return .none }
    let place = Int(id.rawValue)
    if place < translation.count, translation[place] != 0 {
      return NameID(rawValue: translation[place])
    }
    while translation.count <= place { translation.append(0) }
    let own = table.withBytes(of: id) { names.intern($0) }
    translation[place] = own.rawValue
    return own
  }

  /// Ends the run: what was held is judged, silence is judged, incidents are put together.
  public mutating func finish(coverage: Coverage) -> [Incident] {
    while let ready = assembly.next(before: .max) { handle(ready) }
    var incidents = assembleIncidents()
    if judgesSilence { incidents += AuditSilence(estate: estate).incidents(of: coverage) }
    return incidents.sorted(by: Self.isGraver)
  }

  /// Rank: by unexplained records of at least so many, then severity, then id.
  private static func isGraver(_ left: Incident, _ right: Incident) -> Bool {
    if left.severity != right.severity { return left.severity > right.severity }
    if left.records.low != right.records.low { return left.records.low > right.records.low }
    if left.records.high != right.records.high { return left.records.high > right.records.high }
    return left.id < right.id
  }
}
