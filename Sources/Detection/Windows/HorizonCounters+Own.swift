/// What one of several behind a key has read of a window.
extension HorizonCounters {
  /// Sums of one tag, kept up from the first time that they are asked for; not part of the saved state.
  struct Own: Sendable {
    /// Entries before this one are in the sums.
    var head = 0
    var tails: InlineArray<3, Int> = .init(repeating: 0)
    var sums: InlineArray<4, Sum> = .init(repeating: Sum())
  }

  /// The part of a horizon's sum that entries of a tag make, without their distinct values; amortised O(1) an
  /// entry and tag that is asked for.
  mutating func own(_ horizon: Int, tag: UInt32) -> Sum {
    settle()
    guard next > oldest, !rest.isEmpty else { return Sum() }
    bringUp(tag)
    return rest[0].own[tag]?.sums[horizon] ?? Sum()
  }

  private mutating func bringUp(_ tag: UInt32) {
    var own = rest[0].own[tag] ?? Own()
    for sequence in max(own.head, oldest)..<next where ring[index(sequence)].tag == tag {
      for horizon in 0..<4 { own.sums[horizon].count(ring[index(sequence)]) }
    }
    own.head = next
    for horizon in 0..<3 {
      if own.tails[horizon] < oldest {
        // Entries have left the ring uncounted: the window is counted anew.
        (own.tails[horizon], own.sums[horizon]) = (oldest, Sum())
        for sequence in oldest..<next where ring[index(sequence)].tag == tag {
          own.sums[horizon].count(ring[index(sequence)])
        }
      }
      let tail = max(own.tails[horizon], rest[0].tails[horizon])
      for sequence in own.tails[horizon]..<tail where ring[index(sequence)].tag == tag {
        own.sums[horizon].discount(ring[index(sequence)])
      }
      own.tails[horizon] = tail
    }
    rest[0].own[tag] = own
  }

  /// An entry leaves the longest window.
  mutating func leaveOwn(_ entry: Entry, _ sequence: Int) {
    guard let head = rest[0].own[entry.tag]?.head, sequence < head else { return }
    rest[0].own[entry.tag]?.sums[3].discount(entry)
  }
}

extension HorizonCounters.Sum {
  fileprivate mutating func count(_ entry: HorizonCounters.Entry) {
    low &+= Int64(entry.low)
    charge &+= Int64(entry.charge)
  }

  fileprivate mutating func discount(_ entry: HorizonCounters.Entry) {
    low &-= Int64(entry.low)
    charge &-= Int64(entry.charge)
  }
}

extension HorizonCounters {
  /// The first day of a horizon (1: of 7 days … 4: of 365) that ends on a day; `nil`: it is that of a lifetime.
  static func firstDay(within horizon: Int, until today: Int32) -> Int32? {
    (1...longSpans.count).contains(horizon) ? today &- Int32(longSpans[horizon - 1]) : nil
  }
}
