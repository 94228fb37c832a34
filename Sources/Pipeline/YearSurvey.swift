internal import EventModel
internal import Ingest

/// Finds the years of times that state none, source by source, before the scan.
///
/// Reads the files of such formats once more, for the days of their lines alone.
struct YearSurvey {
  let chunkSize: Int
  let threads: Int
  /// The last day that is known of a source from earlier runs.
  var lastDay: (Int) -> Int? = { _ in nil }

  func settle(
    _ plans: inout [Int: PlannedFile],
    _ notes: inout [FileNote],
    _ sources: [SourceDeclaration]
  ) async {
    let files = plans.keys.filter {
      plans[$0]?.format.isYearless == true && plans[$0]?.hasYear == false
    }.sorted()
    guard !files.isEmpty else { return }
    let marks = await survey(files.compactMap { index in plans[index].map { (index, $0) } })
    for source in Set(files.compactMap { plans[$0]?.source }).sorted() {
      let members = files.filter { plans[$0]?.source == source && marks[$0]?.isEmpty == false }
      let parts = members.compactMap { index -> YearInference.File? in
        guard let plan = plans[index], let found = marks[index] else { return nil }
        let (folder, name) = FileSequence.split(plan.path)
        return YearInference.File(
          folder: folder,
          name: name,
          modificationSeconds: plan.modificationSeconds,
          marks: found
        )
      }
      guard let zone = members.first.flatMap({ plans[$0]?.zone }) else { continue }
      let years = infer(parts, sources[source].year, zone, after: lastDay(source))
      for (index, year) in zip(members, years) {
        guard var plan = plans[index] else { continue }
        plan.year = year
        var head = plan.yearlessHead
        year.resolve(&head)
        if let first = head.map(\.time).min() { plan.firstTime = first }
        plan.yearlessHead = []
        plans[index] = plan
        notes[index].yearBasis = year.basis
      }
    }
  }

  /// Of a source that is known from earlier runs, the lines follow those; unless that would be
  /// after the files were written.
  private func infer(
    _ parts: [YearInference.File],
    _ declaredYear: Int?,
    _ zone: TimeZoneRule,
    after last: Int?
  ) -> [YearInference] {
    guard let last else {
      return YearInference.infer(parts, declaredYear: declaredYear, zone: zone)
    }
    let written = parts.compactMap(\.modificationSeconds).max()
    let latest = written.map { Timestamp(seconds: $0).dayNumber() + 2 } ?? .max
    return YearInference.infer(
      parts,
      declaredYear: declaredYear,
      zone: zone,
      after: last - 31,
      before: latest
    )
  }

  private func survey(_ files: [(index: Int, plan: PlannedFile)]) async -> [Int: YearMarks] {
    await withTaskGroup(of: (Int, YearMarks).self) { group in
      var found: [Int: YearMarks] = [:]
      var rest = files[...]
      func start(_ group: inout TaskGroup<(Int, YearMarks)>) {
        guard let next = rest.popFirst() else { return }
        group.addTask { [chunkSize] in
          (next.index, await Self.marks(of: next.plan, chunkSize: chunkSize))
        }
      }
      for _ in 0..<max(1, threads) { start(&group) }
      while let (index, marks) = await group.next() {
        found[index] = marks
        start(&group)
      }
      return found
    }
  }

  /// The days of a file's lines; of an input that can be read once only, of its first rows.
  private static func marks(of plan: PlannedFile, chunkSize: Int) async -> YearMarks {
    var marks = YearMarks()
    if plan.isReadOnce {
      for row in plan.yearlessHead where row.flags.contains(.yearless) {
        let seconds = Timestamp(nanoseconds: row.time).nanoseconds / 1_000_000_000
        let local = row.time &+ Int64(plan.zone.offset(atUTC: seconds)) &* 1_000_000_000
        marks.note(yearlessLocal: local, line: Int(row.line))
      }
      return marks
    }
    let reader = FileReader(
      path: plan.place ?? plan.path,
      followedBy: plan.rest.map(\.path),
      chunkSize: chunkSize,
      encoding: plan.encoding
    )
    while case .chunk(let chunk, _) = await reader.next(plan).step {
      marks.note(chunk, of: plan.format)
    }
    return marks
  }
}
