internal import Estate
internal import EventModel
internal import Storage

/// What is declared beside policy and exceptions and decides what is raised: a line each, for the change log.
enum DeclaredLines {
  static func lines(_ estate: DeclaredEstate) -> [DeclaredRules.Part: Set<String>] {
    [
      .jobs: Set(estate.jobs.map(job)), .accounts: Set(estate.accounts.map(account)),
      .datasets: Set(estate.datasets.map(dataset)),
      .delegations: Set(estate.delegations.map(delegation)),
    ]
  }

  private static func line(
    _ part: DeclaredRules.Part,
    _ name: String,
    _ fields: [(String, String?)]
  ) -> String {
    let text = fields.compactMap { key, value in value.map { " \(key): \($0)" } }.joined()
    return ChainLink.quoted("\(part.rawValue) \(name)\(text)")
  }

  private static func list(_ texts: [String]) -> String? {
    texts.isEmpty ? nil : "[\(texts.joined(separator: ", "))]"
  }

  private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  private static func job(_ job: ScheduledJob) -> String {
    var window: String?
    if let start = job.startMinute, let end = job.endMinute {
      window = [start, end].map { minute in
        let (hours, rest) = minute.quotientAndRemainder(dividingBy: 60)
        return "\(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
      }.joined(separator: "-")
    }
    let days = job.weekdays.isEmpty ? "daily" : list(job.weekdays.sorted().map { weekdays[$0 % 7] })
    return line(
      .jobs,
      job.name,
      [
        ("account", job.account?.text), ("program", job.program?.text),
        ("terminal", job.terminal?.text), ("window", window), ("days", days),
        ("datasets", list(job.datasets.map(\.text))), ("destination", job.destination?.text),
        ("most-records", job.mostRecords.map { "\($0)" }),
        ("most-runs", job.mostRuns.map { "\($0)" }),
        ("valid-from", job.validFrom.map { "\($0)" }),
        ("valid-until", job.validUntil.map { "\($0)" }),
      ]
    )
  }

  private static func account(_ account: Account) -> String {
    line(
      .accounts,
      account.patterns.map(\.text).joined(separator: ", "),
      [
        ("role", account.role.rawValue), ("organisation", account.organisation),
        ("persons", list(account.persons)), ("shared", account.shared ? "true" : nil),
        ("valid-from", account.validFrom.map { "\($0)" }),
        ("valid-until", account.validUntil.map { "\($0)" }),
      ]
    )
  }

  private static func dataset(_ dataset: Dataset) -> String {
    line(
      .datasets,
      dataset.name,
      [
        ("patterns", list(dataset.patterns.map(\.text))), ("owner", dataset.owner),
        ("size", dataset.size.map { "\($0)" }),
        ("bytes-per-record", dataset.bytesPerRecord.map { "\($0.lowerBound)-\($0.upperBound)" }),
        ("customer-records", "\(dataset.holdsCustomerRecords)"),
      ]
    )
  }

  private static func delegation(_ delegation: Delegation) -> String {
    line(
      .delegations,
      delegation.owner,
      [
        ("organisation", delegation.organisation), ("from", delegation.from.map { "\($0)" }),
        ("until", delegation.until.map { "\($0)" }), ("document", delegation.document),
      ]
    )
  }
}
