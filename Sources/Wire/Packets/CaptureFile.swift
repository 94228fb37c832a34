/// Reads the blocks of a pcap or pcapng file from pieces of any size.
///
/// Source: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng; libpcap, sf-pcap.c and sf-pcapng.c.
struct CaptureFile {
  private enum Kind { case unknown, pcap, pcapng, ended }

  /// One interface of a section.
  private struct Interface {
    var link: UInt32
    /// Ticks a second, or nanoseconds a tick where they divide it.
    var resolution: UInt64 = 1_000_000
    var offset: Int64 = 0
    var snapLength: UInt32
    /// Packets that its last statistics say were dropped.
    var dropped: UInt64 = 0
  }

  private(set) var problem: CaptureProblem?
  private var kind = Kind.unknown
  private var isSwapped = false
  /// Of pcap: nanoseconds a tick of the second word, and bytes before a packet.
  private var tick: Int64 = 1000
  private var headerLength = 16
  private var link: UInt32 = 0
  private var interfaces: [Interface] = []
  /// Of the next block that is not read yet.
  private var offset: Int64 = 0
  /// The start of a block of which the rest is still to come.
  private var held: [UInt8] = []
  private var wanted = 0
  /// Bytes of a block that nobody wants.
  private var skipped: Int64 = 0
  private var ended: Int64 = 0

  /// No packet is longer: libpcap takes 256 KiB, USB 128 MiB.
  private static let longestPacket = 1 << 20
  private static let longestBlock = (1 << 20) + 4096
  private static let interfaceLimit = 4096
  /// 2200: no time is later, so that nothing overflows.
  static let latest: Int64 = 7_258_118_400_000_000_000

  static func isCapture(_ head: UnsafeRawBufferPointer) -> Bool {
    guard head.count >= 4, let base = head.baseAddress else { return false }
    switch PacketBytes(base, head.count).word32(0) {
    case 0xA1B2_C3D4, 0xD4C3_B2A1, 0xA1B2_3C4D, 0x4D3C_B2A1, 0xA1B2_CD34, 0x34CD_B2A1:
      return head.count >= 8
    case 0x0A0D_0D0A:
      guard head.count >= 12 else { return false }
      let order = PacketBytes(base, head.count).word32(8)
      return order == 0x1A2B_3C4D || order == 0x4D3C_2B1A
    default: return false
    }
  }

  mutating func take(_ piece: UnsafeRawBufferPointer, into engine: inout PacketEngine) {
    var rest = piece
    while !rest.isEmpty {
      if kind == .ended {
        ended += Int64(rest.count)
        return
      }
      if skipped > 0 {
        let count = Int(min(skipped, Int64(rest.count)))
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        skipped -= Int64(count)
        offset += Int64(count)
        continue
      }
      if held.isEmpty {
        rest = blocks(rest, &engine)
        if !rest.isEmpty, kind != .ended, skipped == 0 {
          held.append(contentsOf: rest)
          return
        }
        continue
      }
      let count = min(wanted - held.count, rest.count)
      held.append(contentsOf: rest.prefix(count))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      guard held.count == wanted else { return }
      var whole: [UInt8] = []
      swap(&whole, &held)
      let left = whole.withUnsafeBytes { blocks($0, &engine).count }
      if left > 0, kind != .ended, skipped == 0 {
        held = whole
      } else if left > 0, kind == .ended {
        ended += Int64(left)
      } else if skipped > 0, left > 0 {
        skipped -= Int64(left)
        offset += Int64(left)
      }
    }
  }

  /// Nothing more will come.
  mutating func finish() {
    if kind == .ended {
      problem?.unread = ended
      return
    }
    guard skipped > 0 || !held.isEmpty || kind == .unknown else { return }
    let reason =
      kind == .unknown && held.isEmpty
      ? "nothing in it" : "it ends within a packet or before one is whole"
    problem = CaptureProblem(
      kind: .truncated,
      offset: offset,
      reason: reason,
      unread: Int64(held.count)
    )
    kind = .ended
  }

  private mutating func stop(_ kind: CaptureProblem.Kind, _ reason: String) {
    problem = CaptureProblem(kind: kind, offset: offset, reason: reason, unread: 0)
    self.kind = .ended
  }

  /// Reads whole blocks; what is left of the bytes: the start of one, `wanted` bytes long as far as is
  /// known.
  private mutating func blocks(
    _ bytes: UnsafeRawBufferPointer,
    _ engine: inout PacketEngine
  ) -> UnsafeRawBufferPointer {
    guard let base = bytes.baseAddress else { return bytes }
    var place = 0
    while place < bytes.count, kind != .ended, skipped == 0 {
      let rest = PacketBytes(base + place, bytes.count - place)
      let size: Int
      switch kind {
      case .unknown: size = header(rest)
      case .pcap: size = packets(rest, &engine)
      case .pcapng: size = block(rest, &engine)
      case .ended: size = 0
      }
      if size == 0 { break }
      place += size
      offset += Int64(size)
    }
    return UnsafeRawBufferPointer(rebasing: bytes[place...])
  }

  @inline(__always)
  private func word(_ bytes: PacketBytes, _ offset: Int) -> UInt32 {
    let value = bytes.word32(offset)
    return isSwapped ? value.byteSwapped : value
  }

  @inline(__always)
  private func half(_ bytes: PacketBytes, _ offset: Int) -> UInt16 {
    let value = bytes.word16(offset)
    return isSwapped ? value.byteSwapped : value
  }

  /// The header of the file; 0: more is wanted, or it is none.
  private mutating func header(_ bytes: PacketBytes) -> Int {
    wanted = 12
    guard bytes.count >= 12 else { return 0 }
    let magic = bytes.word32(0)
    if magic == 0x0A0D_0D0A {
      kind = .pcapng
      return section(bytes)
    }
    wanted = 24
    guard bytes.count >= 24 else { return 0 }
    switch magic {
    case 0xA1B2_C3D4, 0xA1B2_3C4D, 0xA1B2_CD34: isSwapped = false
    case 0xD4C3_B2A1, 0x4D3C_B2A1, 0x34CD_B2A1: isSwapped = true
    default:
      stop(.damaged, "no header of a capture")
      return 0
    }
    let order = isSwapped ? magic.byteSwapped : magic
    tick = order == 0xA1B2_3C4D ? 1 : 1000
    headerLength = order == 0xA1B2_CD34 ? 24 : 16
    // The upper bits tell of checksums behind the packets.
    link = word(bytes, 20) & 0xFFFF
    kind = .pcap
    return 24
  }

  // MARK: pcap

  private mutating func packets(_ bytes: PacketBytes, _ engine: inout PacketEngine) -> Int {
    var place = 0
    while true {
      let left = bytes.count - place
      wanted = headerLength
      guard left >= headerLength else { return place }
      let record = bytes.dropping(place)
      let captured = Int(word(record, 8))
      guard captured <= Self.longestPacket else {
        offset += Int64(place)
        stop(.damaged, "a packet of \(captured) bytes")
        offset -= Int64(place)
        return place
      }
      wanted = headerLength + captured
      guard left >= wanted else { return place }
      let seconds = Int64(word(record, 0)) * 1_000_000_000
      let original = Int(word(record, 12))
      engine.take(
        PacketBytes(record.base + headerLength, captured),
        original: max(original, captured),
        link: link,
        at: seconds + Int64(word(record, 4)) * tick
      )
      place += wanted
    }
  }

  // MARK: pcapng

  private mutating func section(_ bytes: PacketBytes) -> Int {
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
  private mutating func finish(block bytes: PacketBytes) -> Int {
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

  private mutating func block(_ bytes: PacketBytes, _ engine: inout PacketEngine) -> Int {
    wanted = 12
    guard bytes.count >= 12 else { return 0 }
    if bytes.word32(0) == 0x0A0D_0D0A { return section(bytes) }
    let type = word(bytes, 0)
    guard (1...6).contains(type) else { return pass(bytes) }
    let size = finish(block: bytes)
    guard size > 0 else { return 0 }
    let body = PacketBytes(bytes.base + 8, size - 12)
    switch type {
    case 1: interface(body)
    case 2: obsoletePacket(body, &engine)
    case 3: simplePacket(body, &engine)
    case 5: statistics(body, &engine)
    case 6: packet(body, &engine)
    default: break
    }
    return kind == .ended ? 0 : size
  }

  /// A block that tells nothing of packets.
  private mutating func pass(_ bytes: PacketBytes) -> Int {
    let size = Int(word(bytes, 4))
    guard size >= 12, size & 3 == 0 else {
      stop(.damaged, "a block of \(size) bytes")
      return 0
    }
    if size <= bytes.count { return size }
    skipped = Int64(size - bytes.count)
    return bytes.count
  }

  private mutating func interface(_ body: PacketBytes) {
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
  private static func resolution(_ byte: UInt8) -> UInt64 {
    let exponent = Int(byte & 0x7F)
    if byte & 0x80 != 0 { return 1 << UInt64(min(exponent, 63)) }
    var ticks: UInt64 = 1
    for _ in 0..<min(exponent, 19) { ticks = ticks &* 10 }
    return ticks
  }

  private func options(
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

  private func time(_ high: UInt32, _ low: UInt32, _ interface: Interface) -> Int64 {
    let ticks = UInt64(high) << 32 | UInt64(low)
    let seconds = ticks / interface.resolution
    let rest = (ticks % interface.resolution).multipliedFullWidth(by: 1_000_000_000)
    let nanoseconds = interface.resolution.dividingFullWidth(rest).quotient
    let most = Self.latest / 1_000_000_000
    let offset = min(max(interface.offset, -most), most)
    let sum = min(max(Int64(min(seconds, UInt64(most))) + offset, 0), most)
    return sum * 1_000_000_000 + Int64(nanoseconds)
  }

  private mutating func packet(_ body: PacketBytes, _ engine: inout PacketEngine) {
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

  private mutating func obsoletePacket(_ body: PacketBytes, _ engine: inout PacketEngine) {
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

  private mutating func take(
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
  private mutating func simplePacket(_ body: PacketBytes, _ engine: inout PacketEngine) {
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
  private mutating func statistics(_ body: PacketBytes, _ engine: inout PacketEngine) {
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
