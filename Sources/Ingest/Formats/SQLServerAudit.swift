public import EventModel
internal import Synchronization

/// SQL Server's and Azure SQL's audit as JSON, an event a line, as diagnostic settings and
/// `sys.fn_get_audit_file … FOR JSON` give it.
///
///     {"category":"SQLSecurityAuditEvents","properties":{"event_time":"2026-04-01T00:12:34.157Z","action_name":
///     "BATCH COMPLETED","server_principal_name":"sato","client_ip":"192.0.2.7","database_name":"crm",
///     "statement":"select * from clients","response_rows":800,"succeeded":"true"}}
///
/// Also as Log Analytics keeps it: `event_time_t`, `action_name_s` in AzureDiagnostics, `EventTime`, `ActionName` in the
/// table SQLSecurityAuditEvents. Rows are `response_rows`, which Azure counts; SQL Server itself writes 0 there, which states nothing. A
/// batch is told by its end.
///
/// Source: Microsoft, "SQL Database audit log format"; sys.fn_get_audit_file.
public struct SQLServerAudit: MappedJSON {
  public static let name = "sqlserver-audit"
  public static let ignoresAccountCase = true
  public static let summary = "SQL Server and Azure SQL audit (JSON lines)"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  private static func both(_ names: [String]) -> [String] {
    names.flatMap { name in
      let words = name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
      let column = words.joined()
      let own = ["properties.\(name)", name, "\(name)_s", "\(name)_t", "\(name)_d"]
      return column == name ? own : own + [column]
    }
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [
        ["category", "properties", "operationName"], ["event_time", "action_id", "statement"],
        ["event_time", "action_name", "server_principal_name"],
        ["event_time_t", "action_name_s", "server_principal_name_s"],
        ["EventTime", "ActionId", "ServerPrincipalName"],
        ["EventTime", "ActionName", "ServerPrincipalName"],
      ],
      columns: [
        (.time, both(["event_time", "originalEventTimestamp"]) + ["time"]),
        (
          .account,
          both([
            "session_server_principal_name", "server_principal_name", "database_principal_name",
          ])
        ),
        (.terminal, both(["client_ip", "host_name"])), (.program, both(["application_name"])),
        (.object, both(["object_name", "database_name"])),
        (.operation, both(["action_name", "action_id"])), (.records, both(["response_rows"])),
        (.outcome, both(["succeeded"])), (.subject, both(["statement"])),
      ]
    )
    map.operations = [
      (.read, ["SELECT", "SL", "SL  "]),
      (.write, ["INSERT", "UPDATE", "DELETE", "IN", "UP", "DL", "IN  ", "UP  ", "DL  "]),
      (.logon, ["DATABASE AUTHENTICATION SUCCEEDED", "LOGIN SUCCEEDED", "DBAS", "LGIS"]),
      (.logonFailure, ["DATABASE AUTHENTICATION FAILED", "LOGIN FAILED", "DBAF", "LGIF"]),
      (.logoff, ["DATABASE LOGOUT", "LOGOUT", "LGO", "LGO "]),
      (.export, ["BACKUP", "BA", "BA  "]),
      (.privilege, ["IMPERSONATE", "IMP", "IMP ", "ADD MEMBER", "APRL"]),
      (.audit, ["AUDIT SESSION CHANGED", "AUSC", "AUDIT SHUTDOWN ON FAILURE", "AUSF", "AUTH"]),
    ]
    (map.successes, map.failures) = (["true", "True", "1"], ["false", "False", "0"])
    map.unknown = ["Unknown", "local machine"]
    map.failureReturnsNothing = false
    map.lent = [.subject]
    return map
  }()

  /// Other logs of Azure Monitor have the same frame.
  public static func isKind(_ line: RecordBytes) -> Bool {
    HostAudit.find("\"operationName\"", line, 0..<line.count) == nil
      || HostAudit.find("SQLSecurityAuditEvents", line, 0..<line.count) != nil
  }

  /// A batch or a remote call is what its text does.
  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    (row.subject, row.begins, row.continues) = (0, 0, 0)
    func isAct(_ word: StaticString) -> Bool { event.isWord(word, .operation) }
    let isBatch =
      isAct("BATCH COMPLETED") || isAct("BCM") || isAct("BCM ") || isAct("RPC COMPLETED")
      || isAct("RCM") || isAct("RCM ")
    let isRead = row.operation == .read
    if isBatch || isRead, let text = event.value(.subject) {
      let memory = names.memory.take(SQLServerMemory.self) ?? SQLServerMemory()
      defer { names.memory.keep(memory) }
      var plain: [UInt8] = []
      if text.kind == .escaped {
        JSONText.unescape(text.bytes, into: &plain)
      } else {
        plain.append(contentsOf: text.bytes)
      }
      plain.append(contentsOf: repeatElement(0, count: ByteChunk.padding))
      let database = row.object
      let volume = row.volume
      memory.statements.withLock { statements in
        plain.withUnsafeBufferPointer { bytes in
          let sql = RecordBytes(rebasing: bytes.dropLast(ByteChunk.padding))
          var told = row
          statements.apply(sql, schema: sql.slice(0..<0), to: &told, &names)
          if isBatch {
            row = told
          } else if told.operation.returnsRecords {
            // A line for each object that was read: the text tells how, and the schema of the only one.
            row.flags.formUnion(told.flags.subtracting(.catalogue))
            if !names.withBytes(of: told.object, { $0.contains(EventRow.objectSeparator) }) {
              row.object = told.object
            }
          }
        }
        guard row.operation.returnsRecords else { return }
        // An aggregate counts for what it gathers, not for its one row.
        if volume.quality == .exact {
          row.volume = statements.scanner.records(inRows: volume.low)
        } else if let most = statements.scanner.limit {
          row.volume = Volume(low: 0, high: most, quality: .estimated)
        }
      }
      if row.object == .none { row.object = database }
    }
    let isCounted = row.quality == .exact && row.recordsHigh > 0
    // SQL Server itself writes 0 where it has not counted.
    if event.path(.records) != 0, row.recordsHigh == 0 { row.volume = .unknown }
    if !row.operation.returnsRecords { row.volume = .unknown }
    // Of a read of an object `succeeded` tells of the check of permissions alone: who was refused was sent nothing. A
    // batch may have failed half-way. Source: Microsoft, "SQL Server Audit Records".
    if row.outcome == .failure, row.operation == .read, isBatch ? row.recordsHigh == 0 : !isCounted
    {
      (row.operation, row.volume) = (.other, .none)
    }
  }
}

private final class SQLServerMemory: Sendable {
  let statements = Mutex(MySQLStatements(.sqlServer))
}
