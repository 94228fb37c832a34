internal import CScan

/// Where a record ends whose further lines are indented: at the first LF that neither a tab nor a
/// space follows.
///
/// One that does not end within 16 MiB gives up and ends at its first LF; the indented
/// lines are then records of their own, and rejected. The answer depends on the bytes
/// from the record's start alone.
struct IndentedBoundary {
  /// From here on 64 bytes past `count` may be read.
  var base: UnsafePointer<UInt8>
  var count: Int
  /// Whether the input ends at `count`.
  var atEnd: Bool

  func end(from start: Int) -> CSVRecordBoundary.Verdict {
    let stop = min(count, start + CSVRecordBoundary.farthest)
    var first: Int?
    var place = start
    while true {
      let hit = base.distance(to: lineFeed(base + place, base + stop))
      if hit >= stop {
        if stop == start + CSVRecordBoundary.farthest { return first.map { .end($0) } ?? .tooLong }
        return atEnd ? .end(count) : .needsMore
      }
      if hit + 1 == count { return atEnd ? .end(count) : .needsMore }
      if base[hit + 1] != 0x09, base[hit + 1] != 0x20 { return .end(hit + 1) }
      if first == nil { first = hit + 1 }
      place = hit + 1
    }
  }
}
