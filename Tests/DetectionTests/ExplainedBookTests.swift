import Estate
import EventModel
import Testing

@testable import Detection

private let hour: Int64 = 3_600_000_000_000

extension ExplainedBook {
  fileprivate mutating func note(_ instruction: UInt32, at hours: Int64, isLate: Bool = false) {
    var row = EventRow(time: hours * hour)
    row.account = NameID(rawValue: 1 + UInt32(hours % 20))
    var handling = Handling(row: row)
    handling.owner = NameID(rawValue: 2)
    handling.match.status = isLate ? .late : .within
    handling.match.instruction = NameID(rawValue: instruction)
    note(handling, explained: .exactly(10))
  }

  fileprivate var bytes: [UInt8] {
    var writer = StateWriter()
    write(to: &writer)
    return writer.bytes
  }
}

struct ExplainedBookTests {
  @Test func `holds so many instructions by name and adds the others up`() throws {
    var book = ExplainedBook()
    var parts = [ExplainedBook(), ExplainedBook()]
    for index in 0..<3_000 {
      let (instruction, isLate) = (UInt32(10 + index % 1_500), index % 1_500 >= 1_400)
      book.note(instruction, at: Int64(index), isLate: isLate)
      parts[index / 1_500].note(instruction, at: Int64(index), isLate: isLate)
    }
    #expect(book.entries.count == 1_024 + 100)
    #expect(book.others.map(\.reads) == [2 * (1_400 - 1_024), 0])
    #expect(book.others[0].records == .exactly(20 * (1_400 - 1_024)))
    #expect(book.entries.filter(\.isLate).count == 100)
    #expect(book.entries[0].reads == 2)
    #expect(book.entries[0].last == 1_500 * hour)
    parts[0].merge(parts[1])
    #expect(parts[0].bytes == book.bytes)
    var reader = StateReader(book.bytes)
    #expect(try ExplainedBook(from: &reader, nameCount: 2_000).bytes == book.bytes)
    reader = StateReader(book.bytes)
    #expect(throws: StateError.self) { try ExplainedBook(from: &reader, nameCount: 20) }
  }

  @Test func `names so many accounts and says that there were more`() {
    var book = ExplainedBook()
    for index in 0..<16 { book.note(30, at: Int64(index)) }
    #expect(book.entries[0].accounts.count == 16)
    #expect(!book.entries[0].hasMore)
    for index in 16..<20 { book.note(30, at: Int64(index)) }
    #expect(book.entries[0].accounts.count == 16)
    #expect(book.entries[0].hasMore)
  }

  @Test func `a late ticket is told with who asked, who approved and who read`() throws {
    var estate = DeclaredEstate()
    estate.declaresTickets = true
    estate.owners = [Owner(name: "Kitamachi")]
    let start: Int64 = 1_711_929_600
    estate.tickets = [("T-1", 0), ("T-2", 10)].map { id, hours in
      var ticket = Ticket(id: id, opened: Timestamp(seconds: start + Int64(hours) * 3_600))
      ticket.closed = Timestamp(seconds: start + 40 * 3_600)
      (ticket.owner, ticket.executor, ticket.mostRecords) = ("Kitamachi", "aoki", 9_000)
      (ticket.requestedBy, ticket.approver) = ("Kitamachi", "Mori Rei")
      return ticket
    }
    var logs = RowBuilder()
    logs.add(at: 60, account: "aoki", owner: "Kitamachi", records: 4_000, ticket: "T-1")
    logs.add(at: 90, account: "aoki", owner: "Kitamachi", records: 1_000, ticket: "T-1")
    logs.add(at: 120, account: "aoki", owner: "Kitamachi", records: 3_000, ticket: "T-2")
    var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
    for row in logs.rows {
      engine.apply([row], names: logs.names)
      engine = try DetectionEngine(
        restoring: engine.snapshot(),
        estate: estate,
        sources: [],
        detectors: nil
      )
    }
    _ = engine.finish(coverage: Coverage())
    let items = engine.explainedReads.items
    #expect(items.map(\.instruction) == ["T-2", "T-1"])
    #expect(items.map(\.isLate) == [true, false])
    #expect(items.map(\.reads) == [1, 2])
    #expect(items.map(\.records) == [.exactly(3_000), .exactly(5_000)])
    #expect(items[0].requesters == ["Kitamachi"])
    #expect(items[0].approvers == ["Mori Rei"])
    #expect(items[0].accounts == ["aoki"])
    #expect(items[0].kind == .ticket)
  }
}

/// States of version 4 lack some fields: these start empty.
struct OlderStateTests {
  @Test func `bulk reads of an older state leave open when they were`() throws {
    var state = OwnerState(owner: 3)
    state.add(low: 7_000, charge: 7_000, time: 0, day: 100, isBulk: true)
    var writer = StateWriter()
    state.write(to: &writer)
    var book = BulkDays()
    book.add(low: 7_000, charge: 7_000, on: 100)
    var tail = StateWriter()
    book.write(to: &tail)
    var reader = StateReader(Array(writer.bytes.dropLast(tail.bytes.count)))
    reader.version = 4
    var older = try OwnerState(from: &reader)
    #expect(reader.isAtEnd)
    older.add(low: 10, charge: 10, time: 0, day: 120, isBulk: false)
    state.add(low: 10, charge: 10, time: 0, day: 120, isBulk: false)
    let ledger = Ledger()
    #expect(older.routine(within: 5, until: 120, ledger).high == 10)
    #expect(state.routine(within: 5, until: 120, ledger).high == 10)
    #expect(book.isWhole(from: 100))
  }

  @Test func `days beyond the bound are lost, and said to be`() {
    var book = BulkDays()
    for day in 0..<70 { book.add(low: 1, charge: 2, on: Int32(day)) }
    #expect(!book.isWhole(from: 5))
    #expect(book.isWhole(from: 6))
    #expect(book.sum(from: 60).low == 10)
    #expect(book.charge(on: 69) == 2)
    var (left, right) = (BulkDays(), BulkDays())
    for day in 0..<35 { left.add(low: 1, charge: 2, on: Int32(day)) }
    for day in 35..<70 { right.add(low: 1, charge: 2, on: Int32(day)) }
    left.merge(right)
    #expect(left.sum(from: 6).charge == book.sum(from: 6).charge)
    #expect(left.isWhole(from: 6) && !left.isWhole(from: 5))
  }

  @Test func `whole records of known size are counted and no more`() {
    func high(_ bytes: Int64) -> Int64 {
      var row = EventRow(time: 0)
      (row.operation, row.bytes, row.volume) = (.export, bytes, .unknown)
      return VolumeBounds.bound(row, size: nil, bytesPerRecord: 200...200).volume.high
    }
    #expect(high(20_000_000) == 100_000)
    #expect(high(20_000_001) == 100_001)
    #expect((0..<10).reduce(0) { sum, _ in sum + high(2_000_000) } == 100_000)
  }
}
