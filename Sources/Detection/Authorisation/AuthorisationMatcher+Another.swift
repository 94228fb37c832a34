internal import EventModel

/// Tickets that would cover a read but for its owner.
extension AuthorisationMatcher {
  /// Fewer records than that are nobody's reason to take another owner's ticket for theirs.
  static let leastOfAnother: Int64 = 100

  /// A ticket of the reader's own, open and not used, for at least as many records of another owner
  /// and at most twice as many.
  ///
  /// Most logs carry no number of a ticket: who has one owner's list ordered and takes another's would
  /// otherwise be told only when the sums of his role pass. Of several the narrowest, then the first
  /// in the register.
  mutating func ticketOfAnother(
    _ request: Request,
    _ reader: Int,
    _ owner: Int32,
    names: borrowing NameTable
  ) -> (place: Int32, verdict: Verdict)? {
    let executors = readers.list[reader].executors
    guard request.charge >= Self.leastOfAnother, !executors.isEmpty else { return nil }
    var found: [Int32] = []
    for run in runs(ofExecutors: executors) {
      register.runs[Int(run)].collect(at: request.time, into: &found)
    }
    var best: (most: Int64, place: Int32, verdict: Verdict)?
    for place in found {
      let ticket = register.tickets[Int(place)]
      guard ticket.most >= 0, request.charge <= ticket.cap, request.charge >= ticket.most / 2,
        request.time >= ticket.valid, request.time <= ticket.closed, uses.isUnused(place),
        !register.isAbout(ticket, owner: owner)
      else { continue }
      if let best, (best.most, best.place) <= (ticket.most, place) { continue }
      let verdict = judge(place, request, reader, owner, names: names)
      if verdict.reason == .wrongOwner { best = (ticket.most, place, verdict) }
    }
    return best.map { ($0.place, $0.verdict) }
  }

  /// Whether a ticket of the reader's own is open at the time, whatever it is about.
  mutating func hasTicket(_ request: Request, names: borrowing NameTable) -> Bool {
    // Asked for before the list is looked at: it may become longer by that.
    let reader = reader(of: request, names: names)
    let executors = readers.list[reader].executors
    guard !executors.isEmpty else { return false }
    var found: [Int32] = []
    for run in runs(ofExecutors: executors) {
      register.runs[Int(run)].collect(at: request.time, into: &found)
    }
    return found.contains {
      let ticket = register.tickets[Int($0)]
      return request.time >= ticket.valid && request.time <= ticket.closed
    }
  }

  private mutating func runs(ofExecutors executors: [Int32]) -> [Int32] {
    if let known = runsOfExecutors[executors] { return known }
    if runsOfExecutors.count >= 4_096 { runsOfExecutors = [:] }
    let found = register.runs(executors: executors)
    runsOfExecutors[executors] = found
    return found
  }
}
