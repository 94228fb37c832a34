import Testing

@testable import Wire

@Suite struct `Bodies of HTTP by what they are` {
  private static let csv: [UInt8] = .text(
    "id,name\r\n" + (1...1000).map { "\($0),someone\r\n" }.joined()
  )

  private static func rows(
    _ type: String,
    _ body: [UInt8],
    _ more: String = ""
  ) throws
    -> [String?]
  {
    var talk = Conversation()
    talk.get("/x")
    talk.respond(type: type, body, more: more)
    talk.get("/next")
    talk.server(.text("HTTP/1.1 204 No Content\r\n\r\n"))
    #expect(talk.log(HTTP.self, most: 777) == talk.log(HTTP.self))
    let records = try talk.records(HTTP.self)
    #expect(records.map { $0["status"] } == ["200", "204"])
    return [records[0]["rows"], records[0]["object"]]
  }

  @Test(
    arguments: [
      ("filename*=UTF-8''k.csv", "k.csv"),
      ("filename=\"x.bin\"; filename*=utf-8'ja'%E9%A1%A7%E5%AE%A2.csv", "顧客.csv"),
      ("FILENAME*=iso-8859-1''k%2Ecsv", "k.csv"),
      ("filename=k.csv; filename*=UTF-8''%zz", "k.csv"),
      ("filename=k.csv", "k.csv"),
    ]
  )
  func `are named by RFC 6266, in its longer form as well`(field: String, name: String) throws {
    let found = try Self.rows(
      "application/octet-stream",
      Self.csv,
      "Content-Disposition: attachment; \(field)\r\n"
    )
    #expect(found == ["1000", name])
  }

  @Test(arguments: ["application/gzip", "application/x-gzip", "application/octet-stream"])
  func `that are compressed files are counted within`(type: String) throws {
    let field = "Content-Disposition: attachment; filename=k.csv.gz\r\n"
    let zipped = Compressing.zlib(Self.csv, window: 31)
    #expect(try Self.rows(type, zipped, field)[0] == "1000")
    // What some servers say of the same file.
    let coded = field + "Content-Encoding: gzip\r\n"
    #expect(try Self.rows(type, zipped, coded)[0] == "1000")
    #expect(try Self.rows("text/csv", zipped, coded)[0] == "1000")
  }

  @Test func `that are coded twice are decoded twice`() throws {
    let zipped = Compressing.zlib(Self.csv, window: 31)
    let twice = Compressing.zstd(zipped)
    #expect(try Self.rows("text/csv", twice, "Content-Encoding: gzip, zstd\r\n")[0] == "1000")
    #expect(try Self.rows("text/csv", twice, "Content-Encoding: gzip, other\r\n")[0] == nil)
    var talk = Conversation()
    talk.get("/x")
    talk.server(
      .text("HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")
    )
    for start in stride(from: 0, to: zipped.count, by: 900) {
      let part = Array(zipped[start..<min(zipped.count, start + 900)])
      talk.server(.text(String(part.count, radix: 16) + "\r\n"), part, .text("\r\n"))
    }
    talk.server(.text("0\r\n\r\n"))
    #expect(try talk.records(HTTP.self).map { $0["rows"] } == ["1000"])
    talk.expectSameHoweverCut(HTTP.self)
    try talk.expectMutationsAreRead(HTTP.self, 300)
  }

  /// An object of so many objects, by their keys.
  private static func keyed(_ count: Int) -> String {
    let members = (1...count).map { number in
      "\"k\(number)\":{\"name\":\"a\",\"of\":[{\"b\":1}]}"
    }
    return "{" + members.joined(separator: ",") + "}"
  }

  @Test func `of JSON are texts that follow each other, and tables by their keys`() throws {
    func told(_ body: String, _ type: String = "application/json") throws -> String? {
      try Self.rows(type, .text(body))[0]
    }
    #expect(try told("{\"a\":[{}]}\n{\"a\":[{},{}]}\n{\"a\":1}\n") == "3")
    #expect(try told("{\"a\":1}\n{\"a\":2}\n", "application/x-json-stream") == "2")
    #expect(try told(Self.keyed(200)) == "200")
    let inner = Self.keyed(200)
    #expect(try told("{\"total\":200,\"data\":\(inner)}") == "200")
    // Few may be anything: their first array counts.
    #expect(try told(Self.keyed(3)) == "1")
    let nested = Self.keyed(9)
    #expect(try told("{\"data\":[{\"a\":\(nested)},{}]}") == "2")
  }

  @Test func `that are sent as Excel are what they begin with`() throws {
    let type = "application/vnd.ms-excel"
    #expect(try Self.rows(type, .text("id,name\n1,a\n2,b\n"))[0] == "2")
    #expect(try Self.rows(type, .text("<table><tr><td>1</td></tr></table>\n"))[0] == nil)
    #expect(try Self.rows(type, [0xD0, 0xCF, 0x11, 0xE0, 10, 10, 65, 10])[0] == nil)
  }
}
