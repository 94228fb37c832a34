internal import Estate
internal import EventModel

/// The scheduled jobs, and which reads are theirs.
struct JobBook: Sendable {
  private let jobs: [ScheduledJob]
  private let caps: [Int64]
  /// The declared terminal that a job's own means by an address: reads have its name.
  private let terminals: [String?]
  private let clock: LocalClock
  private var runs = JobRuns()
  /// Jobs that name datasets, by the object they match; derived.
  private var byObject = FactCache<[Int32]>(nothing: [])

  init(estate: DeclaredEstate, clock: LocalClock) {
    jobs = estate.jobs
    caps = estate.jobs.map { job in
      job.mostRecords.map {
        TicketRegister.cap(max(0, $0), percent: estate.policy.ticketTolerance)
      } ?? .max
    }
    let named = estate.jobs.contains { $0.terminal != nil } ? EstateLookup(estate) : nil
    terminals = estate.jobs.map { job in
      job.terminal.flatMap { named?.terminal(named: $0.text) }.map { estate.terminals[$0].name }
    }
    self.clock = clock
  }

  /// Jobs of an account, in order; with hands behind it, those alone that have bounds.
  func jobs(of account: String, isOfHands: Bool) -> [Int32] {
    jobs.indices.filter { place in
      jobs[place].account.map { $0.matches(account) } ?? false
        && (!isOfHands || jobs[place].lacks.isEmpty)
    }
    .map { Int32(clamping: $0) }
  }

  /// The first of these jobs that covers a read, else the first that is about it; `nil`: none is.
  mutating func match(
    _ request: AuthorisationMatcher.Request,
    jobs candidates: [Int32],
    names: inout NameTable
  ) -> (place: Int, match: AuthorisationMatch)? {
    var partial: (place: Int, verdict: Verdict)?
    for candidate in candidates {
      let place = Int(candidate)
      guard isAbout(place, request, names: names) else { continue }
      let verdict = judge(place, request, names: names)
      if verdict.status == .within { return (place, told(place, verdict, names: &names)) }
      if partial == nil { partial = (place, verdict) }
    }
    return partial.map { ($0.place, told($0.place, $0.verdict, names: &names)) }
  }

  /// Counts a read on the run of the job that covers it or a part of it.
  mutating func note(
    _ request: AuthorisationMatcher.Request,
    on place: Int,
    _ match: AuthorisationMatch
  ) {
    let isCounted = caps[place] < .max && request.charge > 0
    guard isCounted || request.isRun else { return }
    switch match.reason {
    case .matched, .tooManyRecords, .reused, .extraRun, .unusualRun: break
    default: return
    }
    guard let day = occurrence(of: jobs[place], Timestamp(nanoseconds: request.time)) else {
      return
    }
    let account = request.account
    if isCounted { runs.add(request.charge, job: place, account: account, day: day) }
    if request.isRun {
      runs.note(request.object, at: request.time, job: place, account: account, day: day)
    }
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
    guard let day = occurrence(of: job, Timestamp(nanoseconds: request.time)) else {
      return Verdict(.exceeded, .outsideWindow)
    }
    if isOtherTerminal(place, request.terminal, names) {
      return Verdict(.exceeded, .wrongTerminal)
    }
    if Self.isOther(job.program, request.program, names) {
      return Verdict(.exceeded, .wrongProgram)
    }
    if Self.isOther(job.destination, request.destination, names) {
      return Verdict(.exceeded, .wrongDestination)
    }
    let isExtra =
      request.isRun
      && runs.isExtra(
        request.object,
        at: request.time,
        job: place,
        account: request.account,
        day: day,
        most: job.mostRuns
      )
    if isExtra, job.mostRuns != nil { return Verdict(.exceeded, .extraRun, allowed: 0) }
    let covered =
      isExtra ? Verdict(.exceeded, .unusualRun) : Verdict(.within, .matched, allowed: nil)
    guard let most = job.mostRecords else { return covered }
    let records = runs.records(job: place, account: request.account, day: day)
    if records > caps[place] || request.charge > caps[place] - records {
      return Verdict(
        .exceeded,
        records > 0 ? .reused : .tooManyRecords,
        allowed: max(0, most - min(most, records))
      )
    }
    return covered
  }

  /// Whether a read comes from the job's terminal, by its program, to its destination.
  func isAsDeclared(
    _ place: Int,
    _ request: AuthorisationMatcher.Request,
    names: borrowing NameTable
  ) -> Bool {
    let job = jobs[place]
    return (job.terminal != nil || job.program != nil)
      && !isOtherTerminal(place, request.terminal, names)
      && !Self.isOther(job.program, request.program, names)
      && !Self.isOther(job.destination, request.destination, names)
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

  private func isOtherTerminal(
    _ place: Int,
    _ name: NameID,
    _ names: borrowing NameTable
  ) -> Bool {
    guard let pattern = jobs[place].terminal, Self.isOther(pattern, name, names) else {
      return false
    }
    let text = names.text(of: name)
    return terminals[place] != text && !pattern.matches(place: text)
  }

  /// The local day on which the run began that a time belongs to; `nil`: it lies in none.
  ///
  /// A run is one occurrence of the window, past midnight too; without a window, a local day.
  private func occurrence(of job: ScheduledJob, _ time: Timestamp) -> Int? {
    let reading = clock.reading(at: time.nanoseconds)
    if let day = occurrence(of: job, minute: reading.minute, day: reading.day) { return day }
    // Where the clock goes forward an hour of the night is left out: what is due in it runs an hour later.
    let elapsed = Int(clamping: (time.nanoseconds - clock.start(of: reading.day)) / Self.minute)
    guard elapsed >= 0, elapsed < reading.minute, let start = job.startMinute,
      let end = job.endMinute,
      !isShown(start, on: reading.day, forward: reading.minute - elapsed)
        || !isShown((end + 1_439) % 1_440, on: reading.day, forward: reading.minute - elapsed)
    else { return nil }
    return occurrence(of: job, minute: elapsed, day: reading.day)
  }

  private static let minute: Int64 = 60_000_000_000

  /// Whether the clock shows a minute of a day on which it goes forward.
  private func isShown(_ minute: Int, on day: Int, forward: Int) -> Bool {
    let start = clock.start(of: day)
    return [minute, minute - forward].contains {
      clock.reading(at: start + Int64($0) * Self.minute)
        == LocalClock.Reading(day: day, minute: minute)
    }
  }

  private func occurrence(of job: ScheduledJob, minute: Int, day: Int) -> Int? {
    var day = day
    if let start = job.startMinute, let end = job.endMinute {
      if start <= end {
        guard minute >= start, minute < end else { return nil }
      } else {
        guard minute >= start || minute < end else { return nil }
        if minute < end { day -= 1 }
      }
    }
    let weekday = CivilCalendar.weekday(ofDay: day)
    return job.weekdays.isEmpty || job.weekdays.contains(weekday) ? day : nil
  }

  func write(to writer: inout StateWriter) { runs.write(to: &writer, jobs: jobs) }

  mutating func read(from reader: inout StateReader, nameCount: Int) throws(StateError) {
    try runs.read(from: &reader, jobs: jobs, nameCount: nameCount)
  }
}
