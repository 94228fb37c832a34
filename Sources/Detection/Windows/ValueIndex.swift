/// value → sequence number of its latest entry; open addressing, values are never 0.
struct ValueIndex: Sendable {
  private struct Slot: Sendable, BitwiseCopyable {
    var value: UInt32 = 0
    var sequence = 0
  }

  private var slots: [Slot] = []
  private var used = 0
  private var mask = -1

  /// Notes the newest entry of a value and returns the one before, or -1.
  mutating func replace(_ value: UInt32, with sequence: Int, oldest: Int) -> Int {
    if (used &+ 1) &* 4 > (mask &+ 1) &* 3 { rebuild(keeping: oldest) }
    let place = place(of: value)
    let held = slots[place]
    if held.value == 0 { used += 1 }
    slots[place] = Slot(value: value, sequence: sequence)
    return held.value == value ? held.sequence : -1
  }

  @inline(__always)
  private static func hash(_ value: UInt32) -> Int {
    Int(truncatingIfNeeded: value &* 0x9E37_79B1)
  }

  private func place(of value: UInt32) -> Int {
    var place = Self.hash(value) & mask
    while slots[place].value != 0, slots[place].value != value { place = (place + 1) & mask }
    return place
  }

  /// Drops values whose entries have left every window, and grows when that is not enough.
  private mutating func rebuild(keeping oldest: Int) {
    let old = slots.filter { $0.value != 0 && $0.sequence >= oldest }
    var capacity = 4
    while capacity < (old.count + 1) * 2 { capacity *= 2 }
    slots = [Slot](repeating: Slot(), count: capacity)
    used = old.count
    mask = capacity - 1
    for slot in old { slots[place(of: slot.value)] = slot }
  }
}
