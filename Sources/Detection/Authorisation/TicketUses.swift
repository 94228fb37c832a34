internal import EventModel

/// What each ticket has been used for so far.
///
/// Every read counts in full, with two exceptions for downloads that fail. Once a ticket: when all it
/// was used for is one read that it covered, the same read again within the hour (same account,
/// terminal, object, destination and number) is covered, too. And what no log can tell from another
/// slice of the same size, up to eight such repetitions, of no more
/// records, within six hours (two of a privileged account, within one): each is told as repeated, none of its records or all of them beyond the
/// ticket. Where the statements say that they begin at different keys, neither is a repetition.
/// Memory: 4 bytes a ticket and 64 bytes a used one.
struct TicketUses: Sendable {
  private static let retrySpan: Int64 = 3_600_000_000_000
  static let repetitionSpan: Int64 = 6 * 3_600_000_000_000
  static let repetitionLimit: Int64 = 8
  /// Who can reach the database can resume a query; its retries are few.
  static let privilegedRepetitionLimit: Int64 = 2

  private struct Use: Sendable {
    var records: Int64
    /// The latest read that was covered; where none was, the first.
    var charge: Int64
    var time: Int64
    var account: NameID
    var terminal: NameID
    var object: NameID
    var destination: NameID
    /// Whether that read is all so far, and covered.
    var isSingle: Bool
    /// Whether it is covered.
    var isCovered: Bool
    /// Where its records begin, as the row states it; 0: not stated.
    var begins: UInt8 = 0
    var repetitions: Int64 = 0
  }

  /// A read that names no ticket and was covered by one: another may take its place.
  struct Loose: Sendable, Equatable {
    var request: AuthorisationMatcher.Request
    var isLate: Bool
  }

  static let looseLimit = 8

  /// Place + 1 by ticket; 0: not used.
  private var places: [UInt32]
  private var uses: [Use] = []
  /// The latest reads that name no ticket, by the ticket that covers them.
  private var loose: [Int32: [Loose]] = [:]

  init(count: Int) { places = Array(repeating: 0, count: count) }

  private func use(of ticket: Int32) -> Use? {
    let place = places[Int(ticket)]
    return place == 0 ? nil : uses[Int(place) - 1]
  }

  func isUnused(_ ticket: Int32) -> Bool { (use(of: ticket)?.records ?? 0) == 0 }

  /// How far a ticket that fits in all else covers a read.
  func judge(
    _ request: AuthorisationMatcher.Request,
    on place: Int32,
    _ ticket: TicketRegister.Entry,
    isLate: Bool,
    isPrivileged: Bool
  ) -> Verdict {
    var verdict = Verdict(isLate ? .late : .within, .matched, allowed: nil, isLate: isLate)
    guard ticket.most >= 0 else { return verdict }
    verdict.allowed = ticket.most
    let held = use(of: place)
    let records = held?.records ?? 0
    if records <= ticket.cap, request.charge <= ticket.cap - records { return verdict }
    if let held, Self.isRetry(request, held) {
      verdict.isRetry = true
      return verdict
    }
    let limit = isPrivileged ? Self.privilegedRepetitionLimit : Self.repetitionLimit
    let span = isPrivileged ? Self.retrySpan : Self.repetitionSpan
    if let held, held.repetitions < limit, Self.isRepetition(request, held, within: span) {
      return Verdict(.exceeded, .repeated, allowed: 0, isLate: isLate)
    }
    if request.slack > 0, records <= ticket.cap,
      request.charge - request.slack <= ticket.cap - records
    {
      let rest = max(0, ticket.most - records)
      return Verdict(.exceeded, .unstated, allowed: rest, isLate: isLate)
    }
    return Verdict(
      .exceeded,
      records > 0 ? .reused : .tooManyRecords,
      allowed: max(0, ticket.most - min(ticket.most, records)),
      isLate: isLate
    )
  }

  private static func isRetry(_ request: AuthorisationMatcher.Request, _ held: Use) -> Bool {
    held.isSingle && held.charge == request.charge && isAgain(request, held, within: retrySpan)
  }

  private static func isRepetition(
    _ request: AuthorisationMatcher.Request,
    _ held: Use,
    within span: Int64
  ) -> Bool {
    held.isCovered && request.charge > 0 && request.charge <= held.charge
      && isAgain(request, held, within: span)
  }

  /// Whether a read is of the same object, by the same hand, to the same place; one that begins at
  /// another key is of other records.
  private static func isAgain(
    _ request: AuthorisationMatcher.Request,
    _ held: Use,
    within limit: Int64
  ) -> Bool {
    let (span, over) = request.time.subtractingReportingOverflow(held.time)
    return !over && span >= 0 && span <= limit
      && held.account == request.account && held.terminal == request.terminal
      && held.object == request.object && held.destination == request.destination
      && (held.begins == 0 || request.begins == 0 || held.begins == request.begins)
  }

  /// Counts a read on the ticket that covers it or a part of it.
  mutating func note(
    _ request: AuthorisationMatcher.Request,
    on ticket: Int32,
    _ verdict: Verdict
  ) {
    switch verdict.reason {
    case .matched, .tooManyRecords, .reused, .repeated, .othersTerminal: break
    default: return
    }
    guard request.charge > 0 else { return }
    let place = places[Int(ticket)]
    let isCovered = verdict.status != .exceeded
    if isCovered, !verdict.isRetry, request.ticket == .none {
      var held = loose[ticket] ?? []
      if held.count == Self.looseLimit { held.removeFirst() }
      var stated = request
      stated.slack = 0
      held.append(Loose(request: stated, isLate: verdict.isLate))
      loose[ticket] = held
    }
    var latest = Use(
      records: request.charge,
      charge: request.charge,
      time: request.time,
      account: request.account,
      terminal: request.terminal,
      object: request.object,
      destination: request.destination,
      isSingle: isCovered,
      isCovered: isCovered,
      begins: request.begins
    )
    guard place > 0 else {
      uses.append(latest)
      places[Int(ticket)] = UInt32(clamping: uses.count)
      return
    }
    let index = Int(place) - 1
    if uses[index].records == 0 {
      // All it was used for has gone to other tickets.
      uses[index] = latest
      return
    }
    uses[index].isSingle = false
    if verdict.reason == .repeated { uses[index].repetitions += 1 }
    if verdict.isRetry || verdict.reason == .repeated { return }
    let (sum, over) = uses[index].records.addingReportingOverflow(request.charge)
    uses[index].records = over ? .max : sum
    guard isCovered else { return }
    latest.records = uses[index].records
    latest.repetitions = uses[index].repetitions
    latest.isSingle = false
    uses[index] = latest
  }

  /// Reads on a ticket that name none, and without which another would be covered; the latest first.
  func removable(from ticket: Int32, for charge: Int64, cap: Int64) -> [Loose] {
    guard let held = use(of: ticket), let loose = loose[ticket], charge <= cap else { return [] }
    return loose.reversed().filter { held.records - $0.request.charge <= cap - charge }
  }

  /// Takes such a read off its ticket.
  mutating func take(_ read: Loose, from ticket: Int32) {
    guard let index = loose[ticket]?.lastIndex(of: read), places[Int(ticket)] > 0 else { return }
    loose[ticket]?.remove(at: index)
    if loose[ticket]?.isEmpty ?? false { loose[ticket] = nil }
    let place = Int(places[Int(ticket)]) - 1
    uses[place].records = max(0, uses[place].records - read.request.charge)
    // What is repeated from now on is not this read under this ticket.
    if uses[place].time == read.request.time, uses[place].charge == read.request.charge {
      (uses[place].isSingle, uses[place].isCovered) = (false, false)
    }
  }

  /// Since version 5 of the state: the reads that name no ticket.
  func writeLoose(to writer: inout StateWriter, register: TicketRegister) {
    writer.write(UInt64(loose.count))
    for (ticket, reads) in loose.sorted(by: { $0.key < $1.key }) {
      let equal = register.byID[Folded.text(register.ids[Int(ticket)])] ?? []
      writer.write(Array(register.ids[Int(ticket)].utf8))
      writer.write(UInt64(equal.firstIndex(of: ticket) ?? 0))
      writer.write(UInt64(reads.count))
      for read in reads {
        for name in read.request.names { writer.write(UInt64(name.rawValue)) }
        writer.write(read.request.charge)
        writer.write(read.request.time)
        writer.write(UInt64(read.isLate ? 1 : 0))
      }
    }
  }

  mutating func readLoose(
    from reader: inout StateReader,
    register: TicketRegister,
    nameCount: Int
  ) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let id = String(decoding: try reader.name(), as: UTF8.self)
      let turn = try reader.unsigned()
      var reads: [Loose] = []
      for _ in 0..<(try reader.count()) {
        var names: [NameID] = []
        for _ in 0..<AuthorisationMatcher.Request.nameCount {
          names.append(try Self.name(from: &reader, nameCount))
        }
        var request = AuthorisationMatcher.Request(names: names)
        request.owner = NameID(rawValue: reader.present(request.owner.rawValue))
        request.charge = try reader.signed()
        request.time = try reader.signed()
        reads.append(Loose(request: request, isLate: try reader.unsigned() == 1))
      }
      guard reads.count <= Self.looseLimit, reads.allSatisfy({ $0.request.charge > 0 }) else {
        throw StateError(offset: 0)
      }
      guard let equal = register.byID[Folded.text(id)], turn < UInt64(equal.count) else { continue }
      loose[equal[Int(turn)]] = reads
    }
  }

  /// The tickets that were used: place in the register, reader, object, records, and when last.
  var all: [(ticket: Int, account: NameID, object: NameID, records: Int64, time: Int64)] {
    places.enumerated().compactMap { ticket, place in
      guard place > 0 else { return nil }
      let use = uses[Int(place) - 1]
      return (ticket, use.account, use.object, use.records, use.time)
    }
  }

  func write(to writer: inout StateWriter, register: TicketRegister) {
    writer.write(UInt64(uses.count))
    for (ticket, place) in places.enumerated() where place > 0 {
      let use = uses[Int(place) - 1]
      let equal = register.byID[Folded.text(register.ids[ticket])] ?? []
      writer.write(Array(register.ids[ticket].utf8))
      writer.write(UInt64(equal.firstIndex(of: Int32(clamping: ticket)) ?? 0))
      writer.write(use.records)
      writer.write(use.charge)
      writer.write(use.time)
      for name in [use.account, use.terminal, use.object, use.destination] {
        writer.write(UInt64(name.rawValue))
      }
      writer.write(
        UInt64((use.isSingle ? 1 : 0) + (use.isCovered ? 2 : 0)) | UInt64(use.begins) << 8
      )
      writer.write(use.repetitions)
    }
  }

  mutating func read(
    from reader: inout StateReader,
    register: TicketRegister,
    nameCount: Int
  ) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let id = String(decoding: try reader.name(), as: UTF8.self)
      let turn = try reader.unsigned()
      var use = Use(
        records: try reader.signed(),
        charge: try reader.signed(),
        time: try reader.signed(),
        account: try Self.name(from: &reader, nameCount),
        terminal: try Self.name(from: &reader, nameCount),
        object: try Self.name(from: &reader, nameCount),
        destination: try Self.name(from: &reader, nameCount),
        isSingle: false,
        isCovered: false
      )
      let marks = try reader.unsigned()
      (use.isSingle, use.isCovered) = (marks & 1 != 0, marks & 2 != 0)
      use.begins = UInt8(truncatingIfNeeded: marks >> 8)
      use.repetitions = try reader.signed()
      guard use.records >= 0, use.charge >= 0, use.repetitions >= 0 else {
        throw StateError(offset: 0)
      }
      // A ticket that has left the register takes its use with it.
      guard let equal = register.byID[Folded.text(id)], turn < UInt64(equal.count) else { continue }
      let ticket = Int(equal[Int(turn)])
      guard places[ticket] == 0 else { throw StateError(offset: 0) }
      uses.append(use)
      places[ticket] = UInt32(clamping: uses.count)
    }
  }

  static func name(
    from reader: inout StateReader,
    _ count: Int
  ) throws(StateError) -> NameID {
    let id = try reader.unsigned()
    guard id < UInt64(count) else { throw StateError(offset: 0) }
    return NameID(rawValue: UInt32(truncatingIfNeeded: id))
  }
}
