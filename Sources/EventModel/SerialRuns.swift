/// Numbers that a source gives its lines one by one, as runs without a gap: what lies between two runs
/// was written once and is not there.
///
/// Unlike the numbers of `SequenceRuns` these may not be passed over: a session of PostgreSQL counts
/// the lines it writes to its csvlog, a Linux kernel the events it audits.
public struct SerialRuns: Sendable {
  public struct Run: Sendable, Hashable {
    /// Hash of whoever counts.
    public var session: UInt64
    public var firstNumber: Int64
    public var lastNumber: Int64
    public var firstTime: Int64
    public var lastTime: Int64
    /// Who the first and the last line name, and from where; ids of the table that travels along.
    public var firstAccount: NameID
    public var lastAccount: NameID
    public var terminal: NameID
    /// A restart counts from the beginning: time, not the number, tells the order.
    public var recurs: Bool
    /// Numbers of another counter that only now and then lie in this one: they fill a gap and make none.
    public var isLoose: Bool

    /// Takes up the run that follows without a gap, or goes on with the lines of the last number.
    @inlinable
    mutating func extend(by next: Run) -> Bool {
      guard next.firstTime >= lastTime, isLoose == next.isLoose else { return false }
      if next.firstNumber == lastNumber {
        if firstNumber == lastNumber, firstAccount == .none { firstAccount = next.firstAccount }
        if next.lastNumber == next.firstNumber {
          if lastAccount == .none { lastAccount = next.firstAccount }
          return true
        }
      } else if next.firstNumber != lastNumber &+ 1 {
        return false
      }
      lastNumber = next.lastNumber
      lastTime = next.lastTime
      lastAccount = next.lastAccount
      return true
    }
  }

  public var runs: [Run] = []
  /// The last run of a session, by bits of its hash.
  private var slots: [Int32] = []

  public init() {}

  public mutating func removeAll() {
    runs.removeAll(keepingCapacity: true)
    for index in slots.indices { slots[index] = -1 }
  }

  /// Notes a line, in the order of the log.
  public mutating func note(
    session: UInt64,
    number: Int64,
    time: Int64,
    account: NameID,
    terminal: NameID,
    recurs: Bool = false,
    isLoose: Bool = false
  ) {
    if slots.isEmpty { slots = [Int32](repeating: -1, count: 1_024) }
    let slot = Int(truncatingIfNeeded: session & 1_023)
    let place = Int(slots[slot])
    if place >= 0, runs[place].session == session, !isLoose {
      // Lines of one event have one number.
      if runs[place].lastNumber == number, time >= runs[place].lastTime {
        if runs[place].lastAccount == .none { runs[place].lastAccount = account }
        if runs[place].firstNumber == number, runs[place].firstAccount == .none {
          runs[place].firstAccount = account
        }
        return
      }
      if runs[place].lastNumber &+ 1 == number, time >= runs[place].lastTime {
        runs[place].lastNumber = number
        runs[place].lastTime = time
        runs[place].lastAccount = account
        return
      }
    }
    if !isLoose { slots[slot] = Int32(truncatingIfNeeded: runs.count) }
    runs.append(
      Run(
        session: session,
        firstNumber: number,
        lastNumber: number,
        firstTime: time,
        lastTime: time,
        firstAccount: account,
        lastAccount: account,
        terminal: terminal,
        recurs: recurs,
        isLoose: isLoose
      )
    )
  }
}

/// A gap in the numbers of a source.
public struct SerialHole: Sendable, Hashable {
  /// Numbers that are not there.
  public var missing: Int64
  /// Times of the lines before and behind it.
  public var after: Timestamp
  public var until: Timestamp
  /// Whom these lines name: possibly whoever took the others away, no more; ids of the scan's table.
  public var accountBefore: NameID
  public var accountAfter: NameID
  public var terminal: NameID
}

/// The runs of all files of a source.
///
/// Memory: 100 bytes a session and 72 a run beside its first. Of a source with more than half a million
/// sessions, or more than 65,536 gaps, nothing is said: its numbers are not such as count every line.
public struct SerialBook: Sendable {
  static let mostSessions = 1 << 19
  static let mostRuns = 1 << 16
  /// A number that falls by more is that of a counter begun anew, not of a line out of order.
  static let disorder: Int64 = 4_096

  /// Nearly every session is one run.
  private struct Known: Sendable {
    var run: SerialRuns.Run
    /// Further runs, and how many may come before they are put together.
    var others: [SerialRuns.Run] = []
    var most = 64

    var all: [SerialRuns.Run] { others + [run] }
  }

  private var sessions: [Known] = []
  private var places = PlaceTable()
  /// Runs beside the first of each session.
  private var count = 0
  private var isOverfull = false

  public init() {}

  /// Adds the runs of a chunk.
  public mutating func add(_ runs: [SerialRuns.Run]) {
    for run in runs where !isOverfull {
      let key = max(1, run.session)
      guard let place = places[key] else {
        guard sessions.count < Self.mostSessions else { return giveUp() }
        places.set(key, to: sessions.count)
        sessions.append(Known(run: run))
        continue
      }
      if sessions[place].run.extend(by: run) { continue }
      sessions[place].others.append(sessions[place].run)
      sessions[place].run = run
      count += 1
      if sessions[place].others.count >= sessions[place].most { gather(place) }
      guard count > Self.mostRuns else { continue }
      // Lines out of order make runs that are none once all of them are there.
      for place in sessions.indices where !sessions[place].others.isEmpty { gather(place) }
      if count > Self.mostRuns / 2 { giveUp() }
    }
  }

  private mutating func giveUp() {
    isOverfull = true
    sessions = []
    places = PlaceTable()
  }

  /// Puts the runs of a session together whose lines came out of order.
  private mutating func gather(_ place: Int) {
    let all = Self.gathered(sessions[place].all)
    count -= sessions[place].others.count + 1 - all.count
    sessions[place].others = Array(all.dropLast())
    if let last = all.last { sessions[place].run = last }
    sessions[place].most = max(64, 2 * all.count)
  }

  /// Runs that say the same: what goes on without a gap is one.
  private static func gathered(_ runs: [SerialRuns.Run]) -> [SerialRuns.Run] {
    let sorted =
      runs.contains(where: \.recurs)
      ? runs.sorted(by: precedes)
      : runs.sorted {
        ($0.firstNumber, $0.firstTime, $0.lastNumber, $0.lastTime)
          < ($1.firstNumber, $1.firstTime, $1.lastNumber, $1.lastTime)
      }
    var result: [SerialRuns.Run] = []
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

  /// Lines that have a number; `nil`: none has, or there were too many to follow.
  public var numbered: Int64? {
    guard !sessions.isEmpty else { return nil }
    var sum: Int64 = 0
    for runs in sessions.lazy.map(\.all) {
      for run in runs where run.isLoose { sum &+= run.lastNumber &- run.firstNumber &+ 1 }
      for epoch in Self.epochs(of: runs) {
        var next = Int64.min
        for run in epoch where run.lastNumber >= next {
          sum &+= run.lastNumber &- max(next, run.firstNumber) &+ 1
          next = run.lastNumber &+ 1
        }
      }
    }
    return sum
  }

  /// All gaps, in order of time.
  public var holes: [SerialHole] {
    var holes: [SerialHole] = []
    for known in sessions where !known.others.isEmpty {
      let runs = known.all
      let loose = runs.filter(\.isLoose)
      for epoch in Self.epochs(of: runs) { Self.append(holesOf: epoch, loose, to: &holes) }
    }
    return holes.sorted {
      ($0.after, $0.until, $0.missing, $0.terminal.rawValue, $0.accountBefore.rawValue)
        < ($1.after, $1.until, $1.missing, $1.terminal.rawValue, $1.accountBefore.rawValue)
    }
  }

  /// The runs between two beginnings of the counter, each in order of number.
  private static func epochs(of runs: [SerialRuns.Run]) -> [[SerialRuns.Run]] {
    var epochs: [[SerialRuns.Run]] = [[]]
    var highest = Int64.min
    for run in runs.filter({ !$0.isLoose }).sorted(by: precedes) {
      if run.recurs, highest > run.firstNumber &+ disorder {
        epochs.append([])
        highest = .min
      }
      epochs[epochs.count - 1].append(run)
      highest = max(highest, run.lastNumber)
    }
    return epochs.map { epoch in
      epoch.sorted {
        ($0.firstNumber, $0.lastNumber, $0.firstTime) < (
          $1.firstNumber, $1.lastNumber, $1.firstTime
        )
      }
    }
  }

  private static func precedes(_ left: SerialRuns.Run, _ right: SerialRuns.Run) -> Bool {
    (left.firstTime, left.firstNumber, left.lastNumber, left.lastTime)
      < (right.firstTime, right.firstNumber, right.lastNumber, right.lastTime)
  }

  private static func append(
    holesOf runs: [SerialRuns.Run],
    _ loose: [SerialRuns.Run],
    to holes: inout [SerialHole]
  ) {
    guard var last = runs.first else { return }
    for run in runs.dropFirst() {
      if run.firstNumber > last.lastNumber &+ 1 {
        var missing = run.firstNumber &- last.lastNumber &- 1
        for other in loose {
          let low = max(other.firstNumber, last.lastNumber &+ 1)
          let high = min(other.lastNumber, run.firstNumber &- 1)
          if low <= high, other.lastTime >= last.lastTime, other.firstTime <= run.firstTime {
            missing &-= high &- low &+ 1
          }
        }
        if missing > 0 {
          holes.append(
            SerialHole(
              missing: missing,
              after: Timestamp(nanoseconds: last.lastTime),
              until: Timestamp(nanoseconds: max(last.lastTime, run.firstTime)),
              accountBefore: last.lastAccount,
              accountAfter: runs.first {
                $0.firstNumber == run.firstNumber && $0.firstAccount != .none
              }?.firstAccount ?? .none,
              terminal: run.terminal != .none ? run.terminal : last.terminal
            )
          )
        }
      }
      if run.lastNumber > last.lastNumber {
        last = run
      } else if run.lastNumber == last.lastNumber, last.lastAccount == .none {
        last.lastAccount = run.lastAccount
      }
    }
  }
}
