internal import EventModel

/// Google Cloud's audit logs, one `LogEntry` a line, as a sink to Cloud Storage writes them.
///
///     {"insertId":"…","logName":"…","protoPayload":{"authenticationInfo":{"principalEmail":
///     "sato@example.com"},"methodName":"storage.objects.get","requestMetadata":{"callerIp":
///     "192.0.2.7"},"resourceName":"projects/_/buckets/crm/objects/a.csv",…},"timestamp":"…"}
///
/// Of Cloud SQL, pgaudit's command and user are told, and its object where `pgaudit.log_relation` is on.
/// Reads are told only where Data Access audit logs are switched on.
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
        (.statement, ["insertId"]),
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
    return map
  }()
}
