/// What stands before the network layer of a packet.
///
/// Source: tcpdump.org, "Link-layer header types"; IEEE 802.3, 802.1Q, 802.1ad; RFC 1661, 1662, 2516, 3032.
enum LinkLayer {
  /// Which network layer a packet has, and where it begins.
  enum Network {
    case version4(Int)
    case version6(Int)
    /// Something else, or too little of it was captured to tell.
    case other
  }

  /// Whether packets of a link type are read at all.
  static func isKnown(_ type: UInt32) -> Bool {
    switch type {
    case 0, 1, 9, 12, 14, 50, 51, 101, 104, 105, 108, 113, 127, 228, 229, 276: true
    default: false
    }
  }

  @inline(__always)
  static func network(_ packet: PacketBytes, type: UInt32) -> Network {
    if type == 1 {
      guard packet.count >= 14 else { return .other }
      return ethernet(packet, packet.word16(12), at: 14)
    }
    return otherLink(packet, type)
  }

  @inline(never)
  private static func otherLink(_ packet: PacketBytes, _ type: UInt32) -> Network {
    switch type {
    case 0, 108: return loopback(packet)
    case 113: return packet.count >= 16 ? ethernet(packet, packet.word16(14), at: 16) : .other
    case 276: return packet.count >= 20 ? ethernet(packet, packet.word16(0), at: 20) : .other
    case 12, 14, 101, 228, 229: return raw(packet, at: 0)
    case 9, 50:
      // Address and control are left out where the two ends agreed to.
      let isFramed = packet.count >= 2 && packet.word16(0) == 0xFF03
      return pointToPoint(packet, at: isFramed ? 2 : 0)
    case 51: return pointToPoint(packet, at: 6)
    case 105: return wireless(packet, at: 0)
    case 127:
      // Radiotap tells its own length, the lesser byte first.
      guard packet.count >= 4 else { return .other }
      return wireless(packet, at: Int(packet.word16(2).byteSwapped))
    case 104: return packet.count >= 4 ? ethernet(packet, packet.word16(2), at: 4) : .other
    default: return .other
    }
  }

  @inline(__always)
  private static func ethernet(_ packet: PacketBytes, _ type: UInt16, at start: Int) -> Network {
    if type == 0x0800 { return .version4(start) }
    if type == 0x86DD { return .version6(start) }
    return tagged(packet, type, at: start)
  }

  /// Behind VLAN tags, labels, PPPoE or the header of LLC.
  @inline(never)
  private static func tagged(_ packet: PacketBytes, _ first: UInt16, at start: Int) -> Network {
    var (type, place) = (first, start)
    for _ in 0..<8 {
      switch type {
      case 0x0800: return .version4(place)
      case 0x86DD: return .version6(place)
      case 0x8100, 0x88A8, 0x9100, 0x9200:
        guard packet.count >= place + 4 else { return .other }
        (type, place) = (packet.word16(place + 2), place + 4)
      case 0x8864: return pointToPoint(packet, at: place + 6)
      case 0x8847, 0x8848:
        while packet.count >= place + 4 {
          place += 4
          if packet[place - 2] & 1 == 1 { return raw(packet, at: place) }
        }
        return .other
      case ..<0x0600:
        // A length: LLC. SNAP with the type of Ethernet behind it is the only one that is read.
        guard packet.count >= place + 8, packet.word32(place) & 0xFFFF_FF00 == 0xAAAA_0300,
          packet[place + 3] == 0, packet.word16(place + 4) == 0
        else { return .other }
        (type, place) = (packet.word16(place + 6), place + 8)
      default: return .other
      }
    }
    return .other
  }

  /// A frame of data that is not encrypted: IEEE 802.11, section 9.3.2.
  private static func wireless(_ packet: PacketBytes, at start: Int) -> Network {
    guard packet.count >= start + 24, packet[start] & 0x0C == 0x08, packet[start + 1] & 0x40 == 0
    else { return .other }
    let hasQuality = packet[start] & 0x80 != 0
    // Without a body: null data.
    guard packet[start] & 0x40 == 0 else { return .other }
    var place = start + 24
    if packet[start + 1] & 3 == 3 { place += 6 }
    if hasQuality { place += packet[start + 1] & 0x80 != 0 ? 6 : 2 }
    return tagged(packet, 0, at: place)
  }

  /// The family of addresses in the byte order of the host that captured.
  private static func loopback(_ packet: PacketBytes) -> Network {
    guard packet.count >= 4 else { return .other }
    let family = packet.word32(0)
    switch family > 0xFFFF ? family.byteSwapped : family {
    case 2: return .version4(4)
    case 10, 24, 28, 30: return .version6(4)
    default: return .other
    }
  }

  private static func raw(_ packet: PacketBytes, at start: Int) -> Network {
    guard packet.count > start else { return .other }
    switch packet[start] >> 4 {
    case 4: return .version4(start)
    case 6: return .version6(start)
    default: return .other
    }
  }

  private static func pointToPoint(_ packet: PacketBytes, at start: Int) -> Network {
    guard packet.count >= start + 2 else { return .other }
    // One byte where the field is compressed: its last bit is set.
    let isShort = packet[start] & 1 == 1
    let type = isShort ? UInt16(packet[start]) : packet.word16(start)
    switch type {
    case 0x21: return .version4(start + (isShort ? 1 : 2))
    case 0x57: return .version6(start + (isShort ? 1 : 2))
    default: return .other
    }
  }
}
