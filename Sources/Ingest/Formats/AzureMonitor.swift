public import EventModel

/// Logs of Azure and of Microsoft Entra ID as diagnostic settings write them: sign-ins, activities, storage, keys.
///
///     {"time":"2026-04-01T00:12:34.5522137Z","resourceId":"/tenants/…","operationName":"Sign-in activity",
///     "category":"SignInLogs","resultType":"0","callerIpAddress":"192.0.2.7","properties":{"userPrincipalName":
///     "sato@example.com","appDisplayName":"Azure Portal",…}}
///
/// Bytes are those of storage's answers (`responseBodySize`); records are not stated. Audits of Azure SQL are
/// `sqlserver-audit`. An address keeps no port.
///
/// Source: Microsoft Learn, "Sign-in log schema in Azure Monitor"; "Azure Monitor activity log schema"; "Storage
/// Analytics logged operations"; "Azure Key Vault logging".
public struct AzureMonitor: MappedJSON {
  public static let name = "azure-monitor"
  public static let ignoresAccountCase = true
  public static let summary = "Azure: sign-ins, activity log, storage and key vault (JSON)"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [["time", "operationName", "category"]],
      columns: [
        (.time, ["time"]),
        (
          .account,
          [
            "properties.userPrincipalName", "identity.requester.upn", "identity.claims.upn",
            "identity.claims.name", "caller", "properties.servicePrincipalName",
            "identity.requester.objectId", "properties.userId",
          ]
        ),
        (.terminal, ["callerIpAddress", "properties.ipAddress"]),
        (
          .program,
          ["properties.appDisplayName", "properties.userAgentHeader", "properties.clientInfo"]
        ),
        (.object, ["properties.objectKey", "properties.id", "uri", "resourceId"]),
        (.operation, ["operationName"]), (.bytes, ["properties.responseBodySize"]),
        (.outcome, ["statusCode", "resultType"]),
      ]
    )
    map.operations = [
      (
        .export,
        [
          "GetBlob", "GetFile", "CopyBlob", "CopyFile", "ReadFile",
          "MICROSOFT.SQL/SERVERS/DATABASES/EXPORT/ACTION",
          "MICROSOFT.COMPUTE/DISKS/BEGINGETACCESS/ACTION",
          "MICROSOFT.COMPUTE/SNAPSHOTS/BEGINGETACCESS/ACTION",
        ]
      ),
      (
        .read,
        [
          "QueryEntities", "QueryEntity", "QueryBlobContents", "SecretGet", "PeekMessages",
          "GetMessages",
        ]
      ),
      (
        .write,
        [
          "PutBlob", "PutBlock", "PutBlockList", "DeleteBlob", "PutFile", "DeleteFile",
          "InsertEntity", "UpdateEntity", "DeleteEntity", "SecretSet", "SecretDelete",
        ]
      ),
      (.logon, ["Sign-in activity"]),
      (
        .privilege,
        [
          "Add member to role", "Add eligible member to role",
          "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE",
          "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION",
        ]
      ),
      (
        .audit,
        [
          "MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/DELETE",
          "MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/WRITE",
          "MICROSOFT.SQL/SERVERS/AUDITINGSETTINGS/WRITE",
        ]
      ),
    ]
    map.successes = [
      "0", "200", "201", "202", "204", "206", "Success", "Succeeded", "Start", "Started",
      "Accept", "Accepted",
    ]
    (map.otherOutcome, map.unknown) = (.failure, [""])
    map.effects = [
      (HostCommand.Effect.stopped, ["MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/DELETE"])
    ]
    map.envelope = "records"
    return map
  }()

  /// Whose resource it is, or what it holds, stands in every one; audits of Azure SQL have the same frame and a format of
  /// their own.
  public static func isKind(_ line: RecordBytes) -> Bool {
    states("\"resourceId\"", "\"properties\"", "\"tenantId\"", in: line)
      && HostAudit.find("SQLSecurityAuditEvents", line, 0..<line.count) == nil
  }

  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    // The id of a sign-in names no object.
    if row.operation == .logon || row.operation == .logonFailure { row.object = .none }
    if row.operation != .read, row.operation != .export { row.bytes = -1 }
    // `192.0.2.7:50200`; a colon in one of version 6 is no port's.
    guard let address = event.value(.terminal)?.bytes,
      let colon = address.firstIndex(of: 0x3A, in: 0..<address.count),
      address.firstIndex(of: 0x3A, in: colon + 1..<address.count) == nil
    else { return }
    row.terminal = names.internOften(address.slice(0..<colon))
  }
}
