import EventModel
import Testing

@testable import Estate

@Suite struct `A source of captures` {
  @Test func `says where requests name their user`() throws {
    let yaml = """
      sources:
        - name: wire
          path: captures/*.pcap
          format: wire
          key-log: keys.log
          user-headers: [X-Remote-User, X-Forwarded-User]
          user-cookies: account
      """
    let source = try #require(
      try EstateFile.load(yaml: yaml, file: "e.yml", folder: "/etc/ometsuke").estate.sources.first
    )
    #expect(source.userHeaders == ["X-Remote-User", "X-Forwarded-User"])
    #expect(source.userCookies == ["account"])
    #expect(source.keyLog == "/etc/ometsuke/keys.log")
  }

  @Test func `names fields by their name alone`() {
    let yaml = """
      sources:
        - name: wire
          user-headers: ["X-Remote-User: sato"]
      """
    #expect(
      lines(yaml) == [
        "e.yml:3: error: user-headers holds \"X-Remote-User: sato\"; write the name alone, such as X-Remote-User"
      ]
    )
  }
}
