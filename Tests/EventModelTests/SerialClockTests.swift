import EventModel
import Testing

struct SerialClockTests {
  private typealias Point = (session: UInt64, number: Int64, time: Int64)

  /// Steps of lines that came in these files.
  private func steps(
    _ files: [[Point]],
    recurs: Bool = false,
    chunk: Int = 3,
    counter: SerialRuns.Counter = .passing
  ) -> Int64? {
    var book = SerialBook()
    for (file, points) in files.enumerated() {
      for start in stride(from: 0, to: points.count, by: chunk) {
        var runs = SerialRuns()
        for point in points[start..<min(start + chunk, points.count)] {
          runs.note(
            session: point.session,
            number: point.number,
            time: point.time,
            counter: recurs ? .restarting : counter
          )
        }
        book.add(runs.runs, file: file)
      }
    }
    return book.facts.backwardSteps
  }

  @Test func `a clock set back is counted once a session, however the log is cut and ordered`() {
    // Two sessions, whose slots are the same; the clock goes back by 50 after the twentieth line.
    var log: [Point] = []
    for index: Int64 in 0..<60 {
      let session: UInt64 = index % 3 == 0 ? 1 : 257
      log.append((session, index, index < 20 ? index : index - 50))
    }
    #expect(steps([log]) == 2)
    for cut in 1..<59 {
      let parts = [Array(log[..<cut]), Array(log[cut...])]
      #expect(steps(parts) == 2)
      #expect(steps(parts.reversed()) == 2)
    }
    #expect(steps([log.filter { $0.number < 20 }]) == 0)
    #expect(steps([log, log]) == 2)
    #expect(steps([]) == nil)
  }

  @Test func `the lines between which the clock went back are told by their times`() {
    var runs = SerialRuns()
    for number: Int64 in 0..<30 {
      runs.note(
        session: 4,
        number: number,
        time: number < 20 ? 100 + number : 50 + number,
        counter: .lines
      )
    }
    var book = SerialBook()
    book.add(runs.runs, file: 0)
    let (from, back) = (Timestamp(nanoseconds: 119), Timestamp(nanoseconds: 70))
    #expect(book.facts.clockSteps == [ClockStep(from: from, back: back)])
  }

  @Test func `numbers that a restart gives again are no step`() {
    func run(_ numbers: Range<Int64>, from time: Int64) -> [Point] {
      numbers.map { number -> Point in (1, number, time + number) }
    }
    let before = run(100..<110, from: 1000)
    let after = run(20..<30, from: 9000)
    #expect(steps([before + after], recurs: true) == 0)
    #expect(steps([after, before], recurs: true) == 0)
    let back = run(110..<120, from: 0)
    #expect(steps([before + back + after], recurs: true) == 1)
  }

  /// What the doc comment of `SerialBook` says, line by line.
  private func plainSteps(_ log: [Point]) -> Int64 {
    var steps: Int64 = 0
    for (_, lines) in Dictionary(grouping: log, by: \.session) {
      let times = Dictionary(grouping: lines, by: \.number).mapValues { Set($0.map(\.time)) }
      let numbers = times.keys.sorted()
      for (number, next) in zip(numbers, numbers.dropFirst()) {
        guard let from = times[number], let to = times[next], from.count == 1, to.count == 1 else {
          continue
        }
        if to.first ?? 0 < from.first ?? 0 { steps += 1 }
      }
    }
    return steps
  }

  @Test func `steps are those of the lines, whatever their order, chunks and files`() {
    var random = Seeded(state: 3)
    for round in 0..<120 {
      var log: [Point] = []
      for session: UInt64 in 1...3 {
        var time: Int64 = 1000
        for number: Int64 in 0..<Int64.random(in: 1...90, using: &random) {
          time += Int64.random(in: 0...3, using: &random)
          if Int.random(in: 0..<20, using: &random) == 0 { time -= 50 }
          // A number left out, a line given twice, a number with another time.
          let chance = Int.random(in: 0..<20, using: &random)
          if chance == 0 { continue }
          log.append((session, number, time))
          if chance == 1 { log.append((session, number, time)) }
          if chance == 2 { log.append((session, number, time + 7)) }
        }
      }
      let expected = plainSteps(log)
      for turn in 0..<4 {
        let lines = turn == 0 ? log : log.shuffled(using: &random)
        let cut = Int.random(in: 0...lines.count, using: &random)
        let files = [Array(lines[..<cut]), Array(lines[cut...])]
        for (chunk, counter) in [(1, SerialRuns.Counter.lines), (3, .passing), (1000, .lines)] {
          for log in [[lines], files, [lines, log]] {
            let found = steps(log, chunk: chunk, counter: counter)
            #expect(found == expected, "round \(round)")
          }
        }
      }
    }
  }

  @Test func `a number that recurs with another time counts the same in every chunk`() {
    let log: [Point] = [(1, 5, 10), (1, 5, 12), (1, 6, 11), (1, 6, 3), (1, 7, 4), (1, 9, 2)]
    for chunk in 1...7 { #expect(steps([log], recurs: true, chunk: chunk) == 2) }
  }
}

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
