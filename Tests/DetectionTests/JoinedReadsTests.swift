import EventModel
import Testing

@testable import Detection

/// Small reads of an incident by their days, against a list that keeps every one.
struct JoinedReadsTests {
  private static func plain(
    _ reads: [(day: Int32, low: Int64, high: Int64)],
    since first: Int32
  ) -> (low: Int64, high: Int64) {
    reads.filter { $0.day >= first }.reduce((0, 0)) { ($0.0 + $1.low, $0.1 + $1.high) }
  }

  @Test func `of newer days the sums are exact, of older ones they bound the truth`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<60 {
      var joined = JoinedReads()
      var reads: [(day: Int32, low: Int64, high: Int64)] = []
      var day = Int32.random(in: -900...20_000, using: &random)
      for _ in 0..<300 {
        day += Int32.random(in: 0...4, using: &random)
        // Some come late.
        let own = day - Int32.random(in: 0...2, using: &random)
        let low = Int64.random(in: 0...50, using: &random)
        let read = (day: own, low: low, high: low + Int64.random(in: 0...9, using: &random))
        reads.append(read)
        joined.add(low: read.low, high: read.high, on: read.day)
      }
      let newest = reads.map(\.day).max() ?? 0
      for back in [0, 1, 5, 20, 40, 89, 95, 96, 101, 200, 364, 399] as [Int32] {
        let (told, truth) = (joined.since(newest - back), Self.plain(reads, since: newest - back))
        #expect(told.high <= truth.high && told.low >= truth.low, "\(back)")
        if back < JoinedReads.singleDays { #expect(told == truth, "\(back)") }
        let wider = Self.plain(reads, since: newest - back - JoinedReads.span)
        let narrower = Self.plain(reads, since: newest - back + JoinedReads.span)
        #expect(told.low <= wider.low && told.high >= narrower.high, "\(back)")
      }
      let all = Self.plain(reads, since: .min)
      #expect(joined.since(nil) == all && joined.since(newest - 4_000) == all)
      #expect(joined.entries.count <= 140)
    }
  }

  @Test func `what two keep comes to what one keeps, and to itself when it is read again`() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<60 {
      var (whole, first, second) = (JoinedReads(), JoinedReads(), JoinedReads())
      for _ in 0..<200 {
        let day = Int32.random(in: 0...900, using: &random)
        let high = Int64.random(in: 0...500, using: &random)
        whole.add(low: high / 2, high: high, on: day)
        if Bool.random(using: &random) {
          first.add(low: high / 2, high: high, on: day)
        } else {
          second.add(low: high / 2, high: high, on: day)
        }
      }
      first.merge(second)
      #expect(first == whole)
      var writer = StateWriter()
      whole.write(to: &writer)
      var reader = StateReader(writer.bytes)
      #expect(try JoinedReads(from: &reader) == whole)
    }
  }

  @Test func `what version 9 kept eight days together is spread over them, whole`() throws {
    var writer = StateWriter()
    for number in [100, 900, 1_000] as [Int64] { writer.write(number) }
    // Without a day of the first read.
    let kept: [[Int64]] = [[944, 40, 400], [960, 16, 80], [968, 4, 20], [990, 40, 400]]
    writer.write(UInt64(kept.count))
    for number in kept.joined() { writer.write(number) }
    var reader = StateReader(writer.bytes)
    reader.version = 9
    let joined = try JoinedReads(from: &reader)
    #expect(joined.since(nil) == (100, 900))
    #expect(joined.since(943) == (100, 900) && joined.since(948) == (80, 700))
    #expect(joined.since(964) == (52, 460), "half of the eight days from 960 on")
    // Of the last eight days only one was older than 32.
    #expect(joined.since(968) == (44, 420) && joined.since(969) == (40, 400))
    #expect(joined.since(990) == (40, 400) && joined.since(991) == (0, 0))
  }

  @Test func `a number of centuries is spread over the days that are kept, and is whole`() {
    var joined = JoinedReads()
    joined.add(low: 100_000, high: 200_000, from: -70_000, to: 30_000)
    #expect(joined.since(nil) == (100_000, 200_000))
    #expect(joined.since(29_991).high == 20 && joined.since(29_991).low == 10)
    #expect(joined.entries.count <= 140)
  }

  @Test func `sums of 90 days take in each look-up of 200 days once`() {
    var joined = JoinedReads()
    for day in 1_000..<1_200 as Range<Int32> {
      // As a detector's: all of 90 days, less what is in already.
      let truth = Int64(min(90, day - 999)) * 12
      joined.add(low: 0, high: truth - joined.since(day - 89).high, on: day)
    }
    #expect(joined.high == 200 * 12)
  }

  @Test func `a number of a long time is spread over it, whole`() {
    var joined = JoinedReads()
    joined.add(low: 101, high: 3_651, from: 1_000, to: 1_364)
    #expect(joined.since(nil) == (101, 3_651))
    let half = joined.since(1_182)
    #expect((1_500...2_100).contains(half.high) && (50...80).contains(half.low), "\(half)")
    joined.add(low: 0, high: 9, from: 1_000, to: 1_364)
    #expect(joined.since(1_364).high >= 9)
    joined.add(low: 0, high: Volume.unbounded, from: 1_000, to: 1_364)
    joined.add(low: 5, high: Volume.unbounded, on: 1_364)
    #expect(joined.since(1_360).high == Volume.unbounded)
  }
}
