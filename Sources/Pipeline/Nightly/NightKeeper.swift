internal import Detection
internal import EventModel
internal import Ingest
internal import Storage

/// Puts a night into the store, as one.
struct NightKeeper {
  let store: Store
  let scan: BatchScan
  let options: NightlyOptions
  let memory: NightMemory
  let plan: NightPlan
  let render: (Incident) -> String
  /// Whether subjects are counted under a key of the estate's own from tonight on, and were not before.
  var isFirstKey = false

  /// Lines of evidence kept of one night.
  static let evidenceLimit = 1 << 20

  func keep(
    _ night: inout StoredNight,
    _ outcome: ScanOutcome<NightlyEngine>,
    _ engine: NightlyEngine,
    _ result: ScanResult
  ) throws {
    let streams = try ends(of: outcome, night)
    // What was sealed has to be what was read.
    try plan.checkHeld()
    for stream in streams where plan.scan.plans[stream.stream.id] != nil {
      let before = memory.streams.first { $0.id == stream.stream.id }
      let id = stream.stream.id
      let known = before == nil ? nil : try? StreamFacts(before?.facts ?? [], path: "", zone: .utc)
      night.lines += outcome.notes[id].lines - (known?.note.lines ?? 0)
      night.events += outcome.notes[id].events - (known?.note.events ?? 0)
    }
    night.lines += memory.journal.lines
    night.events += memory.journal.events
    night.bytes += memory.journal.bytes
    night.late = engine.late.values.reduce(0, +)
    var changes = try changes(result, night)
    let withdrawn = try withdrawn(result)
    changes.stored += withdrawn.map { $0.withdrawn(night: night.id) }
    // What stands twice because a log was edited is told with that.
    let edited = Set(plan.breaches.map(\.source))
    let repeated = outcome.repeatedSources.sorted().map { scan.sourceKeys[Int($0)] }
      .filter { !edited.contains($0) }.map { Notice.repeated($0) }
    let notices =
      try self.notices(night, result, engine, repeated) + withdrawn.map { Notice.withdrawn($0) }
    let untold = try store.incidents().filter(\.isUntold) + changes.stored
    let silent = try store.notices(untold: true).map(\.notice) + notices
    night.status = status(untold, result, silent)
    // Made ready before: whoever asks the store waits for a transaction.
    let snapshot = try store.prepared(NightMemory.engineValue) { take throws(StoreError) in
      try engine.settled.snapshot(to: take)
    }
    let others = engine.others.bytes(sources: scan.sourceKeys)
    let marks = engine.marks.text(sources: scan.sourceKeys)
    // Records that are not whole yet, and detectors left out, are told otherwise when the state is restored.
    let isWhole = !engine.hasOpenEnds && options.detectors == nil
    let extract =
      isWhole
      ? engine.judged.flatMap { EngineExtract($0, from: engine.ledger.next) } : nil
    let done = night
    try store.transaction { () throws(StoreError) in
      for stream in streams {
        try store.put(stream.stream)
        for piece in stream.pieces {
          try store.add(piece.seal)
          if let times = piece.times { try store.add(times, of: piece.seal) }
        }
      }
      try keepChains(streams, done)
      try keepUnread()
      try store.setValue(snapshot)
      try KeptDetectors(chosen: options.detectors).keep(in: store, after: memory.detectors)
      try engine.waiting.keep(in: store)
      try store.setValue(OtherEvents.valueName, others)
      try store.setSetting(SourceMarks.settingName, marks)
      try EngineExtract.keep(extract, options.estateDigest, options.program, in: store)
      try store.clearJournal()
      try keepCoverage(outcome)
      for key in engine.late.keys.sorted() {
        try store.addLate(
          engine.late[key] ?? 0,
          night: done.id,
          source: scan.sourceKeys[Int(key.source)],
          day: key.day
        )
      }
      try keepLedger(engine)
      try engine.sightings.keep(in: store, sources: scan.sourceKeys, engine.names)
      for incident in changes.stored { try store.put(incident) }
      for incident in changes.bodies { try store.setBody(incident.body, of: incident.id) }
      for (former, id) in changes.formerIDs { try store.note(former, isNow: id) }
      for (place, digest) in changes.evidence { try store.add(place, digest: digest) }
      try store.add(notices, night: done.id)
      try store.put(done)
    }
  }

  // MARK: Logs

  private struct KeptStream {
    var stream: StoredStream
    /// What a watch sealed of it since the last night, as it was then, and what is new tonight.
    var pieces: [TakenPiece]
  }

  /// The logs as tonight leaves them, with the digest of what is new.
  private func ends(
    of outcome: ScanOutcome<NightlyEngine>,
    _ night: StoredNight
  ) throws -> [KeptStream] {
    var kept: [KeptStream] = []
    let known = memory.streams.lazy.filter { memory.journal.streams.contains($0.id) }
    let journalled = Dictionary(uniqueKeysWithValues: known.map { ($0.id, $0) })
    for id in Set(plan.streams.keys).union(journalled.keys).sorted() {
      guard var stream = plan.streams[id] ?? journalled[id] else { continue }
      var pieces: [TakenPiece] = []
      if var taken = memory.journal.taken[id] {
        taken.seal.night = night.id
        pieces.append(taken)
      }
      let start = try sealed(stream, hasMore: journalled[id] != nil)
      func add(_ seal: Seal?, _ times: ClosedRange<Int64>? = nil) {
        if let seal { pieces.append(TakenPiece(seal: seal, times: times)) }
        kept.append(KeptStream(stream: stream, pieces: pieces))
      }
      guard let planned = plan.scan.plans[id], let end = outcome.ends[id] else {
        add(start < stream.consumed ? seal(&stream, from: start, night.id) : nil)
        continue
      }
      stream.source = scan.sourceKeys[planned.source]
      stream.consumed = end.consumed
      stream.line = end.line
      stream.lastNight = night.id
      var facts = StreamFacts(planned, end, outcome.notes[id])
      facts.lastTime = facts.lastTime ?? planned.firstTime
      stream.facts = facts.bytes
      let open = end.open
      stream.openRows = open.map {
        RowPack.pack($0.rows, names: outcome.names, sources: scan.sourceKeys)
      }
      stream.openBook = open.map { $0.book.packed(outcome.names) }
      let seal = seal(&stream, from: start, night.id)
      var times: ClosedRange<Int64>?
      if let first = planned.firstTime, let last = facts.lastTime, abs(first) < .max / 2 {
        times = min(first, last)...max(first, last)
      }
      add(seal, times)
    }
    return kept
  }

  /// The first byte that is not sealed yet: a watch reads on between the nights.
  private func sealed(_ stream: StoredStream, hasMore: Bool) throws(StoreError) -> Int64 {
    guard hasMore else { return stream.consumed }
    guard stream.missingSince == nil else { return .max }
    if let taken = memory.journal.taken[stream.id] { return taken.end }
    return try store.seals(of: stream.id).last.map { $0.start + $0.length } ?? 0
  }

  /// Digests of what was read: the new piece, the first bytes, and those at its end.
  private func seal(
    _ stream: inout StoredStream,
    from start: Int64,
    _ night: Int
  ) -> Seal? {
    let sample = min(stream.consumed, Int64(StreamMatcher.sample))
    let place = plan.held[stream.id]?.place ?? stream.path
    func digest(_ from: Int64, _ count: Int64) -> [UInt8]? {
      guard let bytes = try? LogBytes(path: place) else { return nil }
      return try? bytes.sha256(from: from, count: count)
    }
    if stream.consumed == 0 {
      stream.begin(with: (try? LogBytes(path: place).read(StreamMatcher.sample)) ?? [])
      return nil
    }
    // By what it was known it stays known, should it be gone by now: it will be found under another name.
    if stream.headLength < StreamMatcher.sample || stream.edge.isEmpty,
      let first = try? LogBytes(path: place).read(Int(sample)), first.count == sample
    {
      stream.begin(with: first)
    }
    guard stream.consumed > start || stream.edge.isEmpty else { return nil }
    if let edge = digest(stream.consumed - sample, sample) { stream.edge = edge }
    guard stream.consumed > start, let piece = digest(start, stream.consumed - start) else {
      return nil
    }
    return Seal(
      stream: stream.id,
      start: start,
      length: stream.consumed - start,
      night: night,
      digest: piece
    )
  }

  /// One link for each source that has new pieces, and one when what is declared has changed.
  private func keepChains(_ streams: [KeptStream], _ night: StoredNight) throws(StoreError) {
    let time = "\(Timestamp(seconds: night.started))"
    func link(_ source: String, _ lines: [String]) throws(StoreError) {
      try store.add(
        ChainLink(
          after: try store.head(of: source),
          night: night.id,
          source: source,
          time: time,
          program: options.program,
          lines: lines
        )
      )
    }
    let last = try store.lastNight()
    let tickets = KnownTickets(scan.estate)
    let known = try KnownTickets(store)
    var rules = DeclaredRules(scan.estate).lines(since: try store.declaredRules())
    rules += known.map { tickets.change(since: $0).lines } ?? []
    if known != tickets { try store.setValue(KnownTickets.valueName, tickets.bytes) }
    if last?.estate != options.estateDigest || last?.program != options.program || !rules.isEmpty {
      try link(
        ChainSource.declarations,
        ["estate \(ChainLink.hex(options.estateDigest))"] + rules + ["author \(options.author)"]
      )
    }
    for source in Set(streams.map(\.stream.source) + plan.breaches.map(\.source)).sorted() {
      var lines = streams.filter { $0.stream.source == source }.flatMap { kept in
        kept.pieces.lazy.map(\.seal).map { seal in
          "piece \(seal.stream) \(seal.start) \(seal.length) \(ChainLink.hex(seal.digest))"
            + " \(Self.quoted(kept.stream.path))"
        }
      }
      // For good: later nights see what lies there then, and not what was sealed.
      lines += plan.breaches.filter { $0.source == source }.map {
        "breach \($0.stream) \($0.kind.rawValue) \($0.next.map { "\($0)" } ?? "-") \(Self.quoted($0.path))"
      }
      if !lines.isEmpty { try link(source, lines) }
    }
  }

  /// A path on one line.
  static func quoted(_ path: String) -> String { ChainLink.quoted(path) }

  private func keepUnread() throws(StoreError) {
    let before = try UnreadParts(store)
    var parts = before
    parts.remove { plan.streams[$0].map { $0.missingSince == nil } ?? false }
    parts.add(plan.unread)
    if parts.items != before.items { try parts.keep(in: store) }
    let gone = Set(plan.streams.values.lazy.filter { $0.missingSince != nil }.map(\.id))
    let strays = memory.strays.union(plan.strays).subtracting(gone)
    if strays != memory.strays { try StrayLogs.keep(strays, in: store) }
  }

  // MARK: Books

  private func keepCoverage(_ outcome: ScanOutcome<NightlyEngine>) throws(StoreError) {
    for (index, key) in scan.sourceKeys.enumerated() {
      guard let book = outcome.books[index] else { continue }
      var writer = StateWriter()
      book.write(to: &writer, outcome.names)
      try store.setValue(NightMemory.bookValue(key), writer.bytes)
      let before = Dictionary(
        uniqueKeysWithValues: (memory.books[index]?.allDays ?? []).map { ($0.day, $0) }
      )
      for day in book.allDays where before[day.day] != day { try store.put(day, of: key) }
    }
  }

  private func keepLedger(_ engine: NightlyEngine) throws(StoreError) {
    let ledger = engine.ledger
    for day in ledger.days.keys.sorted() {
      let lines = (ledger.days[day] ?? []).map { line in
        StoredLedgerLine(
          account: engine.settled.name(line.account),
          owner: engine.settled.name(line.owner),
          dataset: engine.settled.name(line.dataset),
          operation: line.operation,
          operations: Int64(line.operations),
          low: line.records.low,
          high: line.records.high,
          quality: line.records.quality,
          bytes: line.bytes,
          unexplained: line.unexplained
        )
      }
      try store.putLedger(lines, day: Int(day))
    }
    if ledger.next != .min { try store.setSetting("ledger-day", String(ledger.next)) }
  }

  // MARK: What there is to say

  private struct Changes {
    /// New or changed incidents.
    var stored: [StoredIncident] = []
    /// Of incidents that say what they said: their line of JSON as it is now.
    var bodies: [(id: String, body: String)] = []
    var evidence: [(LinePlace, [UInt8])] = []
    /// Ids of findings that have others since their owner is called otherwise.
    var formerIDs: [(former: String, now: String)] = []
  }

  private func changes(_ result: ScanResult, _ night: StoredNight) throws -> Changes {
    var changes = Changes()
    let known = Dictionary(uniqueKeysWithValues: try store.incidents().map { ($0.id, $0) })
    var seen: Set<LinePlace> = []
    func add(_ incident: Incident) {
      for item in incident.findings.lazy.flatMap(\.evidence) {
        let place = EvidenceReader.line(of: item)
        guard memory.evidence[place] == nil, seen.count < Self.evidenceLimit,
          let hex = item.sha256, let digest = Self.bytes(hex), seen.insert(place).inserted
        else { continue }
        changes.evidence.append((place, digest))
      }
      let digest = IncidentDigest.bytes(of: incident)
      let body = render(incident)
      guard known[incident.id]?.digest != digest else {
        // Where its lines lie now, and what an earlier line adds to the sums beside it: nothing to tell.
        if known[incident.id]?.body != body { changes.bodies.append((incident.id, body)) }
        return
      }
      if let before = known[incident.id], let renamed = RenamedIncident(before, as: incident, store)
      {
        changes.formerIDs += renamed.formerIDs
        if renamed.isTheSame {
          changes.stored.append(renamed.stored(digest, body))
          return
        }
      }
      var stored = StoredIncident(
        id: incident.id,
        severity: incident.isExcepted ? .informational : incident.severity,
        actor: incident.actor,
        low: incident.records.low,
        high: incident.records.high,
        digest: digest,
        night: night.id,
        body: body
      )
      if let before = known[incident.id] {
        stored.firstNight = before.firstNight
        stored.toldNight = before.toldNight
      }
      // What an exception covers is kept and not told.
      if incident.isExcepted { stored.toldNight = night.id }
      changes.stored.append(stored)
    }
    for incident in result.incidents { add(incident) }
    for breach in plan.breaches { add(breach.incident) }
    for breach in try StoreBreach.all(in: store) { add(breach.incident) }
    return changes
  }

  private func status(
    _ untold: [StoredIncident],
    _ result: ScanResult,
    _ notices: [Notice]
  ) -> Int {
    if let limit = options.failOn, untold.contains(where: { $0.severity >= limit }) {
      return 1
    }
    if result.coverage.sources.isEmpty { return 2 }
    let incomplete: Set<Notice.Kind> = [.unreadable, .lateEvents, .chain, .gap]
    return notices.contains { incomplete.contains($0.kind) } ? 3 : 0
  }
}

/// What the chains of seals are called that belong to no source.
enum ChainSource {
  /// Estate, program and who ran it.
  static let declarations = "(declarations)"
}
