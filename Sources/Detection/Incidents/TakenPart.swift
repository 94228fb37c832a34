internal import EventModel

/// Records of an incident, or of one owner in it: what was taken apart from what small reads beside
/// it made.
///
/// Taken is what was read in bulk, and small reads whose sum alone passes a limit within 24 hours.
/// The others join because a long sum holds them: a person's look-ups of years, which must not blur
/// when something was taken and whose it was (decision 0015).
struct TakenPart: Sendable, BitwiseCopyable {
  var taken = Volume.none
  var routine = Volume.none
  var firstTaken = Int64.max
  var lastTaken = Int64.min
  var firstRoutine = Int64.max
  var lastRoutine = Int64.min

  var records: Volume {
    var sum = taken
    sum.add(routine)
    return sum
  }

  var hasTakings: Bool { firstTaken <= lastTaken }
  var hasRoutine: Bool { firstRoutine <= lastRoutine }
  var first: Int64 { min(firstTaken, firstRoutine) }
  var last: Int64 { max(lastTaken, lastRoutine) }

  /// Whether what was taken is not less than the small reads: else these are the suspicion
  /// themselves, and nothing stands beside anything.
  var outweighsRoutine: Bool { hasTakings && taken.high >= routine.high }

  mutating func add(_ volume: Volume, from first: Int64, to last: Int64, isRoutine: Bool) {
    if isRoutine {
      routine.add(volume)
      firstRoutine = min(firstRoutine, first)
      lastRoutine = max(lastRoutine, last)
    } else {
      taken.add(volume)
      firstTaken = min(firstTaken, first)
      lastTaken = max(lastTaken, last)
    }
  }

  /// Tells of so many records among the small reads that they were taken.
  mutating func take(_ volume: Volume, at time: Int64) {
    guard volume.high > 0 else { return }
    add(routine.takeAway(volume), from: time, to: time, isRoutine: false)
    guard routine.high == 0 else { return }
    (firstRoutine, lastRoutine) = (.max, .min)
  }

  mutating func merge(_ other: Self) {
    taken.add(other.taken)
    routine.add(other.routine)
    firstTaken = min(firstTaken, other.firstTaken)
    lastTaken = max(lastTaken, other.lastTaken)
    firstRoutine = min(firstRoutine, other.firstRoutine)
    lastRoutine = max(lastRoutine, other.lastRoutine)
  }

  mutating func lowerToNothing() {
    taken.low = 0
    routine.low = 0
    if hasTakings { taken.quality = max(taken.quality, .estimated) }
    if hasRoutine { routine.quality = max(routine.quality, .estimated) }
  }

  func write(to writer: inout StateWriter) {
    taken.write(to: &writer)
    routine.write(to: &writer)
    for number in [firstTaken, lastTaken, firstRoutine, lastRoutine] { writer.write(number) }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    taken = try Volume(from: &reader)
    routine = try Volume(from: &reader)
    firstTaken = try reader.signed()
    lastTaken = try reader.signed()
    firstRoutine = try reader.signed()
    lastRoutine = try reader.signed()
  }
}

extension Volume {
  /// Takes away at most so many records and gives what was taken away; nothing can be taken away
  /// from an end that is not bounded.
  mutating func takeAway(_ volume: Volume) -> Volume {
    var part = volume
    part.low = min(volume.low, low)
    part.high = max(part.low, min(volume.high, high))
    low -= part.low
    if !isUnbounded { high = max(low, high - part.high) }
    return part
  }

  /// What is left without a part of it.
  func less(_ part: Volume) -> Volume {
    var rest = self
    _ = rest.takeAway(part)
    return rest
  }

  /// Up to so many of it may be none.
  mutating func lower(by count: Int64) {
    guard count > 0, low > 0 else { return }
    low = max(0, low &- count)
    if quality == .exact { quality = .estimated }
  }

  /// Up to so many more may be of it.
  mutating func raise(by count: Int64) {
    guard count > 0, !isUnbounded else { return }
    let sum = high.addingReportingOverflow(count)
    high = sum.overflow ? Volume.unbounded : sum.partialValue
    quality = max(quality, .estimated)
  }

  /// Of so many records there are no more different ones, at least and at most.
  mutating func keep(within records: Volume) {
    high = min(high, records.high)
    low = min(low, records.low, high)
    if quality == .exact, low < high { quality = .estimated }
  }

  /// Nothing bounds it any more.
  mutating func leaveOpen() {
    high = Volume.unbounded
    quality = low > 0 ? .atLeast : .unknown
  }
}
