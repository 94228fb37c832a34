/// An IPv4 or IPv6 address.
public struct InternetAddress: Sendable, Hashable, Comparable {
  /// The 16 bytes of an IPv6 address, the first in the highest bits; an IPv4 address lies in the lowest 32
  /// bits of `low`.
  public var high: UInt64
  public var low: UInt64
  public var isVersion4: Bool

  public init(version4 bits: UInt32) {
    high = 0
    low = UInt64(bits)
    isVersion4 = true
  }

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
    isVersion4 = false
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.isVersion4 ? 0 : 1, left.high, left.low) < (
      right.isVersion4 ? 0 : 1, right.high, right.low
    )
  }
}

extension InternetAddress: CustomStringConvertible {
  /// `192.0.2.7`, `2001:db8::7`: RFC 5952, section 4.
  public var description: String {
    if isVersion4 {
      return [24, 16, 8, 0].map { String(low >> $0 & 255) }.joined(separator: ".")
    }
    let groups =
      [48, 32, 16, 0].map { high >> $0 & 0xFFFF } + [48, 32, 16, 0].map { low >> $0 & 0xFFFF }
    // The longest run of two zeros and more, the first of several.
    var best = 0..<0
    var from = 0
    while from < 8 {
      guard groups[from] == 0 else {
        from += 1
        continue
      }
      var to = from
      while to < 8, groups[to] == 0 { to += 1 }
      if to - from >= 2, to - from > best.count { best = from..<to }
      from = to
    }
    let texts = groups.map { String($0, radix: 16) }
    guard !best.isEmpty else { return texts.joined(separator: ":") }
    return texts[..<best.lowerBound].joined(separator: ":") + "::"
      + texts[best.upperBound...].joined(separator: ":")
  }
}
