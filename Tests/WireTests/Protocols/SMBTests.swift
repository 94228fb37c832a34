import Testing

@testable import Wire

@Suite struct `SMB on the wire` {
  private static let file = "id,name\n" + (1...500).map { "\($0),someone\n" }.joined()

  /// `fields` of a message of SMB2, and what encloses it.
  private static func message(
    _ command: Int,
    _ number: Int,
    _ body: [UInt8],
    status: Int = 0,
    flags: Int = 0,
    next: Int = 0,
    tree: Int = 5,
    session: Int = 9
  ) -> [UInt8] {
    join(
      [0xFE, 0x53, 0x4D, 0x42],
      .little(64, 2),
      .little(0, 2),
      .little(status, 4),
      .little(command, 2),
      .little(1, 2),
      .little(flags, 4),
      .little(next, 4),
      .little(number, 8),
      .little(0, 4),
      .little(tree, 4),
      .little(session, 8),
      [UInt8](repeating: 0x5A, count: 16),
      body
    )
  }

  private static func join(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }
  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  private static func frame(_ messages: [UInt8]...) -> [UInt8] {
    let body = messages.flatMap { $0 }
    return join([0], .big(body.count, 3), body)
  }

  private static func wide(_ text: String) -> [UInt8] {
    text.utf16.flatMap { [UInt8].little(Int($0), 2) }
  }

  private static func id(_ number: Int) -> [UInt8] { join(.little(number, 8), .little(number, 8)) }
  private static let previous = [UInt8](repeating: 0xFF, count: 16)

  private static func ntlm(_ domain: String, _ user: String, _ host: String) -> [UInt8] {
    var fields: [UInt8] = []
    var names: [UInt8] = []
    for name in [domain, user, host].map(wide) {
      fields += [UInt8].little(name.count, 2)
      fields += [UInt8].little(name.count, 2)
      fields += [UInt8].little(64 + names.count, 4)
      names += name
    }
    return join(
      .terminated("NTLMSSP"),
      .little(3, 4),
      zeros(16),
      fields,
      zeros(8),
      .little(1, 4),
      names
    )
  }

  private static func logIn(_ token: [UInt8]) -> [UInt8] {
    join(
      .little(25, 2),
      [0, 1],
      zeros(8),
      .little(88, 2),
      .little(token.count, 2),
      zeros(8),
      token
    )
  }

  private static func connect(_ path: String) -> [UInt8] {
    let name = wide(path)
    return join(.little(9, 2), zeros(2), .little(72, 2), .little(name.count, 2), name)
  }

  private static func create(_ name: String) -> [UInt8] {
    let name = wide(name)
    return join(
      .little(57, 2),
      zeros(34),
      .little(1, 4),
      zeros(4),
      .little(120, 2),
      .little(name.count, 2),
      zeros(8),
      name
    )
  }

  private static func created(_ number: Int, size: Int) -> [UInt8] {
    join(.little(89, 2), zeros(46), .little(size, 8), .little(0x20, 8), id(number), zeros(8))
  }

  private static func read(_ id: [UInt8], _ offset: Int, _ length: Int) -> [UInt8] {
    join(.little(49, 2), [0x50, 0], .little(length, 4), .little(offset, 8), id, zeros(17))
  }

  private static func data(_ bytes: [UInt8]) -> [UInt8] {
    join(.little(17, 2), [80, 0], .little(bytes.count, 4), zeros(8), bytes)
  }

  private static func write(_ id: [UInt8], _ offset: Int, _ bytes: [UInt8]) -> [UInt8] {
    join(
      .little(49, 2),
      .little(112, 2),
      .little(bytes.count, 4),
      .little(offset, 8),
      id,
      zeros(16),
      bytes
    )
  }

  private static func wrote(_ count: Int) -> [UInt8] {
    join(.little(17, 2), zeros(2), .little(count, 4), zeros(8))
  }

  private static func close(_ id: [UInt8]) -> [UInt8] { join(.little(24, 2), zeros(6), id) }

  private static func closed() -> [UInt8] { join(.little(60, 2), zeros(58)) }

  private func begin() -> Conversation {
    var talk = Conversation()
    talk.serverPort = 445
    talk.client(Self.frame(Self.message(0, 0, Self.join(.little(36, 2), Self.zeros(34)))))
    talk.server(
      Self.frame(
        Self.message(0, 0, Self.join(.little(65, 2), .little(1, 2), .little(0x311, 2)), flags: 1)
      )
    )
    for (number, user, status) in [(1, "sato", 0xC000_006D), (2, "ito", 0)] {
      let token = Self.ntlm("CRM", user, "PC7")
      talk.client(Self.frame(Self.message(1, number, Self.logIn(token))))
      talk.server(Self.frame(Self.message(1, number, .little(9, 8), status: status, flags: 1)))
    }
    talk.client(Self.frame(Self.message(3, 3, Self.connect(#"\\fs\crm"#), tree: 0)))
    talk.server(
      Self.frame(Self.message(3, 3, Self.join(.little(16, 2), [1, 0], Self.zeros(12)), flags: 1))
    )
    return talk
  }

  private func talk() -> Conversation {
    var talk = begin()
    let bytes: [UInt8] = .text(Self.file)
    // A file that is read in two pieces, the second answered later.
    talk.client(Self.frame(Self.message(5, 4, Self.create(#"all\a.csv"#))))
    talk.server(Self.frame(Self.message(5, 4, Self.created(1, size: bytes.count), flags: 1)))
    talk.client(
      Self.frame(Self.message(8, 5, Self.read(Self.id(1), 0, 3000))),
      Self.frame(Self.message(8, 6, Self.read(Self.id(1), 3000, 65_536)))
    )
    talk.server(
      Self.frame(Self.message(8, 6, .little(9, 8), status: 0x103, flags: 3)),
      Self.frame(Self.message(8, 5, Self.data(Array(bytes[..<3000])), flags: 1)),
      Self.frame(Self.message(8, 6, Self.data(Array(bytes[3000...])), flags: 1))
    )
    talk.client([0x85, 0, 0, 0], Self.frame(Self.message(6, 7, Self.close(Self.id(1)))))
    talk.server(Self.frame(Self.message(6, 7, Self.closed(), flags: 1)))
    // One that is refused, and one that is not there.
    for (number, status) in [(8, 0xC000_0022), (9, 0xC000_0034)] {
      talk.client(Self.frame(Self.message(5, number, Self.create("secret\(number).csv"))))
      talk.server(Self.frame(Self.message(5, number, .little(9, 8), status: status, flags: 1)))
    }
    // Opened, written and closed in one go.
    let open = Self.create("b.txt")
    let padding = Self.zeros(6)
    let put = Self.write(Self.previous, 0, [UInt8](repeating: 65, count: 1000))
    talk.client(
      Self.frame(
        Self.message(5, 10, open + padding, next: 64 + open.count + 6),
        Self.message(9, 11, put, flags: 4, next: 64 + put.count),
        Self.message(6, 12, Self.close(Self.previous), flags: 4)
      )
    )
    let made = Self.created(2, size: 0)
    talk.server(
      Self.frame(
        Self.message(5, 10, made, flags: 1, next: 64 + made.count),
        Self.message(9, 11, Self.wrote(1000), flags: 5, next: 80),
        Self.message(6, 12, Self.closed(), flags: 5)
      )
    )
    return talk
  }

  @Test func `tells who was let in, and each file that was read, written or refused`() throws {
    let talk = talk()
    let records = try talk.records(SMB.self)
    #expect(records.map { $0["kind"] } == ["login", "login", "transfer", "transfer", "transfer"])
    #expect(records.map { $0["op"] } == ["NTLM", "NTLM", "READ", "OPEN", "WRITE"])
    #expect(records.map { $0["user"] } == ["sato", "ito", "ito", "ito", "ito"])
    #expect(records.map { $0["ok"] } == ["false", "true", "true", "false", "true"])
    let words: [String?] = ["0xC000006D", "ok", "ok", "0xC0000022", "ok"]
    #expect(records.map { $0["status"] } == words)
    let files = [nil, nil, #"\\fs\crm\all\a.csv"#, #"\\fs\crm\secret8.csv"#, #"\\fs\crm\b.txt"#]
    #expect(records.map { $0["object"] } == files)
    let size = "\(Self.file.utf8.count)"
    #expect(records.map { $0["bytes_out"] } == [nil, nil, size, nil, "0"])
    #expect(records.map { $0["bytes_in"] } == [nil, nil, "0", nil, "1000"])
    #expect(records[2]["rows"] == "500")
    #expect(records[0]["domain"] == "CRM")
    #expect(records[0]["workstation"] == "PC7")
    #expect(records.allSatisfy { $0["version"] == "3.1.1" })
    talk.expectSameHoweverCut(SMB.self)
    try talk.expectMutationsAreRead(SMB.self)
  }

  @Test func `marks what is missing of a file and goes on behind it`() throws {
    let whole = talk()
    let answer = try #require(whole.pieces.firstIndex { $0.bytes.count > 5000 })
    // Within the data of a file.
    let holed = try whole.losing(1000..<1500, ofPiece: answer).records(SMB.self)[2]
    #expect(holed["bytes_out"] == "\(Self.file.utf8.count - 500)")
    #expect(holed["missing"] == "500")
    let rows = try #require(holed["rows_at_least"].flatMap { Int($0) })
    #expect(rows > 400 && rows <= 500)
    // Up to where the next message has begun already: its data may have been all that is left.
    let lost = try whole.losing(1000..<3300, ofPiece: answer).records(SMB.self)
    #expect(lost.count == 5)
    let seen = try #require(lost[2]["bytes_out"].flatMap { Int($0) })
    let missing = try #require(lost[2]["missing"].flatMap { Int($0) })
    #expect(seen < 1000 && seen + missing == Self.file.utf8.count)
    #expect(lost[4]["bytes_in"] == "1000")
    whole.losing(1000..<3300, ofPiece: answer).expectSameHoweverCut(SMB.self)
  }

  @Test func `tells bounds of what is encrypted, and nothing of SMB 1`() throws {
    var talk = begin()
    let sealed: [UInt8] =
      Self.join([0xFD, 0x53, 0x4D, 0x42], [UInt8](repeating: 7, count: 1028))
    talk.server(Self.frame(sealed), Self.frame(sealed))
    let record = try #require(try talk.records(SMB.self).last)
    #expect(record["kind"] == "encrypted")
    #expect(record["user"] == "ito")
    #expect(record["bytes_out"] == "1832")
    #expect(record["bytes_out_at_least"] == "0")
    #expect(record["bytes_in"] == "0")
    talk.expectSameHoweverCut(SMB.self)
    try talk.expectMutationsAreRead(SMB.self, 300)
    var old = Conversation()
    let bytes = Self.frame(Self.join([0xFF, 0x53, 0x4D, 0x42, 0x72], Self.zeros(40)))
    old.client(bytes)
    #expect(old.log(SMB.self).isEmpty)
    let opening = Opening(client: bytes, server: [], serverPort: 4445)
    #expect(SMB.recognise(opening) == .yes)
  }

  @Test func `is recognised by its first bytes`() {
    let first = Self.frame(Self.message(0, 0, .little(36, 2)))
    for count in 0...first.count {
      let opening = Opening(client: Array(first[..<count]), server: [], serverPort: 4445)
      #expect(SMB.recognise(opening) == (count < 10 ? .undecided : .yes))
    }
    let web = Opening(client: .text("GET / HTTP/1.1\r\n"), server: [], serverPort: 80)
    #expect(SMB.recognise(web) == .no)
    // PostgreSQL begins with a length, too.
    let start: [UInt8] = [0, 0, 0, 0x29, 0, 3, 0, 0]
    #expect(SMB.recognise(Opening(client: start, server: [], serverPort: 5432)) == .no)
  }

  @Test func `holds no more than it may`() {
    var talk = begin()
    let name = String(repeating: "long", count: 400)
    for number in 10...1200 {
      talk.client(Self.frame(Self.message(5, number, Self.create(name))))
      let made = Self.created(number, size: 10)
      if number > 600 { talk.server(Self.frame(Self.message(5, number, made, flags: 1))) }
    }
    let parser = SMB(talk.session)
    var log = WireLog()
    var most = 0
    for piece in talk.pieces {
      parser.receive(piece.bytes.span, from: piece.side, at: 0, into: &log)
      most = max(most, parser.held)
    }
    #expect(most > 64 << 10 && most < SMB.heldLimit)
  }

  /// A file of which parts are read in an order.
  private func reading(_ parts: [Range<Int>]) -> Conversation {
    var talk = begin()
    let bytes: [UInt8] = .text(Self.file)
    talk.client(Self.frame(Self.message(5, 4, Self.create("a.csv"))))
    talk.server(Self.frame(Self.message(5, 4, Self.created(1, size: bytes.count), flags: 1)))
    for (index, part) in parts.enumerated() {
      let read = Self.read(Self.id(1), part.lowerBound, part.count)
      talk.client(Self.frame(Self.message(8, 5 + index, read)))
      let answer = Self.data(Array(bytes[part]))
      talk.server(Self.frame(Self.message(8, 5 + index, answer, flags: 1)))
    }
    talk.client(Self.frame(Self.message(6, 90, Self.close(Self.id(1)))))
    talk.server(Self.frame(Self.message(6, 90, Self.closed(), flags: 1)))
    return talk
  }

  @Test func `counts each byte and record once, in whatever order they are read`() throws {
    let size = Self.file.utf8.count
    let cuts = Array(stride(from: 0, to: size, by: 700)) + [size]
    let parts = zip(cuts, cuts.dropFirst()).map { $0..<$1 }
    func told(_ parts: [Range<Int>]) throws -> WireLine {
      try #require(try reading(parts).records(SMB.self).last)
    }
    #expect(try told(parts)["rows"] == "500")
    // Once more from the start on: it is the same file.
    #expect(try told(parts + parts)["rows"] == "500")
    #expect(try told(parts + parts)["bytes_out"] == "\(size)")
    #expect(try told(parts + parts)["repeated"] == "\(size)")
    let swapped = [parts[1], parts[0]] + parts.dropFirst(2)
    let overlapping = [100..<900, 0..<800, 1500..<size, 700..<2000]
    for order in [Array(parts.reversed()), swapped, overlapping] {
      let line = try told(order)
      #expect(line["bytes_out"] == "\(size)")
      #expect(line["rows"] == "500")
    }
    reading(overlapping).expectSameHoweverCut(SMB.self)
  }

  @Test func `tells between which bounds the records of parts lie`() throws {
    let size = Self.file.utf8.count
    for parts in [[700..<1400], [0..<700, 2000..<2700], [1000..<size]] {
      let talk = reading(parts)
      let line = try #require(try talk.records(SMB.self).last)
      #expect(line["rows"] == nil)
      let least = try #require(line["rows_at_least"].flatMap { Int($0) })
      let most = try #require(line["rows_at_most"].flatMap { Int($0) })
      let bytes = [UInt8](Self.file.utf8)
      let ends = parts.reduce(0) { $0 + bytes[$1].count { $0 == 10 } }
      #expect(least == ends - (parts[0].lowerBound == 0 ? 1 : 0))
      #expect(most == least + parts.count)
      #expect(line["bytes_out"] == "\(parts.reduce(0) { $0 + $1.count })")
      try talk.expectMutationsAreRead(SMB.self, 100)
    }
  }
}
