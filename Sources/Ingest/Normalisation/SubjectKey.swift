/// The key of the hashes by which data subjects are counted: their ids never enter a state.
///
/// SipHash-2-4, a keyed pseudo-random function for short inputs. Source: Aumasson, Bernstein,
/// "SipHash: a fast short-input PRF" (INDOCRYPT 2012).
public struct SubjectKey: Sendable, Hashable {
  var k0: UInt64
  var k1: UInt64

  public init(_ k0: UInt64, _ k1: UInt64) {
    self.k0 = k0
    self.k1 = k1
  }

  /// Never 0: 0 means "no subject stated".
  public func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var v0 = k0 ^ 0x736f_6d65_7073_6575
    var v1 = k1 ^ 0x646f_7261_6e64_6f6d
    var v2 = k0 ^ 0x6c79_6765_6e65_7261
    var v3 = k1 ^ 0x7465_6462_7974_6573
    func round() {
      v0 &+= v1
      v1 = (v1 << 13 | v1 >> 51) ^ v0
      v0 = v0 << 32 | v0 >> 32
      v2 &+= v3
      v3 = (v3 << 16 | v3 >> 48) ^ v2
      v0 &+= v3
      v3 = (v3 << 21 | v3 >> 43) ^ v0
      v2 &+= v1
      v1 = (v1 << 17 | v1 >> 47) ^ v2
      v2 = v2 << 32 | v2 >> 32
    }
    let raw = UnsafeRawBufferPointer(bytes)
    var index = 0
    while index + 8 <= raw.count {
      let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      v3 ^= word
      round()
      round()
      v0 ^= word
      index += 8
    }
    var last = UInt64(truncatingIfNeeded: raw.count) << 56
    var shift: UInt64 = 0
    while index < raw.count {
      last |= UInt64(raw[index]) << shift
      shift += 8
      index += 1
    }
    v3 ^= last
    round()
    round()
    v0 ^= last
    v2 ^= 0xff
    for _ in 0..<4 { round() }
    let value = v0 ^ v1 ^ v2 ^ v3
    return value == 0 ? 1 : value
  }
}
