internal import EventModel
internal import Ingest
internal import Storage

extension StreamMatcher {
  /// Whether a file is put together from logs that were read on earlier nights, one whole after the other, and
  /// holds nothing else: a month made of its days.
  ///
  /// By their seals, so that the days may be gone by then. Cost: the file is read once more, and its
  /// first bytes at each seam.
  func isJoined(_ file: InputFile, beginningWith first: StoredStream) -> Bool {
    guard first.consumed >= Self.least, let heads = try? LogBytes(path: file.path),
      let pieces = try? LogBytes(path: file.path)
    else { return false }
    var used: Set = [first.id]
    var place = first.consumed
    while true {
      guard let head = try? heads.read(from: place, count: Self.sample), !head.isEmpty else {
        return used.count > 1 && heads.position == place
      }
      guard let next = stream(beginningWith: head, not: used) else { return false }
      for seal in seals(next.id) {
        guard (try? pieces.sha256(from: place + seal.start, count: seal.length)) == seal.digest
        else { return false }
      }
      used.insert(next.id)
      place += next.consumed
    }
  }

  /// A log, wholly sealed, that begins so; of several the longest.
  private func stream(beginningWith head: [UInt8], not used: Set<Int>) -> StoredStream? {
    var digests: [Int: [UInt8]] = [:]
    let known = streams.filter {
      guard $0.headLength > 0, $0.consumed >= Self.least, $0.headLength <= head.count,
        !used.contains($0.id)
      else {
        return false
      }
      let digest = digests[$0.headLength] ?? SHA256(head[..<$0.headLength])?.bytes ?? []
      digests[$0.headLength] = digest
      guard digest == $0.head, let last = seals($0.id).last else { return false }
      return last.start + last.length == $0.consumed
    }
    return known.max { ($0.consumed, $1.id) < ($1.consumed, $0.id) }
  }
}
