internal import Detection
internal import EventModel
internal import Storage

/// What the store remembers, as a night needs it.
struct NightMemory {
  var streams: [StoredStream] = []
  /// Rows that wait: where, and of a store of an earlier version the rows themselves; when the last night left off.
  var waiting = WaitingIndex()
  var heldPack: [UInt8]?
  var newest: Int64?
  var settled: Int64?
  /// The newest event of each source, as the scan counts them.
  var marks: [Int: Int64] = [:]
  /// When it began, seconds by the clock.
  var lastStarted: Int64?
  /// The state of the engine, to be read once.
  var engine: StoredValue?
  /// Those that judged; `nil`: none has yet.
  var detectors: KeptDetectors?
  /// By source, as the scan counts them.
  var books: [Int: CoverageBook] = [:]
  var evidence: [LinePlace: SHA256] = [:]
  var ledgerDay: Int32?
  /// The last log that has a seal, also where its own row is gone: its number is used up; -1: none.
  var lastSealed = -1
  /// Logs that have a name that nobody declares.
  var strays: Set<Int> = []
  /// What a watch has taken since the last night.
  var journal = Journal()

  /// Events of the last nights that no engine looks at.
  var others = OtherEvents(after: nil)

  static let engineValue = "engine"
  static let heldValue = "held"

  static func bookValue(_ source: String) -> String { "book \(source)" }

  init() {}

  /// How far each source has told; `lateness`: of the policy, nanoseconds.
  func marks(_ scan: BatchScan, lateness: Int64, upTo clock: Int64) -> SourceMarks {
    var marks = SourceMarks(scan.sources, general: lateness)
    marks.note(self.marks, upTo: clock)
    return marks
  }

  /// `names` gains those that the books know.
  init(_ store: Store, _ scan: BatchScan, names: inout NameTable) throws {
    streams = try store.streams()
    let last = try store.lastNight()
    (newest, settled, lastStarted) = (last?.newest, last?.settled, last?.started)
    engine = try store.storedValue(Self.engineValue)
    detectors = try KeptDetectors(store)
    let held = try store.value(Self.heldValue)
    if let held {
      if WaitingIndex.isPack(held) { heldPack = held } else { waiting = try WaitingIndex(held) }
    }
    // What one of them tells the other has judged: without it nothing sound can follow.
    guard (last != nil) == (engine != nil), (last != nil) == (held != nil) else {
      throw StoreError(
        .notAStore,
        "\(store.path): the nights, or what they remember, are gone from it; `ometsuke verify` says which:"
          + " bring back a copy"
      )
    }
    let seen = try store.value(OtherEvents.valueName)
    others =
      seen.flatMap { try? OtherEvents($0, sources: scan.sourceKeys) }
      ?? OtherEvents(after: newest)
    lastSealed = try store.lastSealed()
    strays = try StrayLogs.known(to: store)
    let days = try store.coverageDays()
    let lost = try store.lostMessages()
    for (index, key) in scan.sourceKeys.enumerated() {
      guard let kept = try store.value(Self.bookValue(key)) else { continue }
      var book = CoverageBook(zone: scan.calendarZone)
      var reader = StateReader(kept)
      try book.read(from: &reader, &names)
      book.take(days[key] ?? [])
      book.add(lost[key] ?? [])
      books[index] = book
    }
    let marks = try SourceMarks.stored(in: store)
    if let marks {
      for item in marks {
        if let source = scan.sourceKeys.firstIndex(of: item.source) {
          self.marks[source] = item.newest
        }
      }
    } else if let newest {
      self.marks = books.mapValues { _ in newest }
    }
    for (place, digest) in try store.evidence() { evidence[place] = SHA256(digest: digest) }
    journal = try store.journal()
    // One that goes over what is sealed was put there by somebody else: the digests of its table tell of it.
    for (stream, piece) in journal.taken {
      let last = try store.seals(of: stream).last
      if let last, piece.seal.start < last.start + last.length { journal.taken[stream] = nil }
    }
    ledgerDay = try store.setting("ledger-day").flatMap { Int32($0) }
  }
}
