internal import EventModel

/// Statements over the tables of several owners.
extension AuthorisationMatcher {
  /// Whether an instruction is about the request's owner at its time, whatever the number; nothing is used up.
  ///
  /// A statement that reads two owners' tables may return either's records: an instruction of one of them covers it only
  /// if there is one of the other, too.
  mutating func isInstructed(_ request: Request, names: inout NameTable) -> Bool {
    var request = request
    (request.charge, request.slack) = (0, 0)
    let reader = reader(of: request, names: names)
    let isOnRoster = readers.list[reader].isOnRoster(at: request.time)
    let jobs = isOnRoster ? readers.list[reader].jobs : []
    if let byJob = book.match(request, jobs: jobs, names: &names), byJob.match.status == .within {
      return true
    }
    let owner = ownerKey(request.owner, names: names)
    return tickets(for: request, names: names).contains { place in
      let verdict = judge(place, request, reader, owner, names: names)
      return verdict.status == .within || verdict.status == .late
    }
  }
}
