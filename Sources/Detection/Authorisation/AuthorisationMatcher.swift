internal import Estate
internal import EventModel

/// Holds reads against what was instructed: tickets and scheduled jobs.
///
/// Match by scope, never by role: executor, owner, time, number of records, requester and approver.
/// State: what each ticket, and the latest run of each job, has explained so far. Everything else is
/// derived from the estate and looked up once a name: a read costs no text, and of the tickets only
/// those are judged that are open at its time.
struct AuthorisationMatcher: Sendable {
  let register: TicketRegister
  let directory: PartyDirectory
  var book: JobBook
  var readers = Readers()
  private(set) var uses: TicketUses
  var ownerKeys = FactCache<Int32>(nothing: -1)
  var cited = FactCache<[Int32]>(nothing: [])
  /// Whose own terminal each is, asked for under a ticket.
  private var terminalPersons = FactCache<String>(nothing: "")
  /// Runs of tickets by reader and owner.
  var runs: [UInt64: [Int32]] = [:]
  /// Runs of tickets by executors, whatever their owner.
  var runsOfExecutors: [[Int32]: [Int32]] = [:]
  var standings: [UInt64: Standing] = [:]
  /// The standing asked for last: tickets of one register are much alike.
  var latestStanding: (key: UInt64, standing: Standing) = (.max, .fit)
  /// Answers of `mayConcern` by reader and owner: the pair, then 1 for no or 3 for yes; 0: none.
  var concerns = [UInt64](repeating: 0, count: 4_096)
  private var open: [Int32] = []
  static let limit = 1 << 18

  init(estate: DeclaredEstate, lookup: EstateLookup, clock: LocalClock) {
    directory = PartyDirectory(estate: estate, lookup: lookup)
    register = TicketRegister(estate: estate, directory: directory)
    book = JobBook(estate: estate, clock: clock)
    uses = TicketUses(count: register.tickets.count)
  }

  /// The tickets that were used, with their numbers.
  var ticketUses: [(id: String, account: NameID, object: NameID, records: Int64, time: Int64)] {
    uses.all.map { (register.ids[$0.ticket], $0.account, $0.object, $0.records, $0.time) }
  }

  /// One read, in the engine's own names.
  struct Request: Sendable, Equatable {
    var account = NameID.none
    /// The one person it is known to be, if any.
    var person = NameID.none
    var organisation = NameID.none
    var terminal = NameID.none
    var program = NameID.none
    var destination = NameID.none
    var owner = NameID.none
    var object = NameID.none
    var ticket = NameID.none
    var charge: Int64 = 0
    /// By how many it may have been fewer, where the number is not stated.
    var slack: Int64 = 0
    var time: Int64 = 0
    /// Whether it read in bulk to its end: what failed is no run of a job.
    var isRun = false
    /// Where its records begin in the order of their keys; 0: not stated.
    var begins: UInt8 = 0

    init() {}

    init(_ handling: borrowing Handling) {
      account = handling.account
      person = handling.person
      organisation = handling.organisation
      terminal = handling.terminal
      program = handling.row.program
      destination = handling.row.destination
      owner = handling.owner
      object = handling.row.object
      ticket = handling.row.ticket
      charge = max(0, handling.charge)
      // A statement that narrows nothing reads the whole set.
      let isWhole = handling.row.flags.contains(.whole)
      slack = isWhole ? 0 : charge - min(charge, max(0, handling.volume.low))
      time = handling.row.time
      isRun = handling.isBulk && handling.row.outcome != .failure
      begins = handling.row.begins
    }

    var identity: Readers.Identity {
      Readers.Identity(account: account, person: person, organisation: organisation)
    }
  }

  /// Whether any job or ticket can be about this account and owner at all.
  ///
  /// `false` is certain: `match` would find no instruction that covers a part of it. Meant for every event: it looks at
  /// remembered answers only, after the first time.
  mutating func mayConcern(_ request: Request, names: borrowing NameTable) -> Bool {
    if request.ticket != .none, register.isDeclared { return true }
    let reader = reader(of: request, names: names)
    switch readers.reach[reader] {
    case .nothing: return false
    case .jobs: return true
    case .tickets:
      let pair = (UInt64(reader) << 32 | UInt64(request.owner.rawValue)) << 2
      let slot = Int(truncatingIfNeeded: HashIndex.hash(pair)) & (concerns.count - 1)
      if concerns[slot] & ~2 == pair | 1 { return concerns[slot] & 2 != 0 }
      let owner = ownerKey(request.owner, names: names)
      let isConcerned =
        (owner >= 0 || register.hasEveryOwner) && !runs(of: reader, owner: owner).isEmpty
      concerns[slot] = pair | (isConcerned ? 3 : 1)
      return isConcerned
    }
  }

  /// The instruction a read rests on; what it explains is used up.
  mutating func match(_ request: Request, names: inout NameTable) -> AuthorisationMatch {
    let reader = reader(of: request, names: names)
    let isOnRoster = readers.list[reader].isOnRoster(at: request.time)
    let jobs = isOnRoster ? readers.list[reader].jobs : []
    let byJob = book.match(request, jobs: jobs, names: &names)
    if let byJob, byJob.match.status == .within {
      book.note(request, on: byJob.place, byJob.match)
      return byJob.match
    }
    if let byJob, byJob.match.reason == .unusualRun, request.ticket == .none {
      // A ticket of the day is for what was asked for in it, and not for what may be the job's own.
      book.note(request, on: byJob.place, byJob.match)
      return byJob.match
    }
    let byTicket = matchTickets(request, reader, names: &names)
    if let byTicket, byTicket.status != .none || byJob == nil { return byTicket }
    guard let byJob else { return AuthorisationMatch() }
    if let byRerun = matchRerun(request, reader, of: byJob, names: &names) { return byRerun }
    book.note(request, on: byJob.place, byJob.match)
    return byJob.match
  }

  private mutating func matchTickets(
    _ request: Request,
    _ reader: Int,
    names: inout NameTable
  ) -> AuthorisationMatch? {
    let owner = ownerKey(request.owner, names: names)
    var best: (place: Int32, verdict: Verdict)?
    /// The first ticket that would fit and is none, told where no other covers anything.
    var refused: (place: Int32, verdict: Verdict)?
    if request.ticket != .none, register.isDeclared {
      let places = citedPlaces(request.ticket, names: names)
      guard !places.isEmpty else {
        // A number that nobody gave out covers nothing, whatever else would fit.
        return AuthorisationMatch(reason: .notInRegister, instruction: request.ticket)
      }
      for place in places {
        var verdict = judge(place, request, reader, owner, names: names)
        if verdict.reason == .reused || verdict.reason == .repeated,
          makeRoom(for: request, on: place, names: names)
        {
          verdict = judge(place, request, reader, owner, names: names)
        }
        if verdict.isBetter(at: place, than: best) { best = (place, verdict) }
      }
    } else if owner >= 0 || register.hasEveryOwner {
      open.removeAll(keepingCapacity: true)
      for run in runs(of: reader, owner: owner) {
        register.runs[Int(run)].collect(at: request.time, into: &open)
      }
      for index in open.indices {
        let verdict = judge(open[index], request, reader, owner, names: names)
        if verdict.status == .none {
          let isFirst = refused.map { open[index] < $0.place } ?? true
          if isFirst,
            verdict.reason.isToldUncited || fitsSelfMade(open[index], verdict, request, owner)
          {
            refused = (open[index], verdict)
          }
          continue
        }
        if verdict.isBetter(at: open[index], than: best) { best = (open[index], verdict) }
      }
      if let held = best, !held.verdict.isCovered {
        best = makeRoom(for: request, reader, owner, besides: held, names: names)
      }
    }
    if best == nil, refused == nil, request.owner != .none, request.ticket == .none {
      refused = ticketOfAnother(request, reader, owner, names: names)
    }
    guard let best = best ?? refused else { return nil }
    return told(best, request, names: &names)
  }

  /// A job run again off its window, by its program and from its terminal, under a ticket of somebody
  /// of the service account's organisation.
  private mutating func matchRerun(
    _ request: Request,
    _ reader: Int,
    of byJob: (place: Int, match: AuthorisationMatch),
    names: inout NameTable
  ) -> AuthorisationMatch? {
    let organisation = readers.list[reader].organisation
    guard byJob.match.reason == .outsideWindow, !organisation.isEmpty,
      !readers.list[reader].isOfHands, request.ticket == .none,
      book.isAsDeclared(byJob.place, request, names: names)
    else { return nil }
    let owner = ownerKey(request.owner, names: names)
    open.removeAll(keepingCapacity: true)
    for run in register.runs(owner: owner, executors: register.executors(within: organisation)) {
      register.runs[Int(run)].collect(at: request.time, into: &open)
    }
    var best: (place: Int32, verdict: Verdict)?
    for place in open {
      let verdict = judge(place, request, reader, owner, isRerun: true, names: names)
      guard verdict.status == .within || verdict.status == .late else { continue }
      if verdict.isBetter(at: place, than: best) { best = (place, verdict) }
    }
    return best.map { told($0, request, names: &names) }
  }

  private mutating func told(
    _ best: (place: Int32, verdict: Verdict),
    _ request: Request,
    names: inout NameTable
  ) -> AuthorisationMatch {
    uses.note(request, on: best.place, best.verdict)
    return AuthorisationMatch(
      status: best.verdict.status,
      reason: best.verdict.reason,
      instruction: names.intern(register.ids[Int(best.place)]),
      allowed: best.verdict.allowed,
      isLate: best.verdict.isLate
    )
  }

  mutating func judge(
    _ place: Int32,
    _ request: Request,
    _ reader: Int,
    _ owner: Int32,
    isRerun: Bool = false,
    names: borrowing NameTable
  ) -> Verdict {
    let ticket = register.tickets[Int(place)]
    var standing = standing(of: reader, terms: ticket.terms)
    if isRerun, standing == .otherExecutor {
      let terms = register.terms[Int(ticket.terms)].executor?.terms ?? []
      if Reader.Term.contain(request.time, terms) { standing = .fit }
    }
    switch standing {
    case .fit: break
    case .selfApproved: return Verdict(.none, .selfApproved)
    case .selfRequested: return Verdict(.none, .selfRequested)
    case .ownOrganisation: return Verdict(.none, .ownOrganisation)
    case .otherExecutor: return Verdict(.exceeded, .wrongExecutor)
    case .anonymous: return Verdict(.none, .anonymous)
    case .unapproved: return Verdict(.none, .unapproved)
    case .noExecutor: return Verdict(.none, .noExecutor)
    }
    guard readers.list[reader].isOnRoster(at: request.time) else {
      return Verdict(.none, .offRoster)
    }
    if !register.isAbout(ticket, owner: owner) { return Verdict(.exceeded, .wrongOwner) }
    let isLate = request.time < ticket.valid
    if request.time > ticket.closed || (isLate && request.time < ticket.grace) {
      return Verdict(.exceeded, .outsideTime)
    }
    let verdict = uses.judge(
      request,
      on: place,
      ticket,
      isLate: isLate,
      isPrivileged: readers.list[reader].isPrivileged
    )
    let isCovered = verdict.status == .within || verdict.status == .late
    guard isCovered, isAtOthersTerminal(request, reader, names: names) else { return verdict }
    return Verdict(.exceeded, .othersTerminal, isLate: isLate)
  }

  /// Whether a read was made at the own terminal of a person who is none of the account's.
  private mutating func isAtOthersTerminal(
    _ request: Request,
    _ reader: Int,
    names: borrowing NameTable
  ) -> Bool {
    guard request.terminal != .none, !readers.list[reader].persons.isEmpty else { return false }
    let place =
      terminalPersons.place(of: request.terminal)
      ?? terminalPersons.add(
        directory.person(ofTerminal: names.text(of: request.terminal)),
        for: request.terminal
      )
    let person = terminalPersons[place]
    return !person.isEmpty && !readers.list[reader].persons.contains(person)
  }

  /// Whether a ticket would cover a read in owner, time and number, had its executor not approved or
  /// asked for it himself.
  private func fitsSelfMade(
    _ place: Int32,
    _ verdict: Verdict,
    _ request: Request,
    _ owner: Int32
  ) -> Bool {
    guard verdict.reason == .selfApproved || verdict.reason == .selfRequested else { return false }
    let ticket = register.tickets[Int(place)]
    return ticket.owner == owner && ticket.most >= 0 && request.charge <= ticket.cap
      && request.time >= ticket.grace && request.time <= ticket.closed
      && register.terms[Int(ticket.terms)].executor != nil
  }

  // MARK: Moving

  func ticket(at place: Int32) -> TicketRegister.Entry { register.tickets[Int(place)] }

  func removable(from place: Int32, for charge: Int64, cap: Int64) -> [TicketUses.Loose] {
    uses.removable(from: place, for: charge, cap: cap)
  }

  /// Tickets that can be about a read, the narrowest first.
  mutating func tickets(for request: Request, names: borrowing NameTable) -> [Int32] {
    let reader = reader(of: request, names: names)
    let owner = ownerKey(request.owner, names: names)
    guard owner >= 0 else { return [] }
    var found: [Int32] = []
    for run in runs(of: reader, owner: owner) {
      register.runs[Int(run)].collect(at: request.time, into: &found)
    }
    func width(_ place: Int32) -> Int64 {
      let most = register.tickets[Int(place)].most
      return most < 0 ? .max : most
    }
    return found.sorted { (width($0), $0) < (width($1), $1) }
  }

  /// Whether a ticket covers a read as well as the one it rests on; `allowsLate`: or only as one that was approved after it.
  mutating func verdict(
    of place: Int32,
    on read: TicketUses.Loose,
    allowsLate: Bool = false,
    names: borrowing NameTable
  ) -> Verdict? {
    let verdict = judge(
      place,
      read.request,
      reader(of: read.request, names: names),
      ownerKey(read.request.owner, names: names),
      names: names
    )
    let isLate = read.isLate || allowsLate
    let isCovered = verdict.status == (isLate ? .late : .within)
    return isCovered && !verdict.isRetry ? verdict : nil
  }

  mutating func move(
    _ read: TicketUses.Loose,
    from place: Int32,
    to other: Int32,
    _ verdict: Verdict
  ) {
    uses.take(read, from: place)
    uses.note(read.request, on: other, verdict)
  }

  func writeLoose(to writer: inout StateWriter) {
    uses.writeLoose(to: &writer, register: register)
  }

  mutating func readLoose(from reader: inout StateReader, nameCount: Int) throws(StateError) {
    try uses.readLoose(from: &reader, register: register, nameCount: nameCount)
  }

  func write(to writer: inout StateWriter) {
    uses.write(to: &writer, register: register)
    book.write(to: &writer)
  }

  /// `nameCount`: of the names restored before.
  mutating func read(from reader: inout StateReader, nameCount: Int) throws(StateError) {
    try uses.read(from: &reader, register: register, nameCount: nameCount)
    try book.read(from: &reader, nameCount: nameCount)
  }
}
