/// The shorter windows, brought up to the newest entry.
extension HorizonCounters {
  /// What a window holds: of all, of small reads, and of single records.
  private struct Held {
    var sum: Sum
    var small: Int64
    var singles: Int64

    mutating func add(_ entry: Entry) {
      sum.add(entry)
      small &+= entry.smallCharge
      singles &+= entry.singleCharge
    }

    mutating func remove(_ entry: Entry) {
      sum.remove(entry)
      small &-= entry.smallCharge
      singles &-= entry.singleCharge
    }
  }

  /// Lets entries leave one of the shorter windows, and those come that are new.
  ///
  /// Ring and sums are looked at where they lie: out of an array all the sums would be copied for each one.
  mutating func cut(_ horizon: Int, _ span: Int64) {
    let (oldest, next, settled, mask) = (oldest, next, settled, mask)
    let (cut, underflow) = newest.subtractingReportingOverflow(span)
    ring.withUnsafeBufferPointer { ring in
      rest.withUnsafeMutableBufferPointer { rest in
        var tail = rest[0].tails[horizon]
        var held = Held(
          sum: rest[0].sums[horizon],
          small: rest[0].small[horizon],
          singles: rest[0].singles[horizon]
        )
        if tail < oldest {
          // Its entries have left the ring, and a day has passed since: it is counted anew.
          tail = oldest
          held = Held(sum: Sum(), small: 0, singles: 0)
          for sequence in tail..<max(tail, settled) { held.add(ring[sequence & mask]) }
        }
        while !underflow, tail < next, ring[tail & mask].time < cut {
          if tail < settled { held.remove(ring[tail & mask]) }
          tail &+= 1
        }
        for sequence in max(tail, settled)..<next { held.add(ring[sequence & mask]) }
        (rest[0].tails[horizon], rest[0].sums[horizon]) = (tail, held.sum)
        (rest[0].small[horizon], rest[0].singles[horizon]) = (held.small, held.singles)
      }
    }
  }
}
