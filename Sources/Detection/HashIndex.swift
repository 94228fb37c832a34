/// Finds places of an array by what its elements are called: open addressing over hashes.
///
/// The array holds the keys; the caller compares them. Memory: 8 bytes a slot, at most two slots a
/// place and a quarter more.
struct HashIndex: Sendable {
  /// Upper half of the hash above, place + 1 below; 0: empty.
  private var slots: [UInt64] = []
  private var used = 0

  @inline(__always)
  static func hash(_ a: UInt64, _ b: UInt64 = 0) -> UInt64 {
    let product = (a ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: b ^ 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }

  @inline(__always)
  func place(_ hash: UInt64, where isSame: (Int) -> Bool) -> Int? {
    if slots.isEmpty { return nil }
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let place = Int(slots[slot] & 0xFFFF_FFFF) &- 1
      if (slots[slot] ^ hash) >> 32 == 0, isSame(place) { return place }
      slot = (slot &+ 1) & mask
    }
    return nil
  }

  /// Asks memory for the slot where a hash will be looked up first.
  @inline(__always)
  func prefetchSlot(_ hash: UInt64) {
    slots.withUnsafeBufferPointer { slots in
      guard let first = slots.baseAddress, !slots.isEmpty else { return }
      prefetchHeader(first)
      prefetchLine(first + Int(truncatingIfNeeded: hash) & (slots.count &- 1))
    }
  }

  /// The place in the first slot of a hash, or `nil`: a guess, for asking memory only.
  @inline(__always)
  func likelyPlace(_ hash: UInt64) -> Int? {
    if slots.isEmpty { return nil }
    let slot = slots[Int(truncatingIfNeeded: hash) & (slots.count &- 1)]
    return slot == 0 ? nil : Int(slot & 0xFFFF_FFFF) &- 1
  }

  /// Notes a place that `place(_:where:)` did not find; `hashAt` gives the hash of every place noted
  /// before.
  mutating func add(_ place: Int, hash: UInt64, hashAt: (Int) -> UInt64) {
    if (used + 1) * 4 > slots.count * 3 {
      let old = slots
      slots = [UInt64](repeating: 0, count: max(4, old.count * 2))
      for entry in old where entry != 0 {
        let place = Int(entry & 0xFFFF_FFFF) - 1
        fill(place, hashAt(place))
      }
    }
    fill(place, hash)
    used += 1
  }

  private mutating func fill(_ place: Int, _ hash: UInt64) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = hash & ~0xFFFF_FFFF | UInt64(place + 1)
  }
}
