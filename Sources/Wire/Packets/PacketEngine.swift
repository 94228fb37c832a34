/// Packets to flows, streams and records.
///
/// Everything is ordered by the packets as they stand in the capture and timed by their own times: what is
/// told depends on nothing else.
struct PacketEngine: ~Copyable {
  var log = WireLog()
  var facts = CaptureFacts()
  var flows: FlowTable
  var streams = StreamTable()
  var fragments: FragmentTable
  var announced = AnnouncedSessions()
  /// SYNs within sessions that go on, by the index of the flow: one each at most.
  var claims: [UInt32: SessionClaim] = [:]
  let parsers: [any SessionParser.Type]
  let names: [String]
  let limits: WireLimits
  /// Secrets that the capture itself holds, before those that were declared.
  let keys: KeyLog
  let users: UserFields.Names?
  let objects = ObjectBook()
  /// Flows that were ever begun.
  var begun = 0
  /// When the parts of what goes on are told next.
  var nextPart = Int64.min
  /// Slots of flows whose parts are still to be told for the hour that is over.
  var parts = 0..<0
  /// At the end: what is still open, the oldest last.
  var open: [UInt32]?
  /// Of the packet in hand.
  var time: Int64 = 0

  init(
    parsers: [any SessionParser.Type],
    limits: WireLimits,
    keys: KeyLog?,
    users: UserFields? = nil
  ) {
    self.keys = KeyLog(before: keys)
    self.users = users?.names
    self.parsers = parsers
    self.limits = limits
    names = parsers.map { $0.name }
    flows = FlowTable(limit: max(2, limits.flows))
    fragments = FragmentTable(limit: limits.fragmentBytes)
  }

  /// Takes the next packet of the capture: its captured bytes, and how many it had on the wire.
  @inline(__always)
  mutating func take(_ packet: PacketBytes, original: Int, link: UInt32, at time: Int64) {
    self.time = time
    if time >= nextPart || time < nextPart &- 2 &* limits.part { pass(to: time) }
    if !parts.isEmpty { tellParts(Self.withEach) }
    facts.note(time, original)
    if packet.count < original { facts.cut(original - packet.count) }
    switch LinkLayer.network(packet, type: link) {
    case .version4(let start): version4(packet, start, original)
    case .version6(let start): version6(packet, start, original)
    case .other: facts.passOver(original, isLinkKnown: LinkLayer.isKnown(link))
    }
    expire()
  }

  /// What stands behind an IPv4 or IPv6 header.
  struct Payload {
    var bytes: PacketBytes
    /// Of the payload on the wire.
    var length: Int
    /// From the network layer on.
    var wire: Int64
    var packets: UInt32 = 1
  }

  /// Source: RFC 791.
  @inline(__always)
  private mutating func version4(_ packet: PacketBytes, _ start: Int, _ original: Int) {
    guard packet.count >= start + 20 else { return facts.malformed(original) }
    let header = packet.dropping(start)
    let size = Int(header[0] & 15) * 4
    // Where the network card cuts packets, the host that captured knows no length yet.
    var total = Int(header.word16(2))
    if total == 0 { total = original - start }
    guard header[0] >> 4 == 4, size >= 20, total >= size, header.count >= size else {
      return facts.malformed(original)
    }
    let payload = Payload(
      bytes: header.prefix(total).dropping(size),
      length: total - size,
      wire: Int64(total)
    )
    let (source, destination) = (header.word32(12), header.word32(16))
    let place = header.word16(6)
    guard place & 0x3FFF == 0 else {
      let key = FragmentTable.Key(
        source: InternetAddress(version4: source),
        destination: InternetAddress(version4: destination),
        identification: UInt32(header.word16(4)),
        transport: header[9]
      )
      return fragment(key, payload, at: Int(place & 0x1FFF) * 8, isLast: place & 0x2000 == 0)
    }
    transport(
      header[9],
      (0, UInt64(source)),
      (0, UInt64(destination)),
      isVersion4: true,
      payload
    )
  }

  /// Source: RFC 8200, section 4; RFC 4302.
  private mutating func version6(_ packet: PacketBytes, _ start: Int, _ original: Int) {
    guard packet.count >= start + 40 else { return facts.malformed(original) }
    let header = packet.dropping(start)
    var length = Int(header.word16(4))
    if length == 0 { length = max(0, original - start - 40) }
    guard header[0] >> 4 == 6 else { return facts.malformed(original) }
    let source = (header.word64(8), header.word64(16))
    let destination = (header.word64(24), header.word64(32))
    var next = header[6]
    var rest = header.prefix(40 + length).dropping(40)
    for _ in 0..<16 {
      let size: Int
      switch next {
      case 0, 43, 60, 135, 139, 140:
        guard rest.count >= 8 else { return facts.malformed(original) }
        size = (Int(rest[1]) + 1) * 8
      case 51:
        guard rest.count >= 8 else { return facts.malformed(original) }
        size = (Int(rest[1]) + 2) * 4
      case 44:
        guard rest.count >= 8 else { return facts.malformed(original) }
        let place = rest.word16(2)
        let key = FragmentTable.Key(
          source: InternetAddress(high: source.0, low: source.1),
          destination: InternetAddress(high: destination.0, low: destination.1),
          identification: rest.word32(4),
          transport: rest[0]
        )
        let payload = Payload(
          bytes: rest.dropping(8),
          length: max(0, length - 8),
          wire: Int64(40 + Int(header.word16(4)))
        )
        // The only fragment of all: RFC 6946.
        guard place & 0xFFF9 != 0 else {
          transport(rest[0], source, destination, isVersion4: false, payload)
          return
        }
        return fragment(key, payload, at: Int(place & 0xFFF8), isLast: place & 1 == 0)
      default:
        let payload = Payload(bytes: rest, length: length, wire: Int64(40 + length))
        return transport(next, source, destination, isVersion4: false, payload)
      }
      next = rest[0]
      guard rest.count >= size, length >= size else { return facts.malformed(original) }
      rest = rest.dropping(size)
      length -= size
    }
    facts.malformed(original)
  }

  @inline(never)
  private mutating func fragment(
    _ key: FragmentTable.Key,
    _ payload: Payload,
    at offset: Int,
    isLast: Bool
  ) {
    let whole = fragments.add(
      key,
      payload.bytes,
      at: offset,
      // What was cut off leaves a hole that nothing fills.
      isLast: isLast && payload.bytes.count == payload.length,
      wire: payload.wire,
      time: time
    )
    guard let whole else { return }
    let high = (key.source.high, key.destination.high)
    whole.bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      let joined = Payload(
        bytes: PacketBytes(base, bytes.count),
        length: bytes.count,
        wire: whole.wire,
        packets: whole.packets
      )
      transport(
        key.transport,
        (high.0, key.source.low),
        (high.1, key.destination.low),
        isVersion4: key.source.isVersion4,
        joined
      )
    }
  }

  /// Finds or begins the flow of a packet, and counts it.
  @inline(__always)
  private mutating func transport(
    _ number: UInt8,
    _ source: (UInt64, UInt64),
    _ destination: (UInt64, UInt64),
    isVersion4: Bool,
    _ payload: Payload
  ) {
    let bytes = payload.bytes
    let hasPorts = number == 6 || number == 17 || number == 132 || number == 33 || number == 136
    var ports: (UInt16, UInt16) = (0, 0)
    if hasPorts {
      guard bytes.count >= 4 else { return facts.malformed(Int(payload.wire)) }
      ports = (bytes.word16(0), bytes.word16(2))
    }
    let lane = Self.lane(source, destination, ports, isVersion4: isVersion4)
    // Ends are exchanged without a branch: which of them sends is as good as chance.
    let other = 0 &- UInt64(lane)
    let high = (source.0 ^ destination.0) & other
    let low = (source.1 ^ destination.1) & other
    let port = (ports.0 ^ ports.1) & UInt16(truncatingIfNeeded: other)
    let key = FlowKey(
      firstHigh: source.0 ^ high,
      firstLow: source.1 ^ low,
      secondHigh: destination.0 ^ high,
      secondLow: destination.1 ^ low,
      firstPort: ports.0 ^ port,
      secondPort: ports.1 ^ port,
      transport: number,
      isVersion4: isVersion4
    )
    let hash = flows.hash(key)
    var index = flows.find(key, hash)
    if number == 6 {
      if bytes.count >= 20 {
        return segment(key, hash, index, lane, payload)
      }
      if index == FlowTable.none {
        index = begin(key, hash, client: guessClient(lane, ports), queue: .connected)
      }
      count(index, lane, payload, 0)
      return
    }
    if index == FlowTable.none {
      // A datagram's sender asks, unless it sends from a server's port to none.
      let answers = hasPorts && ports.0 < 1024 && ports.1 >= 1024
      index = begin(key, hash, client: answers ? 1 - lane : lane, queue: .connectionless)
    }
    var length = payload.length
    if number == 17, bytes.count >= 8 {
      let stated = Int(bytes.word16(4))
      length = max(0, (stated >= 8 ? min(stated, length) : length) - 8)
    }
    count(index, lane, payload, length)
  }

  /// Which end sends: 0 where it is the first, the lesser of the two.
  @inline(__always)
  private static func lane(
    _ source: (UInt64, UInt64),
    _ destination: (UInt64, UInt64),
    _ ports: (UInt16, UInt16),
    isVersion4: Bool
  ) -> Int {
    if isVersion4 {
      let from = source.1 << 16 | UInt64(ports.0)
      return from > destination.1 << 16 | UInt64(ports.1) ? 1 : 0
    }
    if source.0 != destination.0 { return source.0 < destination.0 ? 0 : 1 }
    if source.1 != destination.1 { return source.1 < destination.1 ? 0 : 1 }
    return ports.0 <= ports.1 ? 0 : 1
  }

  /// Of two ends of which nobody has seen who began: the one with the lesser port serves.
  func guessClient(_ lane: Int, _ ports: (UInt16, UInt16)) -> Int {
    ports.0 < ports.1 ? 1 - lane : lane
  }

  @inline(__always)
  mutating func count(_ index: UInt32, _ lane: Int, _ payload: Payload, _ length: Int) {
    let flow = flows.flows + Int(index)
    flow.pointee.lanes[lane].packets &+= payload.packets
    flow.pointee.lanes[lane].wire &+= payload.wire
    flow.pointee.lanes[lane].bytes &+= Int64(length)
    flow.pointee.lanes[lane].isHeard = true
    if time > flow.pointee.last { flow.pointee.last = time }
    if time < flow.pointee.first { flow.pointee.first = time }
    flows.touch(index)
  }
}
