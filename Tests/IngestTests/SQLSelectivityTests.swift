import EventModel
import Testing

@testable import Ingest

struct SQLSelectivityTests {
  func isWhole(_ sql: String, _ dialect: SQLDialect) -> Bool {
    Array(sql.utf8).withUnsafeBufferPointer {
      StatementClassification.classify($0, dialect: dialect).isWhole
    }
  }

  static let selective = [
    "select * from clients where id = 5",
    "select * from clients where 5 = id and 1=1",
    "select name, mail from crm.clients c where c.id = ? order by name",
    "select * from clients where (id = 5)",
    "select * from clients where ((id = 5) and (del is null))",
    "select * from clients where mail = 'a@example.jp' and (x = 1 or y = 2)",
    "select * from clients where id in (1, 2, 3)",
    "select * from clients where id = -5",
    "select * from clients where lower(mail) = lower('A')",
    "select * from clients where born between 1 and 2 and id = 5",
    "select * from clients where born = DATE '2001-02-03'",
    "select o.*, c.name from orders o join clients c on c.id = o.client where o.client = 42",
    "select * from orders o, clients c where c.id = o.client and o.no = 'x'",
    "select * from orders o left join clients c on c.id = o.client and c.x = 1 where o.id = 7",
    "select * from orders o inner join clients c using (client) where o.client = 9",
    "select name from orders join clients on clients.id = orders.client where no = 9",
    "select * from (orders o join clients c on c.id = o.client) where o.id = 7",
    "select * from clients where id = 5 and exists (select 1 from orders o where o.c = 5)",
    "select * from clients where id = 5 for update",
    "select * from clients where id in (select client from orders where no = 5)",
    "select * from a where id = 1 union all select * from b where id = 1",
    "with w as (select * from clients where id = 3) select * from w",
    "select * from (select * from clients where id = 3) x",
    "select * from (select * from clients limit 20) x",
    "select * from clients limit 20",
    "select count(*) from clients",
    "select * from orders o join (select max(id) as m from clients) x on x.m = o.id",
    "update clients set name = 'x' where id = 5 returning *",
    "insert into orders (a, b) values (1, 2) returning id",
    "delete from clients where id = 5 returning *",
    "select * from clients where case when a then 1 else 2 end = 1 and id = 5",
  ]

  static let wide = [
    "select * from clients",
    "select * from clients where 1=1",
    "select * from clients where true",
    "select * from clients where id > 0",
    "select * from clients where id is not null",
    "select * from clients where name like '%'",
    "select * from clients where id <> 5",
    "select * from clients where not id = 5",
    "select * from clients where not (id = 5)",
    "select * from clients where (id = 5) is not true",
    "select * from clients where (id = 5) = 0",
    "select * from clients where id = 5 or 1 = 1",
    "select * from clients where (id = 5 or true)",
    "select * from clients where true or id = 5 and x = 1",
    "select * from clients where 1 = 1 xor id = 5 and x = 1",
    "select * from clients where id = id",
    "select * from clients where 'a' = 'a'",
    "select * from clients where true = 1",
    "select * from clients where current_user = 'ito'",
    "select * from clients where id in (select id from clients)",
    "select * from clients where id = any('{1,2}')",
    "select * from clients where case when true and id = 5 and true then 1 else 1 end = 1",
    "select * from clients where 5 between 1 and id = 5",
    "select * from clients where coalesce(1, id) = 1",
    "select distinct * from clients",
    "select * from clients order by id",
    "select * from clients order by id offset 5",
    "select mail, count(*) from clients group by mail",
    "select c.* from clients c join orders o on c.id = o.client",
    "select c.* from clients c, codes k where k.id = 1",
    "select c.* from clients c cross join codes k where k.id = 1",
    "select c.* from clients c left join codes k on k.id = 1",
    "select c.* from codes k join x on k.id = 1 and x.k = k.k right join clients c on c.k = x.k",
    "select * from clients where id = 5 union all select * from clients",
    "(select * from clients where id = 5) union (select * from clients)",
    "with w as (select * from clients) select * from w where id = 1",
    "select * from (select c.*, 1 as one from clients c) x where one = 1",
    "select * from (select * from clients limit 1000000) x",
    "select * from (with clients as (select 1) select * from clients) x, clients",
    "select * from clients where id = (select 1)",
    "select * from clients where id in (select client from orders where no > 5)",
    "select * from clients where id in (select client from orders where no = 5) or true",
    "select * from clients where id not in (select client from orders where no = 5)",
    "with a as (with w as (select * from clients) select * from w) select * from a where id = 5",
    "update clients set name = name returning *",
    "delete from clients returning *",
    "insert into x select * from clients returning *",
    "prepare q as select * from clients where id > $1",
    "select * from clients where id = 5 or true --",
    "select * from clients where (((id > 5)))",
  ]

  @Test(arguments: [SQLDialect.postgresql, .mysql])
  func `a read is selective only when every table it reads is narrowed`(dialect: SQLDialect) {
    for sql in Self.selective { #expect(!isWhole(sql, dialect), "\(sql)") }
    for sql in Self.wide { #expect(isWhole(sql, dialect), "\(sql)") }
  }

  @Test func `what one server alone understands is taken as that server does`() {
    #expect(isWhole("select * from clients where 1=1 || x and id = 5", .mysql))
    #expect(isWhole("select * from clients where tableoid = 5", .postgresql))
    #expect(isWhole("select * from clients where id::bool = 't'", .postgresql))
    #expect(!isWhole("select * from clients where id = '5'::character varying(9)", .postgresql))
    #expect(isWhole("select * from clients where @x = 1", .mysql))
    let called =
      "select * from clients where name = NAME_CONST('n',_latin1'A' COLLATE 'latin1_bin')"
    #expect(!isWhole(called, .mysql))
    #expect(!isWhole("select name from crm.clients c where c.id = $1", .postgresql))
    #expect(!isWhole("SELECT `c`.`id` FROM `clients` AS `c` WHERE `c`.`id` = 5", .mysql))
    let join = "select * from codes use index for join (i), clients c where codes.id = 1"
    #expect(isWhole(join, .mysql))
    #expect(isWhole("select * from codes lock, clients c where lock.id = 1", .postgresql))
    #expect(!isWhole("select * from clients /*! where id = 1 */", .mysql))
    #expect(isWhole("select * from clients where \"id\" = 1", .mysql))
    #expect(!isWhole("select * from clients where \"id\" = 1", .postgresql))
  }

  @Test(arguments: [SQLDialect.postgresql, .mysql])
  func `no spelling makes a wide read selective`(dialect: SQLDialect) {
    for sql in Self.wide where !sql.contains("--") {
      let spellings = [
        sql.uppercased(),
        sql.replacing(" ", with: "/* id = 5 */ "),
        sql.replacing(" ", with: "\n\t"),
        sql.replacing("where ", with: "where 1=1 and "),
        sql.replacing("where ", with: "where (true) and (1 = 1) and "),
        "(" + sql + ")",
        "((" + sql + "))",
        "select * from (" + sql + ") a where a.id = 5",
        "with a as (" + sql + ") select * from a where id = 5",
        sql + " -- where id = 5",
        sql + ";;",
      ]
      // Only a query stands in parentheses or in FROM.
      for text in sql.hasPrefix("select") ? spellings : [spellings[0], spellings[2], spellings[10]]
      {
        #expect(isWhole(text, dialect), "\(text)")
      }
      if sql.contains(" where "), !sql.contains("union"), !sql.contains("with ") {
        let tail = sql.hasSuffix("returning *") ? "" : " or 1=1"
        #expect(isWhole(sql + tail, dialect))
      }
    }
    for sql in Self.selective where sql.hasPrefix("select") && !sql.contains("from (") {
      guard let place = sql.firstRange(of: "where ") else { continue }
      #expect(isWhole(sql[..<place.upperBound] + "1 = 1 or id = 5", dialect), "\(sql)")
      #expect(isWhole(sql + " union select * from clients", dialect), "\(sql)")
    }
  }

  @Test func `deep and torn texts are wide and never trap`() {
    let deep = "select * from clients where " + String(repeating: "(", count: 100_000)
    #expect(isWhole(deep + "id = 5", .postgresql))
    for sql in Self.selective + Self.wide {
      var bytes = Array(sql.utf8)
      while !bytes.isEmpty {
        bytes.removeLast()
        for dialect in [SQLDialect.postgresql, .mysql] {
          _ = bytes.withUnsafeBufferPointer {
            StatementClassification.classify($0, dialect: dialect)
          }
        }
      }
    }
  }

  @Test func `groups of a status or a month are few rows, groups of a customer are not`() {
    let few = [
      "select status, count(*) from clients group by status",
      "select c.region_code, count(*) from clients c group by c.region_code, year(born) with rollup",
      "select c.region_code as r, state, count(*) from clients c group by 1, 2",
      "select status, count(*) from clients group by status having count(*) > 1 order by 2",
    ]
    for sql in few {
      #expect(!isWhole(sql, .mysql), "\(sql)")
      #expect(classified(sql, .mysql).operation == .touch, "\(sql)")
      // What a group has besides its number is a few rows of it.
      let most = sql.replacing("count(*)", with: "max(mail)", maxReplacements: 1)
      #expect(classified(most, .mysql).operation == .read, "\(most)")
      #expect(classified(most, .mysql).limit == 100, "\(most)")
    }
    for sql in [
      "select mail, count(*) from clients group by mail",
      "select status, count(*) from clients group by concat(status, mail)",
      "select status, count(*) from clients group by status, mail",
      "select mail, count(*) from clients group by 1",
      "select status || mail, count(*) from clients group by 1",
      "select status || mail, count(*) from clients group by status || mail",
      "select status, group_concat(mail) from clients group by status",
      "select status, count(*) from clients group by status union all select mail, 1 from clients",
    ] {
      #expect(isWhole(sql, .mysql), "\(sql)")
    }
  }

  @Test func `a value of a customer's key bounds what MySQL returns, anything else does not`() {
    #expect(classified("select * from clients where id = 5", .mysql).limit == 1)
    let three = "select * from clients c where c.customer_id in (5, 6, 7)"
    #expect(classified(three, .mysql).limit == 3)
    #expect(
      classified("select * from clients where id between 1 and 700", .postgresql).limit == 700
    )
    #expect(!isWhole("select * from clients where id between 1 and 700", .postgresql))
    #expect(isWhole("select * from clients where born between 1 and 700", .postgresql))
    #expect(classified("select * from clients where id = 5 and del is null", .mysql).limit == 1)
    for sql in [
      "select * from clients where name = 'a'", "select * from clients where id = 5 or x = 1",
      "select * from clients where id > 5", "select * from orders where campaign_id = 5",
      "select * from a where id = 5 union all select * from b where mail = 'x'",
      "select * from orders o join clients c on c.id = o.client where o.id = 7",
      "select * from a where id = 5; select * from b",
    ] {
      #expect(classified(sql, .mysql).limit == nil, "\(sql)")
    }
    #expect(classified("select f(id) from clients where id = 5", .postgresql).limit == nil)
  }

  private func classified(_ sql: String, _ dialect: SQLDialect) -> SQLStatement {
    Array(sql.utf8).withUnsafeBufferPointer {
      StatementClassification.classify($0, dialect: dialect)
    }
  }
}
