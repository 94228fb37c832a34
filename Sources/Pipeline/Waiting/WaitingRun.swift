internal import Detection

/// A sorted run of rows that wait to be judged, which is written once and read as often as it is asked for.
struct WaitingRun: Hashable, Sendable {
  /// Its number in the store, which no other run ever has.
  var id: Int64
  /// Times of its first row and of its last.
  var first: Int64
  var last: Int64
  var count: Int
}

/// The runs of a store, as the value `held` lists them.
struct WaitingIndex: Hashable, Sendable {
  static let version: UInt64 = 2

  /// In order of their first rows.
  var runs: [WaitingRun] = []
  /// The number of the next run.
  var next: Int64 = 1

  init() {}

  /// Whether these are rows themselves, in one pack, as earlier versions kept them.
  static func isPack(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) }

  init(_ bytes: [UInt8]) throws(StateError) {
    var reader = StateReader(bytes)
    guard try reader.unsigned() == Self.version else { throw StateError(offset: 0) }
    next = try reader.signed()
    var time: Int64 = 0
    for _ in 0..<(try reader.count()) {
      let id = try reader.signed()
      let first = time &+ (try reader.signed())
      let last = first &+ (try reader.signed())
      guard id > 0, id < next, first <= last else { throw StateError(offset: 0) }
      runs.append(WaitingRun(id: id, first: first, last: last, count: try reader.int()))
      time = first
    }
    guard reader.isAtEnd else { throw StateError(offset: bytes.count) }
  }

  var bytes: [UInt8] {
    var writer = StateWriter()
    writer.write(Self.version)
    writer.write(next)
    writer.write(UInt64(runs.count))
    var time: Int64 = 0
    for run in runs {
      writer.write(run.id)
      writer.write(run.first &- time)
      writer.write(run.last &- run.first)
      writer.write(run.count)
      time = run.first
    }
    return writer.bytes
  }
}
