internal import EventModel

/// What an actor handled of each owner's records.
///
/// Nearly every owner was met once: such a read takes 40 bytes, what adds up over several 150. Memory: that
/// for each owner.
struct OwnerTotals: Sendable {
  /// An owner met once.
  private struct Read: Sendable, BitwiseCopyable {
    var time: Int64
    var subject: UInt64
    var owner: UInt32
    var low: UInt32
    var high: UInt32
    /// Records of the owner; `.max`: not known.
    var size: UInt32
    /// Of a small read; `.min`: read in bulk.
    var day: Int32
    var quality: VolumeQuality
    var isRoutine: Bool

    var volume: Volume { Volume(low: Int64(low), high: Int64(high), quality: quality) }

    var total: ActorState.OwnerTotal {
      var total = ActorState.OwnerTotal()
      let size = size == .max ? nil : Int64(size)
      total.add(
        volume,
        size: size,
        subject: subject,
        time: time,
        isRoutine: isRoutine,
        joins: day == .min ? nil : day
      )
      return total
    }
  }

  /// Both in order of owner; no owner is in both.
  private var reads: [Read] = []
  /// Owners stand by themselves: to look for one among their totals would wait for memory at every step.
  private var owners: [UInt32] = []
  private var totals: [ActorState.OwnerTotal] = []

  /// Asks memory for the first of each list: nearly always there is no other.
  @inline(__always)
  static func prefetch(at address: UnsafeRawPointer) {
    prefetchElement(
      0,
      of: Read.self,
      inArrayAt: address + (MemoryLayout<Self>.offset(of: \.reads) ?? 0)
    )
    prefetchElement(
      0,
      of: UInt32.self,
      inArrayAt: address + (MemoryLayout<Self>.offset(of: \.owners) ?? 0)
    )
    let place = address + (MemoryLayout<Self>.offset(of: \.totals) ?? 0)
    prefetchElement(0, of: ActorState.OwnerTotal.self, inArrayAt: place)
    prefetchLine(elements(ofArrayAt: place) + 64)
  }

  var isEmpty: Bool { reads.isEmpty && totals.isEmpty }
  var count: Int { reads.count + totals.count }

  /// In order of owner.
  var entries: [(owner: UInt32, total: ActorState.OwnerTotal)] {
    (reads.map { ($0.owner, $0.total) } + zip(owners, totals).map { ($0, $1) })
      .sorted { $0.0 < $1.0 }
  }

  subscript(owner: UInt32) -> ActorState.OwnerTotal? {
    if let place = place(of: owner) { return totals[place] }
    return read(of: owner).map { reads[$0].total }
  }

  /// Adds a read; `joins`: the day of a small one.
  mutating func add(
    _ volume: Volume,
    owner: UInt32,
    size: Int64?,
    subject: UInt64,
    time: Int64,
    isRoutine: Bool,
    joins day: Int32?
  ) {
    if place(of: owner) == nil, read(of: owner) == nil,
      let low = UInt32(exactly: volume.low), let high = UInt32(exactly: volume.high),
      let known = size.map({ UInt32(exactly: $0) }) ?? .max, size == nil || known != .max
    {
      let read = Read(
        time: time,
        subject: subject,
        owner: owner,
        low: low,
        high: high,
        size: known,
        day: day ?? .min,
        quality: volume.quality,
        isRoutine: isRoutine
      )
      Self.makeRoom(in: &reads)
      reads.insert(read, at: Self.position(of: owner, in: reads, \.owner))
      return
    }
    update(owner) {
      $0.add(
        volume,
        size: size,
        subject: subject,
        time: time,
        isRoutine: isRoutine,
        joins: day
      )
    }
  }

  /// Tells of so many of an owner's small reads that they were taken; gives how many these were.
  mutating func take(_ volume: Volume, owner: UInt32, time: Int64) -> Volume {
    guard var total = self[owner] else { return .none }
    var routine = total.part.routine
    let moved = routine.takeAway(volume)
    total.part.take(moved, at: time)
    update(owner) { $0 = total }
    return moved
  }

  /// Changes the total of an owner; one not met yet starts empty.
  mutating func update(
    _ owner: UInt32,
    _ change: (inout ActorState.OwnerTotal) -> Void
  ) {
    if let place = place(of: owner) { return change(&totals[place]) }
    var total = ActorState.OwnerTotal()
    if let place = read(of: owner) { total = reads.remove(at: place).total }
    change(&total)
    Self.makeRoom(in: &owners)
    Self.makeRoom(in: &totals)
    let position = Self.position(of: owner, in: owners, \.self)
    owners.insert(owner, at: position)
    totals.insert(total, at: position)
  }

  /// Room for a fourth more, not for twice as many.
  private static func makeRoom<Element>(in elements: inout [Element]) {
    guard elements.count == elements.capacity else { return }
    elements.reserveCapacity(elements.count + 1 + elements.count / 4)
  }

  private func place(of owner: UInt32) -> Int? {
    let position = Self.position(of: owner, in: owners, \.self)
    return position < owners.count && owners[position] == owner ? position : nil
  }

  private func read(of owner: UInt32) -> Int? {
    let position = Self.position(of: owner, in: reads, \.owner)
    return position < reads.count && reads[position].owner == owner ? position : nil
  }

  /// Of the first that does not precede the owner.
  private static func position<Element>(
    of owner: UInt32,
    in elements: [Element],
    _ key: (Element) -> UInt32
  ) -> Int {
    var (low, high) = (0, elements.count)
    while low < high {
      let middle = (low + high) / 2
      if key(elements[middle]) < owner { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension ActorState {
  /// One owner's records of an incident.
  struct OwnerTotal: Sendable {
    var part = TakenPart()
    /// Small reads that joined, of the taken part, too.
    var joined = JoinedReads()
    /// The largest taking; where nothing was taken, the largest small read.
    var largest = Volume.none
    var subjects = DistinctSubjects()
    var size: Int64 = -1

    mutating func merge(_ other: Self) {
      if part.hasTakings == other.part.hasTakings {
        largest.low = max(largest.low, other.largest.low)
        largest.high = max(largest.high, other.largest.high)
      } else if other.part.hasTakings {
        largest = other.largest
      }
      part.merge(other.part)
      joined.merge(other.joined)
      subjects.merge(other.subjects)
      size = max(size, other.size)
    }

    mutating func add(
      _ volume: Volume,
      size: Int64?,
      subject: UInt64,
      time: Int64,
      isRoutine: Bool,
      joins day: Int32?
    ) {
      if !isRoutine, !part.hasTakings { largest = .none }
      if !isRoutine || !part.hasTakings {
        largest.low = max(largest.low, volume.low)
        largest.high = max(largest.high, volume.high)
      }
      part.add(volume, from: time, to: time, isRoutine: isRoutine)
      if let day { joined.add(volume, on: day) }
      if let size { self.size = size }
      subjects.add(subject)
    }
  }
}
