import Testing

@testable import Wire

@Suite struct `Users of HTTP` {
  private static func users(_ fields: UserFields?, _ heads: [String]) throws -> [String?] {
    var talk = Conversation()
    talk.users = fields?.names
    for head in heads {
      talk.client(.text("GET /customers HTTP/1.1\r\nHost: crm.example.com\r\n" + head + "\r\n"))
      talk.server(.text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
    }
    talk.expectSameHoweverCut(HTTP.self)
    return try talk.records(HTTP.self).map { $0["user"] }
  }

  private static let heads = [
    "Authorization: Basic YWRhOnNlY3JldA==\r\n",
    "x-remote-USER:  sato \r\nAuthorization: Basic YWRhOnNlY3JldA==\r\nX-Other: mori\r\n",
    "X-Remote-User:\r\nCookie: lang=ja; account=\"mori%40example.com\"; x=1\r\n",
    "X-Other: kato\r\nX-Remote-User: sato\r\n",
    "Cookie: Account=kato\r\n",
    "X-Remote-User: sa\r\n  to\r\n",
  ]

  @Test func `stand in declared fields and cookies, before Authorization`() throws {
    let fields = UserFields()
    fields.add(headers: ["X-Remote-User", "X-Other", "x-remote-user"], cookies: ["account"])
    #expect(
      try Self.users(fields, Self.heads)
        == ["ada", "sato", "mori@example.com", "sato", nil, "sa  to"]
    )
  }

  @Test func `are those of Authorization alone where nothing is declared`() throws {
    let only: [String?] = ["ada", "ada", nil, nil, nil, nil]
    #expect(try Self.users(nil, Self.heads) == only)
    #expect(try Self.users(UserFields(), Self.heads) == only)
  }

  @Test func `are not what a server sends, nor what is longer than any name`() throws {
    let fields = UserFields()
    fields.add(headers: ["X-Remote-User"], cookies: [])
    var talk = Conversation()
    talk.users = fields.names
    let long = String(repeating: "a", count: 1025)
    talk.client(.text("GET / HTTP/1.1\r\nX-Remote-User: \(long)\r\n\r\n"))
    talk.server(.text("HTTP/1.1 200 OK\r\nX-Remote-User: mori\r\nContent-Length: 0\r\n\r\n"))
    #expect(try talk.records(HTTP.self).map { $0["user"] } == [nil])
  }
}
