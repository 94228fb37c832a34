internal import CScan
public import EventModel
internal import Synchronization

/// The audit log of MySQL Enterprise and Percona Server as JSON, one event a line.
///
///     { "timestamp": "2026-11-23 08:34:34", "id": 1, "class": "general", "event": "status",
///     "connection_id": 12, "account": { "user": "suzuki", "host": "localhost" }, "login": { "user":
///     "suzuki", "ip": "192.0.2.7" }, "general_data": { "command": "Query", "sql_command": "select",
///     "query": "select * from clients", "status": 0 } },
///
/// The brackets around all events and the commas between them are passed over, wherever the file was
/// cut. Times are UTC. Rows and bytes are stated only where the filter adds `query_statistics`, which
/// makes an event of its own kind of it. Of a statement told several times (`general` and
/// `table_access`) the events bear one key; those of tables only add their table. Percona's older
/// plugin wraps its events in `audit_record`; these are read as well, in their JSON form.
///
/// Source: MySQL manual, "Audit Log File Formats"; Percona Server documentation, "Audit log plugin".
public struct MySQLAudit: LogFormat {
  public static let name = "mysql-audit"
  public static let summary = "MySQL Enterprise and Percona audit log (JSON, one event a line)"

  public init(options: DecodeOptions, head: Span<UInt8>) {}

  private static let signatures = [
    JSONSignature(["timestamp", "class", "event"]), JSONSignature(["audit_record"]),
  ]

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    let count = ProbeSample.count(sample) { isFrame($0) ? nil : isOne($0) }
    return count.result(
      "\(count.matched) of \(count.total) lines are objects with timestamp, class and event"
    )
  }

  /// Whether a line is an event.
  static func isOne(_ line: RecordBytes) -> Bool {
    guard let object = object(line) else { return false }
    let bytes = Array(object)
    return signatures.contains { $0.isIn(bytes) }
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let memory = batch.names.memory.take(MySQLMemory.self) ?? MySQLMemory()
    memory.work.withLock { work in
      _ = JSONScan.withScan(MySQLAuditEvent.keys) { scan -> Bool? in
        RecordFramer.forEachRecord(in: chunk, into: &batch) {
          (record, batch) throws(DecodeError) in
          if Self.isFrame(record) { return }
          guard let object = Self.object(record) else { throw DecodeError(.notThisFormat, at: 0) }
          var isBlank = false
          let stated = try scan.walk(object, isBlank: &isBlank)
          work.arena.removeAll()
          var event = MySQLAuditEvent(stated, scan.values)
          let row = try event.row(&work, &batch.names)
          batch.noteTime(row.time)
          if event.isTold { batch.rows.append(row) }
        }
        return true
      }
    }
    batch.names.memory.keep(memory)
  }

  /// The object of a line, without the bracket before it and the comma or bracket behind it.
  private static func object(_ line: RecordBytes) -> RecordBytes? {
    guard let start = line.firstIndex(of: 0x7B, in: 0..<min(line.count, 16)),
      line[..<start].allSatisfy({ $0 <= 0x20 || $0 == 0x5B || $0 == 0x23 || $0 == 0x2C })
    else { return nil }
    var end = line.count
    while end > start, line[end - 1] != 0x7D,
      line[end - 1] <= 0x20 || line[end - 1] == 0x2C
        || line[end - 1] == 0x5D
    { end -= 1 }
    return line.slice(start..<end)
  }

  /// A line of brackets, commas and blanks.
  private static func isFrame(_ line: RecordBytes) -> Bool {
    line.allSatisfy { $0 <= 0x20 || $0 == 0x5B || $0 == 0x5D || $0 == 0x2C }
  }
}

/// One event of the audit log.
struct MySQLAuditEvent {
  private enum Field: Int, CaseIterable {
    case time, kind, event, connection, user, host, address, query, status, database, table, rows
    case bytes, connectionStatus, serial, command
  }

  private static let paths: [(Field, [[String]])] = [
    (.time, [["timestamp"], ["audit_record", "timestamp"]]),
    (.kind, [["class"], ["audit_record", "name"]]),
    (.event, [["event"], ["audit_record", "command_class"]]),
    (.connection, [["connection_id"], ["audit_record", "connection_id"]]),
    (.user, [["login", "user"], ["audit_record", "user"]]),
    (.host, [["account", "host"], ["audit_record", "host"]]),
    (.address, [["login", "ip"], ["audit_record", "ip"]]),
    (
      .query,
      [["general_data", "query"], ["table_access_data", "query"], ["audit_record", "sqltext"]]
    ),
    (.status, [["general_data", "status"], ["audit_record", "status"]]),
    (
      .database,
      [["table_access_data", "db"], ["audit_record", "db"], ["connection_data", "db"]]
    ),
    (.table, [["table_access_data", "table"]]),
    (.rows, [["query_statistics", "rows_sent"]]),
    (.bytes, [["query_statistics", "bytes_sent"]]),
    (.connectionStatus, [["connection_data", "status"]]),
    (.serial, [["query_statistics", "query_id"]]),
    (.command, [["general_data", "command"], ["table_access_data", "sql_command"]]),
  ]

  /// The values' names in the XML forms of the log.
  private static let names: [(StaticString, Field)] = [
    ("TIMESTAMP", .time), ("NAME", .kind), ("COMMAND_CLASS", .event),
    ("CONNECTION_ID", .connection),
    ("USER", .user), ("HOST", .host), ("IP", .address), ("SQLTEXT", .query), ("STATUS", .status),
    ("DB", .database), ("TABLE", .table),
  ]

  /// The index of a value with a name of the XML forms; `nil`: nothing is told by it.
  static func index(ofXML name: RecordBytes) -> Int? {
    names.first { name.equals($0.0, in: 0..<name.count) }?.1.rawValue
  }

  static let keys: KeyTable = {
    var table = KeyTable()
    _ = table.addLevel()
    for (field, paths) in paths {
      for path in paths { add(path[...], 1 << UInt32(field.rawValue), at: 0, &table) }
    }
    table.seal()
    return table
  }()

  private static func add(
    _ path: ArraySlice<String>,
    _ bit: UInt32,
    at level: Int,
    _ table: inout KeyTable
  ) {
    guard let first = path.first else { return }
    let key = Array(first.utf8)
    guard path.count > 1 else { return table.add(key, at: level) { $0.columns |= bit } }
    var child = Int(table.entry(of: key, at: level)?.child ?? -1)
    if child < 0 { child = table.addLevel() }
    table.add(key, at: level) {
      $0.child = Int32(truncatingIfNeeded: child)
      $0.below |= bit
    }
    add(path.dropFirst(), bit, at: child, &table)
  }

  private let stated: UInt32
  private let values: UnsafeMutablePointer<FieldValue>
  /// Whether it is an event and no mere start or end of a call.
  private(set) var isTold = true

  init(_ stated: UInt32, _ values: UnsafeMutablePointer<FieldValue>) {
    (self.stated, self.values) = (stated, values)
  }

  private func raw(_ field: Field) -> RecordBytes {
    guard stated & 1 << UInt32(field.rawValue) != 0 else {
      return RecordBytes(start: nil, count: 0)
    }
    let value = values[field.rawValue]
    switch value.kind {
    case .text, .number, .literal, .escaped: return value.bytes
    default: return RecordBytes(start: nil, count: 0)
    }
  }

  private func text(_ field: Field, _ arena: inout ByteArena) -> RecordBytes {
    let bytes = raw(field)
    guard bytes.count > 0, values[field.rawValue].kind == .escaped else { return bytes }
    return FlatJSON.unescape(bytes, &arena) ?? bytes
  }

  private func number(_ field: Field) -> Int64? {
    let bytes = raw(field)
    return bytes.decimal(0..<bytes.count)
  }

  private func isWord(_ word: StaticString, _ field: Field) -> Bool {
    let bytes = raw(field)
    return bytes.equals(word, in: 0..<bytes.count)
  }

  mutating func row(
    _ work: inout MySQLWork,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow {
    // `2026-11-23 08:34:34`, `… UTC`, or ISO 8601: always UTC where it says nothing.
    guard let stamp = TimestampScan.rfc3339(raw(.time), at: 0, zone: .utc) else {
      throw DecodeError(.badTime, at: 0)
    }
    var row = EventRow(time: stamp.time)
    row.account = names.internOften(user(&work.arena))
    let address = raw(.address)
    row.terminal = names.internOften(address.isEmpty ? raw(.host) : address)
    if isWord("connection", .kind) || isWord("Connect", .kind) || isWord("Quit", .kind)
      || isWord("Change user", .kind)
    {
      connection(&row)
    } else if isWord("audit", .kind) || isWord("Audit", .kind) || isWord("NoAudit", .kind)
      || isWord("Shutdown", .kind)
    {
      row.operation = .audit
      row.outcome = .success
      let stops =
        isWord("shutdown", .event) || isWord("NoAudit", .kind) || isWord("Shutdown", .kind)
      let effect = stops ? HostCommand.Effect.stopped : HostCommand.Effect.started
      row.object = names.intern(RecordBytes(effect))
    } else {
      statement(&row, &work, &names)
    }
    return row
  }

  /// The login name; of `root[root] @ localhost []` the one in the brackets.
  private func user(_ arena: inout ByteArena) -> RecordBytes {
    let user = text(.user, &arena)
    guard let at = HostAudit.find("] @ ", user, 0..<user.count),
      let open = user.firstIndex(of: 0x5B, in: 0..<at)
    else { return user }
    return open + 1 < at ? user.slice(open + 1..<at) : user.slice(0..<open)
  }

  private mutating func connection(_ row: inout EventRow) {
    let status = number(.connectionStatus) ?? number(.status) ?? 0
    row.outcome = status == 0 ? .success : .failure
    if isWord("disconnect", .event) || isWord("Quit", .kind) {
      (row.operation, row.outcome) = (.logoff, .success)
    } else {
      row.operation = status == 0 ? .logon : .logonFailure
    }
    // `pre_authenticate` tells of nobody yet.
    if isWord("pre_authenticate", .event) { isTold = false }
  }

  private mutating func statement(
    _ row: inout EventRow,
    _ work: inout MySQLWork,
    _ names: inout NameTable
  ) {
    let isTable = isWord("table_access", .kind) || raw(.kind).hasPrefix("Table")
    let sql = text(.query, &work.arena)
    // A statement is told at its end; what begins or was only received is no event of its own.
    if isWord("start", .event) || isWord("message", .kind) || sql.isEmpty && !isTable {
      isTold = isWord("Execute", .kind)
    }
    row.outcome = .success
    work.statements.apply(
      sql,
      schema: isTable ? raw(.database) : RecordBytes(start: nil, count: 0),
      to: &row,
      &names
    )
    row.statement = key(row, sql)
    if isTable {
      row.operation = isWord("read", .event) || isWord("TableRead", .kind) ? .read : .write
      row.flags.insert(.continuation)
      let name = Array(raw(.database)) + [0x2E] + Array(raw(.table))
      name.withUnsafeBufferPointer { row.object = names.intern($0) }
    }
    work.statements.finish(
      status: number(.status) ?? 0,
      bounds: number(.rows) == nil && !isTable,
      &row
    )
    guard row.operation.returnsRecords else { return }
    if let rows = number(.rows) {
      row.volume = isTable ? .stated(rows) : work.statements.scanner.records(inRows: rows)
    }
    if let bytes = number(.bytes), bytes > 0, row.destination == .none { row.bytes = bytes }
  }

  /// One key for what is told of a statement: its connection, second and text.
  private func key(_ row: EventRow, _ sql: RecordBytes) -> UInt64 {
    let connection = raw(.connection)
    guard let first = connection.baseAddress, let base = sql.baseAddress else { return 0 }
    let mixed = cscan_mix(
      cscan_digest(base, sql.count) ^ UInt64(bitPattern: row.time / 1_000_000_000),
      cscan_digest(first, connection.count) &+ 0xA076_1D64_78BD_642F
    )
    return mixed == 0 ? 1 : mixed
  }
}
