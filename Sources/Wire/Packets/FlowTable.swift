internal import Glibc

/// The flows that are open, found by their ends, and in the order in which they were last heard of.
///
/// Room for all is asked for at once and touched as it is used; nothing moves.
struct FlowTable: ~Copyable {
  static let none = UInt32.max

  /// What idles for different times waits in queues of its own.
  enum Queue: UInt8, BitwiseCopyable { case connected, connectionless, closed }

  let flows: UnsafeMutablePointer<Flow>
  let limit: Int
  private(set) var count = 0
  /// Slots that were ever used.
  private(set) var used = 0
  private var free: [UInt32] = []
  /// Of each flow its index and 1, 0 for none, and in the upper half its hash.
  private var slots: UnsafeMutablePointer<UInt64>
  private var mask: Int
  private let seed: UInt64
  private var newest = InlineArray<3, UInt32>(repeating: FlowTable.none)
  private var oldest = InlineArray<3, UInt32>(repeating: FlowTable.none)

  init(limit: Int) {
    self.limit = limit
    flows = .allocate(capacity: limit)
    mask = 1023
    slots = Self.room(mask + 1)
    // Order never depends on it: only what an attacker would have to know to fill one place.
    seed = UInt64.random(in: 1...UInt64.max)
  }

  private static func room(_ size: Int) -> UnsafeMutablePointer<UInt64> {
    guard let room = calloc(size, MemoryLayout<UInt64>.stride) else {
      fatalError("no memory for \(size) flows")
    }
    return room.bindMemory(to: UInt64.self, capacity: size)
  }

  /// Twice as many places, so that at least half of them are empty.
  private mutating func grow() {
    let (old, size) = (slots, mask + 1)
    mask = size * 2 - 1
    slots = Self.room(size * 2)
    for index in 0..<size where old[index] != 0 {
      var place = Int(old[index] >> 32) & mask
      while slots[place] != 0 { place = (place + 1) & mask }
      slots[place] = old[index]
    }
    Glibc.free(old)
  }

  deinit {
    flows.deallocate()
    Glibc.free(slots)
  }

  @inline(__always)
  func hash(_ key: FlowKey) -> UInt32 { key.hash(seed) }

  @inline(__always)
  func find(_ key: FlowKey, _ hash: UInt32) -> UInt32 {
    var place = Int(hash) & mask
    while true {
      let slot = slots[place]
      if slot == 0 { return Self.none }
      if UInt32(truncatingIfNeeded: slot >> 32) == hash {
        let index = UInt32(truncatingIfNeeded: slot) - 1
        if flows[Int(index)].key == key { return index }
      }
      place = (place + 1) & mask
    }
  }

  /// Takes a flow in; there is room.
  mutating func insert(_ flow: Flow) -> UInt32 {
    let index: UInt32
    if let last = free.popLast() {
      index = last
    } else {
      index = UInt32(used)
      used += 1
    }
    (flows + Int(index)).initialize(to: flow)
    count += 1
    if count * 2 > mask { grow() }
    var place = Int(flow.hash) & mask
    while slots[place] != 0 { place = (place + 1) & mask }
    slots[place] = UInt64(flow.hash) << 32 | UInt64(index + 1)
    link(index, flow.queue)
    return index
  }

  mutating func remove(_ index: UInt32) {
    unlink(index)
    let hash = flows[Int(index)].hash
    var place = Int(hash) & mask
    while UInt32(truncatingIfNeeded: slots[place]) != index + 1 { place = (place + 1) & mask }
    // What stands behind it moves up, so that no search ends too early.
    var hole = place
    var next = (place + 1) & mask
    while slots[next] != 0 {
      let home = Int(slots[next] >> 32) & mask
      if (next - home) & mask >= (next - hole) & mask {
        slots[hole] = slots[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    slots[hole] = 0
    flows[Int(index)].isInUse = false
    free.append(index)
    count -= 1
  }

  func oldest(_ queue: Queue) -> UInt32 { oldest[Int(queue.rawValue)] }

  /// It was heard of.
  @inline(__always)
  mutating func touch(_ index: UInt32) {
    let queue = flows[Int(index)].queue
    guard newest[Int(queue.rawValue)] != index else { return }
    unlink(index)
    link(index, queue)
  }

  mutating func move(_ index: UInt32, to queue: Queue) {
    unlink(index)
    flows[Int(index)].queue = queue
    link(index, queue)
  }

  @inline(__always)
  private mutating func link(_ index: UInt32, _ queue: Queue) {
    let line = Int(queue.rawValue)
    let head = newest[line]
    flows[Int(index)].older = head
    flows[Int(index)].newer = Self.none
    if head == Self.none { oldest[line] = index } else { flows[Int(head)].newer = index }
    newest[line] = index
  }

  @inline(__always)
  private mutating func unlink(_ index: UInt32) {
    let line = Int(flows[Int(index)].queue.rawValue)
    let (newer, older) = (flows[Int(index)].newer, flows[Int(index)].older)
    if newer == Self.none { newest[line] = older } else { flows[Int(newer)].older = older }
    if older == Self.none { oldest[line] = newer } else { flows[Int(older)].newer = newer }
  }
}
