public import Estate
public import EventModel

/// Events to findings to incidents: one value that is fed rows in order of event time.
///
/// `apply` is `step(state, events) → state`: the whole state serialises (`snapshot`) and restores,
/// and holds no name of anybody's but those of accounts, terminals, owners and datasets; data
/// subjects are keyed hashes. Memory: 24 bytes an event of the last 24 hours and key, the ledger's
/// daily roll-ups of 366 days a line, the rows of the last minute.
public struct DetectionEngine: Sendable {
  static let formatVersion: UInt64 = 2

  let estate: DeclaredEstate
  let sources: [SourceDeclaration]
  let detectors: [any Detector]
  /// Their places in the registry.
  let detectorPlaces: [Int]
  let needs: KeyState.Needs
  private let judgesSilence: Bool
  let dayOffset: Int
  let bulkFloor: Int64
  let declaresDatasets: Bool
  let declaresInstructions: Bool

  var names = NameTable()
  var resolver: EstateResolver
  var matcher: AuthorisationMatcher
  var register: DelegationRegister
  var assembly = StatementAssembly()
  /// Largest exact read of each dataset or object so far.
  var learntSizes = LearntSizes()
  var keys: InlineArray<4, [KeyState]> = .init(repeating: [])
  var keyPlaces: InlineArray<4, NameIndex> = .init(repeating: NameIndex())
  var findings: [FindingState] = []
  var openFindings: [FindingKey: Int] = [:]
  /// The lines that findings came to point to in the last call.
  public internal(set) var notedPlaces: [LinePlace] = []
  var actors: [ActorKey: ActorState] = [:]
  /// Keys of one kind at most: accounts, persons, terminals, organisations.
  static let keyLimit = 1 << 18
  /// Reads of keys beyond that bound: not judged, told in the coverage.
  public internal(set) var overflowedKeys: Int64 = 0
  /// Bulk reads by instruction, everybody's.
  public internal(set) var explained = Incident.AuthorisationCount()
  /// Complete rows, waiting to be handled together; empty between calls.
  private var ready: [EventRow] = []
  /// Whether an export was bounded by bytes for which nothing is declared.
  var assumesBytes = false
  /// Reads that were not held against instructions, everybody's.
  public internal(set) var routine = Coverage.RoutineReads()
  /// Ids of the caller's table → ids of ours; derived.
  private var translation: [UInt32] = []

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
    var list: [any Detector] = []
    var places: [Int] = []
    var needs: KeyState.Needs = []
    for (place, type) in DetectorRegistry.all.enumerated() where chosen?.contains(type.name) ?? true
    {
      list.append(type.init(estate: estate))
      places.append(place)
      needs.formUnion(type.needs)
    }
    detectors = list
    detectorPlaces = places
    self.needs = needs
    judgesSilence = chosen?.contains(AuditSilence.name) ?? true
    bulkFloor = estate.policy.bulkFloor
    declaresDatasets = !estate.datasets.isEmpty
    declaresInstructions =
      estate.declaresTickets || !estate.jobs.isEmpty || !estate.tickets.isEmpty
    register = DelegationRegister(estate: estate)
    resolver = EstateResolver(estate: estate)
    matcher = AuthorisationMatcher(
      estate: estate,
      lookup: resolver.lookup,
      dayOffset: dayOffset
    )
  }

  /// Takes rows in order of (time, digest).
  ///
  /// `table` holds their names; its ids only grow.
  public mutating func apply(_ rows: [EventRow], names table: NameTable) {
    notedPlaces.removeAll(keepingCapacity: true)
    for index in rows.indices {
      let operation = rows[index].operation
      if rows[index].statement == 0, assembly.isEmpty {
        guard operation.returnsRecords else { continue }
        ready.append(translated(rows[index], from: table))
      } else if operation.returnsRecords || rows[index].statement != 0 {
        let own = translated(rows[index], from: table)
        assembly.add(own, names: &names)
        while let row = assembly.next(before: own.time &- StatementAssembly.hold) {
          ready.append(row)
        }
      }
      if ready.count >= Self.readyRows { handleReady() }
    }
    handleReady()
  }

  /// Complete rows that are handled together, and how many of them are asked of memory at once: one
  /// after the other, each would wait for memory by itself.
  private static let readyRows = 128
  private static let prefetchRows = 16

  private mutating func handleReady() {
    var rows: [EventRow] = []
    swap(&rows, &ready)
    prefetchStates(rows, from: 0)
    for index in rows.indices {
      if index % Self.prefetchRows == 0 {
        prefetchStates(rows, from: index &+ Self.prefetchRows)
        prefetchRings(rows, from: index)
      }
      handle(rows[index])
    }
    rows.removeAll(keepingCapacity: true)
    swap(&rows, &ready)
  }

  @inline(__always)
  private func prefetchStates(_ rows: [EventRow], from start: Int) {
    for index in start..<max(start, min(rows.count, start &+ Self.prefetchRows)) {
      resolver.prefetch(account: rows[index].account, terminal: rows[index].terminal)
      prefetchState(.account, rows[index].account)
      if needs.contains(.otherKeys) { prefetchState(.terminal, rows[index].terminal) }
    }
  }

  @inline(__always)
  private func prefetchState(_ kind: KeyKind, _ name: NameID) {
    let shelf = Int(kind.rawValue)
    guard let place = keyPlaces[shelf][name.rawValue] else { return }
    KeyState.prefetchCounters(of: keys[shelf], at: place)
  }

  /// What the states, which are at hand by now, point to.
  @inline(__always)
  private mutating func prefetchRings(_ rows: [EventRow], from start: Int) {
    for index in start..<min(rows.count, start &+ Self.prefetchRows) {
      prefetchRing(.account, rows[index].account)
      if needs.contains(.otherKeys) { prefetchRing(.terminal, rows[index].terminal) }
    }
  }

  @inline(__always)
  private mutating func prefetchRing(_ kind: KeyKind, _ name: NameID) {
    let shelf = Int(kind.rawValue)
    guard let place = keyPlaces[shelf][name.rawValue] else { return }
    keys[shelf][place].windows.prefetchRing()
  }

  @inline(__always)
  private func ownID(_ id: NameID) -> UInt32 {
    let place = Int(id.rawValue)
    return place < translation.count ? translation[place] : 0
  }

  /// The row in our own names.
  @inline(__always)
  private mutating func translated(_ row: EventRow, from table: NameTable) -> EventRow {
    var own = row
    own.account = translate(row.account, from: table)
    own.terminal = translate(row.terminal, from: table)
    own.program = translate(row.program, from: table)
    own.object = translate(row.object, from: table)
    own.owner = translate(row.owner, from: table)
    own.ticket = translate(row.ticket, from: table)
    own.destination = translate(row.destination, from: table)
    return own
  }

  @inline(__always)
  private mutating func translate(_ id: NameID, from table: NameTable) -> NameID {
    let known = ownID(id)
    return known != 0 || id == .none ? NameID(rawValue: known) : learn(id, from: table)
  }

  @inline(never)
  private mutating func learn(_ id: NameID, from table: NameTable) -> NameID {
    let place = Int(id.rawValue)
    while translation.count <= place { translation.append(0) }
    let own = table.withBytes(of: id) { names.intern($0) }
    translation[place] = own.rawValue
    return own
  }

  /// Ends the run: what was held is judged, silence is judged, incidents are put together.
  public mutating func finish(coverage: Coverage) -> [Incident] {
    Array(finishList(coverage: coverage))
  }

  /// As `finish`, but each incident is put together when it is asked for.
  public mutating func finishList(coverage: Coverage) -> IncidentList {
    while let ready = assembly.next(before: .max) { handle(ready) }
    return incidentList(
      silence: judgesSilence ? AuditSilence(estate: estate).incidents(of: coverage) : []
    )
  }
}
