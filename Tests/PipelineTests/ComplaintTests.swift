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
      let found = ComplaintStudy.tail(atLeast: least, [Self.stratum(20, 10, 100)])
      #expect(abs(found - exact) < 1e-9, "\(least)")
    }
    #expect(ComplaintStudy.tail(atLeast: 11, [Self.stratum(20, 10, 100)]) == 0)
    #expect(ComplaintStudy.tail(atLeast: 5, [Self.stratum(100, 5, 100)]) == 1)
  }

  private static func stratum(
    _ opened: Int,
    _ marked: Int,
    _ all: Int
  )
    -> ComplaintStudy.Stratum
  {
    ComplaintStudy.Stratum(all: all, marked: marked, opened: opened)
  }

  @Test func `have the chance of all classes together`() {
    // 1 of 2 and 1 of 4: none 3/8, one 1/2, both 1/8; and one that cannot but match.
    let strata = [Self.stratum(1, 1, 2), Self.stratum(1, 1, 4), Self.stratum(3, 1, 3)]
    for (least, chance) in [(0, 1.0), (1, 1.0), (2, 0.625), (3, 0.125), (4, 0)] {
      #expect(abs(ComplaintStudy.tail(atLeast: least, strata) - chance) < 1e-12, "\(least)")
    }
  }

  @Test func `of a long list have a chance that is no smaller than it is`() {
    // 2,000 of 10,000 are listed; 2,000 drawn match 400, give or take 16.
    let long = [Self.stratum(2_000, 2_000, 10_000)]
    #expect(ComplaintStudy.tail(atLeast: 400, long) > 0.5)
    #expect((0.001...0.2).contains(ComplaintStudy.tail(atLeast: 440, long)))
    #expect(ComplaintStudy.tail(atLeast: 600, long) < 1e-15)
  }

  /// 4,000 customers of whom some call a hundred times as often as others, and 40 accounts that take whoever calls.
  private struct Floor {
    let subjects: [UInt32]
    var samples: [(account: String, sample: SubjectSample)] = []
    /// One entry a read.
    var reads: [UInt32] = []

    init(_ random: inout Seeded) {
      subjects = (0..<4_000).map { _ in UInt32.random(in: 0...UInt32.max, using: &random) }
      for number in 0..<40 {
        // Some are there every day, some rarely.
        let opened = (0..<(200 + number * 40)).map { _ in caller(&random) }
        samples.append(("op\(number)", SubjectSample(opened)))
        reads += opened
      }
    }

    private func caller(_ random: inout Seeded) -> UInt32 {
      let place = Double.random(in: 0..<1, using: &random)
      return subjects[Int(place * place * place * Double(subjects.count))]
    }
  }

  @Test func `of whom everybody opens point to nobody`() {
    var random = Seeded(state: 21)
    let floor = Floor(&random)
    let list = (0..<50).map { _ in UInt32.random(in: 0...UInt32.max, using: &random) }
    let samples = floor.samples.map { account, sample in
      (account: account, sample: SubjectSample(sample.values + list))
    }
    let result = ComplaintStudy.complaints(Set(list), samples)
    #expect(result.ranking.count == 40 && result.ranking.allSatisfy { $0.chance == 1 })
    #expect(result.ranking.allSatisfy { $0.matched == 50 && abs($0.expected - 50) < 1e-9 })
  }

  @Test func `of whom most open far more than the rest point to nobody`() {
    // Twenty-four of forty open all of the list, and with others as many of what is not on it.
    var random = Seeded(state: 8)
    var opened = (0..<40).map { UInt32(1_000 + $0) }.map { [$0] }
    for number in 0..<24 { opened[number] += (0..<40).map { UInt32($0) } }
    for subject in 100..<300 {
      for number in (0..<40).shuffled(using: &random).prefix(24) {
        opened[number].append(UInt32(subject))
      }
    }
    let list = (0..<40).map { UInt32($0) }
    let samples = opened.indices.map { (account: "op\($0)", sample: SubjectSample(opened[$0])) }
    let result = ComplaintStudy.complaints(Set(list), samples)
    #expect(result.ranking.count == 24 && !result.ranking.contains { $0.standsOut })
  }

  @Test func `of whom those who call often complain often point to nobody`() {
    var falseAlarms = 0
    for seed in 0..<12 {
      var random = Seeded(state: UInt64(100 + seed))
      let floor = Floor(&random)
      let list = Set(floor.reads.shuffled(using: &random).prefix(60))
      if ComplaintStudy.complaints(list, floor.samples).ranking.contains(where: { $0.standsOut }) {
        falseAlarms += 1
      }
    }
    #expect(falseAlarms <= 1)
  }

  @Test func `of whom hardly anybody opens point to whoever took them`() {
    for taken in [40, 400, 1_500] {
      var random = Seeded(state: UInt64(taken))
      let floor = Floor(&random)
      // The last in the order of calls: one read in thousands is of each.
      let range = Array(floor.subjects.suffix(taken))
      let thief = (account: "thief", sample: SubjectSample(floor.samples[3].sample.values + range))
      let list = Set(range.shuffled(using: &random).prefix(20))
      let result = ComplaintStudy.complaints(list, floor.samples + [thief])
      #expect(result.ranking.first?.account == "thief", "\(taken)")
      #expect(result.ranking.count { $0.standsOut } == 1 && result.ranking[0].standsOut, "\(taken)")
    }
    // Of whom he took, nobody else opened a single one.
    var random = Seeded(state: 9)
    let floor = Floor(&random)
    let range = (0..<500).map { _ in UInt32.random(in: 0...UInt32.max, using: &random) }
    let result = ComplaintStudy.complaints(
      Set(range.prefix(20)),
      floor.samples + [(account: "thief", sample: SubjectSample(range))]
    )
    #expect(result.ranking.first?.account == "thief" && result.ranking[0].standsOut)
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
