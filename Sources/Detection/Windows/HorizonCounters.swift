/// Sums over four trailing windows of different length, from one ring of entries.
///
/// Windows are closed at both ends: at time t a window of span s holds every entry x with
/// t - s <= x <= t. Exact for any arrival in order of time; entries at one time are added up.
/// `add` is amortised O(1). Memory: 24 bytes an entry within the longest span, a third more until
/// old ones are let go, 16 bytes a distinct value. A single entry above 4,294,967,294 records counts as that many.
///
/// With every entry only the records of the longest window are added up, and entries that have left
/// it are not yet taken off: `longest` is never less than any window holds. When it alone cannot
/// tell that all is quiet, `settle` lets the old ones go and brings the shorter windows, and every
/// count of distinct values, up to date. So a quiet key touches its newest entry alone.
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
    /// Bit 0: superseded; then the marks below; above them the tag, what tells apart the actors behind one key.
    var flags: UInt32

    /// Already part of an incident.
    static let counted: UInt32 = 2
    /// Read in bulk.
    static let bulk: UInt32 = 4
    /// Part of what small reads alone added up to within a window.
    static let paged: UInt32 = 8
    /// What a read took beyond the instruction it rests on.
    static let exceeded: UInt32 = 16
    /// What a call asked for.
    static let called: UInt32 = 32
    static let tagShift: UInt32 = 6
    static let tagMask: UInt32 = 0x03FF_FFFF

    var tag: UInt32 { flags >> Self.tagShift }
    var smallCharge: Int64 { flags & Self.bulk == 0 ? Int64(charge) : 0 }
    /// One record, looked at by itself.
    var isSingle: Bool { charge <= 1 && flags & Self.bulk == 0 }
    var singleCharge: Int64 { isSingle ? Int64(charge) : 0 }
    var isExceeded: Bool { flags & Self.exceeded != 0 }

    /// Whether it is the latest of its value among the settled entries.
    var isLatest: Bool { value != 0 && flags & 1 == 0 }
  }

  public struct Sum: Sendable, Hashable, BitwiseCopyable {
    /// Records stated or bounded below.
    public var low: Int64 = 0
    /// Records as they are judged: stated, else the best estimate.
    public var charge: Int64 = 0
    /// Different values.
    public var distinct: Int64 = 0

    mutating func add(_ entry: Entry) {
      low &+= Int64(entry.low)
      charge &+= Int64(entry.charge)
      distinct &+= entry.isLatest ? 1 : 0
    }

    mutating func remove(_ entry: Entry) {
      low &-= Int64(entry.low)
      charge &-= Int64(entry.charge)
      distinct &-= entry.isLatest ? 1 : 0
    }
  }

  public static let shortSpans: [Int64] = [
    60_000_000_000, 600_000_000_000, 3_600_000_000_000, 86_400_000_000_000,
  ]
  public static let shortNames = ["1m", "10m", "1h", "24h"]
  /// Trailing days, today included.
  public static let longSpans: [Int64] = [6, 29, 89, 364]
  public static let longNames = ["7d", "30d", "90d", "365d"]
  public static let horizons = 4

  // What every `add` touches comes first and lies together.
  var ring: [Entry] = []
  /// One less than the ring's room, a power of two.
  var mask = -1
  /// Sequence number of the oldest entry within the longest window, and of the next one.
  var oldest = 0
  var next = 0
  /// Whether the shorter windows end at the newest time.
  var isCut = true
  /// Entries before this one are in the shorter sums and in the counts of distinct values.
  var settled = 0
  /// The time up to which the windows go: that of the newest entry, or later.
  var newest = Int64.min
  /// At least what the longest window holds, exactly that after `settle`; its `distinct` is that of
  /// the settled entries.
  var longest = Sum()
  /// Charged in the current and the previous stretch of 73 minutes (2^42 ns), of which `stretch` is
  /// the current one: at least what the last hour holds, and no look at the ring.
  private var stretch = Int64.min
  private var thisStretch: Int64 = 0
  private var previousStretch: Int64 = 0
  let isLong: Bool
  /// Whether `open` stands for the ring's newest entry.
  var isOpen = false
  var open = Entry(time: 0, low: 0, charge: 0, value: 0, flags: 0)

  /// What only settling needs, none before the first time: most counters never get there.
  var rest: [Shorter] = []

  struct Shorter: Sendable {
    var latest = ValueIndex()
    var tails: InlineArray<3, Int> = .init(repeating: 0)
    var sums: InlineArray<3, Sum> = .init(repeating: Sum())
    /// What was charged of small reads, of all four horizons.
    var small: InlineArray<4, Int64> = .init(repeating: 0)
    /// Of these, single records.
    var singles: InlineArray<4, Int64> = .init(repeating: 0)
    /// The sequence number up to which `forEachUncounted` has been, by tag; not part of the saved
    /// state.
    var visited: [UInt32: InlineArray<4, Int>] = [:]
    /// The same of `forEachUnpaged`.
    var paged: [UInt32: InlineArray<4, Int>] = [:]
    /// Sums of a tag, where one was asked for; not part of the saved state.
    var own: [UInt32: Own] = [:]
  }

  init(isLong: Bool) { self.isLong = isLong }

  /// 1 min, 10 min, 1 h, 24 h; time in nanoseconds.
  public static var short: Self { Self(isLong: false) }
  /// 7, 30, 90, 365 days; time in day numbers.
  public static var long: Self { Self(isLong: true) }

  private var spans: InlineArray<4, Int64> {
    isLong
      ? [6, 29, 89, 364]
      : [60_000_000_000, 600_000_000_000, 3_600_000_000_000, 86_400_000_000_000]
  }

  /// Entries held, those included that are old and not yet let go.
  public var entryCount: Int { next - oldest }

  /// The sum of a horizon, from 0 (the shortest) to 3, at the time of the newest entry.
  ///
  /// Valid after `settle`.
  @inline(__always)
  public func sum(_ horizon: Int) -> Sum {
    assert(isCut && settled == next, "sums are read before they are settled")
    return horizon == 3 || rest.isEmpty
      ? longest : rest.withUnsafeBufferPointer { $0[0].sums[horizon] }
  }

  /// What a horizon holds of reads that were not in bulk; valid after `settle`.
  func smallCharge(_ horizon: Int) -> Int64 {
    rest.withUnsafeBufferPointer { $0.isEmpty ? 0 : $0[0].small[horizon] }
  }

  /// Of these, single records.
  func singles(_ horizon: Int) -> Int64 {
    rest.withUnsafeBufferPointer { $0.isEmpty ? 0 : $0[0].singles[horizon] }
  }

  /// At least what any window up to an hour holds, of short counters.
  @inline(__always)
  var lastHour: Int64 { thisStretch &+ previousStretch }

  @inline(__always)
  mutating func noteHour(_ entry: Entry) {
    let now = entry.time >> 42
    if now != stretch {
      previousStretch = now == stretch &+ 1 ? thisStretch : 0
      thisStretch = 0
      stretch = now
    }
    thisStretch &+= Int64(entry.charge)
  }

  /// Whether the sums of all horizons can be read.
  public var isSettled: Bool { isCut && settled == next }

  @inline(__always)
  func index(_ sequence: Int) -> Int { sequence & mask }

  func entry(_ sequence: Int) -> Entry {
    var entry = ring[index(sequence)]
    if isOpen, sequence == next - 1 { (entry.low, entry.charge) = (open.low, open.charge) }
    return entry
  }

  /// Adds an event; `value` is what distinct counts tell apart (0: nothing), `tag` (26 bits) what
  /// `forEachUncounted` tells apart, `marks` are `Entry.bulk`, `Entry.exceeded` and `Entry.called`.
  ///
  /// An entry earlier than the newest one is taken at the newest time: order is the caller's duty.
  @inline(__always)
  public mutating func add(
    low: Int64,
    charge: Int64,
    value: UInt32,
    at time: Int64,
    tag: UInt32 = 0,
    marks: UInt32 = 0
  ) {
    let now = next > oldest ? max(time, newest) : time
    let entry = Entry(
      time: now,
      low: UInt32(clamping: min(low, Int64(UInt32.max) - 1)),
      charge: UInt32(clamping: min(charge, Int64(UInt32.max) - 1)),
      value: value,
      flags: tag << Entry.tagShift | marks
    )
    if isLong, next > oldest {
      if holdOpen(entry) { return }
      close()
      if coalesce(entry) { return }
    }
    if mask &+ 1 == next &- oldest { makeRoom(at: now) }
    ring[index(next)] = entry
    newest = now
    isCut = false
    longest.low &+= Int64(entry.low)
    longest.charge &+= Int64(entry.charge)
    next &+= 1
    if isLong { (isOpen, open) = (true, entry) } else { noteHour(entry) }
  }

  /// Lets time pass without an event that could be counted: entries leave, none comes.
  @inline(__always)
  public mutating func pass(to time: Int64) {
    guard next > oldest, time > newest else { return }
    newest = time
    isCut = false
  }

  /// Adds to the newest entry, which is held back from the ring while it grows: a day's sum is
  /// written once, when the next day comes or somebody reads.
  @inline(__always)
  private mutating func holdOpen(_ new: Entry) -> Bool {
    guard isOpen, new.time == open.time, new.value == open.value, next > settled else {
      return false
    }
    let (low, lowOver) = open.low.addingReportingOverflow(new.low)
    let (charge, chargeOver) = open.charge.addingReportingOverflow(new.charge)
    if lowOver || chargeOver { return false }
    open.low = low
    open.charge = charge
    isCut = false
    longest.low &+= Int64(new.low)
    longest.charge &+= Int64(new.charge)
    return true
  }

  /// Puts the newest entry into the ring as it stands.
  @inline(__always)
  private mutating func close() {
    guard isOpen else { return }
    isOpen = false
    let flags = ring[index(next &- 1)].flags
    ring[index(next &- 1)] = open
    ring[index(next &- 1)].flags = flags
  }

  /// Long counters keep one entry a day and value.
  private mutating func coalesce(_ new: Entry) -> Bool {
    var sequence = next - 1
    while sequence >= oldest {
      let place = index(sequence)
      guard ring[place].time == new.time else { return false }
      if ring[place].value == new.value {
        let (low, lowOver) = ring[place].low.addingReportingOverflow(new.low)
        let (charge, chargeOver) = ring[place].charge.addingReportingOverflow(new.charge)
        if lowOver || chargeOver { return false }
        ring[place].low = low
        ring[place].charge = charge
        longest.low &+= Int64(new.low)
        longest.charge &+= Int64(new.charge)
        if sequence < settled {
          // It came at the newest time, so every window holds it.
          for horizon in 0..<3 {
            rest[0].sums[horizon].low &+= Int64(new.low)
            rest[0].sums[horizon].charge &+= Int64(new.charge)
          }
        }
        return true
      }
      sequence -= 1
    }
    return false
  }

  /// The start of the longest window that ends at `now`; `.min` before the first moment.
  @inline(__always)
  private func cut(at now: Int64) -> Int64 {
    let (cut, underflow) = now.subtractingReportingOverflow(isLong ? 364 : 86_400_000_000_000)
    return underflow ? .min : cut
  }

  /// Lets entries leave the longest window that ends at `now`.
  private mutating func dropExpired(at now: Int64) {
    close()
    let cut = cut(at: now)
    while oldest < next {
      let entry = ring[index(oldest)]
      guard entry.time < cut else { return }
      longest.low &-= Int64(entry.low)
      longest.charge &-= Int64(entry.charge)
      if oldest < settled {
        if entry.isLatest { longest.distinct &-= 1 }
        rest[0].small[3] &-= entry.smallCharge
        rest[0].singles[3] &-= entry.singleCharge
        if !rest[0].own.isEmpty { leaveOwn(entry, oldest) }
      }
      oldest &+= 1
    }
  }

  /// The sequence number of the first entry that the longest window holds.
  var firstHeld: Int {
    let cut = cut(at: newest)
    var sequence = oldest
    while sequence < next, ring[index(sequence)].time < cut { sequence += 1 }
    return sequence
  }

  /// Brings the shorter windows up to the newest entry; amortised O(1) an entry.
  public mutating func settle() {
    guard !isCut else { return }
    isCut = true
    dropExpired(at: newest)
    if rest.isEmpty { rest = [Shorter()] }
    indexValues()
    let spans = spans
    for horizon in 0..<3 { cut(horizon, spans[horizon]) }
    for sequence in max(settled, oldest)..<next {
      rest[0].small[3] &+= ring[index(sequence)].smallCharge
      rest[0].singles[3] &+= ring[index(sequence)].singleCharge
    }
    settled = next
  }

  /// Notes the latest entry of each value that came since.
  private mutating func indexValues() {
    let tails = rest.withUnsafeBufferPointer { $0[0].tails }
    for sequence in max(settled, oldest)..<next {
      let value = ring[index(sequence)].value
      if value == 0 { continue }
      longest.distinct &+= 1
      let previous = rest[0].latest.replace(value, with: sequence, oldest: oldest)
      guard previous >= oldest else { continue }
      ring[index(previous)].flags |= 1
      longest.distinct &-= 1
      if previous >= settled { continue }
      for horizon in 0..<3 where previous >= tails[horizon] {
        rest[0].sums[horizon].distinct &-= 1
      }
    }
  }

  /// Makes room for one more entry: old ones go first, and only where they are few the ring grows.
  @inline(never)
  private mutating func makeRoom(at now: Int64) {
    if next > oldest { dropExpired(at: now) }
    if (next &- oldest) &* 4 > (mask &+ 1) &* 3 || ring.isEmpty { grow() }
  }

  mutating func grow() {
    let capacity = max(4, ring.count * 2)
    var larger = [Entry](
      repeating: Entry(time: 0, low: 0, charge: 0, value: 0, flags: 0),
      count: capacity
    )
    for sequence in oldest..<next { larger[sequence & (capacity - 1)] = ring[index(sequence)] }
    ring = larger
    mask = capacity - 1
  }
}
