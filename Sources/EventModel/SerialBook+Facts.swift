/// What the numbered lines of a source tell.
public struct SerialFacts: Sendable, Hashable {
  /// Lines or events with a number of which none may be passed over; `nil`: none has, or they are not
  /// told.
  public var numbered: Int64?
  /// All gaps, in order of time.
  public var holes: [SerialHole] = []
  /// How often the clock went back; `nil`: no line had a number that would tell.
  public var backwardSteps: Int64?
  /// The first of these steps in order of time, as far as the times of both lines are known.
  public var clockSteps: [ClockStep] = []
  /// What is not told.
  public var left: Left

  public init(left: Left = .nothing) { self.left = left }

  public enum Left: Sendable, Hashable {
    case nothing
    /// There are more gaps than are told.
    case gaps
    /// There are more sessions or runs than are followed.
    case everything
  }
}

/// Two lines that follow each other by their numbers, the second with an earlier time.
public struct ClockStep: Sendable, Hashable {
  public static let most = 16
  public var from: Timestamp
  public var back: Timestamp
  public init(from: Timestamp, back: Timestamp) { (self.from, self.back) = (from, back) }
}

extension SerialBook {
  public var facts: SerialFacts {
    var facts = SerialFacts(left: isOverfull ? .everything : .nothing)
    var (steps, numbered): (Int64, Int64) = (stepsWithinFiles, 0)
    var (tellsClock, tellsGaps) = (false, false)
    for known in sessions {
      let runs = known.rest < 0 ? [] : runs(of: known)
      let (run, counter) = (known.run, known.run.counter)
      if runs.isEmpty {
        tellsClock = tellsClock || counter.tellsClock
        tellsGaps = tellsGaps || counter.tellsGaps
        if counter.tellsGaps { numbered &+= run.lastNumber &- run.firstNumber &+ 1 }
        continue
      }
      if runs.contains(where: \.counter.tellsClock) {
        tellsClock = true
        let found = Self.steps(runs.filter { $0.counter == .lines || $0.counter == .passing })
        steps &+= Int64(found.count)
        facts.clockSteps += found
        if facts.clockSteps.count > 4 * ClockStep.most { facts.keepFirstSteps() }
      }
      let counting = runs.filter(\.counter.tellsGaps)
      guard !counting.isEmpty else { continue }
      tellsGaps = true
      let strays = counting.filter { $0.counter == .strays }
      for run in strays { numbered &+= run.lastNumber &- run.firstNumber &+ 1 }
      for epoch in Self.epochs(of: counting) {
        numbered &+= Self.numbers(of: epoch)
        // What is beyond the bound is not told, whatever it is.
        guard facts.holes.count <= Self.mostGaps else { continue }
        Self.append(holesOf: epoch, strays, to: &facts.holes)
      }
    }
    if tellsClock { facts.backwardSteps = steps }
    facts.keepFirstSteps()
    guard tellsGaps else { return facts }
    guard facts.holes.count <= Self.mostGaps else {
      (facts.holes, facts.left) = ([], .gaps)
      return facts
    }
    facts.numbered = numbered
    facts.holes.sort {
      ($0.after, $0.until, $0.missing, $0.terminal.rawValue, $0.accountBefore.rawValue)
        < ($1.after, $1.until, $1.missing, $1.terminal.rawValue, $1.accountBefore.rawValue)
    }
    return facts
  }

  /// Different numbers of runs in their order.
  private static func numbers(of runs: [SerialRuns.Run]) -> Int64 {
    var (sum, next): (Int64, Int64) = (0, .min)
    for run in runs where run.lastNumber >= next {
      sum &+= run.lastNumber &- max(next, run.firstNumber) &+ 1
      next = run.lastNumber &+ 1
    }
    return sum
  }

  /// The runs between two beginnings of the counter, each in order of number.
  private static func epochs(of runs: [SerialRuns.Run]) -> [[SerialRuns.Run]] {
    var epochs: [[SerialRuns.Run]] = [[]]
    var highest = Int64.min
    let sorted = runs.filter { $0.counter != .strays }.sorted {
      ($0.firstTime, $0.firstNumber, $0.lastNumber, $0.lastTime)
        < ($1.firstTime, $1.firstNumber, $1.lastNumber, $1.lastTime)
    }
    for run in sorted {
      if run.counter.recurs, highest > run.firstNumber &+ disorder {
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

  private static func append(
    holesOf runs: [SerialRuns.Run],
    _ strays: [SerialRuns.Run],
    to holes: inout [SerialHole]
  ) {
    guard var last = runs.first else { return }
    for (index, run) in runs.enumerated().dropFirst() {
      if run.firstNumber > last.lastNumber &+ 1 {
        var missing = run.firstNumber &- last.lastNumber &- 1
        for other in strays {
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
              accountAfter: account(beginning: run.firstNumber, runs[index...]),
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

  /// The first account that lines of a number name; `runs` begins with the first run of that number.
  private static func account(beginning number: Int64, _ runs: ArraySlice<SerialRuns.Run>) -> NameID
  {
    for run in runs {
      if run.firstNumber != number { break }
      if run.firstAccount != .none { return run.firstAccount }
    }
    return .none
  }

  /// Steps back between the end of runs and the start of the next.
  ///
  /// Where the clock went back no run goes on; so both times are known, if each is but one.
  private static func steps(_ runs: [SerialRuns.Run]) -> [ClockStep] {
    let runs = runs.sorted { ($0.firstNumber, $0.lastNumber) < ($1.firstNumber, $1.lastNumber) }
    guard let first = runs.first else { return [] }
    var steps: [ClockStep] = []
    // The highest number so far, and the one time of the runs that end with it.
    var last = first.lastNumber
    var ended: Int64? = first.lastTime
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
      if isNext, let from = before.1, let to = began, to < from {
        let step = ClockStep(
          from: Timestamp(nanoseconds: from),
          back: Timestamp(nanoseconds: to)
        )
        steps.append(step)
      }
    }
    return steps
  }
}

extension SerialFacts {
  fileprivate mutating func keepFirstSteps() {
    clockSteps.sort { ($0.from, $0.back) < ($1.from, $1.back) }
    clockSteps.removeLast(max(0, clockSteps.count - ClockStep.most))
  }
}
