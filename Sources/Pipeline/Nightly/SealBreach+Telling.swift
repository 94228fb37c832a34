internal import EventModel
internal import Ingest
internal import Storage

/// What a log that is missing has become, as far as tonight's new logs tell.
extension SealBreach {
  /// Less of a log's first bytes may be a header that many logs have.
  private static let least = StreamMatcher.least
  /// Lines of a log that was begun anew may be this much older than the last of the one before: a request is
  /// written when it ends.
  private static let overlap = 600 * Timestamp.nanosecondsPerSecond

  /// The breaches of a night with what is sealed of each log, and with what goes on in its place.
  ///
  /// A log that is missing while another of the same time lies in its place, or one that begins as it did lies
  /// elsewhere, was not let go by rotation: it was altered.
  static func told(
    _ plan: NightPlan,
    _ memory: NightMemory,
    _ store: Store
  ) throws(StoreError) -> [Self] {
    guard !plan.breaches.isEmpty else { return [] }
    let known = Dictionary(uniqueKeysWithValues: memory.streams.map { ($0.id, $0) })
    // What a watch began to read since the last night is as new as what tonight does.
    var begun: [StoredStream] = []
    for stream in memory.streams where memory.journal.streams.contains(stream.id) {
      let isSealed = try !store.seals(of: stream.id).isEmpty
      if !isSealed, stream.missingSince == nil { begun.append(stream) }
    }
    let fresh = (plan.streams.values.filter { known[$0.id] == nil } + begun).sorted {
      $0.id < $1.id
    }
    let taken = memory.journal.taken
    let times = try store.sealedTimes()
    var told: [Self] = []
    for var breach in plan.breaches {
      let sealed = times[breach.stream]?.bytes ?? 0
      let last = try store.seals(of: breach.stream).last
      let end = taken[breach.stream]?.end ?? last.map { $0.start + $0.length } ?? 0
      breach.bytes = sealed
      if let stream = known[breach.stream] {
        let isTaken = memory.journal.streams.contains(stream.id)
        breach.unsealed = isTaken ? max(0, stream.consumed - end) : 0
        if breach.kind == .gone, sealed > 0 {
          let span = times[stream.id]?.times ?? []
          breach.look(for: stream, span: span, among: fresh, taken, plan)
        } else {
          breach.next = fresh.first { $0.path == breach.path }?.id
        }
      }
      told.append(breach)
    }
    return told
  }

  private mutating func look(
    for stream: StoredStream,
    span: [ClosedRange<Int64>],
    among fresh: [StoredStream],
    _ taken: [Int: TakenPiece],
    _ plan: NightPlan
  ) {
    for other in fresh where other.id != stream.id {
      let isHere = other.path == stream.path
      let isAlike = !isHere && Self.begins(other.path, as: stream)
      guard isHere ? Self.isOfSameTime(other, stream, span, taken[other.id], plan) : isAlike else {
        continue
      }
      kind = .altered
      severity = .high
      isReplaced = isHere
      next = other.id
      nextPath = isHere ? nil : other.path
      return
    }
  }

  private static func begins(_ path: String, as stream: StoredStream) -> Bool {
    guard stream.headLength >= least,
      let first = try? LogBytes(path: path).read(StreamMatcher.sample), first.count >= least
    else { return false }
    return stream.mayBegin(with: first)
  }

  /// Whether a new log in the place of another has lines from before that one ended.
  private static func isOfSameTime(
    _ other: StoredStream,
    _ stream: StoredStream,
    _ span: [ClosedRange<Int64>],
    _ taken: TakenPiece?,
    _ plan: NightPlan
  ) -> Bool {
    guard let begin = span.map(\.lowerBound).min(), let end = span.map(\.upperBound).max() else {
      return false
    }
    // Of what a watch took the plan has the last line, not the first.
    let beginning = taken == nil ? plan.scan.plans[other.id]?.firstTime : taken?.times?.lowerBound
    guard let first = beginning, abs(first) < .max / 2 else {
      // No log: what lay there was written over, and in its own place.
      return (other.device, other.inode) == (stream.device, stream.inode)
    }
    return first <= end - min(overlap, (end - begin) / 2)
  }
}
