internal import Estate
internal import EventModel

/// The scheduled jobs, and which reads are theirs.
struct JobBook: Sendable {
  private let jobs: [ScheduledJob]
  private let caps: [Int64]
  private let dayOffset: Int
  /// Jobs that name datasets, by the object they match; derived.
  private var byObject = FactCache<[Int32]>(nothing: [])

  init(estate: DeclaredEstate, dayOffset: Int) {
    jobs = estate.jobs
    caps = estate.jobs.map { job in
      job.mostRecords.map {
        TicketRegister.cap(max(0, $0), percent: estate.policy.ticketTolerance)
      } ?? .max
    }
    self.dayOffset = dayOffset
  }

  /// Jobs of an account, in order.
  func jobs(of account: String) -> [Int32] {
    jobs.indices.filter { jobs[$0].account?.matches(account) ?? false }
      .map { Int32(clamping: $0) }
  }

  /// The first of these jobs that covers a read, else the first that is about it; `nil`: none is.
  mutating func match(
    _ request: AuthorisationMatcher.Request,
    jobs candidates: [Int32],
    names: inout NameTable
  ) -> AuthorisationMatch? {
    var partial: (place: Int, verdict: Verdict)?
    for candidate in candidates {
      let place = Int(candidate)
      guard isAbout(place, request, names: names) else { continue }
      let verdict = judge(place, request, names: names)
      if verdict.status == .within { return told(place, verdict, names: &names) }
      if partial == nil { partial = (place, verdict) }
    }
    return partial.map { told($0.place, $0.verdict, names: &names) }
  }

  private func told(
    _ place: Int,
    _ verdict: Verdict,
    names: inout NameTable
  ) -> AuthorisationMatch {
    AuthorisationMatch(
      status: verdict.status,
      reason: verdict.reason,
      instruction: names.intern(jobs[place].name),
      allowed: verdict.allowed
    )
  }

  /// Whether a job is about these datasets at this time of its validity.
  private mutating func isAbout(
    _ place: Int,
    _ request: AuthorisationMatcher.Request,
    names: borrowing NameTable
  ) -> Bool {
    if let from = jobs[place].validFrom, request.time < from.nanoseconds { return false }
    if let until = jobs[place].validUntil, request.time > until.nanoseconds { return false }
    return jobs[place].datasets.isEmpty
      || jobs(readingObject: request.object, names: names).contains(Int32(clamping: place))
  }

  private mutating func jobs(
    readingObject object: NameID,
    names: borrowing NameTable
  ) -> [Int32] {
    if let known = byObject.place(of: object) { return byObject[known] }
    let found = names.withBytes(of: object) { bytes in
      jobs.indices.filter { place in
        jobs[place].datasets.contains { Self.matches($0, anyOf: bytes) }
      }.map { Int32(clamping: $0) }
    }
    _ = byObject.add(found, for: object)
    return found
  }

  /// Whether one of the relations of an object is meant.
  private static func matches(
    _ pattern: Pattern,
    anyOf objects: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    objects.split(separator: EventRow.objectSeparator)
      .contains { pattern.matches(UnsafeBufferPointer(rebasing: $0)) }
  }

  private func judge(
    _ place: Int,
    _ request: AuthorisationMatcher.Request,
    names: borrowing NameTable
  ) -> Verdict {
    let job = jobs[place]
    if !isInWindow(job, Timestamp(nanoseconds: request.time)) {
      return Verdict(.exceeded, .outsideWindow)
    }
    if Self.isOther(job.terminal, request.terminal, names) {
      return Verdict(.exceeded, .wrongTerminal)
    }
    if Self.isOther(job.program, request.program, names) {
      return Verdict(.exceeded, .wrongProgram)
    }
    if Self.isOther(job.destination, request.destination, names) {
      return Verdict(.exceeded, .wrongDestination)
    }
    if request.charge > caps[place] {
      return Verdict(.exceeded, .tooManyRecords, allowed: job.mostRecords)
    }
    return Verdict(.within, .matched, allowed: nil)
  }

  /// What a log does not state contradicts nothing.
  private static func isOther(
    _ pattern: Pattern?,
    _ name: NameID,
    _ names: borrowing NameTable
  ) -> Bool {
    guard let pattern, name != .none else { return false }
    return !names.withBytes(of: name) { pattern.matches($0) }
  }

  private func isInWindow(_ job: ScheduledJob, _ time: Timestamp) -> Bool {
    let local = time.nanoseconds &+ Int64(dayOffset) &* 1_000_000_000
    var rest = local % Timestamp.nanosecondsPerDay
    if rest < 0 { rest += Timestamp.nanosecondsPerDay }
    let minute = Int(rest / 60_000_000_000)
    var weekday = CivilCalendar.weekday(ofDay: time.dayNumber(offset: dayOffset))
    if let start = job.startMinute, let end = job.endMinute {
      if start <= end {
        guard minute >= start, minute < end else { return false }
      } else {
        guard minute >= start || minute < end else { return false }
        if minute < end { weekday = (weekday + 6) % 7 }
      }
    }
    return job.weekdays.isEmpty || job.weekdays.contains(weekday)
  }
}
