import Testing

@testable import Wire

/// Sessions of which segments wait for those before them, more of them than there is room for.
@Suite struct `Segments that wait while packets displace sessions` {
  /// Runs packets through an engine; after each no more is held than the limit, and what one packet brought.
  private static func run(
    _ packets: [CaptureMaker.Packet],
    held: Int,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> [String] {
    var limits = WireLimits.standard
    limits.held = held
    var engine = PacketEngine(parsers: [EchoParser.self], limits: limits, keys: nil)
    var most = 0
    for packet in packets {
      packet.bytes.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        engine.take(
          PacketBytes(base, bytes.count),
          original: bytes.count,
          link: 1,
          at: packet.time
        )
      }
      most = max(most, engine.streams.held)
    }
    #expect(most <= held, sourceLocation: sourceLocation)
    while engine.finishSome() {}
    return String(decoding: engine.log.bytes, as: UTF8.self).split(separator: "\n")
      .map(String.init)
  }

  private static func early(
    _ port: Int,
    _ sequence: UInt32,
    _ count: Int,
    at time: Int64
  ) -> CaptureMaker.Packet {
    let segment = CaptureMaker.tcp(
      [UInt8](repeating: 68, count: count),
      from: port,
      sequence: sequence,
      acknowledged: 9001
    )
    return CaptureMaker.Packet(
      time: time,
      bytes: CaptureMaker.ethernet(CaptureMaker.version4(segment))
    )
  }

  private static func sum(_ key: String, _ lines: [String], _ kind: String) -> Int {
    lines.filter { $0.contains("\"kind\":\"\(kind)\"") }.reduce(0) { sum, line in
      let value = line.split(separator: "\"\(key)\":").dropFirst().first
      return sum + (value.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0)
    }
  }

  @Test(arguments: [2, 3, 10], [40, 400])
  func `are handed on once, the oldest first, and what was cut is counted`(
    waiting: Int,
    sessions: Int
  ) {
    var packets: [CaptureMaker.Packet] = []
    var time = CaptureMaker.start
    for port in 1...sessions {
      packets += CaptureMaker.session([Array("HELO".utf8)], [[65]], port: 20_000 + port, at: time)
        .prefix(4)
      for number in 0..<waiting {
        time += 1000
        packets.append(
          Self.early(20_000 + port, UInt32(1005 + 500 + number * 300), 300, at: time)
        )
      }
    }
    let found = Self.run(packets, held: 40_000)
    #expect(found.count { $0.contains(#""kind":"flow""#) } == sessions)
    // Each has its bytes once, and the gap before them: cut off or not.
    #expect(Self.sum("bytes_in", found, "flow") == sessions * (4 + 500 + waiting * 300))
    #expect(Self.sum("missing", found, "flow") == sessions * 500)
    let displaced = found.count { $0.contains(#""status":"displaced""#) }
    #expect(displaced > 0 && displaced < sessions)
    let told = found.filter { $0.contains(#""op":"displaced-sessions""#) }
    #expect(Self.sum("count", told, "notice") == displaced)
    // The oldest gave way, the youngest did not.
    let last = found.filter { $0.contains(#""proto":"echo""#) && $0.contains(#""text""#) }
      .filter { $0.contains(#""client_port":\#(20_000 + sessions),"#) }
    #expect(last.allSatisfy { !$0.contains("displaced") })
  }

  @Test(arguments: 1...60)
  func `in any order come to the same sums, and never trap`(seed: Int) {
    var numbers = SeededNumbers(seed)
    let sessions = Int.random(in: 2...30, using: &numbers)
    var waiting: [[CaptureMaker.Packet]] = []
    for port in 1...sessions {
      var own = CaptureMaker.session([Array("HELO".utf8)], [[65]], port: 20_000 + port).prefix(4)
        .map { $0 }
      var parts: [(UInt32, Int)] = []
      var place: UInt32 = 1005
      for _ in 0..<Int.random(in: 0...12, using: &numbers) {
        if Int.random(in: 0..<4, using: &numbers) == 0 {
          place += UInt32.random(in: 1...900, using: &numbers)
        }
        let count = Int.random(in: 1...900, using: &numbers)
        parts.append((place, count))
        if Int.random(in: 0..<5, using: &numbers) == 0 { parts.append((place, count)) }
        place += UInt32(count)
      }
      parts.shuffle(using: &numbers)
      own += parts.map { Self.early(20_000 + port, $0.0, $0.1, at: 0) }
      waiting.append(own)
    }
    var packets: [CaptureMaker.Packet] = []
    while let index = waiting.indices.filter({ !waiting[$0].isEmpty })
      .randomElement(using: &numbers)
    {
      var packet = waiting[index].removeFirst()
      packet.time = CaptureMaker.start + Int64(packets.count) * 1_000_000
      packets.append(packet)
    }
    let roomy = Self.run(packets, held: 8 << 20)
    let narrow = Self.run(packets, held: Int.random(in: 16_000...30_000, using: &numbers))
    for found in [roomy, narrow] {
      #expect(found.count { $0.contains(#""kind":"flow""#) } == sessions)
    }
    // Whoever is displaced loses what comes late, never more than there is.
    let (most, least) = (Self.sum("bytes_in", roomy, "flow"), Self.sum("bytes_in", narrow, "flow"))
    #expect(least == most)
    #expect(Self.sum("missing", narrow, "flow") >= Self.sum("missing", roomy, "flow"))
  }
}
