/// Sums over four trailing windows of different length, from one ring of entries.
///
/// Windows are closed at both ends: at time t a window of span s holds every entry x with
/// t - s <= x <= t. Exact for any arrival in order of time; entries at one time are added up.
/// `add` is amortised O(1). Memory: 24 bytes an entry within the longest span, 16 bytes a distinct
/// value. A single entry above 4,294,967,294 records counts as that many.
///
/// The unit of time is the caller's: nanoseconds for `HorizonCounters.short`, days for `.long`.
/// Distinct values: one index value → latest entry serves all windows; an entry whose value came
/// again is superseded and does not lower a count when it leaves.
public struct HorizonCounters: Sendable {
  struct Entry: Sendable, BitwiseCopyable {
    var time: Int64
    var low: UInt32
    var charge: UInt32
    var value: UInt32
    /// Bit 0: superseded.
    ///
    /// Bit 1: already part of an incident.
    var flags: UInt32
  }

  public struct Sum: Sendable, Hashable, BitwiseCopyable {
    var tail: Int = 0
    /// Records stated or bounded below.
    public var low: Int64 = 0
    /// Records as they are judged: stated, else the best estimate.
    public var charge: Int64 = 0
    public var events: Int32 = 0
    public var distinct: Int32 = 0
  }

  public static let shortSpans: [Int64] = [
    60_000_000_000, 600_000_000_000, 3_600_000_000_000, 86_400_000_000_000,
  ]
  public static let shortNames = ["1m", "10m", "1h", "24h"]
  /// Trailing days, today included.
  public static let longSpans: [Int64] = [6, 29, 89, 364]
  public static let longNames = ["7d", "30d", "90d", "365d"]
  public static let horizons = 4

  private(set) var ring: [Entry] = []
  /// Sequence number of the oldest entry kept, and of the next one.
  private(set) var oldest = 0
  private(set) var next = 0
  /// When the oldest entry within each window came, `.max` for none; and the newest entry at all.
  ///
  /// Also in the ring, but there they cost a miss of the cache each.
  private var heads: InlineArray<4, Int64> = .init(repeating: .max)
  private var newest = Int64.min
  public private(set) var sums: InlineArray<4, Sum> = .init(repeating: Sum())
  private var latest = ValueIndex()
  /// The sequence number up to which `forEachUncounted` has been; not part of the saved state.
  private var visited: InlineArray<4, Int> = .init(repeating: 0)
  private let isLong: Bool

  private init(isLong: Bool) { self.isLong = isLong }

  /// 1 min, 10 min, 1 h, 24 h; time in nanoseconds.
  public static var short: Self { Self(isLong: false) }
  /// 7, 30, 90, 365 days; time in day numbers.
  public static var long: Self { Self(isLong: true) }

  private var spans: InlineArray<4, Int64> {
    isLong
      ? [6, 29, 89, 364]
      : [60_000_000_000, 600_000_000_000, 3_600_000_000_000, 86_400_000_000_000]
  }

  public var entryCount: Int { next - oldest }

  @inline(__always)
  private func index(_ sequence: Int) -> Int { sequence & (ring.count - 1) }

  /// Adds an event; `value` is what distinct counts tell apart (0: nothing).
  ///
  /// An entry earlier than the newest one is taken at the newest time: order is the caller's duty.
  public mutating func add(low: Int64, charge: Int64, value: UInt32, at time: Int64) {
    var now = time
    if next > oldest { now = max(now, newest) }
    advance(to: now)
    let small = UInt32(clamping: min(low, Int64(UInt32.max) - 1))
    let judged = UInt32(clamping: min(charge, Int64(UInt32.max) - 1))
    if next > oldest, isLong, coalesce(low: small, charge: judged, value: value, at: now) { return }
    if ring.count == next - oldest { grow() }
    var previous = -1
    if value != 0 {
      previous = latest.replace(value, with: next, oldest: oldest)
      if previous >= oldest { ring[index(previous)].flags |= 1 }
    }
    ring[index(next)] = Entry(time: now, low: small, charge: judged, value: value, flags: 0)
    newest = now
    for horizon in 0..<4 {
      heads[horizon] = min(heads[horizon], now)
      sums[horizon].low += Int64(small)
      sums[horizon].charge += Int64(judged)
      sums[horizon].events &+= 1
      if value != 0, previous < sums[horizon].tail { sums[horizon].distinct &+= 1 }
    }
    next += 1
  }

  /// Long counters keep one entry a day and value.
  private mutating func coalesce(low: UInt32, charge: UInt32, value: UInt32, at now: Int64) -> Bool
  {
    var sequence = next - 1
    while sequence >= oldest {
      let place = index(sequence)
      guard ring[place].time == now else { return false }
      if ring[place].value == value {
        let (lowSum, lowOver) = ring[place].low.addingReportingOverflow(low)
        let (chargeSum, chargeOver) = ring[place].charge.addingReportingOverflow(charge)
        if lowOver || chargeOver { return false }
        ring[place].low = lowSum
        ring[place].charge = chargeSum
        for horizon in 0..<4 {
          sums[horizon].low += Int64(low)
          sums[horizon].charge += Int64(charge)
          sums[horizon].events &+= 1
        }
        return true
      }
      sequence -= 1
    }
    return false
  }

  /// Lets entries leave the windows that end at `now`.
  public mutating func advance(to now: Int64) {
    let spans = spans
    for horizon in 0..<4 {
      let (cut, underflow) = now.subtractingReportingOverflow(spans[horizon])
      if underflow || heads[horizon] >= cut { continue }
      while sums[horizon].tail < next {
        let entry = ring[index(sums[horizon].tail)]
        guard entry.time < cut else { break }
        sums[horizon].low -= Int64(entry.low)
        sums[horizon].charge -= Int64(entry.charge)
        sums[horizon].events &-= 1
        if entry.value != 0, entry.flags & 1 == 0 { sums[horizon].distinct &-= 1 }
        sums[horizon].tail += 1
      }
      heads[horizon] = sums[horizon].tail < next ? ring[index(sums[horizon].tail)].time : .max
    }
    oldest = sums[3].tail
  }

  /// Reads what the next `add` will write, so that the memory is at hand by then: first the
  /// counters themselves, in a second round what they point to.
  ///
  /// The number means nothing.
  @inline(__always)
  func warmCounters() -> Int { next &+ Int(sums[3].events) &+ (isLong ? 1 : 0) }

  @inline(__always)
  func warmRing(value: UInt32) -> Int {
    guard !ring.isEmpty else { return 0 }
    var sum = Int(ring[index(next)].flags) &+ latest.warm(value)
    for horizon in 0..<4 { sum &+= Int(ring[index(sums[horizon].tail)].flags) }
    return sum
  }

  private mutating func grow() {
    let capacity = max(4, ring.count * 2)
    var larger = [Entry](
      repeating: Entry(time: 0, low: 0, charge: 0, value: 0, flags: 0),
      count: capacity
    )
    for sequence in oldest..<next { larger[sequence & (capacity - 1)] = ring[index(sequence)] }
    ring = larger
  }

  /// Visits the entries of a window, oldest first, and lets the visitor mark them as counted.
  mutating func forEachUncounted(
    horizon: Int,
    _ body: (_ time: Int64, _ low: Int64, _ charge: Int64, _ value: UInt32) -> Void
  ) {
    // What an earlier call for this horizon saw is marked: every entry is visited at most four times.
    for sequence in max(sums[horizon].tail, visited[horizon])..<max(next, visited[horizon])
    where ring[index(sequence)].flags & 2 == 0 {
      let entry = ring[index(sequence)]
      body(entry.time, Int64(entry.low), Int64(entry.charge), entry.value)
      ring[index(sequence)].flags |= 2
    }
    visited[horizon] = next
  }

  /// Marks the newest entry as part of an incident.
  mutating func markNewestCounted() {
    if next > oldest { ring[index(next - 1)].flags |= 2 }
  }

  /// Adds another counter's entries: the result is that of one pass over both in order of time.
  public mutating func merge(_ other: borrowing HorizonCounters) {
    var all: [Entry] = []
    all.reserveCapacity(entryCount + other.entryCount)
    var (mine, theirs) = (oldest, other.oldest)
    while mine < next || theirs < other.next {
      let takeMine =
        theirs >= other.next
        || (mine < next && ring[index(mine)].time <= other.ring[other.index(theirs)].time)
      all.append(takeMine ? ring[index(mine)] : other.ring[other.index(theirs)])
      if takeMine { mine += 1 } else { theirs += 1 }
    }
    var merged = isLong ? Self.long : Self.short
    for entry in all {
      merged.add(
        low: Int64(entry.low),
        charge: Int64(entry.charge),
        value: entry.value,
        at: entry.time
      )
      if entry.flags & 2 != 0 { merged.markNewestCounted() }
    }
    self = merged
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(entryCount))
    var previous: Int64 = 0
    for sequence in oldest..<next {
      let entry = ring[index(sequence)]
      writer.write(entry.time &- previous)
      previous = entry.time
      writer.write(UInt64(entry.low))
      writer.write(Int64(entry.charge) - Int64(entry.low))
      writer.write(UInt64(entry.value))
      writer.write(UInt64(entry.flags >> 1))
    }
    // Windows that ended before the newest entry's: how many entries each has let go.
    for horizon in 0..<4 {
      writer.write(UInt64(sums[horizon].tail - oldest))
      writer.write(Int64(sums[horizon].events))
    }
  }

  init(isLong: Bool, from reader: inout StateReader) throws(StateError) {
    self.init(isLong: isLong)
    let count = try reader.count()
    var time: Int64 = 0
    for _ in 0..<count {
      time = time &+ (try reader.signed())
      let low = UInt32(truncatingIfNeeded: try reader.unsigned())
      let charge = UInt32(truncatingIfNeeded: Int64(low) &+ (try reader.signed()))
      let value = UInt32(truncatingIfNeeded: try reader.unsigned())
      let flags = UInt32(truncatingIfNeeded: try reader.unsigned()) << 1
      restore(Entry(time: time, low: low, charge: charge, value: value, flags: flags & 2))
    }
    for horizon in 0..<4 {
      let tail = Int(truncatingIfNeeded: try reader.unsigned())
      let events = Int32(truncatingIfNeeded: try reader.signed())
      guard tail >= 0, tail <= count else { throw StateError(offset: 0) }
      while sums[horizon].tail < tail {
        let entry = ring[index(sums[horizon].tail)]
        sums[horizon].low -= Int64(entry.low)
        sums[horizon].charge -= Int64(entry.charge)
        if entry.value != 0, entry.flags & 1 == 0 { sums[horizon].distinct &-= 1 }
        sums[horizon].tail += 1
      }
      sums[horizon].events = events
      heads[horizon] = tail < count ? ring[index(tail)].time : .max
    }
    newest = count > 0 ? ring[index(next - 1)].time : .min
  }

  private mutating func restore(_ entry: Entry) {
    if ring.count == next - oldest { grow() }
    var previous = -1
    if entry.value != 0 {
      previous = latest.replace(entry.value, with: next, oldest: 0)
      if previous >= 0 { ring[index(previous)].flags |= 1 }
    }
    ring[index(next)] = entry
    for horizon in 0..<4 {
      sums[horizon].low += Int64(entry.low)
      sums[horizon].charge += Int64(entry.charge)
      if entry.value != 0, previous < 0 { sums[horizon].distinct &+= 1 }
    }
    next += 1
  }
}

/// value → sequence number of its latest entry; open addressing, values are never 0.
struct ValueIndex: Sendable {
  private struct Slot: Sendable, BitwiseCopyable {
    var value: UInt32 = 0
    var sequence = 0
  }

  private var slots: [Slot] = []
  private var used = 0

  /// Notes the newest entry of a value and returns the one before, or -1.
  mutating func replace(_ value: UInt32, with sequence: Int, oldest: Int) -> Int {
    if (used + 1) * 4 > slots.count * 3 { rebuild(keeping: oldest) }
    let place = place(of: value)
    let held = slots[place]
    if held.value == 0 { used += 1 }
    slots[place] = Slot(value: value, sequence: sequence)
    return held.value == value ? held.sequence : -1
  }

  /// See `HorizonCounters.warmCounters`.
  @inline(__always)
  func warm(_ value: UInt32) -> Int {
    slots.isEmpty ? 0 : slots[Self.hash(value) & (slots.count - 1)].sequence
  }

  @inline(__always)
  private static func hash(_ value: UInt32) -> Int {
    Int(truncatingIfNeeded: value &* 0x9E37_79B1)
  }

  private func place(of value: UInt32) -> Int {
    let mask = slots.count - 1
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
    for slot in old { slots[place(of: slot.value)] = slot }
  }
}
