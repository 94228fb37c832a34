internal import Detection
public import Estate
public import EventModel
internal import Glibc
internal import Ingest
internal import Network
public import Storage

/// How logs are followed.
public struct WatchOptions: Sendable {
  /// What a night is run with: the watch begins and ends with one.
  public var night: NightlyOptions
  /// Rows in the journal after which a night is run between.
  public var journalRows = 2_000_000
  /// Seconds after which a night is run between.
  public var journalSeconds: Int64 = 6 * 3600
  /// Seconds for which a log that is gone from its folder and does not grow is held open.
  public var patience: Int64 = 30
  /// Seconds for which a file that begins as a log does and does not grow is taken for a copy that
  /// somebody is still making.
  public var copyPatience: Int64 = 60

  public init(night: NightlyOptions) { self.night = night }
}

/// Follows logs from the line at which the last night stopped, and judges as they grow.
///
/// Starts and ends with a night (`NightlyRun`), from which it goes on: what it takes between goes into
/// the store as rows that wait, with the places of the logs and the books of the sources, in one
/// transaction. Whatever stops it, the next night or watch goes on from there. One user at a time.
public final class Watch {
  let options: WatchOptions
  let store: Store
  public let estate: DeclaredEstate
  let scan: BatchScan
  let render: (Incident) -> String
  /// Standard input and named pipes, and which logs they are.
  let pipes: [PipeSpool]
  var pipeLogs: [Int: PipeSpool] = [:]
  /// SHA-256 of notable lines of pipes, by their digest.
  var kept: [UInt64: SHA256] = [:]
  var planner: NightPlanner
  var night = 0
  var startedAt: Int64 = 0

  // What is known, as the next night will find it.
  var streams: [Int: StoredStream] = [:]
  var facts: [Int: StreamFacts] = [:]
  var notes: [FileNote] = []
  var books: [Int: CoverageBook] = [:]
  var names = NameTable()
  var open: [Int: FileEnd.Open] = [:]
  var evidence: [LinePlace: SHA256] = [:]
  var problems: [Coverage.Unreadable] = []
  /// Rows up to here are settled in the store.
  var bound: Int64 = .min
  var engine: WatchEngine
  /// Whether it is what the last night left, with all that came since.
  private(set) var isLoaded = false
  /// What waiting rows cost the last night.
  private(set) var lastWork = WaitingShelf.Work()
  /// How far clocks are off, and which of them the store knows of.
  var clocks = ClockSkews()
  var skews = StoredSkews()

  // What lies on disk.
  var followed: [Int: Followed] = [:]
  /// Pieces taken since the night, the last ones of each log.
  var pieces: [Int: [Seal]] = [:]
  /// All that was taken since the night, a piece each log, as it was then.
  var sealing: [Int: Sealing] = [:]
  var listing: [Listed] = []
  var needsSearch = true
  var searchedAt: Int64 = 0
  var plannedAt: Int64 = 0
  /// Files that begin as a log that is followed, and since when they look as they do.
  var heldBack: [Listed: Int64] = [:]
  /// When a log was last read whole that cannot be read as what it is.
  var lastRead: [Int: Int64] = [:]
  /// Logs that were let go when they had come to rest.
  var rested: Set<Int> = []
  /// Something was found that only a night can take.
  public internal(set) var needsNight = false

  // What is not yet in the store.
  var pending = Pending()
  var journalled = 0
  /// Days of sources as the store has them.
  var storedDays: [Int: [Int: DayCoverage]] = [:]
  /// Parts of logs that were never read, by the store and since.
  var unread: [UnreadParts.Item] = []
  var storedLosses: [Int: [Int: LostMessages]] = [:]
  /// What is to be said, and was not.
  public internal(set) var notices: [Notice] = []
  var told: [String: Told] = [:]
  /// Messages that listeners lost, in all, and what of it is to be said.
  var lost: [String: Int64] = [:]
  var unsaidLosses: [String: SyslogListener.Losses] = [:]
  var lossesToldAt: Int64 = 0
  /// When each listener was asked last, by the clock.
  var askedAt: [String: Int64] = [:]

  struct Followed {
    var file: HeldFile
    /// What lies there is no longer the log.
    var isCut = false
    /// When it was last seen whole, and when it last grew, by the clock.
    var seenAt: Int64
    var grewAt: Int64
    /// What lay where it was seen last.
    var atPath: FileStatus.Identity?
  }

  /// How a file showed itself in its folder.
  struct Listed: Hashable {
    var path: String
    var device: Int64
    var inode: Int64
    /// Of files that are not followed.
    var size: Int64 = 0
    var changed: Int64 = 0
  }

  /// A piece that grows.
  struct Sealing {
    var start: Int64
    var end: Int64
    var sum = SHA256Sum()
    /// Time of the last line before it; `nil`: it begins its log, or lines tell none.
    var first: Int64?
  }

  struct Pending {
    var rows: [EventRow] = []
    var streams: Set<Int> = []
    var sources: Set<Int> = []
    var lines: Int64 = 0
    var events: Int64 = 0
    var bytes: Int64 = 0
    var notices: [Notice] = []
    /// Whether there are more of them; each has its row among the streams.
    var hasStrays = false
    /// Whether a clock is off that the store does not know of.
    var hasSkews = false
    /// Comes with a notice each.
    var unread: [UnreadParts.Item] = []
    var evidence: [LinePlace: SHA256] = [:]
    var isEmpty: Bool {
      streams.isEmpty && sources.isEmpty && notices.isEmpty && evidence.isEmpty && !hasSkews
    }
  }

  /// Bytes of pieces that are compared with copies.
  static let pieceLimit = 256

  /// Runs a night and goes on from it, or from where another watch stopped; what is in the store and was told is not told again.
  public init(
    estate: DeclaredEstate,
    options: WatchOptions,
    store: Store,
    after before: Watch? = nil,
    render: @escaping (Incident) -> String
  ) async throws {
    self.estate = estate
    self.store = store
    self.render = render
    var options = options
    options.night = options.night.decided(by: estate)
    let paths = options.night.scan.paths
    options.night.scan.paths = paths.filter { !PipeSpool.isPipe($0) }
    self.options = options
    pipes =
      try before?.pipes
      ?? paths.filter { PipeSpool.isPipe($0) }.map { try Self.pipe($0, estate) }
    scan = BatchScan(estate: estate, options: options.night.scan)
    let memory = NightMemory()
    planner = NightPlanner(scan, night: 0, now: 0, memory: memory)
    let run = NightlyRun(estate: estate, options: options.night)
    var engines = LiveEngines(tiers: [(try run.restored(memory), .min)])
    engine = WatchEngine(
      &engines,
      newest: nil,
      waiting: WaitingRows(WaitingIndex(), WaitingShelf(nil, sources: [])),
      marks: memory.marks(scan, lateness: options.night.latest, upTo: 0),
      now: 0
    )
    if let before {
      (pipeLogs, kept, told) = (before.pipeLogs, before.kept, before.told)
      (followed, rested) = (before.followed, before.rested)
      // Whose sources are others has others.
      if before.scan.sourceKeys == scan.sourceKeys { clocks = before.clocks }
      (lost, unsaidLosses, askedAt) = (before.lost, before.unsaidLosses, before.askedAt)
    }
    try await runNight()
  }

  private static func pipe(_ path: String, _ estate: DeclaredEstate) throws -> PipeSpool {
    guard PipeSpool.isListening(path) else {
      guard let pipe = PipeSpool(path: path) else {
        throw ScanError(message: "\(path): cannot be opened as a pipe")
      }
      return pipe
    }
    let source = estate.sources.first { $0.listens.contains(path) }
    do throws(NetworkError) {
      return try PipeSpool(
        listeningAt: path,
        TLSSettings(
          trusted: source?.trusted,
          certificate: source?.certificate,
          key: source?.key
        )
      )
    } catch { throw ScanError(message: error.reason) }
  }

  // MARK: Nights

  /// Runs a night, and takes up what it leaves.
  public func runNight() async throws {
    sayLosses()
    try commit()
    var night = options.night
    night.isLive = true
    night.drained = drained
    var outcome: NightlyOutcome?
    // Once: when a night breaks off, the next one goes on from what stands in the store.
    var live = isLoaded ? engine.handOver() : nil
    isLoaded = false
    for attempt in 0..<8 where outcome == nil {
      night.now = Timestamp(nanoseconds: Clock.now())
      let run = NightlyRun(estate: estate, options: night)
      do {
        outcome = try await run.run(in: store, goingOnWith: &live, render: render)
      } catch let error as ScanError where attempt < 7 {
        // A log was cut while it was read: what it has become is read the next time.
        _ = error
      }
    }
    guard var outcome else { return }
    let untold = Set(outcome.untold.map(\.id))
    for summary in outcome.result.incidents.summaries where !untold.contains(summary.id) {
      told[summary.id] = told[summary.id] ?? Told(summary, at: 0)
    }
    notices += outcome.notices
    self.night = outcome.night.id
    lastWork = outcome.work
    var engines = outcome.live
    outcome.live = LiveEngines()
    try load(&engines)
    needsNight = false
    journalled = 0
    startedAt = Clock.steady()
  }

  /// Notes that all was told that the night and the watch had to say.
  public func markTold() throws {
    try store.markTold(night: night, at: Clock.now() / 1_000_000_000)
  }

  /// Whether nothing can come any more: there are only pipes, and they have ended.
  public var isAtEnd: Bool {
    options.night.scan.paths.isEmpty
      && pipes.allSatisfy { pipe in
        let taken = streams[log(of: pipe) ?? -1]?.consumed ?? 0
        return pipe.isAtEnd
          && (pipe.file.status?.size ?? 0 == taken || pipe.looksAtEnd >= PipeSpool.lastLook)
      }
  }

  func log(of pipe: PipeSpool) -> Int? { pipeLogs.first { $0.value === pipe }?.key }

  /// Whether so much was taken, or so long ago, that a night is to be run between.
  public var isNightDue: Bool {
    needsNight || journalled >= options.journalRows
      || Clock.steady() - startedAt >= options.journalSeconds * 1_000_000_000
  }

  /// Takes up what a night left in the store; `engines`: what it judged with, of which that is the settled one.
  private func load(_ engines: inout LiveEngines) throws {
    names = NameTable()
    var memory = try NightMemory(store, scan, names: &names)
    let keys = scan.sourceKeys
    let shelf = WaitingShelf(store, sources: keys, limits: options.night.waiting)
    let now = Clock.now()
    engine = WatchEngine(
      &engines,
      newest: memory.newest,
      waiting: WaitingRows(memory.waiting, shelf),
      marks: memory.marks(scan, lateness: options.night.latest, upTo: now),
      now: now
    )
    isLoaded = true
    bound = memory.settled ?? .min
    books = memory.books
    storedDays = books.mapValues {
      Dictionary(uniqueKeysWithValues: $0.allDays.map { ($0.day, $0) })
    }
    storedLosses = books.mapValues(\.lost)
    evidence = memory.evidence
    unread = try UnreadParts(store).items
    memory.engine = nil
    skews = try StoredSkews(store)
    planner = NightPlanner(scan, night: night, now: Clock.now() / 1_000_000_000, memory: memory)
    streams = Dictionary(uniqueKeysWithValues: memory.streams.map { ($0.id, $0) })
    let last = memory.streams.map(\.id).max() ?? -1
    notes = (0..<last + 1).map { _ in FileNote(path: "") }
    (facts, open, pieces, heldBack, sealing) = ([:], [:], [:], [:], [:])
    let before = followed
    followed = [:]
    for stream in memory.streams {
      let found = try planner.facts(of: stream)
      facts[stream.id] = found
      if let found { notes[stream.id] = found.note }
      let isPipe = pipeLogs[stream.id] != nil
      guard stream.missingSince == nil || isPipe else { continue }
      if let rows = stream.openRows {
        open[stream.id] = FileEnd.Open(
          offset: stream.consumed,
          note: notes[stream.id],
          rows: try RowPack.unpack(rows, names: &names, sources: keys),
          book: CoverageBook(zone: scan.calendarZone)
        )
      }
      if let book = stream.openBook { try open[stream.id]?.book.unpack(book, &names) }
      if isPipe {
        followed[stream.id] = before[stream.id]
      } else {
        follow(stream, before[stream.id])
      }
    }
    needsSearch = true
  }

  /// Holds a log open, by the file that was held before if that is it.
  func follow(_ stream: StoredStream, _ before: Followed? = nil) {
    let now = Clock.steady()
    rested.remove(stream.id)
    if let before, let status = before.file.status, status.device == stream.device,
      status.inode == stream.inode
    {
      followed[stream.id] = before
    } else if let file = HeldFile(
      path: stream.path,
      device: stream.device,
      inode: stream.inode
    ) {
      followed[stream.id] = Followed(file: file, seenAt: now, grewAt: now)
    } else {
      followed[stream.id] = nil
    }
  }
}

/// Clocks that say when to look, never what is judged.
enum Clock {
  static func now() -> Int64 { read(CLOCK_REALTIME) }
  static func steady() -> Int64 { read(CLOCK_MONOTONIC) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
