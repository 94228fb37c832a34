import Foundation
import Testing

@testable import Wire

@Suite struct `TLS on the wire` {
  private func hello(_ ciphers: [Int], _ extensions: [(Int, [UInt8])]) throws -> ClientHello {
    var body: [UInt8] = [3, 3] + [UInt8](repeating: 9, count: 32) + [0]
    body += .big(ciphers.count * 2, 2) + ciphers.flatMap { [UInt8].big($0, 2) } + [1, 0]
    let all = extensions.flatMap { [UInt8].big($0.0, 2) + .big($0.1.count, 2) + $0.1 }
    return try #require(ClientHello(body + .big(all.count, 2) + all))
  }

  private func list(_ numbers: [Int]) -> [UInt8] {
    .big(numbers.count * 2, 2) + numbers.flatMap { [UInt8].big($0, 2) }
  }

  private func alpn(_ name: [UInt8]) -> [UInt8] {
    .big(name.count + 1, 2) + [UInt8(name.count)] + name
  }

  @Test func `makes the fingerprint of FoxIO's example`() throws {
    let ciphers = [
      0x1A1A, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013,
      0xC014, 0x009C, 0x009D, 0x002F, 0x0035,
    ]
    let types = [
      0x1B, 0, 0x33, 0x10, 0x4469, 0x17, 0x2D, 0x0D, 0x05, 0x23, 0x12, 0x2B, 0xFF01, 0x0B, 0x0A,
      0x15, 0x2A2A,
    ]
    let signatures = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]
    let extensions: [(Int, [UInt8])] = types.map { type in
      switch type {
      case 0: (type, [0, 14, 0, 0, 11] + .text("example.com"))
      case 0x0D: (type, list(signatures))
      case 0x10: (type, alpn(.text("h2")))
      case 0x2B: (type, [6, 0x3A, 0x3A, 3, 4, 3, 3])
      default: (type, [])
      }
    }
    let found = try hello(ciphers, extensions)
    #expect(found.name == .text("example.com"))
    #expect(
      String(decoding: JA4.fingerprint(found), as: UTF8.self)
        == "t13d1516h2_8daaf6152771_e5627efa2ab1"
    )
  }

  @Test func `tells protocols that are no text by their digits`() throws {
    let cases: [([UInt8], String)] = [
      ([0xAB], "ab"), ([0x20], "20"), ([0xAB, 0xCD], "ad"), ([0x20, 0x61], "21"),
      ([0x30, 0xAB], "3b"), ([0x61, 0x20], "60"), ([0x30, 0x31, 0xAB, 0xCD], "3d"),
      ([0x30, 0xAB, 0xCD, 0x31], "01"), ([], "00"), (.text("h"), "hh"), (.text("http/1.1"), "h1"),
    ]
    for (name, ends) in cases {
      let found = try hello([0x1301], [(16, alpn(name))])
      let text = String(decoding: JA4.fingerprint(found), as: UTF8.self)
      #expect(text.hasPrefix("t12i0101\(ends)_"), "\(name): \(text)")
      #expect(text.hasSuffix("_000000000000"))
    }
  }

  @Test func `bounds what a record can hold`() {
    #expect(CipherSuite(0x1301).content(ofRecord: 117, version: 0x0304) == 0...100)
    #expect(CipherSuite(0xC02F).content(ofRecord: 124, version: 0x0303) == 100...100)
    #expect(CipherSuite(0xCCA8).content(ofRecord: 116, version: 0x0303) == 100...100)
    // Start value, code, and 1 to 256 bytes of padding.
    #expect(CipherSuite(0x002F).content(ofRecord: 336, version: 0x0303) == 44...299)
    #expect(CipherSuite(0x0005).content(ofRecord: 50, version: 0x0303) == 0...50)
    #expect(CipherSuite(0x1301).content(ofRecord: 5, version: 0x0304) == 0...0)
  }

  @Test func `is recognised by its greeting, and from its midst on`() {
    func seen(_ client: [UInt8], _ server: [UInt8]) -> Recognition {
      TLS.recognise(Opening(client: client, server: server, serverPort: 443))
    }
    #expect(seen([], []) == .undecided)
    #expect(seen([22, 3, 1], []) == .undecided)
    #expect(seen([22, 3, 1, 2, 0, 1], []) == .yes)
    #expect(seen([], [22, 3, 3, 0, 0x5A, 2]) == .yes)
    #expect(seen(.text("GET / HTTP/1.1"), []) == .no)
    let record: [UInt8] = [23, 3, 3, 0, 20] + [UInt8](repeating: 5, count: 20)
    #expect(seen(record, []) == .undecided)
    #expect(seen(record + record, []) == .yes)
    #expect(seen([23, 3, 3, 0, 3, 1, 1, 1], []) == .no)
  }

  @Test func `reads no more where the beginning is none`() throws {
    var talk = Conversation()
    talk.client([22, 3, 1, 0, 4, 1, 0, 0, 0], .text("and no record after it, but words"))
    talk.server(.text("nor here"))
    #expect(talk.log(TLS.self) == "")
    talk.expectSameHoweverCut(TLS.self)
  }

  @Test func `tells an alert that ends the handshake`() throws {
    var talk = Conversation()
    let greeting: [UInt8] = [3, 3] + [UInt8](repeating: 9, count: 32) + [0, 0, 2, 0x13, 1, 1, 0]
    talk.client(
      [22, 3, 1] + .big(greeting.count + 4, 2) + [1] + .big(greeting.count, 3) + greeting
    )
    talk.server([21, 3, 3, 0, 2, 2, 40])
    let record = try #require(try talk.records(TLS.self).first)
    #expect(record["status"] == "alert 40")
    #expect(record["ok"] == "false")
    #expect(record["bytes_out"] == "0")
    talk.expectSameHoweverCut(TLS.self)
    try talk.expectMutationsAreRead(TLS.self)
  }
}
