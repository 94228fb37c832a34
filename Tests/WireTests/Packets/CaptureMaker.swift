import Wire

/// Makes packets and capture files, byte by byte.
struct CaptureMaker {
  enum Form: CaseIterable {
    case micro, nano, microSwapped, nanoSwapped, next, nextSwapped, nextNano
  }

  struct Packet {
    var time: Int64
    var bytes: [UInt8]
    /// On the wire, where more than was captured.
    var original: Int?
  }

  static func word16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }
  static func word32(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  static let client: [UInt8] = [192, 0, 2, 7]
  static let server: [UInt8] = [198, 51, 100, 9]

  static func version4(
    _ payload: [UInt8],
    from source: [UInt8] = client,
    to destination: [UInt8] = server,
    transport: UInt8 = 6,
    identification: Int = 1,
    fragment: Int = 0
  ) -> [UInt8] {
    [0x45, 0] + word16(20 + payload.count) + word16(identification) + word16(fragment)
      + [64, transport, 0, 0] + source + destination + payload
  }

  static func version6(_ payload: [UInt8], next: UInt8, isBack: Bool = false) -> [UInt8] {
    let near: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7]
    let far: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [9]
    return [0x60, 0, 0, 0] + word16(payload.count) + [next, 64] + (isBack ? far : near)
      + (isBack ? near : far) + payload
  }

  static func tcp(
    _ payload: [UInt8] = [],
    from source: Int = 50_112,
    to destination: Int = 5432,
    sequence: UInt32,
    acknowledged: UInt32 = 0,
    flags: UInt8 = 0x10
  ) -> [UInt8] {
    word16(source) + word16(destination) + word32(sequence) + word32(acknowledged)
      + [0x50, flags, 0x20, 0, 0, 0, 0, 0] + payload
  }

  static func udp(_ payload: [UInt8], from source: Int, to destination: Int) -> [UInt8] {
    word16(source) + word16(destination) + word16(8 + payload.count) + [0, 0] + payload
  }

  static func ethernet(_ packet: [UInt8]) -> [UInt8] {
    [UInt8](repeating: 2, count: 12) + (packet[0] >> 4 == 4 ? [8, 0] : [0x86, 0xDD]) + packet
  }

  static func file(_ packets: [Packet], _ form: Form = .micro, link: Int = 1) -> [UInt8] {
    switch form {
    case .micro: classic(packets, link, tick: 1000, isSwapped: true)
    case .nano: classic(packets, link, tick: 1, isSwapped: true)
    case .microSwapped: classic(packets, link, tick: 1000, isSwapped: false)
    case .nanoSwapped: classic(packets, link, tick: 1, isSwapped: false)
    case .next: next(packets, link, isSwapped: true, isNano: false)
    case .nextSwapped: next(packets, link, isSwapped: false, isNano: false)
    case .nextNano: next(packets, link, isSwapped: true, isNano: true)
    }
  }

  private static func put(_ value: UInt32, _ isSwapped: Bool) -> [UInt8] {
    isSwapped ? word32(value).reversed() : word32(value)
  }

  private static func put16(_ value: Int, _ isSwapped: Bool) -> [UInt8] {
    isSwapped ? word16(value).reversed() : word16(value)
  }

  private static func classic(
    _ packets: [Packet],
    _ link: Int,
    tick: Int64,
    isSwapped: Bool
  ) -> [UInt8] {
    var bytes = put(tick == 1 ? 0xA1B2_3C4D : 0xA1B2_C3D4, isSwapped)
    bytes += put16(2, isSwapped) + put16(4, isSwapped) + put(0, isSwapped) + put(0, isSwapped)
    bytes += put(262_144, isSwapped) + put(UInt32(link), isSwapped)
    for packet in packets {
      bytes += put(UInt32(packet.time / 1_000_000_000), isSwapped)
      bytes += put(UInt32(packet.time % 1_000_000_000 / tick), isSwapped)
      bytes += put(UInt32(packet.bytes.count), isSwapped)
      bytes += put(UInt32(packet.original ?? packet.bytes.count), isSwapped) + packet.bytes
    }
    return bytes
  }

  static func block(_ type: UInt32, _ body: [UInt8], isSwapped: Bool = true) -> [UInt8] {
    let padded = body + [UInt8](repeating: 0, count: (4 - body.count & 3) & 3)
    let size = put(UInt32(padded.count + 12), isSwapped)
    return (type == 0x0A0D_0D0A ? word32(type) : put(type, isSwapped)) + size + padded + size
  }

  /// A section with a comment, a name resolution and a private block between the packets.
  private static func next(
    _ packets: [Packet],
    _ link: Int,
    isSwapped: Bool,
    isNano: Bool
  ) -> [UInt8] {
    let unknown = [UInt8](repeating: 255, count: 8)
    var bytes = block(
      0x0A0D_0D0A,
      put(0x1A2B_3C4D, isSwapped) + put16(1, isSwapped) + put16(0, isSwapped) + unknown,
      isSwapped: isSwapped
    )
    var described = put16(link, isSwapped) + put16(0, isSwapped) + put(0, isSwapped)
    if isNano { described += put16(9, isSwapped) + put16(1, isSwapped) + [9, 0, 0, 0] }
    bytes += block(1, described, isSwapped: isSwapped)
    for (index, packet) in packets.enumerated() {
      let ticks = UInt64(packet.time / (isNano ? 1 : 1000))
      let body =
        put(0, isSwapped) + put(UInt32(ticks >> 32), isSwapped)
        + put(UInt32(truncatingIfNeeded: ticks), isSwapped)
        + put(UInt32(packet.bytes.count), isSwapped)
        + put(UInt32(packet.original ?? packet.bytes.count), isSwapped) + packet.bytes
      bytes += block(6, body, isSwapped: isSwapped)
      if index == 0 { bytes += block(0x0BAD, [1, 2, 3], isSwapped: isSwapped) }
    }
    return bytes
  }
}

extension CaptureMaker {
  /// 2026-04-01 00:00 UTC.
  static let start: Int64 = 1_775_001_600_000_000_000

  /// A whole session: what the client says, in pieces, and what the server answers.
  static func session(
    _ asked: [[UInt8]],
    _ answered: [[UInt8]],
    port: Int = 50_112,
    initial: (client: UInt32, server: UInt32) = (1000, 9000),
    at start: Int64 = start
  ) -> [Packet] {
    var packets: [Packet] = []
    var (near, far) = (initial.client, initial.server)
    func add(_ segment: [UInt8], isBack: Bool = false) {
      let packet =
        isBack ? version4(segment, from: server, to: client) : version4(segment)
      packets.append(
        Packet(time: start + Int64(packets.count) * 1_000_000, bytes: ethernet(packet))
      )
    }
    func out(_ payload: [UInt8], flags: UInt8) {
      let number = flags & 16 == 0 ? 0 : far
      add(tcp(payload, from: port, sequence: near, acknowledged: number, flags: flags))
      near &+= UInt32(payload.count) &+ (flags & 3 != 0 ? 1 : 0)
    }
    func back(_ payload: [UInt8], flags: UInt8) {
      add(
        tcp(payload, from: 5432, to: port, sequence: far, acknowledged: near, flags: flags),
        isBack: true
      )
      far &+= UInt32(payload.count) &+ (flags & 3 != 0 ? 1 : 0)
    }
    out([], flags: 2)
    back([], flags: 0x12)
    out([], flags: 0x10)
    for index in 0..<max(asked.count, answered.count) {
      if index < asked.count { out(asked[index], flags: 0x18) }
      if index < answered.count { back(answered[index], flags: 0x18) }
    }
    out([], flags: 0x11)
    back([], flags: 0x11)
    out([], flags: 0x10)
    return packets
  }

  static func lines(
    _ file: [UInt8],
    parsers: [any SessionParser.Type] = [],
    limits: WireLimits = .standard,
    cut: (Int) -> Int = { _ in .max }
  ) -> (lines: [String], problem: CaptureProblem?) {
    var decoder = WireDecoder(parsers: parsers, limits: limits)
    var text: [UInt8] = []
    file.withUnsafeBytes { bytes in
      var place = 0
      while place < bytes.count {
        let end = place + min(max(1, cut(place)), bytes.count - place)
        decoder.receive(UnsafeRawBufferPointer(rebasing: bytes[place..<end]))
        text += decoder.lines
        decoder.removeLines()
        place = end
      }
    }
    decoder.finish()
    text += decoder.lines
    let all = String(decoding: text, as: UTF8.self)
    return (all.split(separator: "\n").map(String.init), decoder.problem)
  }
}

/// The same numbers on every run.
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var mixed = state
    mixed ^= mixed >> 33
    mixed = mixed &* 0xFF51_AFD7_ED55_8CCD
    return mixed ^ (mixed >> 33)
  }
}

/// A protocol that begins with `HELO`: tells all that either side said, and where bytes are missing.
final class EchoParser: SessionParser {
  static let name = "echo"
  private let session: Session
  private var said: (client: [UInt8], server: [UInt8]) = ([], [])
  private var missing: Int64 = 0

  static func recognise(_ opening: Opening) -> Recognition {
    let magic = Array("HELO".utf8)
    let seen = opening.client.prefix(4)
    guard seen.elementsEqual(magic.prefix(seen.count)) else { return .no }
    return seen.count == 4 ? .yes : .undecided
  }

  init(_ session: Session) { self.session = session }

  func receive(_ bytes: Span<UInt8>, from side: Side, at time: Int64, into log: inout WireLog) {
    for index in bytes.indices {
      if side == .client {
        said.client.append(bytes[index])
      } else {
        said.server.append(bytes[index])
      }
    }
  }

  func miss(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog) {
    missing += count
    let mark = Array("[\(count)]".utf8)
    if side == .client { said.client += mark } else { said.server += mark }
  }

  func close(_ end: SessionEnd, at time: Int64, into log: inout WireLog) {
    var record = WireRecord(.transfer, start: session.start, time: time)
    record.text = said.client
    record.object = said.server
    record.status = Array(end.rawValue.utf8)
    record.missing = missing
    log.write(record, of: session, Self.name)
  }

  var held: Int { said.client.count + said.server.count }
}
