internal import EventModel

extension EstateCheck {
  /// What is effective, as YAML with the defaults filled in.
  ///
  /// The key is never printed. `smallSums`: limits that follow from the others and have no key of their own, by role
  /// and horizon, as remarks.
  public static func effective(
    _ estate: DeclaredEstate,
    smallSums: [Role: [String: Int64]] = [:]
  ) -> String {
    var text = EffectiveText()
    text.line(0, "# \(estate.file.isEmpty ? "no estate file" : text.plain(estate.file))")
    text.sources(estate.sources)
    text.parties(estate)
    text.accounts(estate)
    text.authorisations(estate)
    text.exceptions(estate.exceptions)
    text.sinks(estate.sinks)
    text.policy(estate.policy, smallSums: smallSums)
    let planted = estate.canaries.count + estate.canaryHashes.count
    if planted > 0 { text.line(0, "canaries: \(planted) planted records (not shown)") }
    text.line(0, "privacy:")
    let key = estate.subjectKey == nil ? "built in (declare your own)" : "declared (not shown)"
    text.line(1, "key: \(key)")
    return text.result
  }

  /// Exceptions and policy alone, with the defaults filled in: what rules judge by.
  public static func effectiveRules(_ estate: DeclaredEstate) -> String {
    var text = EffectiveText()
    text.exceptions(estate.exceptions)
    text.policy(estate.policy)
    return text.result
  }
}

/// Writes YAML for a reader.
///
/// A value that is not declared is not written, save where a default holds.
private struct EffectiveText {
  var result = ""

  mutating func line(_ depth: Int, _ text: String) {
    result += String(repeating: "  ", count: depth) + text + "\n"
  }

  /// A scalar, in quotes where YAML needs them.
  func plain(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.unicodeScalars.allSatisfy { scalar in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "/", "-", "+", "@": true
        default: scalar.value >= 0x3040 && scalar.value < 0xD800
        }
      } && text.utf8.first != 0x2D && text.utf8.first != 0x40
      && YAMLNode.Scalar(string: text, isPlain: true).kind == .text
    return isPlain ? text : Diagnostic.quoted(text)
  }

  mutating func value(_ depth: Int, _ key: String, _ value: String?) {
    if let value { line(depth, "\(key): \(plain(value))") }
  }

  mutating func number(_ depth: Int, _ key: String, _ value: Int64?) {
    if let value { line(depth, "\(key): \(value)") }
  }

  mutating func time(_ depth: Int, _ key: String, _ value: Timestamp?) {
    if let value { line(depth, "\(key): \(value)") }
  }

  mutating func values(_ depth: Int, _ key: String, _ values: [String]) {
    guard !values.isEmpty else { return }
    line(depth, "\(key): [\(values.map { plain($0) }.joined(separator: ", "))]")
  }

  mutating func range(_ depth: Int, _ key: String, _ value: ClosedRange<Int64>?) {
    guard let value else { return }
    let low = String(value.lowerBound)
    let text = value.lowerBound == value.upperBound ? low : "\(low)-\(value.upperBound)"
    line(depth, "\(key): \(text)")
  }

  mutating func section(_ name: String, _ isEmpty: Bool) {
    line(0, isEmpty ? "\(name): []" : "\(name):")
  }

  mutating func sources(_ sources: [SourceDeclaration]) {
    section("sources", sources.isEmpty)
    for source in sources {
      line(1, "- name: \(plain(source.name))")
      values(2, "paths", source.paths)
      values(2, "listen", source.listens)
      value(2, "format", source.format ?? "auto")
      value(2, "system", source.system)
      value(2, "time-zone", source.timeZone ?? "UTC")
      value(2, "encoding", source.encoding ?? "auto")
      value(2, "account-case", source.ignoresAccountCase.map { $0 ? "ignored" : "kept" })
      number(2, "year", source.year.map { Int64($0) })
      line(2, "may-be-silent: \(source.mayBeSilent)")
      if let lateness = source.lateness { line(2, "lateness: \(hours(lateness))") }
      time(2, "from", source.from)
      time(2, "until", source.until)
      if let map = source.fields { fields(map) }
    }
  }

  private mutating func fields(_ map: FieldMap) {
    line(2, "fields:")
    for column in FieldMap.Column.allCases {
      guard let rule = map.rules[column] else { continue }
      if let constant = rule.constant {
        line(3, "\(column.rawValue): {const: \(plain(constant))}")
        continue
      }
      var parts = ["field: \(plain(rule.path.joined(separator: ".")))"]
      if let format = rule.timeFormat { parts.append("format: \(plain(format))") }
      if let zone = rule.timeZone { parts.append("zone: \(plain(zone))") }
      let values = rule.values.sorted { $0.key < $1.key }
        .map { "\(plain($0.key)): \(plain($0.value))" }
      if !values.isEmpty { parts.append("values: {\(values.joined(separator: ", "))}") }
      if let otherwise = rule.otherwise { parts.append("otherwise: \(plain(otherwise))") }
      if !rule.unknown.isEmpty {
        parts.append("unknown: [\(rule.unknown.map { plain($0) }.joined(separator: ", "))]")
      }
      if rule.multiplier != 1 { parts.append("unit: \(rule.multiplier)") }
      if column == .records { parts.append("quality: \(rule.quality.name)") }
      line(3, "\(column.rawValue): {\(parts.joined(separator: ", "))}")
    }
  }

  mutating func parties(_ estate: DeclaredEstate) {
    section("organisations", estate.organisations.isEmpty)
    for organisation in estate.organisations {
      line(1, "- name: \(plain(organisation.name))")
      value(2, "kind", organisation.kind.rawValue)
      values(2, "works-for", organisation.worksFor)
    }
    section("owners", estate.owners.isEmpty)
    for owner in estate.owners {
      line(1, "- name: \(plain(owner.name))")
      value(2, "sector", owner.sector?.rawValue)
      line(2, owner.delivered.map { "delivered: \($0)" } ?? "delivered: ~  # unknown")
      range(2, "bytes-per-record", owner.bytesPerRecord)
      values(2, "categories", owner.categories)
      values(2, "aliases", owner.aliases)
    }
    section("datasets", estate.datasets.isEmpty)
    for dataset in estate.datasets {
      line(1, "- name: \(plain(dataset.name))")
      values(2, "patterns", dataset.patterns.map(\.text))
      line(2, dataset.owner.map { "owner: \(plain($0))" } ?? "owner: ~  # unknown")
      number(2, "size", dataset.size)
      range(2, "bytes-per-record", dataset.bytesPerRecord)
      line(2, "customer-records: \(dataset.holdsCustomerRecords)")
    }
  }

  mutating func accounts(_ estate: DeclaredEstate) {
    section("accounts", estate.accounts.isEmpty)
    for account in estate.accounts {
      line(1, "- patterns: [\(account.patterns.map { plain($0.text) }.joined(separator: ", "))]")
      value(2, "role", account.role.rawValue)
      value(2, "organisation", account.organisation)
      values(2, "persons", account.persons)
      line(2, "shared: \(account.shared)")
      time(2, "valid-from", account.validFrom)
      time(2, "valid-until", account.validUntil)
    }
    if !estate.persons.isEmpty { line(0, "persons:") }
    for person in estate.persons {
      line(1, "- name: \(plain(person.name))")
      time(2, "valid-from", person.validFrom)
      time(2, "valid-until", person.validUntil)
      if let start = person.shiftStart, let end = person.shiftEnd {
        line(2, "shift: \"\(clock(start))-\(clock(end))\"")
      }
      if !person.weekdays.isEmpty { line(2, "days: \(days(person.weekdays))") }
    }
    section("terminals", estate.terminals.isEmpty)
    for terminal in estate.terminals {
      line(1, "- name: \(plain(terminal.name))")
      values(2, "addresses", terminal.addresses)
      value(2, "organisation", terminal.organisation)
      value(2, "person", terminal.person)
    }
  }

  mutating func authorisations(_ estate: DeclaredEstate) {
    line(0, "authorisations:")
    let registers = Set(estate.tickets.map { $0.file.isEmpty ? estate.file : $0.file }).sorted()
    let from = registers.map { plain($0) }.joined(separator: ", ")
    let count = estate.declaresTickets ? "\(estate.tickets.count) read" : "none declared"
    line(1, "tickets: # \(count)\(from.isEmpty ? "" : " from \(from)")")
    section("  jobs", estate.jobs.isEmpty)
    for job in estate.jobs {
      line(2, "- name: \(plain(job.name))")
      value(3, "account", job.account?.text)
      value(3, "program", job.program?.text)
      value(3, "terminal", job.terminal?.text)
      if let start = job.startMinute, let end = job.endMinute {
        line(3, "window: \"\(clock(start))-\(clock(end))\"")
      }
      line(3, "days: \(days(job.weekdays.isEmpty ? Array(0...6) : job.weekdays))")
      values(3, "datasets", job.datasets.map(\.text))
      value(3, "destination", job.destination?.text)
      number(3, "most-records", job.mostRecords)
      number(3, "most-runs", job.mostRuns)
      time(3, "valid-from", job.validFrom)
      time(3, "valid-until", job.validUntil)
    }
    guard estate.declaresDelegations else {
      line(1, "delegations: # none declared")
      return
    }
    section("  delegations", estate.delegations.isEmpty)
    for delegation in estate.delegations {
      line(2, "- owner: \(plain(delegation.owner))")
      value(3, "organisation", delegation.organisation)
      time(3, "from", delegation.from)
      time(3, "until", delegation.until)
      value(3, "document", delegation.document)
    }
  }

  mutating func exceptions(_ exceptions: [AlertException]) {
    section("exceptions", exceptions.isEmpty)
    for exception in exceptions {
      line(1, "- name: \(plain(exception.name))")
      value(2, "responsible", exception.responsible)
      value(2, "reason", exception.reason)
      time(2, "from", exception.start)
      time(2, "until", exception.until)
      values(2, "accounts", exception.accounts.map(\.text))
      values(2, "terminals", exception.terminals.map(\.text))
      values(2, "owners", exception.owners)
      values(2, "detectors", exception.detectors)
      number(2, "ceiling", exception.ceiling)
    }
  }

  /// What looks like a secret is not printed.
  mutating func sinks(_ sinks: [SinkDeclaration]) {
    if !sinks.isEmpty { line(0, "sinks:") }
    for sink in sinks {
      line(1, "- name: \(plain(sink.name))")
      value(2, "kind", sink.kind)
      value(2, "least-severity", sink.leastSeverity.name)
      for (key, setting) in sink.settings.sorted(by: { $0.key < $1.key }) {
        let isSecret = ["token", "api-key", "password", "headers", "url"].contains(key)
        if isSecret {
          line(
            2,
            "\(key): \(key == "url" ? "declared (may hold a secret)" : "declared (not shown)")"
          )
        } else {
          values(2, key, setting.values)
        }
      }
    }
  }

  private func clock(_ minute: Int) -> String {
    func two(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
    return two(minute / 60) + ":" + two(minute % 60)
  }

  private func days(_ days: [Int]) -> String {
    "[" + days.map { Scalars.weekdays[$0 % 7] }.joined(separator: ", ") + "]"
  }

  private func hours(_ seconds: Int64) -> String {
    seconds % 3600 == 0 ? "\(seconds / 3600)h" : "\(seconds)s"
  }

  mutating func policy(_ policy: Policy, smallSums: [Role: [String: Int64]] = [:]) {
    line(0, "policy:")
    limits("limits", policy.limits) { String($0) }
    if !smallSums.isEmpty {
      line(
        1,
        "# of one owner's records in small reads of several, a fifth of these (limits-scale not applied):"
      )
      for (role, byHorizon) in table(smallSums, { String($0) }) {
        line(2, "# \(role): {\(byHorizon)}")
      }
    }
    limits("share-limits", policy.shareLimits) { permille in
      permille % 10 == 0 ? "\(permille / 10)%" : "\(permille / 10).\(permille % 10)%"
    }
    limits("look-up-limits", policy.lookUpLimits) { String($0) }
    limits("sequence-limits", policy.sequenceLimits) { String($0) }
    limits("uncounted-limits", policy.uncountedLimits) { String($0) }
    line(1, "lateness: \(hours(policy.lateness))")
    line(1, "late-approval: \(hours(policy.lateApproval))")
    line(1, "limits-scale: \(policy.limitsScale)%")
    line(1, "ticket-tolerance: \(policy.ticketTolerance)%")
    value(1, "time-zone", policy.timeZone ?? "UTC")
    line(1, "working-days: \(days(policy.workingDays.sorted()))")
    let holidays = policy.holidays.sorted().map { CivilCalendar.text(ofDay: $0) }
    line(1, "holidays: [\(holidays.joined(separator: ", "))]")
    line(1, "bulk-floor: \(policy.bulkFloor)")
    if !policy.devices.isEmpty { line(1, "devices: \(policy.devices.count) registered") }
    if !policy.inquiries.isEmpty { line(1, "inquiries: \(policy.inquiries.count)") }
  }

  private mutating func limits(
    _ key: String,
    _ limits: [Role: [String: Int64]],
    _ shown: (Int64) -> String
  ) {
    guard !limits.isEmpty else {
      line(1, "\(key): # the defaults of the detectors")
      return
    }
    line(1, "\(key):")
    for (role, byHorizon) in table(limits, shown) { line(2, "\(role): {\(byHorizon)}") }
  }

  /// Roles that have any, in order, with theirs by horizon.
  private func table(
    _ limits: [Role: [String: Int64]],
    _ shown: (Int64) -> String
  ) -> [(role: String, byHorizon: String)] {
    Role.allCases.compactMap { role in
      let parts = EstateReader.horizons.compactMap { horizon in
        limits[role]?[horizon].map { "\(horizon): \(shown($0))" }
      }
      return parts.isEmpty ? nil : (role.rawValue, parts.joined(separator: ", "))
    }
  }
}
