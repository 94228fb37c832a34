/// Counters made of others: parts, sums and what was saved.
extension HorizonCounters {
  /// The entries of one value, as counters of their own.
  func part(of value: UInt32) -> Self {
    var part = isLong ? Self.long : Self.short
    for sequence in oldest..<next where ring[index(sequence)].value == value {
      let entry = entry(sequence)
      part.add(
        low: Int64(entry.low),
        charge: Int64(entry.charge),
        value: 0,
        at: entry.time,
        tag: entry.tag,
        marks: entry.flags & Entry.bulk
      )
    }
    return part
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
      all.append(takeMine ? entry(mine) : other.entry(theirs))
      if takeMine { mine += 1 } else { theirs += 1 }
    }
    var merged = isLong ? Self.long : Self.short
    for entry in all {
      merged.add(
        low: Int64(entry.low),
        charge: Int64(entry.charge),
        value: entry.value,
        at: entry.time,
        tag: entry.tag,
        marks: entry.flags & (Entry.bulk | Entry.exceeded | Entry.called)
      )
      merged.markNewest(entry.flags & (Entry.counted | Entry.paged))
    }
    merged.pass(to: max(newest, other.newest))
    self = merged
  }

  func write(to writer: inout StateWriter) {
    let first = firstHeld
    writer.write(UInt64(next - first))
    var previous: Int64 = 0
    for sequence in first..<next {
      let entry = entry(sequence)
      writer.write(entry.time &- previous)
      previous = entry.time
      writer.write(UInt64(entry.low))
      writer.write(Int64(entry.charge) - Int64(entry.low))
      writer.write(UInt64(entry.value))
      writer.write(UInt64(entry.flags >> 1))
    }
    writer.write(newest &- previous)
  }

  init(isLong: Bool, from reader: inout StateReader) throws(StateError) {
    self.init(isLong: isLong)
    var time: Int64 = 0
    for _ in 0..<(try reader.count()) {
      time = time &+ (try reader.signed())
      let low = UInt32(truncatingIfNeeded: try reader.unsigned())
      let charge = UInt32(truncatingIfNeeded: Int64(low) &+ (try reader.signed()))
      // Of the windows of a key whose records they were; else nothing.
      let value = isLong ? UInt32(truncatingIfNeeded: try reader.unsigned()) : try reader.owner()
      var flags = UInt32(truncatingIfNeeded: try reader.unsigned()) << 1
      // The tag stood where `called` stands.
      if reader.version < 10 { flags = (flags & 31) | ((flags >> 5) << Entry.tagShift) }
      guard next == oldest || time >= newest else { throw StateError(offset: 0) }
      restore(Entry(time: time, low: low, charge: charge, value: value, flags: flags & ~1))
    }
    time = time &+ (try reader.signed())
    guard next == oldest || time >= newest else { throw StateError(offset: 0) }
    newest = time
  }

  /// As `add`, without putting entries of one day together anew: what was written stands.
  private mutating func restore(_ entry: Entry) {
    if mask &+ 1 == next &- oldest { grow() }
    ring[index(next)] = entry
    newest = entry.time
    isCut = false
    longest.low &+= Int64(entry.low)
    longest.charge &+= Int64(entry.charge)
    next += 1
    if !isLong { noteHour(entry) }
  }
}
