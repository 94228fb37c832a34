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
      let responsible = self.name(fields, "responsible"), let reason = self.name(fields, "reason"),
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

  /// Names of owners made one spelling; an exception that would hide a whole privileged account is
  /// refused.
  mutating func resolveExceptions(_ lookup: EstateLookup) {
    for index in estate.exceptions.indices {
      let exception = estate.exceptions[index]
      estate.exceptions[index].owners = exception.owners.map {
        resolved(owner: $0, exception.line, "exception", lookup)
      }
      guard isWide(estate.exceptions[index]), let account = privilegedAccount(of: exception) else {
        continue
      }
      error(
        exception.line,
        "exception \(Diagnostic.quoted(exception.name)) would hide all that the privileged account "
          + "\(Diagnostic.quoted(account)) reads, a thief's best cover; name the owners it is about"
      )
    }
  }

  /// Whether it is about every owner there is.
  private func isWide(_ exception: AlertException) -> Bool {
    if exception.owners.isEmpty { return true }
    let names = Set(exception.owners)
    return estate.owners.count > 1 && estate.owners.allSatisfy { names.contains($0.name) }
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
