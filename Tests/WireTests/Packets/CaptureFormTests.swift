import Testing

@testable import Wire

@Suite struct `Packets of a capture` {
  private static let packets = CaptureMaker.session(
    [Array("HELO a".utf8), Array("more".utf8)],
    [Array("ready".utf8), [UInt8](repeating: 65, count: 900)]
  )
  private static let plain = CaptureMaker.lines(
    CaptureMaker.file(packets),
    parsers: [EchoParser.self]
  )

  @Test func `of a whole session make its record, its flow and a sum`() {
    #expect(Self.plain.problem == nil)
    #expect(
      Self.plain.lines == [
        #"{"wire":1,"ts":"2026-04-01T00:00:00.008000000Z","kind":"transfer","proto":"echo","session":1,"client":"192.0.2.7","client_port":50112,"server":"198.51.100.9","server_port":5432,"text":"HELO amore","object":"ready\#(String(repeating: "A", count: 900))","status":"finished","start":"2026-04-01T00:00:00.000000000Z"}"#,
        #"{"wire":1,"ts":"2026-04-01T00:00:00.009000000Z","kind":"flow","proto":"echo","session":1,"client":"192.0.2.7","client_port":50112,"server":"198.51.100.9","server_port":5432,"transport":"tcp","state":"finished","bytes_out":905,"bytes_in":10,"packets_out":4,"packets_in":6,"wire_out":1065,"wire_in":250,"start":"2026-04-01T00:00:00.000000000Z"}"#,
        #"{"wire":1,"ts":"2026-04-01T00:00:00.009000000Z","kind":"notice","proto":"capture","op":"sum","packets":10,"bytes":1455,"flows":1,"start":"2026-04-01T00:00:00.000000000Z"}"#,
      ]
    )
  }

  @Test(arguments: CaptureMaker.Form.allCases)
  func `mean the same in every form of file`(form: CaptureMaker.Form) {
    let found = CaptureMaker.lines(
      CaptureMaker.file(Self.packets, form),
      parsers: [EchoParser.self]
    )
    #expect(found.lines == Self.plain.lines)
    #expect(found.problem == nil)
  }

  @Test(arguments: [1, 2, 3, 7, 100, 4096])
  func `mean the same however the file is cut`(size: Int) {
    for form in [CaptureMaker.Form.micro, .nextSwapped] {
      let file = CaptureMaker.file(Self.packets, form)
      let found = CaptureMaker.lines(file, parsers: [EchoParser.self]) { _ in size }
      #expect(found.lines == Self.plain.lines)
    }
  }

  /// Each link type with what stands before the packet.
  @Test(
    arguments: [
      (1, [UInt8](repeating: 2, count: 12) + [0x81, 0, 0, 5, 8, 0]),
      (1, [UInt8](repeating: 2, count: 12) + [0x88, 0xA8, 0, 5, 0x81, 0, 0, 6, 8, 0]),
      (1, [UInt8](repeating: 2, count: 12) + [0x88, 0x64, 0x11, 0, 0, 1, 0, 40, 0, 0x21]),
      (1, [UInt8](repeating: 2, count: 12) + [0x88, 0x47, 0, 1, 0x01, 64]),
      (1, [UInt8](repeating: 2, count: 12) + [0, 40, 0xAA, 0xAA, 3, 0, 0, 0, 8, 0]),
      (113, [UInt8](repeating: 0, count: 14) + [8, 0]),
      (276, [8, 0] + [UInt8](repeating: 0, count: 18)), (0, [2, 0, 0, 0]), (0, [0, 0, 0, 2]),
      (108, [0, 0, 0, 2]), (101, []), (12, []), (14, []), (228, []), (9, [0xFF, 3, 0, 0x21]),
      (105, [8, 1] + [UInt8](repeating: 0, count: 22) + [0xAA, 0xAA, 3, 0, 0, 0, 8, 0]),
      (
        127,
        [0, 0, 8, 0, 0, 0, 0, 0, 0x88, 2] + [UInt8](repeating: 0, count: 24)
          + [0xAA, 0xAA, 3, 0, 0, 0, 8, 0]
      ),
      (9, [0x21]), (50, [0xFF, 3, 0, 0x21]), (104, [0x0F, 0, 8, 0]),
    ] as [(Int, [UInt8])]
  )
  func `are read behind every link layer`(link: Int, before: [UInt8]) {
    let packets = Self.packets.map { packet in
      CaptureMaker.Packet(time: packet.time, bytes: before + packet.bytes.dropFirst(14))
    }
    let found = CaptureMaker.lines(
      CaptureMaker.file(packets, link: link),
      parsers: [EchoParser.self]
    )
    #expect(found.lines.dropLast() == Self.plain.lines.dropLast(), "link type \(link)")
  }

  @Test func `of a link type that is not known are counted`() {
    let found = CaptureMaker.lines(CaptureMaker.file(Self.packets, link: 147))
    #expect(found.lines.count == 1)
    #expect(
      found.lines[0].contains(#""other_packets":10,"other_bytes":1455,"unknown_link_packets":10"#)
    )
  }

  @Test func `that breaks off within a packet tells where`() {
    let file = CaptureMaker.file(Self.packets)
    let found = CaptureMaker.lines(Array(file.dropLast(5)), parsers: [EchoParser.self])
    let last = file.count - Self.packets[9].bytes.count - 16
    #expect(found.problem?.kind == .truncated)
    #expect(found.problem?.offset == Int64(last))
    #expect(found.lines.last?.contains(#""op":"truncated""#) == true)
    #expect(found.lines.last?.contains(#""offset":\#(last)"#) == true)
    #expect(found.lines.first == Self.plain.lines.first)
  }

  @Test func `that is damaged is read up to there, and the rest is counted`() {
    var file = CaptureMaker.file(Self.packets)
    let third = 24 + (0..<3).reduce(0) { $0 + 16 + Self.packets[$1].bytes.count }
    file[third + 11] = 0x7F
    for size in [1, 1000, Int.max] {
      let found = CaptureMaker.lines(file) { _ in size }
      #expect(found.problem?.kind == .damaged)
      #expect(found.problem?.offset == Int64(third))
      #expect(found.problem?.unread == Int64(file.count - third))
      #expect(found.lines[0].contains(#""packets_out":1,"packets_in":2"#))
    }
  }

  @Test func `that were cut by the snap length leave gaps that are told`() {
    var packets = Self.packets
    let whole = packets[6].bytes
    packets[6].bytes = Array(whole.prefix(100))
    packets[6].original = whole.count
    let found = CaptureMaker.lines(CaptureMaker.file(packets), parsers: [EchoParser.self])
    let kept = String(repeating: "A", count: 46)
    #expect(found.lines[0].contains(#""object":"ready\#(kept)[854]""#))
    #expect(found.lines[1].contains(#""bytes_out":905"#))
    #expect(found.lines[1].contains(#""missing":854"#))
    #expect(found.lines[2].contains(#""op":"cut-packets","count":1,"missing":854"#))
  }

  @Test func `that an interface has dropped are told`() {
    let counts = CaptureMaker.block(
      5,
      [0, 0, 0, 0] + [UInt8](repeating: 0, count: 8) + [5, 0, 8, 0, 12, 0, 0, 0, 0, 0, 0, 0]
    )
    let file = CaptureMaker.file(Self.packets, .next) + counts
    let found = CaptureMaker.lines(file)
    #expect(found.lines[1].contains(#""op":"dropped-packets","count":12"#))
  }

  @Test func `of a second section have its byte order and its clock`() {
    let first = CaptureMaker.file(Array(Self.packets.prefix(4)), .next)
    let second = CaptureMaker.file(Array(Self.packets.dropFirst(4)), .nextSwapped)
    let found = CaptureMaker.lines(first + second, parsers: [EchoParser.self])
    #expect(found.lines == Self.plain.lines)
  }
}
