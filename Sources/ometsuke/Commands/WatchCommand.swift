import ArgumentParser
import Estate
import EventModel
import Glibc
import Ingest
import Pipeline
import Reporting
import Sinks
import Storage

struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Follows logs as they grow, and tells what they show.",
    discussion: """
      Goes on from where the last night or watch stopped, and leaves the store as a night does. Logs \
      are followed by what they are, through rotation, copytruncate and compression. On a terminal a \
      view that is redrawn in place; elsewhere a line for each incident that is raised or has grown. \
      SIGTERM and SIGINT: reads what is there, remembers it, ends. SIGHUP: opens the file of --output \
      anew, reads the estate file anew, and keeps the old one when the new one is not valid. Exit status: 0, or 2 when it could not run.
      """
  )

  @Argument(
    help:
      "Files, folders, globs, named pipes, - for standard input, or udp://, tcp:// and tls://address:port to listen for syslog (default: what the sources declare)."
  )
  var paths: [String] = []

  @Option(
    name: [.short, .long],
    help: "The estate file (default: ./ometsuke.yml, if there is one)."
  )
  var config: String?

  @OptionGroup var place: StoreOption

  @Flag(help: "Remember in memory only; a restart begins anew.")
  var noStore = false

  @Option(name: [.short, .long], help: "text or jsonl.")
  var format = "text"

  @Option(name: [.short, .long], help: "Append to this file instead of standard output.")
  var output: String?

  @Option(help: "Show also known incidents that go on at or after this time (RFC 3339 or a date).")
  var since: String?

  @Option(help: "Show only incidents of this account, person or owner.")
  var only: String?

  @Option(
    name: [.customLong("language"), .customLong("lang")],
    help: "english (en) or japanese (ja) (default: by the locale)."
  )
  var language: String?

  @Flag(name: [.short, .long], help: "No view, no notes: findings only.")
  var quiet = false

  @Option(
    help:
      "Where metrics (/metrics) and health (/health) are asked for, or off (default: 127.0.0.1:9747)."
  )
  var metrics: String?

  @Option(help: "Hours by which a line may come late (default: policy.lateness, as nightly).")
  var lateness: Int?

  @Option(help: "Threads (default: one a processor).")
  var threads: Int?

  mutating func validate() throws {
    guard WatchOutput.Format(rawValue: format) != nil else {
      throw ValidationError("--format \(format): there are text and jsonl")
    }
    language = try language.map { try LanguageOption.checked($0) }
    guard language != "both" else {
      throw ValidationError("--language both: a line is in one; give english or japanese")
    }
    if let since, ReadingOptions.time(since) == nil {
      throw ValidationError("--since \(since): not a time; write 2024-04-01T02:00:00Z")
    }
    if let metrics, metrics != "off", WatchMetrics.endpoint(metrics) == nil {
      throw ValidationError("--metrics \(metrics): give an address such as 127.0.0.1:9747, or off")
    }
    if let lateness, !(1...744).contains(lateness) {
      throw ValidationError("--lateness \(lateness): give a number of hours from 1 to 744")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads \(threads): give a number from 1 to 256")
    }
    if noStore, place.store != nil {
      throw ValidationError("--no-store and --store: give one of them")
    }
  }

  func run() async throws {
    Signals.install()
    FileLimit.raise()
    let loaded = try EstateSettings.load(config)
    let estate = loaded?.estate ?? DeclaredEstate()
    for line in (loaded?.diagnostics ?? []) where line.severity == .warning {
      Terminal.complain("\(line)")
    }
    do {
      var output = try WatchOutput(
        format: WatchOutput.Format(rawValue: format) ?? .text,
        output: output,
        language: language.flatMap { WatchText.Language(rawValue: $0) }
          ?? (Terminal.language == .japanese ? .japanese : .english),
        only: only,
        isQuiet: quiet,
        since: since.flatMap { ReadingOptions.time($0, Run.zone(of: estate)) },
        zone: ReportZone(named: estate.policy.timeZone)
      )
      let isKept = !noStore && (loaded != nil || place.store != nil)
      let file = place.path(beside: estate.file)
      let store =
        isKept
        ? try NotedStore.writing(file, NotedStore.access("watch"))
        : try Store(path: file, .memory)
      if !quiet {
        Terminal.complain(
          isKept
            ? "remembers in \(SafeText.escaped(file, limit: 4096))"
            : "remembers in memory only: a restart begins anew; --store keeps it"
        )
      }
      try await follow(loaded, store, &output)
    } catch let code as ExitCode {
      throw code
    } catch let error as WatchOutput.OutputError {
      Terminal.complain(SafeText.escaped(error.text, limit: 4096))
      throw ExitCode(2)
    } catch let error as ScanError {
      Terminal.complain(error.message)
      throw ExitCode(2)
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(2)
    }
  }

  private func follow(
    _ loaded: LoadedEstate?,
    _ store: Store,
    _ output: inout WatchOutput
  ) async throws {
    var watch = try await start(loaded, store)
    var figures = try WatchMetrics(metrics, isQuiet: quiet)
    output.begin()
    defer { output.end() }
    var standing: Watch.Standing?
    if output.since != nil { watch.forgetTold() }
    var session = WatchSession()
    var sinks = try dispatcher(loaded, store)
    let first = watch.judge()
    standing = first
    try sinks.enqueue(first.changes.map(\.incident), coverage: first.coverage)
    figures.count(first.changes)
    _ = output.tell(first.changes, isStart: true)
    output.tell(watch.takeNotices())
    try watch.markTold()
    Systemd.notify("READY=1\nSTATUS=following \(watch.logCount) logs")
    while !Signals.shallEnd, !watch.isAtEnd {
      if Signals.takeReload() {
        Systemd.notify("RELOADING=1")
        output.reopen()
        let reloaded = try await reload(watch, store, &output)
        figures.noteReload(isGood: reloaded != nil)
        if let (fresh, estate) = reloaded {
          watch = fresh
          output.take(ReportZone(named: fresh.estate.policy.timeZone))
          try sinks.settle(seconds: 5)
          sinks = try dispatcher(estate, store)
        }
        Systemd.notify("READY=1")
      }
      let hasMore = try await session.step(watch) { standing in
        try sinks.enqueue(standing.changes.map(\.incident), coverage: standing.coverage)
        figures.count(standing.changes)
        _ = output.tell(standing.changes)
        output.tell(watch.takeNotices())
      }
      try sinks.step()
      output.tell(sinks.takeNotices())
      if watch.isNightDue {
        try await watch.runNight()
        output.tell(watch.takeNotices())
        try watch.markTold()
      }
      figures.publish(watch, session.standing ?? standing, sinks.states, session.committingCost)
      if let now = session.shouldDraw(output.isScreen) {
        output.draw(watch, session.standing ?? standing, now: now)
      }
      if !Signals.shallEnd { usleep(hasMore ? 50_000 : 200_000) }
    }
    Systemd.notify("STOPPING=1")
    for _ in 0..<20 where try await watch.round() {}
    let last = watch.judge(isLast: true)
    try sinks.enqueue(last.changes.map(\.incident), coverage: last.coverage)
    _ = output.tell(last.changes)
    try await watch.runNight()
    output.tell(watch.takeNotices())
    try watch.markTold()
    try sinks.drain(seconds: 10)
    output.tell(sinks.takeNotices())
  }

  private func dispatcher(_ loaded: LoadedEstate?, _ store: Store) throws -> Dispatcher {
    try Dispatcher(
      loaded?.estate ?? DeclaredEstate(),
      store: store,
      program: "ometsuke \(Ometsuke.version)"
    )
  }

  private func start(
    _ loaded: LoadedEstate?,
    _ store: Store,
    after before: Watch? = nil
  ) async throws -> Watch {
    let estate = loaded?.estate ?? DeclaredEstate()
    let declared =
      loaded.map { EstateSettings.declaredPaths(of: $0) + $0.estate.sources.flatMap(\.listens) }
      ?? []
    let paths = self.paths.isEmpty ? declared : self.paths
    guard !paths.isEmpty else {
      Terminal.complain("no path given, and the estate file declares none for its sources")
      throw ExitCode(2)
    }
    // Once, and also where --quiet leaves out notes: a path mistyped is followed for months otherwise.
    if before == nil {
      for path in paths where Self.isMissing(path) {
        let shown = SafeText.escaped(path, limit: 4096)
        Terminal.complain("\(shown): is not there yet; followed as soon as it is")
      }
    }
    var scan = ScanOptions(paths: paths, threads: threads)
    let registers = EstateSettings.registers(of: estate)
    scan.excludedPaths = EstateSettings.excluded(of: estate).union(Store.files(of: store.path))
    if let output { scan.excludedPaths.insert(output) }
    var night = NightlyOptions(
      scan: scan,
      now: Timestamp(nanoseconds: 0),
      program: "ometsuke \(Ometsuke.version)",
      estateDigest: FileDigest.sha256(of: registers),
      author: Author.current
    )
    night.lateness = lateness.map { Int64($0) * 3600 * Timestamp.nanosecondsPerSecond }
    return try await Watch(
      estate: estate,
      options: WatchOptions(night: night),
      store: store,
      after: before,
      render: { JSONLinesReport.line(of: $0) }
    )
  }

  /// A watch by the estate file as it is now; `nil` where that is not valid.
  private func reload(
    _ watch: Watch,
    _ store: Store,
    _ output: inout WatchOutput
  ) async throws -> (Watch, LoadedEstate?)? {
    let loaded: LoadedEstate?
    do {
      loaded = try EstateSettings.load(config)
    } catch {
      Terminal.complain("SIGHUP: the estate file is not valid; going on as before")
      return nil
    }
    try watch.commit()
    let fresh = try await start(loaded, store, after: watch)
    output.tell(fresh.takeNotices())
    try fresh.markTold()
    Terminal.complain("SIGHUP: goes on by the estate file as it is now")
    return (fresh, loaded)
  }

  private static func isMissing(_ path: String) -> Bool {
    let isOther = path == "-" || path.contains("://") || path.contains { "*?[".contains($0) }
    return !isOther && PathText.withName(path) { access($0, F_OK) } != 0
  }
}

/// When to read, judge, commit and draw: so that none of them takes all of the time.
struct WatchSession {
  private(set) var standing: Watch.Standing?
  private var isUnjudged = false
  private var judgedAt: Int64 = 0
  private var judgingCost: Int64 = 0
  private var rebuiltAt: Int64 = 0
  private var rebuildingCost: Int64 = 0
  private var committedAt: Int64 = 0
  private(set) var committingCost: Int64 = 0
  private var drawnAt: Int64 = 0
  private var barkedAt: Int64 = 0

  /// One look at the logs; whether there was something new.
  mutating func step(_ watch: Watch, tell: (Watch.Standing) throws -> Void) async throws -> Bool {
    let hasMore = try await watch.round()
    isUnjudged = isUnjudged || hasMore
    var now = Self.now()
    let mayRebuild = watch.isBehind && now - rebuiltAt >= 4 * rebuildingCost
    if isUnjudged && now - judgedAt >= 4 * judgingCost || mayRebuild {
      if mayRebuild {
        watch.rebuild()
        rebuiltAt = Self.now()
        rebuildingCost = rebuiltAt - now
        now = rebuiltAt
      }
      let found = watch.judge(rebuilds: false)
      try tell(found)
      standing = found
      isUnjudged = false
      judgedAt = Self.now()
      judgingCost = judgedAt - now
      now = judgedAt
    }
    if now - committedAt >= max(1_000_000_000, 10 * committingCost) {
      try watch.commit()
      committedAt = Self.now()
      committingCost = committedAt - now
    }
    if let interval = Systemd.watchdog, now - barkedAt >= interval {
      Systemd.notify("WATCHDOG=1")
      barkedAt = now
    }
    return hasMore
  }

  /// The time by the clock, when the view is to be drawn.
  mutating func shouldDraw(_ isScreen: Bool) -> Timestamp? {
    let now = Self.now()
    guard isScreen, now - drawnAt >= 500_000_000 else { return nil }
    drawnAt = now
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
