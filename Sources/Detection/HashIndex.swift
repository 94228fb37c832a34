/// Finds places of an array by what its elements are called: open addressing over hashes.
///
/// The array holds the keys; the caller compares them. Memory: 8 bytes a slot, at most two slots a
/// place and a quarter more.
struct HashIndex: Sendable {
  /// Upper half of the hash above, place + 1 below; 0: empty.
  private(set) var slots: [UInt64] = []
  /// One less than there are slots, a power of two.
  private(set) var mask = -1
  private var used = 0

  @inline(__always)
  static func hash(_ a: UInt64, _ b: UInt64 = 0) -> UInt64 {
    let product = (a ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: b ^ 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }

  @inline(__always)
  func place(_ hash: UInt64, where isSame: (Int) -> Bool) -> Int? {
    if mask < 0 { return nil }
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let place = Int(slots[slot] & 0xFFFF_FFFF) &- 1
      if (slots[slot] ^ hash) >> 32 == 0, isSame(place) { return place }
      slot = (slot &+ 1) & mask
    }
    return nil
  }

  /// Asks memory for where a hash is looked up first.
  @inline(__always)
  func prefetch(_ hash: UInt64) {
    if mask < 0 { return }
    slots.withUnsafeBufferPointer { slots in
      guard let first = slots.baseAddress else { return }
      prefetchLine(first + (Int(truncatingIfNeeded: hash) & mask))
    }
  }

  /// Notes a place that `place(_:where:)` did not find; `hashAt` gives the hash of every place noted
  /// before.
  mutating func add(_ place: Int, hash: UInt64, hashAt: (Int) -> UInt64) {
    if (used + 1) * 4 > slots.count * 3 {
      let old = slots
      slots = [UInt64](repeating: 0, count: max(4, old.count * 2))
      mask = slots.count - 1
      for entry in old where entry != 0 {
        let place = Int(entry & 0xFFFF_FFFF) - 1
        fill(place, hashAt(place))
      }
    }
    fill(place, hash)
    used += 1
  }

  private mutating func fill(_ place: Int, _ hash: UInt64) {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = hash & ~0xFFFF_FFFF | UInt64(place + 1)
  }
}
