internal import CScan

/// Reads the blocks of a pcap or pcapng file from pieces of any size.
///
/// Source: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng; libpcap, sf-pcap.c and sf-pcapng.c.
struct CaptureFile {
  enum Kind { case unknown, pcap, pcapng, ended }

  /// One interface of a section.
  struct Interface {
    var link: UInt32
    /// Ticks a second, or nanoseconds a tick where they divide it.
    var resolution: UInt64 = 1_000_000
    var offset: Int64 = 0
    var snapLength: UInt32
    /// Packets that its last statistics say were dropped.
    var dropped: UInt64 = 0
  }

  private(set) var problem: CaptureProblem?
  var kind = Kind.unknown
  var isSwapped = false
  /// Of pcap: nanoseconds a tick of the second word, and bytes before a packet.
  var tick: Int64 = 1000
  var headerLength = 16
  var link: UInt32 = 0
  var interfaces: [Interface] = []
  /// Of the next block that is not read yet.
  var offset: Int64 = 0
  /// The start of a block of which the rest is still to come.
  var held: [UInt8] = []
  var wanted = 0
  /// Bytes of a block that nobody wants.
  var skipped: Int64 = 0
  var ended: Int64 = 0

  /// No packet is longer: libpcap takes 256 KiB, USB 128 MiB.
  static let longestPacket = 1 << 20
  static let longestBlock = (1 << 20) + 4096
  static let interfaceLimit = 4096
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

  mutating func stop(_ kind: CaptureProblem.Kind, _ reason: String) {
    problem = CaptureProblem(kind: kind, offset: offset, reason: reason, unread: 0)
    self.kind = .ended
  }

  /// Reads whole blocks; what is left of the bytes: the start of one, `wanted` bytes long as far as is
  /// known.
  mutating func blocks(
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
  func word(_ bytes: PacketBytes, _ offset: Int) -> UInt32 {
    let value = bytes.word32(offset)
    return isSwapped ? value.byteSwapped : value
  }

  @inline(__always)
  func half(_ bytes: PacketBytes, _ offset: Int) -> UInt16 {
    let value = bytes.word16(offset)
    return isSwapped ? value.byteSwapped : value
  }

  /// The header of the file; 0: more is wanted, or it is none.
  mutating func header(_ bytes: PacketBytes) -> Int {
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

  mutating func packets(_ bytes: PacketBytes, _ engine: inout PacketEngine) -> Int {
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
      // The headers of the next packet come while this one is read.
      cscan_prefetch(record.base + wanted)
      cscan_prefetch(record.base + wanted + 64)
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
}
