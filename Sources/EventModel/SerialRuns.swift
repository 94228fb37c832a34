/// Numbers that a source gives its lines one by one, as runs in which neither number nor time goes back.
///
/// They tell whether the clock went back, and where none may be passed over also which lines are not
/// there. Runs of parts of a log tell the same as those of the whole.
public struct SerialRuns: Sendable {
  /// What numbers can tell.
  public enum Counter: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// Another counter's that only now and then lie among those of `events`: they fill a gap and make
    /// none.
    case strays
    /// One a line, none passed over: what PostgreSQL's sessions count in its csvlog.
    case lines
    /// One a line, and some may be passed over: only the clock is told.
    case passing
    /// As `passing`, and a restart of the server gives the session and its numbers once more: then
    /// only the order of the lines in one file tells a restart from a clock set back.
    case restarting
    /// One an event of one or more lines, none passed over, from the beginning after a restart: what a
    /// Linux kernel counts. Only gaps are told.
    case events

    var tellsGaps: Bool { self != .passing && self != .restarting }
    var tellsClock: Bool { self == .lines || self == .passing || self == .restarting }
    /// Whether time, not the number, tells the order.
    public var recurs: Bool { self == .events || self == .strays }
  }

  public struct Run: Sendable, Hashable, BitwiseCopyable {
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
    public var counter: Counter

    public init(
      session: UInt64,
      firstNumber: Int64,
      lastNumber: Int64,
      firstTime: Int64,
      lastTime: Int64,
      firstAccount: NameID,
      lastAccount: NameID,
      terminal: NameID,
      counter: Counter
    ) {
      self.session = session
      (self.firstNumber, self.lastNumber) = (firstNumber, lastNumber)
      (self.firstTime, self.lastTime) = (firstTime, lastTime)
      (self.firstAccount, self.lastAccount) = (firstAccount, lastAccount)
      self.terminal = terminal
      self.counter = counter
    }

    /// Takes up the run that follows without a gap, or goes on with the lines of the last number.
    @inline(__always)
    static func extend(_ run: UnsafeMutablePointer<Run>, by next: UnsafePointer<Run>) -> Bool {
      let counter = run.pointee.counter
      guard next.pointee.counter == counter, next.pointee.firstTime >= run.pointee.lastTime else {
        return false
      }
      let (last, number) = (run.pointee.lastNumber, next.pointee.firstNumber)
      if number != last &+ 1 {
        guard number >= last, number == last || counter == .restarting else { return false }
        if counter != .restarting {
          // A line that came twice, or another line of one event; a number with two times is no run.
          guard counter.recurs || next.pointee.firstTime == run.pointee.lastTime else {
            return false
          }
          if run.pointee.firstNumber == last, run.pointee.firstAccount == .none {
            run.pointee.firstAccount = next.pointee.firstAccount
          }
          if next.pointee.lastNumber == number {
            if run.pointee.lastAccount == .none {
              run.pointee.lastAccount = next.pointee.firstAccount
            }
            return true
          }
        }
      }
      run.pointee.lastNumber = next.pointee.lastNumber
      run.pointee.lastTime = next.pointee.lastTime
      run.pointee.lastAccount = next.pointee.lastAccount
      return true
    }

    mutating func extend(by next: Run) -> Bool {
      withUnsafePointer(to: next) { next in
        withUnsafeMutablePointer(to: &self) { Self.extend($0, by: next) }
      }
    }
  }

  public var runs: [Run] = []
  /// The last run of a session, by bits of its hash; a run that is forced out ends.
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
    account: NameID = .none,
    terminal: NameID = .none,
    counter: Counter
  ) {
    if slots.isEmpty { slots = [Int32](repeating: -1, count: 1_024) }
    let slot = Int(truncatingIfNeeded: session & 1_023)
    let run = Run(
      session: session,
      firstNumber: number,
      lastNumber: number,
      firstTime: time,
      lastTime: time,
      firstAccount: account,
      lastAccount: account,
      terminal: terminal,
      counter: counter
    )
    if counter != .strays {
      let place = Int(slots[slot])
      if place >= 0, runs[place].session == session, runs[place].extend(by: run) { return }
      slots[slot] = Int32(truncatingIfNeeded: runs.count)
    }
    runs.append(run)
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
