internal import EventModel

/// How far the sequencer has come with one file.
struct ScanFileState {
  var plan: PlannedFile
  /// The next chunk to be finished, and chunks that came before their turn.
  var nextSequence = 0
  var waiting: [Int: Arrival.Content] = [:]
  /// A chunk of it has come.
  var isStarted = false
  /// The latest time seen, or the earliest expected.
  var lastSeen: Int64
  var lastTime: Int64?
  /// The time of the last record that told one; of a log that is gone on with, before it.
  var lastDated: Int64?
  /// Rejected records at its beginning, which wait for the first that tells a time.
  var leadingRejected: Int64 = 0
  /// How far it is read, what only its end ends left out.
  var consumed: Int64 = 0
  var line = 1
  /// The last record read so far, where it was broken off.
  var cut: Rejection?
}

extension FileNote {
  mutating func add(_ chunk: borrowing DecodedChunk, records more: Int) {
    lines += Int64(chunk.lines)
    records += Int64(more)
    rejected += Int64(chunk.rejected)
    events += Int64(chunk.rows.count)
    let room = max(0, EventBatch.rejectionSampleLimit - rejections.count)
    rejections += chunk.rejections.prefix(room)
  }
}
