import Testing

@testable import Wire

@Suite struct `HTTP on the wire` {
  @Test func `tells who asked for what, and what came, in a pipeline`() throws {
    var talk = Conversation()
    talk.client(
      .text(
        "GET /customers?page=1 HTTP/1.1\r\nHost: crm.example.com\r\nUser-Agent: curl/8.5\r\n"
          + "Authorization: Basic YWRhOnNlY3JldA==\r\n\r\nPOST /login HTTP/1.1\r\nHost: crm.example.com\r\n"
          + "Content-Length: 5\r\n\r\nhello"
      )
    )
    talk.server(
      .text(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 4\r\n\r\nbody"
          + "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
      )
    )
    #expect(!talk.log(HTTP.self).contains("secret"))
    let records = try talk.records(HTTP.self)
    #expect(records.map { $0["op"] } == ["GET", "POST"])
    #expect(records.map { $0["text"] } == ["/customers?page=1", "/login"])
    #expect(records.map { $0["user"] } == ["ada", nil])
    #expect(records.map { $0["host"] } == ["crm.example.com", "crm.example.com"])
    #expect(records.map { $0["program"] } == ["curl/8.5", nil])
    #expect(records.map { $0["status"] } == ["200", "403"])
    #expect(records.map { $0["ok"] } == ["true", "false"])
    #expect(records.map { $0["bytes_out"] } == ["4", "0"])
    #expect(records.map { $0["bytes_in"] } == ["0", "5"])
    talk.expectSameHoweverCut(HTTP.self)
  }

  @Test(arguments: ["", "gzip", "deflate", "zstd", "br"])
  func `counts the records of CSV, in chunks and decoded`(encoding: String) throws {
    var csv = "id,name,note\r\n"
    for number in 1...5000 { csv += "\(number),\"Name\nof \(number)\",plain\r\n" }
    let body: [UInt8] =
      switch encoding {
      case "gzip": Compressing.zlib(.text(csv), window: 31)
      case "deflate": Compressing.zlib(.text(csv), window: -15)
      case "zstd": Compressing.zstd(.text(csv))
      case "br": Compressing.brotli(.text(csv)) ?? []
      default: .text(csv)
      }
    guard !body.isEmpty else { return print("skipped: libbrotlienc.so.1 is not installed") }
    var talk = Conversation()
    talk.get("/export")
    let field = encoding.isEmpty ? "" : "Content-Encoding: \(encoding)\r\n"
    talk.server(
      .text(
        "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\(field)\r\n"
      )
    )
    for start in stride(from: 0, to: body.count, by: 7000) {
      let part = Array(body[start..<min(body.count, start + 7000)])
      talk.server(.text(String(part.count, radix: 16) + ";a=b\r\n"), part, .text("\r\n"))
    }
    talk.server(.text("0\r\nX-Trailer: a\r\n\r\n"))
    talk.get("/next")
    talk.server(.text("HTTP/1.1 204 No Content\r\n\r\n"))
    let records = try talk.records(HTTP.self)
    #expect(records.map { $0["rows"] } == ["5000", nil])
    #expect(records[0]["bytes_out"] == "\(body.count)")
    #expect(records[0]["decoded"] == (encoding.isEmpty ? nil : "\(csv.utf8.count)"))
    #expect(records[1]["status"] == "204")
    for most in [997, 64] { #expect(talk.log(HTTP.self, most: most) == talk.log(HTTP.self)) }
  }

  @Test(
    arguments: [
      ("application/json", #"[{"a":1},{"a":[1,2,{"b":"],"}]} , {}]"#, "3"),
      (
        "application/json; charset=utf-8",
        #"{"total":2,"tags":["x"],"data":[{"a":1},{"a":2}],"more":[{}]}"#, "2"
      ),
      ("application/vnd.api+json", "[]", "0"),
      ("application/json", #"{"ok":true}"#, nil),
      ("application/x-ndjson", "{\"a\":1}\n{\"a\":2}\n\n{\"a\":3}", "3"),
      ("text/csv; header=absent", "1,a\n2,b\n", "2"),
      ("text/csv", "1,a\n2,b\n3,c", "3"),
      ("text/tab-separated-values", "id\tname\n1\ta\n", "1"),
      ("text/html", "<p>a</p>\n", nil),
    ] as [(String, String, String?)]
  )
  func `counts records by the type of a body`(type: String, body: String, rows: String?) throws {
    var talk = Conversation()
    talk.get("/a")
    talk.respond(type: type, .text(body))
    #expect(try talk.records(HTTP.self).map { $0["rows"] } == [rows])
    talk.expectSameHoweverCut(HTTP.self)
  }

  @Test(arguments: [true, false])
  func `counts the rows of a workbook`(isSizeKnown: Bool) throws {
    var sheet = #"<?xml version="1.0"?><worksheet><sheetData><row r="1">"#
    sheet += #"<c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>"#
    for row in 2...5001 {
      sheet +=
        #"<row r="\#(row)"><c r="A\#(row)"><v>\#(row)</v></c><c r="B\#(row)" t="s"><v>1</v></c></row>"#
    }
    sheet += #"<row r="5002"><c r="A5002" s="1"/></row></sheetData></worksheet>"#
    let other = [UInt8](repeating: 0x41, count: 5000)
    let file =
      entry("[Content_Types].xml", other, isSizeKnown: isSizeKnown)
      + entry("xl/worksheets/sheet1.xml", .text(sheet), isSizeKnown: isSizeKnown)
      + entry("xl/styles.xml", other, isSizeKnown: isSizeKnown) + [0x50, 0x4B, 1, 2] + other
    var talk = Conversation()
    talk.get("/export.xlsx")
    talk.respond(
      type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      file
    )
    #expect(try talk.records(HTTP.self).map { $0["rows"] } == ["5000"])
    for most in [1, 777] { #expect(talk.log(HTTP.self, most: most) == talk.log(HTTP.self)) }
  }

  @Test func `knows which answers have no body`() throws {
    var talk = Conversation()
    talk.client(.text("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n"))
    talk.server(
      .text(
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"
      )
    )
    talk.client(
      .text("PUT /c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    )
    talk.server(.text("HTTP/1.1 100 Continue\r\n\r\n"))
    talk.client(.text("abc"))
    talk.server(
      .text(
        "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"
      )
    )
    let records = try talk.records(HTTP.self)
    #expect(records.map { $0["status"] } == ["200", "304", "201"])
    #expect(records.map { $0["bytes_out"] } == ["0", "0", "2"])
    #expect(records.map { $0["bytes_in"] } == ["0", "0", "3"])
    talk.expectSameHoweverCut(HTTP.self)
  }

  @Test func `reads a body to the end of the connection`() throws {
    var talk = Conversation()
    talk.get("/old.csv")
    talk.server(
      .text("HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\n\r\nid,name\n1,a\n")
    )
    talk.server(.text("2,b"))
    let record = try #require(try talk.records(HTTP.self).first)
    #expect(record["rows"] == "2")
    #expect(record["bytes_out"] == "15")
  }

  @Test func `tells parts of one object so that they can be joined`() throws {
    let csv = "id,name\n1,a\n2,b\n3,c\n"
    var talk = Conversation()
    for range in [0..<10, 10..<20] {
      talk.get("/a.csv")
      let part = [UInt8](csv.utf8)[range]
      talk.server(
        .text(
          "HTTP/1.1 206 Partial Content\r\nContent-Type: text/csv\r\nETag: \"v1\"\r\n"
            + "Content-Range: bytes \(range.lowerBound)-\(range.upperBound - 1)/20\r\nContent-Length: 10\r\n\r\n"
        ),
        Array(part)
      )
    }
    let records = try talk.records(HTTP.self)
    #expect(records.map { $0["range"] } == ["bytes 0-9/20", "bytes 10-19/20"])
    #expect(records.map { $0["etag"] } == ["\"v1\"", "\"v1\""])
    #expect(records.compactMap { $0["rows"].flatMap { Int($0) } }.reduce(0, +) == 3)
  }

  @Test func `tells bytes alone behind an upgrade and a CONNECT`() throws {
    var talk = Conversation()
    talk.client(.text("GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"))
    talk.server(
      .text("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"),
      [0x81, 2, 0x68, 0x69]
    )
    talk.client([0x81, 0x80, 1, 2, 3, 4])
    let record = try #require(try talk.records(HTTP.self).first)
    #expect(record["tunnel"] == "websocket")
    #expect(record["bytes_out"] == "4")
    #expect(record["bytes_in"] == "6")
    talk.expectSameHoweverCut(HTTP.self)
  }

  @Test func `tells the users of Digest and NTLM`() throws {
    var talk = Conversation()
    talk.client(
      .text("GET / HTTP/1.1\r\nAuthorization: Digest username=\"ada\", realm=\"r\"\r\n\r\n")
    )
    talk.respond(type: "text/html", [])
    #expect(try talk.records(HTTP.self).map { $0["user"] } == ["ada"])
  }

  @Test func `bounds what comes out of a bomb`() throws {
    let bomb = Compressing.zlib([UInt8](repeating: 10, count: 64 << 20), window: 31)
    var talk = Conversation()
    talk.get("/bomb.csv")
    talk.server(
      .text(
        "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n"
      ),
      bomb
    )
    let record = try #require(try talk.records(HTTP.self).first)
    #expect(record["rows_at_least"] != nil)
    #expect((record["decoded"].flatMap { Int($0) } ?? .max) < 20 << 20)
  }

  @Test func `counts at least what is left after a gap, and finds the next answer`() throws {
    var talk = Conversation()
    talk.get("/a.csv")
    talk.respond(type: "text/csv", .text("id,name\n" + (1...100).map { "\($0),a\n" }.joined()))
    talk.get("/b.csv")
    talk.respond(type: "text/csv", .text("1,a\n"))
    let within = try talk.losing(200..<300, ofPiece: 1).records(HTTP.self)
    #expect(within[0]["rows"] == nil)
    #expect(within[0]["rows_at_least"] != nil)
    #expect(within[0]["missing"] == "100")
    #expect(within[1]["rows"] == "1")
    let head = talk.losing(5..<300, ofPiece: 1)
    #expect(try head.records(HTTP.self).map { $0["text"] } == ["/a.csv", "/b.csv"])
    #expect(try head.records(HTTP.self).last?["rows"] == "1")
    head.expectSameHoweverCut(HTTP.self)
  }

  @Test func `begins in the midst of a session`() throws {
    var talk = Conversation()
    talk.isFromStart = false
    talk.server(.text("...the end of a body"))
    talk.get("/b.csv")
    talk.respond(type: "text/csv", .text("1,a\n"))
    #expect(try talk.records(HTTP.self).map { $0["rows"] } == ["1"])
    talk.expectSameHoweverCut(HTTP.self)
  }

  @Test func `never traps on changed bytes`() throws {
    var talk = Conversation()
    talk.get("/a")
    talk.server(
      .text(
        "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n1,a\n2\r\n0\r\n\r\n"
      )
    )
    talk.client(
      .text(
        "POST /b HTTP/1.1\r\nAuthorization: Digest username=\"a\"\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n[{},{}]"
      )
    )
    talk.respond(type: "application/json", .text(#"{"data":[{"a":"b"},{}]}"#))
    talk.get("/c.xlsx")
    talk.respond(
      type: "",
      entry(
        "xl/worksheets/a.xml",
        .text(#"<row r="1"><c t="s"><v>1</v></c></row>"#),
        isSizeKnown: false
      )
    )
    talk.get("/d")
    talk.respond(
      type: "text/csv",
      Compressing.zlib(.text("1,a\n2,b\n"), window: 31),
      more: "Content-Encoding: gzip\r\n"
    )
    try talk.expectMutationsAreRead(HTTP.self)
    talk.isFromStart = false
    try talk.expectMutationsAreRead(HTTP.self, 100)
  }
}

/// What others say of captures of theirs.
@Suite(.enabled(if: TestCapture.folder != nil, "the captures of others are not here"))
struct `HTTP in captures of others` {
  private func records(_ path: String) throws -> [WireLine] {
    try TestCapture(path).conversations.flatMap { talk in
      let opening = Opening(
        client: Array(talk.pieces.filter { $0.side == .client }.flatMap(\.bytes).prefix(2048)),
        server: Array(talk.pieces.filter { $0.side == .server }.flatMap(\.bytes).prefix(2048)),
        serverPort: talk.serverPort
      )
      return HTTP.recognise(opening) == .yes ? try talk.records(HTTP.self) : []
    }
  }

  @Test(
    arguments: [
      // packetbeat looks at port 80 alone: three of them; the proxy asks for the same on port 5000.
      ("beats-packetbeat/http_minitwit.pcap", 6, ["200", "304", "404", "200", "304", "404"]),
      ("beats-packetbeat/http_10_connection_close.pcap", 1, ["200"]),
      ("beats-packetbeat/http_x_forwarded_for.pcap", 1, nil),
      ("beats-packetbeat/hide_secret_GET.pcap", 1, nil),
      ("beats-packetbeat/http_over_vlan.pcap", nil, nil),
      ("zeek/Traces/http/100-continue.pcap", 1, ["200"]),
      ("zeek/Traces/http/get.pcap", nil, nil),
      ("zeek/Traces/http/connect-with-header.pcap", nil, nil),
      ("suricata-verify/http-gap-whole-body/input.pcap", 3, ["200", "200", "200"]),
      ("suricata-verify/http-chunked/input.pcap", 1, [nil]),
      ("arkime/http-301-get.pcap", 1, ["301"]),
    ] as [(String, Int?, [String?]?)]
  )
  func `requests and their outcome`(path: String, count: Int?, statuses: [String?]?) throws {
    let found = try records(path)
    if let count { #expect(found.count == count) } else { #expect(!found.isEmpty) }
    if let statuses { #expect(found.map { $0["status"] } == statuses) }
  }

  @Test func `users, bytes and files`() throws {
    let user = try records("arkime/http-basicauth.pcap").compactMap { $0["user"] }
    #expect(user == ["userrrrr"])
    #expect(
      try records("zeek/Traces/http/basic-auth-with-extra-space.pcap").map { $0["user"] } == [
        "test"
      ]
    )
    let close = try records("beats-packetbeat/http_10_connection_close.pcap")
    #expect(close.map { $0["bytes_out"] } == ["11422"])
    let forwarded = try records("beats-packetbeat/http_x_forwarded_for.pcap")
    #expect(forwarded.first?["forwarded"]?.hasPrefix("89.247.39.104") ?? false)
    let hundred = try records("zeek/Traces/http/100-continue.pcap")
    #expect(hundred.map { $0["bytes_in"] } == ["2001"])
    #expect(hundred.map { $0["bytes_out"] } == ["60731"])
  }
}

// Messages

/// One entry of a ZIP file.
private func entry(_ name: String, _ bytes: [UInt8], isSizeKnown: Bool) -> [UInt8] {
  let packed = Compressing.zlib(bytes, window: -15)
  let sizes: [UInt8] = .little(packed.count, 4) + .little(bytes.count, 4)
  let head: [UInt8] =
    [0x50, 0x4B, 3, 4, 20, 0, isSizeKnown ? 0 : 8, 0, 8, 0] + .little(0, 4) + .little(0, 4)
  return head + (isSizeKnown ? sizes : .little(0, 8)) + .little(name.utf8.count, 2) + .little(0, 2)
    + .text(name) + packed + (isSizeKnown ? [] : [0x50, 0x4B, 7, 8] + .little(0, 4) + sizes)
}

extension Conversation {
  mutating func get(_ path: String) {
    client(.text("GET \(path) HTTP/1.1\r\nHost: crm.example.com\r\n\r\n"))
  }

  mutating func respond(type: String, _ body: [UInt8], more: String = "") {
    server(
      .text(
        "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\n\(more)Content-Length: \(body.count)\r\n\r\n"
      ),
      body
    )
  }
}
