import EventModel
import Testing

@testable import Pipeline

/// Rows wait in the runs in which they came.
struct MergeBufferTests {
  /// A buffer that changes where an expectation asks it.
  private final class Held {
    private var buffer = MergeBuffer()

    var count: Int { buffer.count }
    func isInSequence(_ names: NameTable) -> Bool { buffer.isInSequence(names) }

    func add(_ rows: consuming [EventRow], _ names: NameTable) -> Bool { buffer.add(rows, names) }

    func releaseRun(upTo bound: Int64, _ names: NameTable) -> [EventRow]? {
      buffer.releaseRun(upTo: bound, names)
    }

    func release(upTo bound: Int64, _ names: NameTable) -> [EventRow] {
      buffer.release(upTo: bound, names)
    }
  }

  private func row(_ time: Int64, _ digest: UInt64) -> EventRow {
    var row = EventRow(time: time)
    row.digest = digest
    return row
  }

  private func order(_ rows: [EventRow]) -> [UInt64] { rows.map(\.digest) }

  @Test func `a chunk that ends amidst a second leaves whole runs, and no row is copied`() throws {
    let names = NameTable()
    let buffer = Held()
    var first = [row(1, 1), row(2, 2), row(3, 4), row(3, 6)]
    first.reserveCapacity(1_000)
    let place = first.withUnsafeBufferPointer { $0.baseAddress }
    #expect(buffer.add(first, names))
    first = []
    #expect(buffer.add([row(3, 3), row(3, 5), row(3, 7), row(4, 8)], names))
    #expect(buffer.isInSequence(names))
    let released = try #require(buffer.releaseRun(upTo: 3, names))
    #expect(order(released) == [1, 2, 3, 4])
    #expect(released.withUnsafeBufferPointer { $0.baseAddress } == place)
    #expect(buffer.releaseRun(upTo: 3, names) == nil)
    #expect(order(try #require(buffer.releaseRun(upTo: 4, names))) == [5, 6, 7, 8])
  }

  @Test func `what was released of a run is not put in order once more`() throws {
    let names = NameTable()
    let buffer = Held()
    #expect(buffer.add([row(1, 1), row(5, 5), row(7, 7)], names))
    #expect(order(buffer.release(upTo: 5, names)) == [1, 5])
    #expect(buffer.add([row(6, 6), row(8, 8)], names))
    #expect(order(buffer.release(upTo: 9, names)) == [6, 7, 8])
    #expect(!buffer.add([row(9, 9)], names))
    #expect(buffer.add([row(10, 9)], names))
    #expect(buffer.count == 1)
  }

  @Test func `rows far out of order are merged`() throws {
    let names = NameTable()
    let buffer = Held()
    #expect(buffer.add((0..<500).map { row(2 * $0, UInt64(2 * $0)) }, names))
    #expect(buffer.add((0..<500).map { row(2 * $0 + 1, UInt64(2 * $0 + 1)) }, names))
    #expect(!buffer.isInSequence(names) && buffer.releaseRun(upTo: 999, names) == nil)
    #expect(order(buffer.release(upTo: 999, names)) == (0..<1_000).map { UInt64($0) })
  }
}
