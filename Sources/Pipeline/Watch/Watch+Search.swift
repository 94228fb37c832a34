internal import EventModel
internal import Glibc
internal import Ingest
internal import Storage

/// Which file is which log, while they grow, are renamed, copied, cut and compressed.
extension Watch {
  /// The files in their folders, as far as anything about them matters.
  func lookAround() -> [Listed] {
    let inodes = Set(
      followed.values.filter { !$0.isCut }.compactMap { held -> [Int64]? in
        held.file.status.map { [$0.device, $0.inode] }
      }
    )
    return InputDiscovery.files(at: scan.options.paths).files.compactMap { file in
      guard file.size != nil, let status = FileStatus(path: file.path) else { return nil }
      var listed = Listed(path: file.path, device: status.device, inode: status.inode)
      if !inodes.contains([status.device, status.inode]) {
        (listed.size, listed.changed) = (status.size, status.changed)
      }
      return listed
    }
  }

  /// Whether the folders have to be looked through: something in them has changed, or it was so long
  /// ago.
  func isSearchDue(_ now: Int64) -> Bool {
    if needsSearch { return true }
    guard now - searchedAt >= 500_000_000 else { return false }
    searchedAt = now
    let found = lookAround()
    if found != listing || !heldBack.isEmpty && now - plannedAt >= 2_000_000_000 {
      listing = found
      return true
    }
    return false
  }

  /// What is new, whatever file it is in.
  func search() async throws -> NightPlan {
    let now = Clock.steady()
    (needsSearch, searchedAt, plannedAt) = (false, now, now)
    listing = lookAround()
    planner.memory.streams = streams.keys.sorted().compactMap { streams[$0] }
    planner.memory.books = books
    let back = heldBack
    heldBack = [:]
    var admitting = planner
    admitting.extra = pipes.compactMap { pipe in
      guard let status = pipe.file.status, status.size > 0 else { return nil }
      let stream = log(of: pipe).flatMap { streams[$0] }
      var file = InputFile(path: pipe.path, size: nil)
      file.place = pipe.file.place
      return StreamMatcher.Match(
        file: file,
        status: status,
        verdict: stream == nil ? .new : .known,
        stream: stream
      )
    }
    admitting.heldPlace = { [unowned self] id in
      followed[id].flatMap { $0.isCut ? nil : $0.file.path }
    }
    admitting.admits = { [unowned self] match in self.admits(match, back, now) }
    var plan = try await admitting.plan(
      seals: { [store, pieces] id in
        let sealed = (try? store.seals(of: id)) ?? []
        let end = sealed.last.map { $0.start + $0.length } ?? 0
        return sealed + (pieces[id] ?? []).filter { $0.start >= end }
      },
      names: &names
    )
    problems = plan.scan.problems
    if !plan.strays.isSubset(of: planner.memory.strays) {
      planner.memory.strays.formUnion(plan.strays)
      pending.hasStrays = true
    }
    plan.breaches = []
    for (id, stream) in plan.streams where plan.scan.plans[id] != nil {
      guard let pipe = pipes.first(where: { $0.path == stream.path }),
        pipe.file.status?.inode == stream.inode
      else { continue }
      pipeLogs[id] = pipe
      plan.held[id] = pipe.file
      if pipe.listener != nil { plan.scan.plans[id]?.wasHeard(at: Clock.now()) }
      // What shows no format within so much is counted line by line.
      if stream.size > 2 << 20 || pipe.isAtEnd { plan.scan.plans[id]?.lacksHeader = false }
      // Nothing follows that could make a last record whole.
      if pipe.isAtEnd { plan.scan.plans[id]?.separatesOpenEnd = false }
    }
    dropGone(now)
    return plan
  }

  /// What is new in the files that are held open.
  func grown() throws -> NightPlan {
    var plan = NightPlan()
    let now = Clock.steady()
    for id in followed.keys.sorted() {
      guard var held = followed[id], var stream = streams[id], let facts = facts[id],
        let status = held.file.status
      else { continue }
      if held.isCut {
        // It begins anew: another log, as soon as there is anything of it.
        if status.size > 0 { needsSearch = true }
        continue
      }
      if status.size < stream.consumed {
        held.isCut = true
        followed[id] = held
        needsSearch = true
        continue
      }
      // A name that leads to another file now: that one is not to wait.
      let isPipe = pipeLogs[id] != nil
      let there = isPipe ? status.identity : FileStatus(path: stream.path)?.identity
      if there != held.atPath, there != status.identity { needsSearch = true }
      held.atPath = there
      let lastSeen = held.seenAt
      held.seenAt = now
      let isSame = status.size == stream.size && status.changed == stream.changed
      if !isSame { held.grewAt = now }
      followed[id] = held
      let isEnding = pipeLogs[id]?.isAtEnd ?? false && status.size > stream.consumed
      if isSame, !isEnding { continue }
      if facts.isProvisional {
        // It has to be read from its beginning: not at every line.
        if isEnding || status.size >= 2 * stream.size
          || now - lastRead[id, default: 0] > 30_000_000_000
        {
          needsSearch = true
        }
        continue
      }
      guard facts.note.compression == nil, let source = planner.index(of: stream.source),
        let format = planner.format(named: facts.format)
      else {
        needsSearch = true
        continue
      }
      if !held.file.holds(stream) {
        held.isCut = true
        held.seenAt = lastSeen
        followed[id] = held
        needsSearch = true
        continue
      }
      // Written over, or only touched: its ends tell nothing of what lies between.
      if status.size == stream.size, !isPipe, !isAsSealed(stream, held.file.place) {
        needsNight = true
        continue
      }
      stream.note(status)
      var planned = planner.planned(stream, facts, stream.path, source, format, waits: !isEnding)
      planned.place = held.file.place
      // It cannot be read again for evidence.
      if isPipe { planned.size = nil }
      if pipeLogs[id]?.listener != nil { planned.wasHeard(at: Clock.now()) }
      plan.scan.plans[id] = planned
      plan.streams[id] = stream
      plan.held[id] = held.file
      plan.bytes += max(0, status.size - stream.consumed)
    }
    plan.scan.notes = notes
    plan.scan.problems = problems
    plan.scan.seed.books = books
    return plan
  }

  /// Whether all that was sealed of a log, and all that was taken since, still stands in it.
  private func isAsSealed(_ stream: StoredStream, _ place: String) -> Bool {
    guard let bytes = try? LogBytes(path: place) else { return true }
    let sealed = (try? store.seals(of: stream.id)) ?? []
    return (sealed + (takenPiece(of: stream.id).map { [$0.seal] } ?? [])).allSatisfy {
      (try? bytes.sha256(from: $0.start, count: $0.length)) == $0.digest
    }
  }

  /// Whether a match is to be taken now.
  private func admits(
    _ match: StreamMatcher.Match,
    _ back: [Listed: Int64],
    _ now: Int64
  ) -> Bool {
    if case .copy = match.verdict { return false }
    if match.verdict == .unsettled {
      needsSearch = true
      return false
    }
    guard let stream = match.stream, let id = match.stream?.id, match.verdict != .new else {
      if match.file.place != nil { return true }
      return !isPart(match, back, now)
    }
    if match.verdict == .cut || match.verdict == .altered {
      if !end(stream, at: match) { needsNight = true }
      return false
    }
    if streams[id]?.path != match.file.path {
      streams[id]?.path = match.file.path
      notes[id].path = match.file.path
      pending.streams.insert(id)
    }
    if match.verdict == .unchanged {
      streams[id]?.statusChanged = match.status.statusChanged
      if followed[id] == nil, !rested.contains(id), let stream = streams[id] { follow(stream) }
      return false
    }
    if facts[id]?.isProvisional ?? true {
      lastRead[id] = now
      return true
    }
    guard let held = followed[id], !held.isCut, let status = held.file.status,
      status.device == match.status.device, status.inode == match.status.inode
    else { return true }
    // As it grows it is read by the file that is held.
    return false
  }

  /// Whether a new file is a log that somebody is copying or compressing: all of it stands in a log that
  /// is followed.
  private func isPart(_ match: StreamMatcher.Match, _ back: [Listed: Int64], _ now: Int64) -> Bool {
    let listed = Listed(
      path: match.file.path,
      device: match.status.device,
      inode: match.status.inode,
      size: match.status.size,
      changed: match.status.changed
    )
    let since = back[listed] ?? now
    func wait() -> Bool {
      heldBack[listed] = since
      return true
    }
    let isOld = now - since >= options.copyPatience * 1_000_000_000
    for held in followed.values where held.file.status?.inode != match.status.inode {
      if CopyInProgress.isPart(match, of: { held.file.bytes(from: $0, count: $1) }) {
        // Of a plain one nothing is lost as long as all of it stands in the other.
        return isOld && !Self.isPlain(match.file.path) ? false : wait()
      }
    }
    let isBroken = !Self.isPlain(match.file.path) && !CopyInProgress.isWhole(match)
    return isBroken && !isOld ? wait() : false
  }

  private static func isPlain(_ path: String) -> Bool {
    (try? LogBytes(path: path))?.compression == Compression.none
  }

  /// Ends a log of which nothing is left but a copy that holds less than was read: it was cut while it
  /// was being copied.
  ///
  /// `false`: it is something else.
  private func end(_ stream: StoredStream, at match: StreamMatcher.Match) -> Bool {
    guard followed[stream.id]?.isCut ?? true, match.status.inode != stream.inode else {
      return false
    }
    let known = ((try? store.seals(of: stream.id)) ?? []) + (pieces[stream.id] ?? [])
    guard let bytes = try? LogBytes(path: match.file.path) else { return false }
    for piece in known where piece.start >= bytes.position {
      guard let digest = try? bytes.sha256(from: piece.start, count: piece.length) else {
        guard bytes.position < stream.consumed else { return false }
        break
      }
      guard digest == piece.digest else { return false }
    }
    streams[stream.id]?.missingSince = night
    streams[stream.id]?.openRows = nil
    streams[stream.id]?.openBook = nil
    open[stream.id] = nil
    followed[stream.id] = nil
    pending.streams.insert(stream.id)
    return true
  }

  /// Lets go logs that are in no folder any more and have come to rest.
  private func dropGone(_ now: Int64) {
    let listed = Set(listing.map { [$0.device, $0.inode] })
    for (id, held) in followed {
      guard let status = held.file.status, !listed.contains([status.device, status.inode]),
        pipeLogs[id] == nil,
        now - held.grewAt >= (isNamed(held) ? Self.namedPatience : options.patience) * 1_000_000_000
      else { continue }
      followed[id] = nil
      rested.insert(id)
    }
  }

  /// Seconds for which a log that has another name than those that are looked for is held open.
  private static let namedPatience: Int64 = 3600

  private func isNamed(_ held: Followed) -> Bool {
    held.file.path.flatMap { FileStatus(path: $0) }?.identity == held.file.status?.identity
  }

  /// Logs that were held open and are read to their end: nothing of them is lost, wherever they are.
  var drained: Set<Int> {
    let held = followed.keys.filter { id in
      guard let held = followed[id], !held.isCut, let status = held.file.status else {
        return false
      }
      return status.size == streams[id]?.size
    }
    return rested.union(held)
  }
}
