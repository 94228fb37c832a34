internal import EventModel

/// GitHub's audit log, streamed or exported, one event a line.
///
///     {"@timestamp":1775034754157,"action":"git.clone","actor":"sato","actor_ip":"192.0.2.7","org":
///     "example","repo":"example/crm",…}
///
/// Source: GitHub Docs, "Audit log events for your enterprise".
public struct GitHubAudit: MappedJSON {
  public static let name = "github-audit"
  public static let summary = "GitHub audit log (JSON, streamed or exported as lines)"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  /// Applications too say when who did what.
  public static func isKind(_ line: RecordBytes) -> Bool {
    states(
      "\"_document_id\"",
      "\"org\"",
      "\"org_id\"",
      "\"actor_id\"",
      "\"actor_location\"",
      "\"business\"",
      "\"repo\"",
      "\"repository\"",
      "\"created_at\"",
      "\"operation_type\"",
      in: line
    )
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [["@timestamp", "action", "actor"]],
      columns: [
        (.time, ["@timestamp", "created_at"]), (.account, ["actor"]), (.terminal, ["actor_ip"]),
        (.program, ["user_agent"]), (.object, ["repo", "repository", "team", "org"]),
        (.operation, ["action"]), (.statement, ["_document_id"]),
      ]
    )
    map.operations = [
      (
        .export,
        [
          "git.clone", "repo.download_zip", "repo.actions_download_artifact", "migration.download",
          "org.audit_log_export", "enterprise.audit_log_export", "repo.code_scanning_export",
        ]
      ),
      (.read, ["git.fetch"]), (.write, ["git.push", "repo.create", "repo.destroy"]),
      (.logon, ["user.login", "org.sso_response"]), (.logonFailure, ["user.failed_login"]),
      (.logoff, ["user.logout"]),
      (.privilege, ["org.add_member", "org.update_member", "repo.add_member", "team.add_member"]),
      (
        .audit,
        [
          "org.audit_log_git_event_export", "audit_log_streaming.destroy",
          "audit_log_streaming.update", "audit_log_streaming.create",
        ]
      ),
    ]
    map.effects = [(HostCommand.Effect.stopped, ["audit_log_streaming.destroy"])]
    return map
  }()
}
