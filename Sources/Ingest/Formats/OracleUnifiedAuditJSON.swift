public import EventModel

/// Oracle's unified audit trail as JSON lines with the names of UNIFIED_AUDIT_TRAIL, in capitals or small letters.
///
///     {"EVENT_TIMESTAMP_UTC":"2026-04-01T00:12:34.157Z","DBUSERNAME":"SATO","USERHOST":"WS7","ACTION_NAME":"SELECT",
///     "OBJECT_SCHEMA":"CRM","OBJECT_NAME":"CLIENTS","RETURN_CODE":0,"SESSIONID":1041,"STATEMENT_ID":7}
///
/// It means what `oracle-unified-audit` means.
///
/// Source: Oracle Database Reference, UNIFIED_AUDIT_TRAIL; SQLcl writes names in small letters.
public struct OracleUnifiedAuditJSON: MappedJSON {
  public static let name = "oracle-unified-audit-json"
  public static let summary = "Oracle unified audit trail (JSON lines)"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  public static let map: EventMap = {
    let signature = OracleUnifiedAudit.signature
    let csv = OracleUnifiedAudit.map
    var map = EventMap(
      signatures: [signature, signature.map { $0.lowercased() }],
      columns: csv.columns.map { column, names in (column, names + names.map { $0.lowercased() }) }
    )
    (map.operations, map.effects) = (csv.operations, csv.effects)
    (map.successes, map.otherOutcome) = (csv.successes, csv.otherOutcome)
    map.failureReturnsNothing = csv.failureReturnsNothing
    map.timeFormat = csv.timeFormat
    return map
  }()

  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    OracleUnifiedAudit.finish(event, &row, &names)
  }
}
