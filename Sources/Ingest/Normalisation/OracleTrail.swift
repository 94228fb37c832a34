internal import EventModel
internal import Synchronization

/// One record of Oracle's audit as text: of the classic trail, `NAME:[n] 'value'`, or of the unified one as it
/// goes to syslog, `NAME:"value"`.
///
/// The `n` is the length of the value, and wrong where another encoding or a forwarder came between: a value ends at the
/// quote that it points to if the next name or the end follows there, else at the first quote that these follow. So
/// neither a wrong length nor a quote in a statement moves a field.
///
/// Sources: Oracle Database Security Guide, "Administering the Audit Trail" (OS and syslog audit records; "Writing the
/// Unified Audit Trail Records to SYSLOG"); Oracle Database Reference, AUDIT_ACTIONS.
struct OracleTrail {
  enum Field: Int, CaseIterable {
    case action, actionNumber, user, osUser, terminal, host, address, status, schema, object
    case session, statement, sessionActions, text
  }

  /// Empty: not stated.
  private var values = InlineArray<14, RecordBytes>(repeating: RecordBytes(start: nil, count: 0))
  /// The source cut the record within a value.
  private(set) var isTruncated = false

  init() {}

  subscript(field: Field) -> RecordBytes? {
    get { values[field.rawValue].isEmpty ? nil : values[field.rawValue] }
    set { values[field.rawValue] = newValue ?? RecordBytes(start: nil, count: 0) }
  }

  private func number(_ field: Field) -> Int64? { self[field].flatMap { $0.decimal(0..<$0.count) } }

  // MARK: Text

  private static let names: [(StaticString, Field?)] = [
    ("ACTION NUMBER", .actionNumber), ("ACTION", .action), ("DATABASE USER", .user),
    ("USERID", .user), ("DBUSER", .user), ("CLIENT USER", .osUser), ("OS$USERID", .osUser),
    ("CLIENT TERMINAL", .terminal), ("TERMINAL", .terminal), ("USERHOST", .host),
    ("CLIENT ADDRESS", .address), ("STATUS", .status), ("RETURNCODE", .status),
    ("RETCODE", .status), ("OBJ$CREATOR", .schema), ("SCHEMA", .schema), ("OBJ$NAME", .object),
    ("OBJNAME", .object), ("SESSIONID", .session), ("SESID", .session), ("STATEMENT", .statement),
    ("STMTID", .statement), ("SES$ACTIONS", .sessionActions), ("SQLTEXT", .text),
    ("SQL$TEXT", .text), ("LENGTH", nil), ("ENTRYID", nil), ("DBID", nil), ("TYPE", nil),
    ("CLIENTID", nil), ("CLIENT ID", nil), ("CURUSER", nil), ("PDB_GUID", nil), ("PRIVILEGE", nil),
    ("PRIV$USED", nil), ("SES$TID", nil), ("COMMENT$TEXT", nil), ("LOGOFF$LREAD", nil),
    ("LOGOFF$PREAD", nil), ("LOGOFF$LWRITE", nil), ("LOGOFF$DEAD", nil), ("LOGOFF$TIME", nil),
    ("SESSIONCPU", nil), ("OBJ$PRIVILEGES", nil), ("SYS$PRIVILEGES", nil), ("AUTH$PRIVILEGES", nil),
    ("AUTH$GRANTEE", nil), ("NEW$OWNER", nil), ("NEW$NAME", nil), ("OBJ$EDITION", nil),
    ("INSTANCE#", nil), ("PROCESS#", nil), ("SCN", nil),
  ]

  /// The names by their first letter.
  private static let initials: [[(StaticString, Field?)]] = (0..<26).map { letter in
    names.filter { $0.0.utf8Start.pointee == 0x41 + UInt8(letter) }
  }

  /// Where `LENGTH :` stands at the start of a message, behind what a forwarder left before it; `nil`: no record.
  static func start(_ record: RecordBytes, _ message: Range<Int>) -> Int? {
    guard let first = message.first, opens(record[first]),
      let place = HostAudit.find(
        "LENGTH",
        record,
        first..<min(message.upperBound, first + 80)
      )
    else { return nil }
    var after = place + 6
    if after < message.upperBound, record[after] == 0x20 { after += 1 }
    guard after < message.upperBound, record[after] == 0x3A else { return nil }
    return place
  }

  /// `L`, or the first byte of what forwarders leave: `Oracle`, `Audit`, `Unified`, `[`.
  @inline(__always)
  private static func opens(_ byte: UInt8) -> Bool {
    byte == 0x4C || byte == 0x4F || byte == 0x41 || byte == 0x55 || byte == 0x5B
  }

  /// Reads the fields of a record from `LENGTH` on.
  mutating func read(_ record: RecordBytes, _ range: Range<Int>) throws(DecodeError) {
    var place = range.lowerBound
    let end = range.upperBound
    var count = 0
    while true {
      while place < end, record[place] <= 0x20 { place += 1 }
      guard place < end else { break }
      guard let name = Self.name(record, at: place, end) else {
        // Behind the last field a forwarder may have added something of its own.
        if count > 2 { return }
        throw DecodeError(.unexpectedByte, at: place)
      }
      place = name.end
      var mark = -1
      if place < end, record[place] == 0x5B {
        let close = record.firstIndex(of: 0x5D, in: place..<min(end, place + 12)) ?? place
        mark = Int(record.decimal(place + 1..<max(place + 1, close)) ?? -1)
        place = max(place + 1, close + 1)
      }
      while place < end, record[place] == 0x20 { place += 1 }
      guard place < end else { throw DecodeError(.unexpectedEnd, at: place) }
      let quote = record[place]
      guard quote == 0x27 || quote == 0x22 else { throw DecodeError(.unexpectedByte, at: place) }
      let start = place + 1
      let stop = Self.valueEnd(record, start, end, quote: quote, mark: mark)
      if let field = name.field { self[field] = record.slice(start..<(stop ?? end)) }
      count += 1
      guard let stop else {
        isTruncated = true
        break
      }
      place = stop + 1
    }
    // What a statement did is told also where nothing behind it was left.
    guard count > 2 || isTruncated && self[.action] != nil else {
      throw DecodeError(.missingField, at: range.lowerBound)
    }
  }

  private static func valueEnd(
    _ record: RecordBytes,
    _ start: Int,
    _ end: Int,
    quote: UInt8,
    mark: Int
  ) -> Int? {
    if mark >= 0, mark < end - start, record[start + mark] == quote,
      isBoundary(record, start + mark + 1, end)
    {
      return start + mark
    }
    var place = start
    while let found = record.firstIndex(of: quote, in: place..<end) {
      if isBoundary(record, found + 1, end) { return found }
      place = found + 1
    }
    return nil
  }

  /// Whether nothing or the next name follows.
  private static func isBoundary(_ record: RecordBytes, _ start: Int, _ end: Int) -> Bool {
    var place = start
    while place < end, record[place] <= 0x20 { place += 1 }
    if place >= end { return true }
    return place > start && name(record, at: place, end) != nil
  }

  /// A known name and where its value begins.
  private static func name(
    _ record: RecordBytes,
    at place: Int,
    _ end: Int
  ) -> (field: Field?, end: Int)? {
    guard place < end, record[place] &- 0x41 < 26 else { return nil }
    for (name, field) in initials[Int(record[place] &- 0x41)]
    where record.hasPrefix(name, at: place) {
      var after = place + name.utf8CodeUnitCount
      if after < end, record[after] == 0x20 { after += 1 }
      if after < end, record[after] == 0x3A { return (field, after + 1) }
    }
    return nil
  }

  // MARK: Row

  /// The row of the record.
  ///
  /// `host`: of whose log it is.
  func row(
    time: Int64,
    host: RecordBytes,
    _ work: HostWork,
    _ names: inout NameTable
  ) -> EventRow {
    var row = EventRow(time: time)
    row.account = names.internOften(account)
    row.terminal = names.internOften(terminal ?? host)
    let status = number(.status)
    row.outcome = status.map { $0 == 0 ? .success : .failure } ?? .unknown
    act(&row, work, &names)
    if isTruncated { row.flags.insert(.truncated) }
    if let status { Self.finish(status: status, &row) }
    let counts = row.operation == .read || row.operation == .write || row.operation == .export
    if counts, let session = number(.session), let statement = number(.statement), session > 0 {
      row.statement = Self.key(session: session, statement: statement)
    }
    return row
  }

  /// What was done, with what.
  private func act(_ row: inout EventRow, _ work: HostWork, _ names: inout NameTable) {
    let action = self[.action]
    let stated = action.flatMap { $0.decimal(0..<$0.count) }
    let code = stated ?? number(.actionNumber)
    let sql = stated == nil ? action ?? self[.text] : self[.text]
    if let sql, sql.equals("CONNECT", in: 0..<sql.count) {
      row.operation = .logon
    } else if let sql, sql.equals("DISCONNECT", in: 0..<sql.count) {
      row.operation = .logoff
    } else {
      if let sql { Self.apply(sql, schema: self[.schema], to: &row, work, &names) }
      if let code, sql == nil || row.operation == .other { apply(code, to: &row, &names) }
    }
    if let object = self[.object], row.operation != .audit, row.operation != .logon {
      var name: [UInt8] = []
      if let schema = self[.schema] {
        name.append(contentsOf: schema)
        name.append(0x2E)
      }
      name.append(contentsOf: object)
      name.withUnsafeBufferPointer { row.object = names.internOften($0) }
    }
    if let action, stated == nil { audit(action, &row, &names) }
  }

  private static func apply(
    _ sql: RecordBytes,
    schema: RecordBytes?,
    to row: inout EventRow,
    _ work: HostWork,
    _ names: inout NameTable
  ) {
    let memory = work.oracle(&names)
    // The bytes outlive the call; a pointer may not be handed into the lock.
    let (text, length) = (Int(bitPattern: sql.baseAddress), sql.count)
    let (scope, width) = (Int(bitPattern: schema?.baseAddress), schema?.count ?? 0)
    memory.statements.withLock { statements in
      statements.apply(
        RecordBytes(start: UnsafePointer(bitPattern: text), count: length),
        schema: RecordBytes(start: UnsafePointer(bitPattern: scope), count: width),
        to: &row,
        &names
      )
    }
  }

  /// `NOAUDIT …` and `DROP AUDIT POLICY …` of whoever may do everything.
  private func audit(_ sql: RecordBytes, _ row: inout EventRow, _ names: inout NameTable) {
    let head = sql.prefix(40).map { $0 >= 0x61 && $0 <= 0x7A ? $0 - 0x20 : $0 }
    let text = String(decoding: head, as: UTF8.self)
    var effect = HostCommand.Effect.configured
    if text.hasPrefix("NOAUDIT ") || text.hasPrefix("DROP AUDIT POLICY ") {
      effect = HostCommand.Effect.stopped
    } else if text.hasPrefix("AUDIT ") || text.hasPrefix("CREATE AUDIT POLICY ") {
      effect = HostCommand.Effect.started
    } else if !text.hasPrefix("ALTER AUDIT POLICY ") {
      return
    }
    (row.operation, row.object) = (.audit, names.internOften(RecordBytes(effect)))
  }

  /// By the number of AUDIT_ACTIONS.
  private func apply(_ code: Int64, to row: inout EventRow, _ names: inout NameTable) {
    var effect: StaticString?
    switch code {
    case 3: row.operation = .read
    case 2, 6, 7, 85, 189: row.operation = .write
    case 100: row.operation = .logon
    case 101, 102: row.operation = .logoff
    case 17, 18, 43, 51, 53, 55, 108, 109, 114, 115: row.operation = .privilege
    case 30, 104, 229: effect = HostCommand.Effect.started
    case 31, 105, 231: effect = HostCommand.Effect.stopped
    case 230: effect = HostCommand.Effect.configured
    case 103: row.operation = readsBySession ? .read : .other
    default: row.operation = .other
    }
    guard let effect else { return }
    (row.operation, row.object) = (.audit, names.internOften(RecordBytes(effect)))
  }

  /// SESSION REC: a letter for each kind of statement, the tenth for SELECT: S, F or both.
  private var readsBySession: Bool {
    guard let letters = self[.sessionActions], letters.count >= 10 else { return false }
    return letters[9] == 0x53 || letters[9] == 0x42
  }

  /// `/` is whoever the operating system let in.
  private var account: RecordBytes {
    let empty = RecordBytes(start: nil, count: 0)
    guard let user = self[.user] else { return self[.osUser] ?? empty }
    return user.count == 1 && user[0] == 0x2F ? self[.osUser] ?? user : user
  }

  private var terminal: RecordBytes? {
    if let address = self[.address],
      let start = HostAudit.find("(HOST=", address, 0..<address.count),
      let end = address.firstIndex(of: 0x29, in: start + 6..<address.count), end > start + 6
    {
      return address.slice(start + 6..<end)
    }
    return [self[.host], self[.terminal]].lazy.compactMap { $0 }
      .first { !$0.equals("UNKNOWN", in: 0..<$0.count) && !$0.equals("unknown", in: 0..<$0.count) }
  }

  // MARK: What all trails of Oracle share

  /// How a call ended: refused before a row could leave (no valid SQL, no such object, no right), or later.
  static func finish(status: Int64, _ row: inout EventRow) {
    if row.operation == .logon, status != 0 { row.operation = .logonFailure }
    if row.operation.returnsRecords, 900...999 ~= status || status == 1031 || status == 28115 {
      (row.operation, row.volume) = (.other, .none)
    }
  }

  /// One statement, as session and number tell it, whatever policies and objects were audited.
  static func key(session: Int64, statement: Int64) -> UInt64 {
    let mixed =
      UInt64(bitPattern: session) &* 0x9E37_79B9_7F4A_7C15
      ^ (UInt64(bitPattern: statement) &+ 0xA076_1D64_78BD_642F) &* 0xE703_7ED1_A0B4_28DB
    return mixed == 0 ? 1 : mixed
  }
}

final class OracleMemory: Sendable {
  let statements = Mutex(MySQLStatements(.postgresql))
}
