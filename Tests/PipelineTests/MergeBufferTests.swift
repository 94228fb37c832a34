import EventModel
import Testing

@testable import Pipeline

/// Rows wait in the runs in which they came.
struct MergeBufferTests {
  private func row(_ time: Int64, _ digest: UInt64) -> EventRow {
    var row = EventRow(time: time)
    row.digest = digest
    return row
  }

  private func order(_ rows: [EventRow]) -> [UInt64] { rows.map(\.digest) }

  @Test func `a chunk that ends amidst a second leaves whole runs, and no row is copied`() throws {
    let names = NameTable()
    var buffer = MergeBuffer()
    var first = [row(1, 1), row(2, 2), row(3, 4), row(3, 6)]
    first.reserveCapacity(1_000)
    let place = first.withUnsafeBufferPointer { $0.baseAddress }
    var isTaken = buffer.add(first, names)
    first = []
    isTaken = buffer.add([row(3, 3), row(3, 5), row(3, 7), row(4, 8)], names) && isTaken
    let isInSequence = buffer.isInSequence(names)
    #expect(isTaken && isInSequence)
    let early = buffer.releaseRun(upTo: 3, names) ?? []
    #expect(order(early) == [1, 2, 3, 4])
    #expect(early.withUnsafeBufferPointer { $0.baseAddress } == place)
    let none = buffer.releaseRun(upTo: 3, names)
    let late = buffer.releaseRun(upTo: 4, names) ?? []
    #expect(none?.isEmpty ?? true)
    #expect(order(late) == [5, 6, 7, 8])
  }

  @Test func `what was released of a run is not put in order once more`() throws {
    let names = NameTable()
    var buffer = MergeBuffer()
    var isTaken = buffer.add([row(1, 1), row(5, 5), row(7, 7)], names)
    let early = buffer.release(upTo: 5, names)
    isTaken = buffer.add([row(6, 6), row(8, 8)], names) && isTaken
    let late = buffer.release(upTo: 9, names)
    let isLateTaken = buffer.add([row(9, 9)], names)
    #expect(isTaken && !isLateTaken)
    #expect(order(early) == [1, 5] && order(late) == [6, 7, 8])
  }

  @Test func `rows far out of order are merged`() throws {
    let names = NameTable()
    var buffer = MergeBuffer()
    _ = buffer.add((0..<500).map { row(2 * $0, UInt64(2 * $0)) }, names)
    _ = buffer.add((0..<500).map { row(2 * $0 + 1, UInt64(2 * $0 + 1)) }, names)
    let run = buffer.releaseRun(upTo: 999, names)
    let rows = buffer.release(upTo: 999, names)
    #expect(run?.isEmpty ?? true)
    #expect(order(rows) == (0..<1_000).map { UInt64($0) })
  }
}
