extension MySQL {
  /// The packets around compressed ones: each is a stream of its own.
  ///
  ///     compressed length: 3 bytes | number | length: 3, 0: as it is | payload
  struct CompressedPackets {
    var frames = FrameReader(headerSize: 7)
    var isPlain = false
    var isBroken = false
    var decompressor: Decompressor?

    mutating func begin(isZstd: Bool) {
      let head = frames.head
      let length = Int(head >> 48 & 255) | Int(head >> 40 & 255) << 8 | Int(head >> 32 & 255) << 16
      isPlain = head & 0xFF_FFFF == 0
      isBroken = false
      frames.begin(length: length, isStreamed: true)
      guard !isPlain else { return }
      if let decompressor {
        decompressor.restart()
      } else {
        decompressor = Decompressor(isZstd ? .zstd : .deflate)
      }
    }
  }

  /// Takes compressed bytes of a side and reads what they hold.
  func decompress(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    var at = 0
    while phase != .opaque {
      let step =
        side == .client
        ? clientPackets.frames.next(bytes, &at) : serverPackets.frames.next(bytes, &at)
      switch step {
      case .wait: return
      case .header:
        let isZstd = has(Capability.zstd) && !has(Capability.compress)
        if side == .client {
          clientPackets.begin(isZstd: isZstd)
        } else {
          serverPackets.begin(isZstd: isZstd)
        }
      case .piece(let range):
        let piece = UnsafeBufferPointer(rebasing: bytes[range])
        let packets = side == .client ? clientPackets : serverPackets
        if packets.isPlain {
          readOn(piece, side, time, &log)
        } else if !packets.isBroken, let decompressor = packets.decompressor {
          decompressor.decode(piece) { readOn($0, side, time, &log) }
          if decompressor.state == .broken { breakPacket(side) }
        }
      case .end: break
      }
    }
  }

  /// What the rest of this packet holds cannot be told.
  private func breakPacket(_ side: Side) {
    if side == .client {
      clientPackets.isBroken = true
      loseClientPlace()
    } else {
      serverPackets.isBroken = true
      loseServerPlace()
    }
  }

  func missCompressed(_ count: Int64, _ side: Side) {
    let loss =
      side == .client ? clientPackets.frames.miss(count) : serverPackets.frames.miss(count)
    breakPacket(side)
    // Nothing tells where the next of these begins.
    if loss == .lost { phase = .opaque }
  }
}
