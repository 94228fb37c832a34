/// The captured bytes of a packet, or of a layer in it.
///
/// Whoever loads has checked `count`.
struct PacketBytes {
  let base: UnsafeRawPointer
  let count: Int

  @inline(__always)
  init(_ base: UnsafeRawPointer, _ count: Int) {
    self.base = base
    self.count = count
  }

  @inline(__always)
  subscript(_ offset: Int) -> UInt8 { base.load(fromByteOffset: offset, as: UInt8.self) }

  @inline(__always)
  func word16(_ offset: Int) -> UInt16 {
    UInt16(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  @inline(__always)
  func word32(_ offset: Int) -> UInt32 {
    UInt32(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  @inline(__always)
  func word64(_ offset: Int) -> UInt64 {
    UInt64(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Without the first bytes; there are so many.
  @inline(__always)
  func dropping(_ first: Int) -> PacketBytes { PacketBytes(base + first, count - first) }

  @inline(__always)
  func prefix(_ most: Int) -> PacketBytes { PacketBytes(base, min(count, most)) }
}
