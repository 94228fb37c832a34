import EventModel
import Testing

@testable import Detection

/// Hosts of two shards become one book.
struct HostBookTests {
  private static func place(_ time: Int64) -> FindingState.Place {
    FindingState.Place(
      charge: 0,
      time: time,
      digest: UInt64(time),
      offset: 0,
      line: 1,
      length: 1,
      file: 0
    )
  }

  private static func gathered(_ day: Int32, _ account: UInt32) -> HostState.Gathered {
    HostState.Gathered(
      day: day,
      account: NameID(rawValue: account),
      time: Int64(day) * 86_400,
      low: 10,
      charge: 20,
      reads: 1,
      place: place(Int64(day))
    )
  }

  private static func bytes(_ book: HostBook) -> [UInt8] {
    var writer = StateWriter()
    book.write(to: &writer)
    return writer.bytes
  }

  @Test func `a merge keeps the later marks, everything gathered, and the earlier deadline`() throws
  {
    var left = HostBook()
    var right = HostBook()
    let onePlace = left.place(of: NameID(rawValue: 5))
    let one = try #require(onePlace)
    left.states[one].stop = HostState.Mark(time: 10, account: .none, place: Self.place(10))
    left.states[one].packed = HostState.Mark(time: 30, account: .none, place: Self.place(30))
    left.states[one].gathered = [Self.gathered(3, 1)]
    left.states[one].flows = [HostState.Flow(time: 9, bytes: 5, place: Self.place(9))]
    left.states[one].excess = [HostState.Excess(day: 1, bytes: 100)]
    left.states[one].due = 50
    left.due = 50
    _ = right.place(of: NameID(rawValue: 8))
    let otherPlace = right.place(of: NameID(rawValue: 5))
    let other = try #require(otherPlace)
    right.states[other].stop = HostState.Mark(time: 20, account: .none, place: Self.place(20))
    right.states[other].packed = HostState.Mark(time: 7, account: .none, place: Self.place(7))
    right.states[other].gathered = [Self.gathered(2, 2)]
    right.states[other].flows = [HostState.Flow(time: 4, bytes: 6, place: Self.place(4))]
    right.states[other].excess = [
      HostState.Excess(day: 0, bytes: 7), HostState.Excess(day: 1, bytes: 11),
    ]
    right.states[other].due = 40
    right.due = 40
    left.merge(right)
    #expect(left.names == [5, 8])
    #expect(left.due == 40)
    let merged = left.states[0]
    #expect(merged.stop?.time == 20)
    #expect(merged.packed?.time == 30)
    #expect(merged.gathered.map(\.day) == [2, 3])
    #expect(merged.flows.map(\.bytes) == [6, 5])
    #expect(
      merged.excess == [
        HostState.Excess(day: 0, bytes: 7), HostState.Excess(day: 1, bytes: 111),
      ]
    )
    #expect(merged.due == 40)
    var reader = StateReader(Self.bytes(left))
    #expect(Self.bytes(try HostBook(from: &reader)) == Self.bytes(left))
  }

  @Test func `an empty book changes nothing, and a merge keeps to the bounds`() throws {
    var book = HostBook()
    let placePlace = book.place(of: NameID(rawValue: 5))
    let place = try #require(placePlace)
    book.states[place].flows = (0..<200).map {
      HostState.Flow(time: Int64($0), bytes: 1, place: Self.place(Int64($0)))
    }
    let before = Self.bytes(book)
    book.merge(HostBook())
    #expect(Self.bytes(book) == before)
    book.merge(book)
    #expect(book.states[place].flows.count == HostState.mostFlows)
    #expect(book.states[place].flows.last?.time == 199)
  }
}
