internal import EventModel
internal import Glibc
internal import Ingest

/// Finds the files that were cut out of one log within a record, and which goes on with which.
///
/// Parts are files whose names tell a sequence (`FileSequence`); where one ends within a record and
/// the next begins within one (`RecordCut`), they are read as one file. A file is looked into that shows a
/// cut: a plain one that ends without line end, or any of a log one of whose parts begins with no
/// record. Of a compressed file the end shows only when it is read: one that then turns out to be cut
/// has the scan begin again with every part looked into (`looksIntoAll`).
///
/// Numbers behind the last dot go downwards or upwards (logrotate, `split`): the way that joins more.
/// All other names tell their order. Only neighbours are joined, so that a part that is missing stays
/// a gap.
struct PartStitcher: Sendable {
  let chunkSize: Int
  let looksIntoAll: Bool

  /// Files of the same source, by their index.
  struct Log: Sendable {
    /// In the order of their names.
    var members: [(file: Int, plan: PlannedFile)]
  }

  /// What was found: files that are read as one, the first of each first; and those whose end has to
  /// be watched.
  struct Outcome: Sendable {
    var groups: [[Int]] = []
    var watched: Set<Int> = []
  }

  func stitch(_ plans: [Int: PlannedFile], source: (String) -> Int?) async -> Outcome {
    var outcome = Outcome()
    for log in Self.logs(of: plans, source: source) {
      let suspects = suspects(of: log)
      if !looksIntoAll {
        outcome.watched.formUnion(Set(log.members.map(\.file)).subtracting(suspects))
      }
      guard !suspects.isEmpty else { continue }
      let forward = join(log.members, suspects)
      var groups = forward.groups
      if !forward.isSound, goesEitherWay(log) {
        let backward = join(log.members.reversed(), suspects)
        if backward.score > forward.score { groups = backward.groups }
      }
      outcome.groups += groups.filter { $0.count > 1 }
    }
    return outcome
  }

  private func goesEitherWay(_ log: Log) -> Bool {
    FileSequence.goesEitherWay(log.members.map { FileSequence.split($0.plan.path).name })
  }

  private func areNeighbours(_ left: PlannedFile, _ right: PlannedFile) -> Bool {
    FileSequence.areNeighbours(
      FileSequence.split(left.path).name,
      FileSequence.split(right.path).name
    )
  }

  /// The logs of which there is more than one part.
  private static func logs(
    of plans: [Int: PlannedFile],
    source: (String) -> Int?
  ) -> [Log] {
    let files = plans.keys.filter {
      plans[$0]?.isReadOnce == false && plans[$0]?.isBinary == false
    }.sorted()
    var bySource: [Int: [Int]] = [:]
    for file in files {
      guard let path = plans[file]?.path else { continue }
      bySource[source(path) ?? -1, default: []].append(file)
    }
    return bySource.keys.sorted().flatMap { key -> [Log] in
      let members = (bySource[key] ?? []).compactMap { file in
        plans[file].map { (file: file, plan: $0) }
      }
      return FileSequence.chains(members.map { FileSequence.split($0.plan.path) })
        .filter { $0.count > 1 }
        .map { chain in Log(members: chain.map { members[$0] }) }
    }
  }

  /// The files that may end within a record.
  private func suspects(of log: Log) -> Set<Int> {
    let isTorn = looksIntoAll || log.members.contains { $0.plan.beginsTorn }
    var found: Set<Int> = []
    for (file, plan) in log.members
    where isTorn || plan.isDocuments || !plan.isCompressed && !Self.endsWithLineEnd(plan.path) {
      found.insert(file)
    }
    return found
  }

  private static func endsWithLineEnd(_ path: String) -> Bool {
    let descriptor = PathText.withName(path) { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { return true }
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    var last: UInt8 = 0x0A
    guard size > 0, pread(descriptor, &last, 1, size - 1) == 1 else { return true }
    return last == 0x0A
  }

  /// The files in one order, each joined to the one before it as far as it goes on there.
  private struct Order {
    var groups: [[Int]] = []
    /// Records made of two parts, less ends that no other file goes on with.
    var score = 0
    /// Whether nothing speaks against this order.
    var isSound = true
  }

  private func join(
    _ members: [(file: Int, plan: PlannedFile)],
    _ suspects: Set<Int>
  ) -> Order {
    var order = Order()
    var first: PlannedFile?
    var previous: PlannedFile?
    var tail: [UInt8]?
    for (file, plan) in members {
      defer { previous = plan }
      // Where a part may be missing between two, what they make together stood in no log.
      let follows = previous.map { areNeighbours($0, plan) } ?? false
      if follows, let open = tail, let first, let joint = joint(of: open, with: plan, of: first) {
        if joint == .record { order.score += 1 }
        if joint == .broken { order.isSound = false }
        order.groups[order.groups.count - 1].append(file)
        tail = end(of: plan, after: open, as: first)
        continue
      }
      if tail != nil { (order.score, order.isSound) = (order.score - 1, false) }
      order.groups.append([file])
      first = plan
      tail = suspects.contains(file) ? end(of: plan, after: [], as: plan) : nil
    }
    if tail != nil { (order.score, order.isSound) = (order.score - 1, false) }
    return order
  }

  /// The open end of a file; `nil`: it ends as it should, or cannot be read.
  private func end(
    of plan: PlannedFile,
    after prefix: [UInt8],
    as first: PlannedFile
  ) -> [UInt8]? {
    do throws(ReadError) {
      let reader = try ChunkReader(
        path: plan.path,
        chunkSize: chunkSize,
        encoding: first.encoding
      )
      reader.setFraming(first.format.framing)
      reader.readsDocuments = first.isDocuments
      return try reader.openTail(after: prefix)
    } catch {
      return nil
    }
  }

  private func joint(
    of tail: [UInt8],
    with plan: PlannedFile,
    of first: PlannedFile
  ) -> RecordCut.Joint? {
    do throws(ReadError) {
      let reader = try ChunkReader(path: plan.path, chunkSize: 2 << 20, encoding: first.encoding)
      reader.readsDocuments = first.isDocuments
      if first.isDocuments { reader.begin(with: tail) }
      guard let head = try reader.next() else { return nil }
      let before = first.isDocuments ? tail.count : 0
      let start = try ChunkReader(path: first.path, chunkSize: chunkSize, encoding: first.encoding)
      let cut = RecordCut(
        format: first.shop.open(first, head: try start.head().bytes),
        suggestion: first.evidence.suggestion
      )
      let isWhole = try reader.next() == nil
      return cut.joint(tail, Array(head.storage[..<head.count].dropFirst(before)), isWhole: isWhole)
    } catch {
      return nil
    }
  }
}
