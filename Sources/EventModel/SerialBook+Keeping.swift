/// A book that is kept from night to night: what only tells the clock as numbers, the rest as runs,
/// whose names are to be written out.
extension SerialBook {
  private static let size = 6

  /// Steps within files, 1 when there was too much to follow, and of each session whose numbers may be
  /// passed over: its file, how many runs beside the latest, six numbers a run.
  public var clockNumbers: [Int64] {
    var list: [Int64] = [stepsWithinFiles, isOverfull ? 1 : 0]
    for known in sessions where known.rest >= 0 || !known.run.counter.tellsGaps {
      let runs = runs(of: known).filter { !$0.counter.tellsGaps }
      if runs.isEmpty { continue }
      list += [Int64(known.file), Int64(runs.count - 1)]
      for run in runs {
        list += [
          Int64(bitPattern: run.session), run.firstNumber, run.lastNumber, run.firstTime,
          run.lastTime &- run.firstTime, run.counter == .restarting ? 1 : 0,
        ]
      }
    }
    return list
  }

  /// Runs whose numbers may not be passed over.
  public var countingRuns: [SerialRuns.Run] {
    sessions.flatMap { known in
      known.rest < 0 && !known.run.counter.tellsGaps
        ? [] : runs(of: known).filter(\.counter.tellsGaps)
    }
  }

  /// What was kept; `nil`: cut or damaged.
  ///
  /// `isOverfull`: whether there were too many runs to follow, as books of the past told by itself.
  public init?(
    clockNumbers numbers: [Int64],
    countingRuns: [SerialRuns.Run],
    isOverfull: Bool = false
  ) {
    guard numbers.count >= 2 else { return nil }
    self.init(steps: numbers[0], isOverfull: isOverfull || numbers[1] == 1)
    for run in countingRuns { restore(run, file: 0) }
    var index = 2
    while index + 2 <= numbers.count {
      let others = numbers[index + 1]
      guard let file = Int32(exactly: numbers[index]), others >= 0,
        others < Int64(numbers.count)
      else { return nil }
      index += 2
      for _ in 0...Int(others) {
        guard index + Self.size <= numbers.count else { return nil }
        restore(clockRun: numbers[index..<index + Self.size], file: file)
        index += Self.size
      }
    }
    guard index == numbers.count else { return nil }
  }

  private mutating func restore(clockRun numbers: ArraySlice<Int64>, file: Int32) {
    let at = numbers.startIndex
    let run = SerialRuns.Run(
      session: UInt64(bitPattern: numbers[at]),
      firstNumber: numbers[at + 1],
      lastNumber: numbers[at + 2],
      firstTime: numbers[at + 3],
      lastTime: numbers[at + 3] &+ numbers[at + 4],
      firstAccount: .none,
      lastAccount: .none,
      terminal: .none,
      counter: numbers[at + 5] == 1 ? .restarting : .passing
    )
    // Books of the past had lines that tell both twice.
    let isKnown = runs(of: run.session).contains {
      $0.counter == .lines && $0.firstNumber == run.firstNumber && $0.lastNumber == run.lastNumber
        && $0.firstTime == run.firstTime && $0.lastTime == run.lastTime
    }
    if !isKnown { restore(run, file: file) }
  }
}
