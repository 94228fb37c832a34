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

  /// The log that lay at the path of a file which is none of those that are known, edited since.
  func edited(_ file: InputFile, taken: (Int) -> Bool) -> StoredStream? {
    streams.last { stream in
      stream.path == file.path && stream.missingSince == nil && !taken(stream.id)
        && Self.resume(stream, in: file.path) != nil
    }
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
