internal import EventModel
internal import Ingest
internal import Storage

/// Tells a copy that somebody is still making, or compressing, from a log of its own.
///
/// Read as a log, it would be taken twice: what it will be is known only once it is whole.
enum CopyInProgress {
  /// Bytes at the end that are compared.
  private static let tail: Int64 = 1 << 16

  /// Whether all of a file stands at the beginning of another; or it is compressed, begins as that one
  /// and breaks off.
  ///
  /// `read`: so many bytes of the other from a place on.
  static func isPart(
    _ match: StreamMatcher.Match,
    of other: (Int64, Int) -> [UInt8]
  ) -> Bool {
    guard let bytes = try? LogBytes(path: match.file.path),
      let head = try? bytes.read(StreamMatcher.sample), !head.isEmpty
    else { return false }
    guard other(0, head.count) == head else { return false }
    if bytes.compression != .none { return !isWhole(match) }
    let length = min(match.status.size, tail)
    let start = match.status.size - length
    guard let copy = try? RawBytes.read(match.file.path, from: start, length) else { return false }
    return other(start, Int(length)) == copy
  }

  /// Whether compressed data come to their end, and came to it when the file was matched with the logs that are
  /// known: a log that was compressed between would be taken for a new one.
  static func isWhole(_ match: StreamMatcher.Match) -> Bool {
    guard FileStatus(path: match.file.path) == match.status else { return false }
    guard let bytes = try? LogBytes(path: match.file.path) else { return false }
    do {
      _ = try bytes.sha256(from: 0, count: .max)
      // It may have come to its end while it was read.
      return FileStatus(path: match.file.path) == match.status
    } catch {
      return false
    }
  }

  /// The files among those that are new that are parts of another: of one that is known, or also of a
  /// new one.
  static func paths(among matches: [StreamMatcher.Match], alsoOfNew: Bool) -> Set<String> {
    var found: Set<String> = []
    guard matches.contains(where: { $0.verdict == .new }) else { return [] }
    func start(_ path: String) -> [UInt8] {
      (try? RawBytes.read(path, from: 0, beginning)) ?? []
    }
    var others: [[UInt8]: [StreamMatcher.Match]] = [:]
    // Logs in which nothing has changed are not opened to know how they begin.
    var known: [[UInt8]: [StreamMatcher.Match]] = [:]
    for match in matches where alsoOfNew || match.stream != nil {
      if match.verdict == .unchanged, let rung = match.stream?.rung {
        known[rung, default: []].append(match)
      } else {
        others[start(match.file.path), default: []].append(match)
      }
    }
    for match in matches where match.verdict == .new {
      let head = (try? LogBytes(path: match.file.path).read(Int(beginning))) ?? []
      if isCompressed(match.file.path), FileStatus(path: match.file.path) != match.status {
        found.insert(match.file.path)
      }
      guard head.count == Int(beginning), !found.contains(match.file.path) else { continue }
      var near = others[head] ?? []
      if let rung = StoredStream.rung(of: head), let alike = known[rung] {
        let first = (try? LogBytes(path: match.file.path).read(StreamMatcher.sample)) ?? []
        near += alike.filter { $0.stream?.mayBegin(with: first) ?? true }
      }
      for other in near
      where other.file.path != match.file.path && !found.contains(other.file.path) {
        let isPart = isPart(match) { start, count in
          (try? RawBytes.read(other.file.path, from: start, Int64(count))) ?? []
        }
        if isPart {
          found.insert(match.file.path)
          break
        }
      }
      // Who compresses a log deletes it at the end: it may be gone since, with nothing to hold this against.
      if isCompressed(match.file.path), FileStatus(path: match.file.path) != match.status {
        found.insert(match.file.path)
      }
    }
    return found
  }

  /// Whether its first bytes are those of compressed data.
  static func isCompressed(_ path: String) -> Bool {
    (try? LogBytes(path: path)).map { $0.compression != .none } ?? false
  }

  /// Bytes without which a file is not looked at; the first lines of two logs differ within them.
  private static let beginning: Int64 = 64
}

extension Notice {
  static func copy(_ path: String, of original: String) -> Self {
    Self(
      .copy,
      english: "\(path) holds what was read from \(original): it is not read again.",
      japanese: "\(path) は \(original) から読んだ内容と同じため、再読しません。"
    )
  }
}
