import EventModel
import Testing

@testable import Detection

struct StatementAssemblyTests {
  private func rows(_ assembly: inout StatementAssembly) -> [EventRow] {
    var rows: [EventRow] = []
    while let row = assembly.next(before: .max) { rows.append(row) }
    return rows
  }

  private func fetch(_ seconds: Int64, _ count: Int64?) -> EventRow {
    var row = EventRow(time: seconds * Timestamp.nanosecondsPerSecond)
    row.operation = .export
    row.statement = 7
    row.flags = [.fetch]
    if let count { row.volume = Volume(low: 0, high: count, quality: .estimated) }
    return row
  }

  @Test func `k fetches of n from one cursor returned at least (k-1)n and at most kn`() {
    var names = NameTable()
    var declare = EventRow(time: 0)
    declare.operation = .export
    declare.statement = 7
    declare.object = names.intern("sales.clients")
    var assembly = StatementAssembly()
    for row in [declare, fetch(1, 200), fetch(2, 200), fetch(3, 200)] {
      assembly.add(row, names: &names)
    }
    let found = rows(&assembly)
    #expect(found.count == 1)
    #expect(found.first?.volume == Volume(low: 400, high: 600, quality: .atLeast))
    #expect(found.first.map { names.text(of: $0.object) } == "sales.clients")
    // What the table holds bounds it from above.
    let bounds = found.first.map { VolumeBounds.bound($0, size: 500, bytesPerRecord: nil) }
    #expect(bounds?.volume == Volume(low: 400, high: 500, quality: .atLeast))
    #expect(bounds?.charge == 400)
  }

  @Test func `one fetch stays an upper bound, one of all stays unknown`() {
    var names = NameTable()
    var assembly = StatementAssembly()
    assembly.add(fetch(1, 200), names: &names)
    #expect(rows(&assembly).map(\.volume) == [Volume(low: 0, high: 200, quality: .estimated)])
    assembly.add(fetch(1, nil), names: &names)
    #expect(rows(&assembly).map(\.volume) == [.unknown])
    assembly.add(fetch(1, 200), names: &names)
    assembly.add(fetch(2, nil), names: &names)
    #expect(
      rows(&assembly).map(\.volume)
        == [Volume(low: 200, high: Volume.unbounded, quality: .atLeast)]
    )
  }

  @Test func `a cursor declared anew under its name is another reading`() {
    var names = NameTable()
    var assembly = StatementAssembly()
    var declare = EventRow(time: 0)
    declare.operation = .export
    declare.statement = 7
    var again = declare
    again.time = 3 * Timestamp.nanosecondsPerSecond
    for row in [declare, fetch(1, 10), fetch(2, 10), again, fetch(4, 10), fetch(5, 10)] {
      assembly.add(row, names: &names)
    }
    #expect(rows(&assembly).map(\.recordsLow) == [10, 10])
  }
}
