/// How the times of a source go along with its own numbering: lines of one session, numbered by the
/// server, as runs in which neither goes back.
///
/// A run of numbers without a gap holds what counts of its lines: between two of them the clock did
/// not go back. Runs of parts of a log tell the same as those of the whole.
public struct SequenceRuns: Sendable {
  public struct Run: Sendable, Hashable {
    /// Hash of the session.
    public var session: UInt64
    public var firstNumber: Int64
    public var lastNumber: Int64
    public var firstTime: Int64
    public var lastTime: Int64
    /// Whether a restart of the server gives the session and its numbers once more: then only the
    /// order of the lines in one file tells a restart from a clock set back, and numbers may be left
    /// out or repeated.
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

    /// Takes up what follows it, if neither number nor time goes back.
    @inlinable
    mutating func extend(by next: Run) -> Bool {
      guard next.firstTime >= lastTime,
        recurs ? next.firstNumber >= lastNumber : next.firstNumber == lastNumber &+ 1
      else { return false }
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
      if runs[place].lastNumber == number, runs[place].lastTime == time { return }
      if runs[place].extend(by: run) { return }
    }
    slots[slot] = Int32(truncatingIfNeeded: runs.count)
    runs.append(run)
  }
}

/// The runs of all files of a source.
///
/// What it counts depends on which lines there are, not on their order or files: a number and the
/// next one there is, of one session, with an earlier time. A number with two times says nothing. Only
/// where numbers recur (`Run.recurs`) the order of the lines within a file counts.
public struct SequenceBook: Sendable {
  /// Sessions that are remembered (some 50 MB); of more nothing is said.
  public static let mostSessions = 1 << 19
  static let mostRuns = 1 << 21

  private struct Known: Sendable {
    var run: SequenceRuns.Run
    var file: Int
    /// Further runs of the session, and how many may come before they are put together.
    var others: [SequenceRuns.Run] = []
    var most = 64
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
      if run.recurs {
        addRecurring(run, to: place, file: file)
      } else if !sessions[place].run.extend(by: run) {
        sessions[place].others.append(sessions[place].run)
        sessions[place].run = run
        count += 1
        if sessions[place].others.count >= sessions[place].most { gather(place) }
      }
    }
  }

  private mutating func addRecurring(_ run: SequenceRuns.Run, to place: Int, file: Int) {
    if sessions[place].file == file {
      if sessions[place].run.extend(by: run) { return }
      if run.firstNumber > sessions[place].run.lastNumber { stepsWithinFiles += 1 }
    }
    (sessions[place].run, sessions[place].file) = (run, file)
  }

  /// Puts the runs of a session together whose lines came out of order.
  private mutating func gather(_ place: Int) {
    let all = Self.gathered(sessions[place].others + [sessions[place].run])
    count -= sessions[place].others.count + 1 - all.count
    sessions[place].others = Array(all.dropLast())
    if let last = all.last { sessions[place].run = last }
    sessions[place].most = max(64, 2 * all.count)
  }

  /// Runs that say the same, in order of number: what goes on without a gap is one.
  private static func gathered(_ runs: [SequenceRuns.Run]) -> [SequenceRuns.Run] {
    let sorted = runs.sorted {
      ($0.firstNumber, $0.firstTime, $0.lastNumber, $0.lastTime)
        < ($1.firstNumber, $1.firstTime, $1.lastNumber, $1.lastTime)
    }
    var result: [SequenceRuns.Run] = []
    for run in sorted {
      guard var last = result.last else {
        result.append(run)
        continue
      }
      if last == run { continue }
      if last.extend(by: run) { result[result.count - 1] = last } else { result.append(run) }
    }
    return result
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
    return sessions.reduce(stepsWithinFiles) { steps, known in
      known.others.isEmpty ? steps : steps + Self.steps(known.others + [known.run])
    }
  }

  /// Steps back between the end of runs and the start of the next.
  ///
  /// Where the clock went back no run goes on; so both times are known, if each is but one.
  private static func steps(_ runs: [SequenceRuns.Run]) -> Int64 {
    let runs = runs.sorted { ($0.firstNumber, $0.lastNumber) < ($1.firstNumber, $1.lastNumber) }
    var steps: Int64 = 0
    // The highest number so far, and the one time of the runs that end with it.
    var last = runs[0].lastNumber
    var ended: Int64? = runs[0].lastTime
    var index = 1
    while index < runs.count {
      let number = runs[index].firstNumber
      var began: Int64? = runs[index].firstTime
      let isNext = number > last
      let before = (last, ended)
      while index < runs.count, runs[index].firstNumber == number {
        let run = runs[index]
        if run.firstTime != began { began = nil }
        if run.lastNumber > last {
          (last, ended) = (run.lastNumber, run.lastTime)
        } else if run.lastNumber == last, run.lastTime != ended {
          ended = nil
        }
        index += 1
      }
      if isNext, let from = before.1, let to = began, to < from { steps += 1 }
    }
    return steps
  }
}
