internal import EventModel
internal import Ingest

/// Holds the order and the consumer: rows go to the consumer in order.
///
/// Per file, chunks are finished in file order (year, coverage, from and to); over all files, rows are put in order by a
/// merge of streams or a sort (see `BatchScan`). One worker at a time calls it, as `JobBoard` tells.
actor ScanSequencer<Consumer: EventConsumer> {
  private let mode: ScanMode
  private let options: ScanOptions
  private var consumer: Consumer
  private var names = NameTable()
  private var overflowed: Int64 = 0
  private var translators: [NameTranslator]
  private var files: [Int: ScanFileState]
  private var notes: [FileNote]
  /// Files as they are opened, from the first that has not started; and those that have, and are not closed.
  private var unstarted: ArraySlice<Int>
  private var open: [Int] = []
  private var books: [Int: CoverageBook] = [:]
  private let plans: [Int: PlannedFile]
  private let zone: TimeZoneRule
  private var otherData: OtherData
  private var buffer = MergeBuffer()
  private let sorter: RowSorter
  private var (ends, sha256): ([Int: FileEnd], [UInt64: SHA256]) = ([:], [:])
  private var evidence: EvidenceCache
  private var seams: [Int: [FileReader.Seam]] = [:]
  private var earlier: EarlierRows
  private var overlap: OverlapCount
  private var filter: OverlapFilter
  private var outsidePeriod: Int64 = 0
  private(set) var isDisorder = false
  private var failure: ScanError?
  private var meter: ProgressMeter

  init(
    _ mode: ScanMode,
    consumer: Consumer,
    plans: [Int: PlannedFile],
    notes: [FileNote],
    seed: ScanSeed,
    zone: TimeZoneRule,
    otherData: OtherData,
    overlapping: Set<Int> = [],
    options: ScanOptions,
    meter: ProgressMeter
  ) {
    self.mode = mode
    self.options = options
    self.consumer = consumer
    self.plans = plans
    self.notes = notes
    names = seed.names
    books = seed.books
    self.zone = zone
    self.otherData = otherData
    self.meter = meter
    evidence = EvidenceCache(limit: options.limits.evidenceBytes, hold: options.limits.hold)
    translators = Array(repeating: NameTranslator(), count: options.threads)
    files = plans.mapValues {
      ScanFileState(
        plan: $0,
        lastSeen: $0.earliest,
        consumed: $0.start?.offset ?? 0,
        line: $0.start?.line ?? 1
      )
    }
    earlier = seed.earlier
    var before = seed.earlier
    let isOne = plans.count + (before.isEmpty ? 0 : 1) < 2
    overlap = OverlapCount(files: isOne || !overlapping.isEmpty ? 0 : notes.count)
    filter = OverlapFilter(overlapping, earlier: seed.earlier)
    unstarted = JobBoard.order(of: plans, mode)[...]
    sorter = RowSorter(runRows: options.limits.runRows, applyRows: options.limits.applyRows)
  }

  /// Takes an arrival and finishes it, and those that waited for it; those of one worker come in its order.
  func take(_ arrival: consuming Arrival) -> JobBoard.Progress {
    let (file, sequence) = (arrival.file, arrival.sequence)
    var content = arrival.content
    // Whoever holds rows alone changes them in place.
    arrival.content = .end(FileReader.Ending())
    if case .chunk(var chunk) = content {
      content = .end(FileReader.Ending())
      translators[chunk.worker].absorb(
        chunk.names,
        into: &names,
        limit: options.limits.names,
        overflowed: &overflowed
      )
      translators[chunk.worker].translate(&chunk.rows)
      translators[chunk.worker].translate(&chunk.serials)
      content = .chunk(chunk)
    }
    // Other workers may have asked for more after the end.
    var finished = 1
    if files[file] != nil {
      start(file)
      finished = 0
      files[file]?.waiting[sequence] = content
      content = .end(FileReader.Ending())
      while let next = files[file]?.nextSequence,
        let due = files[file]?.waiting.removeValue(forKey: next)
      {
        files[file]?.nextSequence = next + 1
        let left = files[file]?.waiting.count ?? 0
        finish(consume due, of: file)
        finished += files[file] == nil ? 1 + left : 1
      }
      if mode == .streaming, !isDisorder { releaseRows() }
    }
    return JobBoard.Progress(
      finished: finished,
      lastSeen: files[file]?.lastSeen ?? .min,
      isClosed: files[file] == nil,
      mustStop: isDisorder || failure != nil
    )
  }

  private func finish(_ content: consuming Arrival.Content, of file: Int) {
    switch consume content {
    case .chunk(var chunk):
      if chunk.isOpenEnd {
        finishOpenEnd(&chunk, of: file)
        return
      }
      finishRows(&chunk, of: file)
      files[file]?.consumed = chunk.offset + Int64(chunk.inputBytes)
      files[file]?.line += chunk.lines
      evidence.keep(chunk, lastTime: files[file]?.lastSeen ?? .max)
      chunk.storage = nil
      meter.advance(
        lines: chunk.lines,
        events: chunk.rows.count,
        bytes: files[file]?.plan.isCompressed == true ? 0 : Int64(chunk.inputBytes)
      )
      var rows: [EventRow] = []
      swap(&rows, &chunk.rows)
      keepInOrder(rows, isInOrder: chunk.isInOrder)
    case .end(let ending):
      if !ending.seams.isEmpty { seams[file] = ending.seams }
      let parts = [file] + (files[file]?.plan.rest.map(\.file) ?? [])
      for failure in ending.failures where failure.part < parts.count {
        notes[parts[failure.part]].error = failure.reason
      }
      noteEnd(of: file, ending)
      if ends[file]?.open == nil { notes[file].cut = files[file]?.cut }
      notes[file].judgeUnreadable()
      close(file)
    }
  }

  private func start(_ file: Int) {
    guard files[file]?.isStarted == false else { return }
    files[file]?.isStarted = true
    open.append(file)
    while let next = unstarted.first, files[next]?.isStarted ?? true { unstarted.removeFirst() }
  }

  private func close(_ file: Int) {
    open.removeAll { $0 == file }
    let plan = files.removeValue(forKey: file)?.plan
    meter.finishFile(bytes: plan?.isCompressed == true ? plan?.size ?? 0 : 0)
  }

  /// Keeps apart what only the end of a file ends: rows, and books of its own.
  private func finishOpenEnd(_ chunk: inout DecodedChunk, of file: Int) {
    guard let state = files[file] else { return }
    let source = state.plan.source
    var open =
      ends[file]?.open
      ?? FileEnd.Open(offset: chunk.offset, note: notes[file], book: CoverageBook(zone: zone))
    let book = books[source]
    books[source] = open.book
    finishRows(&chunk, of: file)
    open.book = books[source] ?? open.book
    books[source] = book
    files[file]?.lastTime = state.lastTime
    RowOrder.sort(&chunk.rows, names)
    open.rows = RowOrder.merge(open.rows[...], chunk.rows[...], names)
    ends[file, default: FileEnd()].open = open
  }

  private func noteEnd(of file: Int, _ ending: FileReader.Ending) {
    guard let state = files[file], state.plan.isFollowed else { return }
    var found = ends[file] ?? FileEnd()
    found.consumed = found.open?.offset ?? ending.position ?? state.consumed
    (found.line, found.header) = (state.line, ending.header)
    found.lastTime = state.lastTime
    found.note = notes[file]
    if let note = found.open?.note {
      found.note = note
      found.note?.error = notes[file].error
    }
    ends[file] = found
  }

  private func finishRows(_ chunk: inout DecodedChunk, of file: Int) {
    guard var state = files.removeValue(forKey: file) else { return }
    defer { files[file] = state }
    let isYearless = state.plan.format.isYearless && chunk.resolve(state.plan.year)
    let source = UInt16(clamping: state.plan.source)
    var book = books.removeValue(forKey: state.plan.source) ?? CoverageBook(zone: zone)
    if state.nextSequence == 1 {
      book.note(
        format: state.plan.format.name,
        usesZone: state.plan.usesZone,
        year: state.plan.year
      )
    }
    // Only where there was one: the formats of syslog read times with and without a year.
    if isYearless { book.isYearless = true }
    let first = options.from?.nanoseconds ?? .min
    let last = options.to.map { $0.nanoseconds &- 1 } ?? .max
    var (datedBytes, backwardSteps): (Int64, Int64) = (0, 0)
    var (records, previous) = (chunk.passedOver + chunk.rejected, nil as Int64?)
    var (dropsRows, isInOrder) = (false, true)
    var tally = CoverageBook.Tally()
    var (lastTime, lastSeen) = (state.lastTime ?? .min, state.lastSeen)
    UnnamedReads.name(&chunk.rows, of: notes[file].source, &names)
    let known = names  // Looked up in the actor for every row, it would count references each time.
    var other = OtherData.none
    swap(&other, &otherData)
    defer { swap(&other, &otherData) }
    chunk.rows.withUnsafeMutableBufferPointer { rows in
      for index in rows.indices {
        rows[index].file = UInt32(clamping: file)
        rows[index].source = source
        if index > 0, rows[index].time <= rows[index - 1].time, isInOrder {
          isInOrder = !RowOrder.precedes(rows[index], rows[index - 1], known)
        }
        let (time, offset, length) = (rows[index].time, rows[index].offset, rows[index].length)
        let isNewRecord = offset != previous
        previous = offset
        if isNewRecord {
          datedBytes += Int64(length)
          records += 1
        }
        if time < lastTime {
          let floor = lastTime.subtractingReportingOverflow(Timestamp.nanosecondsPerSecond)
          if !floor.overflow, time < floor.partialValue { backwardSteps += 1 }
        }
        lastTime = time
        if time > lastSeen { lastSeen = time }
        if time >= first, time <= last {
          if !tally.holds(time) { book.turn(&tally, to: time) }
          let isOther =
            rows[index].quality == .unknown && other.holds(rows[index].object, names: known)
          tally.add(rows[index], isNewRecord: isNewRecord, isOther: isOther)
        } else {
          dropsRows = true
        }
      }
      if !rows.isEmpty { state.lastTime = lastTime }
    }
    book.add(tally)
    chunk.isInOrder = isInOrder
    for record in chunk.dated {
      datedBytes += Int64(record.length)
      if record.time > lastSeen { lastSeen = record.time }
      if record.time >= first, record.time <= last { book.add(record) }
    }
    for item in state.rejected(chunk) where item.time >= first && item.time <= last {
      book.add(rejected: item.count, at: item.time)
    }
    state.lastSeen = lastSeen
    notes[file].backwardSteps += backwardSteps
    if dropsRows {
      outsidePeriod += Int64(chunk.rows.count { $0.time < first || $0.time > last })
      chunk.rows.removeAll { $0.time < first || $0.time > last }
    }
    // What is left when the lines of all that is dated are taken off.
    var undated = chunk.lines - chunk.headerLines - (records - chunk.passedOver - chunk.rejected)
    for record in chunk.dated { undated -= Int(record.lines) }
    for record in chunk.further {
      undated -= Int(record.lines)
      if record.time >= first, record.time <= last { book.add(record) }
    }
    book.addUndated(
      lines: undated,
      headers: chunk.headerLines,
      bytes: chunk.recordBytes - datedBytes,
      rejected: chunk.rejected
    )
    book.add(chunk.encodings)
    book.assumedZones |= chunk.assumedZones
    book.add(zones: chunk.unknownZones, chunk.unknownOperations, chunk.unreadRecords)
    book.lacksMethods = book.lacksMethods || chunk.lacksMethods
    book.add(chunk.serials, file: file)
    books[state.plan.source] = book
    notes[file].add(chunk, records: records)
    state.cut = chunk.cut
    for (digest, text) in chunk.sha256 where sha256.count < options.limits.keptDigests {
      sha256[digest] = text
    }
  }

  private func keepInOrder(_ rows: consuming [EventRow], isInOrder: Bool) {
    guard !isDisorder, failure == nil, !rows.isEmpty else { return }
    if mode == .streaming {
      if !isInOrder { RowOrder.sort(&rows, names) }
      if !buffer.add(rows, names) { isDisorder = true }
      return
    }
    do throws(ScanError) {
      try sorter.add(rows, names)
    } catch {
      failure = error
    }
  }

  private func releaseRows() {
    var bound = Int64.max
    for index in open { bound = min(bound, files[index]?.lastSeen ?? .max) }
    if let next = unstarted.first { bound = min(bound, files[next]?.lastSeen ?? .max) }
    if bound != .max {
      let slack = bound.subtractingReportingOverflow(options.limits.slack)
      bound = slack.overflow ? .min : slack.partialValue
    }
    while let run = buffer.releaseRun(upTo: bound, names) { apply(run) }
    if !buffer.isInSequence(names) { apply(buffer.release(upTo: bound, names)) }
    while buffer.count > options.limits.bufferedRows, let median = buffer.medianTime {
      apply(buffer.release(upTo: median, names))
    }
  }

  /// Ends the scan without a result.
  func cancel() { failure = failure ?? ScanError(message: "the scan was cancelled") }

  private func apply(_ rows: consuming [EventRow]) {
    guard let last = rows.last else { return }
    consume(rows)
    hashEvidence()
    evidence.release(upTo: last.time)
  }

  private func consume(_ rows: consuming [EventRow]) {
    if earlier.isEmpty {
      overlap.note(rows)
    } else {
      earlier.join(rows) { overlap.note($0) }
    }
    for row in filter.filter(&rows) {
      let isOther = otherData.holds(row.object, names: names)
      books[Int(row.source)]?.leaveOut(row, isOther: isOther)
    }
    consumer.apply(rows, names: names)
  }

  private func hashEvidence() {
    evidence.hash(consumer.notedPlaces) { consumer.evidencePlaces }
  }

  /// What the whole scan comes to, evidence not yet read again.
  func finish(_ assemble: CoverageAssembly) throws(ScanError) -> ScanOutcome<Consumer> {
    if let failure { throw failure }
    if mode == .sorted {
      meter.enter(.ordering)
      try sorter.drain(names) { rows in consume(rows) }
    }
    var shown = books
    var open: [EventRow] = []
    for file in ends.keys.sorted() {
      guard let end = ends[file]?.open, let source = plans[file]?.source else { continue }
      shown[source, default: CoverageBook(zone: zone)].merge(end.book)
      open = RowOrder.merge(open[...], end.rows[...], names)
    }
    consumer.applyOpenEnds(open, names: names)
    var coverage = assemble.coverage(
      books: shown,
      notes: notes,
      overlap: overlap,
      leftOut: filter,
      overflowed: overflowed,
      names: names
    )
    coverage.outsidePeriod = outsidePeriod
    let incidents = consumer.finish(coverage: coverage, names: names)
    hashEvidence()
    return ScanOutcome(
      consumer: consumer,
      incidents: incidents,
      coverage: coverage,
      notes: notes,
      sha256: sha256,
      digests: evidence.digests,
      seams: seams,
      ends: ends,
      books: books,
      names: names,
      overlapping: overlap.stretches,
      repeatedSources: filter.sources,
      spilledBytes: sorter.spilledBytes,
      meter: meter
    )
  }
}
