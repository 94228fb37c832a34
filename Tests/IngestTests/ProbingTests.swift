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
    [
      "#Software: Microsoft HTTP Server API 2.0",
      "#Fields: date s-ip cs-method cs-uri-stem",
      "2021-08-01 192.0.2.1 GET /",
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
    (
      [
        "#Software: Microsoft Internet Information Services 10.0",
        "#Fields: date time s-ip cs-method cs-uri-stem cs(User-Agent) sc-status",
        "2021-08-01 00:00:00 192.0.2.1 GET / Mozilla/5.0+(Windows;+U,+x,+y) 200",
      ], "w3c-extended"
    ),
    (["type=SYSCALL msg=audit(1775034754.123:5021): arch=c000003e syscall=59"], "linux-audit"),
    ([#"{"ts":"2026-04-01T09:12:34Z","user":"sato"}"#], "jsonl"),
    (
      ["192.0.2.4 - - [02/Apr/2022:17:11:53 +0200] \"GET / HTTP/1.1\" 403 118", "torn", "torn"],
      "combined-access"
    ),
  ])
  func `what can be read is claimed`(lines: [String], format: String) {
    #expect(claim(lines) == format)
  }

  /// Records over several lines, quotes in quotes, a quoted column after the message.
  private static let csvlog = (1...12).map { number in
    "2026-04-01 09:12:34.157 JST,\"ito\",\"crm\",31136,\"192.0.2.7:5\",6b03fa45.7592,\(number),"
      + "\"SELECT\",2026-04-01 09:00:00 JST,3/16,0,LOG,00000,\"AUDIT: SESSION,\(number),1,READ,"
      + "SELECT,TABLE,t,\"\"select *\nfrom \"\"\"\"t\"\"\"\"\nwhere x > 1\"\",<none>,1\",,,,,,"
      + "\"select\n1\",,,\"psql\",\"client backend\",,0"
  }

  @Test func `a csvlog is known from whatever byte it was torn at`() {
    let whole = Array(Self.csvlog.joined(separator: "\n").utf8)
    for start in 0...whole.count / 6 {
      let first = FormatRegistry.judge(Array(whole[start...]).span).first
      #expect(first?.format.name == "postgresql-csvlog", "\(start)")
      #expect(first.map { $0.result.likelihood >= .likely } == true, "\(start)")
    }
    // However long what remains of the statement is.
    let long = (1...90).map { "  or x = \($0)" } + ["\"\",<none>,1\",,,,,,,,,\"psql\",,,0"]
    #expect(claim(long + Self.csvlog) == "postgresql-csvlog")
  }

  @Test func `a csvlog with every column in quotes is one`() {
    let columns =
      ["2026-04-01 09:12:34.157 JST", "ito", "crm", "1", "192.0.2.7:5", "6b03fa45.7592", "1"]
      + ["SELECT", "2026-04-01 09:00:00 JST", "3/16", "0", "LOG", "00000", "AUDIT: SESSION"]
      + ["", "", "", "", "", "", "", "", "psql", "client backend", "", "0"]
    let quoted = columns.map { "\"\($0)\"" }.joined(separator: ",")
    #expect(claim([quoted, quoted]) == "postgresql-csvlog")
    #expect(claim([quoted, Self.csvlog[0]]) == "postgresql-csvlog")
    // A line of a statement that looks like a record is none.
    let odd = quoted.replacing("AUDIT: SESSION", with: "select '\n2026-04-01 09:12:34,")
    #expect(claim([odd, quoted, odd, odd]) == "postgresql-csvlog")
    #expect(claim(["1\"\",<none>\",\"\",\"0\"", quoted, odd]) == "postgresql-csvlog")
  }

  @Test func `some records of a csvlog do not make other text one`() {
    let prose = (1...9).map { "line \($0) of something else" }
    #expect(claim(prose + Self.csvlog[..<2]) == nil)
    #expect(claim(prose + ["one of \"two\" kinds"] + Self.csvlog[..<2]) == nil)
  }
}
