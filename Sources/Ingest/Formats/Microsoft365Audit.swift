internal import EventModel

/// Microsoft 365's unified audit log, one record a line, as its Management Activity API gives it out.
///
///     {"CreationTime":"2026-04-01T09:12:34","Id":"…","Operation":"FileDownloaded","Workload":
///     "SharePoint","UserId":"sato@example.com","ClientIP":"192.0.2.7","ObjectId":"https://…"}
///
/// Times are UTC and do not say so. One download is one file: how many records are in it, nothing
/// states. Exports from the portal are `microsoft-365-portal`.
///
/// Source: Microsoft Learn, "Office 365 Management Activity API schema"; "Audit log activities".
public struct Microsoft365Audit: MappedJSON {
  public static let name = "microsoft-365-audit"
  public static let ignoresAccountCase = true
  public static let summary = "Microsoft 365 unified audit log (JSON lines)"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [["CreationTime", "Operation", "UserId", "Workload"]],
      columns: [
        (.time, ["CreationTime"]), (.account, ["UserId", "UserKey"]),
        (.terminal, ["ClientIP", "ClientIPAddress", "ActorIpAddress"]),
        (.program, ["UserAgent", "ClientInfoString"]),
        (.object, ["ObjectId", "SiteUrl", "MailboxOwnerUPN", "Workload"]),
        (.operation, ["Operation"]), (.bytes, ["FileSizeBytes"]), (.outcome, ["ResultStatus"]),
        (.statement, ["Id"]),
      ]
    )
    map.operations = [
      (
        .export,
        [
          "FileDownloaded", "FileSyncDownloadedFull", "FileSyncDownloadedPartial",
          "SearchExportDownloaded", "SearchExported", "New-MailboxExportRequest", "ExportReport",
          "DownloadReport", "ExportArtifact", "ViewedSearchExported",
        ]
      ),
      (
        .read,
        [
          "FileAccessed", "FileAccessedExtended", "FilePreviewed", "MailItemsAccessed",
          "ViewReport",
          "SearchQueryPerformed",
        ]
      ),
      (.write, ["FileModified", "FileUploaded", "FileDeleted", "FileRenamed", "FileMoved"]),
      (
        .transfer,
        [
          "FileCopied", "AnonymousLinkCreated", "SharingSet", "SharingInvitationCreated",
          "FileUploadedToCloud", "FileCopiedToRemovableMedia",
        ]
      ),
      (.logon, ["UserLoggedIn", "MailboxLogin"]), (.logonFailure, ["UserLoginFailed"]),
      (.privilege, ["Add member to role.", "Add-MailboxPermission", "Add-RoleGroupMember"]),
      (
        .audit,
        [
          "Set-AdminAuditLogConfig", "Set-MailboxAuditBypassAssociation",
          "Remove-UnifiedAuditLogRetentionPolicy",
        ]
      ),
    ]
    map.successes = ["Succeeded", "Success", "True", "PartiallySucceeded"]
    map.failures = ["Failed", "Failure", "False"]
    (map.timeZone, map.absentOutcome) = ("UTC", .unknown)
    return map
  }()
}
