/// How the times of a source go along with its own numbering: lines of one session, numbered by the
/// server, as runs in which neither goes back.
///
/// Where a run ends and the next number has an earlier time, the clock was set back. Runs of parts
/// of a log tell the same as those of the whole.
public struct SequenceRuns: Sendable {
  public struct Run: Sendable, Hashable {
    /// Hash of the session.
    public var session: UInt64
    public var firstNumber: Int64
    public var lastNumber: Int64
    public var firstTime: Int64
    public var lastTime: Int64
    /// Whether a restart of the server gives the session and its numbers once more: then only the
    /// order of the lines in one file tells a restart from a clock set back.
    public var recurs: Bool

    static let size = 6

    var numbers: [Int64] {
      [
        Int64(bitPattern: session), firstNumber, lastNumber, firstTime, lastTime &- firstTime,
        recurs ? 1 : 0,
      ]
    }

    /// Of six numbers.
    init(_ numbers: ArraySlice<Int64>) {
      let at = numbers.startIndex
      session = UInt64(bitPattern: numbers[at])
      (firstNumber, lastNumber) = (numbers[at + 1], numbers[at + 2])
      firstTime = numbers[at + 3]
      lastTime = numbers[at + 3] &+ numbers[at + 4]
      recurs = numbers[at + 5] == 1
    }

    @usableFromInline
    init(session: UInt64, number: Int64, time: Int64, recurs: Bool) {
      self.session = session
      (firstNumber, lastNumber) = (number, number)
      (firstTime, lastTime) = (time, time)
      self.recurs = recurs
    }

    /// Takes up what follows it in the log, if neither number nor time goes back.
    @inlinable
    mutating func extend(by next: Run) -> Bool {
      guard next.firstNumber > lastNumber, next.firstTime >= lastTime else { return false }
      lastNumber = next.lastNumber
      lastTime = next.lastTime
      return true
    }
  }

  public private(set) var runs: [Run] = []
  /// The last run of a session, by bits of its hash; a run that is forced out ends.
  private var slots: [Int32] = []

  public init() {}

  public mutating func removeAll() {
    runs.removeAll(keepingCapacity: true)
    for index in slots.indices { slots[index] = -1 }
  }

  /// Notes a line, in the order of the log.
  public mutating func note(session: UInt64, number: Int64, time: Int64, recurs: Bool = false) {
    if slots.isEmpty { slots = [Int32](repeating: -1, count: 1_024) }
    let slot = Int(truncatingIfNeeded: session & 1_023)
    let place = Int(slots[slot])
    let run = Run(session: session, number: number, time: time, recurs: recurs)
    if place >= 0, runs[place].session == session {
      if runs[place].lastNumber == number { return }
      if runs[place].extend(by: run) { return }
    }
    slots[slot] = Int32(truncatingIfNeeded: runs.count)
    runs.append(run)
  }
}

/// The runs of all files of a source.
public struct SequenceBook: Sendable {
  /// Sessions that are remembered (some 50 MB); of more nothing is said.
  public static let mostSessions = 1 << 19
  static let mostRuns = 1 << 21

  private struct Known: Sendable {
    var run: SequenceRuns.Run
    var file: Int
    /// Further runs of the session.
    var others: [SequenceRuns.Run] = []
  }

  private var sessions: [Known] = []
  private var places = PlaceTable()
  private var count = 0
  private var isOverfull = false
  private var stepsWithinFiles: Int64 = 0

  public init() {}

  /// Adds the runs of the next chunk of a file, in the order of the file.
  public mutating func add(_ runs: [SequenceRuns.Run], file: Int) {
    for run in runs where !isOverfull {
      let key = max(1, run.session)
      guard let place = places[key] else {
        if sessions.count >= Self.mostSessions || count >= Self.mostRuns {
          isOverfull = true
          sessions = []
          places = PlaceTable()
          return
        }
        places.set(key, to: sessions.count)
        sessions.append(Known(run: run, file: file))
        count += 1
        continue
      }
      // A run goes on within its file only, so that the order of the files does not matter.
      if sessions[place].file == file, sessions[place].run.extend(by: run) { continue }
      if !run.recurs {
        sessions[place].others.append(sessions[place].run)
        count += 1
      } else if sessions[place].file == file,
        run.firstNumber > sessions[place].run.lastNumber
      {
        stepsWithinFiles += 1
      }
      (sessions[place].run, sessions[place].file) = (run, file)
    }
  }

  /// Adds what another book has of further chunks.
  public mutating func merge(_ other: Self) {
    stepsWithinFiles += other.stepsWithinFiles
    for known in other.sessions { add(known.others + [known.run], file: known.file) }
  }

  // MARK: Kept

  /// All of it as numbers, to be kept from run to run.
  public var numbers: [Int64] {
    var list: [Int64] = [stepsWithinFiles, isOverfull ? 1 : 0]
    for known in sessions {
      list += [Int64(known.file), Int64(known.others.count)]
      for run in known.others + [known.run] { list += run.numbers }
    }
    return list
  }

  /// What was kept; `nil`: cut or damaged.
  public init?(numbers: [Int64]) {
    guard numbers.count >= 2 else { return nil }
    stepsWithinFiles = numbers[0]
    isOverfull = numbers[1] == 1
    var index = 2
    while index + 2 <= numbers.count {
      let others = numbers[index + 1]
      guard let file = Int(exactly: numbers[index]), others >= 0,
        others < Int64(numbers.count)
      else { return nil }
      index += 2
      var runs: [SequenceRuns.Run] = []
      for _ in 0...Int(others) {
        guard index + SequenceRuns.Run.size <= numbers.count else { return nil }
        runs.append(SequenceRuns.Run(numbers[index..<index + SequenceRuns.Run.size]))
        index += SequenceRuns.Run.size
      }
      let run = runs.removeLast()
      places.set(max(1, run.session), to: sessions.count)
      count += 1 + runs.count
      sessions.append(Known(run: run, file: file, others: runs))
    }
    guard index == numbers.count else { return nil }
  }

  /// How often the clock went back; `nil` when no line had a number.
  public var backwardSteps: Int64? {
    guard !sessions.isEmpty else { return nil }
    var steps = stepsWithinFiles
    for known in sessions where !known.others.isEmpty {
      let runs = (known.others + [known.run]).sorted {
        ($0.firstNumber, $0.firstTime, $0.lastNumber) < (
          $1.firstNumber, $1.firstTime, $1.lastNumber
        )
      }
      var last = runs[0]
      for run in runs.dropFirst() {
        // A log given twice, or dealt out line by line, says nothing new where it overlaps.
        if run.firstNumber > last.lastNumber, run.firstTime < last.lastTime { steps += 1 }
        if run.lastNumber >= last.lastNumber { last = run }
      }
    }
    return steps
  }
}
