public import Estate
public import EventModel
public import Ingest

/// Reads files once, from first to last, and gives every row to a consumer in one order, whatever
/// the split, order or concatenation of the files, the size of the chunks and the number of threads.
///
/// Two ways with the same result. *Streaming*: files are opened by their first time and merged; rows
/// wait until no file can bring an earlier one, ten minutes granted. *Sorted*, when that does not
/// hold, or for standard input: all rows are sorted, by way of a temporary file. The fallback reads
/// the files again and starts from the consumer as it was given.
///
/// Memory, beside the consumer's: 262,144 rows of 112 bytes kept back (29 MB) or twice that while
/// sorting; per thread one chunk and its rows, four decoded ones waiting, and names up to 64 MiB;
/// per open file (64 at most) one chunk; names of the scan, 4 Mi at most; a note a file; 80 bytes a
/// source and day.
public struct BatchScan: Sendable {
  private let estate: DeclaredEstate
  private let options: ScanOptions
  private let formats: [any LogFormat.Type]
  /// What `EventRow.source` counts: the declared sources, then one assumed source for each format,
  /// named after it, and one for lines that no format claims.
  public let sources: [SourceDeclaration]

  public init(
    estate: DeclaredEstate,
    options: ScanOptions,
    formats: [any LogFormat.Type] = FormatRegistry.all
  ) {
    self.estate = estate
    self.options = options
    self.formats = formats.sorted { $0.name < $1.name }
    sources = Self.sources(of: estate, formats: formats)
  }

  /// The sources of a scan, in the order that `EventRow.source` counts.
  public static func sources(
    of estate: DeclaredEstate,
    formats: [any LogFormat.Type] = FormatRegistry.all
  ) -> [SourceDeclaration] {
    estate.sources
      + (formats.map { $0.name }.sorted() + [NotUnderstood.name]).map { name in
        var source = SourceDeclaration(name: name)
        source.format = name
        return source
      }
  }

  /// Scans.
  ///
  /// On return the consumer has seen everything and given its findings.
  ///
  /// - Throws: `ScanError` when the scan itself cannot go on (no room for the temporary file);
  ///   inputs that cannot be read are told in the coverage instead. `CancellationError`.
  public func run<Consumer: EventConsumer>(
    _ consumer: inout Consumer
  ) async throws -> ScanResult {
    options.progress?(ScanProgress(phase: .probing))
    let (plans, notes, problems) = await plan()
    let sizes = plans.values.map(\.size)
    let meter = ProgressMeter(
      options.progress,
      files: plans.count,
      inputBytes: sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
    )
    let assembly = CoverageAssembly(
      sources: sources,
      problems: problems,
      estate: assumptions()
    )
    let fresh = consumer
    var isSorted = plans.values.contains { $0.isReadOnce }
    var outcome: ScanOutcome<Consumer>?
    if !isSorted {
      outcome = try await pass(.streaming, fresh, plans, notes, assembly, meter)
      isSorted = outcome == nil
    }
    if isSorted { outcome = try await pass(.sorted, fresh, plans, notes, assembly, meter) }
    guard var outcome else { throw ScanError(message: "the scan came to no end") }
    outcome.meter.enter(.evidence)
    var evidence = EvidenceReader(
      plans: plans,
      notes: outcome.notes,
      kept: outcome.sha256,
      digests: outcome.digests
    )
    evidence.complete(&outcome.incidents, chunkSize: options.chunkSize)
    outcome.meter.conclude()
    consumer = outcome.consumer
    return ScanResult(
      incidents: outcome.incidents,
      coverage: outcome.coverage,
      files: evidence.notes,
      wasSorted: isSorted,
      spilledBytes: outcome.spilledBytes
    )
  }

  /// Reads all files once; `nil`: the rows came too far out of order for this mode.
  private func pass<Consumer: EventConsumer>(
    _ mode: ScanMode,
    _ consumer: Consumer,
    _ plans: [Int: PlannedFile],
    _ notes: [FileNote],
    _ assembly: CoverageAssembly,
    _ meter: ProgressMeter
  ) async throws -> ScanOutcome<Consumer>? {
    let sequencer = ScanSequencer(
      mode,
      consumer: consumer,
      plans: plans,
      notes: notes,
      zone: calendarZone,
      options: options,
      meter: meter
    )
    let board = JobBoard(mode, plans: plans, options: options)
    let limits = options.limits
    if options.threads <= 1 {
      try await Self.work(0, board, sequencer, limits)
    } else {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<options.threads {
          group.addTask { try await Self.work(worker, board, sequencer, limits) }
        }
        try await group.waitForAll()
      }
    }
    if board.isDisorder { return nil }
    if await sequencer.isDisorder { return nil }
    return try await sequencer.finish(assembly)
  }

  /// One worker: takes a chunk, decodes it, hands it over, until nothing is left; and finishes what
  /// is due, its own or others', while no other worker does.
  ///
  /// What it has read, another decodes that would wait otherwise.
  private static func work<Consumer: EventConsumer>(
    _ worker: Int,
    _ board: JobBoard,
    _ sequencer: ScanSequencer<Consumer>,
    _ limits: ScanLimits
  ) async throws {
    var decoder = ChunkDecoder(worker: worker, limits: limits)
    while let task = await board.nextTask() {
      var due: ReadPart?
      switch task {
      case .read(let job):
        let (sequence, step) = await job.reader.next(job.plan)
        due = board.settle(ReadPart(job: job, sequence: sequence, step: step))
      case .decode(let part): due = part
      }
      guard let part = due.take() else { continue }
      let (job, sequence) = (part.job, part.sequence)
      let content: Arrival.Content =
        switch part.step {
        case .chunk(let chunk, let format):
          .chunk(decoder.decode(chunk, format, of: job, sequence: sequence))
        case .end: .end
        case .failed(let message): .failed(message)
        }
      let arrival = Arrival(file: job.file, sequence: sequence, content: content)
      if board.deliver(arrival, of: job) {
        while let next = board.nextArrival() {
          let file = next.file
          board.note(await sequencer.take(next), of: file)
        }
      }
      if Task.isCancelled {
        await sequencer.cancel()
        board.stop()
        throw CancellationError()
      }
    }
  }

  private var calendarZone: TimeZoneRule {
    estate.policy.timeZone.flatMap { TimeZoneRule(name: $0) } ?? .utc
  }

  private func plan() async -> (
    plans: [Int: PlannedFile], notes: [FileNote], problems: [Coverage.Unreadable]
  ) {
    let matcher = SourceMatcher(sources: estate.sources, estateFile: estate.file)
    let excluded = options.excludedPaths.union(estate.file.isEmpty ? [] : [estate.file])
    let left = Set(excluded.map { matcher.canonical($0) })
    let discovered = InputDiscovery.files(at: options.paths)
    let planner = FilePlanner(
      sources: sources,
      declaredCount: estate.sources.count,
      formats: formats,
      shop: DecoderShop(sources: sources, subjectKey: subjectKey),
      chunkSize: options.chunkSize,
      matcher: matcher
    )
    var plans: [Int: PlannedFile] = [:]
    var notes: [FileNote] = []
    let files = discovered.files.filter { !left.contains(matcher.canonical($0.path)) }
    var parts = LogParts(files.map(\.path))
    var pending: [(index: Int, file: InputFile)] = []
    for file in files {
      var note = FileNote(path: file.path)
      switch await planner.plan(file, &note) {
      case .planned(let plan):
        parts.note(
          file.path,
          source: matcher.source(of: file.path),
          format: plan.format,
          header: plan.header
        )
        let isGeneral = plan.format == JSONLines.self || plan.format == DelimitedText.self
        if plan.lacksHeader || isGeneral, !plan.isReadOnce { pending.append((notes.count, file)) }
        plans[notes.count] = plan
      case .empty:
        break
      case .unreadable(let reason):
        note.error = reason
      }
      notes.append(note)
    }
    for (index, file) in pending {
      let known = parts.format(for: file.path, source: matcher.source(of: file.path))
      guard let plan = plans[index], plan.lacksHeader || known.map({ $0 != plan.format }) ?? false
      else { continue }
      var note = FileNote(path: file.path)
      guard case .planned(let plan) = await planner.plan(file, &note, parts: parts) else {
        continue
      }
      plans[index] = plan
      notes[index] = note
    }
    let survey = YearSurvey(chunkSize: options.chunkSize, threads: options.threads)
    await survey.settle(&plans, &notes, sources)
    return (plans, notes, discovered.problems)
  }

  private var subjectKey: SubjectKey {
    guard let key = estate.subjectKey, key.count == 16 else { return Self.builtInKey }
    func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
      bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    return SubjectKey(word(key[0..<8]), word(key[8..<16]))
  }

  /// The fractional part of the golden ratio: a number without a hidden meaning, and no secret.
  private static let builtInKey = SubjectKey(0x9E37_79B9_7F4A_7C15, 0xF39C_C060_5CED_C834)

  private func assumptions() -> [(english: String, japanese: String)] {
    guard estate.subjectKey == nil else { return [] }
    return [
      (
        "No key for the hashes of data subjects is declared: the built-in key is used.",
        "データ主体のハッシュ鍵が宣言されていないため、組み込みの鍵を使いました。"
      )
    ]
  }
}
