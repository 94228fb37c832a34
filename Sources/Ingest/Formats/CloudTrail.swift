public import EventModel

/// AWS CloudTrail: files as they are delivered, events one a line, exports of the event history.
///
///     {"Records":[{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","userName":"sato"},"eventTime":
///     "2026-04-01T09:12:34Z","eventSource":"s3.amazonaws.com","eventName":"GetObject",…}]}
///
/// A delivery file is one line with all its events; it must not be longer than a record may be (1 MiB).
/// The account is the user, else the role that was assumed, else the ARN. Bytes are those of the data
/// events of S3 (`bytesTransferredOut`), whose object is bucket and key; reading of objects, tables and secrets is a read, every other
/// call is not: what it returns are no customers' records. The event history holds each record as a text (`CloudTrailEvent`),
/// which tells what its frame does not: whence, how many bytes, and which role. An event that was delivered twice is counted
/// once, by its `eventID`.
///
/// Source: AWS CloudTrail User Guide, "CloudTrail record contents"; Amazon S3, "CloudTrail events".
public struct CloudTrail: MappedJSON {
  public static let name = "aws-cloudtrail"
  public static let summary = "AWS CloudTrail: delivery files, one event a line, event history"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [
        ["eventTime", "eventSource", "eventName"], ["EventTime", "EventSource", "EventName"],
        ["EventId", "EventName", "CloudTrailEvent"],
      ],
      columns: [
        (.time, ["eventTime", "EventTime"]),
        (
          .account,
          [
            "userIdentity.userName", "userIdentity.sessionContext.sessionIssuer.userName",
            "userIdentity.arn", "userIdentity.invokedBy", "userIdentity.principalId", "Username",
          ]
        ),
        (.terminal, ["sourceIPAddress"]), (.program, ["userAgent"]),
        (
          .object,
          [
            "requestParameters.bucketName", "requestParameters.secretId",
            "requestParameters.tableName", "requestParameters.dBSnapshotIdentifier",
            "requestParameters.snapshotId", "requestParameters.name", "eventSource", "EventSource",
          ]
        ),
        (.operation, ["eventName", "EventName"]),
        (.bytes, ["additionalEventData.bytesTransferredOut"]),
        (.outcome, ["errorCode", "responseElements.ConsoleLogin"]),
        (.statement, ["eventID", "EventId"]), (.subject, ["requestParameters.key"]),
        (.call, ["CloudTrailEvent"]),
      ]
    )
    map.operations = [
      (
        .export,
        [
          "GetObject", "SelectObjectContent", "StartExportTask", "ExportTableToPointInTime",
          "CreateExportTask", "ModifySnapshotAttribute", "ModifyDBSnapshotAttribute",
          "CopySnapshot",
          "CopyDBSnapshot", "GetSnapshotBlock",
        ]
      ),
      (
        .read,
        [
          "GetItem", "BatchGetItem", "Query", "Scan", "ExecuteStatement", "BatchExecuteStatement",
          "GetQueryResults", "GetSecretValue", "BatchGetSecretValue", "GetParameter",
          "GetParameters", "GetParametersByPath",
        ]
      ),
      (
        .write,
        [
          "PutObject", "DeleteObject", "DeleteObjects", "CopyObject", "PutItem", "UpdateItem",
          "DeleteItem", "BatchWriteItem", "RestoreObject",
        ]
      ),
      (.logon, ["ConsoleLogin"]),
      (
        .privilege,
        [
          "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "SwitchRole",
          "GetSessionToken", "GetFederationToken", "AttachUserPolicy", "AttachRolePolicy",
          "PutUserPolicy", "PutRolePolicy", "CreateAccessKey", "UpdateAssumeRolePolicy",
        ]
      ),
      (
        .audit,
        [
          "StopLogging", "StartLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors",
          "DeleteFlowLogs", "DeleteLogGroup", "DeleteLogStream", "DeleteEventDataStore",
          "PutBucketLogging", "DeleteResolverQueryLogConfig", "DeleteDetector",
        ]
      ),
    ]
    (map.successes, map.otherOutcome, map.absentOutcome) = (["Success"], .failure, .success)
    map.envelope = "Records"
    map.lent = [.subject, .call]
    map.effects = [
      (
        HostCommand.Effect.stopped,
        [
          "StopLogging", "DeleteTrail", "DeleteFlowLogs", "DeleteEventDataStore", "DeleteDetector",
          "DeleteResolverQueryLogConfig",
        ]
      ),
      (HostCommand.Effect.cleared, ["DeleteLogGroup", "DeleteLogStream"]),
      (HostCommand.Effect.started, ["StartLogging"]),
    ]
    return map
  }()

  /// Reads what stands within the event history: its times have their zone, and nobody's hash is asked for.
  private static let inner = EventReader(
    map,
    DecodeOptions(
      declaration: SourceDeclaration(name: ""),
      zone: .utc,
      subjectKey: SubjectKey(0, 0)
    )
  )

  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    if let text = event.value(.call), text.kind == .escaped,
      let whole = inner.row(within: text, &names, nameObject)
    {
      row = whole
      return
    }
    nameObject(event, &row, &names)
  }

  /// An object is `bucket/key`.
  private static func nameObject(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    (row.subject, row.begins, row.continues) = (0, 0, 0)
    guard let key = event.value(.subject), event.path(.object) == 0, row.operation != .audit,
      key.kind == .text || key.kind == .escaped
    else { return }
    var object = names.bytes(of: row.object)
    object.append(0x2F)
    if key.kind == .escaped {
      JSONText.unescape(key.bytes, into: &object)
    } else {
      object.append(contentsOf: key.bytes)
    }
    for index in object.indices where object[index] == EventRow.objectSeparator {
      object[index] = 0x3F
    }
    object.withUnsafeBufferPointer { row.object = names.intern($0) }
  }
}
