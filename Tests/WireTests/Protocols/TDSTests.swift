import Foundation
import Testing

@testable import Wire

@Suite struct `TDS on the wire` {
  private func packet(_ type: UInt8, _ payload: [UInt8], isLast: Bool = true) -> [UInt8] {
    [type, isLast ? 1 : 0] + .big(payload.count + 8, 2) + [0, 51, 1, 0] + payload
  }

  private func wide(_ text: String) -> [UInt8] { text.utf16.flatMap { [UInt8].little(Int($0), 2) } }
  private func named(_ text: String) -> [UInt8] { [UInt8(text.utf16.count)] + wide(text) }
  private let headers: [UInt8] =
    [22, 0, 0, 0, 18, 0, 0, 0, 2, 0] + .init(repeating: 0, count: 8)
    + [1, 0, 0, 0]
  private let collation: [UInt8] = [9, 4, 0xD0, 0, 0x34]

  private func batch(_ text: String) -> [UInt8] { packet(1, headers + wide(text)) }

  private func done(_ token: UInt8, _ status: Int, _ command: Int, _ rows: Int) -> [UInt8] {
    [token] + .little(status, 2) + .little(command, 2) + .little(rows, 8)
  }

  private func column(_ name: String, _ type: [UInt8]) -> [UInt8] {
    [0, 0, 0, 0, 9, 0] + type + named(name)
  }

  private func login(_ user: String) -> [UInt8] {
    let texts = ["DESK-07", user, "secret", "export.exe", "sql01", "", "ODBC", "", "crm"]
    var fixed: [UInt8] = [4, 0, 0, 0x74] + .init(repeating: 0, count: 28)
    var tail: [UInt8] = []
    for text in texts {
      fixed += .little(94 + tail.count, 2) + .little(text.utf16.count, 2)
      tail += wide(text)
    }
    fixed += .init(repeating: 0, count: 6) + .init(repeating: 0, count: 16)
    let all = fixed + tail
    return packet(16, .little(all.count + 4, 4) + all)
  }

  private var acknowledged: [UInt8] {
    let name: [UInt8] = [1, 0x74, 0, 0, 4] + named("Microsoft SQL Server") + [16, 0, 16, 0]
    let database = [UInt8](arrayLiteral: 1) + named("crm") + named("master")
    return packet(
      4,
      [0xE3] + .little(database.count, 2) + database + [0xAD] + .little(name.count, 2) + name
        + done(0xFD, 0, 0, 0)
    )
  }

  private func talk() -> Conversation {
    var talk = Conversation()
    talk.serverPort = 1433
    talk.client(packet(18, [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF, 16, 0, 16, 0, 0, 0, 2]))
    talk.server(packet(4, [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF, 16, 0, 16, 0, 0, 0, 2]))
    talk.client(login("report"))
    talk.server(acknowledged)
    return talk
  }

  /// Columns of most shapes.
  private var columns: [UInt8] {
    [0x81] + .little(8, 2) + column("id", [0x38])
      + column("name", [0xE7] + .little(120, 2) + collation)
      + column("note", [0xA7, 0xFF, 0xFF] + collation) + column("fee", [0x6A, 9, 12, 2])
      + column(
        "old",
        [0x23] + .little(1 << 20, 4) + collation + [1] + .little(9, 2) + wide("customers")
      )
      + column("any", [0x62] + .little(8009, 4)) + column("born", [0x28])
      + column("ref", [0x24, 16])
  }

  private func row(_ id: Int) -> [UInt8] {
    let chunks: [UInt8] =
      .little(5, 8) + .little(3, 4) + .text("abc") + .little(2, 4) + .text("de")
      + .little(0, 4)
    return [0xD1] + .little(id, 4) + .little(6, 2) + wide("Ada") + chunks + [5, 1] + .little(id, 4)
      + [16] + .init(repeating: 1, count: 24) + .little(3, 4) + .text("old") + .little(6, 4)
      + [0x38, 0] + .little(id, 4) + [3, 1, 2, 3] + [16] + .init(repeating: 7, count: 16)
  }

  private var emptyRow: [UInt8] {
    [0xD1] + .little(1, 4) + [0xFF, 0xFF] + .init(repeating: 0xFF, count: 8) + [0, 0]
      + .little(0, 4)
      + [0, 0]
  }

  /// Of eight columns only the first is something.
  private func sparse(_ id: Int) -> [UInt8] { [0xD2, 0xFE] + .little(id, 4) }

  @Test func `tells user, database, program and host, never the password`() throws {
    let talk = talk()
    let record = try #require(try talk.records(TDS.self).first)
    #expect(record["kind"] == "login")
    #expect(record["user"] == "report")
    #expect(record["db"] == "crm")
    #expect(record["program"] == "export.exe")
    #expect(record["client_host"] == "DESK-07")
    #expect(record["ok"] == "true")
    #expect(!talk.log(TDS.self).contains("secret"))
    #expect(TDS.recognise(Opening(client: talk.pieces[0].bytes, server: [], serverPort: 9)) == .yes)
    #expect(TDS.recognise(Opening(client: login("a"), server: [], serverPort: 9)) == .yes)
    talk.expectSameHoweverCut(TDS.self)
  }

  @Test func `tells a refused log-in`() throws {
    var talk = Conversation()
    talk.client(login("report"))
    let body: [UInt8] =
      .little(18456, 4) + [1, 14] + .little(5, 2) + wide("Login") + [0, 0]
      + .little(1, 4)
    talk.server(packet(4, [0xAA] + .little(body.count, 2) + body + done(0xFD, 2, 0, 0)))
    let record = try #require(try talk.records(TDS.self).first)
    #expect(record["status"] == "18456")
    #expect(record["ok"] == "false")
    talk.expectSameHoweverCut(TDS.self)
  }

  @Test func `counts rows of every shape, and what the server states`() throws {
    var talk = talk()
    talk.client(batch("SELECT * FROM customers"))
    let rows = row(1) + sparse(2) + emptyRow + row(3) + sparse(4)
    let answer = columns + rows + done(0xFD, 0x10, 0xC1, 5)
    talk.server(packet(4, Array(answer[..<200]), isLast: false), packet(4, Array(answer[200...])))
    let record = try #require(try talk.records(TDS.self).last)
    #expect(record["text"] == "SELECT * FROM customers")
    #expect(record["op"] == "SELECT")
    #expect(record["rows"] == "5")
    #expect(record["rows_stated"] == "5")
    #expect(record["ok"] == "true")
    #expect(record["bytes_out"] == "\(answer.count + 16)")
    #expect(record["bytes_in"] == "\(batch("SELECT * FROM customers").count)")
    talk.expectSameHoweverCut(TDS.self)
    try talk.expectMutationsAreRead(TDS.self)
  }

  @Test func `tells apart what was read and what was changed`() throws {
    var talk = talk()
    talk.client(batch("UPDATE customers SET a = 1; SELECT id FROM customers"))
    let one: [UInt8] = [0x81, 1, 0] + column("id", [0x38])
    talk.server(
      packet(
        4,
        done(0xFD, 0x11, 0xC5, 7) + one + [0xD1, 1, 0, 0, 0, 0xD1, 2, 0, 0, 0]
          + done(0xFD, 0x10, 0xC1, 2)
      )
    )
    let record = try #require(try talk.records(TDS.self).last)
    #expect(record["affected"] == "7")
    #expect(record["rows"] == "2")
    #expect(record["rows_stated"] == "2")
    talk.expectSameHoweverCut(TDS.self)
  }

  @Test func `reads the answer that Microsoft publishes`() throws {
    // MS-TDS, 4.7: select 'foo' as 'bar'.
    var talk = talk()
    talk.client(batch("select 'foo' as 'bar'\n        "))
    talk.server([
      0x04, 0x01, 0x00, 0x33, 0x00, 0x00, 0x01, 0x00, 0x81, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x20,
      0x00, 0xA7, 0x03, 0x00, 0x09, 0x04, 0xD0, 0x00, 0x34, 0x03, 0x62, 0x00, 0x61, 0x00, 0x72,
      0x00,
      0xD1, 0x03, 0x00, 0x66, 0x6F, 0x6F, 0xFD, 0x10, 0x00, 0xC1, 0x00, 0x01, 0x00, 0x00, 0x00,
      0x00,
      0x00, 0x00, 0x00,
    ])
    let record = try #require(try talk.records(TDS.self).last)
    #expect(record["rows"] == "1")
    #expect(record["rows_stated"] == "1")
    talk.expectSameHoweverCut(TDS.self)
  }

  private func parameter(_ text: String) -> [UInt8] {
    [0, 0, 0xE7] + .little(8000, 2) + collation + .little(text.utf16.count * 2, 2) + wide(text)
  }

  private func call(_ number: Int, _ parameters: [UInt8]...) -> [UInt8] {
    packet(3, headers + [0xFF, 0xFF] + .little(number, 2) + [0, 0] + parameters.flatMap { $0 })
  }

  private func number(_ value: Int?) -> [UInt8] {
    [0, 1, 0x26, 4] + (value.map { [4] + .little($0, 4) } ?? [0])
  }

  @Test func `tells the texts of calls, and of what was prepared`() throws {
    var talk = talk()
    let one: [UInt8] = [0x81, 1, 0] + column("id", [0x38])
    let rows: [UInt8] = one + [0xD1, 1, 0, 0, 0] + done(0xFF, 0x11, 0xC1, 1)
    let end: [UInt8] = [0x79, 0, 0, 0, 0] + done(0xFE, 0, 0xE0, 0)
    let handle: [UInt8] = [0xAC, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x26, 4, 4] + .little(77, 4)
    talk.client(
      call(10, parameter("SELECT * FROM customers WHERE id > @P0"), parameter("@P0 int"), number(3))
    )
    talk.server(packet(4, rows + end))
    talk.client(call(13, number(nil), parameter("@P0 int"), parameter("SELECT 7"), number(3)))
    talk.server(packet(4, rows + handle + end))
    talk.client(call(12, number(77), number(4)))
    talk.server(packet(4, rows + end))
    talk.client(packet(3, headers + .little(8, 2) + wide("dbo.list") + [0, 0]))
    talk.server(packet(4, rows + end))
    let records = try talk.records(TDS.self).dropFirst()
    #expect(
      records.map { $0["text"] } == [
        "SELECT * FROM customers WHERE id > @P0", "SELECT 7", "SELECT 7", "EXEC dbo.list",
      ]
    )
    #expect(
      records.map { $0["op"] } == ["sp_executesql", "sp_prepexec", "sp_execute", "EXEC"]
    )
    #expect(records.map { $0["rows"] } == ["1", "1", "1", "1"])
    #expect(records.map { $0["rows_stated"] } == ["1", "1", "1", "1"])
    talk.expectSameHoweverCut(TDS.self)
    try talk.expectMutationsAreRead(TDS.self)
  }

  @Test func `says that it counted in part where a type is not known`() throws {
    var talk = talk()
    talk.client(batch("SELECT * FROM customers"))
    let strange: [UInt8] = [0x81, 1, 0] + column("id", [0xEE])
    talk.server(packet(4, strange + [0xD1, 9, 9, 9] + done(0xFD, 0x10, 0xC1, 80)))
    let record = try #require(try talk.records(TDS.self).last)
    #expect(record["rows_at_least"] == "0")
    #expect(record["rows_stated"] == "80")
    #expect(record["counted"] == "part")
    talk.expectSameHoweverCut(TDS.self)
  }

  @Test func `counts at least what is left where bytes are missing`() throws {
    var talk = talk()
    talk.client(batch("SELECT * FROM customers"))
    let rows = (1...40).flatMap { row($0) }
    talk.server(packet(4, columns + rows + done(0xFD, 0x10, 0xC1, 40)))
    talk.client(batch("SELECT 2"))
    talk.server(packet(4, columns + row(1) + done(0xFD, 0x10, 0xC1, 1)))
    let whole = try #require(try talk.records(TDS.self).dropFirst().first)
    #expect(whole["rows"] == "40")
    let torn = talk.losing(1000..<1500, ofPiece: 5)
    let records = try torn.records(TDS.self).dropFirst()
    let first = try #require(records.first)
    #expect(first["missing"] == "500")
    #expect(first["rows_stated"] == "40")
    let least = try #require(Int(first["rows_at_least"] ?? ""))
    #expect(least > 5 && least < 40)
    #expect(records.last?["rows"] == "1")
    torn.expectSameHoweverCut(TDS.self)
  }

  /// A frame of MARS: 1 begins a session in the session, 4 ends it, 8 has data.
  private func frame(_ channel: Int, _ flags: UInt8, _ data: [UInt8] = []) -> [UInt8] {
    [0x53, flags] + .little(channel, 2) + .little(data.count + 16, 4) + .little(1, 4)
      + .little(4, 4) + data
  }

  /// Two sessions in one whose answers come in turn, piece by piece.
  private func several() -> Conversation {
    var talk = talk()
    talk.client(frame(0, 1), frame(1, 1))
    talk.client(frame(0, 8, batch("SELECT * FROM customers")))
    talk.client(frame(1, 8, batch("SELECT * FROM fees")))
    let first = packet(4, columns + (1...30).flatMap { row($0) } + done(0xFD, 0x10, 0xC1, 30))
    let second = packet(4, columns + (1...12).flatMap { row($0) } + done(0xFD, 0x10, 0xC1, 12))
    for at in stride(from: 0, to: max(first.count, second.count), by: 400) {
      for (channel, bytes) in [first, second].enumerated() where at < bytes.count {
        talk.server(frame(channel, 8, Array(bytes[at..<min(bytes.count, at + 400)])), frame(0, 2))
      }
    }
    talk.client(frame(1, 4))
    talk.server(frame(1, 4))
    talk.client(frame(0, 8, batch("SELECT 2")))
    talk.server(frame(0, 8, packet(4, columns + row(1) + done(0xFD, 0x10, 0xC1, 1))))
    return talk
  }

  @Test func `reads each of several sessions in one`() throws {
    let talk = several()
    let records = try talk.records(TDS.self).dropFirst()
    #expect(records.map { $0["rows"] } == ["12", "30", "1"])
    #expect(records.allSatisfy { $0["user"] == "report" && $0["db"] == "crm" })
    let texts = ["SELECT * FROM fees", "SELECT * FROM customers", "SELECT 2"]
    #expect(records.map { $0["text"] } == texts)
    talk.expectSameHoweverCut(TDS.self)
    try talk.expectMutationsAreRead(TDS.self, 300)
    var midst = talk
    midst.isFromStart = false
    midst.pieces.removeFirst(5)
    #expect(try midst.records(TDS.self).map { $0["rows"] } == ["12", "30", "1"])
    midst.expectSameHoweverCut(TDS.self)
  }

  @Test func `marks what is missing of several sessions in one`() throws {
    let talk = several()
    // Within a piece of the first answer: of it alone.
    let holed = talk.losing(100..<200, ofPiece: 9)
    let within = try holed.records(TDS.self).dropFirst()
    #expect(within.map { $0["rows"] }.filter { $0 == "30" }.isEmpty)
    #expect(within.map { $0["rows"] }.contains("12"))
    holed.expectSameHoweverCut(TDS.self)
    // Whole frames: of whom they were nobody knows.
    let torn = talk.losing(10..<432, ofPiece: 9)
    for record in try torn.records(TDS.self).dropFirst() where record["rows"] != nil {
      #expect(record["rows"] == "1" || record["rows"] == "12")
    }
    torn.expectSameHoweverCut(TDS.self)
  }

  @Test func `says how many bytes it has not read`() throws {
    var talk = talk()
    for channel in 0..<40 { talk.client(frame(channel, 1)) }
    talk.client(frame(39, 8, batch("SELECT * FROM customers")))
    talk.server(frame(39, 8, .init(repeating: 4, count: 5000)))
    let record = try #require(try talk.records(TDS.self).last)
    #expect(record["kind"] == "session" && record["op"] == "UNREAD")
    #expect(record["user"] == "report")
    #expect(record["bytes_out"] == "5000")
    #expect(record["rows"] == nil)
    talk.expectSameHoweverCut(TDS.self)
  }

  @Test func `reads from the midst of a session on`() throws {
    var talk = Conversation()
    talk.isFromStart = false
    talk.serverPort = 1433
    talk.client(batch("SELECT 2"))
    talk.server(packet(4, columns + row(1) + done(0xFD, 0x10, 0xC1, 1)))
    let record = try #require(try talk.records(TDS.self).last)
    #expect(record["rows"] == "1")
    #expect(record["user"] == nil)
    talk.expectSameHoweverCut(TDS.self)
  }

  @Test func `agrees with what FreeTDS has printed`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/tds/freetds.pcap")
    let talk = try #require(try TestCapture(file: file).conversations.first)
    let records = try talk.records(TDS.self).filter { $0["user"] == "report" }
    #expect(records.first?["kind"] == "login")
    #expect(records.first?["db"] == "crm")
    func one(_ text: String) -> WireLine? { records.first { $0["text"]?.hasPrefix(text) == true } }
    #expect(one("select * from customers")?["rows"] == "40")
    #expect(one("select * from customers")?["rows_stated"] == "40")
    #expect(one("update customers")?["affected"] == "7")
    #expect(one("select * from nothing")?["status"] == "208")
    #expect(one("select two")?["rows"] == "7")
    #expect(one("select two")?["rows_stated"] == "7")
    talk.expectSameHoweverCut(TDS.self)
  }

  @Test(arguments: ["encrypted-full", "encrypted-login"])
  func `reads on where TLS begins inside`(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/tds")
    let file = folder.appending(path: "\(name).pcap")
    var talk = try #require(try TestCapture(file: file).conversations.first)
    let closed = try talk.records(TDS.self)
    let isFull = name == "encrypted-full"
    #expect(closed.map { $0["kind"] } == (isFull ? ["encrypted"] : ["statement", "encrypted"]))
    #expect(closed.last?["inside"] == "tds")
    #expect(closed.last?["decrypted"] == "none")
    // AES-GCM: exact though unread.
    #expect(closed.last?["bytes_out"] == (isFull ? "7059" : "0"))
    #expect(closed.allSatisfy { $0["user"] == nil })
    let keys = KeyLog()
    try keys.read(file: folder.appending(path: "\(name).keys").path)
    talk.keys = keys
    let records = try talk.records(TDS.self)
    #expect(records.map { $0["kind"] } == ["login", "statement", "encrypted"])
    #expect(records[0]["user"] == "report")
    #expect(records[1]["rows"] == "40")
    #expect(records[1]["rows_stated"] == "40")
    #expect(records[2]["decrypted"] == "all")
    #expect(!talk.log(TDS.self).contains("not-kept"))
    talk.expectSameHoweverCut(TDS.self)
    try talk.expectMutationsAreRead(TDS.self, 10)
  }
}
