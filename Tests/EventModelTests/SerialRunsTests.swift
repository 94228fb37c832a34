import EventModel
import Testing

struct SerialRunsTests {
  private struct Line {
    var number: Int64
    var time: Int64
    var session: UInt64 = 7
    var isLoose = false
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
            terminal: .none,
            recurs: recurs,
            isLoose: line.isLoose
          )
        }
        book.add(runs.runs)
      }
    }
    return book.holes.map { "\($0.missing) after \($0.after.nanoseconds)" }
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

  @Test func `numbers with a gap before nearly every line count no lines, and nothing is said`() {
    var book = SerialBook()
    for number in 0..<Int64(70_000) {
      var runs = SerialRuns()
      runs.note(
        session: UInt64(number % 50 + 1),
        number: number,
        time: number,
        account: .none,
        terminal: .none
      )
      book.add(runs.runs)
    }
    #expect(book.numbered == nil)
    #expect(book.holes.isEmpty)
  }

  @Test func `many sessions whose lines come backwards have no gap`() {
    var book = SerialBook()
    for number in stride(from: Int64(79), through: 0, by: -1) {
      for session in 1...UInt64(1_500) {
        var runs = SerialRuns()
        runs.note(
          session: session,
          number: number,
          time: number,
          account: .none,
          terminal: .none
        )
        book.add(runs.runs)
      }
    }
    #expect(book.numbered == 120_000)
    #expect(book.holes.isEmpty)
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
    log.insert(Line(number: 3, time: 3, isLoose: true), at: 2)
    log.append(Line(number: 77_000, time: 6, isLoose: true))
    #expect(gaps([log], recurs: true).isEmpty)
    log.removeAll { $0.number == 3 }
    #expect(gaps([log], recurs: true) == ["1 after 2"])
  }

  @Test func `numbers are counted`() {
    var book = SerialBook()
    #expect(book.numbered == nil)
    var runs = SerialRuns()
    for number: Int64 in [5, 5, 6, 9] {
      runs.note(session: 1, number: number, time: number, account: .none, terminal: .none)
    }
    book.add(runs.runs)
    #expect(book.numbered == 3)
  }
}
