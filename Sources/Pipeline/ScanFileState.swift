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
  /// How far it is read, what only its end ends left out.
  var consumed: Int64 = 0
  var line = 1
  /// The last record read so far, where it was broken off.
  var cut: Rejection?
}
