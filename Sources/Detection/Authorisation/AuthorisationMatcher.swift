internal import Estate
internal import EventModel

/// Holds every bulk read against what was instructed: tickets and scheduled jobs.
///
/// Match by scope, never by role: executor, owner, time, number of records, requester and approver.
/// State: records used up per ticket, so that reuse shows.
struct AuthorisationMatcher: Sendable {
  /// A ticket's number may be passed by so much before it counts as exceeded (5 %): lists grow
  /// between the request and the reading.
  static let tolerance = 20

  private let estate: DeclaredEstate
  private let dayOffset: Int
  private let byID: [String: [Int]]
  private let openEnded: Int64 = 7 * 86_400_000_000_000
  private(set) var used: [Int: Used] = [:]

  struct Used: Sendable, Equatable {
    var records: Int64 = 0
    var lastCharge: Int64 = -1
    var lastTime: Int64 = .min
  }

  init(estate: DeclaredEstate, dayOffset: Int) {
    self.estate = estate
    self.dayOffset = dayOffset
    var index: [String: [Int]] = [:]
    for (place, ticket) in estate.tickets.enumerated() {
      index[ticket.id, default: []].append(place)
    }
    byID = index
  }

  /// An `AuthorisationMatch` with the instruction's own name.
  struct Match {
    var status: AuthorisationMatch.Status
    var reason = AuthorisationMatch.Reason.noInstruction
    var instruction = ""
    var allowed: Int64?
  }

  struct Request {
    var account: String
    var persons: [String]
    var organisation: String
    var terminal: String
    var program: String
    var destination: String
    var owner: String
    var objects: [String]
    var ticket: String
    var charge: Int64
    var time: Timestamp
  }

  mutating func match(_ request: Request) -> Match {
    var partial: Match?
    for job in estate.jobs {
      guard let found = judge(job, request) else { continue }
      if found.status == .within { return found }
      partial = partial ?? found
    }
    if let found = matchTickets(request) {
      if found.status != .none || partial == nil { return found }
    }
    return partial ?? Match(status: .none)
  }

  /// `nil`: the job is not about this account or these datasets at all.
  private func judge(_ job: ScheduledJob, _ request: Request) -> Match? {
    guard let account = job.account, account.matches(request.account) else { return nil }
    if !job.datasets.isEmpty,
      !request.objects.contains(where: { object in job.datasets.contains { $0.matches(object) } })
    {
      return nil
    }
    if let from = job.validFrom, request.time < from { return nil }
    if let until = job.validUntil, request.time > until { return nil }
    func exceeded(_ reason: AuthorisationMatch.Reason) -> Match {
      Match(status: .exceeded, reason: reason, instruction: job.name, allowed: 0)
    }
    if !isInWindow(job, request.time) { return exceeded(.outsideWindow) }
    if let terminal = job.terminal, !request.terminal.isEmpty, !terminal.matches(request.terminal) {
      return exceeded(.wrongTerminal)
    }
    if let program = job.program, !request.program.isEmpty, !program.matches(request.program) {
      return exceeded(.wrongProgram)
    }
    if let destination = job.destination, !request.destination.isEmpty,
      !destination.matches(request.destination)
    {
      return exceeded(.wrongDestination)
    }
    if let most = job.mostRecords, request.charge > most + most / Int64(Self.tolerance) {
      return Match(
        status: .exceeded,
        reason: .tooManyRecords,
        instruction: job.name,
        allowed: most
      )
    }
    return Match(status: .within, reason: .matched, instruction: job.name)
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

  private mutating func matchTickets(_ request: Request) -> Match? {
    if !request.ticket.isEmpty, let places = byID[request.ticket] {
      let judged = places.map { (place: $0, match: judge(estate.tickets[$0], at: $0, request)) }
      guard let best = judged.min(by: { $0.match.status.rawValue < $1.match.status.rawValue })
      else { return nil }
      note(request, on: best.place, best.match)
      return best.match
    }
    var best: (place: Int, match: Match)?
    for (place, ticket) in estate.tickets.enumerated() where isAbout(ticket, request) {
      let match = judge(ticket, at: place, request)
      if match.status == .none { continue }
      // Of equal matches the one that fits most narrowly, then the first in the register.
      if let held = best {
        let better = (match.status.rawValue, match.allowed ?? .max)
        if better >= (held.match.status.rawValue, held.match.allowed ?? .max) { continue }
      }
      best = (place, match)
    }
    if let best {
      note(request, on: best.place, best.match)
      return best.match
    }
    return request.ticket.isEmpty
      ? nil
      : Match(status: .none, reason: .notInRegister, instruction: request.ticket)
  }

  /// Whether a ticket that the log does not name can be meant: executor, owner and time all fit.
  private func isAbout(_ ticket: Ticket, _ request: Request) -> Bool {
    guard let owner = ticket.owner, owner == request.owner else { return false }
    if let executor = ticket.executor, !isExecutor(executor, request) { return false }
    let earliest = ticket.opened.nanoseconds &- estate.policy.lateApproval &* 1_000_000_000
    let latest = ticket.closed?.nanoseconds ?? (ticket.opened.nanoseconds &+ openEnded)
    return request.time.nanoseconds >= earliest && request.time.nanoseconds <= latest
  }

  private func isExecutor(_ executor: String, _ request: Request) -> Bool {
    executor == request.account || request.persons.contains(executor)
      || executor == request.organisation
  }

  private func judge(_ ticket: Ticket, at place: Int, _ request: Request) -> Match {
    func fail(
      _ status: AuthorisationMatch.Status,
      _ reason: AuthorisationMatch.Reason
    )
      -> Match
    {
      Match(status: status, reason: reason, instruction: ticket.id, allowed: 0)
    }
    if let approver = ticket.approver, !approver.isEmpty,
      approver == request.account || approver == ticket.executor
        || (request.persons.count == 1 && request.persons.contains(approver))
    {
      return fail(.none, .selfApproved)
    }
    if let requester = ticket.requestedBy, !requester.isEmpty, requester == request.organisation,
      ticket.approver?.isEmpty ?? true, isServant(requester)
    {
      return fail(.none, .ownOrganisation)
    }
    if let executor = ticket.executor, !isExecutor(executor, request) {
      return fail(.exceeded, .wrongExecutor)
    }
    if let owner = ticket.owner, owner != request.owner { return fail(.exceeded, .wrongOwner) }
    let grace = estate.policy.lateApproval &* 1_000_000_000
    let now = request.time.nanoseconds
    let closed = ticket.closed?.nanoseconds ?? (ticket.opened.nanoseconds &+ openEnded)
    if now > closed || now < ticket.opened.nanoseconds &- grace {
      return fail(.exceeded, .outsideTime)
    }
    let held = used[place] ?? Used()
    let isRetry =
      held.lastCharge == request.charge && now &- held.lastTime <= 3_600_000_000_000
    if let most = ticket.mostRecords, !isRetry {
      let allowed = most + most / Int64(Self.tolerance) - held.records
      if request.charge > allowed {
        return Match(
          status: .exceeded,
          reason: held.records > 0 ? .reused : .tooManyRecords,
          instruction: ticket.id,
          allowed: max(0, most - held.records)
        )
      }
    }
    let approved = (ticket.approved ?? ticket.opened).nanoseconds
    if now < approved {
      return approved - now <= grace
        ? Match(
          status: .late,
          reason: .matched,
          instruction: ticket.id,
          allowed: ticket.mostRecords
        )
        : fail(.exceeded, .outsideTime)
    }
    return Match(
      status: .within,
      reason: .matched,
      instruction: ticket.id,
      allowed: ticket.mostRecords
    )
  }

  /// Whether an organisation works for others and so cannot instruct itself.
  private func isServant(_ name: String) -> Bool {
    estate.organisations.contains {
      $0.name == name && ($0.kind == .provider || $0.kind == .agency)
    }
  }

  private mutating func note(_ request: Request, on place: Int, _ match: Match) {
    guard match.status != .none, match.reason != .wrongOwner, match.reason != .wrongExecutor else {
      return
    }
    var held = used[place] ?? Used()
    let now = request.time.nanoseconds
    if held.lastCharge != request.charge || now &- held.lastTime > 3_600_000_000_000 {
      held.records += request.charge
    }
    held.lastCharge = request.charge
    held.lastTime = now
    used[place] = held
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(used.count))
    for (place, held) in used.sorted(by: { $0.key < $1.key }) {
      writer.write(Array(estate.tickets[place].id.utf8))
      writer.write(UInt64(byID[estate.tickets[place].id]?.firstIndex(of: place) ?? 0))
      writer.write(held.records)
      writer.write(held.lastCharge)
      writer.write(held.lastTime)
    }
  }

  mutating func read(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let id = String(decoding: try reader.name(), as: UTF8.self)
      let turn = Int(truncatingIfNeeded: try reader.unsigned())
      let held = Used(
        records: try reader.signed(),
        lastCharge: try reader.signed(),
        lastTime: try reader.signed()
      )
      // A ticket that has left the register takes its use with it.
      if let places = byID[id], turn >= 0, turn < places.count { used[places[turn]] = held }
    }
  }
}
