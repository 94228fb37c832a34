public import EventModel

/// Google Cloud's audit logs, one `LogEntry` a line, as a sink to Cloud Storage writes them.
///
///     {"insertId":"…","logName":"…","protoPayload":{"authenticationInfo":{"principalEmail":
///     "sato@example.com"},"methodName":"storage.objects.get","requestMetadata":{"callerIp":
///     "192.0.2.7"},"resourceName":"projects/_/buckets/crm/objects/a.csv",…},"timestamp":"…"}
///
/// Of Cloud SQL for PostgreSQL pgaudit's line stands in `request`: its user, and what its statement does. No rows are told. A
/// statement too long for one entry comes in several (`chunkIndex` of `chunkCount`): the first tells of all of it.
/// Of BigQuery's jobs the query and how many rows it gave out (`outputRowCount`, `queryOutputRowCount`) are told, a job
/// once, by its name; what it went through (`totalProcessedBytes`) never left. Reads are told only where Data Access audit logs are switched on.
///
/// Source: Google Cloud, "AuditLog" and "LogEntry" reference.
public struct GoogleCloudAudit: MappedJSON {
  public static let name = "google-cloud-audit"
  public static let summary = "Google Cloud audit logs (LogEntry as JSON lines)"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [["insertId", "logName", "protoPayload"]],
      columns: [
        (.time, ["timestamp", "receiveTimestamp"]),
        (
          .account,
          [
            "protoPayload.request.user", "protoPayload.authenticationInfo.principalEmail",
            "protoPayload.authenticationInfo.principalSubject",
          ]
        ),
        (.terminal, ["protoPayload.requestMetadata.callerIp"]),
        (.program, ["protoPayload.requestMetadata.callerSuppliedUserAgent"]),
        (
          .object,
          ["protoPayload.request.object", "protoPayload.resourceName", "protoPayload.serviceName"]
        ),
        (.operation, ["protoPayload.request.command", "protoPayload.methodName"]),
        (.outcome, ["protoPayload.status.code"]),
        (
          .statement,
          [
            "protoPayload.metadata.jobChange.job.jobName",
            "protoPayload.metadata.jobInsertion.job.jobName",
            "protoPayload.serviceData.jobCompletedEvent.job.jobName.jobId", "insertId",
          ]
        ),
        (
          .subject,
          [
            "protoPayload.metadata.jobChange.job.jobConfig.queryConfig.query",
            "protoPayload.metadata.jobInsertion.job.jobConfig.queryConfig.query",
            "protoPayload.serviceData.jobCompletedEvent.job.jobConfiguration.query.query",
            "protoPayload.request.statement",
          ]
        ),
        (.call, ["protoPayload.request.chunkIndex"]),
        (.position, ["protoPayload.request.chunkCount"]),
        (.ticket, ["protoPayload.request.databaseSessionId"]),
        (.destination, ["protoPayload.request.statementId"]),
        (
          .records,
          [
            "protoPayload.metadata.jobChange.job.jobStats.queryStats.outputRowCount",
            "protoPayload.serviceData.jobCompletedEvent.job.jobStatistics.queryOutputRowCount",
          ]
        ),
      ]
    )
    map.operations = [
      (
        .export,
        [
          "COPY", "storage.objects.get", "cloudsql.instances.export",
          "google.spanner.admin.database.v1.export",
          "google.cloud.bigquery.v2.JobService.ExtractJob", "compute.snapshots.setIamPolicy",
        ]
      ),
      (
        .read,
        [
          "SELECT", "jobservice.getqueryresults", "jobservice.query", "jobservice.insert",
          "jobservice.jobcompleted", "tabledataservice.list",
          "google.cloud.bigquery.v2.JobService.InsertJob",
          "google.cloud.bigquery.v2.JobService.Query",
          "google.cloud.bigquery.v2.JobService.GetQueryResults",
          "google.cloud.bigquery.v2.TableDataService.List",
          "google.cloud.bigquery.storage.v1.BigQueryRead.ReadRows",
          "google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion",
          "google.datastore.v1.Datastore.RunQuery", "google.datastore.v1.Datastore.Lookup",
        ]
      ),
      (.write, ["INSERT", "UPDATE", "DELETE", "storage.objects.create", "storage.objects.delete"]),
      (.privilege, ["SetIamPolicy", "google.iam.admin.v1.CreateServiceAccountKey"]),
      (.logon, ["google.login.LoginService.loginSuccess"]),
      (.logonFailure, ["google.login.LoginService.loginFailure"]),
      (
        .audit,
        [
          "google.logging.v2.ConfigServiceV2.DeleteSink",
          "google.logging.v2.ConfigServiceV2.UpdateSink",
          "google.logging.v2.LoggingServiceV2.DeleteLog",
        ]
      ),
    ]
    (map.successes, map.otherOutcome, map.absentOutcome) = (["0"], .failure, .success)
    map.effects = [
      (HostCommand.Effect.stopped, ["google.logging.v2.ConfigServiceV2.DeleteSink"]),
      (HostCommand.Effect.cleared, ["google.logging.v2.LoggingServiceV2.DeleteLog"]),
    ]
    map.lent = [.subject, .call, .position, .ticket, .destination]
    return map
  }()

  /// What a job of BigQuery did, its query tells: one that writes a table is no read of so many rows.
  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    (row.subject, row.begins, row.continues) = (0, 0, 0)
    guard let query = event.value(.subject) else { return }
    if event.path(.subject) == pgaudit { return audited(query, event, &row, &names) }
    let rows = row.quality == .exact ? row.recordsLow : nil
    StatementValue.apply(query, .mysql, rows: rows, to: &row, &names)
  }

  /// The place of pgaudit's statement among the paths of `subject`.
  private static let pgaudit = 3

  private static func audited(
    _ statement: FieldValue,
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    func number(_ column: FieldMap.Column) -> Int64? {
      event.value(column).flatMap { $0.bytes.decimal(0..<$0.count) }
    }
    if number(.call) ?? 1 > 1 {
      // The rest of a statement of which the first entry tells.
      (row.operation, row.volume) = (.other, .none)
      return
    }
    let object = row.object
    StatementValue.apply(statement, .postgresql, rows: nil, to: &row, &names)
    if row.object == .none { row.object = object }
    if number(.position) ?? 1 > 1 {
      // What stands in the rest may narrow it, or not.
      row.flags.insert(.truncated)
      if row.operation.returnsRecords { row.flags.insert(.whole) }
    }
    if let session = event.value(.ticket), let number = number(.destination) {
      row.statement = PostgreSQLMessage.statementKey(session: session.bytes, statement: number)
    }
  }
}
