/// pcapng: sections, interfaces, and the blocks that carry packets.
extension CaptureFile {
  mutating func section(_ bytes: PacketBytes) -> Int {
    wanted = 28
    guard bytes.count >= 28 else { return 0 }
    switch bytes.word32(8) {
    case 0x1A2B_3C4D: isSwapped = false
    case 0x4D3C_2B1A: isSwapped = true
    default:
      stop(.damaged, "a section without its byte order")
      return 0
    }
    interfaces = []
    return finish(block: bytes)
  }

  /// The size of a block that is whole, its end read; 0: more is wanted, or it is damaged.
  mutating func finish(block bytes: PacketBytes) -> Int {
    let size = Int(word(bytes, 4))
    guard size >= 12, size & 3 == 0, size <= Self.longestBlock else {
      stop(.damaged, "a block of \(size) bytes")
      return 0
    }
    wanted = size
    guard bytes.count >= size else { return 0 }
    guard word(bytes, size - 4) == UInt32(size) else {
      stop(.damaged, "a block whose two lengths differ")
      return 0
    }
    return size
  }

  mutating func block(_ bytes: PacketBytes, _ engine: inout PacketEngine) -> Int {
    wanted = 12
    guard bytes.count >= 12 else { return 0 }
    if bytes.word32(0) == 0x0A0D_0D0A { return section(bytes) }
    let type = word(bytes, 0)
    let isOfSecrets = type == 10 && word(bytes, 4) <= UInt32(Self.longestBlock)
    guard (1...6).contains(type) || isOfSecrets else { return pass(bytes) }
    let size = finish(block: bytes)
    guard size > 0 else { return 0 }
    let body = PacketBytes(bytes.base + 8, size - 12)
    switch type {
    case 1: interface(body)
    case 2: obsoletePacket(body, &engine)
    case 3: simplePacket(body, &engine)
    case 5: statistics(body, &engine)
    case 6: packet(body, &engine)
    case 10: secrets(body, engine)
    default: break
    }
    return kind == .ended ? 0 : size
  }

  /// A block that tells nothing of packets.
  mutating func pass(_ bytes: PacketBytes) -> Int {
    let size = Int(word(bytes, 4))
    guard size >= 12, size & 3 == 0 else {
      stop(.damaged, "a block of \(size) bytes")
      return 0
    }
    if size <= bytes.count { return size }
    skipped = Int64(size - bytes.count)
    return bytes.count
  }

  mutating func interface(_ body: PacketBytes) {
    guard body.count >= 8, interfaces.count < Self.interfaceLimit else {
      return stop(.damaged, "an interface without its link type, or too many of them")
    }
    var found = Interface(link: UInt32(half(body, 0)), snapLength: word(body, 4))
    options(body.dropping(8)) { code, value, file in
      if code == 9, value.count >= 1 {
        found.resolution = Self.resolution(value[0])
      } else if code == 14, value.count >= 8 {
        let raw = value.word64(0)
        found.offset = Int64(bitPattern: file.isSwapped ? raw.byteSwapped : raw)
      }
    }
    interfaces.append(found)
  }

  /// Ticks a second: a power of ten, or of two where the first bit is set.
  static func resolution(_ byte: UInt8) -> UInt64 {
    let exponent = Int(byte & 0x7F)
    if byte & 0x80 != 0 { return 1 << UInt64(min(exponent, 63)) }
    var ticks: UInt64 = 1
    for _ in 0..<min(exponent, 19) { ticks = ticks &* 10 }
    return ticks
  }

  /// Decryption secrets: a key log of TLS is taken, others are passed over.
  func secrets(_ body: PacketBytes, _ engine: borrowing PacketEngine) {
    guard body.count >= 8, word(body, 0) == 0x544C_534B else { return }
    let text = body.dropping(8).prefix(Int(word(body, 4)))
    let bytes = UnsafeRawBufferPointer(start: text.base, count: text.count)
    _ = engine.keys.add(bytes.bindMemory(to: UInt8.self))
    engine.keys.endLine()
  }

  func options(
    _ bytes: PacketBytes,
    _ body: (UInt16, PacketBytes, CaptureFile) -> Void
  ) {
    var rest = bytes
    while rest.count >= 4 {
      let (code, length) = (half(rest, 0), Int(half(rest, 2)))
      guard code != 0, rest.count >= 4 + length else { return }
      body(code, PacketBytes(rest.base + 4, length), self)
      rest = rest.dropping(min(rest.count, 4 + (length + 3) & ~3))
    }
  }

  func time(_ high: UInt32, _ low: UInt32, _ interface: Interface) -> Int64 {
    let ticks = UInt64(high) << 32 | UInt64(low)
    let seconds = ticks / interface.resolution
    let rest = (ticks % interface.resolution).multipliedFullWidth(by: 1_000_000_000)
    let nanoseconds = interface.resolution.dividingFullWidth(rest).quotient
    let most = Self.latest / 1_000_000_000
    let offset = min(max(interface.offset, -most), most)
    let sum = min(max(Int64(min(seconds, UInt64(most))) + offset, 0), most)
    return sum * 1_000_000_000 + Int64(nanoseconds)
  }

  mutating func packet(_ body: PacketBytes, _ engine: inout PacketEngine) {
    guard body.count >= 20 else { return stop(.damaged, "a packet block without its header") }
    take(
      body,
      Int(word(body, 0)),
      time: (word(body, 4), word(body, 8)),
      lengths: (Int(word(body, 12)), Int(word(body, 16))),
      at: 20,
      &engine
    )
  }

  mutating func obsoletePacket(_ body: PacketBytes, _ engine: inout PacketEngine) {
    guard body.count >= 20 else { return stop(.damaged, "a packet block without its header") }
    let dropped = half(body, 2)
    if dropped != 0xFFFF { engine.facts.dropped += Int64(dropped) }
    take(
      body,
      Int(half(body, 0)),
      time: (word(body, 4), word(body, 8)),
      lengths: (Int(word(body, 12)), Int(word(body, 16))),
      at: 20,
      &engine
    )
  }

  mutating func take(
    _ body: PacketBytes,
    _ interface: Int,
    time words: (UInt32, UInt32),
    lengths: (captured: Int, original: Int),
    at start: Int,
    _ engine: inout PacketEngine
  ) {
    guard interface < interfaces.count else {
      return stop(.damaged, "a packet of an interface that is not described")
    }
    guard lengths.captured <= body.count - start else {
      return stop(.damaged, "a packet longer than its block")
    }
    engine.take(
      PacketBytes(body.base + start, lengths.captured),
      original: max(lengths.original, lengths.captured),
      link: interfaces[interface].link,
      at: time(words.0, words.1, interfaces[interface])
    )
  }

  /// A packet without a time: it has that of the one before.
  mutating func simplePacket(_ body: PacketBytes, _ engine: inout PacketEngine) {
    guard body.count >= 4, let interface = interfaces.first else {
      return stop(.damaged, "a packet of an interface that is not described")
    }
    let original = Int(word(body, 0))
    var captured = min(original, body.count - 4)
    if interface.snapLength > 0 { captured = min(captured, Int(interface.snapLength)) }
    engine.take(
      PacketBytes(body.base + 4, captured),
      original: original,
      link: interface.link,
      at: engine.time
    )
  }

  /// How many packets an interface has dropped so far.
  mutating func statistics(_ body: PacketBytes, _ engine: inout PacketEngine) {
    guard body.count >= 12, Int(word(body, 0)) < interfaces.count else { return }
    let interface = Int(word(body, 0))
    var dropped: UInt64 = 0
    options(body.dropping(12)) { code, value, file in
      // isb_ifdrop, isb_osdrop: by the interface and by the system.
      guard code == 5 || code == 7, value.count >= 8 else { return }
      let raw = value.word64(0)
      let count = file.isSwapped ? raw.byteSwapped : raw
      dropped = dropped.addingReportingOverflow(count).partialValue
    }
    // A number that no capture reaches is damaged.
    guard dropped > interfaces[interface].dropped, dropped < 1 << 48 else { return }
    engine.facts.dropped += Int64(dropped - interfaces[interface].dropped)
    interfaces[interface].dropped = dropped
  }
}
