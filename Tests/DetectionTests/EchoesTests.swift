import Testing

@testable import Detection

/// Bulk reads that two sources may both tell of.
struct EchoesTests {
  private static func entries(_ random: inout SeededRandom) -> [Echoes.Entry] {
    var time: Int64 = -5 * Echoes.span
    return (0..<400).map { _ in
      time += Int64(random.below(UInt64(Echoes.span / 20)))
      let isStated = random.below(2) == 0
      let low = Int64(random.below(4) + 1) * 1_000
      return Echoes.Entry(
        source: isStated ? 1 : 2,
        isStated: isStated,
        account: UInt32(random.below(90) + 1),
        owner: UInt32(random.below(2) + 1),
        time: time,
        low: low,
        high: low
      )
    }
  }

  private static func bytes(_ echoes: Echoes) -> [UInt8] {
    var writer = StateWriter()
    echoes.write(to: &writer)
    return writer.bytes
  }

  @Test func `shards of accounts tell what one pass tells, and keep it together`() throws {
    var random = SeededRandom(11)
    for _ in 0..<40 {
      let entries = Self.entries(&random)
      var (whole, told) = (Echoes(), [Bool]())
      for entry in entries { told.append(whole.note(entry)) }
      #expect(told.contains(true) && told.contains(false))
      var shards = [Echoes(), Echoes()]
      let dealt = entries.map { Int($0.account & 1) }
      for (place, entry) in entries.enumerated() {
        let isEcho = shards[dealt[place]].note(entry)
        #expect(isEcho == told[place])
      }
      for order in [[0, 1], [1, 0]] {
        var merged = shards[order[0]]
        merged.merge(shards[order[1]])
        #expect(Self.bytes(merged) == Self.bytes(whole))
      }
    }
  }

  @Test func `what is restored goes on as if nothing had been`() throws {
    var random = SeededRandom(13)
    let entries = Self.entries(&random)
    var (whole, parted) = (Echoes(), Echoes())
    for (place, entry) in entries.enumerated() {
      let (one, other) = (whole.note(entry), parted.note(entry))
      #expect(one == other)
      guard place % 7 == 0 else { continue }
      var reader = StateReader(Self.bytes(parted))
      parted = try Echoes(from: &reader)
      #expect(reader.isAtEnd)
    }
    #expect(Self.bytes(whole) == Self.bytes(parted))
  }

  @Test func `of one account in two shards those that can be one are paired`() {
    func entry(_ source: UInt16, at time: Int64) -> Echoes.Entry {
      Echoes.Entry(
        source: source,
        isStated: source == 1,
        account: 5,
        owner: 1,
        time: time,
        low: 1_000,
        high: 1_000
      )
    }
    var (left, right) = (Echoes(), Echoes())
    let isEcho = [left.note(entry(1, at: 0)), right.note(entry(2, at: 40))]
    #expect(isEcho == [false, false])
    left.merge(right)
    #expect(Self.bytes(left) == Self.bytes(Echoes()))
  }
}
