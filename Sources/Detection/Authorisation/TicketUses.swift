internal import EventModel

/// What each ticket has been used for so far.
///
/// Every read counts in full. One exception, once a ticket: when all it was used for is one read
/// that it covered, the same read again within the hour (same account, terminal, object and number)
/// is taken for a repetition after a failed download. Memory: 4 bytes a ticket and 48 bytes a used
/// one.
struct TicketUses: Sendable {
  private static let retrySpan: Int64 = 3_600_000_000_000

  private struct Use: Sendable {
    var records: Int64
    /// The first read.
    var charge: Int64
    var time: Int64
    var account: NameID
    var terminal: NameID
    var object: NameID
    /// Whether that read is all so far, and covered.
    var isSingle: Bool
  }

  /// Place + 1 by ticket; 0: not used.
  private var places: [UInt32]
  private var uses: [Use] = []

  init(count: Int) { places = Array(repeating: 0, count: count) }

  private func use(of ticket: Int32) -> Use? {
    let place = places[Int(ticket)]
    return place == 0 ? nil : uses[Int(place) - 1]
  }

  /// How far a ticket that fits in all else covers a read.
  func judge(
    _ request: AuthorisationMatcher.Request,
    on place: Int32,
    _ ticket: TicketRegister.Entry,
    isLate: Bool
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
    return Verdict(
      .exceeded,
      records > 0 ? .reused : .tooManyRecords,
      allowed: max(0, ticket.most - min(ticket.most, records)),
      isLate: isLate
    )
  }

  private static func isRetry(_ request: AuthorisationMatcher.Request, _ held: Use) -> Bool {
    let (span, over) = request.time.subtractingReportingOverflow(held.time)
    return held.isSingle && !over && span >= 0 && span <= retrySpan
      && held.charge == request.charge && held.account == request.account
      && held.terminal == request.terminal && held.object == request.object
  }

  /// Counts a read on the ticket that covers it or a part of it.
  mutating func note(
    _ request: AuthorisationMatcher.Request,
    on ticket: Int32,
    _ verdict: Verdict
  ) {
    switch verdict.reason {
    case .matched, .tooManyRecords, .reused: break
    default: return
    }
    guard request.charge > 0 else { return }
    let place = places[Int(ticket)]
    guard place > 0 else {
      uses.append(
        Use(
          records: request.charge,
          charge: request.charge,
          time: request.time,
          account: request.account,
          terminal: request.terminal,
          object: request.object,
          isSingle: verdict.status != .exceeded
        )
      )
      places[Int(ticket)] = UInt32(clamping: uses.count)
      return
    }
    let index = Int(place) - 1
    uses[index].isSingle = false
    if verdict.isRetry { return }
    let (sum, over) = uses[index].records.addingReportingOverflow(request.charge)
    uses[index].records = over ? .max : sum
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
      for name in [use.account, use.terminal, use.object] { writer.write(UInt64(name.rawValue)) }
      writer.write(UInt64(use.isSingle ? 1 : 0))
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
      let use = Use(
        records: try reader.signed(),
        charge: try reader.signed(),
        time: try reader.signed(),
        account: try Self.name(from: &reader, nameCount),
        terminal: try Self.name(from: &reader, nameCount),
        object: try Self.name(from: &reader, nameCount),
        isSingle: try reader.unsigned() == 1
      )
      guard use.records >= 0, use.charge >= 0 else { throw StateError(offset: 0) }
      // A ticket that has left the register takes its use with it.
      guard let equal = register.byID[Folded.text(id)], turn < UInt64(equal.count) else { continue }
      let ticket = Int(equal[Int(turn)])
      guard places[ticket] == 0 else { throw StateError(offset: 0) }
      uses.append(use)
      places[ticket] = UInt32(clamping: uses.count)
    }
  }

  private static func name(
    from reader: inout StateReader,
    _ count: Int
  ) throws(StateError) -> NameID {
    let id = try reader.unsigned()
    guard id < UInt64(count) else { throw StateError(offset: 0) }
    return NameID(rawValue: UInt32(truncatingIfNeeded: id))
  }
}
