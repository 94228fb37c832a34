import Ingest
import Testing

/// Which format claims a file of which nothing is declared.
struct ProbingTests {
  private func claim(_ lines: [String]) -> String? {
    let head = Array((lines.joined(separator: "\n") + "\n").utf8)
    guard let first = FormatRegistry.judge(head.span).first, first.result.likelihood >= .likely
    else { return nil }
    return first.format.name
  }

  @Test(arguments: [
    ["type=SYSCALL msg=audit(1492037291.036:59): arch=c000003e syscall=59 success=yes"],
    [
      "#Software: Microsoft Internet Information Services 10.0",
      "#Fields: date time s-ip cs-method cs-uri-stem cs(User-Agent) sc-status",
      "2021-08-01 00:00:00 192.0.2.1 GET / Mozilla/5.0+(Windows;+U,+x,+y) 200",
    ],
    [
      "2022/04/02 15:45:23 [info] 8#8: *15950 client 192.0.2.4:53044 connected to 0.0.0.0:25",
      "2022/04/02 15:45:24 [error] 8#8: *15950 192.0.2.4 could not be resolved",
      "2022/04/02 15:45:25 [info] 8#8: *15950 client login failed: \"AUTH not supported\"",
      "2022/04/02 15:45:26 [info] 8#8: *15950 proxied session done, client: 192.0.2.4",
      "192.0.2.4 - - [02/Apr/2022:17:11:53 +0200] \"GET / HTTP/1.1\" 403 118 \"-\" \"-\"",
    ],
    ["<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System/></Event>"],
    ["timestamp,value", "2014-04-01 00:00:00,18.3", "2014-04-01 00:05:00,21.9"],
    ["1,2,3", "4,5,6"], ["a;b;c", "x;y;z"],
    [#"{"ts":1618000000.1,"level":"info","msg":"served","status":200}"#],
    [#"{"user":"sato","action":"view"}"#],
    ["2026-04-01 09:12:48,123 ERROR: of a program in another language"],
    ["150401 12:00:01 [Note] /usr/sbin/mysqld: ready for connections."],
  ])
  func `nothing claims what cannot be read`(lines: [String]) {
    #expect(claim(lines) == nil)
  }

  @Test(arguments: [
    (["2026-04-01 09:12:34.157 JST [31136] LOG:  statement: select 1"], "postgresql-stderr"),
    (["1775034764.5 [28] abe@crm LOG:  statement: select 1"], "postgresql-stderr"),
    (["time,user,action", "2026-04-01 09:12:34,sato,view"], "csv"),
    (["time;user;action"], "csv"),
    ([#"{"ts":"2026-04-01T09:12:34Z","user":"sato"}"#], "jsonl"),
    (
      ["192.0.2.4 - - [02/Apr/2022:17:11:53 +0200] \"GET / HTTP/1.1\" 403 118", "torn", "torn"],
      "combined-access"
    ),
  ])
  func `what can be read is claimed`(lines: [String], format: String) {
    #expect(claim(lines) == format)
  }
}
