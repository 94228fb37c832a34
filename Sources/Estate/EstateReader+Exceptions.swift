internal import EventModel

/// Exceptions: what is known, answered for and need not be raised again until a day.
extension EstateReader {
  mutating func readException(_ node: YAMLNode) {
    let keys = [
      "name", "responsible", "reason", "from", "until", "accounts", "terminals", "owners",
      "detectors", "ceiling",
    ]
    guard let fields = fields(of: node, what: "an exception", keys: keys),
      let name = name(fields), isNew(name, "exception", at: fields.line),
      let responsible = filled(fields, "responsible"), let reason = filled(fields, "reason"),
      self.name(fields, "until", .value) != nil, let until = time(fields, "until", end: true)
    else { return }
    var exception = AlertException(
      name: name,
      responsible: responsible,
      reason: reason,
      until: until
    )
    exception.from = time(fields, "from")
    exception.accounts = patterns(texts(fields, "accounts", form: .identifier))
    exception.terminals = patterns(texts(fields, "terminals", form: .identifier))
    exception.owners = texts(fields, "owners", form: .identifier)
    exception.detectors = texts(fields, "detectors")
    if let ceiling = count(fields, "ceiling") { exception.ceiling = ceiling }
    exception.line = fields.line
    checkOrder(fields, exception.from, until, "from", "until")
    guard !exception.accounts.isEmpty || !exception.terminals.isEmpty else {
      return lacks(fields, "says not whose alerts it is about; write accounts: or terminals:")
    }
    estate.exceptions.append(exception)
  }

  /// Words that say something: no blanks alone.
  private mutating func filled(_ fields: Fields, _ key: String) -> String? {
    guard let text = name(fields, key) else { return nil }
    guard text.contains(where: { $0.isLetter || $0.isNumber }) else {
      lacks(fields, "has an empty \(key); write \(key): …")
      return nil
    }
    return text
  }

  /// Names of owners made one spelling; an exception that would hide a whole privileged account is
  /// refused.
  mutating func resolveExceptions(_ lookup: EstateLookup) {
    for index in estate.exceptions.indices {
      let exception = estate.exceptions[index]
      estate.exceptions[index].owners = exception.owners.map {
        resolved(owner: $0, exception.line, "exception", lookup)
      }
      let isWide = isWide(estate.exceptions[index])
      estate.exceptions[index].isWide = isWide
      guard let account = privilegedAccount(of: exception) else { continue }
      if !isWide {
        checkCeiling(estate.exceptions[index])
        continue
      }
      error(
        exception.line,
        "exception \(Diagnostic.quoted(exception.name)) would hide all that the privileged account "
          + "\(Diagnostic.quoted(account)) reads, a thief's best cover; name the owners it is about"
          + (exception.owners.isEmpty ? "" : ", at most half of them")
      )
    }
  }

  /// A ceiling that all the records of its owners do not reach is none.
  private mutating func checkCeiling(_ exception: AlertException) {
    let sizes = exception.owners.map { name in
      estate.owners.first { $0.name == name }?.delivered
    }
    guard !sizes.contains(nil) else { return }
    let all = sizes.reduce(Int64(0)) { $0 + min($1 ?? 0, 1 << 40) }
    guard all > 0, exception.ceiling > all else { return }
    error(
      exception.line,
      "exception \(Diagnostic.quoted(exception.name)) has a ceiling of \(exception.ceiling), more than "
        + "all \(all) records of its owners: nothing would pierce it; give the number that is answered for"
    )
  }

  /// Whether it is about every owner there is, or more than half of three and more.
  private func isWide(_ exception: AlertException) -> Bool {
    if exception.owners.isEmpty { return true }
    let names = Set(exception.owners)
    let count = estate.owners.count { names.contains($0.name) }
    let all = estate.owners.count
    return all > 1 && (count == all || all > 2 && count * 2 > all)
  }

  /// A privileged account that it covers: one declared, or one whose name says so.
  private func privilegedAccount(of exception: AlertException) -> String? {
    let wanted = exception.accounts.isEmpty ? [Pattern("*")] : exception.accounts
    for account in estate.accounts where account.role.isPrivileged {
      for pattern in account.patterns where wanted.contains(where: { $0.overlaps(pattern) }) {
        return pattern.text
      }
    }
    for pattern in wanted {
      if let name = WellKnownNames.administrator(matching: pattern) { return name }
    }
    return nil
  }
}
