import EventModel
import Testing

@testable import Ingest

struct StatementClassificationTests {
  func classed(_ sql: String, _ dialect: SQLDialect = .postgresql) -> SQLStatement {
    Array(sql.utf8).withUnsafeBufferPointer {
      StatementClassification.classify($0, dialect: dialect)
    }
  }

  func names(_ statement: SQLStatement) -> [String] {
    statement.relations.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    "a word to MySQL's planner behind SELECT joins nothing",
    arguments: [
      "select straight_join * from crm.customers c",
      "select distinct straight_join c.name from crm.customers c",
      "select high_priority STRAIGHT_JOIN sql_no_cache name from crm.customers",
    ]
  )
  func plannersWord(_ sql: String) {
    #expect(names(classed(sql, .mysql)) == ["crm.customers"], "\(sql)")
  }

  @Test func `STRAIGHT_JOIN between tables joins them`() {
    let sql = "select * from a straight_join b on b.i = a.i where a.i = 5"
    #expect(names(classed(sql, .mysql)) == ["a", "b"])
    let change = "update a straight_join b on b.i = a.i set a.x = 1"
    #expect(names(classed(change, .mysql)) == ["a", "b"])
  }

  @Test(arguments: [
    ("select * from t", Operation.read, "t", true),
    ("select * from Sales.\"Clients\" c where id = 1", .read, "sales.Clients", false),
    ("select a, extract(year from d) from t, u join v on v.x = t.x", .read, "t,u,v", false),
    ("with clients as (select * from clients) select * from clients", .read, "clients", false),
    ("copy sales.clients (id, name) to stdout", .export, "sales.clients", true),
    ("copy (select 'from x' from t) to program 'gzip'", .export, "t", true),
    ("copy t from stdin", .write, "t", false),
    ("/* from a */ table t -- from b", .read, "t", true),
    ("insert into a (x) select x from b", .write, "a,b", false),
    ("update a set x = 1 from b where a.i = b.i", .write, "a,b", false),
    ("create table x as select * from t", .touch, "t", false),
    ("select * into x from t", .touch, "t", false),
    ("explain (analyze, buffers) select * from t", .touch, "t", false),
    ("declare c cursor for select * from t", .export, "t", true),
    ("lock table a, b in share mode", .other, "a,b", false),
    ("select $x$ from a $x$ from b limit 5", .read, "b", false),
    ("select * from f(1) g, lateral (select * from t) x", .read, "t", false),
    ("alter system set pgaudit.log = 'none'", .audit, "stopped", false),
    ("set role dba", .privilege, "", false),
    ("begin; select * from t; commit", .read, "t", true),
    ("select * from clien", .read, "clien", true),
    ("select * from t where x in (select y from u", .read, "t,u", false),
    ("select a is distinct from b from t", .read, "t", false),
    ("update t set a = 1 where b > 2 returning *", .read, "t", true),
    ("delete from t returning id", .read, "t", true),
    ("insert into t (a) values (1) returning id", .read, "t", false),
    ("with x as (update t set a = 1 returning *) select * from x", .read, "t", true),
    ("with x as (delete from t returning *) insert into u select * from x", .write, "t,u", false),
    ("merge into t using s on t.i = s.i when matched then delete returning *", .read, "t,s", true),
    ("values (1), (2)", .other, "", false),
    ("select 1", .other, "", false),
    ("select * from generate_series(1, 100000)", .other, "", false),
    ("select now(), nextval('s')", .other, "", false),
    ("select * from sales.all_clients(1)", .read, "sales.all_clients", false),
    ("select query_to_xml('select * from clients', true, false, '')", .read, "clients", true),
    ("select query_to_xml('select * from c where id = 5', true, false, '')", .read, "c", false),
    ("select table_to_xml('crm.clients', true, false, '')", .read, "crm.clients", true),
    ("select database_to_xml(true, false, '')", .export, "database_to_xml", true),
    ("copy (select 1) to stdout", .other, "", false),
    ("select (1", .read, "", false),
  ])
  func `a statement's class and relations come from its tokens`(
    sql: String,
    operation: EventModel.Operation,
    relations: String,
    whole: Bool
  ) {
    let found = classed(sql)
    #expect(found.operation == operation)
    #expect(names(found).joined(separator: ",") == relations)
    if whole { #expect(found.isWhole, "\(sql)") }
  }

  @Test func `bounds are those the text states and no more`() {
    #expect(classed("select * from t limit 10").limit == 10)
    #expect(classed("select * from t limit 10*1000").limit == nil)
    #expect(classed("(select * from t limit 5) union all select * from t").limit == nil)
    #expect(classed("select * from t fetch first 7 rows only").limit == 7)
    #expect(classed("select * from t limit 5, 9", .mysql).limit == 9)
    #expect(classed("fetch forward 200 from c").fetchCount == 200)
    #expect(classed("fetch all from c").fetchCount == nil)
    #expect(classed("select count(*) from t").operation == .touch)
    #expect(classed("select count(*) from t where x = 4").operation == .touch)
    #expect(classed("select max(x) from t").operation == .read)
    #expect(classed("select count(*), max(x) from t").operation == .read)
    #expect(classed("select count(*), (select x from t) from t").operation == .read)
    #expect(classed("select count(*) from t group by x").operation == .read)
    #expect(classed("select count(*) over () from t").operation == .read)
  }

  @Test func `counts of a few groups hand out no record, a column or a largest value does`() {
    for sql in [
      "select pref, count(*) from t group by pref", "select count(*) from t group by status",
      "select t.region, t.status s, count(id) from t where x = 4 group by t.region, t.status",
      "select year(made), count(*) from t group by 1 order by 2 desc limit 20",
    ] {
      #expect(classed(sql).operation == .touch, "\(sql)")
    }
    for sql in [
      "select phone, count(*) from t group by phone",
      "select pref, max(phone) from t group by pref",
      "select pref, phone from t group by pref, phone",
      "select pref, (select phone from u limit 1), count(*) from t group by pref",
      "select pref, count(*) from t group by pref union select phone, 1 from t",
      "select pref, count(*), * from t group by pref",
    ] {
      #expect(classed(sql).operation == .read, "\(sql)")
    }
  }

  @Test(arguments: [
    "select string_agg(x, ',') from t", "select json_agg(t) from t", "select array_agg(x) from t",
    "select region, string_agg(x, ',') from t group by region",
    "select json_agg(y) from (select * from t) y", "select count(*), xmlagg(x) from t",
    "copy (select string_agg(x, ',') from t) to stdout",
  ])
  func `values of many rows in one are as many records as went in`(sql: String) {
    let found = classed(sql)
    #expect(found.gathers)
    #expect(found.isWhole)
    #expect(found.limit == nil)
    #expect(found.operation.returnsRecords)
  }

  @Test func `values gathered of what a condition narrows are not the whole table`() {
    for sql in [
      "select json_agg(t) from t where id = 5",
      "select json_agg(y) from (select * from t limit 10) y",
    ] {
      let found = classed(sql)
      #expect(found.gathers && !found.isWhole, "\(sql)")
    }
    #expect(!classed("select sum(x) from t").gathers)
  }

  private func copy(_ sql: String, _ dialect: SQLDialect = .postgresql) -> String {
    var scanner = SQLScanner()
    Array(sql.utf8).withUnsafeBufferPointer { scanner.scan($0, dialect: dialect) }
    return String(decoding: scanner.copy, as: UTF8.self)
  }

  @Test(arguments: [
    ("create table tmp as select * from t", "tmp"),
    ("create temp table if not exists Tmp as (select * from t where x > 1)", "tmp"),
    ("create unlogged table a.\"B\" as table t", "a.B"),
    ("create materialized view v as select * from t", "v"),
    ("create or replace view v (x) as select x from t", "v"),
    ("select * into temporary table x from t", "x"),
    ("with q as (select * from t) select * into x from q", "x"),
    ("insert into arch.t (x, y) select x, y from t", "arch.t"),
    ("insert into a values (1)", ""),
    ("insert into a select count(*) from t", ""),
    ("create table tmp (x int)", ""),
    ("create table tmp (like t)", ""),
    ("create view v as select count(*) from t", ""),
    ("create function f() returns int as $$ insert into a select * from t $$", ""),
    ("alter table if exists only sales.t rename to u", "u"),
    ("alter table t rename column a to b", ""),
    ("alter table crm.t set schema tmp", "tmp.t"), ("alter view v set schema tmp", "tmp.v"),
    ("alter materialized view if exists a.v rename to w", "w"),
    ("alter table t set (fillfactor = 70)", ""),
    ("alter table t add column a int", ""),
    ("update a set x = 1 from b", ""),
    ("select * from t", ""),
    ("begin; create table tmp as select * from t; commit", "tmp"),
  ])
  func `the name under which records are had afterwards is told`(sql: String, name: String) {
    #expect(copy(sql) == name, "\(sql)")
  }

  @Test func `MySQL's and SQL Server's ways of making a table of another are told`() {
    #expect(copy("create table `tmp` select * from t", .mysql) == "tmp")
    #expect(copy("insert ignore into a.b select * from t", .mysql) == "a.b")
    #expect(copy("replace into b select * from t", .mysql) == "b")
    #expect(copy("rename table db.t to db.u", .mysql) == "db.u")
    #expect(names(classed("rename table db.t to db.u", .mysql)) == ["db.t"])
    #expect(copy("select * into dbo.tmp from dbo.t", .sqlServer) == "dbo.tmp")
    #expect(classed("alter table t rename to u").operation == .touch)
    #expect(classed("create view v as select * from t").operation == .touch)
  }

  @Test func `a dump, a file and the catalogue are told in MySQL's dialect`() {
    let dump = classed("SELECT /*!40001 SQL_NO_CACHE */ `id` FROM `Clients`", .mysql)
    #expect(dump.operation == .export && names(dump) == ["Clients"] && dump.isWhole)
    #expect(classed("select * from t into outfile '/tmp/x'", .mysql).operation == .export)
    #expect(classed("select * from mysql.user", .mysql).isCatalogueOnly)
    #expect(names(classed("select 'it\\'s from x' from t # from y", .mysql)) == ["t"])
  }
}
