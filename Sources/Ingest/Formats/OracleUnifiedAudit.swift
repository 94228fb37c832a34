public import EventModel

/// Oracle's unified audit trail as CSV with the names of UNIFIED_AUDIT_TRAIL.
///
///     "EVENT_TIMESTAMP_UTC","DBUSERNAME","USERHOST","CLIENT_PROGRAM_NAME","ACTION_NAME","OBJECT_SCHEMA","OBJECT_NAME","RETURN_CODE","SQL_TEXT"
///
/// How many rows a statement returned is not stated: RETURN_CODE is its status. Times are ISO 8601
/// or as Oracle writes them by default (`OracleClock`); EVENT_TIMESTAMP_UTC is UTC, EVENT_TIMESTAMP of the session's
/// zone. A statement that is audited by several policies or objects is told once.
///
/// Source: Oracle Database Reference, UNIFIED_AUDIT_TRAIL.
public struct OracleUnifiedAudit: MappedCSV {
  public static let name = "oracle-unified-audit"
  public static let summary = "Oracle unified audit trail (CSV)"
  public static let signature = ["DBUSERNAME", "ACTION_NAME", "RETURN_CODE"]

  public let layout: MappedCSVLayout

  public init(options: DecodeOptions, head: Span<UInt8>) {
    layout = MappedCSVLayout(Self.map, options, head)
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [["DBUSERNAME"]],
      columns: [
        (.time, ["EVENT_TIMESTAMP_UTC", "EVENT_TIMESTAMP"]), (.account, ["DBUSERNAME"]),
        (.terminal, ["USERHOST", "TERMINAL"]), (.program, ["CLIENT_PROGRAM_NAME"]),
        (.operation, ["ACTION_NAME"]), (.outcome, ["RETURN_CODE"]),
        (.object, ["OBJECT_NAME"]), (.owner, ["OBJECT_SCHEMA"]), (.subject, ["SQL_TEXT"]),
        (.ticket, ["SESSIONID"]), (.destination, ["STATEMENT_ID"]),
      ]
    )
    map.operations = [
      (.read, ["SELECT"]), (.export, ["EXPORT", "DATAPUMP EXPORT"]),
      (.write, ["INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE TABLE"]),
      (.logon, ["LOGON"]), (.logoff, ["LOGOFF", "LOGOFF BY CLEANUP"]),
      (
        .privilege, ["GRANT", "SET ROLE", "ALTER USER", "CREATE USER", "PROXY AUTHENTICATION ONLY"]
      ),
      (
        .audit,
        ["AUDIT", "NOAUDIT", "CREATE AUDIT POLICY", "ALTER AUDIT POLICY", "DROP AUDIT POLICY"]
      ),
    ]
    map.effects = [
      (HostCommand.Effect.stopped, ["NOAUDIT", "DROP AUDIT POLICY"]),
      (HostCommand.Effect.started, ["AUDIT", "CREATE AUDIT POLICY"]),
    ]
    (map.successes, map.otherOutcome) = (["0"], .failure)
    map.failureReturnsNothing = false
    map.lent = [.subject]
    map.timeFormat = "oracle"
    return map
  }()

  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    let schema = row.owner
    // What the column says is UTC, whatever the source's zone.
    if let path = event.path(.time), path % 2 == 0, let text = event.value(.time),
      let time = OracleClock.time(text.bytes, zone: .utc)
    {
      row.time = time
    }
    (row.subject, row.begins, row.continues) = (0, 0, 0)
    (row.owner, row.ticket, row.destination) = (.none, .none, .none)
    row.volume = .unknown
    let code = event.value(.outcome).flatMap { $0.bytes.decimal(0..<$0.count) } ?? 0
    OracleTrail.finish(status: code, &row)
    guard row.operation == .read || row.operation == .write || row.operation == .export else {
      return
    }
    if row.object != .none, schema != .none {
      if let owner = event.value(.owner), let object = event.value(.object), owner.kind == .text,
        object.kind == .text
      {
        QualifiedName.with(owner.bytes, object.bytes) { row.object = names.internOften($0) }
      } else {
        let name = names.bytes(of: schema) + [0x2E] + names.bytes(of: row.object)
        name.withUnsafeBufferPointer { row.object = names.intern($0) }
      }
    }
    if row.operation == .read, let text = event.value(.subject) {
      StatementValue.judge(text, .postgresql, &row, &names)
    }
    // One statement, as session and number tell it, whatever policies and objects were audited.
    if let session = event.value(.ticket), let number = event.value(.destination),
      let first = session.bytes.decimal(0..<session.count),
      let second = number.bytes.decimal(0..<number.count)
    {
      row.statement = OracleTrail.key(session: first, statement: second)
    }
  }
}
