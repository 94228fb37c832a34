import EventModel
import Testing

@testable import Detection

/// Reads of which nothing tells how many records they returned: what two shards keep of them, and what is steady work.
struct UncountedReadsTests {
  private static let hour: Int64 = 3_600_000_000_000

  private static func read(hour: Int64, hand: UInt32 = 1) -> Handling {
    var row = EventRow(time: hour * Self.hour + 60_000_000_000)
    row.operation = .read
    row.program = NameID(rawValue: hand)
    var handling = Handling(row: row)
    handling.terminal = NameID(rawValue: hand)
    handling.day = Int32((hour - (((hour % 24) + 24) % 24)) / 24)
    handling.volume = Volume(low: 0, high: 1_000, quality: .unknown)
    return handling
  }

  private static func state(_ reads: [(hour: Int64, hand: UInt32)]) -> UncountedReads {
    var state = UncountedReads()
    for read in reads { _ = state.add(Self.read(hour: read.hour, hand: read.hand)) }
    return state
  }

  /// In order of time, around 1970 too.
  private static func reads(
    _ random: inout SeededRandom,
    days: Int64
  ) -> [(hour: Int64, hand: UInt32)] {
    let begin = Int64(random.below(2_000)) - 1_000
    return (0..<Int(random.below(600) + 2)).map { _ in
      (hour: begin * 24 + Int64(random.below(UInt64(days * 24))), hand: UInt32(random.below(9) + 1))
    }.sorted { ($0.hour, $0.hand) < ($1.hour, $1.hand) }
  }

  @Test func `two shards together keep what one pass keeps, before 1970 as well`() throws {
    var random = SeededRandom(7)
    for turn in 0..<300 {
      let reads = Self.reads(&random, days: turn % 3 == 0 ? 2 : 70)
      let whole = Self.state(reads)
      // Cut once, and dealt out by chance.
      let cut = Int(random.below(UInt64(reads.count)))
      var parts = [(Array(reads[..<cut]), Array(reads[cut...]))]
      var dealt: ([(hour: Int64, hand: UInt32)], [(hour: Int64, hand: UInt32)]) = ([], [])
      for read in reads {
        if random.below(2) == 0 { dealt.0.append(read) } else { dealt.1.append(read) }
      }
      parts.append(dealt)
      for (left, right) in parts {
        var (one, other) = (Self.state(left), Self.state(right))
        one.merge(Self.state(right))
        other.merge(Self.state(left))
        #expect(one == whole, "\(turn)")
        #expect(other == whole, "\(turn)")
      }
      var writer = StateWriter()
      whole.write(to: &writer)
      var reader = StateReader(writer.bytes)
      #expect(try UncountedReads(from: &reader) == whole)
      #expect(reader.isAtEnd)
    }
  }

  @Test func `a day before 1970 begins at its beginning`() {
    let state = Self.state([(hour: -30, hand: 1), (hour: -29, hand: 1), (hour: -2, hand: 1)])
    #expect(state.first(within: 30) == -2)
    #expect(state.sum(within: 1).reads == 1)
    #expect(state.sum(within: 30).reads == 3)
    #expect(HourlyPace.hour(of: -1) == -1)
    #expect(HourlyPace.hour(of: 0) == 0)
  }

  @Test
  func
    `work around the clock is steady when it has been for a day, or as long as its account is known`()
  {
    func steady(_ hours: [Int64], a count: Int = 12, since: Int64 = .min) -> Bool {
      var reads: [(hour: Int64, hand: UInt32)] = []
      for hour in hours { for _ in 0..<count { reads.append((hour: hour, hand: 1)) } }
      var state = Self.state(reads)
      state.since = since
      return state.isSteady(30)
    }
    #expect(steady(Array(0..<48)))
    #expect(!steady(Array(0..<12)))
    #expect(steady(Array(0..<12), since: 0))
    #expect(!steady(Array(0..<12), since: -10))
    // Office hours, a run of one hour, more than the limit of a day within an hour.
    #expect(!steady(Array(9..<17) + Array(33..<41), since: 9))
    #expect(!steady([9], a: 29, since: 9))
    #expect(!steady(Array(0..<48), a: 40))
  }

  private static func dozens(_ hours: Range<Int64>) -> [(hour: Int64, hand: UInt32)] {
    var reads: [(hour: Int64, hand: UInt32)] = []
    for hour in hours { for _ in 0..<12 { reads.append((hour: hour, hand: 1)) } }
    return reads
  }

  @Test func `a pause of steady work is none of a run`() {
    let known = Self.dozens(0..<216)
    let pause = Self.dozens(222..<228)
    #expect(Self.state(known + pause).isSteady(30))
    #expect(!Self.state(Self.dozens(192..<216) + pause).isSteady(30))
  }

  @Test func `a day tells four hands apart, whatever their order`() {
    let hands = Array(1...9) as [UInt32]
    let forth = Self.state(hands.map { (hour: 5, hand: $0) })
    let back = Self.state(hands.reversed().map { (hour: 5, hand: $0) })
    #expect(forth == back)
    #expect(forth.days.entries.count == UncountedReads.hands + 1)
    #expect(forth.sum(within: 1).reads == 9)
  }
}

/// Numbers that are the same every time (splitmix64).
struct SeededRandom {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func below(_ bound: UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return (mixed ^ (mixed >> 31)) % max(1, bound)
  }
}
