internal import Detection
internal import Estate
internal import EventModel
internal import Ingest
internal import Storage

/// What a night is going to read: the files that have something new, as logs that are known or not.
///
/// Files and notes are counted by the id of their log, so that rows and evidence mean the same file on every night.
struct NightPlan {
  var scan = ScanPlan()
  /// The logs that were met tonight or have changed, by id.
  var streams: [Int: StoredStream] = [:]
  /// What is wrong with sealed logs.
  var breaches: [SealBreach] = []
  var notices: [Notice] = []
  /// Rows of last records that were waited for in vain, of logs that are gone.
  var promoted: [EventRow] = []
  /// Bytes, as they lie on disk, of the files that are read.
  var bytes: Int64 = 0
  /// The files that are read, held open, by the id of their log.
  var held: [Int: HeldFile] = [:]
  /// Their first bytes before they are read.
  var firstBytes: [Int: [UInt8]] = [:]
  /// Logs that are not found and may have grown since they were read, and what of them is not read.
  var lost: [StoredStream] = []
  /// Logs that were found under a name that nobody declares.
  var strays: Set<Int> = []
  var unread: [UnreadParts.Item] = []
}

/// Makes the plan of a night.
struct NightPlanner {
  let scan: BatchScan
  let night: Int
  /// By the clock, seconds.
  let now: Int64
  var memory: NightMemory
  /// Whether a file that something is new about is to be taken now, while logs are being followed.
  ///
  /// Then nothing is said of logs that are not found.
  var admits: ((StreamMatcher.Match) -> Bool)?
  /// Inputs that lie in no folder.
  var extra: [StreamMatcher.Match] = []
  /// Whether somebody may be writing while the night is run.
  var isLive = false
  /// Logs that a watch held open and read to their end; where those that it holds lie now.
  var drained: Set<Int> = []
  var heldPlace: ((Int) -> String?)?
  let shop: DecoderShop
  let matcher: SourceMatcher
  /// Of what the store calls a source, its index.
  private let sourceIndices: [String: Int]

  /// A last record that is not whole is taken as it is when its log has not grown for so long.
  private static let patience: Int64 = 6 * 3600

  init(_ scan: BatchScan, night: Int, now: Int64, memory: NightMemory) {
    self.scan = scan
    self.night = night
    self.now = now
    self.memory = memory
    shop = DecoderShop(sources: scan.sources, subjectKey: scan.subjectKey)
    matcher = SourceMatcher(sources: scan.estate.sources, estateFile: scan.estate.file)
    let keys = scan.sourceKeys
    sourceIndices = Dictionary(zip(keys, keys.indices)) { first, _ in first }
  }

  func plan(
    seals: @escaping (Int) -> [Seal],
    names: inout NameTable
  ) async throws(StateError)
    -> NightPlan
  {
    var plan = NightPlan()
    let estateFile = scan.estate.file
    let excluded = scan.options.excludedPaths.union(estateFile.isEmpty ? [] : [estateFile])
    let left = Set(excluded.map { matcher.canonical($0) })
    plan.scan.seed.books = memory.books
    let taken = memory.journal.taken
    func logs(among streams: [StoredStream]) -> StreamMatcher {
      var logs = StreamMatcher(streams: streams, seals: seals) { taken[$0]?.seal }
      logs.night = admits == nil ? night : nil
      return logs
    }
    let known = logs(among: memory.streams)
    var files: [InputFile] = []
    var matches: [StreamMatcher.Match] = []
    var missing: [StoredStream] = []
    // A folder that is read while a log in it is renamed may show it under neither name.
    for _ in 0..<3 {
      let discovered = InputDiscovery.files(at: scan.options.paths)
      plan.scan.problems = discovered.problems
      files = discovered.files.filter { !left.contains(matcher.canonical($0.path)) }
      (matches, missing) = known.match(files.filter { $0.size != nil })
      let strays = strays(of: missing, besides: files, logs)
      matches += strays.matches
      plan.strays = Set(strays.matches.compactMap { $0.stream?.id })
      files += strays.matches.map(\.file)
      missing = strays.missing
      plan.scan.problems += strays.problems
      guard !matches.contains(where: { $0.verdict == .unsettled }) else { continue }
      if missing.allSatisfy({ $0.missingSince != nil }) { break }
    }
    for file in files where file.size == nil {
      plan.scan.problems.append(
        Coverage.Unreadable(
          path: file.path,
          reason: "cannot be followed from night to night: it is no file; name a file or a folder"
        )
      )
    }
    matches += extra
    var next = max(memory.streams.map(\.id).max() ?? -1, memory.lastSealed) + 1
    var parts = LogParts(files.map(\.path) + memory.streams.map(\.path))
    plan.scan.notes = (0..<next).map { _ in FileNote(path: "") }
    for stream in memory.streams { try note(stream, in: &plan, &parts) }
    for stream in missing where admits == nil { try miss(stream, in: &plan, &names) }
    var fresh: [Fresh] = []
    var unfinished: Set<String> = []
    if admits == nil {
      unfinished = CopyInProgress.paths(among: matches, alsoOfNew: isLive)
      // What moves at every look is left to the next night.
      unfinished.formUnion(matches.filter { $0.verdict == .unsettled }.map(\.file.path))
    }
    for match in matches where admits?(match) ?? !unfinished.contains(match.file.path) {
      if match.verdict == .new {
        fresh.append(Fresh(match: match))
      } else if let stream = match.stream,
        try facts(of: stream)?.isProvisional ?? true
          || stream.consumed == 0 && match.verdict == .known
      {
        // Perhaps it can be read tonight; part of a first line told neither format nor year.
        fresh.append(Fresh(match: match, known: stream))
      } else {
        try take(match, in: &plan, &next)
      }
    }
    await add(fresh, in: &plan, &parts, &next)
    return plan
  }

  /// A log as it was known: its note, and what it tells the other parts.
  private func note(
    _ stream: StoredStream,
    in plan: inout NightPlan,
    _ parts: inout LogParts
  ) throws(StateError) {
    guard let facts = try facts(of: stream) else { return }
    plan.scan.notes[stream.id] = facts.note
    plan.scan.notes[stream.id].judgeUnreadable()
    guard let format = format(named: facts.format) else { return }
    let source = matcher.source(of: stream.path)
    parts.note(
      stream.path,
      source: source,
      format: format,
      header: facts.header,
      evidence: facts.evidence
    )
  }

  func facts(of stream: StoredStream) throws(StateError) -> StreamFacts? {
    let zone = index(of: stream.source).flatMap { shop.zone(ofSource: $0) } ?? .utc
    return try StreamFacts(stream.facts, path: stream.path, zone: zone)
  }

  func index(of source: String) -> Int? { sourceIndices[source] }

  func format(named name: String) -> (any LogFormat.Type)? {
    if scan.sources.contains(where: { $0.format == name && $0.declared != nil }) {
      return DeclaredText.self
    }
    return scan.formats.first { $0.name == name }
      ?? (name == NotUnderstood.name ? NotUnderstood.self : nil)
  }

  // MARK: Logs that are known

  private func take(
    _ match: StreamMatcher.Match,
    in plan: inout NightPlan,
    _ next: inout Int
  ) throws(StateError) {
    if case .copy(let original) = match.verdict {
      plan.notices.append(.copy(match.file.path, of: original))
      return
    }
    guard var stream = match.stream else { return }
    stream.path = match.file.path
    stream.missingSince = nil
    switch match.verdict {
    case .cut, .altered:
      plan.breaches.append(
        SealBreach(
          match.verdict == .cut ? .cut : .altered,
          stream,
          newest: memory.newest,
          last: try facts(of: stream)?.lastTime
        )
      )
      var closed = stream
      closed.missingSince = night
      plan.streams[closed.id] = closed
      // Read on under another name: what was sealed of the old one stays as it was.
      stream.id = next
      next += 1
      stream.firstNight = night
      if match.verdict == .altered,
        let place = StreamMatcher.resume(closed, in: match.file.path)
      {
        (stream.consumed, stream.line) = (place.offset, place.line)
      } else {
        stream.consumed = min(stream.consumed, Self.length(of: match.file.path))
      }
      stream.edge = []
      if stream.consumed < stream.headLength || match.verdict == .altered {
        let bytes = try? LogBytes(path: stream.path)
        let count = min(stream.consumed, Int64(StreamMatcher.sample))
        stream.begin(with: (try? bytes?.read(Int(count))) ?? [])
      }
      (stream.openRows, stream.openBook) = (nil, nil)
      var note = FileNote(path: stream.path)
      note.source = plan.scan.notes[closed.id].source
      plan.scan.notes.append(note)
    default:
      plan.scan.notes[stream.id].path = stream.path
    }
    let isOpen = stream.openRows != nil || stream.openBook != nil
    let isUnchanged = match.verdict == .unchanged
    if isUnchanged { stream.statusChanged = match.status.statusChanged }
    if isUnchanged, !isOpen {
      if stream != match.stream { plan.streams[stream.id] = stream }
      return
    }
    guard var facts = try facts(of: stream), let source = index(of: stream.source),
      let format = format(named: facts.format)
    else { return }
    stream.note(match.status)
    let compression = (try? LogBytes(path: stream.path))?.compression ?? .none
    facts.note.compression = compression == .none ? nil : compression.rawValue
    let path = match.file.path
    // What was waited for and did not come is taken as it is; not in a second run of one night.
    let waits = !isUnchanged || now - (memory.lastStarted ?? now) < Self.patience
    plan.scan.plans[stream.id] = planned(stream, facts, path, source, format, waits: waits)
    plan.bytes += max(0, match.status.size - stream.consumed)
    var note = plan.scan.notes[stream.id]
    note.error = nil
    note.compression = facts.note.compression
    note.format = facts.format
    plan.scan.notes[stream.id] = note
    plan.streams[stream.id] = stream
  }

  func planned(
    _ stream: StoredStream,
    _ facts: StreamFacts,
    _ path: String,
    _ source: Int,
    _ format: any LogFormat.Type,
    waits: Bool
  ) -> PlannedFile {
    let compression = facts.note.compression
    var plan = PlannedFile(
      path: path,
      size: stream.size,
      source: source,
      format: format,
      shop: shop,
      encoding: facts.encoding,
      columns: facts.columns,
      evidence: facts.evidence,
      isCompressed: compression != nil,
      usesZone: facts.usesZone,
      zone: shop.zone(ofSource: source) ?? .utc
    )
    plan.firstTime = facts.lastTime
    plan.year = facts.year
    if format.isYearless, let last = facts.lastTime { plan.year = facts.year.following(last) }
    plan.header = facts.header
    plan.inherited = facts.inherited
    plan.start = ChunkReader.Start(offset: stream.consumed, line: stream.line)
    plan.isFollowed = true
    plan.separatesOpenEnd = waits
    return plan
  }

  /// Decompressed bytes of a file.
  private static func length(of path: String) -> Int64 {
    guard let bytes = try? LogBytes(path: path) else { return 0 }
    _ = try? bytes.sha256(from: 0, count: .max)
    return bytes.position
  }

  /// Where evidence of every log that is there may be read.
  func evidencePlans(_ plan: NightPlan) -> [Int: PlannedFile] {
    var plans = plan.scan.plans
    for stream in memory.streams where plans[stream.id] == nil {
      let stream = plan.streams[stream.id] ?? stream
      guard stream.missingSince == nil, let facts = try? facts(of: stream),
        let source = index(of: stream.source), let format = format(named: facts.format)
      else { continue }
      plans[stream.id] = planned(stream, facts, stream.path, source, format, waits: true)
    }
    return plans
  }

  // MARK: Logs that are new

  /// A file that is read from its beginning.
  private struct Fresh {
    var match: StreamMatcher.Match
    /// A log of which nothing was taken yet.
    var known: StoredStream?
  }

  private func add(
    _ fresh: [Fresh],
    in plan: inout NightPlan,
    _ parts: inout LogParts,
    _ next: inout Int
  ) async {
    let planner = scan.planner(matcher, shop)
    var files: [Int: InputFile] = [:]
    for (match, known) in fresh.map({ ($0.match, $0.known) }) {
      let id = known?.id ?? next
      var note = FileNote(path: match.file.path)
      switch await planner.plan(match.file, &note) {
      case .empty: continue
      case .unreadable(let reason):
        let problem = Coverage.Unreadable(path: match.file.path, reason: reason)
        plan.scan.problems.append(problem)
        continue
      case .planned(let planned):
        let source = matcher.source(of: match.file.path)
        parts.note(planned, source: source)
        plan.scan.plans[id] = planned
      }
      var stream = StoredStream(id: id, source: "", path: match.file.path)
      stream.firstNight = known?.firstNight ?? night
      stream.note(match.status)
      plan.streams[id] = stream
      if known == nil { plan.scan.notes.append(note) } else { plan.scan.notes[id] = note }
      plan.bytes += match.status.size
      files[id] = match.file
      next = max(next, id + 1)
    }
    for id in files.keys.sorted() {
      await scan.settle(id, in: &plan.scan, planner, parts)
    }
    let known = plan.scan.plans.isEmpty ? [] : headedLogs(plan)
    await scan.inheritHeaders(
      &plan.scan,
      planner,
      parts,
      files: files.keys.sorted(),
      known: known
    )
    for id in files.keys.sorted() {
      if let path = plan.scan.plans[id]?.path {
        let source = matcher.source(of: path)
        plan.scan.plans[id]?.evidence = parts.evidence(for: path, source: source)
      }
      plan.scan.plans[id]?.isFollowed = true
      plan.scan.plans[id]?.separatesOpenEnd = true
    }
    for (id, original) in plan.scan.leaveOutCopies().sorted(by: { $0.key < $1.key }) {
      guard let file = files[id] else { continue }
      plan.streams[id] = nil
      plan.bytes -= file.size ?? 0
      plan.scan.notes[id].copyOf = nil
      plan.notices.append(.copy(file.path, of: plan.scan.notes[original].path))
    }
    let books = memory.books
    let survey = YearSurvey(
      chunkSize: scan.options.chunkSize,
      threads: scan.options.threads,
      lastDay: { books[$0]?.allDays.last?.day }
    )
    await survey.settle(&plan.scan.plans, &plan.scan.notes, scan.sources)
  }
}

extension BatchScan {
  /// What the store calls the sources: declared ones by name, assumed ones with the word before it.
  var sourceKeys: [String] {
    sources.enumerated().map { index, source in
      index < estate.sources.count ? source.name : "format \(source.name)"
    }
  }
}
