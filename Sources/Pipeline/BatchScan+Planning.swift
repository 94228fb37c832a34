internal import Estate
internal import EventModel
internal import Ingest

/// What a scan has settled of its files before it reads them.
struct ScanPlan: Sendable {
  /// By the index of their note.
  var plans: [Int: PlannedFile] = [:]
  var notes: [FileNote] = []
  var problems: [Coverage.Unreadable] = []
  /// Paths of files that are no logs by their names.
  var leftOut: [String] = []
  var seed = ScanSeed()
}

extension ScanPlan {
  /// Leaves out files that hold nothing that another does not.
  ///
  /// Returns them with the files that they are copies of.
  @discardableResult
  mutating func leaveOutCopies() -> [Int: Int] {
    let copies = CopyFinder.copies(in: plans)
    for (file, original) in copies {
      plans[file] = nil
      notes[file].copyOf = notes[original].path
      notes[file].reason = "holds nothing that \(notes[original].path) does not: not read"
    }
    return copies
  }
}

/// What a scan goes on from.
struct ScanSeed: Sendable {
  /// Names that the consumer has met.
  var names = NameTable()
  /// What was seen of each source.
  var books: [Int: CoverageBook] = [:]
  /// What was read before and may come once more.
  var earlier = EarlierRows()
}

extension PlannedFile {
  /// The file, to be planned again.
  var input: InputFile {
    var file = InputFile(path: path, size: size)
    file.place = place
    return file
  }
}

extension BatchScan {
  /// `looksIntoAll`: whether every part of a log is looked into for whether it is cut off.
  func plan(looksIntoAll: Bool) async -> ScanPlan {
    let matcher = SourceMatcher(sources: estate.sources, estateFile: estate.file)
    let excluded = options.excludedPaths.union(estate.file.isEmpty ? [] : [estate.file])
    let left = Set(excluded.map { matcher.canonical($0) })
    let discovered = InputDiscovery.files(at: options.paths)
    var scan = ScanPlan(problems: discovered.problems)
    scan.leftOut = discovered.leftOut.filter { !left.contains(matcher.canonical($0)) }
    let files = discovered.files.filter { !left.contains(matcher.canonical($0.path)) }
    var parts = LogParts(files.map(\.path))
    let shop = DecoderShop(sources: sources, subjectKey: subjectKey)
    for (outcome, found) in await plan(files, matcher, shop) {
      var note = found
      switch outcome {
      case .planned(let plan):
        parts.note(plan, source: matcher.source(of: plan.path))
        scan.plans[scan.notes.count] = plan
      case .empty:
        break
      case .unreadable(let reason):
        note.error = reason
      }
      scan.notes.append(note)
    }
    let planner = planner(matcher, shop)
    await settle(&scan, planner, parts)
    scan.leaveOutCopies()
    await inheritHeaders(&scan, planner, parts)
    // What can be read only once leaves no second beginning.
    let looksIntoAll = looksIntoAll || scan.plans.values.contains { $0.isReadOnce }
    let stitcher = PartStitcher(chunkSize: options.chunkSize, looksIntoAll: looksIntoAll)
    let found = await stitcher.stitch(scan.plans) { matcher.source(of: $0) }
    for file in found.watched { scan.plans[file]?.watchesEnd = true }
    for group in found.groups {
      guard let plan = await join(group, in: &scan, planner) else { continue }
      parts.note(plan, source: matcher.source(of: plan.path))
    }
    // What was cut off in one part shows once it is whole, and tells those after it.
    if !found.groups.isEmpty {
      await settle(&scan, planner, parts)
      await inheritHeaders(&scan, planner, parts)
    }
    let survey = YearSurvey(chunkSize: options.chunkSize, threads: options.threads)
    await survey.settle(&scan.plans, &scan.notes, sources)
    return scan
  }

  func planner(_ matcher: SourceMatcher, _ shop: DecoderShop) -> FilePlanner {
    FilePlanner(
      sources: sources,
      declaredCount: estate.sources.count,
      formats: formats,
      shop: shop,
      chunkSize: options.chunkSize,
      matcher: matcher
    )
  }

  /// Plans each file by itself, as many at a time as there are threads.
  private func plan(
    _ files: [InputFile],
    _ matcher: SourceMatcher,
    _ shop: DecoderShop
  ) async -> [(FilePlanner.Outcome, FileNote)] {
    let workers = max(1, min(options.threads, files.count))
    return await withTaskGroup(of: [(Int, FilePlanner.Outcome, FileNote)].self) { group in
      for worker in 0..<workers {
        group.addTask {
          let planner = planner(matcher, shop)
          var found: [(Int, FilePlanner.Outcome, FileNote)] = []
          for index in stride(from: worker, to: files.count, by: workers) {
            var note = FileNote(path: files[index].path)
            found.append((index, await planner.plan(files[index], &note), note))
          }
          return found
        }
      }
      var all: [(Int, FilePlanner.Outcome, FileNote)] = []
      for await found in group { all += found }
      return all.sorted { $0.0 < $1.0 }.map { ($0.1, $0.2) }
    }
  }

  /// Plans files anew that do not themselves say what they are, or less of it than the others do.
  func settle(
    _ scan: inout ScanPlan,
    _ planner: FilePlanner,
    _ parts: LogParts
  ) async {
    for index in scan.plans.keys.sorted() {
      await settle(index, in: &scan, planner, parts)
      guard let path = scan.plans[index]?.path else { continue }
      let source = planner.matcher.source(of: path)
      scan.plans[index]?.evidence = parts.evidence(for: path, source: source)
    }
  }

  /// Plans a file anew that does not itself say what it is, or less of it than the others do.
  func settle(
    _ index: Int,
    in scan: inout ScanPlan,
    _ planner: FilePlanner,
    _ parts: LogParts
  ) async {
    guard let plan = scan.plans[index], !plan.isReadOnce else { return }
    // What the parts before it told is kept.
    let before =
      plan.inherited.isEmpty ? nil : HeaderBefore(lines: plan.inherited, header: plan.header)
    let isGeneral =
      plan.format == JSONLines.self || plan.format == DelimitedText.self
      || plan.format is any SentBySyslog.Type
    guard plan.lacksHeader || isGeneral else { return }
    let source = planner.matcher.source(of: plan.path)
    let known = parts.format(for: plan.path, source: source)
    guard plan.lacksHeader || known.map({ $0 != plan.format }) ?? false,
      known != nil || parts.hasHeader(for: plan.path, source: source)
    else { return }
    await replan(index, in: &scan, planner, parts, after: before)
  }

  /// Plans a file once more with what the other parts of its log tell.
  func replan(
    _ index: Int,
    in scan: inout ScanPlan,
    _ planner: FilePlanner,
    _ parts: LogParts,
    after before: HeaderBefore?
  ) async {
    guard let plan = scan.plans[index] else { return }
    var note = FileNote(path: plan.path)
    guard
      case .planned(var settled) = await planner.plan(
        plan.input,
        followedBy: plan.rest.map(\.path),
        &note,
        parts: parts,
        after: before
      )
    else { return }
    settled.rest = plan.rest
    settled.evidence = plan.evidence
    settled.isCompressed = plan.isCompressed
    settled.watchesEnd = plan.watchesEnd
    settled.modificationSeconds = plan.modificationSeconds
    note.goesOnIn = scan.notes[index].goesOnIn
    scan.plans[index] = settled
    scan.notes[index] = note
  }

  /// Makes one file of those that are cut out of one.
  private func join(
    _ group: [Int],
    in scan: inout ScanPlan,
    _ planner: FilePlanner
  ) async -> PlannedFile? {
    let members = group.compactMap { scan.plans[$0] }
    guard let first = group.first, members.count == group.count else { return nil }
    let rest = zip(group, members).dropFirst().map {
      PlannedFile.Part(file: $0.0, path: $0.1.path)
    }
    let file = InputFile(
      path: members[0].path,
      size: members.reduce(0) { $0 + ($1.size ?? 0) }
    )
    var note = FileNote(path: file.path)
    guard
      case .planned(var plan) = await planner.plan(
        file,
        followedBy: rest.map(\.path),
        &note,
        after: HeaderBefore(lines: members[0].inherited)
      )
    else { return nil }
    plan.rest = rest
    plan.isCompressed = members.contains { $0.isCompressed }
    plan.modificationSeconds = members.compactMap(\.modificationSeconds).max()
    note.goesOnIn = rest.map(\.path)
    scan.plans[first] = plan
    scan.notes[first] = note
    for part in rest {
      scan.plans[part.file] = nil
      scan.notes[part.file].error = nil
      scan.notes[part.file].reason = "goes on within a record of \(file.path)"
    }
    return plan
  }
}
