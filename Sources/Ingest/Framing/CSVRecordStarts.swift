internal import CScan

/// Where the records of a block start, found many at a time.
///
/// The same as one `CSVRecordBoundary.end` after the other, up to the first that cannot be told: a
/// record out of the ordinary is left to it.
struct CSVRecordStarts {
  private(set) var starts: [UInt32] = []
  /// Where the last record ends.
  private(set) var end = 0
  /// Line ends in the records.
  private(set) var lines = 0

  private static let most = 4096

  /// The records of fewer than 2^32 bytes.
  init(_ boundary: CSVRecordBoundary) {
    while true {
      takeOrdinary(boundary)
      guard end < boundary.count, case .end(let next) = boundary.end(from: end), next > end,
        next - end <= CSVRecordBoundary.longest
      else {
        return
      }
      starts.append(UInt32(truncatingIfNeeded: end))
      lines += Int(cscan_count(boundary.base + end, boundary.base + next, 0x0A))
      end = next
    }
  }

  /// Leaves out a record and those after it.
  mutating func end(before index: Int, _ base: UnsafePointer<UInt8>) {
    let stop = Int(starts[index])
    lines -= Int(cscan_count(base + stop, base + end, 0x0A))
    starts.removeSubrange(index...)
    end = stop
  }

  private mutating func takeOrdinary(_ boundary: CSVRecordBoundary) {
    var count = 0
    repeat {
      let from = end
      let found = withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.most) { room in
        let found = cscan_csv_records(
          boundary.base + from,
          boundary.count - from,
          CSVRecordBoundary.longest,
          boundary.startsWithTime ? 1 : 0,
          room.baseAddress,
          Self.most
        )
        for start in room[..<found.count] {
          starts.append(UInt32(truncatingIfNeeded: from &+ Int(start)))
        }
        return found
      }
      end = from + found.end
      lines += found.lines
      count = found.count
    } while count == Self.most
  }
}
