import EventModel
import Testing

@testable import Ingest

/// Several statements in one text: pgaudit writes the whole text with the line of each.
struct SeveralStatementsTests {
  private static func line(
    _ sql: String,
    _ rows: Int,
    tag: String = "SELECT",
    number: Int = 1
  )
    -> String
  {
    "2026-11-23 08:33:01.157 UTC,\"postgres\",\"crm\",30098,\"192.0.2.43:5000\",6b03.1,1,\"\(tag)\","
      + "2026-11-23 08:33:01 UTC,3/16,0,LOG,00000,\"AUDIT: SESSION,\(number),1,READ,SELECT,TABLE,"
      + "sales.clients,\(sql),<none>,\(rows)\",,,,,,,,,\"psql\",\"client backend\",,0\n"
  }

  private func row(_ sql: String, rows: Int, tag: String = "SELECT") throws -> EventRow {
    try #require(Decoding.batch(CSVLog.self, Self.line(sql, rows, tag: tag)).rows.first)
  }

  @Test(arguments: [
    "select count(*) from sales.clients; select * from sales.clients",
    "select * from sales.clients; select count(*) from sales.clients",
    "explain select 1; select * from sales.clients",
    "select count(*) from sales.clients where x = 1; select id from sales.clients where x = 1",
  ])
  func `more rows than a count returns are records that went out`(_ sql: String) throws {
    let row = try row(sql, rows: 40_000)
    #expect(row.operation == .read)
    #expect(row.volume == .exactly(40_000))
  }

  @Test(arguments: [
    "select pg_read_file('/var/lib/x.csv')", "select upper(pg_read_binary_file('/x')::text)",
    "select lo_get(16401)", "select pg_catalog.pg_read_file('/x')",
  ])
  func `a file of the server in one row is an export of unknown number`(_ sql: String) throws {
    let row = try row(sql, rows: 1)
    #expect(row.operation == .export && row.volume.quality == .unknown && row.volume.isUnbounded)
  }

  @Test func `groups that are counted are no records, and more than there can be are`() throws {
    let sql = "select count(*) from sales.clients group by pref"
    let few = try row(sql, rows: 47)
    #expect(few.operation == .touch && few.volume == .none)
    #expect(try row(sql, rows: 4_000).volume == .exactly(4_000))
    #expect(try row(sql, rows: 4_000).operation == .read)
  }

  @Test func `a count alone and an EXPLAIN return no records`() throws {
    #expect(try row("select count(*) from sales.clients", rows: 1).operation == .touch)
    let explain = try row("explain analyze select 1 from t", rows: 40_000, tag: "EXPLAIN")
    #expect(explain.operation == .touch)
  }

  @Test func `what a line of a text tells does not depend on the line before it`() throws {
    let sql = "select count(*) from sales.clients; select count(*) from sales.orders"
    func told(_ counts: [Int]) -> [String] {
      let lines = counts.enumerated().map { Self.line(sql, $0.element, number: $0.offset + 1) }
      return Decoding.batch(CSVLog.self, lines.joined()).rows
        .map { "\($0.operation) \($0.volume)" }
    }
    #expect(told([1, 40_000, 1]) == told([1]) + told([40_000]) + told([1]))
  }

  @Test(arguments: [
    "select status, count(*) from clients group by status",
    "select c.region_code, sum(x) from clients c group by c.region_code, c.status order by 3",
    "select year(created), count(*) from clients group by year(created), month(created)",
    "select plan, max(born) from clients group by plan with rollup",
    "select status, count(*) as n from clients group by 1",
    "select count(*), c.plan p, year(created) from clients c group by 2, 3 order by 1",
  ])
  func `sums by a few groups hand out no records`(_ sql: String) {
    #expect(!classify(sql).isWhole, "\(sql)")
  }

  @Test(arguments: [
    "select id, max(name) from clients group by id",
    "select status, mail, count(*) from clients group by status, mail",
    "select status, group_concat(name) from clients group by status",
    "select max(name) from clients group by hex(id)",
    "select max(name) from clients group by year(created) + id",
    "select max(name) from clients group by status, (select 1)",
    "select id, count(*) from clients group by 1",
    "select status, concat(id, name), count(*) from clients group by 1, 2",
    "select status s, * from clients group by 1, 2, 3",
  ])
  func `groups that may be as many as the records are the whole table`(_ sql: String) {
    #expect(classify(sql).isWhole, "\(sql)")
  }

  @Test func `zeros that a log cut in place leaves hide no record behind them`() throws {
    let zeros = String(repeating: "\0", count: 100)
    let plain = Self.line("select * from sales.clients", 40_000)
    let rows = Decoding.batch(CSVLog.self, zeros + plain + plain).rows
    #expect(rows.count == 2 && rows[0].volume == rows[1].volume)
    #expect(rows[0].account == rows[1].account && rows[0].offset == 0 && rows[1].offset > 100)
    let access = "192.0.2.9 - kim [28/Mar/2024:11:00:00 +0000] \"GET /a HTTP/1.1\" 200 5\n"
    let batch = Decoding.batch(CombinedAccess.self, zeros + access)
    #expect(batch.names.text(of: try #require(batch.rows.first).terminal) == "192.0.2.9")
  }

  @Test func `zeros hide no record of JSON Lines, and nothing but zeros is a record in error`() {
    let zeros = String(repeating: "\0", count: 100)
    let record = #"{"time":"2024-03-28T11:00:00Z","user":"kim","rows":7}"# + "\n"
    let batch = Decoding.batch(JSONLines.self, record + zeros + record + zeros + "\n" + record)
    #expect(batch.rows.map(\.recordsLow) == [7, 7, 7])
    #expect(batch.rows.map(\.line) == [1, 2, 4])
    #expect(batch.rejectedCount == 1)
    let access = "192.0.2.9 - kim [28/Mar/2024:11:00:00 +0000] \"GET /a HTTP/1.1\" 200 5\n"
    #expect(Decoding.batch(CombinedAccess.self, access + zeros + "\n" + access).rejectedCount == 1)
  }

  private func classify(_ sql: String) -> SQLStatement {
    Array(sql.utf8).withUnsafeBufferPointer {
      StatementClassification.classify($0, dialect: .mysql)
    }
  }
}
