internal import EventModel
internal import Glibc
internal import Ingest
internal import Storage

/// A log file as it lies there tonight.
struct FileStatus: Sendable, Hashable {
  var device: Int64
  var inode: Int64
  var size: Int64
  /// Last change of its bytes, nanoseconds since 1970; whoever owns the file may set it.
  var changed: Int64
  /// Last change of whatever kind, its name and `changed` among them; the system alone sets it.
  var statusChanged: Int64

  struct Identity: Sendable, Hashable {
    var device: Int64
    var inode: Int64
  }

  var identity: Identity { Identity(device: device, inode: inode) }

  /// `nil`: not there, or no plain file.
  init?(path: String) {
    var status = stat()
    guard PathText.withName(path, { stat($0, &status) }) == 0,
      status.st_mode & S_IFMT == S_IFREG
    else { return nil }
    self.init(status)
  }

  init(_ status: stat) {
    device = Int64(bitPattern: UInt64(status.st_dev))
    inode = Int64(bitPattern: UInt64(status.st_ino))
    size = Int64(status.st_size)
    func nanoseconds(_ time: timespec) -> Int64 {
      Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
    changed = nanoseconds(status.st_mtim)
    statusChanged = nanoseconds(status.st_ctim)
  }
}

/// Which of the files that lie there is which of the logs that are known.
///
/// By what they are, never by name alone: device and inode with the digest of the first bytes and of
/// those before the place reading came to; for a file that was rotated, copied or compressed, every
/// sealed piece of the log, decompressed.
struct StreamMatcher {
  enum Verdict: Sendable, Equatable {
    /// Nothing has changed.
    case unchanged
    /// The log goes on, or has moved.
    case known
    /// It was cut short, or what was sealed of it is no longer what it was: read on from where it
    /// ends, or from where reading came to.
    case cut
    case altered
    /// Not seen before.
    case new
    /// Holds nothing that another file does not.
    case copy(of: String)
    /// The file it was held against has gone meanwhile: to be looked at again.
    case unsettled
  }

  struct Match: Sendable {
    var file: InputFile
    var status: FileStatus
    var verdict: Verdict
    var stream: StoredStream?
  }

  /// First and last bytes that identity looks at.
  static let sample = 4096
  /// Bytes by which a log is known in another folder.
  static let least = 512

  let streams: [StoredStream]
  /// Whose turn it is among the pieces of logs that grow; `nil`: none is read again, for a watch looks too often.
  var night: Int?
  let seals: (Int) -> [Seal]
  /// The last of them, where a watch sealed it and no night has looked at it since.
  private let taken: (Int) -> Seal?
  /// Logs by where they lay last, those that were there last night first.
  private let places: [Place: [StoredStream]]

  /// `seals`: the sealed pieces of a log, in order; `taken`: the last of them, of what a watch took since the
  /// last night.
  init(
    streams: [StoredStream],
    seals: @escaping (Int) -> [Seal],
    taken: @escaping (Int) -> Seal? = { _ in nil }
  ) {
    self.streams = streams
    self.seals = seals
    self.taken = taken
    func rank(_ stream: StoredStream) -> (Int, Int) {
      (stream.missingSince == nil ? 0 : 1, -stream.id)
    }
    places = Dictionary(grouping: streams) { Place($0.device, $0.inode) }
      .mapValues { $0.sorted { rank($0) < rank($1) } }
  }

  /// One match a file, in the order of the files; and the logs that were not found.
  func match(_ files: [InputFile]) -> (matches: [Match], missing: [StoredStream]) {
    var matches: [Int: Match] = [:]
    // By the log: the file that it is tonight.
    var taken: [Int: Int] = [:]
    let statuses = files.map { FileStatus(path: $0.path) }
    for (index, file) in files.enumerated() {
      guard let status = statuses[index] else { continue }
      for stream in places[Place(status.device, status.inode)] ?? []
      where taken[stream.id] == nil {
        // Inodes are used again: where little is known of a log, other logs are asked first.
        guard let verdict = compare(file, status, stream),
          verdict == .unchanged || stream.headLength >= Self.sample
        else { continue }
        if verdict == .known, status.size > stream.size, isJoined(file, beginningWith: stream) {
          // The place of a log that is gone was used again.
          matches[index] = Match(file: file, status: status, verdict: .copy(of: stream.path))
          break
        }
        matches[index] = Match(file: file, status: status, verdict: verdict, stream: stream)
        taken[stream.id] = index
        break
      }
    }
    for (index, file) in files.enumerated() where matches[index] == nil {
      guard let status = statuses[index], status.size > 0 else { continue }
      var (stream, verdict) = find(file) { id in
        taken[id].map { (files[$0].path, statuses[$0]?.identity) }
      }
      if verdict == .new {
        for known in places[Place(status.device, status.inode)] ?? []
        where taken[known.id] == nil {
          guard let found = compare(file, status, known) else { continue }
          (stream, verdict) = (known, found)
          break
        }
      }
      if verdict == .new, let known = edited(file, taken: { taken[$0] != nil }) {
        (stream, verdict) = (known, .altered)
      }
      let isKnown = stream != nil && verdict != .new
      if isKnown, let stream {
        // What is shorter than its copy is the copy.
        if let other = taken[stream.id] {
          matches[other]?.verdict = .copy(of: file.path)
          matches[other]?.stream = nil
        }
        taken[stream.id] = index
      }
      matches[index] = Match(
        file: file,
        status: status,
        verdict: verdict,
        stream: isKnown ? stream : nil
      )
    }
    // By now it is known which files the logs are.
    for (index, file) in files.enumerated() where matches[index]?.verdict == .new {
      let now = { (id: Int) in taken[id].map { files[$0].path } }
      if let path = beginning(file, now: now) { matches[index]?.verdict = .copy(of: path) }
    }
    return (
      matches.keys.sorted().compactMap { matches[$0] },
      streams.filter { taken[$0.id] == nil }
    )
  }

  private struct Place: Hashable {
    var device: Int64
    var inode: Int64
    init(_ device: Int64, _ inode: Int64) { (self.device, self.inode) = (device, inode) }
  }

  /// Whether the file at its place is still the log that lay there; `nil`: it is another.
  private func compare(
    _ file: InputFile,
    _ status: FileStatus,
    _ stream: StoredStream
  ) -> Verdict? {
    let isAlike = status.size == stream.size && status.changed == stream.changed
    // Of a store of an earlier version that is all there is.
    let taken = taken(stream.id).map { [$0] } ?? []
    if isAlike, stream.statusChanged ?? status.statusChanged == status.statusChanged {
      // A watch notes how a log stands after each look, and looks at its ends alone.
      return matching(taken, in: file) == taken.count ? .unchanged : .altered
    }
    let isRenamed = isAlike && file.path != stream.path
    do throws(ReadError) {
      let bytes = try LogBytes(path: file.path)
      let head = try bytes.sha256(from: 0, count: Int64(stream.headLength))
      guard let head else {
        return try isBeginning(file, of: stream) ? .cut : nil
      }
      guard head == stream.head else { return nil }
      if stream.consumed == 0 { return isAlike ? .unchanged : .known }
      // To come to the end of what is compressed is to read all of it.
      if isRenamed, bytes.compression != .none { return .unchanged }
      let length = Int64(min(stream.consumed, Int64(Self.sample)))
      let rest = try LogBytes(path: file.path)
      let edge = try rest.sha256(from: stream.consumed - length, count: length)
      guard let edge else { return .cut }
      guard edge == stream.edge else { return .altered }
      // A new name explains the change. Else it was written, and is no longer than before, or had its
      // mode, links or times changed, as who sets back the time has to: what was sealed is read again.
      let isWritten = status.size == stream.size && !isRenamed
      let isGrown = status.size > stream.size && bytes.compression == .none
      let pieces = isWritten ? seals(stream.id) : isGrown ? due(stream) + taken : taken
      guard matching(pieces, in: file) == pieces.count else { return .altered }
      return isAlike ? .unchanged : .known
    } catch {
      // Planning says what is wrong with it.
      return .known
    }
  }

  /// Whether a plain file at the place of a log is what was left of its first bytes, but for the last few.
  private func isBeginning(
    _ file: InputFile,
    of stream: StoredStream
  ) throws(ReadError) -> Bool {
    let bytes = try LogBytes(path: file.path)
    let first = try bytes.read(stream.headLength)
    guard bytes.compression == .none, first.count >= Self.least else { return false }
    let rungs = StoredStream.rungs(of: first)
    return stream.rungs.starts(with: rungs)
  }

  /// The log that a file in a new place is.
  ///
  /// `taken`: which file a log is that was found already. One that holds all of such a file and more takes its place.
  private func find(
    _ file: InputFile,
    taken: (Int) -> (path: String, identity: FileStatus.Identity?)?
  ) -> (StoredStream?, Verdict) {
    guard let head = try? LogBytes(path: file.path).read(Self.sample), !head.isEmpty else {
      return (nil, .new)
    }
    var digests: [Int: [UInt8]] = [:]
    var found: (stream: StoredStream, sealed: Int, all: Int)?
    for stream in streams.sorted(by: { ($0.consumed, $0.id) > ($1.consumed, $1.id) })
    where stream.headLength > 0 && stream.headLength <= head.count {
      let digest =
        digests[stream.headLength]
        ?? SHA256(head[..<stream.headLength])?.bytes ?? []
      digests[stream.headLength] = digest
      guard digest == stream.head else { continue }
      // A header alone says nothing of which log it is.
      if stream.consumed < Self.least, Self.folder(file.path) != Self.folder(stream.path) {
        continue
      }
      let pieces = seals(stream.id)
      let sealed = matching(pieces, in: file)
      if sealed == pieces.count, isJoined(file, beginningWith: stream) {
        return (nil, .copy(of: stream.path))
      }
      if let (path, identity) = taken(stream.id) {
        if ByteCursor.holds(path, all: file.path).holds { return (nil, .copy(of: path)) }
        if sealed == pieces.count, ByteCursor.holds(file.path, all: path).holds {
          return (stream, .known)
        }
        // Renamed or deleted since it was found: who compresses a log deletes it at the end.
        if FileStatus(path: path)?.identity != identity { return (nil, .unsettled) }
        continue
      }
      if sealed == pieces.count, holdsRest(of: stream, after: pieces.last, file) {
        return (stream, .known)
      }
      if sealed > found?.sealed ?? 0 { found = (stream, sealed, pieces.count) }
    }
    if let found { return (found.stream, .altered) }
    return (nil, .new)
  }

  private static func folder(_ path: String) -> Substring {
    path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
  }

  /// How many of the first sealed pieces the file holds.
  func matching(_ pieces: [Seal], in file: InputFile) -> Int {
    guard !pieces.isEmpty, let bytes = try? LogBytes(path: file.path) else { return 0 }
    for (index, piece) in pieces.enumerated() {
      let digest = try? bytes.sha256(from: piece.start, count: piece.length)
      guard digest == piece.digest else { return index }
    }
    return pieces.count
  }

  /// Whether a file also holds what was taken after the last sealed piece, by the bytes at its end.
  private func holdsRest(of stream: StoredStream, after last: Seal?, _ file: InputFile) -> Bool {
    guard (last.map { $0.start + $0.length } ?? 0) < stream.consumed else { return true }
    let length = min(stream.consumed, Int64(Self.sample))
    guard let bytes = try? LogBytes(path: file.path) else { return false }
    return (try? bytes.sha256(from: stream.consumed - length, count: length)) == stream.edge
  }
}
