/// Where in the order of their keys records lie, without the key: eight bits of a keyed mixture.
///
/// Records 1,001 … 1,100 continue what 901 … 1,000 began: the mark of the one's end is that of the
/// other's beginning. One in 255 marks is equal by chance, so a single pair tells nothing and a run of
/// them all; a customer's number cannot be told from 255 marks, nor tried out without the key.
enum KeyPosition {
  /// 1 … 255; 0 stands for "not stated".
  @inline(__always)
  static func mark(_ number: UInt64, _ key: SubjectKey) -> UInt8 {
    UInt8(truncatingIfNeeded: ((key.mixture(of: number) >> 32) &* 255) >> 32) &+ 1
  }

  /// The number that ends an id (`KT0001234`); `nil` where it ends in no digit, or in too many.
  @inline(__always)
  static func number(endingIn id: UnsafeBufferPointer<UInt8>) -> UInt64? {
    var place = id.count
    var (number, unit) = (0 as UInt64, 1 as UInt64)
    while place > 0, id[place - 1] &- 0x30 < 10 {
      place -= 1
      guard id.count - place <= 18 else { return nil }
      number &+= UInt64(id[place] &- 0x30) &* unit
      unit &*= 10
    }
    return place < id.count ? number : nil
  }
}

extension SubjectKey {
  /// A number mixed with the key: cheap, and good for a few bits only.
  ///
  /// Source: the finaliser of David Stafford's Mix13, "Better Bit Mixing" (2011).
  @inline(__always)
  func mixture(of number: UInt64) -> UInt64 {
    var value = (number ^ k0) &+ k1
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = ((value ^ k1) ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}
