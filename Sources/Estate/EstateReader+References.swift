internal import EventModel

/// Names that one section takes from another: made one spelling, or said when nobody declares them.
extension EstateReader {
  mutating func resolveReferences() {
    let lookup = EstateLookup(estate)
    for index in estate.organisations.indices {
      let organisation = estate.organisations[index]
      estate.organisations[index].worksFor = organisation.worksFor.map {
        resolved(organisation: $0, organisation.line, "works-for", lookup)
      }
    }
    sayCircles()
    for index in estate.datasets.indices {
      let line = estate.datasets[index].line
      estate.datasets[index].owner = estate.datasets[index].owner.map {
        resolved(owner: $0, line, "dataset", lookup)
      }
    }
    for index in estate.accounts.indices {
      let line = estate.accounts[index].line
      estate.accounts[index].organisation = estate.accounts[index].organisation.map {
        resolved(organisation: $0, line, "account", lookup)
      }
    }
    let persons = Set(estate.accounts.flatMap(\.persons))
    for index in estate.terminals.indices {
      let terminal = estate.terminals[index]
      estate.terminals[index].organisation = terminal.organisation.map {
        resolved(organisation: $0, terminal.line, "terminal", lookup)
      }
      guard let person = terminal.person, !persons.contains(person) else { continue }
      warn(
        terminal.line,
        "person \(Diagnostic.quoted(person)) of a terminal has no account; add person: to one"
      )
    }
    let folded = Set(persons.map { Scalars.folded($0) })
    for person in estate.persons where !folded.contains(Scalars.folded(person.name)) {
      warn(
        person.line,
        "person \(Diagnostic.quoted(person.name)) has no account; add person: to one"
      )
    }
    for index in estate.delegations.indices {
      let delegation = estate.delegations[index]
      estate.delegations[index].owner = resolved(
        owner: delegation.owner,
        delegation.line,
        "delegation",
        lookup
      )
      estate.delegations[index].organisation = resolved(
        organisation: delegation.organisation,
        delegation.line,
        "delegation",
        lookup
      )
    }
    resolveTickets(lookup)
    resolveJobs(lookup)
    resolveExceptions(lookup)
  }

  /// Tickets come from other systems: a name that is not declared is a warning, once a name.
  private mutating func resolveTickets(_ lookup: EstateLookup) {
    var said: Set<String> = []
    for index in estate.tickets.indices {
      let ticket = estate.tickets[index]
      let place = ticket.file.isEmpty ? file : ticket.file
      if let name = ticket.owner {
        for name in resolveOwners(of: index, named: name, lookup)
        where said.insert("owner \(name)").inserted {
          say(
            .warning,
            place,
            ticket.line,
            "ticket names owner \(Diagnostic.quoted(name)), who is not declared; add it to owners"
          )
        }
      }
      if let name = ticket.requestedBy {
        if let found = canonical(organisation: name, lookup) {
          estate.tickets[index].requestedBy = found
        } else if said.insert("organisation \(name)").inserted {
          say(
            .warning,
            place,
            ticket.line,
            "ticket is requested by \(Diagnostic.quoted(name)), which is not declared; "
              + "add it to organisations"
          )
        }
      }
    }
  }

  /// Words by which a register says "every owner".
  private static let everyOwner: Set<String> = [
    "*", "all", "全委託元", "全委託先", "全顧客", "全て", "すべて", "全社", "全件",
  ]

  /// One owner, a list of them or all; gives the names that nobody declares.
  private mutating func resolveOwners(
    of index: Int,
    named name: String,
    _ lookup: EstateLookup
  ) -> [String] {
    if let found = lookup.owner(named: name) {
      estate.tickets[index].owner = estate.owners[found].name
      return []
    }
    if Self.everyOwner.contains(Scalars.folded(name)) {
      estate.tickets[index].owner = nil
      estate.tickets[index].isForAllOwners = true
      return []
    }
    let parts = name.split { ",;、/|，；／｜\n".contains($0) }.map { part in
      String(
        part.drop { $0 == " " || $0 == "\u{3000}" }.reversed()
          .drop { $0 == " " || $0 == "\u{3000}" }.reversed()
      )
    }.filter { !$0.isEmpty }
    // A comma within one undeclared name is no list.
    guard parts.count > 1, parts.contains(where: { lookup.owner(named: $0) != nil }) else {
      return [name]
    }
    let owners = parts.map { part in
      lookup.owner(named: part).map { estate.owners[$0].name } ?? part
    }
    estate.tickets[index].owner = owners[0]
    estate.tickets[index].furtherOwners = Array(owners.dropFirst())
    return parts.filter { lookup.owner(named: $0) == nil }
  }

  private func canonical(organisation name: String, _ lookup: EstateLookup) -> String? {
    if let found = lookup.organisation(named: name) { return estate.organisations[found].name }
    return lookup.owner(named: name).map { estate.owners[$0].name }
  }

  private mutating func resolved(
    organisation name: String,
    _ line: Int,
    _ what: String,
    _ lookup: EstateLookup
  ) -> String {
    if let found = canonical(organisation: name, lookup) { return found }
    let known = estate.organisations.prefix(200).map(\.name) + estate.owners.prefix(200).map(\.name)
    undeclared("organisation", "organisations", name, line, what, known)
    return name
  }

  mutating func resolved(
    owner name: String,
    _ line: Int,
    _ what: String,
    _ lookup: EstateLookup
  ) -> String {
    if let found = lookup.owner(named: name) { return estate.owners[found].name }
    undeclared("owner", "owners", name, line, what, estate.owners.prefix(200).map(\.name))
    return name
  }

  private mutating func undeclared(
    _ word: String,
    _ section: String,
    _ name: String,
    _ line: Int,
    _ what: String,
    _ known: [String]
  ) {
    guard knowsEveryName, !misread.contains(Scalars.folded(name)) else { return }
    let near = nearest(to: name, among: known)
    let advice = near.map { "did you mean \"\($0)\"?" } ?? "add it to \(section)"
    error(line, "\(word) \(Diagnostic.quoted(name)) (in \(what)) is not declared; \(advice)")
  }
}
