import Testing

@testable import Wire

@Suite struct `PostgreSQL on the wire` {
  @Test func `tells user, database and program, rows and bytes of a simple query`() throws {
    var talk = Conversation()
    talk.logIn()
    talk.query("SELECT id, name FROM customers;")
    talk.server(row("1", "Ada"), row("2", "Béla"), complete("SELECT 2"), ready)
    let records = try talk.records(PostgreSQL.self)
    #expect(records.map { $0["kind"] } == ["login", "statement"])
    #expect(records[0]["ok"] == "true")
    let record = records[1]
    #expect(["user", "db", "program"].map { record[$0] } == ["report", "crm", "psql"])
    #expect(record["op"] == "SELECT")
    #expect(record["text"] == "SELECT id, name FROM customers;")
    #expect(["rows", "rows_stated", "bytes_in"].map { record[$0] } == ["2", "2", "37"])
    let bytes = description(2) + row("1", "Ada") + row("2", "Béla") + complete("SELECT 2") + ready
    #expect(record["bytes_out"] == "\(bytes.count)")
    talk.expectSameHoweverCut(PostgreSQL.self)
  }

  @Test func `tells each statement of one query`() throws {
    var talk = Conversation()
    talk.logIn()
    talk.client(
      message("Q", .terminated("BEGIN; SELECT ';' /* ; */; INSERT INTO a VALUES ($$;$$)"))
    )
    talk.server(
      complete("BEGIN"),
      description(1),
      row("1"),
      complete("SELECT 1"),
      complete("INSERT 0 1"),
      ready
    )
    let records = try talk.records(PostgreSQL.self).dropFirst()
    #expect(
      records.map { $0["text"] } == ["BEGIN", "SELECT ';' /* ; */", "INSERT INTO a VALUES ($$;$$)"]
    )
    #expect(records.map { $0["rows"] } == ["0", "1", "0"])
    #expect(records.last?["affected"] == "1")
    #expect(records.last?["rows_stated"] == nil)
    talk.expectSameHoweverCut(PostgreSQL.self)
  }

  @Test func `follows names of statements and portals, parts of a portal, and pipelines`() throws {
    var talk = Conversation()
    talk.logIn()
    talk.client(
      parse("s1", "SELECT * FROM customers WHERE region = $1"),
      bind("p1", "s1"),
      describe("p1"),
      execute("p1", 2),
      sync
    )
    talk.server(
      message("1"),
      message("2"),
      description(1),
      row("1"),
      row("2"),
      message("s"),
      ready
    )
    talk.client(execute("p1", 0), sync, parse("", "SELECT 7"), bind("", ""), execute("", 0), sync)
    talk.server(row("3"), complete("SELECT 1"), ready)
    talk.server(message("1"), message("2"), row("7"), complete("SELECT 1"), ready)
    let records = try talk.records(PostgreSQL.self).dropFirst()
    #expect(
      records.map { $0["text"] } == [
        "SELECT * FROM customers WHERE region = $1", "SELECT * FROM customers WHERE region = $1",
        "SELECT 7",
      ]
    )
    #expect(records.map { $0["rows"] } == ["2", "1", "1"])
    #expect(records.map { $0["rows_stated"] } == [nil, "1", "1"])
    #expect(records.map { $0["status"] } == ["SUSPENDED", "SELECT 1", "SELECT 1"])
    talk.expectSameHoweverCut(PostgreSQL.self)
  }

  @Test func `tells an error by its state, and nothing of what it kept from running`() throws {
    var talk = Conversation()
    talk.logIn()
    talk.client(
      parse("", "SELECT nothing"),
      bind("", ""),
      execute("", 0),
      parse("", "SELECT 8"),
      bind("", ""),
      execute("", 0),
      sync
    )
    talk.server(failure("42703"), ready)
    talk.query("SELECT 9", columns: nil)
    talk.server(failure("57014"), ready)
    let records = try talk.records(PostgreSQL.self).dropFirst()
    #expect(records.map { $0["status"] } == ["42703", "57014"])
    #expect(records.map { $0["ok"] } == ["false", "false"])
    #expect(records.map { $0["text"] } == ["SELECT nothing", "SELECT 9"])
    talk.expectSameHoweverCut(PostgreSQL.self)
  }

  @Test func `counts what COPY carries, either way`() throws {
    var talk = Conversation()
    talk.logIn()
    talk.query("COPY customers TO STDOUT (FORMAT csv, HEADER)", columns: nil)
    talk.server(
      message("H", [0, 0, 2, 0, 0, 0, 0]),
      message("d", .text("id,name\n")),
      message("d", .text("1,\"a\nb\"\n")),
      message("d", .text("2,c\n")),
      message("c"),
      complete("COPY 2"),
      ready
    )
    talk.query("COPY customers FROM STDIN", columns: nil)
    talk.server(message("G", [0, 0, 2, 0, 0, 0, 0]))
    talk.client(message("d", .text("1\ta\n2\t")), message("d", .text("b\n3\tc")), message("c"))
    talk.server(complete("COPY 3"), ready)
    let records = try talk.records(PostgreSQL.self).dropFirst()
    #expect(records.map { $0["rows"] } == ["2", "0"])
    #expect(records.map { $0["rows_stated"] } == ["2", "3"])
    #expect(records.map { $0["rows_in"] } == [nil, "3"])
    talk.expectSameHoweverCut(PostgreSQL.self)
  }

  @Test func `tells what a cursor stands for`() throws {
    var talk = Conversation()
    talk.logIn()
    talk.query("DECLARE c1 CURSOR FOR SELECT * FROM customers", columns: nil)
    talk.server(complete("DECLARE CURSOR"), ready)
    talk.query("FETCH 2 FROM c1")
    talk.server(row("1", "a"), row("2", "b"), complete("FETCH 2"), ready)
    let record = try #require(try talk.records(PostgreSQL.self).last)
    #expect(record["op"] == "FETCH")
    #expect(record["rows"] == "2")
    #expect(record["of"] == "DECLARE c1 CURSOR FOR SELECT * FROM customers")
  }

  @Test func `takes a table that is made of a SELECT for no rows read`() throws {
    var talk = Conversation()
    talk.logIn()
    talk.query("CREATE TABLE copy AS SELECT * FROM customers", columns: nil)
    talk.server(complete("SELECT 5000"), ready)
    let record = try #require(try talk.records(PostgreSQL.self).last)
    #expect(record["rows"] == "0")
    #expect(record["rows_stated"] == nil)
    #expect(record["affected"] == "5000")
  }

  @Test func `does not take a stream of replication for rows`() throws {
    var talk = Conversation()
    talk.client(startUp(["user": "standby", "replication": "true"]))
    talk.server(message("R", .big(0, 4)), ready)
    talk.query("START_REPLICATION 0/3000000", columns: nil)
    talk.server(
      message("W", [0, 0, 0]),
      message("d", .text("w" + String(repeating: "x", count: 40)))
    )
    talk.client(message("d", .text("r" + String(repeating: "x", count: 33))))
    let records = try talk.records(PostgreSQL.self)
    #expect(records.count == 2)
    #expect(records[1]["op"] == "START_REPLICATION")
    #expect(records[1]["rows"] == nil)
    #expect(records[1]["rows_at_least"] == nil)
    #expect(records[1]["bytes_out"] == "54")
  }

  @Test func `tells who was not let in`() throws {
    var talk = Conversation()
    talk.client(startUp(["user": "report", "database": "crm"]))
    talk.server(message("R", .big(10, 4) + .terminated("SCRAM-SHA-256") + [0]))
    talk.client(message("p", .text("a secret that is never kept")))
    talk.server(failure("28P01"))
    let text = talk.log(PostgreSQL.self)
    #expect(!text.contains("secret"))
    let records = try talk.records(PostgreSQL.self)
    #expect(records.count == 1)
    #expect(records[0]["ok"] == "false")
    #expect(records[0]["status"] == "28P01")
    #expect(records[0]["auth"] == "SCRAM-SHA-256")
  }

  @Test func `reads on where encryption was refused, and tells a cancel`() throws {
    var talk = Conversation()
    talk.client(.big(8, 4) + .big(80_877_104, 4))
    talk.server([0x4E])
    talk.client(.big(8, 4) + .big(80_877_103, 4))
    talk.server([0x4E])
    talk.logIn()
    #expect(try talk.records(PostgreSQL.self).map { $0["user"] } == ["report"])
    talk.expectSameHoweverCut(PostgreSQL.self)
    var cancel = Conversation()
    cancel.client(.big(16, 4) + .big(80_877_102, 4) + .big(4711, 4) + .big(99, 4))
    let records = try cancel.records(PostgreSQL.self)
    #expect(records.map { $0["op"] } == ["CANCEL"])
    #expect(records.map { $0["backend"] } == ["4711"])
  }

  @Test func `counts a row whose bytes are missing, and says so`() throws {
    var talk = Conversation()
    talk.logIn()
    talk.query("SELECT id, name FROM customers")
    talk.server(
      row("1", String(repeating: "x", count: 200)),
      row("2", "b"),
      complete("SELECT 2"),
      ready
    )
    let record = try #require(
      try talk.losing(30..<90, ofPiece: talk.pieces.count - 1).records(PostgreSQL.self).last
    )
    #expect(record["rows"] == "2")
    #expect(record["missing"] == "60")
  }

  @Test func `counts at least what is left after a gap`() throws {
    var talk = Conversation()
    talk.logIn()
    talk.query("SELECT id, name FROM customers")
    let rows = (1...100).flatMap { row("\($0)", "name \($0)") }
    talk.server(rows, complete("SELECT 100"), ready)
    talk.query("SELECT 1")
    talk.server(row("1", "a"), complete("SELECT 1"), ready)
    let cut = talk.losing(100..<900, ofPiece: talk.pieces.count - 4)
    let records = try cut.records(PostgreSQL.self)
    let record = records[1]
    #expect(record["rows"] == nil)
    let counted = try #require(record["rows_at_least"].flatMap { Int($0) })
    #expect(counted >= 60 && counted < 100)
    #expect(record["rows_stated"] == "100")
    #expect(record["missing"] == "800")
    #expect(records[2]["text"] == "SELECT 1")
    #expect(records[2]["rows"] == "1")
    cut.expectSameHoweverCut(PostgreSQL.self)
  }

  @Test func `begins in the midst of a session`() throws {
    var talk = Conversation()
    talk.isFromStart = false
    talk.server(
      .text("the end of a row"),
      row("8", "h"),
      row("9", "i"),
      complete("SELECT 9"),
      ready
    )
    talk.query("SELECT id, name FROM customers")
    talk.server(row("1", "a"), complete("SELECT 1"), ready)
    let records = try talk.records(PostgreSQL.self)
    #expect(records.map { $0["user"] } == [nil, nil])
    #expect(records[0]["rows_at_least"] != nil || records[0]["rows"] == nil)
    #expect(records[1]["text"] == "SELECT id, name FROM customers")
    #expect(records[1]["rows"] == "1")
    talk.expectSameHoweverCut(PostgreSQL.self)
  }

  @Test func `keeps texts and requests within bounds`() throws {
    var talk = Conversation()
    talk.logIn()
    let long = "SELECT '" + String(repeating: "x", count: 200_000) + "'"
    talk.query(long, columns: 1)
    talk.server(row("1"), complete("SELECT 1"), ready)
    for index in 0..<3000 { talk.client(parse("s\(index)", "SELECT \(index)"), sync) }
    talk.server((0..<3000).flatMap { _ in message("1") + ready })
    talk.query("SELECT 2")
    talk.server(row("2"), complete("SELECT 1"), ready)
    let records = try talk.records(PostgreSQL.self)
    #expect(records.count == 3)
    #expect(records[1]["text_cut"] == "true")
    #expect(records[1]["text"]?.utf8.count == WireLog.textLimit)
    #expect(records[2]["text"] == "SELECT 2")
  }

  @Test func `finds the same place after a gap however the bytes are cut`() throws {
    var talk = Conversation()
    talk.isFromStart = false
    let none: [UInt8] = .big(4, 4)
    // Three messages, and a fourth whose columns do not add up.
    talk.server(
      [0x31],
      none,
      [0x32],
      none,
      [0x6E],
      none,
      [0x44],
      .big(30, 4),
      .big(1, 2),
      .big(100, 4),
      [UInt8](repeating: 0x41, count: 20),
      [0x5A],
      .big(5, 4),
      [0x49]
    )
    talk.server([0x43], .big(13, 4), .terminated("SELECT 7"), [0x5A], .big(5, 4), [0x49])
    talk.expectSameHoweverCut(PostgreSQL.self)
  }

  @Test func `never traps on changed bytes`() throws {
    var talk = Conversation()
    talk.logIn()
    talk.query("SELECT id, name FROM customers; SELECT 2")
    talk.server(
      row("1", "Ada"),
      complete("SELECT 1"),
      description(1),
      row("2"),
      complete("SELECT 1"),
      ready
    )
    talk.client(parse("s", "SELECT 1"), bind("p", "s"), describe("p"), execute("p", 1), sync)
    talk.server(message("1"), message("2"), description(1), row("1"), message("s"), ready)
    talk.query("COPY a FROM STDIN", columns: nil)
    talk.server(message("G", [0, 0, 1, 0, 0]))
    talk.client(message("d", .text("1\n2\n")), message("c"))
    talk.server(complete("COPY 2"), ready)
    talk.query("FETCH 1 FROM c", columns: nil)
    talk.server(failure("34000"), ready)
    try talk.expectMutationsAreRead(PostgreSQL.self)
    talk.isFromStart = false
    try talk.expectMutationsAreRead(PostgreSQL.self, 100)
  }

  @Test(
    arguments: [
      (startUp(["user": "a"]), [], 15_432, Recognition.yes),
      (.big(8, 4) + .big(80_877_103, 4), [], 15_432, .yes),
      ([0, 0], [], 15_432, .undecided),
      (.text("GET / HTTP/1.1"), [], 5432, .undecided),
      ([], row("1", "b") + complete("SELECT 1") + ready, 5432, .yes),
      ([], .text("SSH-2.0-OpenSSH"), 22, .no),
    ] as [([UInt8], [UInt8], UInt16, Recognition)]
  )
  func `is recognised`(client: [UInt8], server: [UInt8], port: UInt16, expected: Recognition) {
    let opening = Opening(client: client, server: server, serverPort: port)
    #expect(PostgreSQL.recognise(opening) == expected)
  }
}

private func message(_ type: Unicode.Scalar, _ body: [UInt8] = []) -> [UInt8] {
  [UInt8(ascii: type)] + .big(body.count + 4, 4) + body
}

private func startUp(_ parameters: [String: String]) -> [UInt8] {
  let pairs = parameters.sorted { $0.key < $1.key }.flatMap {
    [UInt8].terminated($0.key) + .terminated($0.value)
  }
  return .big(pairs.count + 9, 4) + .big(0x30000, 4) + pairs + [0]
}

private func row(_ values: String...) -> [UInt8] {
  message("D", .big(values.count, 2) + values.flatMap { .big($0.utf8.count, 4) + .text($0) })
}

private func description(_ columns: Int) -> [UInt8] {
  let column: [UInt8] = .terminated("column") + [UInt8](repeating: 0, count: 18)
  return message("T", .big(columns, 2) + (0..<columns).flatMap { _ in column })
}

private func complete(_ tag: String) -> [UInt8] { message("C", .terminated(tag)) }
private let ready = message("Z", .text("I"))
private let sync = message("S")

private func failure(_ code: String) -> [UInt8] {
  message("E", .terminated("SERROR") + .terminated("C" + code) + .terminated("Mno") + [0])
}

private func parse(_ name: String, _ text: String) -> [UInt8] {
  message("P", .terminated(name) + .terminated(text) + [0, 0])
}

private func bind(_ portal: String, _ name: String) -> [UInt8] {
  message("B", .terminated(portal) + .terminated(name) + [0, 0, 0, 0, 0, 0])
}

private func describe(_ portal: String) -> [UInt8] { message("D", .terminated("P" + portal)) }

private func execute(_ portal: String, _ most: Int) -> [UInt8] {
  message("E", .terminated(portal) + .big(most, 4))
}

extension Conversation {
  fileprivate mutating func logIn() {
    client(startUp(["user": "report", "database": "crm", "application_name": "psql"]))
    server(
      message("R", .big(0, 4)),
      message("S", .terminated("client_encoding") + .terminated("UTF8"))
    )
    server(message("K", .big(1, 4) + .big(2, 4)), ready)
  }

  /// A simple query; its row description where it has columns.
  fileprivate mutating func query(_ text: String, columns: Int? = 2) {
    client(message("Q", .terminated(text)))
    if let columns { server(description(columns)) }
  }
}
