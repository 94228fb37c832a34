import Testing

@testable import Wire

@Suite struct `FTP on the wire` {
  private static let listing = "id,name\n" + (1...500).map { "\($0),\"a\nb\"\n" }.joined()

  private func talk() -> Conversation {
    var talk = Conversation()
    talk.serverPort = 2121
    talk.server(.text("220-Welcome\r\n220 not yet\r\n220 ready\r\n"))
    for (asked, answered) in [
      ("USER sato", "331 Password"), ("PASS not-a-secret", "530 No"), ("USER ito", "331 Password"),
      ("PASS not-a-secret", "230-In\r\n 230 still\r\n230 In"),
      ("PWD", "257 \"/home/\"\"i\"\"\" is here"),
      ("CWD crm", "250 Done"), ("PASV", "227 Entering (192,0,2,1,195,80)."),
      ("RETR a.csv", "425 No"),
      ("EPSV", "229 Extended (|||50000|)"), ("LIST", "150 Here\r\n226 Sent"),
      ("CDUP", "250 Done"), ("PORT 192,0,2,7,156,67", "200 Fine"),
      ("STOR b.csv", "150 Go\r\n226 Done"),
      ("RETR /c.csv", "550 None"), ("QUIT", "221 Bye"),
    ] {
      talk.client(.text(asked + "\r\n"))
      talk.server(.text(answered + "\r\n"))
    }
    return talk
  }

  @Test func `tells who was let in, and each file that was asked for`() throws {
    let talk = talk()
    #expect(!talk.log(FTP.self).contains("secret"))
    let records = try talk.records(FTP.self)
    #expect(records.map { $0["kind"] } == ["login", "login", "transfer", "transfer", "transfer"])
    #expect(records.map { $0["user"] } == ["sato", "ito", "ito", "ito", "ito"])
    #expect(records.map { $0["ok"] } == ["false", "true", "false", "true", "false"])
    #expect(records.map { $0["status"] } == ["530", "230", "425", "226", "550"])
    #expect(records.map { $0["op"] } == ["USER", "USER", "RETR", "STOR", "RETR"])
    let files = [nil, nil, #"/home/"i"/crm/a.csv"#, #"/home/"i"/b.csv"#, "/c.csv"]
    #expect(records.map { $0["object"] } == files)
    // Nobody has captured the connection of a file: how much it was is not known.
    #expect(records.allSatisfy { $0["bytes_out"] == nil && $0["bytes_in"] == nil })
    talk.expectSameHoweverCut(FTP.self)
    try talk.expectMutationsAreRead(FTP.self)
  }

  @Test func `is told from mail and from what begins otherwise`() {
    func recognise(_ client: String, _ server: String, _ port: UInt16 = 2121) -> Recognition {
      let opening = Opening(client: .text(client), server: .text(server), serverPort: port)
      return FTP.recognise(opening)
    }
    #expect(recognise("", "220 ready\r\n") == .undecided)
    #expect(recognise("USER a\r\n", "220-ready\r\n") == .yes)
    #expect(recognise("EHLO a\r\n", "220 mail\r\n") == .no)
    #expect(recognise("PASV\r\n", "", 21) == .yes)
    #expect(recognise("PASV\r\n", "", 2121) == .no)
    #expect(recognise("GET / HTTP/1.1\r\n", "") == .no)
    #expect(recognise("USER a\r\n", "+OK pop\r\n") == .no)
    #expect(recognise("", "SSH-2.0\r\n", 21) == .no)
  }

  /// The commands of a session, and the connection of one file within it.
  private func capture(
    isPassive: Bool,
    isUpload: Bool = false,
    isReplyFirst: Bool = false,
    losing: Bool = false
  ) -> [UInt8] {
    let (client, server) = (CaptureMaker.client, CaptureMaker.server)
    var packets: [CaptureMaker.Packet] = []
    var numbers: [[Int]: UInt32] = [:]
    func send(_ from: Int, _ to: Int, _ payload: [UInt8], isBack: Bool, flags: UInt8 = 0x18) {
      let next = numbers[[from, to], default: 1000]
      let segment = CaptureMaker.tcp(
        payload,
        from: from,
        to: to,
        sequence: next,
        acknowledged: flags & 16 == 0 ? 0 : numbers[[to, from], default: 1000],
        flags: flags
      )
      let packet =
        isBack
        ? CaptureMaker.version4(segment, from: server, to: client)
        : CaptureMaker.version4(segment)
      packets.append(
        CaptureMaker.Packet(
          time: CaptureMaker.start + Int64(packets.count) * 1_000_000,
          bytes: CaptureMaker.ethernet(packet)
        )
      )
      numbers[[from, to]] = next &+ UInt32(payload.count) &+ (flags & 3 != 0 ? 1 : 0)
    }
    func ask(_ text: String) { send(40_000, 21, .text(text + "\r\n"), isBack: false) }
    func answer(_ text: String) { send(21, 40_000, .text(text + "\r\n"), isBack: true) }
    send(40_000, 21, [], isBack: false, flags: 2)
    send(21, 40_000, [], isBack: true, flags: 0x12)
    answer("220 ready")
    ask("USER sato")
    answer("230 in")
    ask(isPassive ? "PASV" : "PORT 192,0,2,7,156,67")
    // What a server behind a translation of addresses says of itself.
    answer(isPassive ? "227 Passive (10,0,0,9,195,80)" : "200 fine")
    ask((isUpload ? "STOR" : "RETR") + " /crm/a.csv")
    let (near, far) = isPassive ? (40_001, 50_000) : (40_003, 20)
    let caller = isPassive ? (near, far) : (far, near)
    send(caller.0, caller.1, [], isBack: !isPassive, flags: 2)
    send(caller.1, caller.0, [], isBack: isPassive, flags: 0x12)
    answer("150 here it comes")
    if isReplyFirst { answer("226 done") }
    let body: [UInt8] = .text(Self.listing)
    let (from, to) = isUpload ? (near, far) : (far, near)
    for start in stride(from: 0, to: body.count, by: 1000) {
      let part = Array(body[start..<min(body.count, start + 1000)])
      if losing, start == 1000 {
        numbers[[from, to], default: 0] &+= UInt32(part.count)
      } else {
        send(from, to, part, isBack: !isUpload)
      }
    }
    if !isReplyFirst { answer("226 done") }
    send(from, to, [], isBack: !isUpload, flags: 0x11)
    send(to, from, [], isBack: isUpload, flags: 0x11)
    ask("QUIT")
    return CaptureMaker.file(packets)
  }

  @Test(arguments: [true, false], [true, false])
  func `counts what the connection of a file carries`(isPassive: Bool, isUpload: Bool) throws {
    for isReplyFirst in [true, false] {
      let file = capture(isPassive: isPassive, isUpload: isUpload, isReplyFirst: isReplyFirst)
      let text = CaptureMaker.lines(file, parsers: ProtocolRegistry.all).lines
      let lines = try text.map { try WireLine($0) }
      let record = try #require(lines.first { $0["kind"] == "transfer" })
      #expect(record["user"] == "sato")
      #expect(record["object"] == "/crm/a.csv")
      #expect(record["server_port"] == "21")
      #expect(record["ok"] == "true")
      #expect(record["status"] == "226")
      #expect(record[isUpload ? "bytes_in" : "bytes_out"] == "\(Self.listing.utf8.count)")
      #expect(record[isUpload ? "bytes_out" : "bytes_in"] == "0")
      #expect(record[isUpload ? "rows_in" : "rows"] == "500")
      #expect(lines.filter { $0["kind"] == "flow" }.map { $0["proto"] }.contains("ftp-data"))
      for size in [1, 7, 1460] {
        let cut = CaptureMaker.lines(file, parsers: ProtocolRegistry.all, cut: { _ in size }).lines
        #expect(cut == text)
      }
    }
  }

  @Test func `counts at least what is left after a gap`() throws {
    let file = capture(isPassive: true, losing: true)
    let text = CaptureMaker.lines(file, parsers: ProtocolRegistry.all).lines
    let record = try #require(try text.map { try WireLine($0) }.first { $0["kind"] == "transfer" })
    #expect(record["bytes_out"] == "\(Self.listing.utf8.count - 1000)")
    #expect(record["missing"] == "1000")
    #expect(record["rows"] == nil)
    let rows = try #require(record["rows_at_least"].flatMap { Int($0) })
    #expect(rows > 100 && rows <= 500)
  }

  @Test func `takes changed captures without a trap`() {
    let file = capture(isPassive: true)
    for seed in 1...300 {
      var random = SplitMix(state: UInt64(seed))
      var changed = file
      for _ in 0...Int(random.next() % 6) {
        changed[Int(random.next() % UInt64(changed.count))] = UInt8(
          truncatingIfNeeded: random.next()
        )
      }
      _ = CaptureMaker.lines(changed, parsers: ProtocolRegistry.all)
    }
  }

  @Test func `forgets what was announced and never came`() {
    var announced = AnnouncedSessions()
    let address = InternetAddress(version4: 0xC000_0201)
    let caller = InternetAddress(version4: 0xC000_0207)
    func session(_ port: Int) -> Session {
      Session(
        number: 1,
        transport: .tcp,
        client: Endpoint(address: caller, port: 40_000),
        server: Endpoint(address: address, port: UInt16(port)),
        start: 0,
        isFromStart: true
      )
    }
    for port in 1...5000 {
      let listener = Endpoint(address: address, port: UInt16(port))
      announced.add(
        AnnouncedSession(listener: listener, caller: caller) { session, _ in FTPData(session) },
        at: Int64(port)
      )
    }
    #expect(announced.take(session(100), at: 5000) == nil)
    #expect(announced.take(session(4000), at: 5000) != nil)
    #expect(announced.take(session(4000), at: 5000) == nil)
    #expect(announced.take(session(4001), at: 700 * 1_000_000_000) == nil)
  }
}
