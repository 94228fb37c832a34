import Testing

@testable import Wire

@Suite struct `Bytes of a session` {
  private static let text: [UInt8] =
    Array("HELO".utf8) + (4..<6000).map { (place: Int) -> UInt8 in UInt8(97 + place % 26) }

  /// The text in segments that overlap, come twice and in any order, from a number near the end of all.
  private static func shuffled(_ seed: Int, initial: UInt32) -> [CaptureMaker.Packet] {
    var numbers = SeededNumbers(seed)
    var packets = CaptureMaker.session([], [], initial: (initial, 77))
    let end = packets.suffix(3)
    packets.removeLast(3)
    var parts: [Range<Int>] = []
    var place = 0
    while place < text.count {
      let size = Int.random(in: 1...400, using: &numbers)
      let before = Int.random(in: 0...min(place, 60), using: &numbers)
      parts.append(place - before..<min(text.count, place + size))
      place += size
    }
    parts += parts.shuffled(using: &numbers).prefix(5)
    // No part comes much before its turn, as on a network.
    for index in parts.indices.dropLast() where Int.random(in: 0..<3, using: &numbers) == 0 {
      parts.swapAt(index, min(parts.count - 1, index + Int.random(in: 1...6, using: &numbers)))
    }
    for part in parts {
      let segment = CaptureMaker.tcp(
        Array(text[part]),
        sequence: initial &+ 1 &+ UInt32(part.lowerBound),
        acknowledged: 78,
        flags: 0x18
      )
      packets.append(
        CaptureMaker.Packet(
          time: packets[packets.count - 1].time + 1000,
          bytes: CaptureMaker.ethernet(CaptureMaker.version4(segment))
        )
      )
    }
    for (index, var packet) in end.enumerated() {
      packet.time = packets[packets.count - 1].time + 1000
      // The numbers of a session without a text are moved behind it.
      let shift = UInt32(text.count)
      func add(_ offset: Int) {
        var value: UInt32 = 0
        for byte in packet.bytes[offset..<offset + 4] { value = value << 8 | UInt32(byte) }
        packet.bytes.replaceSubrange(offset..<offset + 4, with: CaptureMaker.word32(value &+ shift))
      }
      add(index == 1 ? 42 : 38)
      packets.append(packet)
    }
    return packets
  }

  @Test(arguments: 1...40)
  func `come in order whatever order they were sent in`(seed: Int) {
    for initial: UInt32 in [5, .max - 3000, .max] {
      let packets = Self.shuffled(seed, initial: initial)
      let found = CaptureMaker.lines(CaptureMaker.file(packets), parsers: [EchoParser.self])
      let text = String(decoding: Self.text, as: UTF8.self)
      #expect(found.lines[0].contains(#""text":"\#(text)""#))
      #expect(found.lines[0].contains(#""status":"finished""#))
      #expect(found.lines[1].contains(#""bytes_in":6000,"#))
      #expect(!found.lines[1].contains("missing"))
    }
  }

  /// A session of six answers without some of its packets.
  private static func gapped(without: Set<Int>) -> (lines: [String], problem: CaptureProblem?) {
    let answers = (0..<6).map { (index: UInt8) in [UInt8](repeating: 97 + index, count: 3) }
    var packets = CaptureMaker.session([Array("HELO".utf8)], answers)
    for index in without.sorted(by: >) { packets.remove(at: index) }
    for index in packets.indices {
      packets[index].time = CaptureMaker.start + Int64(index) * 600_000_000
    }
    return CaptureMaker.lines(CaptureMaker.file(packets), parsers: [EchoParser.self])
  }

  @Test func `that the capture lacks are told where they would have stood`() {
    let found = Self.gapped(without: [6, 7])
    #expect(found.lines[0].contains(#""object":"aaabbb[6]eeefff""#))
    #expect(found.lines[0].contains(#""missing":6"#))
    #expect(found.lines[1].contains(#""bytes_out":18"#))
    #expect(found.lines[1].contains(#""missing":6"#))
    #expect(found.lines[2].contains(#""op":"missing-bytes","count":1,"missing":6"#))
  }

  @Test func `are followed from the middle of a session`() {
    let found = Self.gapped(without: [0, 1, 2])
    #expect(found.lines[0].contains(#""text":"HELO","object":"aaabbbcccdddeeefff""#))
    #expect(found.lines[1].contains(#""client":"192.0.2.7","client_port":50112"#))
    #expect(found.lines[1].contains(#""midstream":true"#))
  }

  @Test func `of one side alone tell how much the other has sent`() {
    var packets = CaptureMaker.session(
      [Array("HELO".utf8), [65], [65]],
      [[UInt8](repeating: 66, count: 500), [UInt8](repeating: 67, count: 700)]
    )
    packets.removeAll { $0.bytes[26] == 198 }
    let found = CaptureMaker.lines(CaptureMaker.file(packets))
    #expect(found.lines[0].contains(#""bytes_out":1200,"bytes_in":6,"packets_out":0"#))
    #expect(found.lines[0].contains(#""missing":1200"#))
  }

  @Test func `of ends that are used again are another session`() {
    let first = CaptureMaker.session([Array("HELO one".utf8)], [[65]])
    let second = CaptureMaker.session(
      [Array("HELO two".utf8)],
      [[66]],
      initial: (700, 3),
      at: CaptureMaker.start + 500_000_000
    )
    let found = CaptureMaker.lines(
      CaptureMaker.file(first + second),
      parsers: [EchoParser.self]
    )
    #expect(found.lines.count { $0.contains(#""kind":"flow""#) } == 2)
    #expect(found.lines.contains { $0.contains(#""session":1,"#) && $0.contains("HELO one") })
    #expect(found.lines.contains { $0.contains(#""session":2,"#) && $0.contains("HELO two") })
  }

  @Test func `that probe a closed window or keep alive are no text`() {
    var packets = CaptureMaker.session([Array("HELO".utf8), Array("more".utf8)], [[65], [66]])
    let probe = CaptureMaker.tcp([0x4F], sequence: 1004, acknowledged: 9001)
    let packet = CaptureMaker.ethernet(CaptureMaker.version4(probe))
    packets.insert(CaptureMaker.Packet(time: packets[4].time, bytes: packet), at: 5)
    let found = CaptureMaker.lines(CaptureMaker.file(packets), parsers: [EchoParser.self])
    #expect(found.lines[0].contains(#""text":"HELOmore","object":"AB""#))
  }

  @Test func `of a session that goes on are told every hour`() {
    let packets = CaptureMaker.session([[1, 2], [3], [4]], [[5], [6], [7]]).enumerated().map {
      CaptureMaker.Packet(
        time: CaptureMaker.start + Int64($0.offset) * 1_800_000_000_000,
        bytes: $0.element.bytes
      )
    }
    let found = CaptureMaker.lines(CaptureMaker.file(packets))
    let flows = found.lines.filter { $0.contains(#""kind":"flow""#) }
    #expect(flows.count == 6)
    #expect(flows.dropLast().allSatisfy { $0.contains(#""state":"open""#) })
    #expect(flows[1].contains(#""bytes_out":0,"bytes_in":2,"packets_out":0,"packets_in":2"#))
    #expect(flows[5].contains(#""state":"finished""#))
  }

  @Test func `come together from fragments`() {
    let datagram = CaptureMaker.udp([UInt8](repeating: 9, count: 1000), from: 40_000, to: 53)
    let parts = [0..<400, 400..<800, 800..<1008]
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [0, 2, 1]] {
      let packets = order.map { index in
        let part = parts[index]
        let place = part.lowerBound / 8 | (index < 2 ? 0x2000 : 0)
        let four = CaptureMaker.version4(
          Array(datagram[part]),
          transport: 17,
          fragment: place
        )
        return CaptureMaker.Packet(time: CaptureMaker.start, bytes: CaptureMaker.ethernet(four))
      }
      let found = CaptureMaker.lines(CaptureMaker.file(packets))
      #expect(found.lines[0].contains(#""server_port":53"#))
      #expect(found.lines[0].contains(#""bytes_in":1000,"packets_out":0,"packets_in":3"#))
      let six = order.map { index in
        let part = parts[index]
        let header: [UInt8] =
          [17, 0] + CaptureMaker.word16(part.lowerBound | (index < 2 ? 1 : 0)) + [0, 0, 0, 5]
        let bytes = CaptureMaker.version6(header + datagram[part], next: 44)
        return CaptureMaker.Packet(time: CaptureMaker.start, bytes: CaptureMaker.ethernet(bytes))
      }
      let other = CaptureMaker.lines(CaptureMaker.file(six))
      #expect(other.lines[0].contains(#""client":"2001:db8::7""#))
      #expect(other.lines[0].contains(#""bytes_in":1000,"packets_out":0,"packets_in":3"#))
    }
    let lost = CaptureMaker.version4(Array(datagram[0..<400]), transport: 17, fragment: 0x2000)
    let packet = CaptureMaker.Packet(time: CaptureMaker.start, bytes: CaptureMaker.ethernet(lost))
    let found = CaptureMaker.lines(CaptureMaker.file([packet]))
    #expect(found.lines[0].contains(#""op":"missing-fragments","count":1,"missing":420"#))
  }

  @Test func `behind extension headers of IPv6 are found`() {
    let segment = CaptureMaker.udp([1, 2, 3], from: 40_000, to: 53)
    let options: [UInt8] = [60, 0, 1, 4, 0, 0, 0, 0] + [17, 0, 1, 4, 0, 0, 0, 0]
    let packet = CaptureMaker.version6(options + segment, next: 0)
    let file = CaptureMaker.file([
      CaptureMaker.Packet(time: CaptureMaker.start, bytes: CaptureMaker.ethernet(packet))
    ])
    #expect(CaptureMaker.lines(file).lines[0].contains(#""proto":"udp""#))
  }

  @Test func `that are too many give way to newer ones, and this is told`() {
    var limits = WireLimits.standard
    limits.flows = 4
    var packets: [CaptureMaker.Packet] = []
    for port in 1...9 {
      packets += CaptureMaker.session([Array("HELO".utf8)], [[65]], port: 50_000 + port).prefix(4)
    }
    for index in packets.indices { packets[index].time = CaptureMaker.start + Int64(index) }
    let found = CaptureMaker.lines(
      CaptureMaker.file(packets),
      parsers: [EchoParser.self],
      limits: limits
    )
    #expect(found.lines.count { $0.contains(#""state":"displaced""#) } == 5)
    #expect(found.lines.count { $0.contains(#""status":"displaced""#) } == 5)
    #expect(found.lines.contains { $0.contains(#""op":"displaced-flows","count":5"#) })
    limits = .standard
    limits.held = 4000
    let other = CaptureMaker.lines(
      CaptureMaker.file(packets),
      parsers: [EchoParser.self],
      limits: limits
    )
    #expect(other.lines.count { $0.contains(#""status":"displaced""#) } > 0)
    #expect(other.lines.count { $0.contains(#""kind":"flow""#) } == 9)
    #expect(other.lines.contains { $0.contains(#""op":"displaced-sessions""#) })
  }
}
