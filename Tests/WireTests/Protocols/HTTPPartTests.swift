import Testing

@testable import Wire

/// Parts of one object: what comes twice is counted once, in whatever order, session or body.
@Suite struct `Parts of an object` {
  private static let csv = "id,name\n" + (1...500).map { "\($0),someone\n" }.joined()
  private static let quoted =
    "id,note\n" + (1...300).map { "\($0),\"a note\nof \($0), in lines\"\n" }.joined()

  private let book = ObjectBook()

  /// A session in which the ranges of a text are asked for, one after the other.
  private func talk(
    _ text: String,
    _ ranges: [Range<Int>],
    type: String = "text/csv",
    tag: String? = "\"v1\"",
    path: String = "/a.csv",
    user: String? = nil,
    encoding: String? = nil
  ) -> Conversation {
    var talk = Conversation()
    talk.objects = book
    let bytes: [UInt8] = encoding == nil ? .text(text) : Compressing.zlib(.text(text), window: 31)
    for range in ranges {
      let field = user.map { "X-User: \($0)\r\n" } ?? ""
      talk.client(.text("GET \(path) HTTP/1.1\r\nHost: crm.example.com\r\n\(field)\r\n"))
      talk.server(
        .text(
          "HTTP/1.1 206 Partial Content\r\nContent-Type: \(type)\r\n"
            + (tag.map { "ETag: \($0)\r\n" } ?? "")
            + (encoding.map { "Content-Encoding: \($0)\r\n" } ?? "")
            + "Content-Range: bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)\r\n"
            + "Content-Length: \(range.count)\r\n\r\n"
        ),
        Array(bytes[range])
      )
    }
    return talk
  }

  private func sum(_ records: [WireLine], _ key: String) -> Int {
    records.compactMap { $0[key].flatMap { Int($0) } }.reduce(0, +)
  }

  private static func cuts(_ count: Int, _ step: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: step).map { $0..<min(count, $0 + step) }
  }

  @Test(arguments: [1, 2, 3])
  func `are joined in any order`(order: Int) throws {
    let count = Self.csv.utf8.count
    let parts = Self.cuts(count, 700)
    let ranges: [Range<Int>] =
      switch order {
      case 1: parts
      case 2: parts.reversed()
      default: [parts[1], parts[0]] + parts.dropFirst(2)
      }
    let records = try talk(Self.csv, ranges).records(HTTP.self)
    #expect(sum(records, "rows") == 500)
    #expect(records.allSatisfy { $0["rows_at_least"] == nil })
    #expect(sum(records, "bytes_out") == count)
  }

  @Test func `are counted once, however often they come and overlap, in whatever session`() throws {
    let count = Self.csv.utf8.count
    let ranges = [0..<3000, 2000..<5000, 0..<count, 100..<200, 0..<count]
    let records = try talk(Self.csv, ranges).records(HTTP.self)
    #expect(sum(records, "rows") == 500)
    #expect(sum(records, "bytes_out") == count)
    #expect(records.map { $0["repeated"] } == [nil, "1000", "5000", "100", "\(count)"])
    #expect(records.last?["rows"] == "0")
    let again = try talk(Self.csv, [0..<count]).records(HTTP.self)
    #expect(again.map { $0["rows"] } == ["0"])
    #expect(again.map { $0["bytes_out"] } == ["0"])
    // Another version, another object, no memory of them.
    #expect(try talk(Self.csv, [0..<count], tag: "\"v2\"").records(HTTP.self)[0]["rows"] == "500")
    #expect(try talk(Self.csv, [0..<count], path: "/b").records(HTTP.self)[0]["rows"] == "500")
    var other = talk(Self.csv, [0..<count])
    other.objects = nil
    #expect(try other.records(HTTP.self)[0]["rows"] == "500")
  }

  @Test func `that go on are read on, whatever their format`() throws {
    let json = "[" + (1...400).map { #"{"id":\#($0)}"# }.joined(separator: ",") + "]"
    for (text, type, rows, encoding) in [
      (Self.quoted, "text/csv", 300, nil), (json, "application/json", 400, nil),
      (Self.csv, "text/csv", 500, "gzip"),
    ] as [(String, String, Int, String?)] {
      let count =
        encoding == nil ? text.utf8.count : Compressing.zlib(.text(text), window: 31).count
      let path = "/\(type)\(rows)"
      let parts = Self.cuts(count, count / 5)
      let talk = talk(text, parts, type: type, path: path, encoding: encoding)
      let records = try talk.records(HTTP.self)
      #expect(sum(records, "rows") == rows)
      #expect(records.allSatisfy { $0["rows_at_least"] == nil })
    }
  }

  @Test func `of an unknown version leave bounds`() throws {
    let count = Self.csv.utf8.count
    let records = try talk(Self.csv, [0..<count, 0..<count], tag: nil).records(HTTP.self)
    #expect(records[0]["rows"] == "500")
    #expect(records[1]["rows"] == nil)
    #expect(records[1]["rows_at_least"] == "0")
    #expect(records[1]["rows_at_most"] == "500")
    #expect(records[1]["bytes_out"] == "\(count)")
  }

  @Test func `in quotes nobody saw begin are at least what is sure`() throws {
    let bytes = Array(Self.quoted.utf8)
    // Behind the first line of a note.
    let start = try #require(bytes[2000...].firstIndex(of: UInt8(ascii: "o")).map { $0 - 1 })
    let cut = bytes[start] == 10 ? start : start + 1
    let found = try talk(Self.quoted, [cut..<bytes.count]).records(HTTP.self)
    let told = try #require(found.first)
    let rows = try #require((told["rows_at_least"] ?? told["rows"]).flatMap { Int($0) })
    #expect(rows <= 300)
  }

  @Test(arguments: [true, false])
  func `in one body are each counted`(hasFields: Bool) throws {
    let bytes: [UInt8] = .text(Self.csv)
    let count = bytes.count
    // Two overlap, and one comes twice.
    let ranges = [4000..<count, 0..<2500, 2000..<4000, 0..<2500]
    var body: [UInt8] = .text("a preamble\r\n")
    for range in ranges {
      body += .text("--THIS_SEPARATES\r\n" + (hasFields ? "Content-Type: text/csv\r\n" : ""))
      body += .text(
        "Content-Range: bytes \(range.lowerBound)-\(range.upperBound - 1)/\(count)\r\n\r\n"
      )
      body += bytes[range] + .text("\r\n")
    }
    body += .text("--THIS_SEPARATES--\r\n")
    var talk = Conversation()
    talk.objects = hasFields ? book : nil
    talk.get("/a.csv")
    talk.server(
      .text(
        "HTTP/1.1 206 Partial Content\r\nETag: \"v1\"\r\nContent-Type: multipart/byteranges; "
          + "boundary=\"THIS_SEPARATES\"\r\nContent-Length: \(body.count)\r\n\r\n"
      ),
      body
    )
    talk.get("/next")
    talk.server(.text("HTTP/1.1 204 No Content\r\n\r\n"))
    let records = try talk.records(HTTP.self)
    #expect(records.count == 2)
    guard hasFields else {
      // Nobody remembers what came: each is counted.
      let ends = ranges.reduce(0) { $0 + bytes[$1].count { $0 == 10 } }
      // Two of them begin with the header.
      #expect(records[0]["rows"] == "\(ends - 2)")
      return
    }
    #expect(records[0]["rows"] == "500")
    #expect(records[0]["repeated"] == "3000")
    #expect(records[0]["bytes_out"] == "\(body.count - 3000)")
  }

  @Test func `of an answer that broke off go on with it`() throws {
    let bytes: [UInt8] = .text(Self.csv)
    var first = Conversation()
    first.objects = book
    first.get("/a.csv")
    first.server(
      .text(
        "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nETag: \"v1\"\r\n"
          + "Content-Length: \(bytes.count)\r\n\r\n"
      ),
      Array(bytes[..<3333])
    )
    let cut = try first.records(HTTP.self)[0]
    #expect(cut["rows"] == nil)
    let most = try #require(cut["rows_at_least"].flatMap { Int($0) })
    let rest = try talk(Self.csv, [3000..<bytes.count]).records(HTTP.self)[0]
    #expect(rest["rows"] == "\(500 - most)")
    #expect(rest["repeated"] == "333")
  }

  @Test func `of any bytes are read without a trap`() throws {
    var talk = talk(Self.csv, [0..<300, 200..<600, 500..<900, 0..<100])
    talk.get("/a.csv")
    talk.respond(
      type: "multipart/byteranges; boundary=x",
      .text(
        "--x\r\nContent-Range: bytes 0-9/20\r\n\r\n1,a\n2,b\n3,\r\n--x\r\n"
          + "Content-Range: bytes 15-19/20\r\n\r\n5,c\n6\r\n--x--\r\n"
      )
    )
    for index in talk.pieces.indices.suffix(1) {
      let text = String(decoding: talk.pieces[index].bytes, as: UTF8.self)
      talk.pieces[index].bytes = .text(text.replacing("200 OK", with: "206 Partial Content"))
    }
    talk.objects = nil
    #expect(try talk.records(HTTP.self).last?["rows"] == "4")
    talk.expectSameHoweverCut(HTTP.self)
    talk.hasObjects = true
    talk.expectSameHoweverCut(HTTP.self)
    try talk.expectMutationsAreRead(HTTP.self)
  }

  @Test(arguments: [1, 2, 7, .max])
  func `of nothing that is sent in events are missed`(most: Int) throws {
    let events =
      ": hello\r\n\r\nevent: row\r\ndata: {\"id\":1}\r\nid: 1\r\n\r\n"
      + "data: [{\"id\":2},\ndata: {\"id\":3}]\n\ndata:{\"rows\":[{\"id\":4},{\"id\":5}]}\n\n"
      + "data: words\n\ndata: 7\n\nretry: 10\n\ndata: {\"id\":6}\n\ndata: {\"id\":7}"
    var talk = Conversation()
    talk.get("/live")
    talk.respond(type: "text/event-stream; charset=utf-8", .text(events))
    talk.get("/words")
    let words = "data: {\"choices\":[{\"delta\":\"a\"}]}\n\n"
    talk.respond(type: "text/event-stream", .text(words + words + "data: [DONE]\n\n"))
    let lines = talk.log(HTTP.self, most: most).split(separator: "\n").map(String.init)
    #expect(try lines.map { try WireLine($0)["rows"] } == ["6", nil])
  }

  @Test func `of a stream that goes on are counted as far as it came`() throws {
    for (type, body) in [
      ("application/x-ndjson", (1...50).map { "{\"id\":\($0)}\n" }),
      ("text/event-stream", (1...50).map { "data: {\"id\":\($0)}\n\n" }),
    ] {
      var talk = Conversation()
      talk.get("/live")
      talk.server(
        .text("HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nTransfer-Encoding: chunked\r\n\r\n")
      )
      for part in body {
        // Chunks end within records.
        let bytes: [UInt8] = .text(part)
        for piece in [bytes[..<5], bytes[5...]] {
          talk.server(.text(String(piece.count, radix: 16) + "\r\n"), Array(piece), .text("\r\n"))
        }
      }
      let open = try talk.records(HTTP.self)[0]
      #expect(open["rows_at_least"] == "50")
      talk.server(.text("0\r\n\r\n"))
      #expect(try talk.records(HTTP.self)[0]["rows"] == "50")
      talk.expectSameHoweverCut(HTTP.self)
    }
  }
}
