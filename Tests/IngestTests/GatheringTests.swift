import EventModel
import Testing

@testable import Ingest

struct GatheringTests {
  func classify(_ sql: String, _ dialect: SQLDialect = .postgresql) -> SQLStatement {
    Array(sql.utf8).withUnsafeBufferPointer {
      StatementClassification.classify($0, dialect: dialect)
    }
  }

  @Test(
    "One row of an aggregate that keeps what it folds is a whole table",
    arguments: [
      "select string_agg(name, ',') from crm.clients", "select json_agg(c) from clients c",
      "select array_agg(name) from clients limit 1",
      "copy (select xmlagg(x) from clients) to stdout",
      "select region, string_agg(name, ',') from clients group by region",
      "select (select json_agg(c) from clients c)",
      "select * from (select json_agg(c) from clients c) x",
      "select coalesce((select json_agg(c) from clients c), '[]') limit 1",
      "select array(select row_to_json(c) from crm.clients c)",
      "select array_to_string(ARRAY (select name || phone from clients), ',')",
      "select id, array(select name from clients) from orders where id = 5",
      "select * from (select array(select c from clients c) as a) x",
      "select json_object_agg_unique(id, name) from clients",
      "select jsonb_agg_strict(name) from clients",
    ]
  )
  func gathers(_ sql: String) {
    let statement = classify(sql)
    #expect(statement.gathers && statement.isWhole && statement.limit == nil, "\(sql)")
  }

  @Test func `MariaDB's aggregates that gather are whole tables too`() {
    #expect(classify("select group_concat(name) from clients", .mysql).isWhole)
    #expect(classify("select json_arrayagg(name) from clients", .mysql).isWhole)
    #expect(classify("select count(*) from clients", .mysql).limit == 1)
  }

  @Test func `an array that a condition holds against a column returns no records`() {
    let found = classify("select * from t where id = any(array(select o from picked)) and id = 5")
    #expect(!found.gathers && !found.isWhole)
    #expect(!classify("select array[1, 2], x from t where id = 5").gathers)
  }

  @Test func `SQL Server's answers of one text are as many records as went in`() {
    #expect(classify("select * from dbo.clients for json auto", .sqlServer).gathers)
    #expect(classify("select (select * from c for xml path(''))", .sqlServer).isWhole)
    #expect(!classify("select * from clients for update").gathers)
  }

  @Test(
    "Gathering the records of one key is a small read",
    arguments: [
      "select json_agg(o) from orders o where o.client = 5",
      "select json_agg(x) from (select * from clients where id = 5) x",
      "select id, (select json_agg(o) from orders o where o.c = c.id) from clients c where id = 5",
      "select id, array(select o from orders o where o.c = c.id) from clients c where id = 5",
      "select array(select name from clients limit 5)",
    ]
  )
  func gathersFew(_ sql: String) {
    #expect(classify(sql).gathers && !classify(sql).isWhole, "\(sql)")
  }

  @Test(
    "A column that sorts records into groups picks no single ones",
    arguments: [
      "select * from clients where status = 'active'", "select * from clients where owner_id = 7",
      "select * from clients c where c.owner = 'x' and c.is_deleted = 0",
      "select * from clients where delete_flag = 0",
      "select * from clients where region_code in (1, 2)",
      "select * from clients where 'active' = Status",
      "select * from clients where lower(plan) = 'a'",
    ]
  )
  func groups(_ sql: String) {
    #expect(classify(sql, .mysql).isWhole && classify(sql).isWhole, "\(sql)")
  }

  @Test(
    "A key beside a column of groups, or a small LIMIT, keeps the read small",
    arguments: [
      "select * from clients where owner = 'x' and phone = '03-0000-0000'",
      "select * from clients where owner_id = 7 and id = 5",
      "select * from clients where client_id = 5",
      "select * from clients where status = 'new' order by id limit 50",
      "select count(*) from clients where status = 'active'",
      "select * from clients c join owners o on o.owner_id = c.owner_id where c.no = 5",
    ]
  )
  func keys(_ sql: String) {
    #expect(!classify(sql, .mysql).isWhole && !classify(sql).isWhole, "\(sql)")
  }

  @Test func `Rows that an aggregate gathered are at least so many records, or unknown`() throws {
    let all = try #require(Self.audit("select string_agg(name, '') from crm.clients", rows: 1))
    #expect(all.volume == Volume(low: 1, high: .max, quality: .unknown))
    #expect(all.flags.contains(.whole))
    let key = try #require(Self.audit("select array_agg(no) from crm.orders where c = 5", rows: 1))
    #expect(key.volume == Volume(low: 1, high: .max, quality: .atLeast))
    let many = try #require(Self.audit("select c, array_agg(n) from crm.o group by c", rows: 5_000))
    #expect(many.volume == Volume(low: 5_000, high: .max, quality: .atLeast))
    let plain = try #require(Self.audit("select * from crm.clients", rows: 5))
    #expect(plain.volume == .exactly(5))
  }

  @Test func `Rows that gather a wide range of keys are of as many records at most`() throws {
    let range = "select json_agg(c) from crm.clients c where id between 0 and 87999"
    let wide = try #require(Self.audit(range, rows: 1))
    #expect(wide.volume == Volume(low: 1, high: 88_000, quality: .estimated))
    let groups = range.replacing("json_agg(c)", with: "k, json_agg(c)") + " group by k"
    let grouped = try #require(Self.audit(groups, rows: 90_000))
    #expect(grouped.volume == Volume(low: 90_000, high: 90_000, quality: .estimated))
    let few = try #require(Self.audit(range.replacing("87999", with: "9"), rows: 1))
    #expect(few.volume == Volume(low: 1, high: .max, quality: .atLeast))
  }

  @Test(
    "However a range of keys is wrapped, what is gathered of it is of as many records at most",
    arguments: [
      "WITH x AS (SELECT * FROM crm.clients WHERE id BETWEEN 0 AND 4999) SELECT json_agg(x) FROM x",
      "SELECT json_agg(x) FROM (SELECT * FROM crm.clients WHERE id BETWEEN 0 AND 4999) x",
      "SELECT to_json(array(SELECT c FROM crm.clients c WHERE id BETWEEN 0 AND 4999))",
      "SELECT (SELECT string_agg(name, '') FROM crm.clients WHERE id BETWEEN 0 AND 4999)",
      "SELECT xmlagg(n) FROM (SELECT name FROM (SELECT * FROM crm.clients c) y WHERE id BETWEEN 0 AND 4999) x",
      "SELECT json_agg(x) FROM (SELECT name FROM crm.clients WHERE id BETWEEN 0 AND 2499 UNION ALL SELECT name FROM crm.clients WHERE id BETWEEN 2500 AND 4999) x",
    ]
  )
  func wrapped(_ sql: String) throws {
    let row = try #require(Self.audit(sql, rows: 1))
    let isAll = sql.contains("SELECT * FROM crm.clients c)")
    let volume =
      isAll
      ? Volume(low: 1, high: .max, quality: .unknown)
      : Volume(low: 1, high: 5_000, quality: .estimated)
    #expect(row.volume == volume, "\(sql)")
    #expect(row.flags.contains(.whole) == isAll)
  }

  @Test(
    "A wide range that nothing carries to the answer narrows nothing",
    arguments: [
      "select json_agg(o) from clients c join orders o on o.c = c.id where c.id between 1 and 9000",
      "select id, (select json_agg(c) from clients c where id between 1 and 9000) from users where id = 5",
      "select json_agg(o) from orders o where c in (select id from clients where id between 1 and 9000)",
      "select json_agg(x) from (select n from clients where id between 1 and 9000 union all select n from clients where phone = '1') x",
    ]
  )
  func carriesNothing(_ sql: String) {
    #expect(classify(sql).gathers && classify(sql).isWhole, "\(sql)")
  }

  @Test func `a short range stays a small read however it is wrapped`() {
    for sql in [
      "select json_agg(x) from (select * from clients where id between 1 and 9) x",
      "with x as (select * from clients where id between 1 and 9) select json_agg(x) from x",
      "select json_agg(o) from clients c join orders o on o.c = c.id where c.id between 1 and 9",
    ] {
      #expect(!classify(sql).isWhole, "\(sql)")
    }
  }

  @Test func `Of a COPY a line of class OBJECT states no number either`() throws {
    for sql in ["COPY crm.clients TO STDOUT", "copy (select * from crm.clients) to stdout"] {
      let row = try #require(Self.audit(sql, rows: 0, type: "OBJECT"))
      #expect(row.operation == .export && row.volume.quality == .unknown, "\(row.volume)")
    }
  }

  static func audit(_ sql: String, rows: Int, type: String = "SESSION") -> EventRow? {
    let head =
      "2024-05-01 10:00:00.000 UTC,\"adm\",\"crm\",1,\"192.0.2.1:1\",6.1,1,\"SELECT\",2024-05-01 09:00:00 UTC,3/1,0,LOG,00000,"
    let line =
      head
      + "\"AUDIT: \(type),1,1,READ,SELECT,TABLE,crm.clients,\"\"\(sql)\"\",<none>,\(rows)\",,,,,,,,,\"psql\",\"client backend\",,0\n"
    var batch = FormatGoldenTests.decode(CSVLog.self, Array(line.utf8))
    return batch.rows.popLast()
  }
}
