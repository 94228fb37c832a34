internal import EventModel

/// Tickets, scheduled jobs, delegations: under `authorisations` or at the top.
extension EstateReader {
  mutating func readAuthorisations(_ node: YAMLNode) {
    guard !isNull(node) else { return }
    let keys = ["tickets", "jobs", "delegations"]
    guard let fields = fields(of: node, what: "authorisations", keys: keys) else { return }
    for (key, entry) in fields.inOrder {
      if sections.contains(key) {
        error(entry.line, "\(key) stands at the top and under authorisations; keep one")
      }
      readRegister(key, entry.node)
    }
  }

  mutating func readRegister(_ key: String, _ node: YAMLNode) {
    switch key {
    case "tickets":
      estate.declaresTickets = true
      for item in list(node) { readTicketEntry(item) }
      markAnonymousEntries()
    case "jobs": for item in list(node) { readJob(item) }
    default:
      estate.declaresDelegations = true
      for item in list(node) { readDelegation(item) }
    }
  }

  private mutating func readTicketEntry(_ node: YAMLNode) {
    if node.scalar != nil && !isNull(node)
      || node.mapping?.contains(where: { $0.key.scalar?.string == "file" })
        ?? false
    {
      readTicketSource(node)
      return
    }
    let keys = [
      "id", "requested-by", "executor", "owner", "most-records", "opened", "closed", "approver",
      "approved",
    ]
    guard let fields = fields(of: node, what: "a ticket", keys: keys),
      let id = name(fields, "id", .identifier), name(fields, "opened", .value) != nil
    else { return }
    guard isNew(id, "ticket", at: fields.line), let opened = time(fields, "opened") else { return }
    var ticket = Ticket(id: id, opened: opened)
    ticket.requestedBy = text(fields, "requested-by", .identifier)
    ticket.executor = text(fields, "executor", .identifier)
    ticket.owner = text(fields, "owner", .identifier)
    ticket.mostRecords = count(fields, "most-records")
    ticket.closed = time(fields, "closed", end: true)
    ticket.approver = text(fields, "approver", .identifier)
    ticket.approved = time(fields, "approved")
    ticket.line = fields.line
    checkOrder(fields, opened, ticket.closed, "opened", "closed")
    estate.tickets.append(ticket)
  }

  /// Of tickets written here some name who asked or approved: those that name neither are anonymous.
  private mutating func markAnonymousEntries() {
    let isOwn = { (ticket: Ticket) in ticket.file.isEmpty }
    let isNamed = { (ticket: Ticket) in ticket.requestedBy != nil || ticket.approver != nil }
    guard estate.tickets.contains(where: { isOwn($0) && isNamed($0) }) else { return }
    for index in estate.tickets.indices
    where isOwn(estate.tickets[index]) && !isNamed(estate.tickets[index]) {
      estate.tickets[index].blanks.insert(.parties)
    }
  }

  private mutating func readJob(_ node: YAMLNode) {
    let keys = [
      "name", "account", "program", "terminal", "window", "days", "datasets", "destination",
      "most-records", "most-runs", "valid-from", "valid-until",
    ]
    guard let fields = fields(of: node, what: "a job", keys: keys), let name = name(fields),
      isNew(name, "job", at: fields.line)
    else { return }
    var job = ScheduledJob(name: name)
    job.account = text(fields, "account", .identifier).map { Pattern($0) }
    job.program = text(fields, "program").map { Pattern($0) }
    job.terminal = text(fields, "terminal", .identifier).map { Pattern($0) }
    if let window = window(fields, "window") {
      (job.startMinute, job.endMinute) = (window.start, window.end)
    }
    job.weekdays = weekdays(fields, "days") ?? []
    job.datasets = patterns(texts(fields, "datasets"))
    job.destination = text(fields, "destination", .identifier).map { Pattern($0) }
    job.mostRecords = count(fields, "most-records")
    job.mostRuns = count(fields, "most-runs")
    job.validFrom = time(fields, "valid-from")
    job.validUntil = time(fields, "valid-until", end: true)
    job.line = fields.line
    checkOrder(fields, job.validFrom, job.validUntil, "valid-from", "valid-until")
    estate.jobs.append(job)
  }

  /// `"01:00-04:00"` in minutes of the day.
  mutating func window(_ fields: Fields, _ key: String) -> (start: Int, end: Int)? {
    guard let value = text(fields, key, .value), let entry = fields[key] else { return nil }
    let ends = value.split(separator: "-", omittingEmptySubsequences: false)
      .map { Scalars.minute($0.filter { $0 != " " }) }
    guard ends.count == 2, let start = ends[0], let end = ends[1], start != end, start < 1440 else {
      error(entry.line, "\(key) is \(Diagnostic.quoted(value)); write \"01:00-04:00\"")
      return nil
    }
    return (start, end)
  }

  /// Days in order, without repetition; every day is empty.
  mutating func weekdays(_ fields: Fields, _ key: String) -> [Int]? {
    guard let entry = fields[key], !isNull(entry.node) else { return nil }
    var result: Set<Int> = []
    for value in texts(fields, key, form: .value) {
      if let days = Scalars.days(value) {
        result.formUnion(days)
      } else {
        error(entry.line, "\(key) holds \(Diagnostic.quoted(value)); write mon, mon-fri or daily")
      }
    }
    return result.count == 7 ? [] : result.sorted()
  }

  private mutating func readDelegation(_ node: YAMLNode) {
    let keys = ["owner", "organisation", "from", "until", "document"]
    guard let fields = fields(of: node, what: "a delegation", keys: keys),
      let owner = name(fields, "owner", .identifier),
      let organisation = name(fields, "organisation")
    else { return }
    var delegation = Delegation(owner: owner, organisation: organisation)
    delegation.from = time(fields, "from")
    delegation.until = time(fields, "until", end: true)
    delegation.document = text(fields, "document", .identifier)
    delegation.line = fields.line
    checkOrder(fields, delegation.from, delegation.until, "from", "until")
    estate.delegations.append(delegation)
  }
}
