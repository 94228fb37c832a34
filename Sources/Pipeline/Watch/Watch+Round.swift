internal import Detection
internal import EventModel
internal import Ingest
internal import Storage

/// Keeps the rows of a round until it is known that they are worth something.
struct RowCollector: EventConsumer {
  var rows: [EventRow] = []

  mutating func apply(_ rows: [EventRow], names: NameTable) { self.rows += rows }

  mutating func finish(coverage: Coverage, names: NameTable) -> IncidentList { IncidentList([]) }
}

extension Watch {
  /// Reads what is new; whether there was anything.
  ///
  /// A round counts as a whole: where a log was cut or written anew while it was read, nothing of it is
  /// taken.
  @discardableResult
  public func round() async throws -> Bool {
    // A night that broke off took what there was to judge with.
    if !isLoaded { try await runNight() }
    for pipe in pipes {
      pipe.pump()
      noteLosses(of: pipe)
      if log(of: pipe) == nil, pipe.file.status?.size ?? 0 > 0 { needsSearch = true }
    }
    var plan = isSearchDue(Clock.steady()) ? try await search() : try grown()
    plan.hold(plan.held)
    for id in plan.streams.keys where plan.scan.plans[id] == nil {
      if let stream = plan.streams[id] { streams[id] = stream }
      pending.streams.insert(id)
    }
    guard !plan.scan.plans.isEmpty else { return false }
    plan.scan.seed.names = names
    var collector = RowCollector()
    guard let (outcome, _) = try await scan.read(&collector, plan.scan) else { return false }
    names = outcome.names
    let logs = plan.scan.plans.keys.sorted().compactMap { self.taken($0, of: plan, outcome) }
    // After the digests: they are of what was read, too.
    let changed = plan.changed
    guard changed.isEmpty else {
      for id in changed { followed[id]?.isCut = true }
      needsSearch = true
      return true
    }
    books = outcome.books
    noteClocks(plan, collector.rows)
    for log in logs { take(log, plan, outcome) }
    take(collector.rows)
    return true
  }

  /// A log as a round leaves it.
  private struct Taken {
    var stream: StoredStream
    var facts: StreamFacts
    var seals: [Seal]
    var sealing: Sealing?
    var open: FileEnd.Open?
    var start: Int64
    var source: Int
  }

  private func taken(
    _ id: Int,
    of plan: NightPlan,
    _ outcome: ScanOutcome<RowCollector>
  ) -> Taken? {
    guard var stream = plan.streams[id], let planned = plan.scan.plans[id],
      let end = outcome.ends[id]
    else { return nil }
    stream.source = scan.sourceKeys[planned.source]
    let start = stream.consumed
    stream.consumed = end.consumed
    stream.line = end.line
    stream.lastNight = night
    // A pipe is gone with the program: no night is to look for it.
    stream.missingSince = pipeLogs[id] == nil ? nil : night
    var found = StreamFacts(planned, end, outcome.notes[id])
    found.lastTime = found.lastTime ?? planned.firstTime
    stream.facts = found.bytes
    stream.openRows = end.open.map {
      RowPack.pack($0.rows, names: names, sources: scan.sourceKeys)
    }
    stream.openBook = end.open.map { $0.book.packed(names) }
    let isPipe = pipeLogs[id] != nil
    // What a pipe said stands nowhere that could be looked at again.
    var sealing: Sealing? = isPipe ? nil : self.sealing[id] ?? Sealing(start: start, end: start)
    // A log that could not be read before is read from its beginning again.
    if let known = sealing, start < known.end { sealing = Sealing(start: start, end: start) }
    if self.sealing[id] == nil {
      sealing?.first = planned.firstTime.flatMap { abs($0) < .max / 2 ? $0 : nil }
    }
    let seals: [Seal]
    if let held = plan.held[id], !planned.isCompressed {
      seals = mark(&stream, from: start, held, &sealing)
    } else {
      seals = mark(&stream, from: start, compressedAt: planned.place ?? stream.path, &sealing)
    }
    return Taken(
      stream: stream,
      facts: found,
      seals: seals,
      sealing: sealing,
      open: end.open,
      start: start,
      source: planned.source
    )
  }

  /// Takes what was read of a log.
  private func take(
    _ log: Taken,
    _ plan: NightPlan,
    _ outcome: ScanOutcome<RowCollector>
  ) {
    let id = log.stream.id
    while notes.count <= id { notes.append(FileNote(path: "")) }
    let before = notes[id]
    notes[id] = log.facts.note
    facts[id] = log.facts
    open[id] = log.open
    streams[id] = log.stream
    pieces[id, default: []] += log.seals
    sealing[id] = log.sealing
    if let count = pieces[id]?.count, count > Self.pieceLimit {
      pieces[id]?.removeFirst(count - Self.pieceLimit)
    }
    pending.streams.insert(id)
    pending.sources.insert(log.source)
    pending.lines += log.facts.note.lines - before.lines
    pending.events += log.facts.note.events - before.events
    pending.bytes += max(0, log.stream.consumed - log.start)
    if let held = plan.held[id] { follow(log.stream, held) }
    if let pipe = pipeLogs[id] {
      pipe.forget(upTo: log.stream.consumed)
      if kept.count < 1 << 16 { kept.merge(outcome.sha256) { $1 } }
    }
  }

  private func follow(_ stream: StoredStream, _ file: HeldFile) {
    let now = Clock.steady()
    for (other, held) in followed where other != stream.id {
      guard let status = held.file.status, status.inode == stream.inode,
        status.device == stream.device, let old = streams[other]
      else { continue }
      noteGap(of: old, seenAt: held.seenAt, now)
      followed[other] = nil
    }
    rested.remove(stream.id)
    followed[stream.id] = Followed(
      file: file,
      seenAt: now,
      grewAt: now
    )
  }

  /// Says what may be missing of a log that was cut and begun anew in place.
  private func noteGap(of stream: StoredStream, seenAt: Int64, _ now: Int64) {
    let wall = Clock.now()
    let part = UnreadPart(
      .cut,
      path: stream.path,
      log: stream.id,
      offset: stream.consumed,
      from: Timestamp(nanoseconds: wall - (now - seenAt)),
      until: Timestamp(nanoseconds: wall)
    )
    pending.notices.append(part.notice)
    let item = UnreadParts.Item(source: stream.source, part: part)
    pending.unread.append(item)
    unread.append(item)
    notices.append(part.notice)
  }

  // MARK: Digests

  /// Notes by which bytes a plain log is known, and those that are new.
  private func mark(
    _ stream: inout StoredStream,
    from start: Int64,
    _ held: HeldFile,
    _ sealing: inout Sealing?
  ) -> [Seal] {
    let sample = min(stream.consumed, Int64(StreamMatcher.sample))
    if stream.consumed == 0 {
      stream.begin(with: held.bytes(from: 0, count: StreamMatcher.sample))
      return []
    }
    if stream.headLength < StreamMatcher.sample || stream.edge.isEmpty {
      stream.begin(with: held.bytes(from: 0, count: Int(sample)))
    }
    guard stream.consumed > start || stream.edge.isEmpty else { return [] }
    stream.edge = held.sha256(from: stream.consumed - sample, count: sample) ?? []
    return seals(stream, from: start, &sealing) { held.bytes(from: $0, count: $1) }
  }

  private func mark(
    _ stream: inout StoredStream,
    from start: Int64,
    compressedAt place: String,
    _ sealing: inout Sealing?
  ) -> [Seal] {
    let sample = min(stream.consumed, Int64(StreamMatcher.sample))
    func digest(_ from: Int64, _ count: Int64) -> [UInt8]? {
      (try? LogBytes(path: place)).flatMap { try? $0.sha256(from: from, count: count) }
    }
    stream.begin(with: (try? LogBytes(path: place).read(Int(sample))) ?? [])
    stream.edge = digest(stream.consumed - sample, sample) ?? []
    let bytes = try? LogBytes(path: place)
    return seals(stream, from: start, &sealing) { (try? bytes?.read(from: $0, count: $1)) ?? [] }
  }

  /// In pieces, so that a copy that breaks off is known by those before.
  private func seals(
    _ stream: StoredStream,
    from start: Int64,
    _ sealing: inout Sealing?,
    _ bytes: (Int64, Int) -> [UInt8]
  ) -> [Seal] {
    var found: [Seal] = []
    var start = start
    while start < stream.consumed {
      let length = min(stream.consumed - start, 1 << 20)
      let piece = bytes(start, Int(length))
      guard piece.count == Int(length) else { break }
      var sum = SHA256Sum()
      sum.add(piece)
      found.append(
        Seal(stream: stream.id, start: start, length: length, night: night, digest: sum.digest)
      )
      if sealing?.end == start {
        sealing?.sum.add(piece)
        sealing?.end += length
      }
      start += length
    }
    return found
  }

  // MARK: Rows

  private func take(_ rows: [EventRow]) {
    guard !rows.isEmpty else { return }
    let now = Clock.now()
    engine.insert(rows, now: now, names: names)
    // What changes nothing in an engine is not kept, but what comes too late is, and the newest of each source.
    let newest = Self.newest(rows, upTo: now)
    for (index, row) in rows.enumerated()
    where DetectionEngine.looksAt(row) || row.time <= bound || newest.contains(index) {
      pending.rows.append(row)
    }
  }

  /// The places of the newest row, and of each source's newest that the clock has reached; `rows`: in order.
  private static func newest(_ rows: [EventRow], upTo clock: Int64) -> Set<Int> {
    var places: Set<Int> = [rows.count - 1]
    var seen: Set<UInt16> = []
    var before: UInt16?
    for index in rows.indices.reversed() where rows[index].time <= clock {
      let source = rows[index].source
      if source != before, seen.insert(source).inserted { places.insert(index) }
      before = source
    }
    return places
  }

  /// What was taken of a log since the night, sealed as it was then.
  func takenPiece(of id: Int) -> TakenPiece? {
    guard let sealing = sealing[id], sealing.end > sealing.start else { return nil }
    let times = sealing.first.flatMap { first in
      facts[id]?.lastTime.map { min(first, $0)...max(first, $0) }
    }
    let seal = Seal(
      stream: id,
      start: sealing.start,
      length: sealing.end - sealing.start,
      night: 0,
      digest: sealing.sum.digest
    )
    return TakenPiece(seal: seal, times: times)
  }

  /// Puts what is new into the store, as one.
  public func commit() throws {
    if let problem = engine.problem { throw problem }
    guard !pending.isEmpty else { return }
    let done = pending
    var journal = Journal()
    journal.streams = done.streams
    if !done.rows.isEmpty {
      journal.packs = [RowPack.pack(done.rows, names: names, sources: scan.sourceKeys)]
    }
    (journal.lines, journal.events, journal.bytes) = (done.lines, done.events, done.bytes)
    for id in done.streams { journal.taken[id] = takenPiece(of: id) }
    try store.transaction(isLinked: false) { () throws(StoreError) in
      try store.append(journal)
      for id in done.streams.sorted() {
        if let stream = streams[id] { try store.put(stream) }
      }
      for source in done.sources.sorted() {
        guard let book = books[source] else { continue }
        let key = scan.sourceKeys[source]
        var writer = StateWriter()
        book.write(to: &writer, names)
        try store.setValue(NightMemory.bookValue(key), writer.bytes)
        let known = storedDays[source] ?? [:]
        for day in book.allDays where known[day.day] != day {
          try store.put(day, of: key)
          storedDays[source, default: [:]][day.day] = day
        }
        for (day, lost) in book.lost where storedLosses[source]?[day] != lost {
          try store.put(lost, of: key)
          storedLosses[source, default: [:]][day] = lost
        }
      }
      for (place, digest) in done.evidence { try store.add(place, digest: digest.bytes) }
      for notice in done.notices { try store.append(notice, night: night) }
      if done.hasSkews { try skews.keep(in: store) }
      if done.hasStrays { try StrayLogs.keep(planner.memory.strays, in: store) }
      if !done.unread.isEmpty {
        var parts = try UnreadParts(store)
        parts.add(done.unread)
        try parts.keep(in: store)
      }
    }
    journalled += done.rows.count
    pending = Pending()
  }
}
