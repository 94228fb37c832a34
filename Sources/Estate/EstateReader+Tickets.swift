internal import EventModel

/// Ticket registers: CSV and JSON Lines files with a field map. A bad line is said and left out.
extension EstateReader {
  private static let largestRegister = 256 << 20
  private static let mostWarningsPerRegister = 20

  enum TicketField: String, CaseIterable {
    case id, owner, executor, opened, closed, approver, approved
    case requestedBy = "requested-by"
    case mostRecords = "most-records"

    /// Headers that other systems write, `-` and blanks as `_`.
    var usual: [String] {
      switch self {
      case .id: ["id", "ticket", "ticket_id", "number", "ticket_no", "case_id"]
      case .requestedBy: ["requested_by", "requester", "requester_org", "requested_by_org"]
      case .executor: ["executor", "assignee", "account", "assigned_to"]
      case .owner: ["owner", "client", "customer", "data_owner"]
      case .mostRecords:
        ["most_records", "max_records", "scope_rows", "rows", "limit", "max_rows"]
      case .opened: ["opened", "opened_at", "created", "start", "created_at", "start_at"]
      case .closed: ["closed", "closed_at", "end", "due", "end_at"]
      case .approver: ["approver", "approved_by"]
      case .approved: ["approved", "approved_at", "approval_time"]
      }
    }
  }

  private struct Register {
    var path = ""
    var line: Int
    var isJSON = false
    var delimiter: UInt8 = 0x2C
    var zone: TimeZoneRule
    var map: [TicketField: String] = [:]
    var warnings = 0
    /// Fields that it has a column or key for, and those that some ticket fills.
    var present: Set<TicketField> = []
    var filled: Set<TicketField> = []
    /// The tickets read from it begin here.
    var first = 0

    /// Whether a ticket that leaves a field blank lacks something: the operator mapped it, or others
    /// fill it.
    func asks(_ field: TicketField) -> Bool {
      present.contains(field) && (map[field] != nil || filled.contains(field))
    }
  }

  mutating func readTicketSource(_ node: YAMLNode) {
    let keys = ["file", "format", "fields", "time-zone", "delimiter"]
    var entry = Fields(what: "a ticket register", line: line(node), faults: faults)
    if node.scalar != nil {
      entry.entries["file"] = Fields.Entry(line: entry.line, node: node)
    } else if let found = fields(of: node, what: "a ticket register", keys: keys) {
      entry = found
    }
    var register = Register(line: entry.line, zone: zone)
    let format = word(entry, "format", among: ["csv", "jsonl", "auto"])
    if let name = zoneName(entry, "time-zone") { register.zone = TimeZoneRule(name: name) ?? zone }
    register.delimiter = delimiter(entry) ?? register.delimiter
    if let node = entry["fields"]?.node, !isNull(node),
      let map = fields(of: node, what: "fields", keys: TicketField.allCases.map(\.rawValue))
    {
      for (key, value) in map.inOrder {
        guard let field = TicketField(rawValue: key) else { continue }
        register.map[field] = text(value.node, key, .identifier)
      }
    }
    let files = texts(entry, "file")
    if files.isEmpty, entry["file"].map({ list($0.node).isEmpty }) ?? false {
      error(entry.line, "a ticket register has no file; write file: tickets.csv")
    }
    for file in files {
      let pattern = FileBytes.path(file, in: folder)
      let isGlob = file.utf8.contains { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B }
      let paths = isGlob ? FileBytes.matches(of: pattern) : [pattern]
      if paths.isEmpty {
        warn(entry.line, "ticket files \(Diagnostic.quoted(pattern)): none found; correct the path")
      }
      for path in paths {
        register.path = path
        register.first = estate.tickets.count
        estate.registerFiles.append(path)
        let isJSONName = [".jsonl", ".ndjson", ".json"].contains { path.hasSuffix($0) }
        register.isJSON = format == "jsonl" || (format != "csv" && isJSONName)
        readRegister(register)
      }
    }
  }

  private mutating func readRegister(_ register: Register) {
    do {
      let raw = try FileBytes.read(register.path, most: Self.largestRegister)
      guard let bytes = RegisterText.utf8(raw, declared: declaredNames) else {
        self.error(
          register.line,
          "ticket file \(Diagnostic.quoted(register.path)) is neither UTF-8 nor CP932 nor EUC-JP;"
            + " save it as UTF-8"
        )
        return
      }
      if register.isJSON { readJSON(bytes, register) } else { readCSV(bytes, register) }
    } catch {
      self.error(
        register.line,
        "ticket file \(Diagnostic.quoted(register.path)) \(error.reason)"
      )
    }
  }

  /// Names that a register may hold.
  private var declaredNames: Set<String> {
    Set(
      estate.owners.flatMap { [$0.name] + $0.aliases } + estate.organisations.map(\.name)
        + estate.persons.map(\.name) + estate.accounts.flatMap(\.persons)
    )
  }

  private mutating func readCSV(_ bytes: [UInt8], _ register: Register) {
    var register = register
    var records = CSVRecords(bytes, delimiter: register.delimiter)
    guard let header = records.next() else { return }
    let names = header.fields.map { Self.normalised($0) }
    var columns: [TicketField: Int] = [:]
    for field in TicketField.allCases {
      if let wanted = register.map[field] {
        columns[field] =
          header.fields.firstIndex(of: wanted)
          ?? names.firstIndex(of: Self.normalised(wanted))
        if columns[field] == nil {
          say(
            .warning,
            register.path,
            header.line,
            "no column \(Diagnostic.quoted(wanted)) for \(field.rawValue); correct fields"
          )
        }
      } else {
        columns[field] = field.usual.lazy.compactMap { names.firstIndex(of: $0) }.first
      }
    }
    guard columns[.id] != nil, columns[.opened] != nil else {
      say(
        .warning,
        register.path,
        header.line,
        "no column for id and opened among \(Diagnostic.quoted(header.fields.joined(separator: ",")))"
          + "; name them under fields: in \(file)"
      )
      return
    }
    while let record = records.next() {
      if record.fields == [""] { continue }
      if record.isTorn {
        complain(&register, record.line, "quotes are not closed; the line is left out")
        continue
      }
      if record.fields.count != header.fields.count {
        complain(
          &register,
          record.line,
          "has \(record.fields.count) columns, the header \(header.fields.count); left out"
        )
        continue
      }
      addTicket(&register, record.line) { field in columns[field].map { record.fields[$0] } }
    }
    closeWarnings(register)
  }

  private mutating func readJSON(_ bytes: [UInt8], _ register: Register) {
    var register = register
    var number = 0
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    for line in bytes[start...].split(separator: 0x0A, omittingEmptySubsequences: false) {
      number += 1
      guard line.contains(where: { $0 > 0x20 }) else { continue }
      guard line.count <= 1 << 20, let members = JSONMembers.read(Array(line)) else {
        complain(&register, number, "is no JSON object; the line is left out")
        continue
      }
      var names: [String: String] = [:]
      for key in members.keys.sorted() { names[Self.normalised(key)] = key }
      let map = register.map
      addTicket(&register, number) { field in
        if let wanted = map[field] { return members[wanted] }
        return field.usual.lazy.compactMap { names[$0] }.first.flatMap { members[$0] }
      }
    }
    closeWarnings(register)
  }

  private static func normalised(_ header: String) -> String {
    let trimmed = Scalars.trimmed(header)
    return Scalars.folded(String(trimmed.map { $0 == "-" || $0 == " " ? "_" : $0 }))
  }

  private mutating func complain(_ register: inout Register, _ line: Int, _ message: String) {
    register.warnings += 1
    guard register.warnings <= Self.mostWarningsPerRegister else { return }
    say(.warning, register.path, line, message)
  }

  private mutating func closeWarnings(_ register: Register) {
    markBlanks(register)
    let rest = register.warnings - Self.mostWarningsPerRegister
    guard rest > 0 else { return }
    say(.warning, register.path, 0, "\(rest) more lines with such faults; correct the ones listed")
  }

  /// Notes what each ticket leaves blank of what its register asks.
  private mutating func markBlanks(_ register: Register) {
    let hasParties = register.present.contains(.requestedBy) || register.present.contains(.approver)
    for index in estate.tickets.indices.dropFirst(register.first) {
      let ticket = estate.tickets[index]
      if hasParties, ticket.requestedBy == nil, ticket.approver == nil {
        estate.tickets[index].blanks.insert(.parties)
      }
      if ticket.approver == nil, register.asks(.approver) {
        estate.tickets[index].blanks.insert(.approver)
      }
      if ticket.executor == nil, register.asks(.executor) {
        estate.tickets[index].blanks.insert(.executor)
      }
    }
  }

  private mutating func addTicket(
    _ register: inout Register,
    _ line: Int,
    _ raw: (TicketField) -> String?
  ) {
    func value(_ field: TicketField) -> String? {
      guard let text = raw(field) else { return nil }
      let trimmed = Scalars.trimmed(text)
      return trimmed.isEmpty ? nil : trimmed
    }
    guard let id = value(.id) else {
      complain(&register, line, "has no id; the line is left out")
      return
    }
    let shown = "ticket \(Diagnostic.quoted(id))"
    guard let start = value(.opened),
      let opened = Scalars.time(start, zone: register.zone, end: false)
    else {
      let written = value(.opened).map { "opened is \(Diagnostic.quoted($0))" } ?? "no opened"
      complain(&register, line, "\(shown): \(written); write a date; the line is left out")
      return
    }
    let key = "ticket\u{0}" + Scalars.folded(id)
    guard taken[key] == nil else {
      complain(&register, line, "\(shown) was there before; the line is left out")
      return
    }
    var ticket = Ticket(id: id, opened: opened)
    ticket.requestedBy = value(.requestedBy)
    ticket.executor = value(.executor)
    ticket.owner = value(.owner)
    ticket.approver = value(.approver)
    for field in [TicketField.requestedBy, .approver, .executor] where raw(field) != nil {
      register.present.insert(field)
      if value(field) != nil { register.filled.insert(field) }
    }
    ticket.file = register.path
    ticket.line = line
    if let text = value(.mostRecords) {
      ticket.mostRecords = Scalars.writtenCount(text)
      if ticket.mostRecords == nil {
        // A number nobody can read must not allow any number; a word for all of them is a person's decision.
        let isAll = Self.wordsForAll.contains(Scalars.folded(text))
        if !isAll { ticket.mostRecords = 0 }
        complain(
          &register,
          line,
          "\(shown): most records is \(Diagnostic.quoted(text)), taken as \(isAll ? "not stated" : "0"); write a number"
        )
      }
    }
    for (field, end) in [(TicketField.closed, true), (.approved, false)] {
      guard let text = value(field) else { continue }
      guard let time = Scalars.time(text, zone: register.zone, end: end) else {
        // An end nobody can read must not leave the ticket open for ever.
        complain(
          &register,
          line,
          "\(shown): \(field.rawValue) is \(Diagnostic.quoted(text)); write a date; "
            + "the line is left out"
        )
        return
      }
      if field == .closed { ticket.closed = time } else { ticket.approved = time }
    }
    if let closed = ticket.closed, closed < opened {
      complain(&register, line, "\(shown) closes before it opens; the line is left out")
      return
    }
    taken[key] = line
    estate.tickets.append(ticket)
  }

  /// Words by which a register says that there is no limit, or states none.
  private static let wordsForAll: Set<String> = [
    "all", "any", "unlimited", "no limit", "n/a", "-", "–", "—", "全件", "全て", "すべて", "無制限", "制限なし",
    "上限なし",
  ]
}
