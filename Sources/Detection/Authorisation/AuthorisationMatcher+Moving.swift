internal import EventModel

/// A read that names its ticket has the better claim to it than one that merely fits.
extension AuthorisationMatcher {
  /// How many reads may move to other tickets, one for the other's sake.
  private static let mostMoves = 3
  /// Tickets that are looked at for it.
  private static let mostTickets = 256

  /// Moves a read that names no ticket from this one to another that covers it as well, so that the
  /// one that names it has room; whether it could.
  ///
  /// What was covered stays covered: only the ticket it rests on is another, one that is in time or late as that was, or
  /// where there is none such, one that was approved after it.
  mutating func makeRoom(
    for request: Request,
    on place: Int32,
    names: borrowing NameTable
  ) -> Bool {
    var seen: Set<Int32> = [place]
    return makeRoom(for: request.charge, on: place, moves: Self.mostMoves, &seen, names: names)
  }

  /// For a read that no open ticket covers as they are used: where others that name none can move, a ticket that
  /// covers it; else what was found for it.
  mutating func makeRoom(
    for request: Request,
    _ reader: Int,
    _ owner: Int32,
    besides held: (place: Int32, verdict: Verdict),
    names: borrowing NameTable
  ) -> (place: Int32, verdict: Verdict) {
    for place in tickets(for: request, names: names).prefix(Self.mostTickets) {
      let verdict = judge(place, request, reader, owner, names: names)
      guard verdict.reason == .reused || verdict.reason == .repeated,
        makeRoom(for: request, on: place, names: names)
      else { continue }
      let freed = judge(place, request, reader, owner, names: names)
      if freed.isCovered { return (place, freed) }
    }
    return held
  }

  private mutating func makeRoom(
    for charge: Int64,
    on place: Int32,
    moves: Int,
    _ seen: inout Set<Int32>,
    names: borrowing NameTable
  ) -> Bool {
    let ticket = ticket(at: place)
    guard ticket.most >= 0, moves > 0 else { return false }
    for read in removable(from: place, for: charge, cap: ticket.cap) {
      var full: [Int32] = []
      for other in tickets(for: read.request, names: names) where !seen.contains(other) {
        if let verdict = verdict(of: other, on: read, names: names) {
          move(read, from: place, to: other, verdict)
          return true
        }
        full.append(other)
      }
      if !read.isLate {
        for other in full {
          guard let verdict = verdict(of: other, on: read, allowsLate: true, names: names) else {
            continue
          }
          move(read, from: place, to: other, verdict)
          return true
        }
      }
      for other in full {
        guard seen.count < Self.mostTickets else { return false }
        guard seen.insert(other).inserted,
          makeRoom(for: read.request.charge, on: other, moves: moves - 1, &seen, names: names),
          let verdict = verdict(of: other, on: read, names: names)
        else { continue }
        move(read, from: place, to: other, verdict)
        return true
      }
    }
    return false
  }
}

extension AuthorisationMatcher.Request {
  static let nameCount = 9

  /// What it is about, in the order in which a state holds it.
  var names: [NameID] {
    [account, person, organisation, terminal, program, destination, owner, object, ticket]
  }

  init(names: [NameID]) {
    self.init()
    guard names.count == Self.nameCount else { return }
    (account, person, organisation) = (names[0], names[1], names[2])
    (terminal, program, destination) = (names[3], names[4], names[5])
    (owner, object, ticket) = (names[6], names[7], names[8])
  }
}
