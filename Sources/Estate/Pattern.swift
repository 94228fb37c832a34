/// A glob over names: `*` any run, `?` one byte; everything else itself.
///
/// ASCII case is ignored.
///
/// Matching is linear in pattern × text with one backtrack point, so no pattern can explode.
public struct Pattern: Sendable, Hashable {
  public let text: String
  private let bytes: [UInt8]

  public init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8).map(Self.folded)
  }

  public var isLiteral: Bool { !bytes.contains(0x2A) && !bytes.contains(0x3F) }

  public func matches(_ name: String) -> Bool {
    var copy = name
    return copy.withUTF8 { matches($0) }
  }

  public func matches(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    var (p, n) = (0, 0)
    var star = -1
    var mark = 0
    while n < name.count {
      if p < bytes.count, bytes[p] == 0x2A {
        star = p
        mark = n
        p += 1
      } else if p < bytes.count, bytes[p] == 0x3F || bytes[p] == Self.folded(name[n]) {
        p += 1
        n += 1
      } else if star >= 0 {
        p = star + 1
        mark += 1
        n = mark
      } else {
        return false
      }
    }
    while p < bytes.count, bytes[p] == 0x2A { p += 1 }
    return p == bytes.count
  }

  /// Whether any name matches both.
  ///
  /// Steps at most the product of both lengths.
  public func overlaps(_ other: Pattern) -> Bool {
    // reachable[j]: the bytes so far of this pattern and the first j of the other can stand for one name.
    var reachable = [Bool](repeating: false, count: other.bytes.count + 1)
    reachable[0] = true
    for (j, byte) in other.bytes.enumerated() where byte == 0x2A { reachable[j + 1] = reachable[j] }
    for byte in bytes {
      var next = [Bool](repeating: false, count: reachable.count)
      next[0] = reachable[0] && byte == 0x2A
      for (j, theirs) in other.bytes.enumerated() {
        let isRun = byte == 0x2A || theirs == 0x2A
        let isSame = byte == 0x3F || theirs == 0x3F || byte == theirs
        next[j + 1] = isRun ? next[j] || reachable[j + 1] : isSame && reachable[j]
      }
      reachable = next
    }
    return reachable[other.bytes.count]
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
  }
}
