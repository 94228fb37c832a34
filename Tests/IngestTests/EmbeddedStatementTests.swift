import EventModel
import Testing

@testable import Ingest

/// Statements within literals of others, and statements that were cut before they named a table.
struct EmbeddedStatementTests {
  private func scanned(_ sql: String, _ dialect: SQLDialect = .mysql) -> SQLScanner {
    var scanner = SQLScanner()
    Array(sql.utf8).withUnsafeBufferPointer { scanner.scan($0, dialect: dialect) }
    return scanner
  }

  private func relations(_ scanner: SQLScanner) -> String {
    String(decoding: scanner.joinedRelations.map { $0 == 0x1F ? 0x2C : $0 }, as: UTF8.self)
  }

  @Test(arguments: [
    ("execute immediate 'SELECT * FROM calls'", "calls", true, false),
    ("EXECUTE IMMEDIATE \"select * from calls where name = 'x''y'\"", "calls", false, false),
    ("prepare s from 'select * from cti.calls'; execute s", "cti.calls", true, true),
    ("prepare s from 'select * from calls where id = ?'", "calls", false, false),
    ("execute immediate concat('select * ', 'from calls')", "calls", true, false),
    ("execute immediate concat('select * from calls where id = ', @id)", "calls", false, false),
    ("execute immediate concat('select * from ', @t)", "", false, true),
    ("execute immediate @sql", "", false, true), ("execute s using @a", "", false, true),
  ])
  func `a text that MariaDB runs is read as if it stood there`(
    sql: String,
    names: String,
    isWhole: Bool,
    isPartial: Bool
  ) {
    let found = scanned(sql)
    #expect(found.operation == .read, "\(sql)")
    #expect(relations(found) == names, "\(sql)")
    #expect(found.isWhole == isWhole, "\(sql)")
    #expect(found.isTruncated == isPartial, "\(sql)")
  }

  @Test(arguments: [
    ("EXEC ('select * from dbo.clients')", "dbo.clients"),
    ("exec sp_executesql N'select * from clients where id = @p', N'@p int', 5", "clients"),
    ("execute sys.sp_executesql @stmt = N'select * from clients'", "clients"),
  ])
  func `a text that SQL Server runs is read as if it stood there`(sql: String, names: String) {
    let found = scanned(sql, .sqlServer)
    #expect(found.operation == .read && relations(found) == names, "\(sql)")
  }

  @Test func `what is run within the server does what its text does`() {
    let made = scanned("execute immediate 'create table x as select * from t'")
    #expect(made.copy == Array("x".utf8))
    #expect(scanned("execute immediate 'drop table t'").operation == .other)
    #expect(scanned("exec dbo.report 'select * from t'", .sqlServer).operation == .other)
    let file = scanned("execute immediate 'select * from t into outfile \"/tmp/x\"'")
    #expect(file.operation == .export)
    #expect(file.destination == 49..<55)
    let deep = scanned("execute immediate 'execute immediate \\'select * from t\\''")
    #expect(relations(deep) == "t")
  }

  @Test(arguments: [
    "select name, phone, addr", "select c.name as n, c.pho", "SELECT *", "select `a`, b as c",
    "/* a long remark", "select concat(name, 'x",
  ])
  func `what was cut before it named a table is a read of unknown number`(sql: String) {
    let found = scanned(sql)
    #expect(found.operation == .read && found.isTruncated && found.limit == nil, "\(sql)")
  }

  @Test(arguments: [
    "select 1, now(), 'x' as y", "select null, true, current_user", "select @@version limit 1",
    "select @a := 5 as n, 2 b", "select interval 1 day + now()", "/* a remark */",
  ])
  func `a query of no table is none`(sql: String) {
    let found = scanned(sql)
    #expect(found.operation == .other && !found.isTruncated, "\(sql)")
  }

  @Test func `MariaDB's line of a text at its limit is a read of unknown number`() throws {
    func row(_ text: String) throws -> EventRow {
      let line = "20240315 14:00:00,db1,root,192.0.2.9,7,1,QUERY,cti,'\(text)',0\n"
      return try #require(Decoding.batch(MariaDBAudit.self, line).rows.first)
    }
    let long = String(repeating: "now(), ", count: 200)
    for text in [
      String(("select " + long).prefix(1024)), "select col_a, col_b, co",
      "/*" + String(repeating: "x", count: 1022),
    ] {
      let row = try row(text)
      #expect(row.operation == .read && row.volume == .unknown && row.object == .none)
      #expect(row.flags.contains(.truncated))
    }
    #expect(try row("select " + long + "1").operation == .other)
  }

  private static func audit(_ command: String, _ name: String, _ sql: String) -> String {
    "2024-05-01 10:00:00.000 UTC,\"adm\",\"crm\",1,\"192.0.2.1:1\",6.1,1,\"CREATE\",2024-05-01 09:00:00 UTC,"
      + "3/1,0,LOG,00000,\"AUDIT: SESSION,1,1,DDL,\(command),TABLE,\(name),\(sql),<none>,0\",,,,,,,,,"
      + "\"psql\",\"client backend\",,0\n"
  }

  @Test(arguments: [
    ("CREATE VIEW", "public.v", "create view v as select * from crm.c", "crm.c,public.v", "v"),
    ("CREATE TABLE AS", "pg_temp.x", "create temp table x as table crm.c", "crm.c,pg_temp.x", "x"),
    ("ALTER TABLE", "tmp.c", "alter table crm.c set schema tmp", "crm.c", "tmp.c"),
    ("ALTER TABLE", "tmp.c", "alter table c set schema tmp", "c", "tmp.c"),
    ("ALTER TABLE", "crm.d", "alter table c rename to d", "crm.c", "d"),
  ])
  func `pgaudit's line of what was made tells of what it was made, too`(
    command: String,
    name: String,
    sql: String,
    objects: String,
    made: String
  ) throws {
    let batch = Decoding.batch(CSVLog.self, Self.audit(command, name, sql))
    let row = try #require(batch.rows.first)
    let object = batch.names.bytes(of: row.object).map { $0 == 0x1F ? 0x2C : $0 }
    #expect(String(decoding: object, as: UTF8.self) == objects)
    #expect(batch.names.text(of: row.destination) == made)
    #expect(row.operation == .touch)
  }

  @Test func `a request of nginx whose method nobody states is a read`() throws {
    let line =
      "{\"time_iso8601\":\"2024-03-01T08:05:00Z\",\"remote_addr\":\"192.0.2.9\","
      + "\"request_uri\":\"/list?p=1\","
    let end = "\"status\":\"200\",\"body_bytes_sent\":\"9000\"}\n"
    let batch = Decoding.batch(NginxJSON.self, line + end)
    let row = try #require(batch.rows.first)
    #expect(row.operation == .read && row.volume == .unknown && batch.lacksMethods)
    let stated = Decoding.batch(
      NginxJSON.self,
      line + "\"request_method\":\"DELETE\"," + end
    )
    #expect(stated.rows.first?.operation == .write && !stated.lacksMethods)
  }
}
