import EventModel
import Testing

struct SequenceRunsTests {
  private typealias Point = (session: UInt64, number: Int64, time: Int64)

  /// Steps of lines that came in these files.
  private func steps(_ files: [[Point]], recurs: Bool = false) -> Int64? {
    var book = SequenceBook()
    for (file, points) in files.enumerated() {
      // Chunks of three lines.
      for start in stride(from: 0, to: points.count, by: 3) {
        var runs = SequenceRuns()
        for point in points[start..<min(start + 3, points.count)] {
          runs.note(
            session: point.session,
            number: point.number,
            time: point.time,
            recurs: recurs
          )
        }
        book.add(runs.runs, file: file)
      }
    }
    return book.backwardSteps
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
}
