internal import EventModel
internal import Ingest
internal import Synchronization

/// How rows are put in order (see `BatchScan`).
enum ScanMode: Sendable {
  case streaming
  case sorted
}

/// The reading of the next chunk of one file.
struct ScanJob: Sendable {
  var file: Int
  var reader: FileReader
  var plan: PlannedFile
  var keepsDigests: Bool
  /// Whether the bytes go with what is decoded of them: to read them again would be costly.
  var keepsBytes: Bool
  /// Times state no year yet: they say nothing about how far the file has come.
  var isYearless: Bool
}

/// What was read by a job: part `sequence` of the file.
struct ReadPart: Sendable {
  var job: ScanJob
  var sequence: Int
  var step: FileReader.Step
}

/// What a worker is to do next.
enum ScanTask: Sendable {
  case read(ScanJob)
  case decode(ReadPart)
}

/// What came of a job: part `sequence` of a file.
struct Arrival: Sendable {
  enum Content: Sendable {
    case chunk(DecodedChunk)
    case end(FileReader.Ending)
  }

  var file: Int
  var sequence: Int
  var content: Content

  var isEnd: Bool {
    if case .end = content { true } else { false }
  }
}

/// Who reads what next, and which chunks wait to be finished: what all workers touch, each for a
/// moment.
///
/// One worker at a time finishes what has arrived, in the order of arrival; the others read,
/// decompress and decode meanwhile, until too many chunks wait. One worker at a time reads a file. It
/// decodes what it read itself, unless another has nothing to do: that one gets it, and reading goes
/// on without a pause.
final class JobBoard: Sendable {
  private struct FileState {
    var plan: PlannedFile
    var reader: FileReader?
    /// Nothing more is to be read of it.
    var isExhausted = false
    var isBeingRead = false
    /// The latest time seen, or the earliest expected.
    var lastSeen: Int64
  }

  private struct State {
    var files: [Int: FileState]
    /// Files not yet opened, in the order in which they are to be, and files not yet closed.
    var unopened: ArraySlice<Int>
    var open: [Int] = []
    /// Read for others to decode: at most one a waiting worker.
    var parts: [ReadPart] = []
    var arrivals: [Arrival] = []
    /// Arrivals that are not finished: those above, and those before whose turn others are to come.
    var waitingChunks = 0
    var isFinishing = false
    var isStopped = false
    var isDisorder = false
    var isCut = false
    /// Counts what may let a waiting worker go on.
    var turn = 0
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private enum Choice {
    case task(ScanTask)
    /// Nothing to do before something changes.
    case wait(turn: Int)
    case nothing
  }

  private let mode: ScanMode
  private let options: ScanOptions
  private let state: Mutex<State>

  init(_ mode: ScanMode, plans: [Int: PlannedFile], options: ScanOptions) {
    self.mode = mode
    self.options = options
    state = Mutex(
      State(
        files: plans.mapValues {
          FileState(plan: $0, reader: $0.opened, lastSeen: $0.earliest)
        },
        unopened: Self.order(of: plans, mode)[...]
      )
    )
  }

  /// The order in which files are opened: by first time where they are merged.
  static func order(of plans: [Int: PlannedFile], _ mode: ScanMode) -> [Int] {
    guard mode == .streaming else { return plans.keys.sorted() }
    return plans.map { (time: $0.value.earliest, file: $0.key) }
      .sorted { ($0.time, $0.file) < ($1.time, $1.file) }
      .map(\.file)
  }

  /// Whether more files would have to be open at once than may be.
  var isDisorder: Bool { state.withLock { $0.isDisorder } }

  /// Whether a file ended within a record, and it was not looked into whether another goes on with it.
  var isCut: Bool { state.withLock { $0.isCut } }

  // MARK: Jobs

  /// Waits until a chunk may be read or decoded; `nil` when nothing is left to read or the scan has to
  /// stop.
  func nextTask() async -> ScanTask? {
    while true {
      switch state.withLock({ choose(&$0) }) {
      case .task(let task): return task
      case .nothing:
        wake()
        return nil
      case .wait(let turn):
        await withCheckedContinuation { waiter in
          let goesOn = state.withLock { state in
            guard state.turn == turn else { return true }
            state.waiters.append(waiter)
            return false
          }
          if goesOn { waiter.resume() }
        }
      }
    }
  }

  private func choose(_ state: inout State) -> Choice {
    if state.isStopped { return .nothing }
    if !state.parts.isEmpty { return .task(.decode(state.parts.removeFirst())) }
    if state.waitingChunks >= options.limits.chunksAhead * options.threads {
      return .wait(turn: state.turn)
    }
    return chooseJob(&state)
  }

  /// The file whose rows hold back the others, opened if need be.
  private func chooseJob(_ state: inout State) -> Choice {
    var best: Int?
    var isExhausted = false
    for index in state.open {
      guard let file = state.files[index] else { continue }
      guard !file.isExhausted else {
        isExhausted = true
        continue
      }
      if let other = best, let at = state.files[other]?.lastSeen, at <= file.lastSeen { continue }
      best = index
    }
    if let next = state.unopened.first, let file = state.files[next] {
      // Of two that have come as far, the one that is open is read on first: fewer are open at once.
      let isDue = best.flatMap { state.files[$0]?.lastSeen }.map { file.lastSeen < $0 } ?? true
      if isDue, mode == .streaming || best == nil {
        if mode == .streaming, state.open.count >= options.limits.openFiles {
          // One that is read to its end will make room.
          if isExhausted { return .wait(turn: state.turn) }
          state.isDisorder = true
          state.isStopped = true
          return .nothing
        }
        state.unopened.removeFirst()
        state.open.append(next)
        best = next
      }
    }
    guard let best, let file = state.files[best] else { return .nothing }
    if file.isBeingRead { return .wait(turn: state.turn) }
    let reader =
      file.reader
      ?? FileReader(
        path: file.plan.place ?? file.plan.path,
        followedBy: file.plan.rest.map(\.path),
        chunkSize: options.chunkSize,
        encoding: file.plan.encoding,
        from: file.plan.start
      )
    state.files[best]?.reader = reader
    state.files[best]?.isBeingRead = true
    return .task(
      .read(
        ScanJob(
          file: best,
          reader: reader,
          plan: file.plan,
          keepsDigests: file.plan.isReadOnce && options.digestStandardInput,
          keepsBytes: file.plan.isCompressed && mode == .streaming,
          isYearless: file.plan.format.isYearless
        )
      )
    )
  }

  /// Tells that a part was read; the part, where the caller is to decode it itself.
  func settle(_ part: ReadPart) -> ReadPart? {
    let (own, hasWaiters) = state.withLock { state -> (ReadPart?, Bool) in
      state.files[part.job.file]?.isBeingRead = false
      guard case .chunk = part.step, state.parts.count < state.waiters.count else {
        if case .chunk = part.step {} else { state.files[part.job.file]?.isExhausted = true }
        return (part, !state.waiters.isEmpty)
      }
      state.parts.append(part)
      return (nil, true)
    }
    if hasWaiters { wake() }
    return own
  }

  // MARK: Arrivals

  /// Takes what came of a job; `true` when the caller is to finish what has arrived.
  func deliver(_ arrival: Arrival, of job: ScanJob) -> Bool {
    let (file, isEnd) = (arrival.file, arrival.isEnd)
    var last: Int64?
    if case .chunk(let chunk) = arrival.content { last = chunk.lastTime }
    return state.withLock { state in
      if isEnd {
        state.files[file]?.isExhausted = true
      } else if !job.isYearless, let last, let known = state.files[file]?.lastSeen {
        state.files[file]?.lastSeen = max(known, last)
      }
      state.arrivals.append(arrival)
      state.waitingChunks += 1
      if state.isFinishing { return false }
      state.isFinishing = true
      return true
    }
  }

  /// The next arrival for the worker that finishes them; `nil`: none at present, and whoever delivers
  /// next goes on.
  func nextArrival() -> Arrival? {
    state.withLock { state in
      guard !state.arrivals.isEmpty else {
        state.isFinishing = false
        return nil
      }
      return state.arrivals.removeFirst()
    }
  }

  /// What an arrival has led to.
  struct Progress: Sendable {
    /// Arrivals that are finished by it.
    var finished: Int
    /// The latest time seen of the file.
    var lastSeen: Int64
    var isClosed: Bool
    /// The scan has to stop: rows came too far out of order, or there is no room for them.
    var mustStop: Bool
  }

  func note(_ progress: Progress, of file: Int) {
    state.withLock { state in
      state.waitingChunks -= progress.finished
      if progress.mustStop { state.isStopped = true }
      if progress.isClosed {
        state.open.removeAll { $0 == file }
        state.files[file] = nil
      } else if let known = state.files[file]?.lastSeen {
        state.files[file]?.lastSeen = max(known, progress.lastSeen)
      }
    }
    wake()
  }

  /// Ends the pass: it has to be looked into which files go on where others are cut off.
  func noteCut() {
    state.withLock { $0.isCut = true }
    stop()
  }

  /// Lets every worker come to its end.
  func stop() {
    state.withLock { $0.isStopped = true }
    wake()
  }

  private func wake() {
    let waking = state.withLock { state in
      state.turn &+= 1
      let waking = state.waiters
      state.waiters = []
      return waking
    }
    for waiter in waking { waiter.resume() }
  }
}
