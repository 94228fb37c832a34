internal import Estate
internal import EventModel

/// The tickets as they are searched: by number, and by owner, executor and time.
///
/// Immutable. Memory: 56 bytes a ticket and 20 bytes a ticket that names its owner.
struct TicketRegister: Sendable {
  /// A ticket without `closed` ends so long after it was opened.
  static let openEnded: Int64 = 7 * 86_400_000_000_000

  struct Entry: Sendable {
    /// First time at which a read is late instead of outside.
    var grace: Int64
    /// From here on reads are in time: opened and approved.
    var valid: Int64
    var closed: Int64
    /// -1: not stated.
    var most: Int64
    /// Most with the tolerance.
    var cap: Int64
    /// -1: every owner, or not stated; below: one of `ownerLists`, the first at -2.
    var owner: Int32
    var terms: Int32
  }

  /// Tickets of one owner and executor, by the time they begin to concern a read.
  struct Run: Sendable {
    private var places: [Int32] = []
    private var starts: [Int64] = []
    private var ends: [Int64] = []
    /// The latest end of the part of the run whose middle it is.
    private var latest: [Int64] = []

    init(_ entries: [(place: Int32, start: Int64, end: Int64)]) {
      let sorted = entries.sorted { ($0.start, $0.place) < ($1.start, $1.place) }
      places = sorted.map(\.place)
      starts = sorted.map(\.start)
      ends = sorted.map(\.end)
      latest = ends
      _ = fill(0, places.count)
    }

    private mutating func fill(_ low: Int, _ high: Int) -> Int64 {
      guard low < high else { return .min }
      let middle = low + (high - low) / 2
      latest[middle] = max(latest[middle], fill(low, middle), fill(middle + 1, high))
      return latest[middle]
    }

    /// Adds the tickets that a read of that time can be under, by bisection.
    func collect(at time: Int64, into found: inout [Int32]) {
      collect(at: time, 0, places.count, into: &found)
    }

    private func collect(at time: Int64, _ low: Int, _ high: Int, into found: inout [Int32]) {
      guard low < high else { return }
      let middle = low + (high - low) / 2
      guard latest[middle] >= time else { return }
      collect(at: time, low, middle, into: &found)
      guard starts[middle] <= time else { return }
      if ends[middle] >= time { found.append(places[middle]) }
      collect(at: time, middle + 1, high, into: &found)
    }
  }

  private(set) var tickets: [Entry] = []
  private(set) var ids: [String] = []
  private(set) var terms: [TicketTerms] = []
  private(set) var runs: [Run] = []
  /// By folded number.
  private(set) var byID: [String: [Int32]] = [:]
  private(set) var ownerKeys: [String: Int32] = [:]
  /// Owners of the tickets that name several.
  private var ownerLists: [[Int32]] = []
  /// Whether some ticket covers every owner.
  private(set) var hasEveryOwner = false
  /// Whether a register was declared, even an empty one: only then can a number be unknown to it.
  let isDeclared: Bool
  /// Whether some ticket names no executor.
  private(set) var hasAnyExecutor = false
  private var runPlaces: [UInt64: Int32] = [:]
  private var executorsByName: [String: [Int32]] = [:]
  private var executorsByPerson: [String: [Int32]] = [:]
  private var statedPersons: [String: [Int32]] = [:]
  /// Persons and accounts named as executors, by whom they work for.
  private var executorsByOrganisation: [String: [Int32]] = [:]
  private static let anyExecutor: Int32 = -1
  private static let everyOwner: Int32 = -1

  private struct TermsKey: Hashable {
    var executor: String?
    var approver: String?
    var requester: String?
    var blanks: Ticket.Blanks
  }

  init(estate: DeclaredEstate, directory: PartyDirectory) {
    isDeclared = estate.declaresTickets || !estate.tickets.isEmpty
    var known: [String: Party] = [:]
    func party(_ name: String?) -> Party? {
      guard let name, !name.isEmpty else { return nil }
      if let party = known[name] { return party }
      let party = directory.party(named: name)
      known[name] = party
      return party
    }
    let (nanoseconds, over) = estate.policy.lateApproval
      .multipliedReportingOverflow(by: 1_000_000_000)
    let grace = over ? Int64.max : max(0, nanoseconds)
    var termPlaces: [TermsKey: Int32] = [:]
    var executors: [String: Int32] = [:]
    var members: [UInt64: [(place: Int32, start: Int64, end: Int64)]] = [:]
    for (index, ticket) in estate.tickets.enumerated() {
      let place = Int32(clamping: index)
      ids.append(ticket.id)
      byID[Folded.text(ticket.id), default: []].append(place)
      let key = TermsKey(
        executor: ticket.executor,
        approver: ticket.approver,
        requester: ticket.requestedBy,
        blanks: ticket.blanks
      )
      let termPlace = termPlaces[key] ?? Int32(clamping: terms.count)
      if termPlaces[key] == nil {
        termPlaces[key] = termPlace
        terms.append(
          TicketTerms(
            executor: party(ticket.executor),
            approver: party(ticket.approver),
            requester: party(ticket.requestedBy),
            blanks: ticket.blanks
          )
        )
      }
      let entry = Self.entry(
        ticket,
        grace: grace,
        tolerance: estate.policy.ticketTolerance,
        owner: owners(of: ticket),
        terms: termPlace
      )
      tickets.append(entry)
      let concerned = ownersConcerned(entry, ticket)
      guard !concerned.isEmpty else { continue }
      var executor = Self.anyExecutor
      if let name = ticket.executor, let party = party(name) {
        executor = executors[name] ?? Int32(clamping: executors.count)
        if executors[name] == nil {
          executors[name] = executor
          executorsByName[party.name, default: []].append(executor)
          if !party.organisation.isEmpty, !party.isOrganisation {
            executorsByOrganisation[party.organisation, default: []].append(executor)
          }
          if party.isPerson { statedPersons[party.name, default: []].append(executor) }
          for person in party.persons { executorsByPerson[person, default: []].append(executor) }
        }
      } else {
        hasAnyExecutor = true
      }
      let start = Self.difference(ticket.opened.nanoseconds, grace)
      for owner in concerned {
        members[Self.key(owner, executor), default: []]
          .append((place: place, start: start, end: entry.closed))
      }
    }
    for (key, entries) in members {
      runPlaces[key] = Int32(clamping: runs.count)
      runs.append(Run(entries))
    }
  }

  /// Executors named in tickets whom a reader can be.
  func executors(of reader: Reader) -> [Int32] {
    var found: Set<Int32> = []
    for name in [reader.account, reader.organisation] where !name.isEmpty {
      found.formUnion(executorsByName[name] ?? [])
    }
    for person in reader.persons { found.formUnion(statedPersons[person] ?? []) }
    if !reader.person.isEmpty { found.formUnion(executorsByPerson[reader.person] ?? []) }
    return found.sorted()
  }

  /// Executors named in tickets who work for an organisation.
  func executors(within organisation: String) -> [Int32] {
    executorsByOrganisation[organisation] ?? []
  }

  /// Runs of tickets about an owner that those executors, or anybody, may act under.
  func runs(owner: Int32, executors: [Int32]) -> [Int32] {
    let owners = owner >= 0 ? [owner, Self.everyOwner] : [Self.everyOwner]
    return owners.flatMap { owner in
      ([Self.anyExecutor] + executors).compactMap { runPlaces[Self.key(owner, $0)] }
    }
  }

  /// Runs of the tickets that name one of these executors, whatever their owner.
  func runs(executors: [Int32]) -> [Int32] {
    Set(ownerKeys.values).sorted().flatMap { owner in
      executors.compactMap { runPlaces[Self.key(owner, $0)] }
    }
  }

  /// Whether a ticket is about an owner; one that names none is about each.
  func isAbout(_ ticket: Entry, owner: Int32) -> Bool {
    if ticket.owner >= -1 { return ticket.owner == -1 || ticket.owner == owner }
    return ownerLists[-2 - Int(ticket.owner)].contains(owner)
  }

  private mutating func owners(of ticket: Ticket) -> Int32 {
    guard !ticket.furtherOwners.isEmpty, let first = ticket.owner else {
      return ownerKey(ticket.owner)
    }
    ownerLists.append(([first] + ticket.furtherOwners).map { ownerKey($0) })
    return -1 - Int32(clamping: ownerLists.count)
  }

  /// By which owners a ticket is found where a read does not name it.
  private mutating func ownersConcerned(_ entry: Entry, _ ticket: Ticket) -> [Int32] {
    if entry.owner >= 0 { return [entry.owner] }
    if entry.owner < -1 { return ownerLists[-2 - Int(entry.owner)] }
    guard ticket.coversEveryOwner else { return [] }
    hasEveryOwner = true
    return [Self.everyOwner]
  }

  /// A number of records with what it may be passed by.
  static func cap(_ most: Int64, percent: Int64) -> Int64 {
    let share = min(100, max(0, percent))
    let more = most / 100 * share + most % 100 * share / 100
    let (sum, over) = most.addingReportingOverflow(more)
    return over ? .max : sum
  }

  private static func key(_ owner: Int32, _ executor: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: owner)) << 32 | UInt64(UInt32(bitPattern: executor))
  }

  private static func difference(_ time: Int64, _ span: Int64) -> Int64 {
    let (result, over) = time.subtractingReportingOverflow(span)
    return over ? .min : result
  }

  private mutating func ownerKey(_ name: String?) -> Int32 {
    guard let name else { return -1 }
    let folded = Folded.text(name)
    if let known = ownerKeys[folded] { return known }
    let key = Int32(clamping: ownerKeys.count)
    ownerKeys[folded] = key
    return key
  }

  private static func entry(
    _ ticket: Ticket,
    grace: Int64,
    tolerance: Int64,
    owner: Int32,
    terms: Int32
  ) -> Entry {
    let opened = ticket.opened.nanoseconds
    // What was approved before it was asked for begins when it is asked for.
    let valid = max(opened, ticket.approved?.nanoseconds ?? opened)
    let (end, over) = opened.addingReportingOverflow(openEnded)
    let most = ticket.mostRecords.map { max(0, $0) }
    return Entry(
      grace: difference(valid, grace),
      valid: valid,
      closed: ticket.closed?.nanoseconds ?? (over ? .max : end),
      most: most ?? -1,
      cap: most.map { cap($0, percent: tolerance) } ?? .max,
      owner: owner,
      terms: terms
    )
  }
}
