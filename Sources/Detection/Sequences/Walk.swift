internal import Estate

extension Stretches {
  /// Ranges that together walk through an owner's set, over days.
  struct Walk: Sendable, Equatable, BitwiseCopyable {
    var owner: UInt32
    var begins: UInt8
    var continues: UInt8
    var slices: Int32 = 1
    var days: Int32 = 1
    var first: Int32
    var last: Int32
    /// And those of them that were read in bulk.
    var records: Int64
    var bulk: Int64 = 0
    /// The account of the newest slice, and how many slices are not by that of the one before.
    var hand: UInt32
    var handovers: Int32 = 0
    /// Reads of the owner that state where they begin since it began, these among them.
    var reads: Int32 = 1

    /// Whether it is most of what was read of the owner in any order: chance makes one read in 128 longer.
    var isDense: Bool { slices >= reads / 3 }

    /// Whether chance cannot have made it.
    ///
    /// Four slices on three days if they are of 100 records; of smaller ones sixteen
    /// on six days, at least every other one, or a third of all reads. Of who has no lists of his own to turn over three
    /// slices on three days that are a third of all.
    func isNotable(hasOwnLists: Bool) -> Bool {
      guard slices >= 3, days >= 3 else { return false }
      if slices >= 4, records >= Int64(slices) &* 100 { return true }
      if !hasOwnLists, isDense { return true }
      return slices >= 16 && days >= 6 && (isDense || last &- first < 2 &* days)
    }

    /// Takes one in that lies beside it; days that both may have had count once.
    mutating func add(_ other: Self) {
      if other.begins == continues { continues = other.continues } else { begins = other.begins }
      let isApart = other.last < first || last < other.first
      let touches = other.last == first || last == other.first
      days =
        isApart
        ? days &+ other.days : touches ? days &+ other.days &- 1 : max(days, other.days)
      (first, last) = (min(first, other.first), max(last, other.last))
      slices &+= other.slices
      records &+= other.records
      bulk &+= other.bulk
      handovers &+= other.handovers
      reads = max(reads, other.reads)
    }

    var rank: (Int, Int, Int32, Int32) {
      (records >= Int64(slices) &* 100 ? 1 : 0, isDense ? 1 : 0, slices, last)
    }
  }
}

extension Handling {
  /// Whether records and lists of them are the role's work.
  var hasOwnLists: Bool {
    switch role {
    case .operator, .supervisor, .reviewer, .service: true
    default: false
    }
  }
}
