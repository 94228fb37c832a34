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
    var plan = isSearchDue(Clock.steady()) ? try await search() : try grown()
    plan.hold(plan.held)
    let firstBytes = plan.held.mapValues { $0.bytes(from: 0, count: StreamMatcher.sample) }
    for id in plan.streams.keys where plan.scan.plans[id] == nil {
      if let stream = plan.streams[id] { streams[id] = stream }
      pending.streams.insert(id)
    }
    guard !plan.scan.plans.isEmpty else { return false }
    plan.scan.seed.names = names
    var collector = RowCollector()
    guard let (outcome, _) = try await scan.read(&collector, plan.scan) else { return false }
    names = outcome.names
    guard isWhole(plan, firstBytes) else {
      needsSearch = true
      return true
    }
    books = outcome.books
    for id in plan.scan.plans.keys.sorted() { try take(id, of: plan, outcome) }
    take(collector.rows)
    return true
  }

  /// Whether every log still is what it was when reading it began.
  private func isWhole(_ plan: NightPlan, _ firstBytes: [Int: [UInt8]]) -> Bool {
    var isWhole = true
    for id in plan.held.keys.sorted() {
      guard let held = plan.held[id], let stream = plan.streams[id],
        let planned = plan.scan.plans[id]
      else { continue }
      let before = firstBytes[id] ?? []
      if held.bytes(from: 0, count: before.count) == before,
        planned.isCompressed || stream.headLength == 0 || held.holds(stream)
      {
        continue
      }
      isWhole = false
      followed[id]?.isCut = true
    }
    return isWhole
  }

  /// Takes what was read of a log.
  private func take(
    _ id: Int,
    of plan: NightPlan,
    _ outcome: ScanOutcome<RowCollector>
  ) throws {
    guard var stream = plan.streams[id], let planned = plan.scan.plans[id],
      let end = outcome.ends[id]
    else { return }
    let before = notes.indices.contains(id) ? notes[id] : FileNote(path: stream.path)
    stream.source = scan.sourceKeys[planned.source]
    let start = stream.consumed
    stream.consumed = end.consumed
    stream.line = end.line
    stream.lastNight = night
    stream.missingSince = nil
    var found = StreamFacts(planned, end, outcome.notes[id])
    found.lastTime = found.lastTime ?? planned.firstTime
    stream.facts = found.bytes
    while notes.count <= id { notes.append(FileNote(path: "")) }
    notes[id] = found.note
    facts[id] = found
    open[id] = end.open
    stream.openRows = end.open.map {
      RowPack.pack($0.rows, names: names, sources: scan.sourceKeys)
    }
    stream.openBook = end.open.map { $0.book.packed(names) }
    let place = planned.place ?? stream.path
    if let held = plan.held[id], !planned.isCompressed {
      mark(&stream, from: start, held)
    } else {
      try mark(&stream, from: start, compressedAt: place)
    }
    streams[id] = stream
    pending.streams.insert(id)
    pending.sources.insert(planned.source)
    pending.lines += found.note.lines - before.lines
    pending.events += found.note.events - before.events
    pending.bytes += max(0, stream.consumed - start)
    if let held = plan.held[id] { follow(stream, held) }
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
    followed[stream.id] = Followed(
      file: file,
      seenAt: now,
      grewAt: now
    )
  }

  /// Says what may be missing of a log that was cut and begun anew in place.
  private func noteGap(of stream: StoredStream, seenAt: Int64, _ now: Int64) {
    let wall = Clock.now()
    let (from, to) = (
      Timestamp(nanoseconds: wall - (now - seenAt)), Timestamp(nanoseconds: wall)
    )
    let notice = Notice(
      .gap,
      english: "\(stream.path): cut and begun anew in place; read up to byte \(stream.consumed). Lines"
        + " written between \(from) and \(to) and then cut are in no copy that is followed, or lost.",
      japanese: "\(stream.path): その場で切り詰められ、新たに書き始められた(\(stream.consumed) バイトまで読取済み)。"
        + "\(from) から \(to) の間に書かれて切り詰められた行は、失われた可能性がある。"
    )
    pending.notices.append(notice)
    notices.append(notice)
  }

  // MARK: Digests

  /// Notes by which bytes a plain log is known, and those that are new.
  private func mark(_ stream: inout StoredStream, from start: Int64, _ held: HeldFile) {
    let sample = min(stream.consumed, Int64(StreamMatcher.sample))
    if stream.consumed == 0 {
      let first = held.bytes(from: 0, count: StreamMatcher.sample)
      stream.headLength = first.count
      stream.head = SHA256(first[...])?.bytes ?? []
      return
    }
    if stream.headLength < StreamMatcher.sample || stream.edge.isEmpty {
      stream.headLength = Int(sample)
      stream.head = held.sha256(from: 0, count: sample) ?? []
    }
    guard stream.consumed > start || stream.edge.isEmpty else { return }
    stream.edge = held.sha256(from: stream.consumed - sample, count: sample) ?? []
    add(stream, from: start) { held.sha256(from: $0, count: $1) }
  }

  private func mark(
    _ stream: inout StoredStream,
    from start: Int64,
    compressedAt place: String
  ) throws {
    let sample = min(stream.consumed, Int64(StreamMatcher.sample))
    func digest(_ from: Int64, _ count: Int64) -> [UInt8]? {
      (try? LogBytes(path: place)).flatMap { try? $0.sha256(from: from, count: count) }
    }
    stream.headLength = Int(sample)
    stream.head = digest(0, sample) ?? []
    stream.edge = digest(stream.consumed - sample, sample) ?? []
    add(stream, from: start, digest)
  }

  private func add(
    _ stream: StoredStream,
    from start: Int64,
    _ digest: (Int64, Int64) -> [UInt8]?
  ) {
    // In pieces, so that a copy that breaks off is known by those before.
    var start = start
    while start < stream.consumed {
      let length = min(stream.consumed - start, 1 << 20)
      guard let sum = digest(start, length) else { break }
      pieces[stream.id, default: []].append(
        Seal(stream: stream.id, start: start, length: length, night: night, digest: sum)
      )
      start += length
    }
    if let count = pieces[stream.id]?.count, count > Self.pieceLimit {
      pieces[stream.id]?.removeFirst(count - Self.pieceLimit)
    }
  }

  // MARK: Rows

  private func take(_ rows: [EventRow]) {
    guard let last = rows.last else { return }
    engine.insert(rows, now: Clock.now(), names: names)
    // What changes nothing in an engine is not kept, but the newest time and what comes too late is.
    let kept = rows.dropLast().filter { DetectionEngine.looksAt($0) || $0.time <= bound }
    pending.rows += kept
    pending.rows.append(last)
  }

  /// Puts what is new into the store, as one.
  public func commit() throws {
    guard !pending.isEmpty else { return }
    let done = pending
    var journal = Journal()
    journal.streams = done.streams
    if !done.rows.isEmpty {
      journal.packs = [RowPack.pack(done.rows, names: names, sources: scan.sourceKeys)]
    }
    (journal.lines, journal.events, journal.bytes) = (done.lines, done.events, done.bytes)
    try store.transaction { () throws(StoreError) in
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
      }
      for notice in done.notices { try store.append(notice, night: night) }
    }
    journalled += done.rows.count
    pending = Pending()
  }
}
