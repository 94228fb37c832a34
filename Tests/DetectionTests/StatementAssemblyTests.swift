import EventModel
import Testing

@testable import Detection

struct StatementAssemblyTests {
  private var names = NameTable()

  private mutating func row(
    _ operation: EventModel.Operation,
    account: String,
    object: String = "",
    records: Int64? = nil,
    flags: EventRow.Flags = []
  ) -> EventRow {
    var row = EventRow(time: 0)
    row.statement = 7
    row.operation = operation
    row.account = names.intern(account)
    row.terminal = names.intern(account == "root" ? "localhost" : "192.0.2.7")
    row.object = names.intern(object)
    row.volume = records.map { .exactly($0) } ?? .unknown
    row.flags = flags
    return row
  }

  /// The one row that becomes of these, in whatever order they stand.
  private mutating func joined(_ rows: [EventRow]) throws -> EventRow {
    var found: [EventRow] = []
    for rows in [rows, rows.reversed()] {
      var assembly = StatementAssembly()
      for row in rows { assembly.add(row, names: &names) }
      let first = assembly.next(before: 1)
      found.append(try #require(first))
      #expect(assembly.isEmpty)
    }
    #expect(found[0].operation == found[1].operation && found[0].account == found[1].account)
    #expect(found[0].volume == found[1].volume && found[0].flags == found[1].flags)
    return found[0]
  }

  @Test mutating func `the line of the statement tells who did what, not those of its tables`() throws {
    let called = try joined([
      row(.read, account: "root", object: "crm.clients", flags: .continuation),
      row(.read, account: "ito", object: "crm.clients", flags: .whole),
    ])
    #expect(names.text(of: called.account) == "ito" && names.text(of: called.terminal) == "192.0.2.7")
    #expect(called.flags == .whole)
    let returning = try joined([
      row(.write, account: "ito", object: "crm.clients", flags: .continuation),
      row(.read, account: "ito", object: "mysql.table_stats", flags: [.continuation, .catalogue]),
      row(.read, account: "ito", object: "crm.clients", flags: .whole),
    ])
    #expect(returning.operation == .read && returning.flags == .whole)
    let copied = try joined([
      row(.read, account: "ito", object: "crm.clients", flags: .continuation),
      row(.write, account: "ito", object: "crm.copy", flags: .continuation),
    ])
    #expect(copied.operation == .write)
    let alone = try joined([
      row(.read, account: "ito", object: "crm.clients", flags: .continuation),
      row(.other, account: "ito"),
    ])
    #expect(alone.operation == .read)
  }

  @Test mutating func `a line without a table leaves the catalogue a catalogue`() throws {
    let called = try joined([
      row(.read, account: "ito", object: "mysql.proc", flags: [.continuation, .catalogue]),
      row(.other, account: "ito"),
    ])
    #expect(called.flags.contains(.catalogue))
    let mixed = try joined([
      row(.read, account: "ito", object: "pg_catalog.pg_class", flags: .catalogue),
      row(.read, account: "ito", object: "sales.clients"),
    ])
    #expect(!mixed.flags.contains(.catalogue))
  }

  @Test mutating func `what was returned counts, not what a trigger wrote meanwhile`() throws {
    let found = try joined([
      row(.read, account: "ito", object: "sales.clients", records: 30),
      row(.write, account: "ito", object: "sales.log", records: 50_000),
    ])
    #expect(found.operation == .read && found.volume == .exactly(30))
  }
}
