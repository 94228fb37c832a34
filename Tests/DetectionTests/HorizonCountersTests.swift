import Testing

@testable import Detection

/// A small generator with a seed: the same numbers in every run.
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

struct Sample {
  var time: Int64
  var low: Int64
  var charge: Int64
  var value: UInt32
}

private func samples(_ count: Int, seed: UInt64, isLong: Bool) -> [Sample] {
  var random = Seeded(state: seed)
  var time: Int64 = isLong ? 19_000 : 1_700_000_000_000_000_000
  let step: Int64 = isLong ? 40 : 7_200_000_000_000
  return (0..<count).map { _ in
    if Int.random(in: 0..<4, using: &random) > 0 {
      time += Int64.random(in: 0...step, using: &random)
    }
    let low = Int64.random(in: 0..<5_000, using: &random)
    return Sample(
      time: time,
      low: low,
      charge: low + Int64.random(in: 0..<100, using: &random),
      value: UInt32.random(in: 0..<6, using: &random)
    )
  }
}

private func bruteForce(_ all: ArraySlice<Sample>, span: Int64) -> (Int64, Int64, Int) {
  guard let last = all.last else { return (0, 0, 0) }
  let inside = all.filter { $0.time >= last.time - span && $0.time <= last.time }
  return (
    inside.reduce(0) { $0 + $1.low }, inside.reduce(0) { $0 + $1.charge },
    Set(inside.map(\.value)).subtracting([0]).count
  )
}

struct HorizonCountersTests {
  @Test(arguments: [
    (false, UInt64(1), 1), (true, 2, 1), (false, 3, 7), (true, 4, 5), (false, 5, 90),
  ])
  func `every window equals a sum over all its events`(isLong: Bool, seed: UInt64, settling: Int) {
    let all = samples(600, seed: seed, isLong: isLong)
    let spans = isLong ? HorizonCounters.longSpans : HorizonCounters.shortSpans
    var counters = isLong ? HorizonCounters.long : .short
    for (index, sample) in all.enumerated() {
      let marks = isLong || index % 3 == 0 ? 0 : HorizonCounters.Entry.bulk
      counters.add(
        low: sample.low,
        charge: sample.charge,
        value: sample.value,
        at: sample.time,
        marks: marks
      )
      // Settled now and then only: what was put off must come out the same.
      guard index % settling == 0 else { continue }
      counters.settle()
      for horizon in 0..<4 {
        let expected = bruteForce(all[...index], span: spans[horizon])
        #expect(counters.sum(horizon).low == expected.0)
        #expect(counters.sum(horizon).charge == expected.1)
        #expect(Int(counters.sum(horizon).distinct) == expected.2)
        if isLong { continue }
        let small = all[...index].enumerated().filter {
          $0.offset % 3 == 0 && $0.element.time >= sample.time - spans[horizon]
        }
        #expect(counters.smallCharge(horizon) == small.reduce(0) { $0 + $1.element.charge })
      }
    }
  }

  @Test func `holds what is exactly as old as the window and lets go a nanosecond later`() {
    var counters = HorizonCounters.short
    counters.add(low: 1, charge: 1, value: 0, at: 0)
    counters.add(low: 1, charge: 1, value: 0, at: 60_000_000_000)
    counters.settle()
    #expect(counters.sum(0).low == 2)
    counters.add(low: 1, charge: 1, value: 0, at: 120_000_000_001)
    counters.settle()
    #expect(counters.sum(0).low == 1)
  }

  @Test(arguments: [UInt64(5), 6, 7])
  func `merging two halves gives what one pass gives`(seed: UInt64) {
    for isLong in [false, true] {
      let all = samples(300, seed: seed, isLong: isLong)
      var whole = isLong ? HorizonCounters.long : .short
      var left = whole
      var right = whole
      for (index, sample) in all.enumerated() {
        whole.add(low: sample.low, charge: sample.charge, value: sample.value, at: sample.time)
        if index % 3 == 0 {
          left.add(low: sample.low, charge: sample.charge, value: sample.value, at: sample.time)
        } else {
          right.add(low: sample.low, charge: sample.charge, value: sample.value, at: sample.time)
        }
      }
      left.merge(right)
      left.settle()
      whole.settle()
      for horizon in 0..<4 {
        #expect(left.sum(horizon).low == whole.sum(horizon).low)
        #expect(left.sum(horizon).charge == whole.sum(horizon).charge)
        #expect(left.sum(horizon).distinct == whole.sum(horizon).distinct)
      }
    }
  }

  @Test(arguments: [UInt64(8), 9])
  func `goes on after a restore as if there had been none`(seed: UInt64) throws {
    let all = samples(300, seed: seed, isLong: false)
    var straight = HorizonCounters.short
    var paused = HorizonCounters.short
    for sample in all {
      straight.add(low: sample.low, charge: sample.charge, value: sample.value, at: sample.time)
      var writer = StateWriter()
      paused.write(to: &writer)
      var reader = StateReader(writer.bytes)
      paused = try HorizonCounters(isLong: false, from: &reader)
      paused.add(low: sample.low, charge: sample.charge, value: sample.value, at: sample.time)
      straight.settle()
      paused.settle()
      for horizon in 0..<4 {
        #expect(straight.sum(horizon).low == paused.sum(horizon).low)
        #expect(straight.sum(horizon).distinct == paused.sum(horizon).distinct)
        #expect(straight.sum(horizon).charge == paused.sum(horizon).charge)
      }
    }
  }
}

struct OwnSumsTests {
  @Test(arguments: [UInt64(31), 32, 33])
  func `the part of one tag is the sum of counters that hold that tag alone`(seed: UInt64) {
    var random = Seeded(state: seed)
    var all = HorizonCounters.short
    var alone = [HorizonCounters.short, .short, .short]
    var time: Int64 = 0
    for _ in 0..<6_000 {
      // From seconds to more than a day.
      let scale = Int64(1) << Int64(random.next() % 48)
      time += Int64(random.next() % UInt64(scale + 1))
      let tag = Int(random.next() % 3)
      let charge = Int64(random.next() % 100)
      all.add(low: charge / 2, charge: charge, value: 0, at: time, tag: UInt32(tag))
      alone[tag].add(low: charge / 2, charge: charge, value: 0, at: time)
      guard random.next() % 5 == 0 else { continue }
      let asked = Int(random.next() % 3)
      alone[asked].pass(to: time)
      alone[asked].settle()
      for horizon in 0..<4 {
        let own = all.own(horizon, tag: UInt32(asked))
        #expect(own.low == alone[asked].sum(horizon).low)
        #expect(own.charge == alone[asked].sum(horizon).charge)
      }
    }
  }
}

struct DistinctSubjectsTests {
  @Test func `is exact up to 256 and within 5 percent far beyond`() {
    var subjects = DistinctSubjects()
    var random = Seeded(state: 11)
    for _ in 0..<256 { subjects.add(random.next() | 1) }
    #expect(subjects.isExact)
    #expect(subjects.count == 256)
    for _ in 0..<99_744 { subjects.add(random.next() | 1) }
    #expect(!subjects.isExact)
    #expect(abs(Double(subjects.count) - 100_000) < 5_000)
  }

  @Test func `merging equals one pass, exact or not`() {
    var random = Seeded(state: 12)
    let hashes = (0..<3_000).map { _ in random.next() | 1 }
    for count in [100, 400, 3_000] {
      var whole = DistinctSubjects()
      var left = DistinctSubjects()
      var right = DistinctSubjects()
      for (index, hash) in hashes.prefix(count).enumerated() {
        whole.add(hash)
        if index < 150 { left.add(hash) } else { right.add(hash) }
      }
      left.merge(right)
      #expect(left == whole)
    }
  }
}
