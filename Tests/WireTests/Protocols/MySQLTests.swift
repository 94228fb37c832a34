import Testing

@testable import Wire

@Suite struct `MySQL on the wire` {
  @Test(arguments: [true, false])
  func `tells user, database and program, rows and bytes of a query`(withoutEnd: Bool) throws {
    var talk = Conversation()
    talk.logIn(withoutEnd ? modern | 1 << 24 : modern)
    let query = command(3, .text("SELECT id, name FROM customers"))
    talk.client(query)
    let result = result(["1", "2", "3"], withoutEnd: withoutEnd)
    talk.server(result)
    let records = try talk.records(MySQL.self)
    #expect(records.map { $0["kind"] } == ["login", "statement"])
    #expect(records[0]["ok"] == "true")
    #expect(records[0]["auth"] == "caching_sha2_password")
    let record = records[1]
    #expect(record["user"] == "report")
    #expect(record["db"] == "crm")
    #expect(record["program"] == "mysqldump")
    #expect(record["op"] == "SELECT")
    #expect(record["text"] == "SELECT id, name FROM customers")
    #expect(record["rows"] == "3")
    #expect(record["bytes_in"] == "\(query.count)")
    #expect(record["bytes_out"] == "\(result.count)")
    talk.expectSameHoweverCut(MySQL.self)
  }

  @Test func `follows statements that were prepared, their cursors and several results`() throws {
    var talk = Conversation()
    talk.logIn(modern)
    talk.client(command(0x16, .text("SELECT * FROM customers WHERE region = ?")))
    talk.server(
      packet(1, [0] + .little(7, 4) + .little(1, 2) + .little(1, 2) + [0, 0, 0]),
      packet(2, column),
      packet(3, end()),
      packet(4, column),
      packet(5, end())
    )
    talk.client(command(0x17, .little(7, 4) + [1] + .little(1, 4)))
    talk.server(packet(1, [1]), packet(2, column), packet(3, end(0x42)))
    talk.client(command(0x1C, .little(7, 4) + .little(2, 4)))
    talk.server(packet(1, [0, 0, 1]), packet(2, [0, 0, 2]), packet(3, end(0x42)))
    talk.client(command(0x19, .little(7, 4)))
    talk.client(command(3, .text("SELECT 1; UPDATE customers SET a = ';'; SELECT 2")))
    talk.server(
      result(["1"], status: 0x0A),
      packet(5, ok(affected: 316, status: 0x0A)),
      result(["2", "3"])
    )
    let records = try talk.records(MySQL.self).dropFirst()
    #expect(
      records.map { $0["text"] } == [
        "SELECT * FROM customers WHERE region = ?", "SELECT * FROM customers WHERE region = ?",
        "SELECT 1", "UPDATE customers SET a = ';'", "SELECT 2",
      ]
    )
    #expect(records.map { $0["rows"] } == ["0", "2", "1", "0", "2"])
    #expect(records.map { $0["affected"] } == [nil, nil, nil, "316", nil])
    talk.expectSameHoweverCut(MySQL.self)
  }

  @Test(arguments: [true, false])
  func `counts rows whose columns the client knows already`(withoutEnd: Bool) throws {
    var talk = Conversation()
    talk.logIn(modern & ~1 | (withoutEnd ? 1 << 24 : 0), mariaDB: 1 << 4)
    talk.client(command(0x17, .little(7, 4) + [0] + .little(1, 4)))
    let rows = (1...3).map { packet(UInt8($0) + 2, [0, 0] + .little($0, 4)) }.flatMap { $0 }
    let last: [UInt8] = withoutEnd ? [0xFE, 0, 0, 2, 0, 0, 0] : end()
    talk.server(packet(1, [1, 0]), withoutEnd ? [] : packet(2, end()), rows, packet(6, last))
    talk.client(command(0x17, .little(7, 4) + [0] + .little(1, 4)))
    talk.server(packet(1, [1, 0]), withoutEnd ? [] : packet(2, end()), packet(3, last))
    let records = try talk.records(MySQL.self).dropFirst()
    #expect(records.map { $0["rows"] } == ["3", "0"])
    talk.expectSameHoweverCut(MySQL.self)
  }

  @Test func `tells the results of a call as one`() throws {
    var talk = Conversation()
    talk.logIn(modern)
    talk.client(command(3, .text("CALL export_all()")))
    talk.server(
      result(["1"], status: 0x0A),
      result(["2", "3"], status: 0x0A),
      packet(9, ok(affected: 0))
    )
    let records = try talk.records(MySQL.self)
    #expect(records.count == 2)
    #expect(records[1]["rows"] == "3")
  }

  @Test func `tells errors, and a database that is changed to`() throws {
    var talk = Conversation()
    talk.logIn(modern)
    talk.client(command(2, .text("sales")))
    talk.server(packet(1, ok()))
    talk.client(command(3, .text("SELECT * FROM nothing")))
    talk.server(packet(1, [0xFF] + .little(1146, 2) + .text("#42S02Table doesn't exist")))
    talk.client(command(3, .text("use `hr`;")))
    talk.server(packet(1, ok()))
    talk.client(command(0x0E))
    talk.server(packet(1, ok()))
    talk.client(command(0x11, .terminated("root2") + [0] + .terminated("books") + .little(33, 2)))
    talk.server(packet(1, ok()))
    talk.client(command(3, .text("SELECT 1")))
    talk.server(result(["1"]))
    let records = try talk.records(MySQL.self).dropFirst()
    #expect(records.map { $0["op"] } == ["INIT_DB", "SELECT", "USE", "LOGIN", "SELECT"])
    #expect(records.map { $0["db"] } == ["sales", "sales", "hr", "books", "books"])
    #expect(records.map { $0["user"] } == ["report", "report", "report", "root2", "root2"])
    #expect(records.map { $0["status"] } == [nil, "1146 42S02", nil, nil, nil])
    talk.expectSameHoweverCut(MySQL.self)
  }

  @Test func `counts the lines of a file that the server asks for`() throws {
    var talk = Conversation()
    talk.logIn(modern)
    talk.client(command(3, .text("LOAD DATA LOCAL INFILE 'a.csv' INTO TABLE customers")))
    talk.server(packet(1, [0xFB] + .text("a.csv")))
    talk.client(packet(2, .text("1,a\n2,b\n3")), packet(3, .text(",c")), packet(4, []))
    talk.server(packet(5, ok(affected: 3)))
    let record = try #require(try talk.records(MySQL.self).last)
    #expect(record["object"] == "a.csv")
    #expect(record["rows_in"] == "3")
    #expect(record["affected"] == "3")
    talk.expectSameHoweverCut(MySQL.self)
  }

  @Test(arguments: [UInt64(1 << 5), UInt64(1 << 26)])
  func `reads what is compressed`(capability: UInt64) throws {
    var talk = Conversation()
    talk.logIn(modern | capability)
    let query = command(3, .text("SELECT id FROM customers"))
    let answer = result((1...500).map { "\($0)" })
    func compressed(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
      let packed = capability == 1 << 5 ? Compressing.zlib(bytes) : Compressing.zstd(bytes)
      return .little(packed.count, 3) + [UInt8(number)] + .little(bytes.count, 3) + packed
    }
    talk.client(.little(query.count, 3) + [0, 0, 0, 0] + query)
    talk.server(compressed(1, Array(answer[..<1000])), compressed(2, Array(answer[1000...])))
    let record = try #require(try talk.records(MySQL.self).last)
    #expect(record["rows"] == "500")
    #expect(record["bytes_out"] == "\(answer.count)")
    talk.expectSameHoweverCut(MySQL.self)
    try talk.expectMutationsAreRead(MySQL.self, 100)
  }

  @Test func `takes a row of more than 16 MiB for one`() throws {
    var talk = Conversation()
    talk.logIn(modern)
    talk.client(command(3, .text("SELECT photo FROM customers")))
    let head = packet(1, [1]) + packet(2, column) + packet(3, end())
    let long = [UInt8](repeating: 0x61, count: 0xFF_FFFF - 9)
    talk.server(head)
    talk.server([0xFF, 0xFF, 0xFF, 4, 0xFE] + .little(0xFF_FFFF + 11, 8), long)
    talk.server(
      packet(5, [UInt8](repeating: 0xFE, count: 20)),
      packet(6, [1, 0x32]),
      packet(7, end())
    )
    #expect(try talk.records(MySQL.self).last?["rows"] == "2")
  }

  @Test func `leaves a session alone that turns to TLS`() throws {
    var talk = Conversation()
    talk.server(greeting)
    talk.client(
      packet(
        1,
        .little(Int(modern | 1 << 11), 4) + .little(1 << 24, 4) + [33]
          + [UInt8](repeating: 0, count: 23)
      )
    )
    talk.client([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0])
    #expect(try talk.records(MySQL.self).filter { $0["proto"] == "mysql" }.isEmpty)
  }

  @Test func `passes over the attributes of a query`() throws {
    var talk = Conversation()
    talk.logIn(modern | 1 << 27)
    let attribute: [UInt8] = [1, 1, 0, 1, 0xFE, 0] + [1, 0x6B] + [5] + .text("value")
    talk.client(command(3, attribute + .text("SELECT 1")))
    talk.server(result(["1"]))
    talk.client(command(3, [0, 1] + .text("SELECT 2")))
    talk.server(result(["2"]))
    #expect(
      try talk.records(MySQL.self).dropFirst().map { $0["text"] } == ["SELECT 1", "SELECT 2"]
    )
  }

  @Test func `counts at least what is left after a gap`() throws {
    var talk = Conversation()
    talk.logIn(modern)
    talk.client(command(3, .text("SELECT name FROM customers")))
    talk.server(result((1...100).map { "name \($0)" }))
    talk.client(command(3, .text("SELECT 1")))
    talk.server(result(["1"]))
    let cut = talk.losing(100..<500, ofPiece: talk.pieces.count - 3)
    let records = try cut.records(MySQL.self)
    let counted = try #require(records[1]["rows_at_least"].flatMap { Int($0) })
    #expect(counted >= 50 && counted < 100)
    #expect(records[1]["missing"] == "400")
    #expect(records[2]["rows"] == "1")
    cut.expectSameHoweverCut(MySQL.self)
    let toTheEnd = talk.losing(
      100..<talk.pieces[talk.pieces.count - 3].bytes.count,
      ofPiece: talk.pieces.count - 3
    )
    let late = try toTheEnd.records(MySQL.self)
    #expect(late[1]["rows_at_least"] != nil)
    #expect(late[2]["text"] == "SELECT 1")
    #expect(late[2]["rows"] == "1")
  }

  @Test func `takes a greeting after a gap for no row`() throws {
    var talk = Conversation()
    talk.logIn(modern)
    talk.missing(1000, of: .server)
    talk.logIn(modern)
    let records = try talk.records(MySQL.self)
    #expect(records.map { $0["server_version"] } == ["8.0.36", "8.0.36"])
    talk.expectSameHoweverCut(MySQL.self)
  }

  @Test func `begins in the midst of a session`() throws {
    var talk = Conversation()
    talk.isFromStart = false
    talk.client(command(3, .text("SELECT id FROM customers")))
    talk.server(result(["1", "2"]))
    talk.client(command(3, .text("SELECT 1")))
    talk.server(result(["1"], withoutEnd: true))
    let records = try talk.records(MySQL.self)
    #expect(records.map { $0["text"] } == ["SELECT id FROM customers", "SELECT 1"])
    #expect(records[1]["rows"] == "1")
    talk.expectSameHoweverCut(MySQL.self)
  }

  @Test func `never traps on changed bytes`() throws {
    var talk = Conversation()
    talk.logIn(modern)
    talk.client(command(3, .text("SELECT 1; SELECT 2")))
    talk.server(result(["1"], status: 0x0A), result(["2"]))
    talk.client(command(0x16, .text("SELECT ?")))
    talk.server(
      packet(1, [0] + .little(7, 4) + .little(1, 2) + .little(0, 2) + [0, 0, 0]),
      packet(2, column),
      packet(3, end())
    )
    talk.client(command(0x17, .little(7, 4) + [1] + .little(1, 4)))
    talk.server(result(["1"]))
    talk.client(command(3, .text("LOAD DATA LOCAL INFILE 'a' INTO TABLE b")))
    talk.server(packet(1, [0xFB] + .text("a")))
    talk.client(packet(2, .text("1\n2\n")), packet(3, []))
    talk.server(packet(4, ok(affected: 2)))
    try talk.expectMutationsAreRead(MySQL.self)
    talk.isFromStart = false
    try talk.expectMutationsAreRead(MySQL.self, 100)
  }
}

/// What others say of captures of theirs.
@Suite(.enabled(if: TestCapture.folder != nil, "the captures of others are not here"))
struct `MySQL in captures of others` {
  private func records(_ path: String) throws -> [WireLine] {
    try TestCapture(path).conversations.flatMap { try $0.records(MySQL.self) }
  }

  private func statements(_ path: String) throws -> [WireLine] {
    try records(path).filter { $0["kind"] == "statement" }
  }

  @Test func `packetbeat's rows, affected rows and statements`() throws {
    #expect(
      try statements("beats-packetbeat/mysql_long.pcap").map { $0["rows"] ?? $0["rows_at_least"] }
        == ["400"]
    )
    let update = try statements("beats-packetbeat/mysql_affected_rows.pcap")
    #expect(update.map { $0["op"] } == ["UPDATE"])
    #expect(update.map { $0["affected"] } == ["316"])
    #expect(
      try statements("beats-packetbeat/mysql_windows_lineending.pcap").map { $0["op"] } == [
        "SELECT"
      ]
    )
    // packetbeat's test sees one of them; the other statements are there as well.
    let texts = try statements("beats-packetbeat/mysql_connection.pcap").map { $0["text"] }
    #expect(
      texts.prefix(4) == [
        "select @@version_comment limit 1", "CREATE DATABASE test", "SELECT DATABASE()", "test",
      ]
    )
  }

  @Test func `Arkime's user`() throws {
    #expect(try records("arkime/mysql-allow.pcap").first?["user"] == "user10")
  }

  @Test func `Zeek's log-ons and changes of user`() throws {
    let auth = try records("zeek/Traces/mysql/auth.pcap").filter { $0["kind"] == "login" }
    // Three more were refused by their host before they said who they are: Zeek does not tell of these.
    #expect(auth.prefix(3).map { $0["status"] } == ["1130", "1130", "1130"])
    #expect(
      auth.dropFirst(3).map { "\($0["user"] ?? "") \($0["ok"] ?? "")" } == [
        "root_nope false", "root_nope false", "root_nope false", "root_nope false",
        "root_nope false",
        "root false", "root false", "root false", "root false", "root true",
      ]
    )
    let change = try records("zeek/Traces/mysql/change-user-success.pcap")
    #expect(change.filter { $0["kind"] == "login" }.map { $0["user"] } == ["root", "root2"])
    #expect(
      change.filter { $0["kind"] == "statement" }.map { $0["text"] } == [
        "SET NAMES 'utf8mb4' COLLATE 'utf8mb4_0900_ai_ci'", "SET @@session.autocommit = OFF",
      ]
    )
    let attributes = try statements("zeek/Traces/mysql/query-attr.pcap")
    #expect(attributes.allSatisfy { ($0["text"]?.utf8.first ?? 0) > 0x20 })
  }
}

// Packets

private let modern: UInt64 =
  1 | 1 << 3 | 1 << 9 | 1 << 15 | 1 << 16 | 1 << 17 | 1 << 19 | 1 << 20 | 1 << 21

private func packet(_ number: UInt8, _ payload: [UInt8]) -> [UInt8] {
  .little(payload.count, 3) + [number] + payload
}

private func command(_ code: UInt8, _ payload: [UInt8] = []) -> [UInt8] {
  packet(0, [code] + payload)
}

private func ok(affected: Int = 0, status: Int = 2) -> [UInt8] {
  [0] + lengthEncoded(affected) + [0] + .little(status, 2) + [0, 0]
}

private func lengthEncoded(_ value: Int) -> [UInt8] {
  value < 251 ? [UInt8(value)] : [0xFC] + .little(value, 2)
}

private func end(_ status: Int = 2) -> [UInt8] { [0xFE, 0, 0] + .little(status, 2) }

private let column: [UInt8] =
  [3] + .text("def") + [0, 0, 0, 2] + .text("id") + [
    0, 0x0C, 33, 0, 255, 0, 0, 0, 253, 0, 0, 0, 0, 0,
  ]

private func result(_ values: [String], status: Int = 2, withoutEnd: Bool = false) -> [UInt8] {
  var number: UInt8 = 0
  func next(_ payload: [UInt8]) -> [UInt8] {
    number &+= 1
    return packet(number, payload)
  }
  var bytes = next([1]) + next(column)
  if !withoutEnd { bytes += next(end(status)) }
  for value in values { bytes += next(lengthEncoded(value.utf8.count) + .text(value)) }
  return bytes + next(withoutEnd ? [0xFE, 0, 0] + .little(status, 2) + [0, 0] : end(status))
}

private let greeting: [UInt8] = packet(
  0,
  [10] + .terminated("8.0.36") + .little(8, 4) + [UInt8](repeating: 1, count: 8) + [0] + [
    255, 255, 33, 2, 0, 255, 255, 21,
  ]
    + [UInt8](repeating: 0, count: 10) + [UInt8](repeating: 1, count: 12) + [0]
    + .terminated("caching_sha2_password")
)

private let greetingOfMariaDB: [UInt8] = packet(
  0,
  [10] + .terminated("5.5.5-10.11.19-MariaDB") + .little(8, 4) + [UInt8](repeating: 1, count: 8) + [
    0, 254, 255, 33, 2, 0, 255, 129, 21,
  ]
    + [UInt8](repeating: 0, count: 6) + .little(0x1D, 4) + [UInt8](repeating: 1, count: 12) + [0]
    + .terminated("mysql_native_password")
)

extension Conversation {
  fileprivate mutating func logIn(_ capabilities: UInt64, mariaDB: Int? = nil) {
    serverPort = 3306
    server(mariaDB == nil ? greeting : greetingOfMariaDB)
    let attributes: [UInt8] = [12] + .text("program_name") + [9] + .text("mysqldump")
    client(
      packet(
        1,
        .little(Int(capabilities), 4) + .little(1 << 24, 4) + [33]
          + [UInt8](repeating: 0, count: 19) + .little(mariaDB ?? 0, 4)
          + .terminated("report") + [3, 1, 2, 3] + .terminated("crm")
          + .terminated("caching_sha2_password") + [UInt8(attributes.count)] + attributes
      )
    )
    server(packet(2, [1, 3]), packet(3, ok()))
  }
}
