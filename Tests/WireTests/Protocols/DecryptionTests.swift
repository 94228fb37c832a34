import Foundation
import Testing

@testable import Wire

/// Sessions of real programs whose secrets were logged.
@Suite struct `TLS with a key log` {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/tls")

  private static func keys(_ name: String) throws -> KeyLog {
    let keys = KeyLog()
    try keys.read(file: folder.appending(path: "\(name).keys").path)
    return keys
  }

  private static func talks(_ name: String) throws -> [Conversation] {
    let keys = try keys(name)
    let file = folder.appending(path: "\(name).pcap")
    return try TestCapture(file: file).conversations.map { talk in
      var talk = talk
      talk.keys = keys
      return talk
    }
  }

  private static func talk(_ name: String) throws -> Conversation {
    try #require(try talks(name).first)
  }

  private static let downloads = [
    "tls13-aes256", "tls13-chacha", "tls13-retry", "tls13-update", "tls12-gcm128", "tls12-gcm256",
    "tls12-chacha", "tls12-cbc-etm", "tls12-cbc-sha1", "tls12-cbc-mte", "tls12-cbc-mte-sha1",
  ]

  @Test(arguments: downloads)
  func `reads a download of 300 customers`(_ name: String) throws {
    let talk = try Self.talk(name)
    let records = try talk.records(TLS.self)
    let request = try #require(records.first { $0["kind"] == "request" })
    #expect(request["proto"] == "http")
    #expect(request["text"] == "/resp")
    #expect(request["status"] == "200")
    #expect(request["content_type"] == "text/csv")
    #expect(request["rows"] == "300")
    // As tshark says.
    #expect(request["bytes_out"] == "9889")
    let session = try #require(records.last)
    #expect(session["kind"] == "encrypted")
    #expect(session["host"] == "crm.example.com")
    #expect(session["decrypted"] == "all")
    #expect(session["told"] == "true")
    #expect(session["ok"] == "true")
    #expect(session["version"] == (name.hasPrefix("tls13") ? "1.3" : "1.2"))
    #expect(session["bytes_out"] == session["bytes_out_at_least"])
    // The head and the body.
    #expect(Int(session["bytes_out"] ?? "") == 9889 + 65, "\(session)")
    #expect(!talk.log(TLS.self).contains("Customer"))
  }

  @Test(arguments: downloads)
  func `estimates what it cannot read, and the truth lies between its bounds`(
    _ name: String
  ) throws {
    var talk = try Self.talk(name)
    let truth = try #require(try talk.records(TLS.self).last)
    talk.keys = KeyLog()
    let records = try talk.records(TLS.self)
    #expect(records.count == 1)
    let session = records[0]
    #expect(session["decrypted"] == "none")
    #expect(session["told"] == nil)
    for side in ["bytes_out", "bytes_in"] {
      let exact = try #require(Int(truth[side] ?? ""))
      let least = try #require(Int(session[side + "_at_least"] ?? ""))
      let most = try #require(Int(session[side] ?? ""))
      #expect(least <= exact && exact <= most, "\(side): \(least), \(exact), \(most)")
      #expect(most < exact + 8000)
      if name.contains("gcm") || name == "tls12-chacha" { #expect(least == exact && most == exact) }
    }
  }

  @Test(arguments: ["tls13-aes256", "tls13-update", "tls12-chacha", "tls12-cbc-mte", "mysql-tls13"])
  func `reads the same however it is cut`(_ name: String) throws {
    try Self.talk(name).expectSameHoweverCut(name.hasPrefix("mysql") ? MySQL.self : TLS.self)
  }

  @Test(arguments: ["tls13-update", "tls12-gcm128", "tls12-cbc-etm"])
  func `bears mutations`(_ name: String) throws {
    try Self.talk(name).expectMutationsAreRead(TLS.self, 250)
  }

  @Test func `finds secrets in the capture itself`() throws {
    let file = Self.folder.appending(path: "tls13-dsb.pcapng")
    let bytes = [UInt8](try Data(contentsOf: file))
    let whole = CaptureMaker.lines(bytes, parsers: ProtocolRegistry.all).lines
    let records = try whole.map { try WireLine($0) }
    #expect(records.first { $0["proto"] == "http" }?["rows"] == "300")
    #expect(
      records.contains { $0["cipher"] == "TLS_AES_128_GCM_SHA256" && $0["decrypted"] == "all" }
    )
    let flow = try #require(records.first { $0["kind"] == "flow" })
    #expect(flow["proto"] == "tls")
    for most in [1, 7, 1000] {
      #expect(
        CaptureMaker.lines(bytes, parsers: ProtocolRegistry.all, cut: { _ in most }).lines == whole
      )
    }
  }

  @Test func `reads on where TLS begins inside PostgreSQL`() throws {
    let talks = try Self.talks("postgresql-tls13")
    let records = try talks.flatMap { try $0.records(PostgreSQL.self) }
    let statements = records.filter { $0["kind"] == "statement" }
    #expect(
      statements.map { $0["text"] } == ["select * from customers", "copy customers to stdout"]
    )
    #expect(statements.map { $0["rows"] } == ["120", "120"])
    #expect(statements.map { $0["rows_stated"] } == ["120", "120"])
    #expect(statements.map { $0["user"] } == ["report", "report"])
    let session = try #require(records.first { $0["kind"] == "encrypted" })
    #expect(session["inside"] == "postgresql")
    #expect(session["decrypted"] == "all")
    let older = try Self.talks("postgresql-tls12").flatMap { try $0.records(PostgreSQL.self) }
    #expect(older.first { $0["kind"] == "statement" }?["rows"] == "50")
    for talk in talks { talk.expectSameHoweverCut(PostgreSQL.self) }
  }

  @Test func `reads on where TLS begins inside MySQL`() throws {
    var talk = try Self.talk("mysql-tls13")
    let records = try talk.records(MySQL.self)
    let login = try #require(records.first { $0["kind"] == "login" })
    #expect(login["user"] == "report")
    #expect(login["db"] == "crm")
    #expect(login["ok"] == "true")
    let statement = try #require(records.first { $0["text"] == "select * from customers" })
    #expect(statement["rows"] == "90")
    #expect(records.contains { $0["inside"] == "mysql" && $0["decrypted"] == "all" })
    talk.keys = nil
    let closed = try talk.records(MySQL.self)
    #expect(closed.map { $0["kind"] } == ["encrypted"])
    #expect(closed[0]["decrypted"] == "none")
    #expect(!talk.log(MySQL.self).contains("report"))
  }

  @Test func `passes over early data, and reads what follows`() throws {
    let talks = try Self.talks("tls13-early")
    #expect(talks.count == 2)
    let records = try talks[1].records(TLS.self)
    #expect(records.contains { $0["text"] == "/second" })
    let session = try #require(records.last)
    #expect(session["decrypted"] == "part")
    // Of the early data and what ends them only bounds are known.
    let least = try #require(Int(session["bytes_in_at_least"] ?? ""))
    let most = try #require(Int(session["bytes_in"] ?? ""))
    #expect(least + 20 <= most)
  }

  @Test func `agrees with Zeek on what is inside`() throws {
    let talk = try Self.talk("zeek-tls12")
    let request = try #require(try talk.records(TLS.self).first { $0["kind"] == "request" })
    // Baseline/scripts.policy.protocols.ssl.decryption/http.log
    #expect(request["op"] == "GET")
    #expect(request["host"] == "heise.de")
    #expect(request["text"] == "/")
    #expect(request["status"] == "301")
    #expect(request["bytes_out"] == "229")
    #expect(
      request["program"]
        == "Mozilla/5.0 (X11; Linux x86_64; rv:78.0) Gecko/20100101 Firefox/78.0"
    )
  }

  @Test func `finds its place again where records are missing`() throws {
    for name in ["tls13-aes256", "tls12-gcm128", "tls12-cbc-mte-sha1"] {
      let talk = try Self.talk(name)
      let index = try #require(
        talk.pieces.lastIndex { $0.side == .server && $0.bytes.count > 2000 }
      )
      let torn = talk.losing(400..<900, ofPiece: index)
      let records = try torn.records(TLS.self)
      let session = try #require(records.last)
      #expect(session["missing"] == "500", "\(name)")
      #expect(session["decrypted"] == "part")
      let request = try #require(records.first { $0["kind"] == "request" })
      #expect(request["rows"] == nil)
    }
  }

  @Test func `says in one line what a key log lacks`() throws {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).keys")
    defer { try? FileManager.default.removeItem(at: scratch) }
    func failure(_ text: String?) throws -> String? {
      if let text { try Data(text.utf8).write(to: scratch) }
      do throws(KeyLog.Failure) {
        try KeyLog().read(file: scratch.path)
        return nil
      } catch {
        return error.message.replacing(scratch.path, with: "FILE")
      }
    }
    #expect(try failure(nil) == "FILE: the key log cannot be read (No such file or directory)")
    #expect(
      try failure("-----BEGIN PRIVATE KEY-----\n0123\n")
        == "FILE: no key log; its lines begin with CLIENT_RANDOM or SERVER_TRAFFIC_SECRET_0 (SSLKEYLOGFILE)"
    )
    #expect(try failure("# nothing yet\n") == nil)
    #expect(
      try failure("")
        == "FILE: the key log is empty; was the program started with SSLKEYLOGFILE, and may it write there?"
    )
    #expect(try failure("CLIENT_RANDOM 00 zz\nEXPORTER_SECRET 00 11\n") == nil)
  }

  @Test func `follows a key log that is still written`() throws {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).keys")
    defer { try? FileManager.default.removeItem(at: scratch) }
    let random = [UInt8](repeating: 7, count: 32)
    let digits = String(repeating: "07", count: 32)
    try Data("# begun\nCLIENT_RANDOM \(digits)".utf8).write(to: scratch)
    let keys = KeyLog()
    try keys.read(file: scratch.path, follows: true)
    #expect(keys.secrets(of: random) == nil)
    let file = try FileHandle(forWritingTo: scratch)
    try file.seekToEnd()
    try file.write(contentsOf: Data(" 0102\n".utf8))
    try file.close()
    #expect(keys.secrets(of: random)?.master == [1, 2])
  }
}
