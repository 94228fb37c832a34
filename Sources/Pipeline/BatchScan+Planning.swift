internal import Estate
internal import EventModel
internal import Ingest

/// What a scan has settled of its files before it reads them.
struct ScanPlan: Sendable {
  /// By the index of their note.
  var plans: [Int: PlannedFile] = [:]
  var notes: [FileNote] = []
  var problems: [Coverage.Unreadable] = []
  var seed = ScanSeed()
}

/// What a scan goes on from.
struct ScanSeed: Sendable {
  /// Names that the consumer has met.
  var names = NameTable()
  /// What was seen of each source.
  var books: [Int: CoverageBook] = [:]
}

extension BatchScan {
  /// `looksIntoAll`: whether every part of a log is looked into for whether it is cut off.
  func plan(looksIntoAll: Bool) async -> ScanPlan {
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
    var scan = ScanPlan(problems: discovered.problems)
    let files = discovered.files.filter { !left.contains(matcher.canonical($0.path)) }
    var parts = LogParts(files.map(\.path))
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
        scan.plans[scan.notes.count] = plan
      case .empty:
        break
      case .unreadable(let reason):
        note.error = reason
      }
      scan.notes.append(note)
    }
    for index in scan.plans.keys.sorted() where scan.plans[index]?.isReadOnce == false {
      await settle(index, in: &scan, planner, parts, files[index])
    }
    // What can be read only once leaves no second beginning.
    let looksIntoAll = looksIntoAll || scan.plans.values.contains { $0.isReadOnce }
    let stitcher = PartStitcher(chunkSize: options.chunkSize, looksIntoAll: looksIntoAll)
    let found = await stitcher.stitch(scan.plans) { matcher.source(of: $0) }
    for file in found.watched { scan.plans[file]?.watchesEnd = true }
    for group in found.groups { await join(group, in: &scan, planner, parts) }
    let survey = YearSurvey(chunkSize: options.chunkSize, threads: options.threads)
    await survey.settle(&scan.plans, &scan.notes, sources)
    return scan
  }

  /// Plans a file anew that does not itself say what it is, or less of it than the others do.
  func settle(
    _ index: Int,
    in scan: inout ScanPlan,
    _ planner: FilePlanner,
    _ parts: LogParts,
    _ file: InputFile
  ) async {
    guard let plan = scan.plans[index] else { return }
    let isGeneral = plan.format == JSONLines.self || plan.format == DelimitedText.self
    guard plan.lacksHeader || isGeneral else { return }
    let known = parts.format(for: file.path, source: planner.matcher.source(of: file.path))
    guard plan.lacksHeader || known.map({ $0 != plan.format }) ?? false else { return }
    var note = FileNote(path: file.path)
    let rest = plan.rest
    guard
      case .planned(var settled) = await planner.plan(
        file,
        followedBy: rest.map(\.path),
        &note,
        parts: parts
      )
    else { return }
    settled.rest = rest
    settled.isCompressed = plan.isCompressed
    scan.plans[index] = settled
    scan.notes[index] = note
  }

  /// Makes one file of those that are cut out of one.
  private func join(
    _ group: [Int],
    in scan: inout ScanPlan,
    _ planner: FilePlanner,
    _ parts: LogParts
  ) async {
    let members = group.compactMap { scan.plans[$0] }
    guard let first = group.first, members.count == group.count else { return }
    let rest = zip(group, members).dropFirst().map {
      PlannedFile.Part(file: $0.0, path: $0.1.path)
    }
    let file = InputFile(
      path: members[0].path,
      size: members.reduce(0) { $0 + ($1.size ?? 0) }
    )
    var note = FileNote(path: file.path)
    guard
      case .planned(var plan) = await planner.plan(file, followedBy: rest.map(\.path), &note)
    else { return }
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
    await settle(first, in: &scan, planner, parts, file)
    scan.plans[first]?.modificationSeconds = plan.modificationSeconds
    scan.notes[first].goesOnIn = note.goesOnIn
  }
}
