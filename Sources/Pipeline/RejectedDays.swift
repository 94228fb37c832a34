internal import Detection
internal import EventModel
internal import Ingest

extension ScanFileState {
  /// What a chunk rejected, by the time to whose day it counts: its own, else that of the record before it in its log;
  /// at the beginning of a log, of the one after.
  ///
  /// The same however the file is cut into chunks.
  mutating func rejected(
    _ chunk: borrowing DecodedChunk
  ) -> [(time: Int64, count: RejectedCount)] {
    var found: [(time: Int64, count: RejectedCount)] = []
    var (row, dated) = (0, 0)
    // Of a log that is gone on with, the time of what was read before.
    let before = plan.start?.offset ?? 0 > 0 ? plan.firstTime : nil
    var (latest, line) = (lastDated ?? before.flatMap { abs($0) < .max / 2 ? $0 : nil }, UInt32(0))
    /// Passes on to the records before a line, and up to it where it has told a time itself.
    func pass(to end: UInt32, _ isWithin: Bool) {
      while row < chunk.rows.count, chunk.rows[row].line < end {
        if chunk.rows[row].line >= line {
          (latest, line) = (chunk.rows[row].time, chunk.rows[row].line)
        }
        row += 1
      }
      while dated < chunk.dated.count,
        chunk.dated[dated].line < end || isWithin && chunk.dated[dated].line == end
      {
        if chunk.dated[dated].line >= line {
          (latest, line) = (chunk.dated[dated].time, chunk.dated[dated].line)
        }
        dated += 1
      }
    }
    func settle() {
      guard let latest, leadingRejected > 0 else { return }
      found.append((latest, RejectedCount(records: leadingRejected, undated: leadingRejected)))
      leadingRejected = 0
    }
    for run in chunk.rejectedRuns {
      // The first that tells a time is nearer to what stands at the beginning than any later one.
      if leadingRejected > 0, latest == nil { passFirst() }
      pass(to: run.line, run.isDated)
      settle()
      let count = Int64(run.count)
      guard let latest else {
        leadingRejected += count
        continue
      }
      found.append((latest, RejectedCount(records: count, undated: run.isDated ? 0 : count)))
    }
    if leadingRejected > 0, latest == nil { passFirst() }
    pass(to: .max, true)
    lastDated = latest
    return found

    func passFirst() {
      let first = [chunk.rows.first?.line, chunk.dated.first?.line].compactMap { $0 }.min()
      guard let first else { return }
      pass(to: first, true)
      while latest == nil, row < chunk.rows.count, chunk.rows[row].line == first {
        (latest, line) = (chunk.rows[row].time, first)
        row += 1
      }
      settle()
    }
  }
}

extension CoverageBook {
  /// Counts rejected records to the day of a time.
  mutating func add(rejected count: RejectedCount, at time: Int64) {
    rejectedDays[day(of: time), default: RejectedCount()].add(count)
  }

  func writeRejected(to writer: inout StateWriter) {
    writer.write(UInt64(rejectedDays.count))
    for (day, count) in rejectedDays.sorted(by: { $0.key < $1.key }) {
      for number in [Int64(day), count.records, count.undated] { writer.write(number) }
    }
  }

  mutating func readRejected(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let day = try reader.int()
      rejectedDays[day] = RejectedCount(records: try reader.signed(), undated: try reader.signed())
    }
  }
}
