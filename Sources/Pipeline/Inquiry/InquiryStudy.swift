internal import Detection
public import Estate
public import EventModel
internal import Ingest
public import Storage

/// Answers an owner's inquiry from the store alone.
///
/// Accounts come from the ledger of all days, and from the engine for those that are not in it yet;
/// terminals, persons and organisations from the engine's state, where days older than a year are
/// sums. Incidents are those of the last night. Cost: the ledger's days are read once, the state is restored
/// once.
public struct InquiryStudy {
  let store: Store
  let estate: DeclaredEstate
  private let scan: BatchScan
  let coverage: CoverageStudy
  /// By the clock: what people decided after this is not told, and what they held legitimate until a day before it is
  /// open again; `nil`: all is told.
  public var now: Timestamp?
  private let lookup: EstateLookup

  public init(_ store: Store, _ estate: DeclaredEstate, _ coverage: CoverageStudy) {
    self.store = store
    self.estate = estate
    self.coverage = coverage
    lookup = EstateLookup(estate)
    scan = BatchScan(estate: estate, options: ScanOptions(paths: []))
  }

  /// `subjects`: the ids of a complaint list, as the logs write them; `nil`: there is none.
  ///
  /// `confirmed`: incidents that the examiner says a person has confirmed, beside those of the chain of decisions.
  public func answer(
    owner: String,
    _ asked: StudyPeriod,
    subjects: [String]? = nil,
    confirmed: Set<String> = []
  ) throws -> InquiryAnswer {
    let period = asked.days
    var answer = InquiryAnswer(
      owner: owner,
      period: period,
      coverage: try coverage.account(asked, owner: owner)
    )
    answer.delivered =
      lookup.owner(named: owner).flatMap { estate.owners[$0].delivered }
      ?? estate.datasets.filter { $0.owner == owner }.compactMap(\.size).max()
    var engine: DetectionEngine?
    let stored = StoredEngine(store, estate)
    switch try stored.restored() {
    case .none: break
    case .engine(let restored): engine = restored
    case .unreadable:
      answer.coverage.differences.append(.state(unknownFrom: try stored.firstOpenDay()))
    }
    let days =
      Int32(clamping: period.lowerBound)...Int32(clamping: period.upperBound)
    try addAccounts(engine, days, to: &answer)
    if let engine {
      answer.terminals = handlers(engine.handlers(.terminal, of: owner, on: days), engine)
      answer.persons = handlers(engine.handlers(.person, of: owner, on: days), engine)
      answer.organisations = handlers(engine.handlers(.organisation, of: owner, on: days), engine)
      addTickets(engine, to: &answer)
      for terminal in engine.handlers(.terminal, of: owner, on: days) {
        for other in terminal.otherOwners {
          InquiryAnswer.add(other, to: &answer.annex) { $0.terminals.append(terminal.name) }
        }
      }
    }
    try addTakings(engine, confirmed, to: &answer)
    checkRegister(&answer)
    answer.gaps = answer.coverage.gaps.map { stretch in
      InquiryAnswer.Gap(
        stretch: stretch,
        most: answer.delivered,
        usual: answer.usualDay.map { Self.product($0, stretch.days.count) }
      )
    }
    if let subjects { answer.complaints = try complaints(subjects, answer) }
    try addDigests(&answer)
    answer.annex.sort { $0.owner < $1.owner }
    var facts = InquiryConclusion.Facts()
    facts.confirmed = answer.takings.count { $0.isConfirmed }
    facts.suspicions = answer.takings.count { $0.isSuspicion }
    facts.standingOut = answer.complaints?.ranking.count { $0.standsOut } ?? 0
    facts.unattributed = answer.unattributed.count
    facts.alteredDays = answer.coverage.sources.reduce(0) { sum, source in
      source.isCounted ? sum + source.days.count { $0.state == .altered } : sum
    }
    facts.lateDays = answer.coverage.sources.reduce(0) { sum, source in
      source.isCounted ? sum + source.days.count { $0.late > 0 } : sum
    }
    facts.knownPermille = answer.coverage.share.permille
    answer.facts = facts
    return answer
  }

  private static func product(_ day: Int64, _ count: Int) -> Int64 {
    let (product, overflow) = day.multipliedReportingOverflow(by: Int64(count))
    return overflow ? .max : product
  }

  // MARK: Accounts

  /// The days of one account with the owner's records.
  private struct HandlerDays {
    private var days: [Int: HandlingDay] = [:]

    mutating func add(_ day: Int, _ records: Volume, unexplained: Int64) {
      days[day, default: HandlingDay(day: day, account: "", owner: "")].records.add(records)
      days[day]?.unexplained &+= unexplained
    }

    var authorisation: InquiryAnswer.Authorisation {
      InquiryAnswer.Authorisation(days.values.sorted { $0.day < $1.day })
    }
  }

  private struct Pair: Hashable {
    var account: Int64
    var owner: Int64
  }

  private func addAccounts(
    _ engine: DetectionEngine?,
    _ days: ClosedRange<Int32>,
    to answer: inout InquiryAnswer
  ) throws {
    let names = try store.ledgerNames()
    let ownerNames = try store.ledgerOwners()
    let asked = Array(answer.owner.utf8)
    let wanted = Set(ownerNames.lazy.filter { $0.value == asked }.map(\.key))
    var handlers: [String: InquiryAnswer.Handler] = [:]
    var others: [Pair: Volume] = [:]
    var sums: [Int: Int64] = [:]
    var byID: [Int64: InquiryAnswer.Handler] = [:]
    var byIDDays: [Int64: HandlerDays] = [:]
    try store.ledgerColumns(Int(days.lowerBound)...Int(days.upperBound)) { day, columns in
      guard columns.count == 10 else { return }
      for row in columns[0].indices {
        let volume = Self.volume(columns, row)
        let (account, owner) = (columns[0][row], columns[1][row])
        guard wanted.contains(owner) else {
          if owner != 0 { others[Pair(account: account, owner: owner), default: .none].add(volume) }
          continue
        }
        var handler = byID[account] ?? InquiryAnswer.Handler(name: "")
        handler.add(
          day: day,
          Operation(rawValue: UInt8(clamping: columns[3][row])) ?? .other,
          operations: columns[4][row],
          volume,
          bytes: columns[8][row],
          unexplained: columns[9][row] &+ columns[5][row]
        )
        byID[account] = handler
        if Operation(rawValue: UInt8(clamping: columns[3][row]))?.returnsRecords ?? false {
          byIDDays[account, default: HandlerDays()].add(
            day,
            volume,
            unexplained: columns[9][row] &+ columns[5][row]
          )
        }
        sums[day, default: 0] = Self.sum(sums[day] ?? 0, volume)
      }
    }
    func text(_ id: Int64) -> String { String(decoding: names[id] ?? [], as: UTF8.self) }
    var handlerDays: [String: HandlerDays] = [:]
    for (id, handler) in byID {
      var named = handler
      named.name = text(id)
      handlers[named.name] = named
      handlerDays[named.name] = byIDDays[id]
    }
    var byName: [String: [String: Volume]] = [:]
    for (pair, volume) in others {
      let owner = String(decoding: ownerNames[pair.owner] ?? [], as: UTF8.self)
      byName[text(pair.account), default: [:]][owner, default: .none].add(volume)
    }
    if let engine {
      let kept = try store.setting("ledger-day").flatMap { Int32($0) } ?? .min
      for line in engine.ledger(from: max(kept, days.lowerBound), before: days.upperBound + 1) {
        func text(_ id: NameID) -> String { String(decoding: engine.name(id), as: UTF8.self) }
        let (account, owner) = (text(line.account), text(line.owner))
        guard owner == answer.owner else {
          if !owner.isEmpty {
            answer.knownOwners.insert(owner)
            byName[account, default: [:]][owner, default: .none].add(line.records)
          }
          continue
        }
        var handler = handlers[account] ?? InquiryAnswer.Handler(name: account)
        handler.add(
          day: Int(line.day),
          line.operation,
          operations: Int64(line.operations),
          line.records,
          bytes: line.bytes,
          unexplained: line.unexplained
        )
        handlers[account] = handler
        if line.operation.returnsRecords {
          handlerDays[account, default: HandlerDays()].add(
            Int(line.day),
            line.records,
            unexplained: line.unexplained
          )
        }
        sums[Int(line.day)] = Self.sum(sums[Int(line.day)] ?? 0, line.records)
      }
    }
    let sorted = sums.values.sorted()
    answer.usualDay = sorted.isEmpty ? nil : sorted[sorted.count / 2]
    for (name, days) in handlerDays { handlers[name]?.authorisation = days.authorisation }
    answer.accounts = handlers.values.map(declared).sorted {
      ($1.records.low, $0.name) < ($0.records.low, $1.name)
    }
    for handler in answer.accounts {
      for (owner, volume) in (byName[handler.name] ?? [:]).sorted(by: { $0.key < $1.key }) {
        InquiryAnswer.add(owner, to: &answer.annex) {
          $0.accounts.append(handler.name)
          $0.records.add(volume)
        }
      }
    }
  }

  /// What is stated of a day; bounds are no usual day.
  private static func sum(_ before: Int64, _ volume: Volume) -> Int64 {
    let (sum, overflow) = before.addingReportingOverflow(volume.low)
    return overflow ? .max : sum
  }

  private static func volume(_ columns: [[Int64]], _ row: Int) -> Volume {
    let quality = columns[6][row]
    return Volume(
      low: columns[5][row],
      high: quality == 0 ? columns[5][row] : columns[7][row],
      quality: quality == 0
        ? .exact : VolumeQuality(rawValue: UInt8(clamping: quality - 1)) ?? .unknown
    )
  }

  /// Adds what the estate says of an account.
  private func declared(_ handler: InquiryAnswer.Handler) -> InquiryAnswer.Handler {
    var handler = handler
    handler.jobs = estate.jobs.filter { $0.account?.matches(handler.name) ?? false }.map(\.name)
    guard let place = lookup.account(named: handler.name) else { return handler }
    let account = estate.accounts[place]
    handler.organisation = account.organisation
    handler.role = account.role.rawValue
    handler.persons = account.persons
    handler.isShared = account.shared || account.persons.count > 1
    return handler
  }

  private func handlers(
    _ found: [OwnerHandling],
    _ engine: DetectionEngine
  ) -> [InquiryAnswer.Handler] {
    found.map { found in
      var handler = InquiryAnswer.Handler(name: found.name)
      handler.operations = found.operations
      handler.records = found.records
      handler.bytes = found.bytes
      handler.first = Int(engine.day(of: found.first))
      handler.last = Int(engine.day(of: found.last))
      handler.isExact = found.isExact
      return handler
    }.sorted { ($1.records.low, $0.name) < ($0.records.low, $1.name) }
  }

  // MARK: Authorisation

  private func addTickets(_ engine: DetectionEngine, to answer: inout InquiryAnswer) {
    let declared = Dictionary(grouping: estate.tickets, by: \.id)
    for use in engine.ticketUses() {
      let ticket = declared[use.id]?.first
      let owner =
        ticket?.owner.map { name in
          lookup.owner(named: name).map { estate.owners[$0].name } ?? name
        } ?? use.owner
      guard owner == answer.owner, answer.period.contains(Int(engine.day(of: use.last))) else {
        continue
      }
      answer.tickets.append(
        InquiryAnswer.Ticket(
          id: use.id,
          account: use.account,
          records: use.records,
          most: ticket?.mostRecords,
          last: Timestamp(nanoseconds: use.last)
        )
      )
    }
    answer.tickets.sort { ($0.last, $0.id) < ($1.last, $1.id) }
  }

  /// Organisations that handled the records on a day on which no entry of the register was valid.
  private func checkRegister(_ answer: inout InquiryAnswer) {
    answer.hasRegister = estate.declaresDelegations
    guard answer.hasRegister else { return }
    for organisation in answer.organisations where organisation.name != answer.owner {
      let entries = estate.delegations.filter {
        $0.owner == answer.owner && $0.organisation == organisation.name
      }
      let isCovered = entries.contains { entry in
        let first = entry.from.map { $0.dayNumber() } ?? .min
        let last = entry.until.map { $0.dayNumber() + 1 } ?? .max
        return first <= organisation.first && organisation.last <= last
      }
      if !isCovered { answer.unregistered.append(organisation.name) }
    }
  }

  // MARK: Complaints, digests

  private func complaints(
    _ subjects: [String],
    _ answer: InquiryAnswer
  ) throws -> InquiryAnswer.Complaints {
    let key = scan.subjectKey
    let hashes = Set(
      subjects.map { subject in
        Array(subject.utf8).withUnsafeBufferPointer { SubjectSample.value(of: key.hash($0)) }
      }
    )
    let years =
      CivilCalendar.date(
        ofDay: answer.period.lowerBound
      ).year...CivilCalendar.date(ofDay: answer.period.upperBound).year
    let samples = try store.subjects(of: Array(answer.owner.utf8))
      .filter { years.contains($0.year) }
    return ComplaintStudy.complaints(
      hashes,
      samples.map { (String(decoding: $0.account, as: UTF8.self), $0.sample) }
    )
  }

  private func addDigests(_ answer: inout InquiryAnswer) throws {
    for source in answer.coverage.sources where source.isCounted && source.pieces > 0 {
      answer.digests.append(
        InquiryAnswer.Digest(
          name: source.name,
          sha256: ChainLink.hex(try store.head(of: key(of: source.name)))
        )
      )
    }
    if let estate = try store.lastNight()?.estate {
      answer.digests.append(
        InquiryAnswer.Digest(name: ChainSource.declarations, sha256: ChainLink.hex(estate))
      )
    }
  }

  func key(of source: String) -> String {
    estate.sources.contains { $0.name == source } ? source : "format \(source)"
  }
}

extension InquiryAnswer {
  static func add(
    _ owner: String,
    to annex: inout [OtherOwner],
    _ change: (inout OtherOwner) -> Void
  ) {
    let place = annex.firstIndex { $0.owner == owner } ?? annex.count
    if place == annex.count { annex.append(OtherOwner(owner: owner)) }
    change(&annex[place])
  }
}

extension InquiryAnswer.Handler {
  fileprivate mutating func add(
    day: Int,
    _ operation: EventModel.Operation,
    operations more: Int64,
    _ volume: Volume,
    bytes added: Int64,
    unexplained rest: Int64
  ) {
    operations += more
    if operation == .export { exports += more }
    records.add(volume)
    bytes &+= added
    unexplained = (unexplained ?? 0) &+ rest
    first = min(first, day)
    last = max(last, day)
  }
}
