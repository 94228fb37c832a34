/// A key, which is a hash and never 0, to a place; what goes leaves no trace.
///
/// Open addressing with linear probing, at most half full; removing moves back what stood behind.
/// Memory: 16 bytes a slot.
public struct PlaceTable: Sendable {
  @usableFromInline
  struct Slot: Sendable, BitwiseCopyable {
    @usableFromInline var key: UInt64 = 0
    @usableFromInline var place = 0

    @usableFromInline
    init(key: UInt64 = 0, place: Int = 0) {
      self.key = key
      self.place = place
    }
  }

  @usableFromInline var slots = [Slot](repeating: Slot(), count: 16)
  @usableFromInline var used = 0
  @usableFromInline var mask: Int { slots.count &- 1 }

  public init() {}

  @inlinable
  static func home(_ key: UInt64, _ mask: Int) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
  }

  @inlinable
  func slot(of key: UInt64) -> Int {
    let mask = mask
    var slot = Self.home(key, mask)
    while slots[slot].key != 0, slots[slot].key != key { slot = (slot &+ 1) & mask }
    return slot
  }

  @inlinable
  public subscript(key: UInt64) -> Int? {
    let slot = slot(of: key)
    return slots[slot].key == 0 ? nil : slots[slot].place
  }

  @inlinable
  public mutating func set(_ key: UInt64, to place: Int) {
    if (used + 1) * 2 > slots.count { resize(to: slots.count * 2) }
    let slot = slot(of: key)
    if slots[slot].key == 0 { used += 1 }
    slots[slot] = Slot(key: key, place: place)
  }

  @inlinable
  public mutating func remove(_ key: UInt64) {
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
  public mutating func shift(by count: Int) {
    if used == 0 { return }
    let old = slots
    slots = [Slot](repeating: Slot(), count: old.count)
    used = 0
    for entry in old where entry.key != 0 && entry.place >= count {
      slots[slot(of: entry.key)] = Slot(key: entry.key, place: entry.place - count)
      used += 1
    }
  }

  @usableFromInline
  mutating func resize(to capacity: Int) {
    let old = slots
    slots = [Slot](repeating: Slot(), count: capacity)
    for entry in old where entry.key != 0 { slots[slot(of: entry.key)] = entry }
  }
}
