internal import EventModel
internal import Ingest

/// The bytes of compressed inputs while findings may still point to their lines, and the SHA-256 of
/// the lines they point to: so no compressed file has to be read twice.
///
/// A chunk is let go once every row of it is judged. What comes when `limit` bytes are held is not
/// kept; evidence in it is read again (`EvidenceReader`), with the same result. Memory: `limit`, and 48 bytes
/// for each line that a finding points to, twice that at most.
struct EvidenceCache: Sendable {
  private struct Held {
    var offset: Int64
    var count: Int
    var lastTime: Int64
    var storage: [UInt8]
    /// What a chunk of few bytes takes all the same.
    var cost: Int { storage.count + 128 }
  }

  private let limit: Int
  /// How long after its time a row may be judged, when later ones have been.
  private let hold: Int64
  /// By file, in order of place.
  private var held: [Int: [Held]] = [:]
  private var bytes = 0
  private(set) var digests: [LinePlace: SHA256] = [:]
  /// Digests at which those that no finding wants any more are dropped.
  private var nextSweep = 1 << 16

  init(limit: Int, hold: Int64) {
    self.limit = limit
    self.hold = hold
  }

  /// Takes the bytes of a chunk, after those before it in its file.
  ///
  /// `lastTime`: no row of it is later.
  mutating func keep(_ chunk: borrowing DecodedChunk, lastTime: Int64) {
    guard let storage = chunk.storage, !chunk.rows.isEmpty else { return }
    let entry = Held(
      offset: chunk.offset,
      count: chunk.inputBytes,
      lastTime: lastTime,
      storage: storage
    )
    guard bytes + entry.cost <= limit else { return }
    bytes += entry.cost
    held[chunk.file, default: []].append(entry)
  }

  /// Hashes the lines at these places, as far as their bytes are at hand.
  mutating func hash(_ places: [LinePlace], wanted: () -> Set<LinePlace>) {
    for place in places where digests[place] == nil {
      guard let entry = entry(of: place) else { continue }
      let start = Int(place.offset - entry.offset)
      digests[place] = SHA256(entry.storage[start..<start + Int(place.length)])
    }
    guard digests.count >= nextSweep else { return }
    let wanted = wanted()
    digests = digests.filter { wanted.contains($0.key) }
    nextSweep = max(nextSweep, digests.count * 2)
  }

  /// Lets go what is judged: rows up to `time` have been given to the consumer.
  mutating func release(upTo time: Int64) {
    let bound = time.subtractingReportingOverflow(hold)
    guard !bound.overflow, !held.isEmpty else { return }
    for file in Array(held.keys) {
      while let first = held[file]?.first, first.lastTime < bound.partialValue {
        bytes -= first.cost
        held[file]?.removeFirst()
      }
      if held[file]?.isEmpty ?? true { held[file] = nil }
    }
  }

  private func entry(of place: LinePlace) -> Held? {
    guard let entries = held[Int(place.file)] else { return nil }
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].offset <= place.offset { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let end = entries[low - 1].offset &+ Int64(entries[low - 1].count)
    return place.offset &+ Int64(place.length) <= end ? entries[low - 1] : nil
  }
}
