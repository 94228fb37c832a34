import EventModel
import Foundation
import Testing

@testable import Pipeline
@testable import Storage

@Suite struct `Complaints` {
  @Test func `have the chance of drawing without putting back`() {
    // 10 of 100 are marked; 20 are drawn.
    func choose(_ n: Int, _ k: Int) -> Double {
      (0..<k).reduce(1) { $0 * Double(n - $1) / Double($1 + 1) }
    }
    for least in 0...10 {
      let exact = (least...10).reduce(0.0) {
        $0 + choose(10, $1) * choose(90, 20 - $1) / choose(100, 20)
      }
      let found = ComplaintStudy.tail(atLeast: least, drawn: 20, marked: 10, of: 100)
      #expect(abs(found - exact) < 1e-9, "\(least)")
    }
    #expect(ComplaintStudy.tail(atLeast: 11, drawn: 20, marked: 10, of: 100) == 0)
    #expect(ComplaintStudy.tail(atLeast: 5, drawn: 100, marked: 5, of: 100) == 1)
  }

  @Test func `point to whom reads them, and rarely to anybody else`() {
    var random = Seeded(state: 11)
    var falseAlarms = 0
    for _ in 0..<200 {
      let subjects = (0..<5_000).map { _ in UInt32.random(in: 0...UInt32.max, using: &random) }
      let samples = (0..<20).map { number in
        (
          account: "op\(number)",
          sample: SubjectSample(
            (0..<400).map { _ in subjects[Int.random(in: 0..<5_000, using: &random)] }
          )
        )
      }
      let list = Set((0..<50).map { _ in subjects[Int.random(in: 0..<5_000, using: &random)] })
      let result = ComplaintStudy.complaints(list, samples)
      falseAlarms += result.ranking.count { $0.standsOut }
      let thief = (account: "thief", sample: SubjectSample(Array(list) + subjects.prefix(300)))
      let found = ComplaintStudy.complaints(list, samples + [thief])
      #expect(found.ranking.first?.account == "thief" && found.ranking[0].standsOut)
    }
    #expect(falseAlarms <= 1)
  }

  @Test func `are compared where samples are complete`() {
    var random = Seeded(state: 5)
    let subjects = (0..<60_000).map { _ in UInt32.random(in: 0...UInt32.max, using: &random) }
    let large = SubjectSample(subjects)
    #expect(large.values.count == SubjectSample.limit && large.bound < .max)
    let result = ComplaintStudy.complaints(
      Set(subjects.prefix(1_000)),
      [("a", large), ("b", SubjectSample(Array(subjects.prefix(2_000))))]
    )
    // 16,384 of 60,000.
    #expect((262...285).contains(result.comparedPermille))
    #expect(result.opened == result.compared && (200...350).contains(result.compared))
    #expect(result.ranking.first?.account == "b")
  }

  @Test func `samples merge to what one pass gives, in any order`() {
    var random = Seeded(state: 3)
    let values = (0..<50_000).map { _ in UInt32.random(in: 0...UInt32.max, using: &random) }
    let whole = SubjectSample(values)
    var parts = SubjectSample()
    for start in stride(from: 0, to: values.count, by: 777).shuffled(using: &random) {
      parts.merge(Array(values[start..<min(values.count, start + 777)]))
    }
    #expect(parts == whole)
    #expect(whole.values == Array(Set(values).sorted().prefix(SubjectSample.limit)))
  }
}
