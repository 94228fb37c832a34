import Foundation
import Testing

@testable import Wire

@Suite struct `Oracle on the wire` {
  private static let descriptor =
    "(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=db.example.com)(PORT=1521))(CONNECT_DATA="
    + "(SERVICE_NAME=crm)(CID=(PROGRAM=sqlplus)(HOST=pc7)(USER=sato))))"

  private static func packet(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
    let length = body.count + 8
    return [UInt8(length >> 8), UInt8(length & 255), 0, 0, type, 0, 0, 0] + body
  }

  /// A CONNECT packet; `isApart`: its descriptor stands in the packet behind it.
  private static func connect(_ text: String, isApart: Bool = false) -> [UInt8] {
    let count = text.utf8.count
    var body: [UInt8] = [1, 0x3B, 1, 0x2C] + [UInt8](repeating: 0, count: 12)
    body += [UInt8(count >> 8), UInt8(count & 255), 0, 58] + [UInt8](repeating: 0, count: 30)
    guard isApart else { return packet(1, body + Array(text.utf8)) }
    return packet(1, body) + packet(6, [0, 0] + Array(text.utf8))
  }

  @Test(arguments: [false, true])
  func `tells who connects, with what, to which service`(isApart: Bool) throws {
    var talk = Conversation()
    let asked = Self.connect(Self.descriptor, isApart: isApart)
    talk.client(asked)
    talk.server(Self.packet(11, []))
    talk.client(asked)
    talk.server(Self.packet(2, [1, 0x3B, 0, 0]))
    talk.client([UInt8](repeating: 7, count: 9000))
    talk.server([UInt8](repeating: 9, count: 70_000))
    let records = try talk.records(Oracle.self)
    #expect(records.count == 1)
    let record = try #require(records.first)
    #expect(record["kind"] == "session")
    #expect(record["user"] == "sato")
    #expect(record["program"] == "sqlplus")
    #expect(record["workstation"] == "pc7")
    #expect(record["host"] == "db.example.com")
    #expect(record["db"] == "crm")
    #expect(record["status"] == "accept")
    #expect(record["ok"] == "true")
    #expect(record["bytes_in"] == "\(2 * asked.count + 9000)")
    #expect(record["bytes_out"] == "70020")
    talk.expectSameHoweverCut(Oracle.self)
  }

  @Test func `tells what the listener refused`() throws {
    var talk = Conversation()
    talk.client(Self.connect("(DESCRIPTION=(CONNECT_DATA=(SID=old)(CID=(PROGRAM=)(USER=mori))))"))
    let text = "(DESCRIPTION=(TMP=)(VSNNUM=301989888)(ERR=12514)(ERROR_STACK=(ERROR=(CODE=12514))))"
    talk.server(Self.packet(4, [0x22, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8)))
    let record = try #require(try talk.records(Oracle.self).first)
    #expect(record["user"] == "mori")
    #expect(record["program"] == nil)
    #expect(record["db"] == "old")
    #expect(record["status"] == "12514")
    #expect(record["ok"] == "false")
  }

  @Test func `is not what begins otherwise`() {
    func judge(_ bytes: [UInt8]) -> Recognition {
      Oracle.recognise(Opening(client: bytes, server: [], serverPort: 1521))
    }
    let asked = Self.connect(Self.descriptor)
    #expect(judge(asked) == .yes)
    #expect(judge(Array(asked[..<7])) == .undecided)
    #expect(judge(Array("GET / HTTP/1.1\r\n".utf8)) == .no)
    #expect(judge(Self.packet(6, [UInt8](repeating: 0, count: 60))) == .no)
  }

  @Test func `of nonsense never traps`() throws {
    var talk = Conversation()
    talk.client(Self.connect(Self.descriptor, isApart: true))
    talk.server(Self.packet(4, [0x22, 0, 0, 20] + Array("(DESCRIPTION=(ERR=1)".utf8)))
    try talk.expectMutationsAreRead(Oracle.self)
  }

  /// What Arkime says of its capture: oracle.user, oracle.host, oracle.service.
  @Test func `agrees with Arkime`() throws {
    let path = `A damaged capture`.shared.appendingPathComponent("arkime/oracle.pcap")
    guard let bytes = try? Data(contentsOf: path) else { return print("skipped: no \(path.path)") }
    let lines = CaptureMaker.lines(Array(bytes), parsers: ProtocolRegistry.all).lines
    let session = try #require(lines.first { $0.contains(#""kind":"session""#) })
    for member in [
      #""proto":"oracle""#, #""user":"user""#, #""host":"10.000.000.11""#, #""db":"xxxxx.xxx""#,
      #""program":"null""#, #""workstation":"__jdbc__""#,
    ] {
      #expect(session.contains(member))
    }
  }
}
