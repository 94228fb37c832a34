import Testing

@testable import Wire

@Suite struct `A SYN within a TCP session` {
  private static let words = [Array("HELO".utf8), Array("more".utf8), Array("last".utf8)]
  private static let answers: [[UInt8]] = [[65], [66], [67]]

  private static func packet(_ segment: [UInt8], isBack: Bool = false) -> CaptureMaker.Packet {
    let four =
      isBack
      ? CaptureMaker.version4(segment, from: CaptureMaker.server, to: CaptureMaker.client)
      : CaptureMaker.version4(segment)
    return CaptureMaker.Packet(time: 0, bytes: CaptureMaker.ethernet(four))
  }

  private static func syn(_ sequence: UInt32) -> CaptureMaker.Packet {
    packet(CaptureMaker.tcp(sequence: sequence, flags: 2))
  }

  /// The lines of packets that come a millisecond apart.
  private static func lines(_ packets: [CaptureMaker.Packet]) -> [String] {
    var packets = packets
    for index in packets.indices {
      packets[index].time = CaptureMaker.start + Int64(index) * 1_000_000
    }
    return CaptureMaker.lines(CaptureMaker.file(packets), parsers: [EchoParser.self]).lines
  }

  private static func number(_ key: String, in line: String) -> Int {
    line.split(separator: "\"\(key)\":").dropFirst().first
      .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
  }

  @Test(arguments: [0x7000_0000, 5, 1002, 1006, 1010, 0xFFFF_FFFF] as [UInt32], 1...10)
  func `that nobody answers changes nothing`(sequence: UInt32, place: Int) {
    let session = CaptureMaker.session(Self.words, Self.answers)
    let plain = Self.lines(session)
    for count in 1...3 {
      var packets = session
      packets.insert(
        contentsOf: [CaptureMaker.Packet](repeating: Self.syn(sequence), count: count),
        at: place
      )
      let found = Self.lines(packets)
      #expect(found[0].contains(#""text":"HELOmorelast","object":"ABC""#))
      #expect(!found[0].contains("missing"))
      #expect(found.count { $0.contains(#""kind":"flow""#) } == 1)
      #expect(Self.number("bytes_in", in: found[1]) == Self.number("bytes_in", in: plain[1]))
      let packetsIn = Self.number("packets_in", in: found[1])
      #expect(packetsIn == Self.number("packets_in", in: plain[1]) + count)
      #expect(found.last?.contains(#""stray_segments":1"#) == true)
    }
  }

  @Test(arguments: [false, true])
  func `that is answered begins another session, whether the one before had an end or not`(
    isWhole: Bool
  ) {
    let first = CaptureMaker.session(Self.words, Self.answers).dropLast(isWhole ? 0 : 3)
    for initial: UInt32 in [700, 1013, 0x7000_0000] {
      let second = CaptureMaker.session(
        [Array("HELO two".utf8)],
        [[90]],
        initial: (initial, initial &+ 5)
      )
      let found = Self.lines(first + second)
      let flows = found.filter { $0.contains(#""kind":"flow""#) }
      #expect(flows.count == 2)
      #expect(flows.reduce(0) { $0 + Self.number("packets_in", in: $1) } == (isWhole ? 12 : 10))
      #expect(flows.allSatisfy { !$0.contains("missing") && !$0.contains("midstream") })
      #expect(found.contains { $0.contains(#""session":1,"#) && $0.contains("HELOmorelast") })
      #expect(
        found.contains {
          $0.contains(#""session":2,"#) && $0.contains(#""text":"HELO two","object":"Z""#)
        }
      )
    }
  }

  @Test func `whose answer the capture lacks begins another where both ends go on elsewhere`() {
    let first = CaptureMaker.session(Self.words, Self.answers).dropLast(3)
    var second = CaptureMaker.session(
      [Array("HELO two".utf8)],
      [[90]],
      initial: (0x2000_0000, 0x4000_0000)
    )
    second.remove(at: 1)
    let found = Self.lines(first + second)
    #expect(found.count { $0.contains(#""kind":"flow""#) } == 2)
    #expect(found.contains { $0.contains(#""session":1,"#) && $0.contains("HELOmorelast") })
    // What came before the server was heard is marked as missing.
    #expect(found.contains { $0.contains(#""session":2,"#) && $0.contains(#""missing":8"#) })
  }

  @Test func `begins another where only the end that sends it was captured`() {
    let first = CaptureMaker.session(Self.words, Self.answers).dropLast(3)
    let second = CaptureMaker.session([Array("HELO two".utf8)], [[90]], initial: (700, 3))
    let found = Self.lines((first + second).filter { $0.bytes[26] == 192 })
    #expect(found.count { $0.contains(#""kind":"flow""#) } == 2)
    #expect(found.contains { $0.contains("HELOmorelast") })
    #expect(found.contains { $0.contains(#""text":"HELO two""#) })
  }

  @Test func `behind a RST that stands elsewhere changes nothing either`() {
    var packets = CaptureMaker.session(Self.words, Self.answers)
    let reset = Self.packet(CaptureMaker.tcp(sequence: 0x7000_0000, flags: 4))
    packets.insert(contentsOf: [reset, Self.syn(0x7000_0000)], at: 6)
    let found = Self.lines(packets)
    #expect(found[0].contains(#""text":"HELOmorelast","object":"ABC""#))
    #expect(found.count { $0.contains(#""kind":"flow""#) } == 1)
  }

  @Test func `that is refused leaves the session as it was`() {
    var packets = CaptureMaker.session(Self.words, Self.answers)
    let refusal = CaptureMaker.tcp(
      from: 5432,
      to: 50_112,
      sequence: 0,
      acknowledged: 0x7000_0001,
      flags: 0x14
    )
    packets.insert(contentsOf: [Self.syn(0x7000_0000), Self.packet(refusal, isBack: true)], at: 6)
    let found = Self.lines(packets)
    #expect(found[0].contains(#""text":"HELOmorelast","object":"ABC""#))
    #expect(found[1].contains(#""state":"finished""#))
  }
}
