internal import Detection
public import Estate
public import EventModel
internal import Ingest
public import Storage

/// How a night is run.
public struct NightlyOptions: Sendable {
  public var scan: ScanOptions
  /// Only these detectors; `nil`: all.
  public var detectors: Set<String>?
  /// The wall clock: names the night, and keeps times that are yet to come from settling anything.
  public var now: Timestamp
  /// How late a line may come where its source declares nothing, nanoseconds; `nil`: as the policy has it.
  public var lateness: Int64?
  /// Whether logs are being followed and somebody writes them.
  var isLive = false
  /// Logs that a watch has held open and read to their end.
  var drained: Set<Int> = []
  /// Severity from which the exit status is 1; `nil`: never.
  public var failOn: Severity?
  /// Name and version of the program.
  public var program: String
  /// SHA-256 of the estate file and its registers, and who runs it.
  public var estateDigest: [UInt8]
  public var author: String
  /// Runs since the last night that could not be evaluated.
  public var attempts: [NightAttempts.Attempt] = []
  /// How much of what waits is where.
  var waiting = WaitingShelf.Limits()

  public init(
    scan: ScanOptions,
    now: Timestamp,
    program: String,
    estateDigest: [UInt8],
    author: String
  ) {
    self.scan = scan
    self.now = now
    self.program = program
    self.estateDigest = estateDigest
    self.author = author
  }
}

extension NightlyOptions {
  /// As the estate declares what they leave open.
  func decided(by estate: DeclaredEstate) -> Self {
    var options = self
    options.lateness = lateness ?? estate.policy.lateness * Timestamp.nanosecondsPerSecond
    return options
  }

  /// How late a line may come where its source declares nothing, nanoseconds.
  var latest: Int64 { lateness ?? Policy().lateness * Timestamp.nanosecondsPerSecond }
}

/// What a night came to.
public struct NightlyOutcome: Sendable {
  public var night: StoredNight
  /// As one scan over all that was ever read would tell it.
  public var result: ScanResult
  /// Incidents and notices that were not told yet: tonight's, and those of nights that were cut off
  /// before they could tell.
  public var untold: [StoredIncident]
  public var notices: [Notice]
  /// What a watch goes on from: the engine as it is settled, and those nearer to the newest row.
  var live = LiveEngines()
  /// How many rows that wait were written and read.
  var work = WaitingShelf.Work()
}

/// Reads what is new since the last night, judges it with all that is remembered, and remembers it.
///
/// All of it goes into the store as one: whatever stops a night, the next one finds the store as the
/// night before had left it, and reads again.
public struct NightlyRun {
  private let estate: DeclaredEstate
  private let options: NightlyOptions
  private let scan: BatchScan

  public init(estate: DeclaredEstate, options: NightlyOptions) {
    self.estate = estate
    self.options = options.decided(by: estate)
    scan = BatchScan(estate: estate, options: options.scan)
  }

  /// `render` writes an incident as it is to be kept.
  public func run(
    in store: Store,
    render: @escaping (Incident) -> String
  ) async throws -> NightlyOutcome {
    var live: LiveEngines?
    return try await run(in: store, goingOnWith: &live, render: render)
  }

  /// `live`: engines of the watch that runs it, which know all that stands in the store; they are taken.
  func run(
    in store: Store,
    goingOnWith live: inout LiveEngines?,
    render: @escaping (Incident) -> String
  ) async throws -> NightlyOutcome {
    var handed = live
    live = nil
    let (now, program, author) = (options.now, options.program, options.author)
    let clerk = Clerk(program: program, author: author) { "\(now)" }
    store.clerk = clerk
    // Before anything is written: what is written takes its part as it stands.
    // Rows that wait are most of a store that is watched: they are looked at when it is opened.
    try store.accept(try store.partBreaches(but: handed == nil ? [] : ["held"]), clerk)
    try store.unlock(estate)
    store.name(ownersBy: estate)
    if let key = estate.storeKey, try store.keyCheck() == nil {
      _ = try KeyRotation.rotate(
        store,
        to: key,
        program: program,
        author: author,
        time: "\(now)"
      )
    }
    let isFirstKey =
      try estate.subjectKey != nil && store.lastNight() != nil && !store.countsUnderOwnKey()
    try store.noteSubjectKey(estate.subjectKey.map { StoreKey($0) })
    let detectors = KeptDetectors(chosen: options.detectors)
    if let before = try KeptDetectors(store), !detectors.follows(before) {
      throw StoreError.otherDetectors
    }
    let seconds = now.nanoseconds / Timestamp.nanosecondsPerSecond
    var night = try store.begin(seconds, program: program)
    var names = NameTable()
    var memory = try NightMemory(store, scan, names: &names)
    var planner = NightPlanner(scan, night: night.id, now: seconds, memory: memory)
    planner.isLive = options.isLive
    planner.drained = options.drained
    let unsealed = memory.streams.filter { memory.journal.streams.contains($0.id) }
    var plan = NightPlan()
    // A log that is renamed between the look at its folder and here is looked for again.
    for _ in 0..<3 {
      plan = try await planner.plan(
        seals: { [taken = memory.journal.taken] id in
          ((try? store.seals(of: id)) ?? []) + (taken[id].map { [$0.seal] } ?? [])
        },
        names: &names
      )
      if plan.hold(sealing: unsealed).isEmpty { break }
    }
    plan.scan.seed.names = names
    let shelf = WaitingShelf(store, sources: scan.sourceKeys, limits: options.waiting)
    let marks = memory.marks(scan, lateness: options.latest, upTo: now.nanoseconds)
    var engine = NightlyEngine(
      settled: try handed?.tiers.first?.engine ?? restored(memory),
      bound: memory.settled,
      newest: memory.newest,
      waiting: WaitingRows(memory.waiting, shelf),
      now: now.nanoseconds,
      marks: marks,
      ledger: LedgerDays(from: memory.ledgerDay),
      sightings: OwnerSightings(estate)
    )
    let isBetween = handed != nil
    if let handed { engine.goOn(with: handed) }
    handed = nil
    engine.others = memory.others
    try engine.readIn([memory.heldPack].compactMap { $0 } + memory.journal.packs)
    memory.heldPack = nil
    memory.journal.packs = []
    planner.memory = memory
    engine.readIn(plan.promoted, names: names)
    // What a watch has read is known as far as it waits to be judged.
    if !unsealed.isEmpty { engine.others.settle(engine.newestRead) }
    // Logs that a watch has followed and that have grown since are no collections of what was read before.
    if !isBetween || plan.scan.plans.values.contains(where: { $0.start?.offset ?? 0 == 0 }) {
      plan.scan.seed.earlier = EarlierRows(
        waiting: engine.waiting,
        read: engine.read,
        others: engine.others.rows,
        knownFrom: engine.others.known
      )
    }
    if options.isLive { engine.steps = WatchEngine.steps.filter { $0 < marks.greatest } }
    guard
      let (outcome, isSorted) = try await scan.read(&engine, plan.scan, leavesOutOverlaps: true)
    else {
      throw ScanError(message: "the night came to no end")
    }
    if let problem = shelf.problem { throw problem }
    try plan.checkHeld()
    var evidence = EvidenceReader(
      plans: planner.evidencePlans(plan),
      notes: outcome.notes,
      kept: [:],
      digests: outcome.digests,
      seams: [:],
      remembered: memory.evidence
    )
    evidence.prepare(for: outcome.incidents, chunkSize: options.scan.chunkSize)
    var coverage = outcome.coverage
    if let judged = engine.judged { coverage.complete(from: judged, estate) }
    let result = ScanResult(
      // Logs are read by the files that are held open.
      incidents: outcome.incidents.mapped { [evidence, held = plan.held] incident in
        withExtendedLifetime(held) { evidence.complete(&incident) }
      },
      coverage: coverage,
      files: evidence.notes,
      wasSorted: isSorted,
      spilledBytes: outcome.spilledBytes
    )
    night.finished = seconds
    night.newest = engine.newest == .min ? nil : engine.newest
    night.settled = engine.bound == .min ? nil : engine.bound
    night.files = plan.scan.plans.count
    night.bytes = plan.bytes
    night.estate = options.estateDigest
    plan.breaches = try SealBreach.told(plan, memory, store)
    plan.unread = try planner.unread(plan)
    var keeper = NightKeeper(
      store: store,
      scan: scan,
      options: options,
      memory: memory,
      plan: plan,
      render: render
    )
    keeper.isFirstKey = isFirstKey
    engine.shelve()
    if let problem = shelf.problem { throw problem }
    try keeper.keep(&night, outcome, engine, result)
    var done = NightlyOutcome(
      night: night,
      result: result,
      untold: try store.incidents().filter(\.isUntold),
      notices: try store.notices(untold: true).map(\.notice)
    )
    if options.isLive {
      done.live.names = engine.names
      done.live.tiers = [(engine.settled, engine.bound)] + engine.near
    }
    done.work = shelf.work
    return done
  }

  /// The engine as the last night settled it.
  func restored(_ memory: NightMemory) throws -> DetectionEngine {
    guard let state = memory.engine else {
      return DetectionEngine(
        estate: BatchScan.hashingCanaries(of: estate),
        sources: scan.sources,
        detectors: options.detectors
      )
    }
    do throws(StateError) {
      return try DetectionEngine(
        restoring: StateReader(length: state.length, next: state.nextOrNone),
        estate: BatchScan.hashingCanaries(of: estate),
        sources: scan.sources,
        detectors: options.detectors,
        keptBy: memory.detectors?.all
      )
    } catch {
      throw state.problem ?? StoreError.otherState(error)
    }
  }
}
