public import EventModel

extension DetectionEngine {
  /// The numbers of tickets for a bulk read that were opened and closed between two times and under which
  /// nobody read, in order of opening.
  ///
  /// Tickets that state no number of records may be about a single customer: they are left out.
  public func ticketsWithoutRead(from first: Timestamp, until last: Timestamp) -> [String] {
    matcher.unused(from: first.nanoseconds, until: last.nanoseconds, atLeast: bulkFloor)
  }
}

extension AuthorisationMatcher {
  fileprivate func unused(from first: Int64, until last: Int64, atLeast least: Int64) -> [String] {
    register.tickets.indices.filter { place in
      let ticket = register.tickets[place]
      return ticket.valid >= first && ticket.closed <= last && ticket.most >= least
        && uses.isUnused(Int32(clamping: place))
    }
    .sorted {
      (register.tickets[$0].valid, register.ids[$0]) < (
        register.tickets[$1].valid, register.ids[$1]
      )
    }
    .map { register.ids[$0] }
  }
}
