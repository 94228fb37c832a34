internal import Detection
internal import EventModel
internal import Glibc
internal import Ingest
internal import Storage

/// Logs that were read and do not lie among the inputs any more.
///
/// Rotation gives a log a name that no source may declare (`app.log` becomes `app.log.1`), or a link
/// another target. By its inode the log is found in the folder it was in, or in that of the target; it is read
/// on there, and its name says nothing. Files that no log is are none of our business.
struct StrayLogs {
  /// Numbers of the logs that were found so, in the store.
  private static let name = "strays"

  var matches: [StreamMatcher.Match] = []
  var missing: [StoredStream] = []
  var problems: [Coverage.Unreadable] = []

  /// The logs that have a name that nobody declares, and are followed all the same.
  static func known(to store: Store) throws(StoreError) -> Set<Int> {
    guard let bytes = try store.value(name) else { return [] }
    var ids: Set<Int> = []
    var reader = StateReader(bytes)
    do throws(StateError) {
      for _ in 0..<(try reader.count()) { ids.insert(try reader.int()) }
    } catch {
      throw StoreError(
        .notAStore,
        "\(store.path): its list of logs that were renamed is damaged; bring back a copy"
      )
    }
    return ids
  }

  static func keep(_ ids: Set<Int>, in store: Store) throws(StoreError) {
    var writer = StateWriter()
    writer.write(UInt64(ids.count))
    for id in ids.sorted() { writer.write(id) }
    try store.setValue(name, writer.bytes)
  }
}

extension NightPlanner {
  /// Looks for logs that were there the last time.
  ///
  /// `files`: the inputs; `logs`: the matcher over some of the logs.
  func strays(
    of missing: [StoredStream],
    besides files: [InputFile],
    _ logs: ([StoredStream]) -> StreamMatcher
  ) -> StrayLogs {
    var found = StrayLogs(missing: missing)
    let lost = missing.filter { $0.missingSince == nil }
    guard !lost.isEmpty else { return found }
    var search = StraySearch(self, files)
    var candidates: [InputFile] = []
    for stream in lost { candidates += search.places(of: stream) }
    guard !candidates.isEmpty else { return found }
    for file in candidates where !Self.isReadable(file.path) {
      found.problems.append(
        Coverage.Unreadable(
          path: file.path,
          reason: "the rest of a log that was read under another name: permission denied"
        )
      )
    }
    let ids = Set(lost.map(\.id))
    let known = lost.map { FileStatus.Identity(device: $0.device, inode: $0.inode) }
    let identities = Set(known)
    for match in logs(lost).match(candidates.filter { Self.isReadable($0.path) }).matches {
      guard let stream = match.stream, ids.contains(stream.id) else { continue }
      switch match.verdict {
      case .unchanged, .known: found.matches.append(match)
      // By its name alone a file is no log that was altered.
      case .cut, .altered:
        if identities.contains(match.status.identity) { found.matches.append(match) }
      case .new, .copy, .unsettled: break
      }
    }
    // What lies there and cannot be opened is not gone.
    let closed = Set(
      candidates.filter { !Self.isReadable($0.path) }
        .compactMap { FileStatus(path: $0.path)?.identity }
    )
    let there = Set(found.matches.compactMap { $0.stream?.id })
    found.missing.removeAll { stream in
      there.contains(stream.id)
        || stream.missingSince == nil
          && closed.contains(FileStatus.Identity(device: stream.device, inode: stream.inode))
    }
    return found
  }

  private static func isReadable(_ path: String) -> Bool {
    PathText.withName(path) { access($0, R_OK) } == 0
  }

  /// Whether something may have been written to a log that is not found, after it was last read.
  ///
  /// A log that retention lets go has come to rest before; one that a watch held open was read to its end.
  func mayHaveGrown(_ stream: StoredStream, _ facts: StreamFacts?) -> Bool {
    guard !drained.contains(stream.id), stream.consumed > 0, facts?.note.compression == nil else {
      return false
    }
    let there = FileStatus(path: stream.path)
    // As it was, and no source declares it any more; its inode alone may be another file's by now.
    if there?.identity == FileStatus.Identity(device: stream.device, inode: stream.inode),
      there?.size == stream.size, there?.changed == stream.changed
    {
      return false
    }
    let plain = String(StreamMatcher.plainName(stream.path))
    let hasNext = memory.streams.contains { $0.path == plain && $0.missingSince == nil }
    // `app.log.1` is what rotation leaves; `audit.20240401` may be the log of the day.
    let isTurn = plain != stream.path && stream.path.utf8.count - plain.utf8.count <= 5
    let isPart = plain != stream.path && (hasNext || FileStatus(path: plain) != nil)
    if isTurn || isPart { return false }
    let rest: Int64 = 86_400
    return there != nil || stream.changed > ((memory.lastStarted ?? now) - rest) * 1_000_000_000
  }

  /// What is not read of logs that are gone, up to the first line of what lies in their place.
  func unread(_ plan: NightPlan) throws(StateError) -> [UnreadParts.Item] {
    var items: [UnreadParts.Item] = []
    let known = Set(memory.streams.map(\.id))
    let begun = plan.streams.values.filter { !known.contains($0.id) }.sorted { $0.id < $1.id }
    for stream in plan.lost
    where plan.breaches.contains(where: { $0.stream == stream.id && $0.kind == .gone }) {
      let last = try facts(of: stream)?.lastTime
      var first: Int64?
      if let next = begun.first(where: { $0.path == stream.path }) {
        first = plan.scan.plans[next.id]?.firstTime
      } else if let next = memory.streams.last(where: {
        $0.path == stream.path && $0.id != stream.id && $0.missingSince == nil
      }) {
        first = memory.journal.taken[next.id]?.times?.lowerBound
      }
      if let time = first, abs(time) > .max / 2 { first = nil }
      // Without a successor all that is known is that it was written before now.
      let end = max(first ?? now * 1_000_000_000, last ?? .min)
      items.append(
        UnreadParts.Item(
          source: stream.source,
          part: UnreadPart(
            .lost,
            path: stream.path,
            log: stream.id,
            offset: stream.consumed,
            from: last.map { Timestamp(nanoseconds: $0) },
            until: Timestamp(nanoseconds: end)
          )
        )
      )
    }
    return items
  }
}

/// Where logs that are missing may lie; a folder is listed once.
private struct StraySearch {
  private let planner: NightPlanner
  private let files: [InputFile]
  private let paths: Set<String>
  private lazy var identities = Set(files.compactMap { FileStatus(path: $0.path)?.identity })
  private var listings: [String: [(path: String, identity: FileStatus.Identity)]] = [:]
  private var taken: Set<String> = []

  init(_ planner: NightPlanner, _ files: [InputFile]) {
    (self.planner, self.files) = (planner, files)
    paths = Set(files.map(\.path))
  }

  /// The files that may be the log: the one with its inode, else those of its name.
  mutating func places(of stream: StoredStream) -> [InputFile] {
    let identity = FileStatus.Identity(device: stream.device, inode: stream.inode)
    // Standard input and listeners lie nowhere.
    guard identity.inode != 0 else { return [] }
    if isIt(stream.path, identity), !paths.contains(stream.path) {
      // It has a name of its own; else somebody has taken it out of the estate.
      let isStray = planner.memory.strays.contains(stream.id)
      return isStray && planner.index(of: stream.source) != nil ? take([stream.path]) : []
    }
    if let place = planner.heldPlace?(stream.id), isIt(place, identity) { return take([place]) }
    var folders = [Self.folder(stream.path)]
    if let real = Self.real(stream.path) { folders.append(Self.folder(real)) }
    for folder in folders {
      if let entry = list(folder).first(where: { $0.identity == identity }),
        Self.mayBe(entry.path, stream)
      {
        return take([entry.path])
      }
    }
    // While logs are followed, what is compressed has been read before.
    guard planner.admits == nil, stream.headLength == StreamMatcher.sample else { return [] }
    let plain = StreamMatcher.plainName(stream.path)
    return take(
      list(folders[0]).map(\.path).filter {
        $0 != stream.path && StreamMatcher.plainName($0) == plain
      }
    )
  }

  private func isIt(_ path: String, _ identity: FileStatus.Identity) -> Bool {
    FileStatus(path: path)?.identity == identity
  }

  /// Whether a file begins as the log: an inode is used again.
  private static func mayBe(_ path: String, _ stream: StoredStream) -> Bool {
    // Of one that cannot be opened its reader is told.
    guard stream.headLength > 0, let bytes = try? LogBytes(path: path),
      let head = try? bytes.sha256(from: 0, count: Int64(stream.headLength))
    else { return true }
    return head == stream.head
  }

  /// What is an input is known already.
  private mutating func take(_ found: [String]) -> [InputFile] {
    found.compactMap { path in
      guard !paths.contains(path), let status = FileStatus(path: path),
        !identities.contains(status.identity), taken.insert(path).inserted
      else { return nil }
      return InputFile(path: path, size: status.size)
    }
  }

  private mutating func list(
    _ folder: String
  ) -> [(path: String, identity: FileStatus.Identity)] {
    if let known = listings[folder] { return known }
    var found: [(path: String, identity: FileStatus.Identity)] = []
    if let handle = PathText.withName(folder.isEmpty ? "." : folder, { opendir($0) }) {
      while let entry = readdir(handle) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
          tuple.withMemoryRebound(to: CChar.self, capacity: 256) { PathText.text(ofName: $0) }
        }
        let path = Self.join(folder, name)
        if let status = FileStatus(path: path) { found.append((path, status.identity)) }
      }
      closedir(handle)
    }
    found.sort { $0.path < $1.path }
    listings[folder] = found
    return found
  }

  private static func folder(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : folder == "/" ? "/" + name : folder + "/" + name
  }

  private static func real(_ path: String) -> String? {
    guard let real = PathText.withName(path, { realpath($0, nil) }) else { return nil }
    defer { free(real) }
    return PathText.text(ofName: real)
  }
}
