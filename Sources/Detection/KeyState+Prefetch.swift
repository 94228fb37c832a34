/// What an event is about to reach is asked of memory ahead: each step needs what the one before has
/// brought. Nothing is changed and nothing depends on it.
extension KeyState {
  /// Asks for the state itself: all of it where more than the windows is counted.
  @inline(__always)
  static func prefetch(_ state: UnsafePointer<KeyState>, _ needs: Needs, isBulk: Bool) {
    let start = UnsafeRawPointer(state)
    prefetchLine(start)
    prefetchLine(start + 64)
    prefetchLine(start + 128)
    if isBulk {
      prefetchLine(start + lines)
      prefetchLine(start + lines + MemoryLayout<Exhibits>.size - 1)
    }
    guard needs.contains(.ledger) else { return }
    var offset = 192
    while offset < MemoryLayout<KeyState>.size {
      prefetchLine(start + offset)
      offset &+= 64
    }
  }

  // Arrays are looked at as bytes: to take them in hand would count a reference each. Computed, the
  // offsets are constants; stored ones would be asked each time whether they have been set.
  @inline(__always)
  private static var ring: Int { MemoryLayout<KeyState>.offset(of: \.windows.ring) ?? 0 }
  @inline(__always)
  private static var lines: Int { MemoryLayout<KeyState>.offset(of: \.exhibits) ?? 0 }
  @inline(__always)
  private static var rollups: Int { MemoryLayout<KeyState>.offset(of: \.ledger.rollups) ?? 0 }
  @inline(__always)
  private static var ownerStates: Int { MemoryLayout<KeyState>.offset(of: \.owners.states) ?? 0 }
  @inline(__always)
  private static var ownerSlots: Int {
    MemoryLayout<KeyState>.offset(of: \.owners.index.slots) ?? 0
  }

  /// Asks for the end of the windows' ring, and for the place of the next line of a bulk read.
  @inline(__always)
  static func prefetchRing(_ state: UnsafePointer<KeyState>, isBulk: Bool) {
    let place = state.pointee.windows.next & state.pointee.windows.mask
    prefetchElement(
      place,
      of: HorizonCounters.Entry.self,
      inArrayAt: UnsafeRawPointer(state) + ring
    )
    if isBulk { Exhibits.prefetch(at: UnsafeRawPointer(state) + lines) }
  }

  @inline(__always)
  private static var sequence: Int { MemoryLayout<KeyState>.offset(of: \.sequences) ?? 0 }

  /// Asks for the order and rate of an account's reads.
  @inline(__always)
  static func prefetchSequence(_ state: UnsafePointer<KeyState>) {
    let first = elements(ofArrayAt: UnsafeRawPointer(state) + sequence)
    prefetchLine(first - 16)
    var offset = 0
    while offset < MemoryLayout<ReadSequence>.size {
      prefetchLine(first + offset)
      offset &+= 64
    }
  }

  /// Asks for the newest roll-up, and for where an owner's place is noted.
  @inline(__always)
  static func prefetchLedger(_ state: UnsafePointer<KeyState>, owner: UInt32) {
    let newest = state.pointee.ledger.newest
    let first = elements(ofArrayAt: UnsafeRawPointer(state) + rollups)
    let rollup = first + newest &* MemoryLayout<Ledger.DailyRollup>.stride
    prefetchLine(first - 16)
    prefetchLine(rollup)
    prefetchLine(rollup + 80)
    prefetchLine(rollup + 144)
    let slots = elements(ofArrayAt: UnsafeRawPointer(state) + ownerSlots)
    prefetchLine(slots - 16)
    prefetchLine(slots + (slot(of: owner, state) ?? 0) &* 8)
  }

  /// Asks for an owner's state; its place is at hand.
  @inline(__always)
  static func prefetchOwner(_ state: UnsafePointer<KeyState>, _ owner: UInt32) {
    guard let slot = slot(of: owner, state) else { return }
    let entry = state.pointee.owners.index.slots[slot]
    if entry == 0 { return }
    let place = Int(entry & 0xFFFF_FFFF) &- 1
    let first = elements(ofArrayAt: UnsafeRawPointer(state) + ownerStates)
    let start = first + place &* MemoryLayout<OwnerState>.stride
    prefetchLine(first - 16)
    prefetchLine(start)
    prefetchLine(start + MemoryLayout<OwnerState>.size - 1)
  }

  /// Where an owner is looked up first; `nil` while there is none.
  @inline(__always)
  private static func slot(of owner: UInt32, _ state: UnsafePointer<KeyState>) -> Int? {
    let mask = state.pointee.owners.index.mask
    guard mask >= 0 else { return nil }
    return Int(truncatingIfNeeded: HashIndex.hash(UInt64(owner))) & mask
  }
}
