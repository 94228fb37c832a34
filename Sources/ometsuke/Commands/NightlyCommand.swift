import ArgumentParser
import Detection
import Estate
import EventModel
import Glibc
import Ingest
import Pipeline
import Reporting
import Sinks
import Storage

struct NightlyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nightly",
    abstract: "Reads what is new since the last night, and remembers it; silent when all is well.",
    discussion: """
      For cron or a systemd timer. Finds what is new in each log by what the file is, never by its \
      name alone, so that logs may be rotated and compressed; makes up for nights that were missed. \
      What came of all nights is what one scan over all the logs would tell. Prints nothing when \
      there is nothing new; else a text for a mail. Exit status: as scan, of what is new or changed.
      """
  )

  @Argument(help: "Files, folders or globs (default: the paths of the declared sources).")
  var paths: [String] = []

  @Option(
    name: [.short, .long],
    help: "The estate file (default: ./ometsuke.yml, if there is one)."
  )
  var config: String?

  @OptionGroup var place: StoreOption

  @Option(help: "Severity from which the exit status is 1: informational … critical, or never.")
  var failOn = "high"

  @Option(
    name: [.customLong("language"), .customLong("lang")],
    help: "both, english or japanese."
  )
  var language = "both"

  @Option(help: "Threads (default: one a processor).")
  var threads: Int?

  // A night has neither; whoever is used to the other commands need not know. What it tells is the mail itself.
  @Flag(name: [.short, .long], help: "No progress, no notes on files.")
  var quiet = false

  @Option(help: ArgumentHelp("The time by the clock (RFC 3339).", visibility: .hidden))
  var now: String?

  @Option(help: ArgumentHelp("Bytes read at a time.", visibility: .hidden))
  var chunkSize: Int?

  mutating func validate() throws {
    guard failOn == "never" || Severity(name: failOn) != nil else {
      throw ValidationError(
        "--fail-on \(failOn): give informational, low, medium, high, critical or never"
      )
    }
    language = try LanguageOption.checked(language)
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads \(threads): give a number from 1 to 256")
    }
    if let now, ReadingOptions.time(now) == nil {
      throw ValidationError("--now \(now): not a time; write 2024-04-01T02:00:00Z")
    }
    if let chunkSize, !(16...(1 << 26)).contains(chunkSize) {
      throw ValidationError("--chunk-size \(chunkSize): give a number from 16 to 67108864")
    }
  }

  func run() async throws {
    FileLimit.raise()
    let began = now.flatMap { ReadingOptions.time($0) } ?? Self.clock()
    let file = place.path(beside: EstateSettings.path(config) ?? "")
    let attempts = NightAttempts(beside: file)
    let before = attempts.all()
    let seconds = began.nanoseconds / 1_000_000_000
    // Only beside a store, be it one that cannot be read: a name that is wrong makes nothing.
    let isKept = { attempts.isThere || Store.isStore(at: file) }
    if isKept() { attempts.begin(seconds) }
    do {
      try await evaluate(began, before)
    } catch let failure as Failure {
      // The first night of all may fail before there is a store: it is noted where one would have been.
      if isKept() || isAwaited(file) {
        if failure.isAnothers {
          attempts.remove([seconds])
        } else {
          attempts.fail(seconds, failure.reason)
        }
      }
      throw ExitCode(2)
    } catch {
      if isKept() { attempts.remove(Set(before.map(\.began) + [seconds])) }
      throw error
    }
  }

  /// Whether a store is to be made there: an estate file says so, and nothing else lies in its place.
  private func isAwaited(_ file: String) -> Bool {
    guard let estate = EstateSettings.path(config), access(estate, F_OK) == 0 else { return false }
    let folder = file.lastIndex(of: "/").map { $0 == file.startIndex ? "/" : String(file[..<$0]) }
    guard access(folder ?? ".", F_OK) == 0 else { return false }
    var status = stat()
    return stat(file, &status) != 0 || status.st_size == 0
  }

  /// Why a night could not be evaluated; told already.
  private struct Failure: Error {
    var reason: String
    /// Whether another run is at it.
    var isAnothers = false
  }

  /// Ends by an exit status, or by a `Failure` when there was no night.
  private func evaluate(_ began: Timestamp, _ before: [NightAttempts.Attempt]) async throws {
    let loaded: LoadedEstate?
    do {
      loaded = try EstateSettings.load(config)
    } catch is ExitCode {
      throw Failure(reason: "the estate file is not valid")
    } catch {
      Terminal.complain("\(error)")
      throw Failure(reason: "\(error)")
    }
    let estate = loaded?.estate ?? DeclaredEstate()
    for line in (loaded?.diagnostics ?? []) where line.severity == .warning {
      Terminal.complain("\(line)")
    }
    let paths =
      self.paths.isEmpty ? loaded.map { EstateSettings.declaredPaths(of: $0) } ?? [] : self.paths
    guard !paths.isEmpty else {
      Terminal.complain("no path given, and the estate file declares none for its sources")
      throw Failure(reason: "the estate file declares no paths")
    }
    let file = place.path(beside: estate.file)
    do {
      let store = try NotedStore.writing(file, NotedStore.access("nightly"))
      let outcome = try await night(paths, estate, store, began, before)
      var report = try report(of: outcome, store)
      report.digests = Run.digests(estate, nil)
      let key = report.isEmpty ? nil : try store.builtInKeyNotice()
      if let key { report.notices.append((key.english, key.japanese)) }
      var options = ReportOptions()
      options.language = ReportOptions.Language(rawValue: language) ?? .both
      options.zone = ReportZone(named: estate.policy.timeZone)
      // Queued before it counts as told: whatever stops the night, the next one goes on with it.
      let sinks = try Dispatcher(estate, store: store, program: "ometsuke \(Ometsuke.version)")
      try sinks.enqueue(report.fresh + report.changed, coverage: outcome.result.coverage)
      try Terminal.write(report.render(options), to: nil)
      try store.markTold(night: outcome.night.id, at: Self.clock().nanoseconds / 1_000_000_000)
      if key != nil { try store.markBuiltInKeyTold() }
      _ = Notes.tellNothingRead(outcome.result)
      try sinks.drain(seconds: 60)
      for notice in sinks.takeNotices() { Terminal.complain(notice.english) }
      throw ExitCode(Int32(outcome.night.status ?? 2))
    } catch let code as ExitCode {
      throw code
    } catch {
      Terminal.complain("\(error)")
      throw Failure(reason: "\(error)", isAnothers: (error as? StoreError)?.code == .inUse)
    }
  }

  private func night(
    _ paths: [String],
    _ estate: DeclaredEstate,
    _ store: Store,
    _ began: Timestamp,
    _ before: [NightAttempts.Attempt]
  ) async throws -> NightlyOutcome {
    var scan = ScanOptions(paths: paths, threads: threads)
    if let chunkSize { scan.chunkSize = chunkSize }
    let registers = EstateSettings.registers(of: estate)
    scan.excludedPaths = EstateSettings.excluded(of: estate).union(Store.files(of: store.path))
    var options = NightlyOptions(
      scan: scan,
      now: began,
      program: "ometsuke \(Ometsuke.version)",
      estateDigest: FileDigest.sha256(of: registers),
      author: Author.current
    )
    options.failOn = Severity(name: failOn)
    options.attempts = before.map { attempt in
      var attempt = attempt
      attempt.reasonJapanese = CommandWords.japanese(ofMessage: attempt.reason)
      return attempt
    }
    let run = NightlyRun(estate: estate, options: options)
    return try await run.run(in: store) { JSONLinesReport.line(of: $0) }
  }

  private func report(of outcome: NightlyOutcome, _ store: Store) throws -> NightReport {
    var report = NightReport(
      night: "night \(outcome.night.id), \(Timestamp(seconds: outcome.night.started))",
      store: store.path,
      program: outcome.night.program
    )
    let untold = Dictionary(uniqueKeysWithValues: outcome.untold.map { ($0.id, $0) })
    for (index, summary) in outcome.result.incidents.summaries.enumerated() {
      guard let stored = untold[summary.id] else { continue }
      let incident = outcome.result.incidents[index]
      if stored.toldNight == nil {
        report.fresh.append(incident)
      } else {
        report.changed.append(incident)
      }
    }
    // What is wrong with sealed logs and with the store no scan finds; nor does it what a night that was cut
    // off could not tell.
    let found = Set(outcome.result.incidents.summaries.map(\.id))
    for stored in outcome.untold where !found.contains(stored.id) && !stored.isWithdrawn {
      guard let incident = store.incident(in: stored) else { continue }
      if stored.toldNight == nil {
        report.fresh.append(incident)
      } else {
        report.changed.append(incident)
      }
    }
    report.head = try store.lastLink()
    report.notices = outcome.notices.map { ($0.english, $0.japanese) }
    report.decisions = Dictionary(grouping: try Decision.all(in: store)) { decision in
      (try? store.presentID(decision.id)) ?? decision.id
    }
    .mapValues { list in
      list.map {
        NightReport.Decision(kind: $0.kind.rawValue, by: $0.by, time: $0.time, reason: $0.reason)
      }
    }
    return report
  }

  private static func clock() -> Timestamp {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Timestamp(nanoseconds: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
  }
}

/// Where the store lies.
struct StoreOption: ParsableArguments {
  @Option(help: "The store (default: ometsuke.store beside the estate file).")
  var store: String?

  func path(beside estateFile: String) -> String {
    if let store { return store }
    guard let slash = estateFile.lastIndex(of: "/") else { return "ometsuke.store" }
    return estateFile[...slash] + "ometsuke.store"
  }
}
