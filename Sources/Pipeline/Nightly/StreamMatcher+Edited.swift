internal import EventModel
internal import Ingest
internal import Storage

extension StreamMatcher {
  /// How far an edit may have moved the place that reading came to, bytes.
  private static let reach: Int64 = 64 << 10

  /// Where a log that was edited goes on: behind the last bytes that were taken, wherever they stand now.
  ///
  /// An editor writes the whole file anew, a few bytes longer or shorter, and under another inode: what follows
  /// the edit is the same, and taken already. Where the edit lies within these last bytes, of a log the first
  /// bytes of which are what they were, the place itself where a line begins there, else the last line before them.
  /// `nil`: it is another log.
  static func resume(
    _ stream: StoredStream,
    in path: String
  ) -> (offset: Int64, line: Int)? {
    let length = min(stream.consumed, Int64(sample))
    guard stream.consumed > 0, !stream.edge.isEmpty, let log = try? LogBytes(path: path) else {
      return nil
    }
    let first = max(0, stream.consumed - reach - length)
    guard let window = try? log.read(from: first, count: Int(2 * reach + length)) else {
      return nil
    }
    func isEdge(_ end: Int) -> Bool {
      end >= Int(length) && end <= window.count
        && SHA256(window[(end - Int(length))..<end])?.bytes == stream.edge
    }
    let old = Int(stream.consumed - first)
    if isEdge(old) { return place(first + Int64(old), stream, path) }
    let ends = window.indices.filter { window[$0] == 0x0A }.map { $0 + 1 }
    if let end = ends.first(where: isEdge) { return place(first + Int64(end), stream, path) }
    guard stream.headLength == sample, isHead(stream, path) else { return nil }
    if old <= window.count, old > 0, window[old - 1] == 0x0A {
      return place(first + Int64(old), stream, path)
    }
    let last = ends.last { $0 <= old - Int(length) } ?? 0
    return place(first + Int64(last), stream, path)
  }

  private static func isHead(_ stream: StoredStream, _ path: String) -> Bool {
    guard let log = try? LogBytes(path: path) else { return false }
    return (try? log.sha256(from: 0, count: Int64(stream.headLength))) == stream.head
  }

  /// The line that begins at an offset.
  private static func place(
    _ offset: Int64,
    _ stream: StoredStream,
    _ path: String
  ) -> (offset: Int64, line: Int)? {
    guard let log = try? LogBytes(path: path) else { return nil }
    var (left, line) = (offset, 1)
    while left > 0 {
      guard let block = try? log.read(Int(min(left, 1 << 20))), !block.isEmpty else { return nil }
      line += block.count { $0 == 0x0A }
      left -= Int64(block.count)
    }
    return (offset, line)
  }

  /// Nights after which a log that is gone is not looked for among new files any more.
  private static let away = 8

  /// The log that a file which is none of those that are known was made of, edited: cut out of it a line, or changed.
  ///
  /// By the last bytes that were taken, of a file at its path or under a name that rotation or compression makes of
  /// it; by its first bytes wherever the file lies. Also of a log that has been gone for some nights: who puts back
  /// what was taken away may have changed it.
  func edited(_ file: InputFile, taken: (Int) -> Bool) -> StoredStream? {
    let newest = streams.reduce(0) { max($0, $1.lastNight, $1.missingSince ?? 0) }
    let lost = streams.filter { stream in
      !taken(stream.id) && stream.consumed > 0
        && (stream.missingSince.map { $0 + Self.away > newest } ?? true)
    }
    // What breaks off is a copy that somebody is making, or damaged.
    guard !lost.isEmpty, Self.comesToItsEnd(file.path) else { return nil }
    let name = Self.plainName(file.path)
    let named = lost.last { stream in
      (stream.path == file.path && stream.missingSince == nil
        || stream.consumed >= Self.least && Self.plainName(stream.path) == name)
        && Self.resume(stream, in: file.path) != nil
    }
    if let named { return named }
    let known = lost.filter { $0.headLength == Self.sample && $0.consumed > Self.sample }
    guard !known.isEmpty, let head = try? LogBytes(path: file.path).read(Self.sample),
      head.count == Self.sample, let digest = SHA256(head[...])?.bytes
    else { return nil }
    return known.last { $0.head == digest }
  }

  /// Whether a file is plain, or its compressed data are whole.
  private static func comesToItsEnd(_ path: String) -> Bool {
    guard let bytes = try? LogBytes(path: path) else { return false }
    guard bytes.compression != .none else { return true }
    do {
      _ = try bytes.sha256(from: 0, count: .max)
      return true
    } catch {
      return false
    }
  }

  /// A path without what rotation and compression add to it.
  static func plainName(_ path: String) -> Substring {
    var name = path[...]
    for suffix in [".gz", ".zst", ".xz", ".bz2"] where name.hasSuffix(suffix) {
      name = name.dropLast(suffix.count)
    }
    guard let mark = name.lastIndex(where: { $0 == "." || $0 == "-" || $0 == "/" }),
      name[mark] != "/"
    else { return name }
    let last = name[name.index(after: mark)...]
    let isTurn = name[mark] == "." && (1...4).contains(last.utf8.count)
    let isDate = last.utf8.count >= 8
    guard isTurn || isDate, last.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return name
    }
    return name[..<mark]
  }

  /// The log that a file of fewer bytes than identity looks at is the beginning of; its path.
  ///
  /// `now`: where a log lies tonight. Of one that is gone only whole sealed pieces are known.
  func beginning(_ file: InputFile, now: (Int) -> String?) -> String? {
    guard let head = try? LogBytes(path: file.path).read(Self.sample), head.count >= Self.least,
      head.count < Self.sample
    else { return nil }
    for stream in streams where stream.headLength > head.count && stream.mayBegin(with: head) {
      if let path = now(stream.id) {
        if path != file.path, ByteCursor.holds(path, all: file.path).holds { return path }
        continue
      }
      var end: Int64 = 0
      for seal in seals(stream.id) where end < head.count {
        let (start, next) = (Int(seal.start), Int(seal.start + seal.length))
        guard next <= head.count, SHA256(head[start..<next])?.bytes == seal.digest else { break }
        end = Int64(next)
      }
      if end == head.count { return stream.path }
    }
    return nil
  }
}
