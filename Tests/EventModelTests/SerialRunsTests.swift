import EventModel
import Testing

struct SerialRunsTests {
  private struct Line {
    var number: Int64
    var time: Int64
    var session: UInt64 = 7
    var isStray = false
  }

  /// Gaps of lines that came in these files, in chunks of three lines.
  private func gaps(_ files: [[Line]], recurs: Bool = false) -> [String] {
    var book = SerialBook()
    for lines in files {
      for start in stride(from: 0, to: lines.count, by: 3) {
        var runs = SerialRuns()
        for line in lines[start..<min(start + 3, lines.count)] {
          runs.note(
            session: line.session,
            number: line.number,
            time: line.time,
            account: NameID(rawValue: 1),
            counter: line.isStray ? .strays : recurs ? .events : .lines
          )
        }
        book.add(runs.runs, file: 0)
      }
    }
    return book.facts.holes.map { "\($0.missing) after \($0.after.nanoseconds)" }
  }

  private func lines(_ numbers: [Int64], from time: Int64 = 0) -> [Line] {
    numbers.map { Line(number: $0, time: time + $0) }
  }

  @Test func `a gap is found however the log is cut, ordered, doubled or dealt out`() {
    let log = lines(Array(1...10) + Array(15...30) + Array(32...40))
    let expected = ["4 after 10", "1 after 30"]
    #expect(gaps([log]) == expected)
    for cut in 1..<log.count {
      let parts = [Array(log[..<cut]), Array(log[cut...])]
      #expect(gaps(parts) == expected)
      #expect(gaps(parts.reversed()) == expected)
    }
    #expect(gaps([log, log]) == expected)
    let (even, odd) = (log.filter { $0.number % 2 == 0 }, log.filter { $0.number % 2 == 1 })
    #expect(gaps([even, odd]) == expected)
    #expect(gaps([lines(Array(1...40))]).isEmpty)
  }

  @Test func `numbers with a gap before nearly every line count no lines, and that is told`() {
    // Fifty sessions that count in one: each has a gap of 49 between two lines, whose clock goes back
    // before every 700th.
    func book(_ lines: Int64, _ counter: SerialRuns.Counter) -> SerialBook {
      var book = SerialBook()
      for start in stride(from: Int64(0), to: lines, by: 1_000) {
        var runs = SerialRuns()
        for number in start..<min(lines, start + 1_000) {
          let session = UInt64(number % 50 + 1)
          let time = number % 700 == 0 ? number - 60 : number
          runs.note(session: session, number: number, time: time, counter: counter)
        }
        book.add(runs.runs, file: 0)
      }
      return book
    }
    let few = book(65_536, .lines).facts
    #expect(few.holes.count == 65_486)
    #expect(few.numbered == 65_536)
    #expect(few.backwardSteps == 93)
    #expect(few.left == .nothing)
    let many = book(70_000, .lines).facts
    #expect(many.holes.isEmpty)
    #expect(many.numbered == nil)
    #expect(many.backwardSteps == 99)
    #expect(many.left == .gaps)
    let passing = book(70_000, .passing).facts
    #expect(passing.backwardSteps == 99)
    #expect(passing.left == .nothing)
  }

  @Test func `of more runs than are followed nothing is told, but that`() {
    var book = SerialBook(mostRuns: 1_000)
    var run = SerialRuns()
    for number in 0..<Int64(1_100) {
      #expect(book.isOverfull == (number > 1_001))
      run.removeAll()
      run.note(session: 1, number: 2 * number, time: number, counter: .passing)
      book.add(run.runs, file: 0)
    }
    #expect(book.facts == SerialFacts(left: .everything))
    var other = SerialBook()
    other.add(run.runs, file: 0)
    other.merge(book)
    #expect(other.facts.left == .everything)
  }

  @Test func `a counter begun anew leaves no gap, and lines out of order none`() {
    let before = lines(Array(9_000...9_010), from: 0)
    let after = lines(Array(1...10), from: 100_000)
    #expect(gaps([before + after], recurs: true).isEmpty)
    #expect(gaps([after, before], recurs: true).isEmpty)
    let swapped = [1, 2, 4, 3, 5].map { Line(number: $0, time: 50) }
    #expect(gaps([swapped], recurs: true).isEmpty)
  }

  @Test func `numbers of another counter fill a gap and make none`() {
    var log = lines([1, 2, 4, 5])
    log.insert(Line(number: 3, time: 3, isStray: true), at: 2)
    log.append(Line(number: 77_000, time: 6, isStray: true))
    #expect(gaps([log], recurs: true).isEmpty)
    log.removeAll { $0.number == 3 }
    #expect(gaps([log], recurs: true) == ["1 after 2"])
  }

  @Test func `numbers are counted`() {
    var book = SerialBook()
    #expect(book.facts == SerialFacts())
    var runs = SerialRuns()
    for number: Int64 in [5, 5, 6, 9] {
      runs.note(session: 1, number: number, time: number, counter: .lines)
    }
    book.add(runs.runs, file: 0)
    #expect(book.facts.numbered == 3)
  }

  @Test func `many sessions whose lines come backwards have no gap`() {
    var book = SerialBook()
    for number in stride(from: Int64(79), through: 0, by: -1) {
      var runs = SerialRuns()
      for session in 1...UInt64(1_500) {
        runs.note(session: session, number: number, time: number, counter: .lines)
      }
      book.add(runs.runs, file: 0)
    }
    #expect(book.facts.numbered == 120_000)
    #expect(book.facts.holes.isEmpty)
    #expect(book.facts.backwardSteps == 0)
  }

  /// A log of some sessions of every counter, with lines left out, doubled and set back.
  private func log(_ random: inout Seeded) -> [SerialRuns.Run] {
    var log: [SerialRuns.Run] = []
    for session: UInt64 in 1...8 {
      let counter: SerialRuns.Counter = [.lines, .passing, .events, .lines][Int(session % 4)]
      // A counter that is begun anew has come far, as a kernel's has.
      var (time, number): (Int64, Int64) = (1_000, counter == .events ? 9_000 : 0)
      for _ in 0..<Int.random(in: 1...200, using: &random) {
        time += Int64.random(in: 0...3, using: &random) * 1_000_000
        number += Int.random(in: 0..<12, using: &random) == 0 ? 5 : 1
        if number > 9_000, Int.random(in: 0..<90, using: &random) == 0 { number = 1 }
        if counter != .events, Int.random(in: 0..<40, using: &random) == 0 { time -= 9_000_000 }
        let account = NameID(rawValue: UInt32.random(in: 0...3, using: &random))
        let isStray = counter == .events && Int.random(in: 0..<30, using: &random) == 0
        var runs = SerialRuns()
        for _ in 0...(Int.random(in: 0..<20, using: &random) == 0 ? 1 : 0) {
          runs.note(
            session: session,
            number: isStray ? number + 1 : number,
            time: time,
            account: counter == .passing ? .none : account,
            terminal: NameID(rawValue: UInt32(session)),
            counter: isStray ? .strays : counter
          )
        }
        log += runs.runs
      }
    }
    return log.sorted { ($0.firstTime, $0.session) < ($1.firstTime, $1.session) }
  }

  @Test func `books put together and kept tell what one tells`() throws {
    var random = Seeded(state: 11)
    for round in 0..<60 {
      let log = log(&random)
      var whole = SerialBook()
      whole.add(log, file: 0)
      let expected = whole.facts
      #expect(expected.numbered ?? 0 > 0)
      var parts = [SerialBook(), SerialBook()]
      var kept = SerialBook()
      let cuts =
        [0, log.count].map { $0 }
        + (0..<4).map { _ in
          Int.random(in: 0...log.count, using: &random)
        }
      let sorted = cuts.sorted()
      for (index, (start, end)) in zip(sorted, sorted.dropFirst()).enumerated() {
        let piece = Array(log[start..<end])
        parts[index % 2].add(piece, file: 0)
        kept.add(piece, file: 0)
        kept = try #require(
          SerialBook(clockNumbers: kept.clockNumbers, countingRuns: kept.countingRuns)
        )
      }
      #expect(kept.facts == expected, "round \(round)")
      for order in [[0, 1], [1, 0]] {
        var sum = parts[order[0]]
        sum.merge(parts[order[1]])
        #expect(sum.facts == expected, "round \(round)")
      }
    }
  }

  @Test func `a book of the past, that has lines in both its parts, tells the same`() throws {
    var book = SerialBook()
    for numbers: [Int64] in [[1, 2, 3], [5, 6], [8]] {
      var runs = SerialRuns()
      for session: UInt64 in [3, 4] {
        for number in numbers {
          let time = number == 8 ? 4 : number
          runs.note(session: session, number: number, time: time, counter: .lines)
        }
      }
      book.add(runs.runs, file: 0)
    }
    var twice: [Int64] = [0, 0]
    for session: Int64 in [3, 4] {
      twice +=
        [0, 2] + [session, 1, 3, 1, 2, 0] + [session, 5, 6, 5, 1, 0] + [session, 8, 8, 4, 0, 0]
    }
    let past = try #require(SerialBook(clockNumbers: twice, countingRuns: book.countingRuns))
    #expect(past.facts == book.facts)
    #expect(past.facts.backwardSteps == 2)
    #expect(past.facts.holes.count == 4)
    #expect(past.clockNumbers == [0, 0])
    for cut in 1..<twice.count where (cut - 2) % 20 != 0 {
      #expect(SerialBook(clockNumbers: Array(twice[..<cut]), countingRuns: []) == nil)
    }
  }
}
