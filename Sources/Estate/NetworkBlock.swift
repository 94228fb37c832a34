internal import Glibc

/// An address or a CIDR block of IPv4 or IPv6; an IPv4-mapped IPv6 address is the IPv4 address.
struct NetworkBlock: Sendable, Hashable {
  /// 128 bits; IPv4 as ::ffff:a.b.c.d.
  let bits: UInt128
  /// Leading bits that count, 0 … 128 (96 … 128 for IPv4).
  let prefix: Int

  private var isMapped: Bool { prefix >= 96 && bits >> 32 == 0xFFFF }

  /// `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`; a zone (`%eth0`) is ignored.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, text.utf8.count < 64, !text.utf8.contains(0) else { return nil }
    let address = parts[0].prefix { $0 != "%" }
    var four = in_addr()
    var six = in6_addr()
    let widest: Int
    if inet_pton(AF_INET, String(address), &four) == 1 {
      bits = UInt128(0xFFFF) << 32 | UInt128(UInt32(bigEndian: four.s_addr))
      widest = 32
    } else if inet_pton(AF_INET6, String(address), &six) == 1 {
      bits = withUnsafeBytes(of: six) { $0.reduce(0) { $0 << 8 | UInt128($1) } }
      widest = 128
    } else {
      return nil
    }
    guard parts.count == 2 else {
      prefix = 128
      return
    }
    guard parts[1].utf8.count <= 3, let length = Scalars.count(String(parts[1])), length <= widest
    else { return nil }
    prefix = Int(length) + 128 - widest
  }

  func contains(_ other: Self) -> Bool {
    guard other.prefix >= prefix, isMapped == other.isMapped || prefix >= 96 else { return false }
    return prefix == 0 || (bits ^ other.bits) >> UInt128(128 - prefix) == 0
  }
}
