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
    if slots.isEmpty { slots = [Int32](repeating: -1, count: 256) }
    let slot = Int(truncatingIfNeeded: session & 255)
    let place = Int(slots[slot])
    let run = Run(
      session: session,
      firstNumber: number,
      lastNumber: number,
      firstTime: time,
      lastTime: time,
      recurs: recurs
    )
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

  private var sessions: [UInt64: Known] = [:]
  private var count = 0
  private var isOverfull = false
  private var stepsWithinFiles: Int64 = 0

  public init() {}

  /// Adds the runs of the next chunk of a file, in the order of the file.
  public mutating func add(_ runs: [SequenceRuns.Run], file: Int) {
    for run in runs where !isOverfull {
      guard var known = sessions[run.session] else {
        if sessions.count >= Self.mostSessions || count >= Self.mostRuns {
          isOverfull = true
          sessions = [:]
          return
        }
        sessions[run.session] = Known(run: run, file: file)
        count += 1
        continue
      }
      // A run goes on within its file only, so that the order of the files does not matter.
      if known.file == file, known.run.extend(by: run) {
        sessions[run.session]?.run = known.run
        continue
      }
      if !run.recurs {
        known.others.append(known.run)
        count += 1
      } else if known.file == file, run.firstNumber > known.run.lastNumber {
        stepsWithinFiles += 1
      }
      (known.run, known.file) = (run, file)
      sessions[run.session] = known
    }
  }

  /// How often the clock went back; `nil` when no line had a number.
  public var backwardSteps: Int64? {
    guard !sessions.isEmpty else { return nil }
    var steps = stepsWithinFiles
    for known in sessions.values where !known.others.isEmpty {
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
