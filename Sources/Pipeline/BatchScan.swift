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
  let estate: DeclaredEstate
  let options: ScanOptions
  let formats: [any LogFormat.Type]
  /// What `EventRow.source` counts: the declared sources, then one assumed source for each format,
  /// named after it, and one for lines that no format claims.
  public let sources: [SourceDeclaration]

  public init(
    estate: DeclaredEstate,
    options: ScanOptions,
    formats: [any LogFormat.Type] = FormatRegistry.all
  ) {
    self.estate = estate
    var options = options
    options.limits.queryNames = estate.queryNames
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
    var looksIntoAll = false
    while true {
      options.progress?(ScanProgress(phase: .probing))
      let scan = await plan(looksIntoAll: looksIntoAll)
      if let result = try await run(&consumer, scan) { return result }
      looksIntoAll = true
    }
  }

  /// Scans as planned; `nil`: a file ends within a record, and whether another goes on with it has to
  /// be looked into.
  private func run<Consumer: EventConsumer>(
    _ consumer: inout Consumer,
    _ scan: ScanPlan
  ) async throws -> ScanResult? {
    guard let (ending, isSorted) = try await read(&consumer, scan, leavesOutOverlaps: true) else {
      return nil
    }
    var outcome = ending
    outcome.meter.enter(.evidence)
    var evidence = EvidenceReader(
      plans: scan.plans,
      notes: outcome.notes,
      kept: outcome.sha256,
      digests: outcome.digests,
      seams: outcome.seams
    )
    evidence.prepare(for: outcome.incidents, chunkSize: options.chunkSize)
    outcome.meter.conclude()
    return ScanResult(
      incidents: outcome.incidents.mapped { [evidence] in evidence.complete(&$0) },
      coverage: outcome.coverage,
      files: evidence.notes,
      wasSorted: isSorted,
      spilledBytes: outcome.spilledBytes
    )
  }

  /// Reads all files as planned, evidence not yet read again; whether the rows had to be sorted.
  ///
  /// `leavesOutOverlaps`: where files turn out to hold stretches of each other, all are read again and each
  /// event is counted once.
  func read<Consumer: EventConsumer>(
    _ consumer: inout Consumer,
    _ scan: ScanPlan,
    leavesOutOverlaps: Bool = false
  ) async throws -> (ScanOutcome<Consumer>, isSorted: Bool)? {
    let sizes = scan.plans.values.map(\.size)
    let meter = ProgressMeter(
      options.progress,
      files: scan.plans.count,
      inputBytes: sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
    )
    let assembly = CoverageAssembly(
      sources: sources,
      problems: scan.problems,
      leftOut: scan.leftOut,
      estate: assumptions(),
      period: period
    )
    let fresh = consumer
    var mode = scan.plans.values.contains { $0.isReadOnce } ? ScanMode.sorted : .streaming
    var ending = try await pass(mode, fresh, scan, assembly, meter)
    if case .disorder = ending, mode == .streaming {
      mode = .sorted
      ending = try await pass(mode, fresh, scan, assembly, meter)
    }
    if leavesOutOverlaps, case .whole(let outcome) = ending, !outcome.overlapping.isEmpty,
      !scan.plans.values.contains(where: \.isReadOnce)
    {
      ending = try await pass(mode, fresh, scan, assembly, meter, overlapping: outcome.overlapping)
    }
    guard case .whole(let outcome) = ending else {
      if case .cut = ending { return nil }
      throw ScanError(message: "the scan came to no end")
    }
    consumer = outcome.consumer
    return (outcome, mode == .sorted)
  }

  /// How a pass over the files ends.
  private enum Ending<Consumer: EventConsumer> {
    case whole(ScanOutcome<Consumer>)
    /// The rows came too far out of order for this mode.
    case disorder
    /// A file ends within a record.
    case cut
  }

  /// Reads all files once.
  private func pass<Consumer: EventConsumer>(
    _ mode: ScanMode,
    _ consumer: Consumer,
    _ scan: ScanPlan,
    _ assembly: CoverageAssembly,
    _ meter: ProgressMeter,
    overlapping: Set<Int> = []
  ) async throws -> Ending<Consumer> {
    let sequencer = ScanSequencer(
      mode,
      consumer: consumer,
      plans: scan.plans,
      notes: scan.notes,
      seed: scan.seed,
      zone: calendarZone,
      otherData: OtherData(estate),
      overlapping: overlapping,
      options: options,
      meter: meter
    )
    let board = JobBoard(mode, plans: scan.plans, options: options)
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
    if board.isCut { return .cut }
    if board.isDisorder { return .disorder }
    if await sequencer.isDisorder { return .disorder }
    return .whole(try await sequencer.finish(assembly))
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
      let job = part.job
      guard let arrival = Self.arrival(of: consume part, decoder: &decoder) else {
        board.noteCut()
        continue
      }
      // Rows are held by one at a time: whoever changes them would have to copy them otherwise.
      if board.deliver(consume arrival, of: job) {
        while let next = board.nextArrival() {
          let file = next.file
          board.note(await sequencer.take(consume next), of: file)
        }
      }
      if Task.isCancelled {
        await sequencer.cancel()
        board.stop()
        throw CancellationError()
      }
    }
  }

  /// What comes of what was read; `nil`: the file ends within a record.
  private static func arrival(
    of part: consuming ReadPart,
    decoder: inout ChunkDecoder
  ) -> Arrival? {
    let (job, sequence) = (part.job, part.sequence)
    switch part.step {
    case .chunk(let chunk, let format):
      let decoded = decoder.decode(chunk, format, of: job, sequence: sequence)
      return Arrival(file: job.file, sequence: sequence, content: .chunk(decoded))
    case .end(let ending):
      return Arrival(file: job.file, sequence: sequence, content: .end(ending))
    case .cut: return nil
    }
  }

  /// The estate with its planted data subjects as the keyed hashes that rows hold.
  public static func hashingCanaries(of estate: DeclaredEstate) -> DeclaredEstate {
    guard !estate.canaries.isEmpty else { return estate }
    let key = Self(estate: estate, options: ScanOptions(paths: [])).subjectKey
    var hashed = estate
    for id in estate.canaries {
      let bytes = Array(id.utf8)
      hashed.canaryHashes.insert(bytes.withUnsafeBufferPointer { key.hash($0) })
    }
    hashed.canaries = []
    return hashed
  }

  /// The days asked for, the first and the last that have a moment within.
  private var period: Coverage.Period? {
    guard options.from != nil || options.to != nil else { return nil }
    var counter = LocalClock(zone: calendarZone)
    return Coverage.Period(
      first: options.from.map { counter.day(of: $0.nanoseconds) },
      last: options.to.map { counter.day(of: $0.nanoseconds &- 1) }
    )
  }

  var calendarZone: TimeZoneRule {
    estate.policy.zone
  }

  var subjectKey: SubjectKey {
    guard let key = estate.subjectKey, key.count == 16 else { return Self.builtInKey }
    func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
      bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    return SubjectKey(word(key[0..<8]), word(key[8..<16]))
  }

  /// The fractional part of the golden ratio: a number without a hidden meaning, and no secret.
  private static let builtInKey = SubjectKey(0x9E37_79B9_7F4A_7C15, 0xF39C_C060_5CED_C834)

  func assumptions() -> [(english: String, japanese: String)] {
    var list: [(english: String, japanese: String)] = []
    if estate.subjectKey == nil {
      list.append(
        (
          "No key for the hashes of data subjects is declared: the built-in key is used.",
          "データ主体のハッシュ鍵が宣言されていないため、組み込みの鍵を使いました。"
        )
      )
    }
    if options.from != nil {
      list.append(
        (
          "Nothing before the period asked for is counted: what was read earlier is in no sum, and what it used up of a "
            + "ticket is free.",
          "指定した期間より前は数えていません。それ以前の読出しはどの累計にも含まれず、チケットの使用済み分も未使用として扱います。"
        )
      )
    }
    return list
  }
}
