internal import EventModel
public import Storage

/// A table of the store as it goes out: CSV by RFC 4180, or JSON Lines.
public struct StateTable: Sendable {
  public enum Cell: Sendable, Hashable {
    case number(Int64)
    case text(String)
    /// A line of JSON.
    case json(String)
    case none
  }

  public static let names = [
    "accesses", "anchors", "coverage", "decisions", "history", "incidents", "late", "ledger",
    "logs", "marks", "nights", "notices", "rules", "seals",
  ]

  public let columns: [String]
  public private(set) var rows: [[Cell]] = []

  public init(named name: String, of store: Store) throws(StoreError) {
    func time(_ nanoseconds: Int64?) -> Cell {
      nanoseconds.map { .text("\(Timestamp(nanoseconds: $0))") } ?? .none
    }
    func seconds(_ value: Int64?) -> Cell {
      value.map { .text("\(Timestamp(seconds: $0))") } ?? .none
    }
    func day(_ number: Int) -> Cell { .text(CivilCalendar.text(ofDay: number)) }
    switch name {
    case "coverage":
      columns = ["source", "day", "lines", "bytes", "events", "unknown_volume", "first", "last"]
      let days = try store.coverageDays()
      for source in days.keys.sorted() {
        for item in days[source] ?? [] {
          rows.append([
            .text(source), day(item.day), .number(item.lines), .number(item.bytes),
            .number(item.events), .number(item.unknownVolume), time(item.first.nanoseconds),
            time(item.last.nanoseconds),
          ])
        }
      }
    case "history":
      columns = ["incident", "night", "severity", "records_low", "records_high"]
      rows = try store.history().map {
        [
          .text($0.incident), .number(Int64($0.night)), .text($0.severity.name), .number($0.low),
          Self.upper($0.high),
        ]
      }
    case "incidents":
      columns = [
        "id", "severity", "actor", "records_low", "records_high", "first_night", "changed_night",
        "withdrawn_night", "incident",
      ]
      rows = try store.incidents().map {
        [
          .text($0.id), .text($0.severity.name), .text($0.actor), .number($0.low),
          Self.upper($0.high), .number(Int64($0.firstNight)), .number(Int64($0.changedNight)),
          $0.isWithdrawn ? .number(Int64($0.changedNight)) : Cell.none, .json($0.body),
        ]
      }
    case "late":
      columns = ["source", "day", "events"]
      rows = try store.late().map { [.text($0.source), day($0.day), .number($0.events)] }
    case "ledger":
      columns = Self.ledgerColumns
      var found: [[Cell]] = []
      try store.ledger(Self.allDays) { found += Self.rows(of: $1, on: $0) }
      rows = found
    case "logs":
      columns = ["log", "source", "path", "bytes", "first_night", "last_night", "missing_since"]
      rows = try store.streams().map {
        [
          .number(Int64($0.id)), .text($0.source), .text($0.path), .number($0.consumed),
          .number(Int64($0.firstNight)), .number(Int64($0.lastNight)),
          $0.missingSince.map { .number(Int64($0)) } ?? .none,
        ]
      }
    case "marks":
      columns = ["source", "newest", "mark", "idle"]
      rows = try SourceMarks.shown(of: store).map {
        [.text($0.source), time($0.newest), time($0.mark), .number($0.isIdle ? 1 : 0)]
      }
    case "notices":
      columns = ["night", "kind", "english", "japanese"]
      rows = try store.notices(untold: false).map {
        [
          .number(Int64($0.night)), .text($0.notice.kind.rawValue), .text($0.notice.english),
          .text($0.notice.japanese),
        ]
      }
    case "seals":
      columns = ["log", "start", "length", "night", "sha256"]
      let taken = try store.takenPieces()
      for stream in try store.streams() {
        // Of what a watch took since the last night there is no night yet.
        let piece = taken[stream.id].map { [$0.seal] } ?? []
        rows += (try store.seals(of: stream.id) + piece).map {
          [
            .number(Int64($0.stream)), .number($0.start), .number($0.length),
            $0.night == 0 ? .none : .number(Int64($0.night)), .text(ChainLink.hex($0.digest)),
          ]
        }
      }
    case "accesses", "anchors", "decisions", "rules":
      (columns, rows) = try Self.chain(named: name, of: store)
    default:
      columns = [
        "night", "started", "finished", "status", "newest", "settled", "files", "bytes", "lines",
        "events", "late",
      ]
      rows = try store.nights().map {
        [
          .number(Int64($0.id)), seconds($0.started), seconds($0.finished),
          $0.status.map { .number(Int64($0)) } ?? .none, time($0.newest), time($0.settled),
          .number(Int64($0.files)), .number($0.bytes), .number($0.lines), .number($0.events),
          .number($0.late),
        ]
      }
    }
  }

  /// Gives the table in parts that belong together, first to last; the ledger, which is large, a day at a time.
  ///
  /// `take` is called once at least.
  public static func each(
    named name: String,
    of store: Store,
    _ take: (StateTable) -> Void
  ) throws(StoreError) {
    guard name == "ledger" else { return take(try StateTable(named: name, of: store)) }
    take(StateTable(columns: ledgerColumns, rows: []))
    try store.ledger(allDays) { day, lines in
      take(StateTable(columns: ledgerColumns, rows: rows(of: lines, on: day)))
    }
  }

  private init(columns: [String], rows: [[Cell]]) {
    (self.columns, self.rows) = (columns, rows)
  }

  private static let allDays = Int(Int32.min)...Int(Int32.max)

  private static let ledgerColumns = [
    "day", "account", "owner", "dataset", "operation", "operations", "records_low",
    "records_high", "bytes", "unexplained",
  ]

  /// A day of the ledger.
  ///
  /// Ids of names tell in which order they were met, which differs with the nights.
  private static func rows(of lines: [StoredLedgerLine], on day: Int) -> [[Cell]] {
    lines.sorted(by: precedes).map { line in
      [
        .text(CivilCalendar.text(ofDay: day)),
        .text(String(decoding: line.account, as: UTF8.self)),
        .text(String(decoding: line.owner, as: UTF8.self)),
        .text(String(decoding: line.dataset, as: UTF8.self)), .text(line.operation.name),
        .number(line.operations), .number(line.low), upper(line.high), .number(line.bytes),
        .number(line.unexplained),
      ]
    }
  }

  private static func upper(_ number: Int64) -> Cell {
    number == Volume.unbounded ? .none : .number(number)
  }

  private static func precedes(_ left: StoredLedgerLine, _ right: StoredLedgerLine) -> Bool {
    for (one, other) in [
      (left.account, right.account), (left.owner, right.owner), (left.dataset, right.dataset),
    ] where one != other {
      return one.lexicographicallyPrecedes(other)
    }
    return left.operation.rawValue < right.operation.rawValue
  }

  // MARK: Text

  public var csvHeader: String { columns.joined(separator: ",") + "\r\n" }

  public func csv(_ row: [Cell]) -> String {
    row.map { cell in
      switch cell {
      case .number(let number): String(number)
      case .none: ""
      case .text(let text), .json(let text): Self.quoted(text)
      }
    }.joined(separator: ",") + "\r\n"
  }

  /// A cell that a spreadsheet would take for a formula gets a quote before it.
  private static func quoted(_ text: String) -> String {
    let isFormula =
      text.utf8.first.map { [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D].contains($0) } ?? false
    let safe = isFormula ? "'" + text : text
    guard isFormula || safe.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else {
      return safe
    }
    var result = "\""
    for character in safe.unicodeScalars {
      if character == "\"" { result += "\"" }
      result.unicodeScalars.append(character)
    }
    return result + "\""
  }

  public func json(_ row: [Cell]) -> String {
    let fields = zip(columns, row).map { name, cell in
      let value =
        switch cell {
        case .number(let number): String(number)
        case .none: "null"
        case .json(let text): text
        case .text(let text): Self.string(text)
        }
      return "\"\(name)\":\(value)"
    }
    return "{" + fields.joined(separator: ",") + "}\n"
  }

  private static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5C: result += "\\" + String(scalar)
      case 0..<0x20, 0x7F...0x9F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// What a person sees of the store at one glance.
public enum StateText {
  public static func lines(_ store: Store) throws(StoreError) -> [String] {
    var lines: [String] = []
    let nights = try store.nights()
    let size = try store.size()
    lines.append("store      \(store.path), \(size) bytes")
    if let last = nights.last(where: { $0.finished != nil }) {
      lines.append(
        "nights     \(nights.count), the last \(last.id) of \(Timestamp(seconds: last.started))"
      )
      if let settled = last.settled {
        lines.append("settled    up to \(Timestamp(nanoseconds: settled))")
      }
      for mark in try SourceMarks.shown(of: store) {
        lines.append(
          "mark       \(mark.source) up to \(Timestamp(nanoseconds: mark.mark))"
            + (mark.isIdle ? ", idle: nothing waits for it" : "")
        )
      }
    } else {
      lines.append("nights     none has come to its end")
    }
    let streams = try store.streams()
    let gone = streams.count { $0.missingSince != nil }
    let bytes = streams.reduce(0) { $0 + $1.consumed }
    lines.append("logs       \(streams.count), \(gone) of them gone, \(bytes) bytes read")
    lines.append(
      try store.countsUnderOwnKey()
        ? "subjects   hashed under a key of the estate's own"
        : "subjects   hashed under the key built in, which everybody has: declare privacy key-file"
    )
    if let days = try store.ledgerDays() {
      lines.append(
        "ledger     \(CivilCalendar.text(ofDay: days.lowerBound)) to "
          + CivilCalendar.text(ofDay: days.upperBound)
      )
    }
    for table in try store.tables() where table.rows > 0 {
      lines.append("table      \(table.table): \(table.rows) rows")
    }
    for incident in try store.incidents().sorted(by: { $1.severity < $0.severity }) {
      if incident.isWithdrawn {
        lines.append(
          "incident   \(incident.id) \(incident.actor), withdrawn on night \(incident.changedNight)"
        )
        continue
      }
      let records = Volume(
        low: incident.low,
        high: incident.high,
        quality: incident.low == incident.high ? .exact : .estimated
      )
      let nights = NumberText.range(
        "\(incident.firstNight)",
        "\(incident.changedNight)",
        .english
      )
      lines.append(
        "incident   \(incident.id) \(incident.severity.name) \(incident.actor),"
          + " records \(NumberText.interval(records, .english)), nights \(nights)"
      )
    }
    lines += try Self.rules(store)
    for anchor in try Anchor.all(in: store) {
      let token = anchor.token == nil ? "no token" : "time-stamp token"
      lines.append("anchor     \(ChainLink.hex(anchor.head)), \(anchor.time), \(token)")
    }
    for decision in try Decision.all(in: store) {
      lines.append(
        "decision   \(decision.id) \(decision.kind.rawValue), by \(decision.by), \(decision.time)"
          + " (\(decision.author)): \(decision.reason)"
      )
    }
    return lines
  }
}
