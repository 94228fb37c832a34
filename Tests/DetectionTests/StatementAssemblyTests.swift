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

  @Test mutating func `the line of the statement tells who did what, not those of its tables`()
    throws
  {
    let called = try joined([
      row(.read, account: "root", object: "crm.clients", flags: .continuation),
      row(.read, account: "ito", object: "crm.clients", flags: .whole),
    ])
    #expect(names.text(of: called.account) == "ito")
    #expect(names.text(of: called.terminal) == "192.0.2.7")
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

  @Test
  mutating func `a key that comes again is another statement, whether or not a row lies between`() {
    for (account, minutes) in [("ito", Int64(2)), ("mori", 0)] {
      var assembly = StatementAssembly()
      assembly.add(row(.read, account: "ito", object: "kita.clients", records: 800), names: &names)
      var later = row(.read, account: account, object: "kita.clients", records: 900)
      later.time = minutes * 60_000_000_000
      assembly.add(later, names: &names)
      let found = [assembly.next(before: .max), assembly.next(before: .max)]
      #expect(found.map { $0?.recordsLow } == [800, 900], "\(account)")
    }
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

  /// A whole row at that second.
  private mutating func whole(_ second: Int64) -> EventRow {
    var whole = row(.read, account: "ito", object: "crm.clients", records: 20)
    whole.statement = 0
    whole.time = second * 1_000_000_000
    return whole
  }

  @Test mutating func `a whole row waits for no line of its own, but behind one that does`() {
    var assembly = StatementAssembly()
    let first = whole(1)
    assembly.add(first, names: &names)
    let free = assembly.next(at: first.time)
    #expect(free?.time == first.time && assembly.isEmpty)

    var statement = row(.read, account: "ito", object: "crm.clients")
    statement.time = 2_000_000_000
    assembly.add(statement, names: &names)
    let behind = whole(3)
    assembly.add(behind, names: &names)
    let early = assembly.next(at: behind.time)
    #expect(early == nil)
    let later = statement.time + StatementAssembly.hold + 1
    let (own, next) = (assembly.next(at: later), assembly.next(at: later))
    #expect(own?.statement == statement.statement && next?.time == behind.time)
    #expect(assembly.isEmpty)
  }

  @Test mutating func `a whole row waits as long as another source may tell of an act`() {
    var assembly = StatementAssembly()
    let told = whole(1)
    assembly.add(told, names: &names)
    assembly.acts = [
      Act(
        place: 0,
        time: told.time,
        source: 0,
        isCounted: true,
        account: told.account,
        terminal: told.terminal,
        owner: .none,
        records: 20,
        bytes: -1
      )
    ]
    let inSpan = assembly.next(at: told.time + Act.span)
    #expect(inSpan == nil && !assembly.isEmpty)
    let beyond = assembly.next(at: told.time + Act.span + 1)
    #expect(beyond?.time == told.time && assembly.isEmpty && assembly.acts.isEmpty)
  }

  @Test mutating func `files that state no folder lie in the one that another record tells`() throws
  {
    let mark = String(decoding: [EventRow.folderMark], as: UTF8.self)
    let opened = try joined([
      row(.read, account: "1001"),
      row(.other, account: "", object: mark + "/srv/crm", flags: .continuation),
      row(.other, account: "", object: "0.csv", flags: .continuation),
      row(.other, account: "", object: "./1.csv", flags: .continuation),
      row(.other, account: "", object: "/tmp/2.csv", flags: .continuation),
    ])
    #expect(names.isOfFolder(opened.object))
    let settled = names.settled(opened.object)
    #expect(
      names.text(of: settled).split(separator: "\u{1f}") == [
        "/srv/crm/0.csv", "/srv/crm/1.csv", "/tmp/2.csv",
      ]
    )
    let alone = names.intern(mark + "/root")
    let nothing = names.settled(alone)
    #expect(nothing == .none)
    let root = names.intern(mark + "/\u{1f}a")
    let beneath = names.settled(root)
    #expect(names.text(of: beneath) == "/a")
    #expect(!names.isOfFolder(settled))
  }
}
