internal import EventModel

/// Names that a run saw, so that patterns matching nothing can be said.
public struct SeenNames: Sendable {
  public var accounts: [String] = []
  public var objects: [String] = []
  public var terminals: [String] = []
  public init() {}
}

/// What `ometsuke check` says beyond what reading the file says.
public enum EstateCheck {
  /// What else to compare the estate with.
  public struct Inputs: Sendable {
    /// Names seen in the logs; `nil`: none were read, and patterns over names are not judged.
    public var seen: SeenNames?
    /// Names of the registered formats; empty: not judged.
    public var formats: [String] = []
    /// Names of the registered detectors; empty: not judged.
    public var detectors: [String] = []
    public init(seen: SeenNames? = nil, formats: [String] = [], detectors: [String] = []) {
      self.seen = seen
      self.formats = formats
      self.detectors = detectors
    }
  }

  /// The diagnostics of the loading and of every check, in order of file and line.
  public static func run(_ loaded: LoadedEstate, inputs: Inputs = Inputs()) -> [Diagnostic] {
    var check = Checking(loaded: loaded, inputs: inputs)
    check.sources()
    check.owners()
    check.datasets()
    check.repeated()
    check.tickets()
    check.jobs()
    check.register()
    check.exceptions()
    check.patterns()
    let own = loaded.estate.file
    return (loaded.diagnostics + check.found).enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      if (a.file == own) != (b.file == own) { return a.file == own }
      return (a.file, a.line, left.offset) < (b.file, b.line, right.offset)
    }.map(\.element)
  }

  private struct Checking {
    let loaded: LoadedEstate
    let inputs: Inputs
    let lookup: EstateLookup
    var found: [Diagnostic] = []

    private var estate: DeclaredEstate { loaded.estate }

    init(loaded: LoadedEstate, inputs: Inputs) {
      self.loaded = loaded
      self.inputs = inputs
      lookup = EstateLookup(loaded.estate)
    }

    private mutating func say(
      as severity: Diagnostic.Severity = .warning,
      file: String = "",
      _ line: Int,
      _ message: String
    ) {
      let place = file.isEmpty ? estate.file : file
      found.append(Diagnostic(severity, file: place, line: line, message: message))
    }

    mutating func sources() {
      for format in estate.formats where inputs.formats.contains(format.name) {
        say(
          as: .error,
          file: format.file,
          format.line,
          "format \(Diagnostic.quoted(format.name)) has the name of a built-in one; name it otherwise"
        )
      }
      let formats = inputs.formats + estate.formats.map(\.name)
      for (index, source) in estate.sources.enumerated() {
        let line = index < loaded.sourceLines.count ? loaded.sourceLines[index] : 0
        let shown = "source \(Diagnostic.quoted(source.name))"
        if let format = source.format, !inputs.formats.isEmpty, !formats.contains(format) {
          let advice = Diagnostic.suggestion(for: format, among: formats)
          say(
            as: .error,
            line,
            "\(shown) has the unknown format \(Diagnostic.quoted(format))\(advice)"
          )
        }
        if source.fields != nil, source.paths.isEmpty {
          say(
            line,
            "\(shown) has fields and no paths, so that files whose own field names tell nothing are not taken for it; "
              + "write paths"
          )
        }
        for path in source.paths
        where FileBytes.matches(of: FileBytes.path(path, in: loaded.folder)).isEmpty {
          say(
            line,
            "\(shown): path \(Diagnostic.quoted(path)) matches no file; correct or remove it"
          )
        }
      }
    }

    mutating func owners() {
      let sized = Set(estate.datasets.filter { $0.bytesPerRecord != nil }.compactMap(\.owner))
      for owner in estate.owners {
        let shown = "owner \(Diagnostic.quoted(owner.name))"
        if owner.delivered == nil {
          say(
            owner.line,
            "\(shown) has no size, so shares of its set cannot be judged; write delivered: records"
          )
        }
        let hasBytes = owner.bytesPerRecord != nil || sized.contains(owner.name)
        if !hasBytes {
          say(
            owner.line,
            "\(shown) has no bytes-per-record, so volumes known only in bytes are judged by 200 a record; "
              + "write bytes-per-record: 150-300"
          )
        }
      }
    }

    /// Patterns, addresses and paths of two entries: which of them holds would follow from their order alone.
    mutating func repeated() {
      repeated("dataset", estate.datasets.map { ($0.name, $0.line, $0.patterns.map(\.text)) })
      repeated("terminal", estate.terminals.map { ($0.name, $0.line, $0.addresses) })
      let sources = estate.sources.enumerated().map { index, source in
        (
          source.name, index < loaded.sourceLines.count ? loaded.sourceLines[index] : 0,
          source.paths
        )
      }
      repeated("source", sources)
    }

    private mutating func repeated(
      _ kind: String,
      _ entries: [(name: String, line: Int, texts: [String])]
    ) {
      var first: [String: (name: String, line: Int)] = [:]
      for entry in entries {
        for text in entry.texts {
          guard
            let other = first.updateValue((entry.name, entry.line), forKey: Scalars.folded(text)),
            other.name != entry.name
          else { continue }
          say(
            entry.line,
            "\(kind) \(Diagnostic.quoted(entry.name)): \(Diagnostic.quoted(text)) is of "
              + "\(Diagnostic.quoted(other.name)) too (line \(other.line)); keep it in one of them"
          )
        }
      }
    }

    mutating func datasets() {
      for dataset in estate.datasets where dataset.holdsCustomerRecords {
        let shown = "dataset \(Diagnostic.quoted(dataset.name))"
        guard let name = dataset.owner else {
          say(
            as: .note,
            dataset.line,
            "\(shown) names no owner, so its records count as owner unknown; write owner: name"
          )
          continue
        }
        if lookup.owner(named: name) == nil {
          say(
            as: .error,
            dataset.line,
            "\(shown): owner \(Diagnostic.quoted(name)) is not declared; add it to owners"
          )
        }
      }
    }

    mutating func tickets() {
      let persons = Set(estate.accounts.flatMap(\.persons).map { Scalars.folded($0) })
      var unknownApprovers: Set<String> = []
      for ticket in estate.tickets {
        let shown = "ticket \(Diagnostic.quoted(ticket.id))"
        sayScope(of: ticket, shown)
        if let approver = ticket.approver, !persons.contains(Scalars.folded(approver)),
          ticket.executor.map({ Scalars.folded($0) }) != Scalars.folded(approver),
          lookup.account(named: approver) == nil, lookup.organisation(named: approver) == nil,
          lookup.owner(named: approver) == nil, unknownApprovers.insert(approver).inserted
        {
          say(
            as: .note,
            file: ticket.file,
            ticket.line,
            "\(shown): approver \(Diagnostic.quoted(approver)) is no declared account or person, so "
              + "whether it is the executor cannot be told; add it to accounts"
          )
        }
        guard let executor = ticket.executor else { continue }
        if let approver = ticket.approver, Scalars.folded(approver) == Scalars.folded(executor) {
          say(
            file: ticket.file,
            ticket.line,
            "\(shown) is approved by its executor \(Diagnostic.quoted(executor)); "
              + "have another person approve it"
          )
        }
        if !persons.contains(Scalars.folded(executor)),
          lookup.account(named: executor, at: ticket.opened) == nil
        {
          say(
            file: ticket.file,
            ticket.line,
            "\(shown): executor \(Diagnostic.quoted(executor)) is no declared account or person; "
              + "add it to accounts"
          )
        }
      }
    }

    /// What a ticket covers that names less than it might.
    private mutating func sayScope(of ticket: Ticket, _ shown: String) {
      func warn(_ message: String) { say(file: ticket.file, ticket.line, "\(shown) \(message)") }
      if ticket.blanks.contains(.parties) {
        return warn(
          "names neither requester nor approver, so it covers nothing; enter who asked and who "
            + "approved"
        )
      }
      if ticket.blanks.contains(.approver) {
        return warn(
          "names no approver, though its register does, so it covers nothing; enter who approved"
        )
      }
      if ticket.blanks.contains(.executor) {
        warn(
          "names no executor, though its register does, so it covers nobody who can reach the "
            + "database; enter the executor"
        )
      }
      if ticket.owner == nil, ticket.coversEveryOwner {
        warn("covers the records of every owner; name the owners if it is about some of them")
      } else if ticket.owner == nil, ticket.mostRecords != 0 {
        warn(
          "names no owner and \(ticket.executor == nil ? "no executor" : "no end"), so it covers "
            + "only reads that state its number; write owner"
        )
      }
      if ticket.mostRecords == nil {
        warn("states no limit, so it explains any number of records; write most-records")
      }
    }

    /// Jobs that cover any amount, or cover all day long: whoever rides along is covered, too.
    private mutating func sayBounds(of job: ScheduledJob) {
      guard job.account != nil else {
        let rest = job.terminal == nil ? "" : " but what its terminal sends"
        return say(
          job.line,
          "job \(Diagnostic.quoted(job.name)) names no account, so it covers nothing\(rest); write "
            + "account:"
        )
      }
      if let minutes = job.windowMinutes, minutes > ScheduledJob.longestWindow {
        say(
          job.line,
          "job \(Diagnostic.quoted(job.name)) has a window of \((minutes + 30) / 60) hours: it bounds nothing, and "
            + "covers no account of a person; write when the job runs"
        )
      }
      let missing = [
        job.startMinute == nil ? "window" : nil, job.mostRecords == nil ? "most-records" : nil,
      ].compactMap { $0 }
      guard !missing.isEmpty else { return }
      say(
        job.line,
        "job \(Diagnostic.quoted(job.name)) has no \(missing.joined(separator: " and no ")), so it "
          + "covers whoever reads along under its account; write "
          + missing.joined(separator: " and ")
      )
    }

    mutating func jobs() {
      for job in estate.jobs {
        sayBounds(of: job)
        guard let account = job.account, !Self.overlaps(account, estate.accounts) else { continue }
        say(
          job.line,
          "job \(Diagnostic.quoted(job.name)): account \(Diagnostic.quoted(account.text)) matches no "
            + "declared account; add it to accounts"
        )
      }
    }

    /// Whether some declared pattern and this one can match the same name.
    private static func overlaps(_ pattern: Pattern, _ accounts: [Account]) -> Bool {
      accounts.contains { account in
        account.patterns.contains { $0.overlaps(pattern) }
      }
    }

    /// Exceptions that begin later than they say, and those that cover nothing, because they name a detector
    /// that there is not.
    mutating func exceptions() {
      for exception in estate.exceptions {
        guard let from = exception.from, from < exception.start else { continue }
        let days = AlertException.longest / Timestamp.nanosecondsPerDay
        say(
          as: .warning,
          exception.line,
          "exception \(Diagnostic.quoted(exception.name)) covers nothing before \(exception.start): an "
            + "exception lasts \(days) days at most; write from: that day, or an exception for each time"
        )
      }
      guard !inputs.detectors.isEmpty else { return }
      for exception in estate.exceptions {
        for name in exception.detectors where !inputs.detectors.contains(name) {
          say(
            as: .error,
            exception.line,
            "exception \(Diagnostic.quoted(exception.name)) names the unknown detector "
              + Diagnostic.quoted(name) + Diagnostic.suggestion(for: name, among: inputs.detectors)
          )
        }
      }
    }

    /// Organisations that handle data without an entry in the register of delegations.
    mutating func register() {
      guard estate.declaresDelegations else {
        if !estate.organisations.isEmpty {
          say(
            as: .note,
            0,
            "no register of delegations, so organisations are not compared with it; "
              + "write delegations:"
          )
        }
        return
      }
      let entered = Set(estate.delegations.map { Scalars.folded($0.organisation) })
      for organisation in estate.organisations
      where organisation.kind != .owner && lookup.owner(named: organisation.name) == nil
        && !entered.contains(Scalars.folded(organisation.name))
      {
        say(
          organisation.line,
          "organisation \(Diagnostic.quoted(organisation.name)) has no entry in the register of "
            + "delegations; add one for each owner it handles"
        )
      }
    }

    mutating func patterns() {
      guard let seen = inputs.seen else { return }
      for account in estate.accounts {
        sayUnmatched(account.patterns, "account", account.line, seen.accounts)
      }
      for dataset in estate.datasets {
        sayUnmatched(dataset.patterns, "dataset", dataset.line, seen.objects)
      }
      let seenTerminals = Set(seen.terminals.compactMap { lookup.terminal(named: $0) })
      for (index, terminal) in estate.terminals.enumerated() where !seenTerminals.contains(index) {
        say(
          terminal.line,
          "terminal \(Diagnostic.quoted(terminal.name)) matches nothing in the logs; "
            + "correct or remove it"
        )
      }
    }

    private mutating func sayUnmatched(
      _ patterns: [Pattern],
      _ what: String,
      _ line: Int,
      _ names: [String]
    ) {
      for pattern in patterns where !names.contains(where: { pattern.matches($0) }) {
        say(
          line,
          "\(what) pattern \(Diagnostic.quoted(pattern.text)) matches nothing in the logs; "
            + "correct or remove it"
        )
      }
    }
  }
}
