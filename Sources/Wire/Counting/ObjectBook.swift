/// Which parts of which objects have come to whom, by HTTP: what comes again is counted once, and a part that goes on
/// where another ended is read on.
///
/// An object is known by who asked for it (address and account), of whom, by host and target, by its size and what the
/// server says of its version (`ETag`, else `Last-Modified`). It is forgotten an hour after its last part. Memory: 256 objects with
/// keys of 1 KiB at most, 64 ranges each, and 2 MiB of what reads on.
final class ObjectBook {
  struct Object: Hashable {
    var client: InternetAddress
    var server: Endpoint
    /// Account, host, target and version, a byte 0 behind each.
    var name: [UInt8]
    var size: Int64 = -1
    /// Whether the server says which version it is.
    var isSure: Bool
  }

  /// What reads on where a part has ended.
  struct Tail {
    var counter: RecordCounter
    var decompressors: [Decompressor]
    /// Where it stands in the object, and the records that it has told.
    var next: Int64
    var told: Int64

    var held: Int { 4096 + decompressors.reduce(0) { $0 + $1.held } }
  }

  private struct Entry {
    var ranges = ByteRanges()
    var tail: Tail?
    var time: Int64
    var serial: Int
  }

  static let nameLimit = 1024
  private static let limit = 256
  private static let tailBytes = 2 << 20
  private static let longest: Int64 = 3600 * 1_000_000_000

  private var entries: [Object: Entry] = [:]
  private var serial = 0
  private var held = 0

  /// Takes up a part that comes now: what of it is new, and what reads on where that begins; `nil`: there is no
  /// room to remember it.
  func claim(
    _ object: Object,
    _ range: Range<Int64>,
    at time: Int64
  ) -> (fresh: [Range<Int64>], tail: Tail?)? {
    var entry = take(object, at: time)
    let fresh = entry.ranges.fresh(in: range)
    let isTaken = entry.ranges.insert(range)
    var tail: Tail?
    if isTaken, let first = fresh.first, entry.tail?.next == first.lowerBound {
      tail = entry.tail
      entry.tail = nil
    }
    put(entry, object)
    return isTaken ? (fresh, tail) : nil
  }

  /// A part is over: what of it has not come, and what can read on.
  func end(_ object: Object, without left: [Range<Int64>], _ tail: Tail?, at time: Int64) {
    var entry = take(object, at: time)
    for range in left { entry.ranges.remove(range) }
    if let tail { entry.tail = tail }
    put(entry, object)
  }

  private func take(_ object: Object, at time: Int64) -> Entry {
    serial += 1
    guard var entry = entries.removeValue(forKey: object) else {
      return Entry(time: time, serial: serial)
    }
    held -= entry.tail?.held ?? 0
    if time - entry.time > Self.longest { entry = Entry(time: time, serial: serial) }
    (entry.time, entry.serial) = (max(entry.time, time), serial)
    return entry
  }

  private func put(_ entry: Entry, _ object: Object) {
    var entry = entry
    if entry.tail?.held ?? 0 > Self.tailBytes { entry.tail = nil }
    held += entry.tail?.held ?? 0
    entries[object] = entry
    while held > Self.tailBytes {
      guard let oldest = oldest(where: { $0.tail != nil }) else { break }
      held -= entries[oldest]?.tail?.held ?? 0
      entries[oldest]?.tail = nil
    }
    while entries.count > Self.limit, let oldest = oldest(where: { _ in true }) {
      held -= entries.removeValue(forKey: oldest)?.tail?.held ?? 0
    }
  }

  private func oldest(where isOne: (Entry) -> Bool) -> Object? {
    entries.filter { isOne($0.value) }.min { $0.value.serial < $1.value.serial }?.key
  }
}

extension ObjectBook: Hashable {
  static func == (left: ObjectBook, right: ObjectBook) -> Bool { left === right }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
