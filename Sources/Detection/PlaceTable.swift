/// Where the row of a statement waits: a key, never 0, to a place; what goes leaves no trace.
///
/// Open addressing with linear probing, at most half full; removing moves back what stood behind.
/// Memory: 16 bytes a slot. The keys are hashes already.
struct PlaceTable: Sendable {
  private struct Slot: Sendable, BitwiseCopyable {
    var key: UInt64 = 0
    var place = 0
  }

  private var slots = [Slot](repeating: Slot(), count: 16)
  private var used = 0
  private var mask: Int { slots.count &- 1 }

  @inline(__always)
  private static func home(_ key: UInt64, _ mask: Int) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
  }

  @inline(__always)
  private func slot(of key: UInt64) -> Int {
    let mask = mask
    var slot = Self.home(key, mask)
    while slots[slot].key != 0, slots[slot].key != key { slot = (slot &+ 1) & mask }
    return slot
  }

  @inline(__always)
  subscript(key: UInt64) -> Int? {
    let slot = slot(of: key)
    return slots[slot].key == 0 ? nil : slots[slot].place
  }

  mutating func set(_ key: UInt64, to place: Int) {
    if (used + 1) * 2 > slots.count { resize(to: slots.count * 2) }
    let slot = slot(of: key)
    if slots[slot].key == 0 { used += 1 }
    slots[slot] = Slot(key: key, place: place)
  }

  mutating func remove(_ key: UInt64) {
    var gap = slot(of: key)
    guard slots[gap].key != 0 else { return }
    used -= 1
    let mask = mask
    var next = (gap &+ 1) & mask
    while slots[next].key != 0 {
      let home = Self.home(slots[next].key, mask)
      // What may stand in the gap: its home does not lie between the gap and itself.
      if (next &- home) & mask >= (next &- gap) & mask {
        slots[gap] = slots[next]
        gap = next
      }
      next = (next &+ 1) & mask
    }
    slots[gap] = Slot()
  }

  /// Moves every place down; places below `count` go.
  mutating func shift(by count: Int) {
    if used == 0 { return }
    let old = slots
    slots = [Slot](repeating: Slot(), count: old.count)
    used = 0
    for entry in old where entry.key != 0 && entry.place >= count {
      slots[slot(of: entry.key)] = Slot(key: entry.key, place: entry.place - count)
      used += 1
    }
  }

  private mutating func resize(to capacity: Int) {
    let old = slots
    slots = [Slot](repeating: Slot(), count: capacity)
    for entry in old where entry.key != 0 { slots[slot(of: entry.key)] = entry }
  }
}
